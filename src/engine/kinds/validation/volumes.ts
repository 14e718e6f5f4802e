/** A pod's volumes. What each sort must name stands in `volume-sources.ts`; here is what only a pod has. */
import type { FieldErrors } from '../field-errors.ts'
import type { V1DownwardAPIVolumeFile, V1KeyToPath, V1Volume, V1VolumeProjection } from '../generated/types.ts'
import { dns1123Label, dns1123Subdomain } from '../names.ts'
import { compareQuantities } from '../quantity.ts'
import { validateClaimTemplate } from './claims.ts'
import { fileFields, validateAmountReference, validateFieldReference } from './environment.ts'
import { required, validateFilePath } from './values.ts'
import { refuseExtraSource, validateDriverName, validateSource } from './volume-sources.ts'

/** In the order in which upstream looks for them. */
const sources = [
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

/** Answers the volumes that are right, by name; the pod's name is known only to a pod itself. */
export function validateVolumes(
  volumes: readonly V1Volume[],
  podName: string | undefined,
  path: string,
  errors: FieldErrors,
): ReadonlyMap<string, V1Volume> {
  const right = new Map<string, V1Volume>()
  const made = new Set(podName ? volumes.filter(({ ephemeral }) => ephemeral).map(({ name }) => `${podName}-${name}`) : [])
  volumes.forEach((volume, index) => {
    const place = `${path}[${index}]`
    const before = errors.list.length
    validateVolume(volume, podName, place, errors)
    if (!volume.name) errors.required(`${place}.name`)
    else for (const problem of dns1123Label(volume.name)) errors.invalid(`${place}.name`, volume.name, problem)
    if (right.has(volume.name)) errors.duplicate(`${place}.name`, volume.name)
    if (errors.list.length === before) right.set(volume.name, volume)
    const claim = volume.persistentVolumeClaim?.claimName
    if (claim !== undefined && made.has(claim))
      errors.invalid(
        `${place}.persistentVolumeClaim.claimName`,
        claim,
        'must not reference a PVC that gets created for an ephemeral volume',
      )
  })
  return right
}

function validateVolume(volume: V1Volume, podName: string | undefined, place: string, errors: FieldErrors): void {
  let isFirst = true
  for (const source of sources) {
    if (volume[source] === undefined) continue
    if (!isFirst) {
      refuseExtraSource(source, place, errors)
      continue
    }
    isFirst = false
    validateSource(source, volume, place, { isPersistent: false, name: volume.name }, errors)
    validateContent(volume, source, podName, place, errors)
  }
  if (isFirst) errors.required(place, 'must specify a volume type')
}

/** What volumes are made of that Kubernetes itself fills. */
function validateContent(
  volume: V1Volume,
  source: (typeof sources)[number],
  podName: string | undefined,
  place: string,
  errors: FieldErrors,
): void {
  const path = `${place}.${source}`
  const { emptyDir, secret, configMap, downwardAPI, projected, csi, ephemeral, image } = volume
  switch (source) {
    case 'emptyDir':
      if (emptyDir?.sizeLimit !== undefined && compareQuantities(emptyDir.sizeLimit, '0') < 0)
        errors.forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')
      break
    case 'secret':
      validateMode(secret?.defaultMode, `${path}.defaultMode`, errors)
      validateItems(secret?.items, path, errors)
      break
    case 'configMap':
      validateMode(configMap?.defaultMode, `${path}.defaultMode`, errors)
      validateItems(configMap?.items, path, errors)
      break
    case 'downwardAPI':
      validateMode(downwardAPI?.defaultMode, `${path}.defaultMode`, errors)
      for (const file of downwardAPI?.items ?? []) validateFile(file, path, errors)
      break
    case 'projected':
      validateMode(projected?.defaultMode, `${path}.defaultMode`, errors)
      validateProjections(projected?.sources ?? [], path, errors)
      break
    case 'csi':
      validateDriverName(csi?.driver ?? '', `${path}.driver`, errors)
      if (csi?.nodePublishSecretRef) {
        const { name } = csi.nodePublishSecretRef
        if (!name) errors.required(`${path}.nodePublishSecretRef.name`)
        else for (const problem of dns1123Subdomain(name)) errors.invalid(`${path}.name`, name, problem)
      }
      break
    case 'ephemeral':
      if (!ephemeral?.volumeClaimTemplate) errors.required(`${path}.volumeClaimTemplate`)
      else validateClaimTemplate(ephemeral.volumeClaimTemplate, `${path}.volumeClaimTemplate`, errors)
      if (podName && volume.name) {
        const claim = `${podName}-${volume.name}`
        for (const problem of dns1123Subdomain(claim)) errors.invalid(`${place}.name`, volume.name, `PVC name "${claim}": ${problem}`)
      }
      break
    case 'image':
      // A template may leave the image to its pods.
      if (podName !== undefined && !image?.reference) errors.required(`${path}.reference`)
      required(`${path}.pullPolicy`, image?.pullPolicy, ['Always', 'IfNotPresent', 'Never'], errors)
  }
}

function validateProjections(projections: readonly V1VolumeProjection[], path: string, errors: FieldErrors): void {
  const paths = new Set<string>()
  projections.forEach((projection, index) => {
    const place = `${path}.sources[${index}]`
    const { secret, configMap, downwardAPI, serviceAccountToken } = projection
    for (const [field, source] of Object.entries({ secret, configMap })) {
      if (!source) continue
      if (!source.name) errors.required(`${place}.${field}.name`)
      source.items?.forEach((item, at) => {
        validateItem(item, `${place}.${field}.items[${at}]`, errors)
        takePath(item.path, source.name ?? '', { paths, path }, errors)
      })
    }
    for (const file of downwardAPI?.items ?? []) {
      validateFile(file, `${place}.downwardAPI`, errors)
      takePath(file.path, file.path, { paths, path }, errors)
    }
    if (serviceAccountToken) {
      const { expirationSeconds = 0, path: file } = serviceAccountToken
      const seconds = `${place}.serviceAccountToken.expirationSeconds`
      if (expirationSeconds < 600) errors.invalid(seconds, expirationSeconds, 'may not specify a duration less than 10 minutes')
      if (expirationSeconds > 2 ** 32) errors.invalid(seconds, expirationSeconds, 'may not specify a duration larger than 2^32 seconds')
      // Upstream names the whole volume here.
      if (!file) errors.required(`${path}.path`)
      else validateFilePath(file, `${path}.path`, errors)
    }
    if (Object.values(projection).filter((source) => source !== undefined).length > 1)
      errors.forbidden(place, 'may not specify more than 1 volume type per source')
  })
}

function takePath(
  file: string,
  shown: string,
  { paths, path }: { readonly paths: Set<string>; readonly path: string },
  errors: FieldErrors,
): void {
  if (!file) return
  if (paths.has(file)) errors.invalid(path, shown, 'conflicting duplicate paths')
  paths.add(file)
}

function validateFile(
  { path: file = '', fieldRef, resourceFieldRef, mode }: V1DownwardAPIVolumeFile,
  path: string,
  errors: FieldErrors,
): void {
  if (!file) errors.required(`${path}.path`)
  validateFilePath(file, `${path}.path`, errors)
  if (fieldRef) {
    validateFieldReference(fieldRef, fileFields, `${path}.fieldRef`, errors)
    if (resourceFieldRef) errors.invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously')
  } else if (!resourceFieldRef) errors.required(path, 'one of fieldRef and resourceFieldRef is required')
  else if (!resourceFieldRef.containerName) errors.required(`${path}.resourceFieldRef.containerName`)
  else validateAmountReference(resourceFieldRef, `${path}.resourceFieldRef`, errors)
  validateMode(mode, `${path}.mode`, errors)
}

function validateMode(mode: number | undefined, path: string, errors: FieldErrors): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777))
    errors.invalid(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')
}

function validateItems(items: readonly V1KeyToPath[] | undefined, path: string, errors: FieldErrors): void {
  items?.forEach((item, index) => validateItem(item, `${path}.items[${index}]`, errors))
}

function validateItem({ key, path: file = '', mode }: V1KeyToPath, path: string, errors: FieldErrors): void {
  if (!key) errors.required(`${path}.key`)
  if (!file) errors.required(`${path}.path`)
  validateFilePath(file, `${path}.path`, errors)
  validateMode(mode, `${path}.mode`, errors)
}
