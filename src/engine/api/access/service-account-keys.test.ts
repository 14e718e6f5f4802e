/** Tokens of service accounts, checked by somebody else's implementation. */
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { claimsOf, isSigned, publishedKeys, signedToken } from './service-account-keys.ts'

const cluster = '5b5807a7-5125-4de3-8565-59579e7dda7d'

test('whoever fetches the published key can check a token', () => {
  const token = signedToken(cluster, { sub: 'system:serviceaccount:default:a', aud: ['vault'] })
  const [head, payload, signature] = token.split('.')
  const { keys } = publishedKeys(cluster) as { readonly keys: readonly (JsonWebKey & { readonly kid: string })[] }
  const published = createPublicKey({ key: keys[0], format: 'jwk' })
  expect(verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), published, Buffer.from(signature, 'base64url'))).toBe(true)
  expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'RS256', kid: keys[0].kid })
  expect(claimsOf(token)).toEqual({ sub: 'system:serviceaccount:default:a', aud: ['vault'] })
})

test('a token of another cluster, a changed one and what is none are not signed', () => {
  const token = signedToken(cluster, { sub: 'a' })
  const [head, , signature] = token.split('.')
  expect(isSigned(cluster, token)).toBe(true)
  expect(isSigned('another cluster', token)).toBe(false)
  expect(isSigned(cluster, `${head}.${Buffer.from('{"sub":"b"}').toString('base64url')}.${signature}`)).toBe(false)
  expect([claimsOf('abc'), claimsOf('a.b.c'), claimsOf(`${token}.d`)]).toEqual([undefined, undefined, undefined])
})
