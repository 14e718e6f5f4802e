/**
 * Our `docker` beside the real one, on the same engine: equal bytes, on a pipe and on a terminal. Commands that only read are put to one
 * sandbox by both; those that change something are put to two sandboxes of the same seed. Skipped aloud where there is no docker.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { textOf } from '../base/bytes.ts'
import { afterAll, describe, expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { runAhead } from '../session/drive.ts'
import { openBridge } from './bridge.ts'
import { nodeSupplies } from './supplies.ts'

const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
if (!has('docker')) console.warn('docker is not on PATH: our docker was not compared with the real one.')
else if (!has('script')) console.warn('script is not on PATH: our docker was not compared with the real one on a terminal.')

interface Answer {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

interface Sandbox {
  readonly session: Session
  readonly bridge: Awaited<ReturnType<typeof openBridge>>
}

const cols = 100
const headStartMs = 135_000
const home = mkdtempSync(join(tmpdir(), 'docker-'))
const open: Sandbox[] = []

async function sandbox(setup: string, images: readonly string[]): Promise<Sandbox> {
  const session = await Session.create({
    preset: 'docker',
    plugins: false,
    images,
    setup,
    supplies: nodeSupplies,
    startMs: Date.now() - headStartMs,
  })
  // What was set up is some seconds old, and from now on the session's time is the wall's.
  await runAhead(session.clock, () => false, Date.now() - session.clock.now())
  session.laptop.files.mkdir(home, { parents: true })
  const one = { session, bridge: await openBridge(session) }
  open.push(one)
  return one
}

afterAll(async () => {
  await Promise.all(open.map(({ bridge }) => bridge.close()))
  rmSync(home, { recursive: true, force: true })
})

function real({ bridge }: Sandbox, line: string, isTerminal: boolean): Promise<Answer> {
  return new Promise((resolve) => {
    const env = {
      PATH: process.env.PATH,
      HOME: home,
      TERM: 'xterm',
      LANG: 'C.UTF-8',
      DOCKER_HOST: bridge.addresses.docker,
      DOCKER_BUILDKIT: '0',
    }
    const argv = isTerminal ? ['script', '-qec', `stty cols ${cols} rows 30; ${line}`, '/dev/null'] : ['sh', '-c', line]
    const child = spawn(argv[0], argv.slice(1), { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('close', (code) => resolve({ stdout, stderr, code: code ?? -1 }))
  })
}

/** In the session's own time, which goes with the wall's, so that both clients see the same ages. */
function ours({ session }: Sandbox, cmd: string, isTerminal: boolean): Promise<Answer> {
  const job = session.start({
    cmd,
    cwd: home,
    env: { HOME: home, DOCKER_HOST: 'unix:///var/run/docker.sock', DOCKER_BUILDKIT: '0' },
    tty: isTerminal,
    cols,
    rows: 30,
  })
  return new Promise((resolve) => {
    job.process.kernel.endOf(job.process).once(() => {
      setTimeout(
        () => resolve({ stdout: textOf(job.stdout.readAll()), stderr: textOf(job.stderr.readAll()), code: job.process.exitCode ?? -1 }),
        1,
      )
    })
  })
}

/** What two looks at a running engine cannot share. */
function settled({ stdout, stderr, code }: Answer): Answer {
  const same = (text: string) =>
    text
      .replace(/"SystemTime":"[^"]*"/g, '"SystemTime":"…"')
      .replace(/tcp:\/\/127[.\d:]+/g, 'unix:///var/run/docker.sock')
      .replace(/endpoint \w+ \([0-9a-f]{64}\)/g, 'endpoint …')
      .replace(/lookup (\S+) on [\d.]+:53/g, 'lookup $1 on …')
  return { stdout: same(stdout), stderr: same(stderr), code }
}

/** Some at a time: the real client mostly waits for its own start. */
async function differences(box: Sandbox, commands: readonly string[], isTerminal: boolean): Promise<readonly object[]> {
  const found: (object | undefined)[] = []
  const rest = [...commands.entries()]
  const workers = Array.from({ length: 4 }, async () => {
    for (let next = rest.shift(); next; next = rest.shift()) found[next[0]] = await difference(box, next[1], isTerminal)
  })
  await Promise.all(workers)
  const different = found.filter((one) => one !== undefined)
  return different
}

async function difference(box: Sandbox, line: string, isTerminal: boolean): Promise<object | undefined> {
  let pair: { line: string; real: Answer; ours: Answer } | undefined
  // Between two looks a second may pass, and the real client shows the names of one image in any order: what differs is looked at again.
  for (let attempt = 0; attempt < 10; attempt++) {
    const [wanted, got] = await Promise.all([real(box, line, isTerminal), ours(box, line, isTerminal)])
    pair = { line, real: settled(wanted), ours: settled(got) }
    if (JSON.stringify(pair.real) === JSON.stringify(pair.ours)) return undefined
  }
  return pair
}

const lines = (text: string): string[] => text.trim().split('\n')

/** A command a line; each is put to both clients, on a pipe and on a terminal. */
const reading = lines(String.raw`
docker
docker --version
docker -v
docker version --format '{{.Client.Version}} {{.Server.Version}}'
docker version
docker version --format json
docker version -f '{{.Nope}}'
docker version -f '{{'
docker version -f '{{json .Client}}'
docker version extra
docker info
docker system info --format '{{.Driver}} {{.Swarm.LocalNodeState}} {{.NCPU}}'
docker info -f '{{json .Plugins}}'
docker info -f '{{.Nope}}'
docker info -f '{{range .SecurityOptions}}{{println .}}{{end}}'
docker info -f '{{json .ClientInfo}}'
docker info --format json
docker --help
docker help
docker help run
docker help nosuch
docker ps --help
docker run --help
docker container --help
docker image --help
docker network --help
docker volume --help
docker system --help
docker plugin --help
docker trust --help
docker manifest --help
docker checkpoint --help
docker checkpoint create --help
docker swarm --help
docker service --help
docker stack --help
docker context --help
docker builder --help
docker build --help
docker cp --help
docker stats --help
docker exec --help
docker events --help
docker login --help
docker system df --help
docker system dial-stdio --help
docker volume update --help
docker start --help
docker create --help
docker completion --help
docker completion
docker completion nosuch
docker nosuch
docker container nosuch
docker volume nosuch
docker compose up
docker buildx ls
docker --nosuch
docker -x ps
docker ps --nosuch
docker ps -z
docker ps extra
docker rm
docker stop -t x web
docker images a b
docker cp a
docker network
docker network create
docker --log-level bogus ps
docker -l bogus ps
docker -D ps -q
docker --context nosuch ps
docker ps
docker ps -a
docker ps -aq
docker ps -q --no-trunc
docker ps -a --no-trunc
docker ps -s
docker ps -as
docker ps -l
docker ps -n 2
docker ps --format '{{.Names}}\t{{.Status}}'
docker ps -a --format 'table {{.Names}}\t{{.Image}}\t{{.Ports}}'
docker ps --format json
docker ps -a --format '{{json .}}'
docker ps --format '{{.Nope}}'
docker ps --format '{{.Names'
docker ps --format '{{upper .Names}} {{.Label "app"}} {{.Labels}}'
docker ps --format '{{.Mounts}} {{.LocalVolumes}} {{.Networks}} {{.Size}} {{.RunningFor}}'
docker ps -a --filter status=exited
docker ps --filter label=app=web --filter name=we
docker ps --filter bogus=1
docker ps --filter bogus
docker ps --filter status=bogus
docker ps -a --filter ancestor=busybox --format '{{.Names}}'
docker ps -a --filter exited=3
docker ps --filter volume=data --filter network=front
docker container ls
docker container ps -a --format 'table {{.ID}}'
docker images
docker images -a
docker images -q
docker images --no-trunc
docker images --digests
docker images busybox
docker images 'bu*'
docker images nosuch
docker images --format '{{.Repository}}:{{.Tag}} {{.Size}} {{.ID}}'
docker images --format json
docker images --filter dangling=true
docker images --filter reference='*/busybox'
docker images --filter label=stage=one
docker images --filter bogus=1
docker images --filter since=busybox
docker image ls
docker history app
docker history --no-trunc app
docker history -q nginx
docker history --format json busybox
docker history --format '{{.CreatedBy}}: {{.Size}}' nginx
docker history -H=false busybox
docker history nosuch
docker inspect web
docker inspect cache
docker inspect busybox
docker inspect front
docker inspect data
docker inspect nosuch
docker inspect web nosuch
docker inspect -s done
docker inspect -f '{{.State.Status}} {{.NetworkSettings.IPAddress}}' web
docker inspect -f '{{json .HostConfig.PortBindings}}' web
docker inspect -f '{{range $p, $c := .NetworkSettings.Ports}}{{$p}} -> {{(index $c 0).HostPort}} {{end}}' web
docker inspect -f '{{.Nope}}' web
docker inspect -f '{{.State.Nope}}' web
docker inspect -f '{{' web
docker inspect -f '{{index .Config.Env 0}} {{len .Mounts}}' cache
docker inspect --type image web
docker inspect --type network front
docker inspect --type bogus web
docker container inspect nosuch
docker image inspect nosuch
docker image inspect -f '{{.RepoTags}} {{.Config.Cmd}}' nginx
docker network inspect bridge
docker network inspect nosuch
docker network inspect front -v
docker volume inspect labelled
docker volume inspect nosuch
docker network ls
docker network ls -q
docker network ls --no-trunc
docker network ls --format json
docker network ls --filter driver=bridge
docker network ls --filter name=fro
docker network ls --filter bogus=1
docker network ls --format '{{.Name}} {{.Driver}} {{.Scope}} {{.Internal}} {{.IPv6}} {{.Labels}}'
docker volume ls
docker volume ls -q
docker volume ls --format json
docker volume ls --filter dangling=true
docker volume ls --filter label=kind=test
docker volume ls --filter bogus=1
docker volume ls --format '{{.Name}} {{.Driver}} {{.Mountpoint}} {{.Scope}}'
docker logs done
docker logs -t done
docker logs --tail 1 done
docker logs --since 1h --until 1s done
docker logs --details done
docker logs nosuch
docker logs --since bogus done
docker port web
docker port web 80
docker port web 443/udp
docker port web 81
docker port nosuch
docker top cache
docker top cache -eo pid,cmd
docker top cache aux
docker top cache -ef
docker top cache -o pid,comm,user
docker top cache -x
docker top done
docker top nosuch
docker diff cache
docker diff made
docker diff nosuch
docker stats --no-stream cache
docker stats --no-stream
docker stats --no-stream -a
docker stats --no-stream --no-trunc cache
docker stats --no-stream --format '{{.Name}} {{.PIDs}} {{.MemUsage}}' cache
docker stats --no-stream --format json cache
docker stats --no-stream --format 'table {{.Container}}\t{{.MemPerc}}' cache
docker stats --no-stream --format '{{.Nope}}'
docker stats --no-stream nosuch
docker system df
docker system df -v
docker system df --format json
docker system df --format '{{.Type}} {{.Size}}'
docker system df --format 'table {{.Type}}\t{{.TotalCount}}'
docker system df -v --format json
docker system df -v --format '{{range .Volumes}}{{.Name}} {{end}}'
docker system df --format '{{.Nope}}'
docker events --since 1h --until 1s
docker events --since 1h --until 1s --filter type=volume
docker events --since 1h --until 1s --filter event=die --format json
docker events --since 1h --until 1s --filter container=done --format '{{.Type}} {{.Action}} {{.Actor.Attributes.name}}'
docker events --since 1h --until 1s --filter bogus=1 --format '{{.Status}}'
docker events --since 1h --until 1s --format '{{.Nope}}'
docker events --since 1h --until 1s --format '{{'
docker events --since bogus
docker system events --since 1h --until 1s --filter label=app=web
docker search busybox
docker search --limit 3 nginx
docker search --no-trunc busybox
docker search --filter is-official=true nginx
docker search --filter bogus=1 nginx
docker search --filter stars=x nginx
docker search --format '{{.Name}} {{.IsOfficial}}' nginx
docker search --format json busybox
docker search --limit 200 nginx
docker search nosuchimageatall
docker search
docker context ls -q
docker context show
docker context inspect nosuch
docker context use nosuch
docker context use
docker context rm default
docker context create a
docker context ls --format json
docker plugin ls
docker plugin ls -q
docker plugin ls --format json
docker plugin inspect nosuch
docker plugin enable nosuch
docker plugin disable nosuch
docker plugin rm nosuch
docker plugin push nosuch
docker plugin set nosuch a=b
docker plugin upgrade nosuch
docker plugin install nosuch/plugin
docker plugin create nosuch /nosuch
docker checkpoint ls cache
docker checkpoint create cache one
docker checkpoint rm cache one
docker trust inspect busybox
docker trust inspect --pretty busybox
docker trust sign busybox
docker trust key load nosuch
docker trust key generate
docker trust signer add
docker trust signer remove a busybox
docker manifest
docker manifest create
docker manifest rm nosuch
docker manifest push nosuch
docker manifest annotate nosuch other
`)

/** What is refused, and what leaves nothing behind. */
const refused = lines(String.raw`
docker exec nosuch true
docker trust revoke busybox
docker exec done true
docker exec still true
docker exec cache nosuch
docker exec cache sh -c 'echo out; exit 3'
docker exec -w /nosuch cache pwd
docker exec -u nosuch cache id
docker exec -e A=c cache env
docker exec cache
docker attach done
docker attach nosuch
docker attach still
docker start nosuch
docker stop nosuch
docker kill done
docker kill -s BOGUS web
docker pause done
docker unpause web
docker pause still
docker restart nosuch
docker rename web cache
docker rename web a
docker rename web
docker wait nosuch
docker wait done
docker rm web
docker rm still
docker rm nosuch
docker rm -f nosuch
docker rmi busybox
docker rmi nosuch
docker rmi -f nosuch
docker tag nosuch a
docker tag busybox 'BAD'
docker tag busybox a:b:c
docker network rm front
docker network rm nosuch
docker network rm bridge
docker network create front
docker network create -d nosuch other
docker network create --subnet bogus other
docker network connect front nosuch
docker network connect nosuch web
docker network disconnect front web
docker volume rm data
docker volume rm nosuch
docker volume rm -f nosuch
docker volume create -d nosuch other
docker volume create x
docker commit nosuch a
docker commit cache BAD
docker cp cache:/nosuch x
docker cp nosuch:/x x
docker cp x cache:/tmp
docker cp cache:/a done:/b
docker cp a b
docker cp cache:/etc/hostname -
docker cp cache:/etc/hostname /nosuch/x
docker cp cache: /tmp
docker export nosuch
docker save nosuch
docker load -i nosuch.tar
docker import nosuch.tar
docker update nosuch
docker update --memory 4m cache
docker update --restart bogus cache
docker update cache
docker run
docker run --nosuch busybox
docker run --name web busybox
docker run --name a busybox
docker run -p 8080:80 --rm busybox true
docker run -p bogus busybox
docker run -p 99999:80 busybox
docker run -v relative:/x:bogus busybox
docker run -v nosuch busybox
docker run -m 1k busybox
docker run -m bogus busybox
docker run --restart bogus busybox
docker run --rm --restart always busybox
docker run --network nosuch --rm busybox true
docker run --rm -u nosuch busybox id
docker run --rm --entrypoint nosuch busybox
docker run --rm busybox nosuchcommand
docker run --rm busybox /etc
docker run --rm busybox sh -c 'echo out; echo err >&2; exit 5'
docker run --rm nosuchimage
docker run --rm BAD
docker run --rm --pull never nosuchimage
docker run --rm --pull bogus busybox
docker run --rm -e A=1 -e B busybox sh -c 'echo $A-$B'
docker run --rm --cpus 100 busybox true
docker run --rm --env-file nosuch busybox true
docker run --rm --mount type=bind,src=/nosuch,dst=/x busybox true
docker run --rm --mount type=bogus,dst=/x busybox true
docker run --rm --mount bogus busybox true
docker run -d --rm -a stdout busybox true
docker run --rm -it busybox true
docker run --rm --link nosuch busybox true
docker run --rm --add-host bogus busybox true
docker run --rm --dns bogus busybox true
docker run --rm --ip 1.2.3.4 busybox true
docker run --rm --device /dev/nosuch busybox true
docker run --rm --ulimit bogus busybox true
docker run --rm --log-driver bogus busybox true
docker run --rm --log-opt bogus=1 busybox true
docker run --rm --health-interval bogus busybox true
docker run --rm --platform linux/arm64 busybox true
docker run --rm --platform bogus busybox true
docker run --rm --gpus all busybox true
docker run --rm --cap-add BOGUS busybox true
docker run --rm --security-opt bogus busybox true
docker run --rm --shm-size bogus busybox true
docker run --rm --stop-signal BOGUS busybox true
docker run --rm --sysctl bogus busybox true
docker run --rm --tmpfs relative busybox true
docker run --rm -w relative busybox true
docker run --rm -h 'bad name' busybox hostname
docker run --rm --pid bogus busybox true
docker run --rm --ipc bogus busybox true
docker run --rm --uts bogus busybox true
docker run --rm --userns bogus busybox true
docker run --rm --network container:nosuch busybox true
docker run --rm --network host -p 80:80 busybox true
docker run --rm --volumes-from nosuch busybox true
docker run --rm --isolation hyperv busybox true
docker create nosuchimage
docker pull nosuchimage
docker pull busybox:nosuch
docker pull BAD
docker pull busybox
docker pull -q busybox
docker pull -a busybox:latest
docker pull
docker push nosuch
docker push nosuchhost.example/x
docker login -p x
docker login --password-stdin
docker login -u a
docker login nosuchhost.example -u a -p b
docker logout
docker logout nosuchhost.example
docker system prune --filter bogus
docker container prune --filter bogus=1 -f
docker image prune --filter bogus=1 -f
docker volume prune --filter bogus=1 -f
docker network prune --filter bogus=1 -f
docker builder prune --filter bogus=1 -f
docker image prune --filter until=bogus -f
docker run --rm -m 1x busybox true
docker run --rm -m '' busybox true
docker run --rm -m 10mm busybox true
docker run --rm --memory-swap 5.x busybox true
docker run --rm --net-alias a --net none busybox true
docker run --rm --dns-opt x busybox true
docker run --rm -v /a: busybox true
docker run --rm -l =x busybox true
docker run --rm --cpus -1 busybox true
docker run --rm --cgroup-parent /x busybox true
docker volume create --name one two
docker volume prune -f -a --filter all=1
docker context update default
docker context use x
docker stack deploy x
docker stack deploy -c nosuch.yml x
docker stack config -c /dev/null
docker attach --detach-keys bogus cache
docker inspect -f '{{index .Config.Env 99}}' cache
docker inspect -f '{{(index .NetworkSettings.Ports "99/tcp" 0).HostPort}}' cache
docker inspect -f '{{template "x"}}' cache
`)

/** Each changes something; they run in this order in two sandboxes of the same seed. */
const changing = lines(String.raw`
docker run -d --name one busybox sleep 1000
docker run -d --name two -p 9000:80 --label a=b nginx
docker create --name three -v shared:/d busybox true
docker start three
docker wait three
docker start -a three
docker stop -t 1 one
docker start one
docker restart -t 0 one
docker pause one
docker unpause one
docker kill one
docker kill one
docker start one three nosuch
docker rename one uno
docker update --memory 64m --memory-swap 128m uno
docker exec uno sh -c 'echo hi > /hi; mkdir /dir; echo a > /dir/a'
docker exec -d uno touch /made
docker diff uno
echo text > f.txt; mkdir -p tree/sub; echo a > tree/a; echo b > tree/sub/b
docker cp f.txt uno:/tmp/
docker cp f.txt uno:/tmp/other.txt
docker cp tree uno:/tmp
docker cp tree/. uno:/flat
docker cp uno:/hi back.txt && cat back.txt
docker cp uno:/dir - | tar t
docker cp uno:/dir copied && cat copied/a
docker cp uno:/nosuch .
docker cp f.txt uno:/nosuch/
docker cp f.txt uno:/nosuch/x
docker cp tree uno:/hi
docker cp nosuch.txt uno:/
tar c f.txt | docker cp - uno:/tmp
tar c f.txt | docker cp - uno:/hi
docker cp -q f.txt uno:/tmp/
docker cp uno:/hi /nosuch/x
docker cp uno:/hi nosuch/
docker cp uno:/dir f.txt
docker cp uno: all; ls all | head -3
docker exec uno sh -c 'ls /tmp /flat /tmp/tree'
docker commit -m note -a me uno uno:saved
docker commit --change 'CMD ["cat", "/hi"]' --change 'ENV A=b' uno uno:changed
docker run --rm uno:changed
docker tag uno:saved uno:other
docker save -o uno.tar uno:saved
docker rmi uno:saved uno:other
docker load -i uno.tar
docker load < uno.tar
docker load -q -i uno.tar
docker export uno | tar t | grep -c .
docker export -o uno.tar uno; docker import uno.tar imported:1
docker import -m hello -c 'CMD ["true"]' - imported:2 < uno.tar
docker history --format '{{.Comment}} {{.CreatedBy}}' imported:2
docker network create net1
docker network create --subnet 10.9.0.0/24 --gateway 10.9.0.1 --label x=y net2
docker network create --internal --attachable net3
docker network connect net1 uno
docker network connect --ip 10.9.0.9 --alias al net2 uno
docker network disconnect net1 uno
docker network disconnect net1 uno
docker network rm net2
docker network disconnect -f net2 uno
docker network rm net1 net2 nosuch
docker volume create vol1
docker volume create vol1
docker volume create --label k=v --opt type=tmpfs --opt device=tmpfs vol2
docker volume rm vol1 nosuch shared
docker volume prune -f
docker volume prune -af
docker run --rm -v made:/m busybox sh -c 'echo x > /m/f; ls /m'
echo from stdin | docker run -i --rm busybox cat
docker run --rm -e A=1 --env-file /dev/null -w /tmp busybox sh -c 'pwd; echo $A'
docker run --cidfile id.txt busybox true; wc -c < id.txt; docker run --cidfile id.txt busybox true
docker run --name gone --rm -d busybox sleep 1000; docker stop -t 0 gone
docker run -d --restart always --name back busybox false; docker rm -f back
docker run --rm --network none busybox ip addr show lo | head -1
docker run --rm busybox sh -c 'kill -9 $$'
docker run --rm --init busybox sh -c 'exit 256'
printf 'FROM busybox\nLABEL a=b\nRUN echo built > /b\nCOPY f.txt /f\nCMD ["cat", "/b"]\n' > Dockerfile; docker build -q -t built .
docker run --rm built
docker build -t built .
printf 'FROM busybox\nRUN false\n' | docker build -
printf 'FROM busybox\nNOPE\n' | docker build -
printf 'FROM nosuchimage\n' | docker build -
printf 'FROM busybox\nCOPY nosuch /\n' > Bad; docker build -f Bad .
docker build -f Missing .
docker build nosuch
docker login -u student -p wrong
docker login -u student -p secret
echo secret | docker login -u student --password-stdin
cat .docker/config.json
docker tag busybox student/bb
docker push student/bb
docker push -q student/bb:latest
docker push busybox
docker push student/nosuch
docker login
docker logout
docker logout
docker pull alpine:3.20
docker pull -q student/bb
docker rmi student/bb
docker run -d -p 5000:5000 --name registry registry:2 2>/dev/null | wc -c
docker tag busybox localhost:5000/bb
docker push localhost:5000/bb
docker rmi localhost:5000/bb
docker pull localhost:5000/bb
docker pull localhost:5000/nosuch
docker context create remote --docker host=tcp://192.0.2.1:2375 --description far
docker context create remote
docker context inspect remote --format '{{.Name}} {{.Endpoints.docker.Host}}'
docker context update remote --description near
docker context use remote
docker context rm remote
docker context rm -f remote
docker context use default
docker container prune -f --filter label=nosuch=1
docker rm uno
docker rm -f uno two
docker rm -fv three registry
docker container prune -f | head -1
docker image prune -f | head -1
docker network prune -f
docker system df --format '{{.Type}} {{.TotalCount}} {{.Active}}'
docker system prune -f | tail -1
docker builder prune -f
`)

/** What each run makes up: ids, and sizes that follow from the archives of two machines. */
function withoutChance({ stdout, stderr, code }: Answer): Answer {
  const same = (text: string) =>
    text
      .replace(/\b[0-9a-f]{64}\b/g, '<64>')
      .replace(/\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{12}\b/g, '<12>')
      .replace(/\d+(\.\d+)?[kM]?B\b/g, '<size>')
      // The real one's own grumbling about an archive that it no longer wants.
      .replace(/^time=".*\n/gm, '')
  return { stdout: same(stdout), stderr: same(stderr), code }
}

describe.skipIf(!has('docker'))('our docker and the real one', { timeout: 180_000 }, () => {
  test('read the same on a pipe', async () => {
    expect(await differences(await standing(), reading, false)).toEqual([])
  })

  test.skipIf(!has('script'))('read the same on a terminal', async () => {
    expect(await differences(await standing(), reading, true)).toEqual([])
  })

  test('are refused in the same words', async () => {
    expect(await differences(await standing(), refused, false)).toEqual([])
  })

  test('change things alike', async () => {
    const [theirs, own] = [await sandbox('', ['busybox', 'nginx']), await sandbox('', ['busybox', 'nginx'])]
    const different: object[] = []
    for (const line of changing) {
      const [wanted, got] = (await Promise.all([real(theirs, line, false), ours(own, line, false)])).map((answer) =>
        withoutChance(settled(answer)),
      )
      if (JSON.stringify(wanted) !== JSON.stringify(got)) different.push({ line, real: wanted, ours: got })
    }
    expect(different).toEqual([])
  })
})

let shared: Promise<Sandbox> | undefined

function standing(): Promise<Sandbox> {
  shared ??= sandbox(setup, ['busybox', 'nginx', 'hello-world', 'alpine'])
  return shared
}

const setup = `
docker network create front
docker volume create data
docker run -d --name web -p 8080:80 -p 8443:443/udp --label app=web --label tier=front --restart always nginx
docker run -d --name cache --network front -v data:/data -e A=b --memory 64m busybox sleep 1000
docker run --name done busybox sh -c 'echo out; echo err >&2; exit 3'
docker create --name made alpine true
docker run -d --name still busybox sleep 1000
docker pause still
docker exec cache sh -c 'echo hi > /new; rm -r /home; echo x >> /etc/passwd'
docker tag busybox mine/busybox:v1
printf 'FROM busybox\\nLABEL stage=one\\nRUN echo 1 > /one\\nCMD ["cat", "/one"]\\n' | docker build -q -t app -
docker volume create --label kind=test labelled
`
