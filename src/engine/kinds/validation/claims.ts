/** What a claim for storage may ask; the same in a PersistentVolumeClaim and in the template of a pod's own volume. */
import type { FieldErrors } from '../field-errors.ts'
import { Verbatim } from '../field-errors.ts'
import type { V1PersistentVolumeClaimSpec, V1PersistentVolumeClaimTemplate } from '../generated/types.ts'
import { validateAnnotations, validateLabels } from '../metadata.ts'
import { dns1123Label, dns1123Subdomain } from '../names.ts'
import { compareQuantities, milliValue } from '../quantity.ts'
import { validateSelector } from './selectors.ts'
import { supported } from './values.ts'

export function validateClaimSpec(spec: V1PersistentVolumeClaimSpec, path: string, errors: FieldErrors): void {
  if (!spec.accessModes?.length) errors.required(`${path}.accessModes`, 'at least 1 access mode is required')
  if (spec.selector) validateSelector(spec.selector, `${path}.selector`, errors)
  validateAccessModes(spec.accessModes, `${path}.accessModes`, errors)
  const storage = spec.resources?.requests?.storage
  if (storage === undefined) errors.required(`${path}.resources[storage]`)
  else if (compareQuantities(storage, '0') <= 0) errors.invalid(`${path}.resources[storage]`, storage, 'must be greater than zero')
  if (spec.storageClassName)
    for (const problem of dns1123Subdomain(spec.storageClassName))
      errors.invalid(`${path}.storageClassName`, spec.storageClassName, problem)
  if (spec.volumeMode !== undefined) supported(`${path}.volumeMode`, spec.volumeMode, ['Block', 'Filesystem'], errors)
  validateDataSources(spec, path, errors)
}

export function validateAccessModes(modes: readonly string[] = [], path: string, errors: FieldErrors): void {
  const known = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
  for (const mode of modes) supported(path, mode, known, errors)
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod' && known.includes(mode)))
    errors.forbidden(path, 'may not use ReadWriteOncePod with other access modes')
}

/** Upstream prints the path itself, as Go prints a struct, and with it an address that means nothing. */
const pathStruct = new Verbatim('field.Path{name:"dataSource", index:"", parent:(*field.Path)(0xc00a1b6240)}')

/** Both fields say what the volume begins with, so both must say the same. */
function validateDataSources({ dataSource, dataSourceRef }: V1PersistentVolumeClaimSpec, path: string, errors: FieldErrors): void {
  for (const [field, source] of Object.entries({ dataSource, dataSourceRef })) {
    if (!source) continue
    const place = `${path}.${field}`
    const { name, kind, apiGroup = '' } = source
    if (!name) errors.required(`${place}.name`)
    if (!kind) errors.required(`${place}.kind`)
    if (!apiGroup && kind !== 'PersistentVolumeClaim')
      errors.invalid(place, kind ?? '', "must be 'PersistentVolumeClaim' when referencing the default apiGroup")
    if (apiGroup) for (const problem of dns1123Subdomain(apiGroup)) errors.invalid(`${place}.apiGroup`, apiGroup, problem)
  }
  if (dataSourceRef?.namespace)
    for (const problem of dns1123Label(dataSourceRef.namespace))
      errors.invalid(`${path}.dataSourceRef.namespace`, dataSourceRef.namespace, problem)
  const isSame = (['apiGroup', 'kind', 'name'] as const).every((field) => dataSource?.[field] === dataSourceRef?.[field])
  if (dataSource && dataSourceRef && !isSame) errors.invalid(path, pathStruct, 'must match dataSourceRef')
}

export function validateClaimTemplate({ metadata, spec }: V1PersistentVolumeClaimTemplate, path: string, errors: FieldErrors): void {
  const { annotations, labels, ...others } = metadata ?? {}
  validateAnnotations(annotations, `${path}.metadata.annotations`, errors)
  validateLabels(labels, `${path}.metadata.labels`, errors)
  for (const [field, value] of Object.entries(others)) if (value) errors.forbidden(`${path}.metadata.${field}`, 'cannot be set')
  validateClaimSpec(spec, `${path}.spec`, errors)
}

/** Nothing holds half a byte. */
export function claimWarnings({ resources }: V1PersistentVolumeClaimSpec, path: string): readonly string[] {
  return (['requests', 'limits'] as const).flatMap((side) => {
    const amount = resources?.[side]?.storage
    return amount !== undefined && milliValue(amount) % 1000 !== 0
      ? [`${path}.resources.${side}[storage]: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`]
      : []
  })
}
