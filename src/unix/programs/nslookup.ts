/**
 * nslookup and host (dig has a file of its own). Three dialects of nslookup are met in lessons: bind's, busybox's since 1.29, and that of busybox 1.28, which
 * shows reverse names and is the reason why DNS labs pin that version.
 */
import { UnixError } from '../errors.ts'
import { type Blocking, err, type Process, type Program, sleep } from '../kernel/process.ts'
import { candidates, hostsEntry, isAddress, lookup, resolvConf } from '../network/names.ts'
import type { Answer, RecordType } from '../network/network.ts'
import { isBusybox, isOldBusybox } from './flavour.ts'
import { print } from './text.ts'

const types: readonly RecordType[] = ['A', 'AAAA', 'CNAME', 'PTR', 'SRV', 'TXT', 'NS', 'SOA', 'MX']

export function typeOf(text: string): RecordType | undefined {
  return types.find((type) => type === text.toUpperCase())
}

/** Undefined: nobody answers. */
export function ask(process: Process, server: string, name: string, type: RecordType): Answer | undefined {
  try {
    return process.net.ask({ ip: server, port: 53 }, { name: name.replace(/\.$/, ''), type })
  } catch (error) {
    if (error instanceof UnixError) return undefined
    throw error
  }
}

export function reverseName(ip: string): string {
  return `${ip.split('.').reverse().join('.')}.in-addr.arpa`
}

export function* serverAddress(process: Process, name: string): Blocking<string | undefined> {
  if (isAddress(name)) return name
  try {
    return (yield* lookup(process, name))[0]
  } catch (error) {
    if (error instanceof UnixError) return undefined
    throw error
  }
}

export const nslookup: Program = function* (process) {
  const args = process.argv.slice(1)
  const busybox = isBusybox(process)
  const options = args.filter((arg) => arg.startsWith('-'))
  const [name, serverName] = args.filter((arg) => !arg.startsWith('-'))
  if (name === undefined) {
    yield* err(
      process,
      busybox
        ? 'BusyBox v1.37.0 (2024-09-26 21:31:42 UTC) multi-call binary.\n\nUsage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]\n\nQuery DNS about HOST\n'
        : '> \n',
    )
    return 1
  }
  const given = options.map((option) => /^-(?:type|query|q|t)=(.+)$/.exec(option)?.[1]).find(Boolean)
  const type = given === undefined ? undefined : typeOf(given)
  const conf = resolvConf(process.files)
  const server = serverName === undefined ? conf.servers[0] : yield* serverAddress(process, serverName)
  if (isOldBusybox(process)) return yield* oldNslookup(process, name, server)
  if (server === undefined) {
    yield* err(
      process,
      busybox
        ? `nslookup: can't connect to remote host (127.0.0.1): Connection refused\n`
        : serverName !== undefined
          ? `nslookup: couldn't get address for '${serverName}': not found\n`
          : ';; communications error to 127.0.0.1#53: connection refused\n;; no servers could be reached\n\n',
    )
    return 1
  }
  const asked =
    isAddress(name) && !name.includes(':') ? [reverseName(name)] : busybox ? busyboxNames(name, conf.search) : candidates(name, conf)
  const wanted: readonly RecordType[] = isAddress(name) ? ['PTR'] : type ? [type] : ['A', 'AAAA']
  if (ask(process, server, asked[0], wanted[0]) === undefined) {
    yield* sleep(process, 15_000)
    if (busybox) yield* err(process, ';; connection timed out; no servers could be reached\n\n')
    else
      yield* print(
        process,
        `;; communications error to ${server}#53: timed out\n;; communications error to ${server}#53: timed out\n;; communications error to ${server}#53: timed out\n;; no servers could be reached\n\n\n`,
      )
    return 1
  }
  yield* print(process, `Server:\t\t${server}\nAddress:\t${server}${busybox ? ':' : '#'}53\n\n`)
  if (busybox) return yield* tellReplies(process, server, asked, wanted)
  let isFound = false
  let text = ''
  let authoritative = false
  let failed = asked[asked.length - 1]
  let failure = 'NXDOMAIN'
  for (const candidate of asked) {
    let here = ''
    let code: Answer['code'] = 'NXDOMAIN'
    for (const one of wanted) {
      const answer = ask(process, server, candidate, one)
      if (!answer) continue
      code = answer.code
      authoritative ||= answer.isAuthoritative ?? false
      for (const record of answer.records) here += recordText(record)
      if (answer.code === 'NXDOMAIN') break
    }
    if (here !== '') {
      text += here
      isFound = true
      break
    }
    if (code === 'NOERROR') {
      text += `*** Can't find ${candidate}: No answer\n`
      failed = candidate
      failure = code
      break
    }
    failure = code
    failed = isAddress(name) ? candidate : name
  }
  if (!isFound && failure !== 'NOERROR') text += `** server can't find ${failed}: ${failure}\n\n`
  else text = (authoritative ? '' : 'Non-authoritative answer:\n') + text + '\n'
  yield* print(process, text)
  return isFound ? 0 : 1
}

/** busybox puts the search list behind names without a dot only, and then asks for nothing else. */
function busyboxNames(name: string, search: readonly string[]): readonly string[] {
  return name.includes('.') || search.length === 0 ? [name.replace(/\.$/, '')] : search.map((domain) => `${name}.${domain}`)
}

/** busybox sends every question at once and tells the replies as they come: those that hold nothing are the quickest. */
function* tellReplies(process: Process, server: string, names: readonly string[], wanted: readonly RecordType[]): Blocking<number> {
  const replies = wanted.flatMap((type) =>
    names.flatMap((name) => {
      const answer = ask(process, server, name, type)
      return answer ? [{ name, answer }] : []
    }),
  )
  const weight = ({ answer }: (typeof replies)[number]): number => (answer.code === 'NOERROR' ? (answer.records.length > 0 ? 2 : 1) : 0)
  for (const { name, answer } of [...replies].sort((a, b) => weight(a) - weight(b))) {
    const header = answer.isAuthoritative ? '' : 'Non-authoritative answer:\n'
    yield* print(
      process,
      answer.code === 'NOERROR'
        ? `${header}${answer.records.map(recordText).join('')}\n`
        : `** server can't find ${name}: ${answer.code}\n\n`,
    )
  }
  return replies.some(({ answer }) => answer.code !== 'NOERROR') ? 1 : 0
}

function recordText(record: Answer['records'][number]): string {
  const { name, type, data } = record
  switch (type) {
    case 'A':
    case 'AAAA':
      return `Name:\t${name}\nAddress: ${data}\n`
    case 'CNAME':
      return `${name}\tcanonical name = ${data}\n`
    case 'PTR':
      return `${name}\tname = ${data}\n`
    case 'SRV':
      return `${name}\tservice = ${data}\n`
    case 'TXT':
      return `${name}\ttext = ${data}\n`
    case 'MX':
      return `${name}\tmail exchanger = ${data}\n`
    case 'NS':
      return `${name}\tnameserver = ${data}\n`
    default:
      return `${name}\n\torigin = ${data}\n`
  }
}

function* oldNslookup(process: Process, name: string, server: string | undefined): Blocking<number> {
  const reverse = (ip: string): string => {
    const known = server === undefined ? undefined : ask(process, server, reverseName(ip), 'PTR')?.records[0]?.data
    return known === undefined ? '' : ` ${known.replace(/\.$/, '')}`
  }
  yield* print(process, `Server:    ${server ?? '(null)'}\n${server === undefined ? '' : `Address 1: ${server}${reverse(server)}\n`}\n`)
  try {
    const found = isAddress(name) ? [name] : yield* lookup(process, name)
    yield* print(
      process,
      `Name:      ${name}\n${found.map((ip, index) => `Address ${index + 1}: ${ip}${hostsEntry(process.files, name).includes(ip) ? ` ${name}` : reverse(ip)}\n`).join('')}`,
    )
    return 0
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(process, `nslookup: can't resolve '${name}'${error.errno === 'EAGAIN' ? ': Try again' : ''}\n`)
    return 1
  }
}

export const host: Program = function* (process) {
  const args = process.argv.slice(1).filter((arg) => !/^-[avW46]/.test(arg))
  const at = args.indexOf('-t')
  const type = at < 0 ? undefined : typeOf(args[at + 1] ?? '')
  const [name, serverName] = args.filter((_, index) => at < 0 || (index !== at && index !== at + 1))
  const conf = resolvConf(process.files)
  const server = serverName === undefined ? conf.servers[0] : yield* serverAddress(process, serverName)
  if (name === undefined) {
    yield* err(
      process,
      'Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]\n            [-R number] [-m flag] [-p port] hostname [server]\n',
    )
    return 1
  }
  let failure = 'NXDOMAIN'
  for (const candidate of isAddress(name) ? [reverseName(name)] : candidates(name, conf)) {
    let text = ''
    for (const one of isAddress(name) ? (['PTR'] as const) : type ? [type] : (['A', 'AAAA', 'MX'] as const)) {
      const answer = server === undefined ? undefined : ask(process, server, candidate, one)
      if (!answer) {
        yield* sleep(process, 10_000)
        yield* print(process, ';; communications error to ' + (server ?? '127.0.0.1') + '#53: timed out\n;; no servers could be reached\n')
        return 1
      }
      failure = answer.code
      for (const record of answer.records) {
        const words = {
          A: 'has address',
          AAAA: 'has IPv6 address',
          CNAME: 'is an alias for',
          PTR: 'domain name pointer',
          MX: 'mail is handled by',
          SRV: 'has SRV record',
          TXT: 'descriptive text',
          NS: 'name server',
          SOA: 'has SOA record',
        }[record.type]
        text += `${record.name} ${words} ${record.data}\n`
      }
      if (answer.code === 'NXDOMAIN') break
    }
    if (text !== '') {
      yield* print(process, text)
      return 0
    }
    if (failure === 'NOERROR' && type) {
      yield* print(process, `${candidate} has no ${type} record\n`)
      return 0
    }
  }
  yield* print(process, `Host ${isAddress(name) ? `${reverseName(name)}.` : name} not found: 3(${failure})\n`)
  return 1
}
