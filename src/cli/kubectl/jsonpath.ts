/**
 * kubectl's JSONPath, which is its own dialect: a template whose `{…}` parts are paths, with `range … end`, filters, unions and slices.
 * A missing field is empty text unless asked otherwise, but an index outside of a list is always an error.
 */
import { goJson } from '../go-json.ts'
import { goFloat, goQuoted } from '../go-values.ts'
import { isMap, type Json } from './json.ts'

export class JsonPathError extends Error {}

type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' | 'recursive' | 'root' | 'current' }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined; readonly by: number | undefined }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'filter'; readonly left: Operand; readonly operator: string; readonly right: Operand | undefined }
  | { readonly kind: 'union'; readonly paths: readonly (readonly Step[])[] }

type Operand = { readonly path: readonly Step[] } | { readonly value: Json }

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly steps: readonly Step[] }
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'range'; readonly steps: readonly Step[]; readonly body: readonly Part[] }

export interface JsonPath {
  /** Everything that is found, as text. */
  text(data: Json, options?: { readonly isMissingAllowed?: boolean }): string
  /** The values that each part finds. */
  values(data: Json, options?: { readonly isMissingAllowed?: boolean }): Json[][]
}

export function jsonPath(template: string): JsonPath {
  const { parts } = parseTemplate(template, 0, false)
  return {
    text: (data, options = {}) =>
      evaluate(parts, data, data, options.isMissingAllowed ?? true)
        .map(textOfValues)
        .join(''),
    values: (data, options = {}) =>
      evaluate(parts, data, data, options.isMissingAllowed ?? true).filter((values): values is Json[] => typeof values !== 'string'),
  }
}

/** `metadata.name`, `.metadata.name` and `{.metadata.name}` mean the same in columns and sort keys. */
export function relaxed(path: string): string {
  if (path === '') return ''
  // A brace that is never closed is let pass, as the real tool's pattern does.
  const match = /^\{\.?([^{}]+)\}?$|^\.?([^{}]+)$/.exec(path)
  if (!match)
    throw new JsonPathError(`unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`)
  const inner = match[1] ?? match[2]
  return `{.${inner}}`
}

function textOfValues(values: Json[] | string): string {
  return typeof values === 'string' ? values : values.map(valueText).join(' ')
}

export function valueText(value: Json): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'object') return goJson(value, { sorted: true })
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : goFloat(value)
  return String(value)
}

function parseTemplate(source: string, start: number, isInRange: boolean): { parts: Part[]; end: number } {
  const parts: Part[] = []
  let at = start
  while (at < source.length) {
    const open = source.indexOf('{', at)
    if (open < 0) {
      parts.push({ kind: 'text', text: source.slice(at) })
      at = source.length
      break
    }
    if (open > at) parts.push({ kind: 'text', text: source.slice(at, open) })
    const close = closing(source, open)
    const inner = source.slice(open + 1, close).trim()
    at = close + 1
    if (inner === 'end') {
      if (!isInRange) throw new JsonPathError('not in range, nothing to end')
      return { parts, end: at }
    }
    if (/^range\b/.test(inner)) {
      const body = parseTemplate(source, at, true)
      parts.push({ kind: 'range', steps: parsePath(inner.slice(5).trim()), body: body.parts })
      at = body.end
    } else parts.push(...parseAction(inner))
  }
  if (isInRange) throw new JsonPathError('unterminated range')
  return { parts, end: at }
}

function closing(source: string, open: number): number {
  let quote = ''
  for (let at = open + 1; at < source.length; at++) {
    const letter = source[at]
    if (quote !== '') {
      if (letter === '\\') at++
      else if (letter === quote) quote = ''
    } else if (letter === '"' || letter === "'") quote = letter
    else if (letter === '}') return at
  }
  if (quote !== '') throw new JsonPathError('unterminated quoted string')
  const inner = source.slice(open + 1)
  throw new JsonPathError(inner.lastIndexOf('[') > inner.lastIndexOf(']') ? 'unterminated array' : 'unclosed action')
}

/** What stands between braces: paths and quoted texts, side by side. */
function parseAction(inner: string): Part[] {
  const parts: Part[] = []
  let rest = inner
  while (rest !== '') {
    const quoted = /^"((?:[^"\\]|\\.)*)"|^'((?:[^'\\]|\\.)*)'/.exec(rest)
    if (quoted) {
      parts.push({ kind: 'literal', value: unescaped(quoted[1] ?? quoted[2]) })
      rest = rest.slice(quoted[0].length).trimStart()
      continue
    }
    const number = /^-?\d+(\.\d+)?(?=\s|$)/.exec(rest)
    if (number) {
      parts.push({ kind: 'literal', value: Number(number[0]) })
      rest = rest.slice(number[0].length).trimStart()
      continue
    }
    const { steps, length } = readPath(rest)
    parts.push({ kind: 'path', steps })
    rest = rest.slice(length).trimStart()
  }
  return parts
}

function unescaped(text: string): string {
  return text.replace(
    /\\(.)/g,
    (_, letter) => (({ n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', "'": "'" }) as Record<string, string>)[letter] ?? `\\${letter}`,
  )
}

function parsePath(text: string): readonly Step[] {
  return readPath(text).steps
}

function readPath(text: string): { steps: Step[]; length: number } {
  const steps: Step[] = []
  let at = 0
  while (at < text.length) {
    const letter = text[at]
    if (letter === ' ' || letter === '\t' || letter === '\n') break
    if (letter === '$') {
      steps.push({ kind: 'root' })
      at++
    } else if (letter === '@') {
      steps.push({ kind: 'current' })
      at++
    } else if (letter === '.') {
      at++
      if (text[at] === '.') {
        steps.push({ kind: 'recursive' })
        at++
      }
      if (text[at] === '*') {
        steps.push({ kind: 'wildcard' })
        at++
        continue
      }
      const name = /^(?:\\.|[^\s.[\]{}()'"$@,*?&|=<>!])+/.exec(text.slice(at))
      if (name) {
        steps.push({ kind: 'field', name: name[0].replace(/\\(.)/g, '$1') })
        at += name[0].length
      }
    } else if (letter === '*') {
      steps.push({ kind: 'wildcard' })
      at++
    } else if (letter === '[') {
      const end = closingBracket(text, at)
      steps.push(bracket(text.slice(at + 1, end)))
      at = end + 1
    } else {
      const name = /^(?:\\.|[\w-])+/.exec(text.slice(at))
      if (!name || steps.length > 0) {
        if (name === null)
          throw new JsonPathError(
            `unrecognized character in action: U+${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')} '${letter}'`,
          )
        break
      }
      throw new JsonPathError(`unrecognized identifier ${name[0]}`)
    }
  }
  return { steps, length: at }
}

function closingBracket(text: string, open: number): number {
  let depth = 0
  let quote = ''
  for (let at = open; at < text.length; at++) {
    const letter = text[at]
    if (quote !== '') {
      if (letter === '\\') at++
      else if (letter === quote) quote = ''
    } else if (letter === '"' || letter === "'") quote = letter
    else if (letter === '[') depth++
    else if (letter === ']' && --depth === 0) return at
  }
  throw new JsonPathError('unterminated array')
}

function bracket(inner: string): Step {
  const text = inner.trim()
  const filter = /^\?\(([\s\S]*)\)$/.exec(text)
  if (filter) return parseFilter(filter[1])
  if (text === '*') return { kind: 'wildcard' }
  const quotedParts = [...text.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g)]
  if (/^(['"]).*\1$/s.test(text) && quotedParts.length > 0) {
    const names = quotedParts.map(([, single, double]) => unescaped(single ?? double))
    if (names.length === 1) return { kind: 'field', name: names[0] }
    return { kind: 'union', paths: names.map((name) => [{ kind: 'field', name }]) }
  }
  if (text.includes(','))
    return {
      kind: 'union',
      paths: text
        .split(',')
        .map((part) => (/^-?\d+$/.test(part.trim()) ? [{ kind: 'index', index: Number(part) }] : parsePath(part.trim()))),
    }
  const slice = /^(-?\d*)(?::(-?\d*))?(?::(-?\d*))?$/.exec(text)
  if (slice && text !== '') {
    if (!text.includes(':')) return { kind: 'index', index: Number(text) }
    const number = (part: string | undefined): number | undefined => (part === undefined || part === '' ? undefined : Number(part))
    return { kind: 'slice', from: number(slice[1]), to: number(slice[2]), by: number(slice[3]) }
  }
  throw new JsonPathError(`invalid array index ${text}`)
}

function parseFilter(text: string): Step {
  const match = /^\s*(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*$/s.exec(text)
  if (!match) return { kind: 'filter', left: operand(text.trim()), operator: 'exists', right: undefined }
  return { kind: 'filter', left: operand(match[1]), operator: match[2], right: operand(match[3]) }
}

function operand(text: string): Operand {
  const quoted = /^"((?:[^"\\]|\\.)*)"$|^'((?:[^'\\]|\\.)*)'$/.exec(text)
  if (quoted) return { value: unescaped(quoted[1] ?? quoted[2]) }
  if (/^-?\d+(\.\d+)?$/.test(text)) return { value: Number(text) }
  if (text === 'true' || text === 'false') return { value: text === 'true' }
  return { path: parsePath(text) }
}

function evaluate(parts: readonly Part[], data: Json, root: Json, isMissingAllowed: boolean): (Json[] | string)[] {
  const results: (Json[] | string)[] = []
  for (const part of parts) {
    if (part.kind === 'text') results.push(part.text)
    else if (part.kind === 'literal') results.push([part.value])
    else if (part.kind === 'path') results.push(walk(part.steps, [data], root, isMissingAllowed))
    else {
      for (const item of walk(part.steps, [data], root, isMissingAllowed))
        results.push(...evaluate(part.body, item, root, isMissingAllowed))
    }
  }
  return results
}

function walk(steps: readonly Step[], from: readonly Json[], root: Json, isMissingAllowed: boolean): Json[] {
  let here = [...from]
  for (const step of steps) here = here.flatMap((value) => take(step, value, root, isMissingAllowed))
  return here
}

function take(step: Step, value: Json, root: Json, isMissingAllowed: boolean): Json[] {
  switch (step.kind) {
    case 'root':
      return [root]
    case 'current':
      return [value]
    case 'field': {
      if (isMap(value) && Object.hasOwn(value, step.name)) return [value[step.name]]
      if (value === null || value === undefined || isMissingAllowed) return []
      throw new JsonPathError(`${step.name} is not found`)
    }
    case 'wildcard':
      if (Array.isArray(value)) return value
      return isMap(value) ? sortedValues(value) : []
    case 'recursive':
      return descendants(value)
    case 'index':
    case 'slice':
      return sliced(step, value)
    case 'union':
      return step.paths.flatMap((path) => walk(path, [value], root, isMissingAllowed))
    case 'filter':
      return (Array.isArray(value) ? value : isMap(value) ? sortedValues(value) : []).filter((item) => passes(step, item, root))
  }
}

function sortedValues(value: Record<string, Json>): Json[] {
  return Object.keys(value)
    .sort()
    .map((key) => value[key])
}

function descendants(value: Json): Json[] {
  const inner = Array.isArray(value) ? value : isMap(value) ? sortedValues(value) : []
  return [value, ...inner.filter((item) => item !== null && typeof item === 'object').flatMap(descendants)]
}

function sliced(step: Extract<Step, { readonly kind: 'index' | 'slice' }>, value: Json): Json[] {
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) throw new JsonPathError(`${describeType(value)} is not array or slice`)
  if (step.kind === 'index') {
    const index = step.index < 0 ? step.index + value.length : step.index
    if (index < 0 || index >= value.length) throw new JsonPathError(`array index out of bounds: index ${index}, length ${value.length}`)
    return [value[index]]
  }
  const by = step.by ?? 1
  let from = step.from ?? 0
  let to = step.to ?? value.length
  if (from < 0) from += value.length
  if (to < 0) to += value.length
  if (to > value.length) to = value.length
  const taken: Json[] = []
  for (let index = Math.max(0, from); index < to; index += by) taken.push(value[index])
  return taken
}

function describeType(value: Json): string {
  if (typeof value === 'string') return value
  return isMap(value) ? 'map[string]interface {}' : String(value)
}

function passes(step: Extract<Step, { readonly kind: 'filter' }>, item: Json, root: Json): boolean {
  const values = (of: Operand): Json[] => ('path' in of ? walk(of.path, [item], root, true) : [of.value])
  const left = values(step.left)
  if (step.operator === 'exists') return left.length > 0
  if (left.length === 0 || step.right === undefined) return false
  const right = values(step.right)
  if (right.length === 0) return false
  const [a, b] = [left[0], right[0]]
  switch (step.operator) {
    case '==':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return typeof a === typeof b && a < b
    case '>':
      return typeof a === typeof b && a > b
    case '<=':
      return typeof a === typeof b && a <= b
    default:
      return typeof a === typeof b && a >= b
  }
}

/** A value under Go's `%#v`, as debugging output of templates shows it. */
export function goSyntax(value: Json): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (typeof value === 'string') return goQuoted(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (isMap(value)) {
    return `map[string]interface {}{${Object.keys(value)
      .sort()
      .map((key) => `${goQuoted(key)}:${goSyntax(value[key])}`)
      .join(', ')}}`
  }
  return String(value)
}
