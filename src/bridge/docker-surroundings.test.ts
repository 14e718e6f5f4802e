/** What stands around containers: the processes beside them, devices, docker in a container, contexts in a file. */
import { expect, it } from 'vitest'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

async function terminal(images: readonly string[]): Promise<(cmd: string) => Promise<string>> {
  const session = await Session.create({ preset: 'docker', supplies: nodeSupplies, images, plugins: true, onFault: () => {} })
  return async (cmd) => {
    const { stdout, stderr } = await run(session, { cmd })
    return stdout + stderr
  }
}

it('a container is the child of its shim, a published port has a docker-proxy, and both go with it', async () => {
  const type = await terminal(['nginx'])
  const id = (await type('docker run -d --name web -p 8080:80 nginx')).trim()
  expect(await type(`ps -o args= -p $(docker top web | awk '/master/ { print $3 }')`)).toBe(
    `/usr/bin/containerd-shim-runc-v2 -namespace moby -id ${id} -address /run/containerd/containerd.sock\n`,
  )
  expect(await type('ps -eo args | grep ^/usr/bin/docker-proxy')).toBe(
    '/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80 -use-listen-fd\n/usr/bin/docker-proxy -proto tcp -host-ip :: -host-port 8080 -container-ip 172.17.0.2 -container-port 80 -use-listen-fd\n',
  )
  expect(await type("docker exec web sh -c 'grep PPid /proc/1/status /proc/self/status'")).toBe(
    '/proc/1/status:PPid:\t0\n/proc/self/status:PPid:\t0\n',
  )
  expect(await type('docker rm -f web; ps -eo args | grep -cE "^/usr/bin/(docker-proxy|containerd-shim)"')).toBe('web\n0\n')
})

it('a privileged container sees the devices of the machine', async () => {
  const type = await terminal(['busybox'])
  expect(await type('docker run --rm busybox ls /dev/vda; docker run --rm --privileged busybox ls -l /dev/vda | cut -c1-10')).toBe(
    'brw-rw----\nls: /dev/vda: No such file or directory\n',
  )
})

it("docker in a container works on the machine's daemon", async () => {
  const type = await terminal(['docker:cli', 'docker', 'busybox'])
  const socket = '-v /var/run/docker.sock:/var/run/docker.sock'
  expect(
    await type(
      `docker run --rm ${socket} docker:cli run --rm busybox echo sibling; docker run --rm ${socket} docker docker ps --format '{{.Image}}'`,
    ),
  ).toBe('sibling\ndocker\n')
  expect(await type('docker run --rm docker:cli ps')).toBe(
    'error during connect: Get "http://docker:2375/v1.50/containers/json": dial tcp: lookup docker on 192.168.49.254:53: no such host\n',
  )
  expect(await type('docker run --rm --privileged docker')).toMatch(/^dockerd: a daemon in a container is not simulated in this sandbox/)
})

it('a container that compose makes anew keeps its anonymous volumes unless -V renews them', async () => {
  const type = await terminal(['busybox'])
  await type(
    'printf \'services:\\n  a:\\n    image: busybox\\n    command: sleep 1000\\n    environment: {X: "${X:-1}"}\\n    volumes: [/extra]\\n\' > compose.yaml; docker compose up -d; docker compose exec a touch /extra/f',
  )
  expect(
    await type(
      'X=2 docker compose up -d 2>/dev/null; docker compose exec -T a ls /extra; X=3 docker compose up -d -V 2>/dev/null; docker compose exec -T a ls /extra',
    ),
  ).toBe('f\n')
})

it('an exported context can be imported under another name', async () => {
  const type = await terminal([])
  expect(
    await type(
      'docker context create far --docker host=tcp://10.0.0.7:2375; docker context export far; docker context import near far.dockercontext; docker context import near far.dockercontext; docker context inspect near -f "{{.Endpoints.docker.Host}}"',
    ),
  ).toBe(
    'far\nnear\ntcp://10.0.0.7:2375\nSuccessfully created context "far"\nWritten file "far.dockercontext"\nSuccessfully imported context "near"\ncontext "near" already exists\n',
  )
})
