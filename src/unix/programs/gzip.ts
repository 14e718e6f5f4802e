/** gzip, gunzip and zcat over fflate. */
import { gunzipSync, gzipSync } from 'fflate'
import { type Program, type Running, writeTo } from '../kernel/process.ts'
import { keep, statOf } from './copy.ts'
import { type Flags, flag } from './options.ts'
import { closeInput, openInput, openOutput, print, wholeInput } from './text.ts'
import { complain, isTerminal, tool, wordsOf } from './tool.ts'

const flags = {
  stdout: flag('c|stdout|to-stdout', 'write on standard output, keep original files unchanged'),
  decompress: flag('d|decompress|uncompress', 'decompress'),
  force: flag('f|force', 'force overwrite of output file and compress links'),
  keep: flag('k|keep', "keep (don't delete) input files"),
  list: flag('l|list', 'list compressed file contents'),
  noName: flag('n|no-name'),
  name: flag('N|name'),
  quiet: flag('q|quiet', 'suppress all warnings'),
  recursive: flag('r|recursive'),
  test: flag('t|test', 'test compressed file integrity'),
  verbose: flag('v|verbose', 'verbose mode'),
  fast: flag('1|fast', 'compress faster'),
  l2: flag('2'),
  l3: flag('3'),
  l4: flag('4'),
  l5: flag('5'),
  l6: flag('6'),
  l7: flag('7'),
  l8: flag('8'),
  best: flag('9|best', 'compress better'),
}

const gzipTool = (name: string, forced: { readonly decompress: boolean; readonly stdout: boolean }): Program =>
  tool({
    name,
    usage: '[OPTION]... [FILE]...',
    summary: 'Compress or uncompress FILEs (by default, compress FILES in-place).',
    package: 'gzip 1.12',
    flags,
    *run(call) {
      const given: Flags<typeof flags> = {
        ...call.flags,
        decompress: call.flags.decompress || forced.decompress,
        stdout: call.flags.stdout || forced.stdout,
      }
      // All three are one script around gzip, and say so.
      return yield* work({ ...call, name: call.busybox ? call.name : 'gzip', flags: given })
    },
  })

function* work(call: {
  readonly process: Parameters<Program>[0]
  readonly name: string
  readonly busybox: boolean
  readonly flags: Flags<typeof flags>
  readonly operands: readonly string[]
}): Running {
  const { process, flags } = call
  let code = 0
  for (const path of call.operands.length > 0 ? call.operands : ['-']) {
    const toStdout = flags.stdout || path === '-'
    if (path === '-' && !flags.decompress && isTerminal(process, 1) && !flags.force) {
      yield* complain(call, 'compressed data not written to a terminal. Use -f to force compression.\nFor help, type: gzip -h')
      return 1
    }
    let source = path
    try {
      if (flags.decompress && path !== '-' && !statOf(process, path) && statOf(process, `${path}.gz`)) source = `${path}.gz`
      const node = source === '-' ? undefined : statOf(process, source)
      if (node?.kind === 'directory') {
        yield* complain(call, `${path} is a directory -- ignored`)
        code = 2
        continue
      }
      const descriptor = openInput(process, source)
      const bytes = yield* wholeInput(process, descriptor)
      closeInput(process, descriptor)
      if (flags.decompress || flags.test || flags.list) {
        if (source !== '-' && !toStdout && !flags.test && !flags.list && !/\.(gz|tgz|z)$/i.test(source)) {
          yield* complain(call, `${source}: unknown suffix -- ignored`)
          code = 2
          continue
        }
        if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
          if (flags.force && toStdout) yield* writeTo(process, 1, bytes)
          else {
            yield* complain(
              source === '-' || !flags.keep ? { ...call, name: call.busybox ? call.name : '\ngzip' } : call,
              bytes.length < 2
                ? `${source === '-' ? 'stdin' : source}: unexpected end of file`
                : call.busybox
                  ? 'invalid magic'
                  : `${source === '-' ? 'stdin' : source}: not in gzip format`,
            )
            code = 1
          }
          continue
        }
        const plain = gunzipSync(bytes)
        if (flags.test) continue
        if (flags.list) {
          yield* print(
            process,
            `         compressed        uncompressed  ratio uncompressed_name\n${String(bytes.length).padStart(19)} ${String(plain.length).padStart(19)} ${((1 - bytes.length / Math.max(1, plain.length)) * 100).toFixed(1).padStart(5)}% ${source.replace(/\.gz$/, '')}\n`,
          )
          continue
        }
        if (toStdout) yield* writeTo(process, 1, plain)
        else yield* replace(source, source.replace(/\.tgz$/, '.tar').replace(/\.gz$/, ''), plain)
      } else {
        if (source.endsWith('.gz') && !flags.force) {
          yield* complain(call, `${source} already has .gz suffix -- unchanged`)
          code = 2
          continue
        }
        const packed = gzipSync(bytes, {
          level: flags.best ? 9 : flags.fast ? 1 : 6,
          mtime: flags.noName || source === '-' ? 1 : (node?.modifiedMs ?? process.now()),
          ...(source === '-' || flags.noName ? {} : { filename: source.slice(source.lastIndexOf('/') + 1) }),
        })
        if (toStdout) yield* writeTo(process, 1, packed)
        else yield* replace(source, `${source}.gz`, packed)
      }
    } catch (error) {
      yield* complain(call, `${source}: ${wordsOf(error)}`)
      code = 1
    }
  }
  return code

  function* replace(from: string, to: string, bytes: Uint8Array) {
    if (statOf(process, to) && !flags.force) {
      yield* complain(call, `${to} already exists;\tnot overwritten`)
      code = 2
      return
    }
    const node = statOf(process, from)
    const output = openOutput(process, to)
    yield* writeTo(process, output, bytes)
    process.close(output)
    if (node) keep(process, to, node, { mode: true, owner: process.credentials.uid === 0, times: true })
    if (!flags.keep) process.files.unlink(process.path(from), process.credentials)
    if (flags.verbose)
      yield* writeTo(
        process,
        2,
        `${from}:\t${((1 - bytes.length / Math.max(1, node?.size ?? 1)) * 100).toFixed(1).padStart(5)}% -- ${flags.keep ? 'created' : 'replaced with'} ${to}\n`,
      )
  }
}

export const gzip: Program = gzipTool('gzip', { decompress: false, stdout: false })
export const gunzip: Program = gzipTool('gunzip', { decompress: true, stdout: false })
export const zcat: Program = gzipTool('zcat', { decompress: true, stdout: true })
