/**
 * Several clients write the same few objects in every way there is, while informers follow them over watches that are cut, lag behind and are
 * told that they come too late. A small model knows what each answer must be: who owns which key, whose copy is stale. In the end every
 * informer's cache is what the server holds. `CONSISTENCY=2000` plays as many seeds; one that ever failed stays in `failed`.
 */
import { expect, test } from 'vitest'
import { textOf } from '../../base/bytes.ts'
import { ManualClock } from '../../base/clock.ts'
import { ByteStream, type HttpResponse, request } from '../../base/http.ts'
import { Random } from '../../base/random.ts'
import { Store } from '../store/store.ts'
import { ApiServer, stampResourceVersion } from './server.ts'

const failed: readonly number[] = []
const seeds = process.env.CONSISTENCY_SEED
  ? [Number(process.env.CONSISTENCY_SEED)]
  : [...failed, ...Array.from({ length: Number(process.env.CONSISTENCY ?? 25) }, (_, index) => index + 1)]
const stepsPerSeed = 500

const root = '/api/v1/namespaces/default/configmaps'
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const keys = ['k1', 'k2', 'k3', 'k4']
const managers = ['kubectl', 'helm', 'argo']

interface ConfigMap {
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly resourceVersion: string
    readonly labels?: Readonly<Record<string, string>>
    readonly managedFields?: readonly Entry[]
  }
  readonly data?: Readonly<Record<string, string>>
}

interface Entry {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly fieldsV1: { readonly 'f:data'?: Readonly<Record<string, object>> }
}

interface Answer {
  readonly status: number
  readonly body: ConfigMap & {
    readonly message?: string
    readonly items?: readonly ConfigMap[]
    readonly metadata: { readonly continue?: string }
  }
}

/** What an object must be like: its data, and for every writer (`helm Apply`) the keys that are theirs. */
interface Model {
  readonly uid: string
  data: Record<string, string>
  label: string
  readonly owned: Map<string, Set<string>>
}

class Server {
  readonly clock = new ManualClock()
  readonly #api: ApiServer
  /** A short memory, so that watches come too late now and then. */
  readonly store = new Store({ clock: this.clock, stamp: stampResourceVersion, keep: 8 })

  constructor(seed: number) {
    this.#api = new ApiServer({ store: this.store, clock: this.clock, random: new Random(seed) })
  }

  send(method: string, path: string, body?: unknown, type = 'application/json'): HttpResponse {
    return this.#api.handle(request(method, path, body, { 'content-type': type }), {}) as HttpResponse
  }

  ask(method: string, path: string, body?: unknown, type?: string): Answer {
    const { status, body: text } = this.send(method, path, body, type)
    return { status, body: JSON.parse(String(text)) }
  }
}

/** Lists, watches on from there, and begins anew when it is told that it comes too late. */
class Informer {
  readonly cache = new Map<string, ConfigMap>()
  readonly #server: Server
  readonly #random: Random
  readonly #selector: string
  readonly #isStreaming: boolean
  #revision = ''
  #stream: ByteStream | undefined
  #text = ''
  #list: { token: string; objects: ConfigMap[] } | undefined
  /** While a streamed list goes on, objects come in the order of their keys. */
  #isListing = false
  relists = 0

  constructor(server: Server, random: Random, { selector, isStreaming }: { selector: string; isStreaming: boolean }) {
    this.#server = server
    this.#random = random
    this.#selector = selector
    this.#isStreaming = isStreaming
  }

  /** One thing that a client does between two looks at its connection. */
  turn(): void {
    if (this.#stream) return this.#read()
    if (this.#revision !== '') return this.#watch(`resourceVersion=${this.#revision}`)
    if (!this.#isStreaming) return this.#nextPage()
    this.relists++
    this.#isListing = true
    this.cache.clear()
    this.#watch('sendInitialEvents=true&resourceVersionMatch=NotOlderThan')
  }

  /** The connection is cut in the midst of whatever was on its way. */
  cut(): void {
    this.#stream?.cancel()
    this.#stream = undefined
    this.#text = ''
    if (this.#isListing) this.#revision = ''
  }

  /** The client begins anew and remembers nothing. */
  restart(): void {
    this.cut()
    this.#revision = ''
    this.#list = undefined
    this.#isListing = false
  }

  /** Nothing more will come that has not come already. */
  get isSettled(): boolean {
    return this.#stream !== undefined && this.#stream.size === 0 && !this.#isListing
  }

  #nextPage(): void {
    const { token = '', objects = [] } = this.#list ?? {}
    if (token === '') this.relists++
    const { status, body } = this.#server.ask(
      'GET',
      `${root}?limit=2&labelSelector=${this.#selector}${token === '' ? '' : `&continue=${token}`}`,
    )
    if (status === 410) {
      this.#list = undefined
      return
    }
    expect(status).toBe(200)
    const all = [...objects, ...(body.items ?? [])]
    this.#list = { token: body.metadata.continue ?? '', objects: all }
    if (body.metadata.continue) return
    this.#list = undefined
    this.#revision = body.metadata.resourceVersion
    this.cache.clear()
    for (const object of all) this.cache.set(object.metadata.name, object)
  }

  #watch(from: string): void {
    const { status, body } = this.#server.send('GET', `${root}?watch=1&allowWatchBookmarks=true&labelSelector=${this.#selector}&${from}`)
    expect(status).toBe(200)
    if (body instanceof ByteStream) this.#stream = body
  }

  #read(): void {
    const stream = this.#stream
    if (!stream) return
    for (let chunks = this.#random.below(4); chunks >= 0; chunks--) {
      const chunk = stream.read()
      if (chunk) this.#text += textOf(chunk)
    }
    const lines = this.#text.split('\n')
    this.#text = lines.pop() ?? ''
    for (const line of lines) this.#note(JSON.parse(line))
    if (stream.isOver && this.#stream === stream) this.#stream = undefined
  }

  #note({ type, object }: { type: string; object: ConfigMap & { code?: number } }): void {
    if (type === 'ERROR') {
      expect(object.code).toBe(410)
      this.cut()
      this.#revision = ''
      return
    }
    const { name, resourceVersion } = object.metadata
    if (!this.#isListing)
      expect(Number(resourceVersion), 'what a watch tells is newer than what it told before').toBeGreaterThan(
        Number(this.#revision) - (type === 'BOOKMARK' ? 1 : 0),
      )
    if (type === 'BOOKMARK') this.#isListing = false
    else if (type === 'DELETED') {
      expect(this.cache.has(name)).toBe(true)
      this.cache.delete(name)
    } else {
      expect(type).toBe(this.cache.has(name) ? 'MODIFIED' : 'ADDED')
      this.cache.set(name, object)
    }
    if (!this.#isListing) this.#revision = resourceVersion
  }
}

class Writers {
  readonly #server: Server
  readonly #random: Random
  readonly models = new Map<string, Model>()
  readonly #versions = new Map<string, string>()
  readonly counts: Record<string, number> = {}

  constructor(server: Server, random: Random) {
    this.#server = server
    this.#random = random
  }

  /** One write by somebody; `copy` is what they believe to be there. */
  write(name: string, copy: ConfigMap | undefined): void {
    const random = this.#random
    const manager = random.pick(managers)
    const kind = random.pick([
      'create',
      'update',
      'update',
      'blind',
      'merge',
      'merge',
      'strategic',
      'json',
      'apply',
      'apply',
      'apply',
      'force',
      'delete',
      'label',
      'careful-delete',
    ] as const)
    switch (kind) {
      case 'create':
        return this.#create(name, manager)
      case 'update':
        return copy ? this.#update(name, manager, copy) : undefined
      case 'blind':
        return copy ? this.#update(name, manager, { ...copy, metadata: { ...copy.metadata, resourceVersion: '', uid: '' } }) : undefined
      case 'merge':
      case 'strategic':
        return this.#merge(name, manager, kind === 'merge' ? 'application/merge-patch+json' : 'application/strategic-merge-patch+json')
      case 'json':
        return this.#jsonPatch(name, manager, copy)
      case 'apply':
      case 'force':
        return this.#apply(name, manager, kind === 'force')
      case 'label':
        return this.#label(name, manager)
      case 'delete':
        return this.#delete(name, undefined)
      case 'careful-delete':
        return copy ? this.#delete(name, copy) : undefined
    }
  }

  #create(name: string, manager: string): void {
    const data = this.#someData()
    const { status, body } = this.#ask('POST', `${root}?fieldManager=${manager}`, { metadata: { name, labels: { app: 'x' } }, data })
    expect(status).toBe(this.models.has(name) ? 409 : 201)
    if (status !== 201) return
    this.#appear(name, body, { data, label: 'x', owner: `${manager} Update` })
  }

  #appear(name: string, body: ConfigMap, { data, label, owner }: { data: Record<string, string>; label: string; owner: string }): void {
    this.models.set(name, { uid: body.metadata.uid, data, label, owned: new Map([[owner, new Set(Object.keys(data))]]) })
    this.#check(name, body)
  }

  #update(name: string, manager: string, copy: ConfigMap): void {
    const model = this.models.get(name)
    const { uid, resourceVersion } = copy.metadata
    const data = { ...copy.data, ...this.#someData() }
    if (this.#random.below(3) === 0) delete data[this.#random.pick(keys)]
    const { status, body } = this.#ask('PUT', `${root}/${name}?fieldManager=${manager}`, {
      metadata: { ...copy.metadata, managedFields: undefined },
      data,
    })
    const isStale = resourceVersion !== '' && (model?.uid !== uid || resourceVersion !== this.#versions.get(name))
    // Whoever names no revision creates what is not there.
    if (!model) expect(status).toBe(404)
    else expect(status).toBe(isStale ? 409 : 200)
    if (status !== 200 || !model) return
    this.#changed(model, `${manager} Update`, data)
    model.label = copy.metadata.labels?.app ?? ''
    this.#check(name, body)
  }

  #merge(name: string, manager: string, type: string): void {
    const model = this.models.get(name)
    const patch: Record<string, string | null> = this.#random.below(3) === 0 ? { [this.#random.pick(keys)]: null } : this.#someData()
    const { status, body } = this.#ask('PATCH', `${root}/${name}?fieldManager=${manager}`, { data: patch }, type)
    expect(status).toBe(model ? 200 : 404)
    if (!model) return
    const data = { ...model.data }
    for (const [key, value] of Object.entries(patch)) {
      if (value === null) delete data[key]
      else data[key] = value
    }
    this.#changed(model, `${manager} Update`, data)
    this.#check(name, body)
  }

  /** Changes a key only if it still is what the writer saw. */
  #jsonPatch(name: string, manager: string, copy: ConfigMap | undefined): void {
    const model = this.models.get(name)
    const key = this.#random.pick(keys)
    const seen = copy?.data?.[key]
    if (seen === undefined) return
    const value = this.#someValue()
    const { status, body } = this.#ask(
      'PATCH',
      `${root}/${name}?fieldManager=${manager}`,
      [
        { op: 'test', path: `/data/${key}`, value: seen },
        { op: 'replace', path: `/data/${key}`, value },
      ],
      'application/json-patch+json',
    )
    if (!model) return expect(status).toBe(404)
    expect(status).toBe(model.data[key] === seen ? 200 : 422)
    if (status !== 200) return
    this.#changed(model, `${manager} Update`, { ...model.data, [key]: value })
    this.#check(name, body)
  }

  #apply(name: string, manager: string, force: boolean): void {
    const me = `${manager} Apply`
    const data = this.#someData()
    const { status, body } = this.#ask(
      'PATCH',
      `${root}/${name}?fieldManager=${manager}${force ? '&force=true' : ''}`,
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data },
      'application/apply-patch+yaml',
    )
    const model = this.models.get(name)
    if (!model) {
      expect(status).toBe(201)
      return this.#appear(name, body, { data, label: '', owner: me })
    }
    const isConflict = Object.entries(data).some(
      ([key, value]) => model.data[key] !== value && [...model.owned].some(([owner, owned]) => owner !== me && owned.has(key)),
    )
    expect(status).toBe(isConflict && !force ? 409 : 200)
    if (status !== 200) return
    for (const [key, value] of Object.entries(data))
      if (model.data[key] !== value) for (const [owner, owned] of model.owned) if (owner !== me) owned.delete(key)
    for (const key of model.owned.get(me) ?? []) {
      if (key in data) continue
      if (![...model.owned].some(([owner, owned]) => owner !== me && owned.has(key))) delete model.data[key]
    }
    model.owned.set(me, new Set(Object.keys(data)))
    Object.assign(model.data, data)
    this.#check(name, body)
  }

  #label(name: string, manager: string): void {
    const model = this.models.get(name)
    const label = this.#random.pick(['x', 'y'])
    const { status, body } = this.#ask(
      'PATCH',
      `${root}/${name}?fieldManager=${manager}`,
      { metadata: { labels: { app: label } } },
      'application/merge-patch+json',
    )
    expect(status).toBe(model ? 200 : 404)
    if (!model) return
    model.label = label
    this.#check(name, body)
  }

  #delete(name: string, copy: ConfigMap | undefined): void {
    const model = this.models.get(name)
    const preconditions = copy && { uid: copy.metadata.uid, resourceVersion: copy.metadata.resourceVersion }
    const { status } = this.#ask(
      'DELETE',
      `${root}/${name}`,
      preconditions ? { apiVersion: 'v1', kind: 'DeleteOptions', preconditions } : undefined,
    )
    if (!model) return expect(status).toBe(404)
    const isStale = copy !== undefined && (copy.metadata.uid !== model.uid || copy.metadata.resourceVersion !== this.#versions.get(name))
    expect(status).toBe(isStale ? 409 : 200)
    if (status === 200) this.models.delete(name)
  }

  #ask(method: string, path: string, body: unknown, type?: string): Answer {
    const answer = this.#server.ask(method, path, body, type)
    this.counts[answer.status] = (this.counts[answer.status] ?? 0) + 1
    return answer
  }

  /** A change takes its keys from all others; what is gone belongs to nobody. */
  #changed(model: Model, writer: string, data: Record<string, string>): void {
    for (const key of keys) {
      if (data[key] === model.data[key]) continue
      for (const owned of model.owned.values()) owned.delete(key)
      if (data[key] === undefined) continue
      const own = model.owned.get(writer) ?? new Set()
      model.owned.set(writer, own.add(key))
    }
    model.data = { ...data }
  }

  #check(name: string, { data = {}, metadata }: ConfigMap): void {
    const model = this.models.get(name)
    expect(data).toEqual(model?.data)
    expect(metadata.labels?.app ?? '').toBe(model?.label)
    const booked = (metadata.managedFields ?? []).flatMap(({ manager, operation, fieldsV1 }) =>
      Object.keys(fieldsV1['f:data'] ?? {}).flatMap((field) => (field === '.' ? [] : [`${manager} ${operation} ${field.slice(2)}`])),
    )
    const wanted = [...(model?.owned ?? [])].flatMap(([owner, owned]) => [...owned].map((key) => `${owner} ${key}`))
    expect(booked.sort()).toEqual(wanted.sort())
    expect(Number(metadata.resourceVersion)).toBeLessThanOrEqual(this.#server.store.revision)
    this.#versions.set(name, metadata.resourceVersion)
  }

  #someData(): Record<string, string> {
    return Object.fromEntries(Array.from({ length: 1 + this.#random.below(2) }, () => [this.#random.pick(keys), this.#someValue()]))
  }

  #someValue(): string {
    return String(this.#random.below(4))
  }
}

test(`${seeds.length} times, whatever the order: no update is lost, every key is its owner's, every cache ends as the store`, {
  timeout: 3_600_000,
}, () => {
  const counts: Record<string, number> = {}
  let relists = 0
  for (const seed of seeds) {
    const random = new Random(seed)
    const server = new Server(seed)
    const writers = new Writers(server, random)
    const informers = ['', '', 'app%3Dx', 'app%21%3Dy'].map(
      (selector, index) => new Informer(server, random, { selector, isStreaming: index % 2 === 1 }),
    )
    try {
      for (let step = 0; step < stepsPerSeed; step++) {
        const name = random.pick(names)
        const dice = random.below(100)
        if (dice < 45) writers.write(name, informers[0].cache.get(name))
        else if (dice < 90) random.pick(informers).turn()
        else if (dice < 93) random.pick(informers).cut()
        else if (dice < 95) random.pick(informers).restart()
        else server.clock.advance(random.pick([0, 0, 10, 70_000]))
        if (random.below(3) > 0) server.clock.settle()
      }
      // Whoever comes late reads on until there is nothing more.
      for (let turn = 0; turn < 10_000 && !informers.every(({ isSettled }) => isSettled); turn++) {
        for (const informer of informers) informer.turn()
        server.clock.settle()
      }
      const items = server.ask('GET', root).body.items ?? []
      expect(items.map(({ metadata, data }) => [metadata.name, data ?? {}])).toEqual(
        [...writers.models].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { data }]) => [name, data]),
      )
      const has = [() => true, () => true, (label: string) => label === 'x', (label: string) => label !== 'y']
      for (const [index, { cache }] of informers.entries()) {
        const own = items.filter(({ metadata }) => has[index](metadata.labels?.app ?? ''))
        const cached = [...cache.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
        expect(cached.map(({ metadata, data }) => ({ metadata, data }))).toEqual(own.map(({ metadata, data }) => ({ metadata, data })))
      }
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error })
    }
    for (const status in writers.counts) counts[status] = (counts[status] ?? 0) + writers.counts[status]
    for (const informer of informers) relists += informer.relists
  }
  // The dice must have fallen on everything that was planted.
  for (const status of [200, 201, 404, 409, 422]) expect(counts[status], `answers of ${status}`).toBeGreaterThan(0)
  expect(relists).toBeGreaterThan(seeds.length * 8)
})
