/** The redis images. */
import { alpineImage } from '../alpine.ts'
import { slimImage } from '../debian.ts'
import { type CatalogueRepository, type Image, makeImage } from '../image.ts'
import { loadedLater } from '../lazy.ts'
import { once } from '../once.ts'

const entrypoint = `#!/bin/sh
set -e

# first arg is \`-f\` or \`--some-option\`, or a configuration file
if [ "\${1#-}" != "$1" ] || [ "\${1%.conf}" != "$1" ]; then
  set -- redis-server "$@"
fi

exec "$@"
`

const note = 'buildkit.dockerfile.v0'

const imageOn = (base: () => Image, version: string, size: number) =>
  once(() =>
    makeImage({
      base: base(),
      created: '2025-11-03T18:12:00Z',
      config: {
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', `REDIS_VERSION=${version}`],
        Entrypoint: ['docker-entrypoint.sh'],
        Cmd: ['redis-server'],
        ExposedPorts: { '6379/tcp': {} },
        Volumes: { '/data': {} },
        WorkingDir: '/data',
      },
      steps: [
        { createdBy: 'RUN /bin/sh -c set -eux; groupadd -r -g 999 redis; useradd -r -g redis -u 999 redis # buildkit', comment: note },
        {
          createdBy: 'RUN /bin/sh -c set -eux;   savedAptMark="$(apt-mark showmanual)" # buildkit',
          files: {
            '/usr/local/bin/redis-server': { program: 'image:redis-server' },
            '/usr/local/bin/redis-cli': { program: 'image:redis-cli' },
            '/usr/local/bin/redis-benchmark': { program: 'image:redis-benchmark' },
          },
          size,
          comment: note,
        },
        {
          createdBy: 'RUN /bin/sh -c mkdir /data && chown redis:redis /data # buildkit',
          files: { '/data': { directory: true, uid: 999, gid: 999 } },
          comment: note,
        },
        { createdBy: 'VOLUME [/data]', comment: note },
        { createdBy: 'WORKDIR /data', comment: note },
        {
          createdBy: 'COPY docker-entrypoint.sh /usr/local/bin/ # buildkit',
          files: { '/usr/local/bin/docker-entrypoint.sh': { text: entrypoint, mode: 0o755 } },
          size: 661,
          comment: note,
        },
        { createdBy: 'ENTRYPOINT ["docker-entrypoint.sh"]', comment: note },
        { createdBy: 'EXPOSE map[6379/tcp:{}]', comment: note },
        { createdBy: 'CMD ["redis-server"]', comment: note },
      ],
    }),
  )

const debian = imageOn(slimImage, '8.2.3', 62_500_000)
const alpine = imageOn(alpineImage, '8.2.3', 64_100_000)
const seven = imageOn(slimImage, '7.4.7', 42_300_000)
const sevenAlpine = imageOn(alpineImage, '7.4.7', 33_100_000)
const six = imageOn(slimImage, '6.2.21', 36_400_000)
const sixAlpine = imageOn(alpineImage, '6.2.21', 24_100_000)

/** The very versions between which Docker's tutorials update a service. */
const patches = Object.fromEntries(
  [
    '8.0.2',
    '8.0',
    '7.4.0',
    '7.4.1',
    '7.2',
    '7.2.0',
    '7.0.0',
    '7.0',
    '6.2.0',
    '6.0.0',
    '6.0.5',
    '6.0',
    '5.0.4',
    '5.0',
    '5.0.0',
    '3.0.7',
    '3.0.6',
  ].map((version) => [version, imageOn(slimImage, version, 42_300_000)]),
)

export const redis: CatalogueRepository = {
  name: 'docker.io/library/redis',
  description: "Redis is the world's fastest data platform for caching, vector search, and NoSQL databases.",
  stars: 13_400,
  isOfficial: true,
  tags: {
    latest: debian,
    '8': debian,
    '8.2': debian,
    alpine,
    '8-alpine': alpine,
    '7': seven,
    '7.4': seven,
    '7-alpine': sevenAlpine,
    '6': six,
    '6.2': six,
    '6-alpine': sixAlpine,
    '5': six,
    ...patches,
  },
}

export const redisPrograms = [
  ...loadedLater(['redis-server'], () => import('./server.ts').then(({ redisServer }) => ({ 'redis-server': redisServer }))),
  ...loadedLater(['redis-cli'], () => import('./cli.ts').then(({ redisCli }) => ({ 'redis-cli': redisCli }))),
  ...loadedLater(['redis-benchmark'], () => import('./benchmark.ts').then(({ redisBenchmark }) => ({ 'redis-benchmark': redisBenchmark }))),
]

/** The guestbook's: a redis that follows the service `redis-leader` (of older ones: `redis-master`). */
const follower = (leader: string) =>
  once(() =>
    makeImage({
      base: six(),
      created: '2021-06-17T10:00:00Z',
      config: { ...six().config.config, Entrypoint: ['docker-entrypoint.sh'], Cmd: ['/bin/sh', '-c', '/run.sh'] },
      steps: [
        {
          createdBy: 'COPY run.sh /run.sh # buildkit',
          files: {
            '/run.sh': {
              text: `#!/bin/bash\nif [[ "\${GET_HOSTS_FROM:-dns}" == "env" ]]; then\n  exec redis-server --replicaof "\${${leader.toUpperCase().replace('-', '_')}_SERVICE_HOST}" 6379\nelse\n  exec redis-server --replicaof ${leader} 6379\nfi\n`,
              mode: 0o755,
            },
          },
          comment: note,
        },
      ],
    }),
  )
const [ofLeader, ofMaster] = [follower('redis-leader'), follower('redis-master')]

export const redisRepositories: readonly CatalogueRepository[] = [
  redis,
  ...[
    'gcr.io/google-samples/gb-redis-follower',
    'gcr.io/google_samples/gb-redis-follower',
    'us-docker.pkg.dev/google-samples/containers/gke/gb-redis-follower',
  ].map((name) => ({ name, tags: { v1: ofLeader, v2: ofLeader } })),
  ...['gcr.io/google_samples/gb-redisslave', 'gcr.io/google-samples/gb-redisslave'].map((name) => ({
    name,
    tags: { v1: ofMaster, v2: ofMaster, v3: ofMaster },
  })),
  ...['registry.k8s.io/redis', 'k8s.gcr.io/redis', 'docker.io/kubernetes/redis'].map((name) => ({
    name,
    tags: { e2e: six, v1: six, latest: six },
  })),
]
