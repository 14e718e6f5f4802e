/**
 * The daemon's progress messages (pull, push, load, legacy build) as the CLI shows them: on a terminal each layer keeps its line,
 * reached with cursor movements; elsewhere a line is printed for each change of status and none for progress.
 */
import type { HttpResponse } from '../../base/http.ts'
import { type Blocking, type Process, writeTo } from '../../unix/kernel/process.ts'
import { DockerError } from './docker-error.ts'
import { eachLine } from './engine.ts'
import { humanSize } from '../../base/go-units.ts'

export interface Message {
  readonly id?: string
  readonly status?: string
  readonly stream?: string
  readonly progress?: string
  readonly progressDetail?: {
    readonly current?: number
    readonly total?: number
    readonly start?: number
    readonly units?: string
    readonly hidecounts?: boolean
  }
  readonly error?: string
  readonly errorDetail?: { readonly code?: number; readonly message?: string }
  readonly aux?: Readonly<Record<string, unknown>>
}

/** Shows messages on a descriptor, or nowhere, until the stream ends. An error among them is thrown as the CLI words it. */
export function* showProgress(
  process: Process,
  response: HttpResponse,
  descriptor: number | undefined,
  onAux: (aux: Readonly<Record<string, unknown>>) => void = () => {},
): Blocking<void> {
  const isTerminal = descriptor !== undefined && process.descriptors.get(descriptor)?.file.kind === 'terminal'
  const lines = new Map<string, number>()
  yield* eachLine<Message>(response, function* (message) {
    if (message.errorDetail || message.error) {
      const code = message.errorDetail?.code
      throw new DockerError(message.errorDetail?.message ?? message.error ?? '', code && code > 0 ? code : 1)
    }
    if (message.aux) return onAux(message.aux)
    const text = isTerminal ? onTerminal(message, lines, process.terminal?.cols ?? 80) : onPipe(message)
    if (text !== '' && descriptor !== undefined) yield* writeTo(process, descriptor, text)
  })
}

function onPipe({ id, status, stream, progressDetail }: Message): string {
  if (stream !== undefined) return stream
  if (progressDetail?.current !== undefined || (progressDetail?.total ?? 0) > 0) return ''
  return `${id ? `${id}: ` : ''}${status ?? ''}\n`
}

function onTerminal(message: Message, lines: Map<string, number>, cols: number): string {
  const { id, status = '', stream, progressDetail } = message
  if (stream !== undefined) return stream
  if (!id || progressDetail === undefined) {
    // A message of its own ends the block of layer lines.
    if (!id) lines.clear()
    return `${id ? `${id}: ` : ''}${status}\n`
  }
  let before = ''
  let line = lines.get(id)
  if (line === undefined) {
    line = lines.size
    lines.set(id, line)
    before = '\n'
  }
  const up = lines.size - line
  const bar = progressBar(message, cols)
  return `${before}\x1b[${up}A\x1b[2K\r${id}: ${status} ${bar}\r\x1b[${up}B`
}

/** `[=====>      ]  1.2MB/4.5MB`; the bar is left out on narrow terminals. */
function progressBar({ progressDetail }: Message, cols: number): string {
  const { current = 0, total = 0 } = progressDetail ?? {}
  if (current <= 0 && total <= 0) return ''
  const shown = humanSize(current, 4).padStart(8)
  if (total <= 0) return shown
  const percent = Math.min(Math.floor((current / total) * 50), 50)
  const bar = cols > 110 ? `[${'='.repeat(percent)}>${' '.repeat(Math.max(0, 50 - percent))}] ` : ''
  const full = current >= total && cols > 110 ? `[${'='.repeat(50)}>] ` : bar
  return `${full} ${humanSize(current, 4)}/${humanSize(total, 4)}`.replace(/ {3,}(?=\d)/, '  ')
}
