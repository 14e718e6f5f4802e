/** What makes a pod, or a template of pods, invalid: upstream's rules, paths and words, in upstream's order. */
import type { FieldErrors } from './field-errors.ts'
import { Verbatim } from './field-errors.ts'
import type {
  V1Affinity,
  V1Container,
  V1ContainerPort,
  V1EnvVar,
  V1LabelSelector,
  V1LifecycleHandler,
  V1NodeSelectorTerm,
  V1PodAffinityTerm,
  V1PodSecurityContext,
  V1PodSpec,
  V1PodTemplateSpec,
  V1Probe,
  V1ResourceRequirements,
  V1SecurityContext,
  V1Toleration,
  V1TopologySpreadConstraint,
  V1Volume,
  V1VolumeMount,
} from './generated/types.ts'
import { validateAnnotations, validateLabels } from './metadata.ts'
import {
  configMapKey,
  dns1123Label,
  dns1123Subdomain,
  environmentName,
  mustNotBeNegative,
  portName,
  portNumber,
  qualifiedName,
  validLabelValue,
} from './names.ts'
import { goSyntax } from './go-syntax.ts'
import { goStruct } from './go-value.ts'
import { compareQuantities } from './quantity.ts'
import { schemaNamed } from './schema.ts'

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

export const notAnIp = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'

export function isIp(text: string): boolean {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text))
    return text.split('.').every((part) => Number(part) <= 255 && (part === '0' || !part.startsWith('0')))
  return /^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$/.test(text) && text.split('::').length <= 2 && text.split(':').length <= 8 && text.length > 1
}

export const notACidr = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'

export function isCidr(text: string): boolean {
  const [address, bits, ...rest] = text.split('/')
  return rest.length === 0 && isIp(address) && /^\d+$/.test(bits ?? '') && Number(bits) <= (address.includes(':') ? 128 : 32)
}

export function supported(path: string, value: string, list: readonly string[], errors: FieldErrors): void {
  if (!list.includes(value)) errors.notSupported(path, value, list)
}

function required(path: string, value: string | undefined, list: readonly string[], errors: FieldErrors): void {
  if (!value) errors.required(path)
  else supported(path, value, list, errors)
}

export function notNegative(path: string, value: number | undefined, errors: FieldErrors): void {
  if (value !== undefined && value < 0) errors.invalid(path, value, mustNotBeNegative)
}

interface ContainerContext {
  readonly volumes: ReadonlySet<string>
  readonly isOnHost: boolean
  readonly isNeverRestarted: boolean
  readonly names: Set<string>
}

function validateContainer(
  container: V1Container,
  path: string,
  { volumes, isOnHost, isNeverRestarted, names }: ContainerContext,
  errors: FieldErrors,
): void {
  const { name, image = '' } = container
  if (!name) errors.required(`${path}.name`)
  else {
    const problems = dns1123Label(name)
    for (const problem of problems) errors.invalid(`${path}.name`, name, problem)
    if (names.has(name)) errors.duplicate(`${path}.name`, name)
    names.add(name)
  }
  if (image === '') errors.required(`${path}.image`)
  else if (image.trim() !== image) errors.invalid(`${path}.image`, image, 'must not have leading or trailing whitespace')
  if (container.terminationMessagePolicy)
    supported(`${path}.terminationMessagePolicy`, container.terminationMessagePolicy, ['FallbackToLogsOnError', 'File'], errors)
  validatePorts(container.ports ?? [], `${path}.ports`, isOnHost, errors)
  container.env?.forEach((variable, index) => validateVariable(variable, `${path}.env[${index}]`, errors))
  container.envFrom?.forEach((source, index) => {
    const place = `${path}.envFrom[${index}]`
    if (source.prefix) for (const problem of environmentName(source.prefix)) errors.invalid(`${place}.prefix`, source.prefix, problem)
    if (source.configMapRef && !source.configMapRef.name) errors.required(`${place}.configMapRef.name`)
    if (source.secretRef && !source.secretRef.name) errors.required(`${place}.secretRef.name`)
    if (source.configMapRef && source.secretRef) errors.invalid(place, '', 'may not have more than one field specified at a time')
    if (!source.configMapRef && !source.secretRef) errors.invalid(place, '', 'must specify one of: `configMapRef` or `secretRef`')
  })
  validateMounts(container.volumeMounts ?? [], `${path}.volumeMounts`, volumes, errors)
  required(`${path}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never'], errors)
  if (container.resources) validateResources(container.resources, `${path}.resources`, errors)
  if (container.resizePolicy) validateResizePolicy(container.resizePolicy, `${path}.resizePolicy`, isNeverRestarted, errors)
  if (container.securityContext) validateSecurity(container.securityContext, `${path}.securityContext`, errors)
}

function validateResizePolicy(
  policies: NonNullable<V1Container['resizePolicy']>,
  path: string,
  isNeverRestarted: boolean,
  errors: FieldErrors,
): void {
  const seen = new Set<string>()
  for (const [index, { resourceName, restartPolicy }] of policies.entries()) {
    if (seen.has(resourceName)) errors.duplicate(`${path}[${index}]`, resourceName)
    seen.add(resourceName)
    required(path, resourceName, ['cpu', 'memory'], errors)
    required(path, restartPolicy, ['NotRequired', 'RestartContainer'], errors)
    if (isNeverRestarted && restartPolicy !== 'NotRequired')
      errors.invalid(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'")
  }
}

function validateInitContainer(container: V1Container, path: string, context: ContainerContext, errors: FieldErrors): void {
  validateContainer(container, path, context, errors)
  const { restartPolicy } = container
  const isSidecar = restartPolicy === 'Always'
  if (restartPolicy !== undefined && !isSidecar) errors.notSupported(`${path}.restartPolicy`, restartPolicy, ['Always'])
  if (isSidecar) {
    validateProbes(container, path, errors)
    validateLifecycle(container, path, errors)
    return
  }
  for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (container[field]) errors.forbidden(`${path}.${field}`, 'may not be set for init containers without restartPolicy=Always')
  }
}

function validatePorts(ports: readonly V1ContainerPort[], path: string, isOnHost: boolean, errors: FieldErrors): void {
  const names = new Set<string>()
  ports.forEach(({ name, containerPort, hostPort, protocol }, index) => {
    const place = `${path}[${index}]`
    if (name) {
      const problems = portName(name)
      for (const problem of problems) errors.invalid(`${place}.name`, name, problem)
      if (problems.length === 0) {
        if (names.has(name)) errors.duplicate(`${place}.name`, name)
        names.add(name)
      }
    }
    if (!containerPort) errors.required(`${place}.containerPort`)
    else for (const problem of portNumber(containerPort)) errors.invalid(`${place}.containerPort`, containerPort, problem)
    if (hostPort) for (const problem of portNumber(hostPort)) errors.invalid(`${place}.hostPort`, hostPort, problem)
    if (isOnHost && hostPort !== containerPort)
      errors.invalid(`${place}.hostPort`, hostPort ?? 0, 'must match `containerPort` when `hostNetwork` is true')
    required(`${place}.protocol`, protocol, ['SCTP', 'TCP', 'UDP'], errors)
  })
}

function validateHostPorts(containers: readonly V1Container[], path: string, errors: FieldErrors): void {
  const taken = new Set<string>()
  containers.forEach((container, index) =>
    container.ports?.forEach(({ hostPort, hostIP = '', protocol }, at) => {
      if (!hostPort) return
      const text = `${protocol}/${hostIP}/${hostPort}`
      if (taken.has(text)) errors.duplicate(`${path}[${index}].ports[${at}].hostPort`, text)
      taken.add(text)
    }),
  )
}

const downwardFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
const downwardResources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]

function validateVariable({ name, value, valueFrom }: V1EnvVar, path: string, errors: FieldErrors): void {
  if (!name) errors.required(`${path}.name`)
  else for (const problem of environmentName(name)) errors.invalid(`${path}.name`, name, problem)
  if (!valueFrom) return
  const place = `${path}.valueFrom`
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom
  if (fieldRef) {
    const field = fieldRef.fieldPath
    if (!field) errors.required(`${place}.fieldRef.fieldPath`)
    else if (/^metadata\.(annotations|labels)\['.*'\]$/.test(field)) {
      // One key of a map, by its name.
    } else if (!downwardFields.includes(field) && field !== 'metadata.annotations' && field !== 'metadata.labels') {
      errors.invalid(`${place}.fieldRef.fieldPath`, field, `error converting fieldPath: field label not supported: ${field}`)
    } else if (!downwardFields.includes(field)) errors.notSupported(`${place}.fieldRef.fieldPath`, field, downwardFields)
  }
  if (resourceFieldRef) {
    if (!resourceFieldRef.resource) errors.required(`${place}.resourceFieldRef.resource`)
    else if (!downwardResources.includes(resourceFieldRef.resource) && !resourceFieldRef.resource.includes('hugepages-'))
      errors.notSupported(`${place}.resourceFieldRef.resource`, resourceFieldRef.resource, downwardResources)
  }
  for (const [field, reference] of Object.entries({ configMapKeyRef, secretKeyRef })) {
    if (!reference) continue
    if (!reference.name) errors.required(`${place}.${field}.name`)
    if (!reference.key) errors.required(`${place}.${field}.key`)
    else for (const problem of configMapKey(reference.key)) errors.invalid(`${place}.${field}.key`, reference.key, problem)
  }
  const count = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef].filter(Boolean).length
  if (count === 0) errors.invalid(place, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`')
  else if (value) errors.invalid(place, '', 'may not be specified when `value` is not empty')
  if (count > 1) errors.invalid(place, '', 'may not have more than one field specified at a time')
}

function validateMounts(mounts: readonly V1VolumeMount[], path: string, volumes: ReadonlySet<string>, errors: FieldErrors): void {
  const paths = new Set<string>()
  mounts.forEach(({ name, mountPath, subPath, subPathExpr }, index) => {
    const place = `${path}[${index}]`
    if (!name) errors.required(`${place}.name`)
    else if (!volumes.has(name)) errors.notFound(`${place}.name`, name)
    if (!mountPath) errors.required(`${place}.mountPath`)
    else if (paths.has(mountPath)) errors.invalid(`${place}.mountPath`, mountPath, 'must be unique')
    paths.add(mountPath)
    // Upstream leaves the index out here.
    for (const [field, text] of Object.entries({ subPath, subPathExpr })) if (text) validateLocalPath(text, `${path}.${field}`, errors)
    if (subPath && subPathExpr) errors.invalid(`${place}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive')
  })
}

/** Relative, and never upwards. */
function validateLocalPath(text: string, path: string, errors: FieldErrors): void {
  if (text.startsWith('/')) errors.invalid(path, text, 'must be a relative path')
  if (text.split('/').includes('..')) errors.invalid(path, text, "must not contain '..'")
}

const standardResources = ['cpu', 'memory', 'ephemeral-storage']

function validateResources({ limits = {}, requests = {} }: V1ResourceRequirements, path: string, errors: FieldErrors): void {
  for (const [side, amounts] of Object.entries({ limits, requests })) {
    for (const [name, amount] of Object.entries(amounts)) {
      const place = `${path}.${side}[${name}]`
      validateResourceName(name, place, errors)
      if (compareQuantities(amount, '0') < 0) errors.invalid(place, amount, mustNotBeNegative)
      if (side !== 'requests') continue
      const limit = limits[name]
      if (limit !== undefined && compareQuantities(amount, limit) > 0)
        errors.invalid(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`)
      // Devices and huge pages cannot be promised twice.
      if (limit === undefined && !isOvercommitable(name))
        errors.required(`${path}.limits`, 'Limit must be set for non overcommitable resources')
    }
  }
}

function isOvercommitable(name: string): boolean {
  return !name.startsWith('hugepages-') && (!name.includes('/') || /^(?:[^/]*\.)?kubernetes\.io\//.test(name))
}

function validateResourceName(name: string, place: string, errors: FieldErrors): void {
  for (const problem of qualifiedName(name)) errors.invalid(place, new Verbatim(name), problem)
  if (name.includes('/') || standardResources.includes(name) || name.startsWith('hugepages-')) return
  errors.invalid(place, new Verbatim(name), 'must be a standard resource type or fully qualified')
  errors.invalid(place, new Verbatim(name), 'must be a standard resource for containers')
}

function validateProbes(container: V1Container, path: string, errors: FieldErrors): void {
  const { livenessProbe, readinessProbe, startupProbe } = container
  for (const [field, probe] of Object.entries({ livenessProbe, readinessProbe, startupProbe })) {
    if (!probe) continue
    const place = `${path}.${field}`
    validateProbe(probe, place, errors)
    if (field !== 'readinessProbe' && probe.successThreshold !== undefined && probe.successThreshold !== 1)
      errors.invalid(`${place}.successThreshold`, probe.successThreshold, 'must be 1')
    if (field === 'readinessProbe' && probe.terminationGracePeriodSeconds !== undefined)
      errors.invalid(`${place}.terminationGracePeriodSeconds`, probe.terminationGracePeriodSeconds, 'must not be set for readinessProbes')
  }
}

function validateProbe(probe: V1Probe, path: string, errors: FieldErrors): void {
  const { exec, httpGet, tcpSocket, grpc } = probe
  validateHandler({ exec, httpGet, tcpSocket, grpc }, path, errors)
  for (const field of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const)
    notNegative(`${path}.${field}`, probe[field], errors)
  const grace = probe.terminationGracePeriodSeconds
  if (grace !== undefined && grace <= 0) errors.invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0')
}

interface Handlers {
  readonly exec?: V1Probe['exec']
  readonly httpGet?: V1Probe['httpGet']
  readonly tcpSocket?: V1Probe['tcpSocket']
  readonly grpc?: V1Probe['grpc']
  readonly sleep?: V1LifecycleHandler['sleep']
}

function validateHandler(handlers: Handlers, path: string, errors: FieldErrors): void {
  let count = 0
  const isExtra = (field: string) => {
    if (++count > 1) errors.forbidden(`${path}.${field}`, 'may not specify more than 1 handler type')
    return count > 1
  }
  const { exec, httpGet, tcpSocket, grpc, sleep } = handlers
  if (exec && !isExtra('exec') && !exec.command?.length) errors.required(`${path}.exec.command`)
  if (httpGet && !isExtra('httpGet')) {
    if (!httpGet.path) errors.required(`${path}.httpGet.path`)
    validatePortReference(httpGet.port, `${path}.httpGet.port`, errors)
    if (httpGet.scheme) supported(`${path}.httpGet.scheme`, httpGet.scheme, ['HTTP', 'HTTPS'], errors)
  }
  if (tcpSocket && !isExtra('tcpSocket')) validatePortReference(tcpSocket.port, `${path}.tcpSocket.port`, errors)
  if (grpc && !isExtra('grpc')) for (const problem of portNumber(grpc.port)) errors.invalid(`${path}.grpc.port`, grpc.port, problem)
  if (sleep) isExtra('sleep')
  if (count === 0) errors.required(path, 'must specify a handler type')
}

export function validatePortReference(port: number | string, path: string, errors: FieldErrors): void {
  const problems = typeof port === 'number' ? portNumber(port) : portName(port)
  for (const problem of problems) errors.invalid(path, port, problem)
}

function validateLifecycle({ lifecycle }: V1Container, path: string, errors: FieldErrors): void {
  if (lifecycle?.postStart) validateHandler(lifecycle.postStart, `${path}.lifecycle.postStart`, errors)
  if (lifecycle?.preStop) validateHandler(lifecycle.preStop, `${path}.lifecycle.preStop`, errors)
}

const volumeSources = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
] as const

function validateVolumes(volumes: readonly V1Volume[], path: string, errors: FieldErrors): void {
  const names = new Set<string>()
  volumes.forEach((volume, index) => {
    const place = `${path}[${index}]`
    const problems = volume.name ? dns1123Label(volume.name) : []
    if (!volume.name) errors.required(`${place}.name`)
    for (const problem of problems) errors.invalid(`${place}.name`, volume.name, problem)
    if (volume.name && problems.length === 0 && names.has(volume.name)) errors.duplicate(`${place}.name`, volume.name)
    names.add(volume.name)
    const used = volumeSources.filter((source) => volume[source] !== undefined)
    if (used.length === 0) errors.required(place, 'must specify a volume type')
    for (const extra of used.slice(1)) errors.forbidden(`${place}.${extra}`, 'may not specify more than 1 volume type')
    if (used.length > 0) validateSource(volume, used[0], place, errors)
  })
}

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']

export function validateHostPath(
  { path: hostPath, type }: { readonly path: string; readonly type?: string },
  path: string,
  errors: FieldErrors,
): void {
  if (!hostPath) errors.required(`${path}.path`)
  else if (hostPath.split('/').includes('..')) errors.invalid(`${path}.path`, hostPath, "must not contain '..'")
  if (type !== undefined) supported(`${path}.type`, type, hostPathTypes, errors)
}

function validateSource(volume: V1Volume, source: (typeof volumeSources)[number], place: string, errors: FieldErrors): void {
  const path = `${place}.${source}`
  const { hostPath, secret, configMap, persistentVolumeClaim, nfs, downwardAPI, projected } = volume
  switch (source) {
    case 'hostPath':
      if (hostPath) validateHostPath(hostPath, path, errors)
      break
    case 'secret':
      if (!secret?.secretName) errors.required(`${path}.secretName`)
      validateMode(secret?.defaultMode, `${path}.defaultMode`, errors)
      validateItems(secret?.items, path, errors)
      break
    case 'configMap':
      if (!configMap?.name) errors.required(`${path}.name`)
      validateMode(configMap?.defaultMode, `${path}.defaultMode`, errors)
      validateItems(configMap?.items, path, errors)
      break
    case 'persistentVolumeClaim':
      if (!persistentVolumeClaim?.claimName) errors.required(`${path}.claimName`)
      break
    case 'nfs':
      if (!nfs?.server) errors.required(`${path}.server`)
      if (!nfs?.path) errors.required(`${path}.path`)
      else if (!nfs.path.startsWith('/')) errors.invalid(`${path}.path`, nfs.path, 'must be an absolute path')
      break
    case 'downwardAPI':
      validateMode(downwardAPI?.defaultMode, `${path}.defaultMode`, errors)
      break
    case 'projected':
      validateMode(projected?.defaultMode, `${path}.defaultMode`, errors)
      break
  }
}

function validateMode(mode: number | undefined, path: string, errors: FieldErrors): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777))
    errors.invalid(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')
}

function validateItems(
  items: readonly { readonly key: string; readonly path: string; readonly mode?: number }[] | undefined,
  path: string,
  errors: FieldErrors,
): void {
  items?.forEach((item, index) => {
    const place = `${path}.items[${index}]`
    if (!item.key) errors.required(`${place}.key`)
    if (!item.path) errors.required(`${place}.path`)
    else validateLocalPath(item.path, `${place}.path`, errors)
    validateMode(item.mode, `${place}.mode`, errors)
  })
}

const maxId = 2147483647

function validateId(value: number | undefined, path: string, errors: FieldErrors): void {
  if (value !== undefined && (value < 0 || value > maxId)) errors.invalid(path, value, `must be between 0 and ${maxId}, inclusive`)
}

function validatePodSecurity(context: V1PodSecurityContext, path: string, errors: FieldErrors): void {
  for (const field of ['fsGroup', 'runAsUser', 'runAsGroup'] as const) validateId(context[field], `${path}.${field}`, errors)
  context.supplementalGroups?.forEach((group, index) => validateId(group, `${path}.supplementalGroups[${index}]`, errors))
  const names = new Set<string>()
  context.sysctls?.forEach(({ name }, index) => {
    const place = `${path}.sysctls[${index}].name`
    if (!name) errors.required(place)
    else if (name.length > 253 || !/^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/.test(name)) {
      errors.invalid(
        place,
        name,
        'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
      )
    } else if (names.has(name)) errors.duplicate(place, name)
    names.add(name)
  })
  if (context.fsGroupChangePolicy)
    supported(`${path}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], errors)
}

function validateSecurity(context: V1SecurityContext, path: string, errors: FieldErrors): void {
  validateId(context.runAsUser, `${path}.runAsUser`, errors)
  validateId(context.runAsGroup, `${path}.runAsGroup`, errors)
  if (context.allowPrivilegeEscalation !== false) return
  if (context.privileged)
    errors.invalid(
      path,
      goSyntax(goStruct(schemaNamed('V1SecurityContext')), context),
      'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    )
  else if (context.capabilities?.add?.includes('CAP_SYS_ADMIN'))
    errors.invalid(
      path,
      goSyntax(goStruct(schemaNamed('V1SecurityContext')), context),
      'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
    )
}

function validateAffinity({ nodeAffinity, podAffinity, podAntiAffinity }: V1Affinity, path: string, errors: FieldErrors): void {
  if (nodeAffinity) {
    const required = nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution
    if (required)
      validateNodeSelector(required.nodeSelectorTerms, `${path}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution`, errors)
    nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution?.forEach(({ weight, preference }, index) => {
      const place = `${path}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[${index}]`
      if (weight < 1 || weight > 100) errors.invalid(`${place}.weight`, weight, 'must be in the range 1-100')
      validateNodeTerm(preference, `${place}.preference`, errors)
    })
  }
  for (const [field, affinity] of Object.entries({ podAffinity, podAntiAffinity })) {
    affinity?.requiredDuringSchedulingIgnoredDuringExecution?.forEach((term, index) =>
      validatePodTerm(term, `${path}.${field}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`, errors),
    )
    affinity?.preferredDuringSchedulingIgnoredDuringExecution?.forEach(({ weight, podAffinityTerm }, index) => {
      const place = `${path}.${field}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`
      if (weight < 1 || weight > 100) errors.invalid(`${place}.weight`, weight, 'must be in the range 1-100')
      validatePodTerm(podAffinityTerm, `${place}.podAffinityTerm`, errors)
    })
  }
}

function validateNodeSelector(terms: readonly V1NodeSelectorTerm[] | undefined, path: string, errors: FieldErrors): void {
  if (!terms?.length) errors.required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term')
  terms?.forEach((term, index) => validateNodeTerm(term, `${path}.nodeSelectorTerms[${index}]`, errors))
}

function validateNodeTerm(term: V1NodeSelectorTerm, path: string, errors: FieldErrors): void {
  for (const field of ['matchExpressions', 'matchFields'] as const) {
    term[field]?.forEach(({ key, operator, values = [] }, index) => {
      const place = `${path}.${field}[${index}]`
      validateOperator({ operator, values, numeric: true }, place, errors)
      if (field === 'matchExpressions') for (const problem of qualifiedName(key)) errors.invalid(`${place}.key`, key, problem)
    })
  }
}

function validateOperator(
  { operator, values, numeric }: { operator: string; values: readonly string[]; numeric: boolean },
  place: string,
  errors: FieldErrors,
): void {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) errors.required(`${place}.values`, "must be specified when `operator` is 'In' or 'NotIn'")
      break
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) errors.forbidden(`${place}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
      break
    case 'Gt':
    case 'Lt':
      if (numeric) {
        if (values.length !== 1) errors.required(`${place}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")
        break
      }
      errors.invalid(`${place}.operator`, operator, 'not a valid selector operator')
      break
    default:
      errors.invalid(`${place}.operator`, operator, 'not a valid selector operator')
  }
}

function validatePodTerm({ topologyKey, labelSelector, namespaces }: V1PodAffinityTerm, path: string, errors: FieldErrors): void {
  if (labelSelector) validateSelector(labelSelector, `${path}.labelSelector`, errors)
  namespaces?.forEach((name) => {
    for (const problem of dns1123Label(name)) errors.invalid(`${path}.namespace`, name, problem)
  })
  if (!topologyKey) errors.required(`${path}.topologyKey`, 'can not be empty')
  for (const problem of qualifiedName(topologyKey ?? '')) errors.invalid(`${path}.topologyKey`, topologyKey ?? '', problem)
}

/** Answers whether the selector can be used at all. */
export function validateSelector(selector: V1LabelSelector, path: string, errors: FieldErrors): boolean {
  const before = errors.list.length
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    for (const problem of qualifiedName(key)) errors.invalid(`${path}.matchLabels`, key, problem)
    for (const problem of validLabelValue(value)) errors.invalid(`${path}.matchLabels`, value, problem)
  }
  selector.matchExpressions?.forEach(({ key, operator, values = [] }, index) => {
    const place = `${path}.matchExpressions[${index}]`
    validateOperator({ operator, values, numeric: false }, place, errors)
    for (const problem of qualifiedName(key)) errors.invalid(`${place}.key`, key, problem)
    values.forEach((value, at) => {
      for (const problem of validLabelValue(value)) errors.invalid(`${place}.values[${at}]`, value, problem)
    })
  })
  return errors.list.length === before
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

function validateSpread(
  { maxSkew, topologyKey, whenUnsatisfiable, labelSelector, minDomains }: V1TopologySpreadConstraint,
  path: string,
  errors: FieldErrors,
): void {
  if (maxSkew <= 0) errors.invalid(`${path}.maxSkew`, maxSkew, 'must be greater than zero')
  if (!topologyKey) errors.required(`${path}.topologyKey`, 'can not be empty')
  supported(`${path}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway'], errors)
  if (minDomains !== undefined && minDomains <= 0) errors.invalid(`${path}.minDomains`, minDomains, 'must be greater than zero')
  if (labelSelector) validateSelector(labelSelector, `${path}.labelSelector`, errors)
}

export const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

function validateToleration(
  { key = '', operator = '', value = '', effect = '', tolerationSeconds }: V1Toleration,
  path: string,
  errors: FieldErrors,
): void {
  if (key !== '') for (const problem of qualifiedName(key)) errors.invalid(`${path}.key`, key, problem)
  if (key === '' && operator !== 'Exists')
    errors.invalid(`${path}.operator`, operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"')
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    errors.invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
  if (operator === '' || operator === 'Equal') {
    for (const problem of validLabelValue(value)) errors.invalid(`${path}.operator`, value, problem)
  } else if (operator === 'Exists') {
    if (value !== '') errors.invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'")
  } else errors.notSupported(`${path}.operator`, operator, ['Equal', 'Exists'])
  if (effect !== '') supported(`${path}.effect`, effect, taintEffects, errors)
}
