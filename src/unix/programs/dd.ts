/** dd: blocks from one file to another; the report goes to standard error. */
import { err, readFrom, writeTo } from '../kernel/process.ts'
import type { Program } from '../kernel/process.ts'
import { UnixError } from '../errors.ts'
import { isBusybox } from './flavour.ts'
import { sizeOf } from './sizes.ts'
import { openInput, openOutput } from './text.ts'

export const dd: Program = function* (process) {
  const name = process.argv[0]
  const options = new Map<string, string>()
  for (const arg of process.argv.slice(1)) {
    const equals = arg.indexOf('=')
    if (equals < 0 || !/^(if|of|bs|ibs|obs|count|skip|seek|conv|status|iflag|oflag|cbs)$/.test(arg.slice(0, equals))) {
      yield* err(process, `${name}: unrecognized operand '${arg}'\nTry '${name} --help' for more information.\n`)
      return 1
    }
    options.set(arg.slice(0, equals), arg.slice(equals + 1))
  }
  const size = sizeOf(options.get('bs') ?? options.get('ibs') ?? '512')
  const count = options.has('count') ? sizeOf(options.get('count') ?? '') : Number.POSITIVE_INFINITY
  if (size === undefined || count === undefined) {
    yield* err(process, `${name}: invalid number: '${options.get(size === undefined ? 'bs' : 'count')}'\n`)
    return 1
  }
  const conv = options.get('conv') ?? ''
  let input = 0
  let output = 1
  for (const key of ['if', 'of'] as const) {
    const path = options.get(key)
    if (path === undefined) continue
    try {
      if (key === 'if') input = openInput(process, path)
      else output = openOutput(process, path, { truncate: !conv.includes('notrunc') && !options.has('seek') })
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      yield* err(
        process,
        isBusybox(process) ? `dd: can't open '${path}': ${error.words}\n` : `${name}: failed to open '${path}': ${error.words}\n`,
      )
      return 1
    }
  }
  const startedAt = process.now()
  const skip = Number(options.get('skip') ?? 0) * size
  const seek = Number(options.get('seek') ?? 0) * size
  if (seek > 0) process.file(output).seek?.(seek)
  let skipped = 0
  let total = 0
  let [full, partial] = [0, 0]
  let code = 0
  let stopped = false
  process.handlers.set('INT', () => (stopped = true))
  while (full + partial < count && !stopped) {
    const wanted = skipped < skip ? Math.min(size, skip - skipped) : size
    const parts: Uint8Array[] = []
    let got = 0
    do {
      const bytes = yield* readFrom(process, input, wanted - got)
      if (bytes.length === 0) break
      parts.push(bytes)
      got += bytes.length
    } while (options.get('iflag') === 'fullblock' && got < wanted)
    if (got === 0) break
    if (skipped < skip) {
      skipped += got
      continue
    }
    try {
      for (const bytes of parts)
        yield* writeTo(
          process,
          output,
          conv.includes('ucase')
            ? bytes.map((byte) => (byte >= 97 && byte <= 122 ? byte - 32 : byte))
            : conv.includes('lcase')
              ? bytes.map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte))
              : bytes,
        )
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      yield* err(process, `${name}: error writing '${options.get('of') ?? 'standard output'}': ${error.words}\n`)
      code = 1
      break
    }
    total += got
    if (got === size) full++
    else partial++
    // A disk writes some hundred megabytes in a second.
    if (total % 8_388_608 < size) yield { until: process.now() + Math.max(1, Math.round(Math.min(8_388_608, total) / 500_000)) }
  }
  if (options.get('status') === 'none') return code
  const records = `${full}+${partial} records in\n${full}+${partial} records out\n`
  const seconds = Math.max((process.now() - startedAt) / 1000, total / 500e6, 0.000_05)
  const speed = total / seconds
  const decimal = shortDecimal
  const sizes = total < 1000 ? '' : ` (${decimal(total)}${total >= 1024 ? `, ${shortBinary(total)}` : ''})`
  const tail = `${total} byte${total === 1 ? '' : 's'}${sizes} copied, ${seconds.toPrecision(6).replace(/\.?0+$/, '')} s, ${shortDecimal(speed)}/s\n`
  if (isBusybox(process))
    yield* err(
      process,
      `${records}${total} bytes (${shortBinary(total).replace('iB', 'B').replace(' ', '')}) copied, ${seconds.toFixed(6)} seconds, ${shortBinary(speed).replace('iB', 'B').replace(' ', '')}/s\n`,
    )
  else yield* err(process, options.get('status') === 'noxfer' ? records : records + tail)
  return code
}

function short(bytes: number, base: number, units: readonly string[]): string {
  let size = bytes
  let power = 0
  while (size >= base && power < units.length - 1) {
    size /= base
    power++
  }
  return `${power === 0 ? Math.round(size) : size < 9.95 ? size.toFixed(1) : Math.round(size)} ${units[power]}`
}

const shortDecimal = (bytes: number): string => short(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB'])
const shortBinary = (bytes: number): string => short(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB'])
