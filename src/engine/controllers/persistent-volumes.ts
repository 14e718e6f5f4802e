/**
 * Binds claims to volumes, makes volumes for classes whose provisioner is simulated (minikube's host path, Rancher's local path), and
 * does with a volume what its policy says once the claim is gone.
 */
import type { Clock } from '../../base/clock.ts'
import { ApiError, type Client, type Draft } from '../api/client.ts'
import type { V1PersistentVolume, V1PersistentVolumeClaim, V1StorageClass } from '../kinds/generated/types.ts'
import { compareQuantities } from '../kinds/quantity.ts'
import { pace } from '../pace.ts'
import { Recorder } from './events.ts'
import { isSame, matchesSelector, namespaceAndName, timestamp } from './objects.ts'
import type { PatientController } from './run.ts'

const claims = 'persistentvolumeclaims'
const volumes = 'persistentvolumes'
/** Provisioner → where its volumes are. */
const provisioners: Readonly<Record<string, string>> = {
  'k8s.io/minikube-hostpath': '/tmp/hostpath-provisioner',
  'rancher.io/local-path': '/opt/local-path-provisioner',
  'microk8s.io/hostpath': '/var/snap/microk8s/common/default-storage',
  'docker.io/hostpath': '/var/lib/k8s-pvs',
}
const selectedNode = 'volume.kubernetes.io/selected-node'

export function persistentVolumeController({ clock }: { clock: Clock }): PatientController {
  const recorder = new Recorder({ clock, component: 'persistentvolume-controller' })
  let reader: Client | undefined

  const reconcile = (key: string, client: Client): number | void => {
    if (key.startsWith('volume|')) return syncVolume(key.slice(7), client)
    const [namespace, name] = namespaceAndName(key)
    const claim = client.get<V1PersistentVolumeClaim>(claims, namespace, name)
    if (!claim || claim.metadata.deletionTimestamp !== undefined) return
    if (claim.spec.volumeName) return syncBound(claim, client)
    const volume = bestFor(claim, client)
    if (volume) return bind(claim, volume, client)
    if (claim.status?.phase !== 'Pending') client.updateStatus<V1PersistentVolumeClaim>(claims, { ...claim, status: { ...claim.status, phase: 'Pending' } })
    const className = claim.spec.storageClassName
    if (!className) {
      recorder.event(client, claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set')
      return 15_000
    }
    const storageClass = client.get<V1StorageClass>('storageclasses.storage.k8s.io', '', className)
    if (!storageClass) {
      recorder.event(client, claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${className}" not found`)
      return 15_000
    }
    if (storageClass.volumeBindingMode === 'WaitForFirstConsumer' && !claim.metadata.annotations?.[selectedNode]) {
      recorder.event(client, claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
      return 15_000
    }
    return provision(claim, storageClass, client)
  }

  const provision = (claim: V1PersistentVolumeClaim, storageClass: V1StorageClass, client: Client): number | void => {
    const { provisioner } = storageClass
    const folder = provisioners[provisioner]
    const { namespace = '', name, uid, annotations } = claim.metadata
    if (folder === undefined) {
      if (provisioner === 'kubernetes.io/no-provisioner') {
        recorder.event(client, claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set')
        return 15_000
      }
      if (annotations?.['volume.kubernetes.io/storage-provisioner'] !== provisioner) {
        const marks = { 'volume.beta.kubernetes.io/storage-provisioner': provisioner, 'volume.kubernetes.io/storage-provisioner': provisioner }
        client.update<V1PersistentVolumeClaim>(claims, { ...claim, metadata: { ...claim.metadata, annotations: { ...annotations, ...marks } } })
      }
      recorder.event(client, claim, 'Normal', 'ExternalProvisioning', `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`)
      return 15_000
    }
    const node = annotations?.[selectedNode]
    client.create<V1PersistentVolume>(volumes, {
      metadata: { name: `pvc-${uid}`, annotations: { 'pv.kubernetes.io/provisioned-by': provisioner } },
      spec: {
        capacity: { storage: claim.spec.resources?.requests?.storage ?? '1Gi' },
        accessModes: claim.spec.accessModes,
        persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
        storageClassName: storageClass.metadata.name,
        volumeMode: claim.spec.volumeMode ?? 'Filesystem',
        hostPath: { path: `${folder}/${namespace}/${name}`, type: '' },
        claimRef: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid },
        ...(node ? { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }] } } } : {}),
      },
    } as unknown as Draft<V1PersistentVolume>)
    recorder.event(client, claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume pvc-${uid}`)
    return pace.provision
  }

  const bind = (claim: V1PersistentVolumeClaim, volume: V1PersistentVolume, client: Client): void => {
    const { namespace, name, uid, resourceVersion } = claim.metadata
    const claimRef = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid, resourceVersion }
    const annotations = { ...volume.metadata.annotations, ...(volume.spec.claimRef ? {} : { 'pv.kubernetes.io/bound-by-controller': 'yes' }) }
    const held = client.update<V1PersistentVolume>(volumes, { ...volume, metadata: { ...volume.metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) }, spec: { ...volume.spec, claimRef } })
    setPhase(held, 'Bound', client)
    const marks = { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' }
    const bound = client.update<V1PersistentVolumeClaim>(claims, { ...claim, metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, ...marks } }, spec: { ...claim.spec, volumeName: volume.metadata.name } })
    writeBound(bound, volume, client)
  }

  const writeBound = (claim: V1PersistentVolumeClaim, volume: V1PersistentVolume, client: Client): void => {
    const status = { ...claim.status, phase: 'Bound', accessModes: volume.spec.accessModes, capacity: volume.spec.capacity }
    if (!isSame(status, claim.status)) client.updateStatus<V1PersistentVolumeClaim>(claims, { ...claim, status })
  }

  const syncBound = (claim: V1PersistentVolumeClaim, client: Client): void => {
    const volume = client.get<V1PersistentVolume>(volumes, '', claim.spec.volumeName ?? '')
    if (!volume) {
      if (claim.status?.phase === 'Bound') {
        client.updateStatus<V1PersistentVolumeClaim>(claims, { ...claim, status: { ...claim.status, phase: 'Lost' } })
        recorder.event(client, claim, 'Warning', 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!')
      }
      return
    }
    if (volume.spec.claimRef === undefined) bind(claim, volume, client)
    else if (volume.spec.claimRef.uid === claim.metadata.uid || (volume.spec.claimRef.uid === undefined && volume.spec.claimRef.name === claim.metadata.name)) {
      if (volume.spec.claimRef.uid === undefined) bind(claim, volume, client)
      else {
        setPhase(volume, 'Bound', client)
        writeBound(claim, volume, client)
      }
    } else if (claim.status?.phase !== 'Pending') client.updateStatus<V1PersistentVolumeClaim>(claims, { ...claim, status: { ...claim.status, phase: 'Pending' } })
  }

  const syncVolume = (name: string, client: Client): void => {
    const volume = client.get<V1PersistentVolume>(volumes, '', name)
    if (!volume || volume.metadata.deletionTimestamp !== undefined) return
    const { claimRef } = volume.spec
    if (!claimRef) {
      setPhase(volume, 'Available', client)
      return
    }
    if (claimRef.uid === undefined) {
      setPhase(volume, 'Available', client)
      return
    }
    const claim = client.get<V1PersistentVolumeClaim>(claims, claimRef.namespace ?? '', claimRef.name ?? '')
    if (claim?.metadata.uid === claimRef.uid) return
    if (volume.status?.phase !== 'Released' && volume.status?.phase !== 'Failed') setPhase(volume, 'Released', client)
    if (volume.spec.persistentVolumeReclaimPolicy !== 'Delete') return
    try {
      client.delete(volumes, '', name)
    } catch (error) {
      if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error
    }
  }

  const setPhase = (volume: V1PersistentVolume, phase: string, client: Client): void => {
    if (volume.status?.phase === phase) return
    const latest = client.get<V1PersistentVolume>(volumes, '', volume.metadata.name)
    if (latest) client.updateStatus<V1PersistentVolume>(volumes, { ...latest, status: { ...latest.status, phase, lastPhaseTransitionTime: timestamp(clock.now()) } })
  }

  /** The smallest free volume that fits; one that names the claim already comes first. */
  const bestFor = (claim: V1PersistentVolumeClaim, client: Client): V1PersistentVolume | undefined => {
    const wanted = claim.spec.resources?.requests?.storage ?? '0'
    let best: V1PersistentVolume | undefined
    for (const volume of client.list<V1PersistentVolume>(volumes)) {
      const { claimRef, capacity, accessModes = [], storageClassName = '', volumeMode = 'Filesystem' } = volume.spec
      if (claimRef && claimRef.name === claim.metadata.name && claimRef.namespace === claim.metadata.namespace && (claimRef.uid === undefined || claimRef.uid === claim.metadata.uid)) return volume
      if (claimRef || volume.metadata.deletionTimestamp !== undefined || storageClassName !== (claim.spec.storageClassName ?? '') || volumeMode !== (claim.spec.volumeMode ?? 'Filesystem')) continue
      if (claim.spec.accessModes?.some((mode) => !accessModes.includes(mode)) || compareQuantities(capacity?.storage ?? '0', wanted) < 0) continue
      if (claim.spec.selector && !matchesSelector(claim.spec.selector, volume.metadata.labels)) continue
      if (!best || compareQuantities(capacity?.storage ?? '0', best.spec.capacity?.storage ?? '0') < 0) best = volume
    }
    return best
  }

  return {
    name: 'persistent-volume-binder',
    start(_enqueue, client) {
      reader = client
    },
    watches: {
      [claims]: ({ key, object, previous }) => {
        const volume = ((object ?? previous) as V1PersistentVolumeClaim).spec.volumeName
        return volume ? [key, `volume|${volume}`] : [key]
      },
      [volumes]: ({ key, object }) => {
        const bound = (object as V1PersistentVolume | undefined)?.spec.claimRef
        const waiting = reader?.list<V1PersistentVolumeClaim>(claims).filter(({ status, spec }) => status?.phase !== 'Bound' || spec.volumeName === key) ?? []
        return [`volume|${key}`, ...(bound ? [`${bound.namespace}/${bound.name}`] : []), ...waiting.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)]
      },
      'storageclasses.storage.k8s.io': () => reader?.list<V1PersistentVolumeClaim>(claims).filter(({ status }) => status?.phase !== 'Bound').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`) ?? [],
    },
    reconcile,
  }
}
