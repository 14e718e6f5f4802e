/** `--dry-run`: the engine is asked as ever, but what would change it is only noted, so that what comes after finds it there. */
import { bytesOf } from '../../../base/bytes.ts'
import type { HttpResponse } from '../../../base/http.ts'
import { sha256Hex } from '../../../base/sha256.ts'
import type { Blocking } from '../../../unix/kernel/process.ts'
import { wholeText } from '../../../unix/network/fetch.ts'
import type { Engine } from '../engine.ts'

interface Imagined {
  readonly Id: string
  readonly Names: readonly string[]
  readonly Image: string
  readonly ImageID: string
  readonly Labels: Readonly<Record<string, string>>
  State: string
}

export function dryRun(engine: Engine): Engine {
  const containers: Imagined[] = []
  const there = new Set<string>()
  const json = (status: number, value: unknown): HttpResponse => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  })

  function* ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Blocking<HttpResponse> {
    const [place, search = ''] = path.split('?')
    if (method === 'GET') {
      const own = containers.find(({ Id }) => place.startsWith(`/containers/${Id}/`))
      if (own)
        return json(200, {
          Id: own.Id,
          State: { Status: 'running', Running: true, ExitCode: 0, Health: { Status: 'healthy' } },
          Config: { Tty: false },
        })
      if (there.has(place)) return json(200, { Id: sha256Hex(bytesOf(place)), Name: place })
      const answer = yield* engine.ask(method, path, body, headers)
      if (place !== '/containers/json' || answer.status !== 200) return answer
      const filters = decodeURIComponent(/(?:^|&)filters=([^&]*)/.exec(search)?.[1] ?? '')
      const imagined = containers.filter(({ Labels }) =>
        filters.includes(`com.docker.compose.project=${Labels['com.docker.compose.project']}`),
      )
      return json(200, [
        ...imagined.map((one) => ({ ...one, Created: 0, Ports: [], Status: 'Created', Command: '' })),
        ...(JSON.parse(yield* wholeText(answer)) as unknown[]),
      ])
    }
    if (method === 'HEAD') return yield* engine.ask(method, path, body, headers)
    if (place === '/containers/create') {
      const { Image, Labels } = body as { Image: string; Labels: Record<string, string> }
      const name = decodeURIComponent(/name=([^&]*)/.exec(search)?.[1] ?? '')
      const Id = sha256Hex(bytesOf(name))
      containers.push({ Id, Names: [`/${name}`], Image, ImageID: Labels['com.docker.compose.image'] ?? '', Labels, State: 'created' })
      return json(201, { Id, Warnings: null })
    }
    const started = containers.find(({ Id }) => place === `/containers/${Id}/start`)
    if (started) started.State = 'running'
    const { Name } = typeof body === 'object' && body !== null && 'Name' in body ? (body as { Name: string }) : { Name: '' }
    if (place === '/networks/create') there.add(`/networks/${Name}`)
    if (place === '/volumes/create') there.add(`/volumes/${Name}`)
    if (place === '/images/create')
      there.add(`/images/${decodeURIComponent(/fromImage=([^&]*)/.exec(search)?.[1] ?? '').replace(/^docker\.io\/(library\/)?/, '')}/json`)
    if (place === '/build')
      for (const [, image] of search.matchAll(/(?:^|&)t=([^&]*)/g)) there.add(`/images/${decodeURIComponent(image)}/json`)
    return json(method === 'POST' && place.endsWith('/create') && place !== '/images/create' ? 201 : 204, {})
  }

  return {
    ...engine,
    ask,
    *open(method, path, body, headers) {
      const answer = yield* ask(method, path, body, headers)
      return answer.status >= 400 ? yield* engine.open(method, path, body, headers) : answer
    },
    *json<T>(method: string, path: string, body?: unknown) {
      const answer = yield* ask(method, path, body)
      if (answer.status >= 400) return yield* engine.json<T>(method, path, body)
      const text = yield* wholeText(answer)
      return (text === '' ? undefined : JSON.parse(text)) as T
    },
  }
}
