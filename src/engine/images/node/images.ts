/** Node's own images, and the applications of the lectures that are built on them: luksa/kubia and kubernetes-bootcamp. */
import { alpineImage } from '../alpine.ts'
import { buildpackImage, slimImage } from '../debian.ts'
import { type CatalogueRepository, type Image, later, makeImage } from '../image.ts'
import { once } from '../once.ts'

const entrypoint = `#!/bin/sh
set -e

# Run command with node if the first argument contains a "-" or is not a system command.
if [ "\${1#-}" != "\${1}" ] || [ -z "$(command -v "\${1}")" ] || { [ -f "\${1}" ] && ! [ -x "\${1}" ]; }; then
  set -- node "$@"
fi

exec "$@"
`

const note = 'buildkit.dockerfile.v0'
const paths = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

function nodeOf({ version, created, base, size }: { version: string; created: string; base: () => Image; size: number }): () => Image {
  return once(() => {
    const major = Number(version.split('.')[0])
    return makeImage({
      base: base(),
      created,
      config: {
        Env: [paths, `NODE_VERSION=${version}`, 'YARN_VERSION=1.22.22'],
        Cmd: ['node'],
        ...(major >= 10 && { Entrypoint: ['docker-entrypoint.sh'] }),
      },
      steps: [
        {
          createdBy:
            'RUN /bin/sh -c groupadd --gid 1000 node   && useradd --uid 1000 --gid node --shell /bin/bash --create-home node # buildkit',
          files: withNodeUser(base()),
          size: 8_940,
          comment: note,
        },
        { createdBy: `ENV NODE_VERSION=${version}`, comment: note },
        {
          createdBy:
            'RUN /bin/sh -c ARCH= && dpkgArch="$(dpkg --print-architecture)"   && curl -fsSLO --compressed "https://nodejs.org/dist/v$NODE_VERSION/node-v$NODE_VERSION-linux-$ARCH.tar.xz" # buildkit',
          files: {
            '/usr/local/bin/node': { program: 'node' },
            '/usr/local/bin/nodejs': { link: '/usr/local/bin/node' },
            '/usr/local/bin/npm': { program: 'image:npm' },
            '/usr/local/bin/npx': { program: 'image:npx' },
          },
          size,
          comment: note,
        },
        { createdBy: 'ENV YARN_VERSION=1.22.22', comment: note },
        {
          createdBy: 'RUN /bin/sh -c set -ex   && for key in   6A010C5166006599AA17F08146C2130DFD2497F5   ; do # buildkit',
          files: { '/usr/local/bin/yarn': { program: 'image:yarn' } },
          size: 5_350_000,
          comment: note,
        },
        ...(major >= 10
          ? [
              {
                createdBy: 'COPY docker-entrypoint.sh /usr/local/bin/ # buildkit',
                files: { '/usr/local/bin/docker-entrypoint.sh': { text: entrypoint, mode: 0o755 } },
                size: 388,
                comment: note,
              },
              { createdBy: 'ENTRYPOINT ["docker-entrypoint.sh"]', comment: note },
            ]
          : []),
        { createdBy: 'CMD ["node"]', comment: note },
      ],
    })
  })
}

function withNodeUser(base: Image) {
  const text = (path: string): string => {
    const entry = base.layers.flatMap((layer) => layer.entries).findLast((one) => one.path === path)
    return entry ? new TextDecoder().decode(entry.content) : ''
  }
  return {
    '/etc/passwd': `${text('etc/passwd')}node:x:1000:1000::/home/node:/bin/sh\n`,
    '/etc/group': `${text('etc/group')}node:x:1000:\n`,
    '/home/node': { directory: true, uid: 1000, gid: 1000 },
  } as const
}

const versions = [
  ['25', '25.1.0', '2025-11-06T01:12:09Z'],
  ['24', '24.11.0', '2025-10-29T00:00:00Z'],
  ['22', '22.21.0', '2025-10-21T00:00:00Z'],
  ['20', '20.19.5', '2025-09-04T00:00:00Z'],
  ['18', '18.20.8', '2025-03-28T00:00:00Z'],
  ['16', '16.20.2', '2023-09-07T00:00:00Z'],
  ['14', '14.21.3', '2023-04-13T00:00:00Z'],
  ['12', '12.22.12', '2022-04-06T00:00:00Z'],
  ['10', '10.24.1', '2021-04-08T00:00:00Z'],
  ['8', '8.17.0', '2020-01-10T00:00:00Z'],
  ['7', '7.10.1', '2017-07-18T00:00:00Z'],
  ['6', '6.17.1', '2019-05-15T00:00:00Z'],
] as const

const made = new Map(
  versions.map(([major, version, created]) => [
    major as string,
    {
      version,
      full: nodeOf({ version, created, base: buildpackImage, size: 190_000_000 }),
      slim: nodeOf({ version, created: later(created, 4), base: slimImage, size: 145_000_000 }),
      alpine: nodeOf({ version, created: later(created, 9), base: alpineImage, size: 152_000_000 }),
    },
  ]),
)

function of(major: string) {
  const found = made.get(major)
  if (!found) throw new Error(`bug: no node ${major}`)
  return found
}

export const node: CatalogueRepository = {
  name: 'docker.io/library/node',
  description: 'Node.js is a JavaScript-based platform for server-side and networking applications.',
  stars: 14_000,
  isOfficial: true,
  tags: {
    latest: of('22').full,
    current: of('25').full,
    lts: of('24').full,
    alpine: of('22').alpine,
    slim: of('22').slim,
    'lts-alpine': of('24').alpine,
    'lts-slim': of('24').slim,
    bookworm: of('22').full,
    'bookworm-slim': of('22').slim,
    ...Object.fromEntries(
      Array.from(made).flatMap(([major, { version, full, slim, alpine }]) => [
        [major, full],
        [version, full],
        [`${major}-slim`, slim],
        [`${major}-alpine`, alpine],
        [`${version}-alpine`, alpine],
        [`${major}-bookworm`, full],
        [`${major}-bookworm-slim`, slim],
      ]),
    ),
  },
}

/** An application on an old node, as `docker build` of its time left it. */
function application({
  app,
  name,
  entrypoint: argv,
  created,
  folder = '',
  ports,
  exec = 'ENTRYPOINT',
}: {
  app: string
  name: string
  entrypoint: readonly string[]
  created: string
  folder?: string
  ports?: Readonly<Record<string, object>>
  exec?: 'ENTRYPOINT' | 'CMD'
}): () => Image {
  return once(() =>
    makeImage({
      base: of('7').full(),
      created,
      config: {
        ...(exec === 'ENTRYPOINT' ? { Entrypoint: argv, Cmd: [] } : { Cmd: argv }),
        ...(ports && { ExposedPorts: ports }),
        ...(folder && { WorkingDir: folder }),
      },
      steps: [
        { createdBy: `/bin/sh -c #(nop) ADD file:${name} in ${folder || '/'}`, files: { [`${folder}/${name}`]: app } },
        ...(ports ? [{ createdBy: `/bin/sh -c #(nop)  EXPOSE ${Object.keys(ports).join(' ')}` }] : []),
        { createdBy: `/bin/sh -c #(nop)  ${exec} ${JSON.stringify(argv)}` },
      ],
    }),
  )
}

function kubiaApp(answer: string): string {
  return `const http = require('http');
const os = require('os');

console.log("Kubia server starting...");

var handler = function(request, response) {
  console.log("Received request from " + request.connection.remoteAddress);
${answer}
};

var www = http.createServer(handler);
www.listen(8080);
`
}

const says = (text: string): string => kubiaApp(`  response.writeHead(200);\n  response.end("${text} " + os.hostname() + "\\n");`)
const failing = kubiaApp(`  if (++requestCount >= 5) {
    response.writeHead(500);
    response.end("Some internal error has occurred! This is pod " + os.hostname() + "\\n");
    return;
  }
  response.writeHead(200);
  response.end("This is v3 running in pod " + os.hostname() + "\\n");`).replace('\nconsole.log', '\nvar requestCount = 0;\n\nconsole.log')

const kubiaOf = (app: string, created: string) => application({ app, name: 'app.js', entrypoint: ['node', 'app.js'], created })
const kubiaLatest = kubiaOf(says("You've hit"), '2017-06-26T20:10:00Z')

export const kubia: CatalogueRepository = {
  name: 'docker.io/luksa/kubia',
  description: '',
  stars: 27,
  tags: {
    latest: kubiaLatest,
    v1: kubiaOf(says('This is v1 running in pod'), '2017-08-01T08:00:00Z'),
    v2: kubiaOf(says('This is v2 running in pod'), '2017-08-01T08:05:00Z'),
    v3: kubiaOf(failing, '2017-08-01T08:10:00Z'),
    v4: kubiaOf(says('This is v4 running in pod'), '2017-08-01T08:15:00Z'),
  },
}

/** Fails its health check from the sixth request on: what liveness probes are shown with. */
export const kubiaUnhealthy: CatalogueRepository = {
  name: 'docker.io/luksa/kubia-unhealthy',
  description: '',
  stars: 4,
  tags: {
    latest: kubiaOf(
      kubiaApp(`  if (++requestCount > 5) {
    response.writeHead(500);
    response.end("I'm not well. Please restart me!");
    return;
  }
  response.writeHead(200);
  response.end("You've hit " + os.hostname() + "\\n");`).replace('\nconsole.log', '\nvar requestCount = 0;\n\nconsole.log'),
      '2017-07-10T08:00:00Z',
    ),
  },
}

/** Keeps what is posted to it in /var/data: what StatefulSets are shown with. */
const petApp = `const http = require('http');
const os = require('os');
const fs = require('fs');

const dataFile = '/var/data/kubia.txt';

var handler = function(request, response) {
  if (request.method === 'POST') {
    var parts = [];
    request.on('data', function(part) { parts.push(part); });
    request.on('end', function() {
      fs.writeFileSync(dataFile, Buffer.concat(parts));
      console.log('New data has been received and stored.');
      response.writeHead(200);
      response.end('Data stored on pod ' + os.hostname() + '\\n');
    });
  } else {
    var data = fs.existsSync(dataFile) ? fs.readFileSync(dataFile, 'utf8') : 'No data posted yet';
    response.writeHead(200);
    response.write("You've hit " + os.hostname() + '\\n');
    response.end('Data stored on this pod: ' + data + '\\n');
  }
};

http.createServer(handler).listen(8080);
`

export const kubiaPet: CatalogueRepository = {
  name: 'docker.io/luksa/kubia-pet',
  description: '',
  stars: 1,
  tags: { latest: kubiaOf(petApp, '2017-09-03T08:00:00Z') },
}

function bootcampApp(version: number): string {
  return `var http = require('http');
var requests = 0;
var podname = process.env.HOSTNAME;
var startTime;
var host;
var handleRequest = function(request, response) {
  response.setHeader('Content-Type', 'text/plain');
  response.writeHead(200);
  response.write("Hello Kubernetes bootcamp! | Running on: ");
  response.write(host);
  response.end(" | v=${version}\\n");
  console.log("Running On:", host, "| Total Requests:", ++requests, "| App Uptime:", (new Date() - startTime) / 1000, "seconds", "| Log Time:", new Date());
};
var www = http.createServer(handleRequest);
www.listen(8080, function() {
  startTime = new Date();
  host = process.env.HOSTNAME || require('os').hostname();
  console.log("Kubernetes Bootcamp App Started At:", startTime, "| Running On: ", host, "\\n");
});
`
}

const bootcampOf = (version: number) =>
  application({
    app: bootcampApp(version),
    name: 'server.js',
    entrypoint: ['/bin/sh', '-c', 'node server.js'],
    created: `2016-08-0${version}T10:00:00Z`,
    ports: { '8080/tcp': {} },
    exec: 'CMD',
  })
const bootcamp1 = bootcampOf(1)
const bootcamp2 = bootcampOf(2)

export const bootcamps: readonly CatalogueRepository[] = [
  'gcr.io/google-samples/kubernetes-bootcamp',
  'docker.io/jocatalin/kubernetes-bootcamp',
].map((name) => ({
  name,
  tags: { v1: bootcamp1, v2: bootcamp2, latest: bootcamp1 },
  ...(name.startsWith('docker.io/') && { description: '', stars: 12 }),
}))
