/** `docker network …`. */
import { err, out } from '../../unix/kernel/process.ts'
import { type Command, forEach } from './command.ts'
import { DockerError } from './docker-error.ts'
import { keyValues } from './key-values.ts'
import { filters, query } from './engine.ts'
import { listed } from './listing.ts'

const headings = {
  ID: 'NETWORK ID',
  Name: 'NAME',
  Driver: 'DRIVER',
  Scope: 'SCOPE',
  IPv4: 'IPV4',
  IPv6: 'IPV6',
  Internal: 'INTERNAL',
  Labels: 'LABELS',
  CreatedAt: 'CREATED AT',
}

interface NetworkSummary {
  readonly Id: string
  readonly Name: string
  readonly Driver: string
  readonly Scope: string
  readonly Internal: boolean
  readonly EnableIPv4?: boolean
  readonly EnableIPv6: boolean
  readonly Created: string
  readonly Labels: Readonly<Record<string, string>> | null
}

export const networkList: Command = function* ({ process, flags, engine }) {
  const networks = yield* engine.json<readonly NetworkSummary[]>('GET', `/networks${query({ filters: filters(flags.list('filter')) })}`)
  const rows = [...networks]
    .sort((a, b) => a.Name.localeCompare(b.Name, 'en', { numeric: true }))
    .map((network) => ({
      CreatedAt: network.Created.replace('T', ' ').replace('Z', ' +0000 UTC'),
      Driver: network.Driver,
      ID: flags.is('no-trunc') ? network.Id : network.Id.slice(0, 12),
      IPv4: String(network.EnableIPv4 ?? true),
      IPv6: String(network.EnableIPv6),
      Internal: String(network.Internal),
      Labels: Object.entries(network.Labels ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
      Name: network.Name,
      Scope: network.Scope,
    }))
  yield* out(
    process,
    listed({
      rows,
      headings,
      columns: ['ID', 'Name', 'Driver', 'Scope'],
      format: flags.text('format'),
      type: 'network.networkContext',
      quiet: flags.is('quiet') ? 'ID' : undefined,
    }),
  )
  return 0
}

export const networkCreate: Command = function* ({ process, flags, args, engine }) {
  const subnets = flags.list('subnet')
  const gateways = flags.list('gateway')
  const ranges = flags.list('ip-range')
  const config = addressPools({ subnets, gateways, ranges, reserved: flags.list('aux-address') })
  const { Id, Warning } = yield* engine.json<{ Id: string; Warning: string }>('POST', '/networks/create', {
    Name: args[0],
    Driver: flags.text('driver'),
    Scope: flags.text('scope'),
    EnableIPv6: flags.isSet('ipv6') ? flags.is('ipv6') : undefined,
    IPAM: { Driver: flags.text('ipam-driver') || 'default', Options: keyValues(flags.list('ipam-opt')), Config: config },
    Internal: flags.is('internal'),
    Attachable: flags.is('attachable'),
    Ingress: flags.is('ingress'),
    ConfigOnly: flags.is('config-only'),
    ConfigFrom: flags.text('config-from') === '' ? null : { Network: flags.text('config-from') },
    Options: keyValues(flags.list('opt')),
    Labels: keyValues(flags.list('label')),
  })
  if (Warning) yield* err(process, `WARNING: ${Warning}\n`)
  yield* out(process, `${Id}\n`)
  return 0
}

/** Each gateway, range and reserved address belongs to the subnet that holds it. */
function addressPools({
  subnets,
  gateways,
  ranges,
  reserved,
}: {
  subnets: readonly string[]
  gateways: readonly string[]
  ranges: readonly string[]
  reserved: readonly string[]
}): Record<string, unknown>[] {
  const isJudgedHere = subnets.length > 1 || gateways.length + ranges.length + reserved.length > 0
  for (const subnet of subnets)
    if (isJudgedHere && !/^[0-9a-fA-F.:]+\/\d+$/.test(subnet)) throw new DockerError(`invalid subnet: invalid CIDR address: ${subnet}`)
  if (subnets.length < gateways.length || subnets.length < ranges.length)
    throw new DockerError('every ip-range or gateway must have a corresponding subnet')
  for (const [index, one] of subnets.entries()) {
    for (const other of subnets.slice(index + 1))
      if (holds(one, other.replace(/\/.*/, '')) || holds(other, one.replace(/\/.*/, '')))
        throw new DockerError('multiple overlapping subnet configuration is not supported')
  }
  const pools = subnets.map((subnet) => ({ Subnet: subnet }) as Record<string, unknown>)
  const poolFor = (address: string, what: string) => {
    const pool = pools.find(({ Subnet }) => holds(String(Subnet), address.replace(/\/.*/, '')))
    if (!pool) throw new DockerError(`no matching subnet for ${what} ${address}`)
    return pool
  }
  for (const range of ranges) {
    const pool = poolFor(range, 'range')
    if (pool.IPRange !== undefined)
      throw new DockerError(`cannot configure multiple ranges (${range}, ${pool.IPRange}) on the same subnet (${pool.Subnet})`)
    pool.IPRange = range
  }
  for (const gateway of gateways) {
    const pool = poolFor(gateway, 'gateway')
    if (pool.Gateway !== undefined)
      throw new DockerError(`cannot configure multiple gateways (${gateway}, ${pool.Gateway}) for the same subnet (${pool.Subnet})`)
    pool.Gateway = gateway
  }
  for (const [name, address] of Object.entries(keyValues(reserved))) {
    const pool = poolFor(address, 'aux-address')
    pool.AuxiliaryAddresses = { ...(pool.AuxiliaryAddresses as Record<string, string> | undefined), [name]: address }
  }
  return pools
}

/** Whether an address lies in a subnet; the daemon judges what is no subnet at all. */
function holds(subnet: string, address: string): boolean {
  const [base, prefix] = subnet.split('/')
  const bits = base.includes(':') ? bits6 : bits4
  if (base.includes(':') !== address.includes(':')) return false
  const size = Number(prefix)
  return size >= 0 && bits(base).slice(0, size) === bits(address).slice(0, size)
}

function bits4(address: string): string {
  return address
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('')
}

function bits6(address: string): string {
  const [head, tail] = address.split('::').map((half) => half.split(':').filter(Boolean))
  const middle = tail === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return [...head, ...middle, ...(tail ?? [])].map((part) => Number.parseInt(part, 16).toString(2).padStart(16, '0')).join('')
}

export const networkRemove: Command = function* ({ process, flags, args, engine }) {
  let hasFailed = false
  for (const name of args) {
    try {
      yield* engine.json('GET', `/networks/${encodeURIComponent(name)}`)
      yield* engine.open('DELETE', `/networks/${encodeURIComponent(name)}`)
      yield* out(process, `${name}\n`)
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      if (flags.is('force') && error.message.endsWith('not found')) continue
      yield* err(process, `${error.message}\n`)
      hasFailed = true
    }
  }
  // The real tool adds this line of its own.
  if (hasFailed) throw new DockerError('exit status 1')
  return 0
}

export const networkConnect: Command = function* ({ flags, args, engine }) {
  const [network, container] = args
  const links = flags.list('link')
  const aliases = flags.list('alias')
  const options = flags.list('driver-opt')
  if (options.some((option) => !option.includes('='))) throw new DockerError('invalid key/value pair format in driver options')
  yield* engine.open('POST', `/networks/${encodeURIComponent(network)}/connect`, {
    Container: container,
    EndpointConfig: {
      IPAMConfig: flags.text('ip') === '' ? {} : { IPv4Address: flags.text('ip') },
      Links: links.length > 0 ? links : null,
      Aliases: aliases.length > 0 ? aliases : null,
      DriverOpts: keyValues(options),
    },
  })
  return 0
}

export const networkDisconnect: Command = function* ({ flags, args, engine }) {
  yield* engine.open('POST', `/networks/${encodeURIComponent(args[0])}/disconnect`, { Container: args[1], Force: flags.is('force') })
  return 0
}

const volumeHeadings = {
  Driver: 'DRIVER',
  Name: 'VOLUME NAME',
  Scope: 'SCOPE',
  Mountpoint: 'MOUNTPOINT',
  Labels: 'LABELS',
  Links: 'LINKS',
  Size: 'SIZE',
  Availability: 'AVAILABILITY',
  Group: 'GROUP',
  Status: 'STATUS',
}

interface VolumeSummary {
  readonly Name: string
  readonly Driver: string
  readonly Mountpoint: string
  readonly Scope: string
  readonly Labels: Readonly<Record<string, string>> | null
}

export const volumeList: Command = function* ({ process, flags, engine }) {
  const { Volumes } = yield* engine.json<{ Volumes: readonly VolumeSummary[] | null }>(
    'GET',
    `/volumes${query({ filters: filters(flags.list('filter')) })}`,
  )
  const rows = [...(Volumes ?? [])]
    .sort((a, b) => a.Name.localeCompare(b.Name, 'en', { numeric: true }))
    .map((volume) => ({
      Availability: 'N/A',
      Driver: volume.Driver,
      Group: 'N/A',
      Labels: Object.entries(volume.Labels ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
      Links: 'N/A',
      Mountpoint: volume.Mountpoint,
      Name: volume.Name,
      Scope: volume.Scope,
      Size: 'N/A',
      Status: 'N/A',
    }))
  yield* out(
    process,
    listed({
      rows,
      headings: volumeHeadings,
      columns: ['Driver', 'Name'],
      format: flags.text('format'),
      type: 'formatter.volumeContext',
      quiet: flags.is('quiet') ? 'Name' : undefined,
    }),
  )
  return 0
}

export const volumeCreate: Command = function* ({ process, flags, args, engine }) {
  if (args[0] !== undefined && flags.text('name') !== '')
    throw new DockerError('conflicting options: cannot specify a volume-name through both --name and as a positional arg')
  const name = args[0] ?? flags.text('name')
  const { Name } = yield* engine.json<VolumeSummary>('POST', '/volumes/create', {
    ...(name !== '' && { Name: name }),
    Driver: flags.text('driver') || 'local',
    ...(flags.list('opt').length > 0 && { DriverOpts: keyValues(flags.list('opt')) }),
    ...(flags.list('label').length > 0 && { Labels: keyValues(flags.list('label')) }),
  })
  yield* out(process, `${Name}\n`)
  return 0
}

export const volumeRemove: Command = (context) =>
  forEach(context.args, function* (name) {
    yield* context.engine.open('DELETE', `/volumes/${encodeURIComponent(name)}${query({ force: context.flags.is('force') })}`)
    yield* out(context.process, `${name}\n`)
  })
