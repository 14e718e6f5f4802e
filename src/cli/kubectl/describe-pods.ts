/** Descriptions of pods and of everything inside a pod's spec, which templates of other kinds share. */
import { at, type Json } from './json.ts'
import { bool, controllerOf, longTime, type Writer } from './describe-writer.ts'
import { quantity } from './quantity.ts'

export function describePod(writer: Writer, pod: Json, events: readonly Json[] | undefined): void {
  const { metadata, spec, status = {} } = pod
  writer.line(0, `Name:\t${metadata.name}`)
  writer.line(0, `Namespace:\t${metadata.namespace}`)
  if (spec.priority !== undefined) writer.line(0, `Priority:\t${spec.priority}`)
  if (spec.priorityClassName) writer.line(0, `Priority Class Name:\t${spec.priorityClassName}`)
  if (spec.runtimeClassName) writer.line(0, `Runtime Class Name:\t${spec.runtimeClassName}`)
  if (spec.serviceAccountName) writer.line(0, `Service Account:\t${spec.serviceAccountName}`)
  writer.line(0, spec.nodeName ? `Node:\t${spec.nodeName}/${status.hostIP ?? ''}` : 'Node:\t<none>')
  if (status.startTime) writer.line(0, `Start Time:\t${longTime(status.startTime)}`)
  writer.labels('Labels', metadata.labels)
  writer.annotations('Annotations', metadata.annotations)
  if (metadata.deletionTimestamp && status.phase !== 'Failed' && status.phase !== 'Succeeded') {
    writer.line(0, `Status:\tTerminating (lasts ${writer.age(metadata.deletionTimestamp)})`)
    writer.line(0, `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds}s`)
  } else writer.line(0, `Status:\t${status.phase ?? ''}`)
  if (status.reason) writer.line(0, `Reason:\t${status.reason}`)
  if (status.message) writer.line(0, `Message:\t${status.message}`)
  if (spec.securityContext?.seccompProfile) {
    writer.line(0, `SeccompProfile:\t${spec.securityContext.seccompProfile.type}`)
    if (spec.securityContext.seccompProfile.type === 'Localhost')
      writer.line(0, `LocalhostProfile:\t${spec.securityContext.seccompProfile.localhostProfile}`)
  }
  writer.line(0, `IP:\t${status.podIP ?? ''}`)
  const ips: Json[] = status.podIPs ?? []
  if (ips.length === 0) writer.line(0, 'IPs:\t<none>')
  else {
    writer.line(0, 'IPs:')
    for (const { ip } of ips) writer.line(1, `IP:\t${ip}`)
  }
  const controller = controllerOf(metadata)
  if (controller) writer.line(0, `Controlled By:\t${controller}`)
  if (status.nominatedNodeName) writer.line(0, `NominatedNodeName:\t${status.nominatedNodeName}`)
  if (spec.initContainers?.length > 0) containers(writer, 'Init Containers', spec.initContainers, status.initContainerStatuses, pod, '')
  containers(writer, 'Containers', spec.containers, status.containerStatuses, pod, '')
  if (spec.ephemeralContainers?.length > 0)
    containers(writer, 'Ephemeral Containers', spec.ephemeralContainers, status.ephemeralContainerStatuses, pod, '')
  if (spec.readinessGates?.length > 0) {
    writer.raw('Readiness Gates:\n  Type\tStatus\n')
    for (const { conditionType } of spec.readinessGates) {
      const found = (status.conditions ?? []).find(({ type }: Json) => type === conditionType)
      writer.line(1, `${conditionType} \t${found?.status ?? '<none>'} `)
    }
  }
  if (status.conditions?.length > 0) {
    writer.raw('Conditions:\n  Type\tStatus\n')
    for (const condition of status.conditions) writer.line(1, `${condition.type} \t${condition.status} `)
  }
  volumes(writer, spec.volumes, '')
  writer.line(0, `QoS Class:\t${status.qosClass ?? qosOf(spec)}`)
  writer.labels('Node-Selectors', spec.nodeSelector)
  tolerations(writer, 'Tolerations', spec.tolerations)
  spreadConstraints(writer, spec.topologySpreadConstraints, '')
  writer.events(events)
}

function qosOf(spec: Json): string {
  const all: Json[] = [...spec.containers, ...(spec.initContainers ?? [])]
  const resources = all.map(({ resources: found = {} }) => found)
  if (resources.every(({ limits = {}, requests = {} }) => Object.keys(limits).length === 0 && Object.keys(requests).length === 0))
    return 'BestEffort'
  const isSame = (found: Json, name: string): boolean =>
    found.limits?.[name] !== undefined && quantity(found.limits[name]) === quantity(found.requests?.[name] ?? found.limits[name])
  return resources.every((found) => isSame(found, 'cpu') && isSame(found, 'memory')) ? 'Guaranteed' : 'Burstable'
}

export function podTemplate(writer: Writer, template: Json): void {
  writer.line(0, 'Pod Template:')
  if (!template) return writer.line(1, '<unset>')
  const { metadata = {}, spec } = template
  writer.labels('  Labels', metadata.labels)
  if (Object.keys(metadata.annotations ?? {}).length > 0) writer.annotations('  Annotations', metadata.annotations)
  if (spec.serviceAccountName) writer.line(1, `Service Account:\t${spec.serviceAccountName}`)
  if (spec.initContainers?.length > 0) containers(writer, 'Init Containers', spec.initContainers, undefined, undefined, '  ')
  containers(writer, 'Containers', spec.containers ?? [], undefined, undefined, '  ')
  volumes(writer, spec.volumes, '  ')
  spreadConstraints(writer, spec.topologySpreadConstraints, '  ')
  if (spec.priorityClassName) writer.line(1, `Priority Class Name:\t${spec.priorityClassName}`)
  writer.labels('  Node-Selectors', spec.nodeSelector)
  tolerations(writer, '  Tolerations', spec.tolerations)
}

function containers(
  writer: Writer,
  title: string,
  list: readonly Json[],
  statuses: readonly Json[] | undefined,
  pod: Json,
  space: string,
): void {
  writer.line(0, `${space}${title}:${list.length === 0 ? ' <none>' : ''}`)
  for (const container of list) {
    const status = statuses?.find(({ name }) => name === container.name)
    writer.line(1, `${space === '' ? '' : ' '}${container.name}:`)
    describeContainer(writer, container, status, pod)
  }
}

function describeContainer(writer: Writer, container: Json, status: Json, pod: Json): void {
  if (status) writer.line(2, `Container ID:\t${status.containerID ?? ''}`)
  writer.line(2, `Image:\t${container.image ?? ''}`)
  if (status) writer.line(2, `Image ID:\t${status.imageID ?? ''}`)
  const ports: Json[] = container.ports ?? []
  const shown = ports.map(({ containerPort, protocol = 'TCP' }) => `${containerPort}/${protocol}`).join(', ')
  const hosts = ports.map(({ hostPort = 0, protocol = 'TCP' }) => `${hostPort}/${protocol}`).join(', ')
  writer.line(2, `${shown.includes(',') ? 'Ports' : 'Port'}:\t${shown || '<none>'}`)
  writer.line(2, `${hosts.includes(',') ? 'Host Ports' : 'Host Port'}:\t${hosts || '<none>'}`)
  const profile = container.securityContext?.seccompProfile
  if (profile) {
    writer.line(2, `SeccompProfile:\t${profile.type}`)
    if (profile.type === 'Localhost') writer.line(2, `LocalhostProfile:\t${profile.localhostProfile}`)
  }
  for (const [title, words] of [
    ['Command', container.command],
    ['Args', container.args],
  ] as const) {
    if (!words?.length) continue
    writer.line(2, `${title}:`)
    for (const word of words) for (const part of String(word).split('\n')) writer.line(3, part)
  }
  if (status) {
    state(writer, 'State', status.state)
    if (status.lastState?.terminated) state(writer, 'Last State', status.lastState)
    writer.line(2, `Ready:\t${bool(status.ready)}`)
    writer.line(2, `Restart Count:\t${status.restartCount ?? 0}`)
  }
  for (const [title, amounts] of [
    ['Limits', container.resources?.limits],
    ['Requests', container.resources?.requests],
  ] as const) {
    if (Object.keys(amounts ?? {}).length === 0) continue
    writer.line(2, `${title}:`)
    for (const name of Object.keys(amounts).sort()) writer.line(3, `${name}:\t${amounts[name]}`)
  }
  for (const [title, probe] of [
    ['Liveness', container.livenessProbe],
    ['Readiness', container.readinessProbe],
    ['Startup', container.startupProbe],
  ] as const) {
    if (probe) writer.line(2, `${title}:\t${probeText(probe)}`)
  }
  if (container.envFrom?.length > 0) {
    writer.line(2, 'Environment Variables from:')
    for (const { prefix, configMapRef, secretRef } of container.envFrom) {
      const source = configMapRef ?? secretRef ?? {}
      const kind = configMapRef ? 'ConfigMap' : 'Secret'
      writer.line(3, `${source.name}\t${kind}${prefix ? ` with prefix '${prefix}'` : ''}\tOptional: ${source.optional === true}`)
    }
  }
  environment(writer, container, pod)
  const mounts: Json[] = [...(container.volumeMounts ?? [])].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1))
  writer.line(2, `Mounts:${mounts.length === 0 ? '\t<none>' : ''}`)
  for (const { mountPath, name, readOnly, subPath } of mounts)
    writer.line(3, `${mountPath} from ${name} (${readOnly ? 'ro' : 'rw'}${subPath ? `,path=${JSON.stringify(subPath)}` : ''})`)
  if (container.volumeDevices?.length > 0) {
    writer.line(2, 'Devices:')
    for (const { devicePath, name } of [...container.volumeDevices].sort((a: Json, b: Json) => (a.devicePath < b.devicePath ? -1 : 1)))
      writer.line(3, `${devicePath} from ${name}`)
  }
}

function state(writer: Writer, title: string, found: Json): void {
  const { running, waiting, terminated } = found ?? {}
  if (running) {
    writer.line(2, `${title}:\tRunning`)
    writer.line(3, `Started:\t${longTime(running.startedAt)}`)
  } else if (terminated) {
    writer.line(2, `${title}:\tTerminated`)
    if (terminated.reason) writer.line(3, `Reason:\t${terminated.reason}`)
    if (terminated.message) writer.line(3, `Message:\t${terminated.message}`)
    writer.line(3, `Exit Code:\t${terminated.exitCode}`)
    if (terminated.signal > 0) writer.line(3, `Signal:\t${terminated.signal}`)
    writer.line(3, `Started:\t${longTime(terminated.startedAt)}`)
    writer.line(3, `Finished:\t${longTime(terminated.finishedAt)}`)
  } else {
    writer.line(2, `${title}:\tWaiting`)
    if (waiting?.reason) writer.line(3, `Reason:\t${waiting.reason}`)
  }
}

function environment(writer: Writer, container: Json, pod: Json): void {
  const list: Json[] = container.env ?? []
  writer.line(2, `Environment:${list.length === 0 ? '\t<none>' : ''}`)
  for (const { name, value = '', valueFrom } of list) {
    if (!valueFrom) {
      String(value)
        .split('\n')
        .forEach((part, index) => writer.line(3, index === 0 ? `${name}:\t${part}` : `\t${part}`))
      continue
    }
    const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom
    if (fieldRef)
      writer.line(3, `${name}:\t${pod ? fieldValue(pod, fieldRef.fieldPath) : ''} (${fieldRef.apiVersion ?? 'v1'}:${fieldRef.fieldPath})`)
    else if (resourceFieldRef) writer.line(3, `${name}:\t${resourceValue(container, resourceFieldRef)} (${resourceFieldRef.resource})`)
    else if (secretKeyRef)
      writer.line(
        3,
        `${name}:\t<set to the key '${secretKeyRef.key}' in secret '${secretKeyRef.name}'>\tOptional: ${secretKeyRef.optional === true}`,
      )
    else if (configMapKeyRef)
      writer.line(
        3,
        `${name}:\t<set to the key '${configMapKeyRef.key}' of config map '${configMapKeyRef.name}'>\tOptional: ${configMapKeyRef.optional === true}`,
      )
  }
}

function fieldValue(pod: Json, path: string): string {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path)
  if (keyed) return pod.metadata[keyed[1]]?.[keyed[2]] ?? ''
  if (path === 'metadata.name' || path === 'metadata.namespace' || path === 'metadata.uid' || path.startsWith('metadata.')) {
    const value = at(pod, ...path.split('.'))
    return typeof value === 'object' && value !== null
      ? Object.keys(value)
          .sort()
          .map((key) => `${key}=${JSON.stringify(value[key])}`)
          .join('\n')
      : (value ?? '')
  }
  return ''
}

function resourceValue(container: Json, { resource, divisor }: Json): string {
  const [side, ...name] = String(resource).split('.')
  const amount = container.resources?.[side]?.[name.join('.')]
  if (amount === undefined) return `node allocatable`
  const unit = quantity(divisor) || 1
  return String(Math.ceil((quantity(amount) ?? 0) / unit))
}

function probeText(probe: Json): string {
  const attributes = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 1}s period=${probe.periodSeconds ?? 10}s #success=${probe.successThreshold ?? 1} #failure=${probe.failureThreshold ?? 3}`
  if (probe.exec) return `exec [${(probe.exec.command ?? []).join(' ')}] ${attributes}`
  if (probe.httpGet) {
    const { scheme = 'HTTP', host = '', port = '', path = '' } = probe.httpGet
    return `http-get ${scheme.toLowerCase()}://${host}:${port}${path} ${attributes}`
  }
  if (probe.tcpSocket) return `tcp-socket ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port} ${attributes}`
  if (probe.grpc) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ''} ${attributes}`
  return `unknown ${attributes}`
}

function volumes(writer: Writer, list: readonly Json[] | undefined, space: string): void {
  if (!list || list.length === 0) return writer.line(0, `${space}Volumes:\t<none>`)
  writer.line(0, `${space}Volumes:`)
  for (const volume of list) {
    writer.line(1, `${space === '' ? '' : ' '}${volume.name}:`)
    for (const line of volumeLines(volume)) writer.line(2, line)
  }
}

export function volumeLines(volume: Json): string[] {
  const { hostPath, emptyDir, secret, configMap, persistentVolumeClaim, nfs, projected, downwardAPI, csi, ephemeral, image, iscsi, local } =
    volume
  if (hostPath) return ['Type:\tHostPath (bare host directory volume)', `Path:\t${hostPath.path}`, `HostPathType:\t${hostPath.type ?? ''}`]
  if (emptyDir)
    return [
      "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)",
      `Medium:\t${emptyDir.medium ?? ''}`,
      `SizeLimit:\t${emptyDir.sizeLimit ?? '<unset>'}`,
    ]
  if (secret)
    return ['Type:\tSecret (a volume populated by a Secret)', `SecretName:\t${secret.secretName}`, `Optional:\t${secret.optional === true}`]
  if (configMap)
    return ['Type:\tConfigMap (a volume populated by a ConfigMap)', `Name:\t${configMap.name}`, `Optional:\t${configMap.optional === true}`]
  if (persistentVolumeClaim)
    return [
      'Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
      `ClaimName:\t${persistentVolumeClaim.claimName}`,
      `ReadOnly:\t${persistentVolumeClaim.readOnly === true}`,
    ]
  if (nfs)
    return [
      'Type:\tNFS (an NFS mount that lasts the lifetime of a pod)',
      `Server:\t${nfs.server}`,
      `Path:\t${nfs.path}`,
      `ReadOnly:\t${nfs.readOnly === true}`,
    ]
  if (iscsi)
    return [
      "Type:\tISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
      `TargetPortal:\t${iscsi.targetPortal}`,
      `IQN:\t${iscsi.iqn}`,
      `Lun:\t${iscsi.lun}`,
    ]
  if (local) return ['Type:\tLocalVolume (a persistent volume backed by local storage on a node)', `Path:\t${local.path}`]
  if (downwardAPI)
    return [
      'Type:\tDownwardAPI (a volume populated by information about the pod)',
      'Items:',
      ...(downwardAPI.items ?? []).map(
        ({ fieldRef, resourceFieldRef, path }: Json) => `  ${fieldRef?.fieldPath ?? resourceFieldRef?.resource} -> ${path}`,
      ),
    ]
  if (csi) {
    const attributes = csi.volumeAttributes
    return [
      'Type:\tCSI (a Container Storage Interface (CSI) volume source)',
      `Driver:\t${csi.driver}`,
      ...(csi.volumeHandle ? [`FSType:\t${csi.fsType ?? ''}`, `VolumeHandle:\t${csi.volumeHandle}`] : [`FSType:\t${csi.fsType ?? ''}`]),
      `ReadOnly:\t${csi.readOnly === true}`,
      ...mapLines('VolumeAttributes', attributes),
    ]
  }
  if (ephemeral) {
    const { spec } = ephemeral.volumeClaimTemplate
    return [
      'Type:\tEphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)',
      `StorageClass:\t${spec.storageClassName ?? ''}`,
      'Volume:\t',
      'Labels:\t<none>',
      'Annotations:\t<none>',
      `Capacity:\t${''}`,
      `Access Modes:\t${''}`,
      `VolumeMode:\t${spec.volumeMode ?? 'Filesystem'}`,
    ]
  }
  if (image)
    return ['Type:\tImage (a container image or OCI artifact)', `Reference:\t${image.reference}`, `PullPolicy:\t${image.pullPolicy}`]
  if (projected) {
    return [
      'Type:\tProjected (a volume that contains injected data from multiple sources)',
      ...(projected.sources ?? []).flatMap((source: Json) => {
        if (source.secret) return [`SecretName:\t${source.secret.name}`, `Optional:\t${source.secret.optional === true}`]
        if (source.downwardAPI) return ['DownwardAPI:\ttrue']
        if (source.configMap) return [`ConfigMapName:\t${source.configMap.name}`, `Optional:\t${source.configMap.optional === true}`]
        if (source.serviceAccountToken) return [`TokenExpirationSeconds:\t${source.serviceAccountToken.expirationSeconds}`]
        return []
      }),
    ]
  }
  return ['<unknown>']
}

function mapLines(title: string, values: Record<string, string> | undefined): string[] {
  const keys = Object.keys(values ?? {}).sort()
  if (keys.length === 0) return [`${title}:\t<none>`]
  return keys.map((key, index) => `${index === 0 ? `${title}:` : ''}\t${`    ${key}=${values?.[key]}`.trim()}`)
}

export function tolerations(writer: Writer, title: string, list: readonly Json[] | undefined): void {
  if (!list || list.length === 0) return writer.line(0, `${title}:\t<none>`)
  const sorted = [...list].sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : (a.key ?? '') > (b.key ?? '') ? 1 : 0))
  sorted.forEach(({ key = '', value = '', effect = '', operator, tolerationSeconds }, index) => {
    const base = `${key}${value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}`
    const exists = operator === 'Exists' && value === '' ? (base === '' ? 'op=Exists' : ' op=Exists') : ''
    writer.line(
      0,
      `${index === 0 ? `${title}:` : ''}\t${base}${exists}${tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds}s`}`,
    )
  })
}

function spreadConstraints(writer: Writer, list: readonly Json[] | undefined, space: string): void {
  if (!list || list.length === 0) return
  const sorted = [...list].sort((a, b) => (a.topologyKey < b.topologyKey ? -1 : 1))
  sorted.forEach(({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }, index) => {
    const selector = Object.keys(labelSelector?.matchLabels ?? {})
      .sort()
      .map((key) => `${key}=${labelSelector.matchLabels[key]}`)
      .join(',')
    writer.line(
      0,
      `${index === 0 ? `${space}Topology Spread Constraints:` : space}\t${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${labelSelector ? ` for selector ${selector}` : ''}`,
    )
  })
}
