/**
 * `docker buildx bake`: targets of a definition file, built one after the other by `docker buildx build`, as whose builds they are told.
 * Without a file named it looks for compose's and its own, in that order, as the real one does.
 */
import { start } from '../../unix/kernel/execute.ts'
import { type Blocking, ended, err, out, type Process } from '../../unix/kernel/process.ts'
import type { Flags } from '../flags.ts'
import { goJson } from '../go-json.ts'
import { chosen, definitionsOf, resolved } from './bake-file.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'

const defaultFiles = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
  'docker-bake.json',
  'docker-bake.hcl',
  'docker-bake.override.json',
  'docker-bake.override.hcl',
]

type Fields = ReturnType<typeof resolved>

export const bake: Command = function* ({ process, flags, args }) {
  const given = flags.list('file')
  const names = given.length > 0 ? given : defaultFiles.filter((name) => process.files.exists(process.path(name)))
  const begin = '#0 building with "default" instance using docker driver\n\n#1 [internal] load local bake definitions\n'
  for (const name of given) {
    if (process.files.exists(process.path(name))) continue
    yield* err(
      process,
      `${begin}#1 ERROR: open ${name}: no such file or directory\n------\n > [internal] load local bake definitions:\n------\n`,
    )
    throw new DockerError(`ERROR: open ${name}: no such file or directory`)
  }
  const files = names.map((name) => ({ name, text: process.files.readText(process.path(name), process.credentials) }))
  yield* err(
    process,
    `${begin}${files.map(({ name, text }) => `#1 reading ${name} ${text.length}B / ${text.length}B done\n`).join('')}#1 DONE 0.0s\n`,
  )
  if (names.length === 0) throw new DockerError("ERROR: couldn't find a bake definition")
  const definitions = definitionsOf(files, process.env)
  const wanted = chosen(definitions, args.length > 0 ? args : ['default'])
  const targets = Object.fromEntries(
    wanted.map((name) => [name, overridden(name, { context: '.', dockerfile: 'Dockerfile', ...resolved(definitions, name) }, flags)]),
  )
  if (flags.is('print')) {
    yield* out(
      process,
      `${goJson({ group: { default: { targets: args.length > 0 ? args : wanted } }, target: targets }, { indent: '  ' })}\n`,
    )
    return 0
  }
  for (const name of wanted) {
    const code = yield* built(process, targets[name], flags)
    if (code !== 0) return code
  }
  return 0
}

/** `--set web.args.VERSION=2`, `--set *.no-cache=true`. */
function overridden(name: string, target: Fields, flags: Flags): Fields {
  let result = target
  for (const one of flags.list('set')) {
    const [, pattern, key, inner, value] = /^([^.=]+)\.([\w-]+)(?:\.([^=]+))?=(.*)$/s.exec(one) ?? []
    if (pattern === undefined) throw new DockerError(`ERROR: invalid override ${one}, expected target.key=value`)
    if (!new RegExp(`^${pattern.replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(name)) continue
    const isList = ['tags', 'platforms', 'output', 'platform', 'tag'].includes(key)
    const before = result[key]
    result = {
      ...result,
      [key]:
        inner !== undefined
          ? { ...(typeof before === 'object' && before !== null && !Array.isArray(before) ? (before as Fields) : {}), [inner]: value }
          : isList
            ? [value]
            : value,
    }
  }
  return result
}

function* built(process: Process, target: Fields, flags: Flags): Blocking<number> {
  const list = (name: string) => (Array.isArray(target[name]) ? (target[name] as readonly string[]) : [])
  const map = (name: string) => Object.entries((target[name] ?? {}) as Readonly<Record<string, string>>)
  const context = String(target.context ?? '.')
  const dockerfile = String(target.dockerfile ?? 'Dockerfile')
  const words = [
    ...(/^(https?|git):/.test(context) || dockerfile === 'Dockerfile'
      ? []
      : ['-f', dockerfile.startsWith('/') ? dockerfile : `${context.replace(/\/$/, '')}/${dockerfile}`]),
    ...list('tags').flatMap((tag) => ['-t', tag]),
    ...map('args').flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...map('labels').flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...map('contexts').flatMap(([name, value]) => ['--build-context', `${name}=${value}`]),
    ...list('platforms').flatMap((platform) => ['--platform', platform]),
    ...list('output').flatMap((output) => ['-o', output]),
    ...list('secret').flatMap((secret) => ['--secret', secret]),
    ...(target.target ? ['--target', String(target.target)] : []),
    ...(String(target['no-cache']) === 'true' || flags.is('no-cache') ? ['--no-cache'] : []),
    ...(String(target.pull) === 'true' || flags.is('pull') ? ['--pull'] : []),
    ...(flags.is('push') ? ['--push'] : []),
    ...(flags.is('check') ? ['--check'] : []),
    `--progress=${flags.text('progress') || 'auto'}`,
    context,
  ]
  return yield* ended(start(process, ['/usr/bin/docker', 'buildx', 'build', ...words]))
}
