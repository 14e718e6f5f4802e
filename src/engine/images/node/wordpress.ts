/**
 * wordpress: the real one is PHP. Ours installs itself into the MySQL that the environment names, with the tables' real names, shows the blog and
 * takes posts from nobody: its dashboard, themes and plugins are not there, which its log says.
 */
import { type CatalogueRepository, type Image, makeImage } from '../image.ts'
import { once } from '../once.ts'
import { node } from './images.ts'
import { mysql2 } from './npm/clients.ts'
import { express } from './npm/web.ts'

const site = String.raw`const os = require('os')
const express = require('express')
const mysql = require('mysql2')
const fs = require('fs')
const env = (name, preset) => process.env['WORDPRESS_' + name] || (process.env['WORDPRESS_' + name + '_FILE'] ? fs.readFileSync(process.env['WORDPRESS_' + name + '_FILE'], 'utf8').trim() : preset)
const [host, port] = env('DB_HOST', 'mysql').split(':')
const prefix = env('TABLE_PREFIX', 'wp_')
const stamp = () => new Date().toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+).*/, '$1 $3 $2 $5.000000 $4')
const query = (sql, values) => new Promise((resolve, reject) => {
  const connection = mysql.createConnection({ host, port: Number(port) || 3306, user: env('DB_USER', 'example username'), password: env('DB_PASSWORD', 'example password'), database: env('DB_NAME', 'wordpress') })
  connection.query(sql, values, (error, rows) => { connection.end(); if (error) reject(error); else resolve(rows) })
})
const escaped = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;')
const page = (title, body) => '<!DOCTYPE html>\n<html lang="en-US">\n<head>\n<meta charset="UTF-8" />\n<title>' + title + '</title>\n</head>\n<body>\n' + body + '\n</body>\n</html>\n'
const isInstalled = async () => (await query("SHOW TABLES LIKE '" + prefix + "options'")).length > 0
async function install(title, user, email) {
  await query('CREATE TABLE IF NOT EXISTS ' + prefix + 'options (option_id bigint unsigned NOT NULL AUTO_INCREMENT, option_name varchar(191) NOT NULL DEFAULT \'\', option_value longtext NOT NULL, autoload varchar(20) NOT NULL DEFAULT \'yes\', PRIMARY KEY (option_id), UNIQUE KEY option_name (option_name))')
  await query('CREATE TABLE IF NOT EXISTS ' + prefix + 'users (ID bigint unsigned NOT NULL AUTO_INCREMENT, user_login varchar(60) NOT NULL DEFAULT \'\', user_pass varchar(255) NOT NULL DEFAULT \'\', user_email varchar(100) NOT NULL DEFAULT \'\', user_registered datetime NOT NULL DEFAULT CURRENT_TIMESTAMP, display_name varchar(250) NOT NULL DEFAULT \'\', PRIMARY KEY (ID))')
  await query('CREATE TABLE IF NOT EXISTS ' + prefix + 'posts (ID bigint unsigned NOT NULL AUTO_INCREMENT, post_author bigint unsigned NOT NULL DEFAULT 0, post_date datetime NOT NULL DEFAULT CURRENT_TIMESTAMP, post_content longtext NOT NULL, post_title text NOT NULL, post_status varchar(20) NOT NULL DEFAULT \'publish\', post_name varchar(200) NOT NULL DEFAULT \'\', post_type varchar(20) NOT NULL DEFAULT \'post\', PRIMARY KEY (ID))')
  await query('INSERT INTO ' + prefix + 'options (option_name, option_value) VALUES (?, ?), (?, ?)', ['blogname', title, 'admin_email', email])
  await query('INSERT INTO ' + prefix + 'users (user_login, user_email, display_name) VALUES (?, ?, ?)', [user, email, user])
  await query('INSERT INTO ' + prefix + 'posts (post_author, post_title, post_content, post_name) VALUES (1, ?, ?, ?)', ['Hello world!', 'Welcome to WordPress. This is your first post. Edit or delete it, then start writing!', 'hello-world'])
}
const app = express()
app.use((request, response, next) => { response.on('finish', () => console.log((request.socket.remoteAddress || '-') + ' - - [' + stamp() + '] "' + request.method + ' ' + request.url + ' HTTP/1.1" ' + response.statusCode + ' - "-" "' + (request.headers['user-agent'] || '-') + '"')); next() })
app.use((request, response, next) => { response.setHeader('Server', 'Apache/2.4.65 (Debian)'); response.setHeader('X-Powered-By', 'PHP/8.3.27'); next() })
app.use(express.urlencoded({ extended: false }))
const form = '<p class="step">Welcome</p>\n<p>Welcome to the famous five-minute WordPress installation process!</p>\n<form id="setup" method="post" action="install.php?step=2">\n<p><label>Site Title <input name="weblog_title" type="text" /></label></p>\n<p><label>Username <input name="user_name" type="text" /></label></p>\n<p><label>Password <input name="admin_password" type="password" /></label></p>\n<p><label>Your Email <input name="admin_email" type="email" /></label></p>\n<p><input type="submit" name="Submit" value="Install WordPress" /></p>\n</form>'
app.all('/wp-admin/install.php', async (request, response) => {
  try {
    if (await isInstalled()) return response.send(page('WordPress &rsaquo; Installation', '<h1>Already Installed</h1>\n<p>You appear to have already installed WordPress. To reinstall please clear your old database tables first.</p>'))
    if (request.method !== 'POST') return response.send(page('WordPress &rsaquo; Installation', form))
    await install(request.body.weblog_title || 'My Blog', request.body.user_name || 'admin', request.body.admin_email || '')
    response.send(page('WordPress &rsaquo; Installation', '<h1>Success!</h1>\n<p>WordPress has been installed. Thank you, and enjoy!</p>\n<p><a href="/">Visit the site</a></p>'))
  } catch (error) { broken(response, error) }
})
function broken(response, error) { console.error('[' + stamp() + '] [php:notice] PHP Warning:  mysqli_real_connect(): (HY000/' + (error.errno > 1000 ? error.errno : 2002) + '): ' + error.message + ' in /var/www/html/wp-includes/class-wpdb.php'); response.status(500).send(page('Database Error', '<h1>Error establishing a database connection</h1>')) }
app.all(['/wp-login.php', '/wp-admin', '/wp-admin/'], (request, response) => response.status(503).send(page('WordPress', '<p>The dashboard is not simulated in this sandbox.</p>')))
app.get('/', async (request, response) => {
  try {
    if (!(await isInstalled())) return response.redirect(302, '/wp-admin/install.php')
    const [{ option_value: title }] = await query('SELECT option_value FROM ' + prefix + "options WHERE option_name = 'blogname'")
    const posts = await query('SELECT post_title, post_content FROM ' + prefix + "posts WHERE post_status = 'publish' AND post_type = 'post' ORDER BY post_date DESC, ID DESC")
    response.send(page(escaped(title), '<h1>' + escaped(title) + '</h1>\n' + posts.map((post) => '<article><h2>' + escaped(post.post_title) + '</h2>\n<p>' + escaped(post.post_content) + '</p></article>').join('\n')))
  } catch (error) { broken(response, error) }
})
if (!fs.existsSync('/var/www/html/index.php')) {
  console.error('WordPress not found in /var/www/html - copying now...')
  fs.writeFileSync('/var/www/html/index.php', '<?php\n// The sandbox runs no PHP.\n')
  fs.writeFileSync('/var/www/html/wp-config.php', '<?php\n')
  console.error('Complete! WordPress has been successfully copied to /var/www/html')
}
app.listen(80, () => {
  const address = ((os.networkInterfaces().eth0 || [])[0] || {}).address || '127.0.0.1'
  for (let time = 0; time < 2; time++) console.error("AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using " + address + ". Set the 'ServerName' directive globally to suppress this message")
  console.error('[' + stamp() + '] [mpm_prefork:notice] [pid 1] AH00163: Apache/2.4.65 (Debian) PHP/8.3.27 configured -- resuming normal operations')
  console.error('[' + stamp() + "] [core:notice] [pid 1] AH00094: Command line: 'apache2 -D FOREGROUND'")
  console.error('drydock: in this sandbox WordPress installs itself and shows its posts; PHP, the dashboard, themes and plugins are not simulated')
})
process.on('SIGTERM', () => process.exit(0))
process.on('SIGWINCH', () => process.exit(0))
`

const image = once((): Image => {
  const base = node.tags['22']()
  const manifest = (name: string): string => `${JSON.stringify({ name, version: '1.0.0', main: 'index.js' })}\n`
  const library = (name: string, text: string) => ({
    [`/usr/src/wordpress/node_modules/${name}/package.json`]: manifest(name),
    [`/usr/src/wordpress/node_modules/${name}/index.js`]: text,
  })
  return makeImage({
    base,
    created: '2025-10-21T18:00:00Z',
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'PHP_VERSION=8.3.27', 'APACHE_CONFDIR=/etc/apache2'],
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['apache2-foreground'],
      ExposedPorts: { '80/tcp': {} },
      Volumes: { '/var/www/html': {} },
      WorkingDir: '/var/www/html',
    },
    steps: [
      {
        createdBy: 'RUN /bin/sh -c set -eux; curl -o wordpress.tar.gz -fL "https://wordpress.org/wordpress-6.8.3.tar.gz" # buildkit',
        files: {
          '/usr/src/wordpress/site.js': site,
          ...library('express', express),
          ...library('mysql2', mysql2),
          '/var/www/html': { directory: true, uid: 33, gid: 33 },
        },
        size: 80_000_000,
        comment: 'buildkit.dockerfile.v0',
      },
      {
        createdBy: 'COPY docker-entrypoint.sh /usr/local/bin/ # buildkit',
        files: {
          '/usr/local/bin/docker-entrypoint.sh': { text: '#!/bin/bash\nset -e\nexec "$@"\n', mode: 0o755 },
          '/usr/local/bin/apache2-foreground': { text: '#!/bin/bash\nexec node /usr/src/wordpress/site.js\n', mode: 0o755 },
        },
        comment: 'buildkit.dockerfile.v0',
      },
      { createdBy: 'CMD ["apache2-foreground"]', comment: 'buildkit.dockerfile.v0' },
    ],
  })
})

export const wordpress: CatalogueRepository = {
  name: 'docker.io/library/wordpress',
  description: 'The WordPress rich content management system can utilize plugins, widgets, and themes.',
  stars: 5_900,
  isOfficial: true,
  tags: Object.fromEntries(
    ['latest', '6', '6.8', '6.8.3', '6.2.1-apache', 'apache', 'php8.3', 'php8.3-apache', '5.6', '4.8-apache'].map((tag) => [tag, image]),
  ),
}
