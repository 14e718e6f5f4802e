/** A question to a webhook through the cluster's network, with a limit of time. TLS is taken for given: the sandbox's network has none. */
import { bytesOf, textOf } from '../../../base/bytes.ts'
import type { Clock } from '../../../base/clock.ts'
import { type HttpHandler, type HttpResponse, Pending } from '../../../base/http.ts'
import type { Reach, Review } from './review-needed.ts'

export interface Question {
  readonly clock: Clock
  readonly reach: Reach
  /** As it is asked, without the timeout that goes with it. */
  readonly address: string
  /** Where that is: `10.96.3.4:443`; undefined: where the address says. */
  readonly at?: { readonly place: string; readonly handler: HttpHandler | undefined }
  readonly seconds: number
  readonly document: object
  readonly agent: string
}

export function askOutside(
  { clock, reach, address, at, seconds, document, agent }: Question,
  reviewOf: (answer: unknown) => Review,
): Pending<Review> {
  const pending = new Pending<Review>()
  const query = `timeout=${seconds}s`
  const post = `Post "${address}${address.includes('?') ? '&' : '?'}${query}"`
  const fail = (why: string): void => pending.resolve({ problem: why })
  const { place, handler } = at ?? placeOf(address, reach)
  if (!handler) {
    fail(`${post}: dial tcp ${place}: connect: connection refused`)
    return pending
  }
  const cancel = clock.after(seconds * 1000, () => fail(`${post}: context deadline exceeded`))
  const path = `/${address.split('/').slice(3).join('/')}`
  const body = bytesOf(JSON.stringify(document))
  const answer = handler.handle(
    {
      method: 'POST',
      url: `${path}${path.includes('?') ? '&' : '?'}${query}`,
      headers: {
        host: place,
        'content-type': 'application/json',
        accept: 'application/json, */*',
        'user-agent': agent,
        'content-length': String(body.length),
      },
      body,
    },
    {},
  )
  const take = ({ status, headers, body: content }: HttpResponse): void => {
    cancel()
    const text = typeof content === 'string' ? content : content instanceof Uint8Array ? textOf(content) : textOf(content.readAll())
    // So tells who looks for the way that there is none.
    if (status === 502 && Object.keys(headers).length === 0 && text.startsWith('dial tcp')) fail(`${post}: ${text}`)
    else if (status === 404) fail('the server could not find the requested resource')
    else if (status >= 300) fail(`an error on the server (${JSON.stringify(text.trim())}) has prevented the request from succeeding`)
    else pending.resolve(reviewOf(parsed(text)))
  }
  if (!(answer instanceof Pending)) take(answer)
  else if (answer.value !== undefined) take(answer.value)
  else answer.ready.each(() => answer.value !== undefined && take(answer.value))
  return pending
}

function placeOf(address: string, reach: Reach): { readonly place: string; readonly handler: HttpHandler | undefined } {
  const { hostname, port, protocol } = new URL(address)
  const number = Number(port || (protocol === 'http:' ? 80 : 443))
  return { place: `${hostname}:${number}`, handler: reach(hostname, number) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Whatever else came: it is no review.
    return undefined
  }
}
