import { expect, test } from 'vitest'
import { MemoryFiles } from './memory-files.ts'
import { MountTable } from './mount-table.ts'

test('a file system is filled when somebody looks into it, not when somebody passes by, and is as old as its mount', () => {
  let nowMs = 1000
  let fills = 0
  const now = () => nowMs
  const token = new MemoryFiles({
    now,
    fill: (files) => {
      fills++
      files.create('/token', { kind: 'file', mode: 0o644, uid: 0, gid: 0, content: new Uint8Array([65]) })
    },
  })
  const table = new MountTable([{ at: '/', files: new MemoryFiles({ now }), root: '/', isReadOnly: false, source: 'disk' }])
  table.mkdir('/secrets')
  table.mount({ at: '/secrets', files: token, root: '/', isReadOnly: true, source: 'tmpfs' })
  nowMs = 5000
  expect([table.stat('/secrets').kind, table.exists('/secrets'), table.list('/'), fills]).toEqual(['directory', true, ['secrets'], 0])
  expect([table.list('/secrets'), table.readText('/secrets/token'), token.usedBytes, fills]).toEqual([['token'], 'A', 1, 1])
  expect(table.stat('/secrets/token').modifiedMs).toBe(1000)
})
