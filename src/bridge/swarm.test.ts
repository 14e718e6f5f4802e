/**
 * Swarms of several machines, with machines that fail: what a swarm promises holds whatever the seed: as many tasks as asked for, no place filled twice, and
 * nothing changed without a majority of managers.
 */
import { describe, expect, it } from 'vitest'
import type { Preset } from '../session/presets.ts'
import { Session } from '../session/session.ts'
import { play, run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

async function room(preset: Partial<Preset> & { seed?: number } = {}) {
  const session = await Session.create({ preset: 'docker', nodes: ['desk', 'm1', 'm2', 'm3', 'w1'], supplies: nodeSupplies, ...preset })
  const type = async (cmd: string): Promise<string> => {
    const { stdout, stderr } = await run(session, { cmd })
    return stdout + stderr
  }
  return {
    session,
    type,
    /** docker on another machine. */
    on: (machine: string, words: string) => type(`docker -H tcp://${machine}:2375 ${words}`),
    wait: (seconds: number) => play(session, { sleep: seconds }),
  }
}

async function swarm(options: { seed?: number } = {}) {
  const world = await room(options)
  const { type, on } = world
  await on('m1', 'swarm init')
  await type(
    'M=$(docker -H tcp://m1:2375 swarm join-token -q manager); W=$(docker -H tcp://m1:2375 swarm join-token -q worker); for m in m2 m3; do docker -H tcp://$m:2375 swarm join --token $M m1:2377; done; docker -H tcp://w1:2375 swarm join --token $W m1:2377',
  )
  return world
}

const running = "service ps s --filter desired-state=running --format '{{.Name}} {{.CurrentState}}'"
const noLeader =
  "Error response from daemon: rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are online. Make sure more than half of the managers are online.\n"

describe('a swarm of several machines', () => {
  it('is joined with the tokens of its manager, and refuses others', async () => {
    const { type, on } = await swarm()
    expect(await on('m2', "node ls --format '{{.Hostname}} {{.Status}} {{.ManagerStatus}} {{.Self}}'")).toBe(
      'm1 Ready Leader false\nm2 Ready Reachable true\nm3 Ready Reachable false\nw1 Ready  false\n',
    )
    expect(await on('w1', 'node ls')).toBe(
      "Error response from daemon: This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please run this command on a manager node or promote the current node to a manager.\n",
    )
    expect(await type('docker swarm join --token SWMTKN-1-bogus m1:2377')).toBe('Error response from daemon: invalid join token\n')
    expect(await type('docker swarm join --token $(docker -H tcp://m1:2375 swarm join-token -q worker) 192.168.49.1:2377')).toContain(
      'connect: connection refused',
    )
    expect(await type('docker swarm join --token $(docker -H tcp://m1:2375 swarm join-token -q worker) w1:2377')).toContain(
      'connect: connection refused',
    )
  })

  it('answers on every machine for a port that one task serves, and by name on an overlay network', async () => {
    const { type, on } = await swarm()
    await on('m1', 'network create -d overlay --attachable front')
    await on('m1', 'service create -q --name web -p 8080:80 --network front nginx')
    for (const machine of ['m1', 'm2', 'm3', 'w1'])
      expect(await type(`curl -s http://${machine}:8080 | grep title`)).toContain('Welcome to nginx!')
    expect(await on('w1', 'run --rm --network front busybox wget -qO- http://web | grep title')).toContain('Welcome to nginx!')
    await on('m2', 'network create -d overlay shut')
    expect(await on('m2', 'run --rm --network shut busybox true')).toContain(
      'Could not attach to network shut: rpc error: code = PermissionDenied desc = network shut not manually attachable',
    )
    await on('m1', 'service rm web')
    expect(await type('sleep 3; curl -sS http://m1:8080')).toContain("Couldn't connect to server")
  })

  it.each([1, 2, 3])(
    'keeps its promises when the leader is switched off, and changes nothing without a majority (seed %i)',
    async (seed) => {
      const { session, on, wait } = await swarm({ seed })
      await on('m1', 'service create -q --name s --replicas 5 busybox sleep 10000')
      const before = await on('m2', running)
      expect(before.match(/Running/g)).toHaveLength(5)

      session.powerOff('m1')
      await wait(60)
      expect(await on('m2', "node ls --format '{{.Hostname}} {{.Status}} {{.ManagerStatus}}'")).toMatch(
        /^m1 Down Unreachable\nm2 Ready (Leader|Reachable)\nm3 Ready (Leader|Reachable)\nw1 Ready \n$/,
      )
      const after = await on('m3', running)
      expect(after.match(/Running/g)).toHaveLength(5)
      expect(
        new Set(
          after
            .trim()
            .split('\n')
            .map((line) => line.split(' ')[0]),
        ).size,
      ).toBe(5)

      session.powerOff('m2')
      await wait(60)
      expect(await on('m3', 'service scale s=1')).toBe(`s: ${noLeader}`)
      expect(await on('m3', 'node ls')).toBe(noLeader)
      // Containers run on without anybody to lead.
      const there = Number(await on('w1', 'ps -q | wc -l'))
      expect(there).toBeGreaterThan(0)

      session.powerOn('m1')
      session.powerOn('m2')
      await wait(90)
      const healed = await on('m1', running)
      expect(healed.match(/Running/g)).toHaveLength(5)
      expect(
        new Set(
          healed
            .trim()
            .split('\n')
            .map((line) => line.split(' ')[0]),
        ).size,
      ).toBe(5)
      let containers = 0
      for (const machine of ['m1', 'm2', 'm3', 'w1']) containers += Number(await on(machine, 'ps -q --filter name=s. | wc -l'))
      expect(containers).toBe(5)
      expect(await on('m2', 'service scale -d s=2')).toBe('s scaled to 2\n')
      await wait(30)
      expect((await on('m3', running)).match(/Running/g)).toHaveLength(2)
    },
  )

  it('rolls a failing update back when it was told to', async () => {
    const { on } = await swarm()
    await on('m1', 'service create -q --name s --replicas 3 --update-failure-action rollback busybox sleep 10000')
    expect(await on('m1', "service update -q --args 'false' s")).toBe('s\n')
    expect(await on('m1', "service inspect -f '{{.UpdateStatus.State}} {{.Spec.TaskTemplate.ContainerSpec.Args}}' s")).toBe(
      'rollback_completed [sleep 10000]\n',
    )
    expect((await on('m1', running)).match(/Running/g)).toHaveLength(3)
  })

  it('is locked after a restart of its manager when autolock is on', async () => {
    const { session, type, on, wait } = await room()
    await on('m1', 'swarm init --autolock')
    const key = (await on('m1', 'swarm unlock-key -q')).trim()
    session.powerOff('m1')
    session.powerOn('m1')
    await wait(1)
    expect(await on('m1', 'node ls')).toBe(
      'Error response from daemon: Swarm is encrypted and needs to be unlocked before it can be used. Please use "docker swarm unlock" to unlock it.\n',
    )
    expect(await type(`echo wrong | docker -H tcp://m1:2375 swarm unlock`)).toContain('swarm could not be unlocked: invalid key provided')
    await type(`echo ${key} | docker -H tcp://m1:2375 swarm unlock`)
    expect(await on('m1', "node ls --format '{{.Hostname}} {{.ManagerStatus}}'")).toBe('m1 Leader\n')
  })

  it('is found again when the session is saved and opened', async () => {
    const { session, on } = await swarm()
    await on('m1', 'service create -q --name s --replicas 4 busybox sleep 10000')
    const again = await Session.create({
      preset: 'docker',
      nodes: ['desk', 'm1', 'm2', 'm3', 'w1'],
      supplies: nodeSupplies,
      saved: session.snapshot(),
    })
    const type = async (cmd: string) => (await run(again, { cmd })).stdout
    await play(again, { sleep: 30 })
    expect(await type("docker -H tcp://m2:2375 node ls --format '{{.Hostname}} {{.Status}}'")).toBe(
      'm1 Ready\nm2 Ready\nm3 Ready\nw1 Ready\n',
    )
    expect((await type(`docker -H tcp://m2:2375 ${running}`)).match(/Running/g)).toHaveLength(4)
  })
})
