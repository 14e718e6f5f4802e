/**
 * Redirections, applied to the descriptors of the shell's own process and taken back after the command; children inherit what stands
 * there when they start. Order matters and is kept: `2>&1 >f` is not `>f 2>&1`.
 */
import type { HereDoc, Redirect, Redirection } from 'unbash'
import { noBytes } from '../../base/bytes.ts'
import { bytesOfString } from '../programs/text.ts'
import { UnixError } from '../errors.ts'
import { always, Descriptor, type OpenFile } from '../kernel/open-file.ts'
import type { Blocking } from '../kernel/process.ts'
import type { OpenOptions } from '../files/files.ts'
import { expandPieces, expandToText, expandWords } from './expand.ts'
import type { Shell } from './shell.ts'
import { compiledParts } from './words.ts'

/** Descriptors as they were before. */
export class Saved {
  readonly #shell: Shell
  #before: Map<number, Descriptor | undefined> | undefined

  constructor(shell: Shell) {
    this.#shell = shell
  }

  put(number: number, descriptor: Descriptor): void {
    descriptor.retain()
    this.#remember(number)
    this.#shell.process.descriptors.set(number, descriptor)
  }

  close(number: number): void {
    this.#remember(number)
    this.#shell.process.descriptors.delete(number)
  }

  restore(): void {
    if (!this.#before) return
    const { descriptors } = this.#shell.process
    for (const [number, before] of this.#before) {
      descriptors.get(number)?.release()
      if (before) descriptors.set(number, before)
      else descriptors.delete(number)
    }
    this.#forget()
  }

  /** `exec >file`, or the whole shell becomes another program: what was there is let go, or whoever reads its other end would wait for ever. */
  keep(): void {
    for (const before of this.#before?.values() ?? []) before?.release()
    this.#forget()
  }

  #forget(): void {
    this.#before = undefined
    this.#shell.saved.delete(this)
  }

  #remember(number: number): void {
    const before = this.#shell.process.descriptors.get(number)
    this.#shell.saved.add(this)
    const saved = (this.#before ??= new Map())
    if (saved.has(number)) before?.release()
    else saved.set(number, before)
  }
}

/** Applies them; false when one was refused, and told so. */
export function* redirect(shell: Shell, redirections: readonly Redirection[], saved: Saved): Blocking<boolean> {
  for (const redirection of redirections) {
    try {
      if (redirection.type === 'Redirect') {
        if (!(yield* one(shell, redirection, saved))) return false
      } else {
        const text =
          redirection.type === 'HereString'
            ? `${redirection.target ? yield* expandToText(shell, redirection.target) : ''}\n`
            : yield* document(shell, redirection)
        saved.put(number(redirection, 0, shell), new Descriptor(reading(bytesOfString(text))))
      }
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      const path = shownPath(redirection, error.path ?? '')
      if (shell.flavour === 'ash') yield* shell.complain(ashRefusal(redirection, path, error))
      else yield* shell.complain(path === '' ? error.words : `${path}: ${error.words}`)
      return false
    }
  }
  return true
}

/** The name as it was typed, which the error's path need not be. */
function shownPath(redirection: Redirection, path: string): string {
  return redirection.type === 'Redirect' ? (typedTargets.get(redirection) ?? path) : path
}

const typedTargets = new WeakMap<Redirect, string>()

function ashRefusal(redirection: Redirection, path: string, { errno, words }: UnixError): string {
  if (redirection.operator === '<') return `can't open ${path}: ${errno === 'ENOENT' ? 'no such file' : words}`
  return `can't create ${path}: ${errno === 'ENOENT' ? 'nonexistent directory' : words}`
}

function* document(shell: Shell, { body, delimiter, operator }: HereDoc): Blocking<string> {
  const stripped = (text: string) => (operator === '<<-' ? text.replace(/^\t+/gm, '') : text)
  if (delimiter?.quoted || !body.parts)
    return delimiter?.quoted ? stripped(body.text) : stripped(body.text.replace(/\\\n/g, '').replace(/\\([$`\\])/g, '$1'))
  let list = compiledParts(body.parts, true)
  if (operator === '<<-') {
    let atLineStart = true
    list = list.map((piece) => {
      if (piece.kind !== 'text') {
        atLineStart = false
        return piece
      }
      const text = (atLineStart ? piece.text.replace(/^\t+/, '') : piece.text).replace(/\n\t+/g, '\n')
      atLineStart = piece.text.endsWith('\n')
      return { ...piece, text }
    })
  }
  return yield* expandPieces(shell, list)
}

/** Descriptor it is for; `{name}` takes the lowest free one from 10 on. */
function number(redirection: Redirection, fallback: number, shell: Shell): number {
  const { descriptor } = redirection
  if (!descriptor) return fallback
  if (descriptor.type === 'FileDescriptor') return descriptor.value
  let free = 10
  while (shell.process.descriptors.has(free)) free++
  shell.variables.set(descriptor.name, String(free))
  return free
}

/** Of `name` or `name[index]`. */
function valueOf(shell: Shell, name: string): string | undefined {
  const element = /^(\w+)\[(.+)\]$/.exec(name)
  return element ? shell.variables.element(element[1], element[2]) : shell.variables.get(name)
}

function* one(shell: Shell, redirection: Redirect, saved: Saved): Blocking<boolean> {
  const { operator, target } = redirection
  if (!target) return true
  const { process } = shell
  const words = yield* expandWords(shell, [target])
  if (words.length !== 1) {
    yield* shell.complain(`${target.text}: ambiguous redirect`)
    return false
  }
  const [name] = words
  typedTargets.set(redirection, name)
  if (operator === '>&' || operator === '<&') {
    if (operator === '>&' && !redirection.descriptor && !/^(\d+-?|-)$/.test(name)) return yield* both(shell, name, saved, {})
    const to =
      redirection.descriptor?.type === 'FileDescriptorVariable' && name === '-'
        ? Number(valueOf(shell, redirection.descriptor.name))
        : number(redirection, operator === '>&' ? 1 : 0, shell)
    if (name === '-') {
      saved.close(to)
      return true
    }
    const from = process.descriptors.get(Number.parseInt(name, 10))
    if (!/^\d+-?$/.test(name) || !from) {
      yield* shell.complain(/^\d+-?$/.test(name) ? `${name.replace('-', '')}: Bad file descriptor` : `${name}: ambiguous redirect`)
      return false
    }
    saved.put(to, from)
    if (name.endsWith('-')) saved.close(Number.parseInt(name, 10))
    return true
  }
  if (operator === '&>' || operator === '&>>') return yield* both(shell, name, saved, { append: operator === '&>>' })
  if (operator === '>' && shell.option('noclobber') && isPlainFile(shell, name)) {
    yield* shell.complain(`${name}: cannot overwrite existing file`)
    return false
  }
  const file = open(shell, name, openOptions[operator])
  saved.put(number(redirection, operator === '<' || operator === '<>' ? 0 : 1, shell), new Descriptor(file))
  return true
}

function* both(shell: Shell, name: string, saved: Saved, { append = false }: { append?: boolean }): Blocking<boolean> {
  if (!append && shell.option('noclobber') && isPlainFile(shell, name)) {
    yield* shell.complain(`${name}: cannot overwrite existing file`)
    return false
  }
  const descriptor = new Descriptor(open(shell, name, append ? openOptions['>>'] : openOptions['>']))
  saved.put(1, descriptor)
  saved.put(2, descriptor)
  return true
}

const openOptions: Readonly<Record<'<' | '>' | '>>' | '>|' | '<>', OpenOptions>> = {
  '<': { read: true },
  '>': { write: true, create: true, truncate: true },
  '>|': { write: true, create: true, truncate: true },
  '>>': { write: true, create: true, append: true },
  '<>': { read: true, write: true, create: true },
}

function open(shell: Shell, name: string, options: OpenOptions): OpenFile {
  const { process } = shell
  const own = /^\/(?:dev\/fd|proc\/self\/fd)\/(\d+)$/.exec(name)
  const standard = { '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2 }[name] ?? (own ? Number(own[1]) : undefined)
  const inherited = standard === undefined ? undefined : process.descriptors.get(standard)
  if (inherited) return shared(inherited)
  if (name === '/dev/tty' && process.terminal) return process.terminal.file
  if (name === '') throw new UnixError('ENOENT', name)
  return process.files.open(
    process.path(name),
    options.create ? { ...options, mode: 0o666 & ~process.umask } : options,
    process.credentials,
  )
}

function shared(descriptor: Descriptor): OpenFile {
  descriptor.retain()
  const { file } = descriptor
  return {
    kind: file.kind,
    name: file.name,
    readable: file.readable,
    writable: file.writable,
    read: (max) => file.read(max),
    write: (bytes) => file.write(bytes),
    close: () => descriptor.release(),
  }
}

function isPlainFile(shell: Shell, name: string): boolean {
  const path = shell.process.path(name)
  return shell.process.files.exists(path) && shell.process.files.stat(path, shell.process.credentials).kind === 'file'
}

/** An open file that gives these bytes once: what a here-document is. */
export function reading(bytes: Uint8Array): OpenFile {
  let rest = bytes
  return {
    kind: 'pipe',
    name: 'pipe:[here-document]',
    readable: always,
    writable: always,
    read(max) {
      if (rest.length === 0) return noBytes
      const taken = rest.subarray(0, max)
      rest = rest.subarray(taken.length)
      return taken
    },
    write() {
      throw new UnixError('EBADF')
    },
    close() {},
  }
}
