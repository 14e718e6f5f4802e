/**
 * How components tell what they did. Repeats are counted on one Event, many similar ones become one "(combined from similar events)",
 * and an object that talks too much is not heard for a while: the correlator of upstream's client, limits included. That is why a
 * ReplicaSet of a thousand pods has some two dozen events, not a thousand.
 */
import type { Clock } from '../../base/clock.ts'
import { ApiError, type Client, type KubernetesObject } from '../api/client.ts'
import type { CoreV1Event, V1ObjectReference } from '../kinds/generated/types.ts'
import { microTimestamp, timestamp } from './objects.ts'

const similarLimit = 10
const similarWindowMs = 600_000
const burst = 25
const refillMs = 300_000
const cacheSize = 4096

export type EventType = 'Normal' | 'Warning'

interface Similar {
  readonly texts: string[]
  lastMs: number
}

interface Written {
  namespace: string
  name: string
  count: number
}

interface Bucket {
  tokens: number
  atMs: number
}

/** Core-style events, as controllers and kubelets write them. */
export class Recorder {
  readonly #clock: Clock
  readonly #component: string
  readonly #host: string
  readonly #similar = new Map<string, Similar>()
  readonly #written = new Map<string, Written>()
  readonly #buckets = new Map<string, Bucket>()
  readonly #name: EventNames

  constructor({ clock, component, host = '' }: { clock: Clock; component: string; host?: string }) {
    this.#clock = clock
    this.#component = component
    this.#host = host
    this.#name = new EventNames(clock)
  }

  event(client: Client, object: KubernetesObject, type: EventType, reason: string, message: string, fieldPath?: string): void {
    this.eventAbout(client, referenceTo(object, fieldPath), type, reason, message)
  }

  eventAbout(client: Client, about: V1ObjectReference, type: EventType, reason: string, message: string): void {
    const now = this.#clock.now()
    // Every pod has a handful of these keys for as long as it is remembered: they are short. A uid says all the rest.
    const who = `${about.kind}|${about.uid ?? `${about.namespace ?? ''}|${about.name}`}`
    if (!this.#mayTalk(who, now)) return
    const kindOfEvent = `${who}|${type}|${reason}`
    const isCombined = this.#isOneTooMany(kindOfEvent, message, now)
    const text = isCombined ? `(combined from similar events): ${message}` : message
    const key = isCombined ? kindOfEvent : `${kindOfEvent}|${about.fieldPath ?? ''}|${message}`
    const before = this.#written.get(key)
    if (before && this.#countUp(client, before, text, now)) return
    const namespace = about.namespace || 'default'
    const name = this.#name.next(about.name ?? '')
    const event = {
      metadata: { name, namespace },
      involvedObject: about,
      reason,
      message: text,
      source: this.#host ? { component: this.#component, host: this.#host } : { component: this.#component },
      firstTimestamp: timestamp(now),
      lastTimestamp: timestamp(now),
      count: 1,
      type,
      eventTime: null,
      reportingComponent: this.#component,
      reportingInstance: this.#host,
    }
    if (!written(() => client.create<CoreV1Event>('events', event as unknown as CoreV1Event))) return
    remember(this.#written, key, { namespace, name, count: 1 })
  }

  #countUp(client: Client, before: Written, message: string, now: number): boolean {
    const event = client.get<CoreV1Event>('events', before.namespace, before.name)
    if (!event) return false
    before.count++
    written(() => client.update<CoreV1Event>('events', { ...event, message, count: before.count, lastTimestamp: timestamp(now) }))
    return true
  }

  #isOneTooMany(key: string, message: string, now: number): boolean {
    let similar = this.#similar.get(key)
    if (!similar || now - similar.lastMs > similarWindowMs) {
      similar = { texts: [], lastMs: now }
      remember(this.#similar, key, similar)
    }
    if (!similar.texts.includes(message)) similar.texts.push(message)
    similar.lastMs = now
    if (similar.texts.length < similarLimit) return false
    // Upstream forgets any one of them, so that words it still knows are counted by themselves again.
    similar.texts.shift()
    return true
  }

  /** A token bucket for each object that is talked about. */
  #mayTalk(who: string, now: number): boolean {
    let bucket = this.#buckets.get(who)
    if (!bucket) {
      bucket = { tokens: burst, atMs: now }
      remember(this.#buckets, who, bucket)
    }
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.atMs) / refillMs)
    bucket.atMs = now
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }
}

/** What a series has come to; the API is told of the first repeat, and then only when the series is over or has lasted long. */
interface Series extends Written {
  isSeries: boolean
  lastMs: number
  toldMs: number
}

const seriesEndMs = 360_000
const seriesRefreshMs = 1_800_000

/**
 * Events in the newer style of `events.k8s.io`, as the scheduler writes them: a repeat becomes a series. The same words about another
 * version of the object are no repeat: a pod's first refusal changes its status, so the second one is an event of its own.
 */
export class SeriesRecorder {
  readonly #clock: Clock
  readonly #component: string
  readonly #instance: string
  readonly #series = new Map<string, Series>()
  readonly #name: EventNames

  constructor({ clock, component, instance }: { clock: Clock; component: string; instance: string }) {
    this.#clock = clock
    this.#component = component
    this.#instance = instance
    this.#name = new EventNames(clock)
  }

  event(
    client: Client,
    object: KubernetesObject,
    { type, reason, action, message }: { type: EventType; reason: string; action: string; message: string },
  ): void {
    const now = this.#clock.now()
    const about = referenceTo(object)
    const key = `${about.uid}|${about.resourceVersion}|${type}|${reason}|${action}`
    const before = this.#series.get(key)
    if (before && now - before.lastMs < seriesEndMs) {
      before.count++
      before.lastMs = now
      if (before.isSeries && now - before.toldMs < seriesRefreshMs) return
      if (!before.isSeries) this.#finishLater(client, key, before)
      before.isSeries = true
      this.#tell(client, before)
      return
    }
    const namespace = about.namespace || 'default'
    const name = this.#name.next(about.name ?? '')
    const event = {
      metadata: { name, namespace },
      involvedObject: about,
      reason,
      message,
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      type,
      eventTime: microTimestamp(now),
      action,
      reportingComponent: this.#component,
      reportingInstance: this.#instance,
    }
    if (!written(() => client.create<CoreV1Event>('events', event as unknown as CoreV1Event))) return
    remember(this.#series, key, { namespace, name, count: 1, lastMs: now, isSeries: false, toldMs: now })
  }

  #tell(client: Client, series: Series): void {
    series.toldMs = this.#clock.now()
    const event = client.get<CoreV1Event>('events', series.namespace, series.name)
    if (event && event.series?.count !== series.count)
      written(() =>
        client.update<CoreV1Event>('events', {
          ...event,
          series: { count: series.count, lastObservedTime: microTimestamp(series.lastMs) },
        }),
      )
  }

  #finishLater(client: Client, key: string, series: Series): void {
    this.#clock.after(seriesEndMs, () => {
      if (this.#clock.now() - series.lastMs < seriesEndMs) return this.#finishLater(client, key, series)
      if (this.#series.get(key) === series) this.#series.delete(key)
      this.#tell(client, series)
    })
  }
}

/** The last moment that named an event, of whichever recorder: two must not choose the same name. */
const lastNamed = new WeakMap<Clock, bigint>()

/** `<object>.<hexadecimal nanoseconds>`; two within one moment differ in the last digits. */
class EventNames {
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  next(object: string): string {
    const now = BigInt(Math.floor(this.#clock.now() * 1000)) * 1000n
    const last = lastNamed.get(this.#clock) ?? 0n
    const next = now > last ? now : last + 7919n
    lastNamed.set(this.#clock, next)
    return `${object}.${next.toString(16)}`
  }
}

function referenceTo({ apiVersion, kind, metadata }: KubernetesObject, fieldPath?: string): V1ObjectReference {
  return {
    kind,
    ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
    name: metadata.name,
    uid: metadata.uid,
    apiVersion,
    resourceVersion: metadata.resourceVersion,
    ...(fieldPath ? { fieldPath } : {}),
  }
}

/** An event nobody may write any more (its namespace goes away) is not worth a retry. */
function written(write: () => unknown): boolean {
  try {
    write()
    return true
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}

function remember<T>(cache: Map<string, T>, key: string, value: T): void {
  cache.delete(key)
  cache.set(key, value)
  if (cache.size <= cacheSize) return
  const oldest = cache.keys().next()
  if (!oldest.done) cache.delete(oldest.value)
}
