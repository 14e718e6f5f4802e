/** What people write in compose files, and how it is understood or refused. */
import { describe, expect, it } from 'vitest'
import { TestMachine } from '../../testing.ts'
import type { Program } from '../../../unix/kernel/process.ts'
import { err, out } from '../../../unix/kernel/process.ts'
import { DockerError } from '../docker-error.ts'
import { loadProject } from './project.ts'

/** Prints services with what they need. */
const show: Program = function* (process) {
  try {
    const project = loadProject(process, { files: [], name: '', folder: '', profiles: [], envFiles: [] })
    yield* out(
      process,
      `${project.name}\n${project.services.map(({ name, image, dependsOn }) => `${name} ${image} ${dependsOn.map(({ service }) => service).join(',')}`.trimEnd()).join('\n')}\n`,
    )
    return 0
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    yield* err(process, `${error.message}\n`)
    return error.code
  }
}

async function loaded(file: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const machine = new TestMachine(undefined)
  machine.write('/root/My.App/compose.yaml', file)
  machine.write('/root/My.App/sub/x', '')
  const { stdout, stderr } = await machine.run(show, ['show'], { cwd: '/root/My.App/sub', env })
  return stdout + stderr
}

describe('a compose file', () => {
  it('is found above the working folder, which gives the project its name', async () => {
    expect(await loaded('services:\n  web:\n    build: .\n    depends_on: [db]\n  db:\n    image: redis\n')).toBe(
      'myapp\ndb redis\nweb myapp-web db\n',
    )
  })

  it('takes variables from the environment, with defaults', async () => {
    expect(await loaded('services:\n  a:\n    image: busybox:${TAG:-latest}\n  b:\n    image: ${NAME}$$x\n', { NAME: 'img' })).toBe(
      'myapp\na busybox:latest\nb img$x\n',
    )
  })

  it('that needs an unset variable says so', async () => {
    expect(await loaded('services:\n  a:\n    image: ${IMAGE:?give one}\n')).toBe(
      'error while interpolating services.a.image: required variable IMAGE is missing a value: give one\n',
    )
  })

  it('with a typo is refused by the name of the field', async () => {
    expect(await loaded('services:\n  a:\n    imagee: busybox\n')).toBe(
      "validating /root/My.App/compose.yaml: services.a additional properties 'imagee' not allowed\n",
    )
  })

  it('with services in a circle is refused', async () => {
    expect(await loaded('services:\n  a:\n    image: x\n    depends_on: [b]\n  b:\n    image: x\n    depends_on: [a]\n')).toBe(
      'dependency cycle detected: a -> b -> a\n',
    )
  })
})
