import { expect, test } from 'vitest'
import { request } from '../../../base/http.ts'
import type { Backend, ServedHost } from './evaluate.ts'
import type { Match, Rule } from './resources.ts'
import { changedUrl, chosen, drawn } from './routing.ts'

const route = { name: 'r', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' }
const host = (hostname: string, ...matches: Match[]): ServedHost => ({
  port: 80,
  hostname,
  rules: matches.map((match) => ({ rule: { matches: [match] } as Rule, backends: [], route })),
})
const pathOf = (hosts: readonly ServedHost[], url: string, headers: Record<string, string> = {}) =>
  chosen(hosts, 80, request('GET', url, undefined, { host: 'a.example.com', ...headers }))?.match.path?.value

test('the exact path comes before the longest prefix, and a prefix ends at a slash', () => {
  const hosts = [
    host(
      'a.example.com',
      { path: { type: 'PathPrefix', value: '/' } },
      { path: { type: 'PathPrefix', value: '/shop' } },
      { path: { type: 'Exact', value: '/shop/cart' } },
    ),
  ]
  expect(['/shop/cart', '/shop/x?y=1', '/shop', '/shopping', '/'].map((url) => pathOf(hosts, url))).toEqual([
    '/shop/cart',
    '/shop',
    '/shop',
    '/',
    '/',
  ])
})

test('the narrowest host name takes the request', () => {
  const hosts = [
    host('', { path: { value: '/' } }),
    host('*.example.com', { path: { value: '/w' } }),
    host('a.example.com', { path: { value: '/a' } }),
  ]
  expect([
    pathOf(hosts, '/a'),
    pathOf(hosts, '/w'),
    pathOf(hosts, '/w', { host: 'b.example.com:8080' }),
    pathOf(hosts, '/', { host: 'other.org' }),
  ]).toEqual(['/a', undefined, '/w', '/'])
})

test('a prefix is replaced as a whole', () => {
  const match = { path: { value: '/v1/shop' } }
  const to = (replacePrefixMatch: string, url: string) => changedUrl(url, { type: 'ReplacePrefixMatch', replacePrefixMatch }, match)
  expect([to('/', '/v1/shop/a?b'), to('/x', '/v1/shop'), to('/x/', '/v1/shop/a'), to('', '/v1/shop')]).toEqual(['/a?b', '/x', '/x/a', '/'])
})

test('weights are shares of the requests, and nothing is drawn where all are 0', () => {
  const backend = (ip: string, weight: number): Backend => ({ ip, port: 80, weight, ref: { name: ip } })
  const two = [backend('a', 3), backend('b', 1)]
  expect([0, 1, 2, 3].map((number) => drawn(two, () => number)?.ip)).toEqual(['a', 'a', 'a', 'b'])
  expect(drawn([backend('a', 0)], () => 0)).toBeUndefined()
})
