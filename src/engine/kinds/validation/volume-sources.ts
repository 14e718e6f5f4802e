/**
 * What each sort of volume must name, in a pod and in a PersistentVolume. The two differ where a secret has a namespace too; and upstream's
 * paths are not always the names of its fields.
 */
import type { FieldErrors } from '../field-errors.ts'
import type { V1PersistentVolumeSpec, V1Volume } from '../generated/types.ts'
import { goList } from '../go-print.ts'
import { dns1123Label, dns1123Subdomain } from '../names.ts'
import { supported, validateDescendingPath, validateNoBacksteps } from './values.ts'

/** Fields without which a source says nothing. */
const needed: Readonly<Record<string, readonly string[]>> = {
  hostPath: ['path'],
  gitRepo: ['repository'],
  gcePersistentDisk: ['pdName'],
  awsElasticBlockStore: ['volumeID'],
  secret: ['secretName'],
  configMap: ['name'],
  persistentVolumeClaim: ['claimName'],
  nfs: ['server', 'path'],
  glusterfs: ['endpoints', 'path'],
  rbd: ['monitors', 'image'],
  cinder: ['volumeID'],
  cephfs: ['monitors'],
  flexVolume: ['driver'],
  azureFile: ['secretName', 'shareName'],
  azureDisk: ['diskName', 'diskURI'],
  vsphereVolume: ['volumePath'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  scaleIO: ['gateway', 'system', 'volumeName'],
  local: ['path'],
}

/** Where upstream's path is not the field's name. */
const innerPaths: Readonly<Record<string, string>> = { gcePersistentDisk: 'persistentDisk' }
const extraPaths: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' }

/** A volume of a pod by its own name, or a PersistentVolume. */
export interface Owner {
  readonly isPersistent: boolean
  readonly name: string
}

type Source = Readonly<Record<string, unknown>>

export function refuseExtraSource(name: string, path: string, errors: FieldErrors): void {
  errors.forbidden(`${path}.${extraPaths[name] ?? name}`, 'may not specify more than 1 volume type')
}

export function validateSource(
  name: string,
  holder: V1Volume | V1PersistentVolumeSpec,
  place: string,
  owner: Owner,
  errors: FieldErrors,
): void {
  const source = ((holder as unknown as Source)[name] ?? {}) as Source
  const path = `${place}.${innerPaths[name] ?? name}`
  const isMissing = (field: string) =>
    source[field] === undefined || source[field] === '' || (source[field] as readonly unknown[]).length === 0
  const missing = (needed[name] ?? []).filter(isMissing)
  for (const field of missing) errors.required(`${path}.${field}`)
  const { hostPath, gcePersistentDisk, awsElasticBlockStore, nfs, glusterfs, flocker, iscsi, fc, quobyte } = holder
  const { flexVolume, azureFile, azureDisk, cinder, storageos } = holder
  switch (name) {
    case 'hostPath':
      if (hostPath?.path) {
        validateNoBacksteps(hostPath.path, `${path}.path`, errors)
        if (hostPath.type !== undefined) supported(`${path}.type`, hostPath.type, hostPathTypes, errors)
      }
      break
    case 'gitRepo':
      validateDescendingPath((source.directory as string | undefined) ?? '', `${path}.directory`, errors)
      break
    case 'gcePersistentDisk':
      validatePartition(gcePersistentDisk?.partition, path, errors)
      break
    case 'awsElasticBlockStore':
      validatePartition(awsElasticBlockStore?.partition, path, errors)
      break
    case 'nfs':
      if (!nfs?.path?.startsWith('/')) errors.invalid(`${path}.path`, nfs?.path ?? '', 'must be an absolute path')
      break
    case 'glusterfs':
      if (owner.isPersistent && glusterfs && 'endpointsNamespace' in glusterfs)
        validateEndpointsNamespace(glusterfs.endpointsNamespace, `${path}.endpointsNamespace`, errors)
      break
    case 'flocker':
      validateFlocker(flocker ?? {}, path, errors)
      break
    case 'iscsi':
      if (iscsi) validateIscsi(iscsi, path, owner, errors)
      break
    case 'fc':
      validateFibreChannel(fc ?? {}, path, errors)
      break
    case 'quobyte':
      if (quobyte) validateQuobyte(quobyte, path, errors)
      break
    case 'flexVolume':
      for (const key of Object.keys(flexVolume?.options ?? {}))
        if (/(^|\.)(kubernetes|k8s)\.io$/.test(key.split('/')[0].toLowerCase()))
          errors.invalid(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved')
      break
    case 'azureFile':
      if (azureFile && 'secretNamespace' in azureFile && azureFile.secretNamespace === '') errors.required(`${path}.secretNamespace`)
      break
    case 'azureDisk':
      if (azureDisk) validateAzureDisk(azureDisk, path, errors)
      break
    case 'cinder':
      validateSecretReference(cinder?.secretRef, `${path}.secretRef`, owner, errors)
      break
    case 'storageos':
      if (!storageos?.volumeName) errors.required(`${path}.volumeName`)
      else for (const problem of dns1123Label(storageos.volumeName)) errors.invalid(`${path}.volumeName`, storageos.volumeName, problem)
      if (storageos?.volumeNamespace)
        for (const problem of dns1123Label(storageos.volumeNamespace))
          errors.invalid(`${path}.volumeNamespace`, storageos.volumeNamespace, problem)
      validateSecretReference(storageos?.secretRef, `${path}.secretRef`, owner, errors)
      break
    case 'local':
      validateNoBacksteps((source.path as string | undefined) ?? '', `${path}.path`, errors)
  }
}

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']

function validatePartition(partition = 0, path: string, errors: FieldErrors): void {
  if (partition < 0 || partition > 255) errors.invalid(`${path}.partition`, partition, 'must be between 1 and 255, inclusive')
}

function validateEndpointsNamespace(namespace: string | undefined, path: string, errors: FieldErrors): void {
  if (namespace === '') errors.invalid(path, '', 'if the endpointnamespace is set, it must be a valid namespace name')
  else if (namespace !== undefined) for (const problem of dns1123Label(namespace)) errors.invalid(path, namespace, problem)
}

function validateFlocker(
  { datasetName = '', datasetUUID = '' }: NonNullable<V1Volume['flocker']>,
  path: string,
  errors: FieldErrors,
): void {
  if (datasetName === '' && datasetUUID === '') errors.required(path, 'one of datasetName and datasetUUID is required')
  if (datasetName !== '' && datasetUUID !== '')
    errors.invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously')
  if (datasetName.includes('/')) errors.invalid(`${path}.datasetName`, datasetName, "must not contain '/'")
}

const qualifiedNames: readonly (readonly [string, RegExp])[] = [
  ['iqn', /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/],
  ['eui', /^eui.[A-Za-z0-9]{16}$/],
  ['naa', /^naa.[A-Za-z0-9]{32}$/],
]

function validateIscsi(
  iscsi: NonNullable<V1Volume['iscsi'] | V1PersistentVolumeSpec['iscsi']>,
  path: string,
  { isPersistent, name }: Owner,
  errors: FieldErrors,
): void {
  const { targetPortal = '', iqn, lun, initiatorName, chapAuthDiscovery, chapAuthSession, secretRef } = iscsi
  const wrongStart = isPersistent ? 'must be valid format' : 'must be valid format starting with iqn, eui, or naa'
  const isTooLong = initiatorName !== undefined && `${name}:${targetPortal}`.length > 64
  const tooLong = 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'
  if (!targetPortal) errors.required(`${path}.targetPortal`)
  if (isPersistent && isTooLong) errors.invalid(`${path}.targetportal`, targetPortal, tooLong)
  if (!iqn) errors.required(`${path}.iqn`)
  else validateQualifiedName(iqn, `${path}.iqn`, wrongStart, errors)
  if (lun < 0 || lun > 255) errors.invalid(`${path}.lun`, lun, 'must be between 0 and 255, inclusive')
  if ((chapAuthDiscovery || chapAuthSession) && !secretRef) errors.required(`${path}.secretRef`)
  if (isPersistent && secretRef && !secretRef.name) errors.required(`${path}.secretRef.name`)
  if (initiatorName !== undefined) validateQualifiedName(initiatorName, `${path}.initiatorname`, wrongStart, errors)
  if (!isPersistent && isTooLong) errors.invalid(path.replace(/\.iscsi$/, '.name'), name, tooLong)
}

function validateQualifiedName(name: string, path: string, wrongStart: string, errors: FieldErrors): void {
  const known = qualifiedNames.find(([start]) => name.startsWith(start))
  if (!known) errors.invalid(path, name, wrongStart)
  else if (!known[1].test(name)) errors.invalid(path, name, 'must be valid format')
}

function validateFibreChannel({ targetWWNs = [], wwids = [], lun }: NonNullable<V1Volume['fc']>, path: string, errors: FieldErrors): void {
  if (targetWWNs.length === 0 && wwids.length === 0)
    errors.required(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both')
  if (targetWWNs.length === 0) return
  if (wwids.length > 0)
    errors.invalid(`${path}.targetWWNs`, goList('string', targetWWNs), 'targetWWNs and wwids can not be specified simultaneously')
  if (lun === undefined) errors.required(`${path}.lun`, 'lun is required if targetWWNs is specified')
  else if (lun < 0 || lun > 255) errors.invalid(`${path}.lun`, lun, 'must be between 0 and 255, inclusive')
}

function validateQuobyte({ registry, tenant = '', volume }: NonNullable<V1Volume['quobyte']>, path: string, errors: FieldErrors): void {
  const pairs = 'must be a host:port pair or multiple pairs separated by commas'
  if (!registry) errors.required(`${path}.registry`, pairs)
  else if (tenant.length >= 65) errors.required(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters')
  else
    for (const pair of registry.split(','))
      if (!/^([^:[\]]*|\[[^\]]*\]):[^:]*$/.test(pair)) errors.invalid(`${path}.registry`, registry, pairs)
  if (!volume) errors.required(`${path}.volume`)
}

function validateAzureDisk(
  { kind, diskURI = '', cachingMode }: NonNullable<V1Volume['azureDisk']>,
  path: string,
  errors: FieldErrors,
): void {
  if (cachingMode !== undefined) supported(`${path}.cachingMode`, cachingMode, ['None', 'ReadOnly', 'ReadWrite'], errors)
  if (kind === undefined) return
  supported(`${path}.kind`, kind, ['Dedicated', 'Managed', 'Shared'], errors)
  if (kind === 'Managed' && !diskURI.startsWith('/subscriptions/'))
    errors.notSupported(`${path}.diskURI`, diskURI, [
      '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}',
    ])
  if (kind !== 'Managed' && !diskURI.startsWith('https://'))
    errors.notSupported(`${path}.diskURI`, diskURI, ['https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'])
}

/** A volume of the whole cluster must say whose secret it means. */
function validateSecretReference(
  reference: { readonly name?: string; readonly namespace?: string } | undefined,
  path: string,
  { isPersistent }: Owner,
  errors: FieldErrors,
): void {
  if (!reference) return
  if (!reference.name) errors.required(`${path}.name`)
  if (isPersistent && !reference.namespace) errors.required(`${path}.namespace`)
}

export function validateDriverName(driver: string, path: string, errors: FieldErrors): void {
  if (!driver) errors.required(path)
  if (driver.length > 63) errors.tooLong(path, 63)
  for (const problem of dns1123Subdomain(driver.toLowerCase())) errors.invalid(path, driver, problem)
}
