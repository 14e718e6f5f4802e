/**
 * Columns as Go's text/tabwriter aligns them: cells end with a tab, a column is a run of lines that have that cell, and the last cell of
 * a line is never padded. `widths` remembers the columns of the block before, as kubectl's own copy does while it watches.
 */

export interface TableStyle {
  readonly minimum: number
  readonly padding: number
  /** The letter that fills; ' ' in all our tools. */
  readonly fill?: string
  /** Columns of empty cells only take no room. */
  readonly discardEmpty?: boolean
}

/** `kubectl get`: at least 6 wide, 3 apart. */
export const getStyle: TableStyle = { minimum: 6, padding: 3 }
/** `kubectl describe`. */
export const describeStyle: TableStyle = { minimum: 0, padding: 2 }
/** docker's lists. */
export const dockerStyle: TableStyle = { minimum: 10, padding: 3 }

/** Text with tabs → aligned text. `remembered` holds the widths of the last call and is changed. */
export function aligned(text: string, style: TableStyle, remembered?: number[]): string {
  const isWhole = text.endsWith('\n')
  const lines = (isWhole ? text.slice(0, -1) : text).split('\n').map((line) => line.split('\t'))
  const written: string[] = []
  const widths: number[] = []
  const fill = style.fill ?? ' '

  function print(from: number, to: number): void {
    for (let at = from; at < to; at++) {
      let line = ''
      lines[at].forEach((cell, column) => {
        line +=
          column < widths.length && column < lines[at].length - 1 ? cell + fill.repeat(Math.max(0, widths[column] - widthOf(cell))) : cell
      })
      written.push(line)
    }
  }

  function format(start: number, end: number): number {
    const column = widths.length
    let printed = start
    for (let at = start; at < end; at++) {
      if (column >= lines[at].length - 1) continue
      print(printed, at)
      printed = at
      let width = style.minimum
      let isEmpty = true
      for (; at < end && column < lines[at].length - 1; at++) {
        const size = widthOf(lines[at][column])
        width = Math.max(width, size + style.padding)
        if (size > 0) isEmpty = false
      }
      if (isEmpty && style.discardEmpty) width = 0
      if (remembered) {
        width = Math.max(width, remembered[column] ?? 0)
        remembered[column] = width
      }
      widths.push(width)
      printed = format(printed, at)
      widths.pop()
      at--
    }
    print(printed, end)
    return end
  }

  format(0, lines.length)
  return written.join('\n') + (isWhole ? '\n' : '')
}

/** Go counts runes. */
function widthOf(cell: string): number {
  let width = 0
  for (const _ of cell) width++
  return width
}
