/** The folder of one kustomization. Files outside it may not be read, unless they are kustomizations themselves. */
import { UnixError } from '../../../unix/errors.ts'
import type { Process } from '../../../unix/kernel/process.ts'
import { Refusal } from '../refusal.ts'

export class Folder {
  readonly path: string
  /** Folders that led here, to notice circles. */
  readonly trail: readonly string[]
  readonly #process: Process

  constructor(process: Process, path: string, trail: readonly string[] = []) {
    this.#process = process
    this.path = path.replace(/\/\.?$/, '') || '/'
    this.trail = [...trail, this.path]
  }

  full(path: string): string {
    const parts: string[] = []
    for (const part of (path.startsWith('/') ? path : `${this.path}/${path}`).split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    return `/${parts.join('/')}`
  }

  kind(path: string): 'file' | 'directory' | undefined {
    const full = this.full(path)
    if (!this.#process.files.exists(full)) return undefined
    return this.#process.files.stat(full, this.#process.credentials).kind === 'directory' ? 'directory' : 'file'
  }

  inner(path: string): Folder {
    return new Folder(this.#process, this.full(path), this.trail)
  }

  /** Why a path leads to no file that may be read; undefined when it does. */
  refusal(path: string): string | undefined {
    const full = this.full(path)
    const kind = this.kind(path)
    if (kind === undefined) return `evalsymlink failure on '${full}' : lstat ${full}: no such file or directory`
    if (kind === 'directory') return `'${full}' must resolve to a file`
    if (full !== this.path && !full.startsWith(`${this.path === '/' ? '' : this.path}/`))
      return `security; file '${full}' is not in or below '${this.path}'`
    return undefined
  }

  read(path: string, told: (why: string) => string): Uint8Array {
    const why = this.refusal(path)
    if (why !== undefined) throw new Refusal(told(why))
    try {
      return this.#process.files.readFile(this.full(path), this.#process.credentials)
    } catch (error) {
      if (error instanceof UnixError) throw new Refusal(told(`open ${this.full(path)}: ${error.words.toLowerCase()}`))
      throw error
    }
  }
}
