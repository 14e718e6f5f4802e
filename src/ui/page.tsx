/** The page around the terminal: the components that draw what the worker feeds. */
import { startTransition } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { DrydockContext, type Drydock } from './app/state.ts'

export function open(drydock: Drydock): void {
  const root = document.getElementById('drydock')
  if (!root) throw new Error('bug: index.html has no #drydock')
  // In slices: somebody may be typing already.
  startTransition(() =>
    createRoot(root).render(
      <DrydockContext value={drydock}>
        <App />
      </DrydockContext>,
    ),
  )
  if (import.meta.env.PROD) void import('./app/offline.ts').then(({ keepOffline }) => keepOffline(drydock))
}
