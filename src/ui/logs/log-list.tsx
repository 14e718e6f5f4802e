/** The log of the container or Pod that is looked at; where that is something else, a list of those that there are. */
import { Glyph } from '../app/glyph.tsx'
import { select, useDock, useDrydock, type Subject } from '../app/state.ts'
import { containerName } from '../causes.ts'
import type { DockerContainer, Pod } from '../objects.ts'
import { containerStatus, podStatus, type Status } from '../status.ts'
import { objectAt, type World } from '../world.ts'
import { isSystem } from '../../lesson/system-namespaces.ts'
import { LogView } from './log-view.tsx'
import style from './logs.module.css'

interface Printing {
  readonly subject: Subject
  readonly name: string
  readonly where: string
  readonly status: Status
}

export function LogList() {
  const drydock = useDrydock()
  const subject = useDock(({ subject }) => subject)
  const world = useDock(({ shown }) => shown)
  const showsSystem = useDock(({ showsSystem }) => showsSystem)
  const shown = subject && printing(world, subject)
  if (subject && shown) {
    return (
      <section className={style.pane} role="tabpanel" aria-label="Logs">
        <div className={style.head}>
          <Glyph shape={shown.status.shape} />
          <b>{shown.name}</b>
          <small>{shown.where}</small>
          <button onClick={() => select(drydock, undefined)}>Others</button>
        </div>
        <LogView subject={subject} />
      </section>
    )
  }
  const all = allPrinting(world).filter(({ subject }) => showsSystem || subject.resource !== 'pods' || !isSystem(subject.key.split('/')[0]))
  return (
    <section className={style.pane} role="tabpanel" aria-label="Logs">
      <div className={style.list}>
        {all.length === 0 && <p className={style.none}>There is no container and no Pod that could print anything.</p>}
        {all.map(({ subject, name, where, status }) => (
          <button key={`${subject.store} ${subject.key}`} onClick={() => select(drydock, subject)}>
            <Glyph shape={status.shape} label={status.word} />
            <b>{name}</b>
            <small>{where}</small>
          </button>
        ))}
      </div>
    </section>
  )
}

function allPrinting(world: World): Printing[] {
  return [...world.stores].flatMap(([store, { resources }]) =>
    ['containers', 'pods'].flatMap((resource) =>
      [...(resources.get(resource)?.keys() ?? [])].flatMap((key) => printing(world, { store, resource, key }) ?? []),
    ),
  )
}

function printing(world: World, subject: Subject): Printing | undefined {
  const { store, resource, key } = subject
  const object = objectAt(world, store, resource, key)
  if (!object) return undefined
  if (resource === 'containers') {
    const container = object as DockerContainer
    return {
      subject,
      name: containerName(container),
      where: `${container.Config.Image} on ${store.slice('docker/'.length)}`,
      status: containerStatus(container),
    }
  }
  if (resource !== 'pods') return undefined
  const pod = object as Pod
  return { subject, name: pod.metadata.name, where: pod.spec.nodeName ? `Pod on ${pod.spec.nodeName}` : 'Pod', status: podStatus(pod) }
}
