/** The rules that hold for the metadata of every kind. */
import type { ObjectMeta, OwnerReference } from '../api/client.ts'
import { Verbatim, type FieldErrors } from './field-errors.ts'
import { isSame } from '../api/objects.ts'
import type { Kind } from './kind.ts'
import { dns1123Subdomain, maskedTrailingDash, qualifiedName, validLabelValue } from './names.ts'

const annotationsLimit = 256 * 1024

type Named = Pick<Kind, 'group' | 'namespaced' | 'nameRule' | 'decode'>

export function validateMetadata(kind: Named, metadata: ObjectMeta, errors: FieldErrors): void {
  const rule = kind.nameRule ?? dns1123Subdomain
  // The letters that will follow a prefix make good a hyphen at its end.
  const { generateName = '' } = metadata
  for (const problem of generateName === '' ? [] : rule(maskedTrailingDash(generateName)))
    errors.invalid('metadata.generateName', generateName, problem)
  if (metadata.name === '') errors.required('metadata.name', 'name or generateName is required')
  else for (const problem of rule(metadata.name)) errors.invalid('metadata.name', metadata.name, problem)
  if (kind.namespaced && !metadata.namespace) errors.required('metadata.namespace')
  validateLabels(metadata.labels, 'metadata.labels', errors)
  validateAnnotations(metadata.annotations, 'metadata.annotations', errors)
  validateOwners(metadata.ownerReferences ?? [], errors)
  validateFinalizers(metadata.finalizers ?? [], errors)
  validateFinalizerNames(kind, metadata.finalizers ?? [], errors)
}

export function validateMetadataUpdate(kind: Named, fresh: ObjectMeta, old: ObjectMeta, errors: FieldErrors): void {
  if (old.deletionTimestamp !== undefined) {
    const added = (fresh.finalizers ?? []).filter((each) => !old.finalizers?.includes(each)).sort()
    if (added.length > 0) {
      errors.forbidden(
        'metadata.finalizers',
        `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((each) => JSON.stringify(each)).join(', ')}}`,
      )
    }
  }
  if (fresh.name !== old.name) errors.invalid('metadata.name', fresh.name, 'field is immutable')
  if (fresh.uid !== old.uid) errors.invalid('metadata.uid', fresh.uid, 'field is immutable')
  if (!isSame(fresh.labels, old.labels)) validateLabels(fresh.labels, 'metadata.labels', errors)
  if (!isSame(fresh.annotations, old.annotations)) validateAnnotations(fresh.annotations, 'metadata.annotations', errors)
  if (!isSame(fresh.ownerReferences, old.ownerReferences)) validateOwners(fresh.ownerReferences ?? [], errors)
  if (!isSame(fresh.finalizers, old.finalizers)) {
    validateFinalizers(fresh.finalizers ?? [], errors)
    validateFinalizerNames(kind, fresh.finalizers ?? [], errors)
  }
}

function validateOwners(owners: readonly OwnerReference[], errors: FieldErrors): void {
  const path = 'metadata.ownerReferences'
  let controller: string | undefined
  for (const owner of owners) {
    const { apiVersion = '', kind = '', name = '', uid = '' } = owner
    if (apiVersion === '' || apiVersion.endsWith('/')) errors.invalid(`${path}.apiVersion`, apiVersion, 'version must not be empty')
    for (const [field, value] of Object.entries({ kind, name, uid }))
      if (value === '') errors.invalid(`${path}.${field}`, value, 'must not be empty')
    if (apiVersion === 'v1' && kind === 'Event') errors.invalid(path, ownerText(owner), '/v1, Kind=Event is disallowed from being an owner')
    if (!owner.controller) continue
    if (controller !== undefined)
      errors.invalid(
        path,
        new Verbatim(`[]v1.OwnerReference{${owners.map((each) => ownerText(each).text).join(', ')}}`),
        `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${kind}/${name}`,
      )
    else controller = `${kind}/${name}`
  }
}

function ownerText({ apiVersion, kind, name, uid, controller, blockOwnerDeletion }: OwnerReference): Verbatim {
  const pointer = (value: boolean | undefined) => `(*bool)(${value === undefined ? 'nil' : '0xc000a1b2c3'})`
  const texts = [apiVersion, kind, name, uid].map((each) => JSON.stringify(each ?? ''))
  return new Verbatim(
    `v1.OwnerReference{APIVersion:${texts[0]}, Kind:${texts[1]}, Name:${texts[2]}, UID:${texts[3]}, Controller:${pointer(controller)}, BlockOwnerDeletion:${pointer(blockOwnerDeletion)}}`,
  )
}

function validateFinalizers(finalizers: readonly string[], errors: FieldErrors): void {
  for (const finalizer of finalizers)
    for (const problem of qualifiedName(finalizer)) errors.invalid('metadata.finalizers', finalizer, problem)
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion'))
    errors.invalid('metadata.finalizers', finalizers, 'finalizer orphan and foregroundDeletion cannot be both set')
}

/** Their rules come from apimachinery alone, which lets a finalizer be called anything. */
const freeGroups = ['coordination.k8s.io', 'node.k8s.io', 'admissionregistration.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io']

function validateFinalizerNames(kind: Named, finalizers: readonly string[], errors: FieldErrors): void {
  if (kind.decode || freeGroups.includes(kind.group)) return
  finalizers.forEach((finalizer, index) => {
    if (!finalizer.includes('/') && !['kubernetes', 'orphan', 'foregroundDeletion'].includes(finalizer))
      errors.invalid(`metadata.finalizers[${index}]`, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')
  })
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
