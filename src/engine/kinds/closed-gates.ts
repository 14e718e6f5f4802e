/**
 * Fields of a pod that belong to features which 1.33 has switched off: its server drops them without a word, and with the volume of an image
 * goes every mount of it. What is on by default (`hostUsers`, `procMount`, `supplementalGroupsPolicy`) stays.
 */
import { mapped, withField } from './defaulting.ts'
import type { V1Container, V1PodSpec } from './generated/types.ts'

export function withoutClosedFields(given: V1PodSpec): V1PodSpec {
  let spec = given
  if (spec.resources !== undefined || spec.resourceClaims !== undefined) {
    const { resources: _, resourceClaims: __, ...rest } = spec
    spec = rest
  }
  const images = new Set(spec.volumes?.flatMap(({ name, image }) => (image ? [name] : [])))
  if (images.size > 0) {
    const { volumes = [], ...rest } = spec
    const others = volumes.filter(({ image }) => !image)
    spec = others.length > 0 ? { ...rest, volumes: others } : rest
  }
  const volumes = mapped(spec.volumes, (volume) => {
    if (!volume.projected?.sources?.some(({ clusterTrustBundle }) => clusterTrustBundle)) return volume
    const sources = volume.projected.sources.map(({ clusterTrustBundle: _, ...source }) => source)
    return { ...volume, projected: { ...volume.projected, sources } }
  })
  if (volumes) spec = withField(spec, 'volumes', volumes)
  const change = (container: V1Container) => withoutMountsOf(images, withoutStopSignal(withoutClaims(container)))
  spec = withField(spec, 'containers', mapped(spec.containers, change) ?? [])
  if (spec.initContainers) spec = withField(spec, 'initContainers', mapped(spec.initContainers, change))
  return spec
}

function withoutClaims(container: V1Container): V1Container {
  if (container.resources?.claims === undefined) return container
  const { claims: _, ...resources } = container.resources
  return { ...container, resources }
}

function withoutStopSignal(container: V1Container): V1Container {
  const { lifecycle, ...rest } = container
  if (lifecycle?.stopSignal === undefined) return container
  const { stopSignal: _, ...hooks } = lifecycle
  return Object.keys(hooks).length > 0 ? { ...rest, lifecycle: hooks } : rest
}

function withoutMountsOf(volumes: ReadonlySet<string>, container: V1Container): V1Container {
  const { volumeMounts, ...rest } = container
  if (!volumeMounts?.some(({ name }) => volumes.has(name))) return container
  const others = volumeMounts.filter(({ name }) => !volumes.has(name))
  return others.length > 0 ? { ...rest, volumeMounts: others } : rest
}
