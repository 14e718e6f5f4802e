/**
 * Helm 3.18 as a program. Charts are read from disk or from the repositories of the sandbox, rendered here, and their objects sent to the API server;
 * what was installed is kept in Secrets, as by the real one. Not simulated: plugins, registries (OCI), signatures, hooks other than being shown.
 */
import { gzipSync } from 'fflate'
import { bytesOf } from '../../base/bytes.ts'
import { request } from '../../base/http.ts'
import { tarOf } from '../../base/tar.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Blocking, err, out, type Process, type Running, sleep } from '../../unix/kernel/process.ts'
import { fetch, wholeBody } from '../../unix/network/fetch.ts'
import { type Flag, FlagError, type Flags, HelpWanted, parseFlags } from '../flags.ts'
import { sayUnused } from '../unused-flags.ts'
import { goYaml } from '../go-yaml.ts'
import { homeOf } from '../kubectl/kubeconfig.ts'
import { ConnectionError, Refusal, StatusError } from '../kubectl/refusal.ts'
import { fromYaml } from '../yaml-input.ts'
import { type Chart, HelmError, isMap, loadChart, type Manifest, manifestsOf, manifestText, type Metadata, render, type Rendered } from './chart.ts'
import { overwritten } from './functions.ts'
import { Cluster, type StoredRelease } from './releases.ts'
import { scaffold } from './scaffold.ts'
import { setValues } from './set-values.ts'
import { compareVersions, satisfies } from './versions.ts'

const kubeVersion = 'v1.33.13'

const flagList: readonly Flag[] = [
  ...['kubeconfig', 'kube-context', 'context', 'cluster', 'user', 'server', 'token', 'as', 'version', 'repo', 'destination', 'description', 'timeout', 'date-format', 'app-version', 'filter', 'kube-version', 'starter', 'username', 'password', 'max-col-width', 'history-max', 'as-uid', 'certificate-authority', 'client-certificate', 'client-key', 'tls-server-name'].map((name): Flag => ({ name, type: 'string' })),
  { name: 'namespace', shorthand: 'n', type: 'string' },
  { name: 'output', shorthand: 'o', type: 'string', value: 'table' },
  { name: 'values', shorthand: 'f', type: 'strings' },
  ...['set', 'set-string', 'set-json', 'set-file', 'show-only', 'api-versions', 'as-group'].map((name): Flag => ({ name, type: 'array' })),
  { name: 'dry-run', type: 'string', implied: 'client' },
  { name: 'install', shorthand: 'i', type: 'bool' },
  { name: 'all-namespaces', shorthand: 'A', type: 'bool' },
  { name: 'all', shorthand: 'a', type: 'bool' },
  { name: 'short', shorthand: 'q', type: 'bool' },
  { name: 'versions', shorthand: 'l', type: 'bool' },
  { name: 'generate-name', shorthand: 'g', type: 'bool' },
  { name: 'dependency-update', shorthand: 'u', type: 'bool' },
  ...['create-namespace', 'wait', 'atomic', 'debug', 'reuse-values', 'reset-values', 'untar', 'keep-history', 'force-update', 'include-crds', 'skip-crds', 'devel', 'force', 'cleanup-on-fail', 'strict', 'no-headers', 'template-only', 'wait-for-jobs', 'no-hooks', 'ignore-not-found', 'skip-tests', 'pass-credentials', 'insecure-skip-tls-verify', 'disable-openapi-validation', 'client', 'deployed', 'failed', 'pending', 'superseded', 'uninstalled', 'show-resources', 'hide-notes', 'is-upgrade', 'validate', 'take-ownership', 'render-subchart-notes'].map((name): Flag => ({ name, type: 'bool' })),
  { name: 'revision', type: 'int' },
  { name: 'max', type: 'int', value: '256' },
]

interface Given {
  readonly process: Process
  readonly flags: Flags
  readonly args: readonly string[]
  readonly cluster: Cluster
}

type Run = (given: Given) => Blocking<void>

const fail = (message: string): never => {
  throw new HelmError(message)
}

const say = ({ process }: Given, text: string): Blocking<void> => out(process, text)

function need({ args }: Given, command: string, count: number, usage: string): void {
  if (args.length < count) fail(`"helm ${command}" requires ${count === 1 ? 'at least 1 argument' : `${count} arguments`}\n\nUsage:  helm ${command} ${usage}`)
}

/** `Mon Jan  5 09:00:00 2026`. */
function longDate(iso: string): string {
  const date = new Date(iso)
  const [week, month] = [['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][date.getUTCDay()], ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][date.getUTCMonth()]]
  return `${week} ${month} ${String(date.getUTCDate()).padStart(2)} ${date.toISOString().slice(11, 19)} ${date.getUTCFullYear()}`
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column])).join('\t')}\n`).join('')
}

// Repositories

interface Repository {
  readonly name: string
  readonly url: string
}

const reposPath = (process: Process): string => process.env.HELM_REPOSITORY_CONFIG ?? `${homeOf(process)}/.config/helm/repositories.yaml`
const indexPath = (process: Process, name: string): string => `${homeOf(process)}/.cache/helm/repository/${name}-index.yaml`

function repositories(process: Process): Repository[] {
  if (!process.files.exists(reposPath(process))) return []
  const found = fromYaml(process.files.readText(reposPath(process)))
  return isMap(found) && Array.isArray(found.repositories) ? (found.repositories as Repository[]) : []
}

function write(process: Process, path: string, content: string | Uint8Array): void {
  process.files.mkdir(path.slice(0, path.lastIndexOf('/')) || '/', { parents: true })
  process.files.writeFile(path, content)
}

function saveRepositories(process: Process, list: readonly Repository[]): void {
  write(process, reposPath(process), `apiVersion: ""\ngenerated: "0001-01-01T00:00:00Z"\nrepositories:\n${list.map(({ name, url }) => `- name: ${name}\n  url: ${url}\n`).join('')}`)
}

function* download(process: Process, url: string): Blocking<Uint8Array> {
  try {
    const answer = yield* fetch(process, url, request('GET', ''))
    if (answer.status !== 200) fail(`failed to fetch ${url} : ${answer.status} ${answer.status === 404 ? 'Not Found' : ''}`.trimEnd())
    return yield* wholeBody(answer)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    const host = /\/\/([^/:]+)/.exec(url)?.[1] ?? url
    return fail(`Get "${url}": dial tcp: lookup ${host}: no such host`)
  }
}

interface Listed extends Metadata {
  readonly urls: readonly string[]
}

function indexOf(process: Process, name: string): Readonly<Record<string, readonly Listed[]>> {
  if (!process.files.exists(indexPath(process, name))) return {}
  const found = fromYaml(process.files.readText(indexPath(process, name)))
  return isMap(found) && isMap(found.entries) ? (found.entries as Record<string, readonly Listed[]>) : {}
}

const repoAdd: Run = function* (given) {
  const { process, args, flags } = given
  need(given, 'repo add', 2, '[NAME] [URL] [flags]')
  const [name, url] = args
  const known = repositories(process)
  const same = known.find((one) => one.name === name)
  if (same && same.url === url && !flags.is('force-update')) return yield* say(given, `"${name}" already exists with the same configuration, skipping\n`)
  if (same && !flags.is('force-update')) fail(`repository name (${name}) already exists, please specify a different name`)
  let index: Uint8Array
  try {
    index = yield* download(process, `${url.replace(/\/$/, '')}/index.yaml`)
  } catch (error) {
    if (!(error instanceof HelmError)) throw error
    return fail(`looks like "${url}" is not a valid chart repository or cannot be reached: ${error.message}`)
  }
  write(process, indexPath(process, name), index)
  saveRepositories(process, [...known.filter((one) => one.name !== name), { name, url }])
  yield* say(given, `"${name}" has been added to your repositories\n`)
}

const repoList: Run = function* (given) {
  const known = repositories(given.process)
  if (known.length === 0) fail('no repositories to show')
  yield* say(given, columns([['NAME', 'URL'], ...known.map(({ name, url }) => [name, url])]))
}

const repoUpdate: Run = function* (given) {
  const { process, args } = given
  const known = repositories(process).filter(({ name }) => args.length === 0 || args.includes(name))
  if (known.length === 0) fail('no repositories found. You must add one before updating')
  yield* say(given, 'Hang tight while we grab the latest from your chart repositories...\n')
  for (const { name, url } of known) {
    write(process, indexPath(process, name), yield* download(process, `${url.replace(/\/$/, '')}/index.yaml`))
    yield* say(given, `...Successfully got an update from the "${name}" chart repository\n`)
  }
  yield* say(given, 'Update Complete. ⎈Happy Helming!⎈\n')
}

const repoRemove: Run = function* (given) {
  need(given, 'repo remove', 1, '[REPO1 [REPO2 ...]] [flags]')
  for (const name of given.args) {
    const known = repositories(given.process)
    if (!known.some((one) => one.name === name)) fail(`no repo named "${name}" found`)
    saveRepositories(given.process, known.filter((one) => one.name !== name))
    yield* say(given, `"${name}" has been removed from your repositories\n`)
  }
}

const searchRepo: Run = function* (given) {
  const { process, flags, args } = given
  const known = repositories(process)
  if (known.length === 0) fail('no repositories configured')
  const rows = known.flatMap(({ name: repo }) => Object.values(indexOf(process, repo)).flatMap((versions) => (flags.is('versions') ? versions : versions.slice(0, 1)).map((one) => [`${repo}/${one.name}`, one.version, one.appVersion ?? '', one.description ?? '']))).filter((row) => args.every((word) => row[0].includes(word) || row[3].toLowerCase().includes(word.toLowerCase())))
  if (flags.text('output') === 'json') return yield* say(given, `${JSON.stringify(rows.map(([name, version, app, description]) => ({ name, version, app_version: app, description })))}\n`)
  if (rows.length === 0) return yield* say(given, 'No results found\n')
  const shortened = rows.map((row) => row.map((cell) => (cell.length > 50 ? `${cell.slice(0, 49)}...` : cell)))
  yield* say(given, columns([['NAME', 'CHART VERSION', 'APP VERSION', 'DESCRIPTION'], ...shortened]))
}

/** A chart by its path, its name in a repository, or with --repo. */
function* located({ process, flags }: Given, word: string): Blocking<{ readonly chart: Chart; readonly bytes?: Uint8Array; readonly file?: string }> {
  if (process.files.exists(process.path(word))) return { chart: loadChart(process, word) }
  if (/^oci:/.test(word)) fail('charts in registries (OCI) are not simulated in this sandbox')
  const [, repo, name] = /^([^/.]+)\/([^/]+)$/.exec(word) ?? []
  const flagged = flags.text('repo')
  if (flagged !== '') {
    write(process, indexPath(process, '.once'), yield* download(process, `${flagged.replace(/\/$/, '')}/index.yaml`))
    return yield* fetched(process, '.once', flagged, word, flags.text('version'))
  }
  if (/^https?:/.test(word)) return yield* unpackedAt(process, word)
  if (repo === undefined) return fail(`path "${word}" not found`)
  const known = repositories(process).find((one) => one.name === repo)
  if (!known) return fail(`repo ${repo} not found`)
  return yield* fetched(process, repo, known.url, name, flags.text('version'))
}

function* fetched(process: Process, repo: string, url: string, name: string, wanted: string) {
  const versions = indexOf(process, repo)[name] ?? []
  const found = [...versions].sort((a, b) => compareVersions(b.version, a.version)).find(({ version }) => wanted === '' || version === wanted || satisfies(version, wanted))
  if (!found) fail(versions.length === 0 ? `chart "${name}" not found in ${url} repository` : `chart "${name}" matching ${wanted} not found in ${repo} index. (try 'helm repo update'): no chart version found for ${name}-${wanted}`)
  const address = found?.urls[0] ?? ''
  return yield* unpackedAt(process, /^https?:/.test(address) ? address : `${url.replace(/\/$/, '')}/${address}`)
}

function* unpackedAt(process: Process, url: string) {
  const bytes = yield* download(process, url)
  const file = url.replace(/.*\//, '')
  const path = `${homeOf(process)}/.cache/helm/repository/${file}`
  write(process, path, bytes)
  return { chart: loadChart(process, path), bytes, file }
}

function givenValues({ process, flags }: Given, base: object = {}): Record<string, unknown> {
  const values: Record<string, unknown> = overwritten({}, base)
  for (const path of flags.list('values')) {
    let text: string
    try {
      text = path === '-' ? '' : process.files.readText(process.path(path))
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      return fail(`open ${path}: ${error.words.toLowerCase()}`)
    }
    overwritten(values, fromYaml(text))
  }
  for (const text of flags.list('set-json')) overwritten(values, setValues(text, 'json'))
  for (const text of flags.list('set')) overwritten(values, setValues(text, 'typed'))
  for (const text of flags.list('set-string')) overwritten(values, setValues(text, 'string'))
  for (const text of flags.list('set-file')) {
    const [key, path] = text.split('=')
    overwritten(values, setValues(`${key}=x`, 'string', process.files.readText(process.path(path))))
  }
  return values
}

// Releases

function namespaceOf({ flags, cluster }: Given): string {
  return flags.text('namespace') || cluster.namespace || 'default'
}

function rendered({ process }: Given, chart: Chart, values: Record<string, unknown>, release: { name: string; namespace: string; revision: number; isUpgrade: boolean }, apiVersions: readonly string[] = []): { readonly result: Rendered; readonly manifests: readonly Manifest[] } {
  const result = render(chart, values, { release, now: process.now(), random: process.kernel.random, kubeVersion, apiVersions: ['v1', 'apps/v1', 'batch/v1', 'autoscaling/v2', 'networking.k8s.io/v1', 'policy/v1', 'rbac.authorization.k8s.io/v1', ...apiVersions] })
  return { result, manifests: manifestsOf(result) }
}

function summary({ name, namespace, version, info }: StoredRelease, isDescribed = false): string {
  return `NAME: ${name}\nLAST DEPLOYED: ${longDate(info.last_deployed)}\nNAMESPACE: ${namespace}\nSTATUS: ${info.status}\nREVISION: ${version}\n${isDescribed ? `DESCRIPTION: ${info.description}\n` : ''}TEST SUITE: None\n${info.notes.trim() === '' ? '' : `NOTES:\n${info.notes.trimEnd()}\n`}`
}

function newRelease({ process }: Given, { name, namespace, version, chart, values, result, manifests, first, description }: { name: string; namespace: string; version: number; chart: Chart; values: object; result: Rendered; manifests: readonly Manifest[]; first?: string; description: string }): StoredRelease {
  const now = new Date(process.now()).toISOString()
  return { name, namespace, version, info: { first_deployed: first ?? now, last_deployed: now, deleted: '', description, status: 'deployed', notes: result.notes }, chart: { metadata: chart.metadata, values: chart.values }, config: values, manifest: manifestText(manifests) }
}

const helmLabels = (object: Record<string, unknown>, name: string, namespace: string): Record<string, unknown> => {
  const metadata = isMap(object.metadata) ? object.metadata : {}
  return { ...object, metadata: { ...metadata, labels: { ...(isMap(metadata.labels) ? metadata.labels : {}), 'app.kubernetes.io/managed-by': 'Helm' }, annotations: { ...(isMap(metadata.annotations) ? metadata.annotations : {}), 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': namespace } } }
}

const install: Run = function* (given) {
  const { process, flags, args, cluster } = given
  const generates = flags.is('generate-name')
  need(given, 'install', 1, '[NAME] [CHART] [flags]')
  if (!generates && args.length < 2) fail('must either provide a name or specify --generate-name')
  const word = generates ? args[0] : args[1]
  const { chart } = yield* located(given, word)
  const name = generates ? `${chart.metadata.name}-${Math.floor(process.now() / 1000)}` : args[0]
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) || name.length > 53) fail(`INSTALLATION FAILED: invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53`)
  yield* installed(given, name, chart)
}

function* installed(given: Given, name: string, chart: Chart): Blocking<void> {
  const { flags, cluster } = given
  const namespace = namespaceOf(given)
  const before = yield* cluster.releases(namespace, name)
  if (before.some(({ info }) => info.status === 'deployed' || info.status === 'failed')) fail('INSTALLATION FAILED: cannot re-use a name that is still in use')
  const values = givenValues(given)
  const version = (before.at(-1)?.version ?? 0) + 1
  const { result, manifests } = rendered(given, chart, values, { name, namespace, revision: version, isUpgrade: false })
  const release = newRelease(given, { name, namespace, version, chart, values, result, manifests, description: 'Install complete' })
  if (flags.isSet('dry-run')) {
    const dry = { ...release, info: { ...release.info, status: 'pending-install', notes: '' } }
    const notes = result.notes.trim() === '' ? '' : `\nNOTES:\n${result.notes.trimEnd()}\n`
    return yield* say(given, `${summary(dry)}HOOKS:\n${manifests.filter(({ isHook }) => isHook).map(({ source, text }) => `---\n# Source: ${source}\n${text}\n`).join('')}MANIFEST:\n${release.manifest}${notes}`)
  }
  if (flags.is('create-namespace') && !(yield* cluster.json('GET', `/api/v1/namespaces/${namespace}`))) yield* cluster.json('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { name: namespace } } })
  if (!(yield* cluster.json('GET', `/api/v1/namespaces/${namespace}`))) fail(`INSTALLATION FAILED: create: failed to create: namespaces "${namespace}" not found`)
  for (const { object, isHook } of manifests) {
    if (isHook) continue
    const path = yield* cluster.pathOf(object, namespace)
    if (yield* cluster.json('GET', path)) {
      const { name: own } = object.metadata as { name: string }
      fail(`INSTALLATION FAILED: Unable to continue with install: ${String(object.kind)} "${own}" in namespace "${namespace}" exists and cannot be imported into the current release: invalid ownership metadata; label validation error: missing key "app.kubernetes.io/managed-by": must be set to "Helm"; annotation validation error: missing key "meta.helm.sh/release-name": must be set to "${name}"; annotation validation error: missing key "meta.helm.sh/release-namespace": must be set to "${namespace}"`)
    }
  }
  yield* cluster.save(release, true)
  for (const { object, isHook } of manifests) if (!isHook) yield* cluster.json('POST', yield* cluster.pathOf(object, namespace, true), helmLabels(object, name, namespace))
  yield* settled(given, manifests, namespace)
  yield* say(given, summary(release))
}

/** --wait: until what was made is ready. */
function* settled({ flags, cluster, process }: Given, manifests: readonly Manifest[], namespace: string): Blocking<void> {
  if (!flags.is('wait') && !flags.is('atomic')) return
  const until = process.now() + 300_000
  for (const { object } of manifests) {
    if (!['Deployment', 'StatefulSet'].includes(String(object.kind))) continue
    const path = yield* cluster.pathOf(object, namespace)
    for (;;) {
      const found = yield* cluster.json('GET', path)
      const { spec, status } = found as { spec: { replicas?: number }; status: { readyReplicas?: number; updatedReplicas?: number } }
      if ((status.readyReplicas ?? 0) >= (spec.replicas ?? 1)) break
      if (process.now() > until) fail('INSTALLATION FAILED: context deadline exceeded')
      yield* sleep(process, 500)
    }
  }
}

function documents(manifest: string): Record<string, unknown>[] {
  return manifest.split(/^---$/m).map((text) => fromYaml(text)).filter(isMap)
}

/** What to send so that the old manifest's object becomes the new one's; what others added stays. */
function difference(old: unknown, fresh: unknown): unknown {
  if (!isMap(old) || !isMap(fresh)) return fresh
  const patch: Record<string, unknown> = {}
  for (const key of new Set([...Object.keys(old), ...Object.keys(fresh)])) {
    if (!Object.hasOwn(fresh, key)) patch[key] = null
    else if (JSON.stringify(old[key]) !== JSON.stringify(fresh[key])) patch[key] = difference(old[key], fresh[key])
  }
  return patch
}

const identity = (object: Record<string, unknown>): string => `${String(object.apiVersion)} ${String(object.kind)} ${String((object.metadata as { name?: string } | undefined)?.name)}`

function* changed({ cluster }: Given, from: string, to: string, name: string, namespace: string): Blocking<void> {
  const before = new Map(documents(from).map((object) => [identity(object), object]))
  const after = documents(to)
  for (const object of after) {
    const old = before.get(identity(object))
    const path = yield* cluster.pathOf(object, namespace)
    if (old && (yield* cluster.json('GET', path))) {
      const patch = difference(old, object)
      if (isMap(patch) && Object.keys(patch).length > 0) yield* cluster.json('PATCH', path, patch, 'application/merge-patch+json')
    } else yield* cluster.json('POST', yield* cluster.pathOf(object, namespace, true), helmLabels(object, name, namespace))
  }
  for (const [key, object] of before) if (!after.some((one) => identity(one) === key)) yield* cluster.json('DELETE', yield* cluster.pathOf(object, namespace))
}

function* superseded({ cluster }: Given, old: StoredRelease): Blocking<void> {
  yield* cluster.save({ ...old, info: { ...old.info, status: 'superseded' } }, false)
}

const upgrade: Run = function* (given) {
  const { flags, args, cluster } = given
  need(given, 'upgrade', 2, '[RELEASE] [CHART] [flags]')
  const [name, word] = args
  const { chart } = yield* located(given, word)
  const namespace = namespaceOf(given)
  const all = yield* cluster.releases(namespace, name)
  const old = all.findLast(({ info }) => info.status === 'deployed')
  if (!old) {
    if (!flags.is('install')) fail(`UPGRADE FAILED: "${name}" has no deployed releases`)
    yield* say(given, `Release "${name}" does not exist. Installing it now.\n`)
    return yield* installed(given, name, chart)
  }
  const isBare = !['values', 'set', 'set-string', 'set-json', 'set-file'].some((flag) => flags.isSet(flag))
  const values = givenValues(given, flags.is('reuse-values') || (isBare && !flags.is('reset-values')) ? old.config : {})
  const version = (all.at(-1)?.version ?? 0) + 1
  const { result, manifests } = rendered(given, chart, values, { name, namespace, revision: version, isUpgrade: true })
  const release = newRelease(given, { name, namespace, version, chart, values, result, manifests, first: old.info.first_deployed, description: 'Upgrade complete' })
  if (flags.isSet('dry-run')) return yield* say(given, `Release "${name}" has been upgraded. Happy Helming!\n${summary({ ...release, info: { ...release.info, status: 'pending-upgrade', notes: '' } })}HOOKS:\nMANIFEST:\n${release.manifest}`)
  yield* changed(given, old.manifest, release.manifest, name, namespace)
  yield* superseded(given, old)
  yield* cluster.save(release, true)
  yield* settled(given, manifests, namespace)
  yield* say(given, `Release "${name}" has been upgraded. Happy Helming!\n${summary(release)}`)
}

const rollback: Run = function* (given) {
  const { args, cluster } = given
  need(given, 'rollback', 1, '<RELEASE> [REVISION] [flags]')
  const namespace = namespaceOf(given)
  const all = yield* cluster.releases(namespace, args[0])
  const old = all.findLast(({ info }) => info.status === 'deployed') ?? all.at(-1)
  if (!old) return fail('release: not found')
  const wanted = args[1] === undefined || args[1] === '0' ? old.version - 1 : Number(args[1])
  const target = all.find(({ version }) => version === wanted)
  if (!target) return fail(`release has no ${wanted} version`)
  const release: StoredRelease = { ...target, version: (all.at(-1)?.version ?? 0) + 1, info: { ...target.info, last_deployed: new Date(given.process.now()).toISOString(), status: 'deployed', description: `Rollback to ${wanted}` } }
  yield* changed(given, old.manifest, release.manifest, release.name, namespace)
  yield* superseded(given, old)
  yield* cluster.save(release, true)
  yield* say(given, 'Rollback was a success! Happy Helming!\n')
}

const uninstall: Run = function* (given) {
  const { args, flags, cluster } = given
  need(given, 'uninstall', 1, 'RELEASE_NAME [...] [flags]')
  const namespace = namespaceOf(given)
  for (const name of args) {
    const all = yield* cluster.releases(namespace, name)
    const last = all.at(-1)
    if (!last) return fail(`Error: uninstall: Release not loaded: ${name}: release: not found`.replace(/^Error: /, ''))
    for (const object of documents(last.manifest).reverse()) yield* cluster.json('DELETE', `${yield* cluster.pathOf(object, namespace)}?propagationPolicy=Background`)
    if (flags.is('keep-history')) yield* cluster.save({ ...last, info: { ...last.info, status: 'uninstalled', description: 'Uninstallation complete' } }, false)
    else for (const one of all) yield* cluster.forget(one)
    yield* say(given, `release "${name}" uninstalled\n`)
  }
}

const goTime = (iso: string): string => iso.replace('T', ' ').replace('Z', '000000 +0000 UTC')

const list: Run = function* (given) {
  const { flags, cluster } = given
  const everything = yield* cluster.releases(flags.is('all-namespaces') ? undefined : namespaceOf(given))
  const latest = new Map<string, StoredRelease>()
  for (const one of everything) latest.set(`${one.namespace}/${one.name}`, one)
  const shown = [...latest.values()].filter(({ info, name }) => (flags.is('all') || info.status === 'deployed' || info.status === 'failed') && (flags.text('filter') === '' || new RegExp(flags.text('filter')).test(name))).sort((a, b) => (a.name < b.name ? -1 : 1))
  const rows = shown.map(({ name, namespace, version, info, chart }) => [name, namespace, String(version), goTime(info.last_deployed), info.status, `${chart.metadata.name}-${chart.metadata.version}`, chart.metadata.appVersion ?? ''])
  if (flags.is('short')) return yield* say(given, shown.map(({ name }) => `${name}\n`).join(''))
  const titles = ['NAME', 'NAMESPACE', 'REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION']
  if (flags.text('output') === 'json') return yield* say(given, `${JSON.stringify(rows.map((row) => Object.fromEntries(row.map((cell, at) => [titles[at].toLowerCase().replace(' ', '_'), cell]))))}\n`)
  if (flags.text('output') === 'yaml') return yield* say(given, goYaml(rows.map((row) => Object.fromEntries(row.map((cell, at) => [titles[at].toLowerCase().replace(' ', '_'), cell])))))
  yield* say(given, columns(flags.is('no-headers') ? rows : [titles, ...rows]))
}

function* oneRelease(given: Given): Blocking<StoredRelease> {
  const { args, flags, cluster } = given
  need(given, 'status', 1, 'RELEASE_NAME [flags]')
  const all = yield* cluster.releases(namespaceOf(given), args[0])
  const found = flags.isSet('revision') ? all.find(({ version }) => version === flags.number('revision')) : all.at(-1)
  return found ?? fail('release: not found')
}

const status: Run = function* (given) {
  const release = yield* oneRelease(given)
  if (given.flags.text('output') === 'json') return yield* say(given, `${JSON.stringify(release)}\n`)
  yield* say(given, summary(release))
}

const history: Run = function* (given) {
  const all = yield* given.cluster.releases(namespaceOf(given), given.args[0])
  if (all.length === 0) fail('release: not found')
  const rows = all.slice(-given.flags.number('max')).map(({ version, info, chart }) => [String(version), longDate(info.last_deployed), info.status, `${chart.metadata.name}-${chart.metadata.version}`, chart.metadata.appVersion ?? '', info.description])
  yield* say(given, columns([['REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION', 'DESCRIPTION'], ...rows]))
}

const getValues: Run = function* (given) {
  const release = yield* oneRelease(given)
  const isAll = given.flags.is('all')
  const values = isAll ? overwritten(overwritten({}, release.chart.values), release.config) : release.config
  if (given.flags.text('output') === 'json') return yield* say(given, `${JSON.stringify(values)}\n`)
  const title = given.flags.text('output') === 'yaml' ? '' : isAll ? 'COMPUTED VALUES:\n' : 'USER-SUPPLIED VALUES:\n'
  yield* say(given, title + (Object.keys(values).length === 0 ? (isAll ? '{}\n' : given.flags.text('output') === 'yaml' ? '{}\n' : 'null\n') : goYaml(values)))
}

const getManifest: Run = function* (given) {
  yield* say(given, `${(yield* oneRelease(given)).manifest}\n`)
}

const getNotes: Run = function* (given) {
  const { info } = yield* oneRelease(given)
  yield* say(given, `NOTES:\n${info.notes.trimEnd()}\n`)
}

const getAll: Run = function* (given) {
  const release = yield* oneRelease(given)
  yield* say(given, `${summary({ ...release, info: { ...release.info, notes: '' } }).replace('TEST SUITE: None\n', `CHART: ${release.chart.metadata.name}\nVERSION: ${release.chart.metadata.version}\nAPP_VERSION: ${release.chart.metadata.appVersion ?? ''}\n`)}USER-SUPPLIED VALUES:\n${Object.keys(release.config).length === 0 ? 'null\n' : goYaml(release.config)}\nCOMPUTED VALUES:\n${goYaml(overwritten(overwritten({}, release.chart.values), release.config))}\nHOOKS:\nMANIFEST:\n${release.manifest}\nNOTES:\n${release.info.notes}`)
}

const templateRun: Run = function* (given) {
  const { flags, args } = given
  need(given, 'template', 1, '[NAME] [CHART] [flags]')
  const { chart } = yield* located(given, args.at(-1) ?? '')
  const name = args.length > 1 ? args[0] : 'release-name'
  const { manifests } = rendered(given, chart, givenValues(given), { name, namespace: flags.text('namespace') || 'default', revision: 1, isUpgrade: false }, flags.list('api-versions'))
  const only = flags.list('show-only')
  const shown = [...manifests.filter(({ isHook }) => !isHook), ...manifests.filter(({ isHook }) => isHook && !flags.is('no-hooks'))].filter(({ source }) => only.length === 0 || only.some((path) => source.endsWith(`/${path}`)))
  if (only.length > 0 && shown.length === 0) fail(`could not find template ${only[0]} in chart`)
  yield* say(given, shown.map(({ source, text }) => `---\n# Source: ${source}\n${text}\n`).join(''))
}

const lint: Run = function* (given) {
  const paths = given.args.length === 0 ? ['.'] : given.args
  let failed = 0
  for (const path of paths) {
    yield* say(given, `==> Linting ${path}\n`)
    try {
      const chart = loadChart(given.process, path)
      if (!chart.files.get('Chart.yaml')?.includes('icon:')) yield* say(given, '[INFO] Chart.yaml: icon is recommended\n')
      if (!chart.files.has('values.yaml')) yield* say(given, '[INFO] values.yaml: file does not exist\n')
      rendered(given, chart, givenValues(given), { name: 'test-release', namespace: 'default', revision: 1, isUpgrade: false })
    } catch (error) {
      if (!(error instanceof HelmError)) throw error
      failed++
      yield* say(given, `[ERROR] templates/: ${error.message}\n`)
    }
    yield* say(given, '\n')
  }
  if (failed > 0) fail(`${paths.length} chart(s) linted, ${failed} chart(s) failed`)
  yield* say(given, `${paths.length} chart(s) linted, 0 chart(s) failed\n`)
}

const create: Run = function* (given) {
  need(given, 'create', 1, 'NAME [flags]')
  const { process, args } = given
  const name = args[0].replace(/.*\//, '')
  yield* say(given, `Creating ${args[0]}\n`)
  process.files.mkdir(`${process.path(args[0])}/charts`, { parents: true })
  for (const [path, text] of scaffold(name)) write(process, `${process.path(args[0])}/${path}`, text)
}

function show(what: 'chart' | 'values' | 'readme' | 'all'): Run {
  return function* (given) {
    need(given, `show ${what}`, 1, '[CHART] [flags]')
    const { chart } = yield* located(given, given.args[0])
    const part = (path: string): string => chart.files.get(path) ?? ''
    const text = { chart: part('Chart.yaml'), values: part('values.yaml'), readme: part('README.md'), all: `${part('Chart.yaml')}\n---\n${part('values.yaml')}\n---\n${part('README.md')}` }[what]
    yield* say(given, text.endsWith('\n') ? text : `${text}\n`)
  }
}

const pull: Run = function* (given) {
  need(given, 'pull', 1, '[chart URL | repo/chartname] [...] [flags]')
  const { process, flags, args } = given
  const { chart, bytes, file } = yield* located(given, args[0])
  const folder = process.path(flags.text('destination') || '.')
  if (flags.is('untar')) for (const [path, text] of chart.files) write(process, `${folder}/${chart.metadata.name}/${path}`, text)
  else if (bytes && file) write(process, `${folder}/${file}`, bytes)
}

const packageRun: Run = function* (given) {
  need(given, 'package', 1, '[CHART_PATH] [...] [flags]')
  const { process, flags, args } = given
  for (const path of args) {
    const chart = loadChart(process, path)
    const version = flags.text('version') || chart.metadata.version
    const file = `${process.path(flags.text('destination') || '.')}/${chart.metadata.name}-${version}.tgz`
    const entries = [...chart.files].map(([name, text]) => ({ path: `${chart.metadata.name}/${name}`, kind: 'file' as const, mode: 0o644, uid: 0, gid: 0, modifiedMs: process.now(), content: bytesOf(name === 'Chart.yaml' ? text.replace(/^version:.*$/m, `version: ${version}`) : text), target: '' }))
    write(process, file, gzipSync(tarOf(entries), { mtime: 0 }))
    yield* say(given, `Successfully packaged chart and saved it to: ${file}\n`)
  }
}

const dependencyUpdate: Run = function* (given) {
  const { process, args } = given
  const path = process.path(args[0] ?? '.')
  const wanted = loadChart(process, path).metadata.dependencies ?? []
  if (wanted.length === 0) return
  yield* say(given, `Saving ${wanted.length} charts\n`)
  for (const { name, version, repository = '' } of wanted) {
    if (repository.startsWith('file://')) {
      const chart = loadChart(process, `${path}/${repository.slice(7)}`)
      for (const [file, text] of chart.files) write(process, `${path}/charts/${name}/${file}`, text)
      continue
    }
    yield* say(given, `Downloading ${name} from repo ${repository}\n`)
    write(process, indexPath(process, '.once'), yield* download(process, `${repository.replace(/\/$/, '')}/index.yaml`))
    const { bytes, file } = yield* fetched(process, '.once', repository, name, version)
    write(process, `${path}/charts/${file}`, bytes)
  }
  yield* say(given, 'Deleting outdated charts\n')
}

const dependencyList: Run = function* (given) {
  const chart = loadChart(given.process, given.args[0] ?? '.')
  const wanted = chart.metadata.dependencies ?? []
  if (wanted.length === 0) return yield* err(given.process, `WARNING: no dependencies at ${given.args[0] ?? '.'}/charts\n`)
  yield* say(given, columns([['NAME', 'VERSION', 'REPOSITORY', 'STATUS'], ...wanted.map(({ name, version, repository = '' }) => [name, version, repository, chart.dependencies.some((one) => one.metadata.name === name) ? 'ok' : 'missing'])]))
}

const version: Run = function* (given) {
  const text = 'v3.18.4'
  if (given.flags.is('short')) return yield* say(given, `${text}+gd80839c\n`)
  yield* say(given, `version.BuildInfo{Version:"${text}", GitCommit:"d80839cf37d860c8aa9a0503fe463278f26cd5e2", GitTreeState:"clean", GoVersion:"go1.24.4"}\n`)
}

const commands: Readonly<Record<string, Run>> = {
  install, upgrade, rollback, uninstall, delete: uninstall, del: uninstall, un: uninstall, list, ls: list, status, history, hist: history, template: templateRun, lint, create, pull, fetch: pull, package: packageRun, version,
  'repo add': repoAdd, 'repo list': repoList, 'repo ls': repoList, 'repo update': repoUpdate, 'repo up': repoUpdate, 'repo remove': repoRemove, 'repo rm': repoRemove, 'search repo': searchRepo,
  'show chart': show('chart'), 'show values': show('values'), 'show readme': show('readme'), 'show all': show('all'), 'inspect values': show('values'), 'inspect chart': show('chart'),
  'get values': getValues, 'get manifest': getManifest, 'get notes': getNotes, 'get all': getAll,
  'dependency update': dependencyUpdate, 'dependency build': dependencyUpdate, 'dependency list': dependencyList, 'dep update': dependencyUpdate, 'dep up': dependencyUpdate, 'dep build': dependencyUpdate, 'dep list': dependencyList,
}

const help = `The Kubernetes package manager

Common actions for Helm:

- helm search:    search for charts
- helm pull:      download a chart to your local directory to view
- helm install:   upload the chart to Kubernetes
- helm list:      list releases of charts

Usage:
  helm [command]

Available Commands:
  create      create a new chart with the given name
  dependency  manage a chart's dependencies
  get         download extended information of a named release
  history     fetch release history
  install     install a chart
  lint        examine a chart for possible issues
  list        list releases
  package     package a chart directory into a chart archive
  pull        download a chart from a repository and (optionally) unpack it in local directory
  repo        add, list, remove, update, and index chart repositories
  rollback    roll back a release to a previous revision
  search      search for a keyword in charts
  show        show information of a chart
  status      display the status of the named release
  template    locally render templates
  uninstall   uninstall a release
  upgrade     upgrade a release
  version     print the helm version information

Use "helm [command] --help" for more information about a command.
`

/** More words there are none, and the context is read under its other name. */
const withoutEffect = new Set(['debug', 'kube-context'])

export function* helm(process: Process): Running {
  try {
    const flags = parseFlags(process.argv.slice(1), flagList)
    if (flags.isSet('kube-context')) flags.set('context', flags.text('kube-context'))
    const two = flags.args.slice(0, 2).join(' ')
    const name = commands[two] ? two : (flags.args[0] ?? '')
    const run = commands[name]
    if (!run) {
      if (name === '' || name === 'help') {
        yield* out(process, help)
        return 0
      }
      if (['plugin', 'registry', 'push', 'test', 'verify', 'env', 'completion', 'search', 'repo', 'show', 'get', 'dependency'].includes(name)) yield* err(process, `Error: helm ${flags.args.join(' ')} is not simulated in this sandbox\n`)
      else yield* err(process, `Error: unknown command ${JSON.stringify(name)} for "helm"\nRun 'helm --help' for usage.\n`)
      return 1
    }
    yield* run({ process, flags, args: flags.args.slice(name.split(' ').length), cluster: new Cluster(process, flags) })
    yield* sayUnused(process, flags, withoutEffect)
    return 0
  } catch (error) {
    if (error instanceof HelpWanted) {
      yield* out(process, help)
      return 0
    }
    if (error instanceof HelmError || error instanceof FlagError) {
      yield* err(process, `Error: ${error.message}\n`)
      return 1
    }
    if (error instanceof StatusError || error instanceof ConnectionError || error instanceof Refusal) {
      yield* err(process, `Error: ${error instanceof ConnectionError ? 'Kubernetes cluster unreachable: ' : ''}${error.message}\n`)
      return 1
    }
    throw error
  }
}

