/** Password files of Apache and nginx: `user:$apr1$salt$hash`, `{SHA}…`, `{PLAIN}…`, and bcrypt, whose code is fetched when it is met. */
import { base64Of, bytesOf, joined, noBytes } from '../../base/bytes.ts'
import type { Blocking } from '../../unix/kernel/process.ts'
import { md5, sha1 } from '../../unix/programs/digests.ts'

let bcrypt: typeof import('./registry/bcrypt.ts') | undefined

export const passwordLetters = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The user whose name and password `authorization`, the header's value, tells rightly. */
export function* allowedUser(file: string, authorization: string | undefined): Blocking<string | undefined> {
  const [, encoded = ''] = /^Basic (.+)$/i.exec(authorization ?? '') ?? []
  let user = ''
  let password = ''
  try {
    ;[user, password = ''] = atob(encoded).split(/:(.*)/s)
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
    return undefined
  }
  const line = file.split('\n').find((one) => user !== '' && one.startsWith(`${user}:`))
  const stored = line
    ?.slice(user.length + 1)
    .trim()
    .split(':')[0]
  if (stored === undefined) return undefined
  if (/^\$2[aby]\$/.test(stored)) {
    const loading = import('./registry/bcrypt.ts').then((module) => (bcrypt = module))
    while (!bcrypt) yield { promise: loading }
    return bcrypt.isPassword(password, stored) ? user : undefined
  }
  return matches(password, stored) ? user : undefined
}

function matches(password: string, stored: string): boolean {
  const [, salt] = /^\$apr1\$([^$]*)\$/.exec(stored) ?? []
  if (salt !== undefined) return apr1(password, salt) === stored
  if (stored.startsWith('{SHA}')) return base64Of(bytesOfHex(sha1(bytesOf(password)))) === stored.slice(5)
  if (stored.startsWith('{PLAIN}')) return stored.slice(7) === password
  return stored === password
}

/** Apache's variant of the MD5 crypt: a thousand rounds over password, salt and what came out before. */
export function apr1(password: string, salt: string): string {
  const [key, grain] = [bytesOf(password), bytesOf(salt)]
  const first = digest(key, grain, key)
  const parts: Uint8Array[] = [key, bytesOf('$apr1$'), grain]
  for (let left = key.length; left > 0; left -= 16) parts.push(first.subarray(0, Math.min(16, left)))
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push((bits & 1) === 1 ? new Uint8Array(1) : key.subarray(0, 1))
  let last = digest(...parts)
  for (let round = 0; round < 1000; round++)
    last = digest(
      round % 2 === 1 ? key : last,
      round % 3 === 0 ? noBytes : grain,
      round % 7 === 0 ? noBytes : key,
      round % 2 === 1 ? last : key,
    )
  const triples = [
    [0, 6, 12],
    [1, 7, 13],
    [2, 8, 14],
    [3, 9, 15],
    [4, 10, 5],
  ].map(([a, b, c]) => encoded((last[a] << 16) | (last[b] << 8) | last[c], 4))
  return `$apr1$${salt}$${triples.join('')}${encoded(last[11], 2)}`
}

function encoded(value: number, size: number): string {
  return Array.from({ length: size }, (_, at) => passwordLetters[(value >> (6 * at)) & 63]).join('')
}

function digest(...parts: readonly Uint8Array[]): Uint8Array {
  return bytesOfHex(md5(joined(parts)))
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (two) => Number.parseInt(two, 16))
}
