/** Docker as people use it at a terminal: what a mount, a copy, a log or a name then is, on the host and in the container. */
import { describe, expect, it } from 'vitest'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

async function terminal(
  images: readonly string[] = ['busybox'],
  files: Readonly<Record<string, string>> = {},
  preset = 'docker',
): Promise<(cmd: string) => Promise<string>> {
  const session = await Session.create({ preset, supplies: nodeSupplies, images, files, onFault: () => {} })
  return async (cmd) => {
    const { stdout, stderr } = await run(session, { cmd })
    return stdout + stderr
  }
}

describe('volumes with driver options', () => {
  it('are a folder of the host, with what the image has there when it is empty', async () => {
    const type = await terminal(['nginx', 'busybox'])
    await type(
      'mkdir /srv/html; docker volume create -o type=none -o o=bind -o device=/srv/html html; docker run -d --name web -v html:/usr/share/nginx/html nginx',
    )
    expect(await type('ls /srv/html')).toBe('50x.html\nindex.html\n')
    await type('echo hello > /srv/html/index.html')
    expect(await type('docker exec web curl -s localhost')).toBe('hello\n')
    await type('docker rm -f web')
    expect(await type('mount | grep -c volumes; ls -A /var/lib/docker/volumes/html/_data')).toBe('0\n')
  })

  it('are memory that is empty again after the last container', async () => {
    const type = await terminal()
    await type('docker volume create -o type=tmpfs -o device=tmpfs -o o=size=10m fast')
    expect(await type('docker run --rm -v fast:/fast busybox sh -c "echo a > /fast/a; df -h /fast | tail -1"')).toBe(
      'tmpfs                      10M      4.0K       10M  1% /fast\n',
    )
    expect(await type('docker run --rm -v fast:/fast busybox ls /fast')).toBe('')
  })

  it('that cannot be mounted refuse the start as mount(2) does', async () => {
    const type = await terminal()
    expect(
      await type('docker volume create -o type=none -o o=bind -o device=/nosuch gone; docker run --rm -v gone:/x busybox true; echo $?'),
    ).toBe(
      "gone\n127\ndocker: Error response from daemon: error while mounting volume '/var/lib/docker/volumes/gone/_data': failed to mount local volume: mount /nosuch:/var/lib/docker/volumes/gone/_data, flags: 0x1000: no such file or directory\n\nRun 'docker run --help' for more information\n",
    )
    expect(await type('docker volume create -o type=tmpfs half')).toBe(
      'Error response from daemon: create half: missing required option: "device"\n',
    )
  })
})

describe('docker cp', () => {
  it('puts what is in a folder into a new one', async () => {
    const type = await terminal(['nginx'])
    await type('docker run -d --name web nginx')
    expect(await type('docker cp web:/etc/nginx/. conf; ls conf; docker cp web:/etc/nginx conf; ls -d conf/nginx')).toBe(
      'conf.d\nfastcgi_params\nmime.types\nmodules\nnginx.conf\nconf/nginx\n',
    )
    expect(
      await type('docker exec web stat -c %Y /etc/nginx/mime.types > a; stat -c %Y conf/mime.types > b; cmp a b && echo as old as there'),
    ).toBe('as old as there\n')
  })

  it('gives files to the user of the container with -a, and is refused where nobody may write', async () => {
    const type = await terminal()
    await type('docker run -d --name box -u 1000 busybox sleep 1000; touch file')
    expect(
      await type(
        'docker cp -a file box:/tmp; docker exec box stat -c %u /tmp/file; docker cp file box:/tmp; docker exec box stat -c %u /tmp/file',
      ),
    ).toBe('1000\n0\n')
    expect(await type('docker cp file box:/proc/x; docker ps -q | wc -l')).toBe(
      '1\nError response from daemon: Error processing tar file(exit status 1): open /proc/x: permission denied\n',
    )
  })
})

it('a running container stands in the mounts of the host', async () => {
  const type = await terminal()
  await type('docker run -d --name box busybox sleep 1000')
  expect(await type("mount -t overlay | sed -E 's/[0-9a-f]{64}/ID/g; s#/l/[A-Z2-7]{26}#/l/LINK#g'")).toBe(
    'overlay on /var/lib/docker/overlay2/ID/merged type overlay (rw,relatime,lowerdir=/var/lib/docker/overlay2/l/LINK:/var/lib/docker/overlay2/l/LINK,upperdir=/var/lib/docker/overlay2/ID/diff,workdir=/var/lib/docker/overlay2/ID/work)\n',
  )
  expect(await type('df -h | grep -c overlay; docker stop -t 0 box > /dev/null; df -h | grep -c overlay')).toBe('1\n0\n')
})

it('followed logs end with the first line after --until', async () => {
  const type = await terminal()
  await type("docker run -d --name tick busybox sh -c 'for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 1; done'; sleep 4.5")
  expect(await type('docker logs -f --until 2s tick')).toBe('1\n2\n3\n')
})

describe('docker run', () => {
  it('knows the older names of the network flags', async () => {
    const type = await terminal()
    await type('docker network create front; docker run -d --net front --net-alias db --name one busybox sleep 1000')
    expect(await type("docker run --rm --net=front busybox ping -c 1 db | head -1 | sed 's/[0-9.]*\\././'")).toContain('PING db (')
    expect(await type('docker run --rm --net none busybox ip -4 -o addr | wc -l')).toBe('1\n')
  })

  it('refuses what cannot go together', async () => {
    const type = await terminal()
    await type('docker run -d --name one busybox sleep 1000')
    const refused = (why: string) => `docker: ${why}\n\nRun 'docker run --help' for more information\n`
    expect(await type('docker run --rm --network container:one -h two busybox true')).toBe(
      refused('Error response from daemon: conflicting options: hostname and the network mode'),
    )
    expect(await type('docker run --rm --oom-score-adj 2000 busybox true')).toBe(
      refused('Error response from daemon: Invalid value 2000, range for oom score adj is [-1000, 1000]'),
    )
    expect(await type('docker run --rm -v /a: busybox true')).toBe(refused('invalid spec: /a:: empty section between colons'))
    expect(await type('docker run --rm -m 10mm busybox true | head -1')).toBe(
      'invalid argument "10mm" for "-m, --memory" flag: invalid suffix: \'mm\'\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun \'docker run --help\' for more information\n',
    )
  })

  it('ends a shell whose variable outgrows the memory limit', async () => {
    const type = await terminal(['ubuntu'])
    expect(
      await type(
        "docker run --name big -m 20m ubuntu bash -c 'a=x; while true; do a=$a$a; done'; echo $?; docker inspect -f '{{.State.OOMKilled}}' big",
      ),
    ).toBe('137\ntrue\n')
  })
})

it('templates find nothing in a map of texts, and say where they failed', async () => {
  const type = await terminal()
  await type('docker run -d --name box busybox sleep 1000; sleep 2')
  expect(await type(`docker events --since 1m --until 0s --filter event=start --format '<{{index .Actor.Attributes "none"}}>'`)).toBe(
    '<>\n',
  )
  expect(await type(`docker inspect -f '{{index .Config.Cmd 9}}' box`)).toBe(
    '\ntemplate parsing error: template: :1:2: executing "" at <index .Config.Cmd 9>: error calling index: index out of range: 9\n',
  )
})

it('compose takes yes and on as text, and as true only where it wants true or false', async () => {
  const type = await terminal([], {
    'compose.yaml': 'services:\n  web:\n    image: nginx\n    tty: yes\n    environment: {A: yes, B: on, C: 0o14, D: 12:30}\n',
  })
  expect(await type("docker compose config 2>&1 | grep -E ' [ABCD]:|tty|msg' | sed 's/.*msg=//'")).toBe(
    '"\\"yes\\" for boolean is not supported by YAML 1.2, please use `true`"\n      A: "yes"\n      B: "on"\n      C: "12"\n      D: "12:30"\n    tty: true\n',
  )
  expect(await type("sed -i 's/tty: yes/tty: maybe/' compose.yaml; docker compose config")).toBe(
    'error while interpolating services.web.tty: failed to cast to expected type: invalid boolean: maybe\n',
  )
})

it('compose up --watch carries changes into what runs, and builds anew', async () => {
  const compose =
    'services:\n  web:\n    build: .\n    ports: [8000:80]\n    develop:\n      watch:\n        - {action: sync, path: ./html, target: /usr/share/nginx/html}\n        - {action: rebuild, path: Dockerfile}\n'
  const type = await terminal(['nginx'], {
    'compose.yaml': compose,
    Dockerfile: 'FROM nginx\nCOPY html /usr/share/nginx/html\n',
    'html/index.html': 'one\n',
  })
  await type(
    'docker compose up --watch > log 2>&1 & sleep 4; echo two > html/index.html; sleep 2; curl -s localhost:8000 > answers; echo RUN touch /built >> Dockerfile; sleep 6; docker compose exec -T web ls /built >> answers',
  )
  expect(await type('cat answers; grep ⦿ log')).toBe(
    'two\n/built\n        ⦿ Watch enabled\n        ⦿ Syncing service "web" after 1 changes were detected\n        ⦿ Rebuilding service(s) ["web"] after changes were detected...\n        ⦿ service(s) ["web"] successfully built\n',
  )
})

it('a file that the caller may not write is refused as Go says it', async () => {
  const session = await Session.create({ preset: 'laptop', supplies: nodeSupplies })
  const { stderr } = await run(session, {
    cmd: 'docker run -d -q --name box busybox sleep 1000; cd /srv && docker cp box:/etc/hostname .; docker save -o /srv/x.tar busybox',
  })
  expect(stderr).toBe('open /srv/hostname: permission denied\nopen /srv/x.tar: permission denied\n')
})

it('there is a way out, which networks without one do not have', async () => {
  const type = await terminal(['alpine'], {}, 'laptop')
  await type('docker network create --internal inside')
  const lost = (words: string) =>
    words
      .split('\n')
      .filter((line) => /loss|sendto/.test(line))
      .join('\n')
  expect(lost(await type('docker run --rm alpine ping -c 2 google.com'))).toBe('2 packets transmitted, 2 packets received, 0% packet loss')
  expect(lost(await type('docker run --rm --network inside alpine ping -c 2 8.8.8.8'))).toBe('ping: sendto: Network is unreachable')
  expect(
    await type(
      'docker run --rm alpine wget -qO- example.com | grep -o "<h1>.*</h1>"; curl -sL google.com | grep -o Google; curl -s nosuch.example; echo $?',
    ),
  ).toBe('<h1>Example Domain</h1>\nGoogle\n6\n')
})

it("the swarm tutorial's services run and are updated", async () => {
  const type = await terminal(['alpine'], {}, 'laptop')
  await type(
    'docker swarm init; docker service create -d -q --name helloworld alpine ping docker.com; docker service create -q --name redis redis:3.0.6 > /dev/null; docker service update -q --image redis:3.0.7 redis > /dev/null',
  )
  expect(await type("docker service ps --format '{{.Image}} {{.DesiredState}} {{.Error}}' helloworld redis | sort")).toBe(
    'alpine:latest Running \nredis:3.0.6 Shutdown \nredis:3.0.7 Running \n',
  )
})

it("Docker's first images show their pages", async () => {
  const type = await terminal([])
  await type('docker run -d -q -p 8080:80 docker/welcome-to-docker; docker run -d -q -p 8081:80 -e AUTHOR=you dockersamples/static-site')
  expect(await type("curl -s localhost:8080 localhost:8081 | grep -o '<h1>.*</h1>'")).toBe(
    '<h1>Congratulations!!!</h1>\n<h1>Hello you!</h1>\n',
  )
})
