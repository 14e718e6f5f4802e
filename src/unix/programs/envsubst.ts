/** gettext's envsubst: fills `$NAME` and `${NAME}` from the environment; with an argument only the names that stand in it. */
import { textOf } from '../../base/bytes.ts'
import { out, type Program, readAll } from '../kernel/process.ts'

export const envsubst: Program = function* (process) {
  const shown = process.argv
    .slice(1)
    .filter((arg) => !arg.startsWith('-'))
    .at(0)
  const named = Array.from((shown ?? '').matchAll(/\$\{?(\w+)\}?/g), (match) => match[1])
  const only = shown === undefined ? undefined : new Set(named)
  if (process.argv.includes('-v') || process.argv.includes('--variables')) {
    yield* out(process, named.map((name) => `${name}\n`).join(''))
    return 0
  }
  const text = textOf(yield* readAll(process, 0))
  yield* out(
    process,
    text.replace(/\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g, (whole, bare?: string, braced?: string) => {
      const name = bare ?? braced ?? ''
      return only && !only.has(name) ? whole : (process.env[name] ?? '')
    }),
  )
  return 0
}
