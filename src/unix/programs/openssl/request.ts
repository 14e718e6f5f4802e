/** openssl req: requests for certificates, and certificates signed by their own key (`-x509`). Without -subj it asks, as the real one does. */
import { type Blocking, err, type Process, readFrom } from '../../kernel/process.ts'
import { extensionFrom } from '../../../base/pki/extensions.ts'
import {
  type Extension,
  extensionOids,
  isSignedBy,
  keyIdentifier,
  makeCertificate,
  makeRequest,
  nameDer,
  type NamePart,
  nameTypes,
  requestOf,
  requestPem,
  certificatePem,
} from '../../../base/pki/certificate.ts'
import { bigOf, bytesOfBig, DerError, der, hexOf, octets, sequence, yes } from '../../../base/pki/der.ts'
import { type PrivateKey, privatePem, type PublicKey, publicPem } from '../../../base/pki/keys.ts'
import { stringOf } from '../text.ts'
import { isDerBytes, type OpensslCall, parsed, readable, readBlock, readPrivate, readText, refuse, writeOut } from './call.ts'
import { keyFor } from './key-commands.ts'
import { nameText, requestText } from './print.ts'

const dayMs = 86_400_000

export type Configuration = ReadonlyMap<string, readonly (readonly [string, string])[]>

/** The ini files of openssl: sections, `key = value`, comments. */
export function configurationOf(text: string): Configuration {
  const sections = new Map<string, [string, string][]>()
  let current: [string, string][] = []
  sections.set('default', current)
  for (const raw of text.split('\n')) {
    const line = raw.replace(/(^|\s)#.*$/, '').trim()
    const head = /^\[\s*([^\]]+?)\s*\]$/.exec(line)
    if (head) {
      current = sections.get(head[1]) ?? []
      sections.set(head[1], current)
      continue
    }
    const pair = /^([^=]+?)\s*=\s*(.*)$/.exec(line)
    if (pair) current.push([pair[1], pair[2].replace(/^"(.*)"$/, '$1')])
  }
  return sections
}

export function digestOf({ given }: OpensslCall): string {
  return given.find((one) => /^(md5|sha1|sha224|sha256|sha384|sha512)$/.test(one)) ?? 'sha256'
}

export const digestFlags = 'md5 sha1 sha224 sha256 sha384 sha512'

/** `/C=US/O=a/CN=b`, with `\/` for a slash and `+` for two of one set. */
export function* subjectOf(process: Process, command: string, text: string): Blocking<NamePart[]> {
  if (!text.startsWith('/')) {
    yield* refuse(
      process,
      `${command}: subject name is expected to be in the format /type0=value0/type1=value1/type2=... where characters may be escaped by \\. This name is not in that format: '${text.slice(1)}'\n`,
    )
  }
  const subject: NamePart[] = []
  for (const part of text.slice(1).split(/(?<!\\)[/+](?=[A-Za-z0-9.]+=|$)/)) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const [type, value] = [part.slice(0, equals).trim(), part.slice(equals + 1).replace(/\\(.)/g, '$1')]
    const known = Object.keys(nameTypes).find((one) => one === type) ?? longNames[type]
    if (known === undefined) yield* err(process, `${command}: Skipping unknown subject name attribute "${type}"\n`)
    else if (value === '') yield* err(process, `${command}: No value provided for subject name attribute "${type}", skipped\n`)
    else subject.push({ type: known, value })
  }
  return subject
}

const longNames: Readonly<Record<string, string>> = {
  commonName: 'CN',
  countryName: 'C',
  localityName: 'L',
  stateOrProvinceName: 'ST',
  organizationName: 'O',
  organizationalUnitName: 'OU',
  email: 'emailAddress',
}

/** Extensions of a section, `name=value` lines. */
export function* extensionsFrom(
  process: Process,
  lines: readonly (readonly [string, string])[],
  facts: { key: PublicKey; issuerKey: PublicKey; configuration: Configuration },
): Blocking<Extension[]> {
  const made: Extension[] = []
  for (const [name, value] of lines) {
    try {
      const extension = extensionFrom(name.trim(), value, {
        key: facts.key,
        issuerKey: facts.issuerKey,
        section: (section) => facts.configuration.get(section),
      })
      if (!extension) continue
      const same = made.findIndex(({ oid }) => oid === extension.oid)
      if (same >= 0) made[same] = extension
      else made.push(extension)
    } catch (error) {
      if (!(error instanceof DerError)) throw error
      yield* refuse(
        process,
        `Error adding request extensions defined via -addext\n4017D2F6A37F0000:error:11000080:X509 V3 routines:X509V3_EXT_nconf_int:error in extension:../crypto/x509/v3_conf.c:48:section=default, name=${name.trim()}, value=${value} (${error.message})\n`,
      )
    }
  }
  return made
}

const questions: readonly (readonly [type: string, text: string, fallback: string])[] = [
  ['C', 'Country Name (2 letter code)', 'AU'],
  ['ST', 'State or Province Name (full name)', 'Some-State'],
  ['L', 'Locality Name (eg, city)', ''],
  ['O', 'Organization Name (eg, company)', 'Internet Widgits Pty Ltd'],
  ['OU', 'Organizational Unit Name (eg, section)', ''],
  ['CN', 'Common Name (e.g. server FQDN or YOUR name)', ''],
  ['emailAddress', 'Email Address', ''],
]

function* asked(process: Process, isRequest: boolean): Blocking<NamePart[]> {
  yield* err(
    process,
    "You are about to be asked to enter information that will be incorporated\ninto your certificate request.\nWhat you are about to enter is what is called a Distinguished Name or a DN.\nThere are quite a few fields but you can leave some blank\nFor some fields there will be a default value,\nIf you enter '.', the field will be left blank.\n-----\n",
  )
  const typed: string[] = []
  let rest = ''
  const line = function* (): Blocking<string | undefined> {
    while (typed.length === 0) {
      const bytes = yield* readFrom(process, 0)
      if (bytes.length === 0) return undefined
      const pieces = (rest + stringOf(bytes)).split('\n')
      rest = pieces.pop() ?? ''
      typed.push(...pieces)
    }
    return typed.shift()
  }
  const subject: NamePart[] = []
  for (const [type, text, fallback] of questions) {
    yield* err(process, `${text} [${fallback}]:`)
    const answer = yield* line()
    if (answer === undefined) return yield* refuse(process, 'problems making Certificate Request\n')
    const value = answer === '' ? fallback : answer === '.' ? '' : answer
    if (value !== '') subject.push({ type, value })
  }
  if (subject.length === 0) yield* refuse(process, 'error, no objects specified in config file\nproblems making Certificate Request\n')
  if (isRequest) {
    yield* err(
      process,
      "\nPlease enter the following 'extra' attributes\nto be sent with your certificate request\nA challenge password []:",
    )
    yield* line()
    yield* err(process, 'An optional company name []:')
    yield* line()
  }
  return subject
}

export function randomSerial(process: Process): bigint {
  return BigInt(`0x${(Number.parseInt(process.kernel.random.hex(1), 16) & 7).toString(16)}${process.kernel.random.hex(39)}`)
}

export function authorityExtensions(key: PublicKey): Extension[] {
  const name = keyIdentifier(key)
  return [
    { oid: extensionOids.subjectKeyIdentifier, isCritical: false, value: octets(name) },
    { oid: extensionOids.authorityKeyIdentifier, isCritical: false, value: sequence(der(0x80, name)) },
    { oid: extensionOids.basicConstraints, isCritical: true, value: sequence(yes()) },
  ]
}

export function* req(process: Process, args: readonly string[]): Blocking<number> {
  const call = yield* parsed(
    process,
    'req',
    args,
    `help new newkey_flag x509 nodes noenc noout text verify subject pubkey modulus batch utf8 verbose ${digestFlags}`,
    'in out key keyout newkey subj days addext config extensions reqexts inform outform set_serial pkeyopt passin passout keyform nameopt not_before not_after section CA CAkey sigopt',
  )
  const { options, lists } = call
  const configPath = options.get('config')
  const configuration = configPath === undefined ? new Map() : configurationOf(yield* readText(process, configPath, 'config'))
  const isDer = options.get('outform')?.toUpperCase() === 'DER'
  const section = (configuration as Configuration).get('req')
  const setting = (name: string): string | undefined => section?.find(([key]) => key === name)?.[1]
  const isMaking = options.has('new') || options.has('newkey') || (options.has('x509') && !options.has('in'))
  if (!isMaking) return yield* shown(call)

  let key: PrivateKey
  if (options.has('key')) key = yield* readPrivate(process, options.get('key'))
  else {
    const kind = options.get('newkey') ?? `rsa:${setting('default_bits') ?? '2048'}`
    key = yield* keyFor(process, kind, lists.get('pkeyopt') ?? [], kind.startsWith('rsa'))
    if (!options.has('nodes') && !options.has('noenc') && setting('encrypt_key') !== 'no')
      yield* refuse(process, 'openssl: keys with a pass phrase are not simulated here; add -nodes\n')
    yield* writeOut(process, options.get('keyout') ?? setting('default_keyfile') ?? 'privkey.pem', privatePem(key), 0o600)
    yield* err(process, '-----\n')
  }
  let subject: NamePart[]
  const names = setting('distinguished_name')
  if (options.has('subj')) subject = yield* subjectOf(process, 'req', options.get('subj') ?? '')
  else if (names !== undefined && setting('prompt') === 'no') {
    subject = []
    for (const [name, value] of (configuration as Configuration).get(names) ?? []) {
      const type = name.replace(/^\d+\./, '')
      subject.push({ type: longNames[type] ?? type, value })
    }
  } else subject = yield* asked(process, !options.has('x509'))

  const facts = { key, issuerKey: key, configuration: configuration as Configuration }
  const added = (lists.get('addext') ?? []).map((one): [string, string] => [
    one.slice(0, one.indexOf('=')),
    one.slice(one.indexOf('=') + 1),
  ])
  const named =
    options.get(options.has('x509') ? 'extensions' : 'reqexts') ??
    options.get('extensions') ??
    setting(options.has('x509') ? 'x509_extensions' : 'req_extensions')
  const lines = [...(named === undefined ? [] : (facts.configuration.get(named) ?? [])), ...added]
  if (named !== undefined && !facts.configuration.has(named))
    yield* refuse(process, `Error checking ${options.has('x509') ? 'x509' : 'request'} extension section ${named}\n`)
  const extensions = yield* extensionsFrom(process, lines, facts)
  const digest = digestOf(call)
  if (!options.has('x509')) {
    const request = makeRequest({ subject, key, digest, extensions })
    yield* writeOut(
      process,
      options.get('out'),
      isDer
        ? request
        : (options.has('text') ? `${requestText(requestOf(request))}` : '') + (options.has('noout') ? '' : requestPem(request)),
    )
    return 0
  }
  const notBefore = Math.floor(process.now() / 1000) * 1000
  const own = configPath === undefined && named === undefined ? authorityExtensions(key) : []
  const given = options.get('set_serial')
  const certificate = makeCertificate({
    subject: nameDer(subject),
    key,
    issuer: nameDer(subject),
    issuerKey: key,
    digest,
    notBefore,
    serial: given === undefined ? randomSerial(process) : BigInt(given),
    notAfter: notBefore + Number(options.get('days') ?? 30) * dayMs,
    extensions: [...own.filter(({ oid }) => !extensions.some((one) => one.oid === oid)), ...extensions],
  })
  yield* writeOut(process, options.get('out'), isDer ? certificate : certificatePem(certificate))
  return 0
}

function* shown({ process, options }: OpensslCall): Blocking<number> {
  const path = options.get('in')
  const block = yield* readBlock(
    process,
    path,
    'certificate request',
    /CERTIFICATE REQUEST$/,
    options.get('inform')?.toUpperCase() === 'DER',
  )
  if (!isDerBytes(block.bytes)) yield* refuse(process, `Unable to load X509 request\n`)
  const request = yield* readable(process, path, 'certificate request', () => requestOf(block.bytes))
  let text = ''
  if (options.has('verify')) {
    const isGood = isSignedBy(request, request.key)
    yield* err(process, isGood ? 'Certificate request self-signature verify OK\n' : 'Certificate request self-signature verify failure\n')
    if (!isGood) return 1
  }
  if (options.has('text')) text += requestText(request)
  if (options.has('pubkey')) text += publicPem(request.key)
  if (options.has('subject')) text += `subject=${nameText(request.subject)}\n`
  if (options.has('modulus') && request.key.kind === 'rsa') text += `Modulus=${hexOf(bytesOfBig(request.key.n)).toUpperCase()}\n`
  if (!options.has('noout')) text += requestPem(block.bytes)
  yield* writeOut(process, options.get('out'), text)
  return 0
}

export const serialText = (bytes: Uint8Array): string => {
  const value = bigOf(bytes)
  const hex = value.toString(16).toUpperCase()
  return hex.length % 2 === 0 ? hex : `0${hex}`
}
