import { expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

test('machines of one class room let each other in by name, and their engine is a service that can be stopped', async () => {
  const session = await Session.create({ preset: 'docker', nodes: ['desk', 'box'], supplies: nodeSupplies })
  const type = async (cmd: string) => {
    const { stdout, stderr } = await run(session, { cmd })
    return stdout + stderr
  }
  await type('ssh -q box true')
  expect(await type('ssh box "hostname; docker ps -q | wc -l"; docker -H tcp://box:2375 info -f {{.Name}}')).toBe('box\n0\nbox\n')
  expect(await type('ssh box systemctl stop docker; docker -H tcp://box:2375 ps')).toBe(
    'Cannot connect to the Docker daemon at tcp://box:2375. Is the docker daemon running?\n',
  )
  expect(await type('ssh box "systemctl start docker; docker ps -q | wc -l"')).toBe('0\n')
  session.stop()
})
