/** A container's environment variables, and the fields and amounts of a pod that variables and files can be filled with. */
import type { FieldErrors } from '../field-errors.ts'
import type { V1EnvFromSource, V1EnvVar, V1ObjectFieldSelector, V1ResourceFieldSelector } from '../generated/types.ts'
import { configMapKey, dns1123Subdomain, environmentName, maskedTrailingDash, qualifiedName } from '../names.ts'
import { compareQuantities } from '../quantity.ts'

const variableFields = [
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
export const fileFields = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']
/** All that a path can name, whether or not it may stand in this place. */
const knownFields = new Set([...variableFields, ...fileFields, 'spec.restartPolicy', 'spec.schedulerName', 'status.phase'])

const amountFields = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]

export function validateVariable({ name, value, valueFrom }: V1EnvVar, path: string, errors: FieldErrors): void {
  if (!name) errors.required(`${path}.name`)
  else for (const problem of environmentName(name)) errors.invalid(`${path}.name`, name, problem)
  if (!valueFrom) return
  const place = `${path}.valueFrom`
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom
  if (fieldRef) validateFieldReference(fieldRef, variableFields, `${place}.fieldRef`, errors)
  if (resourceFieldRef) validateAmountReference(resourceFieldRef, `${place}.resourceFieldRef`, errors)
  for (const [field, reference] of Object.entries({ configMapKeyRef, secretKeyRef })) {
    if (!reference) continue
    const { name: source = '', key } = reference
    for (const problem of dns1123Subdomain(source)) errors.invalid(`${place}.${field}.name`, source, problem)
    if (!key) errors.required(`${place}.${field}.key`)
    else for (const problem of configMapKey(key)) errors.invalid(`${place}.${field}.key`, key, problem)
  }
  const count = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef].filter(Boolean).length
  if (count === 0) errors.invalid(place, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`')
  else if (value) errors.invalid(place, '', 'may not be specified when `value` is not empty')
  else if (count > 1) errors.invalid(place, '', 'may not have more than one field specified at a time')
}

export function validateVariablesFrom(sources: readonly V1EnvFromSource[], path: string, errors: FieldErrors): void {
  sources.forEach(({ prefix, configMapRef, secretRef }, index) => {
    const place = `${path}[${index}]`
    if (prefix) for (const problem of environmentName(prefix)) errors.invalid(`${place}.prefix`, prefix, problem)
    for (const [field, reference] of Object.entries({ configMapRef, secretRef })) {
      if (!reference) continue
      if (!reference.name) errors.required(`${place}.${field}.name`)
      else
        for (const problem of dns1123Subdomain(maskedTrailingDash(reference.name)))
          errors.invalid(`${place}.${field}.name`, reference.name, problem)
    }
    // Upstream leaves the index out here.
    if (!configMapRef && !secretRef) errors.invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`')
    else if (configMapRef && secretRef) errors.invalid(path, '', 'may not have more than one field specified at a time')
  })
}

export function validateFieldReference(
  { apiVersion, fieldPath }: V1ObjectFieldSelector,
  fields: readonly string[],
  path: string,
  errors: FieldErrors,
): void {
  if (!apiVersion) return errors.required(`${path}.apiVersion`)
  if (!fieldPath) return errors.required(`${path}.fieldPath`)
  if (apiVersion !== 'v1')
    return errors.invalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: unsupported pod version: ${apiVersion}`)
  const [, map, key] = /^([^[]+)\['(.*)'\]$/.exec(fieldPath) ?? []
  if (map === 'metadata.annotations' || map === 'metadata.labels') {
    const name = map === 'metadata.labels' ? key : key.toLowerCase()
    for (const problem of qualifiedName(name)) errors.invalid(path, name, problem)
    return
  }
  const problem = map !== undefined ? 'does not support subscript' : knownFields.has(fieldPath) ? undefined : 'not supported'
  if (problem) errors.invalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: field label ${problem}: ${fieldPath}`)
  else if (!fields.includes(fieldPath)) errors.notSupported(`${path}.fieldPath`, fieldPath, fields)
}

const multiples = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']
const bytesOnly = (what: string) => `only divisor's values ${multiples.join(', ')} are supported with the ${what} resource`

export function validateAmountReference({ resource, divisor }: V1ResourceFieldSelector, path: string, errors: FieldErrors): void {
  if (!resource) errors.required(`${path}.resource`)
  else if (!amountFields.includes(resource) && !isHugePageField(resource)) errors.notSupported(`${path}.resource`, resource, amountFields)
  validateDivisor(resource ?? '', divisor, `${path}.divisor`, errors)
}

function isHugePageField(resource: string): boolean {
  return /^(limits|requests)\.hugepages-/.test(resource)
}

function validateDivisor(resource: string, divisor: string | undefined, path: string, errors: FieldErrors): void {
  if (divisor === undefined || compareQuantities(divisor, '0') === 0) return
  const name = resource.replace(/^(limits|requests)\./, '')
  if (name === resource) return
  if (name === 'cpu' && !['1m', '1'].includes(divisor))
    errors.invalid(path, resource, "only divisor's values 1m and 1 are supported with the cpu resource")
  if (multiples.includes(divisor)) return
  if (name === 'memory') errors.invalid(path, resource, bytesOnly('memory'))
  if (name === 'ephemeral-storage') errors.invalid(path, resource, bytesOnly('local ephemeral storage'))
  if (name.startsWith('hugepages-')) errors.invalid(path, resource, bytesOnly('hugepages'))
}
