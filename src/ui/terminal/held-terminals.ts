/** The terminals there are, by name. The first one begins before the page around it is there. */
import type { Drydock } from '../app/state.ts'
import { HeldTerminal } from './held-terminal.ts'

const held = new WeakMap<Drydock, Map<string, HeldTerminal>>()

/** The terminal of that name, made and opened when it is first shown; `leave` takes it out of its place again. */
export function heldTerminal(
  drydock: Drydock,
  name: string,
  place: HTMLElement,
): { readonly terminal: HeldTerminal; readonly isNew: boolean; readonly leave: () => void } {
  const all = held.get(drydock) ?? new Map<string, HeldTerminal>()
  held.set(drydock, all)
  const present = drydock.sinks.has(name) ? all.get(name) : undefined
  if (present) return { terminal: present, isNew: false, leave: present.showIn(place) }
  const terminal = new HeldTerminal(drydock, name)
  const leave = terminal.showIn(place)
  all.set(name, terminal)
  drydock.sinks.set(name, terminal)
  terminal.open()
  return { terminal, isNew: true, leave }
}
