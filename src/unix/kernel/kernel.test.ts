/** Processes, signals and terminals as a person at a keyboard meets them. */
import { describe, expect, test } from 'vitest'
import { bytesOf, textOf } from '../../base/bytes.ts'
import { ManualClock } from '../../base/clock.ts'
import { Random } from '../../base/random.ts'
import { createMachine, type Machine } from '../machine.ts'
import { Descriptor } from './open-file.ts'
import { pipe } from './pipe.ts'
import { ended, out, type Process, type Program, readFrom, sleep, writeTo } from './process.ts'
import type { Terminal } from './terminal.ts'

function setUp(): { clock: ManualClock; machine: Machine; run: (program: Program, options?: Parameters<Machine['spawn']>[1]) => Process } {
  const clock = new ManualClock()
  const machine = createMachine({ name: 'm', clock, random: new Random(1), programs: new Map() })
  return { clock, machine, run: (program, options) => machine.spawn(['test'], { program, ...options }) }
}

const forever: Program = function* (process) {
  for (;;) yield* sleep(process, 1000)
}

describe('processes', () => {
  test('a parent learns how its child ended', () => {
    const { clock, run } = setUp()
    let seen: number | undefined
    run(function* (process) {
      const child = process.kernel.spawn({ ...base(process), program: forever, argv: ['child'], parent: process })
      process.kernel.clock.after(500, () => process.kernel.kill(child, 'TERM'))
      seen = yield* ended(child)
      return 0
    })
    clock.advance(1000)
    expect(seen).toBe(143)
  })

  test('orphans go to process 1, and a namespace ends with its first process', () => {
    const { clock, machine, run } = setUp()
    const pids = machine.kernel.pidNamespace()
    let orphan: Process | undefined
    const first = run(function* (process) {
      process.kernel.spawn({
        ...base(process),
        argv: ['middle'],
        parent: process,
        program: function* (middle) {
          orphan = middle.kernel.spawn({ ...base(middle), program: forever, argv: ['orphan'], parent: middle })
          return 0
        },
      })
      for (;;) yield* sleep(process, 1000)
    })
    clock.settle()
    expect(orphan?.parent).toBe(first.parent?.kernel.rootPids.processes.get(1))
    const inner = machine.kernel.spawn({ ...base(first), namespaces: { ...first.namespaces, pids }, program: forever, argv: ['one'] })
    const other = machine.kernel.spawn({
      ...base(first),
      namespaces: { ...first.namespaces, pids },
      program: forever,
      argv: ['two'],
      parent: inner,
    })
    clock.settle()
    expect([inner.pid, other.pid]).toEqual([1, 2])
    machine.kernel.kill(inner, 'TERM')
    expect(inner.isEnded).toBe(false)
    machine.kernel.kill(inner, 'KILL')
    expect([inner.exitCode, other.exitCode]).toEqual([137, 137])
  })

  test('a handler interrupts a wait; a stopped process waits until it is continued', () => {
    const { clock, machine, run } = setUp()
    const log: string[] = []
    const process = run(function* (self) {
      self.handlers.set('USR1', () => log.push('usr1'))
      yield* sleep(self, 1000)
      log.push('done')
      return 0
    })
    clock.advance(100)
    machine.kernel.kill(process, 'USR1')
    clock.settle()
    expect(log).toEqual(['usr1'])
    machine.kernel.kill(process, 'STOP')
    clock.advance(5000)
    expect(process.state).toBe('stopped')
    machine.kernel.kill(process, 'CONT')
    clock.settle()
    expect(log).toEqual(['usr1', 'done'])
  })

  test('a frozen group stands still', () => {
    const { clock, machine, run } = setUp()
    const cgroup = { path: '/c' }
    const process = run(
      function* (self) {
        yield* sleep(self, 100)
        return 7
      },
      { cgroup },
    )
    clock.settle()
    machine.kernel.freeze(cgroup, true)
    clock.advance(1000)
    expect(process.isEnded).toBe(false)
    machine.kernel.freeze(cgroup, false)
    clock.settle()
    expect(process.exitCode).toBe(7)
  })

  test('a fault of ours ends the process with 139 and is told', () => {
    const { clock, machine, run } = setUp()
    const faults: unknown[] = []
    machine.kernel.onFault = (_, error) => faults.push(error)
    const process = run(function* () {
      yield
      throw new RangeError('bug')
    })
    clock.advance(5)
    expect(process.exitCode).toBe(139)
    expect(faults).toEqual([new RangeError('bug')])
  })

  test('a writer into a pipe that nobody reads is killed by SIGPIPE', () => {
    const { clock, run } = setUp()
    const { reader, writer } = pipe(1)
    const process = run(
      function* (self) {
        for (;;) yield* writeTo(self, 1, 'y\n'.repeat(1000))
      },
      { descriptors: new Map([[1, new Descriptor(writer)]]) },
    )
    clock.settle()
    expect(textOf(reader.read(4) ?? new Uint8Array(0))).toBe('y\ny\n')
    reader.close()
    clock.settle()
    expect([process.exitCode, process.killedBy]).toEqual([141, 'PIPE'])
  })
})

describe('a terminal', () => {
  const echoLines: Program = function* (process) {
    for (;;) {
      const line = yield* readFrom(process, 0)
      if (line.length === 0) return 0
      yield* out(process, `<${textOf(line).trimEnd()}>\n`)
    }
  }

  function typed(text: string): { shown: string; process: Process; terminal: Terminal } {
    const { clock, machine, run } = setUp()
    const terminal = machine.terminal({ cols: 80, rows: 24 })
    const process = run(echoLines, { terminal })
    clock.settle()
    for (const key of text) {
      terminal.type(bytesOf(key))
      clock.settle()
    }
    return { shown: textOf(terminal.takeOutput()), process, terminal }
  }

  test('echoes, edits and sends whole lines', () => {
    expect(typed('hex\x7fllo\r').shown).toBe('hex\b \bllo\r\n<hello>\r\n')
    expect(typed('one two\x17three\r').shown).toBe('one two\b \b\b \b\b \bthree\r\n<one three>\r\n')
    expect(typed('abc\x15\r').shown).toBe('abc\b \b\b \b\b \b\r\n<>\r\n')
  })

  test('Ctrl-D ends the input, Ctrl-C the program', () => {
    expect(typed('\x04').process.exitCode).toBe(0)
    const { shown, process } = typed('half\x03')
    expect([shown, process.exitCode]).toEqual(['half^C', 130])
    expect(typed('\x1a').process.state).toBe('stopped')
  })

  test('raw mode passes every key on', () => {
    const { clock, machine, run } = setUp()
    const terminal = machine.terminal({ cols: 80, rows: 24 })
    Object.assign(terminal, { mode: 'raw', echo: false, signals: false })
    const process = run(echoLines, { terminal })
    terminal.type(bytesOf('\x03'))
    clock.settle()
    expect([textOf(terminal.takeOutput()), process.isEnded]).toEqual(['<\x03>\r\n', false])
  })

  test('reading in the background stops the job; closing the window hangs up', () => {
    const { clock, machine, run } = setUp()
    const terminal = machine.terminal({ cols: 80, rows: 24 })
    const background = run(echoLines, { terminal })
    const shell = run(forever, { terminal })
    clock.settle()
    expect([background.state, shell.state]).toEqual(['stopped', 'sleeping'])
    terminal.hangUp()
    clock.settle()
    expect([background.exitCode, shell.exitCode]).toEqual([129, 129])
  })
})

function base(process: Process) {
  const { env, cwd, namespaces, credentials, cgroup, descriptors } = process
  return { env, cwd, namespaces, credentials, cgroup, descriptors }
}
