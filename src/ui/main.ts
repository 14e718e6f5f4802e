/**
 * Where the page begins: with the terminal, which is what a person needs first. The worker's way to the first prompt is the longer one,
 * so it starts before any other code is even read; React and all that it draws come once the prompt is there.
 */
import { firstPrompt } from './app/first-prompt.ts'

const worker = new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module', name: 'drydock' })
const terminal = import('./terminal/first-terminal.ts')
const { openDrydock } = await import('./app/state.ts')
const drydock = openDrydock(worker)
;(await terminal).showFirstTerminal(drydock)
await firstPrompt
const { open } = await import('./page.tsx')
open(drydock)
