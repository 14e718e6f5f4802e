/** Less used commands: `diff`, `cp`, `certificate`, `completion`, `kustomize`, `plugin list`, `auth reconcile`, `debug`, `alpha`. */
import { bytesOf, joined, noBytes, textOf } from '../../base/bytes.ts'
import { start } from '../../unix/kernel/execute.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Blocking, ended } from '../../unix/kernel/process.ts'
import { goJson } from '../go-json.ts'
import { goYaml } from '../go-yaml.ts'
import { bashCompletion } from '../shell-completion.ts'
import { debug } from './debug.ts'
import type { Call } from './call.ts'
import { accept } from './connection.ts'
import { pathOf } from './discovery.ts'
import type { Json } from './json.ts'
import { hasFiles, kustomization } from './manifests.ts'
import { lastApplied } from './names.ts'
import { printer, withoutManagedFields } from './printer.ts'
import { proxy } from './proxy.ts'
import { isNotFound, Quit, Refusal, throwAll } from './refusal.ts'
import { fileInfos, type Info, select } from './select.ts'
import { isBuiltIn, threeWayMergePatch, threeWayPatch } from './strategic.ts'

type Run = (call: Call) => Blocking<void>

// What apply would change: both states as files, and the machine's own diff over them.

const diff: Run = function* (call) {
  if (!hasFiles(call)) throw new Refusal('must specify one of -f and -k', 2)
  const errors: Error[] = []
  let infos: Info[]
  try {
    infos = yield* fileInfos(call, errors)
    throwAll(errors)
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(error.message, 2) : error
  }
  const { process } = call
  const [live, merged] = ['LIVE', 'MERGED'].map((word) => `/tmp/${word}-${process.kernel.random.letters(10, '0123456789')}`)
  for (const folder of [live, merged]) process.files.mkdir(folder, { parents: true }, process.credentials)
  for (const { resource, namespace, name, object } of infos) {
    let current: Json
    try {
      current = yield* call.api.get(pathOf(resource, namespace, name))
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
    // Unlike apply, it writes no annotation: what would change there is no news.
    const { [lastApplied]: _, ...annotations } = object.metadata.annotations ?? {}
    const modified = { ...object, metadata: { ...object.metadata, annotations } }
    let after: Json
    if (current === undefined)
      after = yield* call.api.json('POST', pathOf(resource, namespace), {
        body: modified,
        query: { dryRun: 'All', fieldManager: call.flags.text('field-manager') },
      })
    else if (call.flags.is('server-side')) {
      after = yield* call.api.json('PATCH', pathOf(resource, namespace, name), {
        body: goJson(object, { sorted: true }),
        contentType: 'application/apply-patch+yaml',
        query: { dryRun: 'All', fieldManager: 'kubectl', force: call.flags.is('force-conflicts') },
      })
    } else {
      const text = current.metadata?.annotations?.[lastApplied]
      const original = text === undefined ? {} : JSON.parse(text)
      const isStrategic = isBuiltIn(object.apiVersion)
      const patch: Json = isStrategic
        ? threeWayPatch(resource.kind, original, modified, current)
        : threeWayMergePatch(original, modified, current)
      after =
        Object.keys(patch).length === 0
          ? current
          : yield* call.api.json('PATCH', pathOf(resource, namespace, name), {
              body: goJson(
                { ...patch, metadata: { ...patch.metadata, resourceVersion: current.metadata.resourceVersion } },
                { sorted: true },
              ),
              contentType: isStrategic ? 'application/strategic-merge-patch+json' : 'application/merge-patch+json',
              query: { dryRun: 'All', fieldManager: call.flags.text('field-manager') },
            })
    }
    const file = `${object.apiVersion.includes('/') ? object.apiVersion.replace('/', '.') : object.apiVersion}.${resource.kind}.${namespace ?? ''}.${name}`
    const shown = (value: Json): string => goYaml(call.flags.is('show-managed-fields') ? value : withoutManagedFields(value))
    if (current !== undefined) process.files.writeFile(`${live}/${file}`, shown(current), {}, process.credentials)
    process.files.writeFile(`${merged}/${file}`, shown(after), {}, process.credentials)
  }
  try {
    const program = (process.env.KUBECTL_EXTERNAL_DIFF || 'diff').split(' ')
    const code = yield* ended(
      start(process, [...program, ...(program.length === 1 && program[0] === 'diff' ? ['-u', '-N'] : []), live, merged]),
    )
    if (code !== 0) throw new Quit(code)
  } catch (error) {
    if (error instanceof UnixError) throw new Refusal(`failed to run "diff": exec: "diff": executable file not found in $PATH`, 2)
    throw error
  } finally {
    for (const folder of [live, merged]) if (process.files.exists(folder)) process.files.removeAll(folder, process.credentials)
  }
}

// Certificates

function decide(type: 'Approved' | 'Denied'): Run {
  return function* (call) {
    const errors: Error[] = []
    if (call.args.length === 0 && !hasFiles(call)) throw new Refusal('one or more CSRs must be specified as <name> or -f <filename>')
    const infos = yield* select(call, errors, { args: call.args.length > 0 ? ['csr', ...call.args] : [], isLatest: true })
    throwAll(errors)
    for (const { resource, name, object } of infos) {
      const conditions: Json[] = object.status?.conditions ?? []
      const other = type === 'Approved' ? 'Denied' : 'Approved'
      if (conditions.some((condition) => condition.type === other))
        throw new Refusal(`certificate signing request ${JSON.stringify(name)} is already ${other}`)
      let result: Json = object
      if (call.flags.is('force') || !conditions.some((condition) => condition.type === type)) {
        const now = new Date(call.process.now()).toISOString().replace(/\.\d+Z$/, 'Z')
        const condition = {
          type,
          status: 'True',
          reason: type === 'Approved' ? 'KubectlApprove' : 'KubectlDeny',
          message: `This CSR was ${type.toLowerCase()} by kubectl certificate ${type === 'Approved' ? 'approve' : 'deny'}.`,
          lastUpdateTime: now,
        }
        result = yield* call.api.json('PUT', pathOf(resource, undefined, name, 'approval'), {
          body: { ...object, status: { ...object.status, conditions: [...conditions.filter((entry) => entry.type !== type), condition] } },
        })
      }
      yield* call.out(printer(call, { operation: type.toLowerCase() })({ ...result, apiVersion: object.apiVersion, kind: object.kind }))
    }
  }
}

// Files in and out of containers, as a tar over exec

const cp: Run = function* (call) {
  const { args } = call
  if (args.length !== 2) throw new Refusal('source and destination are required')
  const [from, to] = args.map(place)
  if (from.pod && to.pod) throw new Refusal('one of src or dest must be a local file specification')
  if (!from.pod && !to.pod) throw new Refusal('one of src or dest must be a remote file specification')
  if (from.path === '' || to.path === '') throw new Refusal('filepath can not be empty')
  const side = from.pod ? from : to
  const namespace = side.namespace ?? call.namespace
  const pod = yield* call.api.get(`/api/v1/namespaces/${namespace}/pods/${side.pod}`, {}, accept.any)
  const container = call.flags.text('container') || pod.spec.containers[0].name
  if (!call.flags.text('container') && pod.spec.containers.length > 1)
    yield* call.err(
      `Defaulted container ${JSON.stringify(container)} out of: ${pod.spec.containers.map(({ name }: Json) => name).join(', ')}\n`,
    )
  if (from.pod) return yield* copyFrom(call, pod, container, from.path, to.path)
  yield* copyTo(call, pod, container, from.path, to.path)
}

interface Place {
  readonly namespace?: string
  readonly pod?: string
  readonly path: string
}

function place(text: string): Place {
  const match = /^(?:([^/:]+)\/)?([^/:]+):(.*)$/.exec(text)
  return match ? { namespace: match[1], pod: match[2], path: match[3] } : { path: text }
}

function* remote(
  call: Call,
  pod: Json,
  container: string,
  command: readonly string[],
  input?: Uint8Array,
): Blocking<{ output: Uint8Array; problem: string }> {
  const connection = yield* call.api.connect(
    `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/exec`,
    { command, container, stdin: input ? true : undefined, stdout: true, stderr: true },
    'v5.channel.k8s.io',
  )
  if (input) {
    for (let at = 0; at < input.length; at += 32_768) connection.incoming.write(joined([Uint8Array.of(0), input.subarray(at, at + 32_768)]))
    connection.incoming.write(Uint8Array.of(255, 0))
  }
  const parts: Uint8Array[] = []
  const complaints: Uint8Array[] = []
  for (;;) {
    const frame = connection.outgoing.read()
    if (!frame) {
      if (connection.outgoing.isOver) break
      yield { on: [connection.outgoing.readable] }
      continue
    }
    if (frame[0] === 1) parts.push(frame.subarray(1))
    else if (frame[0] === 2) complaints.push(frame.subarray(1))
    else if (frame[0] === 3) {
      const status = JSON.parse(textOf(frame.subarray(1)))
      if (status.status !== 'Success') {
        if (complaints.length > 0) yield* call.err(complaints.map(textOf).join(''))
        const code = status.details?.causes?.find(({ reason }: Json) => reason === 'ExitCode')?.message
        throw new Refusal(code === undefined ? status.message : `command terminated with exit code ${code}`, 1)
      }
    }
  }
  return { output: parts.length === 0 ? noBytes : joined(parts), problem: complaints.map(textOf).join('') }
}

function* copyFrom(call: Call, pod: Json, container: string, path: string, target: string): Blocking<void> {
  const { output } = yield* remote(call, pod, container, ['tar', 'cf', '-', path])
  const { process } = call
  const base = path.replace(/\/+$/, '').replace(/^\//, '')
  const isFolder = process.files.exists(process.path(target)) && process.files.stat(process.path(target)).kind === 'directory'
  if (path.startsWith('/')) yield* call.out("tar: Removing leading `/' from member names\n")
  const root = isFolder ? `${process.path(target)}/${base.split('/').at(-1)}` : process.path(target)
  for (const { name, isDirectory, content } of tarEntries(output)) {
    const rest = name.replace(/^\//, '').replace(/\/$/, '').slice(base.length)
    const full = `${root}${rest}`
    if (isDirectory) process.files.mkdir(full, { parents: true }, process.credentials)
    else process.files.writeFile(full, content, {}, process.credentials)
  }
}

function* copyTo(call: Call, pod: Json, container: string, source: string, path: string): Blocking<void> {
  const { process } = call
  const full = process.path(source)
  if (!process.files.exists(full)) throw new Refusal(`${source} doesn't exist in local filesystem`)
  let target = path.replace(/\/+$/, '') || '/'
  try {
    yield* remote(call, pod, container, ['test', '-d', target])
    target = `${target === '/' ? '' : target}/${source.replace(/\/+$/, '').split('/').at(-1)}`
  } catch (error) {
    // Not a folder there: the name given is the file's own.
    if (!(error instanceof Refusal)) throw error
  }
  const folder = target.slice(0, target.lastIndexOf('/')) || '/'
  const name = target.slice(target.lastIndexOf('/') + 1)
  yield* remote(call, pod, container, ['tar', '-xmf', '-', ...(folder === '/' ? ['-C', '/'] : ['-C', folder])], tarOf(call, full, name))
}

function tarOf({ process }: Call, path: string, name: string): Uint8Array {
  const parts: Uint8Array[] = []
  const add = (from: string, as: string): void => {
    const node = process.files.stat(from, process.credentials)
    if (node.kind === 'directory') {
      parts.push(tarHeader(`${as}/`, 0, node.mode, true))
      for (const child of process.files.list(from, process.credentials)) add(`${from}/${child}`, `${as}/${child}`)
      return
    }
    const content = process.files.readFile(from, process.credentials)
    parts.push(tarHeader(as, content.length, node.mode, false), content, new Uint8Array((512 - (content.length % 512)) % 512))
  }
  add(path, name)
  return joined([...parts, new Uint8Array(1024)])
}

function tarHeader(name: string, size: number, mode: number, isDirectory: boolean): Uint8Array {
  const header = new Uint8Array(512)
  const put = (text: string, at: number): void => header.set(bytesOf(text), at)
  put(name.slice(0, 100), 0)
  put(`${(mode & 0o7777).toString(8).padStart(7, '0')}\0`, 100)
  put('0000000\0', 108)
  put('0000000\0', 116)
  put(`${size.toString(8).padStart(11, '0')}\0`, 124)
  put('00000000000\0', 136)
  put('        ', 148)
  put(isDirectory ? '5' : '0', 156)
  put('ustar\0', 257)
  put('00', 263)
  const sum = header.reduce((total, byte) => total + byte, 0)
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

function tarEntries(bytes: Uint8Array): { readonly name: string; readonly isDirectory: boolean; readonly content: Uint8Array }[] {
  const found: { name: string; isDirectory: boolean; content: Uint8Array }[] = []
  const field = (at: number, length: number): string =>
    textOf(bytes.subarray(at, at + length))
      .replace(/\0.*$/s, '')
      .trim()
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(field(at + 124, 12) || '0', 8)
    const prefix = field(at + 345, 155)
    const type = field(at + 156, 1)
    found.push({
      name: `${prefix === '' ? '' : `${prefix}/`}${field(at, 100)}`,
      isDirectory: type === '5',
      content: bytes.slice(at + 512, at + 512 + size),
    })
    at += 512 + Math.ceil(size / 512) * 512
  }
  return found
}

// Small ones

/** kubectl prints it above each script of its own. */
const notice = `
# Copyright 2016 The Kubernetes Authors.
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.
`

const completion: Run = function* (call) {
  const [shell] = call.args
  if (shell === undefined) throw call.usage('Shell not specified.')
  if (call.args.length > 1) throw call.usage('Too many arguments. Expected only the shell type.')
  if (!['bash', 'zsh', 'fish', 'powershell'].includes(shell)) throw call.usage(`Unsupported shell type ${JSON.stringify(shell)}.`)
  yield* call.out(
    shell === 'bash'
      ? notice + bashCompletion('kubectl')
      : `# The sandbox has no ${shell}; its shell is bash: source <(kubectl completion bash)\n`,
  )
}

const kustomize: Run = function* (call) {
  if (call.args.length > 1) throw new Refusal('specify one path to kustomization.yaml')
  const { yaml, warnings } = yield* kustomization(call, call.args[0] ?? '.')
  for (const warning of warnings) yield* call.err(`${warning}\n`)
  const target = call.flags.text('output')
  if (target === '') return yield* call.out(yaml)
  const { process } = call
  const path = process.path(target)
  process.files.writeFile(
    process.files.exists(path) && process.files.stat(path).kind === 'directory' ? `${path}/kustomization-output.yaml` : path,
    yaml,
    {},
    process.credentials,
  )
}

const pluginList: Run = function* (call) {
  const { process, flags } = call
  const found = (process.env.PATH ?? '').split(':').flatMap((folder) => {
    if (folder === '' || !process.files.exists(folder)) return []
    return process.files
      .list(folder)
      .filter((name) => name.startsWith('kubectl-'))
      .map((name) => (flags.is('name-only') ? name : `${folder}/${name}`))
  })
  if (found.length === 0) throw new Refusal('unable to find any kubectl plugins in your PATH')
  yield* call.out(`The following compatible plugins are available:\n\n${found.map((path) => `${path}\n`).join('')}`)
}

const reconcile: Run = function* (call) {
  const errors: Error[] = []
  if (!hasFiles(call)) throw new Refusal('must specify one of -f and -k')
  const infos = yield* fileInfos(call, errors)
  throwAll(errors)
  for (const { resource, namespace, name, object } of infos) {
    if (resource.group !== 'rbac.authorization.k8s.io') continue
    let result: Json = object
    if (call.dryRun !== 'client') {
      try {
        const current = yield* call.api.get(pathOf(resource, namespace, name))
        const union = (a: Json[] = [], b: Json[] = []): Json[] => [
          ...a,
          ...b.filter((item) => !a.some((known) => goJson(known, { sorted: true }) === goJson(item, { sorted: true }))),
        ]
        result = yield* call.api.json('PUT', pathOf(resource, namespace, name), {
          body: {
            ...current,
            ...(object.rules ? { rules: union(current.rules, object.rules) } : {}),
            ...(object.subjects ? { subjects: union(current.subjects, object.subjects) } : {}),
          },
        })
      } catch (error) {
        if (!isNotFound(error)) throw error
        result = yield* call.api.json('POST', pathOf(resource, namespace), { body: object })
      }
    }
    yield* call.out(printer(call, { operation: 'reconciled' })({ apiVersion: object.apiVersion, kind: object.kind, ...result }))
  }
}

const alpha: Run = function* (call) {
  yield* call.err('No alpha commands are available in this version of kubectl\n')
}

export const advancedCommands: Readonly<Record<string, Run>> = {
  diff,
  cp,
  proxy,
  debug,
  'certificate approve': decide('Approved'),
  'certificate deny': decide('Denied'),
  completion,
  kustomize,
  'plugin list': pluginList,
  'auth reconcile': reconcile,
  alpha,
}
