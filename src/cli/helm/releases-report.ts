/**
 * What helm tells of installed releases: `list`, `status`, `history`, `get`.
 */
import type { Blocking } from '../../unix/kernel/process.ts'
import { goYaml } from '../go-yaml.ts'
import { columns, fail, type Given, longDate, need, type Run, say } from './call.ts'
import { overwritten } from './functions.ts'
import { namespaceOf, summary } from './install.ts'
import type { StoredRelease } from './releases.ts'

const goTime = (iso: string): string => iso.replace('T', ' ').replace('Z', '000000 +0000 UTC')

export const list: Run = function* (given) {
  const { flags, cluster } = given
  const everything = yield* cluster.releases(flags.is('all-namespaces') ? undefined : namespaceOf(given))
  const latest = new Map<string, StoredRelease>()
  for (const one of everything) latest.set(`${one.namespace}/${one.name}`, one)
  const shown = [...latest.values()]
    .filter(
      ({ info, name }) =>
        (flags.is('all') || info.status === 'deployed' || info.status === 'failed') &&
        (flags.text('filter') === '' || new RegExp(flags.text('filter')).test(name)),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const rows = shown.map(({ name, namespace, version, info, chart }) => [
    name,
    namespace,
    String(version),
    goTime(info.last_deployed),
    info.status,
    `${chart.metadata.name}-${chart.metadata.version}`,
    chart.metadata.appVersion ?? '',
  ])
  if (flags.is('short')) return yield* say(given, shown.map(({ name }) => `${name}\n`).join(''))
  const titles = ['NAME', 'NAMESPACE', 'REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION']
  if (flags.text('output') === 'json')
    return yield* say(
      given,
      `${JSON.stringify(rows.map((row) => Object.fromEntries(row.map((cell, at) => [titles[at].toLowerCase().replace(' ', '_'), cell]))))}\n`,
    )
  if (flags.text('output') === 'yaml')
    return yield* say(
      given,
      goYaml(rows.map((row) => Object.fromEntries(row.map((cell, at) => [titles[at].toLowerCase().replace(' ', '_'), cell])))),
    )
  yield* say(given, columns(flags.is('no-headers') ? rows : [titles, ...rows]))
}

function* oneRelease(given: Given): Blocking<StoredRelease> {
  const { args, flags, cluster } = given
  need(given, 'status', 1, 'RELEASE_NAME [flags]')
  const all = yield* cluster.releases(namespaceOf(given), args[0])
  const found = flags.isSet('revision') ? all.find(({ version }) => version === flags.number('revision')) : all.at(-1)
  return found ?? fail('release: not found')
}

export const status: Run = function* (given) {
  const release = yield* oneRelease(given)
  if (given.flags.text('output') === 'json') return yield* say(given, `${JSON.stringify(release)}\n`)
  yield* say(given, summary(release))
}

export const history: Run = function* (given) {
  const all = yield* given.cluster.releases(namespaceOf(given), given.args[0])
  if (all.length === 0) fail('release: not found')
  const rows = all
    .slice(-given.flags.number('max'))
    .map(({ version, info, chart }) => [
      String(version),
      longDate(info.last_deployed),
      info.status,
      `${chart.metadata.name}-${chart.metadata.version}`,
      chart.metadata.appVersion ?? '',
      info.description,
    ])
  yield* say(given, columns([['REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION', 'DESCRIPTION'], ...rows]))
}

export const getValues: Run = function* (given) {
  const release = yield* oneRelease(given)
  const isAll = given.flags.is('all')
  const values = isAll ? overwritten(overwritten({}, release.chart.values), release.config) : release.config
  if (given.flags.text('output') === 'json') return yield* say(given, `${JSON.stringify(values)}\n`)
  const title = given.flags.text('output') === 'yaml' ? '' : isAll ? 'COMPUTED VALUES:\n' : 'USER-SUPPLIED VALUES:\n'
  yield* say(
    given,
    title +
      (Object.keys(values).length === 0 ? (isAll ? '{}\n' : given.flags.text('output') === 'yaml' ? '{}\n' : 'null\n') : goYaml(values)),
  )
}

export const getManifest: Run = function* (given) {
  yield* say(given, `${(yield* oneRelease(given)).manifest}\n`)
}

export const getNotes: Run = function* (given) {
  const { info } = yield* oneRelease(given)
  yield* say(given, `NOTES:\n${info.notes.trimEnd()}\n`)
}

export const getAll: Run = function* (given) {
  const release = yield* oneRelease(given)
  yield* say(
    given,
    `${summary({ ...release, info: { ...release.info, notes: '' } }).replace('TEST SUITE: None\n', `CHART: ${release.chart.metadata.name}\nVERSION: ${release.chart.metadata.version}\nAPP_VERSION: ${release.chart.metadata.appVersion ?? ''}\n`)}USER-SUPPLIED VALUES:\n${Object.keys(release.config).length === 0 ? 'null\n' : goYaml(release.config)}\nCOMPUTED VALUES:\n${goYaml(overwritten(overwritten({}, release.chart.values), release.config))}\nHOOKS:\nMANIFEST:\n${release.manifest}\nNOTES:\n${release.info.notes}`,
  )
}
