/**
 * What redis-server keeps: a snapshot (dump.rdb, in a form of our own) and, with `appendonly yes`, appendonlydir/ with every change since as the
 * real protocol writes it. Where both are there, the append-only file counts.
 */
import { bytesOf, noBytes } from '../../../base/bytes.ts'
import type { Process } from '../../../unix/kernel/process.ts'
import { type Database, dumped, emptyDatabase, execute, undumped } from './commands.ts'
import { commandOf, commandText } from './protocol.ts'
import type { Settings } from './settings.ts'

export class Files {
  readonly #process: Process
  readonly #settings: Settings
  /** The database that the end of the append-only file speaks of. */
  #lastIndex: number | undefined

  constructor(process: Process, settings: Settings) {
    this.#process = process
    this.#settings = settings
  }

  get #folder(): string {
    return this.#process.path(this.#settings.get('dir') ?? '.')
  }

  get snapshot(): string {
    return `${this.#folder}/${this.#settings.get('dbfilename')}`
  }

  get appends(): boolean {
    return this.#settings.get('appendonly') === 'yes'
  }

  #part(ending: string): string {
    return `${this.#folder}/${this.#settings.get('appenddirname')}/${this.#settings.get('appendfilename')}${ending}`
  }

  get hasAppended(): boolean {
    return this.#process.files.exists(this.#part('.manifest'))
  }

  load(): Database[] | undefined {
    const { files } = this.#process
    if (this.appends && this.hasAppended) {
      const databases = files.exists(this.#part('.1.base.rdb')) ? all(files.readText(this.#part('.1.base.rdb'))) : all('')
      let rest = files.exists(this.#part('.1.incr.aof')) ? files.readFile(this.#part('.1.incr.aof')) : noBytes
      let index = 0
      for (let next = commandOf(rest); next; next = commandOf(rest)) {
        rest = rest.subarray(next.length)
        if (next.argv[0]?.toLowerCase() === 'select') index = Number(next.argv[1])
        else execute(databases[index], next.argv, this.#process.now())
      }
      this.#lastIndex = index
      return databases
    }
    return files.exists(this.snapshot) ? all(files.readText(this.snapshot)) : undefined
  }

  save(databases: readonly Database[]): void {
    this.#write(this.snapshot, text(databases))
    for (const database of databases) database.dirty = 0
  }

  /** A base of what is there now, and an empty file for what follows. */
  beginAppending(databases: readonly Database[]): void {
    const { files, credentials } = this.#process
    const folder = `${this.#folder}/${this.#settings.get('appenddirname')}`
    if (!files.exists(folder)) files.mkdir(folder, { mode: 0o755 }, credentials)
    const name = this.#settings.get('appendfilename')
    this.#lastIndex = undefined
    this.#write(this.#part('.1.base.rdb'), text(databases))
    this.#write(this.#part('.1.incr.aof'), '')
    this.#write(this.#part('.manifest'), `file ${name}.1.base.rdb seq 1 type b\nfile ${name}.1.incr.aof seq 1 type i\n`)
  }

  append(index: number, argv: readonly string[]): void {
    if (!this.appends) return
    const words = `${index === this.#lastIndex ? '' : commandText(['SELECT', String(index)])}${commandText(argv)}`
    this.#lastIndex = index
    this.#process.files.writeFile(this.#part('.1.incr.aof'), words, { append: true }, this.#process.credentials)
  }

  #write(path: string, content: string): void {
    this.#process.files.writeFile(path, bytesOf(content), { mode: 0o600 }, this.#process.credentials)
  }
}

/** All sixteen in one text: the first line is database 0, as it was when there was only that one. */
export function text(databases: readonly Database[]): string {
  return databases
    .map((database, index) => (index === 0 || database.values.size > 0 ? `${index === 0 ? '' : `${index} `}${dumped(database)}` : ''))
    .join('')
}

export function all(content: string): Database[] {
  const databases = Array.from({ length: 16 }, emptyDatabase)
  for (const line of content.split('\n')) {
    const [, index = '0', rest = ''] = /^(?:(\d+) )?(REDIS0012 .*)$/.exec(line) ?? []
    if (rest !== '') databases[Number(index)] = undumped(rest)
  }
  return databases
}
