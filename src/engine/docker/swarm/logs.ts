/** `GET /services/{id}/logs` and of tasks: what their containers wrote, on every machine that can be reached, each line with whose it is when asked for. */
import { ByteStream, type HttpResponse } from '../../../base/http.ts'
import { bytesOf } from '../../../base/bytes.ts'
import type { Cancel } from '../../../base/clock.ts'
import type { LogEntry } from '../../runtime/log-file.ts'
import { badRequest } from '../docker-error.ts'
import { timeOf } from '../filters.ts'
import { frame } from '../containers/frames.ts'
import { isTrue } from '../router.ts'
import { streamHeaders } from '../containers/streams.ts'
import type { Member } from './member.ts'
import type { Task } from './shapes.ts'

/** How often a follower looks for new tasks. */
const lookMs = 500

export function taskLogs(leader: Member, tasksNow: () => readonly Task[], query: URLSearchParams): HttpResponse {
  const wanted = { stdout: isTrue(query.get('stdout')), stderr: isTrue(query.get('stderr')) }
  if (!wanted.stdout && !wanted.stderr) throw badRequest('Bad parameters: you must choose at least one stream')
  const { clock } = leader.daemon
  const since = query.get('since') ? timeOf(query.get('since') as string, clock.now()) : 0
  const withTimes = isTrue(query.get('timestamps'))
  const withDetails = isTrue(query.get('details'))
  const isFollowing = isTrue(query.get('follow'))
  const tail = /^\d+$/.test(query.get('tail') ?? '') ? Number(query.get('tail')) : undefined
  const isTerminal = tasksNow()[0]?.Spec.ContainerSpec?.TTY ?? false
  const out = new ByteStream()
  const seen = new Map<string, Cancel>()
  const look = () => {
    for (const task of [...tasksNow()].sort((a, b) => (a.Slot ?? 0) - (b.Slot ?? 0) || (a.CreatedAt < b.CreatedAt ? -1 : 1))) {
      if (seen.has(task.ID)) continue
      const member = leader.member(task.NodeID ?? '')
      const container = member?.daemon.containers().find(({ Config }) => Config.Labels['com.docker.swarm.task.id'] === task.ID)
      const live = container && member?.daemon.live.get(container.Id)
      if (!live) continue
      const details = withDetails
        ? `com.docker.swarm.node.id=${task.NodeID},com.docker.swarm.service.id=${task.ServiceID},com.docker.swarm.task.id=${task.ID} `
        : ''
      const show = ({ stream, text, time }: LogEntry) => {
        if (!wanted[stream] || Date.parse(time) < since) return
        const bytes = bytesOf(`${withTimes ? `${time} ` : ''}${details}${text}`)
        out.write(isTerminal ? bytes : frame(stream, bytes))
      }
      const entries = live.log.read().filter(({ stream }) => wanted[stream])
      for (const entry of tail === undefined ? entries : tail === 0 ? [] : entries.slice(-tail)) show(entry)
      seen.set(task.ID, isFollowing ? live.log.follow(show) : () => {})
    }
  }
  look()
  if (!isFollowing) out.end()
  else {
    const again = () => {
      if (!out.isCancelled && !leader.isStopped) {
        look()
        clock.after(lookMs, again)
        return
      }
      for (const cancel of seen.values()) cancel()
      out.end()
    }
    clock.after(lookMs, again)
  }
  return { status: 200, headers: streamHeaders(isTerminal), body: out }
}
