/** Messages of PostgreSQL's frontend/backend protocol 3: a type byte, a length that counts itself, a body. */
import { bytesOf, joined, textOf } from '../../../base/bytes.ts'

export interface Message {
  /** `Q`, `P`, `T` …; empty for the first message of a connection, which has no type. */
  readonly type: string
  readonly body: Uint8Array
  readonly bytes: Uint8Array
}

/** The whole messages at the beginning, and what is left. */
export function messagesOf(
  bytes: Uint8Array,
  { isFirst = false, most = Infinity } = {},
): { readonly messages: readonly Message[]; readonly rest: Uint8Array } {
  const messages: Message[] = []
  let at = 0
  let hasNoType = isFirst
  while (messages.length < most) {
    const head = hasNoType ? 0 : 1
    if (bytes.length < at + head + 4) break
    const size = head + new DataView(bytes.buffer, bytes.byteOffset + at + head).getUint32(0)
    if (bytes.length < at + size) break
    messages.push({
      type: hasNoType ? '' : String.fromCharCode(bytes[at]),
      body: bytes.subarray(at + head + 4, at + size),
      bytes: bytes.subarray(at, at + size),
    })
    at += size
    hasNoType = false
  }
  return { messages, rest: bytes.subarray(at) }
}

type Part = string | number | Uint8Array

/** Text ends in a zero byte; a number is a 32-bit integer. */
export function message(type: string, ...parts: readonly Part[]): Uint8Array {
  const body = joined(
    parts.map((part) => (typeof part === 'string' ? bytesOf(`${part}\0`) : typeof part === 'number' ? int32(part) : part)),
  )
  return joined([bytesOf(type), int32(body.length + 4), body])
}

export function int32(value: number): Uint8Array {
  return new Uint8Array([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255])
}

/** Zero-ended texts of a body, in order. */
export function textsOf(body: Uint8Array): string[] {
  const texts: string[] = []
  let at = 0
  while (at < body.length) {
    const end = body.indexOf(0, at)
    texts.push(textOf(body.subarray(at, end < 0 ? body.length : end)))
    at = end < 0 ? body.length : end + 1
  }
  return texts
}

/** Fields of an ErrorResponse or NoticeResponse by their letter: S severity, C code, M message, D detail, H hint, P position. */
export function fieldsOf(body: Uint8Array): Readonly<Record<string, string>> {
  return Object.fromEntries(
    textsOf(body)
      .filter(Boolean)
      .map((text) => [text[0], text.slice(1)]),
  )
}

export function errorMessage({
  severity = 'ERROR',
  code,
  text,
  detail,
  hint,
}: {
  readonly severity?: string
  readonly code: string
  readonly text: string
  readonly detail?: string
  readonly hint?: string
}): Uint8Array {
  return message(
    'E',
    `S${severity}`,
    `V${severity}`,
    `C${code}`,
    `M${text}`,
    ...(detail ? [`D${detail}`] : []),
    ...(hint ? [`H${hint}`] : []),
    new Uint8Array(1),
  )
}

export interface Column {
  readonly name: string
  readonly type: number
}

export function columnsOf(body: Uint8Array): readonly Column[] {
  const view = new DataView(body.buffer, body.byteOffset, body.length)
  const columns: Column[] = []
  let at = 2
  for (let left = view.getUint16(0); left > 0; left--) {
    const end = body.indexOf(0, at)
    columns.push({ name: textOf(body.subarray(at, end)), type: view.getUint32(end + 7) })
    at = end + 19
  }
  return columns
}

/** Null is SQL's NULL. */
export function rowOf(body: Uint8Array): readonly (string | null)[] {
  const view = new DataView(body.buffer, body.byteOffset, body.length)
  const cells: (string | null)[] = []
  let at = 2
  for (let left = view.getUint16(0); left > 0; left--) {
    const size = view.getInt32(at)
    at += 4
    cells.push(size < 0 ? null : textOf(body.subarray(at, at + size)))
    if (size > 0) at += size
  }
  return cells
}
