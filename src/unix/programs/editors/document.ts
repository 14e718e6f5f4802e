/** A text file while it is edited: its lines, and reading and writing it. Lines are never changed in place, so an old list of them is an old state. */
import { UnixError } from '../../errors.ts'
import type { Process } from '../../kernel/process.ts'
import { bytesOfString, stringOf } from '../text.ts'

export interface Loaded {
  readonly lines: readonly string[]
  readonly bytes: number
  readonly isNew: boolean
  readonly isReadOnly: boolean
  /** Whether the last line had its line feed. */
  readonly hasEnd: boolean
  /** Why it could not be read. */
  readonly refusal?: 'directory' | 'permission'
}

export function load(process: Process, path: string): Loaded {
  const full = process.path(path)
  const none = { lines: [''], bytes: 0, isNew: true, isReadOnly: false, hasEnd: true }
  try {
    if (process.files.stat(full, process.credentials).kind === 'directory') return { ...none, isNew: false, refusal: 'directory' }
    const bytes = process.files.readFile(full, process.credentials)
    const text = stringOf(bytes)
    const hasEnd = text === '' || text.endsWith('\n')
    return { lines: text.replace(/\n$/, '').split('\n'), bytes: bytes.length, isNew: false, isReadOnly: !isWritable(process, full), hasEnd }
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return error.errno === 'EACCES' ? { ...none, isNew: false, refusal: 'permission' } : none
  }
}

function isWritable(process: Process, full: string): boolean {
  try {
    process.files.open(full, { write: true }, process.credentials).close()
    return true
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return false
  }
}

export interface Saved {
  readonly bytes: number
  readonly isNew: boolean
}

/** Throws UnixError. */
export function save(
  process: Process,
  path: string,
  lines: readonly string[],
  { hasEnd = true, append = false }: { readonly hasEnd?: boolean; readonly append?: boolean } = {},
): Saved {
  const full = process.path(path)
  const isNew = !process.files.exists(full)
  const content = bytesOfString(lines.join('\n') + (hasEnd ? '\n' : ''))
  process.files.writeFile(full, content, { ...(isNew && { mode: 0o666 & ~process.umask }), append }, process.credentials)
  return { bytes: content.length, isNew }
}
