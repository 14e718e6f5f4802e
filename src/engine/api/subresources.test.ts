/** Every subresource that discovery names answers, and refuses in the right words what it cannot do. */
import { beforeAll, expect, test } from 'vitest'
import { bytesOf } from '../../base/bytes.ts'
import { ManualClock } from '../../base/clock.ts'
import { type HttpResponse, Pending } from '../../base/http.ts'
import { Random } from '../../base/random.ts'
import { kinds } from '../kinds/index.ts'
import { Store } from '../store/store.ts'
import { library } from './expressions/expression-library.ts'
import { provideExpressions } from './expressions/expressions.ts'
import { ApiServer, stampResourceVersion } from './server.ts'

beforeAll(() => provideExpressions(library))

function newServer() {
  const clock = new ManualClock()
  const api = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(7) })
  return (method: string, url: string, body?: object) => {
    const answer = api.handle(
      {
        method,
        url,
        headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' },
        body: bytesOf(body ? JSON.stringify(body) : ''),
      },
      {},
    )
    clock.advance(10)
    const { status, body: text } = (answer instanceof Pending ? answer.value : answer) as HttpResponse
    return { status, text: String(text) }
  }
}

test('a subresource of something that is not there says so, whatever its verb', () => {
  const ask = newServer()
  const methods: Readonly<Record<string, string>> = { get: 'GET', create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE' }
  const wrong: string[] = []
  for (const kind of kinds) {
    for (const [subresource, { verbs }] of Object.entries(kind.subresources ?? {})) {
      for (const verb of verbs) {
        const root = kind.group === '' ? '/api/v1' : `/apis/${kind.group}/${kind.version}`
        const url = `${root}${kind.namespaced ? '/namespaces/default' : ''}/${kind.resource}/nobody/${subresource}`
        const body = { metadata: { name: 'nobody' }, target: { name: 'node' }, spec: {} }
        const { status, text } = ask(methods[verb], url, verb === 'get' || verb === 'delete' ? undefined : body)
        const isFine = status === 404 && text.includes('"nobody\\" not found"')
        if (!isFine) wrong.push(`${verb} ${url}: ${status} ${text.slice(0, 160)}`)
      }
    }
  }
  expect(wrong).toEqual([])
})

test('jobs have no scale', () => {
  const ask = newServer()
  expect(ask('GET', '/apis/batch/v1/namespaces/default/jobs/j/scale').status).toBe(404)
})
