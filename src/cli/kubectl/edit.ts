/**
 * `kubectl edit`, `create --edit` and `apply edit-last-applied`: objects as a file in $KUBE_EDITOR, $EDITOR or vi; what was changed goes
 * back as a patch. What the server calls invalid opens the editor again with the reasons above the text; whoever leaves it as it was then
 * gives up, and finds the text in the temporary file.
 */
import { textOf } from '../../base/bytes.ts'
import { start } from '../../unix/kernel/execute.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Blocking, ended } from '../../unix/kernel/process.ts'
import { goJson } from '../go-json.ts'
import { goYaml } from '../go-yaml.ts'
import { documents, fromYaml, YamlError } from '../yaml-input.ts'
import { appliedText, lastApplied, withLastApplied } from './apply.ts'
import type { Call } from './call.ts'
import { nameWithGroup, pathOf } from './discovery.ts'
import { equal, type Json } from './json.ts'
import { manifests } from './manifests.ts'
import { printer, withoutManagedFields } from './printer.ts'
import { isNotFound, Quit, Refusal, StatusError, throwAll } from './refusal.ts'
import { type Info, placed, select, typed } from './select.ts'
import { isBuiltIn, mergePatch, twoWayPatch } from './strategic.ts'

const advice = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`
const adviceOnAnnotation = `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`

/** One kind of editing: what is shown of each object, and how what came of it is saved. */
interface Editing {
  readonly advice: string
  readonly infos: readonly Info[]
  readonly shown: readonly Json[]
  save(info: Info, shown: Json, edited: Json): Blocking<void>
}

export function* edit(call: Call): Blocking<void> {
  const infos = yield* selected(call)
  const isShowing = call.flags.is('show-managed-fields')
  const shown = infos.map(({ object, resource }) => typed(isShowing ? object : withoutManagedFields(object), resource))
  yield* editing(call, { advice, infos, shown, save: (info, original, edited) => saved(call, info, original, edited) })
}

/** `create --edit`: the file goes through the editor before it is sent. */
export function* editInstead(call: Call): Blocking<void> {
  const errors: Error[] = []
  const found = yield* manifests(call, errors)
  throwAll(errors)
  const infos: Info[] = []
  for (const manifest of found) infos.push(yield* placed(call, manifest))
  yield* editing(call, {
    advice,
    infos,
    shown: infos.map(({ object }) => object),
    *save({ resource, namespace }, _shown, edited) {
      const created = yield* call.api.json('POST', pathOf(resource, namespace), {
        body: call.flags.is('save-config') ? withLastApplied(edited) : edited,
        query: call.writing(call.validation),
      })
      yield* call.out(printer(call, { operation: 'created' })(created))
    },
  })
}

/** `apply edit-last-applied`: only the annotation is edited, and nothing else follows from it. */
export function* editLastApplied(call: Call): Blocking<void> {
  const infos = (yield* selected(call)).filter(({ object }) => object.metadata.annotations?.[lastApplied] !== undefined)
  if (infos.length === 0)
    throw new Refusal(
      'no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`',
    )
  yield* editing(call, {
    advice: adviceOnAnnotation,
    infos,
    shown: infos.map(({ object }) => JSON.parse(object.metadata.annotations?.[lastApplied] ?? 'null')),
    *save(info, shown, edited) {
      mustBeSame(shown, edited)
      const result = yield* call.api.json('PATCH', pathOf(info.resource, info.namespace, info.name), {
        body: { metadata: { annotations: { [lastApplied]: appliedText(edited) } } },
        contentType: 'application/merge-patch+json',
        query: call.writing(call.validation),
      })
      yield* call.out(printed(call, result))
    },
  })
}

function* selected(call: Call): Blocking<Info[]> {
  const errors: Error[] = []
  const infos = yield* select(call, errors, { isLatest: true, isAllByDefault: true })
  throwAll(errors)
  if (infos.length === 0) throw new Refusal('edit cancelled, no objects found')
  return infos
}

/** The editor again and again, until all is saved, nothing changed, or saving makes no sense. */
function* editing(call: Call, { advice, infos, shown, save }: Editing): Blocking<void> {
  const isJson = call.flags.text('output') === 'json'
  const whole = shown.length === 1 ? shown[0] : { apiVersion: 'v1', items: shown, kind: 'List', metadata: {} }
  let text = isJson ? `${goJson(whole, { indent: '    ', sorted: true })}\n` : goYaml(whole)
  const original = withoutComments(text)
  let reasons: readonly Reason[] = []
  for (;;) {
    const { path, edited } = yield* inEditor(
      call,
      `${isJson ? '' : advice}${reasons.map(reasonText).join('')}${text}`,
      isJson ? 'json' : 'yaml',
    )
    const stripped = withoutComments(edited)
    if (reasons.length > 0 && stripped === withoutComments(text))
      throw yield* kept(call, path, new Refusal('Edit cancelled, no valid changes were saved.'))
    text = stripped
    const values = parsed(stripped)
    if (values instanceof YamlError) {
      reasons = [
        {
          head: `${nameWithGroup(infos[0].resource)} ${JSON.stringify(infos[0].name)} was not valid`,
          causes: [`<nil>: Invalid value: "The edited file failed validation": ${values.message}`],
        },
      ]
      yield* call.err(`error: ${nameWithGroup(infos[0].resource)} ${JSON.stringify(infos[0].name)} is invalid\n`)
      continue
    }
    if (stripped === original || stripped.trim() === '') {
      yield* call.err(stripped === original ? 'Edit cancelled, no changes made.\n' : 'Edit cancelled, saved file was empty.\n')
      call.process.files.unlink(path, call.process.credentials)
      return
    }
    const results = yield* savedAll(call, { infos, shown, values, path, save })
    if (results.isRetryable) {
      yield* call.err(`You can run \`kubectl replace -f ${path}\` to try this update again.\n`)
      throw new Quit(1)
    }
    if (results.isGone) {
      yield* call.err(`The edits you made on deleted resources have been saved to ${JSON.stringify(path)}\n`)
      throw new Quit(1)
    }
    if (results.reasons.length === 0) {
      call.process.files.unlink(path, call.process.credentials)
      return
    }
    reasons = results.reasons
  }
}

function parsed(text: string): Json[] | YamlError {
  try {
    return documents(text)
      .map((part) => fromYaml(part))
      .flatMap((value: Json) => (value?.kind === 'List' ? value.items : [value]))
  } catch (error) {
    if (error instanceof YamlError) return error
    throw error
  }
}

/** Why an object was not saved, as the comment above the text tells it. */
interface Reason {
  readonly head: string
  readonly causes: readonly string[]
}

function reasonText({ head, causes }: Reason): string {
  const commented = (text: string): string => text.replaceAll('\n', '\n# ')
  return `# ${commented(head)}${causes.length > 0 ? ':' : ''}\n${causes.map((cause) => `# * ${commented(cause)}\n`).join('')}#\n`
}

function* savedAll(
  call: Call,
  { infos, shown, values, path, save }: Pick<Editing, 'infos' | 'shown' | 'save'> & { values: readonly Json[]; path: string },
): Blocking<{ reasons: Reason[]; isRetryable: boolean; isGone: boolean }> {
  const reasons: Reason[] = []
  let isRetryable = false
  let isGone = false
  for (const [index, edited] of values.entries()) {
    const info = infos[index]
    if (!info || !edited) continue
    try {
      yield* save(info, shown[index], edited)
    } catch (error) {
      // What is created goes or does not: only a patch is tried again.
      if (!(error instanceof StatusError) || call.command === 'kubectl create')
        throw error instanceof Refusal || error instanceof StatusError ? yield* kept(call, path, error) : error
      const named = `${nameWithGroup(info.resource)} ${JSON.stringify(info.name)}`
      if (error.reason === 'Invalid') {
        reasons.push({
          head: `${named} was not valid`,
          causes: (error.status.details?.causes ?? []).map(({ field, message }: Json) => `${field ?? ''}: ${message}`),
        })
        yield* call.err(`error: ${named} is invalid\n`)
      } else if (isNotFound(error)) {
        isGone = true
        yield* call.err(`error: ${named} could not be found on the server\n`)
      } else {
        isRetryable = true
        yield* call.err(`error: ${named} could not be patched: ${error.message}\n`)
      }
    }
  }
  return { reasons, isRetryable, isGone }
}

/** Says where the person's text is, and hands the error back. */
function* kept<Problem extends Error>(call: Call, path: string, error: Problem): Blocking<Problem> {
  yield* call.err(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`)
  return error
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
}

function mustBeSame(original: Json, edited: Json): void {
  if (edited.apiVersion !== original.apiVersion || edited.kind !== original.kind || edited.metadata?.name !== original.metadata?.name)
    throw new Refusal('At least one of apiVersion, kind and name was changed')
}

function* saved(call: Call, { resource, namespace, name }: Info, original: Json, edited: Json): Blocking<void> {
  if (equal(original, edited)) return yield* call.out(printer(call, { operation: 'skipped' })(edited))
  mustBeSame(original, edited)
  const modified = call.flags.is('save-config')
    ? { ...edited, metadata: { ...edited.metadata, annotations: { ...edited.metadata.annotations, [lastApplied]: appliedText(edited) } } }
    : edited
  const isStrategic = isBuiltIn(edited.apiVersion)
  const patch = isStrategic ? twoWayPatch(resource.kind, original, modified) : mergePatch(original, modified)
  if (call.flags.is('output-patch')) yield* call.out(`Patch: ${goJson(patch, { sorted: true })}\n`)
  const result = yield* call.api.json('PATCH', pathOf(resource, namespace, name, call.flags.text('subresource') || undefined), {
    body: goJson(patch, { sorted: true }),
    contentType: isStrategic ? 'application/strategic-merge-patch+json' : 'application/merge-patch+json',
    query: call.writing(call.validation),
  })
  yield* call.out(printed(call, result))
}

/** `-o json` says in which form to edit, not what to print. */
function printed(call: Call, object: Json): string {
  if (!['json', 'yaml', ''].includes(call.flags.text('output'))) return printer(call, { operation: 'edited' })(object)
  const group = object.apiVersion.includes('/') ? `.${object.apiVersion.split('/')[0]}` : ''
  return `${object.kind.toLowerCase()}${group}/${object.metadata.name} edited\n`
}

/** Opens the text in the person's editor; the file stays. */
function* inEditor(call: Call, text: string, extension: string): Blocking<{ path: string; edited: string }> {
  const { process } = call
  const path = `/tmp/kubectl-edit-${process.kernel.random.letters(10, '0123456789')}.${extension}`
  process.files.writeFile(path, text, { mode: 0o600 }, process.credentials)
  const editor = process.env.KUBE_EDITOR || process.env.EDITOR || 'vi'
  const isSimple = /^[\w./-]+( [\w./-]+)*$/.test(editor)
  const argv = isSimple ? [...editor.split(' '), path] : ['/bin/bash', '-c', `${editor} ${path}`]
  try {
    const code = yield* ended(start(process, argv))
    if (code !== 0) throw new Refusal(`there was a problem with the editor ${JSON.stringify(editor)}`)
  } catch (error) {
    if (error instanceof UnixError) throw new Refusal(`unable to launch the editor ${JSON.stringify(editor)}`)
    throw error
  }
  return { path, edited: textOf(process.files.readFile(path, process.credentials)) }
}
