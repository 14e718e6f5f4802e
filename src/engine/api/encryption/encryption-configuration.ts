/**
 * The file behind `--encryption-provider-config`: which provider writes and which providers read a resource in etcd. Fields that it does not know
 * are passed over, as upstream decodes this file; a provider whose name is misspelled is therefore "no provider", told with all of Go's struct.
 */
import { parse } from 'yaml'
import { isRecord } from '../objects.ts'

export interface Key {
  readonly name: string
  /** Base64, as the file has it. */
  readonly secret: string
}

export type Cipher = 'aescbc' | 'aesgcm' | 'secretbox'

export type Provider =
  | { readonly kind: 'identity' }
  | { readonly kind: Cipher; readonly keys: readonly Key[] }
  | { readonly kind: 'kms'; readonly name: string; readonly version: string; readonly endpoint: string }

/** By `secrets`, `deployments.apps`, `*.apps`, `*.` (the core group) or `*.*`. */
export type EncryptionRules = Readonly<Record<string, readonly Provider[]>>

/** The first one writes, all of them read; undefined: the file says nothing about the resource (`secrets`, `deployments.apps`). */
export function providersFor(rules: EncryptionRules, resource: string): readonly Provider[] | undefined {
  const dot = resource.indexOf('.')
  return rules[resource] ?? rules[`*.${dot < 0 ? '' : resource.slice(dot + 1)}`] ?? rules['*.*']
}

/** The rules of a file, or why the API server will not start with it. `text` is undefined where there is no such file. */
export function encryptionRulesOf(text: string | undefined, path: string): EncryptionRules | string {
  const quoted = JSON.stringify(path)
  const failed = (why: string): string => `error while parsing file: ${why}`
  if (text === undefined)
    return failed(`error reading encryption provider configuration file ${quoted}: open ${path}: no such file or directory`)
  if (text === '') return failed(`encryption provider configuration file ${quoted} is empty`)
  let document: unknown
  try {
    document = parse(text)
  } catch (error) {
    return failed(`couldn't get version/kind; json parse error: ${(error as Error).message.split('\n')[0]}`)
  }
  const { apiVersion = '', kind = '', resources } = isRecord(document) ? document : {}
  const json = JSON.stringify(document ?? null)
  if (kind === '') return failed(`Object 'Kind' is missing in '${json}'`)
  if (apiVersion === '') return failed(`Object 'apiVersion' is missing in '${json}'`)
  if (apiVersion !== 'apiserver.config.k8s.io/v1' || kind !== 'EncryptionConfiguration')
    return failed(
      `no kind "${String(kind)}" is registered for version "${String(apiVersion)}" in scheme "pkg/server/options/encryptionconfig/config.go:108"`,
    )
  const misfit = mistyped(resources, 'EncryptionConfiguration.resources', '[]v1.ResourceConfiguration')
  if (misfit) return failed(misfit)
  const entries = (Array.isArray(resources) ? resources : []).filter(isRecord)
  for (const entry of entries) {
    const wrong =
      mistyped(entry.resources, 'ResourceConfiguration.resources.resources', '[]string') ??
      mistyped(entry.providers, 'ResourceConfiguration.resources.providers', '[]v1.ProviderConfiguration')
    if (wrong) return failed(wrong)
  }
  const errors = entries.length === 0 ? ['resources: Required value: at least one resources is required'] : entries.flatMap(problemsOf)
  if (errors.length > 0) return failed(errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`)
  return rulesOf(entries)
}

type Entry = Readonly<Record<string, unknown>>

function mistyped(value: unknown, field: string, type: string): string | undefined {
  if (value === undefined || value === null || Array.isArray(value)) return undefined
  const is = typeof value === 'object' ? 'object' : typeof value === 'boolean' ? 'bool' : typeof value
  return `json: cannot unmarshal ${is} into Go struct field ${field} of type ${type}`
}

/** Later entries about a resource add to what earlier ones say; what a wildcard says stands for good. */
function rulesOf(entries: readonly Entry[]): EncryptionRules | string {
  const rules: Record<string, readonly Provider[]> = {}
  for (const entry of entries) {
    const providers = listOf(entry.providers).map(providerOf)
    for (const resource of listOf(entry.resources).map(String)) {
      const dot = resource.indexOf('.')
      for (const wider of [`*.${dot < 0 ? '' : resource.slice(dot + 1)}`, '*.*'])
        if (rules[wider]) return `resource ${JSON.stringify(resource)} is masked by earlier rule ${JSON.stringify(wider)}`
      rules[resource] = [...(rules[resource] ?? []), ...providers]
    }
  }
  return rules
}

const known = ['aesgcm', 'aescbc', 'secretbox', 'identity', 'kms'] as const

function providerOf(value: unknown): Provider {
  const given = isRecord(value) ? value : {}
  for (const cipher of ['aesgcm', 'aescbc', 'secretbox'] as const) {
    const held = given[cipher]
    if (isRecord(held))
      return { kind: cipher, keys: listOf(held.keys).map((key) => ({ name: textIn(key, 'name'), secret: textIn(key, 'secret') })) }
  }
  const { kms } = given
  if (isRecord(kms))
    return { kind: 'kms', name: textIn(kms, 'name'), version: textIn(kms, 'apiVersion') || 'v1', endpoint: textIn(kms, 'endpoint') }
  return { kind: 'identity' }
}

function problemsOf(entry: Entry, index: number): readonly string[] {
  const [resources, providers] = [listOf(entry.resources).map(String), listOf(entry.providers)]
  const path = `resources[${index}]`
  return [
    ...(resources.length === 0 ? [`${path}.resources: Required value: at least one ${path}.resources is required`] : []),
    ...overlaps(resources, `${path}.resources`),
    ...resources.flatMap((resource, at) => nameProblem(resource, `${path}.resources[${at}]`)),
    ...(providers.length === 0 ? [`${path}.providers: Required value: at least one ${path}.providers is required`] : []),
    ...providers.flatMap((provider, at) => providerProblems(provider, `${path}.providers[${at}]`)),
  ]
}

function overlaps(resources: readonly string[], path: string): readonly string[] {
  const shown = `[]string{${resources.map((each) => JSON.stringify(each)).join(', ')}}`
  const groupOf = (resource: string): string => resource.split('.').slice(1).join('.')
  const isDouble = new Set(resources).size < resources.length
  const isMasked = resources.some((one, at) =>
    resources.some(
      (other, index) =>
        index !== at &&
        other !== one &&
        (one === '*.*' || (groupOf(one) === groupOf(other) && (one.startsWith('*.') || other.startsWith('*.')))),
    ),
  )
  return [
    ...(isDouble ? [`${path}: Invalid value: ${shown}: the same resource cannot be specified multiple times`] : []),
    ...(isMasked
      ? [
          `${path}: Invalid value: ${shown}: using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked`,
        ]
      : []),
  ]
}

function nameProblem(resource: string, path: string): readonly string[] {
  const group = resource.split('.').slice(1).join('.')
  const why =
    resource !== resource.toLowerCase()
      ? 'resource name should not contain capital letters'
      : resource === '*'
        ? "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources"
        : ['apiserveripinfo', 'serviceipallocations', 'servicenodeportallocations'].includes(resource)
          ? 'resources which do not have REST API/s cannot be encrypted'
          : group === 'events.k8s.io'
            ? "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the config file"
            : group === 'extensions'
              ? "'extensions' group has been removed and cannot be used for encryption"
              : group === '*' && !resource.startsWith('*.')
                ? 'encrypting the same resource across groups is not supported'
                : undefined
  return why === undefined ? [] : [`${path}: Invalid value: ${JSON.stringify(resource)}: ${why}`]
}

function providerProblems(value: unknown, path: string): readonly string[] {
  const given = isRecord(value) ? value : {}
  // A key with nothing behind it (`identity:`) is a nil pointer for Go, and so no provider.
  const named = known.filter((name) => isRecord(given[name]))
  if (named.length !== 1) {
    const why =
      named.length === 0
        ? 'provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity'
        : 'more than one provider specified in a single element, should split into different list elements'
    return [`${path}: Invalid value: ${goStruct(named)}: ${why}`]
  }
  const [name] = named
  const held = given[name]
  if (name === 'identity' || !isRecord(held)) return []
  if (name === 'kms') return kmsProblems(held, `${path}.kms`)
  const keys = listOf(held.keys)
  if (keys.length === 0) return [`${path}.${name}.keys: Required value: at least one keys is required`]
  return keys.flatMap((key, at) => keyProblems(key, `${path}.${name}.keys[${at}]`, name === 'secretbox' ? [32] : [16, 24, 32]))
}

const goTypes = [
  ['AESGCM', 'aesgcm', 'AESConfiguration'],
  ['AESCBC', 'aescbc', 'AESConfiguration'],
  ['Secretbox', 'secretbox', 'SecretboxConfiguration'],
  ['Identity', 'identity', 'IdentityConfiguration'],
  ['KMS', 'kms', 'KMSConfiguration'],
] as const

function goStruct(named: readonly string[]): string {
  const fields = goTypes.map(
    ([field, name, type], at) =>
      `${field}:(*apiserver.${type})(${named.includes(name) ? `0xc000${(0x4a1e60 + at * 0x18).toString(16)}` : 'nil'})`,
  )
  return `apiserver.ProviderConfiguration{${fields.join(', ')}}`
}

function keyProblems(key: unknown, path: string, lengths: readonly number[]): readonly string[] {
  const [name, secret] = [textIn(key, 'name'), textIn(key, 'secret').replace(/[\r\n]/g, '')]
  const errors = name === '' ? [`${path}.name: Required value: name is a mandatory field for a key`] : []
  if (secret === '') return [...errors, `${path}.secret: Required value: secret is a mandatory field for a key`]
  const isBase64 = secret.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(secret)
  if (!isBase64) return [...errors, `${path}.secret: Invalid value: "REDACTED": secrets must be base64 encoded`]
  const bytes = (secret.length / 4) * 3 - (/=*$/.exec(secret)?.[0].length ?? 0)
  if (!lengths.includes(bytes))
    errors.push(
      `${path}.secret: Invalid value: "REDACTED": secret is not of the expected length, got ${bytes}, expected one of [${lengths.join(' ')}]`,
    )
  return errors
}

function kmsProblems(kms: Entry, path: string): readonly string[] {
  const [name, endpoint, version] = [textIn(kms, 'name'), textIn(kms, 'endpoint'), textIn(kms, 'apiVersion') || 'v1']
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(endpoint)?.[1] ?? ''
  return [
    ...(name === '' ? [`${path}.name: Required value: name is a mandatory field for a provider`] : []),
    ...(version !== 'v1' && name.includes(':')
      ? [`${path}.name: Invalid value: ${JSON.stringify(name)}: invalid KMS provider name ${name}, must not contain ':'`]
      : []),
    ...(endpoint === ''
      ? [`${path}.endpoint: Invalid value: "": endpoint is a mandatory field for a kms`]
      : scheme !== 'unix'
        ? [
            `${path}.endpoint: Invalid value: ${JSON.stringify(endpoint)}: unsupported scheme ${JSON.stringify(scheme)} for KMS provider, only unix is supported`,
          ]
        : []),
    ...(version !== 'v1' && 'cachesize' in kms
      ? [`${path}.cachesize: Invalid value: ${String(kms.cachesize)}: cachesize is not supported in v2`]
      : []),
    ...(version !== 'v1' && version !== 'v2'
      ? [
          `${path}.apiVersion: Invalid value: ${JSON.stringify(version)}: unsupported apiVersion apiVersion for KMS provider, only v1 and v2 are supported`,
        ]
      : []),
  ]
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function textIn(value: unknown, name: string): string {
  const text = isRecord(value) ? value[name] : undefined
  return text === undefined || text === null ? '' : String(text)
}
