/**
 * The state of one running shell: variables, functions, options, jobs, traps. A subshell is a copy in a process of its own. What
 * runs commands is handed in as `Interpreter`, so that expansions and builtins can call it without importing it.
 */
import type { CommandNode, Statement, Function as FunctionNode } from 'unbash'
import { textOf } from '../../base/bytes.ts'
import { ashWords, dashWords } from './ash-words.ts'
import { ArithmeticError, evaluate } from './arithmetic.ts'
import type { Descriptor } from '../kernel/open-file.ts'
import type { Blocking, Process, Running } from '../kernel/process.ts'
import type { Signal } from '../kernel/signals.ts'
import type { Completions } from './completion.ts'
import type { CompletionSpec } from './completion-spec.ts'
import type { History } from './history.ts'
import type { Job } from './jobs.ts'
import { lineOf, type Source } from './parse.ts'
import type { Saved } from './redirect.ts'
import { UnixError } from '../errors.ts'
import { bashBucket, dashBucket } from './environment-order.ts'
import { Variables } from './variables.ts'

/** Leaves a function, loops or the shell; thrown, and caught by whoever it is for. */
export type Jump =
  | { readonly jump: 'break' | 'continue'; readonly levels: number }
  | { readonly jump: 'return'; readonly status: number }
  | { readonly jump: 'exit'; readonly status: number }
  /** Gives up the present top-level line, as bash does after an expansion error. */
  | { readonly jump: 'discard'; readonly status: number }

export class Jumping {
  readonly jump: Jump
  constructor(jump: Jump) {
    this.jump = jump
  }
}

export const exitShell = (status: number) => new Jumping({ jump: 'exit', status })
export const discardLine = (status = 1) => new Jumping({ jump: 'discard', status })

export type Flavour = 'bash' | 'ash'

export interface ShellFunction {
  readonly node: FunctionNode
  readonly source: Source
  readonly file: string
}

export interface Frame {
  readonly name: string
  /** Line of the call. */
  readonly line: number
  readonly file: string
}

export interface Interpreter {
  /** Runs a list in this shell and answers its status. */
  statements(shell: Shell, statements: readonly Statement[], options?: { isLast?: boolean }): Blocking<number>
  /** Any one command; `isLast` where nothing comes after it in this process. */
  command(shell: Shell, node: CommandNode, isLast: boolean): Blocking<number>
  /** Parses and runs a text in this shell (`eval`, `source`, traps). */
  text(shell: Shell, text: string, options?: { firstLine?: number; isLast?: boolean }): Blocking<number>
  /** Expanded words as a simple command: function, builtin or program. */
  words(shell: Shell, argv: readonly string[], options?: { skipFunctions?: boolean; isLast?: boolean }): Blocking<number>
  /** A subshell in a process of its own. */
  fork(shell: Shell, run: (subshell: Shell) => Blocking<number>, options?: ForkOptions): Process
  /** What `exec` does: never comes back when it succeeds. */
  exec(shell: Shell, argv: readonly string[], options: { argv0?: string; env?: Readonly<Record<string, string>> }): Blocking<number>
}

export interface ForkOptions {
  readonly descriptors?: ReadonlyMap<number, Descriptor>
  readonly group?: number | 'own'
  readonly isBackground?: boolean
}

export interface ShellHooks {
  /** A line was typed and is about to run. */
  readonly onCommand?: (process: Process, line: string) => void
  /** It has run; the prompt waits for what this answers. */
  readonly onCommandEnd?: (process: Process, line: string, exitCode: number) => Blocking<void> | undefined
  readonly completions?: Completions
  /** `sh` of Debian and Ubuntu: ash's elder sister, with line numbers in its complaints and no bashisms. */
  readonly isDash?: boolean
  /** Runs a file without `#!`, as execve refuses and shells then do. Filled in by `createBash`. */
  readonly script: (process: Process, path: string, argv: readonly string[]) => Running
}

const setOptions = [
  'allexport',
  'braceexpand',
  'emacs',
  'errexit',
  'errtrace',
  'functrace',
  'hashall',
  'histexpand',
  'history',
  'ignoreeof',
  'interactive-comments',
  'keyword',
  'monitor',
  'noclobber',
  'noexec',
  'noglob',
  'nolog',
  'notify',
  'nounset',
  'onecmd',
  'physical',
  'pipefail',
  'posix',
  'privileged',
  'verbose',
  'vi',
  'xtrace',
] as const
export type SetOption = (typeof setOptions)[number]
export const setOptionNames: readonly SetOption[] = setOptions
export const optionLetters: Readonly<Record<string, SetOption>> = {
  a: 'allexport',
  B: 'braceexpand',
  b: 'notify',
  C: 'noclobber',
  e: 'errexit',
  E: 'errtrace',
  f: 'noglob',
  H: 'histexpand',
  h: 'hashall',
  k: 'keyword',
  m: 'monitor',
  n: 'noexec',
  P: 'physical',
  p: 'privileged',
  T: 'functrace',
  t: 'onecmd',
  u: 'nounset',
  v: 'verbose',
  x: 'xtrace',
}

export class Shell {
  readonly process: Process
  readonly interpreter: Interpreter
  readonly flavour: Flavour
  readonly hooks: ShellHooks
  readonly variables: Variables
  functions: Map<string, ShellFunction>
  aliases: Map<string, string>
  options: Set<SetOption>
  shopts: Map<string, boolean>
  /** What `complete` was told, by command. */
  completions: Map<string, CompletionSpec>
  /** The command whose completion function runs now. */
  completing: string | undefined
  /** Descriptors that lead to coprocesses; children do not get them. */
  readonly coprocessEnds = new Map<number, Descriptor>()
  /** Redirections that will be taken back when their command is over. */
  readonly saved = new Set<Saved>()
  /** `enable -n`. */
  disabledBuiltins: Set<string>
  positional: string[] = []
  /** `$0`. */
  name: string
  status = 0
  lastBackgroundPid: number | undefined
  jobs: Job[] = []
  traps: Map<string, string>
  readonly pendingTraps: Signal[] = []
  /** What an interactive shell does on signals that have no trap. */
  readonly interactiveHandlers = new Map<Signal, 'ignore' | ((signal: Signal) => void)>()
  source: Source = { text: '', firstLine: 1 }
  /** Offset in `source` of what runs now. */
  position = 0
  frames: Frame[] = []
  loopDepth = 0
  sourceDepth = 0
  /** Greater than 0 while a status is being tested, so that `set -e` does not act. */
  conditionDepth = 0
  isInteractive = false
  isLogin = false
  /** `-c`. */
  isCommandString = false
  subshellDepth = 0
  /** Nesting of command substitutions: how many `+` stand before a traced line. */
  substitutionDepth = 0
  /** `$$`, which subshells inherit. */
  readonly rootPid: number
  directoryStack: string[] = []
  history: History | undefined
  hashed: Map<string, { path: string; hits: number }>
  /** The PATH for which `hashed` holds. */
  hashedFor: string | undefined
  /** Offset of the letter within an argument that getopts looks at next. */
  getoptsAt = 0
  isExitTrapRunning = false
  wasInterrupted = false
  /** The terminal has another size since the line was drawn. */
  wasResized = false
  statementsRun = 0
  readonly startedAtMs: number
  secondsOffset = 0
  randomState: number | undefined
  /** Status of the last command substitution, for `x=$(false)`. */
  substitutionStatus: number | undefined
  lastArgument = ''

  constructor(process: Process, interpreter: Interpreter, flavour: Flavour, hooks: ShellHooks, from?: Shell) {
    this.process = process
    this.interpreter = interpreter
    this.flavour = flavour
    this.hooks = hooks
    this.variables = from ? from.variables.copy() : new Variables(flavour === 'bash' ? bashBucket : dashBucket)
    this.variables.integerOf = (text) => String(this.arithmetic(text))
    this.functions = new Map(from?.functions)
    this.aliases = new Map(from?.aliases)
    this.options = new Set(from?.options ?? ['braceexpand', 'hashall', 'interactive-comments'])
    this.shopts = new Map(from?.shopts)
    this.completions = new Map(from?.completions)
    this.disabledBuiltins = new Set(from?.disabledBuiltins)
    this.name = from?.name ?? process.argv[0] ?? 'bash'
    this.rootPid = from?.rootPid ?? process.pid
    this.startedAtMs = from?.startedAtMs ?? process.now()
    this.traps = new Map(from ? [...from.traps].filter(([, action]) => action === '') : [])
    this.hashed = new Map(from?.hashed)
    this.hashedFor = from?.hashedFor
    if (!from) return
    this.positional = from.positional
    this.status = from.status
    this.lastBackgroundPid = from.lastBackgroundPid
    this.source = from.source
    this.position = from.position
    this.frames = from.frames
    this.loopDepth = from.loopDepth
    this.sourceDepth = from.sourceDepth
    this.conditionDepth = from.conditionDepth
    this.isCommandString = from.isCommandString
    this.directoryStack = from.directoryStack
    this.subshellDepth = from.subshellDepth + 1
    this.substitutionDepth = from.substitutionDepth
    this.secondsOffset = from.secondsOffset
    this.lastArgument = from.lastArgument
    this.getoptsAt = from.getoptsAt
    this.history = from.history
    this.isInteractive = false
    if (from.isInteractive) this.wasInteractive = true
    this.jobs = from.jobs.map((job) => ({ ...job, isForeign: true }))
  }

  /** A subshell of an interactive shell complains without a line number, as its parent does. */
  wasInteractive = false
  linesTyped = 0
  /** Forked for one command of a pipeline or in the background, which simply becomes that command. */
  isStage = false

  get isDash(): boolean {
    return this.hooks.isDash === true
  }

  copy(process: Process): Shell {
    return new Shell(process, this.interpreter, this.flavour, this.hooks, this)
  }

  option(name: SetOption): boolean {
    return this.options.has(name)
  }

  shopt(name: string): boolean {
    return this.shopts.get(name) ?? false
  }

  get line(): number {
    return lineOf(this.source, this.position)
  }

  /** What stands before every message: `bash: line 3: `, or `bash: ` at a prompt. */
  get prefix(): string {
    if (this.isDash) return `${this.name.replace(/^-/, '')}: ${this.isInteractive ? this.linesTyped : this.line}: `
    if (this.isInteractive || this.wasInteractive) return `${this.flavour === 'ash' ? this.name.replace(/^-/, '') : 'bash'}: `
    if (this.flavour === 'ash') return this.isCommandString ? `${this.name}: ` : `${this.name}: line ${this.line}: `
    const name = this.frames.findLast((frame) => frame.name === 'source')?.file ?? this.name
    return `${name}: line ${this.line}: `
  }

  /** Tells an error; standard error is a descriptor that may be anything, even closed. */
  *complain(text: string): Blocking<void> {
    yield* this.say(`${this.prefix}${this.isDash ? dashWords(text) : this.flavour === 'ash' ? ashWords(text) : text}\n`)
  }

  *say(text: string): Blocking<void> {
    const descriptor = this.process.descriptors.get(2)
    if (!descriptor) return
    let bytes = encoder.encode(text)
    try {
      while (bytes.length > 0) {
        const taken = descriptor.file.write(bytes)
        if (taken === 0) yield { on: [descriptor.file.writable] }
        bytes = bytes.subarray(taken)
      }
    } catch (error) {
      // Nobody is left to be told.
      if (!(error instanceof UnixError)) throw error
    }
  }

  /** Value of a variable or a special parameter; undefined when unset. */
  parameter(name: string): string | undefined {
    switch (name) {
      case '?':
        return String(this.status)
      case '#':
        return String(this.positional.length)
      case '$':
        return String(this.rootPid)
      case '!':
        return this.lastBackgroundPid === undefined ? undefined : String(this.lastBackgroundPid)
      case '0':
        return this.name
      case '-':
        return this.flags()
      case '_':
        return this.lastArgument
      case '@':
      case '*':
        return this.positional.length === 0 ? undefined : this.positional.join(name === '*' ? this.separator() : ' ')
    }
    if (/^\d+$/.test(name)) return this.positional[Number(name) - 1]
    return this.dynamic(name) ?? this.variables.get(name)
  }

  /** First letter of IFS: what joins "$*". */
  separator(): string {
    return (this.variables.get('IFS') ?? ' \t\n').slice(0, 1)
  }

  flags(): string {
    const letters = Object.entries(optionLetters)
      .filter(([, name]) => this.options.has(name))
      .map(([letter]) => letter)
    const order = 'abefhkmnptuvxBCEHPT'
    letters.sort((a, b) => order.indexOf(a) - order.indexOf(b))
    return letters.join('') + (this.isInteractive ? 'i' : '') + (this.isCommandString ? 'c' : '')
  }

  dynamic(name: string): string | undefined {
    switch (name) {
      case 'RANDOM':
        return String(this.nextRandom())
      case 'SRANDOM':
        return String(this.process.kernel.random.below(0xffffffff))
      case 'SECONDS':
        return String(Math.floor((this.process.now() - this.startedAtMs) / 1000) + this.secondsOffset)
      case 'LINENO':
        return String(this.line)
      case 'BASHPID':
        return String(this.process.pid)
      case 'PPID':
        return this.variables.get('PPID') ?? String(this.process.parentPid)
      case 'EPOCHSECONDS':
        return String(Math.floor(this.process.now() / 1000))
      case 'EPOCHREALTIME':
        return `${Math.floor(this.process.now() / 1000)}.${String(Math.floor((this.process.now() % 1000) * 1000)).padStart(6, '0')}`
      case 'BASH_SUBSHELL':
        return String(this.subshellDepth)
      case 'COLUMNS':
      case 'LINES': {
        const { terminal } = this.process
        return this.isInteractive && terminal ? String(name === 'COLUMNS' ? terminal.cols : terminal.rows) : undefined
      }
      case 'HISTCMD':
        return this.history ? String(this.history.lines.length + 1) : undefined
      case 'FUNCNAME':
      case 'BASH_SOURCE':
      case 'BASH_LINENO':
      case 'DIRSTACK':
      case 'GROUPS':
        return this.dynamicArray(name)?.[0]
      default:
        return undefined
    }
  }

  dynamicArray(name: string): string[] | undefined {
    switch (name) {
      case 'FUNCNAME':
        return this.frames.length === 0
          ? []
          : [...this.frames.map((frame) => frame.name).reverse(), ...(this.isCommandString ? [] : ['main'])]
      case 'BASH_LINENO':
        return [...this.frames.map((frame) => String(frame.line)).reverse(), '0']
      case 'BASH_SOURCE':
        return [...this.frames.map((frame) => frame.file).reverse(), ...(this.isCommandString || this.isInteractive ? [] : [this.name])]
      case 'DIRSTACK':
        return [this.process.cwd, ...this.directoryStack]
      case 'GROUPS':
        return [String(this.process.credentials.gid), ...this.process.credentials.groups.map(String)]
      default:
        return undefined
    }
  }

  nextRandom(): number {
    if (this.randomState === undefined) return this.process.kernel.random.below(32768)
    // A seed makes the sequence repeat; the numbers are not bash's own.
    this.randomState = (Math.imul(this.randomState, 1103515245) + 12345) & 0x7fffffff
    return (this.randomState >> 8) & 0x7fff
  }

  assign(name: string, value: string, options: { append?: boolean } = {}): void {
    switch (name) {
      case 'RANDOM':
        this.randomState = Number(value) | 0
        return
      case 'SECONDS':
        this.secondsOffset = Number(value) - Math.floor((this.process.now() - this.startedAtMs) / 1000)
        return
      case 'OPTIND':
        this.getoptsAt = 0
        break
      case 'PATH':
        this.hashed.clear()
        break
      case 'FUNCNAME':
      case 'BASHPID':
      case 'GROUPS':
        return
    }
    this.variables.set(name, value, options)
    if (this.options.has('allexport')) {
      const variable = this.variables.find(this.variables.resolve(name))
      if (variable && !variable.isExported) {
        variable.isExported = true
        this.variables.attributesChanged()
      }
    }
  }

  /** Value of an expression in which nothing is left to expand. Throws `ArithmeticError`. */
  arithmetic(text: string): number | bigint {
    return evaluate(text, {
      get: (name, index) => {
        const value =
          index === undefined ? this.parameter(name) : (this.dynamicArray(name)?.[Number(index)] ?? this.variables.element(name, index))
        if (value === undefined && this.options.has('nounset')) throw new ArithmeticError(`${name}: unbound variable`)
        return value ?? '0'
      },
      set: (name, index, value) => {
        if (index === undefined) this.assign(name, value)
        else this.variables.setElement(name, index, value)
      },
      isAssociative: (name) => this.variables.find(this.variables.resolve(name))?.associative !== undefined,
    })
  }

  /** Directory that `~` stands for. */
  home(): string {
    return this.variables.get('HOME') ?? this.homeOf(undefined) ?? '/'
  }

  homeOf(user: string | undefined): string | undefined {
    for (const entry of this.passwords()) {
      if (user === undefined ? Number(entry[2]) === this.process.credentials.uid : entry[0] === user) return entry[5]
    }
    return undefined
  }

  userName(): string {
    return (
      this.passwords().find((entry) => Number(entry[2]) === this.process.credentials.uid)?.[0] ??
      (this.process.credentials.uid === 0 ? 'root' : 'I have no name!')
    )
  }

  passwords(): string[][] {
    if (!this.process.files.exists('/etc/passwd')) return []
    return textOf(this.process.files.readFile('/etc/passwd'))
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(':'))
  }
}

const encoder = new TextEncoder()
