/** The functions that Kubernetes adds to the Common Expression Language: quantities, addresses, URLs, lists, sets, formats, the authorizer. */
import type { Environment } from '@marcbachmann/cel-js'
import { dns1035Label, dns1123Label, dns1123Subdomain, qualifiedName, validLabelValue } from '../../kinds/names.ts'
import { isStandardCidr, isStandardIp } from '../../kinds/validation/addresses.ts'
import {
  addQuantities,
  compareQuantities,
  isQuantity,
  milliValue,
  negatedQuantity,
  parseQuantity,
  wholeValue,
} from '../../kinds/quantity.ts'
import { addressOf, bitsOf, textOfAddress } from './addresses.ts'
import type { Attributes } from '../access/authorization.ts'
import { ExpressionError, type Ask } from './expressions.ts'

class Quantity {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

class Url {
  readonly url: URL
  readonly text: string
  constructor(text: string) {
    this.text = text
    this.url = new URL(text, 'http://nowhere.invalid')
  }
}

class Ip {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

class Cidr {
  readonly address: string
  readonly prefix: number
  constructor(text: string) {
    const [address, prefix] = text.split('/')
    this.address = address
    this.prefix = Number(prefix)
  }
}

class Namespace_ {}

class Format {
  readonly problems: (text: string) => readonly string[]
  constructor(problems: (text: string) => readonly string[]) {
    this.problems = problems
  }
}

/** `authorizer`: what may the one who asks? */
export class Authorizer {
  readonly ask: Ask
  readonly requestResource: Check
  readonly account?: { readonly namespace: string; readonly name: string }

  constructor(ask: Ask, requested: Attributes, account?: { readonly namespace: string; readonly name: string }) {
    this.ask = ask
    this.requestResource = new Check(this, requested)
    this.account = account
  }
}

class Check {
  readonly authorizer: Authorizer
  readonly attributes: Attributes
  constructor(authorizer: Authorizer, attributes: Attributes) {
    this.authorizer = authorizer
    this.attributes = attributes
  }

  with(change: Partial<Attributes>): Check {
    return new Check(this.authorizer, { ...this.attributes, ...change })
  }
}

class Group extends Check {}
class Path extends Check {}

class Decision {
  readonly reason: string | undefined
  constructor(reason: string | undefined) {
    this.reason = reason
  }
}

const nothing: Attributes = { verb: '', group: '', resource: '', namespace: '', name: '' }

export function registerKubernetes(environment: Environment): Environment {
  registerTypes(environment)
  registerStrings(environment)
  registerLists(environment)
  registerQuantities(environment)
  registerAddresses(environment)
  registerUrls(environment)
  registerFormats(environment)
  registerAuthorizer(environment)
  return environment
}

function registerTypes(environment: Environment): void {
  const types = {
    'kubernetes.Quantity': Quantity,
    'kubernetes.URL': Url,
    'net.IP': Ip,
    'net.CIDR': Cidr,
    'kubernetes.Sets': Namespace_,
    'kubernetes.NamedFormat': Format,
    'kubernetes.authorization.GroupCheck': Group,
    'kubernetes.authorization.PathCheck': Path,
    'kubernetes.authorization.ResourceCheck': Check,
    'kubernetes.authorization.Decision': Decision,
  }
  for (const [name, ctor] of Object.entries(types)) environment.registerType(name, { ctor, fields: {} })
  environment.registerType('kubernetes.authorization.Authorizer', {
    ctor: Authorizer,
    fields: { requestResource: 'kubernetes.authorization.ResourceCheck' },
  })
}

function registerStrings(environment: Environment): void {
  environment.registerFunction('string.charAt(int): string', (text: string, at: bigint) => text.charAt(Number(at)))
  environment.registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
    text.replaceAll(from, to),
  )
  environment.registerFunction('string.replace(string, string, int): string', (text: string, from: string, to: string, limit: bigint) => {
    let left = limit < 0n ? Number.POSITIVE_INFINITY : Number(limit)
    return text.split(from).reduce((all, part) => all + (left-- > 0 ? to : from) + part)
  })
  environment.registerFunction(
    'string.find(string): string',
    (text: string, pattern: string) => new RegExp(pattern, 'u').exec(text)?.[0] ?? '',
  )
  environment.registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) =>
    [...text.matchAll(new RegExp(pattern, 'gu'))].map((match) => match[0]),
  )
  environment.registerFunction('string.findAll(string, int): list<string>', (text: string, pattern: string, limit: bigint) =>
    [...text.matchAll(new RegExp(pattern, 'gu'))].map((match) => match[0]).slice(0, limit < 0n ? undefined : Number(limit)),
  )
  environment.registerFunction('string.format(list): string', (text: string, values: readonly unknown[]) => formatted(text, values))
}

/** `%s is %d`, as the strings extension has it. */
function formatted(text: string, values: readonly unknown[]): string {
  let at = 0
  return text.replace(/%(%|(?:\.(\d+))?([sdfebxXo]))/g, (_, all: string, digits: string | undefined, verb: string) => {
    if (all === '%') return '%'
    if (at >= values.length) throw new ExpressionError(`index ${at} out of range`)
    const value = values[at++]
    if (verb === 's') return shown(value)
    if (verb === 'f') return Number(value).toFixed(digits === undefined ? 6 : Number(digits))
    if (verb === 'e')
      return Number(value)
        .toExponential(digits === undefined ? 6 : Number(digits))
        .replace(/e([+-])(\d)$/, 'e$10$2')
    const whole = typeof value === 'boolean' ? (value ? 1n : 0n) : typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value)))
    const radix = { d: 10, b: 2, x: 16, X: 16, o: 8 }[verb] ?? 10
    return verb === 'X' ? whole.toString(radix).toUpperCase() : whole.toString(radix)
  })
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z')
  if (value instanceof Quantity || value instanceof Ip) return value.text
  if (value instanceof Map || (typeof value === 'object' && value !== null)) {
    const entries = value instanceof Map ? [...value.entries()] : Object.entries(value)
    return `{${entries
      .map(([key, inner]) => `${String(key)}: ${shown(inner)}`)
      .sort()
      .join(', ')}}`
  }
  return String(value)
}

type Comparable = bigint | number | string | Date

function registerLists(environment: Environment): void {
  const same = (a: unknown, b: unknown): boolean => a === b || shown(a) === shown(b)
  const extreme = (list: readonly Comparable[], name: string, isBetter: (a: Comparable, b: Comparable) => boolean): Comparable => {
    if (list.length === 0) throw new ExpressionError(`${name} called on empty list`)
    return list.reduce((best, each) => (isBetter(each, best) ? each : best))
  }
  environment.registerFunction('list.isSorted(): bool', (list: readonly Comparable[]) =>
    list.every((each, index) => index === 0 || list[index - 1] <= each),
  )
  environment.registerFunction('list.sum(): dyn', (list: readonly (bigint | number)[]) =>
    list.length === 0
      ? 0n
      : typeof list[0] === 'bigint'
        ? list.reduce((sum: bigint, each) => sum + BigInt(each), 0n)
        : list.reduce((sum: number, each) => sum + Number(each), 0),
  )
  environment.registerFunction('list.min(): dyn', (list: readonly Comparable[]) => extreme(list, 'min', (a, b) => a < b))
  environment.registerFunction('list.max(): dyn', (list: readonly Comparable[]) => extreme(list, 'max', (a, b) => a > b))
  environment.registerFunction('list.indexOf(dyn): int', (list: readonly unknown[], value: unknown) =>
    BigInt(list.findIndex((each) => same(each, value))),
  )
  environment.registerFunction('list.lastIndexOf(dyn): int', (list: readonly unknown[], value: unknown) =>
    BigInt(list.findLastIndex((each) => same(each, value))),
  )
  const has = (list: readonly unknown[], wanted: readonly unknown[]) => wanted.every((value) => list.some((each) => same(each, value)))
  environment.registerFunction('kubernetes.Sets.contains(list, list): bool', (_: unknown, a: readonly unknown[], b: readonly unknown[]) =>
    has(a, b),
  )
  environment.registerFunction(
    'kubernetes.Sets.equivalent(list, list): bool',
    (_: unknown, a: readonly unknown[], b: readonly unknown[]) => has(a, b) && has(b, a),
  )
  environment.registerFunction('kubernetes.Sets.intersects(list, list): bool', (_: unknown, a: readonly unknown[], b: readonly unknown[]) =>
    b.some((value) => has(a, [value])),
  )
  environment.registerConstant('sets', 'kubernetes.Sets', new Namespace_())
}

function registerQuantities(environment: Environment): void {
  const type = 'kubernetes.Quantity'
  const textOf = (other: unknown): string => (other instanceof Quantity ? other.text : String(other))
  environment.registerFunction('isQuantity(string): bool', isQuantity)
  environment.registerFunction(`quantity(string): ${type}`, (text: string) => {
    if (!isQuantity(text))
      throw new ExpressionError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
    return new Quantity(text)
  })
  const isWhole = ({ text }: Quantity) => {
    const { value, scale } = parseQuantity(text)
    return scale >= 0 || value % 10n ** BigInt(-scale) === 0n
  }
  environment.registerFunction(`${type}.isInteger(): bool`, isWhole)
  environment.registerFunction(`${type}.asInteger(): int`, (quantity: Quantity) => {
    if (!isWhole(quantity)) throw new ExpressionError('cannot convert value to integer')
    return BigInt(wholeValue(quantity.text))
  })
  environment.registerFunction(`${type}.asApproximateFloat(): double`, ({ text }: Quantity) => milliValue(text) / 1000)
  environment.registerFunction(`${type}.sign(): int`, ({ text }: Quantity) => BigInt(Math.sign(compareQuantities(text, '0'))))
  for (const other of [type, 'int']) {
    environment.registerFunction(
      `${type}.add(${other}): ${type}`,
      ({ text }: Quantity, more: unknown) => new Quantity(addQuantities(text, textOf(more))),
    )
    environment.registerFunction(
      `${type}.sub(${other}): ${type}`,
      ({ text }: Quantity, less: unknown) => new Quantity(addQuantities(text, negatedQuantity(textOf(less)))),
    )
  }
  environment.registerFunction(`${type}.isLessThan(${type}): bool`, (a: Quantity, b: Quantity) => compareQuantities(a.text, b.text) < 0)
  environment.registerFunction(`${type}.isGreaterThan(${type}): bool`, (a: Quantity, b: Quantity) => compareQuantities(a.text, b.text) > 0)
  environment.registerFunction(`${type}.compareTo(${type}): int`, (a: Quantity, b: Quantity) =>
    BigInt(Math.sign(compareQuantities(a.text, b.text))),
  )
  environment.registerOperator(`${type} == ${type}`, (a: Quantity, b: Quantity) => compareQuantities(a.text, b.text) === 0)
}

function registerAddresses(environment: Environment): void {
  const parsed = (text: string): Ip => {
    if (!isStandardIp(text))
      throw new ExpressionError(`IP Address '${text}' parse error during conversion from string: ParseAddr("${text}"): unable to parse IP`)
    return new Ip(text)
  }
  const network = (text: string): Cidr => {
    if (!isStandardCidr(text))
      throw new ExpressionError(`CIDR '${text}' parse error during conversion from string: netip.ParsePrefix("${text}"): no '/'`)
    return new Cidr(text)
  }
  environment.registerFunction('isIP(string): bool', isStandardIp)
  environment.registerFunction('ip(string): net.IP', parsed)
  environment.registerFunction('string(net.IP): string', ({ text }: Ip) => text)
  environment.registerFunction('net.IP.isCanonical(): bool', ({ text }: Ip) => textOfAddress(addressOf(text), bitsOf(text)) === text)
  environment.registerFunction('net.IP.family(): int', ({ text }: Ip) => (text.includes(':') ? 6n : 4n))
  environment.registerFunction('net.IP.isUnspecified(): bool', ({ text }: Ip) => addressOf(text) === 0n)
  environment.registerFunction('net.IP.isLoopback(): bool', ({ text }: Ip) =>
    text.includes(':') ? addressOf(text) === 1n : addressOf(text) >> 24n === 127n,
  )
  environment.registerFunction('net.IP.isLinkLocalMulticast(): bool', ({ text }: Ip) =>
    text.includes(':') ? addressOf(text) >> 112n === 0xff02n : addressOf(text) >> 8n === 0xe00000n,
  )
  environment.registerFunction('net.IP.isLinkLocalUnicast(): bool', ({ text }: Ip) =>
    text.includes(':') ? addressOf(text) >> 118n === 0x3fan : addressOf(text) >> 16n === 0xa9fen,
  )
  environment.registerFunction('net.IP.isGlobalUnicast(): bool', ({ text }: Ip) => {
    const address = addressOf(text)
    if (text.includes(':')) return address > 1n && address >> 120n !== 0xffn && address >> 118n !== 0x3fan
    return address !== 0n && address !== 0xffffffffn && address >> 24n !== 127n && address >> 28n !== 0xen && address >> 16n !== 0xa9fen
  })
  environment.registerFunction('isCIDR(string): bool', isStandardCidr)
  environment.registerFunction('cidr(string): net.CIDR', network)
  environment.registerFunction('string(net.CIDR): string', ({ address, prefix }: Cidr) => `${address}/${prefix}`)
  const holds = ({ address, prefix }: Cidr, text: string) =>
    bitsOf(text) === bitsOf(address) &&
    addressOf(text) >> BigInt(bitsOf(address) - prefix) === addressOf(address) >> BigInt(bitsOf(address) - prefix)
  environment.registerFunction('net.CIDR.containsIP(net.IP): bool', (cidr: Cidr, { text }: Ip) => holds(cidr, text))
  environment.registerFunction('net.CIDR.containsIP(string): bool', (cidr: Cidr, text: string) => holds(cidr, parsed(text).text))
  environment.registerFunction(
    'net.CIDR.containsCIDR(net.CIDR): bool',
    (cidr: Cidr, other: Cidr) => other.prefix >= cidr.prefix && holds(cidr, other.address),
  )
  environment.registerFunction(
    'net.CIDR.containsCIDR(string): bool',
    (cidr: Cidr, text: string) => network(text).prefix >= cidr.prefix && holds(cidr, network(text).address),
  )
  environment.registerFunction('net.CIDR.ip(): net.IP', ({ address }: Cidr) => new Ip(address))
  environment.registerFunction('net.CIDR.prefixLength(): int', ({ prefix }: Cidr) => BigInt(prefix))
  environment.registerFunction('net.CIDR.masked(): net.CIDR', ({ address, prefix }: Cidr) => {
    const hidden = BigInt(bitsOf(address) - prefix)
    return new Cidr(`${textOfAddress((addressOf(address) >> hidden) << hidden, bitsOf(address))}/${prefix}`)
  })
}

function registerUrls(environment: Environment): void {
  const isUrl = (text: string) => /^([a-zA-Z][a-zA-Z0-9+.-]*:\/\/|\/)/.test(text) && URL.canParse(text, 'http://nowhere.invalid')
  environment.registerFunction('isURL(string): bool', isUrl)
  environment.registerFunction('url(string): kubernetes.URL', (text: string) => {
    if (!isUrl(text)) throw new ExpressionError(`URL parse error during conversion from string: parse "${text}": invalid URI for request`)
    return new Url(text)
  })
  const isAbsolute = ({ text }: Url) => !text.startsWith('/')
  environment.registerFunction('kubernetes.URL.getScheme(): string', (url: Url) => (isAbsolute(url) ? url.url.protocol.slice(0, -1) : ''))
  environment.registerFunction('kubernetes.URL.getHost(): string', (url: Url) =>
    isAbsolute(url) ? (/^[^:]+:\/\/(?:[^@/?#]*@)?([^/?#]*)/.exec(url.text)?.[1] ?? '') : '',
  )
  environment.registerFunction('kubernetes.URL.getHostname(): string', (url: Url) =>
    isAbsolute(url) ? url.url.hostname.replace(/^\[|\]$/g, '') : '',
  )
  environment.registerFunction('kubernetes.URL.getPort(): string', (url: Url) =>
    isAbsolute(url) ? (/:(\d+)$/.exec(/^[^:]+:\/\/([^/?#]*)/.exec(url.text)?.[1] ?? '')?.[1] ?? '') : '',
  )
  environment.registerFunction('kubernetes.URL.getEscapedPath(): string', (url: Url) =>
    /^[^:]+:\/\/[^/?#]*$/.test(url.text) ? '' : url.url.pathname,
  )
  environment.registerFunction('kubernetes.URL.getQuery(): map', ({ url }: Url) =>
    Object.fromEntries([...new Set(url.searchParams.keys())].map((key) => [key, url.searchParams.getAll(key)])),
  )
}

function registerFormats(environment: Environment): void {
  const type = 'kubernetes.NamedFormat'
  const prefixed = (rule: (text: string) => readonly string[]) => (text: string) => rule(text.replace(/-$/, 'a'))
  const matching = (pattern: RegExp, words: string) => (text: string) => (pattern.test(text) ? [] : [words])
  const formats: Readonly<Record<string, (text: string) => readonly string[]>> = {
    dns1123Label,
    dns1123Subdomain,
    dns1035Label,
    qualifiedName,
    dns1123LabelPrefix: prefixed(dns1123Label),
    dns1123SubdomainPrefix: prefixed(dns1123Subdomain),
    dns1035LabelPrefix: prefixed(dns1035Label),
    labelValue: validLabelValue,
    uri: (text) => (URL.canParse(text) ? [] : [`parse ${JSON.stringify(text)}: invalid URI for request`]),
    uuid: matching(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i, 'does not match the UUID format'),
    byte: matching(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'invalid base64'),
    date: matching(/^\d{4}-\d\d-\d\d$/, 'invalid date'),
    datetime: matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/, 'invalid datetime'),
  }
  environment.registerConstant('format', 'kubernetes.Sets', new Namespace_())
  for (const [name, problems] of Object.entries(formats))
    environment.registerFunction(`kubernetes.Sets.${name}(): ${type}`, () => new Format(problems))
  environment.registerFunction(`kubernetes.Sets.named(string): optional<${type}>`, (_: unknown, name: string) =>
    formats[name] ? new Format(formats[name]) : null,
  )
  environment.registerFunction(`${type}.validate(string): dyn`, ({ problems }: Format, text: string) => {
    const found = problems(text)
    return found.length === 0 ? [] : found
  })
}

function registerAuthorizer(environment: Environment): void {
  const of = (name: string) => `kubernetes.authorization.${name}`
  const change = (from: string, name: string, to: string, handler: (check: Check, text: string) => Check) =>
    environment.registerFunction(`${of(from)}.${name}(string): ${of(to)}`, handler)
  environment.registerFunction(
    `${of('Authorizer')}.path(string): ${of('PathCheck')}`,
    (authorizer: Authorizer, path: string) => new Path(authorizer, { ...nothing, path }),
  )
  environment.registerFunction(
    `${of('Authorizer')}.group(string): ${of('GroupCheck')}`,
    (authorizer: Authorizer, group: string) => new Group(authorizer, { ...nothing, group }),
  )
  environment.registerFunction(
    `${of('Authorizer')}.serviceAccount(string, string): ${of('Authorizer')}`,
    ({ ask, requestResource }: Authorizer, namespace: string, name: string) =>
      new Authorizer(ask, requestResource.attributes, { namespace, name }),
  )
  change(
    'GroupCheck',
    'resource',
    'ResourceCheck',
    ({ authorizer, attributes }, resource) => new Check(authorizer, { ...attributes, resource }),
  )
  change('ResourceCheck', 'subresource', 'ResourceCheck', (check, subresource) => check.with({ subresource }))
  change('ResourceCheck', 'namespace', 'ResourceCheck', (check, namespace) => check.with({ namespace }))
  change('ResourceCheck', 'name', 'ResourceCheck', (check, name) => check.with({ name }))
  for (const kind of ['ResourceCheck', 'PathCheck']) {
    environment.registerFunction(
      `${of(kind)}.check(string): ${of('Decision')}`,
      ({ authorizer, attributes }: Check, verb: string) => new Decision(authorizer.ask({ ...attributes, verb }, authorizer.account)),
    )
  }
  environment.registerFunction(`${of('Decision')}.allowed(): bool`, ({ reason }: Decision) => reason !== undefined)
  environment.registerFunction(`${of('Decision')}.reason(): string`, ({ reason }: Decision) => reason ?? '')
  environment.registerFunction(`${of('Decision')}.errored(): bool`, () => false)
  environment.registerFunction(`${of('Decision')}.error(): string`, () => '')
}

const durationUnits: Readonly<Record<string, number>> = { h: 3600000, m: 60000, s: 1000, ms: 1, us: 0.001, µs: 0.001, ns: 0.000001 }

/** `1h30m` as Go writes durations; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  if (!/^-?(\d+(\.\d+)?(h|ms|m|s|us|µs|ns))+$/.test(text)) return undefined
  const sum = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)].reduce(
    (all, [, amount, unit]) => all + Number(amount) * durationUnits[unit],
    0,
  )
  return text.startsWith('-') ? -sum : sum
}
