/**
 * A build drawn on a terminal: a heading, one row for each vertex, their statuses and last words below them. Each picture goes over the
 * one before it, by as many steps up as that had rows; rows are one column narrower than the terminal.
 */
import type { Display, Status, Vertex } from './build-graph.ts'
import { humanSize } from '../../base/go-units.ts'

const frameMs = 150
/** What is told draws a picture too, but not sooner than this after the last one. */
const leastMs = 100
const shownLogLines = 6
const blue = '\x1b[34m'
const red = '\x1b[31m'
const yellow = '\x1b[33m'
const faint = '\x1b[2m'
const plain = '\x1b[0m'

export function createDrawing(vertices: ReadonlyMap<number, Vertex>, cols: number, where: string): Display {
  let startedAt: number | undefined
  let rowsDrawn = 0
  let isFirst = true
  let nextAt: number | undefined

  function frame(now: number, isLast: boolean): string {
    const up = '\x1b[1A'.repeat(rowsDrawn + 1) + (isFirst ? '\x1b[1B' : '')
    isFirst = false
    const all = [...vertices.values()]
    const completed = all.filter(({ endedAt }) => endedAt !== undefined).length
    const total = all.length + notYetSeen(all)
    const heading = `[+] Building ${((now - (startedAt ?? now)) / 1000).toFixed(1)}s (${completed}/${total})${isLast && completed === total && total > 0 ? ' FINISHED' : ''}`
    const rows = all.flatMap((vertex) => rowsOf(vertex, now, cols))
    const over = Math.max(0, rowsDrawn - rows.length)
    rowsDrawn = rows.length
    nextAt = now + frameMs
    return `${up}\x1b[0G\x1b[?25l${aligned(heading, where, cols - 1)}\n${rows.join('')}${`${' '.repeat(cols)}\n`.repeat(over)}${over > 0 ? `\x1b[${over}A\x1b[0G` : ''}\x1b[?25h`
  }

  return {
    get nextAt() {
      return nextAt
    },
    noted({ at }) {
      if (startedAt !== undefined) return nextAt !== undefined && at >= nextAt - frameMs + leastMs ? frame(at, false) : ''
      startedAt = at
      // The first picture is drawn before anything has begun.
      return frame(at, false)
    },
    tick: (now) => frame(now, false),
    ended: (now) => frame(now, true),
  }
}

/** Steps that the names speak of (`[2/4]`) and that were not announced yet. */
function notYetSeen(vertices: readonly Vertex[]): number {
  const stages = new Map<string, number>()
  for (const { name } of vertices) {
    const [, stage = '', step, of] = /^\[(?:(\S+) )?(\d+)\/(\d+)\]/.exec(name) ?? []
    if (step !== undefined) stages.set(stage, Math.min(stages.get(stage) ?? Number.POSITIVE_INFINITY, Number(of) - Number(step)))
  }
  return [...stages.values()].reduce((sum, missing) => sum + missing, 0)
}

function rowsOf(vertex: Vertex, now: number, cols: number): string[] {
  if (vertex.startedAt === undefined) return []
  const word = vertex.isCanceled ? 'CANCELED ' : vertex.error !== undefined ? 'ERROR ' : vertex.isCached ? 'CACHED ' : ''
  const color = vertex.endedAt === undefined ? '' : vertex.isCanceled ? yellow : vertex.error !== undefined ? red : blue
  const rows = [row(` => ${word}${vertex.name}`, (vertex.endedAt ?? now) - vertex.startedAt, cols, color)]
  for (const status of vertex.statuses.values()) {
    const until = status.isDone ? status.startedAt : (vertex.endedAt ?? now)
    rows.push(
      row(` => => ${statusText(status)}`, until - status.startedAt, cols, status.isDone || vertex.endedAt !== undefined ? blue : ''),
    )
  }
  if (vertex.endedAt === undefined)
    for (const { text } of vertex.logs.slice(-shownLogLines))
      rows.push(painted(` => => # ${text}`.slice(0, cols - 1).padEnd(cols - 1), faint))
  return rows
}

function statusText({ text, current, total }: Status): string {
  return current === undefined || total === undefined ? text : `${text} ${humanSize(current, 4)} / ${humanSize(total, 4)}`
}

function row(text: string, ms: number, cols: number, color: string): string {
  const time = ` ${(ms / 1000).toFixed(1).padStart(3)}s`
  const room = cols - 1 - time.length
  return painted(aligned(text.length > room ? `${text.slice(0, room - 3)}...` : text, time, cols - 1), color)
}

function painted(line: string, color: string): string {
  return color === '' ? `${line}\n` : `${color}${line}\n${plain}`
}

function aligned(left: string, right: string, width: number): string {
  return `${left}${' '.repeat(Math.max(1, width - left.length - right.length))}${right}`
}
