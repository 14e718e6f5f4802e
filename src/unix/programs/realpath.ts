/** realpath and readlink: where paths and links really lead. */
import { UnixError } from '../errors.ts'
import type { Process } from '../kernel/process.ts'
import { lstatOf } from './copy.ts'
import { folderOf } from './dirname.ts'
import { flag, UsageError, value } from './options.ts'
import { print } from './text.ts'
import { baseName, complain, quotedIfNeeded, tool, wordsOf } from './tool.ts'

export const realpath = tool({
  name: 'realpath',
  usage: '[OPTION]... FILE...',
  summary: 'Print the resolved absolute file name; all but the last component must exist',
  flags: {
    existing: flag('e|canonicalize-existing', 'all components of the path must exist'),
    missing: flag('m|canonicalize-missing', 'no path components need exist or be a directory'),
    quiet: flag('q|quiet', 'suppress most error messages'),
    relativeTo: value('relative-to', 'DIR', 'print the resolved path relative to DIR'),
    strip: flag('s|strip|no-symlinks', "don't expand symlinks"),
    zero: flag('z|zero', 'end each output line with NUL, not newline'),
  },
  *run(call) {
    const { process, flags, operands } = call
    if (operands.length === 0) throw new UsageError('missing operand')
    let code = 0
    for (const path of operands) {
      try {
        const full = flags.strip
          ? normal(process.path(path))
          : resolved(process, path, flags.existing ? 'all' : flags.missing ? 'none' : 'folder')
        const shown = flags.relativeTo === undefined ? full : relative(resolved(process, flags.relativeTo, 'none'), full)
        yield* print(process, shown + (flags.zero ? '\0' : '\n'))
      } catch (error) {
        const words = wordsOf(error)
        if (!flags.quiet) yield* complain(call, `${quotedIfNeeded(path)}: ${words}`)
        code = 1
      }
    }
    return code
  },
})

export const readlink = tool({
  name: 'readlink',
  usage: '[OPTION]... FILE...',
  summary: 'Print value of a symbolic link or canonical file name',
  flags: {
    canonicalize: flag('f|canonicalize', 'canonicalize by following every symlink; all but the last component must exist'),
    existing: flag('e|canonicalize-existing', 'canonicalize by following every symlink, all components must exist'),
    missing: flag('m|canonicalize-missing', 'canonicalize by following every symlink, without requirements on existence'),
    noNewline: flag('n|no-newline', 'do not output the trailing delimiter'),
    quiet: flag('q|quiet', 'suppress most error messages'),
    silent: flag('s|silent', 'suppress most error messages'),
    verbose: flag('v|verbose', 'report error messages'),
    zero: flag('z|zero', 'end each output line with NUL, not newline'),
  },
  *run(call) {
    const { process, flags, operands } = call
    if (operands.length === 0) throw new UsageError('missing operand')
    let code = 0
    for (const path of operands) {
      try {
        const canonical = flags.canonicalize || flags.existing || flags.missing
        const text = canonical
          ? resolved(process, path, flags.existing ? 'all' : flags.missing ? 'none' : 'folder')
          : process.files.readlink(process.path(path), process.credentials)
        yield* print(process, text + (flags.noNewline && operands.length === 1 ? '' : flags.zero ? '\0' : '\n'))
      } catch (error) {
        const words = wordsOf(error)
        if (flags.verbose) yield* complain(call, `${quotedIfNeeded(path)}: ${words}`)
        code = 1
      }
    }
    return code
  },
})

/** The path without links; `must` tells which parts have to be there. */
function resolved(process: Process, path: string, must: 'all' | 'folder' | 'none', depth = 0): string {
  const full = process.path(path)
  try {
    return process.files.realpath(full, process.credentials)
  } catch (error) {
    if (!(error instanceof UnixError) || must === 'all' || error.errno !== 'ENOENT' || depth > 40) throw error
  }
  const clean = normal(full)
  const node = lstatOf(process, clean)
  if (node?.kind === 'symlink' && node.target !== undefined)
    return resolved(process, node.target.startsWith('/') ? node.target : `${folderOf(clean)}/${node.target}`, must, depth + 1)
  const folder = folderOf(clean)
  const parent = must === 'none' ? resolved(process, folder, 'none', depth + 1) : process.files.realpath(folder, process.credentials)
  return normal(`${parent}/${baseName(clean)}`)
}

function normal(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

function relative(from: string, to: string): string {
  const [a, b] = [from.split('/').filter(Boolean), to.split('/').filter(Boolean)]
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('/') || '.'
}
