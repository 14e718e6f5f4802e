/**
 * Lists as docker formats them: a table of named columns, `--format 'table …'`, `--format json`, or a Go template per row. A row is
 * an object of the values templates can name; a column is one of them with its heading.
 */
import { goJson } from '../go-json.ts'
import { template } from '../go-template/template.ts'
import { TemplateError } from '../go-template/options.ts'
import { aligned, dockerStyle } from '../table.ts'
import { DockerError } from './docker-error.ts'

export type Row = Readonly<Record<string, unknown>>

export interface Listing {
  readonly rows: readonly Row[]
  /** Field → heading, for every field that templates may name. */
  readonly headings: Readonly<Record<string, string>>
  /** Fields of the plain table, in order. */
  readonly columns: readonly string[]
  readonly format: string
  /** Only this field, one a line. */
  readonly quiet?: string
  /** Fields `{{json .}}` shows, where they are not all. */
  readonly json?: readonly string[]
  /** What upstream calls a row in its complaints: `formatter.imageContext`. */
  readonly type?: string
  /** How complaints about the format begin; `ps` reads it twice, once in words of its own. */
  readonly complaints?: { readonly parsing: string; readonly executing: string }
}

const usualComplaints = { parsing: 'template parsing error', executing: 'template parsing error' }

export function listed({
  rows,
  headings,
  columns,
  format,
  quiet,
  json,
  type = 'formatter.Context',
  complaints = usualComplaints,
}: Listing): string {
  if (quiet !== undefined && (format === '' || format === 'table')) return rows.map((row) => `${row[quiet]}\n`).join('')
  if (format === 'json' || format === '{{json .}}') return rows.map((row) => `${goJson(fieldsFor(row, json), { sorted: true })}\n`).join('')
  const isTable = format === '' || format.startsWith('table')
  const source = isTable ? tableSource(format, columns) : format
  const show = rowTemplate(unescaped(source), headings, type, complaints)
  const lines = rows.map((row) => show(row))
  if (!isTable) return lines.map((line) => `${line}\n`).join('')
  const heading = show(headings)
  return aligned([heading, ...lines].map((line) => `${line}\n`).join(''), dockerStyle)
}

function fieldsFor(row: Row, json: readonly string[] | undefined): Row {
  return json ? Object.fromEntries(json.map((name) => [name, row[name]])) : row
}

function tableSource(format: string, columns: readonly string[]): string {
  const own = format.replace(/^table\s*/, '')
  return own === '' ? columns.map((column) => `{{.${column}}}`).join('\t') : own
}

/** `\t` and `\n` are written out in formats given on the command line. */
function unescaped(format: string): string {
  return format.replace(/\\t/g, '\t').replace(/\\n/g, '\n')
}

/** `.Label "app"` is a method upstream; here a function of the row. */
function rowTemplate(
  text: string,
  headings: Readonly<Record<string, string>>,
  type: string,
  complaints: { readonly parsing: string; readonly executing: string },
): (row: Row) => string {
  const source = text.replace(/(?<=[\s{(])\.Label\s+/g, 'label . ')
  const label = (row: unknown, name: unknown) => (row === headings ? headingOfLabel(String(name)) : labelOf(row, String(name)))
  try {
    const compiled = template(source, {
      name: '',
      functions: { ...basicFunctions, label },
      integers: true,
      missing: (_owner, key) => {
        throw new TemplateError(
          `${complaints.executing}: template: :1:${Math.max(0, text.indexOf(`.${key}`))}: executing "" at <.${key}>: can't evaluate field ${key} in type *${type}`,
        )
      },
    })
    return (row) => {
      try {
        return compiled.execute(row)
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error
        throw new DockerError(error.message)
      }
    }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw new DockerError(`${complaints.parsing}: ${error.message}`)
  }
}

function labelOf(row: unknown, name: string): string {
  const { Labels = '' } = row as { readonly Labels?: unknown }
  const found = String(Labels)
    .split(',')
    .find((one) => one.startsWith(`${name}=`))
  return found?.slice(name.length + 1) ?? ''
}

/** `com.example.my-role` is headed `my role`. */
function headingOfLabel(name: string): string {
  return name.replace(/^.*\./, '').replace(/[-_]/g, ' ')
}

/** What docker adds to Go's own functions. */
export const basicFunctions = {
  json: (value: unknown) => goJson(value, { plainHtml: true }),
  split: (text: unknown, by: unknown) => String(text).split(String(by)),
  join: (list: unknown, by: unknown) => (list as unknown[]).join(String(by)),
  title: (text: unknown) => String(text).replace(/\b\w/g, (letter) => letter.toUpperCase()),
  lower: (text: unknown) => String(text).toLowerCase(),
  upper: (text: unknown) => String(text).toUpperCase(),
  pad: (text: unknown, before: unknown, after: unknown) =>
    String(text) === '' ? '' : ' '.repeat(Number(String(before))) + String(text) + ' '.repeat(Number(String(after))),
  padlen: (text: unknown, length: unknown) => String(text).padEnd(Number(String(length))),
  truncate: (text: unknown, length: unknown) => String(text).slice(0, Number(String(length))),
}

/** Cut to a width, with `…` as the last of it. */
export function ellipsis(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}
