/** What the clients of databases ask at their terminal: the next line, and a password that is not shown. */
import { textOf } from '../../base/bytes.ts'
import { type Blocking, out, type Process, readFrom } from '../../unix/kernel/process.ts'

/** Standard input line by line; undefined at its end. */
export function linesOf(process: Process): { readonly next: () => Blocking<string | undefined> } {
  let typed = ''
  return {
    *next() {
      while (!typed.includes('\n')) {
        const bytes = yield* readFrom(process, 0)
        if (bytes.length === 0) {
          const last = typed
          typed = ''
          return last === '' ? undefined : last
        }
        typed += textOf(bytes)
      }
      const end = typed.indexOf('\n')
      const line = typed.slice(0, end)
      typed = typed.slice(end + 1)
      return line
    },
  }
}

export function* typedPassword(process: Process, prompt: string): Blocking<string> {
  const { terminal } = process
  yield* out(process, prompt)
  if (terminal) terminal.echo = false
  const line = yield* linesOf(process).next()
  if (terminal) terminal.echo = true
  yield* out(process, '\n')
  return line ?? ''
}
