/** What makes flow schemas and priority levels invalid. */
import { isSame } from '../../api/objects.ts'
import { Verbatim, type FieldErrors } from '../field-errors.ts'
import type {
  FlowcontrolV1Subject,
  V1FlowSchemaSpec,
  V1NonResourcePolicyRule,
  V1PriorityLevelConfigurationSpec,
  V1QueuingConfiguration,
  V1ResourcePolicyRule,
} from '../generated/types.ts'
import { goSyntax } from '../go-syntax.ts'
import { goStruct } from '../go-value.ts'
import { dns1123Label, dns1123Subdomain } from '../names.ts'
import { schemaNamed } from '../schema.ts'
import { supported } from './values.ts'

export function validateFlowSchema(name: string, spec: V1FlowSchemaSpec | undefined, errors: FieldErrors): void {
  const { matchingPrecedence = 0, distinguisherMethod, priorityLevelConfiguration, rules = [] } = spec ?? {}
  const wrong = (detail: string) => errors.invalid('spec.matchingPrecedence', matchingPrecedence, detail)
  if (matchingPrecedence <= 0) wrong('must be a positive value')
  if (matchingPrecedence > 10000) wrong('must not be greater than 10000')
  if (matchingPrecedence === 1 && name !== 'exempt') wrong("only the schema named 'exempt' may have matchingPrecedence 1")
  const methods = ['ByNamespace', 'ByUser']
  if (distinguisherMethod && !methods.includes(distinguisherMethod.type)) {
    const value = new Verbatim(`flowcontrol.FlowDistinguisherMethod{Type:${JSON.stringify(distinguisherMethod.type ?? '')}}`)
    errors.notSupported('spec.distinguisherMethod.type', value, methods)
  }
  const level = priorityLevelConfiguration?.name ?? ''
  if (level === '') errors.required('spec.priorityLevelConfiguration.name', 'must reference a priority level')
  for (const problem of level === '' ? [] : dns1123Subdomain(level)) errors.invalid('spec.priorityLevelConfiguration.name', level, problem)
  rules.forEach(({ subjects, resourceRules = [], nonResourceRules = [] }, index) => {
    const path = `spec.rules[${index}]`
    if (!subjects?.length) errors.required(`${path}.subjects`, 'subjects must contain at least one value')
    subjects?.forEach((subject, at) => validateSubject(subject, `${path}.subjects[${at}]`, errors))
    if (resourceRules.length + nonResourceRules.length === 0)
      errors.required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty')
    resourceRules.forEach((rule, at) => validateResourceRule(rule, `${path}.resourceRules[${at}]`, errors))
    nonResourceRules.forEach((rule, at) => validateUrlRule(rule, `${path}.nonResourceRules[${at}]`, errors))
  })
}

const subjectFields = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' } as const
const subjectKinds = ['ServiceAccount', 'User', 'Group'] as const

function validateSubject(subject: FlowcontrolV1Subject, path: string, errors: FieldErrors): void {
  const kind = subjectKinds.find((each) => each === subject.kind)
  if (!kind) return errors.notSupported(`${path}.kind`, subject.kind ?? '', ['Group', 'ServiceAccount', 'User'])
  const field = subjectFields[kind]
  const named = subject[field]
  if (!named) errors.required(`${path}.${field}`, `${field} is required when subject kind is '${kind}'`)
  else if (!named.name) errors.required(`${path}.${field}.name`)
  if (kind === 'ServiceAccount' && subject.serviceAccount) {
    const { name = '', namespace = '' } = subject.serviceAccount
    for (const problem of name === '' || name === '*' ? [] : dns1123Subdomain(name))
      errors.invalid(`${path}.serviceAccount.name`, name, problem)
    if (namespace === '') errors.required(`${path}.serviceAccount.namespace`, 'must specify namespace for service account')
    else for (const problem of dns1123Label(namespace)) errors.invalid(`${path}.serviceAccount.namespace`, namespace, problem)
  }
  for (const other of subjectKinds) {
    const otherField = subjectFields[other]
    if (other !== kind && subject[otherField])
      errors.forbidden(`${path}.${otherField}`, `${otherField} is forbidden when subject kind is not '${other}'`)
  }
}

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch']

/** A list of names, or one `*` that stands for all. */
function hasStar(list: readonly string[], path: string, words: string, errors: FieldErrors): boolean {
  if (!list.includes('*')) return false
  if (list.length > 1) errors.invalid(path, list, `if '*' is present, must not specify other ${words}`)
  return true
}

function validateVerbs(given: readonly string[] | undefined, path: string, errors: FieldErrors): void {
  if (!given?.length) errors.required(path, 'verbs must contain at least one value')
  else if (!hasStar(given, path, 'verbs', errors) && !given.every((verb) => verbs.includes(verb))) errors.notSupported(path, given, verbs)
}

function validateResourceRule(rule: V1ResourcePolicyRule, path: string, errors: FieldErrors): void {
  validateVerbs(rule.verbs, `${path}.verbs`, errors)
  for (const [field, words] of [
    ['apiGroups', 'api group'],
    ['resources', 'resource'],
  ] as const) {
    if (!rule[field]?.length) errors.required(`${path}.${field}`, `resource rules must supply at least one ${words}`)
    else hasStar(rule[field], `${path}.${field}`, `${words}s`, errors)
  }
  const namespaces = rule.namespaces ?? []
  if (namespaces.length === 0 && !rule.clusterScope)
    errors.required(`${path}.namespaces`, 'resource rules that are not cluster scoped must supply at least one namespace')
  else if (!hasStar(namespaces, `${path}.namespaces`, 'namespaces', errors))
    namespaces.forEach((namespace, index) => {
      for (const problem of dns1123Label(namespace))
        errors.invalid(`${path}.namespaces[${index}]`, namespace, `each member of this list must be '*' or a DNS-1123 label; ${problem}`)
    })
}

function validateUrlRule({ verbs: given, nonResourceURLs }: V1NonResourcePolicyRule, path: string, errors: FieldErrors): void {
  validateVerbs(given, `${path}.verbs`, errors)
  const urls = nonResourceURLs ?? []
  const place = `${path}.nonResourceURLs`
  if (urls.length === 0) errors.required(place, 'nonResourceURLs must contain at least one value')
  else if (!hasStar(urls, place, 'non-resource URLs', errors))
    urls.forEach((url, index) => {
      const problem = problemOfUrl(url)
      if (problem !== undefined) errors.invalid(`${place}[${index}]`, url, problem)
    })
}

function problemOfUrl(url: string): string | undefined {
  if (url === '') return 'must not be empty'
  if (!url.startsWith('/')) return 'must start with slash'
  if (url.includes(' ')) return 'must not contain white-space'
  if (url.includes('//')) return 'must not contain double slash'
  const stars = url.split('*').length - 1
  return stars > 1 || (stars === 1 && !url.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined
}

const everyone = {
  subjects: ['system:unauthenticated', 'system:authenticated'].map((name) => ({ kind: 'Group', group: { name } })),
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
}
const masters = { ...everyone, subjects: [{ kind: 'Group', group: { name: 'system:masters' } }] }

/** What a server cannot be without is as it is, whoever asks. */
const fixed: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  V1FlowSchemaSpec: {
    exempt: { priorityLevelConfiguration: { name: 'exempt' }, matchingPrecedence: 1, rules: [masters] },
    'catch-all': {
      priorityLevelConfiguration: { name: 'catch-all' },
      matchingPrecedence: 10000,
      distinguisherMethod: { type: 'ByUser' },
      rules: [everyone],
    },
  },
  V1PriorityLevelConfigurationSpec: {
    exempt: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
    'catch-all': {
      type: 'Limited',
      limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' }, lendablePercent: 0 },
    },
  },
}

export function mandatoryRules(name: string): readonly object[] | undefined {
  return (fixed.V1FlowSchemaSpec[name] as { readonly rules?: readonly object[] } | undefined)?.rules
}

export function validateFixed(
  name: string,
  schema: keyof typeof fixed & string,
  spec: object | undefined,
  errors: FieldErrors,
  shown = spec,
): void {
  const wanted = Object.hasOwn(fixed[schema], name) ? fixed[schema][name] : undefined
  if (wanted && !isSame(spec, wanted))
    errors.invalid('spec', goSyntax(goStruct(schemaNamed(schema)), shown), `spec of '${name}' must equal the fixed value`)
}

interface Status {
  readonly conditions?: readonly { readonly type?: string }[]
}

export function validateConditions(old: Status | undefined, fresh: Status | undefined, errors: FieldErrors): void {
  if (old?.conditions === fresh?.conditions) return
  fresh?.conditions?.forEach(({ type = '' }, index, all) => {
    const path = `status.conditions[${index}].type`
    if (all.findIndex((each) => (each.type ?? '') === type) < index) errors.duplicate(path, type)
    if (type === '') errors.required(path, 'must not be empty')
  })
}

export function validatePriorityLevel(name: string, spec: V1PriorityLevelConfigurationSpec | undefined, errors: FieldErrors): void {
  const { type = '', limited, exempt } = spec ?? {}
  if ((name === 'exempt') !== (type === 'Exempt'))
    errors.invalid('spec.type', type, "type must be 'Exempt' if and only if name is 'exempt'")
  if (type === 'Exempt') {
    if (limited) errors.forbidden('spec.limited', 'must be nil if the type is not Limited')
    if (exempt) validateShares(exempt, 'spec.exempt', errors)
    return
  }
  if (type !== 'Limited') return errors.notSupported('spec.type', type, ['Exempt', 'Limited'])
  if (exempt) errors.forbidden('spec.exempt', 'must be nil if the type is Limited')
  if (!limited) return errors.required('spec.limited', 'must not be empty when type is Limited')
  validateShares(limited, 'spec.limited', errors)
  const { type: response = '', queuing } = limited.limitResponse ?? {}
  const path = 'spec.limited.limitResponse'
  if (response === 'Reject') {
    if (queuing) errors.forbidden(`${path}.queuing`, 'must be nil if limited.limitResponse.type is not Limited')
  } else if (response === 'Queue') {
    if (!queuing) errors.required(`${path}.queuing`, 'must not be empty if limited.limitResponse.type is Limited')
    else validateQueues(queuing, `${path}.queuing`, errors)
  } else supported(`${path}.type`, response, ['Queue', 'Reject'], errors)
  const { borrowingLimitPercent } = limited
  if (borrowingLimitPercent !== undefined && borrowingLimitPercent < 0)
    errors.invalid('spec.limited.borrowingLimitPercent', borrowingLimitPercent, 'if specified, must be a non-negative integer')
}

function validateShares(
  {
    nominalConcurrencyShares: shares = 0,
    lendablePercent = 0,
  }: { readonly nominalConcurrencyShares?: number; readonly lendablePercent?: number },
  path: string,
  errors: FieldErrors,
): void {
  if (shares < 0) errors.invalid(`${path}.nominalConcurrencyShares`, shares, 'must be a non-negative integer')
  if (lendablePercent < 0 || lendablePercent > 100)
    errors.invalid(`${path}.lendablePercent`, lendablePercent, 'must be between 0 and 100, inclusive')
}

function validateQueues(
  { queues = 0, handSize = 0, queueLengthLimit = 0 }: V1QueuingConfiguration,
  path: string,
  errors: FieldErrors,
): void {
  if (queueLengthLimit <= 0) errors.invalid(`${path}.queueLengthLimit`, queueLengthLimit, 'must be positive')
  if (queues <= 0) errors.invalid(`${path}.queues`, queues, 'must be positive')
  else if (queues > 10_000_000) errors.invalid(`${path}.queues`, queues, 'must not be greater than 10000000')
  const place = `${path}.handSize`
  const bits = Math.ceil(Array.from({ length: Math.min(handSize, 60) }, (_, index) => Math.log2(queues - index)).reduce((a, b) => a + b, 0))
  if (handSize <= 0) errors.invalid(place, handSize, 'must be positive')
  else if (handSize > queues) errors.invalid(place, handSize, `should not be greater than queues (${queues})`)
  else if (bits > 60)
    errors.invalid(place, handSize, `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than 60`)
}
