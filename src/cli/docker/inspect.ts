/**
 * `docker inspect` and its typed forms. Without a type it asks for a container, an image, a network, a volume in turn; what is found is
 * printed as the daemon sent it, and what is not is complained about after the list.
 */
import { type Blocking, err, out, type Process } from '../../unix/kernel/process.ts'
import { indentedJson } from '../go-json.ts'
import { wholeText } from '../../unix/network/fetch.ts'
import { indexed } from '../go-template/functions.ts'
import { noValue } from '../go-template/values.ts'
import { template } from '../go-template/template.ts'
import { TemplateError } from '../go-template/options.ts'
import type { Flags } from '../flags.ts'
import type { Command, Context } from './command.ts'
import { DockerError } from './docker-error.ts'
import { DaemonError } from './docker-error.ts'
import { nilList, nilMap, nilOf, structsOf } from './go-struct.ts'
import { basicFunctions } from './listing.ts'

const paths: Readonly<Record<string, (name: string, isSized: boolean) => string>> = {
  container: (name, isSized) => `/containers/${name}/json${isSized ? '?size=1' : ''}`,
  image: (name) => `/images/${name}/json`,
  network: (name) => `/networks/${name}`,
  volume: (name) => `/volumes/${name}`,
  service: (name) => `/services/${name}?insertDefaults=false`,
  task: (name) => `/tasks/${name}`,
  node: (name) => `/nodes/${name}`,
  plugin: (name) => `/plugins/${name}/json`,
  secret: (name) => `/secrets/${name}`,
  config: (name) => `/configs/${name}`,
}

/** Inspects one kind; undefined tries them all. */
export function inspecting(kind: string | undefined): Command {
  return function* (context) {
    const { flags, args } = context
    const type = kind ?? (flags.text('type') || undefined)
    if (type !== undefined && !(type in paths))
      throw new DockerError(
        `unknown type: ${JSON.stringify(type)}: must be one of ${Object.keys(paths)
          .sort()
          .map((name) => JSON.stringify(name))
          .join(', ')}`,
      )
    const isSized = flags.knows('size') && flags.is('size')
    return yield* inspected(context.process, flags, args, (name) =>
      type ? one(context, type, name, isSized) : any(context, name, isSized),
    )
  }
}

/** As text: what the daemon wrote is shown byte for byte, only with other margins. */
function* one({ engine }: Context, kind: string, name: string, isSized: boolean): Blocking<string> {
  return yield* wholeText(
    yield* engine.open('GET', paths[kind](encodeURIComponent(name).replaceAll('%2F', '/').replaceAll('%3A', ':'), isSized)),
  )
}

function* any(context: Context, name: string, isSized: boolean): Blocking<string> {
  for (const kind of ['container', 'image', 'network', 'volume', 'service', 'task', 'node', 'plugin']) {
    try {
      return yield* one(context, kind, name, isSized)
    } catch (error) {
      if (!(error instanceof DaemonError) || ![404, 400, 500, 503, 501].includes(error.status)) throw error
    }
  }
  throw new DockerError(`Error: No such object: ${name}`)
}

/** Prints what was found as one list, or each through the template; then what was not. `type` is what upstream calls one in its complaints, where it is no map. */
export function* inspected(
  process: Process,
  flags: Flags,
  names: readonly string[],
  look: (name: string) => Blocking<string>,
  type?: string,
): Blocking<number> {
  const found: string[] = []
  const problems: string[] = []
  for (const name of names) {
    try {
      found.push(yield* look(name))
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      problems.push(error.message)
    }
  }
  const format = flags.text('format')
  if (format === '' || format === 'json') {
    const whole = `[${found.map((text) => text.trim()).join(',')}]`
    const text = format === 'json' ? whole : indentedJson(whole, '    ')
    yield* out(process, `${text}\n`)
  } else {
    for (const value of found.map((text): unknown => JSON.parse(text))) {
      try {
        yield* out(process, `${compiled(format, value, type).execute(value)}\n`)
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error
        yield* out(process, '\n')
        problems.push(`template parsing error: ${error.message}`)
      }
    }
  }
  if (problems.length === 0) return 0
  yield* err(process, `${problems.join('\n')}\n`)
  return 1
}

const optional = new Set([
  'SizeRw',
  'SizeRootFs',
  'Health',
  'Healthcheck',
  'ExposedPorts',
  'Volumes',
  'OnBuild',
  'Labels',
  'StopSignal',
  'StopTimeout',
  'Shell',
])

export const structFunctions = {
  ...basicFunctions,
  json: (value: unknown) => basicFunctions.json(value === nilList || value === nilMap ? null : value),
  // A key that a map of strings does not have is the empty string.
  index: (value: unknown, ...keys: readonly unknown[]) =>
    keys.reduce((inner, key, at) => {
      // Of what no key led to there is nothing to look into.
      if (at > 0 && inner === '') throw new TemplateError('index of nil pointer')
      const found = indexed(inner, key)
      return found === noValue ? '' : found
    }, value),
}

function compiled(format: string, value: unknown, type: string | undefined): { execute(value: unknown): string } {
  const structs = structsOf(value)
  try {
    return template(format, {
      name: '',
      functions: structFunctions,
      integers: true,
      nil: nilOf,
      show: structs.show,
      missing: (owner, key) => {
        if (structs.isMap(owner)) return undefined
        // Upstream looks into typed objects first, where these are there and nil.
        if (optional.has(key)) return null
        const chain = new RegExp(`(?:\\.\\w+)*?\\.${key}\\b`).exec(format)
        // A chain of fields stands where its second one does.
        const column = chain ? chain.index + (/^\.\w+(?=\.)/.exec(chain[0])?.[0].length ?? 0) : 2
        if (type)
          throw new TemplateError(
            `template: :1:${column}: executing "" at <${chain?.[0] ?? `.${key}`}>: can't evaluate field ${key} in type ${type}`,
          )
        throw new TemplateError(`template: :1:${column}: executing "" at <${chain?.[0] ?? `.${key}`}>: map has no entry for key "${key}"`)
      },
    })
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw new DockerError(`template parsing error: ${error.message}`, 64)
  }
}
