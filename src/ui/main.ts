/** Where the page begins. The worker's way to the first prompt is the longer one, so it starts before the page's own code is even read. */
const worker = new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module', name: 'drydock' })
const { open } = await import('./page.tsx')
open(worker)
