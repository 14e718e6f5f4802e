/**
 * How `ip address` and `ip link` print interfaces. A machine sees the near ends of its containers' pairs too (`veth…@if2`): they stand in
 * no list, they follow from who is on a bridge.
 */
import type { Process } from '../kernel/process.ts'
import type { Interface } from '../network/network.ts'
import { isBusybox } from './flavour.ts'
import { allInterfaces, broadcast, mtu } from './network-tables.ts'

export interface LinkStyle {
  readonly brief: boolean
  readonly json: boolean
  readonly pretty: boolean
  readonly statistics: boolean
  readonly oneLine: boolean
  readonly details: boolean
  readonly family: 4 | 6 | undefined
}

interface Shown extends Interface {
  /** What stands behind the `@`. */
  readonly other?: string
}

/** Undefined when nothing is chosen. */
export function linkLines(
  process: Process,
  object: 'address' | 'link',
  style: LinkStyle,
  isChosen: (one: Interface) => boolean,
): string | undefined {
  const chosen = shownInterfaces(process).filter(isChosen)
  if (chosen.length === 0) return undefined
  const lines = style.json
    ? jsonText(
        style,
        chosen.map((one) => asJson(process, object, one)),
      )
    : chosen.map((one) => lineOf(process, object, style, one)).join('')
  return lines
}

export function shownInterfaces(process: Process): readonly Shown[] {
  const list: Shown[] = []
  for (const one of allInterfaces(process))
    list.push({
      ...one,
      ...(one.kind === undefined && one.segment?.name === one.name && { kind: 'bridge' as const }),
      other: otherEnd(process, one),
    })
  if (process.net.isRouter) {
    for (const bridge of process.net.interfaces) {
      for (const member of bridge.segment?.members ?? []) {
        if (member === process.net) continue
        for (const theirs of member.interfaces)
          if (theirs.segment === bridge.segment && theirs.peer !== undefined) list.push(nearEnd(bridge, theirs))
      }
    }
  }
  return list.sort((a, b) => a.index - b.index)
}

function otherEnd(process: Process, one: Interface): string | undefined {
  if (one.peer !== undefined) return `if${one.peer}`
  if (one.kind !== 'veth') return undefined
  for (const member of one.segment?.members ?? []) {
    const other = member.interfaces.find(
      (candidate) => candidate.segment === one.segment && candidate.name !== one.name && candidate.kind === 'veth',
    )
    if (other) return member === process.net ? other.name : `if${other.index}`
  }
  return undefined
}

/** The machine's end of a container's pair. */
function nearEnd(bridge: Interface, theirs: Interface): Shown {
  const digits = theirs.mac.replaceAll(':', '')
  return {
    ...theirs,
    name: `veth${digits.slice(-7)}`,
    mac: `${theirs.mac.slice(0, -2)}${((Number.parseInt(theirs.mac.slice(-2), 16) + 1) & 255).toString(16).padStart(2, '0')}`,
    ip: '',
    prefix: 0,
    index: theirs.peer ?? 0,
    peer: theirs.index,
    other: `if${theirs.index}`,
    kind: 'veth',
    master: bridge.name,
    segment: undefined,
  }
}

/** A bridge that nothing is plugged into has no carrier. */
function hasCarrier(process: Process, one: Shown): boolean {
  if (one.kind !== 'bridge') return true
  return (
    [...(one.segment?.members ?? [])].some((member) => member !== process.net) ||
    process.net.interfaces.some(({ master }) => master === one.name)
  )
}

function flagsOf(process: Process, one: Shown): string {
  if (one.name === 'lo') return 'LOOPBACK,UP,LOWER_UP'
  const kind = one.kind === 'dummy' ? 'BROADCAST,NOARP' : 'BROADCAST,MULTICAST'
  if (!one.isUp) return kind
  if (!hasCarrier(process, one)) return `NO-CARRIER,${kind},UP`
  // busybox looks for the other end among its own links, and finds it down when it is elsewhere.
  return `${kind},UP,LOWER_UP${isBusybox(process) && one.other?.startsWith('if') ? ',M-DOWN' : ''}`
}

function stateOf(process: Process, one: Shown): string {
  return one.name === 'lo' || (one.kind === 'dummy' && one.isUp) ? 'UNKNOWN' : one.isUp && hasCarrier(process, one) ? 'UP' : 'DOWN'
}

function lineOf(process: Process, object: 'address' | 'link', style: LinkStyle, one: Shown): string {
  const label = one.other === undefined ? one.name : `${one.name}@${one.other}`
  const addresses = object === 'address' ? addressLines(one, style) : []
  if (style.brief) {
    const shown =
      object === 'address'
        ? addresses.map((line) => `${/inet6? (\S+)/.exec(line)?.[1]} `).join('')
        : `${one.mac} <${flagsOf(process, one)}> `
    return object === 'address' && style.family !== undefined && addresses.length === 0
      ? ''
      : `${label.padEnd(16)} ${stateOf(process, one).padEnd(14)} ${shown}\n`
  }
  if (object === 'address' && style.oneLine)
    return addresses.map((line) => `${one.index}: ${one.name}${line.replace(/\n/g, '\\')}\n`).join('')
  if (object === 'address' && style.family !== undefined && addresses.length === 0) return ''
  const link = linkText(process, object, one, label)
  const head = object === 'address' && style.family !== undefined ? link.split('\n')[0] + '\n' : link
  if (style.oneLine) return `${head.trimEnd().replace(/\n/g, '\\')}\n`
  return head + (style.statistics ? counters : '') + addresses.map((line) => `${line}\n`).join('')
}

/** Nobody counts packets here. */
const counters = `    RX:  bytes packets errors dropped  missed   mcast           
             0       0      0       0       0       0 
    TX:  bytes packets errors dropped carrier collsns           
             0       0      0       0       0       0 
`

/** iproute2 writes lists on one line, or with -p over many in its own manner. */
export function jsonText({ pretty }: { readonly pretty: boolean }, list: readonly object[]): string {
  if (!pretty) return `${JSON.stringify(list)}\n`
  const value = (one: unknown, depth: number): string => {
    const pad = ' '.repeat(8 * depth)
    if (Array.isArray(one))
      return one.length === 0
        ? '[ ]'
        : one.every((item) => typeof item !== 'object')
          ? `[ ${one.map((item) => JSON.stringify(item)).join(',')} ]`
          : `[ ${one.map((item) => value(item, depth)).join(',')} ]`
    if (typeof one === 'object' && one !== null)
      return `{\n${Object.entries(one)
        .map(([key, item]) => `${pad}        ${JSON.stringify(key)}: ${value(item, depth + 1)}`)
        .join(',\n')}\n${pad}    }`
    return JSON.stringify(one)
  }
  return `[ ${list.map((one) => value(one, 0)).join(',')} ]\n`
}

function linkText(process: Process, object: 'address' | 'link', one: Shown, label: string): string {
  const isLoop = one.name === 'lo'
  const busybox = isBusybox(process)
  const queue = isLoop || one.kind !== undefined || one.peer !== undefined ? 'noqueue' : 'fq_codel'
  const master = one.master === undefined ? '' : `master ${one.master} `
  // Docker Hub's busybox is built without a word for the state; Alpine's has one.
  const hasState = !busybox || process.files.exists('/etc/alpine-release')
  const tail = busybox
    ? isLoop
      ? 'qlen 1000'
      : ''
    : `${object === 'link' ? 'mode DEFAULT ' : ''}group default${isLoop || queue === 'fq_codel' ? ' qlen 1000' : ' '}`
  const first = `${one.index}: ${label}: <${flagsOf(process, one)}> mtu ${mtu(one)} qdisc ${one.isUp ? queue : 'noop'} ${master}${hasState ? `state ${stateOf(process, one)} ` : ''}${tail}`
  return `${first}\n    link/${isLoop ? 'loopback' : 'ether'} ${one.mac} brd ${isLoop ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff'}${one.other?.startsWith('if') && !busybox ? ' link-netnsid 0' : ''}\n`
}

/** Each address with its life, the two lines of it joined by a line feed. */
function addressLines(one: Shown, { family }: LinkStyle): string[] {
  const life = '\n       valid_lft forever preferred_lft forever'
  const isLoop = one.name === 'lo'
  const lines: string[] = []
  if (one.ip !== '' && family !== 6)
    lines.push(
      `    inet ${one.ip}/${one.prefix}${isLoop ? '' : ` brd ${broadcast(one)}`} scope ${isLoop ? 'host' : 'global'} ${one.name}${life}`,
    )
  if (isLoop && family !== 4) lines.push(`    inet6 ::1/128 scope host ${life}`)
  return lines
}

function asJson(process: Process, object: 'address' | 'link', one: Shown): object {
  const isLoop = one.name === 'lo'
  const forever = { valid_life_time: 4294967295, preferred_life_time: 4294967295 }
  return {
    ifindex: one.index,
    ...(one.peer !== undefined && { link_index: one.peer }),
    ifname: one.name,
    flags: flagsOf(process, one).split(','),
    mtu: mtu(one),
    qdisc: isLoop || one.kind !== undefined || one.peer !== undefined ? 'noqueue' : 'fq_codel',
    ...(one.master !== undefined && { master: one.master }),
    operstate: stateOf(process, one),
    ...(object === 'link' && { linkmode: 'DEFAULT' }),
    group: 'default',
    ...((isLoop || (one.kind === undefined && one.peer === undefined)) && { txqlen: 1000 }),
    link_type: isLoop ? 'loopback' : 'ether',
    address: one.mac,
    broadcast: isLoop ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff',
    ...(one.peer !== undefined && { link_netnsid: 0 }),
    ...(object === 'address' && {
      addr_info: [
        ...(one.ip === ''
          ? []
          : [
              {
                family: 'inet',
                local: one.ip,
                prefixlen: one.prefix,
                ...(!isLoop && { broadcast: broadcast(one) }),
                scope: isLoop ? 'host' : 'global',
                label: one.name,
                ...forever,
              },
            ]),
        ...(isLoop ? [{ family: 'inet6', local: '::1', prefixlen: 128, scope: 'host', ...forever }] : []),
      ],
    }),
  }
}
