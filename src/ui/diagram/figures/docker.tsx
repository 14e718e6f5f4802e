/** The Docker room's figures: registry, laptop, rails, doors, containers, images, layers, drums. */
import { Database, DoorOpen, Laptop as LaptopIcon, Library } from 'lucide-react'
import { memo, useRef } from 'react'
import { Glyph } from '../../app/glyph.tsx'
import { select, useDock, useDrydock } from '../../app/state.ts'
import { containerName, imageName, shortId } from '../../causes.ts'
import { shelf, type DockerContainer, type DockerImage, type DockerNetwork, type DockerVolume } from '../../objects.ts'
import { containerStatus, toneOf } from '../../status.ts'
import { dockerView } from '../docker-view.ts'
import { useRoom, useSteps } from '../room.ts'
import style from './docker.module.css'
import { nameOf, type FigureProperties } from './figure.ts'
import { humanSize } from '../../../base/go-units.ts'

/** Whether the thing was what the last step was about. */
function useChoice(resource: string, key: string) {
  const drydock = useDrydock()
  const room = useRoom()
  const isSelected = useDock(({ subject }) => subject?.store === room && subject.resource === resource && subject.key === key)
  return { isSelected, choose: () => select(drydock, { store: room, resource, key }) }
}

export const Registry = memo(function Registry({ data: { box } }: FigureProperties) {
  const room = useRoom()
  const pulled = useDock(({ shown }) => dockerView(shown, room).pulled)
  return (
    <section className={`${style.registry} ${box.isCompact ? style.oneLine : ''}`} aria-label="Registry">
      <Library aria-hidden />
      <b>Registry</b>
      <small>where images come from</small>
      <ul className={style.shelf}>
        {pulled.slice(0, 8).map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      <i className={style.board} />
    </section>
  )
})

export const Laptop = memo(function Laptop() {
  const { store } = useDrydock()
  const room = useRoom()
  const containers = useDock(({ shown }) => dockerView(shown, room).containers)
  const running = containers.filter(({ container }) => container.State.Status === 'running').length
  const steps = useSteps()
  const last = steps.findLast(({ component }) => component === 'docker')
  const isManager = useDock(({ shown }) => shelf(shown, room, 'swarm-nodes').size > 0)
  const hasNothing = useDock(({ shown }) => dockerView(shown, room).images.length === 0)
  return (
    <section className={style.laptop} aria-label={`Machine ${room.slice('docker/'.length)}`}>
      <header>
        <LaptopIcon aria-hidden />
        <b>{room.slice('docker/'.length)}</b>
        <small>
          {running} running, {containers.length - running} not
        </small>
        <span className={style.space} />
        {isManager && (
          <button className={`${style.compare} nopan`} onClick={() => store.setState({ showsSwarm: true, room })}>
            Show the swarm
          </button>
        )}
        <button className={`${style.compare} nopan`} onClick={() => store.setState({ compares: true, room })}>
          Compare with virtual machines
        </button>
        <span className={style.engine}>
          Docker Engine
          {last && <i className={style.number}>{last.number}</i>}
        </span>
      </header>
      {hasNothing && (
        <p className={style.hint}>
          No images yet. <code>docker run busybox echo "Hello world"</code> fetches one and runs it.
        </p>
      )}
    </section>
  )
})

export const Rail = memo(function Rail({ data: { box } }: FigureProperties) {
  const room = useRoom()
  const key = nameOf(box)
  const network = useDock(({ shown }) => shelf<DockerNetwork>(shown, room, 'networks').get(key))
  const { isSelected, choose } = useChoice('networks', key)
  if (!network) return null
  const subnet = network.IPAM?.Config?.[0]?.Subnet
  return (
    <button className={`${style.rail} ${isSelected ? style.selected : ''} nopan`} onClick={choose} aria-label={`Network ${network.Name}`}>
      <span>
        {network.Name} <small>{subnet ?? network.Driver}</small>
      </span>
    </button>
  )
})

export const Door = memo(function Door({ data: { box } }: FigureProperties) {
  const room = useRoom()
  const id = nameOf(box)
  const door = useDock(({ shown }) => dockerView(shown, room).doors.find((each) => each.id === id))
  const { choose } = useChoice('containers', door?.container ?? '')
  if (!door) return null
  return (
    <button
      className={`${style.door} nopan`}
      onClick={choose}
      title={`Port ${door.hostPort} of the machine leads to port ${door.containerPort} of the container`}
    >
      <DoorOpen aria-hidden />:{door.hostPort}
    </button>
  )
})

export const Container = memo(function Container({ data: { box } }: FigureProperties) {
  const room = useRoom()
  const key = nameOf(box)
  const container = useDock(({ shown }) => shelf<DockerContainer>(shown, room, 'containers').get(key))
  const isFaded = useDock(({ filter }) => filter !== '' && container !== undefined && !containerName(container).includes(filter))
  const { isSelected, choose } = useChoice('containers', key)
  if (!container) return null
  const status = containerStatus(container)
  const command = [container.Path ?? '', ...(container.Args ?? [])].join(' ').trim()
  const volumes = (container.Mounts ?? []).filter(({ Type }) => Type === 'volume').length
  return (
    <button
      className={`${style.container} ${style[toneOf(status.shape)]} ${isSelected ? style.selected : ''} ${isFaded ? style.faded : ''} nopan`}
      title={`${containerName(container)}: ${status.word}`}
      onClick={choose}
    >
      <span className={style.row}>
        <Glyph shape={status.shape} />
        <b>{containerName(container)}</b>
        {volumes > 0 && <Database className={style.drum} aria-label={`${volumes} volumes`} />}
      </span>
      <small>{status.word}</small>
      {!box.isCompact && <code>{command}</code>}
      <i className={style.writable} title={`its own writable layer${container.SizeRw ? `: ${humanSize(container.SizeRw)}` : ''}`} />
    </button>
  )
})

export const Image = memo(function Image({ data: { box } }: FigureProperties) {
  const room = useRoom()
  const key = nameOf(box)
  const image = useDock(({ shown }) => shelf<DockerImage>(shown, room, 'images').get(key))
  const { isSelected, choose } = useChoice('images', key)
  if (!image) return null
  const more = (image.RepoTags?.length ?? 0) - 1
  return (
    <button
      className={`${style.image} ${isSelected ? style.selected : ''} nopan`}
      onClick={choose}
      title={(image.RepoTags ?? [shortId(image.Id)]).join(', ')}
    >
      <b>{imageName(image)}</b>
      <small>
        {more > 0 ? `+${more} · ` : ''}
        {humanSize(image.Size)}
      </small>
    </button>
  )
})

/** A new layer slides down onto those below it; one that another image now stands on, too, lights up and does not move. */
export const Layer = memo(function Layer({ data: { box } }: FigureProperties) {
  const [, depth = '0', , digest = ''] = box.id.split(' ')
  const shares = box.shares ?? 1
  const firstShares = useRef(shares)
  const isShared = shares > firstShares.current
  return (
    <div
      key={isShared ? shares : 'first'}
      className={`${style.layer} ${isShared ? style.lit : style.laid}`}
      style={{ animationDelay: `${isShared ? 0 : Number(depth) * 90}ms` }}
      title={`layer ${shortId(digest)}`}
    />
  )
})

export const Volume = memo(function Volume({ data: { box } }: FigureProperties) {
  const room = useRoom()
  const key = nameOf(box)
  const volume = useDock(({ shown }) => shelf<DockerVolume>(shown, room, 'volumes').get(key))
  const mountedBy = useDock(
    ({ shown }) =>
      dockerView(shown, room)
        .volumes.find((each) => each.key === key)
        ?.mountedBy.join(', ') ?? '',
  )
  const { isSelected, choose } = useChoice('volumes', key)
  if (!volume) return null
  return (
    <button className={`${style.volume} ${isSelected ? style.selected : ''} nopan`} onClick={choose} title={volume.Name}>
      <Database aria-hidden />
      <b>{shortId(volume.Name)}</b>
      <small>{mountedBy ? `in ${mountedBy}` : 'nobody mounts it'}</small>
    </button>
  )
})
