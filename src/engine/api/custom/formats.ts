/**
 * The formats that a schema may ask of a text, judged as kube-openapi's `strfmt` judges them. Every other format, `int32` and `int64` among
 * them, is taken and means nothing.
 */
import { isCidr, isIp } from '../../kinds/validation/addresses.ts'

const letter = String.raw`[a-zA-Z0-9\p{S}\p{L}]`
const label = String.raw`${letter}(?:(?:${letter}|-){0,61}${letter})?`
/** A single label may have a hyphen only after its first letter; upstream's expression says so, whatever it meant. */
const hostname = new RegExp(String.raw`^(?:${letter}(?:-?${letter}{0,62})?|(?:${label}\.)+${letter}(?:-?${letter}){1,62})$`, 'u')
const atom = String.raw`[\w!#$%&'*+/=?^{|}~\u0060\u0080-\u{10ffff}-]+`
const address = String.raw`(?:${atom}(?:\.${atom})*|"(?:[^"\\]|\\.)*")@(?:${atom}(?:\.${atom})*|\[[^\]]*\])`
const email = new RegExp(String.raw`^\s*(?:${address}|(?:[^<>@,;:\\"]|"(?:[^"\\]|\\.)*")*<${address}>)\s*$`, 'u')
const uuidOf = (version: string, variant = '[0-9a-f]') =>
  new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i')
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/
const mac = /^[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}(?:(?:\1[0-9a-f]{2}){2}|(?:\1[0-9a-f]{2}){14})?$/i
const dottedMac = /^[0-9a-f]{4}(?:\.[0-9a-f]{4}){2}(?:\.[0-9a-f]{4}|(?:\.[0-9a-f]{4}){7})?$/i
const portion = String.raw`(?:25[0-5]|2[0-4]\d|1?\d?\d)`
const rgb = new RegExp(String.raw`^rgb\(\s*${portion}\s*,\s*${portion}\s*,\s*${portion}\s*\)$`)
const card =
  /^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11}|6[27]\d{14})$/

const formats: ReadonlyMap<string, (text: string) => boolean> = new Map<string, (text: string) => boolean>([
  ['bsonobjectid', (text) => /^[0-9a-f]{24}$/i.test(text)],
  ['uri', isRequestUri],
  ['email', (text) => email.test(text)],
  ['hostname', (text) => hostname.test(text) && text.length <= 255 && text.split('.').every((part) => part.length <= 63)],
  ['ipv4', (text) => isIp(text) && text.includes('.')],
  ['ipv6', (text) => isIp(text) && text.includes(':')],
  ['cidr', isCidr],
  ['mac', (text) => mac.test(text) || dottedMac.test(text)],
  ['uuid', (text) => uuidOf('[0-9a-f]').test(text)],
  ['uuid3', (text) => uuidOf('3').test(text)],
  ['uuid4', (text) => uuidOf('4', '[89ab]').test(text)],
  ['uuid5', (text) => uuidOf('5', '[89ab]').test(text)],
  ['isbn', (text) => isIsbn10(text) || isIsbn13(text)],
  ['isbn10', isIsbn10],
  ['isbn13', isIsbn13],
  ['creditcard', (text) => card.test(digitsOf(text)) && isLuhn(digitsOf(text))],
  ['ssn', (text) => /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text)],
  ['hexcolor', (text) => /^#?(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(text)],
  ['rgbcolor', (text) => rgb.test(text)],
  ['byte', (text) => base64.test(text)],
  ['password', () => true],
  ['date', isDate],
  ['duration', isDuration],
  ['datetime', isDateTime],
])

const written = (format: string) => format.replaceAll('-', '')

export function isKnownFormat(format: string | undefined): format is string {
  return format !== undefined && formats.has(written(format))
}

export function isOfFormat(format: string, text: string): boolean {
  return formats.get(written(format))?.(text) ?? true
}

/** What an HTTP request may ask for: an absolute address or an absolute path. */
function isRequestUri(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Go refuses exactly these.
  if (text === '' || /[\u0000-\u001f\u007f]/.test(text) || /%(?![0-9a-f]{2})/i.test(text.split('?')[0])) return false
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?]*)/i.exec(text)?.[1]
  if (authority !== undefined) return /^(?:[^@]*@)?(?:\[[0-9a-f:.%]*\]|[^\s:[\]<>"]*)(?::\d*)?$/i.test(authority)
  return text === '*' || text.startsWith('/') || /^[a-z][a-z0-9+.-]*:/i.test(text)
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const [year, month, day] = text.split('-').map(Number)
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function isDateTime(text: string): boolean {
  const [day, time] = text.toLowerCase().split('t')
  const parts = /^(\d{2}):(\d{2}):(\d{2})(?:.\d+)?(?:z|[+-]\d{2}:\d{2})$/.exec(time ?? '')
  return parts !== null && isDate(day) && parts[1] <= '23' && parts[2] <= '59' && parts[3] <= '59'
}

/** Go's durations, and Scala's: `1h30m` as well as `2 days`. */
function isDuration(text: string): boolean {
  if (/^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.test(text)) return true
  if (!/^\s*(?:\d+\s*[A-Za-zµ]+\s*)+$/.test(text)) return false
  const unit = /^(?:ns|nano.*|us|µs|micro.*|ms|milli.*|s|sec.*|m|min.*|h|hr|hour.*|d|day.*|w|wk|week.*)$/i
  return [...text.matchAll(/\d+\s*([A-Za-zµ]+)/g)].some(([, word]) => unit.test(word))
}

function digitsOf(text: string): string {
  return text.replace(/[^0-9]+/g, '')
}

function isLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

function isIsbn10(text: string): boolean {
  const plain = text.replace(/[\s-]+/g, '')
  if (!/^\d{9}[\dX]$/.test(plain)) return false
  return [...plain].reduce((sum, digit, index) => sum + (index + 1) * (digit === 'X' ? 10 : Number(digit)), 0) % 11 === 0
}

function isIsbn13(text: string): boolean {
  const plain = text.replace(/[\s-]+/g, '')
  if (!/^\d{13}$/.test(plain)) return false
  return [...plain].reduce((sum, digit, index) => sum + (index % 2 === 0 ? 1 : 3) * Number(digit), 0) % 10 === 0
}
