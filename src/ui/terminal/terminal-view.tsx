/** The place where a terminal is shown. The terminal itself outlives it. */
import { useEffect, useRef } from 'react'
import { useDock, useDrydock, type Drydock } from '../app/state.ts'
import { HeldTerminal } from './held-terminal.ts'
import style from './terminal-dock.module.css'

interface Properties {
  readonly terminal: string
  readonly isFront: boolean
  readonly isReadOnly: boolean
}

const held = new WeakMap<Drydock, Map<string, HeldTerminal>>()

/** The terminal of that name, made and opened when it is first shown. */
function heldTerminal(drydock: Drydock, name: string, place: HTMLElement): { readonly terminal: HeldTerminal; readonly leave: () => void } {
  const all = held.get(drydock) ?? new Map<string, HeldTerminal>()
  held.set(drydock, all)
  const present = drydock.sinks.has(name) ? all.get(name) : undefined
  if (present) return { terminal: present, leave: present.showIn(place) }
  const terminal = new HeldTerminal(drydock, name)
  const leave = terminal.showIn(place)
  all.set(name, terminal)
  drydock.sinks.set(name, terminal)
  terminal.open()
  return { terminal, leave }
}

export function TerminalView({ terminal: name, isFront, isReadOnly }: Properties) {
  const drydock = useDrydock()
  const place = useRef<HTMLDivElement>(null)
  const terminal = useRef<HeldTerminal>(null)
  const theme = useDock(({ theme }) => theme)
  const projector = useDock(({ projector }) => projector)

  useEffect(() => {
    if (!place.current) return
    const shown = heldTerminal(drydock, name, place.current)
    terminal.current = shown.terminal
    return shown.leave
  }, [drydock, name])

  useEffect(() => {
    terminal.current?.dress({ fontSize: projector ? 18 : 12.5, isReadOnly })
  }, [theme, projector, isReadOnly])

  useEffect(() => {
    if (isFront) terminal.current?.focus()
  }, [isFront])

  return <div ref={place} className={`${style.view} ${isFront ? '' : style.hidden}`} role="tabpanel" aria-label={name.replace('-', ' ')} />
}
