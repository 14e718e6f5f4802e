/** Help texts of the real tool. Wrapped at 80 columns there; wider or narrower terminals get their flags wrapped anew. */
import type { Process } from '../../unix/kernel/process.ts'
import texts from './generated/help.json'

export function helpText(process: Process, path: string): string {
  const text = (texts as Readonly<Record<string, string>>)[path] ?? ''
  const home = text.replaceAll('$HOME', process.env.HOME ?? '/root')
  const cols = process.terminal?.cols
  return cols === undefined || cols === 80 ? home : rewrapped(home, cols)
}

/** Flag descriptions are continued under their own column; joined and cut again for another width as pflag does. */
function rewrapped(text: string, cols: number): string {
  const lines = text.split('\n')
  const result: string[] = []
  for (let at = 0; at < lines.length; at++) {
    const found = /^( {2,6}(?:-\w, )?--[\w-]+(?: [\w.-]+)? {2,})(\S.*)$/.exec(lines[at])
    if (!found) {
      result.push(lines[at])
      continue
    }
    const column = found[1].length
    let words = found[2]
    while (lines[at + 1]?.startsWith(' '.repeat(column)) && lines[at + 1].length > column) words += ` ${lines[++at].slice(column)}`
    result.push(found[1] + wrapped(words, cols - column).join(`\n${' '.repeat(column)}`))
  }
  return result.join('\n')
}

function wrapped(words: string, width: number): string[] {
  if (width < 24) return [words]
  const lines: string[] = []
  let rest = words
  while (rest.length > width) {
    const cut = rest.lastIndexOf(' ', width - 1)
    if (cut <= 0) break
    lines.push(rest.slice(0, cut))
    rest = rest.slice(cut + 1)
  }
  return [...lines, rest]
}
