import { expect, test } from 'vitest'
import { apr1 } from './apr1.ts'

test('the MD5 form is that of openssl passwd -apr1', () => {
  expect(apr1('secret', 'abcdefgh')).toBe('$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/')
})
