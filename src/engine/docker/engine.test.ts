// The engine as a client sees it: requests in, answers out, on a machine with a manual clock.
import { describe, expect, test } from 'vitest'
import { textOf } from '../../base/bytes.ts'
import { ManualClock } from '../../base/clock.ts'
import { ByteStream, type HttpResponse, Pending, request } from '../../base/http.ts'
import { Random } from '../../base/random.ts'
import { out, type Program, sleep } from '../../unix/kernel/process.ts'
import { createMachine, type Machine } from '../../unix/machine.ts'
import { catalogue, imagePrograms } from '../images/index.ts'
import { Store } from '../store/store.ts'
import { DockerEngine } from './engine.ts'
import { Registry } from './registry.ts'

/** As much of busybox as these tests type. */
const busybox: Program = function* (process) {
  const [applet, ...args] = process.argv
  switch (applet.replace(/^.*\//, '')) {
    case 'echo':
      yield* out(process, `${args.join(' ')}\n`)
      return 0
    case 'sleep':
      yield* sleep(process, Number(args[0]) * 1000)
      return 0
    case 'false':
      return 1
    default:
      return 0
  }
}

interface World {
  readonly clock: ManualClock
  readonly engine: DockerEngine
  readonly machine: Machine
  readonly store: Store
  ask(method: string, url: string, body?: unknown): { status: number; text: string; json: () => any; response: HttpResponse }
}

function world(): World {
  const clock = new ManualClock()
  const random = new Random(7)
  const store = new Store({ clock })
  const machine = createMachine({ name: 'laptop', clock, random, programs: new Map<string, Program>([...imagePrograms, ['busybox', busybox]]) })
  const registry = new Registry({ catalogue, store: new Store({ clock }) })
  const engine = new DockerEngine({ machine, store, clock, random, registry })
  const ask: World['ask'] = (method, url, body) => {
    const answer = engine.handle(request(method, url, body), {})
    while (answer instanceof Pending && answer.value === undefined && clock.nextAt() !== undefined) clock.step(Number.POSITIVE_INFINITY)
    const response = answer instanceof Pending ? (answer.value as HttpResponse) : answer
    const { body: content } = response
    let text = ''
    if (content instanceof ByteStream) {
      while (!content.isEnded && clock.nextAt() !== undefined) clock.step(Number.POSITIVE_INFINITY)
      text = textOf(content.readAll())
    } else text = typeof content === 'string' ? content : textOf(content)
    return { status: response.status, text, json: () => JSON.parse(text), response }
  }
  return { clock, engine, machine, store, ask }
}

describe('docker run busybox echo hi', () => {
  test('an image that is not there is pulled, a container made, started, waited for and its output read', () => {
    const { ask } = world()
    expect(ask('POST', '/v1.50/containers/create', { Image: 'busybox', Cmd: ['echo', 'hi'] })).toMatchObject({ status: 404, text: '{"message":"No such image: busybox:latest"}\n' })
    const pull = ask('POST', '/v1.50/images/create?fromImage=docker.io%2Flibrary%2Fbusybox&tag=latest')
    expect(pull.status).toBe(200)
    expect(pull.text.split('\r\n').filter((line) => !line.includes('"progress":')).map((line) => line && (JSON.parse(line) as { status: string }).status.replace(/sha256:.*/, 'sha256:…'))).toEqual([
      'Pulling from library/busybox', 'Pulling fs layer', 'Verifying Checksum', 'Download complete', 'Pull complete', 'Digest: sha256:…', 'Status: Downloaded newer image for busybox:latest', '',
    ])
    const created = ask('POST', '/v1.50/containers/create?name=hi', { Image: 'busybox', Cmd: ['echo', 'hi'] })
    expect(created.status).toBe(201)
    const { Id } = created.json()
    expect(ask('POST', `/v1.50/containers/${Id}/start`).status).toBe(204)
    expect(ask('POST', `/v1.50/containers/hi/wait`).json()).toEqual({ StatusCode: 0 })
    expect(ask('GET', `/v1.50/containers/hi/logs?stdout=1`).text).toBe('\x01\0\0\0\0\0\0\x03hi\n')
    expect(ask('GET', `/v1.50/containers/hi/json`).json().State).toMatchObject({ Status: 'exited', ExitCode: 0 })
  })

  test('restart policies bring a failing container back, with longer and longer waits', () => {
    const { ask, clock } = world()
    ask('POST', '/v1.50/images/create?fromImage=busybox&tag=latest')
    const { Id } = ask('POST', '/v1.50/containers/create?name=ra', { Image: 'busybox', Cmd: ['false'], HostConfig: { RestartPolicy: { Name: 'always' } } }).json()
    ask('POST', `/v1.50/containers/${Id}/start`)
    clock.advance(3000)
    expect(ask('GET', `/v1.50/containers/ra/json`).json()).toMatchObject({ RestartCount: 4, State: { Status: 'restarting', Running: true, ExitCode: 1 } })
    ask('POST', `/v1.50/containers/ra/stop`)
    clock.advance(60_000)
    expect(ask('GET', `/v1.50/containers/ra/json`).json().State).toMatchObject({ Status: 'exited', ExitCode: 1 })
    ask('POST', '/v1.50/containers/create?name=rf', { Image: 'busybox', Cmd: ['false'], HostConfig: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } } })
    ask('POST', `/v1.50/containers/rf/start`)
    clock.advance(3000)
    expect(ask('GET', `/v1.50/containers/rf/json`).json()).toMatchObject({ RestartCount: 2, State: { Status: 'exited', ExitCode: 1 } })
  })
})
