// Digests and archives: what everything content-addressed stands on.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { bytesOf } from './bytes.ts'
import { sha256Hex } from './sha256.ts'
import { entriesOfTar, type TarEntry, tarOf } from './tar.ts'

describe('archives and digests', () => {
  test('sha256 is SHA-256, at every length around a block', () => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000]) {
      const bytes = new Uint8Array(length).map((_, index) => index * 7)
      expect(sha256Hex(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'))
    }
  })

  test('what was packed is unpacked the same, long names too', () => {
    const entry = { mode: 0o755, uid: 1, gid: 2, modifiedMs: 1_700_000_000_000, content: new Uint8Array(0), target: '' }
    const entries: TarEntry[] = [
      { ...entry, path: 'bin', kind: 'directory' },
      { ...entry, path: 'bin/sh', kind: 'file', content: bytesOf('x'.repeat(700)) },
      { ...entry, path: 'bin/ash', kind: 'symlink', target: 'sh' },
      { ...entry, path: `${'long/'.repeat(30)}file`, kind: 'file', content: bytesOf('y') },
    ]
    expect(entriesOfTar(tarOf(entries))).toEqual(entries)
  })
})
