/** Assignments, and the builtins whose arguments are assignments: `declare`, `local`, `export`, `readonly`, `typeset`. */
import type { ArrayValue, Assignment, Word } from 'unbash'
import { type Blocking, Exit, out } from '../../kernel/process.ts'
import { print as printed } from 'unbash/printer'
import { arithmetic, expandText, expandToText, expandWords, subscript } from '../expand.ts'
import { doubleQuoted } from '../quote.ts'
import type { Shell } from '../shell.ts'
import { ReadonlyVariable, type Variable } from '../variables.ts'
import { parse, wordsOf } from '../parse.ts'

const smallTextBytes = 2 ** 20
const largestTextBytes = 2 ** 27

export const declarationBuiltins = new Set(['declare', 'typeset', 'local', 'export', 'readonly'])

/** `name=value`, `name+=value`, `name[i]=value`, `name=(…)`. */
export function* assign(shell: Shell, node: Assignment): Blocking<void> {
  const append = node.append === true
  if (node.value.type === 'ArrayValue') {
    if (shell.variables.find(shell.variables.resolve(node.name))?.isReadonly) throw new ReadonlyVariable(node.name)
    yield* assignArray(shell, node.name, node.value, append)
    return
  }
  const value = yield* expandToText(shell, node.value, { tilde: 'assignment' })
  if (value.length > smallTextBytes) {
    // Large texts make the shell large; one that no machine could hold is the end of it, as for bash's allocator.
    shell.process.memoryBytes += value.length
    yield undefined
    if (value.length > largestTextBytes) {
      yield* shell.complain(`xrealloc: cannot allocate ${value.length * 2} bytes`)
      throw new Exit(2)
    }
  }
  if (!node.index) return shell.assign(node.name, value, { append })
  const index = yield* subscript(shell, node.name, node.index)
  if (isOutside(shell, node.name, index)) {
    yield* shell.complain(`${node.name}[${node.index.text}]: bad array subscript`)
    return
  }
  shell.variables.setElement(node.name, index, value, { append })
}

function isOutside(shell: Shell, name: string, index: string): boolean {
  const variable = shell.variables.find(shell.variables.resolve(name))
  return !variable?.associative && Number(index) < 0 && (variable?.indexed?.length ?? 0) + Number(index) < 0
}

function* assignArray(shell: Shell, name: string, node: ArrayValue, append: boolean): Blocking<void> {
  const existing = shell.variables.find(shell.variables.resolve(name))
  const isAssociative = existing?.associative !== undefined
  // Values are expanded before the array is emptied: `a=("${a[@]}" x)`.
  const members: { index: string | undefined; value: string; append: boolean }[] = []
  let pendingKey: string | undefined
  for (const element of node.elements) {
    const keyed = /^\[((?:[^[\]"']|"[^"]*"|'[^']*'|\[[^\]]*\])*)\](\+?)=/s.exec(element.text)
    if (keyed) {
      const index = isAssociative ? yield* keyText(shell, keyed[1]) : String(yield* arithmetic(shell, keyed[1]))
      const rest = element.text.slice(keyed[0].length)
      const value = rest === '' ? '' : yield* textOfWords(shell, rest)
      members.push({ index, value, append: keyed[2] === '+' })
    } else if (isAssociative) {
      const [text] = yield* expandWords(shell, [element])
      if (pendingKey === undefined) pendingKey = text ?? ''
      else {
        members.push({ index: pendingKey, value: text ?? '', append: false })
        pendingKey = undefined
      }
    } else for (const value of yield* expandWords(shell, [element])) members.push({ index: undefined, value, append: false })
  }
  if (pendingKey !== undefined) members.push({ index: pendingKey, value: '', append: false })
  const variable = shell.variables.makeArray(name, undefined, { keep: append })
  let next = variable.indexed?.length ?? 0
  for (const member of members) {
    const index = member.index ?? String(next)
    shell.variables.setElement(name, index, member.value, { append: member.append })
    if (!isAssociative) next = Number(index) + 1
  }
}

function* keyText(shell: Shell, text: string): Blocking<string> {
  if (/^[^"'\\$`]*$/.test(text)) return text
  const [word] = wordsOf(text.replace(/ /g, (space, at: number) => (isInQuotes(text, at) ? space : '\\ ')))
  return word ? yield* expandToText(shell, word) : yield* expandText(shell, text)
}

function isInQuotes(text: string, at: number): boolean {
  return (text.slice(0, at).split(/["']/).length - 1) % 2 === 1
}

function* textOfWords(shell: Shell, text: string): Blocking<string> {
  const [word] = wordsOf(text)
  return word ? yield* expandToText(shell, word, { tilde: 'assignment' }) : ''
}

interface Flags {
  readonly letters: Set<string>
  readonly cleared: Set<string>
}

/** `args` are words and assignments as the parser found them; assignments are not split and their arrays are evaluated here. */
export function* declare(shell: Shell, name: string, args: readonly (Word | Assignment)[]): Blocking<number> {
  const flags: Flags = { letters: new Set(), cleared: new Set() }
  const operands: (string | Assignment)[] = []
  for (const arg of args) {
    if (arg.type === 'Assignment') {
      operands.push(arg)
      continue
    }
    for (const text of yield* expandWords(shell, [arg])) {
      if (operands.length === 0 && /^[-+][a-zA-Z]+$/.test(text)) {
        for (const letter of text.slice(1)) (text.startsWith('-') ? flags.letters : flags.cleared).add(letter)
      } else if (!(operands.length === 0 && (text === '--' || text === '-'))) operands.push(text)
    }
  }
  const allowed = name === 'export' ? 'fnp' : name === 'readonly' ? 'aAfp' : 'aAfFgiIlnrtuxp'
  const wrong = [...flags.letters].find((letter) => !allowed.includes(letter))
  if (wrong) {
    yield* shell.complain(`${name}: -${wrong}: invalid option`)
    yield* shell.say(`${name}: usage: ${usage[name] ?? usage.declare}\n`)
    return 2
  }
  if (name === 'local' && !shell.variables.isInFunction) {
    yield* shell.complain('local: can only be used in a function')
    return shell.flavour === 'ash' ? 2 : 1
  }
  const { letters } = flags
  if (letters.has('f') || letters.has('F'))
    return yield* declareFunctions(
      shell,
      name,
      letters,
      operands.map((operand) => (typeof operand === 'string' ? operand : operand.name)),
    )
  if (operands.length === 0) return yield* list(shell, name, letters)
  if (letters.has('p') && name !== 'export' && name !== 'readonly') return yield* show(shell, name, operands)
  let status = 0
  for (const operand of operands) status = (yield* declareOne(shell, name, flags, operand)) || status
  return status
}

const usage: Readonly<Record<string, string>> = {
  declare: 'declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]',
  export: 'export [-fn] [name[=value] ...] or export -p',
  readonly: 'readonly [-aAf] [name[=value] ...] or readonly -p',
  local: 'local [option] name[=value] ...',
}

function* declareOne(shell: Shell, builtin: string, { letters, cleared }: Flags, operand: string | Assignment): Blocking<number> {
  const split = typeof operand === 'string' ? /^([^=+[]+)(\[[^=]*\])?(\+?=)?(.*)$/s.exec(operand) : undefined
  const name = typeof operand === 'string' ? (split?.[1] ?? operand) : operand.name
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    yield* shell.complain(`${builtin}: \`${typeof operand === 'string' ? operand : operand.text}': not a valid identifier`)
    return 1
  }
  const isLocal =
    builtin === 'local' || ((builtin === 'declare' || builtin === 'typeset') && shell.variables.isInFunction && !letters.has('g'))
  // The value is expanded before the local hides an outer variable of the same name.
  let scalar: string | undefined
  let append = false
  if (typeof operand !== 'string' && operand.value.type === 'Word' && !operand.index) {
    scalar = yield* expandToText(shell, operand.value, { tilde: 'assignment' })
    append = operand.append === true
  } else if (split?.[3]) {
    scalar = split[4]
    append = split[3] === '+='
  }
  const before = shell.variables.find(name)
  let variable: Variable
  try {
    variable = isLocal ? shell.variables.declareLocal(name) : shell.variables.declare(name, { isGlobal: letters.has('g') })
  } catch (error) {
    if (!(error instanceof ReadonlyVariable)) throw error
    yield* shell.complain(`${builtin}: ${name}: readonly variable`)
    return 1
  }
  if (isLocal && variable !== before && shell.shopt('localvar_inherit') && before) variable.value = before.value
  const wasReadonly = variable.isReadonly
  if (wasReadonly && (scalar !== undefined || typeof operand !== 'string')) {
    yield* shell.complain(`${builtin === 'export' || builtin === 'readonly' ? '' : `${builtin}: `}${name}: readonly variable`)
    return 1
  }
  if (letters.has('n') && builtin !== 'export') variable.isNameref = true
  if (letters.has('i')) variable.isInteger = true
  if (cleared.has('i')) variable.isInteger = false
  if (letters.has('l')) variable.letters = 'lower'
  if (letters.has('u')) variable.letters = 'upper'
  if (letters.has('a') && !variable.indexed) {
    variable.indexed = variable.value === undefined ? [] : [variable.value]
    variable.value = undefined
  }
  if (letters.has('A') && !variable.associative) variable.associative = new Map()
  if (typeof operand !== 'string' && (operand.value.type === 'ArrayValue' || operand.index)) yield* assign(shell, operand)
  else if (split?.[2] && scalar !== undefined)
    shell.variables.setElement(
      name,
      variable.associative ? split[2].slice(1, -1) : String(yield* arithmetic(shell, split[2].slice(1, -1))),
      scalar,
      { append },
    )
  else if (scalar !== undefined) {
    if (variable.isNameref) variable.value = scalar
    else if (/^\(.*\)$/s.test(scalar) && (variable.indexed || variable.associative) && typeof operand === 'string')
      yield* assignText(shell, name, scalar)
    else if (isLocal || letters.has('g')) setHere(shell, name, scalar, append)
    else shell.assign(name, scalar, { append })
  }
  const now = (isLocal ? shell.variables.declareLocal(name) : shell.variables.declare(name, { isGlobal: letters.has('g') })) ?? variable
  if (builtin === 'export') now.isExported = !letters.has('n')
  if (letters.has('x')) now.isExported = true
  if (cleared.has('x')) now.isExported = false
  if (builtin === 'readonly' || letters.has('r')) now.isReadonly = true
  shell.variables.attributesChanged()
  return 0
}

function setHere(shell: Shell, name: string, value: string, append: boolean): void {
  shell.assign(name, value, { append })
}

function* assignText(shell: Shell, name: string, text: string): Blocking<void> {
  const { statements } = parse(`${name}=${text}`)
  const command = statements[0]?.command
  const node = command?.type === 'Command' ? command.prefix[0] : undefined
  if (node?.type === 'Assignment') yield* assign(shell, node)
}

function* declareFunctions(shell: Shell, builtin: string, letters: Set<string>, names: readonly string[]): Blocking<number> {
  if (builtin === 'export' || builtin === 'readonly') return 0
  const wanted = names.length > 0 ? names : [...shell.functions.keys()].sort()
  let status = 0
  for (const name of wanted) {
    const found = shell.functions.get(name)
    if (!found) status = 1
    else if (letters.has('F')) yield* out(shell.process, names.length > 0 ? `${name}\n` : `declare -f ${name}\n`)
    else yield* out(shell.process, functionText(shell, name))
  }
  return status
}

/** As `type` and `declare -f` print a function: bash's own layout. */
export function functionText(shell: Shell, name: string): string {
  const found = shell.functions.get(name)
  if (!found) return ''
  const text = printed({
    type: 'Script',
    pos: 0,
    end: 0,
    shebang: undefined,
    commands: [{ type: 'Statement', pos: 0, end: 0, command: found.node, background: undefined }],
  })
  const lines = text.trimEnd().split('\n')
  const inner = lines.slice(1, -1)
  return [`${name} () `, '{ ', ...inner.map((line, index) => bashLine(line, index === inner.length - 1)), '}', ''].join('\n')
}

/** bash indents by four and ends every command but the last of a block with a semicolon. */
function bashLine(line: string, isLast: boolean): string {
  const indent = /^ */.exec(line)?.[0].length ?? 0
  const body = line.trimStart()
  const needsSemicolon = !isLast && !/(\bthen|\bdo|\belse|[{(]|;;|\|\||&&|\||\)|\bin)$/.test(body)
  return `${' '.repeat(indent * 2)}${body}${needsSemicolon ? ';' : ''}`
}

function attributes(variable: Variable): string {
  return `${variable.indexed ? 'a' : ''}${variable.associative ? 'A' : ''}${variable.isInteger ? 'i' : ''}${variable.letters === 'lower' ? 'l' : ''}${variable.isNameref ? 'n' : ''}${variable.isReadonly ? 'r' : ''}${variable.letters === 'upper' ? 'u' : ''}${variable.isExported ? 'x' : ''}`
}

export function declaration(shell: Shell, name: string): string {
  const variable = shell.variables.find(name)
  if (!variable) return ''
  const letters = attributes(variable) || '-'
  if (variable.indexed || variable.associative) {
    const keys = shell.variables.keys(name)
    const members = keys.map(
      (key) => `[${/^[\w.-]+$/.test(key) ? key : doubleQuoted(key)}]=${doubleQuoted(shell.variables.element(name, key) ?? '')}`,
    )
    return `declare -${letters} ${name}=(${members.join(' ')}${variable.associative && members.length > 0 ? ' ' : ''})\n`
  }
  return variable.value === undefined ? `declare -${letters} ${name}\n` : `declare -${letters} ${name}=${doubleQuoted(variable.value)}\n`
}

function* list(shell: Shell, builtin: string, letters: Set<string>): Blocking<number> {
  const names = builtin === 'local' ? shell.variables.localNames() : shell.variables.names()
  for (const name of names) {
    const variable = shell.variables.find(name)
    if (!variable) continue
    if (builtin === 'export' || letters.has('x') ? !variable.isExported : false) continue
    if (builtin === 'readonly' || letters.has('r') ? !variable.isReadonly : false) continue
    if (letters.has('a') && !variable.indexed) continue
    if (letters.has('A') && !variable.associative) continue
    if (letters.has('i') && !variable.isInteger) continue
    if (shell.flavour === 'ash') yield* out(shell.process, `${builtin} ${name}='${variable.value ?? ''}'\n`)
    else yield* out(shell.process, builtin === 'local' ? `${name}=${variable.value ?? ''}\n` : declaration(shell, name))
  }
  return 0
}

function* show(shell: Shell, builtin: string, operands: readonly (string | Assignment)[]): Blocking<number> {
  let status = 0
  for (const operand of operands) {
    const name = typeof operand === 'string' ? operand : operand.name
    const text = declaration(shell, name)
    if (text === '') {
      yield* shell.complain(`${builtin}: ${name}: not found`)
      status = 1
    } else yield* out(shell.process, text)
  }
  return status
}
