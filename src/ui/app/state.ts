/**
 * The page's state and what a person can do with it. The world itself is changed only by typing: every button ends in `type`, which
 * sends a command to the terminal where everyone can read it.
 *
 * `shown` is what the panes draw: the present, or the past that the timeline was moved to.
 */
import { createContext, useContext } from 'react'
import { createStore, useStore, type StoreApi } from 'zustand'
import type { Frame } from '../../worker/messages.ts'
import { openPageEnd, type PageEnd } from '../../worker/page.ts'
import { lastBefore, Notes, type Note } from '../causes.ts'
import { emptyWorld, History, type World } from '../world.ts'
import { noPromptComes } from './first-prompt.ts'

export interface Subject {
  readonly store: string
  readonly resource: string
  readonly key: string
}

export type Theme = 'light' | 'dark'
export type Mode = 'guided' | 'sandbox'
/** What stands in the dock in place of the terminal in front. */
export type DockView = 'terminal' | 'events' | 'logs' | 'browser'
export type PaneName = 'lesson' | 'picture' | 'terminal' | 'editor'

export interface State {
  readonly phase: 'opening' | 'open' | 'taken'
  readonly trouble: string
  readonly home: string
  readonly live: World
  /** Undefined while the present is shown. */
  readonly position: number | undefined
  readonly shown: World
  /** Grows with every note: what `notes.all` holds has changed when this has. */
  readonly noteCount: number
  readonly subject: Subject | undefined
  /** The store whose room is drawn; undefined chooses by itself. */
  readonly room: string | undefined
  readonly theme: Theme
  readonly projector: boolean
  /** On a projector, the pane that has the screen; undefined shows the usual panes. */
  readonly enlarged: PaneName | undefined
  readonly mode: Mode
  readonly showsInspector: boolean
  readonly terminals: readonly string[]
  readonly terminal: string
  readonly dock: DockView
  /** What the browser was last asked to show; undefined: it was never opened. */
  readonly visit: { readonly address: string } | undefined
  readonly filter: string
  /** Draws what belongs to the cluster itself, too: kube-system and its kind. */
  readonly showsSystem: boolean
  /** Draws the running containers beside the virtual machines that would do the same. */
  readonly compares: boolean
  /** Draws the swarm that the machine is a manager of. */
  readonly showsSwarm: boolean
  readonly lesson: string | null
  /** A file that something other than the editor wants to be shown there; a relative path begins at home. */
  readonly fileWanted: string | undefined
  readonly searchesTerminal: boolean
  readonly dialog: 'palette' | 'keys' | 'share' | undefined
  /** One line at the foot that goes away by itself. */
  readonly notice: string
}

/** A terminal, as far as the state knows it. */
export interface TerminalSink {
  /** Asks the worker for a shell. */
  open(): void
  dispose(): void
  output(bytes: Uint8Array): void
  ended(): void
  reset(): void
  focus(): void
  /** Marks the next place where it says so; answers whether there is one. */
  find(text: string, way: 'forward' | 'back'): Promise<boolean>
}

export interface Drydock {
  readonly store: StoreApi<State>
  readonly end: PageEnd
  readonly history: History
  readonly notes: Notes
  readonly sinks: Map<string, TerminalSink>
  /** Calls `changed` with the path of every file that something other than the editor changed. */
  readonly fileListeners: Set<(path: string) => void>
}

export const DrydockContext = createContext<Drydock | undefined>(undefined)

export function useDrydock(): Drydock {
  const drydock = useContext(DrydockContext)
  if (!drydock) throw new Error('bug: no Drydock above this component')
  return drydock
}

export function useDock<T>(select: (state: State) => T): T {
  return useStore(useDrydock().store, select)
}

export function openDrydock(worker: Worker): Drydock {
  const history = new History()
  const notes = new Notes()
  const sinks = new Map<string, TerminalSink>()
  const fileListeners = new Set<(path: string) => void>()
  const store = createStore<State>(() => initialState())
  /** Output that came before its pane was there to take it. */
  const early = new Map<string, Uint8Array[]>()
  // Terminals ask for their shells before the session is open, and the worker keeps that in mind until it is.
  let isOpened = false
  let wasTaken = false

  const end = openPageEnd(worker, {
    frame: (frame) => foldFrame(frame),
    opened: (home, lesson) => {
      if (isOpened) for (const sink of sinks.values()) sink.reset()
      // A session that is begun anew has new shells for them; one that was taken over knows of none.
      if (wasTaken) for (const sink of sinks.values()) sink.open()
      isOpened = true
      wasTaken = false
      store.setState({ phase: 'open', home, lesson: lesson ?? store.getState().lesson })
    },
    taken: () => {
      wasTaken = true
      noPromptComes()
      store.setState({ phase: 'taken' })
    },
    terminalOutput: (terminal, bytes) => {
      const sink = sinks.get(terminal)
      if (sink) sink.output(bytes)
      else early.set(terminal, [...(early.get(terminal) ?? []), bytes])
    },
    terminalEnded: (terminal) => sinks.get(terminal)?.ended(),
    fileChanged: (path) => {
      for (const listener of fileListeners) listener(path)
    },
    browse: (address) => store.setState({ dock: 'browser', visit: { address } }),
    trouble: (message) => {
      noPromptComes()
      store.setState({ trouble: message })
    },
  })

  const foldFrame = (frame: Frame) => {
    if (frame.reset) notes.clear()
    let noteCount = store.getState().noteCount
    for (const change of history.fold(frame)) if (notes.add(change)) noteCount++
    const { position } = store.getState()
    const live = history.present
    const past = frame.reset ? undefined : position
    store.setState({ live, shown: past === undefined ? live : store.getState().shown, position: past, noteCount })
  }

  const sinkSet = sinks.set.bind(sinks)
  sinks.set = (terminal, sink) => {
    for (const bytes of early.get(terminal) ?? []) sink.output(bytes)
    early.delete(terminal)
    return sinkSet(terminal, sink)
  }

  // Before any component draws: xterm and Monaco read the colours from the page.
  const dress = ({ theme, projector }: State) => {
    document.documentElement.dataset.theme = theme
    document.documentElement.toggleAttribute('data-projector', projector)
  }
  dress(store.getState())
  store.subscribe(dress)

  end.send({ type: 'open', workspace: workspaceName(), preset: presetName(), takeOver: false })
  return { store, end, history, notes, sinks, fileListeners }
}

function initialState(): State {
  return {
    phase: 'opening',
    trouble: '',
    home: '/root',
    live: emptyWorld,
    position: undefined,
    shown: emptyWorld,
    noteCount: 0,
    subject: undefined,
    room: undefined,
    theme: rememberedTheme(),
    projector: new URLSearchParams(location.search).has('projector'),
    enlarged: undefined,
    mode: 'guided',
    showsInspector: true,
    terminals: ['terminal-1'],
    terminal: 'terminal-1',
    dock: 'terminal',
    visit: undefined,
    filter: new URLSearchParams(location.search).get('filter') ?? '',
    showsSystem: false,
    compares: false,
    showsSwarm: false,
    lesson: new URLSearchParams(location.search).get('lesson'),
    fileWanted: undefined,
    searchesTerminal: false,
    dialog: undefined,
    notice: '',
  }
}

function workspaceName(): string {
  return new URLSearchParams(location.search).get('workspace') ?? 'default'
}

function presetName(): string {
  return new URLSearchParams(location.search).get('preset') ?? 'laptop'
}

function rememberedTheme(): Theme {
  const kept = localStorage.getItem('theme')
  if (kept === 'light' || kept === 'dark') return kept
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

/** Types a command into the terminal in front and presses Enter. */
export function type(drydock: Drydock, line: string): void {
  insert(drydock, `${line}\r`)
}

/** Puts a command at the prompt; pressing Enter is left to the person. */
export function insert(drydock: Drydock, text: string): void {
  const { store, end, sinks } = drydock
  const { terminal } = store.getState()
  goTo(drydock, undefined)
  store.setState({ dock: 'terminal' })
  end.send({ type: 'terminal-input', terminal, text })
  sinks.get(terminal)?.focus()
}

/** As `insert`, into the terminal of that number, which is opened where there are not so many; 0 is the one in front. */
export function insertInto(drydock: Drydock, text: string, number: number): void {
  const { store, sinks } = drydock
  while (store.getState().terminals.length < number) openTerminal(drydock)
  const terminal = number === 0 ? store.getState().terminal : store.getState().terminals[number - 1]
  store.setState({ terminal })
  const whenThere = () => {
    if (!sinks.has(terminal)) return requestAnimationFrame(whenThere)
    if (store.getState().terminal === terminal) insert(drydock, text)
  }
  whenThere()
}

/** Shows the world as it was before the entry at `position`; undefined is the present. */
export function goTo({ store, history }: Drydock, position: number | undefined): void {
  const { live } = store.getState()
  if (position === undefined || position >= history.end) store.setState({ position: undefined, shown: live })
  else store.setState({ position, shown: history.at(position) })
}

/** Moves to the note before or after the one shown. */
export function goByNote(drydock: Drydock, by: 1 | -1): void {
  const { store, history, notes } = drydock
  const { position } = store.getState()
  const here = lastBefore(notes.all, position ?? history.end)
  const note: Note | undefined = notes.all[here + by]
  if (note) goTo(drydock, note.position + 1)
  else if (by === 1) goTo(drydock, undefined)
}

/** Shows an address of the sandbox in the dock's browser. */
export function browse({ store }: Drydock, address: string): void {
  if (address.trim() !== '') store.setState({ dock: 'browser', visit: { address: address.trim() } })
}

export function setSpeed({ end }: Drydock, speed: number): void {
  end.send({ type: 'speed', speed })
}

export function select({ store }: Drydock, subject: Subject | undefined): void {
  store.setState({ subject, ...(subject ? { showsInspector: true } : {}) })
}

export function setTheme({ store }: Drydock, theme: Theme): void {
  localStorage.setItem('theme', theme)
  store.setState({ theme })
}

export function openTerminal({ store }: Drydock): void {
  const { terminals } = store.getState()
  const number = Math.max(0, ...terminals.map((name) => Number(name.split('-')[1]))) + 1
  const terminal = `terminal-${number}`
  store.setState({ terminals: [...terminals, terminal], terminal, dock: 'terminal' })
}

export function closeTerminal({ store, end, sinks }: Drydock, terminal: string): void {
  const { terminals, terminal: front } = store.getState()
  if (terminals.length === 1) return
  end.send({ type: 'terminal-close', terminal })
  sinks.get(terminal)?.dispose()
  sinks.delete(terminal)
  const left = terminals.filter((name) => name !== terminal)
  store.setState({ terminals: left, terminal: front === terminal ? left[left.length - 1] : front })
}

/** Takes the workspace over from another tab. */
export function takeOver({ store, end }: Drydock): void {
  store.setState({ phase: 'opening' })
  end.send({ type: 'open', workspace: workspaceName(), preset: presetName(), takeOver: true })
}
