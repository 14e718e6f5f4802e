/**
 * ip: interfaces, addresses, routes and network namespaces, shown and, with CAP_NET_ADMIN, made. A pair of veths is two interfaces on a
 * segment of their own; plugging one end into a bridge puts the other end on the bridge's segment.
 */
import { UnixError } from '../errors.ts'
import { hasCapability } from '../kernel/capabilities.ts'
import { type Blocking, err, type Process, type Program } from '../kernel/process.ts'
import type { Interface, NetNamespace } from '../network/network.ts'
import { segment } from '../network/namespace.ts'
import { isBusybox } from './flavour.ts'
import { jsonText, type LinkStyle, linkLines } from './ip-text.ts'
import { namedNamespaces } from './named-namespaces.ts'
import { allInterfaces, neighboursOf, numberOf, routes } from './network-tables.ts'
import { runInPlace } from './run.ts'
import { print } from './text.ts'

class Refusal extends Error {
  readonly code: number

  constructor(message: string, code = 2) {
    super(message)
    this.code = code
  }
}

export const ip: Program = function* (process) {
  const style = {
    brief: false,
    json: false,
    pretty: false,
    statistics: false,
    oneLine: false,
    family: undefined as 4 | 6 | undefined,
    details: false,
  }
  const args = process.argv.slice(1)
  while (args[0]?.startsWith('-')) {
    const option = args.shift()?.replace(/^--?/, '') ?? ''
    if (option === 'br' || option === 'brief') style.brief = true
    else if (option === 'j' || option === 'json') style.json = true
    else if (option === 'o' || option === 'oneline') style.oneLine = true
    else if (option === 'p' || option === 'pretty') style.pretty = true
    else if (/^s(tat(istic)?s)?$/.test(option)) style.statistics = true
    else if (option === 'V' || option === 'Version') {
      yield* print(process, 'ip utility, iproute2-6.1.0, libbpf 1.1.0\n')
      return 0
    } else if (option === '4') style.family = 4
    else if (option === '6') style.family = 6
    else if (option === 'd' || option === 'details') style.details = true
    else if (option === 'f' || option === 'family') style.family = args.shift() === 'inet6' ? 6 : 4
    else if (option === 'n' || option === 'netns') {
      const name = args.shift() ?? ''
      return yield* inNamespace(process, name, ['ip', ...args])
    } else if (!/^(c|color|r|resolve|a|all|t|timestamp)$|^(color|c)=/.test(option)) {
      yield* err(process, `Option "-${option}" is unknown, try "ip -help".\n`)
      return 255
    }
  }
  const [object = '', command = 'show', ...rest] = args
  const known = ['address', 'link', 'route', 'neighbour', 'netns', 'rule'].find((name) => object !== '' && name.startsWith(object))
  try {
    switch (known) {
      case 'address':
      case 'link':
        return yield* interfaces(process, known, command, rest, style)
      case 'route':
        return yield* routing(process, command, rest, style)
      case 'neighbour':
        if (style.json)
          yield* print(
            process,
            jsonText(
              style,
              neighboursOf(process).map((one) => ({ dst: one.ip, dev: one.device, lladdr: one.mac, state: ['REACHABLE'] })),
            ),
          )
        else
          yield* print(
            process,
            neighboursOf(process)
              .map(
                (one) =>
                  `${one.ip} dev ${one.device} lladdr ${one.mac} ${isBusybox(process) ? ' used 0/0/0 probes 1 STALE' : 'REACHABLE'} \n`,
              )
              .join(''),
          )
        return 0
      case 'netns':
        return yield* netns(process, command, rest)
      case 'rule':
        if (!isShow(command)) throw new Refusal("ip: rules of one's own are not simulated here")
        yield* print(process, '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n')
        return 0
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    yield* err(process, `${isBusybox(process) && error.message.startsWith('RTNETLINK') ? 'ip: ' : ''}${error.message}\n`)
    return error.code
  }
  if (object === '' || object === 'help') {
    yield* err(
      process,
      'Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\nwhere  OBJECT := { address | link | neighbour | netns | route | rule }\n       OPTIONS := { -4 | -6 | -br[ief] | -j[son] | -o[neline] | -s[tatistics] }\n',
    )
    return 255
  }
  yield* err(process, `Object "${object}" is unknown, try "ip help".\n`)
  return 1
}

function isShow(command: string): boolean {
  return ['show', 'list', 'ls', 'lst', 'l', 's', 'sh', 'sho'].includes(command)
}

/** The value behind a word: `dev eth0`. */
function after(words: readonly string[], ...names: readonly string[]): string | undefined {
  const at = words.findIndex((word) => names.includes(word))
  return at < 0 ? undefined : words[at + 1]
}

function* interfaces(
  process: Process,
  object: 'address' | 'link',
  command: string,
  rest: readonly string[],
  style: LinkStyle,
): Blocking<number> {
  const verbs: Readonly<Record<string, (process: Process, rest: readonly string[]) => void>> = object === 'link' ? linkVerbs : addressVerbs
  const verb = Object.keys(verbs).find((name) => name === command || (command.length > 1 && name.startsWith(command)))
  if (verb !== undefined) {
    mayChange(process)
    verbs[verb](process, rest)
    return 0
  }
  if (!isShow(command) && command !== 'dev' && !allInterfaces(process).some((one) => one.name === command)) {
    yield* err(process, `Command "${command}" is unknown, try "ip ${object} help".\n`)
    return 255
  }
  const filters = new Set(['up', 'type', 'master'])
  const plain = rest.filter((word, index) => !filters.has(word) && !['type', 'master', 'dev'].includes(rest[index - 1] ?? ''))
  const name = command === 'dev' ? rest[0] : isShow(command) ? (after(rest, 'dev') ?? plain.find((word) => word !== 'dev')) : command
  const [type, master] = [after(rest, 'type'), after(rest, 'master')]
  const shown = linkLines(
    process,
    object,
    style,
    (one) =>
      (name === undefined || one.name === name.replace(/@.*/, '')) &&
      (!rest.includes('up') || one.isUp) &&
      (type === undefined || one.kind === type) &&
      (master === undefined || one.master === master),
  )
  if (shown === undefined) throw new Refusal(isBusybox(process) ? `ip: can't find device '${name}'` : `Device "${name}" does not exist.`, 1)
  yield* print(process, shown)
  return 0
}

function mayChange(process: Process): void {
  if (!hasCapability(process.credentials, 'NET_ADMIN')) throw new Refusal('RTNETLINK answers: Operation not permitted')
}

function own(process: Process, name: string | undefined): Interface {
  const one = process.net.interfaces.find((candidate) => candidate.name === name)
  if (!one) throw new Refusal(isBusybox(process) ? `ip: can't find device '${name}'` : `Cannot find device "${name}"`, 1)
  return one
}

const linkVerbs: Readonly<Record<string, (process: Process, rest: readonly string[]) => void>> = {
  add(process, rest) {
    const type = after(rest, 'type')
    const own = rest.slice(0, rest.includes('type') ? rest.indexOf('type') : rest.length)
    const name = after(own, 'name', 'dev') ?? own[0] ?? ''
    if (type === undefined) throw new Refusal('Not enough information: "type" argument is required', 255)
    if (process.net.interfaces.some((one) => one.name === name)) throw new Refusal('RTNETLINK answers: File exists')
    switch (type) {
      case 'bridge':
        process.net.addLink({ name, kind: 'bridge', segment: segment(name) })
        return
      case 'dummy':
        process.net.addLink({ name, kind: 'dummy', segment: undefined })
        return
      case 'veth': {
        const wire = segment(`${name}-pair`)
        const peerAt = rest.indexOf('peer')
        const peer = peerAt < 0 ? 'veth1' : (after(rest.slice(peerAt), 'name') ?? rest[peerAt + 1])
        process.net.addLink({ name, kind: 'veth', segment: wire })
        process.net.addLink({ name: peer, kind: 'veth', segment: wire })
        const target = after(peerAt < 0 ? [] : rest.slice(peerAt), 'netns')
        if (target !== undefined) process.net.moveLink(peer, namespaceNamed(process, target))
        return
      }
      default:
        throw new Refusal(`ip: links of type ${type} are not simulated here`)
    }
  },
  delete(process, rest) {
    const one = own(process, after(rest, 'dev') ?? rest[0])
    // The other end of a pair goes with it.
    if (one.kind === 'veth')
      for (const member of [...(one.segment?.members ?? [])])
        for (const other of [...member.interfaces]) if (other.kind === 'veth' && other.segment === one.segment) member.detach(other.name)
    process.net.detach(one.name)
  },
  set(process, rest) {
    const words = rest[0] === 'dev' ? rest.slice(1) : [...rest]
    const name = words[0]
    if (name === 'lo') return
    const one = own(process, name)
    for (let at = 1; at < words.length; at++) {
      switch (words[at]) {
        case 'up':
        case 'down':
          one.isUp = words[at] === 'up'
          break
        case 'name':
          one.name = words[++at]
          break
        case 'nomaster':
          one.master = undefined
          break
        case 'master':
          plug(process, one, own(process, words[++at]))
          break
        case 'netns':
          process.net.moveLink(one.name, namespaceNamed(process, words[++at]))
          return
        case 'mtu':
        case 'address':
        case 'txqueuelen':
          throw new Refusal(`ip: changing the ${words[at]} of a link is not simulated here`)
      }
    }
  },
}

/** Whatever hangs at the other end of a pair is on the bridge from now on. */
function plug(process: Process, end: Interface, bridge: Interface): void {
  if (bridge.kind !== 'bridge' && bridge.segment?.name !== bridge.name) throw new Refusal('RTNETLINK answers: Operation not supported')
  end.master = bridge.name
  const wire = end.segment
  if (end.kind !== 'veth' || wire === undefined || bridge.segment === undefined) return
  for (const member of wire.members) {
    for (const other of member.interfaces) {
      if (other === end || other.segment !== wire) continue
      other.segment = bridge.segment
      bridge.segment.members.add(member)
    }
  }
}

const addressVerbs: Readonly<Record<string, (process: Process, rest: readonly string[]) => void>> = {
  add(process, rest) {
    const one = own(process, after(rest, 'dev'))
    const [address, prefix = '32'] = (rest.find((word) => /^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(word)) ?? '').split('/')
    if (address === '') throw new Refusal(`Error: any valid prefix is expected rather than "${rest[0]}".`, 1)
    if (one.ip === address) throw new Refusal('RTNETLINK answers: File exists')
    if (one.ip !== '') throw new Refusal('ip: a second address of a link is not simulated here')
    Object.assign(one, { ip: address, prefix: Number(prefix) })
  },
  delete(process, rest) {
    const one = own(process, after(rest, 'dev'))
    if (one.ip === '') throw new Refusal('RTNETLINK answers: Cannot assign requested address')
    Object.assign(one, { ip: '', prefix: 0 })
  },
  flush(process, rest) {
    Object.assign(own(process, after(rest, 'dev') ?? rest[0]), { ip: '', prefix: 0 })
  },
}

function* routing(process: Process, command: string, rest: readonly string[], style: LinkStyle): Blocking<number> {
  if (command === 'get') return yield* routeTo(process, rest[0] ?? '')
  if (['add', 'replace', 'del', 'delete'].includes(command)) {
    mayChange(process)
    changeRoute(process, command, rest)
    return 0
  }
  if (!isShow(command) && command !== 'default') {
    yield* err(process, `Command "${command}" is unknown, try "ip route help".\n`)
    return 255
  }
  const device = after(rest, 'dev')
  const found =
    style.family === 6
      ? []
      : routes(process).filter(
          (one) =>
            (command !== 'default' && rest[0] !== 'default' ? true : one.to === '0.0.0.0') &&
            (device === undefined || one.device === device),
        )
  if (style.json) {
    yield* print(
      process,
      jsonText(
        style,
        found.map(({ text, gateway, device }) => {
          const words = text.trim().split(/\s+/)
          const [protocol, scope, source] = [after(words, 'proto'), after(words, 'scope'), after(words, 'src')]
          return {
            dst: words[0],
            ...(gateway !== undefined && { gateway }),
            dev: device,
            ...(protocol && { protocol }),
            ...(scope && { scope }),
            ...(source && { prefsrc: source }),
            flags: [],
          }
        }),
      ),
    )
    return 0
  }
  yield* print(process, found.map(({ text }) => text).join(''))
  return 0
}

function changeRoute(process: Process, command: string, [to = '', ...rest]: readonly string[]): void {
  const { net } = process
  const via = after(rest, 'via')
  const isDefault = to === 'default' || to === '0.0.0.0/0'
  if (command.startsWith('del')) {
    if (!isDefault) throw new Refusal('RTNETLINK answers: No such process')
    if (net.gateway === undefined) throw new Refusal('RTNETLINK answers: No such process')
    net.gateway = undefined
    return
  }
  if (!isDefault) throw new Refusal('ip: routes other than the default one are not simulated here')
  if (command === 'add' && net.gateway !== undefined) throw new Refusal('RTNETLINK answers: File exists')
  const isNear =
    via !== undefined &&
    net.interfaces.some(
      (one) =>
        one.ip !== '' && Math.floor(numberOf(one.ip) / 2 ** (32 - one.prefix)) === Math.floor(numberOf(via) / 2 ** (32 - one.prefix)),
    )
  if (!isNear) throw new Refusal(isBusybox(process) ? 'RTNETLINK answers: Network unreachable' : 'Error: Nexthop has invalid gateway.')
  net.gateway = via
}

function* routeTo(process: Process, to: string): Blocking<number> {
  const usable = process.net.interfaces.filter((one) => one.ip !== '' && one.isUp)
  const direct = usable.find(
    (one) => Math.floor(numberOf(one.ip) / 2 ** (32 - one.prefix)) === Math.floor(numberOf(to) / 2 ** (32 - one.prefix)),
  )
  const out = direct ?? (process.net.gateway === undefined ? undefined : usable.find(({ name }) => name !== 'lo'))
  if (!out) throw new Refusal('RTNETLINK answers: Network is unreachable')
  yield* print(
    process,
    `${to} ${direct ? '' : `via ${process.net.gateway} `}dev ${out.name} src ${out.ip} uid ${process.credentials.uid} \n    cache \n`,
  )
  return 0
}

function namespaceNamed(process: Process, name: string): NetNamespace {
  const found = namedNamespaces(process.kernel).get(name) ?? process.namespaces.pids.processes.get(Number(name))?.net
  if (!found)
    throw new Refusal(
      /^\d+$/.test(name) ? 'RTNETLINK answers: No such process' : `Error: argument "${name}" is wrong: Invalid "netns" value`,
      /^\d+$/.test(name) ? 2 : 255,
    )
  return found
}

/** Names of network namespaces stand under /run/netns, as with the real tool. */
function* netns(process: Process, command: string, rest: readonly string[]): Blocking<number> {
  const named = namedNamespaces(process.kernel)
  const [name = ''] = rest
  switch (command) {
    case 'add':
      if (!hasCapability(process.credentials, 'SYS_ADMIN')) throw new Refusal('mkdir /run/netns failed: Permission denied', 255)
      if (named.has(name)) throw new Refusal(`Cannot create namespace file "/run/netns/${name}": File exists`, 1)
      named.add(name)
      process.files.mkdir('/run/netns', { parents: true })
      process.files.writeFile(`/run/netns/${name}`, '', { mode: 0o444 })
      return 0
    case 'del':
    case 'delete':
      if (!named.delete(name)) throw new Refusal(`Cannot remove namespace file "/run/netns/${name}": No such file or directory`, 1)
      try {
        process.files.unlink(`/run/netns/${name}`)
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
      }
      return 0
    case 'exec':
      return yield* inNamespace(process, name, rest.slice(1))
    case 'identify':
      yield* print(process, `${named.nameOf(process.net) ?? ''}\n`)
      return 0
    default:
      if (!isShow(command)) throw new Refusal(`Command "${command}" is unknown, try "ip netns help".`, 255)
      yield* print(
        process,
        named
          .names()
          .map((one) => `${one}\n`)
          .join(''),
      )
      return 0
  }
}

function* inNamespace(process: Process, name: string, words: readonly string[]): Blocking<number> {
  const net = namedNamespaces(process.kernel).get(name)
  if (!net) {
    yield* err(process, `Cannot open network namespace "${name}": No such file or directory\n`)
    return 255
  }
  if (words.length === 0) {
    yield* err(process, 'No command specified\n')
    return 255
  }
  process.namespaces = { ...process.namespaces, net }
  return yield* runInPlace({ process, name: 'ip', busybox: isBusybox(process) }, words)
}
