/**
 * BuildKit's build checks: each rule by its upstream name, with upstream's words. `# check=skip=RuleA,RuleB;error=true` at the head of a
 * Dockerfile turns rules off, or makes what they find a failure; `experimental=RuleC` turns those on that are still tried out.
 */
import type { Dockerfile, Instruction, Stage } from './dockerfile.ts'
import { closest, expanded, pairsOf, wordsOf } from './dockerfile.ts'

export interface Warning {
  readonly rule: string
  readonly text: string
  readonly line: number
  readonly lastLine: number
}

export interface LintInput {
  readonly dockerfile: Dockerfile
  readonly text: string
  /** Global ARGs with their values. */
  readonly globals: ReadonlyMap<string, string>
  /** The environment of a base image that is there; undefined when nothing is known of it. */
  readonly envOf: (base: string) => readonly string[] | undefined
  /** `linux/amd64` of a base image that is there. */
  readonly platformOf: (base: string) => string | undefined
  readonly targetPlatform: string
  /** Whether .dockerignore takes a path out. */
  readonly isIgnored: (path: string) => boolean
}

export function lint(input: LintInput): readonly Warning[] {
  const { dockerfile } = input
  const found = [
    ...casing(dockerfile),
    ...stages(input),
    ...dockerfile.stages.flatMap((stage, index) => instructions(input, stage, index)),
    ...emptyContinuations(input.text),
  ]
  const { skipped, experimental } = checkDirective(input.text)
  const isExperimental = (rule: string) => rule === 'CopyIgnoredFile' && !experimental.has('all') && !experimental.has(rule)
  return found.filter(({ rule }) => !skipped.has('all') && !skipped.has(rule) && !isExperimental(rule)).sort((a, b) => a.line - b.line)
}

export function checkDirective(text: string): {
  readonly skipped: ReadonlySet<string>
  readonly experimental: ReadonlySet<string>
  readonly isError: boolean
} {
  const directive = /^#\s*check\s*=\s*(.*)$/im.exec(text.split(/^(?!#)/m)[0])?.[1] ?? ''
  const options = new Map(
    directive.split(';').map((part) => [part.slice(0, part.indexOf('=')).trim(), part.slice(part.indexOf('=') + 1).trim()]),
  )
  const names = (option: string) =>
    new Set(
      (options.get(option) ?? '')
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    )
  return { skipped: names('skip'), experimental: names('experimental'), isError: options.get('error') === 'true' }
}

const at = ({ line, lastLine }: Instruction) => ({ line, lastLine })
const word = ({ original }: Instruction): string => original.split(/\s/, 1)[0]

/** A mixed word belongs to neither side; with a draw, upper case wins. */
function casing({ globals, stages: all }: Dockerfile): Warning[] {
  const everything = [...globals, ...all.flatMap((stage) => [stage.from, ...stage.instructions])]
  const lower = everything.filter((instruction) => word(instruction) === word(instruction).toLowerCase()).length
  const upper = everything.filter((instruction) => word(instruction) === word(instruction).toUpperCase()).length
  const majority = lower > upper ? 'lowercase' : 'uppercase'
  return everything
    .filter(
      (instruction) => word(instruction) !== (majority === 'lowercase' ? word(instruction).toLowerCase() : word(instruction).toUpperCase()),
    )
    .map((instruction) => ({
      rule: 'ConsistentInstructionCasing',
      text: `Command '${word(instruction)}' should match the case of the command majority (${majority})`,
      ...at(instruction),
    }))
}

const isSameCase = (a: string, b: string): boolean => (a === a.toLowerCase()) === (b === b.toLowerCase())

function stages({ dockerfile, globals, platformOf, targetPlatform }: LintInput): Warning[] {
  const found: Warning[] = []
  const names = new Set<string>()
  dockerfile.stages.forEach(({ from, name, base, platform }, index) => {
    const say = (rule: string, text: string) => found.push({ rule, text, ...at(from) })
    const [, keyword, written] = /\s(as)\s+(\S+)\s*$/i.exec(from.original) ?? []
    if (keyword && !isSameCase(keyword, word(from))) say('FromAsCasing', `'${keyword}' and '${word(from)}' keywords' casing do not match`)
    if (written && written !== written.toLowerCase()) say('StageNameCasing', `Stage name '${written}' should be lowercase`)
    if (name && (name === 'scratch' || name === 'context'))
      say('ReservedStageName', `Stage name should not use the same name as reserved stage ${JSON.stringify(name)}`)
    if (name && names.has(name)) say('DuplicateStageName', `Duplicate stage name ${JSON.stringify(name)}, stage names should be unique`)
    if (name) names.add(name)
    for (const variable of variablesIn(base)) {
      if (
        !globals.has(variable) &&
        !dockerfile.globals.some(({ rest }) => wordsOf(rest).some((given) => given.split('=')[0] === variable))
      ) {
        const near = closest(variable, [...globals.keys()])
        say('UndefinedArgInFrom', `FROM argument '${variable}' is not declared${near ? ` (did you mean ${near}?)` : ''}`)
      }
    }
    const withDefaults = expanded(base, (variable) => defaultOf(dockerfile, variable))
    if (
      variablesIn(base).length > 0 &&
      variablesIn(base).every((variable) =>
        dockerfile.globals.some(({ rest }) => wordsOf(rest).some((given) => given.split('=')[0] === variable)),
      ) &&
      (withDefaults === '' || /:$|^:|\/$/.test(withDefaults))
    ) {
      say('InvalidDefaultArgInFrom', `Default value for ARG ${base} results in empty or invalid base image name`)
    }
    if (platform !== undefined && /^\$\{?TARGETPLATFORM\}?$/.test(platform))
      say('RedundantTargetPlatform', `Setting platform to predefined ${platform} in FROM is redundant as this is the default behavior`)
    else if (platform !== undefined && !platform.includes('$')) {
      // Picking a platform for a stage that is only copied from is common; for a named stage whose name says the platform it is allowed.
      if (!name?.includes(platform.split('/')[1] ?? platform))
        say('FromPlatformFlagConstDisallowed', `FROM --platform flag should not use constant value ${JSON.stringify(platform)}`)
    }
    const isStage = dockerfile.stages.slice(0, index).some((other) => other.name === base.toLowerCase())
    const has = isStage ? undefined : platformOf(expanded(base, (variable) => globals.get(variable)))
    const wanted = platform === undefined ? targetPlatform : expanded(platform, (variable) => globals.get(variable))
    if (has !== undefined && wanted !== '' && has !== wanted)
      say(
        'InvalidBaseImagePlatform',
        `Base image ${base} was pulled with platform ${JSON.stringify(has)}, expected ${JSON.stringify(wanted)} for current build`,
      )
  })
  return found
}

function defaultOf({ globals }: Dockerfile, name: string): string {
  for (const { rest } of globals)
    for (const given of wordsOf(rest)) if (given.startsWith(`${name}=`)) return expanded(given.slice(name.length + 1), () => '')
  return ''
}

/** Names that a text expands, those with a fallback of their own left out. */
function variablesIn(text: string): string[] {
  return [...text.replace(/\\\$/g, '').matchAll(/\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g)].map(([, plain, braced]) => plain ?? braced)
}

const predefined = new Set([
  'HTTP_PROXY',
  'http_proxy',
  'HTTPS_PROXY',
  'https_proxy',
  'FTP_PROXY',
  'ftp_proxy',
  'NO_PROXY',
  'no_proxy',
  'ALL_PROXY',
  'all_proxy',
  'PATH',
])
const secretName = /(^|_)(apikey|auth|credential|credentials|key|password|pword|passwd|secret|token)(_|$)/i
const publicName = /public/i

function instructions({ dockerfile, globals, envOf, isIgnored }: LintInput, stage: Stage, index: number): Warning[] {
  const found: Warning[] = []
  const base = expanded(stage.base, (variable) => globals.get(variable))
  const known = environment(dockerfile, index, base, envOf)
  let hasWorkdir = dockerfile.stages.slice(0, index).some((other) => other.name === stage.base.toLowerCase())
  let hasShell = false
  for (const instruction of stage.instructions) {
    const { name, json, rest, flags } = instruction
    const say = (rule: string, text: string) => found.push({ rule, text, ...at(instruction) })
    if (name === 'MAINTAINER') say('MaintainerDeprecated', 'Maintainer instruction is deprecated in favor of using label')
    if (name === 'SHELL') hasShell = true
    if ((name === 'ENV' || name === 'LABEL') && !wordsOf(rest)[0]?.includes('='))
      say('LegacyKeyValueFormat', `"${name} key=value" should be used instead of legacy "${name} key value" format`)
    if (name === 'ENV' || name === 'ARG') {
      const names = name === 'ENV' ? pairsOf(rest).map(([key]) => key) : wordsOf(rest).map((one) => one.split('=')[0])
      for (const key of names)
        if (secretName.test(key) && !publicName.test(key))
          say('SecretsUsedInArgOrEnv', `Do not use ARG or ENV instructions for sensitive data (${name} ${JSON.stringify(key)})`)
    }
    if ((name === 'CMD' || name === 'ENTRYPOINT') && !json && rest !== '' && !hasShell)
      say('JSONArgsRecommended', `JSON arguments recommended for ${name} to prevent unintended behavior related to OS signals`)
    if (name === 'HEALTHCHECK' || name === 'CMD' || name === 'ENTRYPOINT') {
      const last = stage.instructions.findLast((other) => other.name === name)
      if (last !== instruction)
        say(
          'MultipleInstructionsDisallowed',
          `Multiple ${name} instructions should not be used in the same stage because only the last one will be used`,
        )
    }
    if (name === 'WORKDIR') {
      if (!/^["']?(\/|\$)/.test(rest) && !hasWorkdir)
        say('WorkdirRelativePath', `Relative workdir ${JSON.stringify(rest)} can have unexpected results if the base image changes`)
      else hasWorkdir = true
    }
    if (name === 'EXPOSE') {
      for (const port of wordsOf(rest)) {
        const protocol = /\/(\w+)$/.exec(port)?.[1]
        if (protocol && protocol !== protocol.toLowerCase())
          say('ExposeProtoCasing', `Defined protocol '${port}' in EXPOSE instruction should be lowercase`)
        if (port.includes(':'))
          say('ExposeInvalidFormat', `EXPOSE instruction should not define an IP address or host-port mapping, found '${port}'`)
      }
    }
    if ((name === 'COPY' || name === 'ADD') && !flags.from) {
      for (const source of (json ?? wordsOf(rest)).slice(0, -1)) {
        const path = source.replace(/^\.?\/+/, '')
        if (!/^<<|:\/\/|[*?[$]/.test(source) && path !== '' && path !== '.' && isIgnored(path))
          say(
            'CopyIgnoredFile',
            `Attempting to ${name === 'ADD' ? 'Add' : 'Copy'} file ${JSON.stringify(source)} that is excluded by .dockerignore`,
          )
      }
    }
    if (known && expands(name)) {
      for (const variable of new Set(variablesIn(unquoted(rest)))) {
        if (known.has(variable) || predefined.has(variable)) continue
        const near = closest(variable, [...known, ...predefined])
        say('UndefinedVar', `Usage of undefined variable '$${variable}'${near ? ` (did you mean $${near}?)` : ''}`)
      }
    }
    if (known && name === 'ENV') for (const [key] of pairsOf(rest)) known.add(key)
    if (known && name === 'ARG') for (const given of wordsOf(rest)) known.add(given.split('=')[0])
  }
  return found
}

/** RUN, CMD and ENTRYPOINT leave variables to the shell. */
const expands = (name: string): boolean =>
  ['ADD', 'COPY', 'ENV', 'EXPOSE', 'LABEL', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR', 'ARG'].includes(name)

const unquoted = (text: string): string => text.replace(/'[^']*'/g, '')

/** What a stage's variables are from its base on; undefined when the base is not known, as then anything may be. */
function environment(dockerfile: Dockerfile, index: number, base: string, envOf: LintInput['envOf']): Set<string> | undefined {
  const parent = dockerfile.stages.findIndex((other, position) => position < index && other.name === base.toLowerCase())
  if (parent < 0) {
    const env = base === 'scratch' ? [] : envOf(base)
    return env && new Set(env.map((entry) => entry.split('=')[0]))
  }
  const stage = dockerfile.stages[parent]
  const inherited = environment(dockerfile, parent, stage.base, envOf)
  if (inherited)
    for (const { name, rest } of stage.instructions) {
      if (name === 'ENV') for (const [key] of pairsOf(rest)) inherited.add(key)
      if (name === 'ARG') for (const given of wordsOf(rest)) inherited.add(given.split('=')[0])
    }
  return inherited
}

function emptyContinuations(text: string): Warning[] {
  const lines = text.split('\n')
  const found: Warning[] = []
  for (let index = 1; index < lines.length; index++) {
    if (!/\\[ \t]*$/.test(lines[index - 1]) || /^\s*#/.test(lines[index - 1]) || lines[index].trim() !== '') continue
    const next = lines.slice(index).find((line) => line.trim() !== '')
    if (next !== undefined)
      found.push({ rule: 'NoEmptyContinuation', text: 'Empty continuation line', line: index + 2, lastLine: index + 2 })
  }
  return found
}
