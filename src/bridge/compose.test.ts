/** Compose as people use it: what they write, what they type, what they read. */
import { expect, it } from 'vitest'
import { Session } from '../session/session.ts'
import { play, run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

async function terminal(files: Readonly<Record<string, string>>) {
  const session = await Session.create({ preset: 'docker', supplies: nodeSupplies, images: ['busybox', 'nginx'], files })
  const type = async (cmd: string, more: object = {}): Promise<string> => {
    const { stdout, stderr } = await run(session, { cmd, ...more })
    return stdout + stderr
  }
  return { type, session }
}

const web = (more = '') => `services:\n  web:\n    image: nginx\n${more}`

it('config writes short forms out, in the order of its types', async () => {
  const { type } = await terminal({
    '.env': 'NAME=joe # the default\nGREETING="hello $NAME"\n',
    'compose.yaml':
      'services:\n  web:\n    image: nginx:${TAG:-latest}\n    ports: ["8080:80"]\n    command: nginx -g "daemon off;"\n    environment: [GREETING, "COST=$$5"]\n    depends_on: [db]\n    volumes: ["./html:/usr/share/nginx/html:ro"]\n    mem_limit: 64m\n  db:\n    image: busybox\n    healthcheck: {test: "true", interval: 90s}\n    volumes: [data:/d]\nvolumes:\n  data:\n  unused:\n',
  })
  expect(await type('docker compose config')).toBe(`name: lab
services:
  db:
    command: null
    entrypoint: null
    healthcheck:
      test:
        - CMD-SHELL
        - "true"
      interval: 1m30s
    image: busybox
    networks:
      default: null
    volumes:
      - type: volume
        source: data
        target: /d
        volume: {}
  web:
    command:
      - nginx
      - -g
      - daemon off;
    depends_on:
      db:
        condition: service_started
        required: true
    entrypoint: null
    environment:
      COST: $$5
      GREETING: hello joe
    image: nginx:latest
    mem_limit: "67108864"
    networks:
      default: null
    ports:
      - mode: ingress
        target: 80
        published: "8080"
        protocol: tcp
    volumes:
      - type: bind
        source: /root/lab/html
        target: /usr/share/nginx/html
        read_only: true
        bind:
          create_host_path: true
networks:
  default:
    name: lab_default
volumes:
  data:
    name: lab_data
`)
})

it('says what does not fit, deepest first', async () => {
  const { type } = await terminal({
    'a/compose.yaml': web('    ports: 80\n'),
    'b/compose.yaml': web('    depends_on:\n      web2: {condition: healthy}\n'),
    'c/compose.yaml': web('    healthcheck:\n      intervall: 3s\n'),
    'd/compose.yaml': `${web()}volume:\n  x:\n`,
    'e/compose.yaml': web('    image: nginx:${TAG:?say which}\n'),
    'f/compose.yaml': web('    command: echo $5\n'),
    'g/compose.yaml': web('    depends_on: [db]\n'),
    'h/compose.yaml': 'services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}\n',
    'i/compose.yaml': web('    secrets: [pw]\n'),
    'j/compose.yaml': web('    extends: other\n'),
  })
  expect(
    await type('for d in a b c d e f g h i j; do (cd $d; docker compose up -d); done'),
  ).toBe(`validating /root/lab/a/compose.yaml: services.web.ports got number, want array
validating /root/lab/b/compose.yaml: services.web.depends_on.web2.condition value must be one of 'service_started', 'service_healthy', 'service_completed_successfully'
validating /root/lab/c/compose.yaml: services.web.healthcheck additional properties 'intervall' not allowed
validating /root/lab/d/compose.yaml: (root) additional properties 'volume' not allowed
error while interpolating services.web.image: required variable TAG is missing a value: say which
invalid interpolation format for services.web.command.
You may need to escape any $ with another $.
echo $5
service "web" depends on undefined service "db": invalid compose project
dependency cycle detected: a -> b -> a
service "web" refers to undefined secret pw: invalid compose project
cannot extend service "web" in /root/lab/j/compose.yaml: service "other" not found
`)
})

it('lays files over each other, follows include and extends, and hands out secrets and configs', async () => {
  const { type } = await terminal({
    'common/base.yaml':
      'services:\n  base:\n    image: busybox\n    init: true\n    command: sleep 1000\n    environment: [FROM=base, KEPT=yes]\n    volumes: ["./data:/data"]\n',
    'common/data/f': 'of the base\n',
    'cache/compose.yaml': 'services:\n  cache:\n    image: busybox\n    init: true\n    command: sleep 1000\n',
    'pw.txt': 's3cret\n',
    'compose.yaml':
      'name: shop\ninclude: [cache/compose.yaml]\nservices:\n  app:\n    extends: {file: common/base.yaml, service: base}\n    environment: {FROM: shop}\n    depends_on: [cache]\n    secrets: [pw]\n    configs: [{source: motd, target: /etc/motd}]\n    ports: ["8000:80"]\nsecrets:\n  pw: {file: pw.txt}\nconfigs:\n  motd: {content: "welcome"}\n',
    'compose.override.yaml': 'services:\n  app:\n    environment: [DEBUG=1]\n    ports: !reset []\n',
  })
  expect(await type('docker compose up -d')).toBe(
    ' Network shop_default  Creating \n Network shop_default  Created \n Container shop-cache-1  Creating \n Container shop-cache-1  Created \n Container shop-app-1  Creating \n Container shop-app-1  Created \n Container shop-cache-1  Starting \n Container shop-cache-1  Started \n Container shop-app-1  Starting \n Container shop-app-1  Started \n'.replaceAll(
      / +\n/g,
      '\n',
    ),
  )
  expect(
    await type(
      "docker compose exec app sh -c 'echo $FROM $KEPT $DEBUG; cat /data/f /run/secrets/pw /etc/motd'; docker compose port app 80",
    ),
  ).toBe('shop yes 1\nof the base\ns3cret\nwelcomeno port 80/tcp for container shop-app-1: \n')
})

it('starts a service when what it needs is healthy, and waits for all with --wait', async () => {
  const { type } = await terminal({
    'compose.yaml':
      'services:\n  db:\n    image: busybox\n    init: true\n    command: sh -c "sleep 2; touch /ready; sleep 1000"\n    healthcheck: {test: test -f /ready, interval: 1s}\n  migrate:\n    image: busybox\n    command: echo migrated\n    depends_on: {db: {condition: service_healthy}}\n  app:\n    image: busybox\n    init: true\n    command: sleep 1000\n    depends_on: {migrate: {condition: service_completed_successfully}}\n',
  })
  expect(await type('docker compose up -d --wait app 2>&1 | grep -v -E "Creat|Starting"')).toBe(` Container lab-db-1  Started
 Container lab-db-1  Waiting
 Container lab-db-1  Healthy
 Container lab-migrate-1  Started
 Container lab-migrate-1  Waiting
 Container lab-migrate-1  Exited
 Container lab-app-1  Started
 Container lab-app-1  Waiting
 Container lab-db-1  Waiting
 Container lab-migrate-1  Waiting
 Container lab-migrate-1 Error exited (0)
 Container lab-db-1  Healthy
 Container lab-app-1  Healthy
container lab-migrate-1 exited (0)
`)
})

it('watch carries changed files into the container', async () => {
  const { type, session } = await terminal({
    'html/index.html': 'one\n',
    'compose.yaml': web(
      '    ports: ["8080:80"]\n    develop:\n      watch:\n        - {path: ./html, target: /usr/share/nginx/html, action: sync}\n',
    ),
  })
  session.start({ cmd: 'docker compose watch > log 2>&1' })
  await play(session, { sleep: 6 })
  expect(await type('echo two > html/index.html; sleep 2; curl -s localhost:8080; tail -2 log')).toBe(
    'two\n        ⦿ Watch enabled\n        ⦿ Syncing service "web" after 1 changes were detected\n',
  )
})

it('--dry-run changes nothing; orphans are named', async () => {
  const { type } = await terminal({ 'compose.yaml': web() })
  expect(await type('docker compose --dry-run up -d; docker ps -aq')).toBe(
    'DRY-RUN MODE -  Network lab_default  Creating\nDRY-RUN MODE -  Network lab_default  Created\nDRY-RUN MODE -  Container lab-web-1  Creating\nDRY-RUN MODE -  Container lab-web-1  Created\nDRY-RUN MODE -  Container lab-web-1  Starting\nDRY-RUN MODE -  Container lab-web-1  Started\n',
  )
  await type('docker compose up -d; sed -i s/web/site/ compose.yaml')
  expect(await type('docker compose up -d 2>&1 | head -1 | sed "s/^time=[^ ]* //"')).toBe(
    'level=warning msg="Found orphan containers ([lab-web-1]) for this project. If you removed or renamed this service in your compose file, you can run this command with the --remove-orphans flag to clean it up."\n',
  )
})

it('a stop of many takes as long as the slowest', async () => {
  const { type, session } = await terminal({
    'compose.yaml': 'services:\n  a:\n    image: busybox\n    command: sleep 1000\n    scale: 5\n',
  })
  await type('docker compose up -d')
  const before = session.clock.now()
  await type('docker compose down')
  expect(session.clock.now() - before).toBeLessThan(13_000)
})
