/** RESP2, Redis' wire protocol: commands as arrays of strings (or a line as people type it into nc), replies as they come. */
import { bytesOf, textOf } from '../../../base/bytes.ts'
import type { Reply } from './reply.ts'

/** The first whole command of what came. */
export function commandOf(bytes: Uint8Array): { readonly argv: readonly string[]; readonly length: number } | undefined {
  const end = bytes.indexOf(10)
  if (end < 0) return undefined
  const line = textOf(bytes.subarray(0, end)).trimEnd()
  if (!line.startsWith('*')) return { argv: line.split(/\s+/).filter(Boolean), length: end + 1 }
  const argv: string[] = []
  let at = end + 1
  for (let count = Number(line.slice(1)); count > 0; count--) {
    const next = bytes.indexOf(10, at)
    if (next < 0) return undefined
    const size = Number(textOf(bytes.subarray(at + 1, next)).trim())
    at = next + 1 + size + 2
    if (at > bytes.length) return undefined
    argv.push(textOf(bytes.subarray(next + 1, next + 1 + size)))
  }
  return { argv, length: at }
}

export function commandText(argv: readonly string[]): string {
  return `*${argv.length}\r\n${argv.map((arg) => `$${bytesOf(arg).length}\r\n${arg}\r\n`).join('')}`
}

export function encoded(reply: Reply): string {
  if (reply === null) return '$-1\r\n'
  if (typeof reply === 'number') return `:${reply}\r\n`
  if (typeof reply === 'string') return `$${bytesOf(reply).length}\r\n${reply}\r\n`
  if ('status' in reply) return `+${reply.status}\r\n`
  if ('error' in reply) return `-${reply.error}\r\n`
  if ('none' in reply) return '*-1\r\n'
  return `*${reply.length}\r\n${reply.map(encoded).join('')}`
}

export function decoded(bytes: Uint8Array, at: number): { readonly reply: Reply; readonly end: number } | undefined {
  const lineEnd = bytes.indexOf(10, at)
  if (lineEnd < 0) return undefined
  const text = textOf(bytes.subarray(at + 1, lineEnd)).trimEnd()
  switch (String.fromCharCode(bytes[at])) {
    case '+':
      return { reply: { status: text }, end: lineEnd + 1 }
    case '-':
      return { reply: { error: text }, end: lineEnd + 1 }
    case ':':
      return { reply: Number(text), end: lineEnd + 1 }
    case '$': {
      const size = Number(text)
      if (size < 0) return { reply: null, end: lineEnd + 1 }
      if (lineEnd + 1 + size + 2 > bytes.length) return undefined
      return { reply: textOf(bytes.subarray(lineEnd + 1, lineEnd + 1 + size)), end: lineEnd + 1 + size + 2 }
    }
    default: {
      if (Number(text) < 0) return { reply: null, end: lineEnd + 1 }
      const items: Reply[] = []
      let next = lineEnd + 1
      for (let count = Number(text); count > 0; count--) {
        const item = decoded(bytes, next)
        if (!item) return undefined
        items.push(item.reply)
        next = item.end
      }
      return { reply: items, end: next }
    }
  }
}

export function matched(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  )
}
