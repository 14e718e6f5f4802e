/** Finds what serves a request: a table of patterns in the order of the API's own documentation. `{name}` takes what stands between, slashes too for images. */
import type { HttpRequest } from '../../base/http.ts'

export interface Call {
  readonly request: HttpRequest
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** Which version of the API the client speaks: 50 for /v1.50. */
  readonly minor: number
}

export interface Route<T> {
  readonly method: string
  readonly pattern: RegExp
  readonly names: readonly string[]
  readonly serve: T
}

export function route<T>(line: string, serve: T): Route<T> {
  const [method, path] = line.split(' ')
  const names: string[] = []
  const pattern = path.replace(/\{(\w+)(:path)?\}/g, (_, name: string, isPath: string | undefined) => {
    names.push(name)
    return isPath ? '(.+)' : '([^/]+)'
  })
  return { method, pattern: new RegExp(`^${pattern}$`), names, serve }
}

export function matched<T>(
  routes: readonly Route<T>[],
  method: string,
  path: string,
): { serve: T; params: Record<string, string> } | undefined {
  for (const { method: own, pattern, names, serve } of routes) {
    if (own !== method && !(own === 'GET' && method === 'HEAD')) continue
    const match = pattern.exec(path)
    if (match) return { serve, params: Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1])])) }
  }
  return undefined
}

/** Go's strconv.ParseBool, as the daemon reads query values: everything but these is true. */
export function isTrue(value: string | null): boolean {
  return value !== null && !['', '0', 'no', 'false', 'none'].includes(value.trim().toLowerCase())
}
