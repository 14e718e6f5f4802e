/** The terminal before there is a page around it: it stands where the page will show it, so that nothing moves then. */
import '../app/tokens.css'
import type { Drydock } from '../app/state.ts'
import { heldTerminal } from './held-terminals.ts'

export function showFirstTerminal(drydock: Drydock): void {
  const place = document.getElementById('first-terminal')
  if (!place) throw new Error('bug: index.html has no #first-terminal')
  heldTerminal(drydock, drydock.store.getState().terminal, place).terminal.focus()
}
