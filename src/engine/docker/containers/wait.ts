/**
 * `docker wait`: an answer whose status comes at once and whose body comes when the container has ended.
 */
import { ByteStream, type HttpResponse } from '../../../base/http.ts'
import type { Daemon } from '../daemon.ts'
import { badRequest } from '../docker-error.ts'

/** The headers go out at once, the code when the container has ended. */
export function waitResponse(daemon: Daemon, name: string, condition: string): HttpResponse {
  const container = daemon.require(name)
  if (!['not-running', 'next-exit', 'removed', ''].includes(condition)) throw badRequest(`invalid condition: ${JSON.stringify(condition)}`)
  const live = daemon.liveOf(container.Id)
  const body = new ByteStream()
  const exits = live.exits
  const say = (code: number) => {
    const error = daemon.find(container.Id)?.State.Error
    body.write(`${JSON.stringify({ StatusCode: code, ...(error && condition !== 'removed' ? { Error: { Message: error } } : {}) })}\n`)
    body.end()
  }
  const isOver = () => {
    if (live.isRemoved) return true
    if (condition === 'removed') return false
    if (condition === 'next-exit') return live.exits > exits
    return !(daemon.find(container.Id)?.State.Running ?? false) || live.exits > exits
  }
  const codeNow = () => (live.exits > 0 || live.isRemoved ? live.lastExitCode : container.State.ExitCode)
  if (isOver()) say(codeNow())
  else {
    const stop = live.changed.each(() => {
      if (!isOver()) return
      stop()
      say(codeNow())
    })
  }
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}
