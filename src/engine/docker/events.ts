/** `docker events`: what happened since, what happens from now on, as JSON lines. Unknown filters are ignored, as the daemon ignores them. */
import { ByteStream, type HttpResponse } from '../../base/http.ts'
import { perform, type Work } from '../runtime/task.ts'
import type { Daemon, DockerEvent } from './daemon.ts'
import { type Filters, hasLabels, parseFilters, timeOf } from './filters.ts'

export function eventsResponse(daemon: Daemon, query: URLSearchParams): HttpResponse {
  const filters = parseFilters(query.get('filters'))
  const now = daemon.clock.now()
  const since = query.get('since') ? timeOf(query.get('since') as string, now) : undefined
  const until = query.get('until') && query.get('until') !== '0' ? timeOf(query.get('until') as string, now) : undefined
  const body = new ByteStream()
  const say = ({ event, nano }: { event: DockerEvent; nano: string }) => {
    const at = event.timeNano / 1e6
    if (since !== undefined && at < since) return
    if (until !== undefined && at > until) return
    if (passes(event, filters)) body.write(`${JSON.stringify(event).replace(/"timeNano":[^,}]+/, `"timeNano":${nano}`)}\n`)
  }
  if (since !== undefined) for (const entry of daemon.events) say(entry)
  if (until !== undefined && until <= now) {
    body.end()
    return { status: 200, headers: { 'content-type': 'application/json' }, body }
  }
  let seen = daemon.eventCount
  const follow = function* (): Work<void> {
    daemon.eventListeners++
    try {
      while (!body.isCancelled && (until === undefined || daemon.clock.now() < until)) {
        const fresh = daemon.eventCount - seen
        seen = daemon.eventCount
        if (fresh > 0) for (const entry of daemon.events.slice(-fresh)) say(entry)
        yield { on: [daemon.eventCame, body.drained], ...(until === undefined ? {} : { until }) }
      }
    } finally {
      daemon.eventListeners--
      body.end()
    }
  }
  perform(daemon.clock, follow())
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}

function passes({ Type, Action, Actor, scope }: DockerEvent, filters: Filters): boolean {
  const any = (name: string, test: (value: string) => boolean) =>
    !filters.get(name)?.length || (filters.get(name) as readonly string[]).some(test)
  const { name, image } = Actor.Attributes
  const isNamed = (type: string) => (value: string) => Type === type && (Actor.ID === value || Actor.ID.startsWith(value) || name === value)
  const verb = Action.split(':')[0]
  return (
    any('type', (value) => Type === value) &&
    any('event', (value) => Action === value || verb === value) &&
    any('scope', (value) => scope === value) &&
    any('container', isNamed('container')) &&
    any('network', isNamed('network')) &&
    any('volume', isNamed('volume')) &&
    any('daemon', isNamed('daemon')) &&
    any('image', (value) => {
      const mentioned = Type === 'image' ? [Actor.ID, name] : [image]
      return mentioned.some(
        (text) => text !== undefined && (text === value || text.split(':')[0] === value || text.replace(/:latest$/, '') === value),
      )
    }) &&
    hasLabels(Actor.Attributes, filters.get('label'))
  )
}
