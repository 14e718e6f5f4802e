/** Files written down as a table: path → what stands there. Parents are made as they are needed; an existing file is replaced. */
import { bytesOf } from '../base/bytes.ts'
import type { MemoryFiles } from './files/memory-files.ts'

export type LayerTree = Readonly<Record<string, string | TreeEntry>>

export type TreeEntry =
  | { readonly text: string | Uint8Array; readonly mode?: number; readonly uid?: number; readonly gid?: number }
  | { readonly folder: true; readonly mode?: number; readonly uid?: number; readonly gid?: number }
  | { readonly link: string }

export function plant(files: MemoryFiles, tree: LayerTree): void {
  // Neighbours in a table mostly lie in one folder: its own parents are looked for once.
  let folder = ''
  for (const path in tree) {
    const given = tree[path]
    const entry: TreeEntry = typeof given === 'string' ? { text: given } : given
    const parent = path.slice(0, path.lastIndexOf('/'))
    if (parent !== folder) plantFolder(files, (folder = parent))
    const old = files.lookup(path)
    if ('folder' in entry) {
      const { mode = 0o755, uid = 0, gid = 0 } = entry
      if (old) Object.assign(files.writable(path), { mode, uid, gid })
      else files.create(path, { kind: 'directory', mode, uid, gid })
      continue
    }
    if (old) files.remove(path)
    if ('link' in entry) files.create(path, { kind: 'symlink', mode: 0o777, uid: 0, gid: 0, target: entry.link })
    else
      files.create(path, {
        kind: 'file',
        mode: entry.mode ?? 0o644,
        uid: entry.uid ?? 0,
        gid: entry.gid ?? 0,
        content: typeof entry.text === 'string' ? bytesOf(entry.text) : entry.text,
      })
  }
}

function plantFolder(files: MemoryFiles, path: string): void {
  if (path === '' || files.lookup(path)) return
  plantFolder(files, path.slice(0, path.lastIndexOf('/')))
  files.create(path, { kind: 'directory', mode: 0o755, uid: 0, gid: 0 })
}
