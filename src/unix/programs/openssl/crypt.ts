/** Password hashes as crypt(3) makes them: MD5 (`$1$`, Apache's `$apr1$`), SHA-256 (`$5$`) and SHA-512 (`$6$`), from their specifications. */
import { md5 } from '@noble/hashes/legacy'
import { sha256, sha512 } from '@noble/hashes/sha2'
import { bytesOf, joined } from '../../../base/bytes.ts'

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function letters(bytes: Uint8Array, order: readonly (readonly number[])[]): string {
  let text = ''
  for (const group of order) {
    let value = 0
    for (const index of group) value = value * 256 + (index < 0 ? 0 : bytes[index])
    for (let count = group.length + 1; count > 0; count--) {
      text += alphabet[value % 64]
      value = Math.floor(value / 64)
    }
  }
  return text
}

export function crypt(method: '1' | '5' | '6' | 'apr1', password: string, salt: string): string {
  return method === '1' || method === 'apr1'
    ? md5Crypt(bytesOf(password), salt.slice(0, 8), `$${method}$`)
    : shaCrypt(bytesOf(password), salt.slice(0, 16), method)
}

function md5Crypt(password: Uint8Array, salt: string, magic: string): string {
  const saltBytes = bytesOf(salt)
  const inner = md5(joined([password, saltBytes, password]))
  const parts = [password, bytesOf(magic), saltBytes]
  for (let left = password.length; left > 0; left -= 16) parts.push(inner.subarray(0, Math.min(16, left)))
  for (let bit = password.length; bit > 0; bit >>= 1) parts.push(bit & 1 ? Uint8Array.of(0) : password.subarray(0, 1))
  let digest = md5(joined(parts))
  for (let round = 0; round < 1000; round++) {
    const odd = round % 2 === 1
    digest = md5(
      joined([odd ? password : digest, ...(round % 3 ? [saltBytes] : []), ...(round % 7 ? [password] : []), odd ? digest : password]),
    )
  }
  return `${magic}${salt}$${letters(digest, [
    [0, 6, 12],
    [1, 7, 13],
    [2, 8, 14],
    [3, 9, 15],
    [4, 10, 5],
  ])}${letters(digest, [[11]])}`
}

function shaCrypt(password: Uint8Array, salt: string, method: '5' | '6'): string {
  const hash = method === '5' ? sha256 : sha512
  const size = method === '5' ? 32 : 64
  const saltBytes = bytesOf(salt)
  const repeated = (bytes: Uint8Array, length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => bytes[index % size])
  const inner = hash(joined([password, saltBytes, password]))
  const parts = [password, saltBytes, repeated(inner, password.length)]
  for (let bit = password.length; bit > 0; bit >>= 1) parts.push(bit & 1 ? inner : password)
  let digest: Uint8Array = hash(joined(parts))
  const p = repeated(hash(joined(Array.from({ length: password.length }, () => password))), password.length)
  const s = repeated(hash(joined(Array.from({ length: 16 + digest[0] }, () => saltBytes))), saltBytes.length)
  for (let round = 0; round < 5000; round++) {
    const odd = round % 2 === 1
    digest = hash(joined([odd ? p : digest, ...(round % 3 ? [s] : []), ...(round % 7 ? [p] : []), odd ? digest : p]))
  }
  const third = Math.floor(size / 3)
  const order = Array.from({ length: third }, (_, index) => {
    const group = [index, index + third, index + third * 2]
    const turn = method === '5' ? (3 - (index % 3)) % 3 : index % 3
    return [...group.slice(turn), ...group.slice(0, turn)]
  })
  const tail = method === '5' ? [[31, 30]] : [[63]]
  return `$${method}$${salt}$${letters(digest, order)}${letters(digest, tail)}`
}
