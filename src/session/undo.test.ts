import { expect, test } from 'vitest'
import type { Saved } from './storage.ts'
import { Undo } from './undo.ts'

const state = (name: string): Saved => ({ world: { preset: name }, objects: [], files: [] }) as unknown as Saved
const name = ({ world }: Saved) => world.preset

test('several commands are undone one after the other, and done again', () => {
  const undo = new Undo()
  undo.remember(state('empty'))
  undo.remember(state('one'))
  expect(name(undo.back(state('two')))).toBe('one')
  expect(name(undo.back(state('one')))).toBe('empty')
  expect(() => undo.back(state('empty'))).toThrow('There is nothing to undo.')
  expect(name(undo.forward(state('empty')))).toBe('one')
  expect(name(undo.forward(state('one')))).toBe('two')
  expect(() => undo.forward(state('two'))).toThrow('There is nothing to do again.')
})

test('a new command forgets what was undone', () => {
  const undo = new Undo()
  undo.remember(state('empty'))
  undo.back(state('one'))
  undo.remember(state('empty'))
  expect(() => undo.forward(state('other'))).toThrow('There is nothing to do again.')
})
