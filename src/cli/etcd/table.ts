/** Tables as etcdctl draws them: framed with ASCII, titles centred, cells to the right. */
export function framed(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)))
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`
  const centred = (text: string, width: number): string => {
    const left = Math.floor((width - text.length) / 2)
    return ' '.repeat(left) + text + ' '.repeat(width - text.length - left)
  }
  const line = (cells: readonly string[], place: (text: string, width: number) => string): string =>
    `|${cells.map((cell, column) => ` ${place(cell, widths[column])} `).join('|')}|\n`
  return rule + line(header, centred) + rule + rows.map((row) => line(row, (text, width) => text.padStart(width))).join('') + rule
}
