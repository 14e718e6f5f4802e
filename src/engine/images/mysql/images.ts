/** mysql and mariadb: their images. The programs are fetched when one of them is first started. */
import { ubuntuImage } from '../debian.ts'
import { type CatalogueRepository, type Image, makeImage } from '../image.ts'
import type { ImageRunConfig } from '../image-config.ts'
import { loadedLater } from '../lazy.ts'
import { once } from '../once.ts'
import type { LoadSqlite } from '../sqlite/library.ts'
import { redHatImage } from '../red-hat.ts'

const note = 'buildkit.dockerfile.v0'
const limits =
  "Below the dialect works SQLite. Not there: stored procedures, triggers, full-text search, partitions, replication, isolation between transactions\n(while one is open, others that write wait), EXPLAIN, and MySQL's network protocol: the mysql client of these images and the drivers of the sandbox's registries connect.\n"

/** Of the real one's tests, whether the server answers. */
const healthcheck = '#!/bin/bash\nmariadb-admin ping > /dev/null 2>&1\n'

function imageOf({
  base,
  product,
  version,
  created,
  size,
}: {
  readonly base: () => Image
  readonly product: 'mysql' | 'mariadb'
  readonly version: string
  readonly created: string
  readonly size: number
}): () => Image {
  const isMaria = product === 'mariadb'
  const daemon = isMaria ? 'mariadbd' : 'mysqld'
  const env = isMaria
    ? ['GOSU_VERSION=1.19', 'LANG=C.UTF-8', `MARIADB_VERSION=1:${version}+maria~ubu2404`]
    : [
        'GOSU_VERSION=1.19',
        `MYSQL_MAJOR=${version.replace(/\.\d+$/, '')}`,
        `MYSQL_VERSION=${version}-1.el9`,
        'MYSQL_SHELL_VERSION=9.5.0-1.el9',
      ]
  const config: ImageRunConfig = {
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env],
    Entrypoint: ['docker-entrypoint.sh'],
    Cmd: [daemon],
    ExposedPorts: isMaria ? { '3306/tcp': {} } : { '3306/tcp': {}, '33060/tcp': {} },
    Volumes: { '/var/lib/mysql': {} },
    WorkingDir: '/',
  }
  return once(() =>
    makeImage({
      base: base(),
      created,
      config,
      steps: [
        ...env.map((one) => ({ createdBy: `ENV ${one}`, comment: note })),
        {
          createdBy: `RUN /bin/sh -c set -eux; install ${product}-server # buildkit`,
          files: {
            [`/usr/sbin/${daemon}`]: { program: 'image:mysqld' },
            ...(isMaria && {
              '/usr/sbin/mysqld': { program: 'image:mysqld' },
              '/usr/bin/mariadb': { program: 'image:mysql' },
              '/usr/bin/mariadb-admin': { program: 'image:mysqladmin' },
              '/usr/bin/mariadb-dump': { program: 'image:mysqldump' },
              '/usr/local/bin/healthcheck.sh': { text: healthcheck, mode: 0o755 },
            }),
            '/usr/bin/mysql': { program: 'image:mysql' },
            '/usr/bin/mysqladmin': { program: 'image:mysqladmin' },
            '/usr/bin/mysqldump': { program: 'image:mysqldump' },
            '/var/lib/mysql': { directory: true, mode: 0o1777, uid: 999, gid: 999 },
            '/var/run/mysqld': { directory: true, mode: 0o1777 },
            '/docker-entrypoint-initdb.d': { directory: true },
            '/etc/my.cnf': '[mysqld]\ndatadir=/var/lib/mysql\n',
            '/usr/share/doc/drydock/limits.txt': limits,
          },
          size,
          comment: note,
        },
        { createdBy: 'VOLUME [/var/lib/mysql]', comment: note },
        {
          createdBy: 'COPY docker-entrypoint.sh /usr/local/bin/ # buildkit',
          files: { '/usr/local/bin/docker-entrypoint.sh': { program: 'image:mysql-entrypoint' } },
          size: 14_100,
          comment: note,
        },
        { createdBy: 'ENTRYPOINT ["docker-entrypoint.sh"]', comment: note },
        { createdBy: 'EXPOSE map[3306/tcp:{}]', comment: note },
        { createdBy: `CMD ["${daemon}"]`, comment: note },
      ],
    }),
  )
}

const mysqls = Object.fromEntries(
  (['9.5.0', '8.4.7', '8.0.44', '8.0.2', '5.7.44', '5.6.51'] as const).map((version) => [
    version,
    imageOf({ base: redHatImage, product: 'mysql', version, created: '2025-10-21T20:00:00Z', size: 640_000_000 }),
  ]),
)
const marias = Object.fromEntries(
  (['12.0.2', '11.8.3', '10.11.14', '10.7.4', '10.6.23', '10.5.29'] as const).map((version) => [
    version,
    imageOf({ base: ubuntuImage, product: 'mariadb', version, created: '2025-10-01T20:00:00Z', size: 250_000_000 }),
  ]),
)

export const mysqlRepositories: readonly CatalogueRepository[] = [
  {
    name: 'docker.io/library/mysql',
    description: 'MySQL is a widely used, open-source relational database management system (RDBMS).',
    stars: 15_900,
    isOfficial: true,
    tags: {
      ...mysqls,
      latest: mysqls['9.5.0'],
      '9': mysqls['9.5.0'],
      lts: mysqls['8.4.7'],
      '8': mysqls['8.4.7'],
      '8.4': mysqls['8.4.7'],
      '8.0': mysqls['8.0.44'],
      '5.7': mysqls['5.7.44'],
      '5': mysqls['5.7.44'],
      '5.6': mysqls['5.6.51'],
    },
  },
  {
    name: 'docker.io/library/mariadb',
    description: 'MariaDB Server is a high performing open source relational database, forked from MySQL.',
    stars: 6_000,
    isOfficial: true,
    tags: {
      ...marias,
      '10.6.4-focal': marias['10.6.23'],
      latest: marias['12.0.2'],
      '12': marias['12.0.2'],
      lts: marias['11.8.3'],
      '11': marias['11.8.3'],
      '10': marias['10.11.14'],
      '10.11': marias['10.11.14'],
      '10.6': marias['10.6.23'],
      '10.5': marias['10.5.29'],
    },
  },
]

export function mysqlPrograms(load: LoadSqlite) {
  return loadedLater(['mysqld', 'mysql', 'mysqladmin', 'mysqldump', 'mysql-entrypoint'], () =>
    import('./programs.ts').then((room) => room.mysqlPrograms(load)),
  )
}
