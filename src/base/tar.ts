/**
 * Tar archives (ustar, with pax and GNU long names read): layers, `docker cp`, `docker save`, build contexts and `tar` itself.
 * Writing is deterministic: the same entries give the same bytes, so a layer's digest is that of its archive.
 */
import { bytesOf, joined, noBytes, textOf } from './bytes.ts'

export interface TarEntry {
  /** Without a leading slash; directories without a trailing one. */
  readonly path: string
  readonly kind: 'file' | 'directory' | 'symlink' | 'hardlink' | 'fifo' | 'character' | 'block'
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly modifiedMs: number
  readonly content: Uint8Array
  /** Where a symbolic or hard link points. */
  readonly target: string
}

const kinds: readonly TarEntry['kind'][] = ['file', 'hardlink', 'symlink', 'character', 'block', 'directory', 'fifo']

export function tarOf(entries: Iterable<TarEntry>): Uint8Array {
  const parts: Uint8Array[] = []
  for (const entry of entries) {
    const name = entry.kind === 'directory' ? `${entry.path}/` : entry.path
    const isLong = bytesOf(name).length > 100
    const isLongTarget = bytesOf(entry.target).length > 100
    if (isLong || isLongTarget) {
      const records = (isLong ? paxRecord('path', name) : '') + (isLongTarget ? paxRecord('linkpath', entry.target) : '')
      addBlock(parts, headerOf({ ...entry, target: '' }, 'PaxHeaders.0/long', 'x', bytesOf(records).length), bytesOf(records))
    }
    const content = entry.kind === 'file' ? entry.content : noBytes
    addBlock(parts, headerOf(entry, name, String(kinds.indexOf(entry.kind)), content.length), content)
  }
  parts.push(new Uint8Array(1024))
  return joined(parts)
}

/** Throws on what is no tar archive. A trailing cut-off entry is an error too, as `tar` says. */
export function entriesOfTar(tar: Uint8Array): TarEntry[] {
  const entries: TarEntry[] = []
  let longName: string | undefined
  let longTarget: string | undefined
  for (let at = 0; at + 512 <= tar.length; ) {
    const head = tar.subarray(at, at + 512)
    at += 512
    if (head[0] === 0) {
      if (head.every((byte) => byte === 0)) break
    }
    if (!hasValidSum(head)) throw new Error('archive/tar: invalid tar header')
    const size = octal(head, 124, 12)
    if (at + size > tar.length) throw new Error('unexpected EOF')
    const content = tar.subarray(at, at + size)
    at += Math.ceil(size / 512) * 512
    const type = String.fromCharCode(head[156])
    if (type === 'x') {
      const records = paxRecords(content)
      longName = records.get('path') ?? longName
      longTarget = records.get('linkpath') ?? longTarget
      continue
    }
    if (type === 'g') continue
    if (type === 'L' || type === 'K') {
      const text = textOf(content).replace(/\0.*$/s, '')
      if (type === 'L') longName = text
      else longTarget = text
      continue
    }
    const prefix = textOf(head.subarray(257, 262)) === 'ustar' ? field(head, 345, 155) : ''
    const name = longName ?? (prefix ? `${prefix}/` : '') + field(head, 0, 100)
    const kind = name.endsWith('/') && (type === '0' || type === '\0') ? 'directory' : (kinds[Number(type)] ?? 'file')
    entries.push({
      path: name
        .replace(/^(\.?\/)+/, '')
        .replace(/\/+$/, '')
        .replace(/^\.$/, ''),
      kind,
      mode: octal(head, 100, 8) & 0o7777,
      uid: octal(head, 108, 8),
      gid: octal(head, 116, 8),
      modifiedMs: octal(head, 136, 12) * 1000,
      content: kind === 'file' ? content : noBytes,
      target: longTarget ?? field(head, 157, 100),
    })
    longName = undefined
    longTarget = undefined
  }
  return entries
}

function addBlock(parts: Uint8Array[], header: Uint8Array, content: Uint8Array): void {
  parts.push(header)
  if (content.length === 0) return
  parts.push(content)
  const over = content.length % 512
  if (over > 0) parts.push(new Uint8Array(512 - over))
}

function headerOf(entry: TarEntry, name: string, type: string, size: number): Uint8Array {
  const head = new Uint8Array(512)
  const put = (at: number, text: string, max: number) => head.set(bytesOf(text).subarray(0, max), at)
  const number = (at: number, value: number, width: number) =>
    put(
      at,
      `${Math.floor(value)
        .toString(8)
        .padStart(width - 1, '0')}\0`,
      width,
    )
  put(0, name, 100)
  number(100, entry.mode & 0o7777, 8)
  number(108, entry.uid, 8)
  number(116, entry.gid, 8)
  number(124, size, 12)
  number(136, Math.max(0, entry.modifiedMs / 1000), 12)
  put(148, '        ', 8)
  put(156, type, 1)
  put(157, entry.target, 100)
  put(257, 'ustar\x0000', 8)
  let sum = 0
  for (const byte of head) sum += byte
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `, 8)
  return head
}

function hasValidSum(head: Uint8Array): boolean {
  let sum = 0
  for (let index = 0; index < 512; index++) sum += index >= 148 && index < 156 ? 32 : head[index]
  return sum === octal(head, 148, 8)
}

function field(head: Uint8Array, at: number, length: number): string {
  return textOf(head.subarray(at, at + length)).replace(/\0.*$/s, '')
}

function octal(head: Uint8Array, at: number, length: number): number {
  return Number.parseInt(field(head, at, length).trim() || '0', 8) || 0
}

/** `27 path=some/long/name\n`: the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = bytesOf(` ${key}=${value}\n`).length
  let length = rest + String(rest).length
  if (String(length).length !== String(rest).length) length = rest + String(length).length
  return `${length} ${key}=${value}\n`
}

function paxRecords(content: Uint8Array): Map<string, string> {
  const records = new Map<string, string>()
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(32, at)
    const length = Number(textOf(content.subarray(at, space)))
    if (!(length > 0)) break
    const [key, ...value] = textOf(content.subarray(space + 1, at + length - 1)).split('=')
    records.set(key, value.join('='))
    at += length
  }
  return records
}
