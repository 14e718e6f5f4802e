/** The keyboard: `g` then a letter goes to a kind, `/` filters, `?` shows this table, Esc goes back. None of them reach into a text field. */
import { useEffect } from 'react'
import { isSystem } from '../../lesson/system-namespaces.ts'
import { goTo, openTerminal, select, setSpeed, setTheme, useDrydock, type Drydock, type PaneName } from './state.ts'
import { redo, undo } from './whole.ts'

export interface Key {
  readonly keys: string
  readonly title: string
}

export const keyTable: readonly Key[] = [
  { keys: 'Ctrl K', title: 'Commands' },
  { keys: '?', title: 'This table' },
  { keys: '/', title: 'Filter what is drawn' },
  { keys: 'Ctrl `', title: 'To the terminal, and back' },
  { keys: 'Ctrl ⇧ F', title: 'Search in the terminal' },
  { keys: 'Esc', title: 'Back: close, unselect, leave the filter, go to live' },
  { keys: 'g p', title: 'First Pod' },
  { keys: 'g d', title: 'First Deployment' },
  { keys: 'g s', title: 'First Service' },
  { keys: 'g n', title: 'First node' },
  { keys: 'g c', title: 'First container' },
  { keys: 'g i', title: 'First image' },
  { keys: 'Space', title: 'Let time stand still, or go on' },
  { keys: '1 … 4', title: 'Projector: enlarge lesson, picture, terminal, editor; again: all of them' },
]

const kinds: Readonly<Record<string, string>> = {
  p: 'pods',
  d: 'deployments.apps',
  s: 'services',
  n: 'nodes',
  c: 'containers',
  i: 'images',
  v: 'volumes',
  r: 'replicasets.apps',
  e: 'events',
}
const panes: Readonly<Record<string, PaneName>> = { 1: 'lesson', 2: 'picture', 3: 'terminal', 4: 'editor' }

/** Selects the first object of a kind that is drawn, in whichever room has one; the next one when it was selected already. */
export function goToKind(drydock: Drydock, resource: string): void {
  const { shown, subject, showsSystem } = drydock.store.getState()
  for (const [store, { resources }] of shown.stores) {
    const all = [...(resources.get(resource)?.keys() ?? [])]
    const keys = showsSystem ? all : all.filter((key) => !isSystem(namespaceOf(key)))
    if (keys.length === 0) continue
    const here = subject?.store === store && subject.resource === resource ? keys.indexOf(subject.key) : -1
    select(drydock, { store, resource, key: keys[(here + 1) % keys.length] })
    drydock.store.setState({ room: store })
    return
  }
}

function namespaceOf(key: string): string | undefined {
  return key.includes('/') ? key.slice(0, key.indexOf('/')) : undefined
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable], .monaco-editor, .xterm') !== null
}

export function useKeys(): void {
  const drydock = useDrydock()
  useEffect(() => {
    let awaitsKind = false
    let cameFrom: Element | null = null
    const pressed = (event: KeyboardEvent) => {
      const { store } = drydock
      const state = store.getState()
      if (event.ctrlKey && event.key === 'k') {
        event.preventDefault()
        store.setState({ dialog: state.dialog === 'palette' ? undefined : 'palette' })
        return
      }
      if (event.ctrlKey && event.shiftKey && event.key.toLowerCase() === 'f') {
        event.preventDefault()
        store.setState({ searchesTerminal: true })
        return
      }
      if (event.ctrlKey && event.key === '`') {
        event.preventDefault()
        // The terminal takes every other key, so this is also the way out of it.
        if (document.activeElement?.closest('.xterm')) return leaveTerminal(cameFrom)
        cameFrom = document.activeElement
        store.setState({ dock: 'terminal', ...(state.enlarged && { enlarged: 'terminal' }) })
        drydock.sinks.get(state.terminal)?.focus()
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || state.dialog) return
      if (awaitsKind) {
        awaitsKind = false
        const resource = kinds[event.key]
        if (resource) goToKind(drydock, resource)
        return
      }
      switch (event.key) {
        case 'g':
          awaitsKind = true
          return
        case '?':
          store.setState({ dialog: 'keys' })
          return
        case '/':
          event.preventDefault()
          document.getElementById('filter')?.focus()
          return
        case ' ':
          if (event.target instanceof HTMLElement && event.target.closest('button, a, [role=slider]')) return
          event.preventDefault()
          setSpeed(drydock, state.live.speed === 0 ? 1 : 0)
          return
        case 'Escape':
          return goBack(drydock)
        default: {
          const pane = panes[event.key]
          if (!pane || !state.projector) return
          // The pane may take the focus, and must not take the key, too.
          event.preventDefault()
          store.setState({ enlarged: state.enlarged === pane ? undefined : pane })
        }
      }
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [drydock])
}

/** To where the person was before, or else to the picture. */
function leaveTerminal(before: Element | null): void {
  const back =
    before?.isConnected && before !== document.body ? before : document.querySelector('[aria-label="Picture"] button, [role=tab]')
  if (back instanceof HTMLElement) back.focus()
}

function goBack(drydock: Drydock): void {
  const { enlarged, subject, filter, position } = drydock.store.getState()
  if (enlarged) drydock.store.setState({ enlarged: undefined })
  else if (subject) select(drydock, undefined)
  else if (filter) drydock.store.setState({ filter: '' })
  else if (position !== undefined) goTo(drydock, undefined)
}

export interface Command {
  readonly title: string
  readonly keys?: string
  readonly run: (drydock: Drydock) => void
}

/** What the palette offers besides typing. */
export const commands: readonly Command[] = [
  { title: 'Light theme', run: (drydock) => setTheme(drydock, 'light') },
  { title: 'Dark theme', run: (drydock) => setTheme(drydock, 'dark') },
  { title: 'Projector', run: ({ store }) => store.setState({ projector: !store.getState().projector, enlarged: undefined }) },
  { title: 'New terminal', run: openTerminal },
  { title: 'Logs', run: ({ store }) => store.setState({ dock: 'logs' }) },
  { title: 'Browser', run: ({ store }) => store.setState({ dock: 'browser' }) },
  { title: 'Search in the terminal', keys: 'Ctrl ⇧ F', run: ({ store }) => store.setState({ searchesTerminal: true }) },
  { title: 'Undo the last command', run: (drydock) => void undo(drydock) },
  { title: 'Redo what was undone', run: (drydock) => void redo(drydock) },
  { title: 'Let time stand still', keys: 'Space', run: (drydock) => setSpeed(drydock, 0) },
  { title: 'Let time go on', keys: 'Space', run: (drydock) => setSpeed(drydock, 1) },
  { title: 'Go to live', run: (drydock) => goTo(drydock, undefined) },
  { title: 'Show or hide the inspector', run: ({ store }) => store.setState({ showsInspector: !store.getState().showsInspector }) },
  { title: 'Show or hide kube-system', run: ({ store }) => store.setState({ showsSystem: !store.getState().showsSystem }) },
  { title: 'Show or hide the swarm', run: ({ store }) => store.setState({ showsSwarm: !store.getState().showsSwarm }) },
  { title: 'Compare containers with virtual machines', run: ({ store }) => store.setState({ compares: !store.getState().compares }) },
  { title: 'Keys', keys: '?', run: ({ store }) => store.setState({ dialog: 'keys' }) },
  { title: 'Share, save, open', run: ({ store }) => store.setState({ dialog: 'share' }) },
]
