/** What the Docker room shows, derived from Docker's objects: which layers images share, who stands on which image, who hangs on which rail. */
import { containerName, imageName, shortId } from '../causes.ts'
import { shelf, type DockerContainer, type DockerImage, type DockerNetwork, type DockerVolume } from '../objects.ts'
import type { StoreWorld, World } from '../world.ts'

/** A published port: a door in the laptop's wall. */
export interface DoorView {
  readonly id: string
  readonly hostPort: string
  readonly containerPort: string
  readonly container: string
  readonly network: string
}

export interface DockerView {
  readonly containers: readonly { readonly key: string; readonly container: DockerContainer; readonly networks: readonly string[] }[]
  readonly images: readonly { readonly key: string; readonly image: DockerImage; readonly layers: readonly string[] }[]
  readonly networks: readonly { readonly key: string; readonly name: string; readonly network: DockerNetwork | undefined }[]
  readonly volumes: readonly { readonly key: string; readonly volume: DockerVolume; readonly mountedBy: readonly string[] }[]
  readonly doors: readonly DoorView[]
  /** Names that came from a registry. */
  readonly pulled: readonly string[]
}

const remembered = new WeakMap<StoreWorld, DockerView>()

export function dockerView(world: World, store: string): DockerView {
  const at = world.stores.get(store)
  const last = at && remembered.get(at)
  if (last) return last
  const view = derived(world, store)
  if (at) remembered.set(at, view)
  return view
}

/** Rails that nobody hangs on stay away, but the bridge is always there. */
function isWorthARail({ name }: { name: string }, used: ReadonlySet<string>): boolean {
  return used.has(name) || !['host', 'none'].includes(name)
}

function derived(world: World, store: string): DockerView {
  const containers = [...shelf<DockerContainer>(world, store, 'containers')]
    .map(([key, container]) => ({ key, container, networks: networksOf(container) }))
    .sort((a, b) => compared(a.container.Created ?? '', b.container.Created ?? ''))
  const used = new Set(containers.flatMap(({ networks }) => networks))
  const images = [...shelf<DockerImage>(world, store, 'images')].map(([key, image]) => ({ key, image, layers: image.RootFS?.Layers ?? [] }))
  const networks = [...shelf<DockerNetwork>(world, store, 'networks')].map(([key, network]) => ({ key, name: network.Name, network }))
  return {
    containers,
    images: images.sort((a, b) => compared(a.layers.join(' ') || a.key, b.layers.join(' ') || b.key)),
    networks: networks
      .filter((each) => isWorthARail(each, used))
      .sort((a, b) => Number(b.name === 'bridge') - Number(a.name === 'bridge') || compared(a.name, b.name)),
    volumes: [...shelf<DockerVolume>(world, store, 'volumes')].map(([key, volume]) => ({
      key,
      volume,
      mountedBy: containers
        .filter(({ container }) => container.Mounts?.some(({ Type, Name }) => Type === 'volume' && Name === volume.Name))
        .map(({ container }) => containerName(container)),
    })),
    doors: containers.flatMap(({ key, container, networks: own }) => doorsOf(key, container, own[0] ?? 'bridge')),
    pulled: images
      .filter(({ image }) => (image.RepoDigests?.length ?? 0) > 0)
      .map(({ image }) => imageName(image))
      .sort(),
  }
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function networksOf(container: DockerContainer): readonly string[] {
  const named = Object.keys(container.NetworkSettings?.Networks ?? {})
  if (named.length > 0) return named
  const mode = container.HostConfig?.NetworkMode ?? 'bridge'
  return [mode === 'default' ? 'bridge' : mode]
}

/** IPv4 and IPv6 publish the same port twice; it is one door. */
function doorsOf(key: string, container: DockerContainer, network: string): DoorView[] {
  const doors = new Map<string, DoorView>()
  for (const [containerPort, bindings] of Object.entries(container.NetworkSettings?.Ports ?? {})) {
    for (const { HostPort } of bindings ?? [])
      doors.set(HostPort, { id: `${key} ${HostPort}`, hostPort: HostPort, containerPort, container: key, network })
  }
  return [...doors.values()]
}

/** The image a container stands on, by its key; the image may be gone. */
export function imageOf(view: DockerView, container: DockerContainer): string | undefined {
  return view.images.find(({ image }) => image.Id === container.Image || shortId(image.Id) === shortId(container.Image))?.key
}
