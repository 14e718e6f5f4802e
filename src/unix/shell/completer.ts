/** What Tab offers: programs and builtins for a command's name, variables behind `$`, a command's own completion, and else files. */
import { UnixError } from '../errors.ts'
import type { Blocking } from '../kernel/process.ts'
import { builtins } from './builtins/index.ts'
import { generated, keywords, namesIn, programNames } from './completion-spec.ts'
import type { Candidates } from './line-editor.ts'
import type { Shell } from './shell.ts'

interface Cursor {
  /** Words of the simple command at the cursor, unquoted; the last one is being typed. */
  readonly words: string[]
  /** Where the last word begins in the line. */
  readonly from: number
  readonly quote: string
}

export function* candidates(shell: Shell, line: string): Blocking<Candidates> {
  const { words, from, quote } = wordsAt(line)
  const word = words[words.length - 1]
  const variable = /^(.*)\$(\{?)([A-Za-z_]\w*|)$/s.exec(word)
  if (variable && quote !== "'") {
    const names = shell.variables.names().filter((name) => name.startsWith(variable[3]))
    const close = variable[2] === '{' ? '}' : ''
    return {
      from,
      words: names.map((name) => `${quote}${variable[1]}$${variable[2]}${name}${close}`),
      shown: names.map((name) => `$${name}`),
    }
  }
  if (words.length === 1 && !word.includes('/')) {
    const names = commandNames(shell).filter((name) => name.startsWith(word))
    if (names.length > 0 || word === '') return { from, words: names, shown: names }
  }
  const resolved = withAlias(shell, words)
  const offered = shell.hooks.completions?.get(resolved[0].replace(/^.*\//, ''))
  const own = shell.completions.get(words[0]) ?? (offered || words.length === 1 ? undefined : shell.completions.get('-D'))
  // `complete -F __start_kubectl k`: the function that kubectl's own script defines is what completes kubectl here.
  const borrowed = own?.functionName && shell.hooks.completions?.get(own.functionName.replace(/^__start_/, ''))
  const spec = borrowed ? undefined : own
  const complete = borrowed || offered
  if (spec) {
    const index = words.length - 1
    shell.completing = words[0]
    const found = (yield* generated(shell, spec, { words, index, line }, () => builtins.keys())).sort()
    shell.completing = undefined
    if (found.length > 0)
      return {
        from,
        words: found.map((each) => quote + (quote ? each : escaped(each))),
        shown: found,
        isOpen: shell.completions.get(words[0])?.options.has('nospace') ?? false,
      }
    if (!spec.options.has('default') && !spec.options.has('bashdefault')) return { from, words: [], shown: [] }
  } else if (complete) {
    // Completion runs in the shell's process and must see what was exported meanwhile: KUBECONFIG, DOCKER_HOST.
    shell.process.env = { ...shell.variables.environment() }
    const found = [...new Set(yield* complete(resolved, resolved.length - 1, shell.process))].filter((each) => each.startsWith(word))
    if (found.length > 0) return { from, words: found.map((each) => quote + (quote ? each : escaped(each))), shown: found }
  }
  return files(shell, word, from, quote, { onlyFolders: ['cd', 'pushd', 'rmdir'].includes(words[0]), onlyPrograms: words.length === 1 })
}

function withAlias(shell: Shell, words: string[]): string[] {
  const alias = shell.aliases.get(words[0])
  return alias === undefined ? words : [...alias.trim().split(/\s+/), ...words.slice(1)]
}

function commandNames(shell: Shell): string[] {
  return [...new Set([...builtins.keys(), ...shell.aliases.keys(), ...shell.functions.keys(), ...keywords, ...programNames(shell)])].sort()
}

function files(
  shell: Shell,
  word: string,
  from: number,
  quote: string,
  { onlyFolders, onlyPrograms }: { onlyFolders: boolean; onlyPrograms: boolean },
): Candidates {
  // `--file=./x` and `a:b` complete what stands behind the sign.
  const lead = /^(?:-[^=/]*=|[^/=:]*=)/.exec(word)?.[0] ?? ''
  const path = word.slice(lead.length)
  const slash = path.lastIndexOf('/') + 1
  const folder = path.slice(0, slash)
  const start = path.slice(slash)
  const real = folder.startsWith('~/') ? shell.home() + folder.slice(1) : folder
  const found: { word: string; shown: string }[] = []
  for (const name of namesIn(shell, real === '' ? '.' : real)) {
    if (!name.startsWith(start) || (name.startsWith('.') && !start.startsWith('.'))) continue
    const node = nodeOf(shell, `${real}${name}`)
    const isFolder = node?.kind === 'directory'
    if (onlyFolders && !isFolder) continue
    if (onlyPrograms && !isFolder && !(node && (node.mode & 0o111) !== 0)) continue
    const text = lead + folder + name
    found.push({ word: `${quote ? quote + text : escaped(text)}${isFolder ? '/' : quote}`, shown: `${name}${isFolder ? '/' : ''}` })
  }
  return { from, words: found.map((each) => each.word), shown: found.map((each) => each.shown) }
}

function nodeOf(shell: Shell, path: string): { kind: string; mode: number } | undefined {
  try {
    return shell.process.files.stat(shell.process.path(path), shell.process.credentials)
  } catch (error) {
    if (error instanceof UnixError) return undefined
    throw error
  }
}

function escaped(text: string): string {
  return text.replace(/[\s'"\\$`*?[\](){}<>|&;!#]/g, (letter, at: number) => (letter === '#' && at > 0 ? letter : `\\${letter}`))
}

/** Splits the line before the cursor at blanks and at the operators that begin another command. */
function wordsAt(line: string): Cursor {
  let words: string[] = []
  let current = ''
  let from = 0
  let quote = ''
  let isStarted = false
  const finish = (next: number) => {
    if (isStarted) words.push(current)
    current = ''
    isStarted = false
    from = next
  }
  for (let at = 0; at < line.length; at++) {
    const letter = line[at]
    if (quote) {
      if (letter === quote) quote = ''
      else if (letter === '\\' && quote === '"' && at + 1 < line.length) current += line[++at]
      else current += letter
      continue
    }
    if (letter === '\\' && at + 1 < line.length) {
      current += line[++at]
      isStarted = true
    } else if (letter === "'" || letter === '"') {
      quote = letter
      isStarted = true
    } else if (letter === ' ' || letter === '\t') finish(at + 1)
    else if (/[|&;(]/.test(letter)) {
      finish(at + 1)
      words = []
    } else if (/[<>]/.test(letter)) {
      finish(at + 1)
      // What follows a redirection is a file, not the command's business.
      if (words.length === 0) words.push('')
    } else {
      current += letter
      isStarted = true
    }
  }
  // Assignments and words like `sudo` before the command are not the command.
  while (
    words.length > 0 &&
    (/^[A-Za-z_]\w*=/.test(words[0]) ||
      ['sudo', 'time', 'then', 'do', 'else', 'if', 'while', 'until', '!', 'exec', 'watch', 'xargs', 'nohup'].includes(words[0]))
  )
    words.shift()
  words.push(current)
  return { words, from, quote }
}
