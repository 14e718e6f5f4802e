/** HTTP as people see it in curl and wget: header names as servers write them, reason phrases, what every server adds. */
import type { HttpHeaders, HttpResponse } from '../../base/http.ts'
import { ByteStream } from '../../base/http.ts'
import { bytesOf } from '../../base/bytes.ts'
import { momentOf, strftime } from './time-text.ts'

const reasons: Readonly<Record<number, string>> = {
  100: 'Continue',
  101: 'Switching Protocols',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  418: "I'm a teapot",
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

export function reasonOf(status: number): string {
  return reasons[status] ?? ''
}

const spelled: Readonly<Record<string, string>> = {
  etag: 'ETag',
  'content-md5': 'Content-MD5',
  'x-xss-protection': 'X-XSS-Protection',
  dnt: 'DNT',
  te: 'TE',
  'x-kubernetes-pf-flowschema-uid': 'X-Kubernetes-Pf-Flowschema-Uid',
}

export function headerName(name: string): string {
  return spelled[name] ?? name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase())
}

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
