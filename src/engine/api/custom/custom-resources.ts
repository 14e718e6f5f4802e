/**
 * Custom resources: every established definition is served like a built-in kind. What upstream's apiextensions controllers do inside the
 * server is done here: names are accepted, definitions established, and what a deleted definition defined goes with it.
 */
import type { Clock } from '../../../base/clock.ts'
import { age, ageDescription, name } from '../../kinds/columns.ts'
import { cleanupFinalizer } from '../../kinds/custom-resource-definition.ts'
import { FieldErrors } from '../../kinds/field-errors.ts'
import type {
  V1CustomResourceColumnDefinition,
  V1CustomResourceDefinition,
  V1CustomResourceDefinitionVersion,
} from '../../kinds/generated/types.ts'
import { allVerbs, resourceName, type Column, type Kind, type StoredObject } from '../../kinds/kind.ts'
import { schemaNamed } from '../../kinds/schema.ts'
import { finalizerWarnings, validateEmbedded, validateLists, validateScale } from './custom-checks.ts'
import { checkRules } from './custom-rules.ts'
import { decode } from '../decode.ts'
import { isRecord, isSame, keyOf, timestamp } from '../objects.ts'
import type { Registry } from '../registry.ts'
import { validateBySchema } from './schema-validation.ts'
import { defaulted, hasRules, pruned, structOf, type JsonSchema } from './structural-schema.ts'

const definitions = 'customresourcedefinitions.apiextensions.k8s.io'

export class CustomResources {
  readonly #registry: Registry
  readonly #clock: Clock
  #kinds: readonly Kind[] = []
  #haveRules = false
  #isNoted = false

  constructor(registry: Registry) {
    this.#registry = registry
    this.#clock = registry.clock
    this.#refresh()
    registry.store.watch(definitions, () => {
      this.#refresh()
      if (this.#isNoted) return
      this.#isNoted = true
      this.#clock.after(0, () => this.#establish())
    })
  }

  /** Whether any definition has rules in CEL. */
  get haveRules(): boolean {
    return this.#haveRules
  }

  get kinds(): readonly Kind[] {
    return this.#kinds
  }

  #refresh(): void {
    const all = this.#registry.store.list(definitions) as readonly V1CustomResourceDefinition[]
    const fresh = all.filter(isEstablished).flatMap(kindsOf)
    const names = new Set(fresh.map(resourceName))
    for (const kind of this.#kinds) if (!names.has(resourceName(kind))) this.#forget(kind)
    for (const kind of fresh) this.#registry.addKind(kind)
    this.#kinds = fresh
    this.#haveRules = all.some(({ spec }) =>
      spec.versions.some(
        ({ schema }) => schema?.openAPIV3Schema !== undefined && hasRules(schema.openAPIV3Schema as unknown as JsonSchema),
      ),
    )
  }

  /** What a deleted definition defined goes with it. */
  #forget(kind: Kind): void {
    const { store } = this.#registry
    this.#registry.removeKind(kind)
    for (const { metadata } of store.list(resourceName(kind)) as readonly StoredObject[])
      store.delete(resourceName(kind), keyOf(metadata.namespace, metadata.name), { by: 'kube-apiserver', because: 0 })
  }

  #establish(): void {
    this.#isNoted = false
    const kind = this.#registry.kind(definitions)
    if (!kind) return
    const writer = { by: 'kube-apiserver', because: 0 }
    for (const definition of this.#registry.store.list(definitions) as readonly V1CustomResourceDefinition[]) {
      const { metadata } = definition
      if (metadata.deletionTimestamp !== undefined) {
        this.#cleanUp(kind, definition)
        continue
      }
      if (isEstablished(definition)) {
        const { status } = definition
        if (status && !isSame(status.acceptedNames, definition.spec.names))
          this.#registry.update(
            kind,
            '',
            metadata.name,
            (old) => ({ ...old, status: { ...status, acceptedNames: definition.spec.names } }),
            writer,
            { subresource: 'status' },
          )
        continue
      }
      const others = (this.#registry.store.list(definitions) as readonly V1CustomResourceDefinition[]).filter(
        (other) => other.metadata.name !== metadata.name && other.spec.group === definition.spec.group && isEstablished(other),
      )
      const status = establishedStatus(definition, conflictOf(definition, others), timestamp(this.#clock.now()))
      const isTold = isSame(
        definition.status?.conditions?.map(({ message }) => message),
        status.conditions.map(({ message }) => message),
      )
      if (!isTold) this.#registry.update(kind, '', metadata.name, (old) => ({ ...old, status }), writer, { subresource: 'status' })
    }
  }

  /** Deletes what a definition in deletion defined, and lets it go when all of that is gone. */
  #cleanUp(kind: Kind, { metadata, spec }: V1CustomResourceDefinition): void {
    if (!metadata.finalizers?.includes(cleanupFinalizer)) return
    const registry = this.#registry
    const writer = { by: 'kube-apiserver', because: 0 }
    const tell = (status: 'True' | 'False', reason: string, message: string) =>
      registry.update(
        kind,
        '',
        metadata.name,
        (old) => ({
          ...old,
          status: withCondition(
            old as unknown as V1CustomResourceDefinition,
            { type: 'Terminating', status, reason, message },
            timestamp(this.#clock.now()),
          ),
        }),
        writer,
        { subresource: 'status' },
      )
    const instances = () => registry.store.list(`${spec.names.plural}.${spec.group}`) as readonly StoredObject[]
    const custom = this.#kinds.find(({ group, resource }) => group === spec.group && resource === spec.names.plural)
    if (instances().length > 0 && custom) {
      tell('True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress')
      for (const { metadata: own } of [...instances()])
        if (own.deletionTimestamp === undefined) registry.remove(custom, own.namespace ?? '', own.name, writer)
      // Instances with finalizers go in their own time.
      if (instances().length > 0) {
        this.#clock.after(1_000, () => this.#establish())
        return
      }
    }
    tell('False', 'InstanceDeletionCompleted', 'removed all instances')
    registry.update(
      kind,
      '',
      metadata.name,
      (old) => ({
        ...old,
        metadata: { ...old.metadata, finalizers: old.metadata.finalizers?.filter((each) => each !== cleanupFinalizer) },
      }),
      writer,
    )
  }
}

function withCondition(
  { status }: V1CustomResourceDefinition,
  condition: { readonly type: string; readonly status: string; readonly reason: string; readonly message: string },
  now: string,
): object {
  const before = status?.conditions?.find(({ type }) => type === condition.type)
  const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : now
  return {
    ...status,
    conditions: [...(status?.conditions ?? []).filter(({ type }) => type !== condition.type), { ...condition, lastTransitionTime }],
  }
}

function isEstablished({ status }: V1CustomResourceDefinition): boolean {
  return status?.conditions?.some((condition) => condition.type === 'Established' && condition.status === 'True') ?? false
}

interface Conflict {
  readonly reason: string
  readonly name: string
}

/** A name that another definition of the group has already. */
function conflictOf({ spec }: V1CustomResourceDefinition, others: readonly V1CustomResourceDefinition[]): Conflict | undefined {
  const taken = new Set(
    others.flatMap(({ status }) => [
      status?.acceptedNames?.plural,
      status?.acceptedNames?.singular,
      ...(status?.acceptedNames?.shortNames ?? []),
    ]),
  )
  const kinds = new Set(others.flatMap(({ status }) => [status?.acceptedNames?.kind, status?.acceptedNames?.listKind]))
  const { plural, singular = '', shortNames = [], kind, listKind = '' } = spec.names
  if (taken.has(plural)) return { reason: 'PluralConflict', name: plural }
  if (taken.has(singular)) return { reason: 'SingularConflict', name: singular }
  const short = shortNames.find((each) => taken.has(each))
  if (short !== undefined) return { reason: 'ShortNamesConflict', name: short }
  if (kinds.has(kind)) return { reason: 'KindConflict', name: kind }
  return kinds.has(listKind) ? { reason: 'ListKindConflict', name: listKind } : undefined
}

function establishedStatus({ spec }: V1CustomResourceDefinition, conflict: Conflict | undefined, now: string) {
  const condition = (type: string, reason: string, message: string, status = 'True') => ({
    type,
    status,
    lastTransitionTime: now,
    reason,
    message,
  })
  const storedVersions = spec.versions.filter((version) => version.storage).map((version) => version.name)
  if (conflict) {
    return {
      conditions: [
        condition('NamesAccepted', conflict.reason, `${JSON.stringify(conflict.name)} is already in use`, 'False'),
        condition('Established', 'NotAccepted', 'not all names are accepted', 'False'),
      ],
      acceptedNames: { plural: '', kind: '' },
      storedVersions,
    }
  }
  return {
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    acceptedNames: spec.names,
    storedVersions,
  }
}

/** One kind for each served version; all are kept in the same place, as no conversion happens. */
function kindsOf({ metadata, spec }: V1CustomResourceDefinition): readonly Kind[] {
  const { names, group, scope } = spec
  const served = spec.versions.filter((version) => version.served)
  const isTerminating = metadata.deletionTimestamp !== undefined
  return served.map((version) => {
    const schema = (version.schema?.openAPIV3Schema ?? { 'x-kubernetes-preserve-unknown-fields': true }) as unknown as JsonSchema
    const { status, scale } = version.subresources ?? {}
    const paths = scale && {
      specReplicas: scale.specReplicasPath,
      statusReplicas: scale.statusReplicasPath,
      selector: scale.labelSelectorPath,
    }
    const complete = (object: StoredObject) => defaulted({ ...schema, default: undefined }, object) as StoredObject
    const judge = (fresh: StoredObject, old: StoredObject | undefined, subresource: string | undefined, errors: FieldErrors) => {
      validateBySchema(schema, fresh, '', errors, old)
      if (paths) validateScale(paths, fresh, subresource, errors)
      validateEmbedded(schema, fresh, '', errors)
      const hadDoubles = new FieldErrors()
      if (old) validateLists(schema, old, '', hadDoubles)
      if (hadDoubles.list.length === 0) validateLists(schema, fresh, '', errors)
      if (!hasRules(schema)) return
      if (errors.list.some(({ reason }) => blocking.includes(reason)))
        errors.invalid(
          '<nil>',
          'null',
          'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
        )
      else checkRules(schema, forRules(fresh), old && forRules(old), '', errors)
    }
    return {
      group,
      version: version.name,
      kind: names.kind,
      resource: names.plural,
      singular: names.singular ?? names.kind.toLowerCase(),
      namespaced: scope === 'Namespaced',
      ...(names.shortNames ? { shortNames: names.shortNames } : {}),
      ...(names.categories ? { categories: names.categories } : {}),
      verbs: isTerminating ? (['delete', 'deletecollection', 'get', 'list', 'watch'] as const) : allVerbs,
      ...(isTerminating ? { isTerminating } : {}),
      ...(status || scale
        ? {
            subresources: {
              ...(status ? { status: { verbs: ['get', 'patch', 'update'] as const } } : {}),
              ...(scale
                ? { scale: { verbs: ['get', 'patch', 'update'] as const, kind: 'Scale', group: 'autoscaling', version: 'v1' } }
                : {}),
            },
          }
        : {}),
      ...(paths ? { scale: paths } : {}),
      schema: '',
      structure: structOf(schema, {
        goName: names.kind,
        openapiName: `${group.split('.').reverse().join('.')}.${version.name}.${names.kind}`,
        fixed: topFields(),
      }),
      revision: metadata.generation,
      hasGeneration: true,
      ...(version.selectableFields?.length
        ? {
            selectableFields: Object.fromEntries(
              version.selectableFields.map(({ jsonPath }) => [
                jsonPath.replace(/^\./, ''),
                (object: StoredObject) => textAt(jsonPath, object),
              ]),
            ),
          }
        : {}),
      columns: columnsOf(version),
      decode: (document: Readonly<Record<string, unknown>>) => decodeCustom(schema, document),
      defaults: complete,
      // Nobody writes a status with a new object; what the schema says of an unwritten one is there all the same.
      onCreate: status ? ({ status: _, ...object }: StoredObject) => complete(object) : undefined,
      onUpdate: ({ fresh }) => complete(fresh),
      validateCreate: (object, errors) => judge(object, undefined, undefined, errors),
      // An update is judged beside what was there before.
      validateUpdate: ({ old, fresh, subresource }, errors) => judge(fresh, old, subresource, errors),
      warnings: finalizerWarnings,
    } satisfies Kind
  })
}

/** A rule may not be asked about a value that is of the wrong kind or too large for it. */
const blocking = ['FieldValueNotSupported', 'FieldValueRequired', 'FieldValueTooLong', 'FieldValueTooMany', 'FieldValueTypeInvalid']

/** Of its metadata a rule sees only the name. */
function forRules(object: StoredObject): object {
  const { name, generateName } = object.metadata
  return { ...object, metadata: { name, ...(generateName ? { generateName } : {}) } }
}

function topFields() {
  const meta = schemaNamed('V1ConfigMap').fields
  return new Map([...meta].filter(([field]) => field === 'apiVersion' || field === 'kind' || field === 'metadata'))
}

/** Metadata as every object has it; the rest as the schema says. */
function decodeCustom(schema: JsonSchema, document: Readonly<Record<string, unknown>>) {
  const { apiVersion, kind, metadata = {}, ...rest } = document
  const strictErrors: string[] = []
  const meta = decode({ ...schemaNamed('V1ObjectMeta') }, metadata)
  const value = pruned(schema, rest, '', strictErrors)
  const body = isRecord(value) ? value : {}
  return {
    value: { apiVersion, kind, metadata: meta.value, ...body },
    strictErrors: [...meta.strictErrors.map((error) => error.replace('"', '"metadata.')), ...strictErrors],
  }
}

function columnsOf({ additionalPrinterColumns }: V1CustomResourceDefinitionVersion): readonly Column[] {
  const ageColumn: V1CustomResourceColumnDefinition = {
    name: 'Age',
    type: 'date',
    jsonPath: '.metadata.creationTimestamp',
    description: ageDescription,
  }
  return [name, ...(additionalPrinterColumns?.length ? additionalPrinterColumns : [ageColumn]).map(printerColumn)]
}

function printerColumn({ name: title, type, jsonPath, description, priority = 0 }: V1CustomResourceColumnDefinition): Column {
  const read = jsonPathReader(jsonPath)
  return {
    name: title,
    type: type as Column['type'],
    description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority: priority > 0 ? 1 : 0,
    value: (object, nowMs) => {
      const value = read(object)
      if (value === undefined || value === null) return null
      if (type === 'date') return typeof value === 'string' ? age(value, nowMs) : '<invalid>'
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
        return type === 'string' ? String(value) : value
      return JSON.stringify(value)
    },
  }
}

function textAt(path: string, object: StoredObject): string {
  const value = jsonPathReader(path)(object)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

/** The paths that printer columns use: fields, indexes and `[?(@.type=="Ready")]`. */
function jsonPathReader(path: string): (object: unknown) => unknown {
  const steps = path.match(/\.?(?:[\w-]|\\\.)+|\['[^']*'\]|\[\d+\]|\[\?\(@\.\w+==["'][^"']*["']\)\]|\[\*\]/g) ?? []
  return (object) =>
    steps.reduce<unknown>((value, step) => {
      if (Array.isArray(value)) {
        const filter = /^\[\?\(@\.(\w+)==["']([^"']*)["']\)\]$/.exec(step)
        if (filter) return (value as readonly unknown[]).find((each) => isRecord(each) && String(each[filter[1]]) === filter[2])
        const index = /^\[(\d+|\*)\]$/.exec(step)?.[1]
        return index === '*' ? (value[0] as unknown) : index === undefined ? undefined : (value[Number(index)] as unknown)
      }
      const key = step.replace(/^\['|'\]$|^\./g, '').replaceAll('\\.', '.')
      return isRecord(value) ? value[key] : undefined
    }, object)
}
