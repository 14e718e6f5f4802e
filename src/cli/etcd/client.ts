/** etcd's client port as etcdctl reaches it: the gateway's JSON over the network, with the time-outs and the log lines of the Go client. */
import { base64Of, bytesOf, textOf } from '../../base/bytes.ts'
import { type HttpResponse, request } from '../../base/http.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Blocking, err, type Process, sleep } from '../../unix/kernel/process.ts'
import { fetch } from '../../unix/network/fetch.ts'
import type { Flags } from '../flags.ts'

export class EtcdError extends Error {
  readonly code: number

  constructor(message: string, code = 1) {
    super(message)
    this.code = code
  }
}

/** What a flag or its environment variable says: `--cacert` and ETCDCTL_CACERT. */
export function setting(process: Process, flags: Flags, name: string): string {
  return flags.isSet(name) ? flags.text(name) : (process.env[`ETCDCTL_${name.toUpperCase().replaceAll('-', '_')}`] ?? flags.text(name))
}

export function endpointsOf(process: Process, flags: Flags): string[] {
  return setting(process, flags, 'endpoints')
    .split(',')
    .map((one) => one.trim())
}

function certificateOf(process: Process, flags: Flags): string | undefined {
  const read = (name: string): Uint8Array | undefined => {
    const path = setting(process, flags, name)
    if (path === '') return undefined
    try {
      return process.files.readFile(process.path(path), process.credentials)
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      throw new EtcdError(`open ${path}: ${error.words.toLowerCase()}`)
    }
  }
  const certificate = read('cert')
  const key = read('key')
  const authority = read('cacert')
  if (certificate && !key)
    throw new EtcdError('KeyFile and CertFile must both be present[key: , cert: ' + setting(process, flags, 'cert') + ']')
  // A server whose authority is not known is not believed.
  return certificate && authority && textOf(authority).includes('CERTIFICATE') ? base64Of(certificate) : undefined
}

export function* call(
  process: Process,
  flags: Flags,
  path: string,
  body: object,
  endpoint = endpointsOf(process, flags)[0],
): Blocking<HttpResponse> {
  const url = /^https?:\/\//.test(endpoint) ? endpoint : `http://${endpoint}`
  const certificate = certificateOf(process, flags)
  // Certificates switch TLS on, whatever the endpoint says.
  const isSecure = certificate !== undefined || url.startsWith('https:')
  let reason = 'error reading server preface: read tcp: connection reset by peer'
  try {
    if (isSecure) {
      const answer = yield* fetch(
        process,
        `${url}${path}`,
        request('POST', path, body, { 'content-type': 'application/json', ...(certificate && { 'x-client-certificate': certificate }) }),
      )
      if (answer.status < 400) return answer
      if (answer.status === 404) throw new EtcdError(`this call (${path}) is not simulated`)
      reason =
        certificate === undefined
          ? 'transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority'
          : 'error reading server preface: remote error: tls: bad certificate'
    }
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    reason = `transport: Error while dialing: dial tcp ${endpoint.replace(/^https?:\/\//, '')}: connect: ${error.words.toLowerCase()}`
  }
  yield* sleep(process, 5_000)
  const words = `rpc error: code = DeadlineExceeded desc = latest balancer error: last connection error: connection error: desc = \\"${reason.replaceAll('"', '\\"')}\\"`
  yield* err(
    process,
    `{"level":"warn","ts":"${stamp(process)}","logger":"etcd-client","caller":"v3@v3.5.21/retry_interceptor.go:63","msg":"retrying of unary invoker failed","target":"etcd-endpoints://0xc0002fc000/${endpoint.replace(/^https?:\/\//, '')}","attempt":0,"error":"${words}"}\n`,
  )
  throw new EtcdError('context deadline exceeded')
}

export function stamp(process: Process): string {
  return `${new Date(process.now()).toISOString().slice(0, 23)}000Z`
}

export function jsonOf({ body }: HttpResponse): Readonly<Record<string, unknown>> {
  const text = typeof body === 'string' ? body : textOf(body instanceof Uint8Array ? body : body.readAll())
  return JSON.parse(text) as Readonly<Record<string, unknown>>
}

export const base64 = (text: string): string => base64Of(bytesOf(text))

/** The first key behind every key that begins so. */
export function prefixEnd(key: string): string {
  const bytes = [...bytesOf(key)]
  for (let at = bytes.length - 1; at >= 0; at--) {
    if (bytes[at] < 0xff) return base64Of(Uint8Array.from([...bytes.slice(0, at), bytes[at] + 1]))
  }
  return 'AA=='
}

export function refuse(message: string, code = 1): never {
  throw new EtcdError(message, code)
}
