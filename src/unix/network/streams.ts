/** Joining byte streams: what comes out of one goes into another, end and cancellation included. */
import type { ByteStream } from '../../base/http.ts'

/** Passes everything on, as long as the reader wants it. Without `atEnd` the end is passed on, too. */
export function onward(
  from: ByteStream,
  to: ByteStream,
  { framed, atEnd }: { readonly framed?: (bytes: Uint8Array) => Uint8Array; readonly atEnd?: () => void } = {},
): void {
  let isDone = false
  const step = (): void => {
    if (isDone) return
    if (to.isCancelled) {
      isDone = true
      stopReading()
      stopWatching()
      from.cancel()
      return
    }
    for (let chunk = from.read(); chunk; chunk = from.read()) to.write(framed ? framed(chunk) : chunk)
    if (!from.isOver) return
    isDone = true
    stopReading()
    stopWatching()
    if (atEnd) atEnd()
    else to.end()
  }
  const stopReading = from.readable.each(step)
  const stopWatching = to.drained.each(() => {
    if (to.isCancelled) step()
  })
  step()
}
