/** RFC 7386 merge patches and RFC 6902 JSON patches, as strict and as lenient as the libraries that upstream uses. */
import { ApiError } from '../client.ts'
import { badRequest } from '../errors.ts'
import { isRecord, isSame } from '../objects.ts'

export function mergePatched(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const result: Record<string, unknown> = { ...(isRecord(target) ? target : {}) }
  for (const key of Object.keys(patch)) {
    if (patch[key] === null) delete result[key]
    else result[key] = mergePatched(result[key], patch[key])
  }
  return result
}

interface Operation {
  readonly op: string
  readonly path: string
  readonly from?: string
  readonly value?: unknown
}

export function jsonPatched(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch))
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp')
  let result = document
  for (const each of patch as readonly Operation[]) result = applied(result, each)
  return result
}

function applied(document: unknown, operation: Operation): unknown {
  const path = pointer(operation.path)
  switch (operation.op) {
    case 'add':
      return changed(document, path, operation, (container, key) => inserted(container, key, operation))
    case 'remove':
      return changed(document, path, operation, (container, key) => removed(container, key))
    case 'replace':
      return path.length === 0
        ? operation.value
        : changed(document, path, operation, (container, key) => replaced(container, key, operation))
    case 'move': {
      const value = valueAt(document, pointer(operation.from ?? ''))
      const without = applied(document, { op: 'remove', path: operation.from ?? '' })
      return applied(without, { op: 'add', path: operation.path, value })
    }
    case 'copy':
      return applied(document, { op: 'add', path: operation.path, value: valueAt(document, pointer(operation.from ?? '')) })
    case 'test': {
      const value = path.length === 0 ? document : valueOrUndefined(document, path)
      if (!isSame(value ?? null, operation.value ?? null)) throw unprocessable()
      return document
    }
    default:
      throw unprocessable()
  }
}

/** What did not fit, upstream keeps to itself. */
function unprocessable(): ApiError {
  return new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
}

function pointer(path: string): string[] {
  if (path === '') return []
  return path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function changed(
  document: unknown,
  path: readonly string[],
  operation: Operation,
  change: (container: unknown, key: string) => unknown,
): unknown {
  if (path.length === 0) return operation.op === 'add' ? operation.value : undefined
  const [key, ...rest] = path
  if (rest.length === 0) return change(document, key)
  const inner = childOf(document, key)
  if (inner === undefined || inner === null) throw unprocessable()
  return withChild(document, key, changed(inner, rest, operation, change))
}

function childOf(container: unknown, key: string): unknown {
  if (Array.isArray(container)) return container[Number(key)] as unknown
  return isRecord(container) ? container[key] : undefined
}

function withChild(container: unknown, key: string, child: unknown): unknown {
  if (Array.isArray(container)) return container.with(Number(key), child) as unknown
  return { ...(container as object), [key]: child }
}

function inserted(container: unknown, key: string, operation: Operation): unknown {
  if (Array.isArray(container)) {
    const list = container as readonly unknown[]
    if (key === '-') return [...list, operation.value]
    const index = Number(key)
    if (!Number.isInteger(index) || index < 0 || index > list.length) throw unprocessable()
    return [...list.slice(0, index), operation.value, ...list.slice(index)]
  }
  if (!isRecord(container)) throw unprocessable()
  return { ...container, [key]: operation.value }
}

function removed(container: unknown, key: string): unknown {
  if (Array.isArray(container)) {
    const index = Number(key)
    if (!Number.isInteger(index) || index < 0 || index >= container.length) throw unprocessable()
    return (container as readonly unknown[]).filter((_, at) => at !== index)
  }
  if (!isRecord(container) || !Object.hasOwn(container, key)) throw unprocessable()
  const { [key]: _, ...rest } = container
  return rest
}

/** A key that was not there is made; an index must be one of the array's. */
function replaced(container: unknown, key: string, operation: Operation): unknown {
  if (!isRecord(container) && childOf(container, key) === undefined) throw unprocessable()
  return withChild(container, key, operation.value)
}

function valueOrUndefined(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => childOf(value, key), document)
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  const value = valueOrUndefined(document, path)
  if (value === undefined) throw unprocessable()
  return value
}
