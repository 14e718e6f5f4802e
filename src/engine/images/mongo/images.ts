/** mongo: the start, the log, mongosh and the calls that courses make. */
import { ubuntuImage } from '../debian.ts'
import { type CatalogueRepository, type Image, makeImage } from '../image.ts'
import { loadedLater } from '../lazy.ts'
import { once } from '../once.ts'

const tools = ['mongodump', 'mongorestore', 'mongoexport', 'mongoimport'] as const
const note = 'buildkit.dockerfile.v0'
const limits =
  "This mongosh reads show, use and db.COLLECTION.METHOD(plain values), not JavaScript.\nIndexes keep values unique, and make nothing faster. Users have passwords; what a role may not do is not refused.\nNot there: replica sets of several members, transactions, change streams, $merge, and MongoDB's network protocol: only the programs of these images and the sandbox's npm packages mongodb and mongoose can connect.\n"

function mongo(version: string, created: string): () => Image {
  const isOld = Number(version.split('.')[0]) < 6
  return once(() =>
    makeImage({
      base: ubuntuImage(),
      created,
      config: {
        Env: [
          'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          'GOSU_VERSION=1.19',
          'JSYAML_VERSION=3.13.1',
          `MONGO_PACKAGE=mongodb-org`,
          `MONGO_MAJOR=${version.replace(/\.\d+$/, '')}`,
          `MONGO_VERSION=${version}`,
          'HOME=/data/db',
        ],
        Entrypoint: ['docker-entrypoint.sh'],
        Cmd: ['mongod'],
        ExposedPorts: { '27017/tcp': {} },
        Volumes: { '/data/configdb': {}, '/data/db': {} },
        WorkingDir: '/',
      },
      steps: [
        { createdBy: `ENV MONGO_VERSION=${version}`, comment: note },
        {
          createdBy: 'RUN /bin/sh -c set -x; apt-get install -y ${MONGO_PACKAGE}=$MONGO_VERSION # buildkit',
          files: {
            '/usr/bin/mongod': { program: 'image:mongod' },
            '/usr/bin/mongosh': { program: 'image:mongosh' },
            ...Object.fromEntries(tools.map((name) => [`/usr/bin/${name}`, { program: `image:${name}` }])),
            ...(isOld && { '/usr/bin/mongo': { program: 'image:mongosh' } }),
            '/data/db': { directory: true, uid: 999, gid: 999 },
            '/data/configdb': { directory: true, uid: 999, gid: 999 },
            '/docker-entrypoint-initdb.d': { directory: true },
            '/usr/share/doc/drydock/limits.txt': limits,
          },
          size: 780_000_000,
          comment: note,
        },
        { createdBy: 'VOLUME [/data/db /data/configdb]', comment: note },
        {
          createdBy: 'COPY docker-entrypoint.sh /usr/local/bin/ # buildkit',
          files: { '/usr/local/bin/docker-entrypoint.sh': { program: 'image:mongo-entrypoint' } },
          size: 14_000,
          comment: note,
        },
        { createdBy: 'ENTRYPOINT ["docker-entrypoint.sh"]', comment: note },
        { createdBy: 'EXPOSE map[27017/tcp:{}]', comment: note },
        { createdBy: 'CMD ["mongod"]', comment: note },
      ],
    }),
  )
}

const made = Object.fromEntries(
  (['8.2.1', '8.0.15', '7.0.25', '6.0.26', '5.0.31', '4.4.29', '3.4.1'] as const).map((version) => [
    version,
    mongo(version, '2025-10-14T20:00:00Z'),
  ]),
)

export const mongoRepository: CatalogueRepository = {
  name: 'docker.io/library/mongo',
  description: 'MongoDB document databases provide high availability and easy scalability.',
  stars: 10_500,
  isOfficial: true,
  tags: {
    ...made,
    latest: made['8.2.1'],
    '8': made['8.2.1'],
    '8.0': made['8.0.15'],
    '7': made['7.0.25'],
    '7.0': made['7.0.25'],
    '6': made['6.0.26'],
    '6.0': made['6.0.26'],
    '5': made['5.0.31'],
    '5.0': made['5.0.31'],
    '4': made['4.4.29'],
    '4.4': made['4.4.29'],
  },
}

export const mongoPrograms = loadedLater(['mongod', 'mongosh', 'mongo-entrypoint', ...tools], () =>
  import('./programs.ts').then(({ server, shell, entrypoint, ...others }) => ({
    mongod: server,
    mongosh: shell,
    'mongo-entrypoint': entrypoint,
    ...others,
  })),
)
