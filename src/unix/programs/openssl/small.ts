/** openssl's smaller commands: rand, dgst, base64, passwd, s_client, version. Ciphers are not simulated and say so. */
import { hmac } from '@noble/hashes/hmac'
import { md5, sha1 } from '@noble/hashes/legacy'
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2'
import { base64Of, bytesOf } from '../../../base/bytes.ts'
import { DerError, hexOf, parseDer } from '../../../base/pki/der.ts'
import { digests, publicOf, sign, verify } from '../../../base/pki/keys.ts'
import { UnixError } from '../../errors.ts'
import { type Blocking, err, type Process, readFrom, writeTo } from '../../kernel/process.ts'
import { lookup } from '../../network/names.ts'
import { openInput, print, stringOf, wholeInput } from '../text.ts'
import { parsed, readable, readBlock, readBytes, readPrivate, refuse, writeOut } from './call.ts'
import { crypt } from './crypt.ts'
import { digestFlags } from './request.ts'

const hashes = { md5, sha1, sha224, sha256, sha384, sha512 } as const

export function* rand(process: Process, args: readonly string[]): Blocking<number> {
  const { options, operands } = yield* parsed(process, 'rand', args, 'help hex base64', 'out rand writerand')
  const count = Number(operands[0])
  if (operands.length !== 1)
    yield* refuse(
      process,
      operands.length === 0 ? 'rand: Use -help for summary.\n' : 'Extra arguments given.\nrand: Use -help for summary.\n',
    )
  if (!Number.isInteger(count) || count <= 0)
    yield* refuse(process, `rand: Can't parse "${operands[0]}" as a number\nrand: Use -help for summary.\n`)
  const bytes = Uint8Array.from({ length: count }, () => process.kernel.random.below(256))
  yield* writeOut(
    process,
    options.get('out'),
    options.has('hex') ? `${hexOf(bytes)}\n` : options.has('base64') ? lines(base64Of(bytes)) : bytes,
  )
  return 0
}

const lines = (text: string, width = 64): string => text.replace(new RegExp(`.{1,${width}}`, 'g'), '$&\n')

const shownNames: Readonly<Record<string, string>> = {
  md5: 'MD5',
  sha1: 'SHA1',
  sha224: 'SHA2-224',
  sha256: 'SHA2-256',
  sha384: 'SHA2-384',
  sha512: 'SHA2-512',
}

export function* dgst(process: Process, args: readonly string[], named?: string): Blocking<number> {
  const call = yield* parsed(
    process,
    'dgst',
    args,
    `help hex binary r c debug ${digestFlags}`,
    'out hmac sign verify prverify signature mac macopt keyform',
  )
  const { options, operands, given } = call
  const name = named ?? given.find((one) => one in hashes) ?? 'sha256'
  const read = function* (path: string | undefined): Blocking<Uint8Array | undefined> {
    try {
      return yield* wholeInput(process, openInput(process, path ?? '-'))
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      yield* err(process, `${path}: ${error.words}\n`)
      return undefined
    }
  }
  if (options.has('sign')) {
    const key = yield* readPrivate(process, options.get('sign'))
    const data = yield* read(operands[0])
    if (!data) return 1
    yield* writeOut(process, options.get('out'), sign(key, name, data))
    return 0
  }
  if (options.has('verify')) {
    const block = yield* readBlock(process, options.get('verify'), 'public key', /PUBLIC KEY$/)
    const key = yield* readable(process, options.get('verify'), 'public key', () => publicOf(parseDer(block.bytes)))
    const signature = yield* readBytes(process, options.get('signature'), 'signature')
    const data = yield* read(operands[0])
    if (!data) return 1
    let isGood = false
    try {
      isGood = verify(key, name, data, signature)
    } catch (error) {
      // The curves' library throws on bytes that are no signature at all.
      if (error instanceof DerError || !(error instanceof Error)) throw error
    }
    yield* print(process, isGood ? 'Verified OK\n' : 'Verification failure\n')
    return isGood ? 0 : 1
  }
  let text = ''
  let code = 0
  for (const path of operands.length > 0 ? operands : [undefined]) {
    const data = yield* read(path)
    if (!data) {
      code = 1
      continue
    }
    const secret = options.get('hmac')
    const digest = secret === undefined ? digests[name](data) : hmac(hashes[name as keyof typeof hashes], bytesOf(secret), data)
    if (options.has('binary')) {
      yield* writeOut(process, options.get('out'), digest)
      return 0
    }
    const shown = options.has('c') ? (hexOf(digest).match(/../g) ?? []).join(':') : hexOf(digest)
    text += options.has('r')
      ? `${shown} *${path ?? 'stdin'}\n`
      : `${secret === undefined ? '' : 'HMAC-'}${secret === undefined ? shownNames[name] : name.toUpperCase()}(${path ?? 'stdin'})= ${shown}\n`
  }
  yield* writeOut(process, options.get('out'), text)
  return code
}

export function* enc(process: Process, args: readonly string[], isBase64: boolean): Blocking<number> {
  const cipher = args.find((arg) => /^-(aes|des|camellia|chacha|aria|bf|rc)/.test(arg))
  if (cipher !== undefined) yield* refuse(process, `openssl: the cipher ${cipher.slice(1)} is not simulated here\n`)
  const { options } = yield* parsed(process, 'enc', args, 'help d e base64 a A p nosalt salt', 'in out bufsize k pass')
  const bytes = yield* readBytes(process, options.get('in'), 'input')
  if (!isBase64 && !options.has('base64') && !options.has('a')) {
    yield* writeOut(process, options.get('out'), bytes)
    return 0
  }
  if (!options.has('d')) {
    const text = base64Of(bytes)
    yield* writeOut(process, options.get('out'), options.has('A') ? text : lines(text))
    return 0
  }
  const text = stringOf(bytes)
  // Without -A openssl reads lines of at most 76 letters that end with a newline.
  const body = text.replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(body) || body.length % 4 !== 0) return 1
  if (!options.has('A') && !text.includes('\n')) return 0
  yield* writeOut(
    process,
    options.get('out'),
    Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0)),
  )
  return 0
}

export function* passwd(process: Process, args: readonly string[]): Blocking<number> {
  const call = yield* parsed(process, 'passwd', args, 'help 1 5 6 apr1 aixmd5 stdin noverify quiet table reverse', 'salt in')
  const method = call.given.find((one) => ['1', '5', '6', 'apr1'].includes(one)) ?? '1'
  const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  const salt = call.options.get('salt') ?? process.kernel.random.letters(method === '5' || method === '6' ? 16 : 8, alphabet)
  let words = [...call.operands]
  if (words.length === 0) {
    if (call.options.has('stdin') || call.options.has('in'))
      words = stringOf(yield* readBytes(process, call.options.get('in'), 'passwords'))
        .replace(/\n$/, '')
        .split('\n')
    else {
      const { terminal } = process
      const echo = terminal?.echo
      if (terminal) terminal.echo = false
      try {
        yield* err(process, 'Password: ')
        const first = stringOf(yield* readFrom(process, 0)).replace(/\r?\n[^]*$/, '')
        yield* err(process, '\nVerifying - Password: ')
        const second = terminal ? stringOf(yield* readFrom(process, 0)).replace(/\r?\n[^]*$/, '') : first
        yield* err(process, '\n')
        if (first !== second) return yield* refuse(process, 'Verify failure\n')
        words = [first]
      } finally {
        if (terminal && echo !== undefined) terminal.echo = echo
      }
    }
  }
  for (const word of words)
    yield* print(process, `${call.options.has('table') ? `${word}\t` : ''}${crypt(method as '1' | '5' | '6' | 'apr1', word, salt)}\n`)
  return 0
}

export function* sClient(process: Process, args: readonly string[]): Blocking<number> {
  const { options, operands } = yield* parsed(
    process,
    's_client',
    args,
    'help showcerts brief quiet ign_eof no_ign_eof tls1_2 tls1_3 debug state prexit noservername',
    'connect host port servername CAfile CApath cert key starttls alpn cipher verify verify_return_error proxy',
  )
  const target = options.get('connect') ?? operands[0] ?? `${options.get('host') ?? 'localhost'}:${options.get('port') ?? '4433'}`
  const [, host, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(target) ?? []
  const thread = '4017D2F6A37F0000'
  try {
    const [ip] = yield* lookup(process, host)
    const connection = process.net.connect({ ip, port: Number(port ?? 4433) })
    connection.outgoing.end()
    connection.incoming.cancel()
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    if (error.errno === 'ENOTFOUND' || error.errno === 'EAGAIN') {
      yield* err(
        process,
        `${thread}:error:10080002:BIO routines:BIO_lookup_ex:system lib:../crypto/bio/bio_addr.c:758:Name or service not known\nconnect:errno=22\n`,
      )
      return 1
    }
    const [number, words] = error.errno === 'ECONNREFUSED' ? ['6F', 111] : error.errno === 'EHOSTUNREACH' ? ['71', 113] : ['6E', 110]
    yield* err(
      process,
      `${thread}:error:800000${number}:system library:BIO_connect:${error.words}:../crypto/bio/bio_sock2.c:125:calling connect()\n${thread}:error:10000067:BIO routines:BIO_connect:connect error:../crypto/bio/bio_sock2.c:127:\nconnect:errno=${words}\n`,
    )
    return 1
  }
  yield* print(process, 'CONNECTED(00000003)\n')
  yield* err(
    process,
    "openssl: connections of the sandbox carry no TLS, so there is no handshake and no certificate to show; read the server's certificate from its file or Secret with `openssl x509 -text`\n",
  )
  return 1
}

export function* version(process: Process, args: readonly string[]): Blocking<number> {
  yield* writeTo(
    process,
    1,
    args.includes('-d') ? 'OPENSSLDIR: "/usr/lib/ssl"\n' : 'OpenSSL 3.0.17 1 Jul 2025 (Library: OpenSSL 3.0.17 1 Jul 2025)\n',
  )
  if (args.includes('-a')) yield* print(process, 'platform: debian-amd64\nOPENSSLDIR: "/usr/lib/ssl"\n')
  return 0
}
