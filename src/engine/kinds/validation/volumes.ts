/** A pod's volumes and where its containers mount them. */
import type { FieldErrors } from '../field-errors.ts'
import type { V1Volume, V1VolumeMount } from '../generated/types.ts'
import { dns1123Label } from '../names.ts'
import { supported } from './values.ts'

export function validateMounts(mounts: readonly V1VolumeMount[], path: string, volumes: ReadonlySet<string>, errors: FieldErrors): void {
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

export function validateVolumes(volumes: readonly V1Volume[], path: string, errors: FieldErrors): void {
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
