/** What every command of openssl shares: options with one dash, reading and writing of files, and the words for what cannot be read. */
import { UnixError } from '../../errors.ts'
import { DerError, type PemBlock, parseDer, pemBlocks } from '../../../base/pki/der.ts'
import { privateOf, type PrivateKey } from '../../../base/pki/keys.ts'
import { type Blocking, err, Exit, type Process, writeTo } from '../../kernel/process.ts'
import { bytesOfString, closeInput, openInput, openOutput, stringOf, wholeInput } from '../text.ts'

export interface OpensslCall {
  readonly process: Process
  readonly command: string
  /** The last value of each option; a flag is the empty string. */
  readonly options: ReadonlyMap<string, string>
  readonly lists: ReadonlyMap<string, readonly string[]>
  /** Options in the order they were given. */
  readonly given: readonly string[]
  readonly operands: readonly string[]
}

/** `valued`: names of options that take a value, separated by blanks. Unknown ones are refused as openssl refuses them. */
export function* parsed(process: Process, command: string, args: readonly string[], flags: string, valued: string): Blocking<OpensslCall> {
  const [flagNames, valuedNames] = [new Set(flags.split(' ')), new Set(valued.split(' '))]
  const options = new Map<string, string>()
  const lists = new Map<string, string[]>()
  const given: string[] = []
  const operands: string[] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]
    if (!arg.startsWith('-') || arg === '-') {
      operands.push(...args.slice(index))
      break
    }
    const name = arg.replace(/^--?/, '')
    if (flagNames.has(name)) options.set(name, '')
    else if (valuedNames.has(name)) {
      const value = args[++index]
      if (value === undefined) yield* refuse(process, `${command}: Option ${arg} needs a value\n${command}: Use -help for summary.\n`)
      options.set(name, value)
      lists.set(name, [...(lists.get(name) ?? []), value])
    } else yield* refuse(process, `${command}: Unrecognized flag ${name}\n${command}: Use -help for summary.\n`)
    given.push(name)
  }
  return { process, command, options, lists, given, operands }
}

export function* refuse(process: Process, text: string, code = 1): Blocking<never> {
  yield* err(process, text)
  throw new Exit(code)
}

/** The number openssl puts before an error of its stack. */
const thread = '4017D2F6A37F0000'

export function* readBytes(process: Process, path: string | undefined, what: string): Blocking<Uint8Array> {
  let descriptor: number
  try {
    descriptor = openInput(process, path ?? '-')
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* refuse(
      process,
      `Could not open file or uri for loading ${what} from ${path}\n${thread}:error:16000069:STORE routines:ossl_store_get0_loader_int:unregistered scheme:../crypto/store/store_register.c:237:scheme=file\n${thread}:error:80000002:system library:file_open:${error.words}:../providers/implementations/storemgmt/file_store.c:267:calling stat(${path})\n${what === 'certificate' ? 'Unable to load certificate\n' : ''}`,
    )
    throw error
  }
  const bytes = yield* wholeInput(process, descriptor)
  closeInput(process, descriptor)
  return bytes
}

export function* readText(process: Process, path: string | undefined, what: string): Blocking<string> {
  return stringOf(yield* readBytes(process, path, what))
}

/** The first block of one of these labels, or the bytes themselves where DER was asked for. */
export function* readBlock(process: Process, path: string | undefined, what: string, labels: RegExp, isDer = false): Blocking<PemBlock> {
  const bytes = yield* readBytes(process, path, what)
  if (isDer) return { label: 'DER', bytes, isEncrypted: false }
  const found = pemBlocks(stringOf(bytes)).find(({ label }) => labels.test(label))
  if (found) return found
  yield* unreadable(process, path, what)
  throw new Exit(1)
}

function* unreadable(process: Process, path: string | undefined, what: string): Blocking<void> {
  yield* refuse(
    process,
    `Could not read ${what} from ${path ?? '<stdin>'}\n${thread}:error:1608010C:STORE routines:ossl_store_handle_load_result:unsupported:../crypto/store/store_result.c:151:\n${what === 'certificate' ? 'Unable to load certificate\n' : ''}`,
  )
}

export function* readPrivate(process: Process, path: string | undefined, what = 'private key'): Blocking<PrivateKey> {
  const block = yield* readBlock(process, path, what, /PRIVATE KEY$/)
  if (block.isEncrypted)
    yield* refuse(
      process,
      `Could not read ${what} from ${path ?? '<stdin>'}: keys with a pass phrase are not simulated here; make it with -nodes\n`,
    )
  return yield* readable(process, path, what, () => privateOf(block))
}

/** Runs a parser; bytes it does not understand are refused in openssl's words. */
export function* readable<T>(process: Process, path: string | undefined, what: string, parse: () => T): Blocking<T> {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    yield* unreadable(process, path, what)
    throw error
  }
}

export function* writeOut(process: Process, path: string | undefined, content: string | Uint8Array, mode = 0o666): Blocking<void> {
  const bytes = typeof content === 'string' ? bytesOfString(content) : content
  if (path === undefined || path === '-') return yield* writeTo(process, 1, bytes)
  try {
    const descriptor = openOutput(process, path, { mode })
    yield* writeTo(process, descriptor, bytes)
    process.close(descriptor)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* refuse(
      process,
      `Can't open "${path}" for writing, ${error.words}\n${thread}:error:80000002:system library:BIO_new_file:${error.words}:../crypto/bio/bss_file.c:67:calling fopen(${path}, w)\n`,
    )
  }
}

export const isDerBytes = (bytes: Uint8Array): boolean => {
  try {
    parseDer(bytes)
    return true
  } catch (error) {
    if (error instanceof DerError) return false
    throw error
  }
}
