/** A container's environment variables and where their values come from. */
import type { FieldErrors } from '../field-errors.ts'
import type { V1EnvVar } from '../generated/types.ts'
import { configMapKey, environmentName } from '../names.ts'

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

export function validateVariable({ name, value, valueFrom }: V1EnvVar, path: string, errors: FieldErrors): void {
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
