/** which: where on PATH a program is. Says nothing when it is nowhere. */
import { executable } from '../kernel/execute.ts'
import type { Program } from '../kernel/process.ts'
import { UnixError } from '../errors.ts'
import { print } from './text.ts'

export const which: Program = function* (process) {
  const all = process.argv.includes('-a')
  const names = process.argv.slice(1).filter((arg) => !arg.startsWith('-'))
  let code = names.length === 0 ? 1 : 0
  for (const name of names) {
    const folders = name.includes('/') ? [''] : (process.env.PATH ?? '').split(':')
    let found = false
    for (const folder of folders) {
      const path = folder === '' ? name : `${folder}/${name}`
      try {
        executable(process, path, [name])
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        if (error.errno !== 'ENOEXEC') continue
      }
      yield* print(process, `${path}\n`)
      found = true
      if (!all) break
    }
    if (!found) code = 1
  }
  return code
}
