/** `kubectl wait`: for deletion, creation, a condition or a value of a field; and the waiting that `delete` does. */
import type { Blocking } from '../../unix/kernel/process.ts'
import type { Call } from './call.ts'
import { pathOf, singularWithGroup } from './discovery.ts'
import type { Json } from './json.ts'
import { jsonPath, JsonPathError, relaxed, valueText } from './jsonpath.ts'
import { hasFiles } from './manifests.ts'
import { printer } from './printer.ts'
import { isNotFound, Refusal, StatusError, throwAll } from './refusal.ts'
import { fileInfos, type Info, listed, namespaceFor, nothingSelected, select, targets } from './select.ts'

/** Whether the object (that very one: by uid) is gone before `until`. */
export function* goneOrTimeout(call: Call, { resource, namespace, name, object }: Info, until: number): Blocking<boolean> {
  const { api, process } = call
  const path = pathOf(resource, namespace)
  for (;;) {
    let current: Json
    try {
      current = yield* api.get(pathOf(resource, namespace, name))
    } catch (error) {
      if (isNotFound(error)) return true
      throw error
    }
    if (object.metadata.uid && current.metadata.uid !== object.metadata.uid) return true
    const query = { fieldSelector: `metadata.name=${name}` }
    const list = yield* api.get(path, { ...query, limit: 500, resourceVersion: '0' })
    if (!(list.items ?? []).some((item: Json) => item.metadata.uid === current.metadata.uid)) return true
    const stream = yield* api.watch(path, {
      ...query,
      resourceVersion: list.metadata?.resourceVersion ?? '0',
      allowWatchBookmarks: true,
      timeoutSeconds: 480,
    })
    for (;;) {
      const event = yield* stream.next(process, until)
      if (!event) break
      if (
        event.type === 'DELETED' ||
        (event.object?.metadata?.uid !== undefined && event.type !== 'BOOKMARK' && event.object.metadata.uid !== current.metadata.uid)
      ) {
        stream.stop()
        return true
      }
      if (event.type === 'ERROR') break
    }
    stream.stop()
    if (process.now() >= until) return false
    // A server that ends watches at once must not make this spin.
    yield { until: Math.min(until, process.now() + 50) }
  }
}

type Goal = { readonly isMet: (object: Json) => boolean } | 'delete' | 'create'

export function* wait(call: Call): Blocking<void> {
  const { flags, args } = call
  const goal = goalOf(flags.text('for'))
  const timeoutMs = flags.duration('timeout')
  const until = call.process.now() + (timeoutMs < 0 ? 168 * 3_600_000 : timeoutMs)
  if (args.length === 0 && !hasFiles(call)) throw nothingSelected()
  const errors: Error[] = []
  if (goal === 'create') return yield* waitForCreation(call, until)
  if (goal === 'delete') return yield* waitForDeletion(call, until)
  const infos = yield* select(call, errors, { isLatest: true, allNamespaces: flags.is('all-namespaces') })
  throwAll(errors)
  if (infos.length === 0) throw new Refusal('no matching resources found')
  const print = printer(call, { operation: 'condition met' })
  for (const info of infos) {
    try {
      const object = yield* met(call, info, goal.isMet, until)
      if (object) yield* call.out(print(object))
      else errors.push(new Refusal(`timed out waiting for the condition on ${info.resource.plural}/${info.name}`))
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new Refusal(errors.map(({ message }) => message).join('\nerror: '))
}

/** Watches one object until `isMet`; undefined when time is up. */
export function* met(call: Call, { resource, namespace, name }: Info, isMet: (object: Json) => boolean, until: number): Blocking<Json> {
  const { api, process } = call
  const path = pathOf(resource, namespace)
  const query = { fieldSelector: `metadata.name=${name}` }
  for (;;) {
    const list = yield* api.get(path, { ...query, limit: 500, resourceVersion: '0' })
    const [item] = list.items ?? []
    const whole = item && { apiVersion: list.apiVersion, kind: resource.kind, ...item }
    if (!item) return yield* notThere(call, path, name)
    if (isMet(whole)) return whole
    const stream = yield* api.watch(path, {
      ...query,
      resourceVersion: list.metadata?.resourceVersion ?? '0',
      allowWatchBookmarks: true,
      timeoutSeconds: 480,
    })
    for (;;) {
      const event = yield* stream.next(process, until)
      if (!event) break
      if (event.type === 'ERROR') break
      if (event.type === 'DELETED') {
        stream.stop()
        return undefined
      }
      if (event.type !== 'BOOKMARK' && isMet(event.object)) {
        stream.stop()
        return event.object
      }
    }
    stream.stop()
    if (process.now() >= until) return undefined
    yield { until: Math.min(until, process.now() + 50) }
  }
}

function* notThere(call: Call, path: string, name: string): Blocking<Json> {
  return yield* call.api.get(`${path}/${name}`)
}

function goalOf(text: string): Goal {
  if (text.toLowerCase() === 'delete') return 'delete'
  if (text.toLowerCase() === 'create') return 'create'
  if (text.startsWith('condition=')) {
    const [type, value = 'True'] = text.slice('condition='.length).split('=')
    return { isMet: (object) => hasCondition(object, type, value) }
  }
  if (text.startsWith('jsonpath=')) return pathGoal(text.slice('jsonpath='.length))
  if (text === '') throw new Refusal('unrecognized condition: ""')
  throw new Refusal(`unrecognized condition: ${JSON.stringify(text)}`)
}

function hasCondition(object: Json, type: string, value: string): boolean {
  for (const condition of object.status?.conditions ?? []) {
    if (condition.type?.toLowerCase() !== type.toLowerCase()) continue
    if (condition.status?.toLowerCase() !== value.toLowerCase()) return false
    const { generation } = object.metadata
    const observed = condition.observedGeneration ?? object.status?.observedGeneration
    return generation === undefined || observed === undefined || observed >= generation
  }
  return false
}

function pathGoal(text: string): Goal {
  const quoted = /^'(.*)'$|^"(.*)"$/.exec(text)
  const whole = quoted ? (quoted[1] ?? quoted[2]) : text
  const match = /^(\{.*\}|[^=]*)(?:=(.*))?$/s.exec(whole)
  const expression = match?.[1] ?? ''
  const value = match?.[2]?.replace(/^["'](.*)["']$/, '$1')
  if (value === '') throw new Refusal('jsonpath wait value cannot be empty')
  let path: ReturnType<typeof jsonPath>
  try {
    path = jsonPath(relaxed(expression))
  } catch (error) {
    if (error instanceof JsonPathError) throw new Refusal(error.message)
    throw error
  }
  return {
    isMet: (object) => {
      const found = path.values(object).flat()
      if (found.length === 0) return false
      if (value === undefined) return true
      if (found.length > 1) throw new Refusal('given jsonpath expression matches more than one value')
      if (found[0] !== null && typeof found[0] === 'object')
        throw new Refusal('jsonpath leads to a nested object or list which cannot be compared')
      return valueText(found[0]) === value
    },
  }
}

function* waitForDeletion(call: Call, until: number): Blocking<void> {
  const errors: Error[] = []
  const { flags } = call
  const infos: Info[] = []
  if (hasFiles(call)) infos.push(...(yield* fileInfos(call, errors)))
  else {
    for (const { resource, name } of yield* targets(call, call.args)) {
      const namespace = flags.is('all-namespaces') ? undefined : namespaceFor(call, resource)
      if (name !== undefined) infos.push({ resource, name, namespace, object: { apiVersion: '', kind: resource.kind, metadata: { name } } })
      else
        infos.push(
          ...(yield* listed(call, resource, namespace, { selector: flags.text('selector'), fieldSelector: flags.text('field-selector') })),
        )
    }
  }
  const print = printer(call, { operation: 'condition met' })
  for (const info of infos) {
    let object: Json
    try {
      object = yield* call.api.get(pathOf(info.resource, info.namespace, info.name))
    } catch (error) {
      if (!isNotFound(error)) throw error
      continue
    }
    const isGone = yield* goneOrTimeout(call, { ...info, object }, until)
    if (isGone) yield* call.out(print(object))
    else errors.push(new Refusal(`timed out waiting for the condition on ${info.resource.plural}/${info.name}`))
  }
  throwAll(errors)
}

function* waitForCreation(call: Call, until: number): Blocking<void> {
  const print = printer(call, { operation: 'condition met' })
  for (;;) {
    const errors: Error[] = []
    const infos = yield* select(call, errors, { isLatest: true, isAllByDefault: true })
    const problem = errors.find((error) => !isNotFound(error))
    if (problem) throw problem
    if (errors.length === 0 && infos.length > 0) {
      for (const { object } of infos) yield* call.out(print(object))
      return
    }
    if (call.process.now() >= until) throw new Refusal('timed out waiting for the condition')
    yield { until: Math.min(until, call.process.now() + 1000) }
  }
}

export { singularWithGroup }
