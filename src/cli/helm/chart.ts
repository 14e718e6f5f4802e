/** Charts: from a folder or a packed archive on disk to values, templates and rendered manifests. */
import { gunzipSync } from 'fflate'
import { textOf } from '../../base/bytes.ts'
import type { Random } from '../../base/random.ts'
import { entriesOfTar } from '../../base/tar.ts'
import type { Process } from '../../unix/kernel/process.ts'
import { TemplateError } from '../go-template/options.ts'
import { type TemplateSet, templateSet } from '../go-template/template.ts'
import { fromYaml } from '../yaml-input.ts'
import { chartFunctions, copied, overwritten } from './functions.ts'

export class HelmError extends Error {}

type Values = Record<string, unknown>

export interface Dependency {
  readonly name: string
  readonly version: string
  readonly repository?: string
  readonly alias?: string
  readonly condition?: string
}

export interface Metadata {
  readonly name: string
  readonly version: string
  readonly appVersion?: string
  readonly description?: string
  readonly type?: string
  readonly apiVersion?: string
  readonly dependencies?: readonly Dependency[]
}

export interface Chart {
  readonly metadata: Metadata
  readonly values: Values
  /** Path within the chart to text. */
  readonly files: ReadonlyMap<string, string>
  readonly dependencies: readonly Chart[]
}

export const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)

export function loadChart(process: Process, path: string): Chart {
  const full = process.path(path)
  if (!process.files.exists(full)) throw new HelmError(`path "${path}" not found`)
  if (process.files.stat(full, process.credentials).kind === 'directory') {
    if (!process.files.exists(`${full}/Chart.yaml`)) throw new HelmError('Chart.yaml file is missing')
    const found = new Map<string, string>()
    const walk = (folder: string, prefix: string): void => {
      for (const name of process.files.list(folder)) {
        const inner = `${folder}/${name}`
        if (process.files.stat(inner).kind === 'directory') walk(inner, `${prefix}${name}/`)
        else if (/\.tgz$/.test(name) && prefix === 'charts/')
          for (const [file, text] of unpacked(process.files.readFile(inner))) found.set(`charts/${file}`, text)
        else found.set(prefix + name, process.files.readText(inner))
      }
    }
    walk(full, '')
    return chartFrom(found)
  }
  const files = unpacked(process.files.readFile(full, process.credentials))
  return chartFrom(new Map([...files].map(([name, text]) => [name.replace(/^[^/]+\//, ''), text])))
}

export function unpacked(bytes: Uint8Array): ReadonlyMap<string, string> {
  return new Map(
    entriesOfTar(gunzipSync(bytes))
      .filter(({ kind }) => kind === 'file')
      .map(({ path, content }) => [path.replace(/^\.?\//, ''), textOf(content)]),
  )
}

function chartFrom(files: ReadonlyMap<string, string>): Chart {
  const metadata = fromYaml(files.get('Chart.yaml') ?? '')
  if (!isMap(metadata)) throw new HelmError('Chart.yaml file is missing')
  for (const field of ['name', 'version']) if (!metadata[field]) throw new HelmError(`validation: chart.metadata.${field} is required`)
  const values = fromYaml(files.get('values.yaml') ?? '')
  const inner = new Map<string, Map<string, string>>()
  for (const [path, text] of files) {
    const [, name, rest] = /^charts\/([^/]+)\/(.*)$/s.exec(path) ?? []
    if (name === undefined) continue
    if (!inner.has(name)) inner.set(name, new Map())
    inner.get(name)?.set(rest, text)
  }
  return {
    metadata: {
      ...(metadata as unknown as Metadata),
      version: String(metadata.version),
      ...(metadata.appVersion !== undefined && { appVersion: String(metadata.appVersion) }),
    },
    values: isMap(values) ? values : {},
    files,
    dependencies: [...inner.values()].filter((one) => one.has('Chart.yaml')).map(chartFrom),
  }
}

export interface Release {
  readonly name: string
  readonly namespace: string
  readonly revision: number
  readonly isUpgrade: boolean
}

export interface RenderOptions {
  readonly release: Release
  readonly now: number
  readonly random: Random
  readonly kubeVersion: string
  readonly apiVersions: readonly string[]
  readonly lookup?: (apiVersion: string, kind: string, namespace: string, name: string) => unknown
}

export interface Rendered {
  /** `chart/templates/service.yaml` → text, without partials and notes. */
  readonly manifests: ReadonlyMap<string, string>
  readonly notes: string
}

/** A dependency's values lie under its name; globals are shared. */
function scoped(values: Values, { metadata: { name }, values: own }: Chart, alias: string): Values {
  const given = isMap(values[alias]) ? (values[alias] as Values) : {}
  const merged = overwritten(copied(own), given)
  if (isMap(values.global)) merged.global = overwritten(isMap(merged.global) ? merged.global : {}, values.global)
  return name === '' ? {} : merged
}

interface Part {
  readonly chart: Chart
  readonly prefix: string
  readonly values: Values
}

function* parts(chart: Chart, values: Values, prefix: string): Generator<Part> {
  yield { chart, prefix, values }
  for (const inner of chart.dependencies) {
    const declared = chart.metadata.dependencies?.find(({ name }) => name === inner.metadata.name)
    const alias = declared?.alias ?? inner.metadata.name
    const condition = declared?.condition
      ?.split(',')
      .map((path) =>
        path
          .trim()
          .split('.')
          .reduce<unknown>((value, key) => (isMap(value) ? value[key] : undefined), values),
      )
      .find((value) => typeof value === 'boolean')
    if (condition !== false) yield* parts(inner, scoped(values, inner, alias), `${prefix}/charts/${alias}`)
  }
}

function valuesFor(chart: Chart, given: Values): Values {
  const values = overwritten(copied(chart.values), given)
  for (const inner of chart.dependencies) {
    const alias = chart.metadata.dependencies?.find(({ name }) => name === inner.metadata.name)?.alias ?? inner.metadata.name
    values[alias] = scoped(values, inner, alias)
  }
  return values
}

export function render(chart: Chart, given: Values, options: RenderOptions): Rendered {
  const { release, now, random, kubeVersion, apiVersions } = options
  const all = [...parts(chart, valuesFor(chart, given), chart.metadata.name)]
  const sources = new Map<string, string>()
  // Deeper charts first, so that a parent's definitions win.
  for (const { chart: one, prefix } of [...all].reverse())
    for (const [path, text] of one.files) if (path.startsWith('templates/')) sources.set(`${prefix}/${path}`, text)
  let set: TemplateSet | undefined
  const functions = chartFunctions({
    now,
    random,
    include: (name, data) => set?.execute(name, data) ?? '',
    tpl: (source, data) => set?.executeText('tpl', source, data) ?? '',
    lookup: options.lookup ?? (() => ({})),
  })
  const manifests = new Map<string, string>()
  let notes = ''
  try {
    set = templateSet(sources, { name: 'gotpl', functions, integers: true })
    const [major, minor] = kubeVersion.replace(/^v/, '').split('.')
    for (const { chart: one, prefix, values } of all) {
      const { metadata } = one
      const files = Object.fromEntries(
        [...one.files].filter(
          ([path]) => !path.startsWith('templates/') && !path.startsWith('charts/') && path !== 'Chart.yaml' && path !== 'values.yaml',
        ),
      )
      const data = (path: string): object => ({
        Values: values,
        Chart: {
          ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key[0].toUpperCase() + key.slice(1), value])),
          APIVersion: metadata.apiVersion,
          AppVersion: metadata.appVersion,
          IsRoot: prefix === chart.metadata.name,
        },
        Release: {
          Name: release.name,
          Namespace: release.namespace,
          Service: 'Helm',
          Revision: release.revision,
          IsInstall: !release.isUpgrade,
          IsUpgrade: release.isUpgrade,
        },
        Capabilities: {
          KubeVersion: { Version: kubeVersion, GitVersion: kubeVersion, Major: major, Minor: minor },
          APIVersions: { list: apiVersions, Has: (name: unknown) => apiVersions.includes(String(name)) },
          HelmVersion: { Version: 'v3.18.4' },
        },
        Template: { Name: path, BasePath: `${prefix}/templates` },
        Files: { ...files, Get: (name: unknown) => files[String(name)] ?? '', Glob: (pattern: unknown) => globbed(files, String(pattern)) },
      })
      for (const path of [...one.files.keys()].filter((name) => name.startsWith('templates/')).sort()) {
        const file = path.replace(/.*\//, '')
        if (file.startsWith('_') || (file === 'NOTES.txt' && prefix !== chart.metadata.name)) continue
        const name = `${prefix}/${path}`
        const text = set.execute(name, data(name)).replaceAll('<no value>', '')
        if (file === 'NOTES.txt') notes = text
        else if (!path.startsWith('templates/tests/') || text.trim() !== '') manifests.set(name, text)
      }
    }
  } catch (error) {
    if (error instanceof TemplateError) throw new HelmError(error.message)
    throw error
  }
  return { manifests, notes }
}

function globbed(files: Readonly<Record<string, string>>, pattern: string): Record<string, unknown> {
  const rule = new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('**', '\u0000')
      .replaceAll('*', '[^/]*')
      .replaceAll('\u0000', '.*')
      .replaceAll('?', '[^/]')}$`,
  )
  const found = Object.fromEntries(Object.entries(files).filter(([path]) => rule.test(path)))
  const byName = Object.fromEntries(Object.entries(found).map(([path, text]) => [path.replace(/.*\//, ''), text]))
  return {
    ...found,
    AsConfig: () =>
      Object.entries(byName)
        .map(([name, text]) => `${name}: ${JSON.stringify(text)}`)
        .join('\n'),
  }
}

const installOrder = [
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodSecurityPolicy',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'SecretList',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleList',
  'ClusterRoleBinding',
  'ClusterRoleBindingList',
  'Role',
  'RoleList',
  'RoleBinding',
  'RoleBindingList',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
]

export interface Manifest {
  readonly source: string
  readonly text: string
  readonly object: Values
  readonly isHook: boolean
}

/** The documents of all templates in the order of their installation; hooks apart. */
export function manifestsOf({ manifests }: Rendered): readonly Manifest[] {
  const found: Manifest[] = []
  for (const [source, text] of manifests) {
    for (const document of text.split(/^---(?:\s.*)?$/m)) {
      if (document.trim() === '') continue
      let object: unknown
      try {
        object = fromYaml(document)
      } catch (error) {
        throw new HelmError(
          `YAML parse error on ${source}: error converting YAML to JSON: ${error instanceof Error ? error.message : String(error)}`,
        )
      }
      if (!isMap(object)) continue
      const { annotations } = isMap(object.metadata) ? object.metadata : {}
      found.push({
        source,
        text: document.replace(/^\n+/, '').trimEnd(),
        object,
        isHook: isMap(annotations) && annotations['helm.sh/hook'] !== undefined,
      })
    }
  }
  const rank = ({ object }: Manifest): number =>
    installOrder.includes(String(object.kind)) ? installOrder.indexOf(String(object.kind)) : installOrder.length
  return found
    .map((one, index) => ({ one, index }))
    .sort((a, b) => rank(a.one) - rank(b.one) || a.index - b.index)
    .map(({ one }) => one)
}

export function manifestText(manifests: readonly Manifest[]): string {
  return manifests
    .filter(({ isHook }) => !isHook)
    .map(({ source, text }) => `---\n# Source: ${source}\n${text}\n`)
    .join('')
}
