import { expect, test } from 'vitest'
import { bytesOf, textOf } from '../base/bytes.ts'
import { answersIn } from './visit.ts'

test('redirects come before the page, each with the address that was asked', () => {
  const { hops, body } = answersIn(
    bytesOf(
      'HTTP/1.1 301 Moved Permanently\r\nLocation: /in/\r\n\r\nHTTP/1.1 302 Found\r\nlocation: http://other:81\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nHTTP/1.1 is how it speaks',
    ),
    'http://localhost:8080',
  )
  expect(hops.map(({ url, statusLine }) => [url, statusLine])).toEqual([
    ['http://localhost:8080', 'HTTP/1.1 301 Moved Permanently'],
    ['http://localhost:8080/in/', 'HTTP/1.1 302 Found'],
    ['http://other:81/', 'HTTP/1.1 200 OK'],
  ])
  expect(hops[2].headers).toEqual([['Content-Type', 'text/plain']])
  expect(textOf(body)).toBe('HTTP/1.1 is how it speaks')
})

test('where nobody answers there is nothing', () => {
  expect(answersIn(bytesOf(''), 'http://localhost')).toEqual({ hops: [], body: bytesOf('') })
})
