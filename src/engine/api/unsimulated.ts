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

/** Fields by their path; `*` stands for every element. The first match of a path is warned about, with its place. */
const ofPod: Readonly<Record<string, string>> = {
  'containers.*.livenessProbe.grpc': 'gRPC probes are not simulated',
  'containers.*.readinessProbe.grpc': 'gRPC probes are not simulated',
  'containers.*.startupProbe.grpc': 'gRPC probes are not simulated',
  'containers.*.volumeDevices': 'block devices are not simulated',
  'containers.*.securityContext.seccompProfile.localhostProfile': 'seccomp profiles do not filter system calls here',
  'containers.*.securityContext.appArmorProfile.localhostProfile': 'AppArmor profiles confine nothing here',
  'containers.*.securityContext.seLinuxOptions': 'SELinux confines nothing here',
  'containers.*.volumeMounts.*.mountPropagation': 'mount propagation is not simulated',
  'securityContext.seLinuxOptions': 'SELinux confines nothing here',
  hostUsers: 'user namespaces are not simulated',
  setHostnameAsFQDN: 'not simulated',
  resourceClaims: 'dynamic resource allocation is not simulated',
  runtimeClassName: 'every container runs in the same runtime here',
  'volumes.*.nfs': 'this volume type is not simulated',
  'volumes.*.iscsi': 'this volume type is not simulated',
  'volumes.*.csi': 'this volume type is not simulated',
  'volumes.*.fc': 'this volume type is not simulated',
  'volumes.*.rbd': 'this volume type is not simulated',
  'volumes.*.cephfs': 'this volume type is not simulated',
  'volumes.*.glusterfs': 'this volume type is not simulated',
  'volumes.*.azureFile': 'this volume type is not simulated',
  'volumes.*.portworxVolume': 'this volume type is not simulated',
  'volumes.*.vsphereVolume': 'this volume type is not simulated',
  'volumes.*.image': 'this volume type is not simulated',
}

const ofKind: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  services: {
    'spec.trafficDistribution': 'not simulated: every endpoint is as near as any other',
    'spec.loadBalancerSourceRanges': 'not simulated: every source is let in',
  },
  'networkpolicies.networking.k8s.io': {
    'spec.ingress.*.ports.*.endPort': 'port ranges are not simulated: only the first port counts',
    'spec.egress.*.ports.*.endPort': 'port ranges are not simulated: only the first port counts',
  },
  persistentvolumeclaims: {
    'spec.dataSource': 'volumes are not filled from a source: the volume will be empty',
    'spec.volumeAttributesClassName': 'not simulated',
  },
  'validatingadmissionpolicies.admissionregistration.k8s.io': { 'spec.auditAnnotations': 'the audit log here does not take them' },
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': {
    'spec.validationActions.*=Audit': 'the audit log here does not take it',
  },
  persistentvolumes: {
    'spec.persistentVolumeReclaimPolicy=Recycle': 'volumes are not scrubbed: this one stays Released',
    'spec.csi': 'this volume type is not simulated',
    'spec.nfs': 'this volume type is not simulated',
    'spec.iscsi': 'this volume type is not simulated',
    'spec.fc': 'this volume type is not simulated',
  },
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

export function unsimulated(kind: Kind, object: StoredObject, old: StoredObject | undefined): readonly string[] {
  const name = resourceName(kind)
  if (old && old.spec === object.spec) return []
  if (idle[name]) return old ? [] : [`${kind.kind} is kept, but ${idle[name]}`]
  const places = new Map<string, string>()
  for (const [path, why] of Object.entries(ofKind[name] ?? {})) note(places, object, path, why)
  const template = templatePaths[name]
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
    if (wanted === undefined ? isSet(value) : value === wanted) places.set(place, why)
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
