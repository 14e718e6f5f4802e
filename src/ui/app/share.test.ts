import { expect, test } from 'vitest'
import { packed, unpacked } from './share.ts'

test('commands come back from a link as they were typed', async () => {
  const commands = [
    'docker run busybox echo "Grüß Gott"',
    'kubectl create deployment web --image=nginx --replicas=3',
    'for i in 1 2 3; do curl -s localhost:8080; done',
  ]
  const text = await packed(commands)
  expect(text).toMatch(/^[\w-]+$/)
  expect(await unpacked(text)).toEqual(commands)
  expect(await unpacked(await packed([]))).toEqual([])
})

test('anything else is refused', async () => {
  await expect(unpacked('not packed')).rejects.toThrow()
})
