/** gettext's envsubst: fills `$NAME` and `${NAME}` from the environment; with an argument only the names that stand in it. */
import { textOf } from '../../base/bytes.ts'
import { out, type Program, readAll } from '../../unix/kernel/process.ts'

export const envsubst: Program = function* (process) {
  const shown = process.argv.slice(1).filter((arg) => !arg.startsWith('-')).at(0)
  const only = shown === undefined ? undefined : new Set(Array.from(shown.matchAll(/\$\{?(\w+)\}?/g), (match) => match[1]))
  if (process.argv.includes('-v') || process.argv.includes('--variables')) {
    yield* out(process, Array.from(only ?? [], (name) => `${name}\n`).join(''))
    return 0
  }
  const text = textOf(yield* readAll(process, 0))
  yield* out(process, text.replace(/\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g, (whole, bare?: string, braced?: string) => {
    const name = bare ?? braced ?? ''
    return only && !only.has(name) ? whole : (process.env[name] ?? '')
  }))
  return 0
}
