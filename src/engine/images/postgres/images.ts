/** The postgres images. From 18 on the data lies in a folder named after the version, one level below the volume. */
import { alpineImage } from '../alpine.ts'
import { slimImage, ubuntuImage } from '../debian.ts'
import { type CatalogueRepository, type Image, type LayerFiles, makeImage } from '../image.ts'
import { loadedLater } from '../lazy.ts'
import { once } from '../once.ts'
import type { LoadPostgres } from './library.ts'

const note = 'buildkit.dockerfile.v0'
const limits = `This PostgreSQL is PGlite: the real server's code, compiled to WebAssembly, version 18 whatever the image is called.
All connections share one backend: while one is in a transaction the others wait, and SET is seen by all.
A statement that is cancelled (Ctrl-C, statement_timeout) is ended with that backend; the next one reads the data folder: SET and temporary tables are gone then.
Not there: replication, background workers, extensions other than plpgsql, TLS; pg_hba.conf is written but not read.
`

function postgresOf({
  version,
  created,
  isAlpine = false,
}: {
  readonly version: string
  readonly created: string
  readonly isAlpine?: boolean
}): () => Image {
  const major = version.split('.')[0]
  const full = isAlpine ? version : `${version}-1.pgdg13+1`
  const bin = isAlpine ? '/usr/local/bin' : `/usr/lib/postgresql/${major}/bin`
  const isNew = Number(major) >= 18
  const data = isNew ? `/var/lib/postgresql/${major}/docker` : '/var/lib/postgresql/data'
  const volume = isNew ? '/var/lib/postgresql' : data
  return once(() => {
    const base = isAlpine ? alpineImage() : slimImage()
    const config = {
      Env: [
        `PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin${isAlpine ? '' : `:${bin}`}`,
        ...(isAlpine ? [] : ['GOSU_VERSION=1.19']),
        'LANG=en_US.utf8',
        `PG_MAJOR=${major}`,
        `PG_VERSION=${full}`,
        `PGDATA=${data}`,
      ],
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['postgres'],
      ExposedPorts: { '5432/tcp': {} },
      Volumes: { [volume]: {} },
      WorkingDir: '/',
      StopSignal: 'SIGINT',
    }
    return makeImage({
      base,
      created,
      config,
      steps: [
        {
          createdBy:
            'RUN /bin/sh -c set -eux; groupadd -r postgres --gid=999; useradd -r -g postgres --uid=999 --home-dir=/var/lib/postgresql --shell=/bin/bash postgres # buildkit',
          files: { ...withUser(base), ...(isAlpine && { '/bin/bash': { program: 'bash' } }) },
          size: 5_300,
          comment: note,
        },
        ...config.Env.slice(isAlpine ? 2 : 3).map((one) => ({ createdBy: `ENV ${one}`, comment: note })),
        {
          createdBy: `RUN /bin/sh -c set -ex; apt-get install -y --no-install-recommends postgresql-$PG_MAJOR=$PG_VERSION # buildkit`,
          files: programs(bin, data, volume),
          size: isAlpine ? 260_000_000 : 340_000_000,
          comment: note,
        },
        { createdBy: `VOLUME [${volume}]`, comment: note },
        {
          createdBy: 'COPY docker-entrypoint.sh docker-ensure-initdb.sh /usr/local/bin/ # buildkit',
          files: { '/usr/local/bin/docker-entrypoint.sh': { program: 'image:postgres-entrypoint' } },
          size: 19_900,
          comment: note,
        },
        { createdBy: 'ENTRYPOINT ["docker-entrypoint.sh"]', comment: note },
        { createdBy: 'STOPSIGNAL SIGINT', comment: note },
        { createdBy: 'EXPOSE map[5432/tcp:{}]', comment: note },
        { createdBy: 'CMD ["postgres"]', comment: note },
      ],
    })
  })
}

function programs(bin: string, data: string, volume: string): LayerFiles {
  const own = { uid: 999, gid: 999 }
  const clients = ['psql', 'pg_isready', 'createdb', 'dropdb', 'createuser', 'dropuser', 'pg_dump', 'pg_dumpall', 'pg_restore']
  return {
    [`${bin}/postgres`]: { program: 'image:postgres' },
    ...Object.fromEntries(
      clients.map((name) => [`${bin.startsWith('/usr/local') ? bin : '/usr/bin'}/${name}`, { program: `image:${name}` }]),
    ),
    '/usr/local/bin/gosu': { program: 'image:gosu' },
    '/docker-entrypoint-initdb.d': { directory: true },
    '/var/run/postgresql': { directory: true, mode: 0o1777, ...own },
    '/run/postgresql': { directory: true, mode: 0o1777, ...own },
    '/var/lib/postgresql': { directory: true, mode: 0o1777, ...own },
    [volume]: { directory: true, mode: 0o1777, ...own },
    ...(volume === data ? { [data]: { directory: true, mode: 0o1777, ...own } } : {}),
    '/usr/share/doc/drydock/limits.txt': limits,
  }
}

function withUser(base: Image): LayerFiles {
  const text = (path: string): string => {
    const entry = base.layers.flatMap((layer) => layer.entries).findLast((one) => one.path === path)
    return entry ? new TextDecoder().decode(entry.content) : ''
  }
  return {
    '/etc/passwd': `${text('etc/passwd')}postgres:x:999:999::/var/lib/postgresql:/bin/bash\n`,
    '/etc/group': `${text('etc/group')}postgres:x:999:\n`,
  }
}

const versions = [
  ['18', '18.1', '2025-11-13T20:00:00Z'],
  ['17', '17.7', '2025-11-13T20:00:00Z'],
  ['16', '16.11', '2025-11-13T20:00:00Z'],
  ['15', '15.15', '2025-11-13T20:00:00Z'],
  ['14', '14.20', '2025-11-13T20:00:00Z'],
  ['13', '13.23', '2025-11-13T20:00:00Z'],
  ['12', '12.22', '2024-11-21T20:00:00Z'],
  ['11', '11.22', '2023-11-09T20:00:00Z'],
  ['10', '10.23', '2022-11-10T20:00:00Z'],
  ['9.6', '9.6.24', '2021-11-11T20:00:00Z'],
] as const
const made = versions.map(([major, version, created]) => ({
  major,
  version,
  debian: postgresOf({ version, created }),
  alpine: postgresOf({ version, created, isAlpine: true }),
}))

/** Docker's old tutorial image: a PostgreSQL 9.3 that nobody starts; its files are what volumes are taught with. */
const training = once(() =>
  makeImage({
    base: ubuntuImage(),
    created: '2014-09-11T18:00:00Z',
    config: {
      Env: [
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/9.3/bin',
        'PG_VERSION=9.3.5',
        'PGDATA=/var/lib/postgresql/9.3/main',
        'POSTGRES_PASSWORD=docker',
        'POSTGRES_USER=docker',
      ],
      Cmd: ['docker-entrypoint.sh', 'postgres'],
      ExposedPorts: { '5432/tcp': {} },
    },
    steps: [
      {
        createdBy: '/bin/sh -c apt-get update && apt-get install -y postgresql-9.3',
        files: {
          ...withUser(ubuntuImage()),
          ...programs('/usr/lib/postgresql/9.3/bin', '/var/lib/postgresql/9.3/main', '/var/lib/postgresql/9.3/main'),
          '/usr/local/bin/docker-entrypoint.sh': { program: 'image:postgres-entrypoint' },
        },
        size: 170_000_000,
      },
    ],
  }),
)

export const postgresRepositories: readonly CatalogueRepository[] = [
  {
    name: 'docker.io/library/postgres',
    description: 'The PostgreSQL object-relational database system provides reliability and data integrity.',
    stars: 14_600,
    isOfficial: true,
    tags: {
      latest: made[0].debian,
      alpine: made[0].alpine,
      bookworm: made[0].debian,
      ...Object.fromEntries(
        made.flatMap(({ major, version, debian, alpine }) => [
          [major, debian],
          [version, debian],
          [`${major}-alpine`, alpine],
          [`${version}-alpine`, alpine],
          [`${major}-bookworm`, debian],
          [`${major}.0`, debian],
        ]),
      ),
      '10.4': made[8].debian,
      '14.3': made[4].debian,
    },
  },
  { name: 'docker.io/training/postgres', description: '', stars: 10, tags: { latest: training } },
]

/** Compiled once for all servers: nine megabytes are fetched and compiled a second time only after a failure. */
function remembered(load: LoadPostgres): LoadPostgres {
  let loading: ReturnType<LoadPostgres> | undefined
  return () => {
    loading ??= load().catch((reason: unknown) => {
      loading = undefined
      throw reason
    })
    return loading
  }
}

export function postgresPrograms(load: LoadPostgres) {
  const library = remembered(load)
  return loadedLater(
    [
      'postgres',
      'postgres-entrypoint',
      'psql',
      'pg_isready',
      'createdb',
      'dropdb',
      'createuser',
      'dropuser',
      'pg_dump',
      'pg_dumpall',
      'pg_restore',
      'gosu',
    ],
    () => import('./programs.ts').then((programs) => programs.postgresPrograms(library)),
  )
}
