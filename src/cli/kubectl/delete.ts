/**
 * `kubectl delete`: says `pod "x" deleted` once the server agreed, then waits until each object is gone (finalizers, grace periods),
 * unless told not to.
 */
import { type Blocking, readFrom } from '../../unix/kernel/process.ts'
import { textOf } from '../../base/bytes.ts'
import { type Call, dryRunNote } from './call.ts'
import { accept } from './connection.ts'
import { pathOf, singularWithGroup } from './discovery.ts'
import type { Json } from './json.ts'
import { hasFiles } from './manifests.ts'
import { isNotFound, Quit, Refusal, StatusError, throwAll } from './refusal.ts'
import { fileInfos, type Info, listed, namespaceFor, nothingSelected, targets } from './select.ts'
import { goneOrTimeout } from './wait.ts'

/** What the flag was before it got three values. */
const booleanCascades: Readonly<Record<string, string>> = { true: 'background', false: 'orphan' }

export function* remove(call: Call): Blocking<void> {
  const { flags } = call
  if (flags.text('raw') !== '') return yield* call.out(yield* call.api.text('DELETE', flags.text('raw'), { accept: accept.any }))
  const { grace, isForced } = yield* strength(call)
  const cascade = flags.text('cascade')
  if (!['background', 'orphan', 'foreground', ...Object.keys(booleanCascades)].includes(cascade))
    throw new Refusal(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`)
  const instead = booleanCascades[cascade]
  if (instead)
    yield* call.err(`warning: --cascade=${cascade} is deprecated (boolean value) and can be replaced with --cascade=${instead}.\n`)
  const output = flags.text('output')
  if (output !== '' && output !== 'name') throw new Refusal(`unexpected -o output mode: ${output}. We only support '-o name'`)
  const isAll = flags.is('all')
  if (isAll && flags.text('selector') !== '') throw new Refusal("setting 'all' parameter but found a non empty selector. ")
  if (isAll && flags.text('field-selector') !== '') throw new Refusal('cannot set --all and --field-selector at the same time')
  const errors: Error[] = []
  const goals = yield* wanted(call, errors)
  if (flags.is('interactive') && goals.length > 0) yield* asked(call, goals)
  const waiting: Info[] = []
  for (const goal of goals) {
    const options: Record<string, Json> = { propagationPolicy: policyOf(cascade) }
    if (grace >= 0) options.gracePeriodSeconds = grace
    if (call.dryRun === 'server') options.dryRun = ['All']
    try {
      let answer: Json
      if (call.dryRun !== 'client')
        answer = yield* call.api.json('DELETE', pathOf(goal.resource, goal.namespace, goal.name), { body: options })
      yield* call.out(
        flags.text('output') === 'name'
          ? `${singularWithGroup(goal.resource)}/${goal.name}\n`
          : `${singularWithGroup(goal.resource)} ${JSON.stringify(goal.name)} ${isForced ? 'force deleted' : 'deleted'}${dryRunNote(call)}\n`,
      )
      const uid = answer?.kind === 'Status' ? answer.details?.uid : answer?.metadata?.uid
      waiting.push({ ...goal, object: { ...goal.object, metadata: { ...goal.object.metadata, uid: uid ?? goal.object.metadata.uid } } })
    } catch (error) {
      if (error instanceof Refusal) throw new Refusal(`error when deleting ${JSON.stringify(goal.source ?? '')}: ${error.message}`)
      if (!(error instanceof StatusError)) throw error
      if (isNotFound(error) && flags.is('ignore-not-found')) continue
      errors.push(
        goal.source === undefined || !hasFiles(call) ? error : error.because(`error when deleting ${JSON.stringify(goal.source)}: `),
      )
    }
  }
  if (goals.length === 0 && errors.length === 0) {
    yield* call.out('No resources found\n')
    return
  }
  if (flags.is('wait') && call.dryRun === 'none') {
    const timeout = flags.duration('timeout')
    const until = call.process.now() + (timeout === 0 ? 168 * 3_600_000 : timeout)
    for (const info of waiting) {
      const isGone = yield* goneOrTimeout(call, info, until)
      if (!isGone) errors.push(new Refusal(`timed out waiting for the condition on ${info.resource.plural}/${info.name}`))
    }
  }
  throwAll(errors)
}

function* strength(call: Call): Blocking<{ grace: number; isForced: boolean }> {
  const { flags } = call
  let grace = flags.number('grace-period')
  const isForced = flags.is('force')
  if (flags.is('now') && grace !== -1) throw new Refusal('--now and --grace-period cannot be specified together')
  if (flags.is('now')) grace = 1
  if (grace === 0 && !isForced) {
    // Without --force a zero is turned into one second, and waiting is not skipped.
    grace = 1
  }
  if (isForced && grace < 0) grace = 0
  if (isForced && grace > 0) throw new Refusal('--force and --grace-period greater than 0 cannot be specified together')
  if (isForced)
    yield* call.err(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    )
  return { grace, isForced: grace === 0 }
}

function policyOf(cascade: string): string {
  if (cascade === 'orphan' || cascade === 'false') return 'Orphan'
  return cascade === 'foreground' ? 'Foreground' : 'Background'
}

function* wanted(call: Call, errors: Error[]): Blocking<Info[]> {
  const { flags, args } = call
  if (hasFiles(call)) {
    if (args.length > 0)
      throw new Refusal('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well')
    const infos = yield* fileInfos(call, errors)
    return infos
  }
  if (args.length === 0) throw nothingSelected()
  const found = yield* targets(call, args)
  const selector = flags.text('selector')
  const fieldSelector = flags.text('field-selector')
  const hasNames = found.some(({ name }) => name !== undefined)
  if (hasNames && flags.is('all')) throw new Refusal('name cannot be provided when a selector is specified')
  if (hasNames && (selector !== '' || fieldSelector !== '')) throw new Refusal('name cannot be provided when a selector is specified')
  if (!hasNames && selector === '' && fieldSelector === '' && !flags.is('all'))
    throw new Refusal('resource(s) were provided, but no name was specified')
  const infos: Info[] = []
  const isEverywhere = flags.is('all-namespaces')
  if (hasNames && isEverywhere) throw new Refusal('a resource cannot be retrieved by name across all namespaces')
  for (const { resource, name } of found) {
    if (name !== undefined)
      infos.push({
        resource,
        name,
        namespace: namespaceFor(call, resource),
        object: { apiVersion: '', kind: resource.kind, metadata: { name } },
      })
    else {
      try {
        infos.push(...(yield* listed(call, resource, isEverywhere ? undefined : namespaceFor(call, resource), { selector, fieldSelector })))
      } catch (error) {
        if (!(error instanceof StatusError)) throw error
        errors.push(error)
      }
    }
  }
  return infos
}

function* asked(call: Call, goals: readonly Info[]): Blocking<void> {
  yield* call.out(
    `You are about to delete the following ${goals.length} resource(s):\n${goals.map(({ resource, name }) => `${singularWithGroup(resource)}/${name}\n`).join('')}Do you want to continue? (y/n): `,
  )
  const answer = textOf(yield* readFrom(call.process, 0)).trim()
  if (!/^y$/i.test(answer)) {
    yield* call.out('deletion is cancelled\n')
    throw new Quit(0)
  }
}

/** Deletes one object and waits for it to be gone; for `replace --force` and `apply --force`. */
export function* deleteInfo(call: Call, info: Info, grace = -1): Blocking<void> {
  const body: Record<string, Json> = { propagationPolicy: 'Background', ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}) }
  const answer = yield* call.api.json('DELETE', pathOf(info.resource, info.namespace, info.name), { body })
  const uid = answer?.kind === 'Status' ? answer.details?.uid : answer?.metadata?.uid
  yield* goneOrTimeout(
    call,
    { ...info, object: { ...info.object, metadata: { ...info.object.metadata, uid } } },
    call.process.now() + 168 * 3_600_000,
  )
}
