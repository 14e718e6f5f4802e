/**
 * An audit policy: which requests are written down, how fully, and at which stages. The first rule that matches a request decides; where none
 * does, nothing is written.
 */
import { parse } from 'yaml'
import { isRecord } from '../objects.ts'

export const levels = ['None', 'Metadata', 'Request', 'RequestResponse'] as const
export type Level = (typeof levels)[number]

export interface AuditRule {
  readonly level: Level
  readonly users?: readonly string[]
  readonly userGroups?: readonly string[]
  readonly verbs?: readonly string[]
  readonly resources?: readonly {
    readonly group?: string
    readonly resources?: readonly string[]
    readonly resourceNames?: readonly string[]
  }[]
  readonly namespaces?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
  readonly omitStages?: readonly string[]
  readonly omitManagedFields?: boolean
}

export interface AuditPolicy {
  readonly rules: readonly AuditRule[]
  readonly omitStages?: readonly string[]
  readonly omitManagedFields?: boolean
}

/** What a rule looks at. */
export interface AuditedRequest {
  readonly user: string
  readonly groups: readonly string[]
  readonly verb: string
  readonly path: string
  /** Undefined: not about a resource. */
  readonly target:
    | { readonly group: string; readonly resource: string; readonly subresource: string; readonly namespace: string; readonly name: string }
    | undefined
}

/** The policy of a file, or why the API server will not start with it. */
export function policyOf(text: string, path: string): AuditPolicy | string {
  let document: unknown
  try {
    document = parse(text)
  } catch (error) {
    return `failed decoding file ${JSON.stringify(path)}: ${(error as Error).message.split('\n')[0]}`
  }
  const { apiVersion = '', kind = '', rules } = isRecord(document) ? document : {}
  if (kind === '') return `failed decoding: Object 'Kind' is missing in '${text.trim()}'`
  if (apiVersion !== 'audit.k8s.io/v1' || kind !== 'Policy')
    return `failed decoding: no kind "${String(kind)}" is registered for version "${String(apiVersion)}" in scheme "pkg/audit/scheme.go:30": from file ${path}`
  if (!Array.isArray(rules) || rules.length === 0) return `loaded illegal policy with 0 rules from file ${path}`
  const policy = document as unknown as AuditPolicy
  const wrong = policy.rules.findIndex(({ level }) => !levels.includes(level))
  if (wrong < 0) return policy
  const { level = '' } = policy.rules[wrong] as { level?: string }
  return level === ''
    ? `rules[${wrong}].level: Required value`
    : `rules[${wrong}].level: Unsupported value: "${level}": supported values: "Metadata", "None", "Request", "RequestResponse"`
}

/** Why an API server with these flags ends as soon as it starts; undefined: it does not. */
export function auditFault(flags: ReadonlyMap<string, string>, read: (path: string) => string | undefined): string | undefined {
  const path = flags.get('audit-policy-file')
  if (path === undefined) return undefined
  const text = read(path)
  const policy =
    text === undefined ? `failed to read file path ${JSON.stringify(path)}: open ${path}: no such file or directory` : policyOf(text, path)
  return typeof policy === 'string' ? `loading audit policy file: ${policy}` : undefined
}

export function ruleFor({ rules }: AuditPolicy, request: AuditedRequest): AuditRule | undefined {
  return rules.find((rule) => matches(rule, request))
}

function matches(
  { users = [], userGroups = [], verbs = [], resources = [], namespaces = [], nonResourceURLs = [] }: AuditRule,
  { user, groups, verb, path, target }: AuditedRequest,
): boolean {
  if (users.length > 0 && !users.includes(user)) return false
  if (userGroups.length > 0 && !userGroups.some((group) => groups.includes(group))) return false
  if (verbs.length > 0 && !verbs.includes(verb)) return false
  if (resources.length > 0 || namespaces.length > 0) {
    if (!target) return false
    if (namespaces.length > 0 && !namespaces.includes(target.namespace)) return false
    return resources.length === 0 || resources.some((each) => (each.group ?? '') === target.group && isNamed(each, target))
  }
  if (nonResourceURLs.length > 0)
    return !target && nonResourceURLs.some((url) => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))))
  return true
}

function isNamed(
  { resources = [], resourceNames = [] }: NonNullable<AuditRule['resources']>[number],
  { resource, subresource, name }: NonNullable<AuditedRequest['target']>,
): boolean {
  if (resources.length === 0) return true
  if (resourceNames.length > 0 && !resourceNames.includes(name)) return false
  const full = subresource === '' ? resource : `${resource}/${subresource}`
  return resources.some(
    (each) => each === '*' || each === full || (subresource !== '' && (each === `*/${subresource}` || each === `${resource}/*`)),
  )
}
