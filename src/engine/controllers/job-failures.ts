/** What a failed pod means for its Job: whether it counts, for all or for its index, or ends everything at once. */
import type { V1Job, V1Pod, V1PodFailurePolicyRule } from '../kinds/generated/types.ts'

export interface Failure {
  readonly action: 'Count' | 'Ignore' | 'FailIndex' | 'FailJob'
  /** Why, for an action that is told of. */
  readonly message: string
}

/** The first rule that matches decides; a pod that none matches counts. */
export function failureOf(job: V1Job, pod: V1Pod): Failure {
  for (const [index, rule] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    const why = matchOf(rule, pod)
    if (why !== undefined)
      return { action: rule.action as Failure['action'], message: `${why} matching ${rule.action} rule at index ${index}` }
  }
  return { action: 'Count', message: '' }
}

function matchOf({ onExitCodes, onPodConditions }: V1PodFailurePolicyRule, { metadata, status }: V1Pod): string | undefined {
  const pod = `${metadata.namespace}/${metadata.name}`
  if (onExitCodes) {
    const { containerName, operator, values } = onExitCodes
    for (const { name, state } of [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])]) {
      const code = state?.terminated?.exitCode
      if (code === undefined || code === 0 || (containerName && containerName !== name)) continue
      if (values.includes(code) === (operator === 'In')) return `Container ${name} for pod ${pod} failed with exit code ${code}`
    }
    return undefined
  }
  const matched = onPodConditions?.find((wanted) =>
    status.conditions?.some((condition) => condition.type === wanted.type && condition.status === (wanted.status ?? 'True')),
  )
  return matched && `Pod ${pod} has condition ${matched.type}`
}

/** Indexes whose pods failed too often, of a Job that counts for each index. */
export function failedIndexes(job: V1Job, failed: readonly V1Pod[], indexOf: (pod: V1Pod) => number): ReadonlySet<number> {
  const limit = job.spec.backoffLimitPerIndex
  const gone = new Set<number>()
  if (limit === undefined) return gone
  const counts = new Map<number, number>()
  for (const pod of failed) {
    const index = indexOf(pod)
    const { action } = failureOf(job, pod)
    if (action === 'Ignore') continue
    const count = (counts.get(index) ?? 0) + 1
    counts.set(index, count)
    if (action === 'FailIndex' || count > limit) gone.add(index)
  }
  return gone
}

/** Which rule of the success policy is met; undefined when none is. */
export function metSuccessRule({ spec }: V1Job, succeeded: ReadonlySet<number>): number | undefined {
  const met = (spec.successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    const wanted = succeededIndexes === undefined ? undefined : indexesOf(succeededIndexes)
    const have = wanted ? wanted.filter((index) => succeeded.has(index)).length : succeeded.size
    return have >= (succeededCount ?? wanted?.length ?? Number.POSITIVE_INFINITY)
  })
  return met < 0 ? undefined : met
}

/** `0-2,5` as numbers. */
function indexesOf(text: string): readonly number[] {
  return text.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
  })
}
