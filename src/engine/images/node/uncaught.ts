/**
 * What Node prints before it ends by an error, in its several forms.
 */

export type Description =
  | { readonly isError: false; readonly text: string; readonly quoted: string }
  | {
      readonly isError: true
      readonly text: string
      readonly file: string
      readonly line: number
      readonly column: number
      readonly sourceLine: string
      readonly name: string
      readonly message: string
      readonly code: string
      readonly event: string
    }

/** The page Node prints before it ends with 1. */
export function uncaughtText(about: Description, isRejection: boolean, version: string): string {
  const end = `\n\nNode.js ${version}\n`
  if (!about.isError) {
    if (isRejection)
      return `node:internal/process/promises:394\n      triggerUncaughtException(err, true /* fromPromise */);\n      ^\n\n[UnhandledPromiseRejection: This error originated either by throwing inside of an ${'async'} function without a catch block, or by rejecting a promise which was not handled with .catch(). The promise rejected with the reason "${about.text}".] {\n  code: 'ERR_UNHANDLED_REJECTION'\n}${end}`
    return `node:internal/process/execution:1\n${about.quoted}\n^\n${about.quoted}\n(Use \`node --trace-uncaught ...\` to show where the exception was thrown)${end}`
  }
  if (about.event !== '') {
    const split = about.text.indexOf(' {\n')
    const [stack, more] = split < 0 ? [about.text, ''] : [about.text.slice(0, split), about.text.slice(split)]
    return `node:events:497\n      throw er; // Unhandled 'error' event\n      ^\n\n${stack}\nEmitted 'error' event on ${about.event} instance at:\n    at emitErrorNT (node:internal/streams/destroy:170:8)\n    at process.processTicksAndRejections (node:internal/process/task_queues:90:21)${more}${end}`
  }
  if (about.code === 'MODULE_NOT_FOUND') return `node:internal/modules/cjs/loader:1386\n  throw err;\n  ^\n\n${about.text}${end}`
  if (about.file === '' || about.sourceLine === '')
    return isRejection
      ? `node:internal/process/promises:394\n      triggerUncaughtException(err, true /* fromPromise */);\n      ^\n\n${about.text}${end}`
      : `${about.text}${end}`
  const thrown = /^(\s*)throw\b/.exec(about.sourceLine) ?? /^(.*?)\bthrow\b/.exec(about.sourceLine)
  const caret = thrown ? thrown[1].length : Math.max(0, about.column - 1)
  return `${about.file}:${about.line}\n${about.sourceLine}\n${' '.repeat(caret)}^\n\n${about.text}${end}`
}
