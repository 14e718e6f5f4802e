/** dig, as bind 9.18 prints: sections that `+` options show and hide, several questions on one line, and what its exit codes mean. */
import { type Blocking, err, type Process, type Program, sleep } from '../kernel/process.ts'
import { candidates, resolvConf } from '../network/names.ts'
import type { Answer, RecordType } from '../network/network.ts'
import { ask, reverseName, serverAddress, typeOf } from './nslookup.ts'
import { print } from './text.ts'
import { momentOf, strftime, zoneOf } from './time-text.ts'

const version = '9.18.33-1~deb12u2-Debian'

/** What is printed; `+noall` turns all of it off. */
type Section = 'cmd' | 'comments' | 'question' | 'answer' | 'authority' | 'additional' | 'stats'
const sections: readonly Section[] = ['cmd', 'comments', 'question', 'answer', 'authority', 'additional', 'stats']

interface Query {
  name: string
  type: RecordType
  server: string | undefined
  readonly shown: Set<Section>
  isShort: boolean
  searches: boolean
  isTcp: boolean
  hasClass: boolean
  hasTtl: boolean
  recurses: boolean
  tries: number
  seconds: number
}

/** Options that change nothing here: what goes over the wire is always understood. */
const withoutEffect =
  /^(no)?(edns|cookie|dnssec|do|adflag|cdflag|aaflag|aaonly|qr|multiline|identify|ignore|fail|badcookie|bufsize|nsid|keepalive|padding|subnet|split|onesoa|besteffort|mapped|rrcomments|crypto|nssearch|idnin|idnout|zflag|raflag|tcflag|opcode|header-only|expire|unknownformat|yaml|ndots|domain|showsearch|retry|trace|ttlunits)(=.*)?$/

export const dig: Program = function* (process) {
  const args = process.argv.slice(1)
  const conf = resolvConf(process.files)
  const fresh = (from?: Query): Query => ({
    name: from?.name ?? '.',
    type: 'A',
    server: from?.server ?? conf.servers[0],
    shown: new Set(from?.shown ?? sections),
    isShort: from?.isShort ?? false,
    searches: from?.searches ?? false,
    isTcp: from?.isTcp ?? false,
    hasClass: from?.hasClass ?? true,
    hasTtl: from?.hasTtl ?? true,
    recurses: from?.recurses ?? true,
    tries: from?.tries ?? 3,
    seconds: from?.seconds ?? 5,
  })
  const common = fresh()
  const queries: Query[] = []
  let typed: RecordType | undefined
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]
    const now = queries.at(-1) ?? common
    const begin = (name: string): void => {
      queries.push({ ...fresh(queries.length === 0 ? common : queries[queries.length - 1]), name, ...(typed && { type: typed }) })
      typed = undefined
    }
    if (arg === '-v') {
      yield* err(process, `DiG ${version}\n`)
      return 0
    }
    if (arg === '-h') {
      yield* print(process, usage)
      return 0
    }
    if (arg.startsWith('@')) {
      const found = yield* serverAddress(process, arg.slice(1))
      if (found === undefined) {
        yield* err(process, `dig: couldn't get address for '${arg.slice(1)}': not found\n`)
        return 10
      }
      now.server = found
    } else if (arg.startsWith('+')) {
      if (!plus(now, arg.slice(1))) {
        yield* err(
          process,
          `Invalid option: ${arg}\nUsage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}\n            {global-d-opt} host [@local-server] {local-d-opt}\n            [ host [@local-server] {local-d-opt} [...]]\n\nUse "dig -h" (or "dig -h | more") for complete list of options\n`,
        )
        return 1
      }
    } else if (arg === '-x') {
      begin(reverseName(args[++index] ?? ''))
      queries[queries.length - 1].type = 'PTR'
    } else if (arg === '-t') {
      const type = typeOf(args[++index] ?? '')
      if (queries.length > 0) queries[queries.length - 1].type = type ?? 'A'
      else typed = type
    } else if (arg === '-q') begin(args[++index] ?? '.')
    else if (/^-[bcpkyf]$/.test(arg)) index++
    else if (arg.startsWith('-')) continue
    else if (/^(in|any)$/i.test(arg)) continue
    else if (typeOf(arg) && (queries.length > 0 || index + 1 < args.length)) {
      if (queries.length > 0) queries[queries.length - 1].type = typeOf(arg) ?? 'A'
      else typed = typeOf(arg)
    } else begin(arg)
  }
  // Alone, dig asks for the name servers of the root.
  if (queries.length === 0) queries.push({ ...fresh(common), type: typed ?? 'NS' })
  let code = 0
  for (const [index, query] of queries.entries()) code = Math.max(code, yield* tell(process, query, args, index === 0))
  return code
}

/** Answers whether dig has such an option. */
function plus(query: Query, option: string): boolean {
  const isOn = !option.startsWith('no')
  const name = isOn ? option : option.slice(2)
  if (name === 'all') for (const section of sections) isOn ? query.shown.add(section) : query.shown.delete(section)
  else if ((sections as readonly string[]).includes(name)) isOn ? query.shown.add(name as Section) : query.shown.delete(name as Section)
  else if (name === 'short') query.isShort = isOn
  else if (name === 'search') query.searches = isOn
  else if (name === 'tcp' || name === 'vc') query.isTcp = isOn
  else if (name === 'class' || name === 'cl') query.hasClass = isOn
  else if (name === 'ttlid' || name === 'ttl') query.hasTtl = isOn
  else if (name === 'recurse' || name === 'rec') query.recurses = isOn
  else if (/^(tries|timeout|time)=\d+$/.test(name))
    query[name.startsWith('tries') ? 'tries' : 'seconds'] = Math.max(1, Number(name.replace(/^.*=/, '')))
  else return withoutEffect.test(option)
  return true
}

function* tell(process: Process, query: Query, args: readonly string[], isFirst: boolean): Blocking<number> {
  const { server, type, shown } = query
  const conf = resolvConf(process.files)
  const heading =
    isFirst && shown.has('cmd') && !query.isShort
      ? `\n; <<>> DiG ${version} <<>> ${args.join(' ')}\n${args.some((arg) => arg.startsWith('@')) ? '; (1 server found)\n' : ''};; global options: +cmd\n`
      : ''
  const names = query.searches && !query.name.endsWith('.') ? candidates(query.name, conf) : [query.name.replace(/\.$/, '')]
  let answer: Answer | undefined
  let asked = names[0]
  for (const one of names) {
    asked = one
    answer = server === undefined ? undefined : ask(process, server, one, type)
    if (!answer || answer.records.length > 0) break
  }
  if (!answer || server === undefined) {
    yield* sleep(process, server === undefined ? 0 : query.seconds * query.tries * 1000)
    const told =
      `;; communications error to ${server ?? '127.0.0.1'}#53: ${server === undefined ? 'connection refused' : 'timed out'}\n`.repeat(
        query.tries,
      )
    yield* print(process, `${told}${heading};; no servers could be reached\n${query.isShort ? '' : '\n'}`)
    return 9
  }
  if (query.isShort) {
    yield* print(process, answer.records.map(({ data }) => `${data}\n`).join(''))
    return 0
  }
  const lines = answer.records
    .map((record) =>
      inColumns([
        [`${record.name}.`, 0],
        ...(query.hasTtl ? ([[String(record.ttl), 24]] as const) : []),
        ...(query.hasClass ? ([['IN', 32]] as const) : []),
        [record.type, 40],
        [record.data, 48],
      ]),
    )
    .join('')
  const authoritative = answer.isAuthoritative === true
  const size =
    12 + asked.length + 6 + answer.records.reduce((sum, { data, type: kind }) => sum + (kind === 'A' ? 16 : 14 + data.length), 0) + 11
  let text = heading
  if (shown.has('comments')) {
    text += `;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${answer.code}, id: ${process.kernel.random.below(65_536)}\n;; flags: qr ${authoritative ? 'aa ' : ''}${query.recurses ? 'rd' : ''}${authoritative ? '' : `${query.recurses ? ' ' : ''}ra`}; QUERY: 1, ANSWER: ${answer.records.length}, AUTHORITY: 0, ADDITIONAL: 1\n${authoritative && query.recurses ? ';; WARNING: recursion requested but not available\n' : ''}\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n`
  }
  if (shown.has('question'))
    text += `${shown.has('comments') ? ';; QUESTION SECTION:\n' : ''}${inColumns([
      [`;${asked === '.' ? '' : asked}.`, 0],
      ['IN', 32],
      [type, 40],
    ])}${shown.has('comments') ? '\n' : ''}`
  if (shown.has('answer') && lines !== '')
    text += `${shown.has('comments') ? ';; ANSWER SECTION:\n' : ''}${lines}${shown.has('comments') ? '\n' : ''}`
  if (shown.has('stats'))
    text += `;; Query time: ${process.kernel.random.below(3)} msec\n;; SERVER: ${server}#53(${server}) (${query.isTcp ? 'TCP' : 'UDP'})\n;; WHEN: ${strftime('%a %b %d %H:%M:%S %Z %Y', momentOf(process.now(), zoneOf(process)))}\n;; MSG SIZE  rcvd: ${size}\n`
  yield* print(process, shown.has('stats') || shown.has('comments') ? `${text}\n` : text)
  return 0
}

/** bind sets its columns with tabs; where a cell is too long the next one follows after a space. */
function inColumns(cells: readonly (readonly [text: string, column: number])[]): string {
  let line = ''
  let at = 0
  for (const [text, column] of cells) {
    if (line !== '') {
      const to = at >= column ? at + 1 : column
      const tabs = Math.floor(to / 8) - Math.floor(at / 8)
      line += tabs > 0 ? '\t'.repeat(tabs) + ' '.repeat(to % 8) : ' '.repeat(to - at)
      at = to
    }
    line += text
    at += text.length
  }
  return `${line}\n`
}

const usage = `Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]
Where:  domain	  is in the Domain Name System
        q-class  is one of (in,hs,ch,...) [default: in]
        q-type   is one of (a,any,mx,ns,soa,hinfo,axfr,txt,...) [default:a]
        q-opt    is one of:
                 -q name             (specify query name)
                 -t type             (specify query type)
                 -x dot-notation     (shortcut for reverse lookups)
        d-opt    is of the form +keyword[=value], where keyword is:
                 +[no]all            (Set or clear all display flags)
                 +[no]answer         (Control display of answer section)
                 +[no]search         (Set whether to use searchlist)
                 +[no]short          (Display nothing except short form of answers)
                 +[no]tcp            (TCP mode)
                 +time=###           (Set query timeout) [5]
                 +tries=###          (Set number of UDP attempts) [3]
        global d-opts and servers (before host name) affect all queries.
        local d-opts and servers (after host name) affect only that lookup.
        -h                           (print help and exit)
        -v                           (print version and exit)
`
