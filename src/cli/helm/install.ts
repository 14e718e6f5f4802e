/**
 * `helm install`, `upgrade`, `rollback` and `uninstall`. An upgrade sends what differs between two manifests, never the whole object, so that what
 * others changed meanwhile stays.
 */
import { type Blocking, sleep } from '../../unix/kernel/process.ts'
import { fromYaml } from '../yaml-input.ts'
import { fail, type Given, longDate, need, type Run, say } from './call.ts'
import { givenValues, located } from './chart-source.ts'
import { type Chart, isMap, type Manifest, manifestsOf, manifestText, render, type Rendered } from './chart.ts'
import type { StoredRelease } from './releases.ts'

const kubeVersion = 'v1.33.13'

export function namespaceOf({ flags, cluster }: Given): string {
  return flags.text('namespace') || cluster.namespace || 'default'
}

export function rendered(
  { process }: Given,
  chart: Chart,
  values: Record<string, unknown>,
  release: { name: string; namespace: string; revision: number; isUpgrade: boolean },
  apiVersions: readonly string[] = [],
): { readonly result: Rendered; readonly manifests: readonly Manifest[] } {
  const result = render(chart, values, {
    release,
    now: process.now(),
    random: process.kernel.random,
    kubeVersion,
    apiVersions: [
      'v1',
      'apps/v1',
      'batch/v1',
      'autoscaling/v2',
      'networking.k8s.io/v1',
      'policy/v1',
      'rbac.authorization.k8s.io/v1',
      ...apiVersions,
    ],
  })
  return { result, manifests: manifestsOf(result) }
}

export function summary({ name, namespace, version, info }: StoredRelease, isDescribed = false): string {
  return `NAME: ${name}\nLAST DEPLOYED: ${longDate(info.last_deployed)}\nNAMESPACE: ${namespace}\nSTATUS: ${info.status}\nREVISION: ${version}\n${isDescribed ? `DESCRIPTION: ${info.description}\n` : ''}TEST SUITE: None\n${info.notes.trim() === '' ? '' : `NOTES:\n${info.notes.trimEnd()}\n`}`
}

function newRelease(
  { process }: Given,
  {
    name,
    namespace,
    version,
    chart,
    values,
    result,
    manifests,
    first,
    description,
  }: {
    name: string
    namespace: string
    version: number
    chart: Chart
    values: object
    result: Rendered
    manifests: readonly Manifest[]
    first?: string
    description: string
  },
): StoredRelease {
  const now = new Date(process.now()).toISOString()
  return {
    name,
    namespace,
    version,
    info: { first_deployed: first ?? now, last_deployed: now, deleted: '', description, status: 'deployed', notes: result.notes },
    chart: { metadata: chart.metadata, values: chart.values },
    config: values,
    manifest: manifestText(manifests),
  }
}

const helmLabels = (object: Record<string, unknown>, name: string, namespace: string): Record<string, unknown> => {
  const metadata = isMap(object.metadata) ? object.metadata : {}
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...(isMap(metadata.labels) ? metadata.labels : {}), 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: {
        ...(isMap(metadata.annotations) ? metadata.annotations : {}),
        'meta.helm.sh/release-name': name,
        'meta.helm.sh/release-namespace': namespace,
      },
    },
  }
}

export const install: Run = function* (given) {
  const { process, flags, args } = given
  const generates = flags.is('generate-name')
  need(given, 'install', 1, '[NAME] [CHART] [flags]')
  if (!generates && args.length < 2) fail('must either provide a name or specify --generate-name')
  const word = generates ? args[0] : args[1]
  const { chart } = yield* located(given, word)
  const name = generates ? `${chart.metadata.name}-${Math.floor(process.now() / 1000)}` : args[0]
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) || name.length > 53)
    fail(
      `INSTALLATION FAILED: invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53`,
    )
  yield* installed(given, name, chart)
}

function* installed(given: Given, name: string, chart: Chart): Blocking<void> {
  const { flags, cluster } = given
  const namespace = namespaceOf(given)
  const before = yield* cluster.releases(namespace, name)
  if (before.some(({ info }) => info.status === 'deployed' || info.status === 'failed'))
    fail('INSTALLATION FAILED: cannot re-use a name that is still in use')
  const values = givenValues(given)
  const version = (before.at(-1)?.version ?? 0) + 1
  const { result, manifests } = rendered(given, chart, values, { name, namespace, revision: version, isUpgrade: false })
  const release = newRelease(given, { name, namespace, version, chart, values, result, manifests, description: 'Install complete' })
  if (flags.isSet('dry-run')) {
    const dry = { ...release, info: { ...release.info, status: 'pending-install', notes: '' } }
    const notes = result.notes.trim() === '' ? '' : `\nNOTES:\n${result.notes.trimEnd()}\n`
    return yield* say(
      given,
      `${summary(dry)}HOOKS:\n${manifests
        .filter(({ isHook }) => isHook)
        .map(({ source, text }) => `---\n# Source: ${source}\n${text}\n`)
        .join('')}MANIFEST:\n${release.manifest}${notes}`,
    )
  }
  if (flags.is('create-namespace') && !(yield* cluster.json('GET', `/api/v1/namespaces/${namespace}`)))
    yield* cluster.json('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { name: namespace } },
    })
  if (!(yield* cluster.json('GET', `/api/v1/namespaces/${namespace}`)))
    fail(`INSTALLATION FAILED: create: failed to create: namespaces "${namespace}" not found`)
  for (const { object, isHook } of manifests) {
    if (isHook) continue
    const path = yield* cluster.pathOf(object, namespace)
    if (yield* cluster.json('GET', path)) {
      const { name: own } = object.metadata as { name: string }
      fail(
        `INSTALLATION FAILED: Unable to continue with install: ${String(object.kind)} "${own}" in namespace "${namespace}" exists and cannot be imported into the current release: invalid ownership metadata; label validation error: missing key "app.kubernetes.io/managed-by": must be set to "Helm"; annotation validation error: missing key "meta.helm.sh/release-name": must be set to "${name}"; annotation validation error: missing key "meta.helm.sh/release-namespace": must be set to "${namespace}"`,
      )
    }
  }
  yield* cluster.save(release, true)
  for (const { object, isHook } of manifests)
    if (!isHook) yield* cluster.json('POST', yield* cluster.pathOf(object, namespace, true), helmLabels(object, name, namespace))
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
  return manifest
    .split(/^---$/m)
    .map((text) => fromYaml(text))
    .filter(isMap)
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

const identity = (object: Record<string, unknown>): string =>
  `${String(object.apiVersion)} ${String(object.kind)} ${String((object.metadata as { name?: string } | undefined)?.name)}`

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
  for (const [key, object] of before)
    if (!after.some((one) => identity(one) === key)) yield* cluster.json('DELETE', yield* cluster.pathOf(object, namespace))
}

function* superseded({ cluster }: Given, old: StoredRelease): Blocking<void> {
  yield* cluster.save({ ...old, info: { ...old.info, status: 'superseded' } }, false)
}

export const upgrade: Run = function* (given) {
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
  const release = newRelease(given, {
    name,
    namespace,
    version,
    chart,
    values,
    result,
    manifests,
    first: old.info.first_deployed,
    description: 'Upgrade complete',
  })
  if (flags.isSet('dry-run'))
    return yield* say(
      given,
      `Release "${name}" has been upgraded. Happy Helming!\n${summary({ ...release, info: { ...release.info, status: 'pending-upgrade', notes: '' } })}HOOKS:\nMANIFEST:\n${release.manifest}`,
    )
  yield* changed(given, old.manifest, release.manifest, name, namespace)
  yield* superseded(given, old)
  yield* cluster.save(release, true)
  yield* settled(given, manifests, namespace)
  yield* say(given, `Release "${name}" has been upgraded. Happy Helming!\n${summary(release)}`)
}

export const rollback: Run = function* (given) {
  const { args, cluster } = given
  need(given, 'rollback', 1, '<RELEASE> [REVISION] [flags]')
  const namespace = namespaceOf(given)
  const all = yield* cluster.releases(namespace, args[0])
  const old = all.findLast(({ info }) => info.status === 'deployed') ?? all.at(-1)
  if (!old) return fail('release: not found')
  const wanted = args[1] === undefined || args[1] === '0' ? old.version - 1 : Number(args[1])
  const target = all.find(({ version }) => version === wanted)
  if (!target) return fail(`release has no ${wanted} version`)
  const release: StoredRelease = {
    ...target,
    version: (all.at(-1)?.version ?? 0) + 1,
    info: {
      ...target.info,
      last_deployed: new Date(given.process.now()).toISOString(),
      status: 'deployed',
      description: `Rollback to ${wanted}`,
    },
  }
  yield* changed(given, old.manifest, release.manifest, release.name, namespace)
  yield* superseded(given, old)
  yield* cluster.save(release, true)
  yield* say(given, 'Rollback was a success! Happy Helming!\n')
}

export const uninstall: Run = function* (given) {
  const { args, flags, cluster } = given
  need(given, 'uninstall', 1, 'RELEASE_NAME [...] [flags]')
  const namespace = namespaceOf(given)
  for (const name of args) {
    const all = yield* cluster.releases(namespace, name)
    const last = all.at(-1)
    if (!last) return fail(`Error: uninstall: Release not loaded: ${name}: release: not found`.replace(/^Error: /, ''))
    for (const object of documents(last.manifest).reverse())
      yield* cluster.json('DELETE', `${yield* cluster.pathOf(object, namespace)}?propagationPolicy=Background`)
    if (flags.is('keep-history'))
      yield* cluster.save({ ...last, info: { ...last.info, status: 'uninstalled', description: 'Uninstallation complete' } }, false)
    else for (const one of all) yield* cluster.forget(one)
    yield* say(given, `release "${name}" uninstalled\n`)
  }
}
