/** What BuildKit reads out of instructions and how it names them: the arguments it sets itself, vertices, lines of history, the stages a stage needs. */
import type { Current, Options } from './build-stage.ts'
import { type Dockerfile, expanded, type Instruction, type Stage } from './dockerfile.ts'

/** ARGs that BuildKit sets itself; a stage sees them once it declares them. */
export function platformArgs({ platform, target }: Options): [string, string][] {
  const [os = 'linux', architecture = 'amd64', variant = ''] = (platform || 'linux/amd64').split('/')
  return [
    ['BUILDPLATFORM', 'linux/amd64'],
    ['BUILDOS', 'linux'],
    ['BUILDARCH', 'amd64'],
    ['BUILDVARIANT', ''],
    ['TARGETPLATFORM', [os, architecture, variant].filter(Boolean).join('/')],
    ['TARGETOS', os],
    ['TARGETARCH', architecture],
    ['TARGETVARIANT', variant],
    ['TARGETSTAGE', target || 'default'],
  ]
}

/** Variables are shown with their values; of a here-document its first line. */
export function shownStep({ name, original, documents }: Instruction, variable: (name: string) => string | undefined): string {
  const [first] = original.split('\n', 1)
  const text = `${name}${first.slice(name.length)}`.replace(
    /(?<!\\)\$(?:(\w+)|\{(\w+)\})/g,
    (all, plain: string | undefined, braced: string | undefined) => variable(plain ?? braced ?? '') ?? all,
  )
  return documents.length > 0 && name === 'RUN'
    ? `${text} (${documents[0].text.split('\n', 1)[0]}${documents[0].text.trimEnd().includes('\n') ? '...' : ''})`
    : text
}

export function declaredNames({ rest }: Instruction): string[] {
  return (rest.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/gs) ?? []).map((one) => one.split('=')[0])
}

/** `|1 VER=2`: every ARG of the stage so far, in the order they were declared. */
export function argsShown(current: Current, stage: Stage): string[] {
  const names = new Set(stage.instructions.filter(({ name }) => name === 'ARG').flatMap(declaredNames))
  const env = new Map((current.run.Env ?? []).map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]))
  return [...names].filter((name) => current.args.has(name)).map((name) => `${name}=${env.get(name) ?? current.args.get(name)}`)
}

/** History in BuildKit's own words where they are not the legacy builder's. */
export function buildKitWords({ name }: Instruction, { words, run }: { readonly words: string; readonly run: Current['run'] }): string {
  if (name === 'EXPOSE')
    return `EXPOSE [${Object.keys(run.ExposedPorts ?? {})
      .sort()
      .join(' ')}]`
  if (name !== 'HEALTHCHECK' || !run.Healthcheck) return words.trim()
  const { Test = [], Interval = 0, Timeout = 0, StartPeriod = 0, StartInterval = 0, Retries = 0 } = run.Healthcheck
  // Go quotes each part, and takes the number of retries for a letter.
  const times =
    / (\S+ \S+ \S+ \S+) \d+\}$/.exec(words)?.[1].split(' ') ??
    [Interval, Timeout, StartPeriod, StartInterval].map((nanos) => `${nanos / 1e9}s`)
  return `HEALTHCHECK &{[${Test.map((part) => JSON.stringify(part)).join(' ')}] ${times.map((time) => JSON.stringify(time)).join(' ')} '\\x${Retries.toString(16).padStart(2, '0')}'}`
}

/** Stages and images that an instruction takes files from. */
export function sourcesOf({ flags }: Instruction): string[] {
  return [...(flags.from ?? []), ...(flags.mount ?? []).flatMap((mount) => /(?:^|,)from=([^,]+)/.exec(mount)?.[1] ?? [])]
}

/** The stages that the wanted one stands on, in order; the others are not built. */
export function neededStages(dockerfile: Dockerfile, wanted: number, globals: ReadonlyMap<string, string>): number[] {
  const needed = new Set<number>()
  const visit = (index: number) => {
    if (needed.has(index)) return
    const stage = dockerfile.stages[index]
    const base = expanded(stage.base, (variable) => globals.get(variable))
    for (const name of [base, ...stage.instructions.flatMap(sourcesOf)]) {
      const at = dockerfile.stages.findIndex(
        (other, position) => position < index && (other.name === name.toLowerCase() || (name !== base && String(position) === name)),
      )
      if (at >= 0) visit(at)
    }
    needed.add(index)
  }
  visit(wanted)
  return [...needed].sort((a, b) => a - b)
}
