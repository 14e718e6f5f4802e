/**
 * What a hint points at: an object, written `deployment/kubia` or `container/web`, or a part of the page. A hint that names nothing
 * points at what its step's command names, so most lessons need not say it.
 */
import type { Hint } from '../../worker/messages.ts'
import { select, type Drydock, type Subject } from '../app/state.ts'
import { containerName } from '../causes.ts'
import type { DockerContainer, DockerImage } from '../objects.ts'
import type { World } from '../world.ts'

const panes = ['picture', 'terminal', 'editor', 'events', 'logs', 'browser', 'lesson'] as const
export type Pane = (typeof panes)[number]

/** By what kubectl and docker call them. */
const resources: Readonly<Record<string, string>> = {
  container: 'containers',
  image: 'images',
  network: 'networks',
  volume: 'volumes',
  pod: 'pods',
  po: 'pods',
  service: 'services',
  svc: 'services',
  node: 'nodes',
  no: 'nodes',
  deployment: 'deployments.apps',
  deploy: 'deployments.apps',
  replicaset: 'replicasets.apps',
  rs: 'replicasets.apps',
  statefulset: 'statefulsets.apps',
  sts: 'statefulsets.apps',
  daemonset: 'daemonsets.apps',
  ds: 'daemonsets.apps',
  job: 'jobs.batch',
  cronjob: 'cronjobs.batch',
  ingress: 'ingresses.networking.k8s.io',
  pvc: 'persistentvolumeclaims',
  configmap: 'configmaps',
  cm: 'configmaps',
  secret: 'secrets',
}
/** What is drawn comes first. */
const looked = ['containers', 'pods', 'services', 'deployments.apps', 'statefulsets.apps', 'images', 'volumes', 'networks', 'nodes']

export function pointOf(world: World, { text, points }: Hint, command: string): Subject | Pane {
  const pane = panes.find((name) => name === points)
  if (pane) return pane
  const [kind, name] = points?.split('/') ?? []
  const named = name !== undefined && resources[kind.toLowerCase()] ? objectNamed(world, resources[kind.toLowerCase()], name) : undefined
  if (named) return named
  const words = `${command} ${text}`.split(/[\s`'",/=:]+/).filter((word) => word.length > 1)
  for (const [at, word] of words.entries()) {
    const resource = resources[words[at - 1]?.toLowerCase()]
    const found = resource && objectNamed(world, resource, word)
    if (found) return found
  }
  for (const resource of looked)
    for (const word of words) {
      const found = objectNamed(world, resource, word)
      if (found) return found
    }
  return words.some((word) => /\.(ya?ml|js|json|conf|py)$|^Dockerfile$/.test(word)) ? 'editor' : 'terminal'
}

function objectNamed(world: World, resource: string, name: string): Subject | undefined {
  for (const [store, { resources }] of world.stores)
    for (const [key, object] of resources.get(resource) ?? [])
      if (namesOf(resource, key, object).includes(name)) return { store, resource, key }
  return undefined
}

function namesOf(resource: string, key: string, object: object): readonly string[] {
  if (resource === 'containers') return [containerName(object as DockerContainer)]
  if (resource === 'images') return ((object as DockerImage).RepoTags ?? []).flatMap((tag) => [tag, tag.replace(/:.*$/, '')])
  return [key.split('/').at(-1) ?? key, 'Name' in object ? String(object.Name) : '']
}

/** Selects the object in its room, or lifts the part of the page out for a moment. */
export function pointAt(drydock: Drydock, at: Subject | Pane): void {
  const { store } = drydock
  if (typeof at !== 'string') {
    select(drydock, at)
    store.setState({ room: at.store })
    return
  }
  if (at === 'events' || at === 'logs' || at === 'browser') store.setState({ dock: at })
  const root = document.documentElement
  root.dataset.pointed = at === 'events' || at === 'logs' || at === 'browser' ? 'terminal' : at
  setTimeout(() => delete root.dataset.pointed, pointedMs)
}

const pointedMs = 4_000
