/** The control plane: three that think stand on the API server, because all talk only to it. */
import { CalendarCheck, Database, RefreshCw, Server, type LucideIcon } from 'lucide-react'
import { memo } from 'react'
import { useShallow } from 'zustand/shallow'
import { Glyph } from '../../app/glyph.tsx'
import { select, useDock, useDrydock } from '../../app/state.ts'
import type { Component } from '../../causes.ts'
import { podStatus } from '../../status.ts'
import { clusterView } from '../cluster-view.ts'
import { useRoom, useSteps } from '../room.ts'
import style from './control-plane.module.css'
import type { FigureProperties } from './figure.ts'

const pluralOf = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`

export const ControlPlane = memo(function ControlPlane({ data: { box } }: FigureProperties) {
  const room = useRoom()
  const { revision, wanted, seen, placed, waitingCount } = useDock(
    useShallow(({ shown, showsSystem }) => {
      const view = clusterView(shown, room, { withSystem: showsSystem })
      return { revision: view.revision, wanted: view.wanted, seen: view.seen, placed: view.placed, waitingCount: view.waiting.length }
    }),
  )
  return (
    <section className={`${style.plane} ${box.isCompact ? style.compact : ''}`} aria-label="Control plane">
      <header className={style.head}>
        <h2>Control plane</h2>
        <SystemSwitch />
        <span className={style.space} />
        <Tray />
      </header>
      <div className={style.grid}>
        <Part component="etcd" Icon={Database} title="etcd" words={`revision ${revision}`} />
        <Part
          component="controllers"
          Icon={RefreshCw}
          title="Controller manager"
          words={wanted === 0 && seen === 0 ? 'nothing to do' : `want ${wanted}, see ${seen}`}
        />
        <Part
          component="scheduler"
          Icon={CalendarCheck}
          title="Scheduler"
          words={waitingCount > 0 ? `${pluralOf(waitingCount, 'Pod')} waiting` : `${pluralOf(placed, 'Pod')} placed`}
        />
        <Part component="api" Icon={Server} title="API server" words="everyone talks only to the API server" />
      </div>
    </section>
  )
})

function Part({
  component,
  Icon,
  title,
  words,
}: {
  readonly component: Component
  readonly Icon: LucideIcon
  readonly title: string
  readonly words: string
}) {
  const steps = useSteps()
  const step = steps.findLast((each) => each.component === component)
  return (
    <div className={`${style.part} ${component === 'api' ? style.api : ''} ${step ? style.active : ''}`}>
      <Icon aria-hidden />
      <b>{title}</b>
      <small>{words}</small>
      {step && (
        <span className={style.number} title={`step ${step.number}`}>
          {step.number}
        </span>
      )}
    </div>
  )
}

function SystemSwitch() {
  const { store } = useDrydock()
  const showsSystem = useDock(({ showsSystem }) => showsSystem)
  return (
    <button
      className={`${style.system} nopan`}
      aria-pressed={showsSystem}
      onClick={() => store.setState({ showsSystem: !showsSystem })}
      title="The Pods that the cluster itself is made of, as tiles with names"
    >
      system Pods
    </button>
  )
}

/** Pods that no node has taken yet. */
function Tray() {
  const drydock = useDrydock()
  const room = useRoom()
  const waiting = useDock(({ shown, showsSystem }) => clusterView(shown, room, { withSystem: showsSystem }).waiting)
  if (waiting.length === 0) return <span className={style.tray}>Waiting for a node: none</span>
  return (
    <span className={style.tray}>
      Waiting for a node:
      {waiting.slice(0, 3).map((pod) => (
        <button
          key={pod.metadata.uid}
          className={style.waiting}
          onClick={() => select(drydock, { store: room, resource: 'pods', key: `${pod.metadata.namespace}/${pod.metadata.name}` })}
        >
          <Glyph shape={podStatus(pod).shape} />
          {pod.metadata.name}
        </button>
      ))}
      {waiting.length > 3 && <span>and {waiting.length - 3} more</span>}
    </span>
  )
}
