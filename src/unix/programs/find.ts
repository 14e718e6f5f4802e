/** find: an expression made into a function, and a walk that prints as it goes. */
import { UnixError } from '../errors.ts'
import type { Node } from '../files/node.ts'
import { type Blocking, ended, type Process, type Program, err, writeTo } from '../kernel/process.ts'
import { joinedPath, statOf } from './copy.ts'
import { isBusybox } from './flavour.ts'
import { globMatches } from './ls.ts'
import { changedMode, modeText } from './modes.ts'
import { regularExpression } from './regular-expression.ts'
import { startProgram } from './run.ts'
import { bytesOfString, openOutput, print } from './text.ts'
import { momentOf, strftime, zoneOf } from './time-text.ts'
import { groupName, userName, userOf } from './users.ts'

interface Visit {
  readonly path: string
  readonly start: string
  readonly node: Node
  readonly depth: number
  prune: boolean
}

type Test = (visit: Visit) => Blocking<boolean>

class FindError extends Error {}
class Quit extends Error {}

interface Settings {
  minDepth: number
  maxDepth: number
  depthFirst: boolean
  follow: 'never' | 'arguments' | 'always'
  hasAction: boolean
  code: number
  batches: { words: readonly string[]; paths: string[]; folder: string | undefined }[]
}

export const findProgram: Program = function* (process) {
  const name = process.argv[0]
  const args = process.argv.slice(1)
  const settings: Settings = {
    minDepth: 0,
    maxDepth: Number.POSITIVE_INFINITY,
    depthFirst: false,
    follow: 'never',
    hasAction: false,
    code: 0,
    batches: [],
  }
  while (/^-[HLP]$/.test(args[0] ?? '')) settings.follow = ({ H: 'arguments', L: 'always', P: 'never' } as const)[args.shift()?.[1] as 'H']
  const starts: string[] = []
  while (args.length > 0 && !/^[-(!]/.test(args[0])) starts.push(args.shift() ?? '')
  if (starts.length === 0) starts.push('.')
  let matches: Test
  try {
    matches = parsed(process, name, args, settings)
  } catch (error) {
    if (!(error instanceof FindError)) throw error
    yield* err(process, `${isBusybox(process) ? 'find' : name}: ${error.message}\n`)
    return 1
  }
  let visited = 0
  function* walk(path: string, start: string, depth: number): Blocking<void> {
    let node: Node
    try {
      const full = process.path(path)
      node = process.files.lstat(full, process.credentials)
      if (node.kind === 'symlink' && (settings.follow === 'always' || (settings.follow === 'arguments' && depth === 0)))
        node = statOf(process, path) ?? node
    } catch (error) {
      yield* refuse(path, error)
      return
    }
    if (++visited % 200 === 0) yield
    const visit: Visit = { path, start, node, depth, prune: false }
    const isInside = depth >= settings.minDepth
    if (!settings.depthFirst && isInside) yield* matches(visit)
    if (node.kind === 'directory' && !visit.prune && depth < settings.maxDepth) {
      let names: readonly string[] = []
      try {
        names = process.files.list(process.path(path), process.credentials)
      } catch (error) {
        yield* refuse(path, error)
      }
      for (const child of names) yield* walk(joinedPath(path, child), start, depth + 1)
    }
    if (settings.depthFirst && isInside) yield* matches(visit)
  }
  function* refuse(path: string, error: unknown): Blocking<void> {
    if (!(error instanceof UnixError)) throw error
    yield* err(process, isBusybox(process) ? `find: ${path}: ${error.words}\n` : `${name}: '${path}': ${error.words}\n`)
    settings.code = 1
  }
  try {
    for (const start of starts) yield* walk(start, start, 0)
  } catch (error) {
    if (!(error instanceof Quit)) throw error
  }
  for (const batch of settings.batches) {
    if (batch.paths.length === 0) continue
    const at = batch.words.indexOf('{}')
    const words = at < 0 ? [...batch.words, ...batch.paths] : [...batch.words.slice(0, at), ...batch.paths, ...batch.words.slice(at + 1)]
    if ((yield* run(process, name, words, undefined)) !== 0) settings.code = 1
  }
  return settings.code
}

function* run(process: Process, name: string, words: readonly string[], cwd: string | undefined): Blocking<number> {
  try {
    return yield* ended(startProgram(process, words, cwd === undefined ? {} : { cwd }))
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(process, `${name}: '${words[0]}': ${error.words}\n`)
    return 127
  }
}

function parsed(process: Process, name: string, args: readonly string[], settings: Settings): Test {
  let at = 0
  const busybox = isBusybox(process)
  const always: Test = function* () {
    return true
  }
  const simple = (claim: (visit: Visit) => boolean): Test =>
    function* (visit) {
      return claim(visit)
    }
  const action = (act: (visit: Visit) => Blocking<boolean>): Test => {
    settings.hasAction = true
    return act
  }
  const value = (option: string): string => {
    if (at >= args.length) throw new FindError(busybox ? `bad arg to '${option}'` : `missing argument to \`${option}'`)
    return args[at++]
  }
  const base = (path: string): string => path.slice(path.replace(/\/+$/, '').lastIndexOf('/') + 1).replace(/(.)\/+$/, '$1') || '/'
  const compare = (option: string, text: string, divide: (number: number) => number): ((actual: number) => boolean) => {
    const match = /^([-+]?)(\d+)$/.exec(text)
    if (!match) throw new FindError(`invalid argument \`${text}' to \`${option}'`)
    const wanted = divide(Number(match[2]))
    return (actual) => (match[1] === '+' ? actual > wanted : match[1] === '-' ? actual < wanted : actual === wanted)
  }
  const or = (): Test => {
    let left = and()
    while (args[at] === '-o' || args[at] === '-or') {
      at++
      const [first, second] = [left, and()]
      left = function* (visit) {
        return (yield* first(visit)) || (yield* second(visit))
      }
    }
    return left
  }
  const and = (): Test => {
    let left = not()
    while (at < args.length && args[at] !== '-o' && args[at] !== '-or' && args[at] !== ')' && args[at] !== ',') {
      if (args[at] === '-a' || args[at] === '-and') at++
      const [first, second] = [left, not()]
      left = function* (visit) {
        return (yield* first(visit)) && (yield* second(visit))
      }
    }
    return left
  }
  const not = (): Test => {
    if (args[at] === '!' || args[at] === '-not') {
      at++
      const inner = not()
      return function* (visit) {
        return !(yield* inner(visit))
      }
    }
    if (args[at] === '(') {
      at++
      const inner = or()
      if (args[at] !== ')') throw new FindError("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
      at++
      return inner
    }
    return primary()
  }
  const executing = (option: string, inFolder: boolean, asks: boolean): Test => {
    const words: string[] = []
    for (;;) {
      if (at >= args.length) throw new FindError(`missing argument to \`${option}'`)
      const word = args[at++]
      if (word === ';') break
      if (word === '+' && words.at(-1) === '{}') {
        const batch = { words, paths: [] as string[], folder: undefined }
        settings.batches.push(batch)
        return action(function* (visit) {
          batch.paths.push(visit.path)
          return true
        })
      }
      words.push(word)
    }
    if (words.length === 0) throw new FindError(`invalid argument \`;' to \`${option}'`)
    return action(function* (visit) {
      const shown = inFolder ? `./${base(visit.path)}` : visit.path
      const filled = words.map((word) => word.replaceAll('{}', shown))
      if (asks) {
        yield* err(process, `< ${filled[0]} ... ${visit.path} > ? `)
        return false
      }
      const folder = inFolder ? process.path(visit.path).replace(/\/[^/]*$/, '') || '/' : undefined
      return (yield* run(process, name, filled, folder)) === 0
    })
  }
  const primary = (): Test => {
    const option = args[at++]
    if (option === undefined) throw new FindError('expected an expression')
    switch (option) {
      case '-name': {
        const glob = value(option)
        return simple(({ path }) => globMatches(glob, base(path)))
      }
      case '-iname': {
        const glob = value(option).toLowerCase()
        return simple(({ path }) => globMatches(glob, base(path).toLowerCase()))
      }
      case '-path':
      case '-wholename': {
        const glob = value(option)
        return simple(({ path }) => globMatches(glob, path))
      }
      case '-ipath': {
        const glob = value(option).toLowerCase()
        return simple(({ path }) => globMatches(glob, path.toLowerCase()))
      }
      case '-regex':
      case '-iregex': {
        const expression = regularExpression(`^\\(${value(option)}\\)$`, { extended: false, ignoreCase: option === '-iregex' })
        return simple(({ path }) => expression.test(path))
      }
      case '-lname': {
        const glob = value(option)
        return simple(({ node }) => node.kind === 'symlink' && globMatches(glob, node.target ?? ''))
      }
      case '-type':
      case '-xtype': {
        const kinds = value(option)
          .split(',')
          .map((letter) => ({ f: 'file', d: 'directory', l: 'symlink', p: 'fifo', s: 'socket', c: 'character', b: 'block' })[letter])
        if (kinds.includes(undefined)) throw new FindError(`Unknown argument to ${option}: ${args[at - 1]}`)
        return simple(({ node }) => kinds.includes(node.kind))
      }
      case '-size': {
        const text = value(option)
        const match = /^([-+]?)(\d+)([cwbkMG]?)$/.exec(text)
        if (!match) throw new FindError(`Invalid argument \`${text}' to ${option}`)
        const unit = { c: 1, w: 2, b: 512, '': 512, k: 1024, M: 1_048_576, G: 1_073_741_824 }[match[3]] ?? 512
        const wanted = compare(option, match[1] + match[2], (number) => number)
        return simple(({ node }) => wanted(Math.ceil(node.size / unit)))
      }
      case '-empty':
        return simple(({ node, path }) =>
          node.kind === 'file' ? node.size === 0 : node.kind === 'directory' && process.files.list(process.path(path)).length === 0,
        )
      case '-mtime':
      case '-atime':
      case '-ctime':
      case '-mmin':
      case '-amin':
      case '-cmin': {
        const unit = option.endsWith('min') ? 60_000 : 86_400_000
        const wanted = compare(option, value(option), (number) => number)
        const moment = (node: Node): number => (option[1] === 'm' ? node.modifiedMs : option[1] === 'a' ? node.accessedMs : node.changedMs)
        return simple(({ node }) => {
          const age = (process.now() - moment(node)) / unit
          return wanted(option.endsWith('min') ? Math.ceil(age) : Math.floor(age))
        })
      }
      case '-newer':
      case '-anewer':
      case '-cnewer':
      case '-newermt': {
        const path = value(option)
        const other = option === '-newermt' ? undefined : statOf(process, path)
        if (!other) throw new FindError(`'${path}': No such file or directory`)
        return simple(({ node }) => node.modifiedMs > other.modifiedMs)
      }
      case '-perm': {
        const text = value(option)
        const sign = /^[-/]/.exec(text)?.[0] ?? ''
        const bits = changedMode(0, text.slice(sign.length), { isDirectory: false, umask: 0 })
        return simple(({ node }) => {
          const mode = node.mode & 0o7777
          return sign === '-' ? (mode & bits) === bits : sign === '/' ? bits === 0 || (mode & bits) !== 0 : mode === bits
        })
      }
      case '-user':
      case '-uid': {
        const text = value(option)
        const uid = userOf(process, text)?.uid ?? Number(text)
        if (Number.isNaN(uid)) throw new FindError(`'${text}' is not the name of a known user`)
        return simple(({ node }) => node.uid === uid)
      }
      case '-group':
      case '-gid': {
        const text = value(option)
        return simple(({ node }) => groupName(process, node.gid) === text || String(node.gid) === text)
      }
      case '-nouser':
        return simple(({ node }) => userName(process, node.uid) === String(node.uid))
      case '-links': {
        const wanted = compare(option, value(option), (number) => number)
        return simple(({ node }) => wanted(node.links))
      }
      case '-inum': {
        const wanted = compare(option, value(option), (number) => number)
        return simple(({ node }) => wanted(node.inode))
      }
      case '-samefile': {
        const inode = statOf(process, value(option))?.inode
        return simple(({ node }) => node.inode === inode)
      }
      case '-readable':
      case '-writable':
      case '-executable': {
        const bit = { '-readable': 4, '-writable': 2, '-executable': 1 }[option]
        const { uid, gid } = process.credentials
        return simple(({ node }) =>
          uid === 0
            ? bit !== 1 || node.kind === 'directory' || (node.mode & 0o111) !== 0
            : (node.mode & (node.uid === uid ? bit << 6 : node.gid === gid ? bit << 3 : bit)) !== 0,
        )
      }
      case '-true':
        return always
      case '-false':
        return simple(() => false)
      case '-maxdepth':
      case '-mindepth': {
        const text = value(option)
        if (!/^\d+$/.test(text)) throw new FindError(`Expected a positive decimal integer argument to ${option}, but got '${text}'`)
        settings[option === '-maxdepth' ? 'maxDepth' : 'minDepth'] = Number(text)
        return always
      }
      case '-depth':
      case '-d':
        settings.depthFirst = true
        return always
      case '-mount':
      case '-xdev':
      case '-noleaf':
      case '-warn':
      case '-nowarn':
      case '-follow':
        if (option === '-follow') settings.follow = 'always'
        return always
      case '-regextype':
        value(option)
        return always
      case '-prune':
        return function* (visit) {
          visit.prune = true
          return true
        }
      case '-print':
        return action(function* ({ path }) {
          yield* print(process, `${path}\n`)
          return true
        })
      case '-print0':
        return action(function* ({ path }) {
          yield* print(process, `${path}\0`)
          return true
        })
      case '-printf':
      case '-fprintf': {
        const descriptor = option === '-fprintf' ? openOutput(process, value(option)) : 1
        const format = value(option)
        return action(function* (visit) {
          yield* writeTo(process, descriptor, bytesOfString(formatted(process, format, visit)))
          return true
        })
      }
      case '-ls':
        return action(function* ({ path, node }) {
          const blocks = node.kind === 'file' ? Math.ceil(node.size / 4096) * 4 : node.kind === 'directory' ? 4 : 0
          yield* print(
            process,
            `${String(node.inode).padStart(9)} ${String(blocks).padStart(6)} ${modeText(node.kind, node.mode)} ${String(node.links).padStart(3)} ${userName(process, node.uid).padEnd(8)} ${groupName(process, node.gid).padEnd(8)} ${String(node.size).padStart(8)} ${strftime('%b %e %H:%M', momentOf(node.modifiedMs, zoneOf(process)))} ${path}\n`,
          )
          return true
        })
      case '-quit':
        return action(function* () {
          throw new Quit()
        })
      case '-delete':
        settings.depthFirst = true
        return action(function* ({ path, node }) {
          if (path === '.') return true
          try {
            if (node.kind === 'directory') process.files.rmdir(process.path(path), process.credentials)
            else process.files.unlink(process.path(path), process.credentials)
            return true
          } catch (error) {
            if (!(error instanceof UnixError)) throw error
            yield* err(process, `${name}: cannot delete '${path}': ${error.words}\n`)
            settings.code = 1
            return false
          }
        })
      case '-exec':
      case '-execdir':
      case '-ok':
        return executing(option, option === '-execdir', option === '-ok')
      default:
        if (option.startsWith('-')) throw new FindError(busybox ? `unrecognized: ${option}` : `unknown predicate \`${option}'`)
        throw new FindError(busybox ? `unrecognized: ${option}` : `paths must precede expression: \`${option}'`)
    }
  }
  if (args.length === 0)
    return function* ({ path }) {
      yield* print(process, `${path}\n`)
      return true
    }
  const expression = or()
  if (at < args.length) throw new FindError(args[at] === ')' ? "you have too many ')'" : `paths must precede expression: \`${args[at]}'`)
  if (settings.hasAction) return expression
  return function* (visit) {
    if (!(yield* expression(visit))) return false
    yield* print(process, `${visit.path}\n`)
    return true
  }
}

function formatted(process: Process, format: string, { path, start, node, depth }: Visit): string {
  const kind = { file: 'f', directory: 'd', symlink: 'l', fifo: 'p', socket: 's', character: 'c', block: 'b' }[node.kind]
  const slash = path.lastIndexOf('/')
  return format.replace(
    /\\([ntr0\\])|%(-?\d*)([A-Z]?)([a-zA-Z%@])/g,
    (whole, escape: string | undefined, width: string, _, letter: string) => {
      if (escape !== undefined) return { n: '\n', t: '\t', r: '\r', '0': '\0', '\\': '\\' }[escape] ?? escape
      const timed = /%-?\d*([TAC])(.)/.exec(whole)
      if (timed) {
        const ms = timed[1] === 'T' ? node.modifiedMs : timed[1] === 'A' ? node.accessedMs : node.changedMs
        return timed[2] === '@'
          ? (ms / 1000).toFixed(10)
          : timed[2] === '+'
            ? strftime('%F+%T.%N0', momentOf(ms, zoneOf(process)))
            : strftime(`%${timed[2]}`, momentOf(ms, zoneOf(process)))
      }
      const fields: Readonly<Record<string, string>> = {
        '%': '%',
        p: path,
        f: path.slice(slash + 1) || '/',
        h: slash < 0 ? '.' : path.slice(0, slash) || '/',
        P: path.slice(start.length).replace(/^\//, ''),
        H: start,
        s: String(node.size),
        m: (node.mode & 0o7777).toString(8),
        M: modeText(node.kind, node.mode),
        u: userName(process, node.uid),
        g: groupName(process, node.gid),
        U: String(node.uid),
        G: String(node.gid),
        y: kind,
        d: String(depth),
        l: node.target ?? '',
        i: String(node.inode),
        n: String(node.links),
        k: String(Math.ceil(node.size / 4096) * 4),
        b: String(Math.ceil(node.size / 4096) * 8),
        t: strftime('%a %b %e %T.%N0 %Y', momentOf(node.modifiedMs, zoneOf(process))),
      }
      const text = fields[letter] ?? whole
      return width.startsWith('-') ? text.padEnd(Number(width.slice(1))) : text.padStart(Number(width || 0))
    },
  )
}
