/** A build as lines: every vertex under its number. A vertex's end is held back for a moment, because warnings about it come after it. */
import { type BuildMessage, type Display, secondOf, type Vertex, warningLine } from './build-graph.ts'
import { humanSize } from '../../base/go-units.ts'

export function createPlain({ title, firstVertex }: { readonly title: string; readonly firstVertex: number }): Display {
  let held = ''
  let current: number | undefined
  let isFirst = true
  let isEmpty = title === ''
  const heading = () => {
    if (!isFirst) return ''
    isFirst = false
    return title
  }
  /** The lines of another vertex begin with its name again. */
  const under = (vertex: Vertex) => {
    if (current === vertex.number) return ''
    current = vertex.number
    const before = isEmpty ? '' : '\n'
    isEmpty = false
    return `${before}#${vertex.number} ${vertex.name}\n`
  }
  return {
    nextAt: undefined,
    tick: () => '',
    ended() {
      const text = held
      held = ''
      return text
    },
    noted(message, vertex) {
      if (message.warning) return `#${firstVertex} WARN: ${warningLine(message.warning)}\n`
      const before = heading() + held
      held = ''
      if (!vertex) return before
      const end = endOf(vertex, message)
      if (end === undefined)
        return (
          before +
          (message.started || message.name !== undefined
            ? message.started
              ? under(vertex)
              : ''
            : under(vertex) + linesOf(vertex, message))
        )
      held = end
      return before + under(vertex)
    },
  }
}

function endOf(vertex: Vertex, { cached, done, error }: BuildMessage): string | undefined {
  if (vertex.isCanceled) return `#${vertex.number} CANCELED\n`
  if (error !== undefined) return `#${vertex.number} ERROR: ${vertex.error ?? error}\n`
  if (cached) return `#${vertex.number} CACHED\n`
  if (done) return `#${vertex.number} DONE ${(((vertex.endedAt ?? 0) - (vertex.startedAt ?? 0)) / 1000).toFixed(1)}s\n`
  return undefined
}

function linesOf(vertex: Vertex, { at, status, current, total, log }: BuildMessage): string {
  const head = `#${vertex.number} `
  if (log !== undefined)
    return log
      .replace(/\n$/, '')
      .split('\n')
      .map((text) => `${head}${secondOf(vertex, at)} ${text}\n`)
      .join('')
  if (status === undefined) return ''
  if (current === undefined || total === undefined) return `${head}${status}\n`
  return `${head}${status} ${humanSize(current, 4)} / ${humanSize(total, 4)}${current === total ? ' done' : ''}\n`
}
