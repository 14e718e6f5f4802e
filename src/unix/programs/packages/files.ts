/** What packages of servers put onto a disk beside their programs: configuration, first pages, users, and the scripts of `service`. */
import type { Distribution } from './catalogue.ts'

export type PackageFile =
  | string
  | { readonly text: string | Uint8Array; readonly mode: number }
  | { readonly link: string }
  | { readonly folder: true; readonly mode?: number; readonly uid?: number }

export interface PackageFiles {
  readonly files: Readonly<Record<string, PackageFile>>
  /** `name:uid:title:home` */
  readonly users: readonly string[]
}

const folder = { folder: true } as const
const nothing: PackageFiles = { files: {}, users: [] }

export function filesOf(name: string, on: Distribution): PackageFiles {
  switch (name) {
    case 'httpd':
      return httpd(on)
    case 'apache2':
      return on.family === 'alpine' ? apacheOnAlpine : apacheOnDebian(on)
    case 'nginx':
    case 'nginx-light':
    case 'nginx-full':
      return on.family === 'debian' ? nginxOnDebian(on) : on.family === 'alpine' ? nginxOnAlpine : nginxOnRedHat
    case 'redis':
    case 'redis-server':
      return redis(on, name)
    case 'python3':
      return { files: { '/usr/lib/python3': folder }, users: [] }
    default:
      return nothing
  }
}

/** As in /etc/init.d: `service nginx start` runs it. Debian and Ubuntu say the same thing in two ways. */
function initScript(
  { id }: Distribution,
  {
    name,
    title,
    start,
    stop,
    test,
  }: { readonly name: string; readonly title: string; readonly start: string; readonly stop: string; readonly test: string },
): PackageFile {
  const isUbuntu = id === 'ubuntu'
  const say = (action: string, run: string): string =>
    isUbuntu
      ? `    echo " * ${action} ${title} ${name}"\n    if ${run}; then echo "   ...done."; else echo "   ...fail!"; exit 1; fi`
      : `    if ${run}; then echo "${action} ${title}: ${name}."; else echo "${action} ${title}: ${name} failed!"; exit 1; fi`
  return {
    mode: 0o755,
    text: `#!/bin/sh\ncase "$1" in\n  start)\n${say('Starting', start)}\n    ;;\n  stop)\n${say('Stopping', `${stop} >/dev/null 2>&1`)}\n    ;;\n  restart|force-reload)\n    ${stop} >/dev/null 2>&1\n    sleep 1\n${say('Restarting', start)}\n    ;;\n  reload)\n${say('Reloading', stop.replace('stop', 'reload').replace('-k reload', '-k graceful'))}\n    ;;\n  status)\n    if ${test}; then echo "${isUbuntu ? ' * ' : ''}${name} is running${isUbuntu ? '' : '.'}"; else echo "${isUbuntu ? ' * ' : ''}${name} is not running${isUbuntu ? '' : ' ... failed!'}"; exit 3; fi\n    ;;\n  *)\n    echo "Usage: ${name} {start|stop|status|restart|reload|force-reload}" >&2\n    exit 3\n    ;;\nesac\n`,
  }
}

function httpd({ major, id }: Distribution): PackageFiles {
  const noindex = '/usr/share/httpd/noindex/index.html'
  const system =
    (
      { ol: 'Oracle Linux', centos: 'CentOS', rocky: 'Rocky Linux', almalinux: 'AlmaLinux', fedora: 'Fedora' } as Readonly<
        Record<string, string>
      >
    )[id] ?? 'Red Hat Enterprise Linux'
  const title = major === 7 ? `Test Page for the Apache HTTP Server on ${system}` : `HTTP Server Test Page powered by ${system}`
  return {
    users: ['apache:48:Apache:/usr/share/httpd'],
    files: {
      '/etc/httpd/conf/httpd.conf': `ServerRoot "/etc/httpd"

Listen 80

Include conf.modules.d/*.conf

User apache
Group apache

ServerAdmin root@localhost

#ServerName www.example.com:80

<Directory />
    AllowOverride none
    Require all denied
</Directory>

DocumentRoot "/var/www/html"

<Directory "/var/www">
    AllowOverride None
    Require all granted
</Directory>

<Directory "/var/www/html">
    Options Indexes FollowSymLinks
    AllowOverride None
    Require all granted
</Directory>

<Directory "/usr/share/httpd/noindex">
    AllowOverride None
    Require all granted
</Directory>

<IfModule dir_module>
    DirectoryIndex index.html
</IfModule>

<Files ".ht*">
    Require all denied
</Files>

ErrorLog "logs/error_log"
LogLevel warn

<IfModule log_config_module>
    LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
    LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
    CustomLog "logs/access_log" combined
</IfModule>

AddDefaultCharset UTF-8

EnableSendfile on

IncludeOptional conf.d/*.conf
`,
      '/etc/httpd/conf.modules.d/00-base.conf':
        'LoadModule alias_module modules/mod_alias.so\nLoadModule autoindex_module modules/mod_autoindex.so\nLoadModule dir_module modules/mod_dir.so\nLoadModule log_config_module modules/mod_log_config.so\nLoadModule mime_module modules/mod_mime.so\nLoadModule rewrite_module modules/mod_rewrite.so\n',
      '/etc/httpd/conf.modules.d/00-proxy.conf':
        'LoadModule proxy_module modules/mod_proxy.so\nLoadModule proxy_http_module modules/mod_proxy_http.so\n',
      '/etc/httpd/conf.d/welcome.conf': `# Shown while there is no page of one's own. To turn it off, comment out what follows.\n<LocationMatch "^/+$">\n    Options -Indexes\n    ErrorDocument 403 /.noindex.html\n</LocationMatch>\n\n<Directory /usr/share/httpd/noindex>\n    AllowOverride None\n    Require all granted\n</Directory>\n\nAlias /.noindex.html ${noindex}\n`,
      '/etc/httpd/logs': { link: '../../var/log/httpd' },
      '/etc/httpd/run': { link: '/run/httpd' },
      '/var/log/httpd': { folder: true, mode: 0o700 },
      '/var/www/html': folder,
      '/var/www/cgi-bin': folder,
      '/run/httpd': folder,
      [noindex]: `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">
<html>
  <head>
    <title>${title}</title>
    <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
  </head>
  <body>
    <h1>${major === 7 ? 'Testing 123..' : `${system} <strong>Test Page</strong>`}</h1>
    <p>This page shows that the Apache HTTP server works on this machine. It is seen because /var/www/html has no page yet.</p>
    <p>To replace it, put your own index.html into /var/www/html.</p>
  </body>
</html>
`,
    },
  }
}

function apacheOnDebian(on: Distribution): PackageFiles {
  const system = on.id === 'ubuntu' ? 'Ubuntu' : 'Debian'
  return {
    users: [],
    files: {
      '/etc/apache2/apache2.conf': `DefaultRuntimeDir \${APACHE_RUN_DIR}
PidFile \${APACHE_PID_FILE}
Timeout 300
KeepAlive On
MaxKeepAliveRequests 100
KeepAliveTimeout 5
User \${APACHE_RUN_USER}
Group \${APACHE_RUN_GROUP}
HostnameLookups Off
ErrorLog \${APACHE_LOG_DIR}/error.log
LogLevel warn

IncludeOptional mods-enabled/*.load
IncludeOptional mods-enabled/*.conf

Include ports.conf

<Directory />
	Options FollowSymLinks
	AllowOverride None
	Require all denied
</Directory>

<Directory /usr/share>
	AllowOverride None
	Require all granted
</Directory>

<Directory /var/www/>
	Options Indexes FollowSymLinks
	AllowOverride None
	Require all granted
</Directory>

AccessFileName .htaccess
<FilesMatch "^\\.ht">
	Require all denied
</FilesMatch>

LogFormat "%v:%p %h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" vhost_combined
LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
LogFormat "%h %l %u %t \\"%r\\" %>s %O" common

IncludeOptional conf-enabled/*.conf
IncludeOptional sites-enabled/*.conf
`,
      '/etc/apache2/ports.conf': 'Listen 80\n\n<IfModule ssl_module>\n\tListen 443\n</IfModule>\n',
      '/etc/apache2/envvars':
        'export APACHE_RUN_USER=www-data\nexport APACHE_RUN_GROUP=www-data\nexport APACHE_PID_FILE=/var/run/apache2/apache2.pid\nexport APACHE_RUN_DIR=/var/run/apache2\nexport APACHE_LOCK_DIR=/var/lock/apache2\nexport APACHE_LOG_DIR=/var/log/apache2\n',
      '/etc/apache2/sites-available/000-default.conf':
        '<VirtualHost *:80>\n\t#ServerName www.example.com\n\n\tServerAdmin webmaster@localhost\n\tDocumentRoot /var/www/html\n\n\tErrorLog ${APACHE_LOG_DIR}/error.log\n\tCustomLog ${APACHE_LOG_DIR}/access.log combined\n</VirtualHost>\n',
      '/etc/apache2/sites-enabled/000-default.conf': { link: '../sites-available/000-default.conf' },
      '/etc/apache2/mods-enabled': folder,
      '/etc/apache2/mods-available/rewrite.load': 'LoadModule rewrite_module /usr/lib/apache2/modules/mod_rewrite.so\n',
      '/etc/apache2/mods-available/proxy.load': 'LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so\n',
      '/etc/apache2/conf-enabled': folder,
      '/etc/init.d/apache2': initScript(on, {
        name: 'apache2',
        title: 'Apache httpd web server',
        start: 'apachectl -k start',
        stop: 'apachectl -k stop',
        test: '[ -e /var/run/apache2/apache2.pid ]',
      }),
      '/var/run/apache2': folder,
      '/var/log/apache2': { folder: true, mode: 0o750 },
      '/var/www/html/index.html': `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
  <head>
    <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
    <title>Apache2 ${system} Default Page: It works</title>
  </head>
  <body>
    <h1>Apache2 ${system} Default Page</h1>
    <h2>It works!</h2>
    <p>This is the first page of Apache2 on ${system}. Replace this file, /var/www/html/index.html, with your own.</p>
  </body>
</html>
`,
    },
  }
}

const apacheOnAlpine: PackageFiles = {
  users: ['apache:100:apache:/var/www'],
  files: {
    '/etc/apache2/httpd.conf':
      'ServerTokens OS\nServerRoot /var/www\nListen 80\nUser apache\nGroup apache\nServerAdmin you@example.com\n#ServerName www.example.com:80\nDocumentRoot "/var/www/localhost/htdocs"\n<Directory "/var/www/localhost/htdocs">\n    Options Indexes FollowSymLinks\n    AllowOverride None\n    Require all granted\n</Directory>\nDirectoryIndex index.html\nErrorLog logs/error.log\nLogLevel warn\nLogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined\nCustomLog logs/access.log combined\nIncludeOptional /etc/apache2/conf.d/*.conf\n',
    '/etc/apache2/conf.d': folder,
    '/var/www/localhost/htdocs/index.html': '<html><body><h1>It works!</h1></body></html>\n',
    '/var/www/logs': { link: '/var/log/apache2' },
    '/var/log/apache2': folder,
    '/run/apache2': folder,
  },
}

const nginxTop = (user: string, include: string): string => `user ${user};
worker_processes auto;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;

events {
	worker_connections 768;
}

http {
	sendfile on;
	tcp_nopush on;
	types_hash_max_size 2048;
	include /etc/nginx/mime.types;
	default_type application/octet-stream;
	access_log /var/log/nginx/access.log;
	gzip on;
${include}}
`

const mimeTypes =
  'types {\n    text/html html htm shtml;\n    text/css css;\n    text/xml xml;\n    image/gif gif;\n    image/jpeg jpeg jpg;\n    application/javascript js;\n    text/plain txt;\n    image/png png;\n    image/svg+xml svg svgz;\n    application/json json;\n    application/pdf pdf;\n}\n'
const welcome = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>
</body>
</html>
`

function nginxOnDebian(on: Distribution): PackageFiles {
  return {
    users: [],
    files: {
      '/etc/nginx/nginx.conf': nginxTop('www-data', '	include /etc/nginx/conf.d/*.conf;\n	include /etc/nginx/sites-enabled/*;\n'),
      '/etc/nginx/mime.types': mimeTypes,
      '/etc/nginx/conf.d': folder,
      '/etc/nginx/sites-available/default':
        'server {\n\tlisten 80 default_server;\n\tlisten [::]:80 default_server;\n\n\troot /var/www/html;\n\n\tindex index.html index.htm index.nginx-debian.html;\n\n\tserver_name _;\n\n\tlocation / {\n\t\ttry_files $uri $uri/ =404;\n\t}\n}\n',
      '/etc/nginx/sites-enabled/default': { link: '/etc/nginx/sites-available/default' },
      '/etc/init.d/nginx': initScript(on, {
        name: 'nginx',
        title: 'nginx',
        start: 'nginx',
        stop: 'nginx -s stop',
        test: '[ -e /run/nginx.pid ]',
      }),
      '/usr/share/nginx/html/index.html': welcome,
      '/var/www/html/index.nginx-debian.html': welcome,
      '/var/log/nginx': folder,
    },
  }
}

const nginxOnAlpine: PackageFiles = {
  users: ['nginx:100:nginx:/var/lib/nginx'],
  files: {
    '/etc/nginx/nginx.conf': nginxTop('nginx', '	include /etc/nginx/http.d/*.conf;\n'),
    '/etc/nginx/mime.types': mimeTypes,
    '/etc/nginx/http.d/default.conf':
      '# Answers 404 until there is a site.\nserver {\n\tlisten 80 default_server;\n\tlisten [::]:80 default_server;\n\n\tlocation / {\n\t\treturn 404;\n\t}\n}\n',
    '/var/lib/nginx/html/index.html': welcome,
    '/var/log/nginx': folder,
    '/run/nginx': folder,
  },
}

const nginxOnRedHat: PackageFiles = {
  users: ['nginx:998:Nginx web server:/var/lib/nginx'],
  files: {
    '/etc/nginx/nginx.conf': nginxTop(
      'nginx',
      '	include /etc/nginx/conf.d/*.conf;\n\n	server {\n		listen 80;\n		listen [::]:80;\n		server_name _;\n		root /usr/share/nginx/html;\n		include /etc/nginx/default.d/*.conf;\n	}\n',
    ),
    '/etc/nginx/mime.types': mimeTypes,
    '/etc/nginx/conf.d': folder,
    '/etc/nginx/default.d': folder,
    '/usr/share/nginx/html/index.html': welcome.replace('Welcome to nginx!</title>', 'Test Page for the HTTP Server</title>'),
    '/var/log/nginx': folder,
  },
}

function redis(on: Distribution, name: string): PackageFiles {
  if (on.family === 'debian' && name === 'redis') return nothing
  const path = on.family === 'debian' ? '/etc/redis/redis.conf' : '/etc/redis.conf'
  return {
    users: ['redis:101:redis:/var/lib/redis'],
    files: {
      [path]: `bind 127.0.0.1 -::1\nport 6379\ndir /var/lib/redis\nsave 3600 1 300 100 60 10000\nappendonly no\n${on.family === 'debian' ? 'daemonize yes\n' : ''}`,
      '/var/lib/redis': { folder: true, mode: 0o750, uid: 101 },
      ...(on.family === 'debian' && {
        '/etc/init.d/redis-server': initScript(on, {
          name: 'redis-server',
          title: 'redis-server',
          start: 'redis-server /etc/redis/redis.conf',
          stop: 'redis-cli shutdown',
          test: 'redis-cli ping >/dev/null 2>&1',
        }),
      }),
    },
  }
}
