/** What concerns the whole session: undo, reset, and taking it along. */
import { openLesson } from '../lesson/lessons.ts'
import { goTo, type Drydock } from './state.ts'
import { wordsOf } from './words-of.ts'

export async function undo(drydock: Drydock): Promise<void> {
  await asked(drydock, { type: 'undo' })
}

export async function redo(drydock: Drydock): Promise<void> {
  await asked(drydock, { type: 'redo' })
}

export async function resetSession(drydock: Drydock): Promise<void> {
  if (!confirm('Go back to the beginning? Undo brings back what is there now.')) return
  await asked(drydock, { type: 'reset' })
  const { lesson } = drydock.store.getState()
  if (lesson) await openLesson(drydock, lesson)
}

async function asked(drydock: Drydock, question: { readonly type: 'undo' | 'redo' | 'reset' }): Promise<void> {
  goTo(drydock, undefined)
  try {
    await drydock.end.ask(question)
  } catch (refusal) {
    drydock.store.setState({ notice: wordsOf(refusal) })
  }
}

/** The session as a file that `import` takes back. */
export async function saveToFile(drydock: Drydock): Promise<void> {
  const data = await drydock.end.ask({ type: 'export' })
  if (!(data instanceof Uint8Array)) throw new Error('The session could not be saved.')
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([data.slice()]))
  link.download = 'session.drydock'
  link.click()
  URL.revokeObjectURL(link.href)
}

export async function openFromFile(drydock: Drydock, file: File): Promise<void> {
  await drydock.end.ask({ type: 'import', data: new Uint8Array(await file.arrayBuffer()) })
}
