/**
 * ssh-keygen and ssh-copy-id (openssh 9.2): keys in openssh's own format, fingerprints, and the picture drawn from a fingerprint by a bishop who
 * walks over a board of 17 by 9. RSA keys have 2048 bits whatever was asked, because longer ones are not made in a browser's time.
 */
import { base64Of, bytesOf, bytesOfBase64, joined, textOf } from '../../base/bytes.ts'
import { makeEd25519Key } from '../../base/pki/keys.ts'
import { readyRsaKey } from '../../base/pki/ready-keys.ts'
import { sha256 } from '../../base/sha256.ts'
import { UnixError } from '../errors.ts'
import { ended, err, type Blocking, type Process, type Program, readFrom } from '../kernel/process.ts'
import { startProgram } from './run.ts'
import { print, stringOf } from './text.ts'
import { isTerminal } from './tool.ts'

const int = (number: number): Uint8Array => Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number)
const chunk = (bytes: Uint8Array): Uint8Array => joined([int(bytes.length), bytes])

/** A number as SSH writes it: no more bytes than needed, never looking negative. */
function big(number: bigint): Uint8Array {
  let hex = number.toString(16)
  if (hex.length % 2) hex = `0${hex}`
  if (/^[89a-f]/.test(hex)) hex = `00${hex}`
  return chunk(Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)))
}

interface Pair {
  readonly type: 'ssh-ed25519' | 'ssh-rsa'
  readonly blob: Uint8Array
  /** What stands in the private part behind the type. */
  readonly secret: Uint8Array
}

function makePair(process: Process, type: 'ed25519' | 'rsa'): Pair {
  const { random } = process.kernel
  if (type === 'ed25519') {
    const key = makeEd25519Key(random)
    if (key.kind !== 'ed25519') throw new Error('no ed25519 key')
    return {
      type: 'ssh-ed25519',
      blob: joined([chunk(bytesOf('ssh-ed25519')), chunk(key.point)]),
      secret: joined([chunk(key.point), chunk(joined([key.secret, key.point]))]),
    }
  }
  const key = readyRsaKey(random)
  if (key.kind !== 'rsa') throw new Error('no RSA key')
  const { n, e, d, p, q } = key
  return {
    type: 'ssh-rsa',
    blob: joined([chunk(bytesOf('ssh-rsa')), big(e), big(n)]),
    secret: joined([big(n), big(e), big(d), big(inverseOf(q, p)), big(p), big(q)]),
  }
}

function inverseOf(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [((value % modulus) + modulus) % modulus, modulus, 1n, 0n]
  while (a > 1n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y]
  return ((x % modulus) + modulus) % modulus
}

function privateFile(process: Process, { type, blob, secret }: Pair, comment: string): string {
  const check = int(process.kernel.random.below(2 ** 32))
  const plain = joined([check, check, chunk(bytesOf(type)), secret, chunk(bytesOf(comment))])
  const padding = Uint8Array.from({ length: (8 - (plain.length % 8)) % 8 }, (_, index) => index + 1)
  const all = joined([
    bytesOf('openssh-key-v1\0'),
    chunk(bytesOf('none')),
    chunk(bytesOf('none')),
    chunk(new Uint8Array(0)),
    int(1),
    chunk(blob),
    chunk(joined([plain, padding])),
  ])
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${(base64Of(all).match(/.{1,70}/g) ?? []).join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

const fingerprintOf = (blob: Uint8Array): string => `SHA256:${base64Of(sha256(blob)).replace(/=+$/, '')}`

/** The drunken bishop: two bits of the hash a step, corners and sides hold him; how often a square was visited is its letter. */
function picture(blob: Uint8Array, title: string): string {
  const [width, height] = [17, 9]
  const board = Array.from({ length: height }, () => new Array<number>(width).fill(0))
  const letters = ' .o+=*BOX@%&#/^SE'
  let [x, y] = [8, 4]
  for (const byte of sha256(blob)) {
    for (let bits = byte, step = 0; step < 4; step++, bits >>= 2) {
      x = Math.max(0, Math.min(width - 1, x + (bits & 1 ? 1 : -1)))
      y = Math.max(0, Math.min(height - 1, y + (bits & 2 ? 1 : -1)))
      board[y][x] = Math.min(board[y][x] + 1, letters.length - 3)
    }
  }
  board[4][8] = letters.length - 2
  board[y][x] = letters.length - 1
  const edge = (text: string): string => `+${text.padStart(text.length + Math.floor((width - text.length) / 2), '-').padEnd(width, '-')}+`
  return `${edge(`[${title}]`)}\n${board.map((row) => `|${row.map((count) => letters[count]).join('')}|\n`).join('')}${edge('[SHA256]')}\n`
}

function* answer(process: Process, prompt: string, isSecret = false): Blocking<string> {
  yield* print(process, prompt)
  const terminal = isTerminal(process, 0) ? process.terminal : undefined
  const echo = terminal?.echo
  if (terminal && isSecret) terminal.echo = false
  const text = stringOf(yield* readFrom(process, 0, 4096))
  if (terminal && isSecret) {
    terminal.echo = echo ?? true
    yield* print(process, '\n')
  }
  return text.replace(/\n.*$/s, '')
}

interface PublicKey {
  readonly type: string
  readonly blob: Uint8Array
  readonly comment: string
}

/** The public half, from a `.pub` file or out of the private one. */
function publicKeyIn(process: Process, path: string): PublicKey | undefined {
  const text = process.files.readText(process.path(path), process.credentials)
  if (text.startsWith('-----BEGIN OPENSSH PRIVATE KEY-----')) {
    const bytes = bytesOfBase64(text.replace(/-----[^-]+-----|\s/g, ''))
    let at = 'openssh-key-v1\0'.length
    const next = (): Uint8Array => {
      const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0)
      at += 4 + length
      return bytes.subarray(at - length, at)
    }
    next()
    next()
    next()
    at += 4
    const blob = next()
    const inner = next()
    const type = textOf(blob.subarray(4, 4 + blob[3]))
    // The comment is the last field before the padding.
    const tail = textOf(inner).replace(/[\x01-\x07]+$/, '')
    return { type, blob, comment: /[\x20-\x7e]*$/.exec(tail)?.[0] ?? '' }
  }
  const [type, base64, ...comment] = text.trim().split(/\s+/)
  return base64 === undefined ? undefined : { type, blob: bytesOfBase64(base64), comment: comment.join(' ') }
}

const kindOf = (type: string): string => type.replace('ssh-', '').toUpperCase()
const bitsOf = (type: string): number => (type === 'ssh-rsa' ? 2048 : 256)

export const sshKeygen: Program = function* (process) {
  const { files } = process
  const args = process.argv.slice(1)
  const values = new Map<string, string>()
  const flags = new Set<string>()
  for (let index = 0; index < args.length; index++) {
    if (!args[index].startsWith('-')) continue
    for (let at = 1; at < args[index].length; at++) {
      const letter = args[index][at]
      if (!'tbfNCPRFaOmZ'.includes(letter)) {
        flags.add(letter)
        continue
      }
      values.set(letter, args[index].slice(at + 1) || (args[++index] ?? ''))
      break
    }
  }
  const user = process.env.USER ?? process.env.LOGNAME ?? 'root'
  const home = process.env.HOME ?? '/root'
  if (values.has('R')) {
    const known = `${home}/.ssh/known_hosts`
    const host = values.get('R') ?? ''
    const lines = files.exists(known) ? files.readText(known).split('\n') : []
    const kept = lines.filter((line) => !line.split(' ')[0].split(',').includes(host))
    if (kept.length === lines.length) {
      yield* err(
        process,
        files.exists(known) ? `Host ${host} not found in ${known}\n` : `Cannot stat ${known}: No such file or directory\n`,
      )
      return files.exists(known) ? 0 : 255
    }
    yield* print(
      process,
      `# Host ${host} found: line ${lines.findIndex((line) => !kept.includes(line)) + 1}\n${known} updated.\nOriginal contents retained as ${known}.old\n`,
    )
    files.writeFile(`${known}.old`, lines.join('\n'), { mode: 0o600 }, process.credentials)
    files.writeFile(known, kept.join('\n'), {}, process.credentials)
    return 0
  }
  if (flags.has('l') || flags.has('y')) {
    const path = values.get('f') ?? `${home}/.ssh/id_rsa`
    try {
      const key = publicKeyIn(process, flags.has('l') && files.exists(process.path(`${path}.pub`)) ? `${path}.pub` : path)
      if (!key) {
        yield* err(process, `${path} is not a public key file.\n`)
        return 255
      }
      if (flags.has('y')) yield* print(process, `${key.type} ${base64Of(key.blob)} ${key.comment}`.trimEnd() + '\n')
      else
        yield* print(
          process,
          `${bitsOf(key.type)} ${fingerprintOf(key.blob)} ${key.comment || 'no comment'} (${kindOf(key.type)})\n${flags.has('v') ? picture(key.blob, `${kindOf(key.type)} ${bitsOf(key.type)}`) : ''}`,
        )
      return 0
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      yield* err(process, `ssh-keygen: ${path}: ${error.words}\n`)
      return 255
    }
  }
  const type = values.get('t') ?? 'rsa'
  if (type !== 'rsa' && type !== 'ed25519') {
    yield* err(
      process,
      /^(dsa|ecdsa|ecdsa-sk|ed25519-sk)$/.test(type)
        ? `ssh-keygen: keys of type ${type} are not simulated; use ed25519 or rsa\n`
        : `unknown key type ${type}\n`,
    )
    return 255
  }
  const isQuiet = flags.has('q')
  if (!isQuiet) yield* print(process, `Generating public/private ${type} key pair.\n`)
  const usual = `${home}/.ssh/id_${type}`
  const path = values.get('f') ?? ((yield* answer(process, `Enter file in which to save the key (${usual}): `)) || usual)
  if (files.exists(process.path(path))) {
    if (!/^y/i.test(yield* answer(process, `${path} already exists.\nOverwrite (y/n)? `))) return 1
  }
  let isEncrypted = (values.get('N') ?? '') !== ''
  if (!values.has('N')) {
    const first = yield* answer(process, 'Enter passphrase (empty for no passphrase): ', true)
    if (first !== (yield* answer(process, 'Enter same passphrase again: ', true))) {
      yield* err(process, 'Passphrases do not match.  Try again.\n')
      return 1
    }
    isEncrypted = first !== ''
  }
  if (isEncrypted) yield* err(process, 'ssh-keygen: passphrases are not simulated: the key is saved without one\n')
  const pair = makePair(process, type)
  const comment = values.get('C') ?? `${user}@${process.namespaces.uts.hostname}`
  try {
    const folder = process.path(path).replace(/\/[^/]*$/, '')
    if (folder === `${home}/.ssh` && !files.exists(folder)) {
      files.mkdir(folder, { mode: 0o700 }, process.credentials)
      if (!isQuiet) yield* print(process, `Created directory '${folder}'.\n`)
    }
    files.writeFile(process.path(path), privateFile(process, pair, comment), { mode: 0o600 }, process.credentials)
    files.writeFile(process.path(`${path}.pub`), `${pair.type} ${base64Of(pair.blob)} ${comment}\n`, { mode: 0o644 }, process.credentials)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(process, `Saving key "${path}" failed: ${error.words}\n`)
    return 1
  }
  if (!isQuiet)
    yield* print(
      process,
      `Your identification has been saved in ${path}\nYour public key has been saved in ${path}.pub\nThe key fingerprint is:\n${fingerprintOf(pair.blob)} ${comment}\nThe key's randomart image is:\n${picture(pair.blob, `${kindOf(pair.type)} ${bitsOf(pair.type)}`)}`,
    )
  return 0
}

/** Appends the public key to the other side's authorized_keys, over ssh. */
export const sshCopyId: Program = function* (process) {
  const args = process.argv.slice(1)
  const options: string[] = []
  let [identity, goal]: (string | undefined)[] = []
  for (let index = 0; index < args.length; index++) {
    if (args[index] === '-i') identity = args[++index]
    else if (args[index] === '-p' || args[index] === '-o') options.push(args[index], args[++index] ?? '')
    else if (!args[index].startsWith('-')) goal = args[index]
  }
  if (goal === undefined) {
    yield* err(
      process,
      'Usage: /usr/bin/ssh-copy-id [-h|-?|-f|-n|-s] [-i [identity_file]] [-p port] [-F alternative ssh_config file] [[-o <ssh -o options>] ...] [user@]hostname\n',
    )
    return 1
  }
  const home = process.env.HOME ?? '/root'
  const named = identity?.replace(/(\.pub)?$/, '.pub')
  const path = named ?? ['ed25519', 'ecdsa', 'rsa'].map((type) => `${home}/.ssh/id_${type}.pub`).find((one) => process.files.exists(one))
  if (path === undefined || !process.files.exists(process.path(path))) {
    yield* err(
      process,
      `\n/usr/bin/ssh-copy-id: ERROR: ${path === undefined ? 'No identities found' : `failed to open ID file '${path}': No such file`}\n`,
    )
    return 1
  }
  const key = process.files.readText(process.path(path)).trim()
  yield* err(
    process,
    `/usr/bin/ssh-copy-id: INFO: Source of key(s) to be installed: "${path}"\n/usr/bin/ssh-copy-id: INFO: attempting to log in with the new key(s), to filter out any that are already installed\n/usr/bin/ssh-copy-id: INFO: 1 key(s) remain to be installed -- if you are prompted now it is to install the new keys\n`,
  )
  const remote = `mkdir -p ~/.ssh && chmod 700 ~/.ssh && { grep -qxF '${key}' ~/.ssh/authorized_keys 2>/dev/null || echo '${key}' >> ~/.ssh/authorized_keys; } && chmod 600 ~/.ssh/authorized_keys`
  const code = yield* ended(startProgram(process, ['ssh', ...options, goal, remote]))
  if (code !== 0) return 1
  yield* print(
    process,
    `\nNumber of key(s) added: 1\n\nNow try logging into the machine, with:   "ssh '${goal}'"\nand check to make sure that only the key(s) you wanted were added.\n\n`,
  )
  return 0
}
