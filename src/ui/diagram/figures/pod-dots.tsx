/**
 * A crowd of pods, painted. The canvas takes the focus and the arrow keys move through the pods; what stands under the focus is said
 * in words, and a failing pod keeps its shape.
 */
import { useEffect, useRef, useState, type RefObject } from 'react'
import { select, useDock, useDrydock, type Theme } from '../../app/state.ts'
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
  const { width, height, rem } = useSize(place)
  const step = dotStep(pods.length) * rem
  const perLine = Math.max(1, Math.floor(width / step))

  useEffect(() => {
    const element = canvas.current
    const pen = element?.getContext('2d')
    if (!element || !pen || width === 0) return
    const scale = window.devicePixelRatio
    if (element.width !== width * scale) element.width = width * scale
    if (element.height !== height * scale) element.height = height * scale
    pen.setTransform(scale, 0, 0, scale, 0, 0)
    pen.clearRect(0, 0, width, height)
    const colours = coloursOf(theme)
    const side = step * 0.8
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
  }, [pods, theme, filter, selected, width, height, step, perLine])

  const choose = (index: number) => {
    const pod = pods[index]
    if (!pod) return
    setFocus(index)
    select(drydock, { store: room, resource: 'pods', key: keyOf(pod) })
  }
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
          const shown = step * (box.width / (width || box.width))
          choose(Math.floor((event.clientY - box.top) / shown) * perLine + Math.floor((event.clientX - box.left) / shown))
        }}
        onKeyDown={(event) => {
          const moves: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -perLine, ArrowDown: perLine }
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

/** Told when it changes: asking before each painting would make the browser lay out the page for every node of a frame. */
function useSize(place: RefObject<HTMLDivElement | null>): { readonly width: number; readonly height: number; readonly rem: number } {
  const [size, setSize] = useState({ width: 0, height: 0, rem: 13 })
  useEffect(() => {
    const element = place.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
      setSize({ width: element.clientWidth, height: element.clientHeight, rem })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [place])
  return size
}

type Colours = Readonly<Record<Tone | 'ink', string>>

const colours = new Map<Theme, Colours>()

/** The page is dressed in the theme before anything is drawn in it. */
function coloursOf(theme: Theme): Colours {
  const known = colours.get(theme)
  if (known) return known
  const tokens = getComputedStyle(document.documentElement)
  const token = (name: string) => tokens.getPropertyValue(name).trim()
  const found = { ok: token('--ok'), progress: token('--progress'), idle: token('--idle'), bad: token('--bad'), ink: token('--ink') }
  colours.set(theme, found)
  return found
}

function triangle(pen: CanvasRenderingContext2D, x: number, y: number, side: number): void {
  pen.beginPath()
  pen.moveTo(x + side / 2, y)
  pen.lineTo(x + side, y + side)
  pen.lineTo(x, y + side)
  pen.fill()
}
