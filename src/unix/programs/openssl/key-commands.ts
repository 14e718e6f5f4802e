/** genrsa, genpkey, ecparam, rsa, ec, pkey: making keys and showing them. */
import { type Blocking, err, type Process } from '../../kernel/process.ts'
import { hexOf, bytesOfBig, pem, oid } from '../../../base/pki/der.ts'
import {
  type CurveName,
  curves,
  makeEcKey,
  makeEd25519Key,
  makeRsaKey,
  type PrivateKey,
  privatePem,
  publicDer,
  publicOf,
  publicPem,
  traditionalPem,
} from '../../../base/pki/keys.ts'
import { parseDer } from '../../../base/pki/der.ts'
import { parsed, readable, readBlock, readPrivate, refuse, writeOut } from './call.ts'
import { privateText, publicText } from './print.ts'

/** Gives way while it searches; shows the dots where openssl shows them. */
function* madeRsa(process: Process, bitCount: number, hasDots: boolean): Blocking<PrivateKey> {
  const search = makeRsaKey(bitCount, process.kernel.random)
  let dots = ''
  for (let tried = 0; ; tried++) {
    const step = search.next()
    if (step.done) {
      if (hasDots) yield* err(process, `${dots}${'+'.repeat(65)}*\n`)
      return step.value
    }
    dots += tried % 4 === 0 ? '+' : '.'
    yield
  }
}

const curveAliases: Readonly<Record<string, CurveName>> = {
  prime256v1: 'prime256v1',
  secp256r1: 'prime256v1',
  'P-256': 'prime256v1',
  secp384r1: 'secp384r1',
  'P-384': 'secp384r1',
  secp521r1: 'secp521r1',
  'P-521': 'secp521r1',
}

/** `rsa:2048`, `ec` with -pkeyopt, `ed25519`. */
export function* keyFor(process: Process, text: string, options: readonly string[], hasDots: boolean): Blocking<PrivateKey> {
  const [kind, size] = text.toLowerCase().split(':')
  const option = (name: string): string | undefined => options.map((one) => one.split(':')).find(([key]) => key === name)?.[1]
  if (kind === 'rsa') return yield* madeRsa(process, Number(size ?? option('rsa_keygen_bits') ?? 2048), hasDots)
  if (kind === 'ed25519') return makeEd25519Key(process.kernel.random)
  if (kind === 'ec') {
    const curve = curveAliases[option('ec_paramgen_curve') ?? '']
    if (curve) return makeEcKey(curve, process.kernel.random)
    yield* refuse(
      process,
      'Error generating EC key\nparameter error: no curve, or one that is not simulated (prime256v1, secp384r1 and secp521r1 are)\n',
    )
  }
  return yield* refuse(process, `Algorithm ${text} not found\n`)
}

const ciphers = 'aes128 aes192 aes256 des3 des aes-128-cbc aes-192-cbc aes-256-cbc camellia256'

function* noCipher(process: Process, given: readonly string[]): Blocking<void> {
  const cipher = given.find((one) => ciphers.split(' ').includes(one))
  if (cipher !== undefined)
    yield* refuse(process, `openssl: keys with a pass phrase (-${cipher}) are not simulated here; leave the option out\n`)
}

export function* genrsa(process: Process, args: readonly string[]): Blocking<number> {
  const call = yield* parsed(process, 'genrsa', args, `help verbose traditional 3 f4 F4 ${ciphers}`, 'out rand passout engine')
  yield* noCipher(process, call.given)
  const text = call.operands[0] ?? '2048'
  const size = Number(text)
  if (!Number.isInteger(size)) yield* refuse(process, `genrsa: Can't parse "${text}" as a number\ngenrsa: Use -help for summary.\n`)
  if (size < 512)
    yield* refuse(
      process,
      'Error generating RSA key\n4017D2F6A37F0000:error:02000078:rsa routines:rsa_multiprime_keygen:key size too small:../crypto/rsa/rsa_gen.c:96:\n',
    )
  const key = yield* madeRsa(process, size, call.options.has('verbose'))
  yield* writeOut(process, call.options.get('out'), call.options.has('traditional') ? traditionalPem(key) : privatePem(key), 0o600)
  return 0
}

export function* genpkey(process: Process, args: readonly string[]): Blocking<number> {
  const call = yield* parsed(
    process,
    'genpkey',
    args,
    `help quiet genparam text ${ciphers}`,
    'out outform algorithm pkeyopt pass paramfile',
  )
  yield* noCipher(process, call.given)
  if (!call.options.has('algorithm')) yield* refuse(process, 'genpkey: Use -help for summary.\n')
  const name = call.options.get('algorithm') ?? ''
  const key = yield* keyFor(process, name, call.lists.get('pkeyopt') ?? [], name.toLowerCase() === 'rsa' && !call.options.has('quiet'))
  yield* writeOut(process, call.options.get('out'), privatePem(key), 0o600)
  return 0
}

export function* ecparam(process: Process, args: readonly string[]): Blocking<number> {
  const call = yield* parsed(
    process,
    'ecparam',
    args,
    'help genkey noout text list_curves check',
    'name out in param_enc conv_form outform',
  )
  if (call.options.has('list_curves')) {
    yield* writeOut(
      process,
      undefined,
      '  secp384r1 : NIST/SECG curve over a 384 bit prime field\n  secp521r1 : NIST/SECG curve over a 521 bit prime field\n  prime256v1: X9.62/SECG curve over a 256 bit prime field\n',
    )
    return 0
  }
  const name = call.options.get('name')
  if (name === undefined) return yield* refuse(process, 'ecparam: -name is what is simulated; reading parameters (-in) is not\n')
  const curve = curveAliases[name]
  if (!curve) return yield* refuse(process, call.options.has('genkey') ? 'unable to generate key\n' : `unknown curve name (${name})\n`)
  const parameters = call.options.has('noout') ? '' : pem('EC PARAMETERS', oid(curves[curve].oid))
  yield* writeOut(
    process,
    call.options.get('out'),
    parameters + (call.options.has('genkey') ? traditionalPem(makeEcKey(curve, process.kernel.random)) : ''),
    0o600,
  )
  return 0
}

/** rsa, ec and pkey differ in what they say and in the form they write. */
export function* keyCommand(process: Process, command: 'rsa' | 'ec' | 'pkey', args: readonly string[]): Blocking<number> {
  const call = yield* parsed(
    process,
    command,
    args,
    `help pubin pubout noout text check modulus traditional text_pub ${ciphers}`,
    'in out inform outform passin passout conv_form',
  )
  yield* noCipher(process, call.given)
  const { options } = call
  const path = options.get('in')
  const what = options.has('pubin') ? 'public key' : 'private key'
  if (command === 'ec') yield* err(process, 'read EC key\n')
  let text = ''
  const write = (content: string): void => {
    text += content
  }
  if (options.has('pubin')) {
    const block = yield* readBlock(process, path, what, /PUBLIC KEY$/)
    const key = yield* readable(process, path, what, () => publicOf(parseDer(block.bytes)))
    if (options.has('text')) write(publicText(key))
    if (options.has('modulus') && key.kind === 'rsa') write(`Modulus=${hexOf(bytesOfBig(key.n)).toUpperCase()}\n`)
    if (!options.has('noout')) write(publicPem(key))
  } else {
    const key = yield* readPrivate(process, path, what)
    if (command === 'rsa' && key.kind !== 'rsa') yield* refuse(process, `Not an RSA key\n`)
    if (options.has('text')) write(privateText(key))
    if (options.has('text_pub')) write(publicText(key))
    if (options.has('modulus') && key.kind === 'rsa') write(`Modulus=${hexOf(bytesOfBig(key.n)).toUpperCase()}\n`)
    if (options.has('check') && command === 'ec') yield* err(process, 'EC Key valid.\n')
    else if (options.has('check')) write(command === 'rsa' ? 'RSA key ok\n' : 'Key is valid\n')
    if (!options.has('noout')) {
      if (command !== 'pkey') yield* err(process, `writing ${command.toUpperCase()} key\n`)
      if (options.get('outform')?.toUpperCase() === 'DER' && options.has('pubout')) {
        yield* writeOut(process, options.get('out'), publicDer(key))
        return 0
      }
      write(options.has('pubout') ? publicPem(key) : options.has('traditional') || command === 'ec' ? traditionalPem(key) : privatePem(key))
    }
  }
  yield* writeOut(process, options.get('out'), text, 0o600)
  return 0
}
