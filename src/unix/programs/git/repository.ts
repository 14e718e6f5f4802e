/**
 * A git repository as it lies on the disk: loose objects, refs, the index (version 2), the configuration. Real formats, so that what people look at
 * under .git is what they would find; packs and other machines are not simulated.
 */
import { sha1 as sha1Bytes } from '@noble/hashes/legacy'
import { unzlibSync, zlibSync } from 'fflate'
import { bytesOf, joined, noBytes, textOf } from '../../../base/bytes.ts'
import { hexOf } from '../../../base/pki/der.ts'
import { UnixError } from '../../errors.ts'
import { Exit, type Process } from '../../kernel/process.ts'

/** Ends the command with `fatal: …` and 128. */
export class Fatal extends Exit {
  readonly text: string

  constructor(text: string, code = 128) {
    super(code)
    this.text = text
  }
}

export interface TreeEntry {
  readonly mode: string
  readonly id: string
}

/** Path → what stands there; folders are only in the paths. */
export type Files = ReadonlyMap<string, TreeEntry>

export interface Person {
  readonly name: string
  readonly email: string
  readonly seconds: number
  readonly zone: string
}

export interface Commit {
  readonly id: string
  readonly tree: string
  readonly parents: readonly string[]
  readonly author: Person
  readonly committer: Person
  readonly message: string
}

const idBytes = (id: string): Uint8Array =>
  Uint8Array.from({ length: 20 }, (_, index) => Number.parseInt(id.slice(index * 2, index * 2 + 2), 16))

export class Repository {
  readonly process: Process
  /** Absolute; undefined in a bare one. */
  readonly work: string
  readonly folder: string

  constructor(process: Process, work: string, folder = `${work === '/' ? '' : work}/.git`) {
    this.process = process
    this.work = work
    this.folder = folder
  }

  /** The one that the working directory stands in. */
  static find(process: Process): Repository {
    let at = process.files.realpath(process.path('.'), process.credentials)
    for (;;) {
      if (process.files.exists(`${at === '/' ? '' : at}/.git/HEAD`)) return new Repository(process, at)
      if (process.files.exists(`${at}/HEAD`) && process.files.exists(`${at}/objects`) && process.files.exists(`${at}/refs`))
        return new Repository(process, at, at)
      if (at === '/') throw new Fatal('not a git repository (or any of the parent directories): .git')
      at = at.slice(0, at.lastIndexOf('/')) || '/'
    }
  }

  get isBare(): boolean {
    return this.work === this.folder
  }

  path(name: string): string {
    return `${this.folder}/${name}`
  }

  /** A path of the working tree. */
  at(name: string): string {
    return `${this.work === '/' ? '' : this.work}/${name}`
  }

  exists(name: string): boolean {
    return this.process.files.exists(this.path(name))
  }

  text(name: string): string | undefined {
    return this.exists(name) ? this.process.files.readText(this.path(name), this.process.credentials) : undefined
  }

  write(name: string, content: string | Uint8Array): void {
    const { files, credentials } = this.process
    const path = this.path(name)
    const folder = path.slice(0, path.lastIndexOf('/'))
    if (!files.exists(folder)) files.mkdir(folder, { parents: true }, credentials)
    files.writeFile(path, content, {}, credentials)
  }

  remove(name: string): void {
    if (this.exists(name)) this.process.files.unlink(this.path(name), this.process.credentials)
  }

  put(kind: 'blob' | 'tree' | 'commit' | 'tag', content: Uint8Array): string {
    const whole = joined([bytesOf(`${kind} ${content.length}\0`), content])
    const id = hexOf(sha1Bytes(whole))
    const name = `objects/${id.slice(0, 2)}/${id.slice(2)}`
    if (!this.exists(name)) {
      this.write(name, zlibSync(whole))
      this.process.files.chmod(this.path(name), 0o444, this.process.credentials)
    }
    return id
  }

  get(id: string): { kind: string; content: Uint8Array } {
    const name = this.path(`objects/${id.slice(0, 2)}/${id.slice(2)}`)
    if (!this.process.files.exists(name)) throw new Fatal(`bad object ${id}`)
    const whole = unzlibSync(this.process.files.readFile(name, this.process.credentials))
    const end = whole.indexOf(0)
    return { kind: textOf(whole.subarray(0, end)).split(' ')[0], content: whole.subarray(end + 1) }
  }

  blob(id: string): Uint8Array {
    return id === emptyId ? noBytes : this.get(id).content
  }

  commit(id: string): Commit {
    const { kind, content } = this.get(id)
    if (kind === 'tag') return this.commit(/^object (\w+)/.exec(textOf(content))?.[1] ?? '')
    const text = textOf(content)
    const gap = text.indexOf('\n\n')
    const lines = text.slice(0, gap).split('\n')
    const field = (name: string): string[] => lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))
    return {
      id,
      tree: field('tree')[0],
      parents: field('parent'),
      author: personOf(field('author')[0]),
      committer: personOf(field('committer')[0]),
      message: text.slice(gap + 2),
    }
  }

  putCommit({ tree, parents, author, committer, message }: Omit<Commit, 'id'>): string {
    return this.put(
      'commit',
      bytesOf(
        `tree ${tree}\n${parents.map((one) => `parent ${one}\n`).join('')}author ${personText(author)}\ncommitter ${personText(committer)}\n\n${message}`,
      ),
    )
  }

  /** All files of a tree, by full path. */
  filesOf(tree: string, prefix = ''): Map<string, TreeEntry> {
    const files = new Map<string, TreeEntry>()
    const { content } = this.get(tree)
    for (let at = 0; at < content.length; ) {
      const end = content.indexOf(0, at)
      const [mode, ...name] = textOf(content.subarray(at, end)).split(' ')
      const id = hexOf(content.subarray(end + 1, end + 21))
      at = end + 21
      const path = prefix + name.join(' ')
      if (mode === '40000') for (const [inner, entry] of this.filesOf(id, `${path}/`)) files.set(inner, entry)
      else files.set(path, { mode, id })
    }
    return files
  }

  /** Writes the trees of these files; answers the root's id. */
  putTree(files: Files, prefix = ''): string {
    const here = new Map<string, TreeEntry | undefined>()
    for (const [path, entry] of files) {
      if (!path.startsWith(prefix)) continue
      const rest = path.slice(prefix.length)
      const slash = rest.indexOf('/')
      here.set(slash < 0 ? rest : rest.slice(0, slash), slash < 0 ? entry : undefined)
    }
    const sorted = [...here].sort(([a, one], [b, other]) => compare(one ? a : `${a}/`, other ? b : `${b}/`))
    return this.put(
      'tree',
      joined(
        sorted.flatMap(([name, entry]) => [
          bytesOf(`${entry ? entry.mode : '40000'} ${name}\0`),
          idBytes(entry ? entry.id : this.putTree(files, `${prefix}${name}/`)),
        ]),
      ),
    )
  }

  index(): Map<string, TreeEntry> {
    const entries = new Map<string, TreeEntry>()
    if (!this.exists('index')) return entries
    const bytes = this.process.files.readFile(this.path('index'), this.process.credentials)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = 12
    for (let left = view.getUint32(8); left > 0; left--) {
      const mode = view.getUint32(at + 24).toString(8)
      const end = bytes.indexOf(0, at + 62)
      entries.set(textOf(bytes.subarray(at + 62, end)), { mode, id: hexOf(bytes.subarray(at + 40, at + 60)) })
      at += Math.ceil((end - at + 1) / 8) * 8
    }
    return entries
  }

  putIndex(entries: Files): void {
    const parts: Uint8Array[] = []
    const head = new DataView(new ArrayBuffer(12))
    head.setUint32(0, 0x44495243)
    head.setUint32(4, 2)
    head.setUint32(8, entries.size)
    parts.push(new Uint8Array(head.buffer))
    for (const [path, { mode, id }] of [...entries].sort(([a], [b]) => compare(a, b))) {
      const name = bytesOf(path)
      const entry = new Uint8Array(Math.ceil((62 + name.length + 1) / 8) * 8)
      const view = new DataView(entry.buffer)
      view.setUint32(24, Number.parseInt(mode, 8))
      entry.set(idBytes(id), 40)
      view.setUint16(60, Math.min(name.length, 0xfff))
      entry.set(name, 62)
      parts.push(entry)
    }
    const whole = joined(parts)
    this.write('index', joined([whole, sha1Bytes(whole)]))
  }

  /** `refs/heads/main`, or undefined when HEAD is detached. */
  headRef(): string | undefined {
    return /^ref: (.*)\n/.exec(this.text('HEAD') ?? '')?.[1]
  }

  get branch(): string | undefined {
    return this.headRef()?.replace(/^refs\/heads\//, '')
  }

  /** Undefined before the first commit. */
  head(): string | undefined {
    const ref = this.headRef()
    return ref === undefined ? this.text('HEAD')?.trim() : this.ref(ref)
  }

  ref(name: string): string | undefined {
    if (!this.exists(name) || this.process.files.stat(this.path(name)).kind !== 'file') return undefined
    const text = this.text(name)?.trim()
    return text?.startsWith('ref: ') ? this.ref(text.slice(5)) : text
  }

  /** Moves the branch (or the detached HEAD) and notes it in the reflog. */
  moveHead(id: string, why: string, who: Person): void {
    const old = this.head() ?? '0'.repeat(40)
    const ref = this.headRef()
    this.write(ref ?? 'HEAD', `${id}\n`)
    this.log('HEAD', old, id, why, who)
    if (ref !== undefined) this.log(ref, old, id, why, who)
  }

  log(name: string, old: string, id: string, why: string, who: Person): void {
    this.write(`logs/${name}`, `${this.text(`logs/${name}`) ?? ''}${old} ${id} ${personText(who)}\t${why}\n`)
  }

  /** Names below `refs/heads` and the like, sorted. */
  refs(folder: string): string[] {
    const names: string[] = []
    const look = (at: string): void => {
      if (!this.exists(at)) return
      for (const name of this.process.files.list(this.path(at), this.process.credentials)) {
        if (this.process.files.stat(this.path(`${at}/${name}`)).kind === 'directory') look(`${at}/${name}`)
        else names.push(`${at}/${name}`.slice(folder.length + 1))
      }
    }
    look(folder)
    return names.sort(compare)
  }

  /** A revision as people write it: `HEAD~2`, `main`, `v1^`, `a1b2c3`, `HEAD@{1}`. Undefined: no such thing. */
  resolve(text: string): string | undefined {
    const suffix = /^(.*?)((?:[~^]\d*)+)$/.exec(text)
    if (suffix) {
      let id = this.resolve(suffix[1])
      for (const [, mark, digits] of suffix[2].matchAll(/([~^])(\d*)/g)) {
        if (id === undefined) return undefined
        if (mark === '^') {
          if (digits !== '0') id = this.commit(id).parents[Number(digits || 1) - 1]
          continue
        }
        for (let left = Number(digits || 1); left > 0 && id !== undefined; left--) id = this.commit(id).parents[0]
      }
      return id
    }
    const earlier = /^(.*)@\{(\d+)\}$/.exec(text)
    if (earlier) {
      const lines = (this.text(`logs/${earlier[1] === '' || earlier[1] === 'HEAD' ? 'HEAD' : `refs/heads/${earlier[1]}`}`) ?? '')
        .trimEnd()
        .split('\n')
      return lines.at(-1 - Number(earlier[2]))?.split(' ')[1]
    }
    if (text === 'HEAD' || text === '@') return this.head()
    for (const place of [text, `refs/${text}`, `refs/tags/${text}`, `refs/heads/${text}`, `refs/remotes/${text}`]) {
      const id = /^[\w./@+-]+$/.test(place) && (place.startsWith('refs/') || /^[A-Z_]+$/.test(place)) ? this.ref(place) : undefined
      if (id !== undefined) return this.get(id).kind === 'tag' ? this.commit(id).id : id
    }
    if (!/^[0-9a-f]{4,40}$/.test(text) || !this.exists(`objects/${text.slice(0, 2)}`)) return undefined
    const found = this.process.files.list(this.path(`objects/${text.slice(0, 2)}`)).filter((name) => name.startsWith(text.slice(2)))
    return found.length === 1 ? text.slice(0, 2) + found[0] : undefined
  }

  /** `section.key` → values, this repository's over the user's. */
  config(name: string): string | undefined {
    return this.configAll(name).at(-1)
  }

  configAll(name: string): string[] {
    return [globalConfig(this.process), this.text('config') ?? ''].flatMap((text) =>
      entriesOf(text)
        .filter(([key]) => key === name)
        .map(([, value]) => value),
    )
  }
}

/** The id of the empty file. */
const emptyId = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export function globalPath(process: Process): string {
  return `${process.env.HOME ?? '/'}/.gitconfig`
}

export function globalConfig(process: Process): string {
  const path = globalPath(process)
  try {
    return process.files.readText(path, process.credentials)
  } catch (error) {
    if (error instanceof UnixError) return ''
    throw error
  }
}

/** `[remote "origin"] url = x` → `remote.origin.url`, `x`. */
export function entriesOf(text: string): [string, string][] {
  const entries: [string, string][] = []
  let section = ''
  for (const line of text.split('\n')) {
    const head = /^\s*\[([\w.-]+)(?:\s+"(.*)")?\]/.exec(line)
    if (head) section = head[2] === undefined ? head[1].toLowerCase() : `${head[1].toLowerCase()}.${head[2]}`
    const pair = /^\s*([\w-]+)\s*(?:=\s*(.*))?$/.exec(line)
    if (pair && !head) entries.push([`${section}.${pair[1].toLowerCase()}`, (pair[2] ?? 'true').replace(/^"(.*)"$/, '$1')])
  }
  return entries
}

/** The text of a configuration with one value set, or taken out. */
export function withEntry(text: string, name: string, value: string | undefined): string {
  const dot = name.indexOf('.')
  const last = name.lastIndexOf('.')
  const head = dot === last ? `[${name.slice(0, dot)}]` : `[${name.slice(0, dot)} "${name.slice(dot + 1, last)}"]`
  const key = name.slice(last + 1)
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const start = lines.findIndex((line) => line.trim() === head)
  if (start < 0) return value === undefined ? text : `${text}${head}\n\t${key} = ${value}\n`
  let end = start + 1
  while (end < lines.length && !/^\s*\[/.test(lines[end])) end++
  const at = lines.findIndex((line, index) => index > start && index < end && new RegExp(`^\\s*${key}\\s*=`, 'i').test(line))
  if (value === undefined) {
    if (at >= 0) lines.splice(at, 1)
    if (end - start === 2 && at >= 0) lines.splice(start, 1)
  } else if (at >= 0) lines[at] = `\t${key} = ${value}`
  else lines.splice(end, 0, `\t${key} = ${value}`)
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

export function withoutSection(text: string, head: string): string {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.trim() === head)
  if (start < 0) return text
  let end = start + 1
  while (end < lines.length && lines[end] !== '' && !/^\s*\[/.test(lines[end])) end++
  lines.splice(start, end - start)
  return lines.join('\n')
}

const personText = ({ name, email, seconds, zone }: Person): string => `${name} <${email}> ${seconds} ${zone}`

function personOf(text: string): Person {
  const [, name, email, seconds, zone] = /^(.*) <(.*)> (\d+) ([+-]\d{4})$/.exec(text) ?? [undefined, 'unknown', '', '0', '+0000']
  return { name, email, seconds: Number(seconds), zone }
}
