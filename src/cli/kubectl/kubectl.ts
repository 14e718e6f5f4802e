/**
 * kubectl 1.33 as a program: finds the command among words and flags as cobra does, reads its flags, runs it, and prints what it threw.
 * Commands, aliases, flags and help texts come from the real tool (`scripts/help-texts.mjs`); what a command does is in its own file.
 */
import { start } from '../../unix/kernel/execute.ts'
import { type Blocking, ended, err, Exit, out, type Process, type Running, sleep, writeTo } from '../../unix/kernel/process.ts'
import { FlagError, type Flags, HelpWanted, parseFlags, suggestions } from '../flags.ts'
import { answerCompletion } from '../shell-completion.ts'
import { Call } from './call.ts'
import { commands } from './commands.ts'
import { childrenOf, findCommand, flagsOf } from './commands-tree.ts'
import { completeKubectl } from './complete.ts'
import { klog } from './connection.ts'
import { HalfPrinted, Quit, Refusal, textOfError } from './refusal.ts'

const startMs = 40

export function kubectl(process: Process): Running {
  return main(process)
}

function* main(process: Process): Running {
  try {
    yield* dispatch(process, process.argv.slice(1))
    return 0
  } catch (error) {
    if (error instanceof Exit || !(error instanceof Error)) throw error
    if (isOurBug(error)) throw error
    if (error instanceof HalfPrinted) yield* out(process, error.printed)
    const { text, code } = textOfError(error)
    // An error that ends with a line break gets no second one.
    if (text !== '') yield* err(process, text.endsWith('\n') ? text : `${text}\n`)
    return code
  }
}

function isOurBug(error: Error): boolean {
  return ['TypeError', 'RangeError', 'ReferenceError'].includes(error.name) || error.message.startsWith('bug: ')
}

function* dispatch(process: Process, words: readonly string[]): Blocking<void> {
  if (words[0] === '__complete' || words[0] === '__completeNoDesc')
    return yield* answerCompletion(process, 'kubectl', completeKubectl, words.slice(1))
  const { path, rest } = findCommand(words)
  const full = `kubectl ${path}`.trim()
  let flags: Flags
  try {
    flags = parseFlags(rest, flagsOf(path), { stopsAtArgument: path === '' })
  } catch (error) {
    if (error instanceof HelpWanted) return yield* help(process, path)
    if (error instanceof FlagError) throw new Refusal(`${error.message}\nSee '${full} --help' for usage.`)
    throw error
  }
  for (const note of flags.deprecations) yield* err(process, `${note}\n`)
  const run = commands[path]
  if (path === 'options') return yield* help(process, path)
  if (path === '' || run === undefined) return yield* group(process, path, flags)
  if (flags.knows('dry-run') && flags.text('dry-run') === 'unchanged')
    yield* err(process, klog(process, 'W', 'helpers.go:703', '--dry-run is deprecated and can be replaced with --dry-run=client.'))
  const call = new Call(process, full, flags, words)
  call.help = () => help(process, path)
  // What it takes a real one to start: by then the controllers have seen what the command before it wrote.
  yield* sleep(process, startMs)
  yield* run(call)
  if (call.isConnected && flags.is('warnings-as-errors') && call.api.warnings > 0) {
    throw new Refusal(`${call.api.warnings} warning${call.api.warnings === 1 ? '' : 's'} received`)
  }
}

/** A word that stands for several commands, or for none. */
function* group(process: Process, path: string, flags: Flags): Blocking<void> {
  const [word] = flags.args
  const full = `kubectl ${path}`.trim()
  if (path === '') {
    if (word === undefined) return yield* help(process, '')
    if (word === 'help') return yield* help(process, findCommand(flags.args.slice(1)).path)
    const plugin = pluginFor(process, flags.args)
    if (plugin) throw new Quit(yield* runPlugin(process, plugin, flags.args))
    const similar = suggestions(word, childrenOf(''))
    throw new Refusal(
      `unknown command ${JSON.stringify(word)} for "kubectl"${similar.length > 0 ? `\n\nDid you mean this?\n${similar.map((name) => `\t${name}\n`).join('')}` : ''}`,
    )
  }
  // `certificate` shows its help whatever follows.
  if (word !== undefined && path !== 'certificate')
    throw new Refusal(`unknown command ${JSON.stringify(flags.args.join(' '))}\nSee '${full} -h' for help and examples`)
  // Alone they print their help as an error; only `rollout` does so as an answer.
  yield* help(process, path, path === 'rollout' || path === 'certificate' ? 1 : 2)
  if (path !== 'certificate') throw new Quit(1)
}

interface Plugin {
  readonly path: string
  /** How many of the words are its name. */
  readonly length: number
}

/** `kubectl foo bar` is `kubectl-foo-bar` if there is such a program on the PATH, or else `kubectl-foo bar`. */
function pluginFor(process: Process, args: readonly string[]): Plugin | undefined {
  const end = args.findIndex((word) => word.startsWith('-'))
  const names = end < 0 ? args : args.slice(0, end)
  for (let length = names.length; length > 0; length--) {
    const name = `kubectl-${names
      .slice(0, length)
      .map((word) => word.replaceAll('-', '_'))
      .join('-')}`
    const path = (process.env.PATH ?? '')
      .split(':')
      .map((folder) => `${folder}/${name}`)
      .find((candidate) => process.files.exists(candidate))
    if (path !== undefined) return { path, length }
  }
  return undefined
}

/** The plugin takes this process' place; what it answers is the answer. */
function* runPlugin(process: Process, { path, length }: Plugin, args: readonly string[]): Blocking<number> {
  return yield* ended(start(process, [path, ...args.slice(length)]))
}

interface HelpTexts {
  readonly flags: readonly string[]
  readonly commands: Readonly<Record<string, readonly [string, readonly number[], string]>>
}

/** Long texts, loaded only when somebody asks. */
export function* help(process: Process, path: string, descriptor = 1): Blocking<void> {
  let texts: HelpTexts | undefined
  const loading = import('./generated/help.json').then((module) => {
    texts = ('default' in module ? module.default : module) as unknown as HelpTexts
  })
  while (texts === undefined) yield { promise: loading }
  const [before, numbers, after] = texts.commands[path]
  const home = process.env.HOME || '/root'
  const options = numbers
    .map((number) => texts?.flags[number] ?? '')
    .join('\n\n')
    .replaceAll('$HOME', home)
  yield* writeTo(
    process,
    descriptor,
    numbers.length === 0 ? before : path === 'options' ? `${before}${options}\n\n` : `${before}${options}\n${after}`,
  )
}
