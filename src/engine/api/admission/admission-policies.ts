/**
 * ValidatingAdmissionPolicies: for every binding of every policy that is about a write, its expressions decide. One failed expression denies, warns or
 * goes into the audit log, as the binding says; an expression that cannot be answered counts as failed unless the policy says `Ignore`.
 */
import type {
  V1MatchCondition,
  V1ParamRef,
  V1ValidatingAdmissionPolicy,
  V1ValidatingAdmissionPolicyBinding,
} from '../../kinds/generated/types.ts'
import { resourceName, type StoredObject } from '../../kinds/kind.ts'
import { allowing } from '../access/authorization.ts'
import { ApiError } from '../client.ts'
import { areExpressionsLoaded, ExpressionError, expressions, typesOf, type Values } from '../expressions/expressions.ts'
import { isAboveAdmission, meets, requestOf, type Admitted } from './admission-rules.ts'
import type { Registry } from '../registry.ts'
import type { Store } from '../../store/store.ts'
import { selectorMatches } from '../selectors.ts'

const policies = 'validatingadmissionpolicies.admissionregistration.k8s.io'
const bindings = 'validatingadmissionpolicybindings.admissionregistration.k8s.io'

interface Verdict {
  readonly message: string
  readonly reason?: string
}

export function hasPolicies(store: Store): boolean {
  return store.count(policies) > 0
}

export function judgeByPolicies(registry: Registry, admitted: Admitted): void {
  if (!hasPolicies(registry.store) || !areExpressionsLoaded() || isAboveAdmission(admitted.kind)) return
  let denial: ApiError | undefined
  for (const policy of registry.store.list(policies) as readonly V1ValidatingAdmissionPolicy[]) {
    if (!meets(registry, admitted, policy.spec?.matchConstraints)) continue
    for (const binding of registry.store.list(bindings) as readonly V1ValidatingAdmissionPolicyBinding[]) {
      const { policyName, matchResources, validationActions = [] } = binding.spec ?? {}
      if (policyName !== policy.metadata.name || !meets(registry, admitted, matchResources)) continue
      for (const verdict of verdicts(registry, admitted, policy, binding)) {
        const subject = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}'`
        if (validationActions.includes('Warn')) admitted.warn?.(`Validation failed for ${subject}: ${verdict.message}`)
        if (validationActions.includes('Deny'))
          denial ??= refusal(admitted, `${subject} denied request: ${verdict.message}`, verdict.reason)
      }
    }
  }
  if (denial) throw denial
}

const codes: Readonly<Record<string, number>> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413 }

function refusal({ kind, name }: Admitted, message: string, reason = 'Invalid'): ApiError {
  const subject = name === '' ? `${resourceName(kind)} is forbidden` : `${resourceName(kind)} ${JSON.stringify(name)} is forbidden`
  return new ApiError(codes[reason] ?? 422, reason, `${subject}: ${message}`, {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.resource,
    causes: [{ message }],
  })
}

function* verdicts(
  registry: Registry,
  admitted: Admitted,
  { spec }: V1ValidatingAdmissionPolicy,
  binding: V1ValidatingAdmissionPolicyBinding,
): Generator<Verdict> {
  if (!spec) return
  const { failurePolicy = 'Fail', matchConditions = [], validations = [], variables = [], paramKind } = spec
  const isStrict = failurePolicy !== 'Ignore'
  const params = paramKind ? paramsOf(registry, admitted, paramKind, binding.spec?.paramRef) : [null]
  if (!params) {
    yield { message: 'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction' }
    return
  }
  for (const param of params) {
    const values = valuesOf(registry, admitted, param, variables)
    const types = typesOf(paramKind !== undefined)
    try {
      if (!matchConditions.every(({ expression }) => answer(expression, types, values) === true)) continue
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      if (isStrict) yield { message: `match conditions error: ${error.message}` }
      continue
    }
    for (const { expression, message, messageExpression, reason } of validations) {
      try {
        if (answer(expression, types, values) === true) continue
        yield {
          message: spoken(messageExpression, types, values) ?? (message?.trim() || `failed expression: ${expression.trim()}`),
          ...(reason ? { reason } : {}),
        }
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error
        if (isStrict) yield { message: `expression '${expression}' resulted in error: ${error.message}`, ...(reason ? { reason } : {}) }
      }
    }
  }
}

/** Whether every condition of a webhook holds; an error is the caller's to judge. */
export function meetsConditions(registry: Registry, admitted: Admitted, conditions: readonly V1MatchCondition[]): boolean {
  if (conditions.length === 0 || !areExpressionsLoaded()) return true
  const values = valuesOf(registry, admitted, null, [])
  return conditions.every(({ expression }) => answer(expression, typesOf(false), values) === true)
}

function answer(source: string, types: Readonly<Record<string, string>>, values: Values): unknown {
  const compiled = expressions().compile(source, types)
  if ('problem' in compiled) throw new ExpressionError(`compilation error: compilation failed: ${compiled.problem}`)
  return compiled.run(values)
}

/** A message that is computed, where it can be. */
function spoken(source: string | undefined, types: Readonly<Record<string, string>>, values: Values): string | undefined {
  if (!source) return undefined
  try {
    const text = answer(source, types, values)
    return typeof text === 'string' && text.trim() !== '' && !text.includes('\n') ? text.trim() : undefined
  } catch (error) {
    if (error instanceof ExpressionError) return undefined
    throw error
  }
}

function valuesOf(
  registry: Registry,
  admitted: Admitted,
  param: StoredObject | null,
  variables: readonly { readonly name: string; readonly expression: string }[],
): Values {
  const { kind, object, old, namespace, name, subresource, user } = admitted
  const { valueOf, authorizer } = expressions()
  const home = kind.namespaced ? registry.store.get('namespaces', namespace) : undefined
  const requested = { verb: '', group: kind.group, resource: kind.resource, subresource, namespace, name }
  const values: Record<string, unknown> = {
    object: object ? valueOf(object) : null,
    oldObject: old ? valueOf(old) : null,
    request: valueOf(requestOf(admitted, '')),
    namespaceObject: home ? valueOf(home) : null,
    params: param ? valueOf(param) : null,
    authorizer: authorizer(
      (attributes, account) =>
        allowing(
          registry,
          account
            ? {
                name: `system:serviceaccount:${account.namespace}:${account.name}`,
                groups: ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`, 'system:authenticated'],
              }
            : user,
          attributes,
        ),
      requested,
    ),
  }
  // A variable is computed when it is first asked for, and may ask for those before it.
  const computed: Record<string, unknown> = {}
  for (const { name: title, expression } of variables) {
    let known: { readonly value: unknown } | undefined
    Object.defineProperty(computed, title, {
      enumerable: true,
      get: () => (known ??= { value: answer(expression, typesOf(true), values) }).value,
    })
  }
  values.variables = computed
  return values
}

/** The parameters of a binding; undefined where there are none and that denies. */
function paramsOf(
  registry: Registry,
  { namespace }: Admitted,
  { apiVersion = '', kind: kindName = '' }: { readonly apiVersion?: string; readonly kind?: string },
  reference: V1ParamRef | undefined,
): readonly (StoredObject | null)[] | undefined {
  if (!reference) return [null]
  const kind = registry.kindOf(apiVersion, kindName)
  const home = kind?.namespaced ? reference.namespace || namespace : ''
  const all = kind ? registry.list(kind, home) : []
  const { name, selector } = reference
  const found = all.filter((object) => (name ? object.metadata.name === name : selectorMatches(selector ?? {}, object.metadata.labels)))
  if (found.length > 0) return found
  return reference.parameterNotFoundAction === 'Allow' ? [] : undefined
}
