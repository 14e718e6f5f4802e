/** What a client asked of a container's log: the lines that are there, and how each line that comes is shown. */
import { bytesOf } from '../../base/bytes.ts'
import { ByteStream } from '../../base/http.ts'
import type { LogEntry, LogFile } from './log-file.ts'
import type { LogQuery } from './runtime.ts'

/** The stream holds what was logged until now; `show` adds an entry to it. */
export function logStream(log: LogFile, query: LogQuery): { readonly stream: ByteStream; readonly show: (entry: LogEntry) => void } {
  const stream = new ByteStream()
  let left = query.limitBytes ?? Number.POSITIVE_INFINITY
  const show = (entry: LogEntry): void => {
    if (query.stream && entry.stream !== query.stream) return
    const text = query.timestamps ? `${entry.time} ${entry.text}` : entry.text
    const bytes = bytesOf(text).subarray(0, left)
    left -= bytes.length
    stream.write(bytes)
  }
  const entries = log
    .read()
    .filter(
      ({ time, stream: from }) =>
        (query.sinceMs === undefined || Date.parse(time) >= query.sinceMs) && (!query.stream || query.stream === from),
    )
  for (const entry of query.tailLines === undefined ? entries : query.tailLines === 0 ? [] : entries.slice(-query.tailLines)) show(entry)
  return { stream, show }
}
