/** `kustomization.yaml` itself: reading it, its old fields, and the ones nobody knows. */
import { fromYaml, YamlError } from '../../yaml-input.ts'
import { isMap, type Json } from '../json.ts'
import { Refusal } from '../refusal.ts'

export const fileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

const texts = ['namePrefix', 'nameSuffix', 'namespace', 'apiVersion', 'kind']
const maps = ['commonLabels', 'commonAnnotations', 'generatorOptions', 'metadata', 'openapi', 'sortOptions', 'helmGlobals']
const lists = [
  'resources',
  'components',
  'bases',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'images',
  'imageTags',
  'replicas',
  'labels',
  'vars',
  'replacements',
  'configMapGenerator',
  'secretGenerator',
  'generators',
  'transformers',
  'validators',
  'configurations',
  'crds',
  'buildMetadata',
  'helmCharts',
  'helmChartInflationGenerator',
]

/** Old fields, in the order in which they are complained about. */
const deprecated: readonly (readonly [string, string])[] = [
  ['bases', 'resources'],
  ['commonLabels', 'labels'],
  ['imageTags', 'images'],
  ['patchesJson6902', 'patches'],
  ['patchesStrategicMerge', 'patches'],
  ['vars', 'replacements'],
]

export interface Kustomization {
  readonly fields: Json
  readonly warnings: readonly string[]
}

export function kustomizationOf(text: string, fileName: string, folder: string): Kustomization {
  let fields: Json
  try {
    fields = fromYaml(text)
  } catch (error) {
    if (error instanceof YamlError) throw new Refusal(`invalid Kustomization: ${error.message}`)
    throw error
  }
  if (fields === null || fields === undefined) throw new Refusal(`${fileName} is empty`)
  if (!isMap(fields))
    throw new Refusal(
      `invalid Kustomization: json: cannot unmarshal ${Array.isArray(fields) ? 'array' : typeof fields} into Go value of type types.Kustomization`,
    )
  for (const [key, value] of Object.entries(fields)) {
    const wanted = texts.includes(key) ? 'string' : maps.includes(key) ? 'map' : lists.includes(key) ? 'array' : undefined
    if (wanted === undefined) throw new Refusal(`invalid Kustomization: json: unknown field ${JSON.stringify(key)}`)
    const found = value === null ? wanted : Array.isArray(value) ? 'array' : isMap(value) ? 'map' : typeof value
    if (found === wanted) continue
    const goType = wanted === 'string' ? 'string' : wanted === 'map' ? 'map[string]string' : '[]string'
    throw new Refusal(
      `invalid Kustomization: json: cannot unmarshal ${found === 'map' ? 'object' : found === 'boolean' ? 'bool' : found} into Go struct field Kustomization.${key} of type ${goType}`,
    )
  }
  const { apiVersion, kind, ...rest } = fields
  if (Object.keys(rest).length === 0) throw new Refusal(`${fileName} is empty`)
  const problems: string[] = []
  if (kind && kind !== 'Kustomization' && kind !== 'Component') problems.push('kind should be Kustomization or Component')
  const version = kind === 'Component' ? 'kustomize.config.k8s.io/v1alpha1' : 'kustomize.config.k8s.io/v1beta1'
  if (apiVersion && apiVersion !== version) problems.push(`apiVersion for ${kind || 'Kustomization'} should be ${version}`)
  if (problems.length > 0) throw new Refusal(`Failed to read kustomization file under ${folder}:\n${problems.join('\n')}`)
  return {
    fields: {
      ...rest,
      kind,
      resources: [...(rest.resources ?? []), ...(rest.bases ?? [])],
      images: [...(rest.images ?? []), ...(rest.imageTags ?? [])],
    },
    warnings: deprecated
      .filter(([field]) => rest[field] !== undefined)
      .map(
        ([field, instead]) =>
          `# Warning: '${field}' is deprecated. Please use '${instead}' instead.${field === 'vars' ? ' [EXPERIMENTAL]' : ''} Run 'kustomize edit fix' to update your Kustomization automatically.`,
      ),
  }
}
