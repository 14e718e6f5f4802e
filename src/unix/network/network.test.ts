/** Programs that speak bytes and programs that speak requests reach each other. */
import { describe, expect, test } from 'vitest'
import { textOf } from '../../base/bytes.ts'
import { ManualClock } from '../../base/clock.ts'
import { ByteStream, type HttpHandler, Pending, request, textResponse } from '../../base/http.ts'
import { Random } from '../../base/random.ts'
import { createMachine } from '../machine.ts'
import { addressesOf } from './names.ts'
import { connectAt, listenAt, requestAt } from './unix-socket.ts'
import { urlOf } from './fetch.ts'
import { Namespace } from './namespace.ts'
import type { Connection } from './network.ts'

const local = (port: number) => ({ ip: '127.0.0.1', port })
const hello: HttpHandler = { handle: ({ method, url, body }) => textResponse(200, `${method} ${url} ${textOf(body)}\n`) }

describe('HTTP', () => {
  test('typed by hand at a server of requests', () => {
    const net = new Namespace({ id: 1, random: new Random(1) })
    net.listen(80, { http: hello })
    const { incoming, outgoing } = net.connect(local(80))
    outgoing.write('GET / HTTP/1.1\r\nHost: x\r\n')
    expect(incoming.size).toBe(0)
    outgoing.write('\r\nPOST /p HTTP/1.1\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc')
    expect(textOf(incoming.readAll())).toBe(
      'HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 7\r\n\r\nGET / \n' +
        'HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 12\r\nConnection: close\r\n\r\nPOST /p abc\n',
    )
    expect(incoming.isOver).toBe(true)
  })

  test('asked as data of a server of bytes', () => {
    const net = new Namespace({ id: 1, random: new Random(1) })
    let asked: Connection | undefined
    net.listen(80, { accept: (connection) => (asked = connection) })
    const answer = net.request(local(80), request('GET', '/x', undefined, { host: 'h' }))
    if (!(answer instanceof Pending)) throw new Error('no waiting')
    expect(textOf(asked?.incoming.readAll() ?? new Uint8Array(0))).toBe('GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
    asked?.outgoing.write('HTTP/1.1 404 Not Found\r\nTransfer-Enc')
    expect(answer.value).toBe(undefined)
    asked?.outgoing.write('oding: chunked\r\n\r\n3\r\nabc\r\n')
    const body = answer.value?.body
    if (!(body instanceof ByteStream)) throw new Error('no stream')
    expect([answer.value?.status, textOf(body.readAll()), body.isOver]).toEqual([404, 'abc', false])
    asked?.outgoing.write('0\r\n\r\n')
    expect(body.isOver).toBe(true)
  })

  test('a streamed answer is sent in chunks', () => {
    const net = new Namespace({ id: 1, random: new Random(1) })
    const body = new ByteStream()
    net.listen(80, { http: { handle: () => ({ status: 200, headers: {}, body }) } })
    const { incoming, outgoing } = net.connect(local(80))
    outgoing.write('GET / HTTP/1.1\n\n')
    body.write('one')
    body.end()
    expect(textOf(incoming.readAll())).toBe('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n')
  })

  test('ports are taken once', () => {
    const net = new Namespace({ id: 1, random: new Random(1) })
    const cancel = net.listen(80, { http: hello }, { ip: '127.0.0.1' })
    expect(() => net.listen(80, { http: hello })).toThrow('Address already in use')
    expect(() => net.listen(81, { http: hello }, { ip: '10.0.0.9' })).toThrow('Cannot assign requested address')
    cancel()
    expect(() => net.connect(local(80))).toThrow('Connection refused')
  })

  test('URLs as curl reads them', () => {
    expect(urlOf('localhost:8080')).toEqual({ scheme: 'http', host: 'localhost', port: 8080, path: '/', user: undefined })
    expect(urlOf('https://u:p@a.b/x?y=1#z')).toEqual({ scheme: 'https', host: 'a.b', port: 443, path: '/x?y=1', user: 'u:p' })
    expect(urlOf('http://a?q')?.path).toBe('/?q')
  })
})

describe('names and paths', () => {
  test('hosts first, then name servers with the search list', () => {
    const clock = new ManualClock()
    const machine = createMachine({ name: 'm', clock, random: new Random(1), programs: new Map(), nameservers: ['127.0.0.1'] })
    machine.files.writeFile(
      '/etc/resolv.conf',
      'nameserver 127.0.0.1\nsearch default.svc.cluster.local svc.cluster.local\noptions ndots:5\n',
    )
    const questions: string[] = []
    machine.net.listen(
      53,
      {
        dns: {
          query({ name }) {
            questions.push(name)
            return name === 'web.default.svc.cluster.local'
              ? { code: 'NOERROR', records: [{ name, type: 'A', ttl: 5, data: '10.96.1.2' }] }
              : { code: 'NXDOMAIN', records: [] }
          },
        },
      },
      { protocol: 'udp' },
    )
    expect(addressesOf(machine.net, machine.files, 'web')).toEqual(['10.96.1.2'])
    expect(addressesOf(machine.net, machine.files, 'm')).toEqual(['127.0.1.1'])
    expect(addressesOf(machine.net, machine.files, 'a.b')).toBe(undefined)
    expect(questions).toEqual(['web.default.svc.cluster.local', 'a.b.default.svc.cluster.local', 'a.b.svc.cluster.local', 'a.b'])
  })

  test('a socket with a path asks for permission, and refuses when its server is gone', () => {
    const clock = new ManualClock()
    const { files } = createMachine({ name: 'm', clock, random: new Random(1), programs: new Map() })
    const stop = listenAt(files, '/var/run/docker.sock', { http: hello }, { mode: 0o660, gid: 998 })
    expect(files.list('/run')).toContain('docker.sock')
    expect(requestAt(files, '/run/docker.sock', request('GET', '/_ping'))).toMatchObject({ status: 200 })
    expect(() => requestAt(files, '/run/docker.sock', request('GET', '/_ping'), { uid: 1000, gid: 1000, groups: [] })).toThrow(
      '/run/docker.sock: Permission denied',
    )
    const { incoming, outgoing } = connectAt(files, '/run/docker.sock')
    outgoing.write('GET / HTTP/1.0\r\n\r\n')
    expect(textOf(incoming.readAll())).toContain('GET / \n')
    stop()
    expect(() => requestAt(files, '/run/docker.sock', request('GET', '/'))).toThrow('/run/docker.sock: No such file or directory')
  })
})
