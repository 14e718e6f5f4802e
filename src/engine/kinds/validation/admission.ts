/**
 * What webhooks and admission policies share: rules about resources, conditions in CEL, and where a webhook is called. An expression that was there
 * before an update is not compiled again by upstream, which makes no difference to what is refused.
 */
import { areExpressionsLoaded, expressions } from '../../api/expressions/expressions.ts'
import { Verbatim, type FieldErrors } from '../field-errors.ts'
import type {
  AdmissionregistrationV1ServiceReference,
  AdmissionregistrationV1WebhookClientConfig,
  V1MatchResources,
  V1MutatingWebhook,
  V1ValidatingWebhook,
} from '../generated/types.ts'
import { dns1035Label, dns1123Subdomain, pathSegment, portNumber, qualifiedName } from '../names.ts'
import { fullyQualifiedName } from './domain-names.ts'
import { validateSelector } from './selectors.ts'
import { supported } from './values.ts'

interface Rule {
  readonly resourceNames?: readonly string[]
  readonly operations?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly apiVersions?: readonly string[]
  readonly resources?: readonly string[]
  readonly scope?: string
}

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']

export function validateRule(rule: Rule, path: string, errors: FieldErrors): void {
  rule.resourceNames?.forEach((name, index, names) => {
    for (const problem of pathSegment(name)) errors.invalid(`${path}.resourceNames[${index}]`, name, problem)
    if (names.indexOf(name) < index) errors.duplicate(`${path}.resourceNames[${index}]`, name)
  })
  const list = (field: 'operations' | 'apiGroups' | 'apiVersions', words: string) => {
    const values = rule[field] ?? []
    if (values.length === 0) errors.required(`${path}.${field}`)
    if (values.length < 2 || !values.includes('*')) return
    const type = field === 'operations' ? 'admissionregistration.OperationType' : 'string'
    const text = new Verbatim(`[]${type}{${values.map((value) => JSON.stringify(value)).join(', ')}}`)
    errors.invalid(`${path}.${field}`, text, `if '*' is present, must not specify other ${words}`)
  }
  list('operations', 'operations')
  rule.operations?.forEach((operation, index) => supported(`${path}.operations[${index}]`, operation, operations, errors))
  list('apiGroups', 'API groups')
  list('apiVersions', 'API versions')
  rule.apiVersions?.forEach((version, index) => {
    if (version === '') errors.required(`${path}.apiVersions[${index}]`)
  })
  validateResources(rule.resources ?? [], `${path}.resources`, errors)
  if (rule.scope !== undefined) supported(`${path}.scope`, rule.scope, ['*', 'Cluster', 'Namespaced'], errors)
}

function validateResources(resources: readonly string[], path: string, errors: FieldErrors): void {
  if (resources.length === 0) errors.required(path)
  const wholes = new Set<string>()
  const parts = new Set<string>()
  let isLastPlain = false
  resources.forEach((resource, index) => {
    const place = `${path}[${index}]`
    if (resource === '') return errors.required(place)
    const slash = resource.indexOf('/')
    if (slash < 0) {
      isLastPlain = resource !== '*'
      return
    }
    const [name, part] = [resource.slice(0, slash), resource.slice(slash + 1)]
    if (wholes.has(name)) errors.invalid(place, resource, `if '${name}/*' is present, must not specify ${resource}`)
    if (parts.has(part)) errors.invalid(place, resource, `if '*/${part}' is present, must not specify ${resource}`)
    if (part === '*') wholes.add(name)
    if (name === '*') parts.add(part)
  })
  if (resources.length > 1 && resources.includes('*/*'))
    errors.invalid(path, resources, "if '*/*' is present, must not specify other resources")
  if (resources.includes('*') && isLastPlain)
    errors.invalid(path, resources, "if '*' is present, must not specify other resources without subresources")
}

export function validateMatchResources(match: V1MatchResources, path: string, errors: FieldErrors): void {
  supported(`${path}.matchPolicy`, match.matchPolicy ?? 'Equivalent', ['Equivalent', 'Exact'], errors)
  if (match.namespaceSelector) validateSelector(match.namespaceSelector, `${path}.namespaceSelector`, errors)
  if (match.objectSelector) validateSelector(match.objectSelector, `${path}.objectSelector`, errors)
  for (const field of ['resourceRules', 'excludeResourceRules'] as const)
    match[field]?.forEach((rule, index) => validateRule(rule, `${path}.${field}[${index}]`, errors))
}

interface Condition {
  readonly name: string
  readonly expression: string
}

export function validateMatchConditions(
  conditions: readonly Condition[],
  path: string,
  types: Readonly<Record<string, string>>,
  errors: FieldErrors,
): void {
  if (conditions.length > 64) errors.tooMany(path, conditions.length, 64)
  // A policy's variables are made only for what its conditions let through.
  const { variables: _, ...plain } = types
  conditions.forEach(({ name = '', expression = '' }, index) => {
    const place = `${path}[${index}]`
    const asked = { types: plain, wanted: ['bool'], words: 'must evaluate to bool' }
    if (expression.trim() === '') errors.required(`${place}.expression`)
    else validateExpression(expression.trim(), `${place}.expression`, asked, errors)
    if (name === '') return errors.required(`${place}.name`)
    for (const problem of qualifiedName(name)) errors.invalid(`${place}.name`, name, problem)
    if (conditions.findIndex((each) => each.name === name) < index) errors.duplicate(`${place}.name`, name)
  })
}

export interface Asked {
  readonly types: Readonly<Record<string, string>>
  readonly wanted: readonly string[]
  readonly words: string
  /** Names that `variables` has, where they are known. */
  readonly variables?: readonly string[]
}

/** Compiles, and has one of the wanted types. */
export function validateExpression(source: string, path: string, { types, wanted, words, variables }: Asked, errors: FieldErrors): void {
  if (!areExpressionsLoaded()) return
  const compiled = expressions().compile(
    source,
    types,
    (variable, [field]) => variable !== 'variables' || (variables?.includes(field) ?? true),
  )
  if ('problem' in compiled) errors.invalid(path, source, `compilation failed: ${compiled.problem}`)
  else if (compiled.type !== 'dyn' && wanted.length > 0 && !wanted.includes(compiled.type)) errors.invalid(path, source, words)
}

type Webhook = V1ValidatingWebhook & Pick<V1MutatingWebhook, 'reinvocationPolicy'>

export function validateWebhooks(
  webhooks: readonly Webhook[] | undefined,
  types: Readonly<Record<string, string>>,
  errors: FieldErrors,
): void {
  webhooks?.forEach((webhook, index) => {
    const path = `webhooks[${index}]`
    validateWebhook(webhook, path, types, errors)
    validateReviewVersions(webhook.admissionReviewVersions ?? [], `${path}.admissionReviewVersions`, errors)
    if (webhook.name && webhooks.findIndex((each) => each.name === webhook.name) < index) errors.duplicate(`${path}.name`, webhook.name)
  })
}

function validateWebhook(webhook: Webhook, path: string, types: Readonly<Record<string, string>>, errors: FieldErrors): void {
  const { rules = [], failurePolicy, matchPolicy, sideEffects, timeoutSeconds, reinvocationPolicy, clientConfig } = webhook
  fullyQualifiedName(webhook.name ?? '', `${path}.name`, errors)
  rules.forEach((rule, index) => validateRule(rule, `${path}.rules[${index}]`, errors))
  if (failurePolicy !== undefined) supported(`${path}.failurePolicy`, failurePolicy, ['Fail', 'Ignore'], errors)
  if (matchPolicy !== undefined) supported(`${path}.matchPolicy`, matchPolicy, ['Equivalent', 'Exact'], errors)
  if (!sideEffects) errors.required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun')
  else supported(`${path}.sideEffects`, sideEffects, ['None', 'NoneOnDryRun'], errors)
  if (timeoutSeconds !== undefined && (timeoutSeconds > 30 || timeoutSeconds < 1))
    errors.invalid(`${path}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds')
  if (webhook.namespaceSelector) validateSelector(webhook.namespaceSelector, `${path}.namespaceSelector`, errors)
  if (webhook.objectSelector) validateSelector(webhook.objectSelector, `${path}.objectSelector`, errors)
  if (reinvocationPolicy !== undefined) supported(`${path}.reinvocationPolicy`, reinvocationPolicy, ['IfNeeded', 'Never'], errors)
  validateClient(clientConfig ?? {}, `${path}.clientConfig`, errors)
  validateMatchConditions(webhook.matchConditions ?? [], `${path}.matchConditions`, types, errors)
}

/** Where a webhook is called: exactly one of an address and a Service. */
export function validateClient({ url, service }: AdmissionregistrationV1WebhookClientConfig, path: string, errors: FieldErrors): void {
  if ((url === undefined) === (service === undefined)) return errors.required(path, 'exactly one of url or service is required')
  if (url !== undefined) validateUrl(url, `${path}.url`, errors)
  if (service) validateService(service, `${path}.service`, errors)
}

const form = '; desired format: https://host[/path]'

function validateUrl(text: string, path: string, errors: FieldErrors): void {
  const match = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:([^/?#@]*)@)?([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/.exec(text)
  if (!match) return errors.required(path, `url must be a valid URL: ${form.slice(2)}`)
  const [, scheme = '', user, host = '', query = '', fragment = ''] = match
  if (scheme !== 'https') errors.invalid(path, scheme, `'https' is the only allowed URL scheme${form}`)
  if (host === '') errors.invalid(path, host, `host must be specified${form}`)
  if (user !== undefined) errors.invalid(path, user, 'user information is not permitted in the URL')
  if (fragment !== '') errors.invalid(path, fragment, 'fragments are not permitted in the URL')
  if (query !== '') errors.invalid(path, query, 'query parameters are not permitted in the URL')
}

function validateService(service: AdmissionregistrationV1ServiceReference, path: string, errors: FieldErrors): void {
  const { name, namespace, path: route = '', port = 443 } = service
  // Upstream hands over the two the wrong way round, and so says the one where the other is missing.
  if (!namespace) errors.required(`${path}.name`)
  if (!name) errors.required(`${path}.namespace`)
  const problems = portNumber(port)
  if (problems.length > 0) errors.invalid(`${path}.port`, port, `port is not valid: ${problems.join(', ')}`)
  if (route === '' || route === '/') return
  if (route === '//') return errors.invalid(`${path}.path`, route, 'segment[0] may not be empty')
  if (!route.startsWith('/')) errors.invalid(`${path}.path`, route, "must start with a '/'")
  const steps = route.slice(1).replace(/\/$/, '').split('/')
  steps.forEach((step, index) => {
    if (step === '') return errors.invalid(`${path}.path`, route, `segment[${index}] may not be empty`)
    for (const problem of dns1123Subdomain(step)) errors.invalid(`${path}.path`, route, `segment[${index}]: ${problem}`)
  })
}

/** Versions of reviews that this server speaks, or once spoke. */
export function validateReviewVersions(versions: readonly string[], path: string, errors: FieldErrors): void {
  if (versions.length === 0) return errors.required(path, 'must specify one of v1, v1beta1')
  validateKnownVersions(versions, path, errors)
}

export function validateKnownVersions(versions: readonly string[], path: string, errors: FieldErrors): void {
  versions.forEach((version, index) => {
    if (versions.indexOf(version) < index) return errors.invalid(`${path}[${index}]`, version, 'duplicate version')
    for (const problem of dns1035Label(version)) errors.invalid(`${path}[${index}]`, version, problem)
  })
  if (!versions.includes('v1') && !versions.includes('v1beta1')) errors.invalid(path, versions, 'must include at least one of v1, v1beta1')
}
