/** The httpd images: Apache as its own project packs it, all of it under /usr/local/apache2. */
import { alpineImage } from '../alpine.ts'
import { slimImage } from '../debian.ts'
import { type CatalogueRepository, type Image, makeImage } from '../image.ts'
import { once } from '../once.ts'

const version = '2.4.65'
const configPath = '/usr/local/apache2/conf/httpd.conf'

const config = `ServerRoot "/usr/local/apache2"

Listen 80

User www-data
Group www-data

ServerAdmin you@example.com

#ServerName www.example.com:80

DocumentRoot "/usr/local/apache2/htdocs"
<Directory "/usr/local/apache2/htdocs">
    Options Indexes FollowSymLinks
    AllowOverride None
    Require all granted
</Directory>

<IfModule dir_module>
    DirectoryIndex index.html
</IfModule>

ErrorLog /proc/self/fd/2
LogLevel warn
CustomLog /proc/self/fd/1 common
`

const foreground = `#!/bin/sh
set -e

# Apache gets grumpy about PID files pre-existing
rm -f /usr/local/apache2/logs/httpd.pid

exec httpd -DFOREGROUND "$@"
`

const note = 'buildkit.dockerfile.v0'

const imageOn = (base: () => Image, size: number) =>
  once(() =>
    makeImage({
      base: base(),
      created: '2025-11-04T01:26:00Z',
      config: {
        Env: [
          'PATH=/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          'HTTPD_PREFIX=/usr/local/apache2',
          `HTTPD_VERSION=${version}`,
        ],
        Cmd: ['httpd-foreground'],
        ExposedPorts: { '80/tcp': {} },
        WorkingDir: '/usr/local/apache2',
        StopSignal: 'SIGWINCH',
      },
      steps: [
        { createdBy: 'ENV HTTPD_PREFIX=/usr/local/apache2', comment: note },
        { createdBy: 'WORKDIR /usr/local/apache2', comment: note },
        {
          createdBy: 'RUN /bin/sh -c set -eux;   savedAptMark="$(apt-mark showmanual)" # buildkit',
          files: {
            '/usr/local/apache2/bin/httpd': { program: 'image:httpd' },
            '/usr/local/apache2/bin/apachectl': { program: 'image:apachectl' },
            '/usr/local/apache2/bin/htpasswd': { program: 'image:htpasswd' },
            [configPath]: config,
            '/usr/local/apache2/htdocs/index.html': '<html><body><h1>It works!</h1></body></html>\n',
            '/usr/local/apache2/logs': { directory: true },
            '/usr/local/apache2/cgi-bin': { directory: true },
            '/usr/local/apache2/conf/mime.types': 'text/html html htm\n',
          },
          size,
          comment: note,
        },
        { createdBy: 'STOPSIGNAL SIGWINCH', comment: note },
        {
          createdBy: 'COPY httpd-foreground /usr/local/bin/ # buildkit',
          files: { '/usr/local/bin/httpd-foreground': { text: foreground, mode: 0o755 } },
          size: 138,
          comment: note,
        },
        { createdBy: 'EXPOSE map[80/tcp:{}]', comment: note },
        { createdBy: 'CMD ["httpd-foreground"]', comment: note },
      ],
    }),
  )

const debian = imageOn(slimImage, 42_300_000)
const alpine = imageOn(alpineImage, 55_000_000)

export const httpd: CatalogueRepository = {
  name: 'docker.io/library/httpd',
  description: 'The Apache HTTP Server Project',
  stars: 4_900,
  isOfficial: true,
  tags: { latest: debian, '2': debian, '2.4': debian, [version]: debian, alpine, '2-alpine': alpine, '2.4-alpine': alpine },
}
