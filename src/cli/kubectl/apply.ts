/**
 * `kubectl apply`: what was applied last stands in an annotation; the patch is computed from it, the file and the live object. With
 * --server-side the server does all of that.
 */
import type { Blocking } from '../../unix/kernel/process.ts'
import { goJson } from '../go-json.ts'
import { goValue } from '../go-values.ts'
import { goYaml } from '../go-yaml.ts'
import type { Call } from './call.ts'
import { accept } from './connection.ts'
import { deleteInfo } from './delete.ts'
import { apiVersionOf, pathOf } from './discovery.ts'
import { copied, type Json, type KubeObject } from './json.ts'
import { hasFiles } from './manifests.ts'
import { printer, type Printer } from './printer.ts'
import { isNotFound, Quit, Refusal, StatusError, throwAll } from './refusal.ts'
import { lastApplied } from './names.ts'
import { probeSchemas } from './schemas.ts'
import { fileInfos, type Info, listed, resourceNamed, select } from './select.ts'
import { isBuiltIn, KeyMissing, threeWayMergePatch, threeWayPatch } from './strategic.ts'

export { lastApplied }

export function* apply(call: Call): Blocking<void> {
  const { flags, args } = call
  if (args.length > 0) throw new Refusal(`Unexpected args: [${args.join(' ')}]\nSee 'kubectl apply -h' for help and examples`)
  if (flags.is('force-conflicts') && !flags.is('server-side')) throw new Refusal('--force-conflicts only works with --server-side')
  if (call.dryRun === 'client' && flags.is('server-side'))
    throw new Refusal("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
  if (flags.is('force') && flags.is('server-side')) throw new Refusal('--force cannot be used with --server-side')
  if (flags.is('prune') && !flags.is('all') && flags.text('selector') === '')
    throw new Refusal(
      'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
    )
  if (!hasFiles(call)) throw new Refusal('must specify one of -f and -k')
  yield* probeSchemas(call)
  const errors: Error[] = []
  const selector = flags.text('selector')
  const infos = (yield* fileInfos(call, errors)).filter(({ object }) => matches(object, selector))
  if (infos.length === 0 && errors.length === 0) throw new Refusal('no objects passed to apply')
  const printers = new Map<string, Printer>()
  const print = (operation: string, object: Json): string => {
    const known = printers.get(operation) ?? printer(call, { operation })
    printers.set(operation, known)
    return known(object)
  }
  const isWhole = flags.text('output') !== '' && flags.text('output') !== 'name'
  const applied: Json[] = []
  for (const info of infos) {
    try {
      const { object, operation } = flags.is('server-side') ? yield* applyThere(call, info) : yield* applyHere(call, info)
      applied.push(object)
      if (!isWhole) yield* call.out(print(operation, object))
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof StatusError)) throw error
      errors.push(error)
    }
  }
  if (isWhole && applied.length === 1) yield* call.out(print('', applied[0]))
  else if (isWhole && applied.length > 1) yield* call.out(print('', { apiVersion: 'v1', items: applied, kind: 'List', metadata: {} }))
  if (flags.is('prune')) yield* prune(call, infos, applied)
  throwAll(errors)
}

/** A small selector, enough to filter files by their own labels. */
function matches(object: KubeObject, selector: string): boolean {
  if (selector === '') return true
  const labels = object.metadata.labels ?? {}
  return selector.split(',').every((term) => {
    const [, key, operator, value] = /^\s*([^=!\s]+)\s*(==|=|!=)?\s*(.*?)\s*$/.exec(term) ?? []
    if (!operator) return term.startsWith('!') ? !Object.hasOwn(labels, term.slice(1)) : Object.hasOwn(labels, key)
    return operator === '!=' ? labels[key] !== value : labels[key] === value
  })
}

interface Applied {
  readonly object: Json
  readonly operation: string
}

/** What the annotation says: the object as it stands in the file, without the annotation itself. */
export function appliedText(object: KubeObject): string {
  const clean = copied(object)
  clean.metadata.annotations = { ...clean.metadata.annotations }
  delete clean.metadata.annotations[lastApplied]
  return `${goJson(clean, { sorted: true })}\n`
}

export function withLastApplied(object: KubeObject): KubeObject {
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [lastApplied]: appliedText(object) } },
  }
}

/** A version that a server gave (in the dump of another object) is not sent back to have an object made. */
export function unversioned(object: KubeObject): KubeObject {
  const { resourceVersion: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

function* applyHere(call: Call, info: Info): Blocking<Applied> {
  const { resource, namespace, name, source = '' } = info
  if (name === '' && info.object.metadata.generateName)
    throw new Refusal(
      `error in ${JSON.stringify(source)}: from ${info.object.metadata.generateName}: cannot use generate name with apply`.replace(
        /^error in "[^"]*": /,
        '',
      ),
    )
  const modified = withLastApplied(info.object)
  const where = `Resource: "${apiVersionOf(resource).includes('/') ? '' : '/'}${apiVersionOf(resource)}, Resource=${resource.plural}", GroupVersionKind: "${apiVersionOf(resource).includes('/') ? '' : '/'}${apiVersionOf(resource)}, Kind=${info.object.kind}"\nName: ${JSON.stringify(name)}, Namespace: ${JSON.stringify(namespace ?? '')}`
  let current: Json
  try {
    if (name === '') throw new Refusal('resource name may not be empty')
    current = yield* call.api.get(pathOf(resource, namespace, name))
  } catch (error) {
    if (!isNotFound(error)) {
      const text = `error when retrieving current configuration of:\n${where}\nfrom server for: ${JSON.stringify(source)}: `
      if (error instanceof StatusError) throw error.because(text)
      if (error instanceof Refusal) throw new Refusal(text + error.message)
      throw error
    }
    if (call.dryRun === 'client') return { object: modified, operation: 'created' }
    try {
      const created = yield* call.api.json('POST', pathOf(resource, namespace), {
        body: unversioned(modified),
        query: call.writing(call.validation),
      })
      return { object: created, operation: 'created' }
    } catch (problem) {
      throw problem instanceof StatusError ? problem.because(`error when creating ${JSON.stringify(source)}: `) : problem
    }
  }
  const text = current.metadata?.annotations?.[lastApplied]
  if (text === undefined && call.dryRun !== 'client') {
    yield* call.err(
      `Warning: resource ${resource.plural}/${name} is missing the ${lastApplied} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    )
  }
  const isStrategic = isBuiltIn(info.object.apiVersion)
  for (let attempt = 1; ; attempt++) {
    const original = text === undefined ? {} : JSON.parse(text)
    let patch: Json
    try {
      patch = isStrategic ? threeWayPatch(resource.kind, original, modified, current) : threeWayMergePatch(original, modified, current)
      if (patch.apiVersion !== undefined || patch.kind !== undefined || patch.metadata?.name !== undefined)
        throw new Refusal(`precondition failed for: ${goValue(patch)}`)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      // It tries each of the server's schemas before the one it has itself.
      if (error instanceof KeyMissing)
        for (const spec of ['openapi v3 spec', 'openapi spec'])
          yield* call.err(`warning: error calculating patch from ${spec}: ${error.message}\n`)
      const states = `original:\n${text ?? ''}\nmodified:\n${goJson(modified, { sorted: true })}\n\ncurrent:\n${goJson(current, { sorted: true })}\n\n`
      throw new Refusal(
        `error when applying patch:\n\nto:\n${where}\nfor: ${JSON.stringify(source)}: error when patching ${JSON.stringify(source)}: creating patch with:\n${states}for:: ${error.message}`,
      )
    }
    // Whether anything would change is not looked at in a dry run of the client's.
    if (call.dryRun === 'client') return { object: modified, operation: 'configured' }
    if (Object.keys(patch).length === 0) return { object: current, operation: 'unchanged' }
    try {
      const changed = yield* call.api.json('PATCH', pathOf(resource, namespace, name), {
        body: goJson(patch, { sorted: true }),
        contentType: isStrategic ? 'application/strategic-merge-patch+json' : 'application/merge-patch+json',
        query: call.writing(call.validation),
      })
      const isSame = changed.metadata?.resourceVersion === current.metadata?.resourceVersion
      return { object: changed, operation: isSame && call.dryRun !== 'server' ? 'unchanged' : 'configured' }
    } catch (error) {
      if (error instanceof StatusError && error.reason === 'Conflict' && attempt < 6) {
        current = yield* call.api.get(pathOf(resource, namespace, name))
        continue
      }
      if (error instanceof StatusError && (error.reason === 'Conflict' || error.reason === 'Invalid') && call.flags.is('force')) {
        yield* deleteInfo(call, info)
        const created = yield* call.api.json('POST', pathOf(resource, namespace), {
          body: unversioned(modified),
          query: call.writing(call.validation),
        })
        return { object: created, operation: 'configured' }
      }
      throw error instanceof StatusError
        ? error.because(
            `error when applying patch:\n${goJson(patch, { sorted: true })}\nto:\n${where}\nfor: ${JSON.stringify(source)}: error when patching ${JSON.stringify(source)}: `,
          )
        : error
    }
  }
}

function* applyThere(call: Call, { resource, namespace, name, object, source = '' }: Info): Blocking<Applied> {
  const manager = call.flags.isSet('field-manager') ? call.flags.text('field-manager') : 'kubectl'
  if (object.metadata.managedFields !== undefined) throw new Refusal('metadata.managedFields must be nil')
  try {
    const result = yield* call.api.json('PATCH', pathOf(resource, namespace, name), {
      body: goJson(object, { sorted: true }),
      contentType: 'application/apply-patch+yaml',
      query: {
        dryRun: call.dryRun === 'server' ? 'All' : undefined,
        fieldManager: manager,
        fieldValidation: call.validation,
        force: call.flags.is('force-conflicts'),
      },
    })
    return { object: result, operation: 'serverside-applied' }
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    if (error.reason === 'Conflict' && error.status.details?.causes?.some((cause: Json) => cause.reason === 'FieldManagerConflict'))
      throw new Refusal(`${error.status.message}\n${conflictAdvice}`)
    if (error.code === 415) throw new Refusal(`Server-side apply not available on the server: (${error.message})`)
    throw source === '' ? error : error
  }
}

const conflictAdvice = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`

/** Deletes what was applied before and is not in the files any more. */
function* prune(call: Call, infos: readonly Info[], applied: readonly Json[]): Blocking<void> {
  const kept = new Set(applied.map(({ metadata }) => metadata?.uid))
  const allowed = call.flags.list('prune-allowlist')
  const words =
    allowed.length > 0
      ? allowed.map((entry) => entry.split('/').at(-1) ?? '')
      : [
          'ConfigMap',
          'Endpoints',
          'Namespace',
          'PersistentVolumeClaim',
          'PersistentVolume',
          'Pod',
          'ReplicationController',
          'Secret',
          'Service',
          'Job',
          'CronJob',
          'Ingress',
          'DaemonSet',
          'Deployment',
          'ReplicaSet',
          'StatefulSet',
        ]
  const namespaces = new Set(infos.map(({ namespace }) => namespace).filter((name): name is string => name !== undefined))
  const print = printer(call, { operation: 'pruned' })
  for (const word of words) {
    const resource = yield* resourceNamed(call, word)
    for (const namespace of resource.isNamespaced ? namespaces : [undefined]) {
      for (const info of yield* listed(call, resource, namespace, { selector: call.flags.text('selector') })) {
        if (info.object.metadata.annotations?.[lastApplied] === undefined || kept.has(info.object.metadata.uid)) continue
        if (call.dryRun === 'none')
          yield* call.api.json('DELETE', pathOf(resource, info.namespace, info.name), { body: { propagationPolicy: 'Background' } })
        yield* call.out(print(info.object))
      }
    }
  }
}

export function* viewLastApplied(call: Call): Blocking<void> {
  const output = call.flags.text('output')
  if (output !== 'yaml' && output !== 'json')
    throw call.usage(`Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`)
  const errors: Error[] = []
  const infos = yield* select(call, errors, { isLatest: true })
  throwAll(errors)
  for (const { object } of infos) {
    const text = object.metadata.annotations?.[lastApplied]
    // The real one loses its own complaint on the way out.
    if (text === undefined) return
    const value = JSON.parse(text)
    yield* call.out(output === 'yaml' ? goYaml(value) : `${goJson(value, { indent: '  ', sorted: true })}\n`)
  }
}

export function* setLastApplied(call: Call): Blocking<void> {
  const errors: Error[] = []
  if (!hasFiles(call)) throw new Refusal('must specify one of -f and -k')
  const infos = yield* fileInfos(call, errors)
  throwAll(errors)
  for (const { resource, namespace, name, object } of infos) {
    const current = yield* call.api.get(pathOf(resource, namespace, name))
    if (current.metadata.annotations?.[lastApplied] === undefined && !call.flags.is('create-annotation')) {
      throw new Refusal(
        `no last-applied-configuration annotation found on resource: ${name}, to create the annotation, run the command with --create-annotation`,
      )
    }
    let result: Json = current
    if (call.dryRun !== 'client') {
      result = yield* call.api.json('PATCH', pathOf(resource, namespace, name), {
        body: { metadata: { annotations: { [lastApplied]: appliedText(object) } } },
        contentType: 'application/merge-patch+json',
        query: { dryRun: call.dryRun === 'server' ? 'All' : undefined },
      })
    }
    yield* call.out(printer(call, { operation: 'configured' })(result))
  }
}

export { accept, Quit }
