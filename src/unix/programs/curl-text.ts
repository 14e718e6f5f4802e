/** What curl says beside the body: `--write-out`, the progress meter, its help; and how it reads addresses. */
import { ByteStream, header, type HttpResponse } from '../../base/http.ts'
import { type Blocking, err, type Process } from '../kernel/process.ts'
import { urlOf } from '../network/fetch.ts'

/** What `--write-out` can tell about a transfer. */
export interface Transferred {
  readonly status: number
  readonly url: string
  readonly startedAt: number
  readonly size: number
  readonly redirects: number
  readonly ip: string
  readonly port: number
  readonly type: string
  readonly code: number
  readonly message: string
  readonly redirectUrl: string
  readonly uploaded: number
  /** Lines of the response's head. */
  readonly head: readonly string[]
  /** Where the body went, when it went to a file. */
  readonly path: string | undefined
  readonly method: string
}

export function writtenOut(
  format: string,
  facts: Transferred,
  now: number,
  { localIp }: { readonly localIp: string },
): { readonly text: string; readonly unknown: readonly string[] } {
  const seconds = (now - facts.startedAt) / 1000
  const isDone = facts.status !== 0
  const total = (seconds + (isDone ? 0.000_6 : 0.000_16)).toFixed(6)
  const code = String(facts.status).padStart(3, '0')
  const effective = /^\w+:\/\//.test(facts.url) ? facts.url : `http://${facts.url}`
  const fields: Readonly<Record<string, string | number>> = {
    content_type: facts.type,
    errormsg: facts.message,
    exitcode: facts.code,
    filename_effective: facts.path ?? '',
    http_code: code,
    http_connect: '000',
    http_version: isDone ? '1.1' : '0',
    local_ip: isDone ? localIp : '',
    local_port: isDone ? 50_000 + (facts.startedAt % 10_000) : 0,
    method: facts.method,
    num_connects: isDone ? 1 : 0,
    num_headers: Math.max(0, facts.head.length - 1),
    num_redirects: facts.redirects,
    proxy_ssl_verify_result: 0,
    redirect_url: facts.redirectUrl,
    referer: '',
    remote_ip: facts.ip,
    remote_port: isDone ? facts.port : 0,
    response_code: code,
    scheme: isDone ? effective.replace(/:.*/s, '').toUpperCase() : '',
    size_download: facts.size,
    size_header: isDone ? facts.head.reduce((sum, line) => sum + line.length + 2, 2) : 0,
    size_request: isDone ? 78 + (urlOf(effective)?.path.length ?? 0) : 0,
    size_upload: facts.uploaded,
    speed_download: isDone ? Math.round(facts.size / Number(total)) : 0,
    speed_upload: isDone ? Math.round(facts.uploaded / Number(total)) : 0,
    ssl_verify_result: 0,
    time_appconnect: isDone && effective.startsWith('https') ? '0.012000' : '0.000000',
    time_connect: isDone ? '0.000180' : '0.000000',
    time_namelookup: '0.000020',
    time_pretransfer: isDone ? '0.000200' : '0.000000',
    time_redirect: '0.000000',
    time_starttransfer: isDone ? total : '0.000000',
    time_total: total,
    url: facts.url,
    url_effective: urlOf(effective)?.path === '/' && !effective.endsWith('/') ? `${effective}/` : effective,
    urlnum: 0,
    certs: '',
    num_certs: 0,
    onerror: '',
    stdout: '',
    stderr: '',
  }
  const unknown: string[] = []
  const text = format
    .replace(/\\n/g, '\n')
    .replace(/\\t/g, '\t')
    .replace(/\\r/g, '\r')
    .replace(/%%|%header\{([^}]*)\}|%\{(\w+)\}/g, (whole, name: string | undefined, variable: string | undefined) => {
      if (whole === '%%') return '%'
      if (name !== undefined) return headersOf(facts.head).get(name.toLowerCase())?.[0] ?? ''
      if (variable === 'header_json')
        return `{${[...headersOf(facts.head)].map(([key, values]) => `${JSON.stringify(key)}:${JSON.stringify(values)}`).join(',\n')}\n}`
      if (variable === 'json') return jsonOf(fields)
      if (variable === undefined || variable in fields) return String(fields[variable ?? ''])
      unknown.push(variable)
      return ''
    })
  return { text, unknown }
}

const noJson = new Set(['onerror', 'stdout', 'stderr'])
const nullable = new Set(['content_type', 'errormsg', 'filename_effective', 'redirect_url', 'referer', 'scheme'])

/** Numbers are told as numbers, times with six digits, and what is not known as null. */
function jsonOf(fields: Readonly<Record<string, string | number>>): string {
  const shown = Object.entries({ ...fields, ftp_entry_path: '' })
    .filter(([name]) => !noJson.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const text = /^(?:http_code|http_connect|response_code)$/.test(name)
        ? String(Number(value))
        : name.startsWith('time_') || typeof value === 'number'
          ? String(value)
          : (nullable.has(name) || name === 'ftp_entry_path') && value === ''
            ? 'null'
            : JSON.stringify(value)
      return `"${name}":${text}`
    })
  return `{${shown.join(',')},"curl_version":"libcurl/7.88.1 OpenSSL/3.0.17 zlib/1.2.13"}`
}

function headersOf(head: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const line of head.slice(1)) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    found.set(name, [...(found.get(name) ?? []), line.slice(colon + 1).trim()])
  }
  return found
}

/** A warning in rows of at most 79 columns; the blank before a break stays. */
export function warning(text: string): string {
  const prefix = 'Warning: '
  const width = 79 - prefix.length
  if (text.length < width) return `${prefix}${text}\n`
  const blank = text.lastIndexOf(' ', width - 1)
  const cut = blank > 0 ? blank + 1 : width
  return `${prefix}${text.slice(0, cut)}\n${warning(text.slice(cut))}`
}

/** Where a `Location` leads, seen from the address that sent it. */
export function absolute(target: string, from: string): string {
  if (/^\w+:\/\//.test(target)) return target
  const parsed = urlOf(from)
  if (!parsed) return target
  const base = `${parsed.scheme}://${parsed.host}${/:\d+(?=\/|$)/.test(from.replace(/^\w+:\/\//, '')) ? `:${parsed.port}` : ''}`
  return target.startsWith('/') ? base + target : `${base}${parsed.path.replace(/[^/]*$/, '')}${target}`
}

/** The type that `-F` gives a file for its name. */
export function typeOfName(path: string): string {
  const types: Readonly<Record<string, string>> = {
    gif: 'image/gif',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    png: 'image/png',
    svg: 'image/svg+xml',
    txt: 'text/plain',
    htm: 'text/html',
    html: 'text/html',
    pdf: 'application/pdf',
    xml: 'application/xml',
  }
  return types[/\.(\w+)$/.exec(path)?.[1].toLowerCase() ?? ''] ?? 'application/octet-stream'
}

/** The progress meter: shown when the body goes anywhere but to the terminal. */
export class Meter {
  readonly #process: Process
  readonly #isShown: boolean
  #isOpen = false
  #expected = 0

  constructor(process: Process, isShown: boolean) {
    this.#process = process
    this.#isShown = isShown
  }

  /** Told how much would have come. */
  expect({ headers, body }: HttpResponse): void {
    this.#expected = Number(header(headers, 'content-length') ?? (body instanceof ByteStream ? 0 : body.length))
  }

  *start(): Blocking<void> {
    if (!this.#isShown) return
    this.#isOpen = true
    yield* err(
      this.#process,
      '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n',
    )
    yield* err(this.#process, '\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0')
  }

  *finish(size: number, ms: number, uploaded: number): Blocking<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    const seconds = Math.max(ms, 1) / 1000
    const spent =
      ms >= 1000
        ? `${String(Math.floor(ms / 3_600_000)).padStart(2)}:${String(Math.floor(ms / 60_000) % 60).padStart(2, '0')}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`
        : '--:--:--'
    const speed = speedText(size / seconds)
    yield* err(
      this.#process,
      `\r100 ${speedText(size + uploaded)}  100 ${speedText(size)}  ${uploaded > 0 ? '100' : '  0'} ${speedText(uploaded)}  ${speed.padStart(5)}  ${speedText(uploaded / seconds)} ${spent} ${spent} --:--:-- ${speed}\n`,
    )
  }

  *stop(): Blocking<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    yield* err(this.#process, `\r  0 ${speedText(this.#expected)}    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n`)
  }
}

/** Five letters, as curl squeezes a number of bytes. */
function speedText(bytes: number): string {
  const number = Math.floor(bytes)
  if (number < 100_000) return String(number).padStart(5)
  if (number < 10_240_000) return `${String(Math.floor(number / 1024)).padStart(4)}k`
  if (number < 104_857_600) return `${String(Math.floor(number / 1_048_576)).padStart(2)}.${Math.floor((number % 1_048_576) / 104_858)}M`
  return `${String(Math.floor(number / 1_048_576)).padStart(4)}M`
}

/** `{a,b}` and `[1-3]` in URLs; an IPv6 address in brackets is no range. */
export function expanded(url: string): string[] {
  const set = /\{([^{}]*)\}/.exec(url)
  if (set) return set[1].split(',').flatMap((one) => expanded(url.slice(0, set.index) + one + url.slice(set.index + set[0].length)))
  const range = /\[(\d+)-(\d+)(?::(\d+))?\]/.exec(url)
  if (!range) return [url]
  const result: string[] = []
  for (let number = Number(range[1]); number <= Number(range[2]); number += Number(range[3] ?? 1)) {
    result.push(
      ...expanded(
        url.slice(0, range.index) +
          String(number).padStart(range[1].startsWith('0') ? range[1].length : 0, '0') +
          url.slice(range.index + range[0].length),
      ),
    )
  }
  return result
}

export const certificateHelp = `More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above.
`

export const help = `Usage: curl [options...] <url>
 -d, --data <data>          HTTP POST data
 -f, --fail                 Fail fast with no output on HTTP errors
 -h, --help <category>      Get help for commands
 -i, --include              Include protocol response headers in the output
 -o, --output <file>        Write to file instead of stdout
 -O, --remote-name          Write output to a file named as the remote file
 -s, --silent               Silent mode
 -T, --upload-file <file>   Transfer local FILE to destination
 -u, --user <user:password> Server user and password
 -A, --user-agent <name>    Send User-Agent <name> to server
 -v, --verbose              Make the operation more talkative
 -V, --version              Show version number and quit

This is not the full help, this menu is stripped into categories.
Use "--help category" to get an overview of all categories.
For all options use the manual or "--help all".
`
