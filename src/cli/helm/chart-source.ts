/**
 * Where a chart comes from (a folder, an archive, a repository, a URL), and the values given with it.
 */
import { UnixError } from '../../unix/errors.ts'
import type { Blocking, Process } from '../../unix/kernel/process.ts'
import { homeOf } from '../kubectl/kubeconfig.ts'
import { fromYaml } from '../yaml-input.ts'
import { fail, type Given } from './call.ts'
import { type Chart, loadChart } from './chart.ts'
import { overwritten } from './functions.ts'
import { download, indexOf, indexPath, repositories, write } from './repositories.ts'
import { setValues } from './set-values.ts'
import { compareVersions, satisfies } from './versions.ts'

/** A chart by its path, its name in a repository, or with --repo. */
export function* located(
  { process, flags }: Given,
  word: string,
): Blocking<{ readonly chart: Chart; readonly bytes?: Uint8Array; readonly file?: string }> {
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

export function* fetched(process: Process, repo: string, url: string, name: string, wanted: string) {
  const versions = indexOf(process, repo)[name] ?? []
  const found = [...versions]
    .sort((a, b) => compareVersions(b.version, a.version))
    .find(({ version }) => wanted === '' || version === wanted || satisfies(version, wanted))
  if (!found)
    fail(
      versions.length === 0
        ? `chart "${name}" not found in ${url} repository`
        : `chart "${name}" matching ${wanted} not found in ${repo} index. (try 'helm repo update'): no chart version found for ${name}-${wanted}`,
    )
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

export function givenValues({ process, flags }: Given, base: object = {}): Record<string, unknown> {
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
