/** The nginx images: Debian's and Alpine's, with the entrypoint that prepares the configuration. */
import { programPaths, slimImage } from '../debian.ts'
import { alpineImage } from '../alpine.ts'
import { type CatalogueRepository, type Image, type LayerFiles, makeImage } from '../image.ts'
import { once } from '../once.ts'
import { errorPage50x, nginxVersion, welcome } from './pages.ts'

const entrypoint = `#!/bin/sh
# vim:sw=4:ts=4:et

set -e

entrypoint_log() {
    if [ -z "\${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ]; then
        echo "$@"
    fi
}

if [ "$1" = "nginx" ] || [ "$1" = "nginx-debug" ]; then
    if [ -n "$(ls -A /docker-entrypoint.d/ 2>/dev/null)" ]; then
        entrypoint_log "$0: /docker-entrypoint.d/ is not empty, will attempt to perform configuration"
        entrypoint_log "$0: Looking for shell scripts in /docker-entrypoint.d/"
        for f in /docker-entrypoint.d/*; do
            case "$f" in
                *.envsh)
                    entrypoint_log "$0: Sourcing $f"
                    . "$f"
                    ;;
                *.sh)
                    if [ -x "$f" ]; then
                        entrypoint_log "$0: Launching $f"
                        "$f"
                    else
                        entrypoint_log "$0: Ignoring $f, not executable"
                    fi
                    ;;
                *) entrypoint_log "$0: Ignoring $f" ;;
            esac
        done
        entrypoint_log "$0: Configuration complete; ready for start up"
    else
        entrypoint_log "$0: No files found in /docker-entrypoint.d/, skipping configuration"
    fi
fi

exec "$@"
`

const listenOnIpv6 = `#!/bin/sh
# Nothing to do: every listen address of the sandbox covers IPv6 on the loopback.
set -e
ME=$(basename "$0")
CONF="/etc/nginx/conf.d/default.conf"
if [ ! -f "$CONF" ]; then
    echo "$ME: info: $CONF is not a file or does not exist"
    exit 0
fi
if ! [ -w "$CONF" ]; then
    echo "$ME: info: can not modify $CONF (read-only file system?)"
    exit 0
fi
if grep -q "listen  *\\[::\\]:80;" "$CONF"; then
    echo "$ME: info: IPv6 listen already enabled"
    exit 0
fi
echo "$ME: info: Getting the checksum of $CONF"
if grep -q "listen       80;" "$CONF" && grep -q "server_name  localhost;" "$CONF"; then
    sed -i 's/listen       80;/listen       80;\\n    listen  [::]:80;/' "$CONF"
    echo "$ME: info: Enabled listen on IPv6 in $CONF"
else
    echo "$ME: info: $CONF differs from the packaged version"
fi
`

const templates = `#!/bin/sh
set -e
folder="\${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}"
[ -d "$folder" ] || exit 0
for template in "$folder"/*.template; do
    [ -f "$template" ] || continue
    target="/etc/nginx/conf.d/$(basename "$template" .template)"
    echo "$(basename "$0"): Running envsubst on $template to $target"
    envsubst "$(env | cut -d= -f1 | sed 's/.*/\${&}/' | tr '\\n' ' ')" < "$template" > "$target"
done
`

const quiet = '#!/bin/sh\nexit 0\n'

const nginxConf = `
user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;


events {
    worker_connections  1024;
}


http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';

    access_log  /var/log/nginx/access.log  main;

    sendfile        on;
    #tcp_nopush     on;

    keepalive_timeout  65;

    #gzip  on;

    include /etc/nginx/conf.d/*.conf;
}
`

const defaultConf = `server {
    listen       80;
    server_name  localhost;

    #access_log  /var/log/nginx/host.access.log  main;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    #error_page  404              /404.html;

    # redirect server error pages to the static page /50x.html
    #
    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }

    # proxy the PHP scripts to Apache listening on 127.0.0.1:80
    #
    #location ~ \\.php$ {
    #    proxy_pass   http://127.0.0.1;
    #}

    # deny access to .htaccess files, if Apache's document root
    # concurs with nginx's one
    #
    #location ~ /\\.ht {
    #    deny  all;
    #}
}

`

const mimeTypes = `
types {
    text/html                                        html htm shtml;
    text/css                                         css;
    text/xml                                         xml;
    image/gif                                        gif;
    image/jpeg                                       jpeg jpg;
    application/javascript                           js;
    text/plain                                       txt;
    image/png                                        png;
    image/svg+xml                                    svg svgz;
    image/x-icon                                     ico;
    application/json                                 json;
    application/pdf                                  pdf;
    application/zip                                  zip;
}
`

const script = (text: string) => ({ text, mode: 0o755 })

const server: LayerFiles = {
  '/usr/sbin/nginx': { program: 'image:nginx' },
  '/etc/nginx/nginx.conf': nginxConf,
  '/etc/nginx/mime.types': mimeTypes,
  '/etc/nginx/conf.d/default.conf': defaultConf,
  '/etc/nginx/fastcgi_params': 'fastcgi_param  QUERY_STRING       $query_string;\n',
  '/etc/nginx/modules': { link: '/usr/lib/nginx/modules' },
  '/usr/lib/nginx/modules': { directory: true },
  '/usr/share/nginx/html/index.html': welcome,
  '/usr/share/nginx/html/50x.html': errorPage50x,
  '/var/cache/nginx': { directory: true },
  '/var/log/nginx/access.log': { link: '/dev/stdout' },
  '/var/log/nginx/error.log': { link: '/dev/stderr' },
  '/docker-entrypoint.d': { directory: true },
}

/** The base's users and one for the server. */
function withUser(base: Image, uid: number): LayerFiles {
  const text = (path: string): string => {
    const entry = base.layers.flatMap((layer) => layer.entries).find((one) => one.path === path)
    return entry ? new TextDecoder().decode(entry.content) : ''
  }
  return {
    '/etc/passwd': `${text('etc/passwd')}nginx:x:${uid}:${uid}:nginx user:/nonexistent:/bin/false\n`,
    '/etc/group': `${text('etc/group')}nginx:x:${uid}:\n`,
  }
}

const config = {
  ExposedPorts: { '80/tcp': {} },
  Entrypoint: ['/docker-entrypoint.sh'],
  Cmd: ['nginx', '-g', 'daemon off;'],
  Labels: { maintainer: 'NGINX Docker Maintainers <docker-maint@nginx.com>' },
  StopSignal: 'SIGQUIT',
}

const note = 'buildkit.dockerfile.v0'

function nginxOf({
  base,
  version,
  created,
  uid,
  size,
  extra,
}: {
  base: () => Image
  version: string
  created: string
  uid: number
  size: number
  extra: LayerFiles
}): () => Image {
  return once(() =>
    makeImage({
      base: base(),
      created,
      config: {
        ...config,
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', `NGINX_VERSION=${version}`, 'PKG_RELEASE=1~bookworm'],
      },
      steps: [
        { createdBy: 'LABEL maintainer=NGINX Docker Maintainers <docker-maint@nginx.com>', comment: note },
        { createdBy: `ENV NGINX_VERSION=${version}`, comment: note },
        {
          createdBy: 'RUN /bin/sh -c set -x     && groupadd --system --gid 101 nginx # buildkit',
          files: { ...server, ...withUser(base(), uid), ...extra },
          size,
          comment: note,
        },
        {
          createdBy: 'COPY docker-entrypoint.sh / # buildkit',
          files: { '/docker-entrypoint.sh': script(entrypoint) },
          size: 1_620,
          comment: note,
        },
        {
          createdBy: 'COPY 10-listen-on-ipv6-by-default.sh /docker-entrypoint.d # buildkit',
          files: { '/docker-entrypoint.d/10-listen-on-ipv6-by-default.sh': script(listenOnIpv6) },
          size: 2_120,
          comment: note,
        },
        {
          createdBy: 'COPY 15-local-resolvers.envsh /docker-entrypoint.d # buildkit',
          files: { '/docker-entrypoint.d/15-local-resolvers.envsh': script('') },
          size: 389,
          comment: note,
        },
        {
          createdBy: 'COPY 20-envsubst-on-templates.sh /docker-entrypoint.d # buildkit',
          files: { '/docker-entrypoint.d/20-envsubst-on-templates.sh': script(templates) },
          size: 3_020,
          comment: note,
        },
        {
          createdBy: 'COPY 30-tune-worker-processes.sh /docker-entrypoint.d # buildkit',
          files: { '/docker-entrypoint.d/30-tune-worker-processes.sh': script(quiet) },
          size: 4_620,
          comment: note,
        },
        { createdBy: 'ENTRYPOINT ["/docker-entrypoint.sh"]', comment: note },
        { createdBy: 'EXPOSE map[80/tcp:{}]', comment: note },
        { createdBy: 'STOPSIGNAL SIGQUIT', comment: note },
        { createdBy: 'CMD ["nginx" "-g" "daemon off;"]', comment: note },
      ],
    }),
  )
}

const debianTools: LayerFiles = { ...programPaths(['curl']), '/usr/bin/envsubst': { program: 'envsubst' } }

/** What a tag without its last number stands for. */
const full: Readonly<Record<string, string>> = {
  '1.14': '1.14.2',
  '1.15': '1.15.12',
  '1.16': '1.16.1',
  '1.17': '1.17.10',
  '1.18': '1.18.0',
  '1.19': '1.19.10',
  '1.20': '1.20.2',
  '1.21': '1.21.6',
  '1.22': '1.22.1',
  '1.23': '1.23.4',
  '1.24': '1.24.0',
  '1.25': '1.25.5',
  '1.26': '1.26.3',
  '1.27': '1.27.5',
}

function release(tag: string, created: string): { readonly debian: () => Image; readonly alpine: () => Image } {
  const version = full[tag] ?? tag
  return {
    debian: nginxOf({ base: slimImage, version, created, uid: 101, size: 77_060_000, extra: debianTools }),
    alpine: nginxOf({
      base: alpineImage,
      version,
      created,
      uid: 101,
      size: 44_500_000,
      extra: { ...programPaths(['curl']), '/usr/local/bin/envsubst': { program: 'envsubst' } },
    }),
  }
}

const latest = release(nginxVersion, '2025-11-05T18:41:29Z')
const stable = release('1.28.0', '2025-04-23T18:00:00Z')
// Rollouts are taught with these: every version is an image of its own, though the same program serves in all.
const old = [
  '1.7.9',
  '1.9.1',
  '1.14',
  '1.14.2',
  '1.15',
  '1.15.4',
  '1.16',
  '1.16.1',
  '1.17',
  '1.18',
  '1.19',
  '1.20',
  '1.21',
  '1.21.6',
  '1.22',
  '1.23',
  '1.24',
  '1.25',
  '1.25.3',
  '1.26',
  '1.27',
  '1.27.0',
  '1.16.0',
].map((version, index) => [version, release(version, `20${15 + Math.floor(index / 2.3)}-0${1 + (index % 9)}-11T12:00:00Z`)] as const)

export const nginxRepository: CatalogueRepository = {
  name: 'docker.io/library/nginx',
  description: 'Official build of Nginx.',
  stars: 21_100,
  isOfficial: true,
  tags: {
    latest: latest.debian,
    '1': latest.debian,
    '1.29': latest.debian,
    [nginxVersion]: latest.debian,
    mainline: latest.debian,
    bookworm: latest.debian,
    alpine: latest.alpine,
    '1-alpine': latest.alpine,
    '1.29-alpine': latest.alpine,
    'mainline-alpine': latest.alpine,
    perl: latest.debian,
    stable: stable.debian,
    '1.28': stable.debian,
    '1.28.0': stable.debian,
    'stable-alpine': stable.alpine,
    '1.28-alpine': stable.alpine,
    ...Object.fromEntries(
      old.flatMap(([version, { debian, alpine }]) => [
        [version, debian],
        [`${version}-alpine`, alpine],
      ]),
    ),
  },
}

/** For a user without rights: as the real ones, it listens on 8080. */
const unprivileged = once(() =>
  makeImage({
    base: latest.debian(),
    created: '2025-11-05T19:00:00Z',
    config: { ...config, Env: latest.debian().config.config.Env, ExposedPorts: { '8080/tcp': {} }, User: '101' },
    steps: [
      {
        createdBy: "RUN /bin/sh -c sed -i 's,listen       80;,listen       8080;,' /etc/nginx/conf.d/default.conf # buildkit",
        files: {
          '/etc/nginx/conf.d/default.conf': { text: defaultConf.replace('listen       80;', 'listen       8080;'), uid: 101 },
          '/var/cache/nginx': { directory: true, uid: 101 },
          '/var/run': { directory: true, mode: 0o1777 },
        },
        comment: note,
      },
    ],
  }),
)

export const nginxVariants: readonly CatalogueRepository[] = [
  {
    name: 'docker.io/nginxinc/nginx-unprivileged',
    description: 'Unprivileged NGINX Dockerfiles',
    stars: 190,
    tags: Object.fromEntries(
      ['latest', 'alpine', 'stable', '1.29', '1.27', '1.25', 'stable-alpine', '1.29-alpine'].map((tag) => [tag, unprivileged]),
    ),
  },
  ...['docker.io/bitnami/nginx', 'docker.io/bitnamilegacy/nginx'].map((name) => ({
    name,
    description: 'Bitnami container image for NGINX',
    stars: 200,
    tags: { latest: unprivileged },
  })),
  { name: 'public.ecr.aws/nginx/nginx', tags: nginxRepository.tags },
  // The one of Kubernetes' own tutorials, under its names through the years.
  ...['registry.k8s.io/nginx-slim', 'k8s.gcr.io/nginx-slim', 'gcr.io/google_containers/nginx-slim'].map((name) => ({
    name,
    description: 'nginx of the tutorials of Kubernetes',
    stars: 0,
    tags: Object.fromEntries(['0.8', '0.9', '0.20', '0.21', '0.24', '0.26', '0.27'].map((tag) => [tag, latest.debian])),
  })),
]
