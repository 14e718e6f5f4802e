/**
 * From words to arguments: tilde, parameters, command substitution, arithmetic, splitting at IFS, path names. Every letter remembers
 * whether it was quoted: a field is kept twice, as text and as a pattern in which quoted letters are escaped.
 */
import type { ParameterExpansionPart, ParsedScript, Word } from 'unbash'
import type { Blocking } from '../kernel/process.ts'
import { ArithmeticError } from './arithmetic.ts'
import { braceExpanded } from './braces.ts'
import { Fields } from './fields.ts'
import { glob } from './glob.ts'
import { removed, replaced, transformedWhole } from './parameter-text.ts'
import { arrayValues, isAssociative, scalar, sparseOffset, unbound, unboundStatus } from './parameter-values.ts'
import { wordsOf } from './parse.ts'
import { hasGlob, patternSource } from './pattern.ts'
import { openSubstitution } from './process-substitution.ts'
import { ansiQuoted, shellQuoted } from './quote.ts'
import { type Shell, discardLine, exitShell } from './shell.ts'
import { fileContent, inputFileOf, outputOf } from './substitution.ts'
import { looksAssigned, withHome } from './tilde.ts'
import { type CompiledWord, type Piece, compiled, compiledText } from './words.ts'

/** Arguments of a command. */
export function* expandWords(shell: Shell, words: readonly Word[]): Blocking<string[]> {
  const argv: string[] = []
  for (const word of words) {
    const ready = compiled(word)
    if (ready.literal !== undefined) argv.push(ready.literal)
    else if (ready.hasBraces && shell.option('braceexpand') && shell.flavour === 'bash') {
      for (const text of braceExpanded(ready.text)) for (const member of wordsOf(text)) yield* expandInto(shell, compiled(member), argv)
    } else yield* expandInto(shell, ready, argv)
  }
  return argv
}

function* expandInto(shell: Shell, word: CompiledWord, argv: string[]): Blocking<void> {
  if (word.literal !== undefined) {
    if (word.literal !== '' || word.pieces.some((piece) => piece.kind === 'quotes')) argv.push(word.literal)
    return
  }
  const fields = new Fields(true, shell.variables.get('IFS') ?? ' \t\n')
  yield* pieces(shell, word.pieces, fields, { tilde: looksAssigned.test(word.text) && !shell.option('posix') ? 'assignment' : 'start' })
  fields.end()
  for (const field of fields.done) {
    if (!field.isGlobby || shell.option('noglob') || !hasGlob(field.pattern)) {
      argv.push(field.text)
      continue
    }
    const found = glob(shell.process, field.pattern, {
      dotglob: shell.shopt('dotglob'),
      globstar: shell.shopt('globstar'),
      nocaseglob: shell.shopt('nocaseglob'),
    })
    if (found.length > 0) argv.push(...found)
    else if (shell.shopt('failglob')) {
      yield* shell.complain(`no match: ${field.text}`)
      throw discardLine(1)
    } else if (!shell.shopt('nullglob')) argv.push(field.text)
  }
}

/** One string: assignments, `case` subjects, here-strings. */
export function* expandToText(shell: Shell, word: Word, options: { tilde?: 'start' | 'assignment' } = {}): Blocking<string> {
  const ready = compiled(word)
  if (ready.literal !== undefined && !(options.tilde === 'assignment' && ready.literal.includes('~'))) return ready.literal
  const fields = new Fields(false, '')
  yield* pieces(shell, ready.pieces, fields, { tilde: options.tilde ?? 'start' })
  return fields.current.text
}

/** A pattern: quoted letters stand for themselves. */
export function* expandToPattern(shell: Shell, word: Word): Blocking<string> {
  const fields = new Fields(false, '')
  yield* pieces(shell, compiled(word).pieces, fields, { tilde: 'start' })
  return fields.current.pattern
}

/** A regular expression for `=~`: quoted letters stand for themselves. */
export function* expandToRegExp(shell: Shell, word: Word): Blocking<string> {
  let source = ''
  for (const piece of compiled(word).pieces) {
    const fields = new Fields(false, '')
    yield* pieces(shell, [piece], fields, {})
    const isQuoted = 'isQuoted' in piece && piece.isQuoted
    source += isQuoted ? fields.current.text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : fields.current.text
  }
  return source
}

/** Pieces of a here-document or an arithmetic text. */
export function* expandPieces(shell: Shell, list: readonly Piece[]): Blocking<string> {
  const fields = new Fields(false, '')
  yield* pieces(shell, list, fields, {})
  return fields.current.text
}

export function* expandText(shell: Shell, text: string): Blocking<string> {
  return /[$`\\]/.test(text) ? yield* expandPieces(shell, compiledText(text)) : text
}

/** Value of an arithmetic text. Errors are told and give up the line. */
export function* arithmetic(shell: Shell, text: string, command = ''): Blocking<number | bigint> {
  const ready = (yield* expandText(shell, text)).replaceAll('"', '')
  try {
    return shell.arithmetic(ready)
  } catch (error) {
    if (!(error instanceof ArithmeticError)) throw error
    yield* shell.complain(command + error.message)
    throw error.message.endsWith('unbound variable') ? exitShell(unboundStatus(shell)) : discardLine(1)
  }
}

interface PieceOptions {
  /** Whether a tilde at the start (and, in assignments, behind a colon) means a home directory. */
  readonly tilde?: 'start' | 'assignment'
  /** Unquoted text of `${x:-a b}` is split. */
  readonly splitsText?: boolean
}

function* pieces(shell: Shell, list: readonly Piece[], fields: Fields, options: PieceOptions): Blocking<void> {
  for (const [index, piece] of list.entries()) {
    switch (piece.kind) {
      case 'quotes':
        fields.current.exists = true
        break
      case 'text': {
        if (piece.isQuoted) {
          fields.quoted(piece.text)
          break
        }
        const text =
          options.tilde && piece.text.includes('~')
            ? withHome(shell, piece.text, index === 0, index === list.length - 1, options.tilde)
            : piece.text
        if (options.splitsText) fields.split(text)
        else fields.plain(text)
        break
      }
      case 'variable':
        yield* variable(shell, piece.name, piece.isQuoted, fields)
        break
      case 'parameter':
        yield* parameter(shell, piece.part, piece.isQuoted, fields)
        break
      case 'command': {
        const output = yield* substituted(shell, piece.script)
        if (piece.isQuoted) fields.quoted(output)
        else fields.split(output)
        break
      }
      case 'arithmetic': {
        const value = String(yield* arithmetic(shell, piece.text))
        if (piece.isQuoted) fields.quoted(value)
        else fields.split(value)
        break
      }
      case 'process':
        fields.quoted(openSubstitution(shell, piece.operator, piece.script))
        break
    }
  }
}

export function* variable(shell: Shell, name: string, isQuoted: boolean, fields: Fields): Blocking<void> {
  if (name === '') {
    yield* shell.complain('${}: bad substitution')
    throw discardLine(1)
  }
  if (name === '@' || name === '*') {
    fields.list(shell.positional, { isQuoted, isStar: name === '*', separator: shell.separator() })
    return
  }
  const value = shell.parameter(name)
  if (value === undefined) {
    if (shell.option('nounset') && name !== '!') yield* unbound(shell, name)
    if (isQuoted) fields.quoted('')
    return
  }
  if (isQuoted) fields.quoted(value)
  else fields.split(value)
}

type Value = { readonly one: string | undefined } | { readonly many: string[]; readonly isStar: boolean }

function* parameter(shell: Shell, part: ParameterExpansionPart, isQuoted: boolean, fields: Fields): Blocking<void> {
  let name = part.parameter
  let index = part.index ? yield* subscript(shell, name, part.index) : undefined
  if (part.prefix === '#') {
    const length =
      name === '@' || name === '*'
        ? shell.positional.length
        : index === '@' || index === '*'
          ? arrayValues(shell, name).length
          : [...((yield* scalar(shell, name, index)) ?? '')].length
    if (isQuoted) fields.quoted(String(length))
    else fields.split(String(length))
    return
  }
  if (part.prefix === '!') {
    if (part.operation?.type === 'Names') {
      const names = shell.variables.names().filter((each) => each.startsWith(name))
      fields.list(names, { isQuoted, isStar: part.operation.operator === '*', separator: shell.separator() })
      return
    }
    if (index === '@' || index === '*') {
      const keys = shell.dynamicArray(name) ? (shell.dynamicArray(name) ?? []).map((_, at) => String(at)) : shell.variables.keys(name)
      fields.list(keys, { isQuoted, isStar: index === '*', separator: shell.separator() })
      return
    }
    const reference = shell.variables.find(name)
    if (reference?.isNameref && !part.operation) {
      if (isQuoted) fields.quoted(reference.value ?? '')
      else fields.split(reference.value ?? '')
      return
    }
    const target = index === undefined ? shell.parameter(name) : yield* scalar(shell, name, index)
    if (target === undefined || !/^([A-Za-z_]\w*(\[.*\])?|\d+|[@*#?$!-])$/s.test(target)) {
      if (target === undefined && part.operation?.type === 'Default') name = '\0unset'
      else {
        yield* shell.complain(target === undefined ? `${name}: invalid indirect expansion` : `${target}: invalid variable name`)
        throw discardLine(1)
      }
    } else {
      const bracket = /^(\w+)\[(.*)\]$/s.exec(target)
      name = bracket ? bracket[1] : target
      index = bracket
        ? bracket[2] === '@' || bracket[2] === '*' || isAssociative(shell, name)
          ? bracket[2]
          : String(yield* arithmetic(shell, bracket[2]))
        : undefined
    }
  }
  const value: Value =
    name === '@' || name === '*'
      ? { many: shell.positional, isStar: name === '*' }
      : index === '@' || index === '*'
        ? { many: arrayValues(shell, name), isStar: index === '*' }
        : { one: yield* scalar(shell, name, index) }
  yield* operation(shell, part, name, index, value, isQuoted, fields)
}

function* operation(
  shell: Shell,
  part: ParameterExpansionPart,
  name: string,
  index: string | undefined,
  value: Value,
  isQuoted: boolean,
  fields: Fields,
): Blocking<void> {
  const { operation } = part
  if (operation?.type === 'Default') {
    const isSet = 'one' in value ? value.one !== undefined : value.many.length > 0
    const isEmpty = 'one' in value ? !value.one : value.many.join(' ') === ''
    const isMissing = operation.operator.startsWith(':') ? !isSet || isEmpty : !isSet
    switch (operation.operator.replace(':', '')) {
      case '+':
        if (!isMissing) yield* operand(shell, operation.operand, isQuoted, fields)
        else if (isQuoted) fields.quoted('')
        return
      case '-':
        if (!isMissing) break
        yield* operand(shell, operation.operand, isQuoted, fields)
        return
      case '=': {
        if (!isMissing) break
        const inner = new Fields(false, '')
        yield* operand(shell, operation.operand, isQuoted, inner)
        if (index === undefined) shell.assign(name, inner.current.text)
        else shell.variables.setElement(name, index, inner.current.text)
        emit(fields, inner.current.text, isQuoted)
        return
      }
      case '?': {
        if (!isMissing) break
        const inner = new Fields(false, '')
        yield* operand(shell, operation.operand, isQuoted, inner)
        yield* shell.complain(
          `${part.parameter}: ${inner.current.text || (operation.operator === ':?' ? 'parameter null or not set' : 'parameter not set')}`,
        )
        throw shell.isInteractive ? discardLine(1) : exitShell(unboundStatus(shell))
      }
    }
  } else if ('one' in value && value.one === undefined && shell.option('nounset') && !(operation?.type === 'Transform')) {
    yield* unbound(shell, index === undefined ? name : `${name}[${part.index?.text ?? index}]`)
  }
  if (operation?.type === 'Slice') return yield* slice(shell, part, name, value, isQuoted, fields)
  if (operation?.type === 'Unknown' || name === '') {
    yield* shell.complain(`${part.text}: bad substitution`)
    throw discardLine(1)
  }
  if (
    operation?.type === 'Transform' &&
    (operation.operand.text === 'A' || operation.operand.text === 'a' || operation.operand.text === 'K' || operation.operand.text === 'k')
  ) {
    emit(fields, transformedWhole(shell, name, operation.operand.text, 'one' in value ? value.one : undefined), isQuoted)
    return
  }
  const change = yield* changer(shell, part)
  if ('one' in value) {
    if (value.one !== undefined || isQuoted) emit(fields, value.one === undefined ? '' : change(value.one), isQuoted)
    return
  }
  fields.list(value.many.map(change), { isQuoted, isStar: value.isStar, separator: shell.separator() })
}

function emit(fields: Fields, text: string, isQuoted: boolean): void {
  if (isQuoted) fields.quoted(text)
  else fields.split(text)
}

/** The word behind `:-` and its relatives; inside of double quotes single quotes are letters. */
function* operand(shell: Shell, word: Word, isQuoted: boolean, fields: Fields): Blocking<void> {
  if (!isQuoted) return yield* pieces(shell, compiled(word).pieces, fields, { tilde: 'start', splitsText: true })
  fields.quoted('')
  const list = /['\\]/.test(word.text)
    ? compiledText(
        word.text
          .replace(/(^|[^\\])"/g, '$1')
          .replaceAll('\\"', '"')
          .replaceAll('\\}', '}'),
      )
    : compiled(word).pieces
  for (const piece of list) yield* pieces(shell, ['isQuoted' in piece ? { ...piece, isQuoted: true } : piece], fields, {})
}

/** What one of the operators does to each value. */
function* changer(shell: Shell, part: ParameterExpansionPart): Blocking<(text: string) => string> {
  const { operation } = part
  switch (operation?.type) {
    case 'Remove': {
      const pattern = yield* expandToPattern(shell, operation.operand)
      return (text) => removed(text, pattern, operation.operator)
    }
    case 'Replace': {
      const pattern = yield* expandToPattern(shell, operation.pattern)
      const fields = new Fields(false, '')
      yield* pieces(shell, compiled(operation.replacement).pieces, fields, { tilde: 'start' })
      const replacement = fields.current.text
      // bash 5.2: an unquoted & in the replacement is what matched; in the pattern form quoted letters are escaped.
      const marked =
        /(^|[^\\])&/.test(fields.current.pattern) &&
        compiled(operation.replacement).pieces.some((piece) => piece.kind === 'text' && !piece.isQuoted && piece.text.includes('&'))
      return (text) =>
        replaced(text, pattern, operation.operator, (match) => (marked ? replacement.replaceAll('&', () => match) : replacement))
    }
    case 'CaseModification': {
      const pattern = operation.operand ? yield* expandToPattern(shell, operation.operand) : '?'
      const expression = new RegExp(`^(?:${patternSource(pattern || '?')})$`, 'u')
      const change = (letter: string) =>
        expression.test(letter) ? (operation.operator.startsWith('^') ? letter.toUpperCase() : letter.toLowerCase()) : letter
      return operation.operator.length === 2
        ? (text) => [...text].map(change).join('')
        : (text) => [...text].map((letter, at) => (at === 0 ? change(letter) : letter)).join('')
    }
    case 'Transform':
      switch (operation.operand.text) {
        case 'Q':
          return (text) => shellQuoted(text)
        case 'U':
          return (text) => text.toUpperCase()
        case 'u':
          return (text) => text.slice(0, 1).toUpperCase() + text.slice(1)
        case 'L':
          return (text) => text.toLowerCase()
        case 'E':
          return (text) => ansiQuoted(text)
        default:
          return (text) => text
      }
    default:
      return (text) => text
  }
}

function* slice(shell: Shell, part: ParameterExpansionPart, name: string, value: Value, isQuoted: boolean, fields: Fields): Blocking<void> {
  const { operation } = part
  if (operation?.type !== 'Slice') return
  const offset = Number(yield* arithmetic(shell, operation.offset.text))
  const length = operation.length === undefined ? undefined : Number(yield* arithmetic(shell, operation.length.text))
  if ('one' in value) {
    const letters = [...(value.one ?? '')]
    const from = offset < 0 ? letters.length + offset : offset
    if (from < 0) return emit(fields, '', isQuoted)
    const to = length === undefined ? letters.length : length < 0 ? letters.length + length : from + length
    if (to < from && length !== undefined && length < 0) {
      yield* shell.complain(`${operation.length?.text}: substring expression < 0`)
      throw discardLine(1)
    }
    emit(fields, letters.slice(from, to).join(''), isQuoted)
    return
  }
  let values = value.many
  const isPositional = name === '@' || name === '*'
  if (isPositional) values = [shell.name, ...values]
  if (length !== undefined && length < 0) {
    yield* shell.complain(`${operation.length?.text}: substring expression < 0`)
    throw discardLine(1)
  }
  const from = offset < 0 ? values.length + offset : isPositional || offset === 0 ? offset : sparseOffset(shell, name, offset)
  const chosen = from < 0 ? [] : values.slice(from, length === undefined ? undefined : from + length)
  fields.list(chosen, { isQuoted, isStar: value.isStar, separator: shell.separator() })
}

/** Subscript as a key: `@`, `*`, an associative key, or the number of an expression. */
export function* subscript(shell: Shell, name: string, index: Word): Blocking<string> {
  if (index.text === '@' || index.text === '*') return index.text
  if (isAssociative(shell, name)) return yield* expandToText(shell, index)
  if (/^\d+$/.test(index.text)) return String(Number(index.text))
  return String(yield* arithmetic(shell, index.text))
}

/** Output of a command, without the line ends behind it. */
function* substituted(shell: Shell, script: ParsedScript): Blocking<string> {
  if (script.errors?.length) {
    yield* shell.complain('command substitution: syntax error')
    throw discardLine(1)
  }
  const file = inputFileOf(script)
  return file ? yield* fileContent(shell, yield* expandToText(shell, file)) : yield* outputOf(shell, script)
}
