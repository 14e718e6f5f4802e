/**
 * What of a pod may change, and through which door: almost nothing of a running one, placement of one that waits behind a gate, amounts
 * through `resize`, containers to look around with through `ephemeralcontainers`, and of the status what has not happened yet.
 */
import { isSame } from '../../api/objects.ts'
import { Verbatim, type FieldErrors } from '../field-errors.ts'
import type {
  V1Container,
  V1ContainerStatus,
  V1NodeSelectorTerm,
  V1Pod,
  V1PodSpec,
  V1PodStatus,
  V1ResourceRequirements,
  V1Toleration,
} from '../generated/types.ts'
import { goDiff } from '../go-diff.ts'
import { goMap } from '../go-print.ts'
import { goSyntax } from '../go-syntax.ts'
import { goStruct } from '../go-value.ts'
import type { Change } from '../kind.ts'
import { dns1123Subdomain, qualifiedName } from '../names.ts'
import { qosClass } from '../pod-spec.ts'
import { compareQuantities } from '../quantity.ts'
import { schemaNamed } from '../schema.ts'
import { isDualStack, validateIp } from './addresses.ts'
import { appArmor, mirror } from './pod-annotations.ts'

export function validatePodUpdate({ old, fresh, subresource }: Change<V1Pod>, errors: FieldErrors): void {
  switch (subresource) {
    case undefined:
      validateAnnotationUpdate(old, fresh, errors)
      if (old.spec !== fresh.spec) validateSpecUpdate(old.spec, fresh.spec, errors)
      break
    case 'resize':
      validateResize(old, fresh, errors)
      break
    case 'ephemeralcontainers':
      validateAnnotationUpdate(old, fresh, errors)
      validateEphemeralUpdate(old, fresh, errors)
  }
}

function validateAnnotationUpdate(old: V1Pod, fresh: V1Pod, errors: FieldErrors): void {
  const before = old.metadata.annotations ?? {}
  const after = fresh.metadata.annotations ?? {}
  if (before === after) return
  const word = (key: string) => (key.startsWith(appArmor) ? 'AppArmor annotations' : key === mirror ? 'mirror pod annotation' : undefined)
  for (const key of Object.keys(before))
    if (after[key] !== before[key] && word(key)) errors.forbidden(`metadata.annotations[${key}]`, `may not remove or update ${word(key)}`)
  for (const key of Object.keys(after))
    if (before[key] === undefined && word(key)) errors.forbidden(`metadata.annotations[${key}]`, `may not add ${word(key)}`)
}

const mayChange =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

function validateSpecUpdate(old: V1PodSpec, fresh: V1PodSpec, errors: FieldErrors): void {
  const count = (spec: V1PodSpec, list: 'containers' | 'initContainers') => spec[list]?.length ?? 0
  for (const list of ['containers', 'initContainers'] as const) {
    if (count(old, list) === count(fresh, list)) continue
    // Nothing else is worth comparing then.
    return errors.forbidden(`spec.${list}`, 'pod updates may not add or remove containers')
  }
  const path = 'spec.activeDeadlineSeconds'
  const before = old.activeDeadlineSeconds
  const after = fresh.activeDeadlineSeconds
  if (after !== undefined && (after < 0 || after > 2147483647))
    return errors.invalid(path, after, 'must be between 0 and 2147483647, inclusive')
  if (after !== undefined && before !== undefined && after > before)
    return errors.invalid(path, after, 'must be less than or equal to previous value')
  if (after === undefined && before !== undefined) errors.invalid(path, null, 'must not update from a positive integer to nil value')
  const tolerations = fresh.tolerations ?? []
  const isKept = (toleration: V1Toleration) =>
    tolerations.some((other) => isSame({ ...other, tolerationSeconds: undefined }, { ...toleration, tolerationSeconds: undefined }))
  if (!(old.tolerations ?? []).every(isKept))
    errors.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')
  fresh.schedulingGates?.forEach(({ name }, index) => {
    if (!old.schedulingGates?.some((gate) => gate.name === name))
      errors.forbidden(`spec.schedulingGates[${index}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`)
  })
  let rest = withoutAllowedChanges(old, fresh)
  if (old.schedulingGates?.length) rest = withoutPlacement(old, rest, errors)
  if (!isSame(old, rest)) errors.forbidden('spec', `${mayChange}\n${goDiff(goStruct(schemaNamed('V1PodSpec')), old, rest)}`)
}

/** The new spec with everything as it was that may change. */
function withoutAllowedChanges(old: V1PodSpec, fresh: V1PodSpec): V1PodSpec {
  const withImages = (containers: readonly V1Container[] | undefined, before: readonly V1Container[] | undefined) =>
    containers?.map((container, index) => ({ ...container, image: before?.[index]?.image }))
  const { activeDeadlineSeconds, tolerations, schedulingGates, initContainers, terminationGracePeriodSeconds = 0 } = old
  const isOneInsteadOfNegative = terminationGracePeriodSeconds < 0 && fresh.terminationGracePeriodSeconds === 1
  return {
    ...fresh,
    ...(isOneInsteadOfNegative ? { terminationGracePeriodSeconds } : {}),
    activeDeadlineSeconds,
    tolerations,
    schedulingGates,
    containers: withImages(fresh.containers, old.containers) ?? [],
    initContainers: withImages(fresh.initContainers, initContainers),
  }
}

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution'

/** A pod behind a gate may be tied down further, never loosened. */
function withoutPlacement(old: V1PodSpec, fresh: V1PodSpec, errors: FieldErrors): V1PodSpec {
  const selector = fresh.nodeSelector ?? {}
  if (Object.entries(old.nodeSelector ?? {}).some(([key, value]) => selector[key] !== value))
    errors.invalid(
      'spec.nodeSelector',
      goMap(fresh.nodeSelector),
      'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    )
  const rest = { ...fresh, nodeSelector: old.nodeSelector }
  const before = old.affinity?.nodeAffinity
  const after = fresh.affinity?.nodeAffinity
  if (isSame(before, after)) return rest
  const place = `spec.affinity.nodeAffinity.${requiredTerms}.nodeSelectorTerms`
  const terms = before?.[requiredTerms]?.nodeSelectorTerms ?? []
  const freshTerms = after?.[requiredTerms]?.nodeSelectorTerms ?? []
  const shown = (term: V1NodeSelectorTerm) => goSyntax(goStruct(schemaNamed('V1NodeSelectorTerm')), term).text
  if (terms.length > 0 && terms.length !== freshTerms.length)
    errors.invalid(
      place,
      new Verbatim(freshTerms.length > 0 ? `[]core.NodeSelectorTerm{${freshTerms.map(shown).join(', ')}}` : '[]core.NodeSelectorTerm(nil)'),
      'no additions/deletions to non-empty NodeSelectorTerms list are allowed',
    )
  else
    terms.forEach((term, index) => {
      if (!onlyAdds(term, freshTerms[index]))
        errors.invalid(
          `${place}[${index}]`,
          new Verbatim(shown(freshTerms[index])),
          'only additions are allowed (no mutations or deletions)',
        )
    })
  const { nodeAffinity: _, ...others } = fresh.affinity ?? {}
  if (!old.affinity && Object.keys(others).length === 0) return { ...rest, affinity: undefined }
  return { ...rest, affinity: { ...others, ...(before ? { nodeAffinity: before } : {}) } }
}

function onlyAdds(old: V1NodeSelectorTerm, fresh: V1NodeSelectorTerm): boolean {
  const lists = ['matchExpressions', 'matchFields'] as const
  // An empty term matches nothing; it cannot begin to match.
  if (lists.every((list) => !old[list]?.length)) return lists.every((list) => !fresh[list]?.length)
  return lists.every((list) => isSame(fresh[list]?.slice(0, old[list]?.length ?? 0) ?? [], old[list] ?? []))
}

/** What a resize may change: amounts of CPU and memory, as long as the pod's class stays. */
function validateResize(old: V1Pod, fresh: V1Pod, errors: FieldErrors): void {
  const only = (message: string) => {
    errors.list.length = 0
    errors.forbidden('[]', message)
  }
  if (old.metadata.annotations?.[mirror] !== undefined) return only('static pods cannot be resized')
  if (old.spec.os?.name === 'windows') return only('windows pods cannot be resized')
  if (qosClass(old.spec) !== qosClass(fresh.spec))
    errors.invalid('spec', old.status.qosClass ?? qosClass(old.spec), 'Pod QOS Class may not change as a result of resizing')
  const running = old.status.containerStatuses?.find(({ state }) => state?.running)
  if (running && !running.resources) errors.forbidden('spec', 'Pod running on node without support for resize')
  const isSidecar = (container: V1Container) => container.restartPolicy === 'Always'
  for (const list of ['initContainers', 'containers'] as const)
    old.spec[list]?.forEach((before, index) => {
      const after = fresh.spec[list]?.[index]
      if (after && (list === 'containers' || isSidecar(before))) validateAmounts(before, after, `spec.${list}[${index}].resources`, errors)
    })
  fresh.spec.containers.forEach((after, index) => {
    const before = old.spec.containers[index]
    if (!before || !isSame(withAmountsOf(before, after), before)) errors.forbidden('spec', 'only cpu and memory resources are mutable')
  })
  fresh.spec.initContainers?.forEach((after, index) => {
    const before = old.spec.initContainers?.[index]
    if (!isSidecar(after)) {
      if (!isSame(after, before)) errors.forbidden('spec', 'resources for non-sidecar init containers are immutable')
    } else if (!before || !isSame(withAmountsOf(before, after), before))
      errors.forbidden('spec', 'only cpu and memory resources for sidecar containers are mutable')
  })
}

function validateAmounts(before: V1Container, after: V1Container, path: string, errors: FieldErrors): void {
  for (const side of ['requests', 'limits'] as const) {
    const had = Object.keys(before.resources?.[side] ?? {})
    const has = after.resources?.[side] ?? {}
    if (had.some((name) => has[name] === undefined)) errors.forbidden(`${path}.${side}`, `resource ${side} cannot be removed`)
  }
  const policy = after.resizePolicy?.find(({ resourceName }) => resourceName === 'memory')?.restartPolicy
  if (policy === 'RestartContainer') return
  const had = before.resources?.limits?.memory
  const has = after.resources?.limits?.memory
  if (has === undefined || (had !== undefined && compareQuantities(has, had) >= 0)) return
  errors.forbidden(
    `${path}.limits[memory]`,
    `memory limits cannot be ${had === undefined ? 'added' : 'decreased'} unless resizePolicy is RestartContainer`,
  )
}

/** The new container with the old one's CPU and memory. */
function withAmountsOf(before: V1Container, after: V1Container): V1Container {
  const side = (name: 'limits' | 'requests') => {
    const old = before.resources?.[name]
    if (!old) return {}
    const { cpu: _, memory: __, ...others } = after.resources?.[name] ?? {}
    const amounts = {
      ...others,
      ...(old.cpu === undefined ? {} : { cpu: old.cpu }),
      ...(old.memory === undefined ? {} : { memory: old.memory }),
    }
    return { [name]: amounts }
  }
  const resources: V1ResourceRequirements = { ...side('limits'), ...side('requests') }
  return { ...after, resources }
}

function validateEphemeralUpdate(old: V1Pod, fresh: V1Pod, errors: FieldErrors): void {
  if (old.metadata.annotations?.[mirror] !== undefined) {
    errors.list.length = 0
    return errors.forbidden('[]', 'static pods do not support ephemeral containers')
  }
  for (const before of old.spec.ephemeralContainers ?? []) {
    const after = fresh.spec.ephemeralContainers?.find(({ name }) => name === before.name)
    const named = `existing ephemeral containers ${JSON.stringify(before.name)} may not be`
    if (!after) errors.forbidden('spec.ephemeralContainers', `${named} removed\n`)
    else if (!isSame(before, after))
      errors.forbidden(
        'spec.ephemeralContainers',
        `${named} changed\n${goDiff(goStruct(schemaNamed('V1EphemeralContainer')), before, after)}`,
      )
  }
}

export function validatePodStatus({ old, fresh }: Change<V1Pod>, errors: FieldErrors): void {
  const { spec, status: before } = old
  const { status: after } = fresh
  validateAnnotationUpdate(old, fresh, errors)
  if (before === after) return
  if (before.conditions !== after.conditions)
    after.conditions?.forEach(({ type }, index) => {
      for (const problem of qualifiedName(type)) errors.invalid(`metadata.conditions[${index}].Type`, type, problem)
    })
  if (after.nominatedNodeName && after.nominatedNodeName !== before.nominatedNodeName)
    for (const problem of dns1123Subdomain(after.nominatedNodeName))
      errors.invalid('status.nominatedNodeName', after.nominatedNodeName, problem)
  if (before.qosClass !== after.qosClass) errors.invalid('status.qosClass', after.qosClass ?? '', 'field is immutable')
  const mayRestart = (status: V1ContainerStatus) => {
    const isSidecar = spec.initContainers?.some(({ name, restartPolicy }) => name === status.name && restartPolicy === 'Always')
    return isSidecar || spec.restartPolicy === 'Always' || (spec.restartPolicy === 'OnFailure' && status.state?.terminated?.exitCode !== 0)
  }
  for (const list of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const) {
    if (before[list] === after[list]) continue
    before[list]?.forEach((status, index) => {
      // A container to look around with is never started again.
      if (!status.state?.terminated || (list !== 'ephemeralContainerStatuses' && mayRestart(status))) return
      if (after[list]?.some(({ name, state }) => name === status.name && !state?.terminated))
        errors.forbidden(`status.${list}[${index}].state`, 'may not be transitioned to non-terminated state')
    })
  }
  validateStatusAddresses(before, after, errors)
}

function validateStatusAddresses(before: V1PodStatus, after: V1PodStatus, errors: FieldErrors): void {
  for (const list of ['podIPs', 'hostIPs'] as const) {
    if (before[list] === after[list]) continue
    const addresses = (after[list] ?? []).map(({ ip = '' }) => ip)
    if (list === 'hostIPs' && addresses.length > 0 && after.hostIP !== addresses[0])
      errors.invalid('status.hostIPs[0].ip', addresses[0], 'must be equal to `hostIP`')
    addresses.forEach((address, index) => validateIp(address, `status.${list}[${index}]`, errors))
    if (addresses.length < 2) continue
    const type = list === 'podIPs' ? 'core.PodIP' : 'core.HostIP'
    const struct = (address: string) => `${type}{IP:${JSON.stringify(address)}}`
    addresses.forEach((address, index) => {
      if (addresses.indexOf(address) < index) errors.duplicate(`status.${list}[${index}]`, new Verbatim(struct(address)))
    })
    if (!isDualStack(addresses))
      errors.invalid(
        `status.${list}`,
        new Verbatim(`[]${type}{${addresses.map(struct).join(', ')}}`),
        'may specify no more than one IP for each IP family',
      )
  }
}
