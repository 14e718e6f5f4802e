/** The registry images: 2 (CNCF Distribution 2.8) and 3, which keep their files under /var/lib/registry. */
import type { Blocking, Process, Program } from '../../../unix/kernel/process.ts'
import { alpineImage } from '../alpine.ts'
import { type CatalogueRepository, type Image, makeImage } from '../image.ts'
import { once } from '../once.ts'

let main: typeof import('./program.ts').registryMain | undefined

/** Few learners run a registry, so what it does is fetched when the first one starts. */
const started = (major: '2' | '3'): Program =>
  function* (process: Process): Blocking<number> {
    const loading = import('./program.ts').then(({ registryMain }) => {
      main = registryMain
    })
    while (main === undefined) yield { promise: loading }
    return yield* main(process, major)
  }

let htpasswd: typeof import('./htpasswd.ts').htpasswdMain | undefined

/** Stands in httpd's image; registries are what people use it for. */
const htpasswdProgram: Program = function* (process) {
  const loading = import('./htpasswd.ts').then(({ htpasswdMain }) => {
    htpasswd = htpasswdMain
  })
  while (htpasswd === undefined) yield { promise: loading }
  return yield* htpasswd(process)
}

export const registryPrograms: readonly (readonly [string, Program])[] = [
  ['image:registry-2', started('2')],
  ['image:registry-3', started('3')],
  ['image:htpasswd', htpasswdProgram],
]

const entrypoint = `#!/bin/sh

set -e

case "$1" in
    *.yaml|*.yml) set -- registry serve "$@" ;;
    serve|garbage-collect|help|-*) set -- registry "$@" ;;
esac

exec "$@"
`

/** Also what Debian's package starts from. */
export const registryConfig = (root: string): string => `version: 0.1
log:
  fields:
    service: registry
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: ${root}
http:
  addr: :5000
  headers:
    X-Content-Type-Options: [nosniff]
health:
  storagedriver:
    enabled: true
    interval: 10s
    threshold: 3
`

const note = 'buildkit.dockerfile.v0'
const paths = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const imageOf = ({
  major,
  created,
  size,
  configPath,
}: {
  major: '2' | '3'
  created: string
  size: number
  configPath: string
}): (() => Image) =>
  once(() =>
    makeImage({
      base: alpineImage(),
      created,
      config: {
        Env: major === '3' ? [paths, 'OTEL_TRACES_EXPORTER=none'] : [paths],
        Entrypoint: ['/entrypoint.sh'],
        Cmd: [configPath],
        ExposedPorts: { '5000/tcp': {} },
        Volumes: { '/var/lib/registry': {} },
        WorkingDir: '/',
      },
      steps: [
        {
          createdBy: 'RUN /bin/sh -c apk add --no-cache ca-certificates # buildkit',
          files: { '/etc/ssl/certs': { directory: true } },
          size: 1_410_000,
          comment: note,
        },
        {
          createdBy: 'RUN /bin/sh -c set -eux; 	apkArch="$(apk --print-arch)"; # buildkit',
          files: { '/bin/registry': { program: `image:registry-${major}` } },
          size,
          comment: note,
        },
        {
          createdBy: `COPY ./config-example.yml ${configPath} # buildkit`,
          files: { [configPath]: registryConfig('/var/lib/registry') },
          comment: note,
        },
        ...(major === '3' ? [{ createdBy: 'ENV OTEL_TRACES_EXPORTER=none', comment: note }] : []),
        { createdBy: 'VOLUME [/var/lib/registry]', comment: note },
        { createdBy: 'EXPOSE map[5000/tcp:{}]', comment: note },
        {
          createdBy: 'COPY docker-entrypoint.sh /entrypoint.sh # buildkit',
          files: { '/entrypoint.sh': { text: entrypoint, mode: 0o755 } },
          comment: note,
        },
        { createdBy: 'ENTRYPOINT ["/entrypoint.sh"]', comment: note },
        { createdBy: `CMD ["${configPath}"]`, comment: note },
      ],
    }),
  )

const two = imageOf({ major: '2', created: '2023-10-02T18:42:53Z', size: 17_600_000, configPath: '/etc/docker/registry/config.yml' })
const three = imageOf({ major: '3', created: '2025-04-03T18:32:11Z', size: 48_700_000, configPath: '/etc/distribution/config.yml' })

export const registry: CatalogueRepository = {
  name: 'docker.io/library/registry',
  description: 'Distribution implementation for storing and distributing of container images and artifacts',
  stars: 4_100,
  isOfficial: true,
  tags: { latest: three, '3': three, '3.0': three, '3.0.0': three, '2': two, '2.8': two, '2.8.3': two, '2.7': two },
}
