/** nats-server: its text protocol (CONNECT, PUB, SUB with wildcards and queue groups, UNSUB, PING) and the monitoring port. No JetStream, no clusters. */
import { bytesOf, textOf } from '../../../base/bytes.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import { err, type Program } from '../../../unix/kernel/process.ts'
import type { Connection } from '../../../unix/network/network.ts'
import { requestQueue } from '../../../unix/network/serve.ts'
import { answered, goTime, jsonAnswered, pathOf } from './answers.ts'

interface Client {
  readonly connection: Connection
  readonly id: number
  rest: string
  readonly subscriptions: Map<string, { readonly subject: string; readonly queue: string | undefined }>
  isVerbose: boolean
}

export const natsServer: Program = function* (process) {
  const clients = new Set<Client>()
  const news = new WaitQueue()
  let [nextId, messages, isEnding] = [5, 0, false]
  const log = (text: string) => err(process, `[${process.pid}] ${goTime(process.now())}.000000 [INF] ${text}\n`)
  for (const signal of ['TERM', 'INT'] as const) {
    process.handlers.set(signal, () => {
      isEnding = true
      news.wake()
    })
  }
  const serverId = `N${process.kernel.random.hex(54).toUpperCase()}`
  const stop = process.net.listen(
    4222,
    {
      accept(connection) {
        clients.add({ connection, id: nextId, rest: '', subscriptions: new Map(), isVerbose: false })
        connection.outgoing.write(
          `INFO ${JSON.stringify({ server_id: serverId, server_name: serverId, version: '2.12.1', proto: 1, go: 'go1.25.3', host: '0.0.0.0', port: 4222, headers: true, max_payload: 1_048_576, client_id: nextId, client_ip: connection.remote.ip })} \r\n`,
        )
        nextId++
        connection.incoming.readable.each(() => news.wake())
        news.wake()
      },
    },
    { owner: process.hostPid },
  )
  const monitor = requestQueue(process)
  monitor.listen(8222)
  yield* log('Starting nats-server')
  yield* log('  Version:  2.12.1')
  if (process.argv.some((arg) => arg === '-js' || arg === '--jetstream'))
    yield* err(process, 'nats-server: JetStream is not simulated in this sandbox; messages are passed on, not kept\n')
  yield* log('Starting http monitor on 0.0.0.0:8222')
  yield* log('Listening for client connections on 0.0.0.0:4222')
  yield* log('Server is ready')
  const publish = (subject: string, reply: string, payload: string): void => {
    messages++
    const queues = new Map<string, (readonly [Client, string])[]>()
    const send = (client: Client, sid: string): void =>
      client.connection.outgoing.write(
        `MSG ${subject} ${sid} ${reply === '' ? '' : `${reply} `}${bytesOf(payload).length}\r\n${payload}\r\n`,
      )
    for (const client of clients) {
      for (const [sid, { subject: pattern, queue }] of client.subscriptions) {
        if (!fits(pattern, subject)) continue
        if (queue === undefined) send(client, sid)
        else queues.set(`${pattern} ${queue}`, [...(queues.get(`${pattern} ${queue}`) ?? []), [client, sid]])
      }
    }
    for (const members of queues.values()) send(...members[process.kernel.random.below(members.length)])
  }
  const take = (client: Client): boolean => {
    const end = client.rest.indexOf('\r\n')
    const plain = end < 0 ? client.rest.indexOf('\n') : end
    if (plain < 0) return false
    const after = plain + (end < 0 ? 1 : 2)
    const [verb = '', ...words] = client.rest.slice(0, plain).trim().split(/\s+/)
    const { outgoing } = client.connection
    if (/^pub$/i.test(verb)) {
      const size = Number(words.at(-1))
      if (client.rest.length < after + size + 1) return false
      publish(words[0] ?? '', words.length > 2 ? words[1] : '', client.rest.slice(after, after + size))
      client.rest = client.rest.slice(after + size).replace(/^\r?\n/, '')
    } else {
      client.rest = client.rest.slice(after)
      if (/^ping$/i.test(verb)) {
        outgoing.write('PONG\r\n')
        return true
      }
      if (/^sub$/i.test(verb))
        client.subscriptions.set(words[words.length - 1], { subject: words[0], queue: words.length > 2 ? words[1] : undefined })
      else if (/^unsub$/i.test(verb)) client.subscriptions.delete(words[0])
      else if (/^connect$/i.test(verb)) client.isVerbose = !words.join('').includes('"verbose":false')
      else if (!/^(pong|)$/i.test(verb)) {
        outgoing.write("-ERR 'Unknown Protocol Operation'\r\n")
        outgoing.end()
        clients.delete(client)
        return false
      }
    }
    if (client.isVerbose && verb !== '') outgoing.write('+OK\r\n')
    return true
  }
  try {
    while (!isEnding) {
      for (const client of clients) {
        client.rest += textOf(client.connection.incoming.readAll())
        while (take(client));
        if (!client.connection.incoming.isOver) continue
        clients.delete(client)
        client.connection.outgoing.end()
      }
      for (let asked = monitor.next(); asked; asked = monitor.next()) {
        const path = pathOf(asked.request)
        const subscriptions = [...clients].reduce((sum, one) => sum + one.subscriptions.size, 0)
        if (path === '/healthz') asked.answer(jsonAnswered(process, 200, { status: 'ok' }))
        else if (path === '/varz')
          asked.answer(
            jsonAnswered(process, 200, {
              server_id: serverId,
              version: '2.12.1',
              port: 4222,
              connections: clients.size,
              in_msgs: messages,
              subscriptions,
            }),
          )
        else if (path === '/connz')
          asked.answer(
            jsonAnswered(process, 200, {
              num_connections: clients.size,
              connections: [...clients].map(({ id, connection, subscriptions: own }) => ({
                cid: id,
                ip: connection.remote.ip,
                subscriptions: own.size,
              })),
            }),
          )
        else
          asked.answer(
            answered(
              process,
              path === '/' ? 200 : 404,
              '<html><a href=/varz>General</a><a href=/connz>Connections</a><a href=/healthz>Health Probe</a></html>',
              'text/html; charset=utf-8',
            ),
          )
      }
      yield { on: [news, monitor.arrived] }
    }
    yield* log('Initiating Shutdown...')
    yield* log('Server Exiting..')
    return 0
  } finally {
    stop()
    monitor.close()
    for (const { connection } of clients) connection.outgoing.end()
  }
}

function fits(pattern: string, subject: string): boolean {
  const [want, have] = [pattern.split('.'), subject.split('.')]
  for (const [at, part] of want.entries()) {
    if (part === '>') return have.length > at
    if (part !== '*' && part !== have[at]) return false
  }
  return want.length === have.length
}
