/**
 * `kubectl kustomize` and `-k`: a folder with a kustomization becomes one stream of YAML documents. Folders build on folders; what each
 * of them does happens in a fixed order, and only at the very end names get their hashes and references are made right.
 */
import { textOf } from '../../../base/bytes.ts'
import type { Blocking, Process } from '../../../unix/kernel/process.ts'
import { goYaml } from '../../go-yaml.ts'
import { documents, fromYaml, YamlError } from '../../yaml-input.ts'
import { isMap, type Json } from '../json.ts'
import { hashOf } from '../name-hash.ts'
import { Refusal } from '../refusal.ts'
import { Folder } from './folder.ts'
import { generate } from './generate.ts'
import { fileNames, kustomizationOf } from './kustomization.ts'
import { patchAll, patchWithOperations } from './patches.ts'
import { fixReferences } from './references.ts'
import { replaceAll } from './replace.ts'
import { idText, isSameId, namesOf, ordered, podHolders, remember, type Resource, resourceOf } from './resource.ts'
import { setAffixes, setAnnotations, setImages, setLabels, setNamespace, setReplicas } from './transform.ts'

/** Fetches a manifest from a web address. */
export type Download = (url: string) => Blocking<string>

interface Site {
  readonly warn: (text: string) => void
  readonly vars: Json[]
  readonly download: Download
}

export interface Built {
  readonly yaml: string
  readonly warnings: readonly string[]
}

export function* kustomized(process: Process, path: string, download: Download): Blocking<Built> {
  const full = process.path(path)
  if (!process.files.exists(full))
    throw new Refusal(
      `must build at directory: not a valid directory: evalsymlink failure on '${path}' : lstat ${full}: no such file or directory`,
    )
  if (process.files.stat(full, process.credentials).kind !== 'directory')
    throw new Refusal(`must build at directory: '${full}': file is not directory`)
  const warnings: string[] = []
  const site: Site = { warn: (text) => warnings.push(text), vars: [], download }
  const folder = new Folder(process, full)
  const { fields } = read(folder, () => {})
  const resources = yield* accumulated(site, folder, [])
  for (const resource of resources) {
    if (!resource.needsHash) continue
    remember(resource)
    const { object } = resource
    object.metadata = { ...object.metadata, name: `${object.metadata.name}-${suffixFor(object)}` }
  }
  fixReferences(resources)
  resolveVars(site.vars, resources)
  const metadata: readonly string[] = fields.buildMetadata ?? []
  for (const { object, origin } of resources) {
    if (metadata.includes('managedByLabel'))
      object.metadata = { ...object.metadata, labels: { ...object.metadata.labels, 'app.kubernetes.io/managed-by': 'kustomize-(devel)' } }
    if (metadata.includes('originAnnotations'))
      object.metadata = { ...object.metadata, annotations: { ...object.metadata.annotations, 'config.kubernetes.io/origin': origin } }
  }
  return {
    yaml: ordered(resources, fields.sortOptions ?? {})
      .map(({ object }) => goYaml(object))
      .join('---\n'),
    warnings,
  }
}

function suffixFor({ kind, type, data, binaryData }: Json): string {
  if (kind === 'Secret') return hashOf({ kind, type, name: '', data: data ?? '' })
  return hashOf({ data: data ?? '', kind, name: '', ...(binaryData ? { binaryData } : {}) })
}

function read(folder: Folder, warn: (text: string) => void): { fields: Json } {
  const found = fileNames.filter((name) => folder.kind(name) === 'file')
  if (found.length === 0)
    throw new Refusal(`unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${folder.path}'`)
  if (found.length > 1) throw new Refusal(`Found multiple kustomization files: ${folder.path}`)
  const { fields, warnings } = kustomizationOf(textOf(folder.read(found[0], (why) => why)), found[0], folder.path)
  for (const warning of warnings) warn(warning)
  return { fields }
}

/** The resources of a folder after its own changes; a component changes those that are `given`. */
function* accumulated(site: Site, folder: Folder, given: Resource[]): Blocking<Resource[]> {
  const { fields } = read(folder, site.warn)
  const resources = given
  site.vars.push(...(fields.vars ?? []))
  for (const path of fields.resources) yield* addResource(site, folder, path ?? '', resources)
  for (const path of fields.components ?? []) {
    const inner = innerFolder(folder, path, (why) => `accumulating components: accumulateDirectory: ${why}`)
    yield* accumulated(site, inner, resources)
  }
  generate(folder, fields, resources)
  transform(folder, fields, resources)
  return resources
}

function* addResource(site: Site, folder: Folder, path: string, resources: Resource[]): Blocking<void> {
  if (/^https?:\/\//.test(path)) return merge(resources, parsed(yield* site.download(path), path, path), path)
  const refusal = folder.refusal(path)
  if (refusal === undefined) {
    const text = textOf(folder.read(path, (why) => why))
    const notFolder = (why: string): string =>
      `accumulating resources: accumulation err='${why}': must build at directory: '${folder.full(path)}': file is not directory`
    const made = parsed(text, path, `path: ${path}\n`, (why) => notFolder(`accumulating resources from '${path}': ${why}`))
    return merge(resources, made, path, notFolder)
  }
  const because = `accumulating resources: accumulation err='accumulating resources from '${path}': ${refusal}'`
  if (path === '') throw new Refusal(`${because}: new root cannot be empty`)
  if (path.startsWith('/')) throw new Refusal(`${because}: new root '${path}' cannot be absolute`)
  const kind = folder.kind(path)
  if (kind === undefined) throw new Refusal(`${because}: must build at directory: not a valid directory: ${refusal}`)
  if (kind === 'file') throw new Refusal(`${because}: must build at directory: '${folder.full(path)}': file is not directory`)
  const inner = innerFolder(folder, path, (why) => `${because}: ${why}`)
  let found: Resource[]
  try {
    found = yield* accumulated(site, inner, [])
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const isUnmade = /^(unable to find one of|invalid Kustomization|\S+ is empty)/.test(error.message)
    throw new Refusal(
      isUnmade
        ? `${because}: couldn't make target for path '${inner.path}': ${error.message}`
        : `${because}: recursed accumulation of path '${inner.path}': ${error.message}`,
    )
  }
  const prefix = path.replace(/\/+$/, '')
  merge(
    resources,
    found.map((resource) => ({ ...resource, origin: resource.origin.replace(/^path: /, `path: ${prefix}/`) })),
    path,
  )
}

function innerFolder(folder: Folder, path: string, told: (why: string) => string): Folder {
  const full = folder.full(path)
  const seen = folder.trail.find((known) => known === full || known.startsWith(`${full}/`))
  if (seen !== undefined) throw new Refusal(told(`cycle detected: candidate root '${full}' contains visited root '${seen}'`))
  if (folder.kind(path) === undefined)
    throw new Refusal(
      told(`must build at directory: not a valid directory: evalsymlink failure on '${full}' : lstat ${full}: no such file or directory`),
    )
  return folder.inner(path)
}

function merge(
  resources: Resource[],
  found: readonly Resource[],
  path: string,
  told: (why: string) => string = (why) => `accumulating resources: accumulation err='${why}'`,
): void {
  for (const resource of found) {
    if (resources.some(({ object }) => isSameId(object, resource.object)))
      throw new Refusal(
        told(`merging resources from '${path}': may not add resource with an already registered id: ${idText(resource.object)}`),
      )
    resources.push(resource)
  }
}

function parsed(text: string, path: string, origin: string, told: (why: string) => string = (why) => why): Resource[] {
  const made: Resource[] = []
  for (const part of documents(text)) {
    let object: Json
    try {
      object = fromYaml(part, {}, { plainWords: true })
    } catch (error) {
      if (error instanceof YamlError)
        throw new Refusal(
          `accumulating resources: accumulating resources from '${path}': MalformedYAMLError: ${error.message} in File: ${path}`,
        )
      throw error
    }
    if (object === null || object === undefined) continue
    if (!isMap(object)) throw new Refusal(told(`unable to decode ${path}`))
    const items: Json[] =
      typeof object.kind === 'string' && object.kind.endsWith('List') && Array.isArray(object.items) ? object.items : [object]
    for (const item of items) {
      if (!item.metadata && !item.kind) throw new Refusal(told('missing Resource metadata'))
      if (!item.kind)
        throw new Refusal(told(`missing kind in object {{${item.apiVersion ?? ''} } {{${item.metadata?.name ?? ''} } map[] map[]}}`))
      if (!item.metadata?.name)
        throw new Refusal(told(`missing metadata.name in object {{${item.apiVersion ?? ''} ${item.kind}} {{ } map[] map[]}}`))
      made.push(resourceOf(item, { origin }))
    }
  }
  return made
}

function transform(folder: Folder, fields: Json, resources: Resource[]): void {
  for (const chart of fields.helmCharts ?? [])
    throw new Refusal(
      `trouble configuring builtin HelmChartInflationGenerator with config: \`\n${goYaml(chart)}\`: must specify --enable-helm`,
    )
  patchAll(folder, fields, resources)
  if (fields.namespace) setNamespace(resources, fields.namespace)
  if (fields.namePrefix || fields.nameSuffix) setAffixes(resources, fields.namePrefix ?? '', fields.nameSuffix ?? '')
  for (const { pairs = {}, includeSelectors = false, includeTemplates = false } of fields.labels ?? [])
    setLabels(resources, pairs, { includesSelectors: includeSelectors, includesTemplates: includeTemplates })
  if (fields.commonLabels) setLabels(resources, fields.commonLabels, { includesSelectors: true, includesTemplates: true })
  if (fields.commonAnnotations) setAnnotations(resources, fields.commonAnnotations)
  patchWithOperations(folder, fields, resources)
  for (const replicas of fields.replicas ?? []) setReplicas(resources, replicas)
  for (const image of fields.images) setImages(resources, image)
  replaceAll((fields.replacements ?? []).map((entry: Json) => (entry.path ? loaded(folder, entry.path) : entry)).flat(), resources)
  for (const entry of [...(fields.generators ?? []), ...(fields.transformers ?? [])]) configured(folder, entry, resources)
  for (const unknown of ['validators', 'configurations', 'crds', 'openapi'])
    if (fields[unknown] !== undefined) throw new Refusal(`the field '${unknown}' of a kustomization is not supported in this sandbox`)
}

/** The old way to carry a name into arguments: `$(NAME)` in commands and environments. */
function resolveVars(vars: readonly Json[], resources: readonly Resource[]): void {
  if (vars.length === 0) return
  const values = new Map<string, string>()
  for (const { name, objref = {}, fieldref } of vars) {
    const source = resources.find(
      (resource) => resource.object.kind === objref.kind && namesOf(resource).some((known) => known.name === objref.name),
    )
    if (!source) throw new Refusal(`var '${name}' cannot be mapped to a field in the set of known resources`)
    const path: string = fieldref?.fieldPath ?? 'metadata.name'
    values.set(name, String(path.split('.').reduce((here: Json, step) => here?.[step], source.object)))
  }
  const resolved = (text: Json): Json =>
    typeof text === 'string' ? text.replace(/\$\(([^)]+)\)/g, (whole, name) => values.get(name) ?? whole) : text
  for (const { object } of resources) {
    for (const { spec } of podHolders(object)) {
      for (const container of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]) {
        for (const field of ['command', 'args']) if (Array.isArray(container[field])) container[field] = container[field].map(resolved)
        for (const entry of container.env ?? []) entry.value = resolved(entry.value)
      }
    }
  }
}

function loaded(folder: Folder, path: string): Json {
  return fromYaml(textOf(folder.read(path, (why) => why)))
}

/** Transformers and generators of kustomize itself, written as resources: their fields are those of a kustomization. */
function configured(folder: Folder, entry: string, resources: Resource[]): void {
  const isInline = entry.includes('\n')
  const configs = documents(
    isInline
      ? entry
      : textOf(folder.read(entry, (why) => `accumulating resources: accumulation err='accumulating resources from '${entry}': ${why}'`)),
  ).map((part) => fromYaml(part) as Json)
  for (const config of configs.filter(isMap)) {
    const { kind, apiVersion } = config
    if (apiVersion !== 'builtin')
      throw new Refusal(`plugin ${apiVersion}, Kind=${kind} cannot be run in this sandbox: only builtin plugins are known`)
    const fields = asFields(kind, config)
    generate(folder, fields, resources)
    transform(folder, { images: [], ...fields }, resources)
  }
}

function asFields(kind: string, config: Json): Json {
  const { metadata } = config
  switch (kind) {
    case 'PrefixTransformer':
      return { namePrefix: config.prefix }
    case 'SuffixTransformer':
      return { nameSuffix: config.suffix }
    case 'PrefixSuffixTransformer':
      return { namePrefix: config.prefix, nameSuffix: config.suffix }
    case 'NamespaceTransformer':
      return { namespace: metadata?.namespace ?? config.namespace }
    case 'LabelTransformer':
      return {
        labels: [
          {
            pairs: config.labels,
            includeSelectors: (config.fieldSpecs ?? []).some(({ path }: Json) => /selector/i.test(path)),
            includeTemplates: (config.fieldSpecs ?? []).some(({ path }: Json) => /template/.test(path)),
          },
        ],
      }
    case 'AnnotationsTransformer':
      return { commonAnnotations: config.annotations }
    case 'ImageTagTransformer':
      return { images: [config.imageTag] }
    case 'ReplicaCountTransformer':
      return { replicas: [config.replica] }
    case 'PatchTransformer':
      return { patches: [{ path: config.path, patch: config.patch, target: config.target, options: config.options }] }
    case 'PatchStrategicMergeTransformer':
      return { patchesStrategicMerge: [...(config.paths ?? []), ...(config.patches ? [config.patches] : [])] }
    case 'PatchJson6902Transformer':
      return { patchesJson6902: [{ path: config.path, patch: config.jsonOp, target: config.target }] }
    case 'ReplacementTransformer':
      return { replacements: config.replacements }
    case 'ConfigMapGenerator':
      return { configMapGenerator: [{ ...config, name: metadata?.name, namespace: metadata?.namespace }] }
    case 'SecretGenerator':
      return { secretGenerator: [{ ...config, name: metadata?.name, namespace: metadata?.namespace }] }
    default:
      throw new Refusal(`unable to load builtin ${kind}`)
  }
}
