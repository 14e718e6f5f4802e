/** `kubectl create -f`, `replace` and the shape that all generators share: make one object, send or only print it. */
import type { Blocking } from '../../unix/kernel/process.ts'
import { unversioned, withLastApplied } from './apply.ts'
import type { Call } from './call.ts'
import { accept } from './connection.ts'
import { deleteInfo } from './delete.ts'
import { apiVersionOf, type Resource, pathOf } from './discovery.ts'
import { editInstead } from './edit.ts'
import type { Json, KubeObject } from './json.ts'
import { hasFiles, sources } from './manifests.ts'
import { printer } from './printer.ts'
import { ConnectionError, isNotFound, Refusal, StatusError, throwAll } from './refusal.ts'
import { probeSchemas } from './schemas.ts'
import { fileInfos } from './select.ts'

export function* create(call: Call): Blocking<void> {
  const { flags, args } = call
  if (args.length > 0) throw call.usage(`Unexpected args: [${args.join(' ')}]`)
  if (flags.text('raw') !== '') return yield* createRaw(call)
  if (!hasFiles(call)) throw new Refusal('must specify one of -f and -k')
  if (flags.is('edit')) return yield* editInstead(call)
  yield* probeSchemas(call)
  const errors: Error[] = []
  const infos = yield* fileInfos(call, errors)
  if (infos.length === 0 && errors.length === 0) throw new Refusal('no objects passed to create')
  const print = printer(call, { operation: 'created' })
  for (const { resource, namespace, object, source = '' } of infos) {
    const wanted = flags.is('save-config') ? withLastApplied(object) : object
    const recorded = unversioned(recordedIn(call, wanted))
    try {
      const created =
        call.dryRun === 'client'
          ? recorded
          : yield* call.api.json('POST', pathOf(resource, namespace), { body: recorded, query: call.writing(call.validation) })
      yield* call.out(print(created))
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      errors.push(error.because(`error when creating ${JSON.stringify(source)}: `))
    }
  }
  throwAll(errors)
}

/** `--record`: the typed command as an annotation. */
function recordedIn(call: Call, object: KubeObject): KubeObject {
  if (!call.flags.knows('record') || !call.flags.is('record')) return object
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, 'kubernetes.io/change-cause': changeCause(call) } },
  }
}

export function changeCause(call: Call): string {
  const flags = call.flags.visit().flatMap(([flag, values]) => values.map((value) => `--${flag.name}=${value}`))
  return [call.command, ...call.args, ...flags].join(' ')
}

function* createRaw(call: Call): Blocking<void> {
  const [source] = yield* sources(call)
  if (!source) throw new Refusal('--raw can only use a single local file or stdin')
  yield* call.out(yield* call.api.text('POST', call.flags.text('raw'), { body: source.text, accept: accept.any }))
}

/** What a generator makes, and where it goes. */
export interface Generated {
  readonly object: KubeObject
  /** `pods`, for the path; known without asking the server. */
  readonly plural: string
  readonly isNamespaced: boolean
  /** `failed to create deployment:`, for secrets without the colon: put before the server's refusal. */
  readonly failure?: string
  /** `create` is checked strictly by the server; `run` and `expose` are not. */
  readonly isUnchecked?: boolean
  readonly subresource?: string
}

/** Prints a generated object without sending it, or sends it and prints the answer. */
export function* generated(call: Call, made: Generated, operation = 'created'): Blocking<void> {
  const object = call.flags.knows('save-config') && call.flags.is('save-config') ? withLastApplied(made.object) : made.object
  // The generators print the namespace only when it was asked for.
  if (call.dryRun === 'client') return yield* call.out(printer(call, { operation, isTyped: true })(object))
  yield* call.out(printer(call, { operation, isTyped: true })(yield* posted(call, made, object)))
}

export function* posted(call: Call, made: Generated, object: KubeObject): Blocking<Json> {
  const resource = resourceFor(made)
  const path = pathOf(resource, made.isNamespaced ? call.namespace : undefined)
  try {
    return yield* call.api.json('POST', path, {
      body: object,
      query: call.writing(made.isUnchecked ? undefined : call.flags.knows('validate') ? call.validation : undefined),
    })
  } catch (error) {
    if (made.failure === undefined) throw error
    if (error instanceof StatusError) throw new Refusal(`${made.failure} ${error.status.message}`)
    if (error instanceof ConnectionError) throw new Refusal(`${made.failure} ${error.message}`)
    throw error
  }
}

function resourceFor({ object, plural, isNamespaced }: Generated): Resource {
  const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion]
  return {
    group,
    version,
    kind: object.kind,
    plural,
    singular: object.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    isNamespaced,
    verbs: [],
    subresources: [],
  }
}

export function* replace(call: Call): Blocking<void> {
  const { flags } = call
  if (flags.text('raw') !== '') {
    const [source] = yield* sources(call)
    return yield* call.out(yield* call.api.text('PUT', flags.text('raw'), { body: source?.text ?? '', accept: accept.any }))
  }
  if (call.args.length > 0) throw call.usage(`Unexpected args: [${call.args.join(' ')}]`)
  if (!hasFiles(call)) throw new Refusal('must specify one of -f and -k')
  yield* probeSchemas(call)
  const errors: Error[] = []
  const infos = yield* fileInfos(call, errors)
  throwAll(errors)
  if (infos.length === 0) throw new Refusal('no objects passed to replace')
  const isForced = flags.is('force')
  const nameless = infos.find(({ name }) => name === '')
  if (nameless)
    throw new Refusal(
      `error when ${isForced ? 'deleting' : 'replacing'} ${JSON.stringify(nameless.source ?? '')}: resource name may not be empty`,
    )
  if (isForced) {
    const grace = flags.number('grace-period')
    if (grace === 0)
      yield* call.err(
        'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
      )
    for (const info of infos) {
      try {
        yield* deleteInfo(call, info, grace)
        yield* call.out(
          `${info.resource.group === '' ? info.resource.kind.toLowerCase() : `${info.resource.kind.toLowerCase()}.${info.resource.group}`} ${JSON.stringify(info.name)} deleted\n`,
        )
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
  }
  const print = printer(call, { operation: 'replaced' })
  for (const { resource, namespace, name, object, source = '' } of infos) {
    const path = pathOf(resource, namespace, name, flags.text('subresource') || undefined)
    const wanted = recordedIn(call, flags.is('save-config') ? withLastApplied(object) : object)
    try {
      if (call.dryRun === 'client') {
        yield* call.out(print(wanted))
        continue
      }
      let result: Json
      if (isForced)
        result = yield* call.api.json('POST', pathOf(resource, namespace), {
          body: unversioned(wanted),
          query: call.writing(call.validation),
        })
      else {
        const { resourceVersion } = wanted.metadata.resourceVersion
          ? wanted.metadata
          : (yield* call.api.get(pathOf(resource, namespace, name))).metadata
        result = yield* call.api.json('PUT', path, {
          body: { ...wanted, metadata: { ...wanted.metadata, resourceVersion } },
          query: call.writing(call.validation),
        })
      }
      yield* call.out(print(result))
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      errors.push(error.because(`error when replacing ${JSON.stringify(source)}: `))
    }
  }
  throwAll(errors)
}

export { apiVersionOf }
