/**
 * tail. With -f it looks again every second, as tail does where inotify is not to be had; -F also notices that a file was replaced.
 */
import { type Blocking, readFrom, sleep, writeTo } from '../kernel/process.ts'
import { statOf } from './copy.ts'
import { flag, lastOf, list, optional, value } from './options.ts'
import { durationMs } from './sleep.ts'
import { sizeOf } from './sizes.ts'
import { closeInput, openInput, print, wholeInput } from './text.ts'
import { complain, die, quoted, tool, wordsOf } from './tool.ts'

interface Followed {
  readonly path: string
  descriptor: number | undefined
  inode: number
  size: number
}

export const tail = tool({
  name: 'tail',
  usage: '[OPTION]... [FILE]...',
  summary: 'Print the last 10 lines of each FILE to standard output.',
  flags: {
    bytes: value('c|bytes', '[+]NUM', 'output the last NUM bytes'),
    follow: optional('follow', '{name|descriptor}', 'output appended data as the file grows'),
    followShort: flag('f', 'output appended data as the file grows'),
    retryFollow: flag('F', 'same as --follow=name --retry'),
    lines: value('n|lines', '[+]NUM', 'output the last NUM lines, instead of the last 10'),
    pid: list('pid', 'PID', 'with -f, terminate after process ID, PID dies'),
    quiet: flag('q|quiet|silent', 'never output headers giving file names'),
    retry: flag('retry', 'keep trying to open a file if it is inaccessible'),
    interval: value('s|sleep-interval', 'N', 'with -f, sleep for approximately N seconds (default 1.0) between iterations'),
    verbose: flag('v|verbose', 'always output headers giving file names'),
    zero: flag('z|zero-terminated', 'line delimiter is NUL, not newline'),
  },
  spelled: (args) => args.flatMap((arg, index) => (index === 0 && /^[-+]\d+[lcf]*$/.test(arg) ? spelledOut(arg) : [arg])),
  *run(call) {
    const { process, flags, busybox } = call
    const isBytes = lastOf(call.given, ['bytes', 'lines']) === 'bytes'
    const text = (isBytes ? flags.bytes : flags.lines) ?? '10'
    const amount = sizeOf(text.replace(/^[-+]/, ''))
    if (amount === undefined) yield* die(call, `invalid number of ${isBytes ? 'bytes' : 'lines'}: ${quoted(text)}`)
    const wanted = amount ?? 10
    const fromStart = text.startsWith('+')
    const end = flags.zero ? 0 : 10
    const follows = flags.followShort || flags.retryFollow || flags.follow !== undefined
    const byName = flags.retryFollow || flags.follow === 'name'
    const operands = call.operands.length > 0 ? call.operands : ['-']
    const hasHeadings = (operands.length > 1 && !flags.quiet) || flags.verbose
    const followed: Followed[] = []
    let shown: string | undefined
    let code = 0
    function* heading(path: string): Blocking<void> {
      if (hasHeadings && shown !== path)
        yield* print(process, `${shown === undefined ? '' : '\n'}==> ${path === '-' ? 'standard input' : path} <==\n`)
      shown = path
    }
    for (const path of operands) {
      try {
        const descriptor = openInput(process, path)
        const node = path === '-' ? undefined : statOf(process, path)
        yield* heading(path)
        const all = yield* wholeInput(process, descriptor)
        yield* writeTo(
          process,
          1,
          isBytes
            ? fromStart
              ? all.subarray(Math.max(0, wanted - 1))
              : wanted === 0
                ? all.subarray(all.length)
                : all.subarray(Math.max(0, all.length - wanted))
            : lastLines(all, wanted, { fromStart, end }),
        )
        if (follows && path !== '-') followed.push({ path, descriptor, inode: node?.inode ?? 0, size: node?.size ?? 0 })
        else closeInput(process, descriptor)
      } catch (error) {
        const words = wordsOf(error)
        yield* complain(
          call,
          words === 'Is a directory'
            ? `error reading ${quoted(path)}: ${words}`
            : busybox
              ? `can't open '${path}': ${words}`
              : `cannot open ${quoted(path)} for reading: ${words}`,
        )
        code = 1
        if (follows && (flags.retryFollow || flags.retry)) followed.push({ path, descriptor: undefined, inode: 0, size: 0 })
      }
    }
    if (!follows) return code
    if (followed.length === 0) {
      if (operands.includes('-') && code === 0) return 0
      yield* complain(call, busybox ? 'no files' : 'no files remaining')
      return 1
    }
    const watched = flags.pid.map(Number)
    const intervalMs = durationMs(flags.interval ?? '1') ?? 1000
    for (;;) {
      for (const file of followed) {
        if (byName) yield* reopen(file)
        if (file.descriptor === undefined) continue
        const node = statOf(process, file.path)
        if (node && node.inode === file.inode) {
          if (node.size < file.size) {
            yield* complain(call, `${file.path}: file truncated`)
            closeInput(process, file.descriptor)
            file.descriptor = openInput(process, file.path)
          }
          file.size = node.size
        }
        const bytes = yield* readNow(file.descriptor)
        if (bytes.length === 0) continue
        yield* heading(file.path)
        yield* writeTo(process, 1, bytes)
      }
      if (watched.length > 0 && watched.every((pid) => !process.namespaces.pids.processes.has(pid))) return code
      // A reader that went away is noticed at once, not at the next line.
      yield* sleep(process, intervalMs)
    }
    function* readNow(descriptor: number): Blocking<Uint8Array> {
      return process.file(descriptor).kind === 'file'
        ? yield* readFrom(process, descriptor)
        : (process.file(descriptor).read(65_536) ?? new Uint8Array(0))
    }
    function* reopen(file: Followed): Blocking<void> {
      const node = statOf(process, file.path)
      if (node?.inode === file.inode) return
      if (!node) {
        if (file.descriptor !== undefined && file.inode !== 0)
          yield* complain(call, `${quoted(file.path)} has become inaccessible: No such file or directory`)
        file.inode = 0
        return
      }
      yield* complain(
        call,
        file.descriptor === undefined || file.inode === 0
          ? `${quoted(file.path)} has appeared;  following new file`
          : `${quoted(file.path)} has been replaced;  following new file`,
      )
      if (file.descriptor !== undefined) closeInput(process, file.descriptor)
      file.descriptor = openInput(process, file.path)
      file.inode = node.inode
      file.size = node.size
    }
  },
})

function spelledOut(arg: string): string[] {
  const number = /\d+/.exec(arg)?.[0] ?? '10'
  const option = arg.includes('c') ? '-c' : '-n'
  return [option, (arg.startsWith('+') ? '+' : '') + number, ...(arg.includes('f') ? ['-f'] : [])]
}

function lastLines(all: Uint8Array, wanted: number, { fromStart, end }: { fromStart: boolean; end: number }): Uint8Array {
  if (fromStart) {
    let at = 0
    for (let line = 1; line < wanted && at < all.length; line++) {
      const next = all.indexOf(end, at)
      at = next < 0 ? all.length : next + 1
    }
    return all.subarray(at)
  }
  if (wanted === 0) return all.subarray(all.length)
  let at = all.length
  if (all[at - 1] === end) at--
  for (let line = 0; line < wanted; line++) {
    if (at <= 0) return all
    const before = all.lastIndexOf(end, at - 1)
    if (before < 0) return all
    at = before
  }
  return all.subarray(at + 1)
}
