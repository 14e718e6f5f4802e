/** What stands under the nodes: the ways in, and what is kept. */
import { Database, Globe, Share2, type LucideIcon } from 'lucide-react'
import { memo } from 'react'
import { select, useDock, useDrydock } from '../../app/state.ts'
import { shelf, type Claim as ClaimObject, type Ingress as IngressObject, type Service as ServiceObject } from '../../objects.ts'
import { addressOf } from '../cluster-layout.ts'
import { useRoom } from '../room.ts'
import style from './chips.module.css'
import { nameOf, type FigureProperties } from './figure.ts'

interface ChipProperties {
  readonly resource: string
  readonly name: string
  readonly Icon: LucideIcon
  readonly title: string
  readonly words: string
  readonly isVolume?: boolean
}

function Chip({ resource, name, Icon, title, words, isVolume }: ChipProperties) {
  const drydock = useDrydock()
  const room = useRoom()
  const isSelected = useDock(({ subject }) => subject?.resource === resource && subject.key === name)
  return (
    <button
      className={`${style.chip} ${isSelected ? style.selected : ''} ${isVolume ? style.volume : ''} nopan`}
      onClick={() => select(drydock, { store: room, resource, key: name })}
    >
      <Icon aria-hidden />
      <b>{title}</b>
      <small>{words}</small>
    </button>
  )
}

export const Service = memo(function Service({ data: { box } }: FigureProperties) {
  const room = useRoom()
  const name = nameOf(box)
  const service = useDock(({ shown }) => shelf<ServiceObject>(shown, room, 'services').get(name))
  if (!service) return null
  return <Chip resource="services" name={name} Icon={Share2} title={`Service ${service.metadata.name}`} words={addressOf(service)} />
})

export const Ingress = memo(function Ingress({ data: { box } }: FigureProperties) {
  const room = useRoom()
  const name = nameOf(box)
  const ingress = useDock(({ shown }) => shelf<IngressObject>(shown, room, 'ingresses.networking.k8s.io').get(name))
  if (!ingress) return null
  return (
    <Chip
      resource="ingresses.networking.k8s.io"
      name={name}
      Icon={Globe}
      title="Ingress"
      words={ingress.spec.rules?.[0]?.host ?? ingress.metadata.name}
    />
  )
})

export const Claim = memo(function Claim({ data: { box } }: FigureProperties) {
  const room = useRoom()
  const name = nameOf(box)
  const claim = useDock(({ shown }) => shelf<ClaimObject>(shown, room, 'persistentvolumeclaims').get(name))
  if (!claim) return null
  return (
    <Chip
      resource="persistentvolumeclaims"
      name={name}
      Icon={Database}
      title="Volume"
      words={`${claim.metadata.name} ${claim.spec.resources?.requests?.storage ?? ''}`}
      isVolume
    />
  )
})
