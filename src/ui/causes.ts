/**
 * What just happened, told in one sentence each, and because of what. A note is an entry worth telling; the notes that go back to the
 * same command are one story, whose steps are numbered and stand at the component that did them.
 *
 * Sentences are text with `code` and **names** marked; `ui/app/sentence.tsx` draws them.
 */
import type { FrameEntry, TypedCommand } from '../worker/messages.ts'
import type { ApiObject, DockerContainer, DockerImage, DockerNetwork, KubernetesEvent, Node, Pod, Replicated } from './objects.ts'
import { containerStatus, isReady, nodeStatus, podStatus } from './status.ts'

/** Where in the picture something was done. `kubelet` and the like stand on a node. */
export type Component = 'you' | 'api' | 'etcd' | 'controllers' | 'scheduler' | 'kubelet' | 'kube-proxy' | 'docker'

export interface Note {
  readonly position: number
  readonly at: number
  readonly kind: 'command' | 'event' | 'failure'
  readonly component: Component
  /** The node that a kubelet or kube-proxy stands on. */
  readonly node: string
  readonly store: string
  readonly revision: number
  readonly resource: string
  readonly key: string
  /** What was done, the same for every object of a kind: notes of a story that share it are one step. */
  readonly deed: string
  readonly sentence: string
  /** Names the story this belongs to. */
  readonly story: string
}

export interface Step {
  readonly number: number
  readonly component: Component
  readonly node: string
  readonly sentence: string
  readonly position: number
}

interface Told {
  readonly kind?: 'failure'
  readonly deed: string
  readonly sentence: string
}

/** The oldest half is forgotten when there are more notes, or more entries whose story is known. */
const notesKept = 20_000
const storiesKept = 100_000

/** Collects notes in the order of the entries, and knows which story each entry belongs to. */
export class Notes {
  all: Note[] = []
  readonly #stories = new Map<string, string>()
  #command = ''

  /** Whether the entry was worth a note. */
  add({ entry, position, previous }: { entry: FrameEntry; position: number; previous: object | undefined }): boolean {
    if (entry.store === 'session') return this.#addCommand(entry, position, previous)
    const story = this.#storyOf(entry)
    const told = entry.store.startsWith('docker/') ? dockerTold(entry, previous) : clusterTold(entry, previous)
    if (!told) return false
    const { component, node } = actorOf(entry)
    if (this.all.length >= notesKept) this.all = this.all.slice(notesKept / 2)
    this.all.push({
      position,
      at: entry.at,
      kind: told.kind ?? 'event',
      component,
      node,
      store: entry.store,
      revision: entry.revision,
      resource: entry.resource,
      key: entry.key,
      deed: `${component} ${told.deed}`,
      sentence: told.sentence,
      story,
    })
    return true
  }

  clear(): void {
    this.all = []
    this.#stories.clear()
    this.#command = ''
  }

  #addCommand(entry: FrameEntry, position: number, previous: object | undefined): boolean {
    if (entry.resource !== 'commands' || entry.object === null) return false
    const { line, exitCode } = entry.object as TypedCommand
    const story = `command ${entry.key}`
    if (previous === undefined) {
      this.#command = story
      this.all.push(this.#note(entry, position, { story, kind: 'command', sentence: `You typed \`${clipped(line)}\`.` }))
      return true
    }
    // Ctrl C is how one leaves `logs -f` and `get -w`.
    if (exitCode === undefined || exitCode === 0 || exitCode === 130) return false
    this.all.push(
      this.#note(entry, position, { story, kind: 'failure', sentence: `\`${clipped(line)}\` ended with exit code ${exitCode}.` }),
    )
    return true
  }

  #note(entry: FrameEntry, position: number, { story, kind, sentence }: { story: string; kind: Note['kind']; sentence: string }): Note {
    return {
      position,
      at: entry.at,
      kind,
      component: 'you',
      node: '',
      store: entry.store,
      revision: entry.revision,
      resource: entry.resource,
      key: entry.key,
      deed: `you ${kind}`,
      sentence,
      story,
    }
  }

  /** The cause's story; without a cause, that of the command that runs when a person's tool wrote it, or one of its own. */
  #storyOf(entry: FrameEntry): string {
    const own = `${entry.store} ${entry.revision}`
    const caused = entry.because === 0 ? undefined : this.#stories.get(`${entry.store} ${entry.because}`)
    const story = caused ?? (isPersonsTool(entry) && this.#command !== '' ? this.#command : own)
    this.#stories.set(own, story)
    if (this.#stories.size > storiesKept) for (const old of [...this.#stories.keys()].slice(0, storiesKept / 2)) this.#stories.delete(old)
    return story
  }
}

/** The numbered steps of the story that the note at `position` or the last one before it belongs to. */
export function stepsAt(notes: readonly Note[], position: number): { readonly steps: readonly Step[]; readonly current: number } {
  const last = lastBefore(notes, position)
  if (last < 0) return { steps: [], current: 0 }
  const note = notes[last]
  const steps: Step[] = []
  const numbers = new Map<string, number>()
  let current = 1
  for (const each of notesOfStory(notes, note.story, last)) {
    if (each.component === 'you' && each.kind === 'command') continue
    if (each.component === 'api') {
      put(steps, numbers, each, 'api')
      put(
        steps,
        numbers,
        { ...each, component: 'etcd', sentence: `**etcd** stored ${thingOf(each)} as revision ${each.revision}.` },
        'etcd',
      )
    } else put(steps, numbers, each, each.deed)
    if (each.position <= note.position) current = Math.max(current, numbers.get(each.component === 'api' ? 'etcd' : each.deed) ?? 1)
  }
  if (steps.length === 0)
    return {
      steps: [{ number: 1, component: note.component, node: note.node, sentence: note.sentence, position: note.position }],
      current: 1,
    }
  const present = note.component === 'api' ? current : (numbers.get(note.deed) ?? current)
  return { steps, current: present }
}

/** `created Service` of `default/web` is Service `web`. */
function thingOf({ deed, key }: Note): string {
  return `${deed.split(' ').at(-1)} \`${key.slice(key.lastIndexOf('/') + 1)}\``
}

function put(steps: Step[], numbers: Map<string, number>, note: Note, deed: string): void {
  const number = numbers.get(deed)
  const step = { component: note.component, node: note.node, sentence: note.sentence, position: note.position }
  if (number === undefined) {
    numbers.set(deed, steps.length + 1)
    steps.push({ ...step, number: steps.length + 1 })
  } else steps[number - 1] = { ...step, number }
}

/** Stories rarely reach further than this many notes from one of theirs. */
const notesSearched = 400

function notesOfStory(notes: readonly Note[], story: string, around: number): Note[] {
  return notes.slice(Math.max(0, around - notesSearched), around + notesSearched).filter((note) => note.story === story)
}

/** Index of the last note of an entry before `position`; -1 when there is none. */
export function lastBefore(notes: readonly Note[], position: number): number {
  let low = 0
  let high = notes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (notes[middle].position < position) low = middle + 1
    else high = middle
  }
  return low - 1
}

function actorOf({ store, by }: FrameEntry): { component: Component; node: string } {
  if (store.startsWith('docker/')) return { component: 'docker', node: '' }
  const node = / on (\S+)$/.exec(by)?.[1] ?? ''
  if (by.startsWith('kubelet')) return { component: 'kubelet', node }
  if (by.startsWith('kube-proxy')) return { component: 'kube-proxy', node }
  if (/scheduler/.test(by)) return { component: 'scheduler', node: '' }
  if (/controller|collector|endpoints|endpointslice/.test(by)) return { component: 'controllers', node: '' }
  return { component: 'api', node: '' }
}

function isPersonsTool(entry: FrameEntry): boolean {
  const { component } = actorOf(entry)
  return component === 'api' || component === 'docker'
}

/** Written all the time and telling nothing. */
const quietResources = new Set([
  'leases.coordination.k8s.io',
  'endpoints',
  'endpointslices.discovery.k8s.io',
  'controllerrevisions.apps',
  'events.events.k8s.io',
])

function clusterTold(entry: FrameEntry, previous: object | undefined): Told | undefined {
  const object = (entry.object ?? previous) as ApiObject | undefined
  if (!object || quietResources.has(entry.resource)) return undefined
  if (entry.resource === 'events') return eventTold(object as KubernetesEvent, previous)
  const thing = `${object.kind} \`${object.metadata.name}\``
  const who = whoOf(entry)
  if (entry.object === null) return { deed: `removed ${object.kind}`, sentence: `${who} removed ${thing}.` }
  if (entry.resource === 'pods') return podTold(entry, object as Pod, previous as Pod | undefined, who)
  if (entry.resource === 'nodes') return nodeTold(object as Node, previous as Node | undefined, who)
  if (previous === undefined) return { deed: `created ${object.kind}`, sentence: createdSentence(entry, object, who) }
  const before = previous as ApiObject
  if (object.metadata.deletionTimestamp && !before.metadata.deletionTimestamp)
    return { deed: `deleting ${object.kind}`, sentence: `${who} asked for ${thing} to be deleted.` }
  const wanted = (object as Replicated).spec?.replicas
  const wantedBefore = (before as Replicated).spec?.replicas
  if (wanted !== wantedBefore && wanted !== undefined)
    return {
      deed: `scaled ${object.kind}`,
      sentence: `${who} set ${thing} to ${wanted} replica${wanted === 1 ? '' : 's'}, it was ${wantedBefore ?? 0}.`,
    }
  if (
    actorOf(entry).component === 'api' &&
    'spec' in object &&
    'spec' in before &&
    object.spec !== before.spec &&
    JSON.stringify(object.spec) !== JSON.stringify(before.spec)
  ) {
    return { deed: `changed ${object.kind}`, sentence: `${who} changed ${thing}.` }
  }
  if ('data' in object && 'data' in before && JSON.stringify(object.data) !== JSON.stringify(before.data))
    return { deed: `changed ${object.kind}`, sentence: `${who} changed ${thing}.` }
  return undefined
}

function createdSentence(entry: FrameEntry, object: ApiObject, who: string): string {
  const thing = `${object.kind} \`${object.metadata.name}\``
  const wanted = (object as Replicated).spec?.replicas
  if (actorOf(entry).component === 'api')
    return `You asked the **API server** for ${thing}${wanted === undefined ? '' : `: ${wanted} replica${wanted === 1 ? '' : 's'}`}.`
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller)
  return owner ? `${who} created ${thing} for ${owner.kind} \`${owner.name}\`.` : `${who} created ${thing}.`
}

function podTold(entry: FrameEntry, pod: Pod, previous: Pod | undefined, who: string): Told | undefined {
  const name = `\`${pod.metadata.name}\``
  if (!previous) return { deed: 'created Pod', sentence: createdSentence(entry, pod, who) }
  if (pod.metadata.deletionTimestamp && !previous.metadata.deletionTimestamp) {
    return actorOf(entry).component === 'api'
      ? { deed: 'deleting Pod', sentence: `You asked the **API server** to delete Pod ${name}.` }
      : { deed: 'deleting Pod', sentence: `${who} asked for Pod ${name} to be deleted.` }
  }
  if (pod.spec.nodeName && !previous.spec.nodeName)
    return { deed: 'placed Pod', sentence: `${who} put ${name} on **${pod.spec.nodeName}**.` }
  const status = podStatus(pod)
  const before = podStatus(previous)
  if (status.shape === 'failing' && (before.shape !== 'failing' || before.word !== status.word))
    return { kind: 'failure', deed: 'failing Pod', sentence: `${who} reports ${name}: ${status.word}.` }
  if (isReady(pod) && !isReady(previous)) return { deed: 'ready Pod', sentence: `${who} reports ${name} ready.` }
  if (!isReady(pod) && isReady(previous) && status.shape !== 'ending')
    return { deed: 'unready Pod', sentence: `${who} reports ${name} no longer ready.` }
  if (status.word === before.word) return undefined
  if (status.shape === 'completed') return { deed: 'completed Pod', sentence: `${name} has run to its end.` }
  if (status.word === 'Creating' || status.word === 'Starting')
    return { deed: 'starting Pod', sentence: `${who} is getting ${name} its image and its container.` }
  return undefined
}

function nodeTold(node: Node, previous: Node | undefined, who: string): Told | undefined {
  const name = `**${node.metadata.name}**`
  if (!previous) return { deed: 'joined Node', sentence: `${name} joined the cluster.` }
  const status = nodeStatus(node)
  const before = nodeStatus(previous)
  if (status.word === before.word) return undefined
  if (node.spec.unschedulable !== previous.spec.unschedulable)
    return { deed: 'cordon Node', sentence: `${name} ${node.spec.unschedulable ? 'takes no new Pods' : 'takes Pods again'}.` }
  return status.shape === 'failing'
    ? { kind: 'failure', deed: 'lost Node', sentence: `${who} has not heard from ${name}: ${status.word}.` }
    : { deed: 'ready Node', sentence: `${name} is ready.` }
}

/** Ordinary events repeat what the objects tell; warnings are told. */
function eventTold(event: KubernetesEvent, previous: object | undefined): Told | undefined {
  if (event.type !== 'Warning' || previous !== undefined) return undefined
  const { kind = '', name = '' } = event.involvedObject ?? {}
  return {
    kind: 'failure',
    deed: `warned ${event.reason}`,
    sentence: `${kind} \`${name}\`: ${clipped(event.message ?? event.reason ?? '')}`,
  }
}

function whoOf(entry: FrameEntry): string {
  const { component, node } = actorOf(entry)
  switch (component) {
    case 'kubelet':
      return node ? `**kubelet** on **${node}**` : '**kubelet**'
    case 'kube-proxy':
      return `**kube-proxy** on **${node}**`
    case 'scheduler':
      return '**Scheduler**'
    case 'controllers':
      return `**${controllerName(entry.by)}**`
    default:
      return 'You'
  }
}

/** `replicaset-controller` reads `ReplicaSet controller`. */
export function controllerName(by: string): string {
  const words: Readonly<Record<string, string>> = {
    replicaset: 'ReplicaSet',
    deployment: 'Deployment',
    statefulset: 'StatefulSet',
    daemonset: 'DaemonSet',
    job: 'Job',
    cronjob: 'CronJob',
    endpoint: 'Endpoints',
    endpointslice: 'EndpointSlice',
  }
  const text = by.replace(/-/g, ' ').replace(/^\S+/, (word) => words[word] ?? word[0].toUpperCase() + word.slice(1))
  return text
}

function dockerTold(entry: FrameEntry, previous: object | undefined): Told | undefined {
  switch (entry.resource) {
    case 'images':
      return imageTold(entry.object as DockerImage | null, previous as DockerImage | undefined)
    case 'containers':
      return containerTold(entry.object as DockerContainer | null, previous as DockerContainer | undefined)
    case 'networks': {
      const network = (entry.object ?? previous) as DockerNetwork
      if (entry.object !== null && previous !== undefined) return undefined
      return {
        deed: `network ${entry.object === null}`,
        sentence: `**Docker** ${entry.object === null ? 'removed' : 'laid'} network \`${network.Name}\`.`,
      }
    }
    case 'volumes': {
      if (entry.object !== null && previous !== undefined) return undefined
      return {
        deed: `volume ${entry.object === null}`,
        sentence: `**Docker** ${entry.object === null ? 'removed' : 'made'} volume \`${shortId(entry.key)}\`.`,
      }
    }
    default:
      return undefined
  }
}

function imageTold(image: DockerImage | null, previous: DockerImage | undefined): Told | undefined {
  if (image === null) return previous && { deed: 'removed image', sentence: `**Docker** removed image \`${imageName(previous)}\`.` }
  const tags = image.RepoTags ?? []
  const fresh = tags.filter((tag) => !(previous?.RepoTags ?? []).includes(tag))
  if (!previous) {
    const layers = image.RootFS?.Layers?.length ?? 0
    const pulled = (image.RepoDigests?.length ?? 0) > 0
    return {
      deed: 'new image',
      sentence: `**Docker** ${pulled ? 'pulled' : 'built'} image \`${imageName(image)}\`: ${layers} layer${layers === 1 ? '' : 's'}.`,
    }
  }
  return fresh.length > 0 ? { deed: 'tagged image', sentence: `**Docker** gave the image another name, \`${fresh[0]}\`.` } : undefined
}

function containerTold(container: DockerContainer | null, previous: DockerContainer | undefined): Told | undefined {
  if (container === null)
    return (
      previous && {
        deed: 'removed container',
        sentence: `**Docker** removed container \`${containerName(previous)}\` and its writable layer.`,
      }
    )
  const name = `\`${containerName(container)}\``
  if (!previous)
    return { deed: 'created container', sentence: `**Docker** created container ${name} from image \`${container.Config.Image}\`.` }
  const status = containerStatus(container)
  if (container.State.Status === previous.State.Status && status.word === containerStatus(previous).word) return undefined
  switch (container.State.Status) {
    case 'running': {
      if (previous.State.Status === 'paused') return { deed: 'unpaused', sentence: `**Docker** let ${name} go on.` }
      if (previous.State.Status === 'running')
        return {
          deed: `health ${status.word}`,
          ...(status.shape === 'failing' ? { kind: 'failure' as const } : {}),
          sentence: `${name} is ${status.word}.`,
        }
      const command = [container.Path ?? '', ...(container.Args ?? [])].join(' ').trim()
      return {
        deed: 'started container',
        sentence: `**Docker** started ${name}${command ? `: its process 1 is \`${clipped(command)}\`` : ''}.`,
      }
    }
    case 'exited':
      return status.shape === 'failing'
        ? {
            kind: 'failure',
            deed: 'exited',
            sentence: `${name} ${status.word.startsWith('out') ? 'ran out of memory' : `ended with exit code ${container.State.ExitCode}`}.`,
          }
        : { deed: 'exited', sentence: `${name} has run to its end; it keeps its writable layer until it is removed.` }
    case 'paused':
      return { deed: 'paused', sentence: `**Docker** froze the processes of ${name}.` }
    default:
      return { deed: container.State.Status, sentence: `${name} is ${status.word}.` }
  }
}

export function containerName({ Name, Id }: { readonly Name: string; readonly Id: string }): string {
  return Name.replace(/^\//, '') || shortId(Id)
}

export function imageName(image: DockerImage): string {
  return image.RepoTags?.[0] ?? image.RepoDigests?.[0]?.split('@')[0] ?? shortId(image.Id)
}

export function shortId(id: string): string {
  const bare = id.replace(/^sha256:/, '')
  return /^[0-9a-f]{64}$/.test(bare) ? bare.slice(0, 12) : bare
}

function clipped(text: string): string {
  const line = text.split('\n')[0].replaceAll('`', "'")
  return line.length > 80 ? `${line.slice(0, 79)}…` : line
}
