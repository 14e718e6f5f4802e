/** `kubectl config …`: reads and changes kubeconfig files, never the server. */
import { base64Of, bytesOf, textOf } from '../../base/bytes.ts'
import type { Blocking } from '../../unix/kernel/process.ts'
import { UnixError } from '../../unix/errors.ts'
import { aligned, getStyle } from '../table.ts'
import type { Call } from './call.ts'
import { copied, type Json } from './json.ts'
import { type Config, configPaths, documentOf, emptyConfig, loadConfig, readConfig, writeConfig } from './kubeconfig.ts'
import { printer } from './printer.ts'
import { Refusal, throwAll } from './refusal.ts'

type Run = (call: Call) => Blocking<void>

/** The file that an entry is written to: where it came from, else the first that exists, else the last named. */
function fileFor(call: Call, config: Config, entry: string): string {
  const known = config.origins.get(entry)
  if (known !== undefined) return known
  const paths = configPaths(call.process, call.flags)
  return paths.find((path) => call.process.files.exists(call.process.path(path))) ?? paths[paths.length - 1]
}

/** Changes one file; other files of the merge stay as they are. */
function changeFile(call: Call, path: string, change: (config: Config) => void): void {
  const config = readConfig(call.process, path) ?? emptyConfig()
  change(config)
  writeConfig(call.process, path, config)
}

function noConfigYet(call: Call): Config {
  const { flags, process } = call
  if (flags.text('kubeconfig') !== '') return readConfig(process, flags.text('kubeconfig')) ?? emptyConfig()
  return loadConfig(process, flags)
}

const view: Run = function* (call) {
  const { flags } = call
  if (call.args.length > 0) throw call.usage(`unexpected arguments: [${call.args.join(' ')}]`)
  let config = loadConfig(call.process, flags)
  const context = flags.text('context')
  if (flags.is('minify')) config = minified(config, context || config.currentContext)
  if (flags.is('flatten')) flatten(call, config)
  let document = copied(documentOf(config))
  if (!flags.is('raw')) document = redacted(document)
  yield* call.out(printer(call, { isTyped: true })(document))
}

function minified(config: Config, name: string): Config {
  if (name === '') throw new Refusal('current-context must exist in order to minify')
  const context = config.contexts.get(name)
  if (!context) throw new Refusal(`cannot locate context ${name}`)
  const small = emptyConfig()
  small.currentContext = name
  small.contexts.set(name, context)
  const cluster = config.clusters.get(context.cluster)
  if (cluster) small.clusters.set(context.cluster, cluster)
  const user = config.users.get(context.user)
  if (user) small.users.set(context.user, user)
  return small
}

function flatten(call: Call, config: Config): void {
  const inline = (entry: Record<string, Json>, file: string, data: string): void => {
    if (!entry[file]) return
    entry[data] = base64Of(readBytes(call, entry[file]))
    delete entry[file]
  }
  for (const cluster of config.clusters.values()) inline(cluster, 'certificate-authority', 'certificate-authority-data')
  for (const user of config.users.values()) {
    inline(user, 'client-certificate', 'client-certificate-data')
    inline(user, 'client-key', 'client-key-data')
  }
}

function readBytes({ process }: Call, path: string): Uint8Array {
  try {
    return process.files.readFile(process.path(path), process.credentials)
  } catch (error) {
    if (error instanceof UnixError)
      throw new Refusal(
        `could not read data from ${path}: open ${path}: ${error.words.toLowerCase()}`.replace(/^could not read data from \S+ /, ''),
      )
    throw error
  }
}

function redacted(document: Json): Json {
  for (const { cluster } of document.clusters ?? [])
    if (cluster['certificate-authority-data'] !== undefined) cluster['certificate-authority-data'] = 'DATA+OMITTED'
  for (const { user } of document.users ?? []) {
    for (const field of ['client-certificate-data', 'client-key-data']) if (user[field] !== undefined) user[field] = 'DATA+OMITTED'
    for (const field of ['token', 'password']) if (user[field] !== undefined) user[field] = 'REDACTED'
  }
  return document
}

const currentContext: Run = function* (call) {
  const { currentContext: name } = loadConfig(call.process, call.flags)
  if (name === '') throw new Refusal('current-context is not set')
  yield* call.out(`${name}\n`)
}

/** Most of these commands answer a wrong number of words with their whole help. */
function* helpAndRefuse(call: Call, word = 'Unexpected'): Blocking<void> {
  yield* call.help()
  throw new Refusal(`${word} args: [${call.args.join(' ')}]`)
}

const getContexts: Run = function* (call) {
  const { flags, args } = call
  const config = loadConfig(call.process, flags)
  const output = flags.text('output')
  if (output !== '' && output !== 'name') throw new Refusal(`output must be one of '' or 'name': ${output}`)
  const names = args.length > 0 ? [...args] : [...config.contexts.keys()]
  const missing = names.filter((name) => !config.contexts.has(name))
  const shown = names.filter((name) => config.contexts.has(name)).sort()
  if (output === 'name') yield* call.out(shown.map((name) => `${name}\n`).join(''))
  else {
    const rows = shown.map((name) => {
      const context = config.contexts.get(name)
      return `${name === config.currentContext ? '*' : ''}\t${name}\t${context?.cluster ?? ''}\t${context?.user ?? ''}\t${context?.namespace ?? ''}\n`
    })
    yield* call.out(
      aligned([...(flags.is('no-headers') ? [] : ['CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n']), ...rows].join(''), getStyle),
    )
  }
  throwAll(missing.map((name) => new Refusal(`context ${name} not found`)))
}

function listNames(room: 'clusters' | 'users'): Run {
  return function* (call) {
    const config = loadConfig(call.process, call.flags)
    yield* call.out(
      `NAME\n${[...config[room].keys()]
        .sort()
        .map((name) => `${name}\n`)
        .join('')}`,
    )
  }
}

const useContext: Run = function* (call) {
  if (call.args.length !== 1) return yield* helpAndRefuse(call)
  const config = noConfigYet(call)
  const [name] = call.args
  if (!config.contexts.has(name)) throw new Refusal(`no context exists with the name: ${JSON.stringify(name)}`)
  changeFile(call, fileFor(call, config, 'current-context'), (file) => {
    file.currentContext = name
  })
  yield* call.out(`Switched to context ${JSON.stringify(name)}.\n`)
}

const setContext: Run = function* (call) {
  const { flags, args } = call
  const config = noConfigYet(call)
  if (flags.is('current') && args.length > 0) throw new Refusal('you cannot specify both a context name and --current')
  if (!flags.is('current') && args.length > 1) return yield* helpAndRefuse(call)
  if (!flags.is('current') && args.length === 0) throw new Refusal('you must specify a non-empty context name or --current')
  const name = flags.is('current') ? config.currentContext : args[0]
  if (name === '')
    throw new Refusal(flags.is('current') ? 'no current context is set' : 'you must specify a non-empty context name or --current')
  const isNew = !config.contexts.has(name)
  changeFile(call, fileFor(call, config, `contexts/${name}`), (file) => {
    const context = { cluster: '', user: '', ...file.contexts.get(name) }
    if (flags.isSet('cluster')) context.cluster = flags.text('cluster')
    if (flags.isSet('user')) context.user = flags.text('user')
    if (flags.isSet('namespace')) context.namespace = flags.text('namespace')
    file.contexts.set(name, context)
  })
  yield* call.out(`Context ${JSON.stringify(name)} ${isNew ? 'created' : 'modified'}.\n`)
}

const setCluster: Run = function* (call) {
  const { flags, args } = call
  if (args.length !== 1) return yield* helpAndRefuse(call)
  const [name] = args
  const config = noConfigYet(call)
  changeFile(call, fileFor(call, config, `clusters/${name}`), (file) => {
    const cluster: Record<string, Json> = { ...file.clusters.get(name) }
    if (flags.isSet('server')) cluster.server = flags.text('server').replace(/\/+$/, '')
    if (flags.isSet('tls-server-name')) cluster['tls-server-name'] = flags.text('tls-server-name')
    if (flags.isSet('proxy-url')) cluster['proxy-url'] = flags.text('proxy-url')
    if (flags.isSet('insecure-skip-tls-verify')) {
      cluster['insecure-skip-tls-verify'] = flags.is('insecure-skip-tls-verify')
      if (flags.is('insecure-skip-tls-verify')) {
        delete cluster['certificate-authority']
        delete cluster['certificate-authority-data']
      }
    }
    if (flags.isSet('certificate-authority')) {
      const path = flags.text('certificate-authority')
      delete cluster['insecure-skip-tls-verify']
      if (flags.is('embed-certs')) cluster['certificate-authority-data'] = base64Of(readBytes(call, path))
      else cluster['certificate-authority'] = call.process.path(path)
    }
    file.clusters.set(name, cluster)
  })
  yield* call.out(`Cluster ${JSON.stringify(name)} set.\n`)
}

const setCredentials: Run = function* (call) {
  const { flags, args } = call
  if (args.length !== 1) return yield* helpAndRefuse(call, 'unexpected')
  const [name] = args
  if (flags.isSet('token') && flags.isSet('username'))
    throw new Refusal(
      'you cannot specify more than one authentication method at the same time: --token, --username/--password'.replace(
        'more than one authentication method at the same time: --token, --username/--password',
        'both --token and --username',
      ),
    )
  const config = noConfigYet(call)
  changeFile(call, fileFor(call, config, `users/${name}`), (file) => {
    const user: Record<string, Json> = { ...file.users.get(name) }
    for (const [flag, data] of [
      ['client-certificate', 'client-certificate-data'],
      ['client-key', 'client-key-data'],
    ] as const) {
      if (!flags.isSet(flag)) continue
      const path = flags.text(flag)
      if (flags.is('embed-certs')) {
        user[data] = base64Of(readBytes(call, path))
        delete user[flag]
      } else {
        user[flag] = call.process.path(path)
        delete user[data]
      }
    }
    for (const flag of ['token', 'username', 'password']) if (flags.isSet(flag)) user[flag] = flags.text(flag)
    if (flags.isSet('exec-command')) {
      user.exec = {
        apiVersion: flags.text('exec-api-version') || 'client.authentication.k8s.io/v1',
        args: flags.list('exec-arg').length > 0 ? flags.list('exec-arg') : null,
        command: flags.text('exec-command'),
        env:
          flags.list('exec-env').length > 0
            ? flags.list('exec-env').map((pair) => ({ name: pair.split('=')[0], value: pair.slice(pair.indexOf('=') + 1) }))
            : null,
        interactiveMode: flags.text('exec-interactive-mode') || 'IfAvailable',
        provideClusterInfo: flags.is('exec-provide-cluster-info'),
      }
    }
    file.users.set(name, user)
  })
  yield* call.out(`User ${JSON.stringify(name)} set.\n`)
}

const renameContext: Run = function* (call) {
  if (call.args.length !== 2) return yield* helpAndRefuse(call)
  const [from, to] = call.args
  const config = noConfigYet(call)
  const context = config.contexts.get(from)
  if (!context)
    throw new Refusal(`cannot rename the context ${JSON.stringify(from)}, it's not in ${fileFor(call, config, `contexts/${from}`)}`)
  if (config.contexts.has(to))
    throw new Refusal(
      `cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${fileFor(call, config, `contexts/${to}`)}`,
    )
  changeFile(call, fileFor(call, config, `contexts/${from}`), (file) => {
    file.contexts.delete(from)
    file.contexts.set(to, context)
    if (file.currentContext === from) file.currentContext = to
  })
  yield* call.out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`)
}

function removal(room: 'clusters' | 'contexts' | 'users', word: string): Run {
  return function* (call) {
    if (call.args.length !== 1) {
      if (room === 'users') throw call.usage('user to delete is required')
      return yield* call.help()
    }
    const [name] = call.args
    const config = noConfigYet(call)
    const path = fileFor(call, config, `${room}/${name}`)
    if (!config[room].has(name)) throw new Refusal(`cannot delete ${word} ${name}, not in ${path}`)
    changeFile(call, path, (file) => {
      file[room].delete(name)
    })
    if (room === 'contexts' && config.currentContext === name)
      yield* call.err('warning: this removed your active context, use "kubectl config use-context" to select a different one\n')
    yield* call.out(`deleted ${word} ${name} from ${path}\n`)
  }
}

/** `users.cluster-admin.token`, `current-context`, `contexts.my.namespace`. */
function propertyPath(
  call: Call,
  config: Config,
  path: string,
): { room: 'clusters' | 'contexts' | 'users' | 'current-context'; name: string; field: string } {
  if (path === 'current-context') return { room: 'current-context', name: '', field: '' }
  const [room, ...rest] = path.split('.')
  if (room !== 'clusters' && room !== 'contexts' && room !== 'users') throw new Refusal(`unable to parse ${path} after [] at api.Config`)
  void call
  const whole = rest.join('.')
  const known = [...config[room].keys()].find((name) => whole === name || whole.startsWith(`${name}.`))
  if (known !== undefined) return { room, name: known, field: whole.slice(known.length + 1) }
  return { room, name: rest.slice(0, -1).join('.') || whole, field: rest.length > 1 ? (rest.at(-1) ?? '') : '' }
}

const set: Run = function* (call) {
  if (call.args.length !== 2) return yield* helpAndRefuse(call)
  const [path, value] = call.args
  const config = noConfigYet(call)
  const { room, name, field } = propertyPath(call, config, path)
  changeFile(call, fileFor(call, config, room === 'current-context' ? room : `${room}/${name}`), (file) => {
    if (room === 'current-context') file.currentContext = value
    else {
      const entries: Map<string, Json> = file[room]
      const entry = { ...(entries.get(name) ?? (room === 'contexts' ? { cluster: '', user: '' } : {})) }
      entry[field] =
        field.endsWith('-data') && call.flags.is('set-raw-bytes')
          ? base64Of(bytesOf(value))
          : value === 'true'
            ? true
            : value === 'false'
              ? false
              : value
      entries.set(name, entry)
    }
  })
  yield* call.out(`Property ${JSON.stringify(path)} set.\n`)
}

const unset: Run = function* (call) {
  if (call.args.length !== 1) return yield* helpAndRefuse(call)
  const [path] = call.args
  const config = noConfigYet(call)
  const { room, name, field } = propertyPath(call, config, path)
  if (room !== 'current-context' && field !== '' && !config[room].has(name)) throw new Refusal(`current map key \`${name}\` is invalid`)
  changeFile(call, fileFor(call, config, room === 'current-context' ? room : `${room}/${name}`), (file) => {
    if (room === 'current-context') file.currentContext = ''
    else if (field === '') file[room].delete(name)
    else {
      const entries: Map<string, Json> = file[room]
      const { [field]: _, ...rest } = entries.get(name) ?? {}
      entries.set(name, rest)
    }
  })
  yield* call.out(`Property ${JSON.stringify(path)} unset.\n`)
}

export const configCommands: Readonly<Record<string, Run>> = {
  'config view': view,
  'config current-context': currentContext,
  'config get-contexts': getContexts,
  'config get-clusters': listNames('clusters'),
  'config get-users': listNames('users'),
  'config use-context': useContext,
  'config set-context': setContext,
  'config set-cluster': setCluster,
  'config set-credentials': setCredentials,
  'config rename-context': renameContext,
  'config delete-context': removal('contexts', 'context'),
  'config delete-cluster': removal('clusters', 'cluster'),
  'config delete-user': removal('users', 'user'),
  'config set': set,
  'config unset': unset,
}

export { textOf }
