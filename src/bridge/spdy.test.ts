import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { headerDictionary } from './spdy-dictionary.ts'

test('the header dictionary is the one every SPDY/3 peer holds', () => {
  expect(headerDictionary.length).toBe(1423)
  // A zlib stream with a preset dictionary names it by its Adler-32 in bytes 2 to 5.
  expect(deflateSync('', { dictionary: headerDictionary }).readUInt32BE(2).toString(16)).toBe('e3c6a7c2')
})
