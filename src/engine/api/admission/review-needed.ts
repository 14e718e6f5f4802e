/** What somebody outside the API server said about a write, and how a write stops that lacks such an answer. */
import type { HttpHandler, Pending } from '../../../base/http.ts'
import { NotYet } from '../client.ts'

export type Reach = (host: string, port: number) => HttpHandler | undefined

/** What a webhook said, or why it could not be asked. */
export type Review = { readonly response: Readonly<Record<string, unknown>> } | { readonly problem: string }

/** The answers a write has so far, by who was asked. */
export type Reviews = Map<string, Review>

/** A write that must wait for a webhook. */
export class ReviewNeeded extends NotYet {
  readonly key: string
  readonly ask: (reach: Reach) => Pending<Review>

  constructor(key: string, ask: (reach: Reach) => Pending<Review>) {
    super(`${key} has not been asked yet`)
    this.key = key
    this.ask = ask
  }
}
