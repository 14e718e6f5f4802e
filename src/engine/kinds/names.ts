/** Name rules, in the words of apimachinery's `validation` package. Each answers what is wrong; nothing when all is well. */

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = `${label}(\\.${label})*`
const underscoredLabel = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const underscored = `${underscoredLabel}(\\.${underscoredLabel})*`
const dns1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const qualifiedPart = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const labelValue = `(${qualifiedPart})?`

const patterns = {
  label: new RegExp(`^${label}$`),
  subdomain: new RegExp(`^${subdomain}$`),
  underscored: new RegExp(`^${underscored}$`),
  httpHeader: /^[-A-Za-z0-9]+$/,
  dns1035: new RegExp(`^${dns1035}$`),
  qualifiedPart: new RegExp(`^${qualifiedPart}$`),
  labelValue: new RegExp(`^${labelValue}$`),
  environment: /^[-._a-zA-Z][-._a-zA-Z0-9]*$/,
  relaxedEnvironment: /^[\x20-\x3c\x3e-\x7e]+$/,
  configKey: /^[-._a-zA-Z0-9]+$/,
  portName: /^[-a-z0-9]+$/,
}

const noProblems: readonly string[] = []

export function tooLong(limit: number): string {
  return `must be no more than ${limit} characters`
}

function regexMessage(message: string, pattern: string, ...examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}'`).join(',  or ')
  return `${message} (e.g. ${shown}, regex used for validation is '${pattern}')`
}

export function dns1123Label(name: string): readonly string[] {
  const problems = name.length > 63 ? [tooLong(63)] : []
  if (patterns.label.test(name)) return problems
  if (patterns.subdomain.test(name)) return [...problems, 'must not contain dots']
  return [
    ...problems,
    regexMessage(
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
      label,
      'my-name',
      '123-abc',
    ),
  ]
}

export function dns1123Subdomain(name: string): readonly string[] {
  if (name.length <= 253 && patterns.subdomain.test(name)) return noProblems
  const problems = name.length > 253 ? [tooLong(253)] : []
  if (patterns.subdomain.test(name)) return problems
  return [
    ...problems,
    regexMessage(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
      subdomain,
      'example.com',
    ),
  ]
}

/** `*.example.com`. */
export function wildcardSubdomain(name: string): readonly string[] {
  const problems = name.length > 253 ? [tooLong(253)] : []
  if (name.startsWith('*.') && patterns.subdomain.test(name.slice(2))) return problems
  return [
    ...problems,
    regexMessage(
      "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
      `\\*\\.${subdomain}`,
      '*.example.com',
    ),
  ]
}

export function dns1123SubdomainWithUnderscore(name: string): readonly string[] {
  const problems = name.length > 253 ? [tooLong(253)] : []
  if (patterns.underscored.test(name)) return problems
  return [
    ...problems,
    regexMessage(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
      underscored,
      'example.com',
    ),
  ]
}

/** As what a name generated from this one is judged: anything may still follow. */
export function maskedTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name
}

export function httpHeaderName(name: string): readonly string[] {
  return patterns.httpHeader.test(name)
    ? []
    : [regexMessage("a valid HTTP header must consist of alphanumeric characters or '-'", '[-A-Za-z0-9]+', 'X-Header-Name')]
}

export function dns1035Label(name: string): readonly string[] {
  const problems = name.length > 63 ? [tooLong(63)] : []
  if (patterns.dns1035.test(name)) return problems
  return [
    ...problems,
    regexMessage(
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
      dns1035,
      'my-name',
      'abc-123',
    ),
  ]
}

/** RBAC names and the like: anything that can stand in a path. */
export function pathSegment(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  const problems: string[] = []
  for (const banned of ['/', '%']) if (name.includes(banned)) problems.push(`may not contain '${banned}'`)
  return problems
}

/** Keys of labels and annotations are few and come with every object: what was found right once is. */
const rightNames = new Set<string>()

export function qualifiedName(name: string): readonly string[] {
  if (rightNames.has(name)) return noProblems
  const problems = problemsOfQualifiedName(name)
  if (problems.length === 0 && rightNames.size < 1000) rightNames.add(name)
  return problems
}

function problemsOfQualifiedName(name: string): readonly string[] {
  const parts = name.split('/')
  const problems: string[] = []
  let last = name
  if (parts.length === 2) {
    const [prefix] = parts
    last = parts[1]
    if (prefix === '') problems.push('prefix part must be non-empty')
    else problems.push(...dns1123Subdomain(prefix).map((problem) => `prefix part ${problem}`))
  } else if (parts.length > 2) {
    return [
      `a qualified name ${regexMessage("must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", qualifiedPart, 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  if (last === '') problems.push('name part must be non-empty')
  else if (last.length > 63) problems.push(`name part ${tooLong(63)}`)
  if (!patterns.qualifiedPart.test(last)) {
    problems.push(
      `name part ${regexMessage("must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", qualifiedPart, 'MyName', 'my.name', '123-abc')}`,
    )
  }
  return problems
}

export function validLabelValue(value: string): readonly string[] {
  if (value.length <= 63 && patterns.labelValue.test(value)) return noProblems
  const problems = value.length > 63 ? [tooLong(63)] : []
  if (patterns.labelValue.test(value)) return problems
  return [
    ...problems,
    regexMessage(
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
      labelValue,
      'MyValue',
      'my_value',
      '12345',
    ),
  ]
}

export function environmentName(name: string): readonly string[] {
  if (patterns.relaxedEnvironment.test(name)) return []
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
}

export function configMapKey(key: string): readonly string[] {
  const problems = key.length > 253 ? [tooLong(253)] : []
  if (!patterns.configKey.test(key))
    problems.push(
      regexMessage(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        '[-._a-zA-Z0-9]+',
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    )
  if (key === '.') problems.push("must not be '.'")
  else if (key === '..') problems.push("must not be '..'")
  else if (key.startsWith('..')) problems.push("must not start with '..'")
  return problems
}

export function portName(name: string): readonly string[] {
  const problems: string[] = []
  if (name.length > 15) problems.push(tooLong(15))
  if (!patterns.portName.test(name)) problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(name)) problems.push('must contain at least one letter (a-z)')
  if (name.includes('--')) problems.push('must not contain consecutive hyphens')
  if (name.startsWith('-') || name.endsWith('-')) problems.push('must not begin or end with a hyphen')
  return problems
}

export function portNumber(port: number): readonly string[] {
  return Number.isInteger(port) && port >= 1 && port <= 65535 ? [] : ['must be between 1 and 65535, inclusive']
}

export const mustNotBeNegative = 'must be greater than or equal to 0'
