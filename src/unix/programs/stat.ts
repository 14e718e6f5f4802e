/** stat: everything a file's node tells. */
import type { Node } from '../files/node.ts'
import type { Process } from '../kernel/process.ts'
import { modeText } from './modes.ts'
import { flag, UsageError, value } from './options.ts'
import { print } from './text.ts'
import { momentOf, strftime, zoneOf } from './time-text.ts'
import { complain, quoted, tool, wordsOf } from './tool.ts'
import { groupName, userName } from './users.ts'

export const stat = tool({
  name: 'stat',
  usage: '[OPTION]... FILE...',
  summary: 'Display file or file system status.',
  flags: {
    dereference: flag('L|dereference', 'follow links'),
    fileSystem: flag('f|file-system', 'display file system status instead of file status'),
    format: value('c|format', 'FORMAT', 'use the specified FORMAT instead of the default'),
    printf: value('printf', 'FORMAT', 'like --format, but interpret backslash escapes'),
    terse: flag('t|terse', 'print the information in terse form'),
  },
  *run(call) {
    const { process, flags, operands } = call
    if (operands.length === 0) throw new UsageError('missing operand')
    let code = 0
    for (const path of operands) {
      try {
        const node = flags.dereference
          ? process.files.stat(process.path(path), process.credentials)
          : process.files.lstat(process.path(path), process.credentials)
        if (flags.fileSystem) {
          const format = flags.printf?.replace(/\\n/g, '\n') ?? flags.format
          yield* print(
            process,
            format === undefined
              ? fileSystemText(process, path)
              : fileSystemFormatted(process, format, path) + (flags.printf === undefined ? '\n' : ''),
          )
          continue
        }
        const format =
          flags.printf?.replace(/\\n/g, '\n').replace(/\\t/g, '\t') ??
          flags.format ??
          (flags.terse ? '%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o' : undefined)
        if (format !== undefined) yield* print(process, formatted(process, format, path, node) + (flags.printf === undefined ? '\n' : ''))
        else yield* print(process, fullText(process, path, node))
      } catch (error) {
        yield* complain(call, call.busybox ? `can't stat '${path}': ${wordsOf(error)}` : `cannot statx ${quoted(path)}: ${wordsOf(error)}`)
        code = 1
      }
    }
    return code
  },
})

const kinds = {
  file: 'regular file',
  directory: 'directory',
  symlink: 'symbolic link',
  fifo: 'fifo',
  character: 'character special file',
  block: 'block special file',
  socket: 'socket',
} as const

function kindText(node: Node): string {
  return node.kind === 'file' && node.size === 0 ? 'regular empty file' : kinds[node.kind]
}

const blocksOf = (node: Node): number => (node.kind === 'file' ? Math.ceil(node.size / 4096) * 8 : node.kind === 'directory' ? 8 : 0)
const typeBits = {
  file: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  fifo: 0o010000,
  character: 0o020000,
  block: 0o060000,
  socket: 0o140000,
} as const

function fullText(process: Process, path: string, node: Node): string {
  const time = (ms: number): string => strftime('%Y-%m-%d %H:%M:%S.%N %z', momentOf(ms, zoneOf(process)))
  const name = node.kind === 'symlink' ? `${path} -> ${node.target}` : path
  const owner = (number: number, text: string): string => `${String(number).padStart(5)}/${text.padStart(8)}`
  return `  File: ${name}
  Size: ${String(node.size).padEnd(10)}\tBlocks: ${String(blocksOf(node)).padEnd(10)} IO Block: 4096   ${kindText(node)}
Device: 0,52\tInode: ${String(node.inode).padEnd(11)} Links: ${node.links}
Access: (${(node.mode & 0o7777).toString(8).padStart(4, '0')}/${modeText(node.kind, node.mode)})  Uid: (${owner(node.uid, userName(process, node.uid))})   Gid: (${owner(node.gid, groupName(process, node.gid))})
Access: ${time(node.accessedMs)}
Modify: ${time(node.modifiedMs)}
Change: ${time(node.changedMs)}
 Birth: ${time(Math.min(node.changedMs, node.modifiedMs))}
`
}

function formatted(process: Process, format: string, path: string, node: Node): string {
  const seconds = (ms: number): string => String(Math.floor(ms / 1000))
  const time = (ms: number): string => strftime('%Y-%m-%d %H:%M:%S.%N %z', momentOf(ms, zoneOf(process)))
  return format.replace(/%([-0]?\d*)([a-zA-Z%])/g, (whole, width: string, letter: string) => {
    const fields: Readonly<Record<string, () => string>> = {
      '%': () => '%',
      a: () => (node.mode & 0o7777).toString(8),
      A: () => modeText(node.kind, node.mode),
      b: () => String(blocksOf(node)),
      B: () => '512',
      d: () => '52',
      D: () => '34',
      f: () => (typeBits[node.kind] | node.mode).toString(16),
      F: () => kindText(node),
      g: () => String(node.gid),
      G: () => groupName(process, node.gid),
      h: () => String(node.links),
      i: () => String(node.inode),
      m: () => mountOf(process, path),
      n: () => path,
      N: () => (node.kind === 'symlink' ? `'${path}' -> '${node.target}'` : `'${path}'`),
      o: () => '4096',
      s: () => String(node.size),
      t: () => '0',
      T: () => '0',
      u: () => String(node.uid),
      U: () => userName(process, node.uid),
      w: () => time(node.changedMs),
      W: () => seconds(node.changedMs),
      x: () => time(node.accessedMs),
      X: () => seconds(node.accessedMs),
      y: () => time(node.modifiedMs),
      Y: () => seconds(node.modifiedMs),
      z: () => time(node.changedMs),
      Z: () => seconds(node.changedMs),
    }
    const text = fields[letter]?.() ?? whole
    return width === ''
      ? text
      : width.startsWith('-')
        ? text.padEnd(Number(width.slice(1)))
        : text.padStart(Number(width), width.startsWith('0') ? '0' : ' ')
  })
}

function mountOf(process: Process, path: string): string {
  const full = process.files.realpath(process.path(path))
  return (
    process.files.mounts
      .map(({ at }) => at)
      .filter((at) => at === '/' || full === at || full.startsWith(`${at}/`))
      .sort((a, b) => b.length - a.length)[0] ?? '/'
  )
}

interface FileSystemType {
  /** As stat calls it, and the number the kernel has for it. */
  readonly name: string
  readonly magic: string
}

/** What differs from the type's own name in /proc/mounts. */
const fileSystemTypes: Readonly<Record<string, FileSystemType>> = {
  overlay: { name: 'overlayfs', magic: '794c7630' },
  cgroup2: { name: 'cgroup2fs', magic: '63677270' },
  cgroup: { name: 'cgroupfs', magic: '27e0eb' },
  ext4: { name: 'ext2/ext3', magic: 'ef53' },
  tmpfs: { name: 'tmpfs', magic: '1021994' },
  proc: { name: 'proc', magic: '9fa0' },
  sysfs: { name: 'sysfs', magic: '62656572' },
}

function fileSystemTypeOf(process: Process, path: string): FileSystemType {
  const type = process.files.mounts.findLast(({ at }) => at === mountOf(process, path))?.files.type ?? 'overlay'
  return fileSystemTypes[type] ?? { name: type, magic: '0' }
}

function fileSystemFormatted(process: Process, format: string, path: string): string {
  const { name, magic } = fileSystemTypeOf(process, path)
  const fields: Readonly<Record<string, string>> = {
    '%': '%',
    a: '11010048',
    b: '15728640',
    c: '4194304',
    d: '3932160',
    f: '11796480',
    i: '0',
    l: '255',
    n: path,
    s: '4096',
    S: '4096',
    t: magic,
    T: name,
  }
  return format.replace(/%([a-zA-Z%])/g, (whole, letter: string) => fields[letter] ?? whole)
}

function fileSystemText(process: Process, path: string): string {
  return `  File: "${path}"\n    ID: 0        Namelen: 255     Type: ${fileSystemTypeOf(process, path).name}\nBlock size: 4096       Fundamental block size: 4096\nBlocks: Total: 15728640   Free: 11796480   Available: 11010048\nInodes: Total: 4194304    Free: 3932160\n`
}
