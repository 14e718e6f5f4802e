/**
 * One xterm with its own element, kept while panes come and go: a pane that is enlarged or becomes a tab must not lose its shell.
 * It only carries bytes: line editing, history and completion are the shell's, in the worker.
 *
 * `Ctrl C` copies when something is selected, as terminals in editors do, and interrupts otherwise.
 */
import { FitAddon } from '@xterm/addon-fit'
import type { SearchAddon } from '@xterm/addon-search'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { Terminal, type ITheme } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import { promptIsThere } from '../app/first-prompt.ts'
import { type, type Drydock, type TerminalSink } from '../app/state.ts'

export class HeldTerminal implements TerminalSink {
  readonly #drydock: Drydock
  readonly #name: string
  readonly #element = document.createElement('div')
  readonly #fit = new FitAddon()
  readonly #view: Terminal
  readonly #observer: ResizeObserver
  #search: SearchAddon | undefined

  constructor(drydock: Drydock, name: string) {
    this.#drydock = drydock
    this.#name = name
    this.#element.style.height = '100%'
    this.#view = new Terminal({
      fontFamily: "'JetBrains Mono', monospace",
      fontSize: 12.5,
      lineHeight: 1.15,
      scrollback: 5000,
      minimumContrastRatio: 4.5,
      theme: terminalTheme(),
    })
    this.#view.loadAddon(this.#fit)
    this.#view.loadAddon(new WebLinksAddon((_event, address) => this.#follow(address)))
    this.#view.onData((text) => drydock.end.send({ type: 'terminal-input', terminal: name, text }))
    this.#view.onResize(({ cols, rows }) => drydock.end.send({ type: 'terminal-resize', terminal: name, cols, rows }))
    this.#view.attachCustomKeyEventHandler((event) => isForTerminal(event, this.#view))
    this.#observer = new ResizeObserver(() => this.#refit())
  }

  /** Shows it in a pane; answers how to take it out again. */
  showIn(place: HTMLElement): () => void {
    place.append(this.#element)
    if (!this.#view.element) {
      this.#view.open(this.#element)
      this.#element.querySelector('textarea')?.setAttribute('aria-label', 'Terminal input')
      // Cells are measured once, maybe before the font was there.
      void document.fonts.load("12.5px 'JetBrains Mono'").then(() => {
        this.#view.options.fontFamily = "'JetBrains Mono', ui-monospace, monospace"
        this.#refit()
      })
    }
    this.#refit()
    this.#observer.disconnect()
    this.#observer.observe(place)
    return () => {
      this.#observer.disconnect()
      this.#element.remove()
    }
  }

  open(): void {
    const { cols, rows } = this.#view
    this.#drydock.end.send({ type: 'terminal-open', terminal: this.#name, cols, rows })
  }

  dress({ fontSize, isReadOnly }: { readonly fontSize: number; readonly isReadOnly: boolean }): void {
    this.#view.options.theme = terminalTheme()
    this.#view.options.fontSize = fontSize
    this.#view.options.disableStdin = isReadOnly
    this.#refit()
  }

  output(bytes: Uint8Array): void {
    // What comes first only sets modes; once letters stand before the cursor, the next frame shows them.
    this.#view.write(bytes, () => {
      if (this.#view.buffer.active.cursorX > 0) requestAnimationFrame(() => setTimeout(promptIsThere))
    })
  }

  ended(): void {
    this.#view.write('\r\n[ended]\r\n')
  }

  reset(): void {
    this.#view.reset()
  }

  focus(): void {
    this.#view.focus()
  }

  async find(text: string, way: 'forward' | 'back'): Promise<boolean> {
    if (!this.#search) {
      const { SearchAddon } = await import('@xterm/addon-search')
      this.#search = new SearchAddon()
      this.#view.loadAddon(this.#search)
    }
    return way === 'back' ? this.#search.findPrevious(text) : this.#search.findNext(text)
  }

  dispose(): void {
    this.#observer.disconnect()
    this.#element.remove()
    this.#view.dispose()
  }

  #refit(): void {
    if (this.#element.clientWidth > 0 && this.#element.clientHeight > 0) this.#fit.fit()
  }

  /** Only the sandbox's own network is behind such an address, and there the learner's browser is curl. */
  #follow(address: string): void {
    if (/^https?:\/\/(localhost|127\.|10\.|172\.|192\.168\.)/.test(address)) type(this.#drydock, `curl ${address}`)
    else window.open(address, '_blank', 'noopener,noreferrer')
  }
}

/** What the browser or the page takes instead. */
function isForTerminal(event: KeyboardEvent, view: Terminal): boolean {
  if (event.type !== 'keydown' || !event.ctrlKey || event.altKey) return true
  const key = event.key.toLowerCase()
  if (key === 'k' && !event.shiftKey) return false
  if (key === '`' || (key === 'f' && event.shiftKey)) return false
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
    background: token('--terminal'),
    foreground: token('--terminal-ink'),
    cursor: token('--terminal-ink'),
    cursorAccent: token('--terminal'),
    selectionBackground: '#3d5a80',
    black: '#1f2d3d',
    red: '#f0876a',
    green: '#67d3ad',
    yellow: '#efc77b',
    blue: '#8fb8f6',
    magenta: '#c7a5ee',
    cyan: '#74cfe0',
    white: '#d9e3ee',
    brightBlack: '#8fa0b3',
    brightRed: '#f7a48c',
    brightGreen: '#8fe3c5',
    brightYellow: '#f6d99c',
    brightBlue: '#b0cdfa',
    brightMagenta: '#d9c2f5',
    brightCyan: '#9fe0ec',
    brightWhite: '#ffffff',
  }
}
