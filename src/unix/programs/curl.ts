/**
 * curl 7.88. It asks through the network as data, so TLS is not spoken: `https` to a private name or address is refused without -k or --cacert as
 * an unknown issuer would be, and other certificates are taken as good.
 */
import { base64Of, bytesOf, joined, noBytes } from '../../base/bytes.ts'
import { ByteStream, header, type HttpRequest, type HttpResponse } from '../../base/http.ts'
import { UnixError } from '../errors.ts'
import { type Blocking, err, type Process, type Program, sleep, writeTo } from '../kernel/process.ts'
import { fetch, nextOf, urlOf } from '../network/fetch.ts'
import { addressesOf } from '../network/names.ts'
import { absolute, certificateHelp, expanded, help, Meter, type Transferred, typeOfName, warning, writtenOut } from './curl-text.ts'
import { headerName } from '../network/http-names.ts'
import { headLines, isPrivateHost } from './http-text.ts'
import { count, type Flags, flag, list, parseOptions, UsageError, value } from './options.ts'
import { bytesOfString, openInput, openOutput, print, stringOf, wholeInput } from './text.ts'
import { isTerminal } from './tool.ts'

const table = {
  agent: value('A|user-agent', '<name>'),
  cookie: list('b|cookie', '<data>'),
  cookieJar: value('c|cookie-jar', '<file>'),
  data: list('d|data|data-ascii', '<data>', 'HTTP POST data'),
  dataRaw: list('data-raw', '<data>'),
  dataBinary: list('data-binary', '<data>'),
  dataUrlencode: list('data-urlencode', '<data>'),
  json: list('json', '<data>'),
  dumpHeader: value('D|dump-header', '<file>'),
  referer: value('e|referer', '<url>'),
  fail: flag('f|fail', 'Fail fast with no output on HTTP errors'),
  failWithBody: flag('fail-with-body'),
  form: list('F|form', '<name=content>'),
  get: flag('G|get'),
  globoff: flag('g|globoff'),
  head: flag('I|head', 'Show document info only'),
  headers: list('H|header', '<header>'),
  help: flag('h|help', 'Get help for commands'),
  include: flag('i|include', 'Include protocol response headers in the output'),
  insecure: flag('k|insecure'),
  location: flag('L|location'),
  locationTrusted: flag('location-trusted'),
  maxTime: value('m|max-time', '<seconds>'),
  maxRedirs: value('max-redirs', '<num>'),
  connectTimeout: value('connect-timeout', '<seconds>'),
  noBuffer: flag('N|no-buffer'),
  output: list('o|output', '<file>', 'Write to file instead of stdout'),
  remoteName: count('O|remote-name', 'Write output to a file named as the remote file'),
  remoteHeaderName: flag('J|remote-header-name'),
  createDirs: flag('create-dirs'),
  outputDir: value('output-dir', '<dir>'),
  request: value('X|request', '<method>'),
  range: value('r|range', '<range>'),
  retry: value('retry', '<num>'),
  retryDelay: value('retry-delay', '<seconds>'),
  retryConnrefused: flag('retry-connrefused'),
  retryAllErrors: flag('retry-all-errors'),
  retryMaxTime: value('retry-max-time', '<seconds>'),
  resolve: list('resolve', '<host:port:addr>'),
  silent: flag('s|silent', 'Silent mode'),
  showError: flag('S|show-error'),
  upload: value('T|upload-file', '<file>', 'Transfer local FILE to destination'),
  user: value('u|user', '<user:password>', 'Server user and password'),
  oauth: value('oauth2-bearer', '<token>'),
  unixSocket: value('unix-socket', '<path>'),
  url: list('url', '<url>'),
  verbose: flag('v|verbose', 'Make the operation more talkative'),
  version: flag('V|version', 'Show version number and quit'),
  writeOut: value('w|write-out', '<format>'),
  cacert: value('cacert', '<file>'),
  capath: value('capath', '<dir>'),
  cert: value('E|cert', '<certificate>'),
  key: value('key', '<key>'),
  certType: value('cert-type', '<type>'),
  pass: value('pass', '<phrase>'),
  compressed: flag('compressed'),
  http10: flag('0|http1.0'),
  http11: flag('http1.1'),
  http2: flag('http2'),
  http2Prior: flag('http2-prior-knowledge'),
  ipv4: flag('4|ipv4'),
  ipv6: flag('6|ipv6'),
  progressBar: flag('#|progress-bar'),
  noProgress: flag('no-progress-meter'),
  proto: value('proto', '<protocols>'),
  tls: flag('1|tlsv1'),
  tls10: flag('tlsv1.0'),
  tls11: flag('tlsv1.1'),
  tls12: flag('tlsv1.2'),
  tls13: flag('tlsv1.3'),
  tlsMax: value('tls-max', '<version>'),
  ciphers: value('ciphers', '<list>'),
  tls13Ciphers: value('tls13-ciphers', '<list>'),
  remoteTime: flag('R|remote-time'),
  noKeepalive: flag('no-keepalive'),
  interface: value('interface', '<name>'),
  proxy: value('x|proxy', '<proxy>'),
  noproxy: value('noproxy', '<list>'),
  anyauth: flag('anyauth'),
  basic: flag('basic'),
  digest: flag('digest'),
  parallel: flag('Z|parallel'),
  trace: value('trace', '<file>'),
  traceAscii: value('trace-ascii', '<file>'),
  limitRate: value('limit-rate', '<speed>'),
  keepaliveTime: value('keepalive-time', '<seconds>'),
  pathAsIs: flag('path-as-is'),
  disable: flag('q|disable'),
  noCompressed: flag('no-compressed'),
  continueAt: value('C|continue-at', '<offset>'),
  stderr: value('stderr', '<file>'),
  connectTo: list('connect-to', '<HOST1:PORT1:HOST2:PORT2>'),
  speedTime: value('y|speed-time', '<seconds>'),
  speedLimit: value('Y|speed-limit', '<speed>'),
  tcpNodelay: flag('tcp-nodelay'),
  haproxy: flag('haproxy-protocol'),
  post301: flag('post301'),
  post302: flag('post302'),
  ntlm: flag('ntlm'),
  negotiate: flag('negotiate'),
}

const hint = "curl: try 'curl --help' or 'curl --manual' for more information\n"

/** Options that want a number, as they can be spelled. */
const numeric = [
  ['maxTime', ['-m', '--max-time']],
  ['connectTimeout', ['--connect-timeout']],
  ['retry', ['--retry']],
  ['retryDelay', ['--retry-delay']],
  ['maxRedirs', ['--max-redirs']],
] as const

type CurlFlags = Flags<typeof table>

class CurlError extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

export const curl: Program = function* (process) {
  let parsed: ReturnType<typeof parseOptions<typeof table>>
  try {
    parsed = parseOptions(table, process.argv.slice(1))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const unknown = /(?:invalid option -- '(.)'|unrecognized option '(--[^']+)')/.exec(error.message)
    const wanting = /requires an argument(?: -- '(.)')?|option '(--[^']+)' requires/.exec(error.message)
    yield* err(
      process,
      `curl: option ${unknown ? `${unknown[2] ?? `-${unknown[1]}`}: is unknown` : `${wanting?.[1] ? `-${wanting[1]}` : (/'(--[^']+)'/.exec(error.message)?.[1] ?? '')}: requires parameter`}\n${hint}`,
    )
    return 2
  }
  const { flags, operands } = parsed
  for (const [key, name] of numeric) {
    const given = parsed.given.find((one) => one.key === key && !/^\d*\.?\d+$/.test(one.value ?? ''))
    if (!given) continue
    const typed = process.argv.find((arg) => name.some((one) => arg === one || arg.startsWith(`${one}=`))) ?? name[0]
    yield* err(process, `curl: option ${typed}: expected a proper numerical parameter\n${hint}`)
    return 2
  }
  if (flags.help) {
    yield* print(process, help)
    return 0
  }
  if (flags.version) {
    yield* print(
      process,
      'curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1 OpenSSL/3.0.17 zlib/1.2.13\nRelease-Date: 2023-02-20, security patched: 7.88.1-10+deb12u14\nProtocols: http https\nFeatures: HTTPS-proxy IPv6 SSL UnixSockets\n',
    )
    return 0
  }
  const urls = [...flags.url, ...operands].flatMap((url) => (flags.globoff ? [url] : expanded(url)))
  if (urls.length === 0) {
    yield* err(process, `${process.argv.length > 1 ? 'curl: no URL specified!\n' : ''}${hint}`)
    return 2
  }
  let code = 0
  const transfer = new Transfer(process, flags)
  for (const [index, url] of urls.entries()) code = yield* transfer.run(url, index)
  return code
}

/** One curl run: its options, and how many connections it has opened. */
class Transfer {
  readonly process: Process
  readonly flags: CurlFlags
  #connections = 0
  /** Of the last connection. */
  #ip = ''
  #lastTarget = ''

  constructor(process: Process, flags: CurlFlags) {
    this.process = process
    this.flags = flags
  }

  *run(text: string, index: number): Blocking<number> {
    const { process, flags } = this
    const attempts = Number(flags.retry ?? 0)
    let delay = flags.retryDelay === undefined ? 1000 : Number(flags.retryDelay) * 1000
    for (let attempt = 0; ; attempt++) {
      const meter = new Meter(process, !flags.silent && !flags.noProgress && !flags.progressBar)
      try {
        return yield* this.#once(text, index, meter, attempt < attempts)
      } catch (error) {
        if (!(error instanceof CurlError)) throw error
        yield* meter.stop()
        const isTransient =
          error.code === 28 ||
          (error.code === 22 && /error: (408|429|5\d\d)$/.test(error.message)) ||
          (error.code === 7 && flags.retryConnrefused) ||
          flags.retryAllErrors ||
          error.code === -1
        if (isTransient && attempt < attempts) {
          if (error.code !== -1 && (!flags.silent || flags.showError)) yield* err(process, `curl: (${error.code}) ${error.message}\n`)
          if (!flags.silent)
            yield* err(
              process,
              warning(
                `Problem : ${error.code === 28 ? 'timeout' : error.code === 7 ? 'connection refused' : 'HTTP error'}. Will retry in ${Math.round(delay / 1000)} seconds. ${attempts - attempt} retries left.`,
              ),
            )
          yield* sleep(process, delay)
          if (flags.retryDelay === undefined) delay = Math.min(delay * 2, 600_000)
          continue
        }
        if (!flags.silent || flags.showError)
          yield* err(process, `curl: (${error.code}) ${error.message}\n${error.code === 60 ? certificateHelp : ''}`)
        if (flags.writeOut !== undefined)
          yield* this.#writeOut(flags.writeOut, {
            status: 0,
            url: text,
            startedAt: process.now(),
            size: 0,
            redirects: 0,
            ip: '',
            port: 0,
            type: '',
            code: error.code,
            message: error.message,
            redirectUrl: '',
            uploaded: 0,
            head: [],
            path: this.#pathOf(text, index),
            method: 'GET',
          })
        return error.code
      }
    }
  }

  *#once(text: string, index: number, meter: Meter, willRetry: boolean): Blocking<number> {
    const { process, flags } = this
    const startedAt = process.now()
    const body = yield* this.#body()
    let method = flags.request ?? (flags.head ? 'HEAD' : flags.upload !== undefined ? 'PUT' : body && !flags.get ? 'POST' : 'GET')
    let url = text
    if (flags.get && body) url += (url.includes('?') ? '&' : '?') + stringOf(body.bytes)
    let sending = flags.get ? undefined : body
    const path = yield* this.#outputPath(text, index)
    const toTerminal = path === undefined && isTerminal(process, 1)
    if (!toTerminal) yield* meter.start()
    let redirects = 0
    for (;;) {
      const parsed = urlOf(url)
      if (!parsed || /\s/.test(parsed.host) || /^\w+:\/\/(?:[/?#]|$)/.test(url))
        throw new CurlError(3, 'URL using bad/illegal format or missing URL')
      if (parsed.scheme !== 'http' && parsed.scheme !== 'https')
        throw new CurlError(1, `Protocol "${parsed.scheme}" not supported or disabled in libcurl`)
      const response = yield* this.#ask({ parsed, method, sending, startedAt, redirects })
      if (response.status === 0) {
        yield* this.#note(`* Empty reply from server\n* Closing connection ${this.#connections - 1}\n`)
        throw new CurlError(52, 'Empty reply from server')
      }
      const head = headLines(response, process.now())
      yield* this.#note(head.map((line) => `< ${line}\r\n`).join('') + '< \r\n')
      const target = header(response.headers, 'location')
      if (
        (flags.location || flags.locationTrusted) &&
        target !== undefined &&
        response.status >= 300 &&
        response.status < 400 &&
        response.status !== 304
      ) {
        if (redirects >= Number(flags.maxRedirs ?? 50)) throw new CurlError(47, `Maximum (${flags.maxRedirs ?? 50}) redirects followed`)
        redirects++
        if (flags.include || flags.head) yield* this.#write(path, bytesOfString(`${head.join('\r\n')}\r\n\r\n`), redirects > 1)
        url = absolute(target, url)
        if (method === 'POST' && response.status < 307) {
          method = flags.request ?? 'GET'
          sending = undefined
        }
        const ignored = response.body instanceof ByteStream ? 0 : response.body.length
        yield* this.#note(
          `${ignored > 0 && method !== 'HEAD' ? `* Ignoring the response-body\n${toTerminal ? '' : `{ [${ignored} bytes data]\n`}` : ''}* Connection #${this.#connections - 1} to host ${parsed.host} left intact\n* Issue another request to this URL: '${url}'\n`,
        )
        continue
      }
      if (response.status >= 400 && flags.fail) {
        meter.expect(response)
        throw new CurlError(22, `The requested URL returned error: ${response.status}`)
      }
      let written = 0
      if (flags.dumpHeader !== undefined)
        yield* this.#write(flags.dumpHeader === '-' ? undefined : flags.dumpHeader, bytesOfString(`${head.join('\r\n')}\r\n\r\n`), false)
      const descriptor = this.#opened(path, redirects > 0 && (flags.include || flags.head))
      if (flags.include || flags.head) yield* writeTo(process, descriptor, bytesOfString(`${head.join('\r\n')}\r\n\r\n`))
      const until = flags.maxTime === undefined ? undefined : startedAt + Number(flags.maxTime) * 1000
      if (method !== 'HEAD') {
        const whole =
          response.body instanceof ByteStream ? undefined : typeof response.body === 'string' ? bytesOf(response.body) : response.body
        if (whole) {
          if (flags.verbose && !toTerminal && whole.length > 0) yield* this.#note(`{ [${whole.length} bytes data]\n`)
          yield* writeTo(process, descriptor, whole)
          written = whole.length
        } else {
          try {
            for (;;) {
              const chunk = yield* nextOf(response.body as ByteStream, process, until)
              if (!chunk) break
              written += chunk.length
              yield* writeTo(process, descriptor, chunk)
            }
          } catch (error) {
            if (!(error instanceof UnixError) || error.errno !== 'ETIMEDOUT') throw error
            throw new CurlError(
              28,
              `Operation timed out after ${Math.round(process.now() - startedAt)} milliseconds with ${written} bytes received`,
            )
          } finally {
            if (response.body instanceof ByteStream) response.body.cancel()
          }
        }
      }
      if (descriptor !== 1) process.close(descriptor)
      if (method === 'HEAD') {
        meter.expect(response)
        yield* meter.stop()
      } else yield* meter.finish(written, process.now() - startedAt, sending?.bytes.length ?? 0)
      if (willRetry && [408, 429, 500, 502, 503, 504].includes(response.status)) throw new CurlError(-1, `HTTP error ${response.status}`)
      yield* this.#note(`* Connection #${this.#connections - 1} to host ${parsed.host} left intact\n`)
      if (flags.writeOut !== undefined) {
        const type = header(response.headers, 'content-type') ?? ''
        yield* this.#writeOut(flags.writeOut, {
          status: response.status,
          url,
          startedAt,
          size: written,
          redirects,
          ip: this.#ip,
          port: parsed.port,
          type,
          code: 0,
          message: '',
          redirectUrl: target === undefined ? '' : absolute(target, url),
          uploaded: sending?.bytes.length ?? 0,
          head,
          path,
          method,
        })
      }
      if (response.status >= 400 && flags.failWithBody) {
        if (!flags.silent || flags.showError) yield* err(process, `curl: (22) The requested URL returned error: ${response.status}\n`)
        return 22
      }
      return 0
    }
  }

  *#ask({
    parsed,
    method,
    sending,
    startedAt,
    redirects,
  }: {
    parsed: NonNullable<ReturnType<typeof urlOf>>
    method: string
    sending: { bytes: Uint8Array; type: string | undefined } | undefined
    startedAt: number
    redirects: number
  }): Blocking<HttpResponse> {
    const { process, flags } = this
    const isStandard = parsed.port === (parsed.scheme === 'https' ? 443 : 80)
    const shownHost = parsed.host.includes(':') ? `[${parsed.host}]` : parsed.host
    const headers: Record<string, string> = { host: isStandard ? shownHost : `${shownHost}:${parsed.port}` }
    const credentials = flags.user ?? parsed.user
    if (credentials !== undefined && (redirects === 0 || flags.locationTrusted))
      headers.authorization = `Basic ${base64Of(bytesOf(credentials))}`
    if (flags.oauth !== undefined) headers.authorization = `Bearer ${flags.oauth}`
    headers['user-agent'] = flags.agent ?? 'curl/7.88.1'
    headers.accept = '*/*'
    if (flags.compressed) headers['accept-encoding'] = 'deflate, gzip, br, zstd'
    if (flags.referer !== undefined) headers.referer = flags.referer
    if (flags.range !== undefined) headers.range = `bytes=${flags.range}`
    if (flags.cookie.length > 0) headers.cookie = flags.cookie.join('; ')
    if (sending) {
      headers['content-length'] = String(sending.bytes.length)
      if (sending.type !== undefined) headers['content-type'] = sending.type
      if (flags.json.length > 0) headers.accept = 'application/json'
    }
    const spelled = new Map<string, string>()
    for (const line of flags.headers) {
      const match = /^([^:;]+)([:;])\s*(.*)$/s.exec(line)
      if (!match) continue
      const name = match[1].trim().toLowerCase()
      spelled.set(name, match[1].trim())
      if (match[2] === ':' && match[3] === '') delete headers[name]
      else headers[name] = match[3]
    }
    const shown = parsed.scheme === 'https' ? clientCertificate(process, flags) : undefined
    // What a handshake would have shown travels beside what -v prints.
    const sent = shown === undefined ? headers : { ...headers, 'x-client-certificate': shown }
    const request: HttpRequest = { method, url: parsed.path, headers: sent, body: sending?.bytes ?? noBytes }
    const fixed = flags.resolve
      .map((entry) => /^\+?([^:]+):(\d+|\*):(.+)$/.exec(entry))
      .find((match) => match && match[1] === parsed.host && (match[2] === '*' || Number(match[2]) === parsed.port))
    const moved = flags.connectTo
      .map((entry) => entry.split(':'))
      .find(([host, port]) => (host === '' || host === parsed.host) && (port === '' || Number(port) === parsed.port))
    const address = moved?.[2] || (fixed ? fixed[3].replace(/^\[|\]$/g, '') : parsed.host)
    const port = Number(moved?.[3]) || parsed.port
    const target =
      flags.unixSocket !== undefined
        ? { socketPath: flags.unixSocket }
        : `${parsed.scheme}://${address.includes(':') ? `[${address}]` : address}:${port}${parsed.path}`
    const timeoutMs = flags.maxTime === undefined ? undefined : Math.max(0, Number(flags.maxTime) * 1000 - (process.now() - startedAt))
    const connectTimeoutMs = flags.connectTimeout === undefined ? undefined : Number(flags.connectTimeout) * 1000
    try {
      if (flags.cacert !== undefined && !process.files.exists(process.path(flags.cacert)))
        throw new CurlError(77, `error setting certificate file: ${flags.cacert}`)
      this.#ip = /^[\d.]+$/.test(address) ? address : this.#known(address)
      const isReused = this.#lastTarget === `${parsed.host}:${port}`
      this.#lastTarget = `${parsed.host}:${port}`
      if (isReused)
        yield* this.#note(
          `* Found bundle for host: 0x55${process.kernel.random.hex(10)} [serially]\n* Can not multiplex, even if we wanted to\n* Re-using existing connection #${this.#connections - 1} with host ${parsed.host}\n`,
        )
      else
        yield* this.#note(
          flags.unixSocket !== undefined
            ? `*   Trying ${flags.unixSocket}:0...\n`
            : `*   Trying ${this.#ip.includes(':') ? `[${this.#ip}]` : this.#ip}:${parsed.port}...\n`,
        )
      // The certificate is looked at before anything is sent; a port nobody listens on refuses first.
      if (
        parsed.scheme === 'https' &&
        !flags.insecure &&
        flags.cacert === undefined &&
        flags.unixSocket === undefined &&
        isPrivateHost(parsed.host)
      ) {
        yield* fetch(process, target, { ...request, method: 'OPTIONS', url: '/', body: noBytes }, { timeoutMs, connectTimeoutMs })
        throw new CurlError(60, 'SSL certificate problem: unable to get local issuer certificate')
      }
      const asked = yield* fetch(process, target, request, { timeoutMs, connectTimeoutMs })
      const number = isReused ? this.#connections - 1 : this.#connections++
      if (!isReused)
        yield* this.#note(
          `* Connected to ${flags.unixSocket !== undefined ? `localhost (${flags.unixSocket})` : `${parsed.host} (${this.#ip})`} port ${flags.unixSocket === undefined ? parsed.port : 0} (#${number})\n`,
        )
      if (parsed.scheme === 'https' && !isReused)
        yield* this.#note(
          '* ALPN: offers h2,http/1.1\n* TLSv1.3 (OUT), TLS handshake, Client hello (1):\n* TLSv1.3 (IN), TLS handshake, Server hello (2):\n* TLSv1.3 (IN), TLS handshake, Finished (20):\n* TLSv1.3 (OUT), TLS handshake, Finished (20):\n* SSL connection using TLSv1.3 / TLS_AES_128_GCM_SHA256\n',
        )
      if (credentials !== undefined) yield* this.#note(`* Server auth using Basic with user '${credentials.split(':')[0]}'\n`)
      yield* this.#note(
        `> ${method} ${parsed.path} HTTP/1.1\r\n${Object.entries(headers)
          .map(([name, text]) => `> ${spelled.get(name) ?? headerName(name)}: ${text}\r\n`)
          .join('')}> \r\n`,
      )
      if (sending && sending.bytes.length > 0 && !isTerminal(process, 1)) yield* this.#note(`} [${sending.bytes.length} bytes data]\n`)
      return asked
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      const after = Math.round(process.now() - startedAt)
      switch (error.errno) {
        case 'ENOTFOUND':
        case 'EAGAIN':
          yield* this.#note(`* Could not resolve host: ${parsed.host}\n* Closing connection 0\n`)
          throw new CurlError(6, `Could not resolve host: ${parsed.host}`)
        case 'ETIMEDOUT':
          // The name never became an address.
          if (this.#ip === address && !/^[\d.]+$|:/.test(address))
            throw new CurlError(28, `Resolving timed out after ${after} milliseconds`)
          if (timeoutMs !== undefined && process.now() - startedAt >= Number(flags.maxTime) * 1000 - 1)
            throw new CurlError(
              28,
              `${this.#isConnectable(target) ? 'Operation timed out' : 'Connection timed out'} after ${after} milliseconds${this.#isConnectable(target) ? ' with 0 bytes received' : ''}`,
            )
          if (connectTimeoutMs !== undefined)
            throw new CurlError(28, `Failed to connect to ${parsed.host} port ${parsed.port} after ${after} ms: Timeout was reached`)
          throw new CurlError(28, `Failed to connect to ${parsed.host} port ${parsed.port} after ${after} ms: Couldn't connect to server`)
        case 'ECONNRESET':
          throw new CurlError(56, 'Recv failure: Connection reset by peer')
        case 'ENOTCONN':
        case 'EPIPE':
          throw new CurlError(52, 'Empty reply from server')
        default:
          yield* this.#note(
            `* connect to ${this.#ip} port ${parsed.port} failed: ${error.words}\n${this.#hasSecondAddress(parsed.host) ? `*   Trying [::1]:${parsed.port}...\n* connect to ::1 port ${parsed.port} failed: ${error.words}\n` : ''}* Failed to connect to ${parsed.host} port ${parsed.port} after ${after} ms: Couldn't connect to server\n* Closing connection 0\n`,
          )
          throw new CurlError(7, `Failed to connect to ${parsed.host} port ${parsed.port} after ${after} ms: Couldn't connect to server`)
      }
    }
  }

  /** Whether something listens there: then it was the answer that did not come. */
  #isConnectable(target: unknown): boolean {
    const url = typeof target === 'string' ? urlOf(target) : undefined
    if (!url) return true
    try {
      const connection = this.process.net.connect({ ip: /^[\d.]+$/.test(url.host) ? url.host : this.#known(url.host), port: url.port })
      connection.outgoing.end()
      connection.incoming.cancel()
      return true
    } catch (error) {
      if (error instanceof UnixError) return false
      throw error
    }
  }

  /** `localhost` is looked for under both of its addresses. */
  #hasSecondAddress(host: string): boolean {
    const { files } = this.process
    return host === 'localhost' && files.exists('/etc/hosts') && /^::1\s.*\blocalhost\b/m.test(files.readText('/etc/hosts'))
  }

  #known(host: string): string {
    if (host === 'localhost') return '127.0.0.1'
    try {
      return addresses(this.process, host)[0] ?? host
    } catch (error) {
      if (error instanceof UnixError) return host
      throw error
    }
  }

  *#body(): Blocking<{ bytes: Uint8Array; type: string | undefined } | undefined> {
    const { process, flags } = this
    if (flags.upload !== undefined && flags.upload !== '-' && flags.upload !== '.' && !process.files.exists(process.path(flags.upload)))
      yield* err(process, `curl: Can't open '${flags.upload}'!\n${hint}`)
    if (flags.upload !== undefined)
      return { bytes: yield* wholeInput(process, this.#readable(flags.upload === '.' ? '-' : flags.upload)), type: undefined }
    if (flags.form.length > 0) return yield* this.#multipart()
    const parts: Uint8Array[] = []
    const add = (bytes: Uint8Array): void => {
      if (parts.length > 0 && flags.json.length === 0) parts.push(bytesOf('&'))
      parts.push(bytes)
    }
    for (const [texts, keepsLines] of [
      [flags.data, false],
      [flags.dataBinary, true],
      [flags.json, true],
    ] as const) {
      for (const text of texts) {
        if (!text.startsWith('@')) {
          add(bytesOfString(text))
          continue
        }
        const content = yield* this.#contentFor(text.slice(1))
        add(keepsLines ? content : content.filter((byte) => byte !== 10 && byte !== 13))
      }
    }
    for (const text of flags.dataRaw) add(bytesOfString(text))
    for (const text of flags.dataUrlencode) {
      const match = /^([^=@]*)([=@])(.*)$/s.exec(text)
      const content = match?.[2] === '@' ? stringOf(yield* wholeInput(process, this.#readable(match[3]))) : match ? match[3] : text
      add(
        bytesOf(
          (match && match[1] !== '' ? `${match[1]}=` : '') +
            encodeURIComponent(content)
              .replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
              .replaceAll('%20', '+'),
        ),
      )
    }
    if (parts.length === 0) return undefined
    return { bytes: joined(parts), type: flags.json.length > 0 ? 'application/json' : 'application/x-www-form-urlencoded' }
  }

  *#multipart(): Blocking<{ bytes: Uint8Array; type: string }> {
    const { process, flags } = this
    const boundary = `------------------------${process.kernel.random.hex(16)}`
    const parts: Uint8Array[] = []
    for (const field of flags.form) {
      const [, name, content] = /^([^=]*)=(.*)$/s.exec(field) ?? [undefined, field, '']
      const isFile = content.startsWith('@')
      const path = content.slice(1).split(';')[0]
      const extra = isFile
        ? `; filename="${path.slice(path.lastIndexOf('/') + 1)}"\r\nContent-Type: ${/;type=([^;]+)/.exec(content)?.[1] ?? typeOfName(path)}`
        : ''
      parts.push(bytesOf(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${extra}\r\n\r\n`))
      parts.push(
        isFile || content.startsWith('<') ? yield* wholeInput(process, this.#readable(path)) : bytesOfString(content),
        bytesOf('\r\n'),
      )
    }
    parts.push(bytesOf(`--${boundary}--\r\n`))
    return { bytes: joined(parts), type: `multipart/form-data; boundary=${boundary}` }
  }

  /** A file behind `@`; what cannot be read makes an empty post. */
  *#contentFor(path: string): Blocking<Uint8Array> {
    try {
      return yield* wholeInput(this.process, openInput(this.process, path))
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      if (!this.flags.silent) yield* err(this.process, warning(`Couldn't read data from file "${path}", this makes an empty POST.`))
      return noBytes
    }
  }

  #readable(path: string): number {
    try {
      return openInput(this.process, path)
    } catch (error) {
      if (error instanceof UnixError) throw new CurlError(26, `Failed to open/read local data from file/application`)
      throw error
    }
  }

  *#outputPath(url: string, index: number): Blocking<string | undefined> {
    const path = this.#pathOf(url, index)
    if (path !== undefined && path.endsWith('/')) {
      if (!this.flags.silent) yield* err(this.process, 'curl: Remote file name has no length!\n')
      throw new CurlError(23, 'Failed writing received data to disk/application')
    }
    return path
  }

  /** Where the body goes; ends in a slash when the address has no name to give. */
  #pathOf(url: string, index: number): string | undefined {
    const { flags } = this
    const folder = flags.outputDir === undefined ? '' : `${flags.outputDir}/`
    const given = flags.output[index]
    if (given !== undefined) return given === '-' ? undefined : folder + given
    if (flags.remoteName === 0) return undefined
    const name = (urlOf(url)?.path ?? '').replace(/\?.*$/, '').replace(/.*\//, '')
    return name === '' ? '/' : folder + name
  }

  #opened(path: string | undefined, append: boolean): number {
    if (path === undefined) return 1
    try {
      return openOutput(this.process, path, { append })
    } catch (error) {
      if (error instanceof UnixError) throw new CurlError(23, 'Failure writing output to destination')
      throw error
    }
  }

  *#write(path: string | undefined, bytes: Uint8Array, append: boolean): Blocking<void> {
    const descriptor = this.#opened(path, append)
    yield* writeTo(this.process, descriptor, bytes)
    if (descriptor !== 1) this.process.close(descriptor)
  }

  *#note(text: string): Blocking<void> {
    if (this.flags.verbose) yield* err(this.process, bytesOfString(text))
  }

  *#writeOut(format: string, facts: Transferred): Blocking<void> {
    const { text, unknown } = writtenOut(format, facts, this.process.now(), { localIp: this.process.net.interfaces[0]?.ip ?? '127.0.0.1' })
    yield* print(this.process, text)
    for (const name of unknown) yield* err(this.process, `curl: unknown --write-out variable: '${name}'\n`)
  }
}

function addresses(process: Process, host: string): readonly string[] {
  return process.net.resolver?.(host) ?? addressesOf(process.net, process.files, host) ?? []
}

/** The certificate that the client shows, as base64 of PEM; its key must lie beside it or be named. */
function clientCertificate(process: Process, flags: CurlFlags): string | undefined {
  if (flags.cert === undefined) return undefined
  const path = flags.cert.replace(/:[^:/]*$/, '')
  const textAt = (name: string): string | undefined =>
    process.files.exists(process.path(name)) ? process.files.readText(process.path(name)) : undefined
  const text = textAt(path)
  if (!text?.includes('-----BEGIN CERTIFICATE-----')) {
    const reason = text === undefined ? '80000002:system library::No such file or directory' : '0480006C:PEM routines::no start line'
    throw new CurlError(
      58,
      `could not load PEM client certificate from ${path}, OpenSSL error error:${reason}, (no key found, wrong pass phrase, or wrong file format?)`,
    )
  }
  const key = flags.key ?? path
  if (!/-----BEGIN (?:\w+ )?PRIVATE KEY-----/.test(textAt(key) ?? ''))
    throw new CurlError(58, `unable to set private key file: '${key}' type PEM`)
  return base64Of(bytesOf(text))
}
