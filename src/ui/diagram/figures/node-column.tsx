/**
 * A node as a column with its pods inside. Few pods are tiles with names, more are squares, a crowd is painted on a canvas: what a
 * thousand pods cost is painting.
 */
import { memo } from 'react'
import { Glyph } from '../../app/glyph.tsx'
import { select, useDock, useDrydock, type Subject } from '../../app/state.ts'
import type { Node, Pod } from '../../objects.ts'
import { nodeStatus, podStatus, toneOf } from '../../status.ts'
import { clusterView, type NodeView } from '../cluster-view.ts'
import type { Box } from '../layout.ts'
import { useRoom, useSteps } from '../room.ts'
import { nameOf, type FigureProperties } from './figure.ts'
import { isFound } from './is-found.ts'
import style from './node-column.module.css'
import { PodDots } from './pod-dots.tsx'

export const NodeColumn = memo(function NodeColumn({ data: { box } }: FigureProperties) {
  const drydock = useDrydock()
  const room = useRoom()
  const name = nameOf(box)
  const view = useDock(({ shown, showsSystem }) =>
    clusterView(shown, room, { withSystem: showsSystem }).nodes.find((node) => node.name === name),
  )
  if (!view) return null
  const status = nodeStatus(view.node)
  return (
    <section
      className={`${style.node} ${status.shape === 'failing' ? style.lost : ''} ${box.isCompact ? style.compact : ''}`}
      aria-label={`Node ${name}, ${status.word}`}
    >
      <button className={`${style.head} nopan`} onClick={() => select(drydock, { store: room, resource: 'nodes', key: name })}>
        <b>{name}</b>
        <small>
          {status.shape !== 'running' && <Glyph shape={status.shape} />}
          {status.word}
        </small>
      </button>
      <div className={style.meters}>
        <Meter title="CPU" share={view.cpu} />
        <Meter title="Mem" share={view.memory} />
      </div>
      <Pods view={view} box={box} />
      <div className={style.foot}>
        <Agents node={name} />
        <System pods={view.system} />
      </div>
    </section>
  )
})

function Meter({ title, share }: { readonly title: string; readonly share: number }) {
  const percent = Math.round(share * 100)
  return (
    <span className={style.meter} title={`${percent} % of the ${title === 'CPU' ? 'CPU' : 'memory'} is asked for`}>
      {title}
      <i role="meter" aria-label={`${title} asked for`} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100}>
        <i style={{ transform: `scaleX(${share})` }} />
      </i>
    </span>
  )
}

function Pods({ view: { node, pods, room, detail }, box }: { readonly view: NodeView; readonly box: Box }) {
  if (pods.length === 0 && detail === 'dots') return <div className={style.canvas} />
  if (detail === 'dots') return <PodDots pods={pods} />
  if (detail === 'squares') {
    return (
      <div className={style.squares}>
        {pods.map((pod) => (
          <Square key={pod.metadata.uid} pod={pod} />
        ))}
      </div>
    )
  }
  return (
    <div
      className={`${style.tiles} ${box.isOfLines ? style.lines : ''}`}
      style={{ gridTemplateColumns: `repeat(${box.columns ?? 2}, minmax(0, 1fr))` }}
    >
      {pods.map((pod) => (
        <Tile key={pod.metadata.uid} pod={pod} letters={box.letters ?? 0} />
      ))}
      {room > 0 && <div className={style.slot}>{isKeptFree(node) ? 'kept free by a taint' : `room for ${room}`}</div>}
    </div>
  )
}

function isKeptFree({ spec }: Node): boolean {
  return spec.taints?.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute') ?? false
}

interface PodProperties {
  readonly pod: Pod
}

function keyOf({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`
}

function usePodFocus(pod: Pod): { readonly isSelected: boolean; readonly isFaded: boolean; readonly choose: () => void } {
  const drydock = useDrydock()
  const room = useRoom()
  const key = keyOf(pod)
  const isSelected = useDock(({ subject }) => subject !== undefined && isMeant(subject, pod, key))
  const isFaded = useDock(({ filter }) => filter !== '' && !isFound(pod, filter))
  return { isSelected, isFaded, choose: () => select(drydock, { store: room, resource: 'pods', key }) }
}

/** The Pod itself is looked at, or the workload that it belongs to. */
function isMeant({ resource, key: subject }: Subject, { metadata: { namespace, ownerReferences } }: Pod, key: string): boolean {
  if (resource === 'pods') return subject === key
  const owner = ownerReferences?.[0]
  if (!owner) return false
  const isOfDeployment = resource === 'deployments.apps' && owner.kind === 'ReplicaSet'
  if (!isOfDeployment && !resource.startsWith(`${owner.kind.toLowerCase()}s.`)) return false
  return subject === `${namespace}/${isOfDeployment ? owner.name.replace(/-[a-z0-9]+$/, '') : owner.name}`
}

/** `web-7d4b9c66d-x2k9p` where there is room, else `web` and `…x2k9p`: the hash in the middle is the same for all of a ReplicaSet. */
function shortened(name: string, letters: number): readonly [string, string] {
  const parts = name.length <= letters ? null : /^(.+?)-[a-z0-9]{6,10}-([a-z0-9]{5})$/.exec(name)
  return parts ? [parts[1].slice(0, Math.max(2, letters - parts[2].length - 1)), `…${parts[2]}`] : [name, '']
}

const Tile = memo(function Tile({ pod, letters }: PodProperties & { readonly letters: number }) {
  const { isSelected, isFaded, choose } = usePodFocus(pod)
  const { shape, word } = podStatus(pod)
  const { name } = pod.metadata
  const [stem, tail] = shortened(name, letters)
  const claim = pod.spec.volumes?.find(({ persistentVolumeClaim }) => persistentVolumeClaim)?.persistentVolumeClaim?.claimName
  return (
    <button
      className={`${style.tile} ${style[toneOf(shape)]} ${isSelected ? style.selected : ''} ${isFaded ? style.faded : ''} nopan`}
      title={`${name}: ${word}`}
      aria-label={`${name}: ${word}`}
      onClick={choose}
    >
      <span className={style.row}>
        <Glyph shape={shape} />
        <span className={style.name}>
          <span className={tail ? '' : style.stem}>{stem}</span>
          {tail && <span>{tail}</span>}
        </span>
      </span>
      <small>
        {word}
        {claim && <span className={style.claim}> ⛁ {claim}</span>}
      </small>
    </button>
  )
})

const Square = memo(function Square({ pod }: PodProperties) {
  const { isSelected, isFaded, choose } = usePodFocus(pod)
  const { shape, word } = podStatus(pod)
  const words = `${pod.metadata.name}: ${word}`
  return (
    <button
      className={`${style.square} ${style[toneOf(shape)]} ${isSelected ? style.selected : ''} ${isFaded ? style.faded : ''} nopan`}
      title={words}
      aria-label={words}
      onClick={choose}
    >
      <Glyph shape={shape} />
    </button>
  )
})

/** The Pods that the cluster itself is made of stand small at the foot, so that a broken one is seen; the switch above makes them tiles. */
function System({ pods }: { readonly pods: readonly Pod[] }) {
  if (pods.length === 0) return null
  return (
    <span className={style.system} role="group" aria-label="Pods of the cluster itself">
      system
      {pods.map((pod) => (
        <Square key={pod.metadata.uid} pod={pod} />
      ))}
    </span>
  )
}

const agents = ['kubelet', 'kube-proxy', 'containerd'] as const

/** They light up when they act; containerd does what the kubelet asks. */
function Agents({ node }: { readonly node: string }) {
  const steps = useSteps()
  const acting = steps.findLast((step) => step.node === node)
  const isHot = (agent: (typeof agents)[number]) =>
    acting !== undefined && (acting.component === agent || (agent === 'containerd' && acting.component === 'kubelet'))
  return (
    <div className={style.agents}>
      {agents.map((agent) => (
        <span key={agent} className={isHot(agent) ? style.hot : ''}>
          {agent}
          {agent === acting?.component && <i className={style.number}>{acting.number}</i>}
        </span>
      ))}
    </div>
  )
}
