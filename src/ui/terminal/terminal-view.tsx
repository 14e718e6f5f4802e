/** The place where a terminal is shown. The terminal itself outlives it. */
import { useEffect, useLayoutEffect, useRef } from 'react'
import { useDock, useDrydock } from '../app/state.ts'
import type { HeldTerminal } from './held-terminal.ts'
import { heldTerminal } from './held-terminals.ts'
import style from './terminal-dock.module.css'

interface Properties {
  readonly terminal: string
  readonly isFront: boolean
  readonly isReadOnly: boolean
}

export function TerminalView({ terminal: name, isFront, isReadOnly }: Properties) {
  const drydock = useDrydock()
  const place = useRef<HTMLDivElement>(null)
  const terminal = useRef<HeldTerminal>(null)
  const theme = useDock(({ theme }) => theme)
  const projector = useDock(({ projector }) => projector)

  // Before the browser draws: the first terminal was on the screen already, and somebody may be typing into it.
  useLayoutEffect(() => {
    if (!place.current) return
    const shown = heldTerminal(drydock, name, place.current)
    terminal.current = shown.terminal
    // Panes come and go; who is at work in another one stays there.
    if (shown.isNew || drydock.store.getState().enlarged === 'terminal') shown.terminal.focus()
    return shown.leave
  }, [drydock, name])

  useEffect(() => {
    terminal.current?.dress({ fontSize: projector ? 18 : 12.5, isReadOnly })
  }, [theme, projector, isReadOnly])

  const wasFront = useRef(isFront)
  useLayoutEffect(() => {
    if (isFront && !wasFront.current) terminal.current?.focus()
    wasFront.current = isFront
  }, [isFront])

  return <div ref={place} className={`${style.view} ${isFront ? '' : style.hidden}`} role="tabpanel" aria-label={name.replace('-', ' ')} />
}
