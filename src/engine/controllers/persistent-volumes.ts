/**
 * Binds claims to volumes, makes volumes for classes whose provisioner is simulated (minikube's host path, Rancher's local path), and
 * does with a volume what its policy says once the claim is gone.
 */
import type { Clock } from '../../base/clock.ts'
import { ApiError, type Client, type Draft } from '../api/client.ts'
import type { V1PersistentVolume, V1PersistentVolumeClaim, V1Pod, V1StorageClass } from '../kinds/generated/types.ts'
import { compareQuantities } from '../kinds/quantity.ts'
import { pace } from '../pace.ts'
import { Recorder } from './events.ts'
import { isOver, isSame, namespaceAndName, timestamp } from './objects.ts'
import type { PatientController } from './run.ts'
import { claimsOf, smallestFor, waitsForConsumer } from './volumes.ts'

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
  const expander = new Recorder({ clock, component: 'volume_expand' })
  const externals = new Map<string, Recorder>()
  const grown = new Map<string, string>()
  let ask: ((key: string) => void) | undefined

  const reconcile = (key: string, client: Client): number | void => {
    if (key.startsWith('volume|')) return syncVolume(key.slice(7), client)
    const [namespace, name] = namespaceAndName(key)
    const claim = client.get<V1PersistentVolumeClaim>(claims, namespace, name)
    if (!claim || claim.metadata.deletionTimestamp !== undefined) return
    if (claim.spec.volumeName) return syncBound(claim, client)
    const waits = waitsForConsumer(client, claim) && !claim.metadata.annotations?.[selectedNode]
    const volume = heldFor(claim, client) ?? (waits ? undefined : smallestFor(client, claim))
    if (volume) return bind(claim, volume, client)
    if (claim.status?.phase !== 'Pending')
      client.updateStatus<V1PersistentVolumeClaim>(claims, { ...claim, status: { ...claim.status, phase: 'Pending' } })
    const className = claim.spec.storageClassName
    if (className === undefined && giveDefaultClass(claim, client)) return
    if (!className) {
      recorder.event(client, claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set')
      return pace.volumeResync
    }
    const storageClass = client.get<V1StorageClass>('storageclasses.storage.k8s.io', '', className)
    if (!storageClass) {
      recorder.event(client, claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${className}" not found`)
      return pace.volumeResync
    }
    if (waits) {
      const consumers = client
        .list<V1Pod>('pods', namespace)
        .filter((pod) => !pod.spec.nodeName && !isOver(pod) && claimsOf(pod).includes(name))
        .map(({ metadata }) => metadata.name)
      if (consumers.length === 0)
        recorder.event(client, claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
      else
        recorder.event(
          client,
          claim,
          'Normal',
          'WaitForPodScheduled',
          `waiting for pod${consumers.length > 1 ? 's' : ''} ${consumers.join(',')} to be scheduled`,
        )
      return pace.volumeResync
    }
    return provision(claim, storageClass, client)
  }

  /** A claim that names no class at all gets the default one as soon as there is one. */
  const giveDefaultClass = (claim: V1PersistentVolumeClaim, client: Client): boolean => {
    const isDefault = ({ metadata }: V1StorageClass) => metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'
    const [chosen] = client
      .list<V1StorageClass>('storageclasses.storage.k8s.io')
      .filter(isDefault)
      .toSorted((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1))
    if (chosen)
      client.update<V1PersistentVolumeClaim>(claims, { ...claim, spec: { ...claim.spec, storageClassName: chosen.metadata.name } })
    return chosen !== undefined
  }

  const provision = (claim: V1PersistentVolumeClaim, storageClass: V1StorageClass, client: Client): number | void => {
    const { provisioner } = storageClass
    const folder = provisioners[provisioner]
    const { namespace = '', name, uid, annotations } = claim.metadata
    if (provisioner === 'kubernetes.io/no-provisioner') {
      recorder.event(client, claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set')
      return pace.volumeResync
    }
    if (annotations?.['volume.kubernetes.io/storage-provisioner'] !== provisioner) {
      const marks = {
        'volume.beta.kubernetes.io/storage-provisioner': provisioner,
        'volume.kubernetes.io/storage-provisioner': provisioner,
      }
      client.update<V1PersistentVolumeClaim>(claims, {
        ...claim,
        metadata: { ...claim.metadata, annotations: { ...annotations, ...marks } },
      })
      return
    }
    recorder.event(
      client,
      claim,
      'Normal',
      'ExternalProvisioning',
      `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
    )
    if (folder === undefined) return pace.volumeResync
    const external = externals.get(provisioner) ?? new Recorder({ clock, component: `${provisioner}_${provisioner.replace(/^.*\//, '')}` })
    externals.set(provisioner, external)
    external.event(client, claim, 'Normal', 'Provisioning', `External provisioner is provisioning volume for claim "${namespace}/${name}"`)
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
        ...(node
          ? {
              nodeAffinity: {
                required: {
                  nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }],
                },
              },
            }
          : {}),
      },
    } as unknown as Draft<V1PersistentVolume>)
    external.event(client, claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume pvc-${uid}`)
    return pace.provision
  }

  const bind = (claim: V1PersistentVolumeClaim, volume: V1PersistentVolume, client: Client): void => {
    const { namespace, name, uid, resourceVersion } = claim.metadata
    const claimRef = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid, resourceVersion }
    const annotations = {
      ...volume.metadata.annotations,
      ...(volume.spec.claimRef ? {} : { 'pv.kubernetes.io/bound-by-controller': 'yes' }),
    }
    const held = client.update<V1PersistentVolume>(volumes, {
      ...volume,
      metadata: { ...volume.metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
      spec: { ...volume.spec, claimRef },
    })
    setPhase(held, 'Bound', client)
    const marks = { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' }
    const bound = client.update<V1PersistentVolumeClaim>(claims, {
      ...claim,
      metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, ...marks } },
      spec: { ...claim.spec, volumeName: volume.metadata.name },
    })
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
    else if (
      volume.spec.claimRef.uid === claim.metadata.uid ||
      (volume.spec.claimRef.uid === undefined && volume.spec.claimRef.name === claim.metadata.name)
    ) {
      if (volume.spec.claimRef.uid === undefined) bind(claim, volume, client)
      else {
        setPhase(volume, 'Bound', client)
        writeBound(claim, volume, client)
        noteGrowth(claim, client)
      }
    } else if (claim.status?.phase !== 'Pending')
      client.updateStatus<V1PersistentVolumeClaim>(claims, { ...claim, status: { ...claim.status, phase: 'Pending' } })
  }

  /** No volume here grows by itself: the claim keeps its wish. */
  const noteGrowth = ({ spec, status, ...claim }: V1PersistentVolumeClaim, client: Client): void => {
    const { uid } = claim.metadata
    const wanted = spec.resources?.requests?.storage ?? '0'
    if (compareQuantities(wanted, status?.capacity?.storage ?? wanted) <= 0 || grown.get(uid) === wanted) return
    grown.set(uid, wanted)
    expander.event(
      client,
      claim,
      'Warning',
      'ExternalExpanding',
      "Ignoring the PVC: didn't find a plugin capable of expanding the volume; waiting for an external controller to process this PVC.",
    )
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
    // A scheduler has chosen this volume: the claim does not know yet.
    if (claim?.metadata.uid === claimRef.uid) return claim.spec.volumeName ? undefined : ask?.(`${claimRef.namespace}/${claimRef.name}`)
    reclaim(volume, client)
  }

  const reclaim = (volume: V1PersistentVolume, client: Client): void => {
    if (volume.status?.phase === 'Failed') return
    if (volume.status?.phase !== 'Released') setPhase(volume, 'Released', client)
    if (volume.spec.persistentVolumeReclaimPolicy !== 'Delete') return
    const { name } = volume.metadata
    const refusal = deletionRefusal(volume)
    if (refusal !== undefined) {
      setPhase(volume, 'Failed', client, refusal)
      recorder.event(client, volume, 'Warning', 'VolumeFailedDelete', refusal)
      return
    }
    try {
      client.delete(volumes, '', name)
    } catch (error) {
      if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error
    }
  }

  const setPhase = (volume: V1PersistentVolume, phase: string, client: Client, message?: string): void => {
    if (volume.status?.phase === phase) return
    const latest = client.get<V1PersistentVolume>(volumes, '', volume.metadata.name)
    if (latest)
      client.updateStatus<V1PersistentVolume>(volumes, {
        ...latest,
        status: { ...latest.status, phase, message, lastPhaseTransitionTime: timestamp(clock.now()) },
      })
  }

  return {
    name: 'persistent-volume-binder',
    start(enqueue) {
      ask = enqueue
    },
    watches: {
      [claims]: ({ key, object, previous }) => {
        const volume = ((object ?? previous) as V1PersistentVolumeClaim).spec.volumeName
        return volume ? [key, `volume|${volume}`] : [key]
      },
      // A new volume is not offered to the claims that wait: they look again at their own next turn.
      [volumes]: ({ key, object, previous }) => {
        const { claimRef } = ((object ?? previous) as V1PersistentVolume).spec
        return [`volume|${key}`, ...(claimRef?.uid ? [`${claimRef.namespace}/${claimRef.name}`] : [])]
      },
    },
    reconcile,
  }
}

/** A volume that names the claim already. */
function heldFor({ metadata }: V1PersistentVolumeClaim, client: Client): V1PersistentVolume | undefined {
  return client
    .list<V1PersistentVolume>(volumes)
    .find(
      ({ spec: { claimRef } }) =>
        claimRef?.name === metadata.name &&
        claimRef.namespace === metadata.namespace &&
        (claimRef.uid === undefined || claimRef.uid === metadata.uid),
    )
}

/** Why a volume cannot be deleted by the controller itself; what a provisioner made, the provisioner deletes. */
function deletionRefusal({ metadata, spec }: V1PersistentVolume): string | undefined {
  if (metadata.annotations?.['pv.kubernetes.io/provisioned-by']) return undefined
  if (!spec.hostPath) return `error getting deleter volume plugin for volume "${metadata.name}": no deletable volume plugin matched`
  return /^\/tmp\/.+$/.test(spec.hostPath.path)
    ? undefined
    : `host_path deleter only supports /tmp/.+ but received provided ${spec.hostPath.path}`
}
