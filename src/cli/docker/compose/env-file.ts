/** `.env` and `env_file`: `NAME=value` lines, with quotes, values over several lines, comments, and variables filled in except between single quotes. */
import type { Process } from '../../../unix/kernel/process.ts'
import { DockerError } from '../docker-error.ts'
import { filledIn } from './interpolation.ts'

type Values = Readonly<Record<string, string | undefined>>

/** Later files see what earlier ones set. With `format: raw` nothing is filled in and quotes stand. */
export function envFiles(
  process: Process,
  paths: readonly string[],
  { areNeeded, isRaw = false }: { areNeeded: boolean; isRaw?: boolean },
): Record<string, string> {
  const values: Record<string, string> = {}
  for (const path of paths) {
    if (!process.files.exists(path)) {
      if (areNeeded) throw new DockerError(`couldn't find env file: ${path}`)
      continue
    }
    const text = process.files.readText(path, process.credentials)
    if (isRaw) for (const [, name, value] of text.matchAll(/^([^#=\s][^=]*)=(.*)$/gm)) values[name] = value
    else readInto(values, text, process.env, path)
  }
  return values
}

function readInto(values: Record<string, string>, text: string, environment: Values, path: string): void {
  let rest = text.replaceAll('\r\n', '\n')
  let line = 1
  const take = (count: number): void => {
    line += rest.slice(0, count).split('\n').length - 1
    rest = rest.slice(count)
  }
  for (;;) {
    take(/^(?:\s+|#[^\n]*)*/.exec(rest)?.[0].length ?? 0)
    if (rest === '') return
    const head = /^(?:export[ \t]+)?([^\s=:#]+)[ \t]*([=:])?[ \t]*/.exec(rest)
    if (!head || !/^[\w.[\]-]+$/.test(head[1]))
      throw new DockerError(
        `failed to read ${path}: line ${line}: unexpected character ${JSON.stringify(/[^\w.[\]-]/.exec(head?.[1] ?? rest)?.[0] ?? rest[0])} in variable name ${JSON.stringify(rest.split('\n')[0])}`,
      )
    const [whole, name, sign] = head
    if (sign === undefined) {
      const behind = rest.slice(whole.length)
      if (behind !== '' && !behind.startsWith('\n') && !behind.startsWith('#'))
        throw new DockerError(
          `failed to read ${path}: line ${line}: unexpected character ${JSON.stringify(' ')} in variable name ${JSON.stringify(rest.split('\n')[0])}`,
        )
      const inherited = environment[name]
      if (inherited !== undefined) values[name] = inherited
      take(whole.length)
      continue
    }
    take(whole.length)
    const quoted = /^(["'])((?:\\[\s\S]|(?!\1)[\s\S])*)\1/.exec(rest)
    if (!quoted && /^["']/.test(rest))
      throw new DockerError(`failed to read ${path}: line ${line}: unterminated quoted value ${rest.split('\n')[0]}`)
    if (quoted) {
      const [all, quote, inner] = quoted
      values[name] = quote === "'" ? inner : filledIn(unescaped(inner), { ...environment, ...values })
      take(all.length)
      take(/^[^\n]*/.exec(rest)?.[0].length ?? 0)
    } else {
      const value = /^[^\n]*/.exec(rest)?.[0] ?? ''
      values[name] = filledIn(value.replace(/(^|\s)#.*$/, '').trimEnd(), { ...environment, ...values })
      take(value.length)
    }
  }
}

function unescaped(text: string): string {
  const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$$' }
  return text.replace(/\\([nrt"\\$])/g, (_, letter: string) => letters[letter])
}
