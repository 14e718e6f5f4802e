// The unmodified docker CLI against this engine: what it prints is what a learner with a real Docker sees. Skipped where there is no docker.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../base/clock.ts'
import { Random } from '../../base/random.ts'
import { serve, type Serving } from '../../bridge/serve.ts'
import { programs } from '../../unix/programs/index.ts'
import { createBash } from '../../unix/shell/bash.ts'
import { createMachine } from '../../unix/machine.ts'
import { catalogue, imagePrograms } from '../images/index.ts'
import { Store } from '../store/store.ts'
import { DockerEngine } from './engine.ts'
import { Registry } from './images/registry.ts'

const docker = (() => {
  try {
    return execFileSync('sh', ['-c', 'command -v docker'], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
})()

if (docker === '') console.warn('no docker on PATH: the real client is not compared')

interface Answer {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

describe.skipIf(docker === '')('the real docker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-docker-'))
  const clock = new ManualClock(Date.now())
  let serving: Serving
  let timer: NodeJS.Timeout

  beforeAll(async () => {
    const random = new Random(11)
    const machine = createMachine({
      name: 'laptop',
      clock,
      random,
      programs: new Map([
        ...programs,
        ['bash', createBash({})],
        ['sh', createBash({})],
        ['busybox:ash', createBash({ flavour: 'ash' })],
        ...imagePrograms,
      ]),
      cpus: 2,
    })
    const registry = new Registry({ catalogue, store: new Store({ clock }) })
    const engine = new DockerEngine({ machine, store: new Store({ clock }), clock, random, registry })
    serving = await serve(engine, { kick: () => clock.settle() })
    // The client reckons `--since` from the clock on the wall, so the session's goes with it.
    timer = setInterval(() => clock.advance(Math.max(0, Date.now() - clock.now())), 5)
  })

  afterAll(async () => {
    clearInterval(timer)
    await serving.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Runs a shell line with the engine as its daemon. */
  function type(line: string, input = ''): Promise<Answer> {
    return new Promise((resolve) => {
      const child = spawn('sh', ['-c', line], {
        cwd: folder,
        env: {
          PATH: process.env.PATH ?? '',
          HOME: folder,
          DOCKER_HOST: `tcp://127.0.0.1:${serving.port}`,
          DOCKER_CONFIG: join(folder, '.docker'),
          DOCKER_BUILDKIT: '0',
        },
      })
      let stdout = ''
      let stderr = ''
      child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
      child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
      child.stdin.end(input)
      child.on('close', (code) => resolve({ stdout, stderr, code: code ?? -1 }))
    })
  }

  function put(path: string, text: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }

  test('runs the first lecture’s first line, and only its output the second time', async () => {
    const first = await type('docker run busybox echo "Hello world"')
    expect(first).toMatchObject({ stdout: 'Hello world\n', code: 0 })
    expect(first.stderr.replace(/[0-9a-f]{64}/, '…').replace(/^[0-9a-f]{12}/gm, 'layer')).toBe(
      "Unable to find image 'busybox:latest' locally\nlatest: Pulling from library/busybox\nlayer: Pulling fs layer\nlayer: Verifying Checksum\nlayer: Download complete\nlayer: Pull complete\nDigest: sha256:…\nStatus: Downloaded newer image for busybox:latest\n",
    )
    expect(await type('docker run busybox echo "Hello world"')).toEqual({ stdout: 'Hello world\n', stderr: '', code: 0 })
  })

  test('keeps streams apart and passes the exit code on', async () => {
    expect(await type('docker run --rm busybox sh -c "echo out; echo err >&2; exit 3"')).toEqual({
      stdout: 'out\n',
      stderr: 'err\n',
      code: 3,
    })
    expect(await type('docker run -i --rm busybox cat', 'from stdin\n')).toEqual({ stdout: 'from stdin\n', stderr: '', code: 0 })
    expect(await type('docker run --rm busybox nosuchcmd')).toEqual({
      stdout: '',
      stderr:
        'docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "nosuchcmd": executable file not found in $PATH: unknown\n\nRun \'docker run --help\' for more information\n',
      code: 127,
    })
    expect((await type('docker run nosuchimage')).stderr).toContain(
      "pull access denied for nosuchimage, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    )
  })

  test('execs, logs, stops, kills, inspects and removes', async () => {
    expect((await type('docker run -d --name web -p 8080:80 -e A=b -w /tmp busybox sleep 1000')).stdout).toMatch(/^[0-9a-f]{64}\n$/)
    expect((await type('docker ps --format "{{.Names}} {{.Ports}} {{.Command}}"')).stdout).toBe(
      'web 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp "sleep 1000"\n',
    )
    expect(await type('docker exec web sh -c "pwd; echo $0 $A; exit 4"')).toMatchObject({ code: 4 })
    expect((await type('docker exec web pwd')).stdout).toBe('/tmp\n')
    expect((await type('docker exec web env')).stdout).toMatch(/^PATH=.*\nHOSTNAME=[0-9a-f]{12}\nA=b\nHOME=\/root\n/)
    expect(await type('docker exec web nosuch')).toEqual({
      stdout:
        'OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown\r\n',
      stderr: '',
      code: 127,
    })
    expect((await type('docker port web')).stdout).toBe('80/tcp -> 0.0.0.0:8080\n80/tcp -> [::]:8080\n')
    expect((await type('docker run -d -p 8080:80 busybox sleep 9')).stderr).toMatch(
      /failed to set up container networking: driver failed programming external connectivity on endpoint \w+ \([0-9a-f]{64}\): Bind for 0\.0\.0\.0:8080 failed: port is already allocated/,
    )
    expect(
      (await type('docker inspect -f "{{.State.Status}} {{.NetworkSettings.IPAddress}} {{json .HostConfig.PortBindings}}" web')).stdout,
    ).toBe('running 172.17.0.2 {"80/tcp":[{"HostIp":"","HostPort":"8080"}]}\n')
    expect((await type('docker top web')).stdout).toMatch(
      /^UID +PID +PPID +C +STIME +TTY +TIME +CMD\nroot +\d+ +\d+ +0 +\d\d:\d\d +\? +00:00:00 +sleep 1000\n$/,
    )
    expect((await type('docker stats --no-stream --format "{{.Name}} {{.PIDs}}" web')).stdout).toBe('web 1\n')
    expect(await type('docker stop -t 1 web')).toEqual({ stdout: 'web\n', stderr: '', code: 0 })
    expect((await type('docker inspect -f "{{.State.ExitCode}}" web')).stdout).toBe('137\n')
    expect((await type('docker run --name talk busybox sh -c "echo one; echo two >&2; echo three"')).code).toBe(0)
    expect(await type('docker logs talk')).toEqual({ stdout: 'one\nthree\n', stderr: 'two\n', code: 0 })
    expect((await type('docker logs -t --tail 1 talk')).stdout).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z three\n$/)
    expect((await type('docker rm -f $(docker ps -aq) >/dev/null; docker ps -aq')).stdout).toBe('')
  })

  test('builds with the legacy builder, from the cache the second time', async () => {
    put(
      'app/Dockerfile',
      'FROM busybox\nRUN echo building > /built && echo done\nCOPY app.txt /app/\nENV A=1\nCMD ["cat", "/app/app.txt"]\n',
    )
    put('app/app.txt', 'app file\n')
    const id = (text: string) => text.replace(/\b[0-9a-f]{12}\b/g, '…')
    expect(id((await type('docker build -t app:1 app')).stdout)).toBe(
      'Sending build context to Docker daemon  3.072kB\r\r\nStep 1/5 : FROM busybox\n ---> …\nStep 2/5 : RUN echo building > /built && echo done\n ---> Running in …\ndone\n ---> Removed intermediate container …\n ---> …\nStep 3/5 : COPY app.txt /app/\n ---> …\nStep 4/5 : ENV A=1\n ---> Running in …\n ---> Removed intermediate container …\n ---> …\nStep 5/5 : CMD ["cat", "/app/app.txt"]\n ---> Running in …\n ---> Removed intermediate container …\n ---> …\nSuccessfully built …\nSuccessfully tagged app:1\n',
    )
    expect((await type('docker run --rm app:1')).stdout).toBe('app file\n')
    expect((await type('docker build -t app:1 app')).stdout.match(/Using cache/g)?.length).toBe(4)
    put('app/app.txt', 'changed\n')
    expect((await type('docker build -t app:2 app')).stdout.match(/Using cache/g)?.length).toBe(1)
    expect((await type('docker run --rm app:2')).stdout).toBe('changed\n')
    expect((await type('docker history --format "{{.CreatedBy}}|{{.Size}}" app:2')).stdout).toMatch(
      /^\/bin\/sh -c #\(nop\)  CMD \["cat" "\/app\/app.txt"\]\|0B\n\/bin\/sh -c #\(nop\)  ENV A=1\|0B\n\/bin\/sh -c #\(nop\) COPY file:[0-9a-f]{16}…\|8B\n\/bin\/sh -c echo building > \/built && echo do…\|9B\n/,
    )
  })

  test('copies files in and out, saves and loads, commits, diffs', async () => {
    await type('docker run --name cc busybox sh -c "echo hi > /new; rm /etc/shadow"')
    expect((await type('docker diff cc')).stdout).toBe('C /etc\nD /etc/shadow\nA /new\n')
    expect(await type('docker cp cc:/new out.txt && cat out.txt')).toMatchObject({ stdout: 'hi\n', code: 0 })
    put('in/file', 'inside\n')
    expect((await type('docker cp in cc:/tmp/ && docker cp cc:/tmp/in/file - | tar xO')).stdout).toBe('inside\n')
    expect((await type('docker cp cc:/nosuch x')).stderr).toBe(
      'Error response from daemon: Could not find the file /nosuch in container cc\n',
    )
    expect((await type('docker commit -m note cc changed:1')).stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/)
    expect((await type('docker run --rm changed:1 cat /new')).stdout).toBe('hi\n')
    expect(
      (
        await type(
          'docker save changed:1 -o i.tar && docker rmi changed:1 >/dev/null && docker load -i i.tar && docker run --rm changed:1 cat /new',
        )
      ).stdout,
    ).toBe('Loaded image: changed:1\nhi\n')
    expect((await type('docker export cc | tar t | grep -c .')).stdout.trim()).not.toBe('0')
  })

  test('networks, volumes and the system', async () => {
    expect((await type('docker network create front')).stdout).toMatch(/^[0-9a-f]{64}\n$/)
    await type('docker run -d --name one --network front busybox sleep 1000')
    expect((await type('docker run --rm --network front busybox cat /etc/resolv.conf')).stdout).toContain('nameserver 127.0.0.11\n')
    expect((await type('docker network inspect -f "{{range .Containers}}{{.Name}} {{.IPv4Address}}{{end}}" front')).stdout).toBe(
      'one 172.18.0.2/16\n',
    )
    expect((await type('docker network rm front')).stderr).toMatch(
      /network front has active endpoints \(name:"one" id:"[0-9a-f]{12}"\)\nexit status 1\n$/,
    )
    expect(
      (await type('docker run --rm -v data:/d busybox sh -c "echo v > /d/f" && docker run --rm -v data:/d busybox cat /d/f')).stdout,
    ).toBe('v\n')
    expect((await type('docker volume ls -q')).stdout).toBe('data\n')
    expect((await type('docker network ls --format "{{.Name}} {{.Driver}}"')).stdout).toBe(
      'bridge bridge\nfront bridge\nhost host\nnone null\n',
    )
    expect((await type('docker system df --format "{{.Type}} {{.TotalCount}}"')).stdout).toMatch(
      /^Images \d+\nContainers \d+\nLocal Volumes 1\nBuild Cache 0\n$/,
    )
    expect((await type('docker version --format "{{.Server.Version}} {{.Server.APIVersion}}"')).stdout).toBe('28.5.2+dfsg4 1.51\n')
    expect((await type('docker info --format "{{.Driver}} {{.Swarm.LocalNodeState}}"')).stdout).toBe('overlay2 inactive\n')
    expect((await type('docker service ls')).stderr).toBe(
      'Error response from daemon: This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.\n',
    )
    expect((await type('docker search --format "{{.Name}}" busybox | head -1')).stdout).toBe('busybox\n')
    expect(
      (await type('docker login -u student -p secret 2>/dev/null; docker tag busybox student/bb; docker push -q student/bb')).stdout,
    ).toBe('Login Succeeded\ndocker.io/student/bb:latest\n')
    expect((await type('docker events --since 1m --until 0s --filter type=volume --format "{{.Action}} {{.Actor.ID}}"')).stdout).toContain(
      'create data\nmount data\nunmount data\n',
    )
  })
})
