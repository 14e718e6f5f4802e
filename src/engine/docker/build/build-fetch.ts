/** `ADD http://…`: fetched over the machine's own network. Nobody there speaks TLS, and outside the sandbox there is nobody. */
import { header, type HttpRequest, type HttpResponse } from '../../../base/http.ts'
import { UnixError } from '../../../unix/errors.ts'
import { addressesOf } from '../../../unix/network/names.ts'
import type { Work } from '../../runtime/task.ts'
import type { Daemon } from '../daemon.ts'
import { failure } from '../docker-error.ts'
import { awaited, wholeBody } from '../images/registry-host.ts'

export interface FetchedFile {
  readonly name: string
  readonly content: Uint8Array
  readonly mode: number
}

export function* fetchedFile(daemon: Daemon, text: string): Work<FetchedFile> {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw failure(`parse ${JSON.stringify(text)}: invalid URI for request`)
  }
  if (!/^https?:$/.test(url.protocol)) throw failure(`failed to fetch remote ${text}: the sandbox has no way to it`)
  const refused = (why: string) => failure(`Get "${text}": ${why}`)
  const ip = addressesOf(daemon.host.net, daemon.host.files, url.hostname)?.[0]
  if (ip === undefined) throw refused(`dial tcp: lookup ${url.hostname} on ${nameServer(daemon)}:53: no such host`)
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const request: HttpRequest = {
    method: 'GET',
    url: `${url.pathname}${url.search}`,
    body: new Uint8Array(0),
    headers: { host: url.host, 'user-agent': 'buildkit/v0.23', 'accept-encoding': 'gzip' },
  }
  let response: HttpResponse
  try {
    const answer = daemon.host.net.request({ ip, port }, request)
    response = yield* awaited(answer)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    // Whatever is outside the sandbox answers as a machine does where nobody listens.
    throw refused(
      `dial tcp ${ip}:${port}: connect: ${error.errno === 'EHOSTUNREACH' || error.errno === 'ENETUNREACH' ? 'connection refused' : error.words.toLowerCase()}`,
    )
  }
  if (url.protocol === 'https:') throw refused('http: server gave HTTP response to HTTPS client')
  if (response.status >= 400 || response.status === 0) throw failure(`invalid response status ${response.status}`)
  const named = /filename="?([^";]+)/.exec(String(header(response.headers, 'content-disposition') ?? ''))?.[1]
  return {
    name: named ?? url.pathname.split('/').filter(Boolean).at(-1) ?? 'download',
    content: yield* wholeBody(response.body),
    mode: 0o600,
  }
}

function nameServer(daemon: Daemon): string {
  const { files } = daemon.host
  return /^nameserver\s+(\S+)/m.exec(files.exists('/etc/resolv.conf') ? files.readText('/etc/resolv.conf') : '')?.[1] ?? '192.168.1.10'
}
