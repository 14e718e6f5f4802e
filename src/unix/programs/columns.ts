/** Names side by side, down the columns, as `ls` and shells' completion show them on a terminal. */

/** Columns of one or two cells wide letters are counted as the terminal draws them. */
export function widthOf(text: string): number {
  let width = 0
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0
    width +=
      code >= 0x1100 &&
      (code <= 0x115f ||
        (code >= 0x2e80 && code <= 0xa4cf) ||
        (code >= 0xac00 && code <= 0xd7a3) ||
        (code >= 0xf900 && code <= 0xfaff) ||
        (code >= 0xfe30 && code <= 0xfe6f) ||
        (code >= 0xff00 && code <= 0xff60) ||
        (code >= 0x1f300 && code <= 0x1faff))
        ? 2
        : code >= 0x300 && code <= 0x36f
          ? 0
          : 1
  }
  return width
}

export interface Cell {
  readonly text: string
  readonly width: number
}

/** As many columns as fit into `total`, two blanks between; tabs where they save letters, as GNU's ls does. `isAcross`: along the rows. */
export function inColumns(
  cells: readonly Cell[],
  total: number,
  { isAcross = false, tabs = true }: { isAcross?: boolean; tabs?: boolean } = {},
): string {
  if (cells.length === 0) return ''
  const most = Math.max(1, Math.min(cells.length, Math.ceil(total / 3)))
  let widths: number[] = []
  let columns = most
  for (; columns > 0; columns--) {
    const rows = Math.ceil(cells.length / columns)
    widths = Array<number>(columns).fill(3)
    for (const [index, cell] of cells.entries()) {
      const column = isAcross ? index % columns : Math.floor(index / rows)
      widths[column] = Math.max(widths[column], cell.width + (column === columns - 1 ? 0 : 2))
    }
    if (columns === 1 || widths.reduce((a, b) => a + b, 0) < total) break
  }
  const rows = Math.ceil(cells.length / columns)
  let text = ''
  for (let row = 0; row < rows; row++) {
    let at = 0
    let start = 0
    for (let column = 0; column < columns; column++) {
      const cell = cells[isAcross ? row * columns + column : column * rows + row]
      if (cell === undefined) break
      text += indent(at, start, tabs) + cell.text
      at = start + cell.width
      start += widths[column]
    }
    text += '\n'
  }
  return text
}

function indent(from: number, to: number, tabs: boolean): string {
  let text = ''
  let at = from
  while (at < to) {
    if (tabs && Math.floor(to / 8) > Math.floor((at + 1) / 8)) {
      text += '\t'
      at += 8 - (at % 8)
    } else {
      text += ' '
      at++
    }
  }
  return text
}
