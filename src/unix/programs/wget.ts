/** wget, GNU's and busybox's: the same asking, two ways of talking about it. */
import { base64Of, bytesOf } from '../../base/bytes.ts'
import { ByteStream, header, type HttpResponse } from '../../base/http.ts'
import { UnixError } from '../errors.ts'
import { type Blocking, err, Exit, sleep, writeTo } from '../kernel/process.ts'
import { fetch, nextOf, urlOf } from '../network/fetch.ts'
import { lookup } from '../network/names.ts'
import { reasonOf } from '../network/http-names.ts'
import { headLines, sizeOfBody } from './http-text.ts'
import { count, flag, list, value } from './options.ts'
import { bytesOfString, openInput, openOutput, stringOf, wholeInput } from './text.ts'
import { momentOf, strftime, zoneOf } from './time-text.ts'
import { isTerminal, tool } from './tool.ts'
import { bar, decimalText, dots, rateText, sizeText } from './wget-progress.ts'

const usageText = "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n"

export const wget = tool({
  name: 'wget',
  usage: '[OPTION]... [URL]...',
  summary: 'GNU Wget, a non-interactive network retriever.',
  package: 'GNU Wget 1.21.3 built on linux-gnu.',
  usageCode: 2,
  hint: usageText,
  flags: {
    quiet: flag('q|quiet', 'quiet (no output)'),
    verbose: flag('v|verbose', 'be verbose (this is the default)'),
    noVerbose: count('no-verbose'),
    output: value('O|output-document', 'FILE', 'write documents to FILE'),
    log: value('o|output-file', 'FILE', 'log messages to FILE'),
    tries: value('t|tries', 'NUMBER', 'set number of retries to NUMBER (0 unlimits)'),
    timeout: value('T|timeout', 'SECONDS', 'set all timeout values to SECONDS'),
    connectTimeout: value('connect-timeout', 'SECS'),
    readTimeout: value('read-timeout', 'SECS'),
    dnsTimeout: value('dns-timeout', 'SECS'),
    server: flag('S|server-response', 'print server response'),
    spider: flag('spider', "don't download anything"),
    headers: list('header', 'STRING', 'insert STRING among the headers'),
    post: value('post-data', 'STRING', 'use the POST method; send STRING as the data'),
    postFile: value('post-file', 'FILE'),
    method: value('method', 'HTTPMethod'),
    bodyData: value('body-data', 'STRING'),
    user: value('user', 'USER'),
    password: value('password', 'PASS'),
    noCheck: flag('no-check-certificate', "don't validate the server's certificate"),
    prefix: value('P|directory-prefix', 'PREFIX', 'save files to PREFIX/..'),
    nv: flag('nv'),
    agent: value('U|user-agent', 'AGENT', 'identify as AGENT instead of Wget/VERSION'),
    continue: flag('c|continue', 'resume getting a partially-downloaded file'),
    noProxy: flag('no-proxy'),
    ca: value('ca-certificate', 'FILE'),
    contentOnError: flag('content-on-error'),
    noCache: flag('no-cache'),
    retryConnrefused: flag('retry-connrefused'),
    waitretry: value('waitretry', 'SECONDS'),
    showProgress: flag('show-progress'),
    progress: value('progress', 'TYPE'),
    ipv4: flag('4|inet4-only'),
    timestamping: flag('N|timestamping'),
    maxRedirect: value('max-redirect', 'N'),
    background: flag('b|background'),
    recursive: flag('r|recursive'),
    noParent: flag('np'),
    forceHtml: flag('F'),
  },
  spelled: (args) => args.map((arg) => (arg === '-nv' ? '--nv' : arg === '-nc' ? '--no-cache' : arg)),
  *run(call) {
    const { process, flags, busybox, name } = call
    if (call.operands.length === 0) {
      yield* err(process, busybox ? '' : `${name}: missing URL\n${usageText}`)
      return 1
    }
    const isQuiet = flags.quiet
    const isBrief = flags.nv || flags.noVerbose > 0
    const log = flags.log === undefined ? 2 : flags.log === '-' ? 1 : openOutput(process, flags.log)
    const say = (text: string): Blocking<void> => writeTo(process, log, bytesOfString(text))
    const toLog = function* (text: string): Blocking<void> {
      if (!isQuiet && !isBrief) yield* say(text)
    }
    /** What `-O` names is opened once, for all addresses. */
    let output: number | undefined
    if (flags.output !== undefined && !busybox) {
      try {
        output = flags.output === '-' ? 1 : openOutput(process, flags.output)
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        yield* say(`${flags.output}: ${error.words}\n`)
        return 1
      }
    }
    const begunAt = process.now()
    let [savedFiles, savedBytes, savedMs] = [0, 0, 0]
    let connected = ''
    if (flags.spider && !busybox) yield* toLog('Spider mode enabled. Check if remote file exists.\n')
    const now = (): string => strftime('%Y-%m-%d %H:%M:%S', momentOf(process.now(), zoneOf(process)))
    const seconds = flags.timeout ?? flags.connectTimeout
    const timeoutMs = seconds === undefined || seconds === '0' ? undefined : Number(seconds) * 1000
    // busybox gives up at once; GNU tries a timed-out connection twenty times.
    const tries = busybox ? 1 : flags.tries === undefined ? 20 : Number(flags.tries) || Number.POSITIVE_INFINITY
    let code = 0
    for (const operand of call.operands) code = (yield* get(operand)) || code
    if (!busybox && savedFiles > 1)
      yield* toLog(
        `FINISHED --${now()}--\nTotal wall clock time: ${decimalText((process.now() - begunAt) / 1000)}s\nDownloaded: ${savedFiles} files, ${sizeText(savedBytes)} in ${decimalText(savedMs / 1000)}s (${rateText(savedBytes, savedMs)})\n`,
      )
    return code

    function* get(operand: string): Blocking<number> {
      let url = /^\w+:\/\//.test(operand) ? operand : `http://${operand}`
      for (let redirects = 0; redirects <= Number(flags.maxRedirect ?? 20); redirects++) {
        const parsed = urlOf(url)
        if (!parsed || !/^https?$/.test(parsed.scheme)) {
          yield* err(
            process,
            busybox ? `wget: not an http or ftp url: ${operand}\n` : `${operand}: Unsupported scheme ‘${parsed?.scheme ?? ''}’.\n`,
          )
          return 1
        }
        const standardPath = parsed.path === '/' && !url.endsWith('/') ? `${url}/` : url
        if (busybox && !isQuiet) yield* err(process, `Connecting to ${parsed.host}${yield* shownAddress(parsed.host, parsed.port)}\n`)
        if (!busybox) yield* toLog(`--${now()}--  ${standardPath}\n`)
        let response: HttpResponse | number = 4
        for (let attempt = 1; attempt <= tries; attempt++) {
          response = yield* ask(parsed, url, attempt)
          if (response !== -1) break
          if (attempt < tries) yield* sleep(process, Math.min(attempt, 10) * 1000)
          else response = 4
        }
        if (typeof response === 'number') return response < 0 ? 4 : response
        const reason = reasonOf(response.status)
        if (!busybox) yield* toLog(`HTTP request sent, awaiting response... ${flags.server ? '\n' : `${response.status} ${reason}\n`}`)
        if (flags.server)
          yield* err(
            process,
            headLines(response, process.now())
              .map((line) => `  ${line}\n`)
              .join(''),
          )
        const location = header(response.headers, 'location')
        if (location !== undefined && response.status >= 300 && response.status < 400) {
          url = /^\w+:\/\//.test(location)
            ? location
            : `${parsed.scheme}://${parsed.host}${parsed.port === 80 || parsed.port === 443 ? '' : `:${parsed.port}`}${location.startsWith('/') ? '' : '/'}${location}`
          if (!busybox) yield* toLog(`Location: ${location} [following]\n`)
          continue
        }
        if (response.status >= 400) {
          if (busybox) yield* err(process, `wget: server returned error: HTTP/1.1 ${response.status} ${reason}\n`)
          else if (response.status === 401) yield* toLog('\nUsername/Password Authentication Failed.\n')
          else if (flags.spider && response.status === 404) yield* toLog('Remote file does not exist -- broken link!!!\n\n')
          else if (isBrief && !isQuiet) yield* say(`${url}:\n${now()} ERROR ${response.status}: ${reason || '(no description)'}.\n`)
          else yield* toLog(`${now()} ERROR ${response.status}: ${reason || '(no description)'}.\n\n`)
          if (flags.contentOnError) yield* save(response, url, urlOf(operand)?.path ?? '/')
          return busybox ? 1 : response.status === 401 ? 6 : 8
        }
        if (flags.spider) {
          if (busybox) yield* toLog('remote file exists\n')
          else yield* toLog(`Length: ${lengthText(response)}\nRemote file exists.\n\n`)
          return 0
        }
        yield* save(response, url, urlOf(operand)?.path ?? '/')
        return 0
      }
      if (busybox) yield* err(process, 'wget: too many redirections\n')
      else yield* toLog(`${flags.maxRedirect ?? 20} redirections exceeded.\n`)
      return busybox ? 1 : 8
    }

    function* shownAddress(host: string, port: number): Blocking<string> {
      try {
        const [ip] = yield* lookup(process, host)
        return ` (${ip}:${port})`
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        yield* err(process, `wget: bad address '${host}'\n`)
        throw new Exit(1)
      }
    }

    function* ask(parsed: NonNullable<ReturnType<typeof urlOf>>, url: string, attempt: number): Blocking<HttpResponse | number> {
      const shownPort = `${parsed.host}:${parsed.port}`
      let ip = parsed.host
      try {
        ;[ip] = yield* lookup(process, parsed.host)
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        if (busybox) yield* err(process, `wget: bad address '${parsed.host}'\n`)
        else {
          const words = error.errno === 'EAGAIN' ? 'Temporary failure in name resolution' : 'Name or service not known'
          yield* toLog(`Resolving ${parsed.host} (${parsed.host})... failed: ${words}.\n`)
          if (!isQuiet) yield* err(process, `wget: unable to resolve host address ‘${parsed.host}’\n`)
        }
        return busybox ? 1 : 4
      }
      if (!busybox) {
        if (attempt > 1) yield* toLog(`--${now()}--  (try:${String(attempt).padStart(2)})  ${url}\n`)
        if (connected === shownPort) yield* toLog(`Reusing existing connection to ${shownPort}.\n`)
        if (ip !== parsed.host && attempt === 1 && connected !== shownPort)
          yield* toLog(`Resolving ${parsed.host} (${parsed.host})... ${ip}\n`)
        if (connected !== shownPort)
          yield* toLog(`Connecting to ${ip === parsed.host ? shownPort : `${parsed.host} (${parsed.host})|${ip}|:${parsed.port}`}... `)
      }
      const headers: Record<string, string> = {
        'user-agent': flags.agent ?? (busybox ? 'Wget' : 'Wget/1.21.3'),
        accept: '*/*',
        ...(busybox ? {} : { 'accept-encoding': 'identity' }),
        connection: busybox ? 'close' : 'Keep-Alive',
      }
      if (flags.user !== undefined) headers.authorization = `Basic ${base64Of(bytesOf(`${flags.user}:${flags.password ?? ''}`))}`
      for (const line of flags.headers) {
        const colon = line.indexOf(':')
        headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim()
      }
      const data =
        flags.post ??
        flags.bodyData ??
        (flags.postFile === undefined ? undefined : stringOf(yield* wholeInput(process, openInput(process, flags.postFile))))
      if (data !== undefined) {
        headers['content-type'] ??= 'application/x-www-form-urlencoded'
        headers['content-length'] = String(bytesOf(data).length)
      }
      try {
        const response = yield* fetch(
          process,
          url,
          {
            method: flags.method ?? (data !== undefined ? 'POST' : flags.spider ? 'HEAD' : 'GET'),
            url: parsed.path,
            headers,
            body: bytesOf(data ?? ''),
          },
          { timeoutMs },
        )
        if (!busybox && connected !== shownPort) yield* toLog('connected.\n')
        connected = header(response.headers, 'connection')?.toLowerCase() === 'close' ? '' : shownPort
        return response
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        if (error.errno === 'ETIMEDOUT') {
          if (busybox)
            yield* err(
              process,
              isConnectable(ip, parsed.port)
                ? 'wget: download timed out\n'
                : timeoutMs === undefined
                  ? `wget: can't connect to remote host (${ip}): Connection timed out\n`
                  : 'wget: download timed out\n',
            )
          else yield* toLog(`failed: Connection timed out.\n${attempt < tries ? 'Retrying.\n\n' : 'Giving up.\n\n'}`)
          return busybox ? 1 : -1
        }
        if (busybox) yield* err(process, `wget: can't connect to remote host (${ip}): ${error.words}\n`)
        else yield* toLog(`failed: ${error.words}.\n${flags.retryConnrefused && attempt < tries ? 'Retrying.\n\n' : ''}`)
        return busybox ? 1 : flags.retryConnrefused ? -1 : 4
      }
    }

    function isConnectable(ip: string, port: number): boolean {
      try {
        const connection = process.net.connect({ ip, port })
        connection.outgoing.end()
        connection.incoming.cancel()
        return true
      } catch (error) {
        if (error instanceof UnixError) return false
        throw error
      }
    }

    function lengthText(response: HttpResponse): string {
      const type = header(response.headers, 'content-type')?.replace(/;.*/, '')
      const length =
        header(response.headers, 'content-length') ?? (response.body instanceof ByteStream ? undefined : String(sizeOfBody(response.body)))
      return `${length === undefined ? 'unspecified' : `${length}${Number(length) >= 1024 ? ` (${sizeText(Number(length))})` : ''}`}${type === undefined ? '' : ` [${type}]`}`
    }

    function* save(response: HttpResponse, url: string, path: string): Blocking<void> {
      const last = path.replace(/\?.*$/, (query) => (busybox ? '' : query)).replace(/.*\//, '') || 'index.html'
      const base = flags.prefix === undefined ? last : `${flags.prefix.replace(/\/$/, '')}/${last}`
      let target = flags.output ?? base
      if (busybox && flags.output === undefined && process.files.exists(process.path(target))) {
        yield* err(process, `wget: can't open '${target}': File exists\n`)
        throw new Exit(1)
      }
      // GNU never overwrites by itself: index.html.1, .2 …
      if (!busybox && flags.output === undefined)
        for (let number = 1; process.files.exists(process.path(target)); number++) target = `${base}.${number}`
      const shownTarget = target === '-' ? (busybox ? 'stdout' : 'STDOUT') : target
      if (!busybox) yield* toLog(`Length: ${lengthText(response)}\nSaving to: ‘${shownTarget}’\n\n`)
      else if (!isQuiet) yield* err(process, target === '-' ? 'writing to stdout\n' : `saving to '${target}'\n`)
      let descriptor = 1
      try {
        if (flags.prefix !== undefined && !process.files.exists(process.path(flags.prefix)))
          process.files.mkdir(process.path(flags.prefix), { parents: true, mode: 0o777 & ~process.umask }, process.credentials)
        descriptor = output ?? (target === '-' ? 1 : openOutput(process, target))
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        yield* err(
          process,
          busybox
            ? `wget: can't open '${target}': ${error.words}\n`
            : `${target}: ${error.words}\n\nCannot write to ‘${target}’ (${error.words}).\n`,
        )
        throw new Exit(busybox ? 1 : 3)
      }
      const startedAt = process.now()
      let size = 0
      if (response.body instanceof ByteStream) {
        for (;;) {
          const chunk = yield* nextOf(response.body)
          if (!chunk) break
          size += chunk.length
          yield* writeTo(process, descriptor, chunk)
        }
      } else {
        const bytes = typeof response.body === 'string' ? bytesOf(response.body) : response.body
        size = bytes.length
        yield* writeTo(process, descriptor, bytes)
      }
      if (descriptor !== 1 && descriptor !== output) process.close(descriptor)
      const ms = Math.max(process.now() - startedAt, 0)
      if (busybox) {
        if (!isQuiet)
          yield* err(
            process,
            `${target.replace(/.*\//, '').slice(0, 20).padEnd(20)} 100% |${'*'.repeat(32)}| ${String(size).padStart(5)}  0:00:00 ETA\n${target === '-' ? 'written to stdout' : `'${target}' saved`}\n`,
          )
        return
      }
      savedFiles++
      savedBytes += size
      savedMs += ms
      const isKnown = header(response.headers, 'content-length') !== undefined || !(response.body instanceof ByteStream)
      const showsBar = isTerminal(process, 2) && flags.log === undefined && !flags.progress?.startsWith('dot')
      const progress = showsBar ? bar(last, size, ms, isKnown, process.terminal?.cols ?? 80) : dots(size, ms, isKnown)
      if (isQuiet && flags.showProgress) yield* say(`${showsBar ? '' : '\n'}${progress}${showsBar ? '' : '\n'}`)
      yield* toLog(
        `${progress}\n${now()} (${rateText(size, ms)}) - ${target === '-' ? 'written to stdout' : `‘${target}’ saved`} [${size}${isKnown ? `/${size}` : ''}]\n\n`,
      )
      if (isBrief && !isQuiet) yield* say(`${now()} URL:${url} [${size}/${size}] -> "${target}" [1]\n`)
    }
  },
})
