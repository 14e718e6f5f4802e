/**
 * What upstream's controller says about a ValidatingAdmissionPolicy once it stands: whether its expressions speak of fields that the matched kinds
 * have. It only warns, in the policy's status: the policy decides all the same.
 */
import type { V1ValidatingAdmissionPolicy } from '../../kinds/generated/types.ts'
import { apiVersionOf, structureOf, type Kind } from '../../kinds/kind.ts'
import type { Schema } from '../../kinds/schema.ts'
import { areExpressionsLoaded, expressions, typesOf } from '../expressions/expressions.ts'
import { isSame } from '../objects.ts'
import type { Registry } from '../registry.ts'

const policies = 'validatingadmissionpolicies.admissionregistration.k8s.io'
/** More kinds than this are not looked at, as upstream has it. */
const mostKinds = 10

export function checkPolicyTypes(registry: Registry): void {
  let isNoted = false
  const check = () => {
    isNoted = false
    const kind = registry.kind(policies)
    if (!kind || !areExpressionsLoaded()) return
    for (const policy of registry.store.list(policies) as readonly V1ValidatingAdmissionPolicy[]) {
      const { metadata, status } = policy
      if (status?.observedGeneration === metadata.generation) continue
      const warnings = warningsOf(registry, policy)
      const fresh = {
        ...status,
        observedGeneration: metadata.generation,
        typeChecking: warnings.length > 0 ? { expressionWarnings: warnings } : {},
      }
      if (!isSame(fresh, status))
        registry.update(
          kind,
          '',
          metadata.name,
          (old) => ({ ...old, status: fresh }),
          { by: 'validatingadmissionpolicy-status-controller', because: 0 },
          { subresource: 'status' },
        )
    }
  }
  registry.store.watch(policies, () => {
    if (isNoted) return
    isNoted = true
    registry.clock.after(0, check)
  })
}

function warningsOf(
  registry: Registry,
  { spec }: V1ValidatingAdmissionPolicy,
): readonly { readonly fieldRef: string; readonly warning: string }[] {
  const kinds = matchedKinds(registry, spec?.matchConstraints?.resourceRules ?? [])
  const types = typesOf(spec?.paramKind !== undefined)
  const warnings = (fieldRef: string, source: string | undefined) => {
    if (!source) return []
    const found = kinds.flatMap((kind) => {
      const hasField = (variable: string, path: readonly string[]) =>
        (variable !== 'object' && variable !== 'oldObject') || reaches(structureOf(kind), path)
      const compiled = expressions().compile(source, types, hasField)
      return 'problem' in compiled ? [`${apiVersionOf(kind)}, Kind=${kind.kind}: ${compiled.problem}\n`] : []
    })
    return found.length > 0 ? [{ fieldRef, warning: found.join('\n') }] : []
  }
  return (spec?.validations ?? []).flatMap(({ expression, messageExpression }, index) => [
    ...warnings(`spec.validations[${index}].expression`, expression),
    ...warnings(`spec.validations[${index}].messageExpression`, messageExpression),
  ])
}

function matchedKinds(
  registry: Registry,
  rules: readonly {
    readonly apiGroups?: readonly string[]
    readonly apiVersions?: readonly string[]
    readonly resources?: readonly string[]
  }[],
): readonly Kind[] {
  const found = rules.flatMap(({ apiGroups = [], apiVersions = [], resources = [] }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => {
        const kind = registry.kind(group === '' ? resource : `${resource}.${group}`)
        return kind && apiVersions.includes(kind.version) ? [kind] : []
      }),
    ),
  )
  return [...new Set(found)].slice(0, mostKinds)
}

/** Whether a path of names can lead somewhere in a shape. */
function reaches(schema: Schema, path: readonly string[]): boolean {
  const [name, ...rest] = path
  if (name === undefined) return true
  if (schema.type === 'struct') {
    const field = schema.fields.get(name)
    return field !== undefined && reaches(field.schema, rest)
  }
  return schema.type === 'map' ? reaches(schema.values, rest) : schema.type === 'any'
}
