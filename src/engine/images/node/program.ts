/**
 * `node`: a learner's own JavaScript in a QuickJS VM of its own, restored from a snapshot that holds the library (prelude.ts). The VM
 * runs in short turns; what it asks of the machine is done here, between them.
 *
 * A turn that does not end is cut off and the process counts as spinning from then on: it stays alive, takes its CPU and answers
 * nothing, as a busy Node does; only signals end it.
 */
import { hmac } from '@noble/hashes/hmac.js'
import { md5, sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { JSException, QuickJS, type Snapshot } from 'quickjs-wasi'
import { joined, textOf } from '../../../base/bytes.ts'
import { ByteStream, type HttpResponse, Pending } from '../../../base/http.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import type { Cancel } from '../../../base/clock.ts'
import { UnixError } from '../../../unix/errors.ts'
import { found, start } from '../../../unix/kernel/execute.ts'
import { Descriptor } from '../../../unix/kernel/open-file.ts'
import { pipe } from '../../../unix/kernel/pipe.ts'
import { type Blocking, err, out, type Process, type Program, readAll, readFrom, writeTo } from '../../../unix/kernel/process.ts'
import { signalNumbers, signalOf } from '../../../unix/kernel/signals.ts'
import type { Connection } from '../../../unix/network/network.ts'
import { fetch } from '../../../unix/network/fetch.ts'
import { lookup } from '../../../unix/network/names.ts'
import { connectAt } from '../../../unix/network/unix-socket.ts'
import type { LoadSqlite, SqliteLibrary } from '../sqlite/library.ts'
import { fileCall } from './file-calls.ts'
import { nodeVersion, prelude } from './prelude.ts'
import { type SqliteCall, SqliteFiles, sqliteFor } from './sqlite.ts'

/** Calls of the interrupt handler (one per some 5,000 loop rounds) that a turn may take: about a sixth of a second. */
const gasPerTurn = 1_000
const baseMemoryBytes = 42_000_000
const heapBytes = 128 * 2 ** 20

const endless = new WaitQueue()

/** `version` is what the image's node calls itself. */
export function nodeProgram(quickjs: () => Promise<WebAssembly.Module>, sqlite: LoadSqlite): Program {
  const begun = loader(quickjs)
  return function* (process) {
    const options = argumentsOf(process.argv.slice(1))
    const version = process.env.NODE_VERSION ? `v${process.env.NODE_VERSION}` : nodeVersion
    if (options.problem !== undefined) {
      yield* err(process, `node: bad option: ${options.problem}\n`)
      return 9
    }
    if (options.shows === 'version') {
      yield* out(process, `${version}\n`)
      return 0
    }
    if (options.shows === 'help') {
      yield* out(
        process,
        'Usage: node [options] [ script.js ] [arguments]\n       node inspect [options] [ script.js | host:port ] [arguments]\n\nOptions:\n  -                           script read from stdin (default if no file name is provided, interactive mode if a tty)\n  -e, --eval=...              evaluate script\n  -h, --help                  print node command line options\n  -p, --print [...]           evaluate script and print result\n  -v, --version               print Node.js version\n',
      )
      return 0
    }
    process.memoryBytes = baseMemoryBytes
    process.threads = 7
    return yield* runGuest(new Guest(process, version, options, gasPerTurn, yield* sqliteFor(process, options.file, sqlite)), begun)
  }
}

export function* runGuest(guest: Guest, begun: (guest: Guest) => Promise<void>): Blocking<number> {
  const loading = begun(guest)
  let failure: unknown
  let isLoaded = false
  loading.then(
    () => (isLoaded = true),
    (reason: unknown) => (failure = reason),
  )
  while (!isLoaded) {
    if (failure !== undefined) throw failure
    yield { promise: loading }
  }
  try {
    return yield* guest.run()
  } finally {
    guest.dispose()
  }
}

export interface GuestOptions {
  readonly file: string | undefined
  readonly code: string | undefined
  readonly isPrinted: boolean
  readonly shows: 'version' | 'help' | undefined
  readonly problem: string | undefined
  readonly rest: readonly string[]
}

function argumentsOf(args: readonly string[]): GuestOptions {
  const base: GuestOptions = { file: undefined, code: undefined, isPrinted: false, shows: undefined, problem: undefined, rest: [] }
  for (let at = 0; at < args.length; at++) {
    const [arg, value] = args[at].split(/=(.*)/s)
    if (arg === '-v' || arg === '--version') return { ...base, shows: 'version' }
    if (arg === '-h' || arg === '--help') return { ...base, shows: 'help' }
    if (arg === '-e' || arg === '--eval' || arg === '-p' || arg === '--print' || arg === '-pe') {
      const inline = value !== undefined
      return {
        ...base,
        code: inline ? value : (args[at + 1] ?? ''),
        isPrinted: arg !== '-e' && arg !== '--eval',
        rest: args.slice(at + (inline ? 1 : 2)),
      }
    }
    if (arg === '-' || arg === '-i' || arg === '--interactive') continue
    if (arg.startsWith('--')) {
      if (/^--(inspect|max|trace|no-|enable|experimental|watch|env-file|unhandled|abort|title|test|throw|use|dns|import|require)/.test(arg))
        continue
      return { ...base, problem: args[at] }
    }
    if (arg === '-r') at++
    else if (arg.startsWith('-')) return { ...base, problem: args[at] }
    else return { ...base, file: args[at], rest: args.slice(at + 1) }
  }
  return base
}

/** One module and one snapshot for all processes; `prepare` adds to what the snapshot holds. */
export function loader(
  quickjs: () => Promise<WebAssembly.Module>,
  { prepare, stackBytes = 128 * 1024 }: { prepare?: (vm: QuickJS) => Promise<void>; stackBytes?: number } = {},
): (guest: Guest) => Promise<void> {
  let begun: Promise<{ readonly wasm: WebAssembly.Module; readonly snapshot: Snapshot }> | undefined
  const image = () =>
    (begun ??= quickjs().then((wasm) =>
      QuickJS.create({ wasm, timezoneOffset: 0, wasi: fixedClock, maxStackSize: stackBytes }).then((vm) => {
        for (const name of ['__host', '__compile', '__evaluate', '__jobs']) {
          const made = vm.newFunction(name, () => vm.undefined)
          vm.setProp(vm.global, name, made)
          made.dispose()
        }
        vm.evalCode(prelude, 'node:prelude').dispose()
        return (prepare?.(vm) ?? Promise.resolve()).then(() => {
          vm.executePendingJobs()
          const snapshot = vm.snapshot()
          vm.dispose()
          return { wasm, snapshot }
        })
      }),
    ))
  return (guest) =>
    image().then(({ wasm, snapshot }) =>
      QuickJS.restore(snapshot, {
        wasm,
        memoryLimit: heapBytes,
        maxStackSize: stackBytes,
        timezoneOffset: 0,
        interruptHandler: () => guest.isOutOfGas(),
        onUnhandledRejection: (promise, reason, isHandled) => guest.noteRejection(promise.dup(), reason.dup(), isHandled),
        wasi: (memory) => ({
          clock_time_get: (_id: number, _precision: bigint, at: number) => {
            new DataView(memory.buffer).setBigUint64(at, BigInt(Math.floor(guest.process.now() * 1e6)), true)
            return 0
          },
        }),
      }).then((vm) => guest.attach(vm)),
    )
}

const fixedClock = (memory: WebAssembly.Memory) => ({
  clock_time_get: (_id: number, _precision: bigint, at: number) => {
    new DataView(memory.buffer).setBigUint64(at, 1_700_000_000_000_000_000n, true)
    return 0
  },
})

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

interface Job {
  readonly running: Blocking<void>
  readonly id: number
  wait: { on?: readonly WaitQueue[]; until?: number } | undefined
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
  #jobs: Job[] = []
  readonly #output: { readonly fd: number; bytes: Uint8Array }[] = []
  readonly #rejections: {
    readonly promise: { dispose(): void; readonly ptr?: number }
    readonly reason: ReturnType<QuickJS['newString']>
  }[] = []
  readonly #listeners = new Map<number, Cancel>()
  readonly #responses = new Map<number, { readonly pending: Pending<HttpResponse>; body: ByteStream | undefined }>()
  readonly #connections = new Map<number, Connection>()
  readonly #accepted = new Map<number, Connection>()
  readonly #children = new Map<number, { readonly process: Process; readonly stdin: ReturnType<typeof pipe>['writer'] | undefined }>()
  #nextNumber = 1
  #isReadingInput = false

  constructor(process: Process, version: string, options: GuestOptions, gas = gasPerTurn, sqlite?: SqliteLibrary) {
    this.#sqlite = sqlite && new SqliteFiles(process, sqlite)
    this.process = process
    this.#version = version
    this.#options = options
    this.#gasPerTurn = gas
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
    for (const stop of this.#listeners.values()) stop()
    for (const { pending, body } of this.#responses.values()) {
      pending.resolve({ status: 0, headers: {}, body: '' })
      body?.end()
    }
    for (const { outgoing } of this.#connections.values()) outgoing.end()
    for (const { running } of this.#jobs) running.return()
    this.#vm = undefined
  }

  *run(): Blocking<number> {
    const { process } = this
    process.handlers.set('PIPE', 'ignore')
    const { file, code, isPrinted, rest } = this.#options
    const execPath = found(process, process.argv[0]) ?? '/usr/local/bin/node'
    const full = file === undefined ? undefined : process.path(file)
    const argv = [execPath, ...(full === undefined ? [] : [this.#resolvedName(full)]), ...rest]
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
      const script = this.#scriptAt(full ?? '')
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
      this.#advance()
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
      const untils = [state.nextAt, ...this.#jobs.map((job) => job.wait?.until)].filter((one) => one !== undefined)
      yield {
        on: [this.#wake, ...this.#jobs.flatMap((job) => job.wait?.on ?? [])],
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

  #resolvedName(full: string): string {
    return this.#scriptAt(full) ?? full
  }

  /** What `node app` runs: the file, or with .js, or a folder's index. */
  #scriptAt(full: string): string | undefined {
    for (const end of ['', '.js', '.json', '.cjs', '.mjs', '/index.js']) {
      try {
        if (this.process.files.stat(full + end, this.process.credentials).kind === 'file')
          return this.process.files.realpath(full + end, this.process.credentials)
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
      }
    }
    return undefined
  }

  // ---- things that go on beside the guest

  #start(id: number, running: Blocking<void>): void {
    const job: Job = { running, id, wait: {} }
    this.#jobs.push(job)
    this.#wake.wake()
  }

  #advance(): void {
    for (const job of [...this.#jobs]) {
      const step = job.running.next()
      if (step.done) this.#jobs = this.#jobs.filter((one) => one !== job)
      else job.wait = step.value ?? { until: this.process.now() }
    }
  }

  #deliver(id: number, name: string, value: unknown): void {
    this.#events.push(() => this.#invoke('__deliver', id, name, JSON.stringify(value === undefined ? null : value)))
    this.#wake.wake()
  }

  *#fetch(id: number, request: FetchCall): Blocking<void> {
    const { host, port, socketPath, method, path, headers, body, timeout } = request
    try {
      const target = socketPath === undefined ? `http://${host}:${port}${path}` : { socketPath }
      const response = yield* fetch(
        this.process,
        target,
        { method, url: path, headers, body: bytesOfBinary(body) },
        timeout ? { timeoutMs: timeout } : {},
      )
      if (response.status === 0) throw new UnixError('ECONNRESET')
      this.#deliver(id, 'response', { status: response.status, headers: response.headers })
      if (response.body instanceof ByteStream) yield* this.#pass(id, response.body)
      else {
        const bytes = typeof response.body === 'string' ? new TextEncoder().encode(response.body) : response.body
        if (bytes.length > 0) this.#deliver(id, 'data', binaryOf(bytes))
      }
      this.#deliver(id, 'end', null)
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      this.#deliver(id, 'error', connectError(error, host, port))
    }
  }

  *#pass(id: number, stream: ByteStream): Blocking<void> {
    for (;;) {
      const chunk = stream.read()
      if (chunk) this.#deliver(id, 'data', binaryOf(chunk))
      else if (stream.isOver) return
      else yield { on: [stream.readable] }
    }
  }

  *#connect(id: number, { host, port, path }: { host: string; port: number; path?: string }): Blocking<void> {
    try {
      const [ip] = path === undefined ? yield* lookup(this.process, host) : ['']
      const connection =
        path === undefined
          ? this.process.net.connect({ ip, port })
          : connectAt(this.process.files, this.process.path(path), this.process.credentials)
      this.#connections.set(id, connection)
      this.#deliver(id, 'connect', {
        remoteAddress: ip,
        remotePort: port,
        localAddress: connection.local.ip,
        localPort: connection.local.port,
      })
      yield* this.#pass(id, connection.incoming)
      this.#deliver(id, 'end', null)
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      this.#deliver(id, 'error', connectError(error, host, port))
    }
  }

  *#read(): Blocking<void> {
    while (this.#isReadingInput) {
      const bytes = yield* readFrom(this.process, 0)
      this.#events.push(() => this.#invoke('__input', JSON.stringify(bytes.length === 0 ? null : binaryOf(bytes))))
      if (bytes.length === 0) this.#isReadingInput = false
      yield { until: this.process.now() }
    }
  }

  *#relay(id: number, name: string, reader: ReturnType<typeof pipe>['reader']): Blocking<void> {
    for (;;) {
      const bytes = reader.read(65_536)
      if (bytes === undefined) yield { on: [reader.readable] }
      else if (bytes.length === 0) break
      else this.#deliver(id, name, binaryOf(bytes))
    }
    reader.close()
    this.#deliver(id, name, null)
  }

  *#childEnd(id: number, child: Process): Blocking<void> {
    while (child.exitCode === undefined) yield { on: [child.kernel.endOf(child)] }
    this.#children.delete(id)
    this.#deliver(id, 'exit', { code: child.killedBy ? null : child.exitCode, signal: child.killedBy ? `SIG${child.killedBy}` : null })
  }

  #spawn({
    id,
    argv,
    cwd,
    env,
    inherit,
  }: {
    id: number
    argv: readonly string[]
    cwd?: string
    env?: Record<string, string>
    inherit: boolean
  }): number | undefined {
    const { process } = this
    const output = pipe(process.kernel.nextInode())
    const errors = pipe(process.kernel.nextInode())
    const input = pipe(process.kernel.nextInode())
    const own = process.descriptors
    const descriptors = inherit
      ? own
      : new Map([
          [0, new Descriptor(input.reader)],
          [1, new Descriptor(output.writer)],
          [2, new Descriptor(errors.writer)],
        ])
    try {
      const child = start(process, argv, { cwd: cwd === undefined ? undefined : process.path(cwd), env, descriptors })
      this.#children.set(id, { process: child, stdin: inherit ? undefined : input.writer })
      if (inherit) {
        output.writer.close()
        errors.writer.close()
      }
      this.#start(id, this.#relay(id, 'stdout', output.reader))
      this.#start(id, this.#relay(id, 'stderr', errors.reader))
      this.#start(id, this.#childEnd(id, child))
      return child.pid
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      this.#deliver(id, 'error', { code: error.errno === 'ENOEXEC' ? 'EACCES' : error.errno })
      return undefined
    }
  }

  #listen({ id, port, host, protocol, path }: { id: number; port: number; host?: string; protocol: 'http' | 'net'; path?: string }): {
    port: number
    host: string
  } {
    if (path !== undefined) throw new UnixError('EADDRNOTAVAIL')
    const { process } = this
    const ip = host === undefined || host === '::' || host === '0.0.0.0' ? undefined : host === 'localhost' ? '127.0.0.1' : host
    const chosen = port === 0 ? 32_768 + process.kernel.random.below(20_000) : port
    if (protocol === 'http') {
      this.#listeners.set(
        id,
        process.net.listen(
          chosen,
          {
            http: {
              handle: (request, peer) => {
                const pending = new Pending<HttpResponse>()
                const number = this.#nextNumber++
                this.#responses.set(number, { pending, body: undefined })
                this.#deliver(id, 'request', {
                  request: number,
                  method: request.method,
                  url: request.url,
                  headers: request.headers,
                  body: binaryOf(request.body),
                  remoteAddress: `::ffff:${peer.address ?? '127.0.0.1'}`,
                  remotePort: 40_000 + (number % 20_000),
                  localAddress: '::ffff:127.0.0.1',
                  localPort: chosen,
                })
                return pending
              },
            },
          },
          { ip, owner: process.hostPid },
        ),
      )
    } else {
      this.#listeners.set(
        id,
        process.net.listen(
          chosen,
          {
            accept: (connection) => {
              const number = this.#nextNumber++
              this.#accepted.set(number, connection)
              this.#deliver(id, 'connection', {
                connection: number,
                remoteAddress: `::ffff:${connection.remote.ip}`,
                remotePort: connection.remote.port,
                localAddress: `::ffff:${connection.local.ip}`,
                localPort: chosen,
              })
            },
          },
          { ip, owner: process.hostPid },
        ),
      )
    }
    return { port: chosen, host: ip ?? '::' }
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

  // biome-ignore lint: a flat table of calls
  #answer(op: string, value: never): unknown {
    const { process } = this
    const given = value as Record<string, never>
    switch (op) {
      case 'write':
        this.#output.push({ fd: given.fd, bytes: bytesOfBinary(given.data) })
        return
      case 'exit':
        this.#exit = Number(value) & 255
        throw new Leave('exit')
      case 'isatty':
        return process.descriptors.get(value)?.file.kind === 'terminal'
      case 'size':
        return [process.terminal?.cols ?? 80, process.terminal?.rows ?? 24]
      case 'cwd':
        return process.cwd
      case 'chdir':
        if (process.files.stat(process.path(value), process.credentials).kind !== 'directory') throw new UnixError('ENOTDIR')
        process.cwd = process.files.realpath(process.path(value), process.credentials)
        return
      case 'hostname':
        return process.namespaces.uts.hostname
      case 'uptime':
        return (process.now() - process.startedAt) / 1000
      case 'memory': {
        const used = this.#vm?.getMemoryUsage().memoryUsedSize ?? 0
        return {
          rss: process.memoryBytes,
          heapTotal: 6_000_000 + used,
          heapUsed: 3_900_000 + used,
          external: 1_600_000,
          arrayBuffers: 10_500,
        }
      }
      case 'ids':
        return { uid: process.credentials.uid, gid: process.credentials.gid }
      case 'os':
        return {
          release: process.kernel.release,
          uptime: (process.now() - process.kernel.bootedAt) / 1000,
          totalmem: process.kernel.memoryBytes,
          freemem: process.kernel.memoryBytes / 2,
          cpus: process.kernel.cpus,
        }
      case 'interfaces':
        return Object.fromEntries([
          ['lo', [address('127.0.0.1', 8, '00:00:00:00:00:00', true)]],
          ...process.net.interfaces.map((one) => [one.name, [address(one.ip, one.prefix, one.mac, false)]]),
        ])
      case 'hash':
        return hashed(given as unknown as HashCall)
      case 'kill': {
        const target = process.namespaces.pids.processes.get(Number(given.pid))
        if (!target) throw new UnixError('ESRCH')
        const signal = signalOf(String(given.signal))
        if (signal) process.kernel.kill(target, signal, process)
        return true
      }
      case 'signal': {
        const signal = signalOf(String(given.name))
        if (!signal || signal === 'KILL' || signal === 'STOP') return
        if (!given.on) process.handlers.delete(signal)
        else {
          process.handlers.set(signal, () => {
            this.#events.push(() => this.#invoke('__signal', `SIG${signal}`, signalNumbers[signal]))
            this.#wake.wake()
          })
        }
        return
      }
      case 'stdin':
        if (!this.#isReadingInput) {
          this.#isReadingInput = true
          this.#start(0, this.#read())
        }
        return
      case 'stdin-pause':
        this.#isReadingInput = false
        this.#jobs = this.#jobs.filter((job) => job.id !== 0)
        return
      case 'raw':
        if (process.terminal) Object.assign(process.terminal, { mode: value ? 'raw' : 'cooked', echo: !value })
        return
      case 'listen':
        return this.#listen(given as never)
      case 'close':
        this.#listeners.get(given.id)?.()
        this.#listeners.delete(given.id)
        return
      case 'respond': {
        const found = this.#responses.get(given.id)
        this.#responses.delete(given.id)
        found?.pending.resolve({ status: given.status, headers: given.headers, body: bytesOfBinary(given.body) })
        return
      }
      case 'respond-head': {
        const found = this.#responses.get(given.id)
        if (!found) return
        found.body = new ByteStream()
        found.pending.resolve({ status: given.status, headers: given.headers, body: found.body })
        return
      }
      case 'respond-data':
        this.#responses.get(given.id)?.body?.write(bytesOfBinary(given.data))
        return
      case 'respond-end':
        this.#responses.get(given.id)?.body?.end()
        this.#responses.delete(given.id)
        return
      case 'fetch':
        this.#start(given.id, this.#fetch(given.id, given as unknown as FetchCall))
        return
      case 'fetch-cancel':
        this.#jobs = this.#jobs.filter((job) => job.id !== given.id)
        return
      case 'lookup':
        this.#start(given.id, this.#lookUp(given.id, given.name))
        return
      case 'net-connect':
        this.#start(given.id, this.#connect(given.id, given as never))
        return
      case 'net-accept': {
        const connection = this.#accepted.get(given.connection)
        this.#accepted.delete(given.connection)
        if (!connection) return
        this.#connections.set(given.id, connection)
        this.#start(given.id, this.#received(given.id, connection))
        return
      }
      case 'net-write':
        this.#connections.get(given.id)?.outgoing.write(bytesOfBinary(given.data))
        return
      case 'net-end':
        this.#connections.get(given.id)?.outgoing.end()
        return
      case 'sqlite':
        return this.#sqlite
          ? this.#sqlite.call(value as SqliteCall)
          : { problem: 'SQLITE_ERROR: install sqlite3 before the program starts' }
      case 'spawn':
        return this.#spawn(given as never)
      case 'child-write':
        this.#children.get(given.id)?.stdin?.write(bytesOfBinary(given.data))
        return
      case 'child-end':
        this.#children.get(given.id)?.stdin?.close()
        return
      case 'child-kill': {
        const child = this.#children.get(given.id)?.process
        const signal = signalOf(String(given.signal))
        if (child && signal) process.kernel.kill(child, signal, process)
        return child !== undefined
      }
      default:
        throw new Error(`bug: the guest asked for ${op}`)
    }
  }

  *#received(id: number, connection: Connection): Blocking<void> {
    yield* this.#pass(id, connection.incoming)
    this.#deliver(id, 'end', null)
  }

  *#lookUp(id: number, name: string): Blocking<void> {
    try {
      this.#deliver(id, 'found', yield* lookup(this.process, name))
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      this.#deliver(id, 'error', connectError(error, name, 0))
    }
  }
}

interface FetchCall {
  readonly host: string
  readonly port: number
  readonly socketPath?: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeout?: number
}

type Description =
  | { readonly isError: false; readonly text: string; readonly quoted: string }
  | {
      readonly isError: true
      readonly text: string
      readonly file: string
      readonly line: number
      readonly column: number
      readonly sourceLine: string
      readonly name: string
      readonly message: string
      readonly code: string
      readonly event: string
    }

/** The page Node prints before it ends with 1. */
function uncaughtText(about: Description, isRejection: boolean, version: string): string {
  const end = `\n\nNode.js ${version}\n`
  if (!about.isError) {
    if (isRejection)
      return `node:internal/process/promises:394\n      triggerUncaughtException(err, true /* fromPromise */);\n      ^\n\n[UnhandledPromiseRejection: This error originated either by throwing inside of an ${'async'} function without a catch block, or by rejecting a promise which was not handled with .catch(). The promise rejected with the reason "${about.text}".] {\n  code: 'ERR_UNHANDLED_REJECTION'\n}${end}`
    return `node:internal/process/execution:1\n${about.quoted}\n^\n${about.quoted}\n(Use \`node --trace-uncaught ...\` to show where the exception was thrown)${end}`
  }
  if (about.event !== '') {
    const split = about.text.indexOf(' {\n')
    const [stack, more] = split < 0 ? [about.text, ''] : [about.text.slice(0, split), about.text.slice(split)]
    return `node:events:497\n      throw er; // Unhandled 'error' event\n      ^\n\n${stack}\nEmitted 'error' event on ${about.event} instance at:\n    at emitErrorNT (node:internal/streams/destroy:170:8)\n    at process.processTicksAndRejections (node:internal/process/task_queues:90:21)${more}${end}`
  }
  if (about.code === 'MODULE_NOT_FOUND') return `node:internal/modules/cjs/loader:1386\n  throw err;\n  ^\n\n${about.text}${end}`
  if (about.file === '' || about.sourceLine === '')
    return isRejection
      ? `node:internal/process/promises:394\n      triggerUncaughtException(err, true /* fromPromise */);\n      ^\n\n${about.text}${end}`
      : `${about.text}${end}`
  const thrown = /^(\s*)throw\b/.exec(about.sourceLine) ?? /^(.*?)\bthrow\b/.exec(about.sourceLine)
  const caret = thrown ? thrown[1].length : Math.max(0, about.column - 1)
  return `${about.file}:${about.line}\n${about.sourceLine}\n${' '.repeat(caret)}^\n\n${about.text}${end}`
}

/** Whether a line at the prompt goes on on the next one. */
function isIncomplete(text: string): boolean {
  let depth = 0
  for (const letter of text.replace(/(["'])(?:\\.|(?!\1).)*\1/g, '')) {
    if ('([{'.includes(letter)) depth++
    if (')]}'.includes(letter)) depth--
  }
  return depth > 0
}

function connectError(error: UnixError, host: string, port: number): object {
  if (error.errno === 'ENOTFOUND' || error.errno === 'EAGAIN')
    return { code: error.errno === 'EAGAIN' ? 'EAI_AGAIN' : 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host }
  return { code: error.errno, syscall: 'connect', address: host === 'localhost' ? '127.0.0.1' : host, port, words: wordsOf(error) }
}

function wordsOf(error: UnixError): string {
  switch (error.errno) {
    case 'EADDRINUSE':
      return 'address already in use'
    case 'ENOTDIR':
      return 'not a directory'
    case 'EISDIR':
      return 'illegal operation on a directory'
    case 'EEXIST':
      return 'file already exists'
    case 'EACCES':
      return 'permission denied'
    case 'EPERM':
      return 'operation not permitted'
    case 'ENOTEMPTY':
      return 'directory not empty'
    case 'EROFS':
      return 'read-only file system'
    case 'ENOSPC':
      return 'no space left on device'
    case 'EADDRNOTAVAIL':
      return 'address not available'
    default:
      return error.words.toLowerCase()
  }
}

function syscallOf(op: string, errno: string): string {
  const name = op.slice(3)
  if (name === 'read') return errno === 'EISDIR' ? 'read' : 'open'
  if (name === 'write') return 'open'
  return { list: 'scandir', rm: 'rm', realpath: 'lstat', stat: 'stat' }[name] ?? name
}

function address(ip: string, prefix: number, mac: string, internal: boolean): object {
  const mask = Array.from({ length: 4 }, (_, index) => 256 - 2 ** (8 - Math.min(8, Math.max(0, prefix - index * 8)))).join('.')
  return { address: ip, netmask: mask, family: 'IPv4', mac, internal, cidr: `${ip}/${prefix}` }
}

function bytesOfBinary(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes
}

export function binaryOf(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}

const digests = { md5, sha1, sha256, sha512 }

interface HashCall {
  readonly kind: keyof typeof digests
  readonly key?: string
  readonly data: string
}

function hashed({ kind, key, data }: HashCall): string {
  const bytes = bytesOfBinary(data)
  return bytesToHex(key === undefined ? digests[kind](bytes) : hmac(digests[kind], bytesOfBinary(key), bytes))
}
