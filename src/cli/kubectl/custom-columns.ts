/** `-o custom-columns=NAME:.metadata.name,…`: a table of paths, header given by the person who types. */
import { textOf } from '../../base/bytes.ts'
import { goJson } from '../go-json.ts'
import { aligned, getStyle } from '../table.ts'
import type { Call } from './call.ts'
import { type JsonPath, jsonPath, JsonPathError, relaxed } from './jsonpath.ts'
import type { Json } from './json.ts'
import type { Printer } from './printer.ts'
import { HalfPrinted, Refusal } from './refusal.ts'

interface Column {
  readonly header: string
  readonly path: JsonPath
  /** Why the path cannot be read. */
  readonly problem?: string
}

export function customColumns(call: Call, output: string): Printer {
  const [format, ...rest] = output.split('=')
  const argument = rest.length > 0 ? rest.join('=') : call.flags.text('template')
  if (argument === '')
    throw new Refusal(`${format} format specified but no ${format === 'custom-columns' ? 'custom columns' : 'custom columns file'} given`)
  const columns = format === 'custom-columns-file' ? fromFile(call, argument) : fromSpec(argument)
  let hasHeader = !call.flags.is('no-headers')
  return (object) => {
    // A wrong path is noticed when the first row is printed, which is after the header.
    const headers = hasHeader ? aligned(`${columns.map(({ header }) => header).join('\t')}\n`, getStyle) : ''
    const wrong = columns.find(({ problem }) => problem !== undefined)
    if (wrong?.problem !== undefined) throw new HalfPrinted(headers, wrong.problem)
    const objects: Json[] = object.kind === 'List' && Array.isArray(object.items) ? object.items : [object]
    const lines = objects.map((item) => columns.map(({ path }) => cell(path, item)).join('\t'))
    if (hasHeader) lines.unshift(columns.map(({ header }) => header).join('\t'))
    hasHeader = false
    return aligned(lines.map((line) => `${line}\n`).join(''), getStyle)
  }
}

function cell(path: JsonPath, object: Json): string {
  const values = path.values(object).flat()
  if (values.length === 0) return '<none>'
  return values.map(shown).join(',')
}

function shown(value: Json): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return `[${value.map(inner).join(' ')}]`
  if (typeof value === 'object') return inner(value)
  return String(value)
}

/** Go's `%v`. */
function inner(value: Json): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(inner).join(' ')}]`
  if (typeof value === 'object') {
    return `map[${Object.keys(value)
      .sort()
      .map((key) => `${key}:${inner(value[key])}`)
      .join(' ')}]`
  }
  return typeof value === 'string' ? value : goJson(value)
}

function fromSpec(spec: string): Column[] {
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':')
    if (colon < 0) throw new Refusal(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`)
    return column(part.slice(0, colon), part.slice(colon + 1))
  })
}

function fromFile({ process }: Call, path: string): Column[] {
  if (!process.files.exists(process.path(path)))
    throw new Refusal(`error reading template ${path}, open ${path}: no such file or directory\n`)
  const [headers, paths = ''] = textOf(process.files.readFile(process.path(path), process.credentials)).split('\n')
  const words = (line: string): string[] => line.trim().split(/\s+/)
  if (words(headers).length !== words(paths).length)
    throw new Refusal(`number of headers (${words(headers).length}) and field specifications (${words(paths).length}) don't match`)
  return words(headers).map((header, index) => column(header, words(paths)[index]))
}

function column(header: string, path: string): Column {
  try {
    return { header, path: jsonPath(relaxed(path)) }
  } catch (error) {
    if (error instanceof JsonPathError) return { header, path: jsonPath('{}'), problem: error.message }
    throw error
  }
}
