/** tar: create, list, extract, with or without gzip. Old spelling without a dash (`tar xzf`) is understood. */
import { gunzipSync, gzipSync } from 'fflate'
import { joined } from '../../base/bytes.ts'
import { UnixError } from '../errors.ts'
import { type Blocking, writeTo } from '../kernel/process.ts'
import { joinedPath, lstatOf } from './copy.ts'
import { globMatches } from './ls.ts'
import { modeText } from './modes.ts'
import { count, flag, list, value } from './options.ts'
import { tarBytes, tarEnd, tarEntries, type TarEntry } from './tar-format.ts'
import { closeInput, Lines, openInput, openOutput, print, wholeInput } from './text.ts'
import { momentOf, strftime, zoneOf } from './time-text.ts'
import { complain, tool, wordsOf } from './tool.ts'
import { groupName, userName } from './users.ts'

export const tar = tool({
  name: 'tar',
  usage: '[OPTION...] [FILE]...',
  summary: "GNU 'tar' saves many files together into a single tape or disk archive, and can\nrestore individual files from the archive.",
  package: 'GNU tar 1.34',
  usageCode: 2,
  flags: {
    create: flag('c|create', 'create a new archive'),
    extract: flag('x|extract|get', 'extract files from an archive'),
    list: flag('t|list', 'list the contents of an archive'),
    append: flag('r|append', 'append files to the end of an archive'),
    update: flag('u|update'),
    file: value('f|file', 'ARCHIVE', 'use archive file or device ARCHIVE'),
    folder: value('C|directory', 'DIR', 'change to directory DIR'),
    gzip: flag('z|gzip|gunzip', 'filter the archive through gzip'),
    auto: flag('a|auto-compress'),
    bzip2: flag('j|bzip2'),
    xz: flag('J|xz'),
    verbose: count('v|verbose', 'verbosely list files processed'),
    preserve: flag('p|preserve-permissions|same-permissions'),
    exclude: list('exclude', 'PATTERN', 'exclude files, given as a PATTERN'),
    strip: value('strip-components', 'NUMBER', 'strip NUMBER leading components from file names on extraction'),
    stdout: flag('O|to-stdout', 'extract files to standard output'),
    keepOld: flag('k|keep-old-files'),
    sameOwner: flag('same-owner'),
    noSameOwner: flag('no-same-owner'),
    numericOwner: flag('numeric-owner'),
    filesFrom: value('T|files-from', 'FILE'),
    absolute: flag('P|absolute-names'),
    dereference: flag('h|dereference'),
    owner: value('owner', 'NAME'),
    group: value('group', 'NAME'),
    mtime: value('mtime', 'DATE'),
    sort: value('sort', 'ORDER'),
    transform: value('transform', 'EXPR'),
    wildcards: flag('wildcards'),
    oneFileSystem: flag('one-file-system'),
    touch: flag('m|touch'),
    oldOwner: flag('o'),
    totals: flag('totals'),
    overwrite: flag('overwrite'),
    noRecursion: flag('no-recursion'),
  },
  spelled: (args) => {
    const [first, ...rest] = args
    if (first === undefined || first.startsWith('-') || !/^[A-Za-z]+$/.test(first)) return args
    // Letters that want a value take the next words in their order.
    const words: string[] = []
    for (const letter of first) {
      words.push(`-${letter}`)
      if ('fCTb'.includes(letter)) words.push(rest.shift() ?? '')
    }
    return [...words, ...rest]
  },
  *run(call) {
    const { process, flags, operands } = call
    const modes = [flags.create, flags.extract, flags.list, flags.append || flags.update].filter(Boolean).length
    if (modes !== 1) {
      yield* complain(
        call,
        modes === 0
          ? "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options"
          : "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option",
      )
      yield* writeTo(process, 2, `Try '${call.name} --help' or '${call.name} --usage' for more information.\n`)
      return 2
    }
    if (flags.bzip2 || flags.xz) {
      yield* complain(call, `(child): ${flags.xz ? 'xz' : 'bzip2'}: Cannot exec: No such file or directory`)
      yield* complain(call, 'Error is not recoverable: exiting now')
      return 2
    }
    const home = process.cwd
    const archive = flags.file ?? '-'
    let code = 0
    const inFolder = function* (): Blocking<boolean> {
      if (flags.folder === undefined) return true
      try {
        const full = process.files.realpath(process.path(flags.folder), process.credentials)
        if (process.files.stat(full).kind !== 'directory') throw new UnixError('ENOTDIR', flags.folder)
        process.cwd = full
        return true
      } catch (error) {
        yield* complain(call, `${flags.folder}: Cannot open: ${wordsOf(error)}`)
        yield* complain(call, 'Error is not recoverable: exiting now')
        return false
      }
    }
    const excluded = (path: string): boolean =>
      flags.exclude.some(
        (glob) =>
          globMatches(glob.replace(/\/$/, ''), path.replace(/\/$/, '')) ||
          globMatches(glob, path.slice(path.lastIndexOf('/') + 1)) ||
          globMatches(`${glob}/*`, path),
      )

    if (flags.create || flags.append || flags.update) {
      const paths = [...operands]
      if (flags.filesFrom !== undefined) paths.push(...(yield* new Lines(process, openInput(process, flags.filesFrom)).all()))
      if (paths.length === 0) {
        yield* complain(call, 'Cowardly refusing to create an empty archive')
        yield* writeTo(process, 2, `Try '${call.name} --help' or '${call.name} --usage' for more information.\n`)
        return 2
      }
      const parts: Uint8Array[] = []
      let output = 1
      try {
        if (archive !== '-' && !flags.append) output = openOutput(process, archive)
      } catch (error) {
        yield* complain(call, `${archive}: Cannot open: ${wordsOf(error)}`)
        yield* complain(call, 'Error is not recoverable: exiting now')
        return 2
      }
      const own = archive === '-' ? undefined : lstatOf(process, archive)?.inode
      if (!(yield* inFolder())) return 2
      let warned = false
      const seen = new Map<number, string>()
      for (const path of paths) yield* add(path.replace(/(.)\/+$/, '$1'))
      function* add(path: string): Blocking<void> {
        if (excluded(path)) return
        const node = lstatOf(process, path)
        if (!node) {
          yield* complain(call, `${path}: Cannot stat: No such file or directory`)
          code = 2
          return
        }
        if (own !== undefined && node.inode === own) return yield* complain(call, `${path}: file is the archive; not dumped`)
        let name = path
        if (!flags.absolute && name.startsWith('/')) {
          if (!warned) yield* complain(call, "Removing leading `/' from member names")
          warned = true
          name = name.replace(/^\/+/, '') || './'
        }
        const linked = node.kind === 'file' && node.links > 1 ? seen.get(node.inode) : undefined
        if (node.kind === 'file') seen.set(node.inode, name)
        if (node.kind === 'socket') return yield* complain(call, `${path}: socket ignored`)
        const entry: TarEntry = {
          path: name,
          kind: linked === undefined ? node.kind : 'hardlink',
          mode: node.mode,
          uid: flags.owner === undefined ? node.uid : 0,
          gid: flags.group === undefined ? node.gid : 0,
          userName: flags.owner ?? userName(process, node.uid),
          groupName: flags.group ?? groupName(process, node.gid),
          modifiedMs: node.modifiedMs,
          target: linked ?? node.target ?? '',
          content:
            node.kind === 'file' && linked === undefined
              ? process.files.readFile(process.path(path), process.credentials)
              : new Uint8Array(0),
        }
        parts.push(tarBytes(entry))
        if (flags.verbose > 0)
          yield* writeTo(
            process,
            output === 1 ? 2 : 1,
            `${flags.verbose > 1 ? `${longText(entry)} ` : ''}${name}${node.kind === 'directory' && !name.endsWith('/') ? '/' : ''}\n`,
          )
        if (parts.length % 100 === 0) yield
        if (node.kind === 'directory' && !flags.noRecursion)
          for (const child of process.files.list(process.path(path), process.credentials)) yield* add(joinedPath(path, child))
      }
      process.cwd = home
      if (flags.append || flags.update) {
        const old =
          archive !== '-' && lstatOf(process, archive)
            ? process.files.readFile(process.path(archive), process.credentials)
            : new Uint8Array(0)
        const kept: Uint8Array[] = Array.from(tarEntries(old), tarBytes)
        parts.unshift(...kept)
        output = openOutput(process, archive)
      }
      const size = parts.reduce((sum, part) => sum + part.length, 0) + 1024
      const padding = new Uint8Array(Math.ceil(size / 10_240) * 10_240 - size)
      const bytes = joined([...parts, tarEnd, padding])
      const isZipped = flags.gzip || (flags.auto && /\.(tgz|gz)$/.test(archive))
      yield* writeTo(process, output, isZipped ? gzipSync(bytes, { mtime: process.now() }) : bytes)
      if (code !== 0) yield* complain(call, 'Exiting with failure status due to previous errors')
      return code
    }

    let bytes: Uint8Array
    try {
      const descriptor = openInput(process, archive)
      bytes = yield* wholeInput(process, descriptor)
      closeInput(process, descriptor)
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      yield* complain(call, call.busybox ? `can't open '${archive}': ${error.words}` : `${archive}: Cannot open: ${error.words}`)
      if (!call.busybox) yield* complain(call, 'Error is not recoverable: exiting now')
      return call.busybox ? 1 : 2
    }
    const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b
    if (flags.gzip && !isZipped) {
      yield* writeTo(process, 2, `\ngzip: stdin: not in gzip format\n`)
      yield* complain(call, 'Child returned status 1')
      yield* complain(call, 'Error is not recoverable: exiting now')
      return 2
    }
    if (isZipped) bytes = gunzipSync(bytes)
    if (!(yield* inFolder())) return 2
    const found = new Set<string>()
    const wants = (path: string): boolean => {
      if (operands.length === 0) return true
      const hit = operands.find(
        (operand) =>
          path.replace(/\/$/, '') === operand.replace(/\/$/, '') ||
          path.startsWith(`${operand.replace(/\/$/, '')}/`) ||
          (flags.wildcards && globMatches(operand, path)),
      )
      if (hit !== undefined) found.add(hit)
      return hit !== undefined
    }
    try {
      let number = 0
      for (const entry of tarEntries(bytes)) {
        if (!wants(entry.path) || excluded(entry.path)) continue
        if (++number % 100 === 0) yield
        if (flags.list) {
          yield* print(
            process,
            `${flags.verbose > 0 ? `${longText(entry)} ` : ''}${entry.path}${flags.verbose > 0 && entry.kind === 'symlink' ? ` -> ${entry.target}` : ''}\n`,
          )
          continue
        }
        yield* extract(entry)
      }
    } catch (error) {
      if (!(error instanceof Error) || error.message !== 'This does not look like a tar archive') throw error
      yield* complain(call, call.busybox ? 'invalid tar magic' : error.message)
      if (!call.busybox) yield* complain(call, 'Exiting with failure status due to previous errors')
      return call.busybox ? 1 : 2
    }
    for (const operand of operands) {
      if (found.has(operand)) continue
      yield* complain(call, `${operand}: Not found in archive`)
      code = 2
    }
    if (code !== 0) yield* complain(call, 'Exiting with failure status due to previous errors')
    return code

    function* extract(entry: TarEntry): Blocking<void> {
      let path = flags.absolute ? entry.path : entry.path.replace(/^\/+/, '')
      if (flags.strip !== undefined) path = path.split('/').slice(Number(flags.strip)).join('/')
      path = path.replace(/\/+$/, '')
      if (path === '' || /(^|\/)\.\.(\/|$)/.test(path)) return
      if (flags.verbose > 0) yield* print(process, `${flags.verbose > 1 ? `${longText(entry)} ` : ''}${entry.path}\n`)
      if (flags.stdout) return yield* writeTo(process, 1, entry.content)
      const full = process.path(path)
      try {
        const folder = full.slice(0, full.lastIndexOf('/')) || '/'
        if (!process.files.exists(folder)) process.files.mkdir(folder, { parents: true }, process.credentials)
        const old = lstatOf(process, path)
        if (entry.kind === 'directory') {
          if (old?.kind !== 'directory') process.files.mkdir(full, { mode: entry.mode }, process.credentials)
        } else {
          if (old && flags.keepOld) {
            yield* complain(call, `${path}: Cannot open: File exists`)
            code = 2
            return
          }
          if (old) process.files.unlink(full, process.credentials)
          if (entry.kind === 'symlink') process.files.symlink(entry.target, full, process.credentials)
          else if (entry.kind === 'hardlink') process.files.link(process.path(entry.target), full, process.credentials)
          else
            process.files.writeFile(
              full,
              entry.content,
              { mode: entry.mode & ~(process.credentials.uid === 0 || flags.preserve ? 0 : process.umask) },
              process.credentials,
            )
        }
        if (entry.kind === 'symlink' || entry.kind === 'hardlink') return
        if (process.credentials.uid === 0 && !flags.noSameOwner)
          process.files.chown(full, { uid: entry.uid, gid: entry.gid }, process.credentials)
        process.files.chmod(full, entry.mode & ~(process.credentials.uid === 0 || flags.preserve ? 0 : process.umask), process.credentials)
        if (!flags.touch) process.files.utimes(full, entry.modifiedMs, entry.modifiedMs, process.credentials)
      } catch (error) {
        yield* complain(call, `${path}: Cannot ${entry.kind === 'directory' ? 'mkdir' : 'open'}: ${wordsOf(error)}`)
        code = 2
      }
    }
    function longText(entry: TarEntry): string {
      const owner = flags.numericOwner ? `${entry.uid}/${entry.gid}` : `${entry.userName || entry.uid}/${entry.groupName || entry.gid}`
      const size = String(entry.content.length)
      return `${modeText(entry.kind === 'hardlink' ? 'file' : entry.kind, entry.mode)} ${owner} ${size.padStart(Math.max(0, 19 - owner.length - 1))} ${strftime('%Y-%m-%d %H:%M', momentOf(entry.modifiedMs, zoneOf(process)))}`
    }
  },
})
