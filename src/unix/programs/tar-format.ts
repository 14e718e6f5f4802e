/** The ustar format: headers of 512 bytes with octal numbers in text, content padded to whole blocks, two empty blocks at the end. */
import { bytesOf, joined } from '../../base/bytes.ts'
import type { NodeKind } from '../files/node.ts'
import { stringOf } from './text.ts'

export interface TarEntry {
  readonly path: string
  readonly kind: NodeKind | 'hardlink'
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly userName: string
  readonly groupName: string
  readonly modifiedMs: number
  readonly target: string
  readonly content: Uint8Array
}

const typeLetters: Readonly<Record<string, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
}

export function tarBytes(entry: TarEntry): Uint8Array {
  const path = bytesOf(entry.kind === 'directory' && !entry.path.endsWith('/') ? `${entry.path}/` : entry.path)
  const parts: Uint8Array[] = []
  // Names that do not fit go into an entry of their own before, as GNU tar has it.
  if (path.length > 100)
    parts.push(
      header('././@LongLink', { ...entry, kind: 'file', target: '', mode: 0o644 }, path.length + 1, 'L'),
      block(joined([path, new Uint8Array(1)])),
    )
  if (entry.target.length > 100)
    parts.push(
      header('././@LongLink', { ...entry, kind: 'file', target: '' }, entry.target.length + 1, 'K'),
      block(bytesOf(`${entry.target}\0`)),
    )
  parts.push(
    header(stringOf(path.subarray(0, 100)), entry, entry.kind === 'file' ? entry.content.length : 0, typeLetters[entry.kind] ?? '0'),
  )
  if (entry.kind === 'file' && entry.content.length > 0) parts.push(block(entry.content))
  return joined(parts)
}

export const tarEnd = new Uint8Array(1024)

function block(content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(content.length / 512) * 512)
  bytes.set(content)
  return bytes
}

function header(path: string, entry: TarEntry, size: number, type: string): Uint8Array {
  const bytes = new Uint8Array(512)
  const put = (at: number, text: string): void => bytes.set(bytesOf(text), at)
  const octal = (number: number, width: number): string =>
    `${Math.floor(number)
      .toString(8)
      .padStart(width - 1, '0')}\0`
  put(0, path)
  put(100, octal(entry.mode & 0o7777, 8))
  put(108, octal(entry.uid, 8))
  put(116, octal(entry.gid, 8))
  put(124, octal(size, 12))
  put(136, octal(entry.modifiedMs / 1000, 12))
  put(148, '        ')
  put(156, type)
  put(157, entry.target.slice(0, 100))
  put(257, 'ustar  \0')
  put(265, entry.userName)
  put(297, entry.groupName)
  let sum = 0
  for (const byte of bytes) sum += byte
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `)
  return bytes
}

/** Throws Error with tar's words when it is no archive. */
export function* tarEntries(bytes: Uint8Array): Generator<TarEntry, void, unknown> {
  let longPath: string | undefined
  let longTarget: string | undefined
  for (let at = 0; at + 512 <= bytes.length; ) {
    const head = bytes.subarray(at, at + 512)
    if (head.every((byte) => byte === 0)) return
    const text = (from: number, length: number): string => stringOf(head.subarray(from, from + length)).replace(/\0[\s\S]*$/, '')
    const number = (from: number, length: number): number => Number.parseInt(text(from, length).trim() || '0', 8)
    let sum = 0
    for (let index = 0; index < 512; index++) sum += index >= 148 && index < 156 ? 32 : head[index]
    if (sum !== number(148, 8)) throw new Error('This does not look like a tar archive')
    const size = number(124, 12)
    const content = bytes.subarray(at + 512, at + 512 + size)
    at += 512 + Math.ceil(size / 512) * 512
    const type = text(156, 1) || '0'
    if (type === 'L' || type === 'K') {
      const name = stringOf(content).replace(/\0[\s\S]*$/, '')
      if (type === 'L') longPath = name
      else longTarget = name
      continue
    }
    if (type === 'x' || type === 'g') {
      const path = /\d+ path=([^\n]*)\n/.exec(stringOf(content))?.[1]
      if (path !== undefined) longPath = path
      continue
    }
    const prefix = text(257, 6) === 'ustar' && text(257, 8) !== 'ustar  ' ? text(345, 155) : ''
    const kinds: Readonly<Record<string, TarEntry['kind']>> = {
      '0': 'file',
      '1': 'hardlink',
      '2': 'symlink',
      '3': 'character',
      '4': 'block',
      '5': 'directory',
      '6': 'fifo',
    }
    yield {
      path: longPath ?? (prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`),
      kind: kinds[type] ?? 'file',
      mode: number(100, 8),
      uid: number(108, 8),
      gid: number(116, 8),
      userName: text(265, 32),
      groupName: text(297, 32),
      modifiedMs: number(136, 12) * 1000,
      target: longTarget ?? text(157, 100),
      content: content.slice(),
    }
    longPath = undefined
    longTarget = undefined
  }
}
