/**
 * Compound commands: groups, subshells, `if`, loops, `case`, `select`, `[[ … ]]`, `(( … ))`, and coprocesses. What stands inside them is run by
 * the shell's interpreter.
 */
import type { ArithmeticExpression, Case, CommandNode, CompoundCommand, For, Select, Statement } from 'unbash'
import { Descriptor } from '../kernel/open-file.ts'
import { pipe } from '../kernel/pipe.ts'
import { type Blocking, out } from '../kernel/process.ts'
import { conditional } from './conditional.ts'
import { ended, sourceText, waitedFor } from './exit-status.ts'
import { arithmetic, expandToPattern, expandToText, expandWords } from './expand.ts'
import { fork } from './fork.ts'
import { addJob } from './jobs.ts'
import { matches } from './pattern.ts'
import { closeSubstitutions, substitutionsOpen } from './process-substitution.ts'
import { Jumping, type Shell } from './shell.ts'
import { trace } from './trace.ts'

/** How many statements run before the others get their turn. */
export const statementsPerTurn = 50

/** Both ends of a child's standard input and output, as descriptors whose numbers stand in an array. */
export function* coprocess(shell: Shell, node: Extract<CommandNode, { type: 'Coproc' }>): Blocking<number> {
  const { process } = shell
  const name = node.name?.value ?? 'COPROC'
  const [toChild, fromChild] = [pipe(process.kernel.nextInode()), pipe(process.kernel.nextInode())]
  const childEnds = [new Descriptor(toChild.reader).retain(), new Descriptor(fromChild.writer).retain()]
  const child = fork(
    shell,
    (subshell) =>
      node.body.type === 'CompoundList'
        ? subshell.interpreter.statements(subshell, node.body.commands)
        : subshell.interpreter.command(subshell, node.body, true),
    {
      descriptors: new Map(process.descriptors).set(0, childEnds[0]).set(1, childEnds[1]),
      group: shell.option('monitor') ? 'own' : undefined,
      isBackground: true,
    },
  )
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

export function* compound(shell: Shell, node: CompoundCommand, isLast = false): Blocking<number> {
  switch (node.type) {
    case 'BraceGroup':
      return yield* shell.interpreter.statements(shell, node.body.commands)
    case 'Subshell': {
      if (isLast && shell.subshellDepth > 0 && shell.traps.size === 0) {
        shell.subshellDepth++
        shell.isStage = false
        return yield* shell.interpreter.statements(shell, node.body.commands, { isLast: true })
      }
      const child = fork(shell, (subshell) => subshell.interpreter.statements(subshell, node.body.commands, { isLast: true }), {
        group: shell.option('monitor') ? 'own' : undefined,
      })
      return yield* waitedFor(shell, child, node)
    }
    case 'If': {
      if ((yield* condition(shell, node.clause.commands)) === 0) return yield* shell.interpreter.statements(shell, node.then.commands)
      for (const branch of node.elif)
        if ((yield* condition(shell, branch.clause.commands)) === 0) return yield* shell.interpreter.statements(shell, branch.then.commands)
      if (node.else) return yield* shell.interpreter.statements(shell, node.else.commands)
      return (shell.status = 0)
    }
    case 'While': {
      let status = 0
      yield* loop(shell, function* () {
        if (((yield* condition(shell, node.clause.commands)) === 0) !== (node.kind === 'while')) return false
        status = yield* shell.interpreter.statements(shell, node.body.commands)
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
          status = yield* shell.interpreter.statements(shell, node.body.commands)
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
        return yield* ended(shell, 127)
      }
      return yield* ended(shell, yield* conditional(shell, node.expression))
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
      return yield* ended(shell, status)
    }
  }
}

function* condition(shell: Shell, list: readonly Statement[]): Blocking<number> {
  shell.conditionDepth++
  try {
    return yield* shell.interpreter.statements(shell, list)
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
  let index = 0
  shell.status = 0
  yield* loop(shell, function* () {
    if (index >= values.length) return false
    if (shell.option('xtrace') && node.wordlist) {
      shell.position = node.pos
      yield* trace(shell, `for ${name} in ${node.wordlist.map((word) => word.text).join(' ')}`)
    }
    shell.assign(name, values[index++])
    yield* shell.interpreter.statements(shell, node.body.commands)
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
    yield* shell.interpreter.statements(shell, item.body.commands)
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
    const readStatus = yield* shell.interpreter.words(shell, ['read', 'REPLY'], { skipFunctions: true })
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
    status = yield* shell.interpreter.statements(shell, node.body.commands)
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
