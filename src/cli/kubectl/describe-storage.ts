/**
 * `kubectl describe` of claims, volumes and storage classes.
 */
import { volumeLines } from './describe-pods.ts'
import { type Events, Writer, bool, head, longTime, mapText, tags } from './describe-writer.ts'
import type { Json } from './json.ts'

const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

function modes(list: readonly string[] | undefined): string {
  return [...new Set(list ?? [])].map((mode) => shortModes[mode] ?? mode).join(',')
}

export function describeClaim(writer: Writer, claim: Json, pods: readonly Json[], events: Events): void {
  const { metadata, spec, status = {} } = claim
  head(writer, claim)
  writer.line(0, `StorageClass:\t${metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? ''}`)
  writer.line(
    0,
    metadata.deletionTimestamp
      ? `Status:\tTerminating (lasts ${writer.age(metadata.deletionTimestamp)})`
      : `Status:\t${status.phase ?? ''}`,
  )
  writer.line(0, `Volume:\t${spec.volumeName ?? ''}`)
  tags(writer, claim)
  writer.line(0, `Finalizers:\t[${(metadata.finalizers ?? []).join(' ')}]`)
  const isBound = Boolean(spec.volumeName)
  writer.line(0, `Capacity:\t${isBound ? (status.capacity?.storage ?? '') : ''}`)
  writer.line(0, `Access Modes:\t${isBound ? modes(status.accessModes) : ''}`)
  if (spec.volumeMode) writer.line(0, `VolumeMode:\t${spec.volumeMode}`)
  if (spec.dataSource) {
    writer.line(0, 'DataSource:')
    if (spec.dataSource.apiGroup) writer.line(1, `APIGroup:\t${spec.dataSource.apiGroup}`)
    writer.line(1, `Kind:\t${spec.dataSource.kind}`)
    writer.line(1, `Name:\t${spec.dataSource.name}`)
  }
  const users = pods.map((pod) => pod.metadata.name)
  if (users.length === 0) writer.line(0, 'Used By:\t<none>')
  users.forEach((name, index) => writer.line(0, `${index === 0 ? 'Used By:' : ''}\t${name}`))
  if (status.conditions?.length > 0) {
    writer.raw('Conditions:\n  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n')
    writer.line(1, '----\t------\t-----------------\t------------------\t------\t-------')
    for (const found of status.conditions)
      writer.line(
        1,
        `${found.type} \t${found.status} \t${longTime(found.lastProbeTime)} \t${longTime(found.lastTransitionTime)} \t${found.reason ?? ''} \t${found.message ?? ''}`,
      )
  }
  writer.events(events)
}

export function describeVolume(writer: Writer, volume: Json, events: Events): void {
  const { metadata, spec, status = {} } = volume
  head(writer, volume, false)
  tags(writer, volume)
  writer.line(0, `Finalizers:\t[${(metadata.finalizers ?? []).join(' ')}]`)
  writer.line(0, `StorageClass:\t${spec.storageClassName ?? ''}`)
  writer.line(
    0,
    metadata.deletionTimestamp
      ? `Status:\tTerminating (lasts ${writer.age(metadata.deletionTimestamp)})`
      : `Status:\t${status.phase ?? ''}`,
  )
  writer.line(0, spec.claimRef ? `Claim:\t${spec.claimRef.namespace}/${spec.claimRef.name}` : 'Claim:\t')
  writer.line(0, `Reclaim Policy:\t${spec.persistentVolumeReclaimPolicy ?? ''}`)
  writer.line(0, `Access Modes:\t${modes(spec.accessModes)}`)
  if (spec.volumeMode) writer.line(0, `VolumeMode:\t${spec.volumeMode}`)
  writer.line(0, `Capacity:\t${spec.capacity?.storage ?? ''}`)
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms
  if (!terms) writer.line(0, 'Node Affinity:\t<none>')
  else {
    writer.line(0, 'Node Affinity:\t')
    writer.line(1, `Required Terms:\t${terms.length === 0 ? '<none>' : ''}`)
    terms.forEach((term: Json, index: number) => {
      const texts = (term.matchExpressions ?? []).map(({ key, operator, values = [] }: Json) =>
        values.length > 0 ? `${key} ${operator.toLowerCase()} [${values.join(', ')}]` : `${key} ${operator.toLowerCase()}`,
      )
      if (texts.length === 0) writer.line(2, `Term ${index}:\t<none>`)
      texts.forEach((text: string, place: number) => writer.line(2, `${place === 0 ? `Term ${index}:` : ''}\t${text}`))
    })
  }
  writer.line(0, `Message:\t${status.message ?? ''}`)
  writer.line(0, 'Source:')
  for (const line of volumeLines(spec)) writer.line(2, line)
  writer.events(events)
}

export function describeStorageClass(writer: Writer, storage: Json, events: Events): void {
  const { metadata } = storage
  writer.line(0, `Name:\t${metadata.name}`)
  writer.line(0, `IsDefaultClass:\t${metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ? 'Yes' : 'No'}`)
  writer.line(0, `Annotations:\t${storageAnnotations(metadata.annotations)}`)
  writer.line(0, `Provisioner:\t${storage.provisioner}`)
  writer.line(0, `Parameters:\t${mapText(storage.parameters)}`)
  writer.line(0, `AllowVolumeExpansion:\t${storage.allowVolumeExpansion === undefined ? '<unset>' : bool(storage.allowVolumeExpansion)}`)
  if (!storage.mountOptions?.length) writer.line(0, 'MountOptions:\t<none>')
  else {
    writer.line(0, 'MountOptions:')
    for (const option of storage.mountOptions) writer.line(1, option)
  }
  if (storage.reclaimPolicy) writer.line(0, `ReclaimPolicy:\t${storage.reclaimPolicy}`)
  if (storage.volumeBindingMode) writer.line(0, `VolumeBindingMode:\t${storage.volumeBindingMode}`)
  writer.events(events)
}

function storageAnnotations(annotations: Record<string, string> | undefined): string {
  return mapText(annotations)
}
