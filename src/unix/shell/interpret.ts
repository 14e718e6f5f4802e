/**
 * Runs syntax trees. Every stage of a pipeline, every `( … )` and `&` is a process of its own with a copy of the shell's state, joined by
 * real pipes; the last command of such a process replaces it, as bash does, so that `cmd & kill $!` reaches the command itself.
 */
import type { AndOr, ArithmeticExpression, Assignment, Case, Command, CommandNode, CompoundCommand, For, Function as FunctionNode, Pipeline, PipelineNode, Redirected, Redirection, Select, Statement, Word } from 'unbash'
import { bytesOf } from '../../base/bytes.ts'
import { UnixError } from '../errors.ts'
import { executable, found } from '../kernel/execute.ts'
import { Descriptor } from '../kernel/open-file.ts'
import { pipe } from '../kernel/pipe.ts'
import { type Blocking, Exit, out, type Process, type ProcessOptions, type Program } from '../kernel/process.ts'
import { signalNumbers } from '../kernel/signals.ts'
import { ArithmeticError } from './arithmetic.ts'
import { assign, declarationBuiltins, declare } from './builtins/declare.ts'
import { builtins } from './builtins/index.ts'
import { conditional } from './conditional.ts'
import { arithmetic, expandToPattern, expandToText, expandWords } from './expand.ts'
import { addJob, inFront, jobLine, signalText, statusOf } from './jobs.ts'
import { parse } from './parse.ts'
import { matches } from './pattern.ts'
import { closeSubstitutions, substitutionsOpen } from './process-substitution.ts'
import { traceQuoted } from './quote.ts'
import { redirect, Saved } from './redirect.ts'
import { discardLine, exitShell, type ForkOptions, type Interpreter, Jumping, type Shell } from './shell.ts'
import { runExitTrap, runPendingTraps, runTrap } from './traps.ts'
import { ReadonlyVariable } from './variables.ts'
import { compiled } from './words.ts'

/** How many statements run before the others get their turn. */
const statementsPerTurn = 50

export const interpreter: Interpreter = { statements, text, words: runWords, fork, exec }

interface RunOptions {
  /** Nothing comes after it in this process. */
  readonly isLast?: boolean
}

function* statements(shell: Shell, list: readonly Statement[], { isLast = false }: RunOptions = {}): Blocking<number> {
  for (let index = 0; index < list.length; index++) {
    yield* statement(shell, list[index], isLast && index === list.length - 1)
  }
  return shell.status
}

function* text(shell: Shell, script: string, { firstLine, isLast = false }: { firstLine?: number; isLast?: boolean; name?: string } = {}): Blocking<number> {
  const parsed = parse(script, firstLine ?? shell.line)
  const { source, position } = shell
  shell.source = parsed.source
  try {
    if (parsed.statements.length === 0 && !parsed.error) return (shell.status = 0)
    for (const [index, each] of parsed.statements.entries()) {
      if (parsed.error && each.pos >= parsed.error.from) break
      yield* statement(shell, each, isLast && !parsed.error && index === parsed.statements.length - 1)
    }
    if (parsed.error) {
      shell.position = parsed.error.from
      for (const message of parsed.error.messages) yield* shell.say(`${shell.prefix.replace(/line \d+: $/, `eval: line ${parsed.error.line}: `)}${message}\n`)
      shell.status = 1
    }
    return shell.status
  } finally {
    shell.source = source
    shell.position = position
  }
}

function* statement(shell: Shell, node: Statement, isLast: boolean): Blocking<void> {
  if (++shell.statementsRun % statementsPerTurn === 0) yield undefined
  if (shell.pendingTraps.length > 0) yield* runPendingTraps(shell)
  if (shell.wasInterrupted) {
    shell.wasInterrupted = false
    yield* shell.say('\n')
    throw discardLine(130)
  }
  if (shell.option('noexec') && !shell.isInteractive) return
  if (node.background) yield* background(shell, node)
  else yield* andOr(shell, node.command, isLast)
}

/** Plain functions hand the generator on: every level of `yield*` costs at each step of whatever runs below. */
function andOr(shell: Shell, node: PipelineNode | AndOr, isLast: boolean): Blocking<number> {
  return node.type === 'AndOr' ? list(shell, node, isLast) : pipeline(shell, node, isLast)
}

function* list(shell: Shell, node: AndOr, isLast: boolean): Blocking<number> {
  let status = 0
  for (let index = 0; index < node.commands.length; index++) {
    if (index > 0 && (node.operators[index - 1] === '&&') !== (status === 0)) continue
    const isFinal = index === node.commands.length - 1
    if (!isFinal) shell.conditionDepth++
    try {
      status = yield* pipeline(shell, node.commands[index], isFinal && isLast)
    } finally {
      if (!isFinal) shell.conditionDepth--
    }
  }
  return status
}

function pipeline(shell: Shell, node: PipelineNode, isLast: boolean): Blocking<number> {
  return node.type === 'Pipeline' ? timedPipeline(shell, node, isLast) : command(shell, node, isLast)
}

function* timedPipeline(shell: Shell, node: Pipeline, isLast: boolean): Blocking<number> {
  const isNegated = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1
  const time = node.prefixes.find((prefix) => prefix.type === 'Time')
  const startMs = shell.process.now()
  if (isNegated) shell.conditionDepth++
  let status: number
  try {
    if (node.commands.length === 0) status = 0
    else if (node.commands.length === 1) status = yield* command(shell, node.commands[0], isLast && !isNegated && !time)
    else status = yield* pipes(shell, node)
  } finally {
    if (isNegated) shell.conditionDepth--
  }
  if (time) yield* tellTime(shell, shell.process.now() - startMs, time.posix !== undefined)
  if (isNegated) status = shell.status = status === 0 ? 1 : 0
  return status
}

function* tellTime(shell: Shell, ms: number, isPosix: boolean): Blocking<void> {
  if (shell.flavour === 'ash') {
    const shown = (value: number) => `${Math.floor(value / 60_000)}m ${((value % 60_000) / 1000).toFixed(2)}s`
    yield* shell.say(`real\t${shown(ms)}\nuser\t${shown(0)}\nsys\t${shown(0)}\n`)
    return
  }
  const format = isPosix ? 'real %2R\nuser %2U\nsys %2S' : (shell.parameter('TIMEFORMAT') ?? '\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS')
  if (format === '') return
  const values: Readonly<Record<string, number>> = { R: ms, U: Math.min(ms, 1), S: 0 }
  const text = format.replace(/%(\d?)(l?)([RUSP%])/g, (_, digits: string, isLong: string, letter: string) => {
    if (letter === '%') return '%'
    if (letter === 'P') return ms === 0 ? '0.00' : ((100 * values.U) / ms).toFixed(2)
    const places = Math.min(3, digits === '' ? 3 : Number(digits))
    const value = values[letter]
    return isLong ? `${Math.floor(value / 60_000)}m${((value % 60_000) / 1000).toFixed(places)}s` : (value / 1000).toFixed(places)
  })
  yield* shell.say(`${text}\n`)
}

function* pipes(shell: Shell, node: Pipeline): Blocking<number> {
  const last = node.commands.length - 1
  const runsLastHere = shell.shopt('lastpipe') && !shell.option('monitor')
  const { processes, group, lastInput } = startPipeline(shell, node, runsLastHere)
  let lastStatus: number | undefined
  if (lastInput) {
    const saved = new Saved(shell)
    saved.put(0, lastInput)
    lastInput.release()
    try {
      lastStatus = yield* command(shell, node.commands[last], false)
    } finally {
      saved.restore()
    }
  }
  const result = yield* inFront(shell, processes, group)
  if (result === 'stopped') return yield* stopped(shell, processes, sourceText(shell, node), group)
  const statuses = processes.map(statusOf)
  if (lastStatus !== undefined) statuses.push(lastStatus)
  setPipeStatus(shell, statuses)
  shell.status = shell.option('pipefail') ? (statuses.findLast((status) => status !== 0) ?? 0) : statuses[statuses.length - 1]
  const killed = processes[processes.length - 1]
  if (lastStatus === undefined) yield* afterKilled(shell, [killed], sourceText(shell, node))
  yield* checkFailure(shell)
  return shell.status
}

function startPipeline(shell: Shell, node: Pipeline, keepsLast = false): { processes: Process[]; group: number | undefined; lastInput: Descriptor | undefined } {
  const processes: Process[] = []
  let group: number | undefined
  let input: Descriptor | undefined
  for (const [index, stage] of node.commands.entries()) {
    const isFinal = index === node.commands.length - 1
    if (isFinal && keepsLast) return { processes, group, lastInput: input }
    const descriptors = new Map(shell.process.descriptors)
    if (input) descriptors.set(0, input)
    let reader: Descriptor | undefined
    let writer: Descriptor | undefined
    if (!isFinal) {
      const ends = pipe(shell.process.kernel.nextInode())
      reader = new Descriptor(ends.reader).retain()
      writer = new Descriptor(ends.writer).retain()
      descriptors.set(1, writer)
      if (node.operators[index] === '|&') descriptors.set(2, writer)
    }
    const child = fork(shell, (subshell) => command(subshell, stage, true), { descriptors, group: shell.option('monitor') ? (group ?? 'own') : undefined })
    if (shell.option('monitor')) group ??= child.group
    processes.push(child)
    input?.release()
    writer?.release()
    input = reader
  }
  return { processes, group, lastInput: undefined }
}

/** Status of a pipeline's members, for `${PIPESTATUS[@]}`. */
function setPipeStatus(shell: Shell, statuses: readonly number[]): void {
  const variable = shell.variables.makeArray('PIPESTATUS', 'indexed')
  variable.indexed = statuses.map(String)
}

function setSingleStatus(shell: Shell, status: number): void {
  shell.status = status
  const variable = shell.variables.find('PIPESTATUS')
  if (variable?.indexed && variable.indexed.length === 1 && variable.indexed[0] === String(status)) return
  setPipeStatus(shell, [status])
}

/** After a pipeline failed: the ERR trap and `set -e`. */
function* checkFailure(shell: Shell): Blocking<void> {
  const { status } = shell
  if (status === 0 || shell.conditionDepth > 0) return
  if (shell.traps.has('ERR')) yield* runTrap(shell, 'ERR')
  if (shell.option('errexit')) throw exitShell(status)
}

function* stopped(shell: Shell, processes: readonly Process[], commandText: string, group: number | undefined): Blocking<number> {
  const job = addJob(shell, processes, commandText, group)
  job.told = 'Stopped'
  shell.jobs = [...shell.jobs.filter((each) => each !== job), job]
  yield* shell.say(`\n${jobLine(shell, job)}`)
  setSingleStatus(shell, 128 + signalNumbers.TSTP)
  return shell.status
}

/** What bash says about a child that a signal killed. */
function* afterKilled(shell: Shell, processes: readonly Process[], commandText: string): Blocking<void> {
  const signal = processes[processes.length - 1].killedBy
  if (!signal) return
  if (signal === 'INT') {
    if (!shell.isInteractive) return
    yield* shell.say('\n')
    // ^C ends the whole line, loops included.
    throw discardLine(130)
  }
  if (signal === 'PIPE') return
  const pid = processes[processes.length - 1].pid
  yield* shell.say(shell.isInteractive ? `${signalText(signal)}\n` : `${shell.prefix}${String(pid).padStart(5)} ${signalText(signal).padEnd(23)} ${commandText}\n`)
}

function* background(shell: Shell, node: Statement): Blocking<void> {
  const group = shell.option('monitor') ? 'own' : undefined
  let processes: readonly Process[]
  let jobGroup: number | undefined
  if (node.command.type === 'Pipeline' && node.command.commands.length > 1 && node.command.prefixes.length === 0) {
    const started = startPipeline(shell, node.command)
    processes = started.processes
    jobGroup = started.group
  } else {
    const { command: inner } = node
    const child = fork(shell, (subshell) => andOr(subshell, inner, true), { group, isBackground: true })
    processes = [child]
    jobGroup = group && child.group
  }
  shell.lastBackgroundPid = processes[processes.length - 1].pid
  const job = addJob(shell, processes, sourceText(shell, node).replace(/\s*&\s*$/, ''), jobGroup)
  shell.status = 0
  if (shell.isInteractive) yield* shell.say(`[${job.number}] ${shell.lastBackgroundPid}\n`)
}

function sourceText(shell: Shell, node: { pos: number; end: number }): string {
  return shell.source.text.slice(node.pos, node.end).replace(/\s*\n\s*/g, ' ')
}

/** A child with a copy of this shell, which runs `run` and then its EXIT trap. */
function fork(shell: Shell, run: (subshell: Shell) => Blocking<number>, { descriptors, group, isBackground = false }: ForkOptions = {}): Process {
  const { process } = shell
  const child = spawned(shell, {
    program: (own) => subshellProgram(shell.copy(own), run),
    argv: process.argv,
    env: shell.variables.environment(),
    cwd: process.cwd,
    namespaces: process.namespaces,
    credentials: process.credentials,
    cgroup: process.cgroup,
    terminal: process.terminal,
    descriptors: inherited(shell, descriptors ?? process.descriptors),
    parent: process,
    group: typeof group === 'number' ? group : undefined,
  })
  inheritSignals(shell, child)
  if (group === 'own') child.group = child.hostPid
  else if (isBackground && !shell.option('monitor')) {
    child.handlers.set('INT', 'ignore')
    child.handlers.set('QUIT', 'ignore')
  }
  return child
}

/** Where no more processes may be, an interactive shell gives the line up and a script ends. */
function spawned(shell: Shell, options: ProcessOptions): Process {
  try {
    return shell.process.kernel.spawn(options)
  } catch (error) {
    if (!(error instanceof UnixError) || error.errno !== 'EAGAIN') throw error
    const isBash = shell.flavour === 'bash' && !shell.isDash
    shell.process.descriptors.get(2)?.file.write(bytesOf(`${shell.prefix}${isBash ? 'fork: retry: ' : "can't fork: "}${error.words}\n`))
    throw shell.isInteractive ? discardLine(254) : exitShell(isBash ? 254 : 2)
  }
}

/** A child that kept a coprocess' end would keep it from seeing that its input is over. */
function inherited(shell: Shell, descriptors: ReadonlyMap<number, Descriptor>): ReadonlyMap<number, Descriptor> {
  if (shell.coprocessEnds.size === 0) return descriptors
  return new Map([...descriptors].filter(([number, descriptor]) => shell.coprocessEnds.get(number) !== descriptor))
}

function inheritSignals(shell: Shell, child: Process): void {
  for (const [name, action] of shell.traps) if (action === '' && name in signalNumbers) child.handlers.set(name as keyof typeof signalNumbers, 'ignore')
  if (shell.isInteractive || shell.process.handlers.size === 0) return
  for (const signal of inheritedSignals) if (shell.process.handlers.get(signal) === 'ignore') child.handlers.set(signal, 'ignore')
}

/** What `nohup` and `&` made a shell ignore stays ignored in its children. */
const inheritedSignals = ['INT', 'QUIT', 'HUP'] as const

function* subshellProgram(shell: Shell, run: (subshell: Shell) => Blocking<number>): Blocking<number> {
  shell.options.delete('monitor')
  try {
    shell.status = yield* run(shell)
  } catch (error) {
    if (!(error instanceof Jumping)) throw error
    shell.status = 'status' in error.jump ? error.jump.status : shell.status
  }
  return yield* runExitTrap(shell)
}

function command(shell: Shell, node: CommandNode, isLast: boolean): Blocking<number> {
  switch (node.type) {
    case 'Command':
      shell.position = node.pos
      return simple(shell, node, isLast)
    case 'Redirected':
      return redirected(shell, node)
    case 'Function':
      return define(shell, node)
    case 'Coproc':
      return coprocess(shell, node)
    default:
      return compound(shell, node, isLast)
  }
}

function* redirected(shell: Shell, node: Redirected): Blocking<number> {
  const opened = substitutionsOpen(shell)
  const saved = new Saved(shell)
  try {
    if (yield* redirect(shell, node.redirects, saved)) return yield* compound(shell, node.command)
    return yield* failed(shell, refusedStatus(shell))
  } finally {
    saved.restore()
    closeSubstitutions(shell, opened)
  }
}

function* define(shell: Shell, node: FunctionNode): Blocking<number> {
  shell.functions.set(node.name.value, { node, source: shell.source, file: shell.frames.at(-1)?.file ?? shell.name })
  return (shell.status = 0)
}

/** Both ends of a child's standard input and output, as descriptors whose numbers stand in an array. */
function* coprocess(shell: Shell, node: Extract<CommandNode, { type: 'Coproc' }>): Blocking<number> {
  const { process } = shell
  const name = node.name?.value ?? 'COPROC'
  const [toChild, fromChild] = [pipe(process.kernel.nextInode()), pipe(process.kernel.nextInode())]
  const childEnds = [new Descriptor(toChild.reader).retain(), new Descriptor(fromChild.writer).retain()]
  const child = fork(shell, (subshell) => (node.body.type === 'CompoundList' ? statements(subshell, node.body.commands) : command(subshell, node.body, true)), {
    descriptors: new Map(process.descriptors).set(0, childEnds[0]).set(1, childEnds[1]),
    group: shell.option('monitor') ? 'own' : undefined,
    isBackground: true,
  })
  for (const end of childEnds) end.release()
  const numbers = [fromChild.reader, toChild.writer].map((file) => {
    let number = 63
    while (process.descriptors.has(number)) number--
    const end = new Descriptor(file).retain()
    process.descriptors.set(number, end)
    shell.coprocessEnds.set(number, end)
    return number
  })
  shell.variables.unset(name)
  numbers.forEach((number, index) => shell.variables.setElement(name, String(index), String(number)))
  shell.variables.set(`${name}_PID`, String(child.pid))
  shell.lastBackgroundPid = child.pid
  const job = addJob(shell, [child], sourceText(shell, node), shell.option('monitor') ? child.group : undefined)
  if (shell.isInteractive) yield* shell.say(`[${job.number}] ${child.pid}\n`)
  return (shell.status = 0)
}

function* compound(shell: Shell, node: CompoundCommand, isLast = false): Blocking<number> {
  switch (node.type) {
    case 'BraceGroup':
      return yield* statements(shell, node.body.commands)
    case 'Subshell': {
      const canStay = isLast && shell.subshellDepth > 0 && shell.traps.size === 0
      if (canStay) shell.subshellDepth++
      if (canStay) return yield* statements(shell, node.body.commands, { isLast: true })
      const child = fork(shell, (subshell) => statements(subshell, node.body.commands, { isLast: true }), { group: shell.option('monitor') ? 'own' : undefined })
      return yield* waitedFor(shell, child, node)
    }
    case 'If': {
      if ((yield* condition(shell, node.clause.commands)) === 0) return yield* statements(shell, node.then.commands)
      for (const branch of node.elif) if ((yield* condition(shell, branch.clause.commands)) === 0) return yield* statements(shell, branch.then.commands)
      if (node.else) return yield* statements(shell, node.else.commands)
      return (shell.status = 0)
    }
    case 'While': {
      let status = 0
      yield* loop(shell, function* () {
        if (((yield* condition(shell, node.clause.commands)) === 0) !== (node.kind === 'while')) return false
        status = yield* statements(shell, node.body.commands)
        return true
      })
      return (shell.status = status)
    }
    case 'For':
      return yield* forEach(shell, node)
    case 'ArithmeticFor': {
      shell.status = 0
      if (node.initialize) yield* loopArithmetic(shell, node.initialize)
      let status = 0
      yield* loop(
        shell,
        function* () {
          if (node.test && !(yield* loopArithmetic(shell, node.test))) return false
          status = yield* statements(shell, node.body.commands)
          return true
        },
        function* () {
          if (node.update) yield* loopArithmetic(shell, node.update)
        },
      )
      return (shell.status = status)
    }
    case 'Case':
      return yield* caseOf(shell, node)
    case 'Select':
      return yield* select(shell, node)
    case 'TestCommand': {
      shell.position = node.pos
      if (shell.isDash) {
        yield* shell.complain('[[: not found')
        return yield* failed(shell, 127)
      }
      const status = yield* conditional(shell, node.expression)
      setSingleStatus(shell, status)
      yield* checkFailure(shell)
      return status
    }
    case 'ArithmeticCommand': {
      shell.position = node.pos
      if (shell.option('xtrace')) yield* trace(shell, `(( ${shell.source.text.slice(node.pos + 2, node.end - 2)} ))`)
      let status: number
      try {
        const value = yield* arithmetic(shell, node.body, '((: ')
        status = value == 0 ? 1 : 0
      } catch (error) {
        if (!(error instanceof Jumping) || error.jump.jump !== 'discard') throw error
        status = 1
      }
      setSingleStatus(shell, status)
      yield* checkFailure(shell)
      return status
    }
  }
}

function* waitedFor(shell: Shell, child: Process, node: { pos: number; end: number }): Blocking<number> {
  const group = shell.option('monitor') ? child.group : undefined
  if ((yield* inFront(shell, [child], group)) === 'stopped') return yield* stopped(shell, [child], sourceText(shell, node), group)
  setSingleStatus(shell, statusOf(child))
  if (child.killedBy) yield* afterKilled(shell, [child], sourceText(shell, node))
  yield* checkFailure(shell)
  return shell.status
}

function* condition(shell: Shell, list: readonly Statement[]): Blocking<number> {
  shell.conditionDepth++
  try {
    return yield* statements(shell, list)
  } finally {
    shell.conditionDepth--
  }
}

/** Runs `round` until it answers false, minding `break` and `continue`. */
function* loop(shell: Shell, round: () => Blocking<boolean>, after?: () => Blocking<void>): Blocking<void> {
  shell.loopDepth++
  try {
    for (;;) {
      try {
        if (++shell.statementsRun % statementsPerTurn === 0) yield undefined
        if (!(yield* round())) return
      } catch (error) {
        if (!(error instanceof Jumping) || (error.jump.jump !== 'break' && error.jump.jump !== 'continue')) throw error
        const { jump, levels } = error.jump
        if (levels > 1 && shell.loopDepth > 1) throw new Jumping({ jump, levels: levels - 1 })
        if (jump === 'break') return
      }
      if (after) yield* after()
    }
  } finally {
    shell.loopDepth--
  }
}

function* loopArithmetic(shell: Shell, expression: ArithmeticExpression): Blocking<boolean> {
  return (yield* arithmetic(shell, shell.source.text.slice(expression.pos, expression.end))) != 0
}

function* forEach(shell: Shell, node: For): Blocking<number> {
  shell.position = node.pos
  const name = node.name.value
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    yield* shell.complain(`\`${name}': not a valid identifier`)
    return (shell.status = 1)
  }
  const opened = substitutionsOpen(shell)
  const values = node.wordlist ? yield* expandWords(shell, node.wordlist) : shell.positional
  let status = 0
  let index = 0
  shell.status = 0
  yield* loop(shell, function* () {
    if (index >= values.length) return false
    if (shell.option('xtrace') && node.wordlist) {
      shell.position = node.pos
      yield* trace(shell, `for ${name} in ${node.wordlist.map((word) => word.text).join(' ')}`)
    }
    shell.assign(name, values[index++])
    status = yield* statements(shell, node.body.commands)
    return true
  })
  closeSubstitutions(shell, opened)
  return (shell.status = index === 0 ? 0 : shell.status)
}

function* caseOf(shell: Shell, node: Case): Blocking<number> {
  shell.position = node.pos
  if (shell.option('xtrace')) yield* trace(shell, `case ${node.word.text} in`)
  const subject = yield* expandToText(shell, node.word)
  const ignoreCase = shell.shopt('nocasematch')
  shell.status = 0
  let isFalling = false
  for (const item of node.items) {
    let isMatch = isFalling
    for (const pattern of item.pattern) {
      if (isMatch) break
      isMatch = matches(subject, yield* expandToPattern(shell, pattern), { ignoreCase })
    }
    if (!isMatch) continue
    yield* statements(shell, item.body.commands)
    if (item.terminator === ';&') isFalling = true
    else if (item.terminator === ';;&') isFalling = false
    else return shell.status
  }
  return shell.status
}

function* select(shell: Shell, node: Select): Blocking<number> {
  const values = node.wordlist ? yield* expandWords(shell, node.wordlist) : [...shell.positional]
  let status = 0
  let isShown = false
  shell.status = 0
  yield* loop(shell, function* () {
    if (!isShown) yield* shell.say(menu(values, Number(shell.parameter('COLUMNS') ?? 80)))
    isShown = true
    yield* shell.say(shell.parameter('PS3') ?? '#? ')
    const readStatus = yield* runWords(shell, ['read', 'REPLY'], { skipFunctions: true })
    if (readStatus !== 0) {
      yield* out(shell.process, '\n')
      status = 1
      return false
    }
    const reply = shell.parameter('REPLY') ?? ''
    if (reply === '') {
      isShown = false
      return true
    }
    shell.assign(node.name.value, /^\d+$/.test(reply) ? (values[Number(reply) - 1] ?? '') : '')
    status = yield* statements(shell, node.body.commands)
    return true
  })
  return (shell.status = status)
}

function menu(values: readonly string[], columns: number): string {
  const digits = String(values.length).length
  const width = Math.max(0, ...values.map((value) => value.length)) + digits + 2
  const perRow = Math.max(1, Math.floor(columns / (width + 2)))
  const rows = values.length < 10 || perRow === 1 ? values.length : Math.ceil(values.length / perRow)
  let text = ''
  for (let row = 0; row < rows; row++) {
    const cells: string[] = []
    for (let at = row; at < values.length; at += rows) cells.push(`${String(at + 1).padStart(digits)}) ${values[at]}`)
    text += `${cells.map((cell, index) => (index === cells.length - 1 ? cell : cell.padEnd(width + 2))).join('')}\n`
  }
  return text
}

function* trace(shell: Shell, line: string): Blocking<void> {
  const prompt = shell.parameter('PS4') ?? '+ '
  const depth = prompt.slice(0, 1).repeat(shell.substitutionDepth) + prompt
  yield* shell.say(`${depth}${line}\n`)
}

function* simple(shell: Shell, node: Command, isLast: boolean): Blocking<number> {
  const name = node.name
  if (!name) return yield* assignments(shell, node)
  const alias = shell.aliases.size > 0 && (shell.shopt('expand_aliases') || shell.isInteractive || shell.wasInteractive || shell.flavour === 'ash') ? shell.aliases.get(name.text) : undefined
  if (alias !== undefined) return yield* aliased(shell, node, alias, isLast)
  shell.substitutionStatus = undefined
  const opened = substitutionsOpen(shell)
  const saved = new Saved(shell)
  let isPushed = false
  let keepsRedirects = false
  try {
    const literal = compiled(name).literal
    if (literal !== undefined && declarationBuiltins.has(literal) && !shell.functions.has(literal) && (shell.flavour === 'bash' || !bashOnly.has(literal))) {
      for (const each of node.prefix) if (each.type === 'Assignment') yield* assign(shell, each)
      if (!(yield* redirect(shell, node.redirects, saved))) return yield* failed(shell, refusedStatus(shell))
      const status = yield* declare(shell, literal, node.args)
      setSingleStatus(shell, status)
      yield* checkFailure(shell)
      return status
    }
    const argv = literalWords(name, node.args) ?? (yield* argumentsOf(shell, name, node.args))
    if (argv.length === 0) return yield* assignments(shell, node)
    const prefix = node.prefix.filter((each): each is Assignment => each.type === 'Assignment')
    if (prefix.length > 0) {
      const values: [string, string][] = []
      for (const each of prefix) {
        const value = each.value.type === 'Word' ? yield* expandToText(shell, each.value, { tilde: 'assignment' }) : ''
        values.push([each.name, each.append ? (shell.parameter(each.name) ?? '') + value : value])
      }
      if (shell.option('xtrace')) for (const [key, value] of values) yield* trace(shell, `${key}=${traceQuoted(value)}`)
      if (argv[0] === 'exec' || (shell.option('posix') && specialBuiltins.has(argv[0]))) {
        for (const [key, value] of values) {
          shell.assign(key, value)
          shell.variables.declare(key).isExported = true
        }
        shell.variables.attributesChanged()
      } else {
        shell.variables.pushCommand()
        isPushed = true
        for (const [key, value] of values) shell.variables.setForCommand(key, value)
      }
    }
    if (shell.option('xtrace')) yield* trace(shell, argv.map(traceQuoted).join(' '))
    if (node.redirects.length > 0 && !(yield* redirect(shell, node.redirects, saved))) return yield* failed(shell, refusedStatus(shell))
    if (argv[0] === 'exec' && argv.length === 1 && !shell.functions.has('exec')) {
      keepsRedirects = true
      saved.keep()
      setSingleStatus(shell, 0)
      return 0
    }
    shell.lastArgument = argv[argv.length - 1]
    const status = yield* runWords(shell, argv, { isLast, node })
    setSingleStatus(shell, status)
    yield* checkFailure(shell)
    return status
  } catch (error) {
    if (error instanceof ReadonlyVariable) {
      yield* shell.complain(`${error.name}: readonly variable`)
      shell.status = 1
      throw discardLine(1)
    }
    if (error instanceof ArithmeticError) {
      yield* shell.complain(error.message)
      throw discardLine(1)
    }
    if (error instanceof UnixError) {
      // A builtin whose output nobody reads, or goes nowhere.
      yield* shell.complain(`${name.value}: write error: ${error.words}`)
      return yield* failed(shell, 1)
    }
    throw error
  } finally {
    if (isPushed) shell.variables.pop()
    if (!keepsRedirects) saved.restore()
    closeSubstitutions(shell, opened)
  }
}

/** Most commands of a loop need no expansion. */
function literalWords(name: Word, args: readonly (Word | Assignment)[]): string[] | undefined {
  const { literal } = compiled(name)
  if (literal === undefined) return undefined
  const words = [literal]
  for (const arg of args) {
    const next = arg.type === 'Word' ? compiled(arg).literal : undefined
    if (next === undefined) return undefined
    words.push(next)
  }
  return words
}

/** The parser gives `alias x=y` and the like assignments; for a command they are words. */
function* argumentsOf(shell: Shell, name: Word, args: readonly (Word | Assignment)[]): Blocking<string[]> {
  if (args.every((arg) => arg.type === 'Word')) return yield* expandWords(shell, [name, ...args])
  const argv = yield* expandWords(shell, [name])
  for (const arg of args) {
    if (arg.type === 'Word') argv.push(...(yield* expandWords(shell, [arg])))
    else if (arg.value.type === 'ArrayValue') argv.push(arg.text)
    else argv.push(arg.text.slice(0, arg.value.pos - arg.pos) + (yield* expandToText(shell, arg.value, { tilde: 'assignment' })))
  }
  return argv
}

const specialBuiltins = new Set(['break', ':', 'continue', '.', 'eval', 'exec', 'exit', 'export', 'readonly', 'return', 'set', 'shift', 'times', 'trap', 'unset'])

/** After a redirection that could not be made. */
function refusedStatus(shell: Shell): number {
  return shell.isDash ? 2 : 1
}

function* failed(shell: Shell, status: number): Blocking<number> {
  setSingleStatus(shell, status)
  yield* checkFailure(shell)
  return status
}

/** A command without a name: its assignments stay. */
function* assignments(shell: Shell, node: Command): Blocking<number> {
  shell.substitutionStatus = undefined
  const opened = substitutionsOpen(shell)
  const saved = new Saved(shell)
  try {
    for (const each of node.prefix) {
      if (each.type !== 'Assignment') continue
      yield* assign(shell, each)
      if (shell.option('xtrace')) yield* trace(shell, each.value.type === 'Word' ? `${each.name}${each.append ? '+' : ''}=${traceQuoted(shell.parameter(each.name) ?? '')}` : each.text)
    }
    const isRedirected = node.redirects.length === 0 || (yield* redirect(shell, node.redirects, saved))
    setSingleStatus(shell, isRedirected ? (shell.substitutionStatus ?? 0) : 1)
  } catch (error) {
    if (error instanceof ReadonlyVariable) {
      yield* shell.complain(`${error.name}: readonly variable`)
      throw discardLine(1)
    }
    if (error instanceof ArithmeticError) {
      yield* shell.complain(error.message)
      throw discardLine(1)
    }
    throw error
  } finally {
    saved.restore()
    closeSubstitutions(shell, opened)
  }
  yield* checkFailure(shell)
  return shell.status
}

/** Puts the alias's words in place of the name. An alias that is more than one simple command is expanded as text. */
function* aliased(shell: Shell, node: Command, alias: string, isLast: boolean): Blocking<number> {
  const name = node.name?.text ?? ''
  const parsed = parse(alias)
  const only = parsed.statements.length === 1 ? parsed.statements[0] : undefined
  const { aliases } = shell
  // An alias is not expanded within itself: `alias ls='ls --color'`.
  shell.aliases = new Map([...aliases].filter(([each]) => each !== name))
  try {
    if (!parsed.error && only && !only.background && only.command.type === 'Command' && only.command.name) {
      const { command: inner } = only
      const merged = mergedCommand(inner, node)
      return yield* simple(shell, merged, isLast)
    }
    return yield* text(shell, `${alias} ${shell.source.text.slice(node.name?.end ?? node.end, node.end)}`, { isLast })
  } finally {
    for (const [key, value] of aliases) if (key === name) shell.aliases.set(key, value)
  }
}

function mergedCommand(inner: Command, node: Command): Command {
  const suffix = [...inner.suffix, ...node.suffix]
  const prefix = [...node.prefix, ...inner.prefix]
  const isRedirection = (each: { type: string }): each is Redirection => each.type === 'Redirect' || each.type === 'HereDoc' || each.type === 'HereString'
  return {
    type: 'Command',
    pos: node.pos,
    end: node.end,
    name: inner.name,
    prefix,
    suffix,
    args: suffix.filter((each): each is Word | Assignment => !isRedirection(each)),
    redirects: [...prefix, ...suffix].filter(isRedirection),
  }
}

interface WordsOptions extends RunOptions {
  readonly skipFunctions?: boolean
  readonly node?: { pos: number; end: number }
}

function runWords(shell: Shell, argv: readonly string[], options: WordsOptions = {}): Blocking<number> {
  const [name] = argv
  if (!options.skipFunctions && shell.functions.has(name)) return callFunction(shell, argv)
  const builtin = builtins.get(name)
  if (builtin && !shell.disabledBuiltins.has(name) && (shell.flavour === 'bash' || !(bashOnly.has(name) || (shell.isDash && notInDash.has(name))))) return builtin(shell, argv)
  return external(shell, argv, options)
}

const notInDash = new Set(['source', 'let', 'help', 'history', 'builtin', 'logout'])

/** Builtins that busybox's ash does not have. */
const bashOnly = new Set(['mapfile', 'readarray', 'shopt', 'declare', 'typeset', 'pushd', 'popd', 'dirs', 'disown', 'compgen', 'complete', 'compopt', 'caller', 'enable', 'fc', 'bind', 'suspend', 'logout'])

function* callFunction(shell: Shell, argv: readonly string[]): Blocking<number> {
  const target = shell.functions.get(argv[0])
  if (!target) return 127
  if (shell.frames.length > 300) {
    yield* shell.complain(`${argv[0]}: maximum function nesting level exceeded (300)`)
    throw discardLine(1)
  }
  const { positional, source, position, frames, loopDepth } = shell
  const line = shell.line
  // A function does not inherit the RETURN trap, but one it sets itself runs.
  const returnTrapBefore = shell.traps.get('RETURN')
  shell.frames = [...frames, { name: argv[0], line, file: target.file }]
  shell.positional = argv.slice(1)
  shell.source = target.source
  shell.loopDepth = 0
  shell.variables.pushFunction()
  try {
    const { body } = target.node
    if (body.type === 'CompoundList') return yield* statements(shell, body.commands)
    return yield* command(shell, body, false)
  } catch (error) {
    if (error instanceof Jumping && error.jump.jump === 'return') return error.jump.status
    throw error
  } finally {
    const returnTrap = shell.traps.get('RETURN')
    shell.variables.pop()
    shell.frames = frames
    shell.positional = positional
    shell.source = source
    shell.position = position
    shell.loopDepth = loopDepth
    if (returnTrap && (shell.option('functrace') || returnTrap !== returnTrapBefore)) yield* runTrap(shell, 'RETURN')
  }
}

interface Located {
  readonly path: string
  readonly program: Program
  readonly argv: readonly string[]
}

/** The program that a name stands for, or the status after saying why there is none. */
function* located(shell: Shell, argv: readonly string[]): Blocking<Located | number> {
  const { process } = shell
  const [name] = argv
  const isPath = name.includes('/')
  const path = isPath ? name : pathOf(shell, name)
  if (path === undefined || name === '') {
    if (shell.functions.has('command_not_found_handle')) return yield* callFunction(shell, ['command_not_found_handle', ...argv])
    yield* shell.complain(shell.flavour === 'ash' ? `${name}: not found` : `${name}: command not found`)
    return 127
  }
  try {
    return { path, ...executable(process, path, argv) }
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    if (error.errno === 'ENOEXEC') return { path, program: (own) => shell.hooks.script(own, path, argv), argv: [name, path, ...argv.slice(1)] }
    if (error.errno === 'ENOENT' || error.errno === 'ENOTDIR') {
      const interpreterName = interpreterOf(process, path)
      if (shell.flavour === 'ash') yield* shell.complain(`${name}: not found`)
      else if (interpreterName) yield* shell.complain(`${name}: cannot execute: required file not found`)
      else yield* shell.complain(`${name}: ${error.words}`)
      return 127
    }
    yield* shell.complain(`${name}: ${isDirectory(process, path) && !shell.isDash ? 'Is a directory' : error.words}`)
    return 126
  }
}

function interpreterOf(process: Process, path: string): boolean {
  try {
    return process.files.stat(process.path(path), process.credentials).kind === 'file'
  } catch (error) {
    if (error instanceof UnixError) return false
    throw error
  }
}

function isDirectory(process: Process, path: string): boolean {
  try {
    return process.files.stat(process.path(path), process.credentials).kind === 'directory'
  } catch (error) {
    if (error instanceof UnixError) return false
    throw error
  }
}

/** Looks a name up on PATH; remembers where it was, as `hash` shows. */
export function pathOf(shell: Shell, name: string): string | undefined {
  const list = shell.variables.get('PATH') ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  if (shell.hashedFor !== list) shell.hashed.clear()
  shell.hashedFor = list
  const known = shell.hashed.get(name)
  if (known) {
    if (shell.process.files.exists(shell.process.path(known.path))) {
      known.hits++
      return known.path
    }
    shell.hashed.delete(name)
  }
  const path = found(shell.process, name, list)
  if (path !== undefined && shell.option('hashall')) shell.hashed.set(name, { path, hits: 1 })
  return path
}

function* external(shell: Shell, argv: readonly string[], { isLast = false, node }: WordsOptions): Blocking<number> {
  const what = yield* located(shell, argv)
  if (typeof what === 'number') return what
  const { process } = shell
  const env = shell.variables.environment()
  if (isLast && !shell.isInteractive && !hasOwnTraps(shell)) return yield* replace(shell, what, env)
  let child: Process
  try {
    child = process.kernel.spawn({
      program: what.program,
      argv: what.argv,
      env,
      cwd: process.cwd,
      namespaces: process.namespaces,
      credentials: process.credentials,
      cgroup: process.cgroup,
      terminal: process.terminal,
      descriptors: inherited(shell, process.descriptors),
      parent: process,
    })
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* shell.complain(`fork: retry: ${error.words}`)
    return 254
  }
  child.env._ = what.path
  inheritSignals(shell, child)
  const hasJobs = shell.option('monitor')
  if (hasJobs) child.group = child.hostPid
  const group = hasJobs ? child.group : undefined
  const commandText = () => (node ? sourceText(shell, node) : argv.join(' '))
  if ((yield* inFront(shell, [child], group)) === 'stopped') return yield* stopped(shell, [child], commandText(), group)
  shell.status = statusOf(child)
  if (child.killedBy) yield* afterKilled(shell, [child], commandText())
  return shell.status
}

function hasOwnTraps(shell: Shell): boolean {
  for (const action of shell.traps.values()) if (action !== '') return true
  return false
}

/** The process goes on as that program. */
function* replace(shell: Shell, what: Located, env: Readonly<Record<string, string>>): Blocking<number> {
  const { process } = shell
  process.env = { ...env, _: what.path }
  for (const saved of [...shell.saved]) saved.keep()
  process.kernel.exec(process, what.program, what.argv)
  yield undefined
  throw new Exit(0)
}

function* exec(shell: Shell, argv: readonly string[], { argv0, env }: { argv0?: string; env?: Readonly<Record<string, string>> }): Blocking<number> {
  const what = yield* located(shell, argv)
  if (typeof what === 'number') return what
  return yield* replace(shell, argv0 === undefined ? what : { path: what.path, program: what.program, argv: [argv0, ...what.argv.slice(1)] }, env ?? shell.variables.environment())
}

