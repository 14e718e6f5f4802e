/**
 * A request whose write had to wait for a webhook: once the webhook has spoken the request is tried again, with what is known by then.
 */
import { type HttpRequest, type HttpResponse, Pending } from '../../../base/http.ts'
import type { Review, Reviews } from './review-needed.ts'

const said = new WeakMap<HttpRequest, Reviews>()

/** What webhooks have said about this request so far. */
export function reviewsOf(request: HttpRequest): Reviews {
  let reviews = said.get(request)
  if (!reviews) said.set(request, (reviews = new Map()))
  return reviews
}

export function answeredAfterReview(
  asked: Pending<Review>,
  answerWith: (review: Review) => HttpResponse | Pending<HttpResponse>,
): HttpResponse | Pending<HttpResponse> {
  if (asked.value !== undefined) return answerWith(asked.value)
  const pending = new Pending<HttpResponse>()
  asked.ready.once(() => {
    if (asked.value === undefined) return
    const result = answerWith(asked.value)
    if (!(result instanceof Pending)) pending.resolve(result)
    else if (result.value !== undefined) pending.resolve(result.value)
    else result.ready.each(() => result.value !== undefined && pending.resolve(result.value))
  })
  return pending
}
