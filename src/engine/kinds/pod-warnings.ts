/**
 * What the server remarks about a pod, or the template of one, that is valid and yet hardly meant: fields and labels that went out of use,
 * definitions that hide each other, selectors that select nothing. kubectl prints each as a `Warning:`.
 */
import type {
  V1Affinity,
  V1Container,
  V1ContainerPort,
  V1LabelSelector,
  V1NodeSelectorTerm,
  V1PodSpec,
  V1Volume,
} from './generated/types.ts'
import { dns1123Label } from './names.ts'
import { milliValue } from './quantity.ts'
import { claimWarnings } from './validation/claims.ts'
import { isProfileFromAnnotation } from './validation/pod-annotations.ts'

interface Template {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }
  readonly spec?: V1PodSpec
}

interface Named {
  readonly metadata: { readonly name: string }
}

/** A workload lends its name to its pods. */
export function workloadWarnings(
  { metadata }: Named,
  template: Template | undefined,
  old: { readonly template: Template | undefined } | undefined,
  path: string,
): readonly string[] {
  if (old) return old.template === template ? [] : podWarnings(template, path)
  return [...nameWarnings(metadata.name, 'Pod names and hostnames'), ...podWarnings(template, path)]
}

export function nameWarnings(name: string, use: string): readonly string[] {
  const problems = dns1123Label(name)
  return problems.length === 0
    ? []
    : [
        `metadata.name: this is used in ${use}, which can result in surprising behavior; a DNS label is recommended: [${problems.join(' ')}]`,
      ]
}

/** `path` is where the template stands; empty for a pod itself. */
export function podWarnings(template: Template | undefined, path: string): readonly string[] {
  const { spec, metadata: { annotations = {} } = {} } = template ?? {}
  if (!spec) return []
  const place = (field: string) => (path === '' ? field : `${path}.${field}`)
  const containers = [
    ...(spec.initContainers ?? []).map((container, index) => ({ container, at: place(`spec.initContainers[${index}]`) })),
    ...(spec.containers ?? []).map((container, index) => ({ container, at: place(`spec.containers[${index}]`) })),
    ...(spec.ephemeralContainers ?? []).map((container, index) => ({
      container: container as V1Container,
      at: place(`spec.ephemeralContainers[${index}]`),
    })),
  ]
  const annotated = (key: string, message: string) =>
    annotations[key] === undefined ? [] : [`${place('metadata')}.annotations[${key}]: ${message}`]
  return [
    ...placementWarnings(spec, place('spec')),
    ...deprecatedAnnotations.flatMap(([key, message]) => annotated(key, message)),
    ...(spec.volumes ?? []).flatMap((volume, index) => volumeWarnings(volume, place(`spec.volumes[${index}]`))),
    ...tokenWarnings(spec.volumes ?? [], place('spec.volumes')),
    ...duplicates(
      spec.hostAliases ?? [],
      ({ ip }) => ip,
      (index, ip) => `${place('spec')}.hostAliases[${index}].ip: duplicate ip ${JSON.stringify(ip)}`,
    ),
    ...duplicates(
      spec.imagePullSecrets ?? [],
      ({ name = '' }) => name,
      (index, name) => `${place('spec')}.imagePullSecrets[${index}].name: duplicate name ${JSON.stringify(name)}`,
    ),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }, index) =>
      name ? [] : [`${place('spec')}.imagePullSecrets[${index}].name: invalid empty name ""`],
    ),
    ...fractions(spec.overhead, place('spec.overhead')),
    ...(spec.securityContext?.seccompProfile
      ? []
      : annotated('seccomp.security.alpha.kubernetes.io/pod', 'non-functional in v1.27+; use the "seccompProfile" field instead')),
    ...containers.flatMap(({ container, at }) => [
      ...(container.securityContext?.seccompProfile
        ? []
        : annotated(
            `container.seccomp.security.alpha.kubernetes.io/${container.name}`,
            'non-functional in v1.27+; use the "seccompProfile" field instead',
          )),
      // A pod itself has got the field by now.
      ...((
        path === ''
          ? !isProfileFromAnnotation(container)
          : (spec.securityContext?.appArmorProfile ?? container.securityContext?.appArmorProfile)
      )
        ? []
        : annotated(
            `container.apparmor.security.beta.kubernetes.io/${container.name}`,
            'deprecated since v1.30; use the "appArmorProfile" field instead',
          )),
      ...fractions(container.resources?.limits, `${at}.resources.limits`),
      ...fractions(container.resources?.requests, `${at}.resources.requests`),
      ...hiddenVariables(container, at),
    ]),
    ...portWarnings(containers),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [`${place('spec')}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...affinityWarnings(spec.affinity, place('spec.affinity')),
  ]
}

const deprecatedAnnotations = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
] as const

const deprecatedLabels: ReadonlyMap<string, string> = new Map([
  ['beta.kubernetes.io/arch', 'deprecated since v1.14; use "kubernetes.io/arch" instead'],
  ['beta.kubernetes.io/os', 'deprecated since v1.14; use "kubernetes.io/os" instead'],
  ['failure-domain.beta.kubernetes.io/region', 'deprecated since v1.17; use "topology.kubernetes.io/region" instead'],
  ['failure-domain.beta.kubernetes.io/zone', 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'],
  ['beta.kubernetes.io/instance-type', 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead'],
])

/** What is said of a label that nodes had once. */
export function labelWarning(label: string, path: string): readonly string[] {
  return deprecatedLabels.has(label) ? [`${path}: ${deprecatedLabels.get(label)}`] : []
}

/** The labels that replaced them. */
export const stableLabels: ReadonlyMap<string, string> = new Map(
  [...deprecatedLabels].map(([label, message]) => [label, message.replace(/^.*use "(.*)" instead$/, '$1')]),
)

const deprecatedVolumes = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
] as const

/** Of a PersistentVolume and of a pod's volume alike. Upstream spells one of them in its own way. */
export function volumeWarnings(
  volume: Partial<Pick<V1Volume, (typeof deprecatedVolumes)[number][0] | 'ephemeral'>>,
  path: string,
): readonly string[] {
  const template = volume.ephemeral?.volumeClaimTemplate
  return [
    ...deprecatedVolumes.flatMap(([source, message]) =>
      volume[source] === undefined ? [] : [`${path}.${source === 'storageos' ? 'storageOS' : source}: ${message}`],
    ),
    ...(template ? claimWarnings(template.spec, `${path}.ephemeral.volumeClaimTemplate.spec`) : []),
  ]
}

/** A file that hides the account's token. Upstream names the source without its place in the list. */
function tokenWarnings(volumes: readonly V1Volume[], path: string): readonly string[] {
  const sources = volumes.flatMap(({ projected }, index) => (projected?.sources ?? []).map((source) => ({ source, index })))
  const tokens = new Set(sources.flatMap(({ source }) => source.serviceAccountToken?.path ?? []))
  if (tokens.size === 0) return []
  return sources.flatMap(({ source: { configMap, secret, downwardAPI }, index }) =>
    Object.entries({ configMap, secrets: secret, downwardAPI }).flatMap(([field, given]) =>
      (given?.items ?? []).flatMap(({ path: file }, at) =>
        tokens.has(file)
          ? [`${path}[${index}].projected.sources.${field}[${at}]: has duplicated path with ServiceAccountToken ${JSON.stringify(file)}`]
          : [],
      ),
    ),
  )
}

function placementWarnings({ nodeSelector = {}, affinity, topologySpreadConstraints = [] }: V1PodSpec, path: string): readonly string[] {
  const { requiredDuringSchedulingIgnoredDuringExecution: required, preferredDuringSchedulingIgnoredDuringExecution: preferred = [] } =
    affinity?.nodeAffinity ?? {}
  const node = `${path}.affinity.nodeAffinity`
  return [
    ...Object.keys(nodeSelector).flatMap((key) => labelWarning(key, `${path}.nodeSelector[${key}]`)),
    ...(required?.nodeSelectorTerms ?? []).flatMap((term, index) =>
      nodeTermWarnings(term, `${node}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${index}]`),
    ),
    ...preferred.flatMap(({ preference }, index) =>
      nodeTermWarnings(preference, `${node}.preferredDuringSchedulingIgnoredDuringExecution[${index}].preference`),
    ),
    ...topologySpreadConstraints.flatMap(({ topologyKey, labelSelector }, index) => [
      ...deprecatedKey(topologyKey, `${path}.topologySpreadConstraints[${index}].topologyKey`),
      ...nullSelector(labelSelector, `${path}.topologySpreadConstraints[${index}].labelSelector`),
    ]),
  ]
}

export function nodeTermWarnings({ matchExpressions = [] }: V1NodeSelectorTerm, path: string): readonly string[] {
  return matchExpressions.flatMap(({ key }, index) => deprecatedKey(key, `${path}.matchExpressions[${index}].key`))
}

export function deprecatedKey(key: string, path: string): readonly string[] {
  return deprecatedLabels.has(key) ? [`${path}: ${key} is ${deprecatedLabels.get(key)}`] : []
}

function nullSelector(selector: V1LabelSelector | undefined, path: string): readonly string[] {
  return selector === undefined ? [`${path}: a null labelSelector results in matching no pod`] : []
}

function affinityWarnings(affinity: V1Affinity | undefined, path: string): readonly string[] {
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((side) => {
    const {
      requiredDuringSchedulingIgnoredDuringExecution: required = [],
      preferredDuringSchedulingIgnoredDuringExecution: preferred = [],
    } = affinity?.[side] ?? {}
    return [
      ...required.flatMap(({ labelSelector }, index) =>
        nullSelector(labelSelector, `${path}.${side}.requiredDuringSchedulingIgnoredDuringExecution[${index}].labelSelector`),
      ),
      ...preferred.flatMap(({ podAffinityTerm }, index) =>
        nullSelector(
          podAffinityTerm.labelSelector,
          `${path}.${side}.preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm.labelSelector`,
        ),
      ),
    ]
  })
}

function duplicates<T>(
  items: readonly T[],
  keyOfItem: (item: T) => string,
  say: (index: number, key: string) => string,
): readonly string[] {
  const seen = new Set<string>()
  return items.flatMap((item, index) => {
    const key = keyOfItem(item)
    if (seen.has(key)) return [say(index, key)]
    seen.add(key)
    return []
  })
}

function fractions(amounts: Readonly<Record<string, string>> | undefined, path: string): readonly string[] {
  return ['memory', 'ephemeral-storage'].flatMap((name) => {
    const amount = amounts?.[name]
    return amount !== undefined && milliValue(amount) % 1000 !== 0
      ? [`${path}[${name}]: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`]
      : []
  })
}

/** A second definition is meant where it builds on the first. */
function hiddenVariables({ env = [] }: V1Container, path: string): readonly string[] {
  const seen = new Set<string>()
  return env.flatMap(({ name, value = '', valueFrom }, index) => {
    const reference = `$(${name})`
    const hides = seen.has(name) && (valueFrom !== undefined || value === reference || !value.includes(reference))
    seen.add(name)
    return hides
      ? [`${path}.env[${index}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`]
      : []
  })
}

function portWarnings(containers: readonly { readonly container: V1Container; readonly at: string }[]): readonly string[] {
  const taken = new Map<string, { readonly port: V1ContainerPort; readonly at: string }[]>()
  const list: string[] = []
  for (const { container, at: place } of containers) {
    for (const [index, port] of (container.ports ?? []).entries()) {
      const at = `${place}.ports[${index}]`
      const { name = '', hostPort = 0, containerPort, protocol = 'TCP', hostIP } = port
      if (hostIP && hostPort === 0)
        list.push(
          `${at}: hostIP set without hostPort: {Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`,
        )
      const key = `${port.containerPort}/${port.protocol ?? 'TCP'}`
      const others = taken.get(key) ?? []
      for (const other of others) {
        const word = conflictWord(port, other.port)
        if (word) list.push(`${at}: ${word} port definition with ${other.at}`)
      }
      taken.set(key, [...others, { port, at }])
    }
  }
  return list
}

function conflictWord(a: V1ContainerPort, b: V1ContainerPort): string | undefined {
  const { hostIP: ip = '', hostPort = 0 } = a
  const { hostIP: otherIp = '', hostPort: otherPort = 0 } = b
  if (ip === otherIp && hostPort === otherPort) return 'duplicate'
  if (hostPort === 0 || otherPort === 0) return 'overlapping'
  return hostPort === otherPort && (ip === '') !== (otherIp === '') ? 'dangerously ambiguous' : undefined
}
