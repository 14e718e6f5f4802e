/**
 * `kubectl create configmap` and `secret`: literals, files, folders and env files to data.
 */
import { base64Of, bytesOf, textOf } from '../../../base/bytes.ts'
import { UnixError } from '../../../unix/errors.ts'
import type { Blocking } from '../../../unix/kernel/process.ts'
import { goJson } from '../../go-json.ts'
import type { Call } from '../call.ts'
import { generated } from '../create.ts'
import { equal, type KubeObject } from '../json.ts'
import { hashOf } from '../name-hash.ts'
import { Refusal } from '../refusal.ts'
import { meta, nameOf, type Run } from './call.ts'

interface Entry {
  readonly key: string
  readonly bytes: Uint8Array
}

const keyRules =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"

function readBytes(call: Call, path: string): Uint8Array {
  return call.process.files.readFile(call.process.path(path), call.process.credentials)
}

function entries(call: Call, what: 'configmap' | 'secret'): Entry[] {
  const { flags, process } = call
  const found: Entry[] = []
  const add = (key: string, bytes: Uint8Array): void => {
    if (!/^[-._a-zA-Z0-9]+$/.test(key))
      throw new Refusal(
        `${JSON.stringify(key)} is not a valid key name for a ${what === 'configmap' ? 'ConfigMap' : 'Secret'}: ${keyRules}`,
      )
    if (found.some((entry) => entry.key === key))
      throw new Refusal(
        what === 'configmap'
          ? `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(call.args[0])}`
          : `cannot add key ${key}, another key by that name already exists`,
      )
    found.push({ key, bytes })
  }
  for (const source of flags.list('from-file')) {
    const { key, path } = fileSource(source)
    let isFolder: boolean
    try {
      isFolder = process.files.stat(process.path(path), process.credentials).kind === 'directory'
    } catch (error) {
      if (error instanceof UnixError) throw new Refusal(`error reading ${path}: ${error.words.toLowerCase()}`)
      throw error
    }
    if (isFolder) {
      if (source.includes('=')) throw new Refusal('cannot give a key name for a directory path')
      for (const name of [...process.files.list(process.path(path))].sort()) {
        const inner = `${path.replace(/\/$/, '')}/${name}`
        if (process.files.stat(process.path(inner)).kind === 'file' && /^[-._a-zA-Z0-9]+$/.test(name)) add(name, readBytes(call, inner))
      }
    } else add(key, readBytes(call, path))
  }
  for (const literal of flags.list('from-literal')) {
    const equals = literal.indexOf('=')
    if (equals <= 0)
      throw new Refusal(
        equals === 0 ? `invalid literal source ${literal}, expected key=value` : `invalid literal source ${literal}, expected key=value`,
      )
    let value = literal.slice(equals + 1)
    if (value.length >= 2 && /^(".*"|'.*')$/s.test(value)) value = value.slice(1, -1)
    add(literal.slice(0, equals), bytesOf(value))
  }
  for (const path of flags.list('from-env-file')) {
    if (flags.list('from-file').length > 0 || flags.list('from-literal').length > 0)
      throw new Refusal('from-env-file cannot be combined with from-file or from-literal')
    let text: string
    try {
      text = textOf(readBytes(call, path))
    } catch (error) {
      if (error instanceof UnixError) throw new Refusal(`error reading ${path}: ${error.words.toLowerCase()}`)
      throw error
    }
    for (const line of text.replace(/^\ufeff/, '').split('\n')) {
      const trimmed = line.trimStart().replace(/\r$/, '')
      if (trimmed === '' || trimmed.startsWith('#')) continue
      const equals = trimmed.indexOf('=')
      const key = equals < 0 ? trimmed : trimmed.slice(0, equals)
      if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key))
        throw new Refusal(
          `${JSON.stringify(key)} is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`,
        )
      add(key, bytesOf(equals < 0 ? (process.env[key] ?? '') : trimmed.slice(equals + 1)))
    }
  }
  return found
}

function fileSource(source: string): { key: string; path: string } {
  const parts = source.split('=')
  if (parts.length === 1) return { key: source.split('/').at(-1) ?? source, path: source }
  if (parts.length > 2) throw new Refusal("key names or file paths cannot contain '='")
  if (parts[0] === '') throw new Refusal(`key name for file path ${parts[1]} missing`)
  if (parts[1] === '') throw new Refusal(`file path for key name ${parts[0]} missing`)
  return { key: parts[0], path: parts[1] }
}

function isText(bytes: Uint8Array): boolean {
  return equal(Array.from(bytesOf(textOf(bytes))), Array.from(bytes))
}

export function inKeyOrder(values: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)))
}

export const configMap: Run = function* (call) {
  const name = nameOf(call)
  const found = entries(call, 'configmap')
  const texts = found.filter(({ bytes }) => isText(bytes))
  const binaries = found.filter(({ bytes }) => !isText(bytes))
  const object: KubeObject = {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: meta(call, name),
    ...(texts.length > 0 ? { data: inKeyOrder(texts.map(({ key, bytes }) => [key, textOf(bytes)])) } : {}),
    ...(binaries.length > 0 ? { binaryData: inKeyOrder(binaries.map(({ key, bytes }) => [key, base64Of(bytes)])) } : {}),
  }
  if (call.flags.is('append-hash'))
    object.metadata.name = `${name}-${hashOf({ data: object.data ?? '', kind: 'ConfigMap', name, ...(object.binaryData ? { binaryData: object.binaryData } : {}) })}`
  yield* generated(call, { object, plural: 'configmaps', isNamespaced: true, failure: 'failed to create configmap:' })
}

export const secretGeneric: Run = function* (call) {
  const name = nameOf(call)
  const type = call.flags.text('type')
  const data = inKeyOrder(entries(call, 'secret').map(({ key, bytes }) => [key, base64Of(bytes)]))
  yield* secret(call, name, data, type)
}

export function* secret(call: Call, name: string, data: Record<string, string>, type: string): Blocking<void> {
  const object: KubeObject = {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: meta(call, name),
    ...(Object.keys(data).length > 0 ? { data } : {}),
    ...(type === '' ? {} : { type }),
  }
  if (call.flags.is('append-hash')) object.metadata.name = `${name}-${hashOf({ kind: 'Secret', type, name, data })}`
  yield* generated(call, { object, plural: 'secrets', isNamespaced: true, failure: 'failed to create secret' })
}

export const secretTls: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  if (flags.text('key') === '' || flags.text('cert') === '') throw new Refusal('key and cert must be specified')
  const read = (path: string): Uint8Array => {
    try {
      return readBytes(call, path)
    } catch (error) {
      if (error instanceof UnixError) throw new Refusal(`Cannot read file ${path}, open ${path}: ${error.words.toLowerCase()}`)
      throw error
    }
  }
  const cert = read(flags.text('cert'))
  const key = read(flags.text('key'))
  for (const [bytes, what] of [
    [cert, 'certificate'],
    [key, 'key'],
  ] as const) {
    if (!textOf(bytes).includes('-----BEGIN')) throw new Refusal(`tls: failed to find any PEM data in ${what} input`)
  }
  yield* secret(call, name, { 'tls.crt': base64Of(cert), 'tls.key': base64Of(key) }, 'kubernetes.io/tls')
}

export const secretDocker: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  if (flags.list('from-file').length > 0) {
    const data = inKeyOrder(entries(call, 'secret').map(({ key, bytes }) => [key, base64Of(bytes)]))
    return yield* secret(call, name, data, 'kubernetes.io/dockerconfigjson')
  }
  const [user, password, email, server] = ['docker-username', 'docker-password', 'docker-email', 'docker-server'].map((flag) =>
    flags.text(flag),
  )
  if (user === '')
    throw new Refusal('either --from-file or the combination of --docker-username, --docker-password and --docker-server is required')
  if (password === '')
    throw new Refusal('either --from-file or the combination of --docker-username, --docker-password and --docker-server is required')
  const auth = { username: user, password, ...(email === '' ? {} : { email }), auth: base64Of(bytesOf(`${user}:${password}`)) }
  yield* secret(
    call,
    name,
    { '.dockerconfigjson': base64Of(bytesOf(goJson({ auths: { [server]: auth } }))) },
    'kubernetes.io/dockerconfigjson',
  )
}
