/**
 * Which objects a command means: `pods`, `pod web`, `pod/web svc/web`, `pods,svc -l app=web`, `-f file`. Words become targets (a whole
 * type, or one name of it); most commands then want the objects themselves.
 */
import type { Blocking } from '../../unix/kernel/process.ts'
import type { Call } from './call.ts'
import { accept } from './connection.ts'
import { apiVersionOf, type Discovery, noSuchType, pathOf, type Resource } from './discovery.ts'
import type { Json, KubeObject } from './json.ts'
import { hasFiles, type Manifest, manifests } from './manifests.ts'
import { Bare, Refusal, StatusError } from './refusal.ts'

/** One name of a type, or (without a name) all of it. */
export interface Target {
  readonly resource: Resource
  readonly name?: string
}

export interface Info {
  readonly resource: Resource
  readonly namespace: string | undefined
  readonly name: string
  object: KubeObject
  /** File it came from; undefined when it was asked from the server by name. */
  readonly source?: string
}

export interface SelectOptions {
  /** A type without names means all of it (`get`, `describe`); else a name or a selector is needed. */
  readonly isAllByDefault?: boolean
  /** `--all` and `-l` are given by other means. */
  readonly selector?: string
  readonly fieldSelector?: string
  readonly isAll?: boolean
  /** Do not ask the server for objects that come from files. */
  readonly isLocal?: boolean
  /** Ask for the object again even though it came from a file. */
  readonly isLatest?: boolean
  readonly accept?: string
  readonly args?: readonly string[]
  readonly allNamespaces?: boolean
}

export function* resourceNamed(call: Call, word: string): Blocking<Resource> {
  const found = yield* call.resource(word)
  if (!found) throw noSuchType(word)
  return found
}

/** All types that a word like `pods,svc` or `all` stands for. */
function* resourcesNamed(call: Call, words: string): Blocking<Resource[]> {
  const found: Resource[] = []
  for (const word of words.split(',')) {
    if (word === '') continue
    const category = (yield* call.discovery()).category(word).filter(({ verbs }) => verbs.includes('list'))
    if (category.length > 0) found.push(...category)
    else found.push(yield* resourceNamed(call, word))
  }
  return found.filter(
    (resource, index) => found.findIndex((other) => other.plural === resource.plural && other.group === resource.group) === index,
  )
}

export function* targets(call: Call, args: readonly string[]): Blocking<Target[]> {
  if (args.length === 0) return []
  if (args.some((arg) => arg.includes('/'))) return yield* slashTargets(call, args)
  const resources = yield* resourcesNamed(call, args[0])
  const names = args.slice(1)
  if (names.length === 0) return resources.map((resource) => ({ resource }))
  if (resources.length > 1 && names.length > 0) {
    if (resources.length > 1 && args[0].includes(',') === false) throw new Refusal('you must specify only one resource')
  }
  return resources.flatMap((resource) => names.map((name) => ({ resource, name })))
}

function* slashTargets(call: Call, args: readonly string[]): Blocking<Target[]> {
  const found: Target[] = []
  for (const arg of args) {
    const parts = arg.split('/')
    if (parts.length === 1) {
      if (args[0] === arg)
        throw new Refusal(
          `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. '${call.command.split(' ').slice(0, 2).join(' ')} resource/<resource_name>' instead of '${call.command.split(' ').slice(0, 2).join(' ')} resource resource/<resource_name>'`,
        )
      throw new Refusal(
        "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
      )
    }
    if (parts.length > 2) throw new Refusal('arguments in resource/name form may not have more than one slash')
    const [type, name] = parts
    if (type === '' || name === '') throw new Refusal('arguments in resource/name form must have a single resource and name')
    for (const resource of yield* resourcesNamed(call, type)) found.push({ resource, name })
  }
  return found
}

export function namespaceFor(call: Call, resource: Resource): string | undefined {
  return resource.isNamespaced ? call.namespace : undefined
}

/** The type of an object from a file. */
function* resourceOf(call: Call, { object, source, isListed }: Manifest): Blocking<Resource> {
  const { apiVersion = '', kind } = object
  // Without a version a core kind is found, but asked for at a path that no server has.
  const find = (discovery: Discovery): Resource | undefined =>
    apiVersion === '' ? withoutVersion(discovery.ofKind('v1', kind)) : discovery.ofKind(apiVersion, kind)
  const found = find(yield* call.discovery()) ?? find(yield* call.rediscover())
  if (found) return found
  const noMatch = `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`
  if (isListed) throw new Bare(`unable to recognize ${noMatch}`)
  throw new Refusal(
    `resource mapping not found for name: ${JSON.stringify(object.metadata?.name ?? '')} namespace: ${JSON.stringify(object.metadata?.namespace ?? '')} from ${JSON.stringify(source)}: ${noMatch}\nensure CRDs are installed first`,
  )
}

function withoutVersion(resource: Resource | undefined): Resource | undefined {
  return resource && { ...resource, version: '' }
}

/** Fills in the namespace of an object from a file, and refuses one that contradicts --namespace. */
export function* placed(call: Call, manifest: Manifest): Blocking<Info> {
  const { object, source } = manifest
  const resource = yield* resourceOf(call, manifest)
  if (!resource.isNamespaced) return { resource, namespace: undefined, name: object.metadata.name ?? '', object, source }
  const { namespace } = object.metadata
  if (!namespace) object.metadata.namespace = call.namespace
  else if (call.access.isNamespaceForced && namespace !== call.namespace) {
    throw new Refusal(
      `the namespace from the provided object ${JSON.stringify(namespace)} does not match the namespace ${JSON.stringify(call.namespace)}. You must pass '--namespace=${namespace}' to perform this operation.`,
    )
  }
  return { resource, namespace: object.metadata.namespace, name: object.metadata.name ?? '', object, source }
}

/** All objects of the files of this call, placed. */
export function* fileInfos(call: Call, errors: Error[]): Blocking<Info[]> {
  const infos: Info[] = []
  for (const manifest of yield* manifests(call, errors)) {
    try {
      infos.push(yield* placed(call, manifest))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      errors.push(error)
    }
  }
  return infos
}

/** The objects that words, flags and files select. Refusals of single objects are gathered in `errors`. */
export function* select(call: Call, errors: Error[], options: SelectOptions = {}): Blocking<Info[]> {
  const { flags } = call
  const args = options.args ?? call.args
  const selector = options.selector ?? (flags.knows('selector') ? flags.text('selector') : '')
  const fieldSelector = options.fieldSelector ?? (flags.knows('field-selector') ? flags.text('field-selector') : '')
  const isAll = options.isAll ?? (flags.knows('all') && flags.is('all'))
  if (hasFiles(call)) {
    if (args.length > 0)
      throw new Refusal('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well')
    const infos = yield* fileInfos(call, errors)
    if (!options.isLatest) return infos
    return yield* latest(call, infos, errors, options)
  }
  if (args.length === 0) throw nothingSelected()
  const found = yield* targets(call, args)
  const hasNames = found.some(({ name }) => name !== undefined)
  if (hasNames && selector !== '') throw new Refusal('name cannot be provided when a selector is specified')
  if (hasNames && fieldSelector !== '') throw new Refusal('name cannot be provided when a selector is specified')
  if (isAll && selector !== '') throw new Refusal("setting 'all' parameter but found a non empty selector. ")
  if (!hasNames && selector === '' && fieldSelector === '' && !isAll && !options.isAllByDefault)
    throw new Refusal('resource(s) were provided, but no name was specified')
  const infos: Info[] = []
  for (const { resource, name } of found) {
    const namespace = options.allNamespaces ? undefined : namespaceFor(call, resource)
    try {
      if (name !== undefined) infos.push(yield* fetched(call, resource, name, namespace, options.accept))
      else infos.push(...(yield* listed(call, resource, namespace, { selector, fieldSelector, accept: options.accept })))
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      errors.push(error)
    }
  }
  return infos
}

/** `--local` with names instead of files. */
export function noLocalFiles(): Refusal {
  return new Refusal(
    "you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'",
  )
}

export function nothingSelected(): Refusal {
  return new Refusal(
    "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
  )
}

function* latest(call: Call, infos: Info[], errors: Error[], options: SelectOptions): Blocking<Info[]> {
  const found: Info[] = []
  for (const info of infos) {
    try {
      found.push({ ...info, ...(yield* fetched(call, info.resource, info.name, info.namespace, options.accept)), source: info.source })
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      errors.push(error)
    }
  }
  return found
}

export function* fetched(
  call: Call,
  resource: Resource,
  name: string,
  namespace: string | undefined,
  acceptHeader: string = accept.json,
): Blocking<Info> {
  const object = yield* call.api.get(pathOf(resource, namespace, name), {}, acceptHeader)
  return { resource, namespace: object.metadata?.namespace ?? namespace, name, object: typed(object, resource) }
}

/** Chunk by chunk, as `--chunk-size` says. */
export function* listed(
  call: Call,
  resource: Resource,
  namespace: string | undefined,
  { selector = '', fieldSelector = '', accept: acceptHeader = accept.json as string },
): Blocking<Info[]> {
  const infos: Info[] = []
  const list = yield* wholeList(call, resource, namespace, { selector, fieldSelector, accept: acceptHeader })
  for (const item of list.items ?? []) {
    infos.push({ resource, namespace: item.metadata?.namespace, name: item.metadata?.name, object: typed(item, resource) })
  }
  return infos
}

function* wholeList(
  call: Call,
  resource: Resource,
  namespace: string | undefined,
  { selector = '', fieldSelector = '', accept: acceptHeader = accept.json as string },
): Blocking<Json> {
  const limit = call.flags.knows('chunk-size') ? call.flags.number('chunk-size') : 500
  const query = { labelSelector: selector, fieldSelector, limit: limit > 0 ? limit : undefined }
  const path = pathOf(resource, namespace)
  try {
    const first = yield* call.api.get(path, query, acceptHeader)
    const items = [...(first.items ?? [])]
    let token = first.metadata?.continue
    while (token) {
      const next = yield* call.api.get(path, { ...query, continue: token }, acceptHeader)
      items.push(...(next.items ?? []))
      token = next.metadata?.continue
    }
    return { ...first, items }
  } catch (error) {
    throw listRefusal(error, resource, selector, fieldSelector)
  }
}

/** kubectl says what it looked for when a list with a selector is refused. */
export function listRefusal(error: unknown, resource: Resource, selector: string, fieldSelector: string): unknown {
  if (!(error instanceof StatusError)) return error
  const named = `${JSON.stringify(`${resource.group === '' ? '' : resource.group}/${resource.version}, Resource=${resource.plural}`)}`
  if (error.reason === 'BadRequest' || error.reason === 'NotFound') {
    if (selector === '' && fieldSelector === '') return error.because(`Unable to list ${named}: `)
    return error.because(
      `Unable to find ${named} that match label selector ${JSON.stringify(selector)}, field selector ${JSON.stringify(fieldSelector)}: `,
    )
  }
  return error
}

/** Items of lists may leave out their kind. */
export function typed(object: Json, resource: Resource): KubeObject {
  if (object.kind && object.apiVersion) return object
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind }
}
