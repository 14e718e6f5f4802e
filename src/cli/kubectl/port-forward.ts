/**
 * `kubectl port-forward`: listens on the local machine and joins each connection to a port of the pod. The API server answers an upgrade
 * with subprotocol `portforward.k8s.io` by one raw stream per connection.
 */
import type { Cancel } from '../../base/clock.ts'
import { WaitQueue } from '../../base/wait-queue.ts'
import type { ByteStream, Upgraded } from '../../base/http.ts'
import { UnixError } from '../../unix/errors.ts'
import type { Blocking } from '../../unix/kernel/process.ts'
import type { Connection } from '../../unix/network/network.ts'
import { firstPodOf } from './attach.ts'
import type { Call } from './call.ts'
import { goQuoted } from '../go-values.ts'
import { accept, klog } from './connection.ts'
import { pathOf } from './discovery.ts'
import type { Json } from './json.ts'
import { Refusal, StatusError } from './refusal.ts'
import { targets } from './select.ts'

interface Pair {
  readonly local: number
  readonly remote: number
}

interface Joint {
  readonly from: ByteStream
  readonly to: ByteStream
}

export function* portForward(call: Call): Blocking<void> {
  const { args, process } = call
  if (args.length < 2) throw call.usage('TYPE/NAME and list of ports are required for port-forward')
  const { pod, ports } = yield* destination(call)
  if (pod.status?.phase !== 'Running')
    throw new Refusal(`unable to forward port because pod is not running. Current status=${pod.status?.phase}`)
  const arrived: { readonly connection: Connection; readonly pair: Pair }[] = []
  const news = new WaitQueue()
  const closing: Cancel[] = []
  for (const pair of ports) yield* listen(call, pair, (connection) => arrived.push({ connection, pair }) && news.wake(), closing)
  const joints: Joint[] = []
  try {
    for (;;) {
      for (const { connection, pair } of arrived.splice(0)) {
        yield* call.out(`Handling connection for ${pair.local}\n`)
        const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/portforward`
        let upgraded: Upgraded
        try {
          upgraded = yield* call.api.connect(path, { ports: pair.remote }, 'portforward.k8s.io')
        } catch (error) {
          if (!(error instanceof Refusal || error instanceof StatusError)) throw error
          // Nothing listens there: the container runtime cuts the whole tunnel.
          const why = error.message.replace(/^an error on the server \("(.*)"\) has prevented.*$/s, '$1')
          connection.outgoing.end()
          yield* call.err(
            klog(
              process,
              'E',
              'portforward.go:424',
              `"Unhandled Error" err=${goQuoted(`an error occurred forwarding ${pair.local} -> ${pair.remote}: ${why}`)}`,
            ),
          )
          throw new Refusal('lost connection to pod')
        }
        joints.push({ from: connection.incoming, to: upgraded.incoming }, { from: upgraded.outgoing, to: connection.outgoing })
      }
      for (const joint of [...joints]) if (!pour(joint)) joints.splice(joints.indexOf(joint), 1)
      yield { on: [news, ...joints.map(({ from }) => from.readable)] }
    }
  } finally {
    for (const cancel of closing) cancel()
  }
}

/** Moves what is there; answers whether more may come. */
function pour({ from, to }: Joint): boolean {
  for (let chunk = from.read(); chunk; chunk = from.read()) to.write(chunk)
  if (from.isOver) to.end()
  return !from.isOver
}

/** Both families of localhost are one address here; what is said about them is said for both. */
function* listen(call: Call, { local, remote }: Pair, accepted: (connection: Connection) => void, closing: Cancel[]): Blocking<void> {
  const addresses = call.flags.list('address').flatMap((address) => (address === 'localhost' ? ['127.0.0.1', '::1'] : [address]))
  const refusals: string[] = []
  let isOpen = false
  for (const address of addresses) {
    const isSecond = address === '::1' && addresses.includes('127.0.0.1')
    const shown = address.includes(':') ? `[${address}]` : address
    try {
      if (!isSecond) closing.push(call.process.net.listen(local, { accept: accepted }, { ip: address, owner: call.process.hostPid }))
      else if (!isOpen) throw new UnixError('EADDRINUSE')
      isOpen = true
      yield* call.out(`Forwarding from ${shown}:${local} -> ${remote}\n`)
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      refusals.push(
        `unable to create listener: Error listen tcp${address.includes(':') ? '6' : '4'} ${shown}:${local}: bind: ${error.words.toLowerCase()}`,
      )
    }
  }
  if (isOpen) return
  yield* call.err(`Unable to listen on port ${local}: Listeners failed to create with the following errors: [${refusals.join(' ')}]\n`)
  throw new Refusal(`unable to listen on any of the requested ports: [{${local} ${remote}}]`)
}

function* destination(call: Call): Blocking<{ pod: Json; ports: Pair[] }> {
  const [word, ...texts] = call.args
  if (!word.includes('/')) {
    const pod = yield* call.api.get(`/api/v1/namespaces/${call.namespace}/pods/${word}`, {}, accept.any)
    return { pod, ports: texts.map((text) => pairOf(text, (name) => podPort(pod, name))) }
  }
  const [{ resource, name = '' }] = yield* targets(call, [word])
  const object = yield* call.api.get(pathOf(resource, call.namespace, name), {}, accept.any)
  const pod = resource.kind === 'Pod' ? object : yield* firstPodOf(call, resource.kind, object, call.flags.duration('pod-running-timeout'))
  if (resource.kind !== 'Service') return { pod, ports: texts.map((text) => pairOf(text, (portName) => podPort(pod, portName))) }
  return { pod, ports: texts.map((text) => servicePair(text, object, pod)) }
}

function pairOf(text: string, named: (name: string) => number): Pair {
  const [first, second] = text.split(':')
  const number = (part: string): number => (/^\d+$/.test(part) ? Number(part) : named(part))
  if (second === undefined) return { local: number(first), remote: number(first) }
  const remote = number(second)
  return { local: first === '' ? 30_000 + (remote % 30_000) : Number(first), remote }
}

function podPort(pod: Json, name: string): number {
  for (const container of pod.spec.containers) {
    const found = (container.ports ?? []).find((port: Json) => port.name === name)
    if (found) return found.containerPort
  }
  throw new Refusal(`Pod '${pod.metadata.name}' does not have a named port '${name}'`)
}

function servicePair(text: string, service: Json, pod: Json): Pair {
  const [first, second = first] = text.split(':')
  const port = (service.spec.ports ?? []).find((candidate: Json) => String(candidate.port) === second || candidate.name === second)
  if (!port)
    throw new Refusal(
      /^\d+$/.test(second)
        ? `Service ${service.metadata.name} does not have a service port ${second}`
        : `Service '${service.metadata.name}' does not have a named port '${second}'`,
    )
  const target = port.targetPort ?? port.port
  const remote = typeof target === 'number' ? target : podPort(pod, target)
  const local = text.includes(':') ? Number(first) || 30_000 + (remote % 30_000) : port.port
  return { local, remote }
}
