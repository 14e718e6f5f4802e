/** Tab completion for kubectl: commands, flags, types, and the names that live on the server right now. */
import type { Complete } from '../../unix/shell/completion.ts'
import { type Blocking, type Process } from '../../unix/kernel/process.ts'
import { FlagError, Flags, HelpWanted, parseFlags } from '../flags.ts'
import { Call } from './call.ts'
import { type Discovery, nameWithGroup, pathOf } from './discovery.ts'
import type { Json } from './json.ts'
import { childrenOf, findCommand, flagsOf } from './commands-tree.ts'
import { loadConfig } from './kubeconfig.ts'
import { ConnectionError, Refusal, StatusError } from './refusal.ts'

export const completeKubectl: Complete = function* (words, index, process) {
  const word = words[index] ?? ''
  const before = words.slice(1, index)
  const { path, rest } = findCommand(before)
  const flags = flagsOf(path)
  const previous = words[index - 1] ?? ''
  try {
    const valueOf =
      previous.startsWith('-') && !previous.includes('=')
        ? flags.find(({ name, shorthand }) => `--${name}` === previous || `-${shorthand}` === previous)
        : undefined
    if (valueOf && valueOf.type !== 'bool' && !valueOf.implied) return matching(yield* flagValues(process, path, valueOf.name, rest), word)
    if (word.startsWith('-'))
      return matching(
        flags.flatMap(({ name, type, implied }) => [`--${name}${type === 'bool' || implied ? '' : '='}`]),
        word,
      )
    const children = childrenOf(path).filter((name) => name !== 'options')
    const call = callFor(process, path, rest)
    if (children.length > 0 && call.args.length === 0) {
      const found = matching(children, word)
      if (found.length > 0 || path !== 'create') return found
    }
    return matching(yield* values(call, path, word), word)
  } catch (error) {
    // A server that is away completes nothing; that is all one expects of a Tab.
    if (error instanceof ConnectionError || error instanceof StatusError || error instanceof Refusal) return []
    throw error
  }
}

function matching(words: readonly string[], start: string): string[] {
  return [...new Set(words)].filter((word) => word.startsWith(start)).sort()
}

function callFor(process: Process, path: string, rest: readonly string[]): Call {
  let flags: Flags
  try {
    flags = parseFlags(rest, flagsOf(path))
  } catch (error) {
    if (!(error instanceof FlagError || error instanceof HelpWanted)) throw error
    flags = parseFlags([], flagsOf(path))
  }
  return new Call(process, `kubectl ${path}`, flags, rest)
}

function* flagValues(process: Process, path: string, name: string, rest: readonly string[]): Blocking<string[]> {
  const call = callFor(process, path, rest.slice(0, -1))
  if (name === 'namespace') return yield* namesOf(call, 'namespaces')
  if (name === 'context') return [...loadConfig(process, call.flags).contexts.keys()]
  if (name === 'cluster') return [...loadConfig(process, call.flags).clusters.keys()]
  if (name === 'user') return [...loadConfig(process, call.flags).users.keys()]
  if (name === 'container') return yield* containersOf(call)
  if (name === 'output') return ['json', 'yaml', 'name', 'wide', 'jsonpath=', 'go-template=', 'custom-columns=']
  if (name === 'dry-run') return ['none', 'client', 'server']
  if (name === 'restart') return ['Always', 'OnFailure', 'Never']
  return []
}

const byType = new Set(['get', 'describe', 'delete', 'edit', 'label', 'annotate', 'patch', 'wait'])
const fixed: Readonly<Record<string, readonly string[]>> = {
  scale: ['deployments', 'replicasets', 'statefulsets', 'replicationcontrollers'],
  autoscale: ['deployments', 'replicasets', 'statefulsets', 'replicationcontrollers'],
  expose: ['deployments', 'pods', 'replicasets', 'replicationcontrollers', 'services'],
  taint: ['nodes'],
}

function* values(call: Call, path: string, word: string): Blocking<string[]> {
  const { args } = call
  if (path.startsWith('config ')) {
    const config = loadConfig(call.process, call.flags)
    if (/context/.test(path)) return [...config.contexts.keys()]
    if (/cluster/.test(path)) return [...config.clusters.keys()]
    return /user|credentials/.test(path) ? [...config.users.keys()] : []
  }
  if (['logs', 'exec', 'attach', 'port-forward', 'debug', 'cp'].includes(path)) return args.length === 0 ? yield* namesOf(call, 'pods') : []
  if (['cordon', 'uncordon', 'drain', 'top node'].includes(path)) return yield* namesOf(call, 'nodes')
  if (path === 'top pod') return yield* namesOf(call, 'pods')
  if (path === 'explain') return typesOf(yield* call.discovery())
  const types = path.startsWith('rollout ')
    ? ['deployments', 'daemonsets', 'statefulsets']
    : path.startsWith('set ')
      ? ['deployments', 'daemonsets', 'statefulsets', 'pods', 'cronjobs', 'replicasets']
      : fixed[path]
  if (!types && !byType.has(path)) return []
  if (word.includes('/')) {
    const [type] = word.split('/')
    return (yield* namesOf(call, type)).map((name) => `${type}/${name}`)
  }
  if (args.length === 0) return types ? [...types] : typesOf(yield* call.discovery())
  return yield* namesOf(call, args[0])
}

function typesOf(discovery: Discovery): string[] {
  return discovery.preferred
    .filter(({ verbs }) => verbs.includes('get'))
    .map((resource) =>
      ['', 'apps', 'batch', 'autoscaling', 'policy'].includes(resource.group) && discovery.named(resource.plural) === resource
        ? nameWithGroup(resource)
        : nameWithGroup(resource),
    )
}

function* namesOf(call: Call, type: string): Blocking<string[]> {
  const resource = yield* call.resource(type)
  if (!resource) return []
  const list = yield* call.api.get(pathOf(resource, resource.isNamespaced ? call.namespace : undefined))
  return (list.items ?? []).map(({ metadata }: Json) => metadata.name)
}

function* containersOf(call: Call): Blocking<string[]> {
  const [name] = call.args
  if (name === undefined) return []
  const pod = yield* call.api.get(`/api/v1/namespaces/${call.namespace}/pods/${name.replace(/^pods?\//, '')}`)
  return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map((container: Json) => container.name)
}
