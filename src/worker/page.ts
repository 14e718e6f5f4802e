/**
 * The page's end of the boundary. It only carries: what a message means is decided by whoever listens.
 *
 * A frame is acknowledged after the browser has drawn it, so a slow page slows the worker's frames and never queues them. A hidden
 * tab draws nothing and therefore gets no frames; the next one it gets holds all that happened meanwhile.
 */
import type { Frame, FromWorker, Question, ToWorker } from './messages.ts'

export interface Listeners {
  frame(frame: Frame): void
  opened(home: string, lesson: string | null): void
  taken(): void
  terminalOutput(terminal: string, bytes: Uint8Array): void
  terminalEnded(terminal: string): void
  fileChanged(path: string): void
  browse(address: string): void
  trouble(message: string): void
}

export interface PageEnd {
  send(message: ToWorker): void
  /** Rejects with the worker's words when it refuses. */
  ask(question: Question): Promise<unknown>
  close(): void
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: Error) => void
}

export function openPageEnd(worker: Worker, listeners: Listeners): PageEnd {
  const waiting = new Map<number, Waiting>()
  let asked = 0
  const send = (message: ToWorker) => worker.postMessage(message)

  const answered = (id: number): Waiting | undefined => {
    const who = waiting.get(id)
    waiting.delete(id)
    return who
  }

  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    switch (data.type) {
      case 'frame':
        listeners.frame(data)
        requestAnimationFrame(() => send({ type: 'frame-drawn', number: data.number }))
        return
      case 'opened':
        return listeners.opened(data.home, data.lesson)
      case 'taken':
        return listeners.taken()
      case 'terminal-output':
        return listeners.terminalOutput(data.terminal, data.bytes)
      case 'terminal-ended':
        return listeners.terminalEnded(data.terminal)
      case 'file-changed':
        return listeners.fileChanged(data.path)
      case 'browse':
        return listeners.browse(data.address)
      case 'trouble':
        return listeners.trouble(data.message)
      case 'answer':
        return answered(data.id)?.resolve(data.value)
      case 'refused':
        return answered(data.id)?.reject(new Error(data.message))
    }
  }
  worker.onerror = (event) => listeners.trouble(event.message || 'The worker could not be started.')

  return {
    send,
    ask: (question) =>
      new Promise((resolve, reject) => {
        const id = ++asked
        waiting.set(id, { resolve, reject })
        send({ type: 'ask', id, question })
      }),
    close: () => worker.terminate(),
  }
}
