/** Commands for nodes: `cordon`, `uncordon`, `drain`, `taint`. */
import type { Blocking } from '../../unix/kernel/process.ts'
import { goJson } from '../go-json.ts'
import { selectorOf } from './generators/policies.ts'
import { type Call, dryRunNote } from './call.ts'
import { accept } from './connection.ts'
import { pathOf } from './discovery.ts'
import { copied, type Json } from './json.ts'
import { isLabelValue, labelValueRule } from './label.ts'
import { printer } from './printer.ts'
import { Aggregate, Bare, isNotFound, Refusal, StatusError, throwAll } from './refusal.ts'
import { type Info, listed, resourceNamed, select } from './select.ts'
import { twoWayPatch } from './strategic.ts'

function* nodesOf(call: Call, usage: string): Blocking<Info[]> {
  const { args, flags } = call
  const selector = flags.text('selector')
  if (args.length === 0 && selector === '') throw call.usage(`USAGE: ${usage} [flags]`)
  if (args.length > 0 && selector !== '') throw new Refusal('error: cannot specify both a node name and a --selector option')
  const nodes = yield* resourceNamed(call, 'nodes')
  if (selector !== '') return yield* listed(call, nodes, undefined, { selector })
  const errors: Error[] = []
  const infos = yield* select(call, errors, { args: args[0]?.includes('/') ? args : ['nodes', ...args], selector: '', accept: accept.any })
  // A name that is wrong stops it before any node is touched; the others' are not told.
  if (errors.length > 0) throw errors[0]
  return infos
}

export function cordon(call: Call): Blocking<void> {
  return cordonOrUncordon(call, true)
}

export function uncordon(call: Call): Blocking<void> {
  return cordonOrUncordon(call, false)
}

function* cordonOrUncordon(call: Call, isCordoning: boolean): Blocking<void> {
  for (const info of yield* nodesOf(call, `${isCordoning ? 'cordon' : 'uncordon'} NODE`)) yield* marked(call, info, isCordoning)
}

function* marked(call: Call, { resource, name, object }: Info, isCordoning: boolean): Blocking<void> {
  const word = isCordoning ? 'cordoned' : 'uncordoned'
  if ((object.spec?.unschedulable === true) === isCordoning) return yield* call.out(`node/${name} already ${word}${dryRunNote(call)}\n`)
  if (call.dryRun !== 'client')
    yield* call.api.json('PATCH', pathOf(resource, undefined, name), {
      body: { spec: { unschedulable: isCordoning ? true : null } },
      contentType: 'application/strategic-merge-patch+json',
      query: { dryRun: call.dryRun === 'server' ? 'All' : undefined },
    })
  yield* call.out(`node/${name} ${word}${dryRunNote(call)}\n`)
}

export function* drain(call: Call): Blocking<void> {
  const infos = yield* nodesOf(call, 'drain NODE')
  for (const info of infos) yield* marked(call, info, true)
  const errors: Error[] = []
  const left: string[] = []
  for (const { name } of infos) {
    const problems = yield* drained(call, name)
    if (problems.length === 0) continue
    yield* call.err(
      `error: unable to drain node ${JSON.stringify(name)} due to error: ${problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`}, continuing command...\n`,
    )
    left.push(name)
    errors.push(...problems.map((problem) => new Bare(problem)))
  }
  if (left.length > 0) yield* call.err(`There are pending nodes to be drained:\n${left.map((name) => ` ${name}\n`).join('')}`)
  throwAll(errors)
}

interface Verdicts {
  readonly pods: Json[]
  readonly warnings: Map<string, string[]>
  readonly failures: Map<string, string[]>
}

/** Empties one node; answers what kept it from being empty. */
function* drained(call: Call, node: string): Blocking<readonly string[]> {
  const list = yield* podsOn(call, node)
  const verdicts = yield* judged(call, list.items ?? [])
  const text = (found: Map<string, string[]>): string => [...found].map(([why, names]) => `${why}: ${names.join(', ')}`).join('; ')
  if (verdicts.failures.size > 0) return [...verdicts.failures].map(([why, names]) => `cannot delete ${why}: ${names.join(', ')}`)
  if (verdicts.warnings.size > 0) yield* call.err(`Warning: ${text(verdicts.warnings)}\n`)
  if (call.dryRun !== 'none') {
    for (const pod of verdicts.pods) yield* call.out(`evicting pod ${pod.metadata.namespace}/${pod.metadata.name}${dryRunNote(call)}\n`)
    yield* call.out(`node/${node} drained${dryRunNote(call)}\n`)
    return []
  }
  const errors = yield* evicted(call, verdicts.pods)
  if (errors.length > 0) {
    const text = errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`
    const left = yield* judged(call, (yield* podsOn(call, node)).items ?? [])
    if (left.pods.length > 0)
      yield* call.err(
        `There are pending pods in node ${JSON.stringify(node)} when an error occurred: ${text}\n${left.pods.map(({ metadata }) => `pod/${metadata.name}\n`).join('')}`,
      )
    return errors
  }
  yield* call.out(`node/${node} drained\n`)
  return []
}

function podsOn(call: Call, node: string): Blocking<Json> {
  return call.api.get(
    '/api/v1/pods',
    { fieldSelector: `spec.nodeName=${node}`, labelSelector: call.flags.text('pod-selector'), limit: 500 },
    accept.protobuf,
  )
}

/** Which pods go, which stay, and which forbid it. */
function* judged(call: Call, pods: readonly Json[]): Blocking<Verdicts> {
  const { flags } = call
  const verdicts: Verdicts = { pods: [], warnings: new Map(), failures: new Map() }
  const note = (where: Map<string, string[]>, why: string, { metadata }: Json): void => {
    where.set(why, [...(where.get(why) ?? []), `${metadata.namespace}/${metadata.name}`])
  }
  for (const pod of pods) {
    const controller = (pod.metadata.ownerReferences ?? []).find(({ controller: isController }: Json) => isController)
    const isDone = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
    if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) continue
    if (controller?.kind === 'DaemonSet' && !isDone) {
      if (!flags.is('ignore-daemonsets')) note(verdicts.failures, 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)', pod)
      else note(verdicts.warnings, 'ignoring DaemonSet-managed Pods', pod)
      continue
    }
    const hasLocal = (pod.spec.volumes ?? []).some(({ emptyDir }: Json) => emptyDir)
    if (hasLocal && !isDone) {
      if (!flags.is('delete-emptydir-data')) {
        note(verdicts.failures, 'Pods with local storage (use --delete-emptydir-data to override)', pod)
        continue
      }
    }
    if (!controller && !isDone) {
      if (!flags.is('force')) {
        note(verdicts.failures, 'cannot delete Pods that declare no controller (use --force to override)', pod)
        continue
      }
      note(verdicts.warnings, 'deleting Pods that declare no controller', pod)
    }
    verdicts.pods.push(pod)
  }
  yield* []
  return verdicts
}

/** Asks for each pod until it may go, and waits until it is gone; answers what went wrong. */
function* evicted(call: Call, pods: readonly Json[]): Blocking<readonly string[]> {
  const { flags, process } = call
  const until = flags.duration('timeout') > 0 ? process.now() + flags.duration('timeout') : Number.POSITIVE_INFINITY
  const tooLate = `global timeout reached: ${flags.text('timeout')}`
  const errors: string[] = []
  const waiting = new Set(pods.map((pod) => ({ pod, retryAt: 0, isAsked: false })))
  while (waiting.size > 0) {
    for (const entry of waiting) {
      const { namespace, name, uid } = entry.pod.metadata
      const path = `/api/v1/namespaces/${namespace}/pods/${name}`
      const evicting = `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}`
      const fail = (error: string): void => {
        errors.push(error)
        waiting.delete(entry)
      }
      if (!entry.isAsked) {
        if (process.now() < entry.retryAt) continue
        yield* call.out(`evicting pod ${namespace}/${name}\n`)
        // Time is looked at only before the next try.
        if (process.now() >= until) {
          fail(`${evicting}: ${tooLate}`)
          continue
        }
        try {
          yield* evictOrDelete(call, path, entry.pod)
          entry.isAsked = true
        } catch (error) {
          if (!(error instanceof StatusError)) throw error
          if (isNotFound(error)) waiting.delete(entry)
          else if (error.code !== 429) fail(`${evicting}: ${error.message}`)
          else {
            yield* call.err(`${evicting} (will retry after 5s): ${error.message}\n`)
            entry.retryAt = process.now() + 5000
          }
          continue
        }
      }
      if (yield* isStillThere(call, path, uid)) {
        if (process.now() >= until)
          fail(`error when waiting for pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)} to terminate: ${tooLate}`)
        continue
      }
      waiting.delete(entry)
      yield* call.out(`pod/${name} ${flags.is('disable-eviction') ? 'deleted' : 'evicted'}\n`)
    }
    if (waiting.size > 0) yield { until: process.now() + 1000 }
  }
  return errors
}

function* evictOrDelete(call: Call, path: string, { metadata: { name, namespace } }: Json): Blocking<void> {
  const grace = call.flags.number('grace-period')
  const deleteOptions = grace >= 0 ? { gracePeriodSeconds: grace } : {}
  if (call.flags.is('disable-eviction')) yield* call.api.json('DELETE', path, { body: deleteOptions })
  else
    yield* call.api.json('POST', `${path}/eviction`, {
      body: {
        kind: 'Eviction',
        apiVersion: 'policy/v1',
        metadata: { name, namespace, creationTimestamp: null },
        ...(grace >= 0 ? { deleteOptions } : {}),
      },
    })
}

function* isStillThere(call: Call, path: string, uid: string): Blocking<boolean> {
  try {
    return (yield* call.api.get(path, {}, accept.protobuf)).metadata.uid === uid
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export function* taint(call: Call): Blocking<void> {
  const { flags, args } = call
  const resources: string[] = []
  const texts: string[] = []
  for (const arg of args) {
    const isTaint = arg.includes('=') || arg.includes(':') || (arg.endsWith('-') && resources.length > 0)
    if (isTaint) texts.push(arg)
    else if (texts.length > 0) throw new Refusal(`all resources must be specified before taint changes: ${arg}`)
    else resources.push(arg)
  }
  if (resources.length === 0) throw new Refusal('one or more resources must be specified as <resource> <name>')
  if (texts.length === 0) throw new Refusal('at least one taint update is required')
  if (!['node', 'nodes', 'no'].includes(resources[0].split('/')[0].toLowerCase()))
    throw new Refusal(`invalid resource type ${resources[0]}, only node types are supported`)
  if (resources.length === 1 && !resources[0].includes('/') && !flags.is('all') && flags.text('selector') === '')
    throw new Refusal('one or more resources must be specified as <resource> <name>')
  const { added, removed } = usable(call, texts)
  const torn = added.flatMap(({ key, effect }) =>
    removed.filter((taint) => taint.key === key && (taint.effect === undefined || taint.effect === effect)),
  )
  if (torn.length > 0)
    throw new Refusal(
      `can not both modify and remove the following taint(s) in the same command: ${torn.map(({ key, effect = '' }) => `${key}=${effect}`).join(', ')}`,
    )
  const errors: Error[] = []
  const infos = yield* select(call, errors, { isLatest: true, args: resources })
  throwAll(errors)
  for (const { resource, name, object } of infos) {
    const { list, operation } = reorganized(object, added, removed, flags.is('overwrite'))
    const modified = copied(object)
    modified.spec ??= {}
    if (list.length > 0) modified.spec.taints = list
    else delete modified.spec.taints
    if (call.dryRun === 'client') {
      yield* call.out(printer(call, { operation, isTryUnsaid: true })(modified))
      continue
    }
    const patch = twoWayPatch('Node', object, modified)
    const result = yield* call.api.json('PATCH', pathOf(resource, undefined, name), {
      body: goJson(patch, { sorted: true }),
      contentType: 'application/strategic-merge-patch+json',
      query: call.writing(call.validation),
    })
    yield* call.out(printer(call, { operation, isTryUnsaid: true })(result))
  }
}

function usable(call: Call, texts: readonly string[]): { added: Taint[]; removed: Taint[] } {
  try {
    return parseTaints(texts)
  } catch (error) {
    throw error instanceof Refusal ? call.usage(error.message) : error
  }
}

interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect?: string
}

function parseTaints(texts: readonly string[]): { added: Taint[]; removed: Taint[] } {
  const added: Taint[] = []
  const removed: Taint[] = []
  for (const text of texts) {
    const isRemoval = text.endsWith('-')
    const body = isRemoval ? text.slice(0, -1) : text
    const parts = body.split(':')
    if (parts.length > 2) throw new Refusal(`invalid taint spec: ${body}`)
    const [pair, effect] = parts
    if (effect !== undefined && !effects.includes(effect)) throw new Refusal(`invalid taint effect: ${effect}, unsupported taint effect`)
    // Without an effect all of it is the key.
    const [key, value = '', ...rest] = effect === undefined ? [pair] : pair.split('=')
    if (rest.length > 0) throw new Refusal(`invalid taint spec: ${body}`)
    if (!isLabelValue(value)) throw new Refusal(`invalid taint spec: ${body}, ${labelValueRule}`)
    if (!/^([^/]+\/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(key)) {
      throw new Refusal(
        `invalid taint spec: ${body}, name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      )
    }
    if (isRemoval) removed.push({ key, ...(effect ? { effect } : {}) })
    else {
      if (effect === undefined) throw new Refusal(`invalid taint spec: ${body}`)
      if (added.some((taint) => taint.key === key && taint.effect === effect))
        throw new Refusal(`duplicated taints with the same key and effect: {${key} ${value ?? ''} ${effect} <nil>}`)
      added.push({ key, ...(value ? { value } : {}), effect })
    }
  }
  return { added, removed }
}

function reorganized(
  { metadata, spec }: Json,
  added: readonly Taint[],
  removed: readonly Taint[],
  isOverwriting: boolean,
): { list: Json[]; operation: string } {
  const before: Json[] = spec?.taints ?? []
  if (!isOverwriting) {
    const twins = added.filter((taint) => before.some(({ key, effect }) => key === taint.key && effect === taint.effect))
    if (twins.length > 0)
      throw new Refusal(
        `node ${metadata.name} already has ${twins.map(({ key }) => key).join(',')} taint(s) with same effect(s) and --overwrite is false`,
      )
  }
  const missing = removed.filter(
    (taint) =>
      ![...before, ...added].some(({ key, effect }) => key === taint.key && (taint.effect === undefined || effect === taint.effect)),
  )
  if (missing.length > 0)
    throw new Aggregate(missing.map(({ key, effect }) => new Refusal(`taint "${key}${effect ? `:${effect}` : ''}" not found`)))
  const kept = before.filter(
    ({ key, effect }) =>
      !added.some((taint) => taint.key === key && taint.effect === effect) &&
      !removed.some((taint) => taint.key === key && (taint.effect === undefined || taint.effect === effect)),
  )
  const list = [...added, ...kept]
  const isChanged = added.some((taint) => before.some(({ key, effect }) => key === taint.key && effect === taint.effect))
  const operation =
    added.length === 0
      ? 'untainted'
      : removed.length === 0 && !isChanged
        ? 'tainted'
        : removed.length > 0 || isChanged
          ? 'modified'
          : 'tainted'
  return { list, operation }
}

export { selectorOf }
