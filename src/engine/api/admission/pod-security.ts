/**
 * Pod Security admission: what the labels of a namespace ask of its pods. Each rule of the Pod Security Standards is a row of a table;
 * `restricted` is `baseline` and more. Only pods are refused. A workload with such a template is warned about, and its pods fail later.
 */
import { FieldErrors } from '../../kinds/field-errors.ts'
import type { V1Container, V1Namespace, V1Pod, V1PodSpec, V1SecurityContext } from '../../kinds/generated/types.ts'
import { resourceName, type Kind, type StoredObject } from '../../kinds/kind.ts'
import { forbidden, invalid } from '../errors.ts'
import type { Registry, WriteOptions } from '../registry.ts'

type Level = 'privileged' | 'baseline' | 'restricted'
type Mode = 'enforce' | 'audit' | 'warn'
type Labels = Readonly<Record<string, string>> | undefined

interface Policy {
  readonly level: Level
  readonly version: string
}

interface Finding {
  readonly reason: string
  readonly detail: string
}

type Rule = (spec: V1PodSpec) => Finding | undefined

const prefix = 'pod-security.kubernetes.io/'
const levels: readonly string[] = ['privileged', 'baseline', 'restricted']

/** Refuses the pod that its namespace does not stand for; warns where the namespace asks for warnings only. */
export function checkPodSecurity(registry: Registry, kind: Kind, object: StoredObject, { subresource, warn }: WriteOptions): void {
  const spec = podSpecOf(kind, object)
  if (!spec) return
  const labels = (registry.store.get('namespaces', object.metadata.namespace ?? '') as V1Namespace | undefined)?.metadata.labels
  if (!labels) return
  if (resourceName(kind) === 'pods') {
    if (subresource !== undefined && subresource !== 'ephemeralcontainers') return
    const enforced = policyOf(labels, 'enforce')
    const findings = findingsOf(enforced.level, spec)
    if (findings.length > 0)
      throw forbidden(kind, object.metadata.name, `violates PodSecurity ${policyText(enforced)}: ${detailed(findings)}`)
  }
  if (!warn) return
  const warned = policyOf(labels, 'warn')
  const findings = findingsOf(warned.level, spec)
  if (findings.length > 0) warn(`would violate PodSecurity ${policyText(warned)}: ${detailed(findings)}`)
}

/** The labels themselves, and which pods that are there already would not be let in again. */
export function checkNamespaceSecurity(
  registry: Registry,
  kind: Kind,
  fresh: StoredObject,
  old: StoredObject | undefined,
  { warn }: WriteOptions,
): void {
  const { labels, name } = fresh.metadata
  if (!labels || (old && labels === old.metadata.labels)) return
  const errors = labelErrors(labels)
  if (errors.list.length > 0) throw invalid(kind, name, errors.list)
  const before = policyOf(old?.metadata.labels, 'enforce')
  const after = policyOf(labels, 'enforce')
  if (!warn || !old || after.level === 'privileged' || (before.level === after.level && before.version === after.version)) return
  const podsByReason = new Map<string, string[]>()
  for (const pod of registry.store.list('pods') as readonly V1Pod[]) {
    if (pod.metadata.namespace !== name) continue
    const reasons = findingsOf(after.level, pod.spec)
      .map(({ reason }) => reason)
      .join(', ')
    if (reasons !== '') podsByReason.set(reasons, [...(podsByReason.get(reasons) ?? []), pod.metadata.name])
  }
  if (podsByReason.size === 0) return
  warn(`existing pods in namespace ${JSON.stringify(name)} violate the new PodSecurity enforce level ${policyText(after)}`)
  const lines = [...podsByReason].map(
    ([reasons, [first, ...others]]) =>
      `${first}${others.length === 0 ? '' : ` (and ${others.length} other ${plural('pod', others.length)})`}: ${reasons}`,
  )
  for (const line of lines.sort()) warn(line)
}

function policyOf(labels: Labels, mode: Mode): Policy {
  const asked = labels?.[`${prefix}${mode}`]
  // What cannot be read is taken for the strictest, as upstream does.
  const level = asked === undefined ? 'privileged' : levels.includes(asked) ? (asked as Level) : 'restricted'
  return { level, version: labels?.[`${prefix}${mode}-version`] ?? 'latest' }
}

function policyText({ level, version }: Policy): string {
  return JSON.stringify(`${level}:${version}`)
}

function labelErrors(labels: Readonly<Record<string, string>>): FieldErrors {
  const errors = new FieldErrors()
  for (const mode of ['enforce', 'audit', 'warn']) {
    const level = labels[`${prefix}${mode}`]
    if (level !== undefined && !levels.includes(level))
      errors.invalid(`metadata.labels[${prefix}${mode}]`, level, `must be one of ${levels.join(', ')}`)
    const version = labels[`${prefix}${mode}-version`]
    if (version !== undefined && version !== 'latest' && !/^v1\.([0-9]|[1-9][0-9]*)$/.test(version))
      errors.invalid(`metadata.labels[${prefix}${mode}-version]`, version, 'must be "latest" or "v1.x"')
  }
  return errors
}

/** The pods a resource is about to make, or is. */
function podSpecOf(kind: Kind, object: StoredObject): V1PodSpec | undefined {
  const spec = object.spec as { template?: { spec?: V1PodSpec }; jobTemplate?: { spec?: { template?: { spec?: V1PodSpec } } } } | undefined
  switch (resourceName(kind)) {
    case 'pods':
      return spec as unknown as V1PodSpec
    case 'podtemplates':
      return (object as unknown as { template?: { spec?: V1PodSpec } }).template?.spec
    case 'replicationcontrollers':
    case 'replicasets.apps':
    case 'deployments.apps':
    case 'statefulsets.apps':
    case 'daemonsets.apps':
    case 'jobs.batch':
      return spec?.template?.spec
    case 'cronjobs.batch':
      return spec?.jobTemplate?.spec?.template?.spec
    default:
      return undefined
  }
}

function findingsOf(level: Level, spec: V1PodSpec): readonly Finding[] {
  if (level === 'privileged') return []
  const kept = Object.keys(baseline)
    .filter((id) => level === 'baseline' || !id.endsWith('_baseline'))
    .map((id) => baseline[id])
  const rules = level === 'baseline' ? kept : [...kept, ...restricted]
  return rules.flatMap((rule) => rule(spec) ?? [])
}

function detailed(findings: readonly Finding[]): string {
  return findings.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ')
}

function containersOf({ initContainers = [], containers, ephemeralContainers = [] }: V1PodSpec): readonly V1Container[] {
  return [...initContainers, ...containers, ...(ephemeralContainers as unknown as readonly V1Container[])]
}

function containersWhere(spec: V1PodSpec, isBad: (context: V1SecurityContext, container: V1Container) => boolean): readonly string[] {
  return containersOf(spec)
    .filter((container) => isBad(container.securityContext ?? {}, container))
    .map(({ name }) => name)
}

function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`
}

function quoted(texts: Iterable<string>): string {
  return [...texts].map((text) => JSON.stringify(text)).join(', ')
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort()
}

function containersNamed(names: readonly string[]): string {
  return `${plural('container', names.length)} ${quoted(names)}`
}

/** A finding about containers alone. */
function ofContainers(reason: string, names: readonly string[], demand: string): Finding | undefined {
  return names.length === 0 ? undefined : { reason, detail: `${containersNamed(names)} ${demand}` }
}

/** A finding about the pod's own security context, its containers', or both. */
function ofSetters(reason: string, isPod: boolean, names: readonly string[], demand: string): Finding | undefined {
  const setters = [...(isPod ? ['pod'] : []), ...(names.length > 0 ? [containersNamed(names)] : [])]
  return setters.length === 0 ? undefined : { reason, detail: `${setters.join(' and ')} ${demand}` }
}

const isWindows = ({ os }: V1PodSpec): boolean => os?.name === 'windows'

const defaultCapabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

const safeSysctls = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
])

const safeSELinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']

const isUnconfined = ({ seccompProfile }: V1SecurityContext): boolean => seccompProfile?.type === 'Unconfined'

function unconfined(spec: V1PodSpec): Finding | undefined {
  return ofSetters(
    'seccompProfile',
    isUnconfined((spec.securityContext ?? {}) as V1SecurityContext),
    containersWhere(spec, isUnconfined),
    'must not set securityContext.seccompProfile.type to "Unconfined"',
  )
}

/** The rules run, and are reported, in the order of their upstream ids; of the two that `restricted` replaces the names tell. */
const baseline: Readonly<Record<string, Rule>> = {
  appArmorProfile(spec) {
    const isBad = ({ appArmorProfile }: V1SecurityContext) => appArmorProfile?.type === 'Unconfined'
    return ofSetters(
      'forbidden AppArmor profile',
      isBad(spec.securityContext ?? {}),
      containersWhere(spec, isBad),
      'must not set AppArmor profile type to "Unconfined"',
    )
  },
  capabilities_baseline(spec) {
    const added = ({ capabilities }: V1SecurityContext) => (capabilities?.add ?? []).filter((each) => !defaultCapabilities.has(each))
    const all = unique(containersOf(spec).flatMap(({ securityContext = {} }) => added(securityContext)))
    return ofContainers(
      'non-default capabilities',
      containersWhere(spec, (context) => added(context).length > 0),
      `must not include ${quoted(all)} in securityContext.capabilities.add`,
    )
  },
  hostNamespaces({ hostNetwork, hostPID, hostIPC }) {
    const used = [hostNetwork ? 'hostNetwork=true' : '', hostPID ? 'hostPID=true' : '', hostIPC ? 'hostIPC=true' : ''].filter(Boolean)
    return used.length === 0 ? undefined : { reason: 'host namespaces', detail: used.join(', ') }
  },
  hostPathVolumes({ volumes = [] }) {
    const names = volumes.filter((volume) => volume.hostPath).map(({ name }) => name)
    return names.length === 0 ? undefined : { reason: 'hostPath volumes', detail: `${plural('volume', names.length)} ${quoted(names)}` }
  },
  hostPorts(spec) {
    const names = containersWhere(spec, (_, { ports = [] }) => ports.some(({ hostPort }) => hostPort))
    const used = unique(
      containersOf(spec).flatMap(({ ports = [] }) => ports.flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []))),
    )
    return ofContainers('hostPort', names, `${names.length === 1 ? 'uses' : 'use'} ${plural('hostPort', used.length)} ${used.join(', ')}`)
  },
  privileged: (spec) =>
    ofContainers(
      'privileged',
      containersWhere(spec, ({ privileged }) => privileged === true),
      'must not set securityContext.privileged=true',
    ),
  procMount(spec) {
    const isBad = ({ procMount }: V1SecurityContext) => procMount !== undefined && procMount !== 'Default'
    const used = unique(
      containersOf(spec).flatMap(({ securityContext = {} }) => (isBad(securityContext) ? [securityContext.procMount ?? ''] : [])),
    )
    return ofContainers('procMount', containersWhere(spec, isBad), `must not set securityContext.procMount to ${quoted(used)}`)
  },
  seLinuxOptions(spec) {
    const faults = ({ seLinuxOptions }: V1SecurityContext) => {
      if (!seLinuxOptions) return []
      const { type = '', user, role } = seLinuxOptions
      return [
        ...(safeSELinuxTypes.includes(type) ? [] : [`type ${JSON.stringify(type)}`]),
        ...(user ? ['user may not be set'] : []),
        ...(role ? ['role may not be set'] : []),
      ]
    }
    const all = new Set(
      [spec, ...containersOf(spec)].flatMap(({ securityContext }) => faults((securityContext ?? {}) as V1SecurityContext)),
    )
    return ofSetters(
      'seLinuxOptions',
      faults((spec.securityContext ?? {}) as V1SecurityContext).length > 0,
      containersWhere(spec, (context) => faults(context).length > 0),
      `set forbidden securityContext.seLinuxOptions: ${[...all].join('; ')}`,
    )
  },
  seccompProfile_baseline: unconfined,
  sysctls({ securityContext }) {
    const names = (securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !safeSysctls.has(name))
    return names.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: names.join(', ') }
  },
  hostProcess(spec) {
    const isBad = ({ windowsOptions }: V1SecurityContext) => windowsOptions?.hostProcess === true
    return ofSetters(
      'hostProcess',
      isBad((spec.securityContext ?? {}) as V1SecurityContext),
      containersWhere(spec, isBad),
      'must not set securityContext.windowsOptions.hostProcess=true',
    )
  },
}

const freeVolumes = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret']

const restricted: readonly Rule[] = [
  (spec) =>
    isWindows(spec)
      ? undefined
      : ofContainers(
          'allowPrivilegeEscalation != false',
          containersWhere(spec, ({ allowPrivilegeEscalation }) => allowPrivilegeEscalation !== false),
          'must set securityContext.allowPrivilegeEscalation=false',
        ),
  function capabilities(spec) {
    if (isWindows(spec)) return undefined
    const added = ({ capabilities }: V1SecurityContext) => (capabilities?.add ?? []).filter((each) => each !== 'NET_BIND_SERVICE')
    const keeping = containersWhere(spec, ({ capabilities }) => !capabilities?.drop?.includes('ALL'))
    const adding = containersWhere(spec, (context) => added(context).length > 0)
    const all = unique(containersOf(spec).flatMap(({ securityContext = {} }) => added(securityContext)))
    const details = [
      ...(keeping.length > 0 ? [`${containersNamed(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
      ...(adding.length > 0 ? [`${containersNamed(adding)} must not include ${quoted(all)} in securityContext.capabilities.add`] : []),
    ]
    return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') }
  },
  function restrictedVolumes({ volumes = [] }) {
    const typeOf = (volume: object) => Object.keys(volume).find((key) => key !== 'name') ?? 'unknown'
    const bad = volumes.filter((volume) => !freeVolumes.includes(typeOf(volume)))
    if (bad.length === 0) return undefined
    const types = unique(bad.map(typeOf))
    const names = `${plural('volume', bad.length)} ${quoted(bad.map(({ name }) => name))}`
    return {
      reason: 'restricted volume types',
      detail: `${names} ${bad.length === 1 ? 'uses' : 'use'} restricted volume ${plural('type', types.length)} ${quoted(types)}`,
    }
  },
  function runAsNonRoot(spec) {
    const reason = 'runAsNonRoot != true'
    const inPod = spec.securityContext?.runAsNonRoot
    const refused = ofSetters(
      reason,
      inPod === false,
      containersWhere(spec, (context) => context.runAsNonRoot === false),
      'must not set securityContext.runAsNonRoot=false',
    )
    if (refused || inPod) return refused
    const silent = containersWhere(spec, (context) => context.runAsNonRoot === undefined)
    return silent.length === 0
      ? undefined
      : { reason, detail: `pod or ${containersNamed(silent)} must set securityContext.runAsNonRoot=true` }
  },
  (spec) =>
    ofSetters(
      'runAsUser=0',
      spec.securityContext?.runAsUser === 0,
      containersWhere(spec, ({ runAsUser }) => runAsUser === 0),
      'must not set runAsUser=0',
    ),
  function seccompProfile(spec) {
    if (isWindows(spec)) return undefined
    const explicit = unconfined(spec)
    if (explicit || spec.securityContext?.seccompProfile) return explicit
    const silent = containersWhere(spec, (context) => !context.seccompProfile)
    return silent.length === 0
      ? undefined
      : {
          reason: 'seccompProfile',
          detail: `pod or ${containersNamed(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
        }
  },
]
