/**
 * Commands on charts that need no cluster: `template`, `lint`, `create`, `show`, `pull`, `package`, `dependency`.
 */
import { gzipSync } from 'fflate'
import { bytesOf } from '../../base/bytes.ts'
import { tarOf } from '../../base/tar.ts'
import { err } from '../../unix/kernel/process.ts'
import { columns, fail, need, type Run, say } from './call.ts'
import { fetched, givenValues, located } from './chart-source.ts'
import { HelmError, loadChart } from './chart.ts'
import { rendered } from './install.ts'
import { download, indexPath, write } from './repositories.ts'
import { scaffold } from './scaffold.ts'

export const templateRun: Run = function* (given) {
  const { flags, args } = given
  need(given, 'template', 1, '[NAME] [CHART] [flags]')
  const { chart } = yield* located(given, args.at(-1) ?? '')
  const name = args.length > 1 ? args[0] : 'release-name'
  const { manifests } = rendered(
    given,
    chart,
    givenValues(given),
    { name, namespace: flags.text('namespace') || 'default', revision: 1, isUpgrade: false },
    flags.list('api-versions'),
  )
  const only = flags.list('show-only')
  const shown = [...manifests.filter(({ isHook }) => !isHook), ...manifests.filter(({ isHook }) => isHook && !flags.is('no-hooks'))].filter(
    ({ source }) => only.length === 0 || only.some((path) => source.endsWith(`/${path}`)),
  )
  if (only.length > 0 && shown.length === 0) fail(`could not find template ${only[0]} in chart`)
  yield* say(given, shown.map(({ source, text }) => `---\n# Source: ${source}\n${text}\n`).join(''))
}

export const lint: Run = function* (given) {
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

export const create: Run = function* (given) {
  need(given, 'create', 1, 'NAME [flags]')
  const { process, args } = given
  const name = args[0].replace(/.*\//, '')
  yield* say(given, `Creating ${args[0]}\n`)
  process.files.mkdir(`${process.path(args[0])}/charts`, { parents: true })
  for (const [path, text] of scaffold(name)) write(process, `${process.path(args[0])}/${path}`, text)
}

export function show(what: 'chart' | 'values' | 'readme' | 'all'): Run {
  return function* (given) {
    need(given, `show ${what}`, 1, '[CHART] [flags]')
    const { chart } = yield* located(given, given.args[0])
    const part = (path: string): string => chart.files.get(path) ?? ''
    const text = {
      chart: part('Chart.yaml'),
      values: part('values.yaml'),
      readme: part('README.md'),
      all: `${part('Chart.yaml')}\n---\n${part('values.yaml')}\n---\n${part('README.md')}`,
    }[what]
    yield* say(given, text.endsWith('\n') ? text : `${text}\n`)
  }
}

export const pull: Run = function* (given) {
  need(given, 'pull', 1, '[chart URL | repo/chartname] [...] [flags]')
  const { process, flags, args } = given
  const { chart, bytes, file } = yield* located(given, args[0])
  const folder = process.path(flags.text('destination') || '.')
  if (flags.is('untar')) for (const [path, text] of chart.files) write(process, `${folder}/${chart.metadata.name}/${path}`, text)
  else if (bytes && file) write(process, `${folder}/${file}`, bytes)
}

export const packageRun: Run = function* (given) {
  need(given, 'package', 1, '[CHART_PATH] [...] [flags]')
  const { process, flags, args } = given
  for (const path of args) {
    const chart = loadChart(process, path)
    const version = flags.text('version') || chart.metadata.version
    const file = `${process.path(flags.text('destination') || '.')}/${chart.metadata.name}-${version}.tgz`
    const entries = [...chart.files].map(([name, text]) => ({
      path: `${chart.metadata.name}/${name}`,
      kind: 'file' as const,
      mode: 0o644,
      uid: 0,
      gid: 0,
      modifiedMs: process.now(),
      content: bytesOf(name === 'Chart.yaml' ? text.replace(/^version:.*$/m, `version: ${version}`) : text),
      target: '',
    }))
    write(process, file, gzipSync(tarOf(entries), { mtime: 0 }))
    yield* say(given, `Successfully packaged chart and saved it to: ${file}\n`)
  }
}

export const dependencyUpdate: Run = function* (given) {
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

export const dependencyList: Run = function* (given) {
  const chart = loadChart(given.process, given.args[0] ?? '.')
  const wanted = chart.metadata.dependencies ?? []
  if (wanted.length === 0) return yield* err(given.process, `WARNING: no dependencies at ${given.args[0] ?? '.'}/charts\n`)
  yield* say(
    given,
    columns([
      ['NAME', 'VERSION', 'REPOSITORY', 'STATUS'],
      ...wanted.map(({ name, version, repository = '' }) => [
        name,
        version,
        repository,
        chart.dependencies.some((one) => one.metadata.name === name) ? 'ok' : 'missing',
      ]),
    ]),
  )
}
