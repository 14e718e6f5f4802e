/** Lessons cannot rot: every step of ours fails before its solution and passes after it. */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { lessonCheck } from './lesson-check.ts'

test('every lesson is solved by its own solutions', { timeout: 300_000 }, async () => {
  const said: string[] = []
  const code = await lessonCheck(fileURLToPath(new URL('../../lessons', import.meta.url)), (line) => said.push(line))
  expect(said.filter((line) => line.includes('✗'))).toEqual([])
  expect(code).toBe(0)
  expect(said.filter((line) => line.includes('✓')).length).toBeGreaterThan(130)
})
