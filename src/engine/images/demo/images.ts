/**
 * The small images of courses: one program (or one script) on a bare, busybox, Alpine or Debian base. Their programs are fetched when the first of
 * them is started.
 */
import { alpineImage } from '../alpine.ts'
import { busyboxImage } from '../busybox.ts'
import { debianImage, programPaths, slimImage, ubuntuImage } from '../debian.ts'
import { type CatalogueRepository, type Image, type LayerFiles, makeImage } from '../image.ts'
import type { ImageRunConfig } from '../image-config.ts'
import { loadedLater } from '../lazy.ts'
import { once } from '../once.ts'

const note = 'buildkit.dockerfile.v0'
const paths = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

interface Demo {
  readonly base?: () => Image
  readonly created: string
  readonly files: LayerFiles
  readonly size: number
  readonly config: ImageRunConfig
}

/** Its history is what its Dockerfile must have been. */
export function demoImage({ base, created, files, size, config }: Demo): () => Image {
  return once(() => {
    const { Env, Entrypoint, Cmd, ExposedPorts, User, WorkingDir, Volumes } = config
    const lines = [
      ...(Env ?? []).map((one) => `ENV ${one}`),
      ...(ExposedPorts
        ? [
            `EXPOSE map[${Object.keys(ExposedPorts)
              .map((port) => `${port}:{}`)
              .join(' ')}]`,
          ]
        : []),
      ...(Volumes ? [`VOLUME [${Object.keys(Volumes).join(' ')}]`] : []),
      ...(User ? [`USER ${User}`] : []),
      ...(WorkingDir && WorkingDir !== '/' ? [`WORKDIR ${WorkingDir}`] : []),
      ...(Entrypoint ? [`ENTRYPOINT ${JSON.stringify(Entrypoint)}`] : []),
      ...(Cmd ? [`CMD ${JSON.stringify(Cmd)}`] : []),
    ]
    const [first] = Object.keys(files)
    return makeImage({
      base: base?.(),
      created,
      config: { WorkingDir: '/', ...config, Env: [paths, ...(Env ?? [])] },
      steps: [
        { createdBy: `COPY ${first.replace(/^.*\//, '')} ${first} # buildkit`, files, size, comment: note },
        ...lines.map((createdBy) => ({ createdBy, comment: note })),
      ],
    })
  })
}

const ports = (...numbers: readonly number[]): Readonly<Record<string, object>> =>
  Object.fromEntries(numbers.map((port) => [`${port}/tcp`, {}]))
const script = (text: string): LayerFiles[string] => ({ text, mode: 0o755 })
const all = (image: () => Image, ...tags: readonly string[]): Readonly<Record<string, () => Image>> =>
  Object.fromEntries(['latest', ...tags].map((tag) => [tag, image]))

const agnhost = demoImage({
  base: alpineImage,
  created: '2024-08-06T17:41:00Z',
  size: 128_000_000,
  files: {
    '/agnhost': { program: 'image:agnhost' },
    ...programPaths(['curl', 'dig', 'nslookup', 'iperf']),
    '/usr/bin/kubectl': { program: 'kubectl' },
  },
  config: { Entrypoint: ['/agnhost'], Cmd: ['pause'], ExposedPorts: ports(80, 8080, 8081, 9376, 5000) },
})
const echoserver = demoImage({
  base: slimImage,
  created: '2018-07-10T00:00:00Z',
  size: 40_000_000,
  files: { '/usr/local/bin/run.sh': { program: 'image:echoserver' }, '/usr/local/bin/nginx': { program: 'image:echoserver' } },
  config: { Cmd: ['/usr/local/bin/run.sh'] },
})
const helloApp = (version: string) =>
  demoImage({
    created: '2023-09-06T18:00:00Z',
    size: 7_000_000,
    files: { '/hello-app': { program: 'image:hello-app' } },
    config: { Cmd: ['/hello-app'], Env: ['PORT=8080', `APP_VERSION=${version}.0`] },
  })
const [hello1, hello2] = [helloApp('1.0'), helloApp('2.0')]
const echoServer = demoImage({
  created: '2024-03-28T22:00:00Z',
  size: 8_600_000,
  files: { '/bin/echo-server': { program: 'image:echo-server' } },
  config: { Entrypoint: ['/bin/echo-server'], Env: ['PORT=8080'], ExposedPorts: ports(8080) },
})
const nginxHello = (isPlain: boolean) =>
  demoImage({
    base: alpineImage,
    created: '2024-05-30T18:00:00Z',
    size: 40_000_000,
    files: {
      '/usr/sbin/nginx': { program: 'image:nginx-hello' },
      '/etc/nginx/conf.d/hello.conf': 'server {\n    listen 80;\n}\n',
      ...programPaths(['curl']),
    },
    config: { Cmd: ['nginx', '-g', 'daemon off;'], ExposedPorts: ports(80), ...(isPlain && { Env: ['HELLO_PLAIN=1'] }) },
  })
const [helloPage, helloPlain] = [nginxHello(false), nginxHello(true)]
const podinfoVersions = [
  '6.9.2',
  '6.9.1',
  '6.9.0',
  '6.8.0',
  '6.7.1',
  '6.7.0',
  '6.6.0',
  '6.5.4',
  '6.5.0',
  '6.4.0',
  '6.3.0',
  '6.2.0',
  '6.1.0',
  '6.0.3',
  '6.0.0',
  '5.0.3',
  '5.0.0',
  '4.0.6',
  '3.1.0',
] as const
const podinfo = podinfoVersions.map(
  (version) =>
    [
      version,
      demoImage({
        base: alpineImage,
        created: '2025-09-12T07:00:00Z',
        size: 50_000_000,
        files: {
          '/home/app/podinfo': { program: 'image:podinfo' },
          '/home/app/podcli': { program: 'image:podinfo' },
          ...programPaths(['curl']),
        },
        config: { Cmd: ['./podinfo'], WorkingDir: '/home/app', User: '100', Env: [`PODINFO_VERSION=${version}`] },
      }),
    ] as const,
)
const httpbin = demoImage({
  base: ubuntuImage,
  created: '2018-10-24T02:02:00Z',
  size: 450_000_000,
  files: { '/usr/local/bin/gunicorn': { program: 'image:httpbin' } },
  config: { Cmd: ['gunicorn', '-b', '0.0.0.0:80', 'httpbin:app', '-k', 'gevent'], ExposedPorts: ports(80) },
})
const goHttpbin = demoImage({
  created: '2025-05-20T10:00:00Z',
  size: 14_000_000,
  files: { '/bin/go-httpbin': { program: 'image:httpbin' } },
  config: { Cmd: ['/bin/go-httpbin'], ExposedPorts: ports(8080) },
})
const hpa = demoImage({
  base: debianImage,
  created: '2015-11-18T21:00:00Z',
  size: 480_000_000,
  files: {
    '/usr/local/bin/apache2-foreground': { program: 'image:hpa-example' },
    '/var/www/html/index.php': '<?php\n  $x = 0.0001;\n  for ($i = 0; $i <= 1000000; $i++) {\n\t$x += sqrt($x);\n  }\n  echo "OK!";\n?>\n',
    ...programPaths(['curl']),
  },
  config: { Cmd: ['apache2-foreground'], ExposedPorts: ports(80), WorkingDir: '/var/www/html' },
})
const kuard = (colour: string) =>
  demoImage({
    base: alpineImage,
    created: '2019-08-07T16:00:00Z',
    size: 17_000_000,
    files: { '/kuard': { program: 'image:kuard' } },
    config: { Cmd: ['/kuard'], User: 'nobody:nobody', Env: [`KUARD_VERSION=v0.10.0-${colour}`] },
  })
const kuards = Object.fromEntries(
  (['blue', 'green', 'purple', '1', '2', '3'] as const).map((tag) => [
    tag,
    kuard(({ '1': 'blue', '2': 'green', '3': 'purple' } as Readonly<Record<string, string>>)[tag] ?? tag),
  ]),
)
const webappColour = demoImage({
  base: alpineImage,
  created: '2018-09-16T10:00:00Z',
  size: 76_000_000,
  files: {
    '/opt/app.py': '# The page of this image is served by the program in /usr/local/bin.\n',
    '/usr/local/bin/python': { program: 'image:webapp-color' },
  },
  config: { Entrypoint: ['python', '/opt/app.py'], ExposedPorts: ports(8080) },
})
const colour = demoImage({
  created: '2024-01-20T10:00:00Z',
  size: 7_000_000,
  files: { '/color': { program: 'image:color' } },
  config: { Cmd: ['/color'] },
})
const stress = demoImage({
  base: alpineImage,
  created: '2018-10-22T09:00:00Z',
  size: 1_900_000,
  files: { '/usr/local/bin/stress': { program: 'image:stress' }, '/bin/bash': { program: 'bash' } },
  config: { Cmd: ['/bin/bash'] },
})
const progrium = demoImage({
  base: ubuntuImage,
  created: '2014-06-13T01:00:00Z',
  size: 10_000_000,
  files: { '/usr/bin/stress': { program: 'image:stress' } },
  config: { Entrypoint: ['/usr/bin/stress', '--verbose'] },
})
const vishStress = demoImage({
  created: '2015-10-20T20:00:00Z',
  size: 1_490_000,
  files: { '/stress': { program: 'image:go-stress' } },
  config: { Entrypoint: ['/stress', '-logtostderr'] },
})
const webapp = demoImage({
  base: ubuntuImage,
  created: '2015-05-27T20:00:00Z',
  size: 160_000_000,
  files: {
    '/opt/webapp/app.py':
      "import os\n\nfrom flask import Flask\n\napp = Flask(__name__)\n\n@app.route('/')\ndef hello():\n    who = str(os.environ.get('PROVIDER', 'world'))\n    return 'Hello ' + who + '!'\n\nif __name__ == '__main__':\n    port = int(os.environ.get('PORT', 5000))\n    app.run(host='0.0.0.0', port=port)\n",
    '/opt/webapp/Procfile': 'web: python app.py\n',
    '/opt/webapp/requirements.txt': 'Flask==0.9\n',
    '/opt/webapp/tests.py': '',
    '/usr/bin/python': { program: 'image:training-python' },
  },
  config: { Cmd: ['python', 'app.py'], ExposedPorts: ports(5000), WorkingDir: '/opt/webapp' },
})
const fortuneScript = (interval: string, before = ''): LayerFiles => ({
  '/bin/fortuneloop.sh': script(
    `#!/bin/bash\ntrap "exit" SIGINT\n${before}mkdir -p /var/htdocs\n\nwhile :\ndo\n  echo $(date) Writing fortune to /var/htdocs/index.html\n  /usr/games/fortune > /var/htdocs/index.html\n  sleep ${interval}\ndone\n`,
  ),
  '/usr/games/fortune': { program: 'image:fortune' },
})
const fortune = (interval: string, before: string, config: ImageRunConfig) =>
  demoImage({
    base: ubuntuImage,
    created: '2017-06-19T10:00:00Z',
    size: 41_000_000,
    files: fortuneScript(interval, before),
    config: { Entrypoint: ['/bin/fortuneloop.sh'], ...config },
  })
const onBusybox = (path: string, text: string) =>
  demoImage({
    base: busyboxImage,
    created: '2017-07-10T10:00:00Z',
    size: 80,
    files: { [path]: script(text) },
    config: { Entrypoint: [path], Cmd: [] },
  })
const ssdMonitor = onBusybox('/main-loop.sh', '#!/bin/sh\nwhile true; do\n  echo "SSD OK"\n  sleep 5\ndone\n')
const batchJob = onBusybox('/main.sh', '#!/bin/sh\necho "$(date) Batch job starting"\nsleep 120\necho "$(date) Finished succesfully"\n')
const guestbook = demoImage({
  base: debianImage,
  created: '2022-04-20T18:00:00Z',
  size: 300_000_000,
  files: { '/usr/local/bin/apache2-foreground': { program: 'image:guestbook' }, ...programPaths(['curl']) },
  config: { Cmd: ['apache2-foreground'], ExposedPorts: ports(80), WorkingDir: '/var/www/html' },
})
const memcachedOn = (base: () => Image, size: number) =>
  demoImage({
    base,
    created: '2025-11-04T02:00:00Z',
    size,
    files: {
      '/usr/local/bin/memcached': { program: 'image:memcached' },
      '/usr/local/bin/docker-entrypoint.sh': script(
        '#!/bin/sh\nset -e\n\n# first arg is `-f` or `--some-option`\nif [ "${1#-}" != "$1" ]; then\n\tset -- memcached "$@"\nfi\n\nexec "$@"\n',
      ),
    },
    config: {
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['memcached'],
      ExposedPorts: ports(11_211),
      User: '11211',
      Env: ['MEMCACHED_VERSION=1.6.39'],
    },
  })
const [memcached, memcachedAlpine] = [memcachedOn(slimImage, 10_000_000), memcachedOn(alpineImage, 4_000_000)]
const perlVersions = ['5.42.0', '5.40.2', '5.38.4', '5.36.3', '5.34.0', '5.34.3', '5.34.1', '5.32.1'] as const
const perls = new Map(
  perlVersions.map((version) => [
    version,
    demoImage({
      base: debianImage,
      created: '2022-03-18T01:00:00Z',
      size: 760_000_000,
      files: { '/usr/local/bin/perl': { program: 'image:perl' } },
      config: { Cmd: [`perl${version}`, '-de0'], Env: [`PERL_VERSION=${version}`], WorkingDir: '/usr/src/app' },
    }),
  ]),
)
const perlTags = Object.fromEntries(
  [
    ['latest', '5.42.0'],
    ['5', '5.42.0'],
    ['5.42', '5.42.0'],
    ['5.40', '5.40.2'],
    ['5.38', '5.38.4'],
    ['5.36', '5.36.3'],
    ['5.34', '5.34.3'],
    ['5.32', '5.32.1'],
    ...perlVersions.map((version) => [version, version]),
  ].flatMap(([tag, version]) => {
    const image = perls.get(version as (typeof perlVersions)[number])
    return image ? [[tag, image] as const] : []
  }),
)

export const demos: readonly CatalogueRepository[] = [
  ...[
    'registry.k8s.io/e2e-test-images/agnhost',
    'k8s.gcr.io/e2e-test-images/agnhost',
    'gcr.io/kubernetes-e2e-test-images/agnhost',
    'gcr.io/k8s-staging-e2e-test-images/agnhost',
  ].map((name) => ({
    name,
    tags: Object.fromEntries(
      ['2.9', '2.21', '2.26', '2.32', '2.33', '2.36', '2.39', '2.40', '2.43', '2.45', '2.47', '2.48', '2.50', '2.53', '2.56', '2.57'].map(
        (tag) => [tag, agnhost],
      ),
    ),
  })),
  {
    name: 'registry.k8s.io/test-webserver',
    tags: {
      latest: demoImage({
        created: '2015-10-20T20:00:00Z',
        size: 4_500_000,
        files: { '/test-webserver': { program: 'image:agnhost' } },
        config: { Entrypoint: ['/test-webserver', 'test-webserver'], ExposedPorts: ports(80) },
      }),
    },
  },
  {
    name: 'registry.k8s.io/liveness',
    tags: {
      latest: demoImage({
        created: '2015-10-20T20:00:00Z',
        size: 4_900_000,
        files: { '/server': { program: 'image:agnhost' } },
        config: { Entrypoint: ['/server', 'liveness'] },
      }),
    },
  },
  ...[
    'registry.k8s.io/echoserver',
    'k8s.gcr.io/echoserver',
    'gcr.io/google_containers/echoserver',
    'docker.io/kicbase/echo-server',
    'registry.k8s.io/e2e-test-images/echoserver',
  ].map((name) => ({
    name,
    tags: name.startsWith('docker.io')
      ? { latest: echoServer, '1.0': echoServer }
      : Object.fromEntries(['1.4', '1.8', '1.10', '2.2', '2.3', '2.5'].map((tag) => [tag, echoserver])),
  })),
  ...['gcr.io/google-samples/hello-app', 'us-docker.pkg.dev/google-samples/containers/gke/hello-app'].map((name) => ({
    name,
    tags: { '1.0': hello1, '2.0': hello2, latest: hello1 },
  })),
  ...[
    'gcr.io/google-samples/gb-frontend',
    'us-docker.pkg.dev/google-samples/containers/gke/gb-frontend',
    'gcr.io/google_samples/gb-frontend',
  ].map((name) => ({ name, tags: { v3: guestbook, v4: guestbook, v5: guestbook, v6: guestbook } })),
  {
    name: 'docker.io/jmalloc/echo-server',
    description: 'An HTTP Echo Server (that also supports websockets)',
    stars: 40,
    tags: all(echoServer, 'v0.3.7', '0.3.7'),
  },
  { name: 'docker.io/ealen/echo-server', description: 'An echo server', stars: 50, tags: all(echoServer) },
  {
    name: 'docker.io/nginxdemos/hello',
    description: 'NGINX webserver that serves a simple page containing its hostname, IP address and port',
    stars: 150,
    tags: { latest: helloPage, '0.4': helloPage, '0.3': helloPage, 'plain-text': helloPlain, '0.4-plain-text': helloPlain },
  },
  ...['docker.io/stefanprodan/podinfo', 'ghcr.io/stefanprodan/podinfo'].map((name) => ({
    name,
    description: 'Go microservice template for Kubernetes',
    stars: 40,
    tags: { latest: podinfo[0][1], ...Object.fromEntries(podinfo) },
  })),
  { name: 'docker.io/kennethreitz/httpbin', description: 'A simple HTTP service.', stars: 260, tags: all(httpbin) },
  {
    name: 'docker.io/mccutchen/go-httpbin',
    description: 'A reasonably complete and well-tested golang port of httpbin',
    stars: 60,
    tags: all(goHttpbin, 'v2.15.0', '2.15.0'),
  },
  ...['registry.k8s.io/hpa-example', 'k8s.gcr.io/hpa-example'].map((name) => ({ name, tags: all(hpa) })),
  { name: 'gcr.io/kuar-demo/kuard-amd64', tags: kuards },
  { name: 'docker.io/kodekloud/webapp-color', description: '', stars: 10, tags: all(webappColour, 'v1', 'v2', 'v3') },
  { name: 'docker.io/jpetazzo/color', description: '', stars: 2, tags: all(colour) },
  {
    name: 'docker.io/polinux/stress',
    description: 'Tool to impose load on and stress test systems',
    stars: 30,
    tags: all(stress, '1.0.4'),
  },
  { name: 'docker.io/progrium/stress', description: 'Docker container for generating workload stress', stars: 60, tags: all(progrium) },
  { name: 'docker.io/vish/stress', description: '', stars: 5, tags: all(vishStress) },
  { name: 'docker.io/training/webapp', description: '', stars: 90, tags: all(webapp) },
  {
    name: 'docker.io/luksa/fortune',
    description: '',
    stars: 3,
    tags: {
      latest: fortune('10', '', { Cmd: [] }),
      env: fortune('$INTERVAL', 'echo Configured to generate new fortune every $INTERVAL seconds\n', { Cmd: [], Env: ['INTERVAL=10'] }),
      args: fortune('$1', 'echo Configured to generate new fortune every $1 seconds\n', { Cmd: ['10'] }),
    },
  },
  { name: 'docker.io/luksa/ssd-monitor', description: '', stars: 1, tags: all(ssdMonitor) },
  { name: 'docker.io/luksa/batch-job', description: '', stars: 1, tags: all(batchJob) },
  {
    name: 'docker.io/library/perl',
    description: 'Perl is a high-level, general-purpose, interpreted, dynamic programming language.',
    stars: 450,
    isOfficial: true,
    tags: perlTags,
  },
  {
    name: 'docker.io/library/memcached',
    description: 'Free & open source, high-performance, distributed memory object caching system.',
    stars: 2_400,
    isOfficial: true,
    tags: {
      ...all(memcached, '1', '1.6', '1.6.39', 'bookworm'),
      alpine: memcachedAlpine,
      '1-alpine': memcachedAlpine,
      '1.6-alpine': memcachedAlpine,
    },
  },
]

export const demoPrograms = [
  ...loadedLater(['agnhost', 'echoserver'], () => import('./agnhost.ts')),
  ...loadedLater(['stress', 'go-stress'], () => import('./stress.ts').then(({ stress, goStress }) => ({ stress, 'go-stress': goStress }))),
  ...loadedLater(['perl'], () => import('./perl.ts')),
  ...loadedLater(['memcached'], () => import('./memcached.ts')),
  ...loadedLater(
    [
      'hello-app',
      'echo-server',
      'nginx-hello',
      'podinfo',
      'httpbin',
      'hpa-example',
      'kuard',
      'webapp-color',
      'color',
      'training-python',
      'fortune',
      'guestbook',
    ],
    () =>
      import('./servers.ts').then((of) => ({
        'hello-app': of.helloApp,
        'echo-server': of.echoServer,
        'nginx-hello': of.nginxHello,
        podinfo: of.podinfo,
        httpbin: of.httpbin,
        'hpa-example': of.hpaExample,
        kuard: of.kuard,
        'webapp-color': of.webappColor,
        color: of.colourApp,
        'training-python': of.trainingPython,
        fortune: of.fortune,
        guestbook: of.guestbook,
      })),
  ),
]
