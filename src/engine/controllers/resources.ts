/** What a pod asks for and what a node has, as numbers. The same few texts come again and again, so they are parsed once. */
import type { V1Container, V1Node, V1Pod, V1PodSpec } from '../kinds/generated/types.ts'
import { milliValue, wholeValue } from '../kinds/quantity.ts'

/** CPU in thousandths, the rest in whole units. */
export type Amounts = ReadonlyMap<string, number>

const parsed = new Map<string, number>()
const requestsOfSpec = new WeakMap<V1PodSpec, Amounts>()

export function amount(resource: string, quantity: string): number {
  const key = resource === 'cpu' ? `m${quantity}` : quantity
  let value = parsed.get(key)
  if (value === undefined) {
    value = resource === 'cpu' ? milliValue(quantity) : wholeValue(quantity)
    parsed.set(key, value)
  }
  return value
}

function amountsOf(quantities: Readonly<Record<string, string>> | undefined): Map<string, number> {
  const amounts = new Map<string, number>()
  for (const resource in quantities) amounts.set(resource, amount(resource, quantities[resource]))
  return amounts
}

/** What the scheduler reserves: containers together or the largest init container, sidecars included, plus overhead. */
export function requestsOf({ spec: asked, status }: Pick<V1Pod, 'spec'> & { readonly status?: V1Pod['status'] }): Amounts {
  const spec = isInfeasible(status) ? allocatedSpec(asked, status) : asked
  let total = requestsOfSpec.get(spec)
  if (!total) {
    total = reserved(spec, (container) => container.resources?.requests)
    requestsOfSpec.set(spec, total)
  }
  return total
}

export const resizeConditions = ['PodResizePending', 'PodResizeInProgress'] as const

/** The kubelet writes these conditions before all others, so that who counts pods need not look through all of them. */
function isInfeasible(status: V1Pod['status'] | undefined): status is V1Pod['status'] {
  const first = status?.conditions?.[0]
  return first?.type === 'PodResizePending' && first.reason === 'Infeasible'
}

/** A pod that asks in vain for more goes on with what it was given. */
function allocatedSpec(spec: V1PodSpec, { containerStatuses = [], initContainerStatuses = [] }: V1Pod['status']): V1PodSpec {
  const given = (container: V1Container): V1Container => {
    const requests = [...containerStatuses, ...initContainerStatuses].find(({ name }) => name === container.name)?.allocatedResources
    return requests ? { ...container, resources: { ...container.resources, requests } } : container
  }
  return { ...spec, containers: spec.containers.map(given), ...(spec.initContainers && { initContainers: spec.initContainers.map(given) }) }
}

export function limitsOf({ spec }: V1Pod): Amounts {
  return reserved(spec, (container) => container.resources?.limits)
}

function reserved(spec: V1PodSpec, of: (container: V1Container) => Readonly<Record<string, string>> | undefined): Map<string, number> {
  const total = new Map<string, number>()
  for (const container of spec.containers) add(total, amountsOf(of(container)))
  const sidecars = new Map<string, number>()
  const atStart = new Map<string, number>()
  for (const container of spec.initContainers ?? []) {
    const own = amountsOf(of(container))
    if (container.restartPolicy === 'Always') {
      add(sidecars, own)
      add(total, own)
      raise(atStart, sidecars)
    } else {
      add(own, sidecars)
      raise(atStart, own)
    }
  }
  raise(total, atStart)
  add(total, amountsOf(spec.overhead))
  return total
}

function add(to: Map<string, number>, more: Amounts): void {
  for (const [resource, value] of more) to.set(resource, (to.get(resource) ?? 0) + value)
}

function raise(to: Map<string, number>, least: Amounts): void {
  for (const [resource, value] of least) if (value > (to.get(resource) ?? 0)) to.set(resource, value)
}

const allocatableOfNode = new WeakMap<V1Node, Amounts>()

export function allocatableOf(node: V1Node): Amounts {
  let amounts = allocatableOfNode.get(node)
  if (!amounts) {
    amounts = amountsOf(node.status?.allocatable ?? node.status?.capacity)
    allocatableOfNode.set(node, amounts)
  }
  return amounts
}

/** `Guaranteed`, `Burstable`, `BestEffort`. */
export function qosClass(spec: V1PodSpec): string {
  let isBestEffort = true
  let isGuaranteed = true
  for (const { resources } of [...spec.containers, ...(spec.initContainers ?? [])]) {
    for (const resource of ['cpu', 'memory']) {
      const request = resources?.requests?.[resource]
      const limit = resources?.limits?.[resource]
      if ((request && amount(resource, request) > 0) || (limit && amount(resource, limit) > 0)) isBestEffort = false
      if (!limit || (request !== undefined && amount(resource, request) !== amount(resource, limit))) isGuaranteed = false
    }
  }
  return isBestEffort ? 'BestEffort' : isGuaranteed ? 'Guaranteed' : 'Burstable'
}
