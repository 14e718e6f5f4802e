/** The suffix that `--append-hash` and kustomize give a name: the start of a SHA-256 in letters that make no words. */
import { sha256 } from '@noble/hashes/sha2'
import { bytesOf } from '../../base/bytes.ts'
import { goJson } from '../go-json.ts'
import type { Json } from './json.ts'

const letters: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' }

export function hashOf(value: Json): string {
  const digest = Array.from(sha256(bytesOf(goJson(value, { sorted: true }))).subarray(0, 5), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
  return Array.from(digest, (letter) => letters[letter] ?? letter).join('')
}
