/**
 * What the sandbox keeps but does not act on, said at the moment somebody writes it: the API's own warnings, which kubectl prints. A line
 * leaves this file on the day the field does something.
 */
import { resourceName, type Kind, type StoredObject } from '../kinds/kind.ts'
import { isRecord } from './objects.ts'

type Json = Readonly<Record<string, unknown>>

/** Whole resources whose objects change nothing here. */
const idle: Readonly<Record<string, string>> = {
  'flowschemas.flowcontrol.apiserver.k8s.io': 'requests are not queued by priority and fairness',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': 'requests are not queued by priority and fairness',
  'volumeattachments.storage.k8s.io': 'volumes are not attached by a CSI driver',
}

const emptyVolume = 'volumes are not filled from a source: the volume will be empty'

/** Storage that is somewhere else; a pod that wants it waits for its mount. */
const remoteVolumes =
  'nfs iscsi csi fc rbd cephfs glusterfs azureFile azureDisk awsElasticBlockStore gcePersistentDisk cinder flexVolume flocker photonPersistentDisk portworxVolume quobyte scaleIO storageos vsphereVolume'.split(
    ' ',
  )

function volumeTypes(place: string, types: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(types.map((type) => [`${place}.${type}`, 'this volume type is not simulated']))
}

/** Fields by their path; `*` stands for every element. The first match of a path is warned about, with its place. */
const ofPod: Readonly<Record<string, string>> = {
  'containers.*.livenessProbe.grpc': 'gRPC probes are not simulated',
  'containers.*.readinessProbe.grpc': 'gRPC probes are not simulated',
  'containers.*.startupProbe.grpc': 'gRPC probes are not simulated',
  'containers.*.volumeDevices': 'block devices are not simulated',
  'containers.*.securityContext.seccompProfile.localhostProfile': 'seccomp profiles do not filter system calls here',
  'securityContext.seccompProfile.localhostProfile': 'seccomp profiles do not filter system calls here',
  'securityContext.appArmorProfile.localhostProfile': 'AppArmor profiles confine nothing here',
  'containers.*.securityContext.appArmorProfile.localhostProfile': 'AppArmor profiles confine nothing here',
  'containers.*.securityContext.seLinuxOptions': 'SELinux confines nothing here',
  'containers.*.volumeMounts.*.mountPropagation': 'mount propagation is not simulated',
  'containers.*.securityContext.procMount=Unmasked': '/proc is the same for every container here',
  'containers.*.resources.limits.ephemeral-storage': 'no pod is evicted for what it writes',
  'securityContext.seLinuxOptions': 'SELinux confines nothing here',
  'securityContext.seLinuxChangePolicy': 'SELinux confines nothing here',
  'hostUsers=false': 'user namespaces are not simulated',
  'setHostnameAsFQDN=true': 'not simulated',
  runtimeClassName: 'every container runs in the same runtime here',
  'volumes.*.emptyDir.sizeLimit': 'no pod is evicted for a volume that grows past it',
  'volumes.*.emptyDir.medium': 'the files lie on the disk of the node and count as no memory',
  'volumes.*.ephemeral.volumeClaimTemplate.spec.dataSource': emptyVolume,
  ...volumeTypes('volumes.*', [...remoteVolumes, 'gitRepo']),
}

const ofKind: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  services: {
    'spec.trafficDistribution': 'not simulated: every endpoint is as near as any other',
    'spec.loadBalancerSourceRanges': 'not simulated: every source is let in',
  },
  persistentvolumeclaims: {
    'spec.dataSource': emptyVolume,
  },
  'validatingadmissionpolicies.admissionregistration.k8s.io': { 'spec.auditAnnotations': 'the audit log here does not take them' },
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': {
    'spec.validationActions.*=Audit': 'the audit log here does not take it',
  },
  persistentvolumes: {
    'spec.persistentVolumeReclaimPolicy=Recycle': 'volumes are not scrubbed: this one stays Released',
    'spec.mountOptions': 'nothing is mounted with options here',
    ...volumeTypes('spec', remoteVolumes),
  },
  'storageclasses.storage.k8s.io': {
    mountOptions: 'nothing is mounted with options here',
    allowedTopologies: 'volumes are made on whichever node the pod gets',
  },
  'statefulsets.apps': { 'spec.volumeClaimTemplates.*.spec.dataSource': emptyVolume },
}

const templatePaths: Readonly<Record<string, string>> = {
  pods: 'spec',
  replicationcontrollers: 'spec.template.spec',
  'replicasets.apps': 'spec.template.spec',
  'deployments.apps': 'spec.template.spec',
  'statefulsets.apps': 'spec.template.spec',
  'daemonsets.apps': 'spec.template.spec',
  'jobs.batch': 'spec.template.spec',
  'cronjobs.batch': 'spec.jobTemplate.spec.template.spec',
}

const nothing: readonly string[] = []

export function unsimulated(kind: Kind, object: StoredObject, old: StoredObject | undefined): readonly string[] {
  const name = resourceName(kind)
  if (old && old.spec === object.spec) return nothing
  if (idle[name]) return old ? nothing : [`${kind.kind} is kept, but ${idle[name]}`]
  const template = templatePaths[name]
  if (!template && !ofKind[name]) return nothing
  const places = new Map<string, string>()
  for (const [path, why] of Object.entries(ofKind[name] ?? {})) note(places, object, path, why)
  const isMirrored = object.metadata.ownerReferences?.some(({ controller }) => controller) ?? false
  // Of what a controller makes the template was warned about already.
  if (template && !isMirrored) {
    for (const [path, why] of Object.entries(ofPod)) {
      note(places, object, `${template}.${path}`, why)
      if (path.startsWith('containers.')) note(places, object, `${template}.initContainers.${path.slice(11)}`, why)
    }
  }
  return [...places].map(([place, why]) => `${place}: kept, but ${why}`)
}

function note(places: Map<string, string>, object: unknown, path: string, why: string): void {
  const [steps, wanted] = path.split('=')
  for (const [place, value] of found(object, steps.split('.'), ''))
    if (wanted === undefined ? isSet(value) : String(value) === wanted) places.set(place, why)
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== 'None' && !(Array.isArray(value) && value.length === 0)
}

function* found(value: unknown, steps: readonly string[], place: string): Generator<readonly [string, unknown]> {
  if (steps.length === 0) {
    yield [place, value]
    return
  }
  const [step, ...rest] = steps
  if (step === '*') {
    if (Array.isArray(value)) for (const [index, each] of value.entries()) yield* found(each, rest, `${place}[${index}]`)
  } else if (isRecord(value) && (value as Json)[step] !== undefined)
    yield* found((value as Json)[step], rest, place === '' ? step : `${place}.${step}`)
}
