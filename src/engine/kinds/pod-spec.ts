/** What is filled in where a pod, or a template of pods, leaves something out. */
import { withoutClosedFields } from './closed-gates.ts'
import { filled, mapped, withField } from './defaulting.ts'
import type {
  V1Container,
  V1EnvVar,
  V1HTTPGetAction,
  V1LifecycleHandler,
  V1PersistentVolumeClaimTemplate,
  V1PodSpec,
  V1PodTemplateSpec,
  V1Probe,
  V1ProjectedVolumeSource,
  V1ResourceRequirements,
  V1Volume,
} from './generated/types.ts'

const noSecurityContext = Object.freeze({})
const noResources = Object.freeze({})

export function defaultedPodSpec(given: V1PodSpec): V1PodSpec {
  let spec = filled(withoutClosedFields(given), {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: noSecurityContext,
    schedulerName: 'default-scheduler',
  })
  // Two names for one thing; both are always written.
  const account = spec.serviceAccountName || spec.serviceAccount
  if (account && (spec.serviceAccountName !== account || spec.serviceAccount !== account))
    spec = { ...spec, serviceAccountName: account, serviceAccount: account }
  spec = withField(spec, 'containers', mapped(spec.containers, defaultedContainer) ?? [])
  if (spec.initContainers) spec = withField(spec, 'initContainers', mapped(spec.initContainers, defaultedContainer))
  if (spec.ephemeralContainers)
    spec = withField(
      spec,
      'ephemeralContainers',
      mapped(spec.ephemeralContainers, (each) => defaultedContainer(each as V1Container) as typeof each),
    )
  if (spec.volumes) spec = withField(spec, 'volumes', mapped(spec.volumes, defaultedVolume))
  return spec
}

export function defaultedTemplate(template: V1PodTemplateSpec): V1PodTemplateSpec {
  const spec = template.spec
  if (!spec) return template
  const metadata =
    template.metadata && 'creationTimestamp' in template.metadata
      ? template.metadata
      : ({ ...template.metadata, creationTimestamp: null } as unknown as V1PodTemplateSpec['metadata'])
  const fresh = withField(template, 'spec', defaultedPodSpec(spec))
  return withField(fresh, 'metadata', metadata)
}

function defaultedContainer(given: V1Container): V1Container {
  let container = filled(given, {
    resources: noResources,
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: isLatest(given.image ?? '') ? 'Always' : 'IfNotPresent',
  })
  if (container.ports) {
    container = withField(
      container,
      'ports',
      mapped(container.ports, (port) => filled(port, { protocol: 'TCP' })),
    )
  }
  if (container.env) container = withField(container, 'env', mapped(container.env, defaultedVariable))
  for (const key of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    const probe = container[key]
    if (probe) container = withField(container, key, defaultedProbe(probe))
  }
  const { lifecycle } = container
  if (lifecycle) {
    let fresh = lifecycle
    if (fresh.postStart) fresh = withField(fresh, 'postStart', defaultedHandler(fresh.postStart))
    if (fresh.preStop) fresh = withField(fresh, 'preStop', defaultedHandler(fresh.preStop))
    container = withField(container, 'lifecycle', fresh)
  }
  return container
}

/** No tag and no digest, or the tag `latest`. */
export function isLatest(image: string): boolean {
  if (image.includes('@')) return false
  const last = image.slice(image.lastIndexOf('/') + 1)
  const colon = last.indexOf(':')
  return colon < 0 || last.slice(colon + 1) === 'latest'
}

function defaultedVariable(variable: V1EnvVar): V1EnvVar {
  const { valueFrom } = variable
  if (valueFrom?.fieldRef && !valueFrom.fieldRef.apiVersion) {
    return { ...variable, valueFrom: { ...valueFrom, fieldRef: { apiVersion: 'v1', ...valueFrom.fieldRef } } }
  }
  if (valueFrom?.resourceFieldRef && valueFrom.resourceFieldRef.divisor === undefined) {
    return { ...variable, valueFrom: { ...valueFrom, resourceFieldRef: { ...valueFrom.resourceFieldRef, divisor: '0' } } }
  }
  return variable
}

function defaultedProbe(given: V1Probe): V1Probe {
  let probe = filled(given, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 })
  if (probe.httpGet) probe = withField(probe, 'httpGet', defaultedGet(probe.httpGet))
  if (probe.grpc && probe.grpc.service === undefined) probe = { ...probe, grpc: { ...probe.grpc, service: '' } }
  return probe
}

function defaultedHandler(handler: V1LifecycleHandler): V1LifecycleHandler {
  return handler.httpGet ? withField(handler, 'httpGet', defaultedGet(handler.httpGet)) : handler
}

function defaultedGet(action: V1HTTPGetAction): V1HTTPGetAction {
  return filled(action, { path: '/', scheme: 'HTTP' })
}

const fileMode = 420

function defaultedVolume(volume: V1Volume): V1Volume {
  if (Object.keys(volume).length === 1) return { ...volume, emptyDir: {} }
  const { secret, configMap, downwardAPI, projected, hostPath, iscsi, rbd, azureDisk, scaleIO, ephemeral } = volume
  if (secret) return withField(volume, 'secret', filled(secret, { defaultMode: fileMode }))
  if (configMap) return withField(volume, 'configMap', filled(configMap, { defaultMode: fileMode }))
  if (downwardAPI) {
    const items = mapped(downwardAPI.items, (item) =>
      item.fieldRef ? withField(item, 'fieldRef', filled(item.fieldRef, { apiVersion: 'v1' })) : item,
    )
    return withField(volume, 'downwardAPI', filled(withField(downwardAPI, 'items', items), { defaultMode: fileMode }))
  }
  if (projected) return withField(volume, 'projected', defaultedProjection(projected))
  if (hostPath) return withField(volume, 'hostPath', filled(hostPath, { type: '' }))
  if (iscsi) return withField(volume, 'iscsi', filled(iscsi, { iscsiInterface: 'default' }))
  if (rbd) return withField(volume, 'rbd', filled(rbd, { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }))
  if (azureDisk)
    return withField(volume, 'azureDisk', filled(azureDisk, { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' }))
  if (scaleIO) return withField(volume, 'scaleIO', filled(scaleIO, { storageMode: 'ThinProvisioned', fsType: 'xfs' }))
  if (ephemeral?.volumeClaimTemplate) {
    const template: V1PersistentVolumeClaimTemplate = withField(
      ephemeral.volumeClaimTemplate,
      'spec',
      filled(ephemeral.volumeClaimTemplate.spec, { volumeMode: 'Filesystem' }),
    )
    return withField(volume, 'ephemeral', withField(ephemeral, 'volumeClaimTemplate', template))
  }
  return volume
}

function defaultedProjection(projected: V1ProjectedVolumeSource): V1ProjectedVolumeSource {
  const sources = mapped(projected.sources, (source) => {
    if (source.serviceAccountToken)
      return withField(source, 'serviceAccountToken', filled(source.serviceAccountToken, { expirationSeconds: 3600 }))
    if (!source.downwardAPI) return source
    const items = mapped(source.downwardAPI.items, (item) =>
      item.fieldRef ? withField(item, 'fieldRef', filled(item.fieldRef, { apiVersion: 'v1' })) : item,
    )
    return withField(source, 'downwardAPI', withField(source.downwardAPI, 'items', items))
  })
  return filled(withField(projected, 'sources', sources), { defaultMode: fileMode })
}

/** Only a pod itself asks for as much as it may use; a template is left as it is. */
export function withRequestsFromLimits(container: V1Container): V1Container {
  const { resources } = container
  if (!resources?.limits) return container
  const requests = filled(resources.requests ?? {}, resources.limits)
  if (requests === resources.requests) return container
  const fresh: V1ResourceRequirements = { ...resources, requests }
  return { ...container, resources: fresh }
}

/** On the host's network a port of the container is one of the host. A template leaves that to its pods. */
export function withPortsOfHost(container: V1Container): V1Container {
  return withField(
    container,
    'ports',
    mapped(container.ports, (port) => filled(port, { hostPort: port.containerPort })),
  )
}

/** Guaranteed when every container's cpu and memory limits equal its requests, BestEffort when none names any. */
export function qosClass(spec: V1PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])]
  let isGuaranteed = true
  let asksAnything = false
  for (const { resources } of containers) {
    for (const name of ['cpu', 'memory'] as const) {
      const request = resources?.requests?.[name]
      const limit = resources?.limits?.[name]
      if (request !== undefined || limit !== undefined) asksAnything = true
      if (limit === undefined || (request !== undefined && request !== limit)) isGuaranteed = false
    }
  }
  if (!asksAnything) return 'BestEffort'
  return isGuaranteed ? 'Guaranteed' : 'Burstable'
}
