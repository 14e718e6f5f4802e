/** What the small web servers of the catalogue share: waiting for requests, plain answers, Go's way of writing the time. */
import { bytesOf } from '../../../base/bytes.ts'
import { header, httpDate, type HttpRequest, type HttpResponse } from '../../../base/http.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import { type Blocking, out, type Process, sleep } from '../../../unix/kernel/process.ts'
import { type Asked, requestQueue } from '../../../unix/network/serve.ts'

export interface Serving {
  /** Ends with 0 on TERM and INT, as programs that shut down in order do; else the signal kills it. */
  readonly isGraceful?: boolean
  /** Lines to log, written between two requests. */
  readonly log?: string[]
  /** Checked after each answer: the program ends with this code. */
  readonly exitCode?: () => number | undefined
  /** Computing time that a request costs; a limit of the container makes it longer. */
  readonly requestMs?: number
}

export function* serving(
  process: Process,
  ports: number | readonly number[],
  answer: (asked: Asked) => HttpResponse | undefined,
  { isGraceful = false, log, exitCode, requestMs = 0 }: Serving = {},
): Blocking<number> {
  const queue = requestQueue(process)
  const stopped = new WaitQueue()
  let isStopping = false
  if (isGraceful) {
    for (const signal of ['TERM', 'INT'] as const) {
      process.handlers.set(signal, () => {
        isStopping = true
        stopped.wake()
      })
    }
  }
  try {
    for (const port of [ports].flat()) queue.listen(port)
    for (;;) {
      while (log && log.length > 0) yield* out(process, log.shift() ?? '')
      if (isStopping) return 0
      const code = exitCode?.()
      if (code !== undefined) return code
      const asked = queue.next()
      if (asked) {
        if (requestMs > 0) yield* computing(process, requestMs)
        const response = answer(asked)
        if (response) asked.answer(response)
        yield
      } else yield { on: [queue.arrived, stopped] }
    }
  } finally {
    queue.close()
  }
}

/** Where the container may use half a CPU, this takes twice as long. */
function* computing(process: Process, ms: number): Blocking<void> {
  process.isSpinning = true
  yield* sleep(process, ms / Math.min(1, process.cgroup.cpuLimit ?? 1))
  process.isSpinning = false
}

export function answered(
  process: Process,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status,
    headers: { date: httpDate(process.now()), 'content-length': String(bytesOf(text).length), 'content-type': type, ...headers },
    body: text,
  }
}

export function jsonAnswered(
  process: Process,
  status: number,
  value: unknown,
  { indent = 2, headers = {} }: { readonly indent?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): HttpResponse {
  return answered(process, status, `${JSON.stringify(value, null, indent)}\n`, 'application/json', headers)
}

/** `2026/11/21 15:04:05`: the prefix of Go's log package. */
export function goTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')
}

/** `Accept-Encoding`, as Go and most servers write what came in lower case. */
export function canonical(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}

export function hostname(process: Process): string {
  return process.namespaces.uts.hostname
}

export function addressOf(process: Process): string {
  return process.net.interfaces.find(({ name }) => name !== 'lo')?.ip ?? '127.0.0.1'
}

export function pathOf({ url }: HttpRequest): string {
  return url.replace(/[?#].*$/, '')
}

export function queryOf({ url }: HttpRequest): URLSearchParams {
  return new URLSearchParams(url.split('?')[1] ?? '')
}

export function headerMap(request: HttpRequest): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [canonical(name), [value].flat().join(',')]))
}

export function hostOf(request: HttpRequest): string {
  return header(request.headers, 'host') ?? ''
}

/** `--port=80`, `-port 80`, `--port 80`. */
export function flagValue(args: readonly string[], name: string): string | undefined {
  for (const [at, arg] of args.entries()) {
    const [, flag, inline] = /^--?([\w-]+)(?:=(.*))?$/s.exec(arg) ?? []
    if (flag === name) return inline ?? args[at + 1]
  }
  return undefined
}
