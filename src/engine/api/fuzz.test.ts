/**
 * Malformed requests: bodies cut, bent and of the wrong shape, paths and queries nobody means. The server must answer each with a Status (or,
 * where the dice fell well, with success), never throw, and lose nothing that was stored before. `FUZZ=100000` makes as many; a seed that ever
 * failed stays in `seeds`.
 */
import { expect, test } from 'vitest'
import { bytesOf } from '../../base/bytes.ts'
import { ManualClock } from '../../base/clock.ts'
import { ByteStream, type HttpResponse, Pending } from '../../base/http.ts'
import { Random } from '../../base/random.ts'
import { kinds } from '../kinds/index.ts'
import { structureOf } from '../kinds/kind.ts'
import { Store } from '../store/store.ts'
import { Dice, odd } from './fuzz-dice.ts'
import { ApiServer, stampResourceVersion } from './server.ts'

const requests = Number(process.env.FUZZ ?? 3_000)
const seeds = process.env.FUZZ_SEED ? [Number(process.env.FUZZ_SEED)] : [1, 2]

const pieces = [
  '',
  'api',
  'apis',
  'v1',
  'apps',
  'apps/v1',
  'batch/v1',
  'namespaces',
  'default',
  'kube-system',
  'pods',
  'deployments',
  'nodes',
  'status',
  'scale',
  'log',
  'exec',
  'eviction',
  'binding',
  'x',
  '..',
  '%',
  '%2F',
  '%ff',
  'configmaps',
  'secrets',
  'openapi',
  'v3',
  'healthz',
  'version',
  'token',
  'proxy',
  'é',
]
const queries = [
  'watch=1',
  'watch=x',
  'limit=1',
  'limit=-1',
  'limit=x',
  'continue=abc',
  'resourceVersion=0',
  'resourceVersion=x',
  'resourceVersionMatch=Exact',
  'labelSelector=a in (',
  'labelSelector=a=b',
  'labelSelector=!!',
  'fieldSelector=x',
  'fieldSelector=metadata.name=a',
  'dryRun=All',
  'dryRun=x',
  'fieldValidation=Strict',
  'fieldValidation=x',
  'force=1',
  'fieldManager=x',
  'fieldManager=',
  'gracePeriodSeconds=-1',
  'propagationPolicy=x',
  'pretty=1',
  'timeoutSeconds=x',
  'sendInitialEvents=true',
  'allowWatchBookmarks=1',
  '%=%',
  '&&',
  'container=',
]
const types = [
  ...Array<string>(20).fill('application/json'),
  'application/yaml',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/json-patch+json',
  'application/apply-patch+yaml',
  'application/vnd.kubernetes.protobuf',
  'text/plain',
  '',
]
const methods = ['POST', 'POST', 'POST', 'PUT', 'PATCH', 'PATCH', 'DELETE', 'GET', 'OPTIONS', 'HEAD', 'BREW']

/** A server with one object that nobody means to touch. */
function fresh(seed: number) {
  const clock = new ManualClock()
  const store = new Store({ clock, stamp: stampResourceVersion })
  const api = new ApiServer({ store, clock, random: new Random(seed), address: '172.30.0.2' })
  const send = (method: string, url: string, body: string, type: string) =>
    api.handle({ method, url, headers: { 'content-type': type, accept: 'application/json' }, body: bytesOf(body) }, {})
  send(
    'POST',
    '/api/v1/namespaces/default/configmaps',
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'keep' }, data: { a: '1' } }),
    'application/json',
  )
  return { clock, store, send, kept: store.get('configmaps', 'default/keep') }
}

for (const seed of seeds) {
  test(`${requests} malformed requests are refused with a Status, and nothing is lost (seed ${seed})`, { timeout: 3_600_000 }, async () => {
    const dice = new Dice(seed)
    let world = fresh(seed)
    const counts: Record<string, number> = {}
    const crashes = new Map<string, string>()
    for (let index = 0; index < requests; index++) {
      // A quota or a policy that came by chance would refuse all that follows.
      if (index % 300 === 299) {
        expect(world.store.get('configmaps', 'default/keep')).toBe(world.kept)
        world = fresh(seed + index)
      }
      const { clock, send } = world
      const kind = dice.one(kinds)
      const draft: Record<string, unknown> = {
        ...dice.struct(structureOf(kind), 0),
        apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}`,
        kind: kind.kind,
      }
      if (!dice.chance(8))
        draft.metadata = {
          name: dice.one(['a', 'b', 'web']),
          ...(dice.chance(20) ? { labels: { app: 'web' } } : {}),
          ...(dice.chance(5) ? { finalizers: ['example.com/wait'] } : {}),
        }
      const name = dice.one(['a', 'b', 'web', 'x y', ''])
      const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`
      const place = kind.namespaced ? `/namespaces/${dice.one(['default', 'default', 'kube-system', 'default', 'default', 'nowhere'])}` : ''
      const method = dice.one(methods)
      const subresource = dice.chance(15)
        ? `/${dice.one(['status', 'scale', 'eviction', 'log', 'binding', 'token', 'approval', 'finalize', 'ephemeralcontainers', 'resize'])}`
        : ''
      const path = dice.chance(8)
        ? `/${Array.from({ length: dice.random.below(7) }, () => dice.one(pieces)).join('/')}`
        : `${root}${place}/${kind.resource}${method === 'POST' && subresource === '' ? '' : `/${name}`}${subresource}`
      const query = dice.chance(30) ? `?${Array.from({ length: dice.random.below(3) + 1 }, () => dice.one(queries)).join('&')}` : ''
      const text = JSON.stringify(dice.chance(6) ? dice.one(odd) : draft) ?? ''
      const body = dice.chance(12) ? dice.bent(text) : text
      // Whoever asks to delete what must be kept gets it deleted.
      if (
        path.includes('configmaps') ||
        (method === 'DELETE' &&
          (kind.resource === 'namespaces' || path.includes('namespaces/default')) &&
          !path.includes(`/${kind.resource}/`))
      )
        continue
      const type = dice.one(types)
      const told = `${method} ${path}${query}\n${type}\n${body}`
      let answer: HttpResponse | Pending<HttpResponse>
      try {
        answer = send(method, path + query, body, type)
        clock.settle()
      } catch (error) {
        const stack = error instanceof Error ? (error.stack ?? '') : String(error)
        // Each place once, whatever else led there.
        const place = stack.split('\n').find((line) => line.includes('/src/') && !line.includes('fuzz')) ?? stack
        if (!crashes.has(place)) crashes.set(place, `request ${index} of seed ${seed} threw ${stack}\n${told}`)
        world = fresh(seed + index)
        continue
      }
      for (let turns = 0; answer instanceof Pending; turns++) {
        if (answer.value) answer = answer.value
        else if (turns > 200) throw new Error(`request ${index} of seed ${seed} was never answered\n${told}`)
        else {
          await new Promise((resolve) => setTimeout(resolve))
          clock.advance(1_000)
        }
      }
      if (answer.body instanceof ByteStream) answer.body.end()
      counts[answer.status] = (counts[answer.status] ?? 0) + 1
      if (answer.status < 400 || typeof answer.body !== 'string') continue
      const isStatus =
        answer.headers['content-type'] !== 'application/json' || (JSON.parse(answer.body) as { kind?: string }).kind === 'Status'
      if (!isStatus) throw new Error(`request ${index} of seed ${seed} was answered ${answer.status} ${answer.body}\n${told}`)
    }
    expect([...crashes.values()].join('\n\n')).toBe('')
    expect(world.store.get('configmaps', 'default/keep')).toBe(world.kept)
    if (process.env.FUZZ) console.log(counts)
  })
}
