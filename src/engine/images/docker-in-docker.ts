/**
 * Docker's own images: the command line in a container, which works on the machine's daemon when its socket is mounted. A daemon in a
 * container is not simulated, and `dockerd` says so.
 */
import { alpineImage } from './alpine.ts'
import { type CatalogueRepository, makeImage } from './image.ts'
import { once } from './once.ts'

const note = 'buildkit.dockerfile.v0'
const version = '28.2.2'

const commandLine = `#!/bin/sh
set -eu

# "docker run docker ps": what is a command of docker's, or a flag, goes to docker
if [ "\${1#-}" != "$1" ] || docker help "$1" >/dev/null 2>&1; then
  set -- docker "$@"
fi

# no socket: the daemon is expected in a container of the name "docker"
if [ -z "\${DOCKER_HOST:-}" ] && [ ! -S /var/run/docker.sock ]; then
  export DOCKER_HOST=tcp://docker:2375
fi

exec "$@"
`

const daemon = `#!/bin/sh
set -eu

if [ $# -eq 0 ] || [ "\${1#-}" != "$1" ]; then
  set -- dockerd "$@"
fi
exec docker-entrypoint.sh "$@"
`

const noDaemon = `#!/bin/sh
echo "dockerd: a daemon in a container is not simulated in this sandbox. Use the machine's: docker run -v /var/run/docker.sock:/var/run/docker.sock docker:cli" >&2
exit 1
`

const env = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  `DOCKER_VERSION=${version}`,
  'DOCKER_BUILDX_VERSION=0.29.1',
  'DOCKER_COMPOSE_VERSION=2.40.3',
  'DOCKER_TLS_CERTDIR=/certs',
]

const cli = once(() =>
  makeImage({
    base: alpineImage(),
    created: '2025-10-08T22:31:00Z',
    config: { Env: env, Entrypoint: ['docker-entrypoint.sh'], Cmd: ['sh'] },
    steps: [
      {
        createdBy: 'RUN /bin/sh -c apk add --no-cache \t\tca-certificates \t\topenssh-client \t\tgit # buildkit',
        files: { '/usr/bin/git': { program: 'git' }, '/usr/bin/ssh': { program: 'ssh' } },
        size: 14_300_000,
        comment: note,
      },
      { createdBy: `ENV DOCKER_VERSION=${version}`, comment: note },
      {
        createdBy: 'RUN /bin/sh -c set -eux; \t\tapkArch="$(apk --print-arch)" # buildkit',
        files: { '/usr/local/bin/docker': { program: 'docker' } },
        size: 42_900_000,
        comment: note,
      },
      {
        createdBy: "RUN /bin/sh -c set -eux; \t\tplugin='/usr/local/libexec/docker/cli-plugins/docker-buildx' # buildkit",
        files: { '/usr/local/libexec/docker/cli-plugins/docker-buildx': { program: 'plugin:docker-buildx' } },
        size: 74_700_000,
        comment: note,
      },
      {
        createdBy: "RUN /bin/sh -c set -eux; \t\tplugin='/usr/local/libexec/docker/cli-plugins/docker-compose' # buildkit",
        files: {
          '/usr/local/libexec/docker/cli-plugins/docker-compose': { program: 'docker-compose' },
          '/usr/local/bin/docker-compose': { link: '/usr/local/libexec/docker/cli-plugins/docker-compose' },
        },
        size: 73_700_000,
        comment: note,
      },
      {
        createdBy: 'COPY docker-entrypoint.sh /usr/local/bin/ # buildkit',
        files: { '/usr/local/bin/docker-entrypoint.sh': { text: commandLine, mode: 0o755 } },
        size: 1_550,
        comment: note,
      },
      { createdBy: 'ENV DOCKER_TLS_CERTDIR=/certs', comment: note },
      {
        createdBy: 'RUN /bin/sh -c mkdir /certs /certs/client && chmod 1777 /certs /certs/client # buildkit',
        files: { '/certs': { directory: true, mode: 0o1777 }, '/certs/client': { directory: true, mode: 0o1777 } },
        comment: note,
      },
      { createdBy: 'ENTRYPOINT ["docker-entrypoint.sh"]', comment: note },
      { createdBy: 'CMD ["sh"]', comment: note },
    ],
  }),
)

const dind = once(() =>
  makeImage({
    base: cli(),
    created: '2025-10-08T22:32:00Z',
    config: {
      Env: env,
      Entrypoint: ['dockerd-entrypoint.sh'],
      Cmd: [],
      ExposedPorts: { '2375/tcp': {}, '2376/tcp': {} },
      Volumes: { '/var/lib/docker': {} },
    },
    steps: [
      {
        createdBy: 'RUN /bin/sh -c set -eux; \tapk add --no-cache \t\tbtrfs-progs \t\te2fsprogs \t\tiptables # buildkit',
        files: { '/usr/local/bin/dockerd': { text: noDaemon, mode: 0o755 } },
        size: 159_000_000,
        comment: note,
      },
      {
        createdBy: 'COPY dockerd-entrypoint.sh /usr/local/bin/ # buildkit',
        files: { '/usr/local/bin/dockerd-entrypoint.sh': { text: daemon, mode: 0o755 } },
        size: 8_780,
        comment: note,
      },
      { createdBy: 'VOLUME [/var/lib/docker]', comment: note },
      { createdBy: 'EXPOSE map[2375/tcp:{} 2376/tcp:{}]', comment: note },
      { createdBy: 'ENTRYPOINT ["dockerd-entrypoint.sh"]', comment: note },
      { createdBy: 'CMD []', comment: note },
    ],
  }),
)

export const docker: CatalogueRepository = {
  name: 'docker.io/library/docker',
  description: 'Docker in Docker!',
  stars: 2_600,
  isOfficial: true,
  tags: {
    latest: dind,
    dind,
    '28': dind,
    '28-dind': dind,
    [version]: dind,
    [`${version}-dind`]: dind,
    cli,
    '28-cli': cli,
    [`${version}-cli`]: cli,
  },
}
