/** What the sandbox does not do is said where somebody asks for it, and what it does of the same files is done. */
import { expect, it } from 'vitest'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

async function typed(files: Readonly<Record<string, string>>, cmd: string): Promise<string> {
  const session = await Session.create({ preset: 'docker', nodes: ['node1', 'node2'], images: ['busybox'], files, supplies: nodeSupplies })
  const { stdout, stderr } = await run(session, { cmd })
  session.stop()
  return stdout + stderr
}

it('compose runs hooks, and says which field has no effect', async () => {
  const file =
    'services:\n  a:\n    image: busybox\n    command: sleep 100\n    cpu_rt_period: 10ms\n    post_start:\n      - command: touch /started\n'
  expect(
    await typed(
      { 'compose.yaml': file },
      'docker compose --progress quiet up -d 2>&1 | sed "s/.*msg=//"; docker compose exec -T a ls /started',
    ),
  ).toBe('"service \\"a\\": cpu_rt_period is not simulated in this sandbox and has no effect"\n/started\n')
})

it('a flag that nothing looks at is named', async () => {
  expect(
    await typed(
      {},
      'docker swarm init > /dev/null; docker service create -d -q --name s --credential-spec file://x busybox sleep 100 2>&1 | grep WARNING',
    ),
  ).toBe('WARNING: --credential-spec is not simulated in this sandbox and has no effect\n')
})

it('swarm tells its events', async () => {
  const commands =
    "docker swarm init > /dev/null; docker service create -d -q --name s busybox sleep 100 > /dev/null 2>&1; docker service scale -d s=2 > /dev/null; sleep 1; docker events --since 1m --until 0s --filter type=service --format '{{.Action}} {{.Actor.Attributes.name}}'"
  expect(await typed({}, commands)).toContain('create s\nupdate s\n')
})

it('a tcp host needs no port, and one that does not exist is a name that is not found', async () => {
  expect(await typed({}, "DOCKER_HOST=tcp://node2 docker info -f '{{.Name}}'; docker -H tcp://node9 ps")).toBe(
    'node2\nerror during connect: Get "http://node9:2375/v1.50/containers/json": dial tcp: lookup node9 on 192.168.49.254:53: no such host\n',
  )
})
