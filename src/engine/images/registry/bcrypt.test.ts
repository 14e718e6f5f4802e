/** Hashes of the htpasswd of Apache's httpd, and the test vectors that every bcrypt knows. */
import { expect, it } from 'vitest'
import { bcrypt, isPassword } from './bcrypt.ts'

it('knows a password by its hash', () => {
  expect(isPassword('U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW')).toBe(true)
  expect(isPassword('U*U*', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK')).toBe(true)
  expect(isPassword('U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK')).toBe(false)
  expect(isPassword('secret', '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=')).toBe(false)
})

it('knows what it hashed itself', () => {
  const hash = bcrypt(
    'secret',
    Uint8Array.from({ length: 16 }, (_, index) => index * 7),
    5,
  )
  expect(hash).toMatch(/^\$2y\$05\$.{53}$/)
  expect(isPassword('secret', hash)).toBe(true)
})
