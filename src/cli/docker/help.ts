/** Help texts of the real tool. Wrapped at 80 columns there; wider or narrower terminals get their flags wrapped anew. */
import type { Blocking, Process } from '../../unix/kernel/process.ts'

let texts: Readonly<Record<string, string>> | undefined

/** The texts are large and seldom read, so they are fetched when first wanted. */
function* loaded(): Blocking<Readonly<Record<string, string>>> {
  if (texts) return texts
  const loading = Promise.all([import('./generated/help.json'), import('./generated/plugin-help.json')]).then(([{ default: core }, { default: plugins }]) => {
    texts = { ...core, ...plugins, '': withPlugins(core['']) }
  })
  while (texts === undefined) yield { promise: loading }
  return texts
}

/** The binary's own list of commands with the plugins among them, as the machine has them installed. */
function withPlugins(text: string): string {
  return text
    .replace(/^ {2}build .*\n/m, (line) => `${line}  bake        Build from a file\n`)
    .replace(/^ {2}builder .*\n/m, (line) => `${line}  buildx*     Docker Buildx\n`)
    .replace(/^ {2}checkpoint .*\n/m, (line) => `${line}  compose*    Docker Compose\n`)
}

export function* helpText(process: Process, path: string): Blocking<string> {
  const text = (yield* loaded())[path] ?? ''
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

/** Lines leave five columns free, so that no single short word stands on the last one. */
function wrapped(words: string, columns: number): string[] {
  const width = columns - 5
  if (columns < 24) return [words]
  const lines: string[] = []
  let rest = words
  while (rest.length >= columns) {
    const cut = rest.lastIndexOf(' ', width - 1)
    if (cut <= 0) break
    lines.push(rest.slice(0, cut))
    rest = rest.slice(cut + 1)
  }
  return [...lines, rest]
}
