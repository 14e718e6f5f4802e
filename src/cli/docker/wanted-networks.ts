/** `--network` of `docker run`, once or several times, short or with options, and the flags that are meant for the first of them. */
import type { Flags } from '../flags.ts'
import { badFlag, cannot } from './bad-flags.ts'

interface WantedNetwork {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly ip?: string
  readonly ip6?: string
  readonly mac?: string
  readonly priority?: number
  readonly options?: Readonly<Record<string, string>>
}

/** `--network NAME` or `--network name=NAME,alias=web,ip=…`. */
export function networksOf(flags: Flags): readonly WantedNetwork[] {
  const networks = [...flags.list('net'), ...flags.list('network')].map(wantedNetwork)
  const names = networks.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw cannot(`network ${JSON.stringify(twice)} is specified multiple times`)
  const isOwn = (name: string) => !/^(default|bridge|host|none|container:.*)$/.test(name)
  if (names.length > 1 && names.some((name) => !isOwn(name)))
    throw cannot('conflicting options: cannot attach both user-defined and non-user-defined network-modes')
  const hasAliases = flags.list('network-alias').length > 0 || flags.list('net-alias').length > 0
  if (hasAliases && (networks[0]?.aliases?.length ?? 0) > 0)
    throw cannot('conflicting options: cannot specify both --network-alias and per-network alias')
  if (hasAliases && !isOwn(names[0] ?? 'default')) throw cannot('network-scoped aliases are only supported for user-defined networks')
  for (const [flag, words, own] of [
    ['ip', 'IPv4', networks[0]?.ip],
    ['ip6', 'IPv6', networks[0]?.ip6],
  ] as const) {
    if (own && flags.text(flag) !== '') throw cannot(`conflicting options: cannot specify both --${flag} and per-network ${words} address`)
  }
  for (const { mac } of networks) checkMac(mac ?? '')
  return networks
}

export function checkMac(mac: string): void {
  if (mac !== '' && !/^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$/.test(mac)) throw cannot(`${mac} is not a valid mac address`)
}

function wantedNetwork(text: string): WantedNetwork {
  if (!text.includes('=')) return { name: text }
  const wanted: { -readonly [Key in keyof WantedNetwork]: WantedNetwork[Key] } & { name: string } = { name: '' }
  for (const field of text.split(',')) {
    const equals = field.indexOf('=')
    if (equals < 0) throw badFlag(text, '--network', `invalid field ${field}`)
    const [key, value] = [field.slice(0, equals).trim().toLowerCase(), field.slice(equals + 1).trim()]
    switch (key) {
      case 'name':
        wanted.name = value
        break
      case 'alias':
        wanted.aliases = [...(wanted.aliases ?? []), value]
        break
      case 'ip':
        wanted.ip = value
        break
      case 'ip6':
        wanted.ip6 = value
        break
      case 'mac-address':
        wanted.mac = value
        break
      case 'gw-priority':
        if (!/^-?\d+$/.test(value)) throw badFlag(text, '--network', `invalid gw-priority (${value}): invalid syntax`)
        wanted.priority = Number(value)
        break
      case 'driver-opt': {
        const [option, ...rest] = value.split('=')
        if (rest.length === 0) throw badFlag(text, '--network', 'invalid key/value pair format in driver options')
        wanted.options = { ...wanted.options, [option]: rest.join('=') }
        break
      }
      default:
        throw badFlag(text, '--network', `invalid field key ${key}`)
    }
  }
  if (wanted.name === '') throw badFlag(text, '--network', 'network name/id is not specified')
  return wanted
}

/** What is asked of each network; the shorter flags (`--ip`, `--network-alias` …) are for the first one. */
export function endpoints(flags: Flags, networks: readonly WantedNetwork[]): Record<string, object> {
  return Object.fromEntries(
    networks.map(({ name, aliases = [], ip = '', ip6 = '', mac = '', priority, options }, index) => {
      const own = (flag: string, value: string) => value || (index === 0 ? flags.text(flag) : '')
      const [address, address6] = [own('ip', ip), own('ip6', ip6)]
      const all = [...(index === 0 ? [...flags.list('net-alias'), ...flags.list('network-alias')] : []), ...aliases]
      return [
        name,
        {
          IPAMConfig:
            address === '' && address6 === ''
              ? null
              : { ...(address !== '' && { IPv4Address: address }), ...(address6 !== '' && { IPv6Address: address6 }) },
          Links: index === 0 ? (flags.list('link').length > 0 ? flags.list('link') : null) : null,
          Aliases: all.length > 0 ? all : null,
          MacAddress: own('mac-address', mac),
          ...(priority !== undefined && { GwPriority: priority }),
          DriverOpts: options ?? null,
        },
      ]
    }),
  )
}
