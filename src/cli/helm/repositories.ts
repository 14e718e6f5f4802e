/**
 * `helm repo` and `helm search repo`: the learner's list of repositories, and the index that each of them publishes.
 */
import { request } from '../../base/http.ts'
import { UnixError } from '../../unix/errors.ts'
import type { Blocking, Process } from '../../unix/kernel/process.ts'
import { fetch, wholeBody } from '../../unix/network/fetch.ts'
import { homeOf } from '../kubectl/kubeconfig.ts'
import { fromYaml } from '../yaml-input.ts'
import { columns, fail, need, type Run, say } from './call.ts'
import { HelmError, isMap, type Metadata } from './chart.ts'

interface Repository {
  readonly name: string
  readonly url: string
}

const reposPath = (process: Process): string => process.env.HELM_REPOSITORY_CONFIG ?? `${homeOf(process)}/.config/helm/repositories.yaml`
export const indexPath = (process: Process, name: string): string => `${homeOf(process)}/.cache/helm/repository/${name}-index.yaml`

export function repositories(process: Process): Repository[] {
  if (!process.files.exists(reposPath(process))) return []
  const found = fromYaml(process.files.readText(reposPath(process)))
  return isMap(found) && Array.isArray(found.repositories) ? (found.repositories as Repository[]) : []
}

export function write(process: Process, path: string, content: string | Uint8Array): void {
  process.files.mkdir(path.slice(0, path.lastIndexOf('/')) || '/', { parents: true })
  process.files.writeFile(path, content)
}

function saveRepositories(process: Process, list: readonly Repository[]): void {
  write(
    process,
    reposPath(process),
    `apiVersion: ""\ngenerated: "0001-01-01T00:00:00Z"\nrepositories:\n${list.map(({ name, url }) => `- name: ${name}\n  url: ${url}\n`).join('')}`,
  )
}

export function* download(process: Process, url: string): Blocking<Uint8Array> {
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

export function indexOf(process: Process, name: string): Readonly<Record<string, readonly Listed[]>> {
  if (!process.files.exists(indexPath(process, name))) return {}
  const found = fromYaml(process.files.readText(indexPath(process, name)))
  return isMap(found) && isMap(found.entries) ? (found.entries as Record<string, readonly Listed[]>) : {}
}

export const repoAdd: Run = function* (given) {
  const { process, args, flags } = given
  need(given, 'repo add', 2, '[NAME] [URL] [flags]')
  const [name, url] = args
  const known = repositories(process)
  const same = known.find((one) => one.name === name)
  if (same && same.url === url && !flags.is('force-update'))
    return yield* say(given, `"${name}" already exists with the same configuration, skipping\n`)
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

export const repoList: Run = function* (given) {
  const known = repositories(given.process)
  if (known.length === 0) fail('no repositories to show')
  yield* say(given, columns([['NAME', 'URL'], ...known.map(({ name, url }) => [name, url])]))
}

export const repoUpdate: Run = function* (given) {
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

export const repoRemove: Run = function* (given) {
  need(given, 'repo remove', 1, '[REPO1 [REPO2 ...]] [flags]')
  for (const name of given.args) {
    const known = repositories(given.process)
    if (!known.some((one) => one.name === name)) fail(`no repo named "${name}" found`)
    saveRepositories(
      given.process,
      known.filter((one) => one.name !== name),
    )
    yield* say(given, `"${name}" has been removed from your repositories\n`)
  }
}

export const searchRepo: Run = function* (given) {
  const { process, flags, args } = given
  const known = repositories(process)
  if (known.length === 0) fail('no repositories configured')
  const rows = known
    .flatMap(({ name: repo }) =>
      Object.values(indexOf(process, repo)).flatMap((versions) =>
        (flags.is('versions') ? versions : versions.slice(0, 1)).map((one) => [
          `${repo}/${one.name}`,
          one.version,
          one.appVersion ?? '',
          one.description ?? '',
        ]),
      ),
    )
    .filter((row) => args.every((word) => row[0].includes(word) || row[3].toLowerCase().includes(word.toLowerCase())))
  if (flags.text('output') === 'json')
    return yield* say(
      given,
      `${JSON.stringify(rows.map(([name, version, app, description]) => ({ name, version, app_version: app, description })))}\n`,
    )
  if (rows.length === 0) return yield* say(given, 'No results found\n')
  const shortened = rows.map((row) => row.map((cell) => (cell.length > 50 ? `${cell.slice(0, 49)}...` : cell)))
  yield* say(given, columns([['NAME', 'CHART VERSION', 'APP VERSION', 'DESCRIPTION'], ...shortened]))
}
