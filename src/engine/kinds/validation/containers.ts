/** The containers of a pod: the rules that all share, and those of each of the three sorts. */
import type { FieldErrors } from '../field-errors.ts'
import type { V1Container, V1ContainerPort, V1EphemeralContainer, V1Volume } from '../generated/types.ts'
import { dns1123Label, portName, portNumber } from '../names.ts'
import { validateVariable, validateVariablesFrom } from './environment.ts'
import { validateDevices, validateMounts } from './mounts.ts'
import { validateLifecycle, validateProbes } from './probes.ts'
import { validateResources } from './resources.ts'
import { validateSecurity } from './security.ts'
import { required } from './values.ts'

export interface ContainerContext {
  /** Those that are right, by name. */
  readonly volumes: ReadonlyMap<string, V1Volume>
  readonly restartPolicy: string | undefined
  readonly graceSeconds: number | undefined
  /** The pod's users are the host's. */
  readonly hasHostUsers: boolean
}

export function validateContainers(containers: readonly V1Container[], path: string, context: ContainerContext, errors: FieldErrors): void {
  if (containers.length === 0) return errors.required(path)
  const names = new Set<string>()
  containers.forEach((container, index) => {
    const place = `${path}[${index}]`
    validateContainer(container, place, context, errors)
    if (names.has(container.name)) errors.duplicate(`${place}.name`, container.name)
    names.add(container.name)
    validateLifecycle(container, context.graceSeconds, place, errors)
    validateProbes(container, place, errors)
    if (container.restartPolicy !== undefined) errors.forbidden(`${place}.restartPolicy`, 'may not be set for non-init containers')
  })
  validateHostPorts(containers, path, errors)
}

export function validateInitContainers(
  initContainers: readonly V1Container[],
  containers: readonly V1Container[],
  path: string,
  context: ContainerContext,
  errors: FieldErrors,
): void {
  const names = new Set(containers.map(({ name }) => name))
  initContainers.forEach((container, index) => {
    const place = `${path}[${index}]`
    validateContainer(container, place, context, errors)
    const { name, restartPolicy } = container
    if (restartPolicy !== undefined && restartPolicy !== 'Always') errors.notSupported(`${place}.restartPolicy`, restartPolicy, ['Always'])
    if (names.has(name)) errors.duplicate(`${place}.name`, name)
    else if (name) names.add(name)
    // Init containers run one after the other; upstream counts each as the first.
    validateHostPorts([container], path, errors)
    if (restartPolicy === 'Always') {
      validateLifecycle(container, context.graceSeconds, place, errors)
      validateProbes(container, place, errors)
      return
    }
    for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
      if (container[field]) errors.forbidden(`${place}.${field}`, 'may not be set for init containers without restartPolicy=Always')
  })
}

/** Fields that would make a workload of what is there to look around only; in the order of Go's struct. */
const notForDebugging = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const

export function validateEphemeralContainers(
  ephemeral: readonly V1EphemeralContainer[],
  others: readonly V1Container[],
  path: string,
  context: ContainerContext,
  errors: FieldErrors,
): void {
  const targets = new Set(others.map(({ name }) => name))
  const names = new Set(targets)
  ephemeral.forEach((container, index) => {
    const place = `${path}[${index}]`
    validateContainer(container as V1Container, place, context, errors)
    validateImageOfPod(container.image, place, errors)
    if (names.has(container.name)) errors.duplicate(`${place}.name`, container.name)
    names.add(container.name)
    if (container.targetContainerName && !targets.has(container.targetContainerName))
      errors.notFound(`${place}.targetContainerName`, container.targetContainerName)
    for (const field of notForDebugging) {
      const value = container[field]
      const isSet = value !== undefined && (field !== 'resources' || Object.keys(value).length > 0)
      if (isSet) errors.forbidden(`${place}.${field}`, 'cannot be set for an Ephemeral Container')
    }
    container.volumeMounts?.forEach((mount, at) => {
      for (const field of ['subPath', 'subPathExpr'] as const)
        if (mount[field]) errors.forbidden(`${place}.volumeMounts[${at}].${field}`, 'cannot be set for an Ephemeral Container')
    })
  })
}

/** Templates are let through with it, because some name no real image. */
export function validateImageOfPod(image: string | undefined, path: string, errors: FieldErrors): void {
  if (image !== undefined && image.trim() !== image) errors.invalid(`${path}.image`, image, 'must not have leading or trailing whitespace')
}

function validateContainer(container: V1Container, path: string, context: ContainerContext, errors: FieldErrors): void {
  const { name, image } = container
  if (!name) errors.required(`${path}.name`)
  else for (const problem of dns1123Label(name)) errors.invalid(`${path}.name`, name, problem)
  if (!image) errors.required(`${path}.image`)
  required(`${path}.terminationMessagePolicy`, container.terminationMessagePolicy, ['File', 'FallbackToLogsOnError'], errors)
  validatePorts(container.ports ?? [], `${path}.ports`, errors)
  container.env?.forEach((variable, index) => validateVariable(variable, `${path}.env[${index}]`, errors))
  validateVariablesFrom(container.envFrom ?? [], `${path}.envFrom`, errors)
  validateMounts(container, `${path}.volumeMounts`, context.volumes, errors)
  validateDevices(container, `${path}.volumeDevices`, context.volumes, errors)
  required(`${path}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never'], errors)
  if (container.resources) validateResources(container.resources, `${path}.resources`, errors)
  if (container.resizePolicy)
    validateResizePolicy(container.resizePolicy, `${path}.resizePolicy`, context.restartPolicy === 'Never', errors)
  if (container.securityContext) validateSecurity(container.securityContext, `${path}.securityContext`, context.hasHostUsers, errors)
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

function validatePorts(ports: readonly V1ContainerPort[], path: string, errors: FieldErrors): void {
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

/** On the host's network a port is the host's. A template may leave that to its pods. */
export function validatePortsOfHost(containers: readonly V1Container[], path: string, isPod: boolean, errors: FieldErrors): void {
  containers.forEach(({ ports = [] }, index) =>
    ports.forEach(({ hostPort = 0, containerPort }, at) => {
      if ((isPod || hostPort !== 0) && hostPort !== containerPort)
        errors.invalid(`${path}[${index}].ports[${at}].hostPort`, hostPort, 'must match `containerPort` when `hostNetwork` is true')
    }),
  )
}
