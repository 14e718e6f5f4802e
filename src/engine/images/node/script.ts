/**
 * Which file `node app` means.
 */
import { UnixError } from '../../../unix/errors.ts'
import type { Process } from '../../../unix/kernel/process.ts'

/** What `node app` runs: the file, or with .js, or a folder's index. */
export function scriptAt(process: Process, full: string): string | undefined {
  for (const end of ['', '.js', '.json', '.cjs', '.mjs', '/index.js']) {
    try {
      if (process.files.stat(full + end, process.credentials).kind === 'file')
        return process.files.realpath(full + end, process.credentials)
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
    }
  }
  return undefined
}
