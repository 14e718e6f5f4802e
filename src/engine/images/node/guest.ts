/**
 * A learner's own JavaScript in a QuickJS VM of its own. The VM runs in short turns; what it asks of the machine is done here, between them.
 *
 * A turn that does not end is cut off and the process counts as spinning from then on: it stays alive, takes its CPU and answers
 * nothing, as a busy Node does; only signals end it.
 */
import { JSException, QuickJS } from 'quickjs-wasi'
import { joined, textOf } from '../../../base/bytes.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import { UnixError } from '../../../unix/errors.ts'
import { found } from '../../../unix/kernel/execute.ts'
import { type Blocking, type Process, err, out, readAll, readFrom, writeTo } from '../../../unix/kernel/process.ts'
import { signalNumbers, signalOf } from '../../../unix/kernel/signals.ts'
import type { SqliteLibrary } from '../sqlite/library.ts'
import type { GuestOptions } from './arguments.ts'
import { binaryOf, bytesOfBinary } from './binary.ts'
import { Children } from './child-calls.ts'
import { syscallOf, wordsOf } from './errors.ts'
import { fileCall } from './file-calls.ts'
import { type Beside, type Calls, Jobs } from './jobs.ts'
import { machineCalls } from './machine-calls.ts'
import { baseMemoryBytes, heapBytes } from './memory.ts'
import { Network } from './network-calls.ts'
import { isIncomplete } from './prompt.ts'
import { scriptAt } from './script.ts'
import { type SqliteCall, SqliteFiles } from './sqlite.ts'
import { type Description, uncaughtText } from './uncaught.ts'

/** Calls of the interrupt handler (one per some 5,000 loop rounds) that a turn may take: about a sixth of a second. */
export const gasPerTurn = 1_000

const endless = new WaitQueue()

/** Thrown through the VM to end it from inside. */
class Leave extends Error {}

/** What the guest threw, described while its handle was alive. */
class Thrown extends Error {
  readonly description: Description

  constructor(description: Description) {
    super(description.text)
    this.description = description
  }
}

export class Guest {
  readonly process: Process
  readonly #version: string
  readonly #options: GuestOptions
  #vm: QuickJS | undefined
  readonly #gasPerTurn: number
  readonly #sqlite: SqliteFiles | undefined
  #gas = 0
  #isCut = false
  #exit: number | undefined
  readonly #wake = new WaitQueue()
  #events: (() => void)[] = []
  readonly #jobs: Jobs
  readonly #network: Network
  readonly #calls: Calls
  readonly #output: { readonly fd: number; bytes: Uint8Array }[] = []
  readonly #rejections: {
    readonly promise: { dispose(): void; readonly ptr?: number }
    readonly reason: ReturnType<QuickJS['newString']>
  }[] = []
  #isReadingInput = false

  constructor(process: Process, version: string, options: GuestOptions, gas = gasPerTurn, sqlite?: SqliteLibrary) {
    this.#sqlite = sqlite && new SqliteFiles(process, sqlite)
    this.process = process
    this.#version = version
    this.#options = options
    this.#gasPerTurn = gas
    this.#jobs = new Jobs(process, this.#wake)
    const beside: Beside = {
      start: (id, running) => this.#jobs.start(id, running),
      stop: (id) => this.#jobs.stop(id),
      deliver: (id, name, value) => this.#deliver(id, name, value),
    }
    this.#network = new Network(process, beside)
    this.#calls = { ...machineCalls(process), ...this.#network.calls, ...new Children(process, beside).calls, ...this.#ownCalls() }
  }

  attach(vm: QuickJS): void {
    this.#vm = vm
    vm.registerHostCallback('__host', (op, json) => vm.newString(this.#call(op.toString(), json.toString())))
    vm.registerHostCallback('__compile', (code, file) =>
      vm.evalCode(`(function (exports, require, module, __filename, __dirname) {${code.toString()}\n})`, file.toString()),
    )
    vm.registerHostCallback('__evaluate', (code, file) => vm.evalCode(code.toString(), file.toString()))
    vm.registerHostCallback('__jobs', () => {
      this.#runJobs()
      return vm.undefined
    })
  }

  isOutOfGas(): boolean {
    if (this.#exit !== undefined) return true
    if (--this.#gas >= 0) return false
    this.#isCut = true
    return true
  }

  noteRejection(promise: ReturnType<QuickJS['newString']>, reason: ReturnType<QuickJS['newString']>, isHandled: boolean): void {
    if (!isHandled) this.#rejections.push({ promise, reason })
    else {
      const at = this.#rejections.findIndex((one) => (one.promise as { ptr?: number }).ptr === (promise as unknown as { ptr?: number }).ptr)
      const [gone] = this.#rejections.splice(at < 0 ? this.#rejections.length - 1 : at, 1)
      gone?.promise.dispose()
      gone?.reason.dispose()
      promise.dispose()
      reason.dispose()
    }
  }

  dispose(): void {
    this.#network.dispose()
    this.#jobs.dispose()
    this.#vm = undefined
  }

  *run(): Blocking<number> {
    const { process } = this
    process.handlers.set('PIPE', 'ignore')
    const { file, code, isPrinted, rest } = this.#options
    const execPath = found(process, process.argv[0]) ?? '/usr/local/bin/node'
    const full = file === undefined ? undefined : process.path(file)
    const argv = [execPath, ...(full === undefined ? [] : [scriptAt(process, full) ?? full]), ...rest]
    this.#turn(() =>
      this.#invoke(
        '__boot',
        JSON.stringify({
          argv,
          execPath,
          env: process.env,
          pid: process.pid,
          ppid: process.parent?.pid ?? 0,
          version: this.#version,
          seed: process.kernel.random.below(2 ** 31),
        }),
      ),
    )
    if (file === undefined && code === undefined) {
      if (process.file(0).kind === 'terminal') return yield* this.#interactive()
      const text = textOf(yield* readAll(process, 0))
      this.#turn(() => this.#invoke('__evalMain', text, false))
    } else if (code !== undefined) this.#turn(() => this.#invoke('__evalMain', code, isPrinted))
    else {
      const script = scriptAt(process, full ?? '')
      if (script === undefined) {
        yield* err(
          process,
          `node:internal/modules/cjs/loader:1386\n  throw err;\n  ^\n\nError: Cannot find module '${full}'\n    at Function._resolveFilename (node:internal/modules/cjs/loader:1383:15)\n    at defaultResolveImpl (node:internal/modules/cjs/loader:1025:19)\n    at resolveForCJSWithHooks (node:internal/modules/cjs/loader:1030:22)\n    at Function._load (node:internal/modules/cjs/loader:1192:37)\n    at TracingChannel.traceSync (node:diagnostics_channel:322:14)\n    at wrapModuleLoad (node:internal/modules/cjs/loader:237:24)\n    at Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:171:5)\n    at node:internal/main/run_main_module:36:49 {\n  code: 'MODULE_NOT_FOUND',\n  requireStack: []\n}\n\nNode.js ${this.#version}\n`,
        )
        return 1
      }
      this.#turn(() => this.#invoke('__main', script))
    }
    return yield* this.#loop()
  }

  *#loop(): Blocking<number> {
    const { process } = this
    for (;;) {
      yield* this.#flush()
      if (this.#exit !== undefined) return this.#exit
      if (this.#isCut) return yield* this.#spin()
      const event = this.#events.shift()
      if (event) {
        this.#turn(event)
        // Others get their turn between two requests.
        yield
        continue
      }
      this.#turn(() => this.#invoke('__turn'))
      this.#measure()
      if (this.#exit !== undefined || this.#isCut || this.#events.length > 0) continue
      this.#jobs.advance()
      if (this.#events.length > 0) continue
      const state = this.#state()
      if (!state.isAlive && !this.#isReadingInput) {
        this.#turn(() => this.#invoke('__beforeExit'))
        yield* this.#flush()
        if (this.#state().isAlive || this.#events.length > 0) continue
        this.#turn(() => {
          this.#exit = Number(this.#invoke('__exit'))
        })
        continue
      }
      if (state.nextAt !== undefined && state.nextAt <= process.now()) {
        yield
        continue
      }
      const untils = [state.nextAt, ...this.#jobs.waits.map(({ until }) => until)].filter((one) => one !== undefined)
      yield {
        on: [this.#wake, ...this.#jobs.waits.flatMap(({ on }) => on ?? [])],
        until: untils.length > 0 ? Math.min(...untils) : undefined,
      }
    }
  }

  *#interactive(): Blocking<number> {
    const { process } = this
    yield* out(process, `Welcome to Node.js ${this.#version}.\nType ".help" for more information.\n`)
    let text = ''
    for (;;) {
      yield* out(process, text === '' ? '> ' : '... ')
      const bytes = yield* readFrom(process, 0)
      if (bytes.length === 0) {
        yield* out(process, '\n')
        return 0
      }
      text += textOf(bytes)
      if (text.trim() === '.exit') return 0
      if (text.trim() === '.help') {
        yield* out(
          process,
          '.break    Sometimes you get stuck, this gets you out\n.clear    Alias for .break\n.editor   Enter editor mode\n.exit     Exit the REPL\n.help     Print this help message\n.load     Load JS from a file into the REPL session\n.save     Save all evaluated commands in this REPL session to a file\n\nPress Ctrl+C to abort current expression, Ctrl+D to exit the REPL\n',
        )
        text = ''
        continue
      }
      if (text.trim() === '') {
        text = ''
        continue
      }
      if (isIncomplete(text)) continue
      this.#turn(
        () => this.#write(1, `${String(this.#invoke('__line', text))}\n`),
        (description) => `Uncaught ${description.replace(/\n    at .*/g, '')}\n`,
      )
      text = ''
      yield* this.#flush()
      if (this.#exit !== undefined) return this.#exit
      if (this.#isCut) return yield* this.#spin()
    }
  }

  /** Busy for ever: nothing but a signal's default action ends it. */
  *#spin(): Blocking<number> {
    this.process.isSpinning = true
    for (const signal of ['TERM', 'INT', 'HUP', 'USR1', 'USR2'] as const) {
      // A handler in JavaScript would never run, but its being there keeps the default from happening.
      if (this.process.handlers.has(signal)) this.process.handlers.set(signal, 'ignore')
    }
    for (;;) yield { on: [endless] }
  }

  *#flush(): Blocking<void> {
    while (this.#output.length > 0) {
      const { fd } = this.#output[0]
      let count = 1
      while (count < this.#output.length && this.#output[count].fd === fd) count++
      const bytes = joined(this.#output.splice(0, count).map((one) => one.bytes))
      try {
        yield* writeTo(this.process, fd, bytes)
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
      }
    }
  }

  /** Runs some of the guest's code, then its promise jobs; what it throws ends the process as Node ends. */
  #turn(run: () => void, shown?: (description: string) => string): void {
    if (!this.#vm || this.#exit !== undefined || this.#isCut) return
    this.#gas = this.#gasPerTurn
    try {
      run()
      this.#runJobs()
    } catch (error) {
      this.#failed(error, shown)
    }
    this.#checkRejections()
  }

  #runJobs(): void {
    const vm = this.#vm
    if (!vm) return
    for (let round = 0; round < 10_000; round++) {
      const count = vm.executePendingJobs()
      if (count === 0 && round > 0) break
      this.#invoke('__ticks')
    }
  }

  #failed(error: unknown, shown?: (description: string) => string): void {
    if (this.#exit !== undefined || this.#isCut) return
    if (!(error instanceof Thrown)) {
      // A host error out of the VM (stack overflow in the wasm): the process cannot go on.
      this.#write(2, `\nRangeError: Maximum call stack size exceeded\n\nNode.js ${this.#version}\n`)
      this.#exit = 7
      return
    }
    this.#uncaught(error.description, false, shown)
  }

  #description(handle: ReturnType<QuickJS['newString']>): Description {
    const vm = this.#vm as QuickJS
    const describe = vm.global.getProp('__describe')
    try {
      return JSON.parse(vm.callFunction(describe, vm.undefined, handle).toString()) as Description
    } catch (error) {
      if (!(error instanceof JSException)) throw error
      return { isError: false, text: 'unknown error', quoted: "'unknown error'" }
    }
  }

  #uncaught(about: Description, isRejection: boolean, shown?: (description: string) => string): void {
    if (shown) return this.#write(1, shown(about.isError ? about.text : about.quoted))
    if (about.isError && about.message === 'out of memory') return this.#outOfMemory()
    this.#write(2, uncaughtText(about, isRejection, this.#version))
    this.#exit = 1
  }

  #outOfMemory(): void {
    const limit = this.process.cgroup.memoryLimitBytes
    if (limit !== undefined && limit < heapBytes + baseMemoryBytes) {
      // The kernel sees it and kills: exit code 137.
      this.process.memoryBytes = limit * 2
      return
    }
    this.#write(
      2,
      `\n<--- Last few GCs --->\n\n\n<--- JS stacktrace --->\n\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n`,
    )
    this.#exit = 134
  }

  #checkRejections(): void {
    for (const { promise, reason } of this.#rejections.splice(0)) {
      if (this.#exit === undefined && !this.#isCut) {
        const vm = this.#vm as QuickJS
        const ask = vm.global.getProp('__rejected')
        let isHandled = false
        try {
          isHandled = vm.callFunction(ask, vm.undefined, reason).toString() === 'handled'
        } catch (error) {
          if (!(error instanceof JSException)) throw error
          this.#failed(new Thrown(this.#description(error.handle)))
        }
        if (!isHandled && this.#exit === undefined) this.#uncaught(this.#description(reason), true)
      }
      promise.dispose()
      reason.dispose()
    }
  }

  #invoke(name: string, ...values: readonly (string | number | boolean)[]): string | undefined {
    const vm = this.#vm
    if (!vm) return undefined
    // No scope of the library: it would also free the handles of rejections that come up meanwhile and are kept.
    const run = vm.global.getProp(name)
    const args = values.map((value) => vm.hostToHandle(value))
    try {
      const result = vm.callFunction(run, vm.undefined, ...args)
      const text = result.isUndefined ? undefined : result.toString()
      result.dispose()
      return text
    } catch (error) {
      if (!(error instanceof JSException)) throw error
      if (this.#isCut || this.#exit !== undefined) return undefined
      throw new Thrown(this.#description(error.handle))
    } finally {
      run.dispose()
      for (const arg of args) arg.dispose()
    }
  }

  #state(): { readonly isAlive: boolean; readonly nextAt: number | undefined } {
    const text = this.#invoke('__state') ?? '0-1'
    const next = Number(text.slice(1))
    return { isAlive: text[0] === '1', nextAt: next < 0 ? undefined : next }
  }

  #measure(): void {
    const used = this.#vm ? this.#vm._getMemory().buffer.byteLength : 0
    this.process.memoryBytes = Math.max(this.process.memoryBytes, baseMemoryBytes + Math.max(0, used - 1_600_000))
  }

  #write(fd: number, text: string | Uint8Array): void {
    this.#output.push({ fd, bytes: typeof text === 'string' ? new TextEncoder().encode(text) : text })
  }

  #deliver(id: number, name: string, value: unknown): void {
    this.#events.push(() => this.#invoke('__deliver', id, name, JSON.stringify(value === undefined ? null : value)))
    this.#wake.wake()
  }

  *#read(): Blocking<void> {
    while (this.#isReadingInput) {
      const bytes = yield* readFrom(this.process, 0)
      this.#events.push(() => this.#invoke('__input', JSON.stringify(bytes.length === 0 ? null : binaryOf(bytes))))
      if (bytes.length === 0) this.#isReadingInput = false
      yield { until: this.process.now() }
    }
  }

  // ---- what the guest asks; answers JSON

  #call(op: string, json: string): string {
    if (this.#exit !== undefined) throw new Leave('the process has ended')
    try {
      const value = op.startsWith('fs-')
        ? fileCall(this.process, op, JSON.parse(json) as never)
        : this.#answer(op, JSON.parse(json) as never)
      return JSON.stringify({ value: value === undefined ? null : value })
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      const argument = JSON.parse(json) as { path?: string; dest?: string; host?: string; port?: number } | null
      const isFile = op.startsWith('fs-')
      return JSON.stringify({
        error: {
          code: error.errno,
          words: wordsOf(error),
          syscall: isFile ? syscallOf(op, error.errno) : op,
          ...(isFile && { path: argument?.path, dest: argument?.dest }),
          ...(op === 'listen' && { address: argument?.host ?? '::', port: argument?.port }),
        },
      })
    }
  }

  #answer(op: string, given: never): unknown {
    if (!Object.hasOwn(this.#calls, op)) throw new Error(`bug: the guest asked for ${op}`)
    return this.#calls[op](given)
  }

  /** What concerns the guest's own turns, its end and its memory. */
  #ownCalls(): Calls {
    return {
      write: ({ fd, data }: { readonly fd: number; readonly data: string }) => {
        this.#output.push({ fd, bytes: bytesOfBinary(data) })
      },
      exit: (code: number) => {
        this.#exit = Number(code) & 255
        throw new Leave('exit')
      },
      memory: () => {
        const used = this.#vm?.getMemoryUsage().memoryUsedSize ?? 0
        return {
          rss: this.process.memoryBytes,
          heapTotal: 6_000_000 + used,
          heapUsed: 3_900_000 + used,
          external: 1_600_000,
          arrayBuffers: 10_500,
        }
      },
      signal: ({ name, on }: { readonly name: string; readonly on: boolean }) => {
        const signal = signalOf(name)
        if (!signal || signal === 'KILL' || signal === 'STOP') return
        if (!on) this.process.handlers.delete(signal)
        else {
          this.process.handlers.set(signal, () => {
            this.#events.push(() => this.#invoke('__signal', `SIG${signal}`, signalNumbers[signal]))
            this.#wake.wake()
          })
        }
      },
      stdin: () => {
        if (!this.#isReadingInput) {
          this.#isReadingInput = true
          this.#jobs.start(0, this.#read())
        }
      },
      'stdin-pause': () => {
        this.#isReadingInput = false
        this.#jobs.stop(0)
      },
      sqlite: (call: SqliteCall) => {
        return this.#sqlite ? this.#sqlite.call(call) : { problem: 'SQLITE_ERROR: install sqlite3 before the program starts' }
      },
    }
  }
}
