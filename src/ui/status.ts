/**
 * The state of a thing as the page shows it everywhere: a shape, a word, and a tone. The words for pods are those of `kubectl get
 * pods`; the shape never depends on colour alone.
 */
import type { ContainerStatus, DockerContainer, Node, Pod } from './objects.ts'

/** `running` check disc, `starting` half disc, `waiting` dashed ring, `failing` triangle, `completed` outlined check, `ending` cross, `paused` bars. */
export type Shape = 'running' | 'starting' | 'waiting' | 'failing' | 'completed' | 'ending' | 'paused'
export type Tone = 'ok' | 'progress' | 'idle' | 'bad'

export interface Status {
  readonly shape: Shape
  readonly word: string
}

const tones: Readonly<Record<Shape, Tone>> = {
  running: 'ok',
  starting: 'progress',
  waiting: 'idle',
  failing: 'bad',
  completed: 'idle',
  ending: 'idle',
  paused: 'progress',
}

export function toneOf(shape: Shape): Tone {
  return tones[shape]
}

const failingReasons = new Set([
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'StartError',
  'ContainerCannotRun',
  'Error',
  'OOMKilled',
  'Evicted',
  'Failed',
  'DeadlineExceeded',
  'NodeLost',
  'UnexpectedAdmissionError',
])

/** As `kubectl get pods` prints it in its STATUS column. */
function podWord(pod: Pod): string {
  const status = pod.status
  let word = status?.reason || status?.phase || 'Pending'
  const initial = pod.spec.initContainers ?? []
  let initializing = false
  for (const [index, container] of (status?.initContainerStatuses ?? []).entries()) {
    const { terminated, waiting } = container.state ?? {}
    if (terminated?.exitCode === 0) continue
    if (initial[index]?.restartPolicy === 'Always' && container.started) continue
    if (terminated) word = `Init:${terminated.reason || `ExitCode:${terminated.exitCode}`}`
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') word = `Init:${waiting.reason}`
    else word = `Init:${index}/${initial.length}`
    initializing = true
    break
  }
  if (!initializing) {
    let hasRunning = false
    for (const container of [...(status?.containerStatuses ?? [])].reverse()) {
      const { terminated, waiting, running } = container.state ?? {}
      if (waiting?.reason) word = waiting.reason
      else if (terminated)
        word = terminated.reason || (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`)
      else if (running && container.ready) hasRunning = true
    }
    if (word === 'Completed' && hasRunning) word = isReady(pod) ? 'Running' : 'NotReady'
  }
  if (pod.metadata.deletionTimestamp) return status?.reason === 'NodeLost' ? 'Unknown' : 'Terminating'
  return word
}

const statuses = new WeakMap<Pod, Status>()

/** Worked out once for each pod as it is: of a thousand that are drawn, few have changed. */
export function podStatus(pod: Pod): Status {
  const status = statuses.get(pod) ?? statusOf(pod)
  statuses.set(pod, status)
  return status
}

function statusOf(pod: Pod): Status {
  const word = podWord(pod)
  if (word === 'Terminating') return { shape: 'ending', word }
  const restarts = restartsOf(pod)
  if (word === 'CrashLoopBackOff') return { shape: 'failing', word: `Crash loop ×${restarts}` }
  const reason = word.replace(/^Init:/, '')
  if (failingReasons.has(reason) || /^(ExitCode|Signal):/.test(reason)) return { shape: 'failing', word }
  if (word === 'Completed' || word === 'Succeeded') return { shape: 'completed', word: 'Completed' }
  if (word === 'Running') return isReady(pod) ? { shape: 'running', word } : { shape: 'starting', word: 'Not ready' }
  if (word === 'Pending') return pod.spec.nodeName ? { shape: 'starting', word: 'Starting' } : { shape: 'waiting', word: 'Pending' }
  if (word === 'ContainerCreating') return { shape: 'starting', word: 'Creating' }
  if (word === 'Unknown') return { shape: 'failing', word }
  return { shape: 'starting', word }
}

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
}

export function restartsOf(pod: Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce((sum, container) => sum + container.restartCount, 0)
}

export function readyContainers(statuses: readonly ContainerStatus[] | undefined): number {
  return (statuses ?? []).filter(({ ready }) => ready).length
}

export function nodeStatus(node: Node): Status {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status
  const word = ready === 'True' ? 'Ready' : 'NotReady'
  if (node.spec.unschedulable) return { shape: ready === 'True' ? 'paused' : 'failing', word: `${word}, cordoned` }
  return { shape: ready === 'True' ? 'running' : 'failing', word }
}

export function containerStatus({ State }: DockerContainer): Status {
  const health = State.Health?.Status
  switch (State.Status) {
    case 'running':
      if (health === 'unhealthy') return { shape: 'failing', word: 'running, unhealthy' }
      return health === 'starting' ? { shape: 'starting', word: 'running, health: starting' } : { shape: 'running', word: 'running' }
    case 'created':
      return { shape: 'waiting', word: 'created' }
    case 'paused':
      return { shape: 'paused', word: 'paused' }
    case 'restarting':
      return { shape: 'starting', word: 'restarting' }
    case 'removing':
      return { shape: 'ending', word: 'removing' }
    case 'dead':
      return { shape: 'failing', word: 'dead' }
    default: {
      const code = State.ExitCode ?? 0
      if (code === 0) return { shape: 'completed', word: 'exited (0)' }
      return { shape: 'failing', word: State.OOMKilled ? `out of memory (${code})` : `exited (${code})` }
    }
  }
}
