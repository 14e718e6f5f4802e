/** ssh and scp between the sandbox's machines, as openssh 9.2 speaks: unknown hosts, the question about the host's key, refused connections, exit codes. */
import { sha256 } from '../../base/sha256.ts'
import { base64Of, bytesOf, noBytes, textOf } from '../../base/bytes.ts'
import { UnixError } from '../errors.ts'
import { type Blocking, err, type Process, type Program, readFrom, writeTo } from '../kernel/process.ts'
import { lookup } from '../network/names.ts'
import type { Connection } from '../network/network.ts'
import { type FrameKind, frame, Frames, type Hello } from '../sshd.ts'
import { stringOf } from './text.ts'
import { isTerminal } from './tool.ts'

interface Wish {
  readonly host: string
  readonly user: string
  readonly port: number
  readonly settings: ReadonlyMap<string, string>
  readonly isQuiet: boolean
}

const usage =
  'usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface]\n           [-b bind_address] [-c cipher_spec] [-D [bind_address:]port]\n           [-E log_file] [-e escape_char] [-F configfile] [-I pkcs11]\n           [-i identity_file] [-J [user@]host[:port]] [-L address]\n           [-l login_name] [-m mac_spec] [-O ctl_cmd] [-o option] [-p port]\n           [-Q query_option] [-R address] [-S ctl_path] [-W host:port]\n           [-w local_tun[:remote_tun]] destination [command [argument ...]]\n'

function account(process: Process): string {
  return (
    process.files
      .readText('/etc/passwd')
      .split('\n')
      .find((line) => line.split(':')[2] === String(process.credentials.uid))
      ?.split(':')[0] ?? 'root'
  )
}

function homeOf(process: Process): string {
  return process.env.HOME ?? '/root'
}

/** Settings for a host, from the files and the command line; what comes first counts. */
function settingsFor(process: Process, host: string, given: readonly string[]): Map<string, string> {
  const settings = new Map<string, string>()
  const put = (line: string): void => {
    const [, key, text] = /^\s*(\w+)(?:\s+|\s*=\s*)(.*?)\s*$/.exec(line) ?? []
    if (key !== undefined && !settings.has(key.toLowerCase())) settings.set(key.toLowerCase(), text)
  }
  for (const one of given) put(one)
  for (const path of [`${homeOf(process)}/.ssh/config`, '/etc/ssh/ssh_config']) {
    if (!process.files.exists(path)) continue
    let applies = true
    for (const line of process.files.readText(path).split('\n')) {
      const patterns = /^\s*Host\s+(.*)$/i.exec(line)?.[1]
      if (patterns !== undefined)
        applies = patterns
          .trim()
          .split(/\s+/)
          .some((one) =>
            new RegExp(
              `^${one
                .replace(/[.+^${}()|\\]/g, '\\$&')
                .replace(/\*/g, '.*')
                .replace(/\?/g, '.')}$`,
            ).test(host),
          )
      else if (applies && !line.trim().startsWith('#')) put(line)
    }
  }
  return settings
}

function wishOf(
  process: Process,
  destination: string,
  { port, user, options, isQuiet }: { port?: string; user?: string; options: readonly string[]; isQuiet: boolean },
): Wish {
  const bare = destination.replace(/^ssh:\/\//, '')
  const at = bare.lastIndexOf('@')
  const host = bare.slice(at + 1).replace(/^\[|\]$/g, '')
  const settings = settingsFor(process, host, options)
  return {
    host: settings.get('hostname') ?? host,
    user: at >= 0 ? bare.slice(0, at) : (user ?? settings.get('user') ?? account(process)),
    port: Number(port ?? settings.get('port') ?? 22),
    settings,
    isQuiet,
  }
}

/** The key a host would show: made from its name, so that it stays the same. */
function hostKey(ip: string): { line: string; fingerprint: string } {
  const blob = new Uint8Array([0, 0, 0, 11, ...bytesOf('ssh-ed25519'), 0, 0, 0, 32, ...sha256(bytesOf(`host key of ${ip}`))])
  return { line: `ssh-ed25519 ${base64Of(blob)}`, fingerprint: `SHA256:${base64Of(sha256(blob)).replace(/=+$/, '')}` }
}

function* connected(process: Process, wish: Wish): Blocking<Connection | number> {
  const { host, port, settings } = wish
  let ip: string
  try {
    ;[ip] = yield* lookup(process, host)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(
      process,
      `ssh: Could not resolve hostname ${host}: ${error.errno === 'EAGAIN' ? 'Temporary failure in name resolution' : 'Name or service not known'}\r\n`,
    )
    return 255
  }
  let connection: Connection
  try {
    connection = process.net.connect({ ip, port })
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    if (error.errno === 'ETIMEDOUT') yield { until: process.now() + Number(settings.get('connecttimeout') ?? 127) * 1000 }
    yield* err(process, `ssh: connect to host ${host} port ${port}: ${error.words}\r\n`)
    return 255
  }
  if (yield* isTrusted(process, wish, ip)) return connection
  connection.outgoing.end()
  connection.incoming.cancel()
  yield* err(process, 'Host key verification failed.\r\n')
  return 255
}

function* isTrusted(process: Process, { host, settings, isQuiet }: Wish, ip: string): Blocking<boolean> {
  const key = hostKey(ip)
  const path = settings.get('userknownhostsfile') ?? `${homeOf(process)}/.ssh/known_hosts`
  const known = process.files.exists(path) && path !== '/dev/null' ? process.files.readText(path, process.credentials).split('\n') : []
  if (known.some((line) => line.split(' ')[0].split(',').includes(host) && line.endsWith(key.line))) return true
  const strict = (settings.get('stricthostkeychecking') ?? 'ask').toLowerCase()
  if (strict === 'yes') {
    yield* err(process, `No ED25519 host key is known for ${host} and you have requested strict checking.\r\n`)
    return false
  }
  if (strict === 'ask') {
    const { terminal } = process
    if (!terminal) return false
    yield* err(
      process,
      `The authenticity of host '${host} (${ip})' can't be established.\r\nED25519 key fingerprint is ${key.fingerprint}.\r\nThis key is not known by any other names.\r\nAre you sure you want to continue connecting (yes/no/[fingerprint])? `,
    )
    const fd = process.install(terminal.file, undefined, 3)
    for (;;) {
      const answer = stringOf(yield* readFrom(process, fd)).trim()
      if (answer === 'yes' || answer === key.fingerprint) break
      if (answer === 'no' || answer === '') return false
      yield* err(process, "Please type 'yes', 'no' or the fingerprint: ")
    }
    process.close(fd)
  }
  if (path !== '/dev/null') {
    const folder = path.slice(0, path.lastIndexOf('/'))
    if (!process.files.exists(folder)) process.files.mkdir(folder, { parents: true, mode: 0o700 }, process.credentials)
    process.files.writeFile(path, `${host} ${key.line}\n`, { append: true, mode: 0o600 }, process.credentials)
  }
  if (!isQuiet) yield* err(process, `Warning: Permanently added '${host}' (ED25519) to the list of known hosts.\r\n`)
  return true
}

/** Runs something over there; input and output go where the caller says. */
function* remote(
  process: Process,
  connection: Connection,
  wish: Wish,
  hello: Omit<Hello, 'from' | 'user'>,
  { input, output }: { input: number | Uint8Array | undefined; output: (kind: FrameKind, bytes: Uint8Array) => Blocking<void> },
): Blocking<number> {
  const { incoming, outgoing } = connection
  const frames = new Frames(incoming)
  outgoing.write(frame('h', JSON.stringify({ ...hello, user: wish.user, from: process.namespaces.uts.hostname })))
  const file = typeof input === 'number' ? process.file(input) : undefined
  let isInputOver = file === undefined
  if (input instanceof Uint8Array) {
    outgoing.write(frame('i', input))
    outgoing.write(frame('z'))
  } else if (input === undefined) outgoing.write(frame('z'))
  const { terminal } = process
  let [cols, rows] = [terminal?.cols ?? 80, terminal?.rows ?? 24]
  let code: number | undefined
  for (;;) {
    for (let next = frames.next(); next; next = frames.next()) {
      if (next.kind === 'n') {
        yield* err(process, `${wish.user}@${wish.host}: ${textOf(next.content)}\r\n`)
        code = 255
      } else if (next.kind === 'x') code = Number(textOf(next.content))
      else yield* output(next.kind, next.content)
    }
    if (code !== undefined) return code
    if (incoming.isOver) {
      yield* err(
        process,
        hello.terminal ? `client_loop: send disconnect: Broken pipe\r\n` : `Connection to ${wish.host} closed by remote host.\r\n`,
      )
      return 255
    }
    if (hello.terminal && terminal && (terminal.cols !== cols || terminal.rows !== rows)) {
      ;[cols, rows] = [terminal.cols, terminal.rows]
      outgoing.write(frame('w', `${cols} ${rows}`))
    }
    while (!isInputOver && file) {
      const bytes = file.read(65_536)
      if (bytes === undefined) break
      if (bytes.length === 0) {
        isInputOver = true
        outgoing.write(frame('z'))
      } else outgoing.write(frame('i', bytes))
    }
    yield { on: [incoming.readable, ...(isInputOver || !file ? [] : [file.readable])] }
  }
}

const valued = new Set([...'BbcDEeFIiJLlmOopQRSWw'])

export const ssh: Program = function* (process) {
  const args = process.argv.slice(1)
  const options: string[] = []
  const flags = new Set<string>()
  let [port, user]: (string | undefined)[] = []
  let index = 0
  let destination: string | undefined
  for (; index < args.length; index++) {
    const arg = args[index]
    if (!arg.startsWith('-') || arg === '-') {
      if (destination !== undefined) break
      destination = arg
      continue
    }
    if (arg === '--') {
      index++
      break
    }
    if (!valued.has(arg[1])) {
      for (const letter of arg.slice(1)) flags.add(letter)
      continue
    }
    const text = arg.length > 2 ? arg.slice(2) : args[++index]
    if (arg[1] === 'p') port = text
    else if (arg[1] === 'l') user = text
    else if (arg[1] === 'o') options.push(text ?? '')
    else if (arg[1] === 'i' && text !== undefined && !process.files.exists(process.path(text)))
      yield* err(process, `Warning: Identity file ${text} not accessible: No such file or directory.\n`)
    else if ('DLRJW'.includes(arg[1])) {
      yield* err(process, `ssh: forwarding (-${arg[1]}) is not simulated\n`)
      return 255
    }
  }
  if (flags.has('V')) {
    yield* err(process, 'OpenSSH_9.2p1 Debian-2+deb12u7, OpenSSL 3.0.17 1 Jul 2025\n')
    return 0
  }
  if (destination === undefined) {
    yield* err(process, usage)
    return 255
  }
  const wish = wishOf(process, destination, { port, user, options, isQuiet: flags.has('q') })
  const connection = yield* connected(process, wish)
  if (typeof connection === 'number') return connection
  const words = args.slice(index)
  const command = words.length > 0 ? words.join(' ') : undefined
  const { terminal } = process
  const hasTerminal = terminal !== undefined && isTerminal(process, 0) && (command === undefined ? !flags.has('T') : flags.has('t'))
  const before = terminal && { mode: terminal.mode, echo: terminal.echo, signals: terminal.signals, onlcr: terminal.onlcr }
  if (terminal && hasTerminal) Object.assign(terminal, { mode: 'raw', echo: false, signals: false, onlcr: false })
  try {
    const code = yield* remote(
      process,
      connection,
      wish,
      {
        command,
        terminal: hasTerminal && terminal ? { cols: terminal.cols, rows: terminal.rows, term: process.env.TERM ?? 'xterm' } : undefined,
      },
      { input: flags.has('n') ? undefined : 0, output: (kind, bytes) => writeTo(process, kind === 'e' ? 2 : 1, bytes) },
    )
    if (hasTerminal && terminal && before) {
      Object.assign(terminal, before)
      if (code !== 255 || command === undefined) yield* err(process, `Connection to ${wish.host} closed.\n`)
    }
    return code
  } finally {
    if (terminal && before) Object.assign(terminal, before)
    connection.outgoing.end()
  }
}

const quotedWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** Copies one file at a time over `cat`; the terminal sees the progress line of the real one. */
export const scp: Program = function* (process) {
  const args = process.argv.slice(1)
  const options: string[] = []
  const operands: string[] = []
  let port: string | undefined
  let isQuiet = false
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]
    if (!arg.startsWith('-')) operands.push(arg)
    else if (arg === '-P') port = args[++index]
    else if (arg === '-o') options.push(args[++index] ?? '')
    else if (arg === '-i' || arg === '-F' || arg === '-c' || arg === '-l') index++
    else if (arg === '-q') isQuiet = true
    else if (arg.includes('r')) {
      yield* err(process, 'scp: copying folders (-r) is not simulated; pack them with tar first\n')
      return 255
    }
  }
  if (operands.length < 2) {
    yield* err(
      process,
      'usage: scp [-346ABCOpqRrsTv] [-c cipher] [-D sftp_server_path] [-F ssh_config]\n           [-i identity_file] [-J destination] [-l limit] [-o ssh_option]\n           [-P port] [-S program] [-X sftp_option] source ... target\n',
    )
    return 1
  }
  const target = operands[operands.length - 1]
  const sides = (text: string): { host: string; path: string } | undefined => {
    const match = /^([^/:]+):(.*)$/s.exec(text)
    return match ? { host: match[1], path: match[2] === '' ? '.' : match[2].replace(/^~\//, '') } : undefined
  }
  const there = sides(target)
  for (const source of operands.slice(0, -1)) {
    const from = sides(source)
    const host = from?.host ?? there?.host
    if (host === undefined) {
      yield* err(process, 'scp: one of the two places has to be another machine\n')
      return 1
    }
    const wish = wishOf(process, host, { port, options, isQuiet })
    const connection = yield* connected(process, wish)
    if (typeof connection === 'number') {
      yield* err(process, 'scp: Connection closed\r\n')
      return connection
    }
    const name = source.replace(/.*[/:]/, '')
    const parts: Uint8Array[] = []
    let problem = ''
    const output = function* (kind: FrameKind, bytes: Uint8Array): Blocking<void> {
      if (kind === 'o') parts.push(bytes)
      else if (kind === 'e') problem += textOf(bytes)
    }
    let size: number
    if (there) {
      let content: Uint8Array
      try {
        const path = process.path(source)
        if (process.files.exists(path) && process.files.stat(path).kind === 'directory') {
          yield* err(process, `scp: local "${source}" is not a regular file\nscp: failed to upload file ${source} to ${there.path}\n`)
          return 1
        }
        content = process.files.readFile(path, process.credentials)
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        yield* err(process, `scp: stat local "${source}": ${error.words}\n`)
        return 1
      }
      size = content.length
      const code = yield* remote(
        process,
        connection,
        wish,
        { command: `p=${quotedWord(there.path)}; if [ -d "$p" ]; then p="$p/"${quotedWord(name)}; fi; cat > "$p"`, terminal: undefined },
        { input: content.length === 0 ? noBytes : content, output },
      )
      if (code !== 0) {
        yield* err(
          process,
          code === 255
            ? 'scp: Connection closed\r\n'
            : `scp: dest open "${there.path}": ${/: ([^:]*)\n?$/.exec(problem)?.[1] ?? 'Failure'}\nscp: failed to upload file ${source} to ${there.path}\n`,
        )
        return code === 255 ? 255 : 1
      }
    } else {
      const code = yield* remote(
        process,
        connection,
        wish,
        { command: `cat ${quotedWord(from?.path ?? '')}`, terminal: undefined },
        { input: undefined, output },
      )
      if (code !== 0) {
        yield* err(
          process,
          code === 255
            ? 'scp: Connection closed\r\n'
            : `scp: ${from?.path}: ${/: ([^:]*)\n?$/.exec(problem)?.[1] ?? 'No such file or directory'}\n`,
        )
        return code === 255 ? 255 : 1
      }
      const path = process.path(target)
      const full = process.files.exists(path) && process.files.stat(path).kind === 'directory' ? `${path}/${name}` : path
      const bytes = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0))
      let at = 0
      for (const one of parts) {
        bytes.set(one, at)
        at += one.length
      }
      size = bytes.length
      try {
        process.files.writeFile(full, bytes, {}, process.credentials)
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        yield* err(process, `scp: open local "${target}": ${error.words}\n`)
        return 1
      }
    }
    connection.outgoing.end()
    if (!isQuiet && isTerminal(process, 1)) {
      const shown = size < 10_000 ? `${String(size).padStart(4)}  ` : `${String(Math.round(size / 1024)).padStart(4)}KB`
      yield* writeTo(
        process,
        1,
        `${name.padEnd(Math.max(0, (process.terminal?.cols ?? 80) - 38)).slice(0, 60)} 100% ${shown} ${'1.2MB/s'.padStart(8)}   00:00    \n`,
      )
    }
  }
  return 0
}
