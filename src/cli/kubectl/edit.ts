/**
 * `kubectl edit`: the object as a file in $KUBE_EDITOR, $EDITOR or vi; what was changed goes back as a patch. A refusal opens the editor
 * again with the reason above the text; leaving it unchanged then gives up.
 */
import { textOf } from '../../base/bytes.ts'
import { start } from '../../unix/kernel/execute.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Blocking, ended } from '../../unix/kernel/process.ts'
import { goJson } from '../go-json.ts'
import { goYaml } from '../go-yaml.ts'
import { documents, fromYaml, YamlError } from '../yaml-input.ts'
import { appliedText, lastApplied } from './apply.ts'
import type { Call } from './call.ts'
import { pathOf } from './discovery.ts'
import { equal, type Json } from './json.ts'
import { manifests } from './manifests.ts'
import { printer, withoutManagedFields } from './printer.ts'
import { Quit, Refusal, StatusError, textOfError, throwAll } from './refusal.ts'
import { type Info, placed, select, typed } from './select.ts'
import { isBuiltIn, mergePatch, twoWayPatch } from './strategic.ts'

const advice = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`

export function* edit(call: Call): Blocking<void> {
  const errors: Error[] = []
  const infos = yield* select(call, errors, { isLatest: true, isAllByDefault: true })
  throwAll(errors)
  if (infos.length === 0) throw new Refusal('edit cancelled, no objects found')
  const isJson = call.flags.text('output') === 'json'
  const isShowing = call.flags.is('show-managed-fields')
  const originals = infos.map(({ object, resource }) => typed(isShowing ? object : withoutManagedFields(object), resource))
  const whole = originals.length === 1 ? originals[0] : { apiVersion: 'v1', items: originals, kind: 'List', metadata: {} }
  const body = isJson ? `${goJson(whole, { indent: '    ', sorted: true })}\n` : goYaml(whole)
  let reasons = ''
  let text = body
  for (;;) {
    const shown = `${advice.replace(/#\n$/, `${reasons === '' ? '#\n' : `${reasons}#\n`}`)}${text}`
    const edited = yield* inEditor(call, shown, isJson ? 'json' : 'yaml')
    const stripped = withoutComments(edited)
    if (stripped.trim() === '') {
      yield* call.err('Edit cancelled, saved file was empty.\n')
      return
    }
    if (stripped === withoutComments(shown)) {
      if (reasons === '') {
        yield* call.err('Edit cancelled, no changes made.\n')
        return
      }
      const path = yield* kept(call, edited)
      yield* call.err(`error: Edit cancelled, no valid changes were saved.\n`.replace('error: Edit cancelled, no valid changes were saved.', `A copy of your changes has been stored to ${JSON.stringify(path)}\nerror: Edit cancelled, no valid changes were saved.`))
      throw new Quit(1)
    }
    const failures: string[] = []
    let value: Json
    try {
      value = documents(stripped).map((part) => fromYaml(part))[0]
    } catch (error) {
      if (!(error instanceof YamlError)) throw error
      reasons = `# The edited file had a syntax error: error converting YAML to JSON: ${error.message}\n`
      text = stripped
      continue
    }
    const changed: Json[] = value?.kind === 'List' ? value.items : [value]
    for (const [index, object] of changed.entries()) {
      const info = infos[index]
      if (!info || !object) continue
      try {
        yield* saved(call, info, originals[index], object)
      } catch (error) {
        if (!(error instanceof StatusError)) throw error
        const { text: message } = textOfError(error)
        yield* call.err(`${message}\n`)
        failures.push(`# ${info.resource.plural}${info.resource.group === '' ? '' : `.${info.resource.group}`} ${JSON.stringify(info.name)} was not valid:\n${reasonLines(error)}`)
      }
    }
    if (failures.length === 0) return
    reasons = failures.join('')
    text = stripped
  }
}

function reasonLines(error: StatusError): string {
  const causes: Json[] = error.status.details?.causes ?? []
  if (causes.length === 0) return `# * ${error.status.message}\n`
  return causes.map(({ field, message }) => `# * ${field ? `${field}: ` : ''}${message}\n`).join('')
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
}

function* saved(call: Call, { resource, namespace, name }: Info, original: Json, edited: Json): Blocking<void> {
  if (equal(original, edited)) {
    yield* call.out(printer(call, { operation: 'skipped' })(edited).replace(/^/, ''))
    return
  }
  if (edited.metadata?.name !== original.metadata.name) throw new Refusal('At least one of apiVersion, kind and name was changed')
  const modified = call.flags.is('save-config') || original.metadata.annotations?.[lastApplied] !== undefined && false ? { ...edited, metadata: { ...edited.metadata, annotations: { ...edited.metadata.annotations, [lastApplied]: appliedText(edited) } } } : edited
  const isStrategic = isBuiltIn(edited.apiVersion)
  const patch = isStrategic ? twoWayPatch(resource.kind, original, modified) : mergePatch(original, modified)
  if (call.flags.is('output-patch')) yield* call.out(`Patch: ${goJson(patch, { sorted: true })}\n`)
  const result = yield* call.api.json('PATCH', pathOf(resource, namespace, name, call.flags.text('subresource') || undefined), {
    body: goJson(patch, { sorted: true }),
    contentType: isStrategic ? 'application/strategic-merge-patch+json' : 'application/merge-patch+json',
    query: call.writing(call.validation),
  })
  const resourceText = printer(call, { operation: 'edited' })
  yield* call.out(['json', 'yaml', ''].includes(call.flags.text('output')) ? `${resourceName(result)} edited\n` : resourceText(result))
}

function resourceName(object: Json): string {
  const group = object.apiVersion.includes('/') ? `.${object.apiVersion.split('/')[0]}` : ''
  return `${object.kind.toLowerCase()}${group}/${object.metadata.name}`
}

/** `create --edit`: the file goes through the editor before it is sent. */
export function* editInstead(call: Call): Blocking<void> {
  const errors: Error[] = []
  const found = yield* manifests(call, errors)
  throwAll(errors)
  for (const manifest of found) {
    const text = goYaml(manifest.object)
    const edited = withoutComments(yield* inEditor(call, advice + text, 'yaml'))
    if (edited === text) {
      yield* call.err('Edit cancelled, no changes made.\n')
      continue
    }
    const value = fromYaml(edited)
    if (value === null) {
      yield* call.err('Edit cancelled, saved file was empty.\n')
      continue
    }
    const info = yield* placed(call, { object: value as never, source: manifest.source })
    const created = yield* call.api.json('POST', pathOf(info.resource, info.namespace), { body: info.object, query: call.writing(call.validation) })
    yield* call.out(`${resourceName(created)} created\n`)
  }
}

function* kept(call: Call, text: string): Blocking<string> {
  const path = `/tmp/kubectl-edit-${call.process.kernel.random.letters(10, '0123456789')}.yaml`
  call.process.files.writeFile(path, text, { mode: 0o600 }, call.process.credentials)
  return path
}

/** Opens the text in the person's editor and answers what was saved. */
export function* inEditor(call: Call, text: string, extension: string): Blocking<string> {
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
  const edited = textOf(process.files.readFile(path, process.credentials))
  process.files.unlink(path, process.credentials)
  return edited
}
