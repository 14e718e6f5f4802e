/** What makes a pod, or a template of pods, invalid: upstream's rules, paths and words, in upstream's order. */
import type { FieldErrors } from '../field-errors.ts'
import type { V1PodSpec, V1PodTemplateSpec } from '../generated/types.ts'
import { validateAnnotations, validateLabels } from '../metadata.ts'
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../names.ts'
import { isIp, notAnIp } from './addresses.ts'
import { type ContainerContext, validateContainer, validateHostPorts, validateInitContainer } from './containers.ts'
import { validateLifecycle, validateProbes } from './probes.ts'
import { validateAffinity, validateSpread, validateToleration } from './scheduling.ts'
import { validatePodSecurity } from './security.ts'
import { required, supported } from './values.ts'
import { validateVolumes } from './volumes.ts'

export function validateTemplate(template: V1PodTemplateSpec, path: string, errors: FieldErrors): void {
  validateLabels(template.metadata?.labels, `${path}.labels`, errors)
  validateAnnotations(template.metadata?.annotations, `${path}.annotations`, errors)
  validatePodSpec(template.spec ?? { containers: [] }, `${path}.spec`, errors)
}

const maxInt32 = 2147483647

export function validatePodSpec(spec: V1PodSpec, path: string, errors: FieldErrors): void {
  validateVolumes(spec.volumes ?? [], `${path}.volumes`, errors)
  const volumes = new Set((spec.volumes ?? []).map((volume) => volume.name))
  const context: ContainerContext = {
    volumes,
    isOnHost: spec.hostNetwork === true,
    isNeverRestarted: spec.restartPolicy === 'Never',
    names: new Set(),
  }
  if (!spec.containers?.length) errors.required(`${path}.containers`)
  const containers = spec.containers ?? []
  containers.forEach((container, index) => {
    const place = `${path}.containers[${index}]`
    validateContainer(container, place, context, errors)
    validateProbes(container, place, errors)
    validateLifecycle(container, place, errors)
  })
  validateHostPorts(containers, `${path}.containers`, errors)
  spec.initContainers?.forEach((container, index) => validateInitContainer(container, `${path}.initContainers[${index}]`, context, errors))
  required(`${path}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never'], errors)
  required(`${path}.dnsPolicy`, spec.dnsPolicy, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'], errors)
  validateLabels(spec.nodeSelector, `${path}.nodeSelector`, errors)
  validatePodSecurity(spec.securityContext ?? {}, `${path}.securityContext`, errors)
  spec.imagePullSecrets?.forEach((secret, index) => {
    if (!secret.name) errors.required(`${path}.imagePullSecrets[${index}].name`)
  })
  if (spec.affinity) validateAffinity(spec.affinity, `${path}.affinity`, errors)
  validateDns(spec, path, errors)
  spec.readinessGates?.forEach((gate, index) => {
    for (const problem of qualifiedName(gate.conditionType))
      errors.invalid(`${path}.readinessGates[${index}].conditionType`, gate.conditionType, problem)
  })
  spec.schedulingGates?.forEach((gate, index) => {
    for (const problem of qualifiedName(gate.name)) errors.invalid(`${path}.schedulingGates[${index}]`, gate.name, problem)
  })
  spec.topologySpreadConstraints?.forEach((constraint, index) =>
    validateSpread(constraint, `${path}.topologySpreadConstraints[${index}]`, errors),
  )
  if (spec.serviceAccountName)
    for (const problem of dns1123Subdomain(spec.serviceAccountName))
      errors.invalid(`${path}.serviceAccountName`, spec.serviceAccountName, problem)
  if (spec.nodeName) for (const problem of dns1123Subdomain(spec.nodeName)) errors.invalid(`${path}.nodeName`, spec.nodeName, problem)
  if (spec.activeDeadlineSeconds !== undefined && (spec.activeDeadlineSeconds < 1 || spec.activeDeadlineSeconds > maxInt32)) {
    errors.invalid(`${path}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, `must be between 1 and ${maxInt32}, inclusive`)
  }
  if (spec.hostname) for (const problem of dns1123Label(spec.hostname)) errors.invalid(`${path}.hostname`, spec.hostname, problem)
  if (spec.subdomain) for (const problem of dns1123Label(spec.subdomain)) errors.invalid(`${path}.subdomain`, spec.subdomain, problem)
  spec.tolerations?.forEach((toleration, index) => validateToleration(toleration, `${path}.tolerations[${index}]`, errors))
  spec.hostAliases?.forEach((alias, index) => {
    if (!isIp(alias.ip)) errors.invalid(`${path}.hostAliases[${index}].ip`, alias.ip, notAnIp)
    alias.hostnames?.forEach((hostname, at) => {
      for (const problem of dns1123Subdomain(hostname)) errors.invalid(`${path}.hostAliases[${index}].hostnames[${at}]`, hostname, problem)
    })
  })
  if (spec.priorityClassName)
    for (const problem of dns1123Subdomain(spec.priorityClassName))
      errors.invalid(`${path}.priorityClassName`, spec.priorityClassName, problem)
  if (spec.runtimeClassName)
    for (const problem of dns1123Subdomain(spec.runtimeClassName))
      errors.invalid(`${path}.runtimeClassName`, spec.runtimeClassName, problem)
  if (spec.preemptionPolicy !== undefined)
    supported(`${path}.preemptionPolicy`, spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], errors)
}

function validateDns({ dnsPolicy, dnsConfig }: V1PodSpec, path: string, errors: FieldErrors): void {
  if (dnsPolicy === 'None') {
    if (!dnsConfig) errors.required(`${path}.dnsConfig`, 'must provide `dnsConfig` when `dnsPolicy` is None')
    else if (!dnsConfig.nameservers?.length)
      errors.required(`${path}.dnsConfig.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')
  }
  if ((dnsConfig?.nameservers?.length ?? 0) > 3)
    errors.invalid(`${path}.dnsConfig.nameservers`, dnsConfig?.nameservers, 'must not have more than 3 nameservers')
  dnsConfig?.nameservers?.forEach((server, index) => {
    if (!isIp(server)) errors.invalid(`${path}.dnsConfig.nameservers[${index}]`, server, notAnIp)
  })
}
