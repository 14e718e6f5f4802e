/** What lies in the working tree beside what git knows of it: ignored, untracked, changed. */
import { bytesOf } from '../../../base/bytes.ts'
import { sha1 } from '@noble/hashes/legacy'
import { hexOf } from '../../../base/pki/der.ts'
import { joined } from '../../../base/bytes.ts'
import { UnixError } from '../../errors.ts'
import { patternRegExp } from '../../shell/pattern.ts'
import { compare, type Files, type Repository, type TreeEntry } from './repository.ts'

interface IgnoreRule {
  readonly base: string
  readonly matches: RegExp
  readonly isFolderOnly: boolean
  readonly isNegated: boolean
}

function rulesOf(text: string, base: string): IgnoreRule[] {
  return text.split('\n').flatMap((raw) => {
    const line = raw.replace(/(?<!\\)\s+$/, '')
    if (line === '' || line.startsWith('#')) return []
    const isNegated = line.startsWith('!')
    const isFolderOnly = line.endsWith('/')
    const body = line
      .replace(/^!/, '')
      .replace(/^\\(?=[#!])/, '')
      .replace(/\/$/, '')
    const isAnchored = body.includes('/')
    const source = body
      .replace(/^\//, '')
      .split('**')
      .map((piece) =>
        patternRegExp(piece, { isPath: true })
          .source.replace(/^\^|\$$/g, '')
          .replace(/^\(\?:([^]*)\)$/, '$1'),
      )
      .join('.*')
      .replace(/^\.\*\//, '(?:.*/)?')
    return [{ base, matches: new RegExp(`^${isAnchored ? '' : '(?:.*/)?'}(?:${source})$`, 's'), isFolderOnly, isNegated }]
  })
}

export interface Scan {
  /** Files, by path; their content not read yet. */
  readonly files: ReadonlySet<string>
  readonly ignored: ReadonlySet<string>
}

export function scan(repository: Repository, tracked: Files): Scan {
  const { process } = repository
  const files = new Set<string>()
  const ignored = new Set<string>()
  const isIgnored = (path: string, isFolder: boolean, rules: readonly IgnoreRule[]): boolean => {
    let result = false
    for (const { base, matches, isFolderOnly, isNegated } of rules) {
      if ((isFolderOnly && !isFolder) || !path.startsWith(base)) continue
      if (matches.test(path.slice(base.length))) result = !isNegated
    }
    return result
  }
  const look = (folder: string, above: readonly IgnoreRule[]): void => {
    const full = folder === '' ? repository.work : repository.at(folder.slice(0, -1))
    let names: readonly string[]
    try {
      names = process.files.list(full, process.credentials)
    } catch (error) {
      if (error instanceof UnixError) return
      throw error
    }
    const rules = names.includes('.gitignore')
      ? [...above, ...rulesOf(process.files.readText(`${full}/.gitignore`, process.credentials), folder)]
      : above
    for (const name of names) {
      if (name === '.git') continue
      const path = folder + name
      const isFolder = process.files.lstat(repository.at(path)).kind === 'directory'
      const isOut = isIgnored(path, isFolder, rules)
      if (isFolder) {
        if (isOut && ![...tracked.keys()].some((one) => one.startsWith(`${path}/`))) ignored.add(`${path}/`)
        else look(`${path}/`, rules)
      } else if (isOut && !tracked.has(path)) ignored.add(path)
      else files.add(path)
    }
  }
  look('', rulesOf(repository.text('info/exclude') ?? '', ''))
  return { files, ignored }
}

export function contentOf(repository: Repository, path: string): Uint8Array {
  const { files, credentials } = repository.process
  const full = repository.at(path)
  return files.lstat(full).kind === 'symlink' ? bytesOf(files.readlink(full)) : files.readFile(full, credentials)
}

export function entryOf(repository: Repository, path: string): TreeEntry | undefined {
  const { files } = repository.process
  const full = repository.at(path)
  try {
    const node = files.lstat(full)
    if (node.kind === 'directory') return undefined
    const content = contentOf(repository, path)
    const id = hexOf(sha1(joined([bytesOf(`blob ${content.length}\0`), content])))
    return { mode: node.kind === 'symlink' ? '120000' : node.mode & 0o100 ? '100755' : '100644', id }
  } catch (error) {
    if (error instanceof UnixError) return undefined
    throw error
  }
}

export interface Change {
  readonly path: string
  readonly old: TreeEntry | undefined
  readonly now: TreeEntry | undefined
  /** Where a renamed file was. */
  readonly from?: string
}

export const letterOf = ({ old, now, from }: Change): 'A' | 'D' | 'M' | 'R' => (from !== undefined ? 'R' : !old ? 'A' : !now ? 'D' : 'M')

export function changes(from: Files, to: Files): Change[] {
  const found: Change[] = []
  for (const path of [...new Set([...from.keys(), ...to.keys()])].sort(compare)) {
    const [old, now] = [from.get(path), to.get(path)]
    if (old?.id !== now?.id || old?.mode !== now?.mode) found.push({ path, old, now })
  }
  return found
}

/** Deleted here and added there with the same content: moved. */
export function withRenames(all: readonly Change[]): Change[] {
  const gone = all.filter(({ now }) => !now)
  const used = new Set<Change>()
  const renamed = all.map((change) => {
    if (change.old || !change.now) return change
    const source = gone.find((one) => !used.has(one) && one.old?.id === change.now?.id)
    if (!source) return change
    used.add(source)
    return { ...change, old: source.old, from: source.path }
  })
  return renamed.filter((change) => !used.has(change))
}

/** The working tree's version of every tracked file. */
export function workingFiles(repository: Repository, index: Files): Map<string, TreeEntry> {
  const now = new Map<string, TreeEntry>()
  for (const path of index.keys()) {
    const entry = entryOf(repository, path)
    if (entry) now.set(path, entry)
  }
  return now
}

/** Makes the working tree's tracked files those of `to`. */
export function checkOut(repository: Repository, from: Files, to: Files): void {
  for (const { path, now } of changes(from, to)) {
    if (!now) removeFile(repository, path)
    else writeFile(repository, path, now)
  }
}

export function writeFile(repository: Repository, path: string, { mode, id }: TreeEntry): void {
  const { files, credentials, umask } = repository.process
  const full = repository.at(path)
  const folder = full.slice(0, full.lastIndexOf('/'))
  if (folder !== '' && !files.exists(folder)) files.mkdir(folder, { parents: true }, credentials)
  if (files.exists(full)) files.unlink(full, credentials)
  if (mode === '120000') files.symlink(new TextDecoder().decode(repository.blob(id)), full, credentials)
  else files.writeFile(full, repository.blob(id), { mode: (mode === '100755' ? 0o777 : 0o666) & ~umask }, credentials)
}

export function removeFile(repository: Repository, path: string): void {
  const { files, credentials } = repository.process
  const full = repository.at(path)
  try {
    files.unlink(full, credentials)
    for (
      let folder = full.slice(0, full.lastIndexOf('/'));
      folder.length > repository.work.length && files.list(folder).length === 0;
      folder = folder.slice(0, folder.lastIndexOf('/'))
    )
      files.rmdir(folder, credentials)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
  }
}
