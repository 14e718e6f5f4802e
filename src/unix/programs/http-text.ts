/** HTTP as people see it in curl and wget: a response's head with what every server adds. */
import type { HttpHeaders, HttpResponse } from '../../base/http.ts'
import { ByteStream } from '../../base/http.ts'
import { bytesOf } from '../../base/bytes.ts'
import { headerName, reasonOf } from '../network/http-names.ts'
import { momentOf, strftime } from './time-text.ts'

/** The lines of a response's head, with what a real server would not leave out. */
export function headLines(response: HttpResponse, nowMs: number): string[] {
  const lines = [`HTTP/1.1 ${response.status} ${reasonOf(response.status)}`]
  const headers: HttpHeaders = { ...response.headers }
  const has = (name: string): boolean => headers[name] !== undefined
  for (const [name, value] of Object.entries(headers))
    for (const one of typeof value === 'string' ? [value] : value) lines.push(`${headerName(name)}: ${one}`)
  if (!has('date')) lines.push(`Date: ${strftime('%a, %d %b %Y %H:%M:%S GMT', momentOf(nowMs, 'UTC'))}`)
  if (!has('content-length') && !has('transfer-encoding') && response.status !== 204 && response.status !== 304) {
    lines.push(response.body instanceof ByteStream ? 'Transfer-Encoding: chunked' : `Content-Length: ${sizeOfBody(response.body)}`)
  }
  return lines
}

export function sizeOfBody(body: string | Uint8Array): number {
  return typeof body === 'string' ? bytesOf(body).length : body.length
}

/** Names and addresses that only a private certificate authority could have vouched for. */
export function isPrivateHost(host: string): boolean {
  return (
    /^(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|::1$|fe80:|fd)/.test(host) ||
    !host.includes('.') ||
    /\.(local|internal|test|svc|lan|example|localhost)$/.test(host)
  )
}
