/** Tables as psql draws them: aligned, unaligned (-A), expanded (\x), tuples only (-t). */
import { textWidth as displayWidth } from '../../../unix/shell/width.ts'
import type { Column } from './wire.ts'

export interface Style {
  readonly isExpanded: boolean
  readonly isAligned: boolean
  readonly tuplesOnly: boolean
  readonly separator: string
  readonly null: string
  readonly hasFooter: boolean
}

export const plainStyle: Style = { isExpanded: false, isAligned: true, tuplesOnly: false, separator: '|', null: '', hasFooter: true }

const numeric = new Set([20, 21, 23, 26, 28, 29, 700, 701, 790, 1700])

export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly (string | null)[])[]
  readonly title?: string
  /** Lines below, instead of the count of rows. */
  readonly footers?: readonly string[]
}

export function printed(table: Table, style: Style = plainStyle): string {
  if (!style.isAligned) return unaligned(table, style)
  return style.isExpanded ? expanded(table, style) : aligned(table, style)
}

function footersOf({ rows, footers }: Table, style: Style): string {
  if (style.tuplesOnly) return '\n'
  const lines = footers ?? (style.hasFooter ? [`(${rows.length} row${rows.length === 1 ? '' : 's'})`] : [])
  return `${lines.map((line) => `${line}\n`).join('')}\n`
}

function aligned(table: Table, style: Style): string {
  const { columns, rows, title } = table
  const cells = rows.map((row) => row.map((cell) => (cell ?? style.null).split('\n')))
  const names = columns.map(({ name }) => name)
  const widths = names.map((name, at) => Math.max(displayWidth(name), ...cells.map((row) => Math.max(...row[at].map(displayWidth)))))
  const total = widths.reduce((sum, width) => sum + width + 3, -1)
  let text = ''
  if (!style.tuplesOnly) {
    if (title !== undefined) text += `${' '.repeat(Math.max(0, Math.floor((total - displayWidth(title)) / 2)))}${title}\n`
    text += `${names.map((name, at) => ` ${centred(name, widths[at])} `).join('|')}\n`
    text += `${widths.map((width) => '-'.repeat(width + 2)).join('+')}\n`
  }
  for (const row of cells) {
    const height = Math.max(1, ...row.map((lines) => lines.length))
    for (let line = 0; line < height; line++) {
      text += row
        .map((lines, at) => {
          const part = lines[line] ?? ''
          const goesOn = line + 1 < lines.length
          const isLast = at === row.length - 1
          const space = ' '.repeat(widths[at] - displayWidth(part))
          const shown = numeric.has(columns[at].type) ? space + part : part + (isLast && !goesOn ? '' : space)
          return ` ${shown}${goesOn ? '+' : isLast ? '' : ' '}`
        })
        .join('|')
      text += '\n'
    }
  }
  return text + footersOf(table, style)
}

function expanded(table: Table, style: Style): string {
  const { columns, rows } = table
  if (rows.length === 0) return style.tuplesOnly ? '\n' : '(0 rows)\n\n'
  const label = Math.max(...columns.map(({ name }) => displayWidth(name)))
  const data = Math.max(...rows.flatMap((row) => row.flatMap((cell) => (cell ?? style.null).split('\n').map(displayWidth))))
  const title = table.title === undefined || style.tuplesOnly ? '' : `${table.title}\n`
  return `${title}${rows
    .map((row, index) => {
      const mark = `-[ RECORD ${index + 1} ]`
      const rule = `${'-'.repeat(label + 1)}+${'-'.repeat(data + 1)}`
      const head = style.tuplesOnly ? (index === 0 ? '' : `${rule}\n`) : `${mark}${rule.slice(mark.length)}\n`
      return (
        head +
        row
          .map((cell, at) =>
            (cell ?? style.null)
              .split('\n')
              .map(
                (line, part, all) =>
                  `${part === 0 ? columns[at].name : ''}${' '.repeat(label - (part === 0 ? displayWidth(columns[at].name) : 0))} | ${line}${part + 1 < all.length ? `${' '.repeat(data - displayWidth(line))}+` : ''}\n`,
              )
              .join(''),
          )
          .join('')
      )
    })
    .join('')}\n`
}

function unaligned({ columns, rows, footers, title }: Table, style: Style): string {
  const { separator, tuplesOnly } = style
  if (style.isExpanded)
    return `${rows.map((row) => row.map((cell, at) => `${columns[at].name}${separator}${cell ?? style.null}\n`).join('')).join('\n')}`
  const lines = rows.map((row) => row.map((cell) => cell ?? style.null).join(separator))
  if (tuplesOnly) return lines.map((line) => `${line}\n`).join('')
  return [
    ...(title === undefined ? [] : [title]),
    columns.map(({ name }) => name).join(separator),
    ...lines,
    ...(footers ?? (style.hasFooter ? [`(${rows.length} row${rows.length === 1 ? '' : 's'})`] : [])),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function centred(text: string, width: number): string {
  const space = width - displayWidth(text)
  return ' '.repeat(Math.floor(space / 2)) + text + ' '.repeat(Math.ceil(space / 2))
}
