/**
 * git 2.39, the part people use in courses: one machine's repositories in git's own formats. Hosts on the internet are out of reach and
 * said to be; what is not simulated (rebase, bisect, submodules …) is refused by name.
 */
import { type Blocking, err, type Program } from '../../kernel/process.ts'
import { stringOf, wholeInput, openInput } from '../text.ts'
import { flag, parseOptions, value } from '../options.ts'
import { add, commit, mv, restore, rm } from './staging.ts'
import { branch, checkout, clean, merge, reset, stash, switchTo, tag } from './branches.ts'
import { type GitCall, GitError, parsed, revision, say, shortId } from './call.ts'
import { diff, log, reflog, show } from './history.ts'
import { clone, fetch, makeRepository, pull, push, remote } from './remotes.ts'
import { entriesOf, Fatal, globalConfig, globalPath, Repository, withEntry } from './repository.ts'
import { status } from './status.ts'

const defaultHint =
  "hint: Using 'master' as the name for the initial branch. This default branch name\nhint: is subject to change. To configure the initial branch name to use in all\nhint: of your new repositories, which will suppress this warning, call:\nhint: \nhint: \tgit config --global init.defaultBranch <name>\nhint: \nhint: Names commonly chosen instead of 'master' are 'main', 'trunk' and\nhint: 'development'. The just-created branch can be renamed via this command:\nhint: \nhint: \tgit branch -m <name>\n"

function* init({ process, args }: GitCall): Blocking<number> {
  const { flags, operands } = parsed({ branch: value('b|initial-branch'), quiet: flag('q|quiet'), bare: flag('bare') }, args)
  const target = operands[0] === undefined ? process.files.realpath(process.path('.')) : process.path(operands[0]).replace(/\/+$/, '')
  if (!process.files.exists(target)) process.files.mkdir(target, { parents: true }, process.credentials)
  const folder = flags.bare ? target : `${target === '/' ? '' : target}/.git`
  const isThere = process.files.exists(`${folder}/HEAD`)
  const named = flags.branch ?? entriesOf(globalConfig(process)).findLast(([key]) => key === 'init.defaultbranch')?.[1]
  if (!isThere) {
    if (named === undefined && !flags.quiet) yield* err(process, defaultHint)
    makeRepository(process, target, named ?? 'master', flags.bare)
  }
  if (!flags.quiet)
    yield* say(
      process,
      `${isThere ? 'Reinitialized existing' : 'Initialized empty'} Git repository in ${process.files.realpath(folder)}/\n`,
    )
  return 0
}

function* config({ process, args }: GitCall): Blocking<number> {
  const { flags, operands } = parsed(
    {
      global: flag('global'),
      system: flag('system'),
      local: flag('local'),
      list: flag('l|list'),
      get: flag('get'),
      getAll: flag('get-all'),
      unset: flag('unset'),
      add: flag('add'),
      edit: flag('e|edit'),
      bool: flag('bool'),
      replace: flag('replace-all'),
    },
    args,
  )
  const isOutside = flags.global || flags.system
  const repository = (() => {
    try {
      return Repository.find(process)
    } catch (error) {
      if (error instanceof Fatal && !flags.local) return undefined
      throw error
    }
  })()
  const outer = globalConfig(process)
  const inner = repository?.text('config') ?? ''
  if (flags.list) {
    yield* say(
      process,
      (isOutside ? [outer] : flags.local ? [inner] : [outer, inner])
        .flatMap(entriesOf)
        .map(([key, one]) => `${key}=${one}\n`)
        .join(''),
    )
    return 0
  }
  const [name, setting] = operands
  if (name === undefined) throw new GitError('usage: git config [<options>]\n', 129)
  if (!name.includes('.')) throw new GitError(`error: key does not contain a section: ${name}\n`)
  const key = name.replace(/^[^.]+/, (section) => section.toLowerCase()).replace(/[^.]+$/, (last) => last.toLowerCase())
  if (setting === undefined && !flags.unset) {
    const found = (isOutside ? [outer] : [outer, inner])
      .flatMap(entriesOf)
      .filter(([one]) => one === key)
      .map(([, one]) => one)
    if (found.length === 0) return 1
    yield* say(process, (flags.getAll ? found : found.slice(-1)).map((one) => `${one}\n`).join(''))
    return 0
  }
  if (!isOutside && !repository) throw new GitError('fatal: not in a git directory\n', 128)
  const text = isOutside ? outer : inner
  if (flags.unset && !entriesOf(text).some(([one]) => one === key)) return 5
  const changed = withEntry(text, name, flags.unset ? undefined : setting)
  if (isOutside) process.files.writeFile(globalPath(process), changed, {}, process.credentials)
  else repository?.write('config', changed)
  return 0
}

function* revParse({ process, args }: GitCall): Blocking<number> {
  const repository = Repository.find(process)
  let isShort = false
  let isAbbreviated = false
  let isQuiet = false
  for (const arg of args) {
    if (arg === '--short') isShort = true
    else if (arg === '--abbrev-ref') isAbbreviated = true
    else if (arg === '--verify' || arg === '-q' || arg === '--quiet') isQuiet ||= arg !== '--verify'
    else if (arg === '--show-toplevel') yield* say(process, `${repository.work}\n`)
    else if (arg === '--git-dir')
      yield* say(process, `${process.files.realpath(process.path('.')) === repository.work ? '.git' : repository.folder}\n`)
    else if (arg === '--is-inside-work-tree') yield* say(process, `${!repository.isBare}\n`)
    else if (isAbbreviated) yield* say(process, `${arg === 'HEAD' ? (repository.branch ?? 'HEAD') : arg}\n`)
    else {
      const id = repository.resolve(arg)
      if (id === undefined && isQuiet) return 1
      if (id === undefined) yield* say(process, `${arg}\n`)
      const known = id ?? revision(repository, arg)
      yield* say(process, `${isShort ? shortId(known) : known}\n`)
    }
  }
  return 0
}

function* lsFiles({ process, args }: GitCall): Blocking<number> {
  const { flags } = parsed(
    {
      stage: flag('s|stage'),
      others: flag('o|others'),
      cached: flag('c|cached'),
      modified: flag('m|modified'),
      standard: flag('exclude-standard'),
    },
    args,
  )
  const repository = Repository.find(process)
  yield* say(
    process,
    [...repository.index()].map(([path, { mode, id }]) => (flags.stage ? `${mode} ${id} 0\t${path}\n` : `${path}\n`)).join(''),
  )
  return 0
}

function* catFile({ process, args }: GitCall): Blocking<number> {
  const { flags, operands } = parsed({ print: flag('p'), type: flag('t'), size: flag('s') }, args)
  const repository = Repository.find(process)
  const id = repository.resolve(operands[operands.length - 1] ?? '') ?? operands[operands.length - 1] ?? ''
  const { kind, content } = repository.get(id)
  if (flags.type) yield* say(process, `${kind}\n`)
  else if (flags.size) yield* say(process, `${content.length}\n`)
  else if (kind !== 'tree') yield* say(process, stringOf(content))
  else {
    const rows = new Map<string, string>()
    for (const [path, { mode, id: blob }] of repository.filesOf(id)) {
      const slash = path.indexOf('/')
      if (slash < 0) rows.set(path, `${mode} blob ${blob}\t${path}\n`)
      else
        rows.set(
          path.slice(0, slash),
          `040000 tree ${repository.putTree(new Map([...repository.filesOf(id)].filter(([one]) => one.startsWith(path.slice(0, slash + 1))).map(([one, entry]) => [one.slice(slash + 1), entry])))}\t${path.slice(0, slash)}\n`,
        )
    }
    yield* say(process, [...rows.values()].join(''))
  }
  return 0
}

function* hashObject({ process, args }: GitCall): Blocking<number> {
  const { flags, operands } = parsed({ write: flag('w'), input: flag('stdin') }, args)
  const repository = Repository.find(process)
  for (const path of flags.input ? ['-'] : operands)
    yield* say(process, `${repository.put('blob', yield* wholeInput(process, openInput(process, path)))}\n`)
  return 0
}

const commands: Readonly<Record<string, (call: GitCall) => Blocking<number>>> = {
  add,
  branch,
  'cat-file': catFile,
  checkout,
  clean,
  clone,
  commit,
  config,
  diff,
  fetch,
  'hash-object': hashObject,
  init,
  log,
  'ls-files': lsFiles,
  merge,
  mv,
  pull,
  push,
  reflog,
  remote,
  reset,
  restore,
  'rev-parse': revParse,
  rm,
  show,
  stage: add,
  stash,
  status,
  switch: switchTo,
  tag,
}

const absent =
  'am apply archive bisect blame bundle cherry-pick describe fsck gc grep notes rebase revert rev-list shortlog sparse-checkout submodule worktree'.split(
    ' ',
  )

export const git: Program = function* (process) {
  let args = process.argv.slice(1)
  let code = 0
  try {
    const first = args.findIndex((arg, index) => !arg.startsWith('-') && !['-C', '-c'].includes(args[index - 1] ?? ''))
    const { flags } = parseOptions(
      {
        folder: value('C'),
        setting: value('c'),
        version: flag('v|version'),
        help: flag('h|help'),
        noPager: flag('P|no-pager'),
        paginate: flag('p|paginate'),
        gitDir: value('git-dir'),
        workTree: value('work-tree'),
      },
      first < 0 ? args : args.slice(0, first),
    )
    if (flags.version) args = ['version']
    else if (flags.help) args = ['help']
    else args = first < 0 ? [] : args.slice(first)
    if (flags.folder !== undefined) {
      if (!process.files.exists(process.path(flags.folder)))
        throw new Fatal(`cannot change to '${flags.folder}': No such file or directory`)
      process.cwd = process.files.realpath(process.path(flags.folder), process.credentials)
    }
    if (flags.setting !== undefined) {
      const [key, ...text] = flags.setting.split('=')
      const names: Readonly<Record<string, readonly string[]>> = {
        'user.name': ['GIT_AUTHOR_NAME', 'GIT_COMMITTER_NAME'],
        'user.email': ['GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_EMAIL'],
      }
      for (const name of names[key] ?? []) process.env[name] = text.join('=')
    }
    const [name, ...rest] = args
    if (name === undefined || name === 'help') {
      yield* say(process, usage)
      return name === undefined ? 1 : 0
    }
    if (name === 'version') {
      yield* say(process, 'git version 2.39.5\n')
      return 0
    }
    const command = commands[name]
    if (command) code = yield* command({ process, args: rest })
    else {
      const alias = entriesOf(globalConfig(process)).findLast(([key]) => key === `alias.${name}`)?.[1]
      if (alias !== undefined && !alias.startsWith('!')) {
        process.argv = ['git', ...alias.split(/\s+/), ...rest]
        return yield* git(process)
      }
      if (absent.includes(name)) throw new GitError(`git: '${name}' is not simulated here\n`)
      yield* err(process, `git: '${name}' is not a git command. See 'git --help'.\n${similar(name)}`)
      return 1
    }
  } catch (error) {
    if (!(error instanceof Fatal)) throw error
    yield* err(process, error instanceof GitError ? error.whole : `fatal: ${error.text}\n`)
    return error.code
  }
  return code
}

/** Git's own measure: letters swapped cost nothing, added ones little, missing ones much. */
function similar(name: string): string {
  const scored = [...Object.keys(commands), ...absent, 'hook', 'prune', 'repack', 'send-pack']
    .filter((one) => one !== 'cat-file' && one !== 'hash-object')
    .map((one) => ({ one, score: one.startsWith(name) ? 0 : distance(name, one) }))
  const best = Math.min(...scored.map(({ score }) => score))
  if (best >= 7) return ''
  const close = scored
    .filter(({ score }) => score === best)
    .map(({ one }) => one)
    .sort()
  return `\nThe most similar command${close.length === 1 ? ' is' : 's are'}\n${close.map((one) => `\t${one}\n`).join('')}`
}

function distance(from: string, to: string): number {
  const [swap, replace, insert, remove] = [0, 2, 1, 3]
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, index) => index * insert)
  for (let i = 0; i < from.length; i++) {
    const next = [(i + 1) * remove]
    for (let j = 0; j < to.length; j++) {
      let cost = row[j] + (from[i] === to[j] ? 0 : replace)
      if (i > 0 && j > 0 && from[i - 1] === to[j] && from[i] === to[j - 1]) cost = Math.min(cost, before[j - 1] + swap)
      next.push(Math.min(cost, row[j + 1] + remove, next[j] + insert))
    }
    before = row
    row = next
  }
  return row[to.length]
}

const usage = `usage: git [-v | --version] [-h | --help] [-C <path>] [-c <name>=<value>]
           [--exec-path[=<path>]] [--html-path] [--man-path] [--info-path]
           [-p | --paginate | -P | --no-pager] [--no-replace-objects] [--bare]
           [--git-dir=<path>] [--work-tree=<path>] [--namespace=<name>]
           [--super-prefix=<path>] [--config-env=<name>=<envvar>]
           <command> [<args>]

These are common Git commands used in various situations:

start a working area (see also: git help tutorial)
   clone     Clone a repository into a new directory
   init      Create an empty Git repository or reinitialize an existing one

work on the current change (see also: git help everyday)
   add       Add file contents to the index
   mv        Move or rename a file, a directory, or a symlink
   restore   Restore working tree files
   rm        Remove files from the working tree and from the index

examine the history and state (see also: git help revisions)
   diff      Show changes between commits, commit and working tree, etc
   log       Show commit logs
   show      Show various types of objects
   status    Show the working tree status

grow, mark and tweak your common history
   branch    List, create, or delete branches
   commit    Record changes to the repository
   merge     Join two or more development histories together
   reset     Reset current HEAD to the specified state
   switch    Switch branches
   tag       Create, list, delete or verify a tag object signed with GPG

collaborate (see also: git help workflows)
   fetch     Download objects and refs from another repository
   pull      Fetch from and integrate with another repository or a local branch
   push      Update remote refs along with associated objects

'git help -a' and 'git help -g' list available subcommands and some
concept guides. See 'git help <command>' or 'git help <concept>'
to read about a specific subcommand or concept.
See 'git help git' for an overview of the system.
`
