/** The page itself: the state that the worker feeds, and the components that draw it. */
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { firstPrompt } from './app/first-prompt.ts'
import { DrydockContext, openDrydock } from './app/state.ts'
import './app/tokens.css'

export function open(worker: Worker): void {
  const drydock = openDrydock(worker)
  const root = document.getElementById('drydock')
  if (!root) throw new Error('bug: index.html has no #drydock')
  createRoot(root).render(
    <DrydockContext value={drydock}>
      <App />
    </DrydockContext>,
  )
  if (import.meta.env.PROD) void firstPrompt.then(() => import('./app/offline.ts')).then(({ keepOffline }) => keepOffline(drydock))
}
