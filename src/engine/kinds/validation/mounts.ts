/** Where a container sees the pod's volumes: as folders or as block devices, never one place twice. */
import type { FieldErrors } from '../field-errors.ts'
import type { V1Container, V1Volume, V1VolumeMount } from '../generated/types.ts'
import { hasBacksteps, validateDescendingPath } from './values.ts'

export function validateMounts(
  { volumeMounts = [], volumeDevices = [], securityContext }: V1Container,
  path: string,
  volumes: ReadonlyMap<string, V1Volume>,
  errors: FieldErrors,
): void {
  const paths = new Set<string>()
  volumeMounts.forEach((mount, index) => {
    const place = `${path}[${index}]`
    const { name, mountPath, subPath, subPathExpr, mountPropagation } = mount
    if (!name) errors.required(`${place}.name`)
    if (!volumes.has(name)) errors.notFound(`${place}.name`, name)
    if (!mountPath) errors.required(`${place}.mountPath`)
    if (paths.has(mountPath)) errors.invalid(`${place}.mountPath`, mountPath, 'must be unique')
    paths.add(mountPath)
    if (volumeDevices.some((device) => device.name === name))
      errors.invalid(`${place}.name`, name, 'must not already exist in volumeDevices')
    if (volumeDevices.some(({ devicePath }) => devicePath === mountPath))
      errors.invalid(`${place}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices')
    // Upstream leaves the index out from here on.
    if (subPath) validateDescendingPath(subPath, `${path}.subPath`, errors)
    if (subPathExpr) {
      if (subPath) errors.invalid(`${place}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive')
      validateDescendingPath(subPathExpr, `${path}.subPathExpr`, errors)
    }
    if (mountPropagation !== undefined) {
      const known = ['Bidirectional', 'HostToContainer', 'None']
      if (!known.includes(mountPropagation)) errors.notSupported(`${path}.mountPropagation`, mountPropagation, known)
      if (mountPropagation === 'Bidirectional' && !securityContext?.privileged)
        errors.forbidden(`${path}.mountPropagation`, 'Bidirectional mount propagation is available only to privileged containers')
    }
    validateRecursion(mount, `${path}.recursiveReadOnly`, errors)
  })
}

function validateRecursion({ recursiveReadOnly, readOnly, mountPropagation }: V1VolumeMount, path: string, errors: FieldErrors): void {
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return
  if (recursiveReadOnly !== 'Enabled' && recursiveReadOnly !== 'IfPossible')
    return errors.notSupported(path, recursiveReadOnly, ['Disabled', 'Enabled', 'IfPossible'])
  if (!readOnly) errors.forbidden(path, 'may only be specified when readOnly is true')
  if (mountPropagation !== undefined && mountPropagation !== 'None')
    errors.forbidden(path, 'may only be specified when mountPropagation is None or not specified')
}

export function validateDevices(
  { volumeMounts = [], volumeDevices = [] }: V1Container,
  path: string,
  volumes: ReadonlyMap<string, V1Volume>,
  errors: FieldErrors,
): void {
  const paths = new Set<string>()
  const names = new Set<string>()
  volumeDevices.forEach(({ name, devicePath }, index) => {
    const place = `${path}[${index}]`
    const volume = volumes.get(name)
    if (!name) errors.required(`${place}.name`)
    if (names.has(name)) errors.invalid(`${place}.name`, name, 'must be unique')
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral)
      errors.invalid(`${place}.name`, name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode')
    if (!volume) errors.notFound(`${place}.name`, name)
    if (!devicePath) errors.required(`${place}.devicePath`)
    if (paths.has(devicePath)) errors.invalid(`${place}.devicePath`, devicePath, 'must be unique')
    if (hasBacksteps(devicePath)) errors.invalid(`${place}.devicePath`, devicePath, "can not contain backsteps ('..')")
    else paths.add(devicePath)
    if (volumeMounts.some((mount) => mount.name === name)) errors.invalid(`${place}.name`, name, 'must not already exist in volumeMounts')
    if (volumeMounts.some(({ mountPath }) => mountPath === devicePath))
      errors.invalid(`${place}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts')
    if (name) names.add(name)
  })
}
