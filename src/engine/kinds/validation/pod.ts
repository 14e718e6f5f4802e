/**
 * What makes a pod, or a template of pods, invalid: upstream's rules, paths and words, in upstream's order. A few rules hold for a pod alone,
 * because templates existed before them.
 */
import type { ObjectMeta } from '../../api/client.ts'
import type { FieldErrors } from '../field-errors.ts'
import type { V1Container, V1Pod, V1PodDNSConfig, V1PodSpec, V1PodTemplateSpec } from '../generated/types.ts'
import { goList } from '../go-print.ts'
import { validateAnnotations, validateLabels } from '../metadata.ts'
import { dns1123Label, dns1123Subdomain, dns1123SubdomainWithUnderscore, qualifiedName } from '../names.ts'
import { validateIp } from './addresses.ts'
import {
  type ContainerContext,
  validateContainers,
  validateEphemeralContainers,
  validateImageOfPod,
  validateInitContainers,
  validatePortsOfHost,
} from './containers.ts'
import { validatePodAnnotations, validateProfilesAgree } from './pod-annotations.ts'
import { validateResources } from './resources.ts'
import { validateAffinity, validateSchedulingGates, validateSpread, validateToleration } from './scheduling.ts'
import { validateHostUsers, validatePodSecurity } from './security.ts'
import { required } from './values.ts'
import { validateVolumes } from './volumes.ts'
import { validateHostProcesses, validateSystem } from './windows.ts'

export function validateTemplate({ metadata, spec = { containers: [] } }: V1PodTemplateSpec, path: string, errors: FieldErrors): void {
  validateLabels(metadata?.labels, `${path}.labels`, errors)
  validateAnnotations(metadata?.annotations, `${path}.annotations`, errors)
  validatePodAnnotations(metadata?.annotations, spec, `${path}.annotations`, errors)
  validatePodSpec(spec, `${path}.spec`, errors)
  validateProfilesAgree(metadata?.annotations, spec, `${path}.spec`, errors)
  if (spec.ephemeralContainers?.length)
    errors.forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')
}

/** A pod, new or changed. */
export function validatePod({ metadata, spec }: V1Pod, errors: FieldErrors): void {
  validatePodAnnotations(metadata.annotations, spec, 'metadata.annotations', errors)
  validatePodSpec(spec, 'spec', errors, metadata)
  if (!spec.serviceAccountName)
    spec.volumes?.forEach(({ projected }, index) =>
      projected?.sources?.forEach(({ serviceAccountToken }, at) => {
        if (serviceAccountToken)
          errors.forbidden(
            `spec.volumes[${index}].projected.sources[${at}].serviceAccountToken`,
            'must not be specified when serviceAccountName is not set',
          )
      }),
    )
  for (const list of ['containers', 'initContainers'] as const)
    spec[list]?.forEach(({ image }, index) => validateImageOfPod(image, `spec.${list}[${index}]`, errors))
}

/** What a pod may not begin with. */
export function validateNewPod({ metadata, spec }: V1Pod, errors: FieldErrors): void {
  if (spec.ephemeralContainers?.length) errors.forbidden('spec.ephemeralContainers', 'cannot be set on create')
  if (spec.nodeName && spec.schedulingGates?.length)
    errors.forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')
  validateProfilesAgree(metadata.annotations, spec, 'spec', errors)
}

const maxInt32 = 2147483647

/** With the pod's metadata where it is a pod. */
function validatePodSpec(spec: V1PodSpec, path: string, errors: FieldErrors, metadata?: ObjectMeta): void {
  if (spec.terminationGracePeriodSeconds === undefined) errors.required(`${path}.terminationGracePeriodSeconds`)
  const { containers = [], initContainers = [] } = spec
  const context: ContainerContext = {
    volumes: validateVolumes(spec.volumes ?? [], metadata?.name, `${path}.volumes`, errors),
    restartPolicy: spec.restartPolicy,
    graceSeconds: spec.terminationGracePeriodSeconds,
    hasHostUsers: spec.hostUsers !== false,
  }
  validateContainers(containers, `${path}.containers`, context, errors)
  validateInitContainers(initContainers, containers, `${path}.initContainers`, context, errors)
  const others: readonly V1Container[] = [...containers, ...initContainers]
  validateEphemeralContainers(spec.ephemeralContainers ?? [], others, `${path}.ephemeralContainers`, context, errors)
  if (spec.hostNetwork) validatePortsOfHost(containers, `${path}.containers`, metadata !== undefined, errors)
  required(`${path}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never'], errors)
  required(`${path}.dnsPolicy`, spec.dnsPolicy, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'], errors)
  validateLabels(spec.nodeSelector, `${path}.nodeSelector`, errors)
  validatePodSecurity(spec, path, errors)
  if (spec.affinity) validateAffinity(spec.affinity, `${path}.affinity`, errors)
  validateDns(spec.dnsConfig, spec.dnsPolicy, `${path}.dnsConfig`, errors)
  spec.readinessGates?.forEach(({ conditionType }, index) => {
    for (const problem of qualifiedName(conditionType))
      errors.invalid(`${path}.readinessGates[${index}].conditionType`, conditionType, problem)
  })
  validateSchedulingGates(spec.schedulingGates ?? [], `${path}.schedulingGates`, errors)
  validateSpread(spec.topologySpreadConstraints ?? [], `${path}.topologySpreadConstraints`, errors)
  validateHostProcesses(spec, path, errors)
  validateHostUsers(spec, path, errors)
  const names = (field: 'serviceAccountName' | 'nodeName' | 'priorityClassName') => {
    const name = spec[field]
    if (name) for (const problem of dns1123Subdomain(name)) errors.invalid(`${path}.${field}`, name, problem)
  }
  names('serviceAccountName')
  names('nodeName')
  if (spec.activeDeadlineSeconds !== undefined && (spec.activeDeadlineSeconds < 1 || spec.activeDeadlineSeconds > maxInt32))
    errors.invalid(`${path}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, `must be between 1 and ${maxInt32}, inclusive`)
  for (const field of ['hostname', 'subdomain'] as const) {
    const name = spec[field]
    if (name) for (const problem of dns1123Label(name)) errors.invalid(`${path}.${field}`, name, problem)
  }
  spec.tolerations?.forEach((toleration, index) => validateToleration(toleration, `${path}.tolerations[${index}]`, errors))
  spec.hostAliases?.forEach(({ ip, hostnames = [] }, index) => {
    validateIp(ip, `${path}.hostAliases[${index}].ip`, errors)
    hostnames.forEach((hostname, at) => {
      for (const problem of dns1123Subdomain(hostname)) errors.invalid(`${path}.hostAliases[${index}].hostnames[${at}]`, hostname, problem)
    })
  })
  names('priorityClassName')
  if (spec.runtimeClassName !== undefined)
    for (const problem of dns1123Subdomain(spec.runtimeClassName))
      errors.invalid(`${path}.runtimeClassName`, spec.runtimeClassName, problem)
  if (spec.preemptionPolicy !== undefined)
    required(`${path}.preemptionPolicy`, spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], errors)
  // Upstream judges an overhead as if it were a container's limits, and says so.
  if (spec.overhead) validateResources({ limits: spec.overhead }, `${path}.overhead`, errors)
  validateSystem(spec, path, errors)
}

function validateDns(config: V1PodDNSConfig | undefined, policy: string | undefined, path: string, errors: FieldErrors): void {
  if (policy === 'None') {
    if (!config) return errors.required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')
    if (!config.nameservers?.length)
      return errors.required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')
  }
  const { nameservers = [], searches = [], options = [] } = config ?? {}
  if (nameservers.length > 3) errors.invalid(`${path}.nameservers`, goList('string', nameservers), 'must not have more than 3 nameservers')
  nameservers.forEach((server, index) => validateIp(server, `${path}.nameservers[${index}]`, errors))
  if (searches.length > 32) errors.invalid(`${path}.searches`, goList('string', searches), 'must not have more than 32 search paths')
  if (searches.join(' ').length > 2048)
    errors.invalid(
      `${path}.searches`,
      goList('string', searches),
      'must not have more than 2048 characters (including spaces) in the search list',
    )
  searches.forEach((search, index) => {
    if (search === '.') return
    const name = search.replace(/\.$/, '')
    for (const problem of dns1123SubdomainWithUnderscore(name)) errors.invalid(`${path}.searches[${index}]`, name, problem)
  })
  options.forEach(({ name }, index) => {
    if (!name) errors.required(`${path}.options[${index}]`, 'must not be empty')
  })
}
