/** A swarm: managers keep what is wanted, nodes run its tasks, and a published port is a door on every node, whoever runs the task. */
import { Crown, DoorOpen } from 'lucide-react'
import { useMemo } from 'react'
import { Glyph } from '../app/glyph.tsx'
import { useDock, useDrydock } from '../app/state.ts'
import { toneOf } from '../status.ts'
import style from './swarm.module.css'
import { swarmView, type SwarmNodeView, type TaskView } from './swarm-view.ts'

export function Swarm({ room }: { readonly room: string }) {
  const { store } = useDrydock()
  const world = useDock(({ shown }) => shown)
  const view = useMemo(() => swarmView(world, room), [world, room])
  return (
    <div className={style.swarm}>
      <header className={style.head}>
        {view?.services.map(({ name, running, wanted, ports }) => (
          <span key={name} className={style.service}>
            <b>Service {name}</b> {running} of {wanted} running{ports.map((port) => ` :${port}`)}
          </span>
        ))}
        {view?.services.length === 0 && <p>No services yet.</p>}
        <button className={style.back} onClick={() => store.setState({ showsSwarm: false })}>
          Back to the room
        </button>
      </header>
      {view && view.waiting.length > 0 && (
        <div className={style.waiting}>
          Waiting for a node:
          {view.waiting.map((task) => (
            <Task key={task.id} task={task} />
          ))}
        </div>
      )}
      <div className={style.nodes}>
        {view?.nodes.map((node) => (
          <Machine key={node.name} node={node} ports={view.ports} />
        ))}
      </div>
    </div>
  )
}

function Machine({
  node: { name, manager, state, availability, tasks },
  ports,
}: {
  readonly node: SwarmNodeView
  readonly ports: readonly number[]
}) {
  return (
    <section
      className={`${style.node} ${state === 'ready' ? '' : style.lost}`}
      aria-label={`Node ${name}, ${manager || 'worker'}, ${state}`}
    >
      <h3>
        {name}
        <small>
          {state}
          {availability !== 'active' && `, ${availability}`}
        </small>
      </h3>
      <p className={manager ? style.manager : style.worker}>
        {manager && <Crown aria-hidden />}
        {manager ? `manager: ${manager}` : 'worker'}
      </p>
      <div className={style.tasks}>
        {tasks.map((task) => (
          <Task key={task.id} task={task} />
        ))}
      </div>
      <div className={style.doors}>
        {ports.map((port) => (
          <span key={port} title={`Port ${port} of this node leads to a task, on whichever node it runs`}>
            <DoorOpen aria-hidden />:{port}
          </span>
        ))}
      </div>
    </section>
  )
}

function Task({ task: { name, image, status } }: { readonly task: TaskView }) {
  return (
    <div className={`${style.task} ${style[toneOf(status.shape)]}`} title={`${name}: ${status.word}`}>
      <Glyph shape={status.shape} />
      <b>{name}</b>
      <small>{status.shape === 'running' ? image : status.word}</small>
    </div>
  )
}
