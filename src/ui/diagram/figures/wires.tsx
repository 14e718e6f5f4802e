/** All lines of a room in one drawing over the boxes. A line along which something just happened is drawn stronger, with a bead on it. */
import { memo } from 'react'
import type { Step } from '../../causes.ts'
import type { Wire } from '../layout.ts'
import { useLastCommand, useSteps } from '../room.ts'
import type { WiresProperties } from './figure.ts'
import style from './wires.module.css'

export const Wires = memo(function Wires({ data: { wires } }: WiresProperties) {
  const steps = useSteps()
  const hot = hotNode(steps)
  const asked = /\bcurl\b.*:(\d+)/.exec(useLastCommand())?.[1]
  return (
    <div className={style.wires}>
      <svg aria-hidden>
        {wires
          .filter(({ kind, port }) => kind !== 'way' || port === asked)
          .map((wire) => (
            <path key={wire.id} d={pathOf(wire)} className={`${style[wire.kind]} ${isHot(wire, hot) ? style.hot : ''}`} />
          ))}
        {wires
          .filter((wire) => isHot(wire, hot))
          .map(({ id, points: [[x, from], [, to]] }) => (
            <circle key={id} className={style.bead} cx={x} cy={to - Math.min(12, (to - from) / 2)} r="4.5" />
          ))}
      </svg>
      {wires
        .filter(({ label }) => label)
        .map(({ id, label, points }) => {
          const [x, y] = points[points.length - 1]
          return (
            <span key={id} className={style.pill} style={{ left: x, top: y }}>
              {label}
            </span>
          )
        })}
    </div>
  )
})

/** The node whose kubelet acted last, or on which something was just placed. */
function hotNode(steps: readonly Step[]): string {
  const last = steps.at(-1)
  if (!last) return ''
  if (last.component === 'scheduler') return /on \*\*(.+?)\*\*/.exec(last.sentence)?.[1] ?? ''
  return last.node
}

function isHot({ kind, node }: Wire, hot: string): boolean {
  return kind === 'control' && hot !== '' && node === hot
}

function pathOf({ points }: Wire): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')
}
