/** The containers of a pod: the rules that all share, and those of init containers. */
import type { FieldErrors } from '../field-errors.ts'
import type { V1Container, V1ContainerPort } from '../generated/types.ts'
import { dns1123Label, environmentName, portName, portNumber } from '../names.ts'
import { validateVariable } from './environment.ts'
import { validateLifecycle, validateProbes } from './probes.ts'
import { validateResources } from './resources.ts'
import { validateSecurity } from './security.ts'
import { required, supported } from './values.ts'
import { validateMounts } from './volumes.ts'

export interface ContainerContext {
  readonly volumes: ReadonlySet<string>
  readonly isOnHost: boolean
  readonly isNeverRestarted: boolean
  readonly names: Set<string>
}

export function validateContainer(
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

export function validateInitContainer(container: V1Container, path: string, context: ContainerContext, errors: FieldErrors): void {
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

export function validateHostPorts(containers: readonly V1Container[], path: string, errors: FieldErrors): void {
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
