/**
 * What the page's browser gets at an address: asked by `curl` on the learner's machine, so names, routes and refusals are those that
 * the terminal meets, and the server's log tells of the visit.
 */
import { textOf } from '../base/bytes.ts'
import type { Drive } from './drive.ts'
import type { Session } from './session.ts'
import { runUnseen } from './unseen.ts'

/** One answer on the way: redirects first, the page last. */
export interface Hop {
  readonly url: string
  /** `HTTP/1.1 200 OK` */
  readonly statusLine: string
  readonly headers: readonly (readonly [name: string, value: string])[]
}

export interface Visited {
  readonly hops: readonly Hop[]
  readonly body: Uint8Array
  /** curl's words when there was no answer; empty otherwise. */
  readonly problem: string
}

const patienceSeconds = 30

export async function visit(session: Session, address: string, drive?: Drive): Promise<Visited> {
  const start = /^[a-z]+:\/\//i.test(address) ? address : `http://${address}`
  const quoted = `'${start.replaceAll("'", `'\\''`)}'`
  const { code, stdout, stderr } = await runUnseen(
    session,
    `exec curl -sSiLgk -m ${patienceSeconds} -A 'Mozilla/5.0 (Drydock)' -H 'Accept: text/html,*/*;q=0.8' -- ${quoted}`,
    (patienceSeconds + 5) * 1000,
    drive,
  )
  const { hops, body } = answersIn(stdout, start)
  return { hops, body, problem: code === 0 ? '' : textOf(stderr).trim() || 'It took too long.' }
}

/** curl prints the head of each answer, and the body of the last. */
export function answersIn(printed: Uint8Array, start: string): { readonly hops: readonly Hop[]; readonly body: Uint8Array } {
  const hops: Hop[] = []
  let url = start
  let rest = printed
  while (startsWithHead(rest)) {
    const end = endOfHead(rest)
    if (end < 0) break
    const [statusLine, ...lines] = textOf(rest.subarray(0, end)).split('\r\n')
    const headers = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const)
    hops.push({ url, statusLine, headers })
    rest = rest.subarray(end + 4)
    const location = headers.find(([name]) => name.toLowerCase() === 'location')?.[1]
    if (!/^\S+ 3/.test(statusLine) || location === undefined || !startsWithHead(rest)) break
    url = URL.parse(location, url)?.href ?? location
  }
  return { hops, body: rest }
}

function startsWithHead(bytes: Uint8Array): boolean {
  return textOf(bytes.subarray(0, 5)) === 'HTTP/'
}

function endOfHead(bytes: Uint8Array): number {
  return bytes.findIndex((byte, at) => byte === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10)
}
