// The engine as a client sees it: requests in, answers out, on a machine with a manual clock.
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { ManualClock } from '../../base/clock.ts'
import { ByteStream, type HttpResponse, Pending, request } from '../../base/http.ts'
import { Random } from '../../base/random.ts'
import type { MemoryFiles } from '../../unix/files/memory-files.ts'
import { out, type Program, sleep } from '../../unix/kernel/process.ts'
import { createMachine, type Machine } from '../../unix/machine.ts'
import { catalogue, imagePrograms } from '../images/index.ts'
import { tarOf } from '../../base/tar.ts'
import { bytesOf, textOf } from '../../base/bytes.ts'
import { Store } from '../store/store.ts'
import { DockerEngine } from './engine.ts'
import { Registry } from './images/registry.ts'

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
    case 'sh':
      // Enough of a shell: `echo words > file`, `fail`, anything else is printed.
      if (args[1] === 'fail') return 2
      if (args[1].includes(' > ')) {
        const [text, path] = args[1].slice(5).split(' > ')
        process.files.writeFile(path, `${text}\n`)
        return 0
      }
      yield* out(process, `${args[1]}\n`)
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

/** The builder is fetched with the first build, for which these tests do not wait. */
beforeAll(async () => {
  world().engine.handle(request('POST', '/v1.50/build'), {})
  await vi.dynamicImportSettled()
})

function world(from: { store?: Store; disk?: MemoryFiles; clock?: ManualClock } = {}): World {
  const clock = from.clock ?? new ManualClock()
  const random = new Random(7)
  const store = from.store ?? new Store({ clock })
  const machine = createMachine({
    name: 'laptop',
    clock,
    random,
    programs: new Map<string, Program>([...imagePrograms, ['busybox', busybox]]),
    ...(from.disk ? { disk: from.disk } : {}),
  })
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
    expect(ask('POST', '/v1.50/containers/create', { Image: 'busybox', Cmd: ['echo', 'hi'] })).toMatchObject({
      status: 404,
      text: '{"message":"No such image: busybox:latest"}\n',
    })
    const pull = ask('POST', '/v1.50/images/create?fromImage=docker.io%2Flibrary%2Fbusybox&tag=latest')
    expect(pull.status).toBe(200)
    expect(
      pull.text
        .split('\r\n')
        .filter((line) => !line.includes('"progress":'))
        .map((line) => line && (JSON.parse(line) as { status: string }).status.replace(/sha256:.*/, 'sha256:…')),
    ).toEqual([
      'Pulling from library/busybox',
      'Pulling fs layer',
      'Verifying Checksum',
      'Download complete',
      'Pull complete',
      'Digest: sha256:…',
      'Status: Downloaded newer image for busybox:latest',
      '',
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
    const { Id } = ask('POST', '/v1.50/containers/create?name=ra', {
      Image: 'busybox',
      Cmd: ['false'],
      HostConfig: { RestartPolicy: { Name: 'always' } },
    }).json()
    ask('POST', `/v1.50/containers/${Id}/start`)
    clock.advance(3000)
    expect(ask('GET', `/v1.50/containers/ra/json`).json()).toMatchObject({
      RestartCount: 4,
      State: { Status: 'restarting', Running: true, ExitCode: 1 },
    })
    ask('POST', `/v1.50/containers/ra/stop`)
    clock.advance(60_000)
    expect(ask('GET', `/v1.50/containers/ra/json`).json().State).toMatchObject({ Status: 'exited', ExitCode: 1 })
    ask('POST', '/v1.50/containers/create?name=rf', {
      Image: 'busybox',
      Cmd: ['false'],
      HostConfig: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } },
    })
    ask('POST', `/v1.50/containers/rf/start`)
    clock.advance(3000)
    expect(ask('GET', `/v1.50/containers/rf/json`).json()).toMatchObject({ RestartCount: 2, State: { Status: 'exited', ExitCode: 1 } })
  })

  test('BuildKit’s face tells its vertices, and finds them cached the next time', () => {
    const { ask } = world()
    const file = (path: string, text: string) => ({
      path,
      kind: 'file' as const,
      mode: 0o644,
      uid: 0,
      gid: 0,
      modifiedMs: 0,
      content: bytesOf(text),
      target: '',
    })
    const context = (app: string) =>
      tarOf([
        file(
          'Dockerfile',
          'FROM busybox AS base\nRUN echo built > /built\n\nFROM base\nWORKDIR /srv\nCOPY app.txt ./\nENV A=1\nCMD ["cat", "app.txt"]\n',
        ),
        file('app.txt', app),
      ])
    const build = (app: string, query = '') => {
      const lines = ask('POST', `/v1.50/build?version=2&t=app${query}`, context(app))
        .text.trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      const names = new Map(lines.filter((line) => line.name).map((line) => [line.vertex, line.name]))
      return {
        lines,
        ends: lines
          .filter((line) => line.done || line.cached || line.error)
          .map(
            (line) =>
              `${(names.get(line.vertex) as string).replace(/@sha256:.*/, '')}${line.cached ? ' CACHED' : line.error ? ` ${line.error}` : ''}`,
          ),
      }
    }
    const first = build('one')
    expect(first.ends).toEqual([
      '[internal] load build definition from Dockerfile',
      '[internal] load metadata for docker.io/library/busybox:latest',
      '[internal] load .dockerignore',
      '[base 1/2] FROM docker.io/library/busybox:latest',
      '[internal] load build context',
      '[base 2/2] RUN echo built > /built',
      '[stage-1 1/2] WORKDIR /srv',
      '[stage-1 2/2] COPY app.txt ./',
      'exporting to image',
    ])
    expect(first.lines.at(-1)).toMatchObject({ result: { names: ['app:latest'] } })
    const again = build('one')
    expect(again.ends.filter((end) => end.endsWith('CACHED'))).toEqual([
      '[base 2/2] RUN echo built > /built CACHED',
      '[stage-1 1/2] WORKDIR /srv CACHED',
      '[stage-1 2/2] COPY app.txt ./ CACHED',
    ])
    expect(again.lines.at(-1).result.id).toBe(first.lines.at(-1).result.id)
    expect(build('two').ends.filter((end) => end.endsWith('CACHED')).length).toBe(2)
    expect(ask('GET', '/v1.50/images/app/json').json().Config).toMatchObject({
      Cmd: ['cat', 'app.txt'],
      WorkingDir: '/srv',
      Env: expect.arrayContaining(['A=1']),
    })
    expect(ask('GET', '/v1.50/containers/json?all=1').json()).toEqual([])
    const failing = ask('POST', '/v1.50/build?version=2', tarOf([file('Dockerfile', 'FROM busybox\nRUN fail\n')]))
      .text.trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(failing.at(-1)).toMatchObject({
      failed: { message: 'process "/bin/sh -c fail" did not complete successfully: exit code: 2', file: 'Dockerfile', line: 2 },
    })
  })

  test('after a power cut containers are there again, and those whose policy says so run', () => {
    const before = world()
    before.ask('POST', '/v1.50/images/create?fromImage=busybox&tag=latest')
    const run = (name: string, policy: string) => {
      before.ask('POST', `/v1.50/containers/create?name=${name}`, {
        Image: 'busybox',
        Cmd: ['sh', '-c', `echo ${name} > /kept`],
        HostConfig: { RestartPolicy: { Name: 'no' } },
      })
      before.ask('POST', `/v1.50/containers/${name}/start`)
      before.ask('POST', `/v1.50/containers/create?name=${name}-sleeper`, {
        Image: 'busybox',
        Cmd: ['sleep', '1000'],
        HostConfig: { RestartPolicy: { Name: policy } },
      })
      before.ask('POST', `/v1.50/containers/${name}-sleeper/start`)
    }
    run('one', 'always')
    run('two', 'no')
    before.clock.advance(500)
    before.engine.stop()
    before.machine.powerOff()
    const after = world({ store: before.store, disk: before.machine.disk, clock: before.clock })
    after.engine.restore()
    after.clock.advance(1000)
    expect(
      after
        .ask('GET', '/v1.50/containers/json?all=1')
        .json()
        .map(({ Names, State, Status }: any) => `${Names[0]} ${State} ${Status.replace(/\d+ seconds?|Less than a second/, '…')}`),
    ).toEqual([
      '/two-sleeper exited Exited (255) … ago',
      '/two exited Exited (0) … ago',
      '/one-sleeper running Up …',
      '/one exited Exited (0) … ago',
    ])
    expect(after.ask('GET', '/v1.50/containers/one/changes').json()).toEqual([{ Path: '/kept', Kind: 1 }])
  })

  test('a thousand containers of one image share its layers and start in milliseconds', () => {
    const { ask, engine } = world()
    ask('POST', '/v1.50/images/create?fromImage=busybox&tag=latest')
    const begin = process.hrtime.bigint()
    for (let index = 0; index < 200; index++) {
      ask('POST', `/v1.50/containers/create?name=many${index}`, { Image: 'busybox', Cmd: ['sleep', '100000'] })
      ask('POST', `/v1.50/containers/many${index}/start`)
    }
    const perRunMs = Number(process.hrtime.bigint() - begin) / 1e6 / 200
    expect(perRunMs).toBeLessThan(15)
    const layers = new Set([...engine.daemon.live.values()].map(({ overlay }) => overlay.lowers.at(-1)))
    expect(layers.size).toBe(1)
  })
})
