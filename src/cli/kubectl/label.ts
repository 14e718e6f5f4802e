/** `kubectl label` and `annotate`: `key=value` sets, `key-` removes; what is there already is only changed with --overwrite. */
import type { Blocking } from '../../unix/kernel/process.ts'
import { goJson } from '../go-json.ts'
import { goQuoted } from '../go-values.ts'
import type { Call } from './call.ts'
import { changeCause } from './create.ts'
import { pathOf } from './discovery.ts'
import { equal, type Json } from './json.ts'
import { hasFiles } from './manifests.ts'
import { changeCauseAnnotation } from './names.ts'
import { printer } from './printer.ts'
import { Refusal, StatusError, throwAll } from './refusal.ts'
import { type Info, nothingSelected, select } from './select.ts'
import { mergePatch } from './strategic.ts'

interface Changes {
  readonly set: Record<string, string>
  readonly removed: readonly string[]
}

export const labelValueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

export function isLabelValue(text: string): boolean {
  return /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(text)
}

export function label(call: Call): Blocking<void> {
  return change(call, 'labels')
}

export function annotate(call: Call): Blocking<void> {
  return change(call, 'annotations')
}

function* change(call: Call, field: 'labels' | 'annotations'): Blocking<void> {
  const { flags } = call
  const word = field === 'labels' ? 'label' : 'annotation'
  const { resources, pairs } = split(call.args, word)
  if (resources.length === 0 && !hasFiles(call))
    throw hasFiles(call)
      ? nothingSelected()
      : new Refusal('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  if (pairs.length === 0 && !flags.is('list')) throw new Refusal(`at least one ${word} update is required`)
  const changes = parsed(pairs, word)
  const file = word === 'label' ? 'pod' : 'rsrc'
  if (flags.is('local') && !hasFiles(call))
    throw new Refusal(`can only use local files by -f ${file}.yaml or --filename=${file}.json when --local=true is set`)
  const errors: Error[] = []
  if (flags.text('resource-version') !== '' && resources.length === 1 && !resources[0].includes('/'))
    throw new Refusal('--resource-version may only be used with a single resource')
  const infos = yield* select(call, errors, {
    args: resources,
    isLatest: !flags.is('local'),
    allNamespaces: flags.is('all-namespaces'),
    isAllByDefault: false,
  })
  for (const info of infos) {
    try {
      yield* changeOne(call, info, field, changes)
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof Refusal)) throw error
      if (infos.length === 1) throw error
      errors.push(error)
    }
  }
  throwAll(errors)
}

function split(args: readonly string[], word: string): { resources: string[]; pairs: string[] } {
  const resources: string[] = []
  const pairs: string[] = []
  for (const arg of args) {
    const isPair = (arg.includes('=') && arg[0] !== '=') || (arg.endsWith('-') && arg.length > 1)
    if (isPair) pairs.push(arg)
    else if (pairs.length > 0)
      throw new Refusal(
        word === 'label'
          ? `all resources must be specified before label changes: ${arg}`
          : `all resources must be specified before annotation changes: ${arg}`,
      )
    else resources.push(arg)
  }
  return { resources, pairs }
}

function parsed(pairs: readonly string[], word: string): Changes {
  const set: Record<string, string> = {}
  const removed: string[] = []
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    if (equals > 0) {
      const key = pair.slice(0, equals)
      const value = pair.slice(equals + 1)
      if (word === 'label' && !isLabelValue(value)) {
        throw new Refusal(`invalid label value: ${goQuoted(pair)}: ${labelValueRule}`)
      }
      if (word === 'label' && value.length > 63)
        throw new Refusal(`invalid label value: ${goQuoted(pair)}: must be no more than 63 characters`)
      set[key] = value
    } else removed.push(pair.slice(0, -1))
  }
  for (const key of removed)
    if (Object.hasOwn(set, key))
      throw new Refusal(
        word === 'label'
          ? 'can not both modify and remove a label in the same command'
          : 'can not both modify and remove an annotation in the same command'
              .replace('an annotation', `the following ${word}(s) in the same command: ${key}`)
              .replace(' in the same command in the same command', ' in the same command'),
      )
  return { set, removed }
}

function* changeOne(
  call: Call,
  { resource, namespace, name, object }: Info,
  field: 'labels' | 'annotations',
  changes: Changes,
): Blocking<void> {
  const { flags } = call
  const before: Record<string, string> = object.metadata[field] ?? {}
  if (!flags.is('overwrite')) {
    for (const [key, value] of Object.entries(changes.set)) {
      if (!Object.hasOwn(before, key) || before[key] === value) continue
      throw new Refusal(
        field === 'labels'
          ? `'${key}' already has a value (${before[key]}), and --overwrite is false`
          : `--overwrite is false but found the following declared annotation(s): '${key}' already has a value (${before[key]})`,
      )
    }
  }
  const after = { ...before, ...changes.set }
  for (const key of changes.removed) {
    if (!Object.hasOwn(before, key) && field === 'labels') yield* call.out(`label "${key}" not found.\n`)
    delete after[key]
  }
  let annotations = object.metadata.annotations
  if (flags.is('record')) annotations = { ...annotations, [changeCauseAnnotation]: changeCause(call) }
  const metadata: Json = {
    ...object.metadata,
    ...(annotations ? { annotations } : {}),
    [field]: field === 'annotations' && flags.is('record') ? { ...after, [changeCauseAnnotation]: changeCause(call) } : after,
  }
  if (Object.keys(metadata[field]).length === 0 && !object.metadata[field]) delete metadata[field]
  const isSame = equal(before, metadata[field] ?? {})
  const operation = field === 'annotations' ? 'annotated' : verbFor(before, changes, isSame)
  let result: Json = { ...object, metadata }
  if (flags.text('resource-version') !== '') metadata.resourceVersion = flags.text('resource-version')
  if (!flags.is('local') && call.dryRun !== 'client' && !flags.is('list')) {
    const patch: Json = mergePatch(object, result)
    if (field === 'annotations' || Object.keys(patch).length > 0)
      result = yield* call.api.json('PATCH', pathOf(resource, namespace, name), {
        body: goJson(patch, { sorted: true }),
        contentType: 'application/merge-patch+json',
        query: call.writing(),
      })
  }
  if (flags.is('list')) {
    const { resource: type } = { resource }
    if (!flags.is('list') || true)
      yield* call.out(
        `${call.args[0]?.includes(',') || call.flags.is('all') ? `Listing ${field} for ${type.kind}.${type.version}/${name}:\n` : ''}${Object.entries(
          result.metadata[field] ?? {},
        )
          .map(([key, value]) => `${key}=${value}\n`)
          .join('')}`,
      )
    return
  }
  yield* call.out(printer(call, { operation })(result))
}

function verbFor(before: Record<string, string>, { set, removed }: Changes, isSame: boolean): string {
  if (isSame) return 'not labeled'
  const isRemoving = removed.some((key) => Object.hasOwn(before, key))
  if (Object.keys(set).length === 0 && isRemoving) return 'unlabeled'
  return isRemoving && Object.keys(set).every((key) => before[key] === set[key]) ? 'unlabeled' : 'labeled'
}
