/**
 * Paths of the REST API in their parts: `/apis/apps/v1/namespaces/default/deployments/web/scale`. A request is read once to be answered and once
 * to be counted, so the last answer is kept.
 */
import type { Kind } from '../../kinds/kind.ts'
import { badRequest } from '../errors.ts'
import type { Target } from './call.ts'

/** The served kinds, by what paths call them. */
export class Paths {
  readonly #served: () => readonly Kind[]
  /** What was served when the names were last looked at. */
  #known: readonly Kind[] = []
  #byName: ReadonlyMap<string, Kind> = new Map()
  #last: { readonly parts: readonly string[]; readonly served: readonly Kind[]; readonly target: Target | undefined } | undefined

  constructor(served: () => readonly Kind[]) {
    this.#served = served
  }

  /** `/apis/apps/v1/namespaces/default/deployments/web/scale` in its parts. */
  target(parts: readonly string[]): Target | undefined {
    // As with the parts: once to answer, once to count.
    const served = this.#served()
    if (this.#last?.parts !== parts || this.#last.served !== served) this.#last = { parts, served, target: this.#targetOf(parts) }
    return this.#last.target
  }

  #targetOf(parts: readonly string[]): Target | undefined {
    const isCore = parts[0] === 'api'
    const [group, version, tail] = isCore ? ['', parts[1], parts.slice(2)] : [parts[1], parts[2], parts.slice(3)]
    const kindNamed = (resource: string) => this.#kindNamed(`${group}/${version}/${resource}`)
    if (tail[0] === 'namespaces' && tail.length > 2 && !(group === '' && ['status', 'finalize'].includes(tail[2]) && tail.length === 3)) {
      const kind = kindNamed(tail[2])
      if (!kind?.namespaced) return undefined
      return { kind, namespace: tail[1], name: tail[3] ?? '', subresource: tail[4] ?? '', rest: tail.slice(5).join('/') }
    }
    const kind = kindNamed(tail[0])
    if (!kind || (kind.namespaced && tail.length > 1)) return undefined
    return { kind, namespace: '', name: tail[1] ?? '', subresource: tail[2] ?? '', rest: tail.slice(3).join('/') }
  }

  /** `apps/v1/deployments`; of the core group `/v1/pods`. */
  #kindNamed(name: string): Kind | undefined {
    const served = this.#served()
    if (served !== this.#known) {
      this.#known = served
      this.#byName = new Map(served.toReversed().map((kind) => [`${kind.group}/${kind.version}/${kind.resource}`, kind]))
    }
    return this.#byName.get(name)
  }
}

export function pathParts(path: string): readonly string[] {
  const parts = readParts(path)
  if (!parts) throw badRequest(`invalid URL escape ${JSON.stringify(/%(?![0-9a-fA-F]{2}).{0,2}/.exec(path)?.[0] ?? path)}`)
  return parts
}

/** Undefined where a part is badly escaped. */
export function readParts(path: string): readonly string[] | undefined {
  // A request is read once to be answered and once to be counted.
  if (path === last.path) return last.parts
  try {
    last = {
      path,
      parts: path
        .split('/')
        .filter((part) => part !== '')
        .map((part) => (part.includes('%') ? decodeURIComponent(part) : part)),
    }
    return last.parts
  } catch {
    return undefined
  }
}

let last: { readonly path: string; readonly parts: readonly string[] } = { path: '', parts: [] }
