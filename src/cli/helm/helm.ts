/**
 * Helm 3.18 as a program. Charts are read from disk or from the repositories of the sandbox, rendered here, and their objects sent to the API server;
 * what was installed is kept in Secrets, as by the real one. Not simulated: plugins, registries (OCI), signatures, hooks other than being shown.
 */
import { err, out, type Process, type Running } from '../../unix/kernel/process.ts'
import { type Flag, FlagError, HelpWanted, parseFlags } from '../flags.ts'
import { ConnectionError, Refusal, StatusError } from '../kubectl/refusal.ts'
import { sayUnused } from '../unused-flags.ts'
import { type Run, say } from './call.ts'
import { create, dependencyList, dependencyUpdate, lint, packageRun, pull, show, templateRun } from './chart-commands.ts'
import { HelmError } from './chart.ts'
import { install, rollback, uninstall, upgrade } from './install.ts'
import { getAll, getManifest, getNotes, getValues, history, list, status } from './releases-report.ts'
import { Cluster } from './releases.ts'
import { repoAdd, repoList, repoRemove, repoUpdate, searchRepo } from './repositories.ts'

const flagList: readonly Flag[] = [
  ...[
    'kubeconfig',
    'kube-context',
    'context',
    'cluster',
    'user',
    'server',
    'token',
    'as',
    'version',
    'repo',
    'destination',
    'description',
    'timeout',
    'date-format',
    'app-version',
    'filter',
    'kube-version',
    'starter',
    'username',
    'password',
    'max-col-width',
    'history-max',
    'as-uid',
    'certificate-authority',
    'client-certificate',
    'client-key',
    'tls-server-name',
  ].map((name): Flag => ({ name, type: 'string' })),
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
  ...[
    'create-namespace',
    'wait',
    'atomic',
    'debug',
    'reuse-values',
    'reset-values',
    'untar',
    'keep-history',
    'force-update',
    'include-crds',
    'skip-crds',
    'devel',
    'force',
    'cleanup-on-fail',
    'strict',
    'no-headers',
    'template-only',
    'wait-for-jobs',
    'no-hooks',
    'ignore-not-found',
    'skip-tests',
    'pass-credentials',
    'insecure-skip-tls-verify',
    'disable-openapi-validation',
    'client',
    'deployed',
    'failed',
    'pending',
    'superseded',
    'uninstalled',
    'show-resources',
    'hide-notes',
    'is-upgrade',
    'validate',
    'take-ownership',
    'render-subchart-notes',
  ].map((name): Flag => ({ name, type: 'bool' })),
  { name: 'revision', type: 'int' },
  { name: 'template', type: 'string' },
  { name: 'max', type: 'int', value: '256' },
]

export const version: Run = function* (given) {
  const text = 'v3.18.4'
  const template = given.flags.text('template')
  if (template !== '') return yield* say(given, template.replace(/\{\{\s*\.Version\s*\}\}/g, text))
  if (given.flags.is('short')) return yield* say(given, `${text}+gd80839c\n`)
  yield* say(
    given,
    `version.BuildInfo{Version:"${text}", GitCommit:"d80839cf37d860c8aa9a0503fe463278f26cd5e2", GitTreeState:"clean", GoVersion:"go1.24.4"}\n`,
  )
}

const commands: Readonly<Record<string, Run>> = {
  install,
  upgrade,
  rollback,
  uninstall,
  delete: uninstall,
  del: uninstall,
  un: uninstall,
  list,
  ls: list,
  status,
  history,
  hist: history,
  template: templateRun,
  lint,
  create,
  pull,
  fetch: pull,
  package: packageRun,
  version,
  'repo add': repoAdd,
  'repo list': repoList,
  'repo ls': repoList,
  'repo update': repoUpdate,
  'repo up': repoUpdate,
  'repo remove': repoRemove,
  'repo rm': repoRemove,
  'search repo': searchRepo,
  'show chart': show('chart'),
  'show values': show('values'),
  'show readme': show('readme'),
  'show all': show('all'),
  'inspect values': show('values'),
  'inspect chart': show('chart'),
  'get values': getValues,
  'get manifest': getManifest,
  'get notes': getNotes,
  'get all': getAll,
  'dependency update': dependencyUpdate,
  'dependency build': dependencyUpdate,
  'dependency list': dependencyList,
  'dep update': dependencyUpdate,
  'dep up': dependencyUpdate,
  'dep build': dependencyUpdate,
  'dep list': dependencyList,
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
      if (
        ['plugin', 'registry', 'push', 'test', 'verify', 'env', 'completion', 'search', 'repo', 'show', 'get', 'dependency'].includes(name)
      )
        yield* err(process, `Error: helm ${flags.args.join(' ')} is not simulated in this sandbox\n`)
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
