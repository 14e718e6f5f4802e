/**
 * One xterm. It only carries bytes: line editing, history and completion are the shell's, in the worker.
 *
 * `Ctrl C` copies when something is selected, as terminals in editors do, and interrupts otherwise.
 */
import { FitAddon } from '@xterm/addon-fit'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { Terminal, type ITheme } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import { useEffect, useRef } from 'react'
import { type, useDock, useDrydock } from '../app/state.ts'
import style from './terminal-dock.module.css'

interface Properties {
  readonly terminal: string
  readonly isFront: boolean
  readonly isReadOnly: boolean
}

export function TerminalView({ terminal, isFront, isReadOnly }: Properties) {
  const drydock = useDrydock()
  const place = useRef<HTMLDivElement>(null)
  const xterm = useRef<Terminal>(null)
  const theme = useDock(({ theme }) => theme)
  const projector = useDock(({ projector }) => projector)
  const isOpen = useDock(({ phase }) => phase === 'open')

  useEffect(() => {
    const element = place.current
    if (!element || !isOpen) return
    const view = new Terminal({
      fontFamily: "'JetBrains Mono', monospace", fontSize: 12.5, lineHeight: 1.15, letterSpacing: 0, cursorBlink: false, scrollback: 5000, allowProposedApi: false,
      theme: terminalTheme(), minimumContrastRatio: 4.5, screenReaderMode: false,
    })
    xterm.current = view
    const fit = new FitAddon()
    view.loadAddon(fit)
    view.loadAddon(new WebLinksAddon((_event, address) => opened(address)))
    view.open(element)
    element.querySelector('textarea')?.setAttribute('aria-label', 'Terminal input')
    fit.fit()

    const opened = (address: string) => {
      // Only the sandbox's own network is behind such a link, and there the learner's browser is curl.
      if (/^https?:\/\/(localhost|127\.|10\.|172\.|192\.168\.)/.test(address)) type(drydock, `curl ${address}`)
      else window.open(address, '_blank', 'noopener,noreferrer')
    }
    drydock.end.send({ type: 'terminal-open', terminal, cols: view.cols, rows: view.rows })
    const typed = view.onData((text) => drydock.end.send({ type: 'terminal-input', terminal, text }))
    const resized = view.onResize(({ cols, rows }) => drydock.end.send({ type: 'terminal-resize', terminal, cols, rows }))
    view.attachCustomKeyEventHandler((event) => isForTerminal(event, view))
    drydock.sinks.set(terminal, { output: (bytes) => view.write(bytes), ended: () => view.write('\r\n[ended]\r\n'), reset: () => view.reset(), focus: () => view.focus() })

    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0 && element.clientHeight > 0) fit.fit()
    })
    observer.observe(element)
    void document.fonts.load("12.5px 'JetBrains Mono'").then(() => {
      // Cells are measured once, maybe before the font was there.
      view.options.fontFamily = "'JetBrains Mono', ui-monospace, monospace"
      fit.fit()
    })
    return () => {
      observer.disconnect()
      typed.dispose()
      resized.dispose()
      drydock.sinks.delete(terminal)
      xterm.current = null
      view.dispose()
    }
  }, [drydock, terminal, isOpen])

  useEffect(() => {
    const view = xterm.current
    if (!view) return
    view.options.theme = terminalTheme()
    view.options.fontSize = projector ? 18 : 12.5
    view.options.disableStdin = isReadOnly
  }, [theme, projector, isReadOnly, isOpen])

  useEffect(() => {
    if (isFront) xterm.current?.focus()
  }, [isFront, isOpen])

  return <div ref={place} className={`${style.view} ${isFront ? '' : style.hidden}`} role="tabpanel" aria-label={terminal.replace('-', ' ')} />
}

/** What the browser or the page takes instead. */
function isForTerminal(event: KeyboardEvent, view: Terminal): boolean {
  if (event.type !== 'keydown' || !event.ctrlKey || event.altKey) return true
  const key = event.key.toLowerCase()
  if (key === 'k' && !event.shiftKey) return false
  if (key === '`') return false
  if (key === 'c' && (event.shiftKey || view.hasSelection())) {
    void navigator.clipboard.writeText(view.getSelection())
    view.clearSelection()
    event.preventDefault()
    return false
  }
  // The browser's own paste then reaches xterm.
  return key !== 'v'
}

function terminalTheme(): ITheme {
  const tokens = getComputedStyle(document.documentElement)
  const token = (name: string) => tokens.getPropertyValue(name).trim()
  return {
    background: token('--terminal'), foreground: token('--terminal-ink'), cursor: token('--terminal-ink'), cursorAccent: token('--terminal'), selectionBackground: '#3d5a80',
    black: '#1f2d3d', red: '#f0876a', green: '#67d3ad', yellow: '#efc77b', blue: '#8fb8f6', magenta: '#c7a5ee', cyan: '#74cfe0', white: '#d9e3ee',
    brightBlack: '#8fa0b3', brightRed: '#f7a48c', brightGreen: '#8fe3c5', brightYellow: '#f6d99c', brightBlue: '#b0cdfa', brightMagenta: '#d9c2f5', brightCyan: '#9fe0ec', brightWhite: '#ffffff',
  }
}
