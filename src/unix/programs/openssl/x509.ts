/** openssl x509 and verify: certificates shown, asked, signed for a request, and checked against those who signed them. */
import { UnixError } from '../../errors.ts'
import {
  type Certificate,
  certificateOf,
  certificatePem,
  extensionOids,
  isAuthority,
  isSameName,
  isSignedBy,
  makeCertificate,
  nameDer,
  requestOf,
} from '../../../base/pki/certificate.ts'
import { bytesOfBig, DerError, hexOf, pemBlocks } from '../../../base/pki/der.ts'
import { digests, isSameKey, type PrivateKey, publicPem } from '../../../base/pki/keys.ts'
import { type Blocking, err, type Process } from '../../kernel/process.ts'
import { print, stringOf } from '../text.ts'
import { parsed, readable, readBlock, readBytes, readPrivate, readText, refuse, writeOut } from './call.ts'
import {
  alternativeNames,
  certificateText,
  colons,
  dateText,
  extensionLines,
  extensionNamed,
  nameText,
  nameText2253,
  nameTextSlashes,
} from './print.ts'
import {
  authorityExtensions,
  type Configuration,
  configurationOf,
  digestFlags,
  digestOf,
  extensionsFrom,
  randomSerial,
  serialText,
  subjectOf,
} from './request.ts'

const dayMs = 86_400_000

function* loaded(process: Process, path: string | undefined, isDer = false): Blocking<Certificate> {
  const block = yield* readBlock(process, path, 'certificate', /^(TRUSTED |X509 )?CERTIFICATE$/, isDer)
  return yield* readable(process, path, 'certificate', () => certificateOf(block.bytes))
}

export function* x509(process: Process, args: readonly string[]): Blocking<number> {
  const call = yield* parsed(
    process,
    'x509',
    args,
    `help text noout subject issuer dates startdate enddate serial fingerprint pubkey modulus hash subject_hash issuer_hash subject_hash_old req CAcreateserial purpose email ocspid ocsp_uri alias trustout new clrext ext_flag nocert ${digestFlags}`,
    'in out inform outform days CA CAkey CAserial signkey key extfile extensions set_serial checkend checkhost checkip checkemail ext nameopt certopt copy_extensions subj keyform CAform CAkeyform force_pubkey passin not_before not_after dateopt preserve_dates vfyopt sigopt',
  )
  const { options, given } = call
  const path = options.get('in')
  const isDer = options.get('inform')?.toUpperCase() === 'DER'
  const out = options.get('out')
  if (options.has('req') || options.has('CA') || options.has('signkey') || options.has('key')) return yield* signed(process, call)
  const certificate = yield* loaded(process, path, isDer)
  const { nameopt } = Object.fromEntries(options)
  const named = (name: Certificate['subject']): string =>
    nameopt?.toUpperCase() === 'RFC2253' ? nameText2253(name) : nameopt === 'compat' ? nameTextSlashes(name) : nameText(name)
  let text = ''
  let code = 0
  for (const one of given) {
    switch (one) {
      case 'text':
        text += certificateText(certificate)
        break
      case 'subject':
        text += `subject=${named(certificate.subject)}\n`
        break
      case 'issuer':
        text += `issuer=${named(certificate.issuer)}\n`
        break
      case 'startdate':
        text += `notBefore=${dateText(certificate.notBefore)}\n`
        break
      case 'enddate':
        text += `notAfter=${dateText(certificate.notAfter)}\n`
        break
      case 'dates':
        text += `notBefore=${dateText(certificate.notBefore)}\nnotAfter=${dateText(certificate.notAfter)}\n`
        break
      case 'serial':
        text += `serial=${serialText(certificate.serialBytes)}\n`
        break
      case 'fingerprint': {
        const digest = given.find((flag) => flag in digests) ?? 'sha1'
        text += `${digest === 'sha1' || digest === 'md5' ? digest.toUpperCase() : digest} Fingerprint=${colons(digests[digest](certificate.whole)).toUpperCase()}\n`
        break
      }
      case 'pubkey':
        text += publicPem(certificate.key)
        break
      case 'modulus':
        text +=
          certificate.key.kind === 'rsa'
            ? `Modulus=${hexOf(bytesOfBig(certificate.key.n)).toUpperCase()}\n`
            : 'Modulus=No modulus for this public key type\n'
        break
      case 'hash':
      case 'subject_hash':
        text += `${nameHash(certificate.subject)}\n`
        break
      case 'issuer_hash':
        text += `${nameHash(certificate.issuer)}\n`
        break
      case 'email': {
        const names = certificate.extensions.find(({ oid }) => oid === extensionOids.subjectAltName)
        for (const email of names ? alternativeNames(names.value).filter((name) => name.startsWith('email:')) : [])
          text += `${email.slice(6)}\n`
        break
      }
      case 'ext': {
        const wanted = (options.get('ext') ?? '').split(',').map(extensionNamed)
        const found = certificate.extensions.filter(({ oid }) => wanted.includes(oid))
        if (found.length === 0) yield* err(process, 'No extensions matching the given criteria\n')
        text += extensionLines(found, 0)
        break
      }
      case 'checkend': {
        const isOver = certificate.notAfter < process.now() + Number(options.get('checkend')) * 1000
        text += isOver ? 'Certificate will expire\n' : 'Certificate will not expire\n'
        if (isOver) code = 1
        break
      }
      case 'checkhost':
      case 'checkip': {
        const wanted = options.get(one) ?? ''
        text += `${one === 'checkhost' ? 'Hostname' : 'IP'} ${wanted} ${isFor(certificate, wanted, one === 'checkip') ? 'does' : 'does NOT'} match certificate\n`
        break
      }
    }
  }
  if (!options.has('noout') && options.get('outform')?.toUpperCase() === 'DER') {
    yield* writeOut(process, out, certificate.whole)
    return code
  }
  if (!options.has('noout')) text += certificatePem(certificate.whole)
  yield* writeOut(process, out, text)
  return code
}

function isFor(certificate: Certificate, wanted: string, isAddress: boolean): boolean {
  const extension = certificate.extensions.find(({ oid }) => oid === extensionOids.subjectAltName)
  const names = extension ? alternativeNames(extension.value) : []
  if (isAddress) return names.includes(`IP Address:${wanted}`)
  const hosts = names.filter((name) => name.startsWith('DNS:')).map((name) => name.slice(4))
  const all = hosts.length > 0 ? hosts : certificate.subject.filter(({ type }) => type === 'CN').map(({ value }) => value)
  return all.some(
    (name) =>
      name.toLowerCase() === wanted.toLowerCase() ||
      (name.startsWith('*.') && wanted.toLowerCase().replace(/^[^.]+/, '*') === name.toLowerCase()),
  )
}

/** The name of a file under /etc/ssl/certs: SHA-1 over the name's canonical form. */
function nameHash(name: Certificate['subject']): string {
  const canonical = nameDer(name.map(({ type, value }) => ({ type, value: value.trim().replace(/\s+/g, ' ').toLowerCase() })))
  // The canonical form has no outer head and only UTF-8 strings.
  const body = canonical.subarray(canonical[1] < 128 ? 2 : 2 + (canonical[1] & 127)).slice()
  for (let at = 0; at + 1 < body.length; at++) if (body[at] === 0x13 && body[at - 1] !== undefined && body[at - 5] === 0x06) body[at] = 0x0c
  const [a, b, c, d] = digests.sha1(body)
  return [d, c, b, a].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function* signed(process: Process, call: Awaited2<ReturnType<typeof parsed>>): Blocking<number> {
  const { options } = call
  const path = options.get('in')
  const isRequest = options.has('req')
  const extensionFile = options.get('extfile')
  const configuration: Configuration =
    extensionFile === undefined ? new Map() : configurationOf(yield* readText(process, extensionFile, 'extensions'))
  const ownKey = options.get('signkey') ?? options.get('key')
  const source = isRequest
    ? yield* (function* () {
        const block = yield* readBlock(process, path, 'certificate request', /CERTIFICATE REQUEST$/)
        return yield* readable(process, path, 'certificate request', () => requestOf(block.bytes))
      })()
    : yield* loaded(process, path)
  if (isRequest && !options.has('CA') && ownKey === undefined) yield* refuse(process, 'We need a private key to sign with\n')
  if (isRequest && !isSignedBy(source, source.key))
    yield* refuse(process, 'Certificate request self-signature did not match the contents\n')
  if (isRequest) yield* err(process, `Certificate request self-signature ok\nsubject=${nameText(source.subject)}\n`)
  let issuer: Certificate | undefined
  let key: PrivateKey
  let serial: bigint
  if (options.has('CA')) {
    issuer = yield* loaded(process, options.get('CA'))
    key = yield* readPrivate(process, options.get('CAkey') ?? options.get('CA'), 'CA private key')
    if (!isSameKey(key, issuer.key))
      yield* refuse(
        process,
        'CA certificate and CA private key do not match\n4017D2F6A37F0000:error:05800074:x509 certificate routines:X509_check_private_key:key values mismatch:../crypto/x509/x509_cmp.c:405:\n',
      )
    serial = yield* nextSerial(
      process,
      options.get('set_serial'),
      options.get('CAserial') ?? `${(options.get('CA') ?? '').replace(/\.[^./]*$/, '')}.srl`,
      options.has('CAcreateserial'),
      options.has('CAserial'),
    )
  } else {
    key = yield* readPrivate(process, ownKey)
    serial = options.has('set_serial') ? BigInt(options.get('set_serial') ?? 0) : randomSerial(process)
  }
  const subject = options.has('subj') ? nameDer(yield* subjectOf(process, 'x509', options.get('subj') ?? '')) : source.subjectDer
  const sectionName = options.get('extensions') ?? configuration.get('default')?.find(([name]) => name === 'extensions')?.[1]
  const lines = sectionName === undefined ? (configuration.get('default') ?? []) : configuration.get(sectionName)
  if (lines === undefined) yield* refuse(process, `Error checking extension section ${sectionName}\n`)
  const written = yield* extensionsFrom(process, lines ?? [], { key: source.key, issuerKey: issuer?.key ?? key, configuration })
  const copied = ['copy', 'copyall'].includes(options.get('copy_extensions') ?? '')
    ? source.extensions.filter(({ oid }) => !written.some((one) => one.oid === oid))
    : []
  const extensions = [...copied, ...written]
  const notBefore = Math.floor(process.now() / 1000) * 1000
  const certificate = makeCertificate({
    subject,
    key: source.key,
    issuer: issuer?.subjectDer ?? subject,
    issuerKey: key,
    serial,
    digest: digestOf(call),
    notBefore,
    notAfter: notBefore + Number(options.get('days') ?? 30) * dayMs,
    extensions: extensions.length > 0 || isRequest ? extensions : authorityExtensions(source.key).slice(0, 0),
    version: extensions.length > 0 ? 3 : 1,
  })
  const shown = options.has('text') ? certificateText(certificateOf(certificate)) : ''
  yield* writeOut(
    process,
    options.get('out'),
    options.get('outform')?.toUpperCase() === 'DER' ? certificate : shown + (options.has('noout') ? '' : certificatePem(certificate)),
  )
  return 0
}

type Awaited2<T> = T extends Generator<unknown, infer R, unknown> ? R : never

/** The file beside the authority that counts its certificates. */
function* nextSerial(process: Process, given: string | undefined, path: string, creates: boolean, isNamed: boolean): Blocking<bigint> {
  if (given !== undefined) return BigInt(given)
  if (process.files.exists(process.path(path))) {
    const text = stringOf(yield* readBytes(process, path, 'serial')).trim()
    if (!/^[0-9A-Fa-f]+$/.test(text)) yield* refuse(process, `Unable to load number from ${path}\n`)
    const serial = BigInt(`0x${text}`) + 1n
    yield* writeOut(process, path, `${hexOf(bytesOfBig(serial)).toUpperCase()}\n`)
    return serial
  }
  const serial = randomSerial(process)
  // Without a file and without leave to make one, 3.0 takes a random number and writes nothing.
  if (isNamed && !creates) yield* refuse(process, `Can't open "${path}" for reading, No such file or directory\n`)
  if (creates) {
    try {
      yield* writeOut(process, path, `${hexOf(bytesOfBig(serial)).toUpperCase()}\n`)
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
    }
  }
  return serial
}

export function* verify(process: Process, args: readonly string[]): Blocking<number> {
  const { options, lists, operands } = yield* parsed(
    process,
    'verify',
    args,
    'help verbose show_chain partial_chain x509_strict no_check_time trusted_first',
    'CAfile CApath untrusted trusted purpose verify_hostname verify_ip verify_depth attime',
  )
  const roots: Certificate[] = []
  const others: Certificate[] = []
  for (const [names, into] of [
    [['CAfile', 'trusted'], roots],
    [['untrusted'], others],
  ] as const) {
    for (const path of names.flatMap((name) => lists.get(name) ?? [])) {
      const text = yield* readText(process, path, 'certificate')
      for (const block of pemBlocks(text)) {
        try {
          into.push(certificateOf(block.bytes))
        } catch (error) {
          if (!(error instanceof DerError)) throw error
        }
      }
    }
  }
  let code = 0
  for (const path of operands.length > 0 ? operands : [undefined]) {
    const certificate = yield* loaded(process, path)
    const problem = problemOf(certificate, roots, others, process.now())
    const name = path ?? 'stdin'
    if (problem) {
      yield* err(
        process,
        `${nameText(problem.at.subject)}\nerror ${problem.number} at ${problem.depth} depth lookup: ${problem.words}\nerror ${name}: verification failed\n`,
      )
      code = 2
      continue
    }
    if (options.has('verify_hostname') && !isFor(certificate, options.get('verify_hostname') ?? '', false)) {
      yield* err(
        process,
        `${nameText(certificate.subject)}\nerror 62 at 0 depth lookup: hostname mismatch\nerror ${name}: verification failed\n`,
      )
      code = 2
      continue
    }
    yield* print(process, `${name}: OK\n`)
  }
  return code
}

interface Problem {
  readonly at: Certificate
  readonly number: number
  readonly depth: number
  readonly words: string
}

function problemOf(leaf: Certificate, roots: readonly Certificate[], others: readonly Certificate[], now: number): Problem | undefined {
  const chain = [leaf]
  for (let depth = 0; ; depth++) {
    const at = chain[depth]
    if (roots.some((root) => hexOf(root.whole) === hexOf(at.whole))) break
    const isSelfIssued = isSameName(at.subjectDer, at.issuerDer)
    const candidates = (list: readonly Certificate[]): Certificate | undefined =>
      list.find((one) => isSameName(one.subjectDer, at.issuerDer) && one !== at)
    const next = candidates(roots) ?? (isSelfIssued ? undefined : candidates(others))
    if (!next) {
      if (isSelfIssued)
        return {
          at,
          number: depth === 0 ? 18 : 19,
          depth,
          words: depth === 0 ? 'self-signed certificate' : 'self-signed certificate in certificate chain',
        }
      return { at, number: 20, depth, words: 'unable to get local issuer certificate' }
    }
    if (!isAuthority(next)) return { at: next, number: 79, depth: depth + 1, words: 'invalid CA certificate' }
    if (!isSignedBy(at, next.key)) return { at, number: 7, depth, words: 'certificate signature failure' }
    chain.push(next)
    if (chain.length > 20) break
  }
  for (let depth = chain.length - 1; depth >= 0; depth--) {
    const at = chain[depth]
    if (at.notBefore > now) return { at, number: 9, depth, words: 'certificate is not yet valid' }
    if (at.notAfter < now) return { at, number: 10, depth, words: 'certificate has expired' }
  }
  return undefined
}
