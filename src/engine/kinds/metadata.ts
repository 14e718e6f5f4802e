/** The rules that hold for the metadata of every kind. */
import type { ObjectMeta } from '../api/client.ts'
import type { FieldErrors } from './field-errors.ts'
import { isSame } from '../api/objects.ts'
import type { Kind } from './kind.ts'
import { dns1123Subdomain, qualifiedName, validLabelValue } from './names.ts'

const annotationsLimit = 256 * 1024

export function validateMetadata(kind: Pick<Kind, 'namespaced' | 'nameRule'>, metadata: ObjectMeta, errors: FieldErrors): void {
  const rule = kind.nameRule ?? dns1123Subdomain
  if (metadata.generateName && metadata.name === '')
    for (const problem of rule(metadata.generateName)) errors.invalid('metadata.generateName', metadata.generateName, problem)
  if (metadata.name === '') errors.required('metadata.name', 'name or generateName is required')
  else for (const problem of rule(metadata.name)) errors.invalid('metadata.name', metadata.name, problem)
  if (kind.namespaced && !metadata.namespace) errors.required('metadata.namespace')
  validateLabels(metadata.labels, 'metadata.labels', errors)
  validateAnnotations(metadata.annotations, 'metadata.annotations', errors)
  metadata.ownerReferences?.forEach((reference, index) => {
    const path = `metadata.ownerReferences[${index}]`
    if (!reference.apiVersion) errors.invalid(`${path}.apiVersion`, reference.apiVersion ?? '', 'version must not be empty')
    if (!reference.kind) errors.invalid(`${path}.kind`, reference.kind ?? '', 'must not be empty')
    if (!reference.name) errors.invalid(`${path}.name`, reference.name ?? '', 'must not be empty')
    if (!reference.uid) errors.invalid(`${path}.uid`, reference.uid ?? '', 'must not be empty')
  })
  metadata.finalizers?.forEach((finalizer, index) => {
    for (const problem of qualifiedName(finalizer)) errors.invalid('metadata.finalizers', finalizer, problem)
    if (!finalizer.includes('/') && !['kubernetes', 'orphan', 'foregroundDeletion'].includes(finalizer)) {
      errors.invalid(`metadata.finalizers[${index}]`, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')
    }
  })
}

export function validateMetadataUpdate(
  kind: Pick<Kind, 'namespaced' | 'nameRule'>,
  fresh: ObjectMeta,
  old: ObjectMeta,
  errors: FieldErrors,
): void {
  if (fresh.name !== old.name) errors.invalid('metadata.name', fresh.name, 'field is immutable')
  if (fresh.uid !== old.uid) errors.invalid('metadata.uid', fresh.uid, 'field is immutable')
  if (!isSame(fresh.labels, old.labels)) validateLabels(fresh.labels, 'metadata.labels', errors)
  if (!isSame(fresh.annotations, old.annotations)) validateAnnotations(fresh.annotations, 'metadata.annotations', errors)
  if (old.deletionTimestamp !== undefined) {
    const added = (fresh.finalizers ?? []).filter((each) => !old.finalizers?.includes(each))
    if (added.length > 0) {
      errors.forbidden(
        'metadata.finalizers',
        `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((each) => JSON.stringify(each)).join(', ')}}`,
      )
    }
  }
}

export function validateLabels(labels: Readonly<Record<string, string>> | undefined, path: string, errors: FieldErrors): void {
  for (const key in labels) {
    for (const problem of qualifiedName(key)) errors.invalid(path, key, problem)
    for (const problem of validLabelValue(labels[key])) errors.invalid(path, labels[key], problem)
  }
}

export function validateAnnotations(annotations: Readonly<Record<string, string>> | undefined, path: string, errors: FieldErrors): void {
  let size = 0
  for (const key in annotations) {
    for (const problem of qualifiedName(key.toLowerCase())) errors.invalid(path, key, problem)
    size += key.length + annotations[key].length
  }
  if (size > annotationsLimit) errors.tooLong(path, annotationsLimit)
}
