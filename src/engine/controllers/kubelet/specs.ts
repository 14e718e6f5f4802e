/**
 * What a kubelet asks the runtime for: a pod's sandbox and its containers, as they follow from the pod's spec and from where it stands.
 * Whether a container may run as root at all is decided here, because only now is the image's user known.
 */
import type { V1Pod } from '../../kinds/generated/types.ts'
import { type ContainerRuntime, RuntimeError } from '../../runtime/runtime.ts'
import { ConfigError, environmentOf, expanded, type Place } from './environment.ts'
import { limitsOf } from './resize.ts'
import type { ContainerRecord } from './container-record.ts'
import { isLive, podFolder } from './volumes.ts'

type ContainerSpec = Parameters<ContainerRuntime['createContainer']>[1]

interface Surroundings {
  readonly place: Place
  /** Where each volume of the pod is on the node. */
  readonly hostPaths: ReadonlyMap<string, string> | undefined
  readonly files: ContainerRuntime['files']
  /** It goes on after the page was left. */
  readonly isResumed?: boolean
}

export function containerSpec(each: ContainerRecord, { place, hostPaths, files, isResumed }: Surroundings): ContainerSpec {
  const { pod } = place
  const { spec } = each
  const { securityContext: own = {} } = spec
  const { securityContext: pods = {} } = pod.spec
  const user = own.runAsUser ?? pods.runAsUser
  if ((own.runAsNonRoot ?? pods.runAsNonRoot) && (user === 0 || (user === undefined && (each.image?.uid ?? 0) === 0))) {
    const where = `(pod: "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})", container: ${each.name})`
    if (user === undefined && each.image?.user && !/^\d/.test(each.image.user))
      throw new ConfigError(
        `container has runAsNonRoot and image has non-numeric user (${each.image.user}), cannot verify user is non-root ${where}`,
      )
    throw new ConfigError(
      user === 0
        ? `container's runAsUser breaks non-root policy ${where}`
        : `container has runAsNonRoot and image will run as root ${where}`,
    )
  }
  const seccomp = own.privileged ? undefined : (own.seccompProfile ?? pods.seccompProfile)
  if (seccomp?.type === 'Localhost') {
    const path = `/var/lib/kubelet/seccomp/${seccomp.localhostProfile}`
    if (files.kind(path) === undefined)
      throw new RuntimeError(
        `failed to create containerd container: cannot load seccomp profile "${path}": open ${path}: no such file or directory`,
      )
  }
  const env = environmentOf(spec, place)
  const values = new Map(env.map(({ name, value }) => [name, value]))
  const inserted = (text: string): string => expanded(text, (name) => values.get(name))
  const mounts = (spec.volumeMounts ?? []).flatMap(({ name, mountPath, readOnly, subPath, subPathExpr }, index) => {
    const base = hostPaths?.get(name)
    if (base === undefined) return []
    const volume = pod.spec.volumes?.find((one) => one.name === name)
    // What the kubelet itself writes, no container may.
    const isOwn = volume !== undefined && isLive(volume)
    const inner = subPathExpr ? inserted(subPathExpr) : subPath
    const containerPath = mountPath.replace(/(.)\/+$/, '$1')
    if (!inner) return [{ hostPath: base, containerPath, isReadOnly: Boolean(readOnly) || isOwn }]
    const hostPath = `${base}/${inner}`
    if (files.kind(hostPath) === undefined) files.mkdir(hostPath, 0o755)
    if (!isOwn) return [{ hostPath, containerPath, isReadOnly: Boolean(readOnly) }]
    // The container keeps what it was started with.
    const pinned = `${podFolder(pod)}/volume-subpaths/${name}/${each.name}/${index}`
    if (!isResumed || files.kind(pinned) === undefined) files.pin(hostPath, pinned)
    return [{ hostPath: pinned, containerPath, isReadOnly: true }]
  })
  const group = own.runAsGroup ?? pods.runAsGroup
  return {
    name: each.name,
    image: spec.image ?? '',
    attempt: each.info?.state === 'exited' ? each.restartCount + 1 : each.restartCount,
    command: spec.command?.length ? spec.command.map(inserted) : undefined,
    args: spec.args?.length ? spec.args.map(inserted) : undefined,
    workingDir: spec.workingDir || undefined,
    env,
    mounts,
    tty: Boolean(spec.tty),
    stdin: Boolean(spec.stdin),
    user: user === undefined ? undefined : group === undefined ? String(user) : `${user}:${group}`,
    groups: [...(pods.supplementalGroups ?? []), ...(pods.fsGroup === undefined ? [] : [pods.fsGroup])],
    hasOnlyGivenGroups: pods.supplementalGroupsPolicy === 'Strict',
    noNewPrivileges: own.allowPrivilegeEscalation === false,
    isPrivileged: Boolean(own.privileged),
    isRootReadOnly: Boolean(own.readOnlyRootFilesystem),
    ...('targetContainerName' in spec && typeof spec.targetContainerName === 'string' ? { processesOf: spec.targetContainerName } : {}),
    capabilities: { add: own.capabilities?.add ?? [], drop: own.capabilities?.drop ?? [] },
    ...limitsOf(spec),
    terminationMessagePath: spec.terminationMessagePath ?? '/dev/termination-log',
    fallsBackToLogs: spec.terminationMessagePolicy === 'FallbackToLogsOnError',
    isInputOnce: Boolean(spec.stdinOnce),
    labels: {
      'io.kubernetes.container.name': each.name,
      'io.kubernetes.pod.name': pod.metadata.name,
      'io.kubernetes.pod.namespace': pod.metadata.namespace ?? '',
      'io.kubernetes.pod.uid': pod.metadata.uid,
    },
  }
}

/** What a sandbox takes from its node. */
interface Standing {
  readonly nodeName: string
  readonly clusterDns: string
  readonly clusterDomain: string
}

export function sandboxSpec(pod: V1Pod, attempt: number, host: Standing): Parameters<ContainerRuntime['runSandbox']>[0] {
  const { spec, metadata } = pod
  const namespace = metadata.namespace ?? ''
  const policy = spec.dnsPolicy ?? 'ClusterFirst'
  const isCluster = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !spec.hostNetwork)
  const searches = isCluster ? [`${namespace}.svc.${host.clusterDomain}`, `svc.${host.clusterDomain}`, host.clusterDomain] : []
  const options = isCluster ? ['ndots:5'] : []
  const own = spec.dnsConfig
  return {
    namespace,
    name: metadata.name,
    uid: metadata.uid,
    attempt,
    hostname: spec.hostNetwork ? host.nodeName : (spec.hostname ?? metadata.name).slice(0, 63),
    hostNetwork: Boolean(spec.hostNetwork),
    hostPid: Boolean(spec.hostPID),
    sharesProcesses: Boolean(spec.shareProcessNamespace),
    dns: {
      servers: [...(isCluster ? [host.clusterDns] : []), ...(own?.nameservers ?? [])],
      searches: [...searches, ...(own?.searches ?? [])],
      options: [...options, ...(own?.options ?? []).map(({ name, value }) => (value === undefined ? (name ?? '') : `${name}:${value}`))],
    },
    hostAliases: (spec.hostAliases ?? []).map(({ ip, hostnames }) => ({ ip, hostnames: hostnames ?? [] })),
    hostPorts: spec.containers.flatMap(({ ports = [] }) =>
      ports.flatMap(({ hostPort, hostIP = '', containerPort, protocol }) =>
        hostPort && !spec.hostNetwork
          ? [{ hostIp: hostIP, hostPort, containerPort, protocol: protocol === 'UDP' ? ('udp' as const) : ('tcp' as const) }]
          : [],
      ),
    ),
    sysctls: Object.fromEntries((spec.securityContext?.sysctls ?? []).map(({ name, value }) => [name, value])),
    labels: metadata.labels ?? {},
  }
}

/** Where the runtime keeps the logs of a pod's containers, by name and attempt. */
export function logFolder({ metadata: { namespace = '', name, uid } }: V1Pod): string {
  return `/var/log/pods/${namespace}_${name}_${uid}`
}

export function logPath(pod: V1Pod, container: string, attempt: number): string {
  return `${logFolder(pod)}/${container}/${attempt}.log`
}
