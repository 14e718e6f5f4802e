/** head: the first lines or bytes. Stops reading as soon as it has them, so that `yes | head -1` ends. */
import { joined } from '../../base/bytes.ts'
import { type Blocking, writeTo } from '../kernel/process.ts'
import { eachFile } from './each-file.ts'
import { flag, lastOf, value } from './options.ts'
import { sizeOf } from './sizes.ts'
import { nextBytes, print, wholeInput } from './text.ts'
import { die, quoted, tool } from './tool.ts'

export const head = tool({
  name: 'head',
  usage: '[OPTION]... [FILE]...',
  summary: 'Print the first 10 lines of each FILE to standard output.',
  flags: {
    bytes: value('c|bytes', '[-]NUM', 'print the first NUM bytes of each file'),
    lines: value('n|lines', '[-]NUM', 'print the first NUM lines instead of the first 10'),
    quiet: flag('q|quiet|silent', 'never print headers giving file names'),
    verbose: flag('v|verbose', 'always print headers giving file names'),
    zero: flag('z|zero-terminated', 'line delimiter is NUL, not newline'),
  },
  spelled: (args) =>
    args.flatMap((arg, index) => (index === 0 && /^-\d+[a-z]?$/.test(arg) ? ['-n', arg.slice(1).replace(/[a-z]$/, '')] : [arg])),
  *run(call) {
    const { process, flags } = call
    const isBytes = lastOf(call.given, ['bytes', 'lines']) === 'bytes'
    const text = (isBytes ? flags.bytes : flags.lines) ?? '10'
    const amount = sizeOf(text.replace(/^[-+]/, ''))
    if (amount === undefined)
      yield* die(call, call.busybox ? `invalid number '${text}'` : `invalid number of ${isBytes ? 'bytes' : 'lines'}: ${quoted(text)}`)
    const wanted = amount ?? 0
    const end = flags.zero ? 0 : 10
    const hasHeadings = (call.operands.length > 1 && !flags.quiet) || flags.verbose
    let isFirst = true
    return yield* eachFile(
      call,
      function* (descriptor, path) {
        if (hasHeadings) yield* print(process, `${isFirst ? '' : '\n'}==> ${path === '-' ? 'standard input' : path} <==\n`)
        isFirst = false
        if (text.startsWith('-')) return yield* allButLast(descriptor)
        let left = wanted
        while (left > 0) {
          const bytes = yield* nextBytes(process, descriptor)
          if (bytes.length === 0) return
          const size = isBytes ? Math.min(left, bytes.length) : afterLines(bytes, left, end)
          left -= isBytes ? size : linesIn(bytes.subarray(0, size), end)
          yield* writeTo(process, 1, bytes.subarray(0, size))
        }
      },
      {
        refusal: (path, words) =>
          words === 'Is a directory'
            ? `error reading ${quoted(path)}: ${words}`
            : call.busybox
              ? `${path}: ${words}`
              : `cannot open ${quoted(path)} for reading: ${words}`,
      },
    )

    function* allButLast(descriptor: number): Blocking<void> {
      const all = yield* wholeInput(process, descriptor)
      if (isBytes) return yield* writeTo(process, 1, all.subarray(0, Math.max(0, all.length - wanted)))
      const total = linesIn(all, end) + (all.length > 0 && all[all.length - 1] !== end ? 1 : 0)
      yield* writeTo(process, 1, joined([all.subarray(0, total <= wanted ? 0 : afterLines(all, total - wanted, end))]))
    }
  },
})

/** Where the first `count` lines end. */
function afterLines(bytes: Uint8Array, count: number, end: number): number {
  let at = 0
  for (let line = 0; line < count; line++) {
    const next = bytes.indexOf(end, at)
    if (next < 0) return bytes.length
    at = next + 1
  }
  return at
}

function linesIn(bytes: Uint8Array, end: number): number {
  let lines = 0
  for (const byte of bytes) if (byte === end) lines++
  return lines
}
