/** The step's goal beside what is there now, in the same marks; what differs is pointed out. It stays in sight while the text is scrolled. */
import { useMemo } from 'react'
import { compared, goalRows, type ComparedRow, type GoalRow, type Held, type Mark } from '../../lesson/goal.ts'
import { Glyph } from '../app/glyph.tsx'
import { useDock } from '../app/state.ts'
import { toneOf } from '../status.ts'
import type { World } from '../world.ts'
import style from './lesson-pane.module.css'

/** More marks than these in a row are said as a number. */
const marksDrawn = 6

export function Goal({ rows }: { readonly rows: readonly GoalRow[] }) {
  const world = useDock(({ shown }) => shown)
  const lines = useMemo(() => compared(rows, goalRows(heldIn(world), { withPulled: true })).filter(isWorthALine), [rows, world])
  const isReached = lines.every(({ isSame }) => isSame)
  return (
    <section className={style.goal} aria-label={isReached ? 'Goal and now: the same' : 'Goal and now: they differ'}>
      <table>
        <thead>
          <tr>
            <th scope="col">Goal and now</th>
            <th scope="col">goal</th>
            <th scope="col">now</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ label, goal, now, isSame }) => (
            <tr key={label} className={isSame ? '' : style.differs}>
              <th scope="row" title={label}>
                {label}
              </th>
              <td>
                <Marks marks={goal} />
              </td>
              <td>
                <Marks marks={now} missing={goal.length - now.length} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Images that came along are no difference, and need no line. */
function isWorthALine({ label, goal }: ComparedRow): boolean {
  return goal.length > 0 || !label.startsWith('image ')
}

const resources = ['pods', 'services', 'containers', 'images', 'networks', 'volumes']

function heldIn({ stores }: World): Held[] {
  return [...stores].flatMap(([store, shelves]) =>
    resources.flatMap((resource) =>
      [...(shelves.resources.get(resource) ?? [])].map(([key, object]) => ({ store, resource, key, object })),
    ),
  )
}

function Marks({ marks, missing = 0 }: { readonly marks: readonly Mark[]; readonly missing?: number }) {
  if (marks.length === 0 && missing <= 0) return <span className={style.noMark}>none</span>
  return (
    <span className={style.marks}>
      {marks.slice(0, marksDrawn).map((mark, index) => (
        <i key={index} className={style[toneOf(mark)]}>
          <Glyph shape={mark} label={mark} />
        </i>
      ))}
      {marks.length > marksDrawn && <small>{marks.length}</small>}
      {Array.from({ length: Math.min(missing, marksDrawn - marks.length) }, (_, index) => (
        <i key={`missing ${index}`} className={style.missingMark} title="missing" />
      ))}
    </span>
  )
}
