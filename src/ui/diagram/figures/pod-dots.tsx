/**
 * A crowd of pods, painted. The canvas takes the focus and the arrow keys move through the pods; what stands under the focus is said
 * in words, and a failing pod keeps its shape.
 */
import { useEffect, useRef, useState } from 'react'
import { select, useDock, useDrydock } from '../../app/state.ts'
import type { Pod } from '../../objects.ts'
import { podStatus, toneOf, type Tone } from '../../status.ts'
import { dotStep } from '../cluster-layout.ts'
import { useRoom } from '../room.ts'
import { isFound } from './is-found.ts'
import style from './node-column.module.css'

export function PodDots({ pods }: { readonly pods: readonly Pod[] }) {
  const drydock = useDrydock()
  const room = useRoom()
  const place = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const theme = useDock(({ theme }) => theme)
  const filter = useDock(({ filter }) => filter)
  const selected = useDock(({ subject }) => (subject?.resource === 'pods' ? subject.key : ''))
  const [focus, setFocus] = useState(0)

  useEffect(() => {
    const element = canvas.current
    const box = place.current
    const pen = element?.getContext('2d')
    if (!element || !box || !pen) return
    const scale = window.devicePixelRatio
    const { clientWidth: width, clientHeight: height } = box
    if (element.width !== width * scale) element.width = width * scale
    if (element.height !== height * scale) element.height = height * scale
    pen.setTransform(scale, 0, 0, scale, 0, 0)
    pen.clearRect(0, 0, width, height)
    const colours = coloursOf(element)
    const step = stepOf(box, pods.length)
    const side = step * 0.8
    const perLine = Math.max(1, Math.floor(width / step))
    for (const [index, pod] of pods.entries()) {
      const { shape } = podStatus(pod)
      const x = (index % perLine) * step
      const y = Math.floor(index / perLine) * step
      pen.globalAlpha = filter !== '' && !isFound(pod, filter) ? 0.2 : 1
      pen.fillStyle = colours[toneOf(shape)]
      pen.strokeStyle = colours[toneOf(shape)]
      if (shape === 'failing') triangle(pen, x, y, side)
      else if (shape === 'running') pen.fillRect(x, y, side, side)
      else if (shape === 'starting') {
        pen.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1)
        pen.fillRect(x + side / 2, y, side / 2, side)
      } else pen.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1)
      if (keyOf(pod) === selected) {
        pen.strokeStyle = colours.ink
        pen.strokeRect(x - 0.5, y - 0.5, side + 1, side + 1)
      }
    }
  }, [pods, theme, filter, selected])

  const choose = (index: number) => {
    const pod = pods[index]
    if (!pod) return
    setFocus(index)
    select(drydock, { store: room, resource: 'pods', key: keyOf(pod) })
  }
  const perLine = () => (place.current ? Math.max(1, Math.floor(place.current.clientWidth / stepOf(place.current, pods.length))) : 1)
  const focused = pods[Math.min(focus, pods.length - 1)]
  return (
    <div className={style.canvas} ref={place}>
      <canvas
        ref={canvas}
        className="nopan"
        tabIndex={0}
        role="application"
        aria-roledescription="Pods"
        aria-label={`${pods.length} Pods; arrow keys move. ${focused.metadata.name}: ${podStatus(focused).word}`}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect()
          // The room may be drawn smaller than it is.
          const zoom = box.width / (place.current?.clientWidth || box.width)
          const step = (place.current ? stepOf(place.current, pods.length) : 1) * zoom
          choose(Math.floor((event.clientY - box.top) / step) * perLine() + Math.floor((event.clientX - box.left) / step))
        }}
        onKeyDown={(event) => {
          const moves: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -perLine(), ArrowDown: perLine() }
          const move = moves[event.key]
          if (move === undefined) return
          event.preventDefault()
          choose(Math.min(pods.length - 1, Math.max(0, focus + move)))
        }}
      />
    </div>
  )
}

function keyOf({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`
}

function stepOf(element: Element, pods: number): number {
  return dotStep(pods) * Number.parseFloat(getComputedStyle(element.ownerDocument.documentElement).fontSize)
}

function coloursOf(element: Element): Readonly<Record<Tone | 'ink', string>> {
  const tokens = getComputedStyle(element)
  const token = (name: string) => tokens.getPropertyValue(name).trim()
  return { ok: token('--ok'), progress: token('--progress'), idle: token('--idle'), bad: token('--bad'), ink: token('--ink') }
}

function triangle(pen: CanvasRenderingContext2D, x: number, y: number, side: number): void {
  pen.beginPath()
  pen.moveTo(x + side / 2, y)
  pen.lineTo(x + side, y + side)
  pen.lineTo(x, y + side)
  pen.fill()
}
