/**
 * From a name to addresses, as the C library does it: `/etc/hosts`, then the name servers of `/etc/resolv.conf` with its search list.
 * Everything a name server is asked is answered at once; one that is out of reach costs the caller its timeout (`lookup`).
 */
import { UnixError } from '../errors.ts'
import type { Files } from '../files/files.ts'
import type { Blocking, Process } from '../kernel/process.ts'
import { sleep } from '../kernel/process.ts'
import type { NetNamespace } from './network.ts'

export interface ResolvConf {
  readonly servers: readonly string[]
  readonly search: readonly string[]
  readonly ndots: number
}

export function resolvConf(files: Files): ResolvConf {
  const servers: string[] = []
  let search: string[] = []
  let ndots = 1
  for (const line of textAt(files, '/etc/resolv.conf').split('\n')) {
    const [word, ...rest] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/)
    if (word === 'nameserver' && rest[0]) servers.push(rest[0])
    if (word === 'search' || word === 'domain') search = rest
    if (word === 'options') for (const option of rest) if (option.startsWith('ndots:')) ndots = Number(option.slice(6))
  }
  return { servers, search, ndots }
}

/** Addresses of a name in `/etc/hosts`. */
export function hostsEntry(files: Files, name: string): readonly string[] {
  const found: string[] = []
  for (const line of textAt(files, '/etc/hosts').split('\n')) {
    const [ip, ...names] = line.replace(/#.*$/, '').trim().split(/\s+/)
    if (ip && names.some((one) => one.toLowerCase() === name.toLowerCase())) found.push(ip)
  }
  return found
}

/** The full names to try, in order. */
export function candidates(name: string, { search, ndots }: ResolvConf): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)]
  const expanded = search.filter((domain) => domain !== '.').map((domain) => `${name}.${domain}`)
  const dots = name.split('.').length - 1
  return dots >= ndots ? [name, ...expanded] : [...expanded, name]
}

/** IPv4 addresses of a name; undefined when there is no such name. Throws ETIMEDOUT (EAI_AGAIN) when no server answers. */
export function addressesOf(net: NetNamespace, files: Files, name: string): readonly string[] | undefined {
  if (isAddress(name)) return [name]
  const known = hostsEntry(files, name).filter((ip) => !ip.includes(':'))
  if (known.length > 0) return known
  if (name === 'localhost' || name.endsWith('.localhost')) return ['127.0.0.1']
  const conf = resolvConf(files)
  let isAnswered = conf.servers.length === 0
  for (const candidate of candidates(name, conf)) {
    for (const server of conf.servers) {
      try {
        const answer = net.ask({ ip: server, port: 53 }, { name: candidate, type: 'A' })
        isAnswered = true
        const addresses = answer.records.filter((record) => record.type === 'A').map((record) => record.data)
        if (addresses.length > 0) return addresses
        if (answer.code === 'SERVFAIL' || answer.code === 'REFUSED') continue
        break
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
      }
    }
  }
  if (!isAnswered) throw new UnixError('EAGAIN', name)
  return undefined
}

/** As a program waits for it. Throws ENOTFOUND, or EAGAIN (`Temporary failure in name resolution`) after the resolver's patience; ETIMEDOUT at `until`. */
export function* lookup(process: Process, name: string, until = Number.POSITIVE_INFINITY): Blocking<readonly string[]> {
  try {
    const found = process.net.resolver?.(name) ?? addressesOf(process.net, process.files, name)
    if (found && found.length > 0) return found
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    // Two attempts of five seconds, unless the caller's own patience ends before.
    yield* sleep(process, Math.max(0, Math.min(10_000, until - process.now())))
    if (process.now() >= until) throw new UnixError('ETIMEDOUT', name)
    throw error
  }
  throw new UnixError('ENOTFOUND', name)
}

export function isAddress(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || text.includes(':')
}

function textAt(files: Files, path: string): string {
  try {
    return files.readText(path)
  } catch (error) {
    if (error instanceof UnixError) return ''
    throw error
  }
}
