/**
 * What instructions do to an image's config: ENV, CMD, EXPOSE … of a Dockerfile, and the same words after `commit --change`. Each
 * answers the new config and the words that history keeps.
 */
import type { Healthcheck, ImageRunConfig } from '../../images/image-config.ts'
import { badRequest, DockerError } from '../docker-error.ts'
import { expanded, type Instruction, pairsOf, parseInstruction, refuse, wordsOf } from '../build/dockerfile.ts'
import { cleanPath } from './mounts.ts'
import { signalOf } from '../../../unix/kernel/signals.ts'

export const defaultShell: readonly string[] = ['/bin/sh', '-c']

export interface Change {
  readonly run: ImageRunConfig
  /** After `#(nop) `: ` ENV A=b`, `WORKDIR /srv`. */
  readonly words: string
  readonly author?: string
}

/** Go's `%v` of a list of strings. */
const listed = (items: readonly string[]): string => `[${items.join(' ')}]`
/** Go's `%q` of one. */
const quotedList = (items: readonly string[]): string => `[${items.map((item) => JSON.stringify(item)).join(' ')}]`

/** Instructions that only change the config; undefined for the others. `isCmdInherited`: the CMD so far is the base image's. */
export function configChange(
  run: ImageRunConfig,
  instruction: Instruction,
  variable: (name: string) => string | undefined,
  { isCmdInherited = false }: { isCmdInherited?: boolean } = {},
): Change | undefined {
  const { name, rest, json } = instruction
  const expand = (text: string) => expanded(text, variable)
  const shell = run.Shell ?? defaultShell
  switch (name) {
    case 'ENV': {
      const pairs = pairsOf(rest).map(([key, value]) => [expand(key), expand(value)] as const)
      let env = run.Env ?? []
      for (const [key, value] of pairs) {
        const entry = `${key}=${value}`
        const at = env.findIndex((old) => old.startsWith(`${key}=`))
        env = at < 0 ? [...env, entry] : env.with(at, entry)
      }
      return { run: { ...run, Env: env }, words: ` ENV ${pairs.map(([key, value]) => `${key}=${value}`).join(' ')}` }
    }
    case 'LABEL': {
      const pairs = pairsOf(rest).map(([key, value]) => [expand(key), expand(value)] as const)
      return {
        run: { ...run, Labels: { ...run.Labels, ...Object.fromEntries(pairs) } },
        words: ` LABEL ${pairs.map(([key, value]) => `${key}=${value}`).join(' ')}`,
      }
    }
    case 'MAINTAINER':
      return { run, words: ` MAINTAINER ${rest}`, author: rest }
    case 'CMD': {
      const Cmd = json ?? [...shell, rest]
      const { ArgsEscaped: _, ...others } = run
      return { run: { ...others, Cmd: rest === '' ? [] : Cmd }, words: ` CMD ${quotedList(Cmd)}` }
    }
    case 'ENTRYPOINT': {
      const Entrypoint = json ?? [...shell, rest]
      // A CMD of the base image belongs to the base image's entrypoint.
      const { Cmd, ...others } = run
      return {
        run: { ...others, ...(Cmd && !isCmdInherited ? { Cmd } : {}), Entrypoint: rest === '' ? undefined : Entrypoint },
        words: ` ENTRYPOINT ${quotedList(Entrypoint)}`,
      }
    }
    case 'USER': {
      const User = expand(rest)
      return { run: { ...run, User }, words: ` USER ${User}` }
    }
    case 'WORKDIR': {
      const path = expand(rest)
      const WorkingDir = cleanPath(path.startsWith('/') ? path : `${run.WorkingDir || '/'}/${path}`)
      return { run: { ...run, WorkingDir }, words: `WORKDIR ${WorkingDir}` }
    }
    case 'VOLUME': {
      const paths = (json ?? wordsOf(rest)).map(expand)
      if (paths.some((path) => path.trim() === '')) throw badRequest('VOLUME specified can not be an empty string')
      return {
        run: { ...run, Volumes: { ...run.Volumes, ...Object.fromEntries(paths.map((path) => [path, {}])) } },
        words: ` VOLUME ${listed(paths)}`,
      }
    }
    case 'EXPOSE': {
      const ports = wordsOf(rest).map(expand)
      const exposed = ports.flatMap(portsOf)
      return {
        run: { ...run, ExposedPorts: { ...run.ExposedPorts, ...Object.fromEntries(exposed.map((port) => [port, {}])) } },
        words: ` EXPOSE ${[...ports].sort().join(' ')}`,
      }
    }
    case 'STOPSIGNAL': {
      const StopSignal = expand(rest)
      if (!signalOf(StopSignal)) throw badRequest(`invalid signal: ${StopSignal}`)
      return { run: { ...run, StopSignal }, words: ` STOPSIGNAL ${StopSignal}` }
    }
    case 'SHELL':
      return { run: { ...run, Shell: json }, words: ` SHELL ${listed(json ?? [])}` }
    case 'ONBUILD':
      return { run: { ...run, OnBuild: [...(run.OnBuild ?? []), rest] }, words: ` ONBUILD ${rest}` }
    case 'HEALTHCHECK': {
      const Healthcheck = healthcheckOf(instruction)
      return {
        run: { ...run, Healthcheck },
        words: ` HEALTHCHECK &{${listed(Healthcheck.Test ?? [])} ${[Healthcheck.Interval, Healthcheck.Timeout, Healthcheck.StartPeriod, Healthcheck.StartInterval].map(goDuration).join(' ')} ${Healthcheck.Retries ?? 0}}`,
      }
    }
    default:
      return undefined
  }
}

function portsOf(text: string): string[] {
  const match = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/i.exec(text)
  if (!match) throw badRequest(`invalid containerPort: ${text.replace(/\/.*$/, '')}`)
  const [, first, last = first, protocol = 'tcp'] = match
  if (Number(last) > 65_535) throw badRequest(`invalid containerPort: ${text.replace(/\/.*$/, '')}`)
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => `${Number(first) + index}/${protocol.toLowerCase()}`)
}

function healthcheckOf({ rest, flags, line }: Instruction): Healthcheck {
  const [kind] = rest.split(/\s+/, 1)
  if (kind.toUpperCase() === 'NONE') return { Test: ['NONE'] }
  const command = rest.slice(kind.length).trim()
  if (command === '') throw refuse(line, 'Missing command after HEALTHCHECK CMD')
  let json: string[] | undefined
  try {
    json = command.startsWith('[') ? (JSON.parse(command) as string[]) : undefined
  } catch {
    json = undefined
  }
  const duration = (flag: string): number | undefined => {
    const text = flags[flag]?.[0]
    return text === undefined ? undefined : nanosOf(text)
  }
  return clean({
    Test: json ? ['CMD', ...json] : ['CMD-SHELL', command],
    Interval: duration('interval'),
    Timeout: duration('timeout'),
    StartPeriod: duration('start-period'),
    StartInterval: duration('start-interval'),
    Retries: flags.retries ? Number(flags.retries[0]) : undefined,
  })
}

function clean(healthcheck: Healthcheck): Healthcheck {
  return Object.fromEntries(Object.entries(healthcheck).filter(([, value]) => value !== undefined))
}

function nanosOf(text: string): number {
  const units: Readonly<Record<string, number>> = { h: 3600e9, m: 60e9, s: 1e9, ms: 1e6, us: 1e3, ns: 1 }
  if (!/^(\d+(\.\d+)?(h|ms|m|s|us|ns))+$/.test(text)) throw badRequest(`time: invalid duration ${JSON.stringify(text)}`)
  let nanos = 0
  for (const [, amount, , unit] of text.matchAll(/(\d+(\.\d+)?)(h|ms|m|s|us|ns)/g)) nanos += Number(amount) * units[unit]
  return nanos
}

/** As Go prints one: `5s`, `1m30s`, `0s`. */
function goDuration(nanos = 0): string {
  if (nanos === 0) return '0s'
  if (nanos < 1e9) return `${nanos / 1e6}ms`
  const hours = Math.floor(nanos / 3600e9)
  const minutes = Math.floor((nanos % 3600e9) / 60e9)
  const seconds = (nanos % 60e9) / 1e9
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`
}

/** `commit --change` and `import --change`. */
export function changed(run: ImageRunConfig, lines: readonly string[]): ImageRunConfig {
  let result = run
  for (const line of lines) {
    const word = line.trim().split(/\s+/)[0] ?? ''
    if (
      ![
        'CMD',
        'ENTRYPOINT',
        'ENV',
        'EXPOSE',
        'HEALTHCHECK',
        'LABEL',
        'ONBUILD',
        'STOPSIGNAL',
        'USER',
        'VOLUME',
        'WORKDIR',
        'SHELL',
      ].includes(word.toUpperCase())
    )
      throw badRequest(`${word} is not a valid change command`)
    const change = configChange(result, parseInstruction(line.trim()), (name) =>
      result.Env?.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1),
    )
    if (!change) throw new DockerError(400, `${word} is not a valid change command`)
    result = change.run
  }
  return result
}
