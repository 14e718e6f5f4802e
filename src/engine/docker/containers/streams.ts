/**
 * Output on its way to clients: attach, logs and exec. Without a terminal both streams share one connection in frames; with one the
 * bytes go through as they are.
 */
import { bytesOf } from '../../../base/bytes.ts'
import { ByteStream, type HttpHeaders, type HttpResponse, type Upgraded } from '../../../base/http.ts'
import type { Cancel } from '../../../base/clock.ts'
import type { LogEntry, OutputStream } from '../../runtime/log-file.ts'
import type { Stdio } from '../../runtime/stdio.ts'
import type { Daemon, Live } from '../daemon.ts'
import { badRequest, conflict, DockerError } from '../docker-error.ts'
import { timeOf } from '../filters.ts'
import { frame, multiplexed, raw } from './frames.ts'
import { isTrue } from '../router.ts'

const clientBufferBytes = 1 << 20

export function streamHeaders(isTerminal: boolean): HttpHeaders {
  return { 'content-type': isTerminal ? raw : multiplexed }
}

/** Sends what a process writes to a client that may be slow. */
function pass(stdio: Stdio, to: ByteStream, wanted: Readonly<Record<OutputStream, boolean>>): Cancel {
  const isTerminal = stdio.terminal !== undefined
  return stdio.listen({
    write: (stream, bytes) => {
      if (wanted[stream]) to.write(isTerminal ? bytes : frame(stream, bytes))
    },
    full: () => (to.size > clientBufferBytes && !to.isCancelled ? to.drained : undefined),
  })
}

/** Both directions between a client and a process, until the process ends; `incoming` undefined when the client cannot write. */
export function attach(
  daemon: Daemon,
  name: string,
  query: URLSearchParams,
  incoming: ByteStream | undefined,
): { outgoing: ByteStream; isTerminal: boolean } {
  const container = daemon.require(name)
  const live = daemon.liveOf(container.Id)
  const keys = query.get('detachKeys') ?? ''
  if (keys !== '' && !keys.split(',').every((key) => /^(.|ctrl-[a-z@[\\\]^_])$/i.test(key)))
    throw badRequest(`Invalid detach keys (${keys}) provided`)
  if (container.State.Paused) throw conflict(`container ${container.Id} is paused, unpause the container before attach`)
  if (container.State.Restarting) throw conflict(`container ${container.Id} is restarting, wait until the container is running`)
  const wanted = { stdout: isTrue(query.get('stdout')), stderr: isTrue(query.get('stderr')) }
  const outgoing = new ByteStream()
  const { stdio } = live
  const isTerminal = container.Config.Tty
  if (isTrue(query.get('logs')))
    for (const entry of live.log.read())
      if (wanted[entry.stream]) outgoing.write(isTerminal ? bytesOf(entry.text) : frame(entry.stream, bytesOf(entry.text)))
  if (!isTrue(query.get('stream'))) {
    outgoing.end()
    return { outgoing, isTerminal }
  }
  daemon.containerEvent(container, 'attach')
  const cancelOutput = pass(stdio, outgoing, wanted)
  const cancelInput =
    incoming && isTrue(query.get('stdin')) && container.Config.OpenStdin
      ? stdio.feed(incoming, { closeAtEnd: container.Config.StdinOnce })
      : () => {}
  const exits = live.exits
  const over = live.changed.each(() => {
    if (live.exits === exits && !live.isRemoved) return
    finish()
  })
  const finish = () => {
    over()
    cancelOutput()
    cancelInput()
    outgoing.end()
  }
  outgoing.drained.each(() => {
    if (outgoing.isCancelled) finish()
  })
  return { outgoing, isTerminal }
}

export function attachUpgraded(daemon: Daemon, name: string, query: URLSearchParams): Upgraded {
  const incoming = new ByteStream()
  const { outgoing, isTerminal } = attach(daemon, name, query, incoming)
  return { protocol: 'tcp', headers: streamHeaders(isTerminal), incoming, outgoing }
}

/** The client's side of an exec; the process is started by the caller. */
export function attachExec(
  stdio: Stdio,
  { incoming, wantsInput, ended }: { incoming: ByteStream | undefined; wantsInput: boolean; ended: (note: () => void) => Cancel },
): ByteStream {
  const outgoing = new ByteStream()
  const cancelOutput = pass(stdio, outgoing, { stdout: true, stderr: true })
  const cancelInput = incoming && wantsInput ? stdio.feed(incoming, { closeAtEnd: true }) : () => {}
  ended(() => {
    cancelOutput()
    cancelInput()
    outgoing.end()
  })
  return outgoing
}

export function logs(daemon: Daemon, name: string, query: URLSearchParams): HttpResponse {
  const container = daemon.require(name)
  const wanted = { stdout: isTrue(query.get('stdout')), stderr: isTrue(query.get('stderr')) }
  if (!wanted.stdout && !wanted.stderr) throw badRequest('Bad parameters: you must choose at least one stream')
  if (container.HostConfig.LogConfig.Type === 'none') throw new DockerError(501, 'configured logging driver does not support reading')
  const now = daemon.clock.now()
  const since = query.get('since') ? timeOf(query.get('since') as string, now) : 0
  const until = query.get('until') && query.get('until') !== '0' ? timeOf(query.get('until') as string, now) : Number.POSITIVE_INFINITY
  const withTimes = isTrue(query.get('timestamps'))
  const tail = query.get('tail') ?? 'all'
  const isTerminal = container.Config.Tty
  const live = daemon.liveOf(container.Id)
  const details = isTrue(query.get('details')) ? `${detailsOf(container.HostConfig.LogConfig.Config, container.Config)} ` : ''
  const out = new ByteStream()
  let isOver = false
  const show = ({ stream, text, time }: LogEntry) => {
    if (!wanted[stream]) return
    const at = Date.parse(time)
    // Followed logs end with the first line that is too late, not with the time itself.
    if (at > until) isOver = true
    if (at < since || isOver) return
    const bytes = bytesOf(`${withTimes ? `${time} ` : ''}${details}${text}`)
    out.write(isTerminal ? bytes : frame(stream, bytes))
  }
  const entries = live.log.read().filter(({ stream }) => wanted[stream])
  const count = /^\d+$/.test(tail) ? Number(tail) : entries.length
  for (const entry of count === 0 ? [] : entries.slice(-count)) show(entry)
  const isFollowing = isTrue(query.get('follow')) && container.State.Running
  if (!isFollowing || isOver) out.end()
  else follow(live, out, show, () => !isOver && (daemon.find(container.Id)?.State.Running ?? false))
  return { status: 200, headers: streamHeaders(isTerminal), body: out }
}

function follow(live: Live, out: ByteStream, show: (entry: LogEntry) => void, goesOn: () => boolean): void {
  const unfollow = live.log.follow((entry) => {
    show(entry)
    if (!goesOn()) finish()
  })
  const unwatch = live.changed.each(() => {
    if (live.isRemoved || !goesOn()) finish()
  })
  const undrain = out.drained.each(() => {
    if (out.isCancelled) finish()
  })
  const finish = () => {
    unfollow()
    unwatch()
    undrain()
    out.end()
  }
}

/** `--details`: the labels and variables that the log options name. */
function detailsOf(
  options: Readonly<Record<string, string>>,
  config: { Labels: Readonly<Record<string, string>>; Env: readonly string[] | null },
): string {
  const parts: string[] = []
  for (const label of options.labels?.split(',') ?? [])
    if (config.Labels[label] !== undefined) parts.push(`${label}=${config.Labels[label]}`)
  for (const name of options.env?.split(',') ?? []) {
    const entry = config.Env?.find((candidate) => candidate.startsWith(`${name}=`))
    if (entry) parts.push(entry)
  }
  return parts.sort().join(',')
}
