/**
 * Runs syntax trees, from a list of statements down to one command. Every stage of a pipeline, every `( … )` and `&` is a process of its own
 * with a copy of the shell's state, joined by real pipes; the last command of such a process replaces it, as bash does, so that
 * `cmd & kill $!` reaches the command itself.
 */
import type { AndOr, CommandNode, Function as FunctionNode, Pipeline, PipelineNode, Redirected, Statement } from 'unbash'
import { Descriptor } from '../kernel/open-file.ts'
import { pipe } from '../kernel/pipe.ts'
import type { Blocking, Process } from '../kernel/process.ts'
import { compound, coprocess, statementsPerTurn } from './compound.ts'
import { afterKilled, checkFailure, ended, refusedStatus, setPipeStatus, sourceText, stopped } from './exit-status.ts'
import { fork } from './fork.ts'
import { addJob, inFront, statusOf } from './jobs.ts'
import { parse } from './parse.ts'
import { closeSubstitutions, substitutionsOpen } from './process-substitution.ts'
import { redirect, Saved } from './redirect.ts'
import { exec, type RunOptions, runWords } from './run-words.ts'
import { discardLine, type Interpreter, type Shell } from './shell.ts'
import { simple } from './simple-command.ts'
import { tellTime } from './time-report.ts'
import { runPendingTraps } from './traps.ts'

export const interpreter: Interpreter = { statements, command, text, words: runWords, fork, exec }

function* statements(shell: Shell, list: readonly Statement[], { isLast = false }: RunOptions = {}): Blocking<number> {
  for (let index = 0; index < list.length; index++) {
    yield* statement(shell, list[index], isLast && index === list.length - 1)
  }
  return shell.status
}

export function* text(
  shell: Shell,
  script: string,
  { firstLine, isLast = false }: { firstLine?: number; isLast?: boolean } = {},
): Blocking<number> {
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
      for (const message of parsed.error.messages)
        yield* shell.say(`${shell.prefix.replace(/line \d+: $/, `eval: line ${parsed.error.line}: `)}${message}\n`)
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

export function* list(shell: Shell, node: AndOr, isLast: boolean): Blocking<number> {
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

function startPipeline(
  shell: Shell,
  node: Pipeline,
  keepsLast = false,
): { processes: Process[]; group: number | undefined; lastInput: Descriptor | undefined } {
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
    const child = fork(shell, (subshell) => command(asStage(subshell), stage, true), {
      descriptors,
      group: shell.option('monitor') ? (group ?? 'own') : undefined,
    })
    if (shell.option('monitor')) group ??= child.group
    processes.push(child)
    input?.release()
    writer?.release()
    input = reader
  }
  return { processes, group, lastInput: undefined }
}

function asStage(subshell: Shell): Shell {
  subshell.isStage = true
  return subshell
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
    const child = fork(shell, (subshell) => andOr(asStage(subshell), inner, true), { group, isBackground: true })
    processes = [child]
    jobGroup = group && child.group
  }
  shell.lastBackgroundPid = processes[processes.length - 1].pid
  const job = addJob(shell, processes, sourceText(shell, node).replace(/\s*&\s*$/, ''), jobGroup)
  shell.status = 0
  if (shell.isInteractive) yield* shell.say(`[${job.number}] ${shell.lastBackgroundPid}\n`)
}

export function command(shell: Shell, node: CommandNode, isLast: boolean): Blocking<number> {
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
    return yield* ended(shell, refusedStatus(shell))
  } finally {
    saved.restore()
    closeSubstitutions(shell, opened)
  }
}

function* define(shell: Shell, node: FunctionNode): Blocking<number> {
  shell.functions.set(node.name.value, { node, source: shell.source, file: shell.frames.at(-1)?.file ?? shell.name })
  return (shell.status = 0)
}
