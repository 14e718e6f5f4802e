/** Names side by side, down the columns, as `ls` and shells' completion show them on a terminal. */

/** Columns of one or two cells wide letters are counted as the terminal draws them. */
export function widthOf(text: string): number {
  let width = 0
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0
    width += code >= 0x1100 && (code <= 0x115f || (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) || (code >= 0x1f300 && code <= 0x1faff)) ? 2 : code >= 0x300 && code <= 0x36f ? 0 : 1
  }
  return width
}

export interface Cell {
  readonly text: string
  readonly width: number
}

/** As few rows as fit into `total` columns, two blanks between. */
export function inColumns(cells: readonly Cell[], total: number): string {
  if (cells.length === 0) return ''
  for (let rows = 1; rows <= cells.length; rows++) {
    const widths: number[] = []
    for (let index = 0; index < cells.length; index += rows) {
      widths.push(Math.max(...cells.slice(index, index + rows).map(({ width }) => width)))
    }
    const sum = widths.reduce((a, b) => a + b, 0) + 2 * (widths.length - 1)
    if (sum > total - 1 && rows < cells.length) continue
    let text = ''
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column * rows + row < cells.length; column++) {
        const cell = cells[column * rows + row]
        const isLast = (column + 1) * rows + row >= cells.length
        text += isLast ? cell.text : cell.text + ' '.repeat(widths[column] - cell.width + 2)
      }
      text += '\n'
    }
    return text
  }
  return ''
}
