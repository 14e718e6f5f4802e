/** RFC 6902, as `--local` and kustomize need it; refusals in the words of Go's json-patch. */
import { copied, equal, type Json } from './json.ts'
import { Refusal } from './refusal.ts'

export function jsonPatched(object: Json, operations: readonly Json[]): Json {
  const root = { value: copied(object) }
  for (const operation of operations) apply(root, operation)
  return root.value
}

function apply(root: { value: Json }, { op, path, value, from }: Json): void {
  const wrongIndex = (text: string, index: string): Refusal =>
    new Refusal(`error in ${op} for path: '${text}': Unable to access invalid index: ${index}: invalid index referenced`)
  const find = (text: string): { parent: Json; last: string } => {
    const steps = text
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    const last = steps.pop() ?? ''
    const parent = steps.reduce((here, step) => here?.[step], root.value)
    if (parent === undefined || parent === null || typeof parent !== 'object')
      throw new Refusal(`${op} operation does not apply: doc is missing path: ${JSON.stringify(text)}: missing value`)
    return { parent, last }
  }
  // A key of an object that is not there reads as null; an index must be one of the array's.
  const taken = (text: string): Json => {
    const { parent, last } = find(text)
    if (Array.isArray(parent) && !(Number(last) < parent.length)) throw wrongIndex(text, last)
    return parent[last] ?? null
  }
  const removed = (text: string): Json => {
    const { parent, last } = find(text)
    if (!Array.isArray(parent) && !Object.hasOwn(parent, last))
      throw new Refusal(
        `error in ${op} for path: '${op === 'move' ? last : text}': Unable to remove nonexistent key: ${last}: missing value`,
      )
    const found = taken(text)
    if (Array.isArray(parent)) parent.splice(Number(last), 1)
    else delete parent[last]
    return found
  }
  const added = (text: string, what: Json): void => {
    const { parent, last } = find(text)
    if (!Array.isArray(parent)) parent[last] = what
    else if (last !== '-' && Number(last) > parent.length) throw wrongIndex(text, last)
    else parent.splice(last === '-' ? parent.length : Number(last), 0, what)
  }
  switch (op) {
    case 'add':
      return added(path, value)
    case 'remove':
      return void removed(path)
    case 'replace': {
      taken(path)
      const { parent, last } = find(path)
      parent[last] = value
      return
    }
    case 'move':
      return added(path, removed(from))
    case 'copy':
      return added(path, copied(taken(from)))
    case 'test':
      if (!equal(taken(path), value)) throw new Refusal(`testing value ${path} failed: test failed`)
      return
    default:
      throw new Refusal(`Unexpected kind: ${op}`)
  }
}
