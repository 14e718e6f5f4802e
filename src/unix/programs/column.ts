/** column (util-linux 2.38): lists into columns, and with -t text into a table. */
import { allLines } from './each-file.ts'
import { flag, value } from './options.ts'
import { print } from './text.ts'
import { tool } from './tool.ts'
import { textWidth } from '../shell/width.ts'

const widthOf = (text: string): number => textWidth(text)

export const column = tool({
  name: 'column',
  usage: '[options] [<file>...]',
  summary: 'Columnate lists.',
  package: 'util-linux 2.38.1',
  flags: {
    table: flag('t|table', 'create a table'),
    names: value('N|table-columns', '<names>', 'comma separated columns names'),
    limit: value('l|table-columns-limit', '<num>', 'maximal number of input columns'),
    hide: value('H|table-hide', '<columns>', "don't print the columns"),
    right: value('R|table-right', '<columns>', 'right align text in these columns'),
    order: value('O|table-order', '<columns>', 'specify order of output columns'),
    json: flag('J|json', 'use JSON output format for table'),
    tableName: value('n|table-name', '<name>', 'table name for JSON output'),
    noHeadings: flag('d|table-noheadings', "don't print header"),
    keep: flag('L|keep-empty-lines', "don't ignore empty lines"),
    width: value('c|output-width', '<width>', 'width of output in number of characters'),
    between: value('o|output-separator', '<string>', 'columns separator for table output (default is two spaces)'),
    separator: value('s|separator', '<string>', 'possible table delimiters'),
    rows: flag('x|fillrows', 'fill rows before columns'),
  },
  *run(call) {
    const { process, flags } = call
    const { lines, code } = yield* allLines(call)
    const kept = flags.keep ? lines : lines.filter((line) => line.trim() !== '')
    if (!flags.table && !flags.json) {
      yield* print(process, listed(kept, Number(flags.width ?? process.terminal?.cols ?? process.env.COLUMNS ?? 80), flags.rows))
      return code
    }
    const names = flags.names?.split(',')
    const most = flags.limit === undefined ? Number.POSITIVE_INFINITY : Number(flags.limit)
    const cells = kept.map((line) => cut(line, flags.separator, most))
    const columns = columnsOf(names, cells, { order: flags.order, hide: flags.hide })
    if (flags.json) {
      yield* print(process, asJson(cells, names ?? [], flags.tableName ?? 'table'))
      return code
    }
    const right = new Set(flags.right?.split(',') ?? [])
    const rows = [...(names && !flags.noHeadings ? [names] : []), ...cells]
    const widths = columns.map((index) => Math.max(0, ...rows.map((row) => widthOf(row[index] ?? ''))))
    yield* print(
      process,
      rows
        .map((row) => {
          const last = columns.length - 1
          return `${columns
            .map((index, at) => {
              const text = row[index] ?? ''
              const fill = ' '.repeat(widths[at] - widthOf(text))
              const isRight = right.has(String(index + 1)) || (names !== undefined && right.has(names[index]))
              return isRight ? fill + text : at === last ? text : text + fill
            })
            .join(flags.between ?? '  ')}\n`
        })
        .join(''),
    )
    return code
  },
})

/** Without a separator blanks of any number part words; with one, each of its letters parts, and cells may be empty. */
function cut(line: string, separator: string | undefined, most: number): string[] {
  const parts =
    separator === undefined ? line.trim().split(/[ \t]+/) : line.split(new RegExp(`[${separator.replace(/[\]\\^-]/g, '\\$&')}]`))
  if (parts.length <= most) return parts
  const rest = parts.slice(most - 1).join(separator?.[0] ?? ' ')
  return [...parts.slice(0, most - 1), rest]
}

function columnsOf(
  names: readonly string[] | undefined,
  cells: readonly (readonly string[])[],
  { order, hide }: { readonly order?: string; readonly hide?: string },
): number[] {
  const count = Math.max(names?.length ?? 0, ...cells.map(({ length }) => length))
  const indexOf = (name: string): number => (/^\d+$/.test(name) ? Number(name) - 1 : (names?.indexOf(name) ?? -1))
  const all = Array.from({ length: count }, (_, index) => index)
  const first =
    order === undefined
      ? []
      : order
          .split(',')
          .map(indexOf)
          .filter((index) => index >= 0)
  const hidden = new Set(hide === undefined ? [] : hide.split(',').map((name) => (name === '-' ? -1 : indexOf(name))))
  return [...first, ...all.filter((index) => !first.includes(index))].filter((index) => !hidden.has(index))
}

function asJson(cells: readonly (readonly string[])[], names: readonly string[], name: string): string {
  const rows = cells.map(
    (row) =>
      `      {\n${names.map((key, index) => `         ${JSON.stringify(key.toLowerCase())}: ${row[index] === undefined ? 'null' : JSON.stringify(row[index])}`).join(',\n')}\n      }`,
  )
  return `{\n   ${JSON.stringify(name)}: [\n${rows.join(',').replaceAll('},      {', '},{')}\n   ]\n}\n`
}

/** As many columns as fit, parted by tabs. */
function listed(lines: readonly string[], width: number, fillsRows: boolean): string {
  if (lines.length === 0) return ''
  const longest = Math.max(...lines.map(widthOf))
  if (longest >= width) return lines.map((line) => `${line}\n`).join('')
  const cell = (Math.floor(longest / 8) + 1) * 8
  const columns = Math.max(1, Math.floor(width / cell))
  const rows = Math.ceil(lines.length / columns)
  const shown: string[] = []
  for (let row = 0; row < rows; row++) {
    const here = fillsRows ? lines.slice(row * columns, (row + 1) * columns) : lines.filter((_, index) => index % rows === row)
    shown.push(here.map((text, at) => (at === here.length - 1 ? text : text + '\t'.repeat(Math.ceil((cell - widthOf(text)) / 8)))).join(''))
  }
  return shown.map((row) => `${row}\n`).join('')
}
