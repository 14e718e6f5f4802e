/** tree, file, strings: looking at what lies there. */
import { bytesOf } from '../../base/bytes.ts'
import { UnixError } from '../errors.ts'
import type { Process } from '../kernel/process.ts'
import { patternRegExp } from '../shell/pattern.ts'
import { flag, list, UsageError, value } from './options.ts'
import { eachFile } from './each-file.ts'
import { latin1Of, print, stringOf, wholeInput } from './text.ts'
import { isTerminal, tool, wordsOf } from './tool.ts'

export const tree = tool({
  name: 'tree',
  usage: '[-acdfghilnpqrstuvxACDFJQNSUX] [-L level [-R]] [directory ...]',
  summary: 'List contents of directories in a tree-like format.',
  package: 'tree v2.1.0 © 1996 - 2022 by Steve Baker, Thomas Moore, Francesc Rocher, Florian Sesser, Kyosuke Tokoro',
  flags: {
    all: flag('a', 'All files are listed.'),
    foldersOnly: flag('d', 'List directories only.'),
    level: value('L', 'level', 'Descend only level directories deep.'),
    full: flag('f', 'Print the full path prefix for each file.'),
    ignore: list('I', 'pattern', 'Do not list files that match the given pattern.'),
    pattern: list('P', 'pattern', 'List only those files that match the pattern given.'),
    noReport: flag('noreport', 'Turn off file/directory count at end of tree listing.'),
    color: flag('C', 'Turn colorization on always.'),
    noColor: flag('n'),
    noIndent: flag('i', "Don't print indentation lines."),
    classify: flag('F', "Appends '/', '=', '*', '@', '|' or '>' as per ls -F."),
    foldersFirst: flag('dirsfirst'),
    human: flag('h'),
    size: flag('s'),
    permissions: flag('p'),
    charset: value('charset', 'X'),
  },
  *run({ process, flags, operands }) {
    const colored = flags.color || (isTerminal(process, 1) && !flags.noColor)
    const depth = flags.level === undefined ? Number.POSITIVE_INFINITY : Number(flags.level)
    if (!(depth > 0)) throw new UsageError('Invalid level, must be greater than 0.')
    const matches = (name: string, patterns: readonly string[]): boolean =>
      patterns.flatMap((one) => one.split('|')).some((one) => patternRegExp(one).test(name))
    let [folders, files] = [0, 0]
    let text = ''
    const shownName = (path: string, name: string): string => {
      const node = process.files.lstat(path)
      const shown = flags.full ? path : name
      const paint =
        node.kind === 'directory' ? '01;34' : node.kind === 'symlink' ? '01;36' : node.mode & 0o111 && node.kind === 'file' ? '01;32' : ''
      const mark = flags.classify ? (node.kind === 'directory' ? '/' : node.kind === 'file' && node.mode & 0o111 ? '*' : '') : ''
      const target = node.kind === 'symlink' ? ` -> ${process.files.readlink(path)}` : ''
      const size = flags.size || flags.human ? `[${String(node.size).padStart(11)}]  ` : ''
      return `${size}${colored && paint !== '' ? `\x1b[${paint}m${shown}\x1b[0m` : shown}${mark}${target}`
    }
    const walk = (folder: string, prefix: string, level: number): void => {
      if (level > depth) return
      const names = process.files
        .list(folder, process.credentials)
        .filter((name) => (flags.all || !name.startsWith('.')) && !matches(name, flags.ignore))
      const kept = names.filter((name) => {
        const isFolder = process.files.lstat(`${folder}/${name}`).kind === 'directory'
        return isFolder || (!flags.foldersOnly && (flags.pattern.length === 0 || matches(name, flags.pattern)))
      })
      if (flags.foldersFirst)
        kept.sort(
          (a, b) =>
            Number(process.files.lstat(`${folder}/${b}`).kind === 'directory') -
            Number(process.files.lstat(`${folder}/${a}`).kind === 'directory'),
        )
      for (const [index, name] of kept.entries()) {
        const path = `${folder === '/' ? '' : folder}/${name}`
        const isLast = index === kept.length - 1
        const isFolder = process.files.lstat(path).kind === 'directory'
        text += `${flags.noIndent ? '' : `${prefix}${isLast ? '└── ' : '├── '}`}${shownName(path, name)}\n`
        if (isFolder) {
          folders++
          walk(path, `${prefix}${isLast ? '    ' : '│\u00a0\u00a0 '}`, level + 1)
        } else files++
      }
    }
    let code = 0
    for (const start of operands.length > 0 ? operands : ['.']) {
      const path = process
        .path(start)
        .replace(/\/\.$/, '')
        .replace(/(.)\/+$/, '$1')
      try {
        if (process.files.stat(path, process.credentials).kind !== 'directory') throw new UnixError('ENOTDIR', start)
        text += `${colored ? `\x1b[01;34m${start}\x1b[0m` : start}\n`
        folders++
        walk(path, '', 1)
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        text += `${start}  [error opening dir]\n`
        code = 2
      }
    }
    if (!flags.noReport)
      text += `\n${folders} ${folders === 1 ? 'directory' : 'directories'}${flags.foldersOnly ? '' : `, ${files} file${files === 1 ? '' : 's'}`}\n`
    yield* print(process, text)
    return code
  },
})

export const file = tool({
  name: 'file',
  usage: '[OPTION...] [FILE...]',
  summary: 'Determine type of FILEs.',
  package: 'file-5.44',
  flags: {
    brief: flag('b|brief', 'do not prepend filenames to output lines'),
    mime: flag('i|mime'),
    mimeType: flag('mime-type'),
    follow: flag('L|dereference'),
    noPad: flag('N|no-pad'),
  },
  *run({ process, flags, operands }) {
    const width = Math.max(0, ...operands.map((name) => name.length))
    for (const name of operands)
      yield* print(
        process,
        `${flags.brief ? '' : `${name}:${flags.noPad ? '' : ' '.repeat(width - name.length)} `}${kindOf(process, name, flags)}\n`,
      )
    return 0
  },
})

function kindOf(
  process: Process,
  name: string,
  { mime, mimeType, follow }: { readonly mime: boolean; readonly mimeType: boolean; readonly follow: boolean },
): string {
  const path = process.path(name)
  try {
    const node = follow ? process.files.stat(path, process.credentials) : process.files.lstat(path, process.credentials)
    const said = (type: string, words: string, charset = 'us-ascii'): string =>
      mimeType ? type : mime ? `${type}; charset=${charset}` : words
    if (node.kind === 'directory') return said('inode/directory', node.mode & 0o1000 ? 'sticky, directory' : 'directory', 'binary')
    if (node.kind === 'symlink')
      return process.files.exists(path)
        ? said('inode/symlink', `symbolic link to ${process.files.readlink(path)}`, 'binary')
        : said('inode/symlink', `broken symbolic link to ${process.files.readlink(path)}`, 'binary')
    if (node.kind !== 'file')
      return said(
        `inode/${node.kind}`,
        { character: 'character special', block: 'block special', fifo: 'fifo (named pipe)', socket: 'socket' }[node.kind as string] ??
          node.kind,
        'binary',
      )
    const bytes = process.files.readFile(path, process.credentials)
    if (bytes.length === 0) return said('inode/x-empty', 'empty', 'binary')
    const starts = (...head: readonly number[]): boolean => head.every((byte, index) => bytes[index] === byte)
    if (starts(0x7f, 0x45, 0x4c, 0x46))
      return said(
        'application/x-pie-executable',
        'ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV), dynamically linked, interpreter /lib64/ld-linux-x86-64.so.2, for GNU/Linux 3.2.0, stripped',
        'binary',
      )
    if (starts(0x1f, 0x8b)) return said('application/gzip', 'gzip compressed data, from Unix', 'binary')
    if (starts(0x50, 0x4b, 3, 4))
      return said('application/zip', 'Zip archive data, at least v2.0 to extract, compression method=deflate', 'binary')
    if (starts(0x89, 0x50, 0x4e, 0x47)) return said('image/png', 'PNG image data', 'binary')
    if (latin1Of(bytes.subarray(257, 262)) === 'ustar') return said('application/x-tar', 'POSIX tar archive (GNU)', 'binary')
    if (bytes.subarray(0, 4096).includes(0)) return said('application/octet-stream', 'data', 'binary')
    const text = stringOf(bytes)
    const charset = /^[\x00-\x7f]*$/.test(text) ? 'ASCII' : /[\udc80-\udcff]/.test(text) ? 'ISO-8859' : 'Unicode'
    const encoding = charset === 'Unicode' ? 'Unicode text, UTF-8 text' : `${charset} text`
    const ends = text.includes('\r\n') ? ', with CRLF line terminators' : text.includes('\n') ? '' : ', with no line terminators'
    const set = charset === 'ASCII' ? 'us-ascii' : charset === 'Unicode' ? 'utf-8' : 'iso-8859-1'
    const interpreter = /^#! ?(\S+)(?: (\S+))?/.exec(text)
    if (interpreter) {
      const shell = /\/(bash|sh|dash|zsh|python3?|node|perl)$/.exec(interpreter[1])?.[1] ?? interpreter[2] ?? ''
      const title =
        {
          bash: 'Bourne-Again shell script',
          sh: 'POSIX shell script',
          dash: 'a /bin/dash script',
          zsh: "Paul Falstad's zsh script",
          python: 'Python script',
          python3: 'Python script',
          node: 'Node.js script',
          perl: 'Perl script text executable',
        }[shell] ?? `a ${interpreter[1]} script`
      return said('text/x-shellscript', shell === 'perl' ? title : `${title}, ${encoding} executable${ends}`, set)
    }
    if (/^-----BEGIN CERTIFICATE-----/.test(text)) return said('text/plain', `PEM certificate`, set)
    if (/^-----BEGIN (RSA |EC )?PRIVATE KEY-----/.test(text))
      return said(
        'text/plain',
        `${/EC /.test(text.slice(0, 30)) ? 'PEM EC private key' : /RSA /.test(text.slice(0, 30)) ? 'PEM RSA private key' : encoding + ends}`,
        set,
      )
    if (/^\s*[{[]/.test(text) && isJson(text)) return said('application/json', 'JSON text data', set)
    if (/^\s*<(!DOCTYPE html|html)/i.test(text)) return said('text/html', `HTML document, ${encoding}${ends}`, set)
    if (/^<\?xml/.test(text)) return said('text/xml', `XML 1.0 document, ${encoding}${ends}`, set)
    return said('text/plain', encoding + ends, set)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return `cannot open \`${name}' (${wordsOf(error)})`
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

export const strings = tool({
  name: 'strings',
  usage: '[option(s)] [file(s)]',
  summary: 'Display printable strings in [file(s)] (stdin by default)',
  package: '(GNU Binutils for Debian) 2.40',
  flags: {
    all: flag('a|all'),
    length: value('n|bytes', 'number', 'Locate & print any sequence of at least <number> displayable characters.'),
    radix: value('t|radix', '{o,d,x}'),
  },
  *run(call) {
    const least = Number(call.flags.length ?? 4)
    return yield* eachFile(
      call,
      function* (descriptor) {
        const text = latin1Of(yield* wholeInput(call.process, descriptor))
        let shown = ''
        for (const { 0: found, index } of text.matchAll(new RegExp(`[\\t\\x20-\\x7e]{${least},}`, 'g')))
          shown += `${call.flags.radix === undefined ? '' : `${index.toString(call.flags.radix === 'x' ? 16 : call.flags.radix === 'o' ? 8 : 10).padStart(7)} `}${found}\n`
        yield* print(call.process, bytesOf(shown).length === 0 ? '' : shown)
      },
      { refusal: (path, words) => (words === 'No such file or directory' ? `'${path}': No such file` : `${path}: ${words}`) },
    )
  },
})
