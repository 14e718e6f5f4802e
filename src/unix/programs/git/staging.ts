/** add, rm, mv, restore, commit: from the working tree to the index to a commit. */
import { bytesOf } from '../../../base/bytes.ts'
import { type Blocking, err } from '../../kernel/process.ts'
import { count, flag, list, value } from '../options.ts'
import { runChild } from '../run.ts'
import { stringOf } from '../text.ts'
import {
  dateText,
  fromRoot,
  type GitCall,
  GitError,
  headFiles,
  isColored,
  parsed,
  revision,
  say,
  selected,
  shortId,
  subjectOf,
  whoOf,
} from './call.ts'
import { counts, modeLines, shortStat } from './diff-text.ts'
import { Fatal, Repository } from './repository.ts'
import { longText, stateOf, unmergedPaths } from './status.ts'
import { changes, contentOf, entryOf, removeFile, scan, withRenames, writeFile } from './working-tree.ts'

function stage(repository: Repository, index: ReturnType<Repository['index']>, path: string): void {
  const entry = entryOf(repository, path)
  if (!entry) {
    index.delete(path)
    return
  }
  repository.put('blob', contentOf(repository, path))
  index.set(path, entry)
}

function resolveUnmerged(repository: Repository, paths: readonly string[]): void {
  const text = repository.text('MERGE_MSG')
  if (text === undefined) return
  const left = unmergedPaths(repository).filter((path) => !paths.includes(path))
  repository.write(
    'MERGE_MSG',
    text.replace(/\n# Conflicts:\n(#\t.*\n)*/, left.length === 0 ? '' : `\n# Conflicts:\n${left.map((path) => `#\t${path}\n`).join('')}`),
  )
}

export function* add({ process, args }: GitCall): Blocking<number> {
  const { flags, operands } = parsed(
    {
      all: flag('A|all'),
      update: flag('u|update'),
      force: flag('f|force'),
      verbose: flag('v|verbose'),
      dry: flag('n|dry-run'),
      patch: flag('p|patch'),
      intent: flag('N|intent-to-add'),
    },
    args,
  )
  const repository = Repository.find(process)
  if (flags.patch) throw new GitError('git: choosing hunks one by one (add -p) is not simulated\n')
  if (operands.length === 0 && !flags.all && !flags.update) {
    yield* err(
      process,
      'Nothing specified, nothing added.\nhint: Maybe you wanted to say \'git add .\'?\nhint: Turn this message off by running\nhint: "git config advice.addEmptyPathspec false"\n',
    )
    return 0
  }
  const index = repository.index()
  const { files, ignored } = scan(repository, index)
  const known = new Set([...files, ...index.keys(), ...(flags.force ? [...ignored].filter((path) => !path.endsWith('/')) : [])])
  const chosen = new Set<string>()
  const refused: string[] = []
  for (const typed of operands.length > 0 ? operands : ['']) {
    const spec = typed === '' ? '' : fromRoot(repository, typed)
    const found = selected(known, spec)
    if (found.length === 0 && spec !== '') {
      if ([...ignored].some((one) => one === spec || one === `${spec}/` || (one.endsWith('/') && spec.startsWith(one)))) refused.push(spec)
      else if (!process.files.exists(repository.at(spec))) throw new Fatal(`pathspec '${typed}' did not match any files`)
    }
    for (const path of found) chosen.add(path)
  }
  for (const path of [...chosen].sort()) {
    if (flags.update && !index.has(path)) continue
    const before = index.get(path)?.id
    if (flags.dry || flags.verbose) {
      const now = entryOf(repository, path)
      if (now?.id !== before) yield* say(process, now ? `add '${path}'\n` : `remove '${path}'\n`)
    }
    if (!flags.dry) stage(repository, index, path)
  }
  if (!flags.dry) {
    repository.putIndex(index)
    resolveUnmerged(repository, [...chosen])
  }
  if (refused.length === 0) return 0
  yield* err(
    process,
    `The following paths are ignored by one of your .gitignore files:\n${refused.map((path) => `${path}\n`).join('')}hint: Use -f if you really want to add them.\nhint: Turn this message off by running\nhint: "git config advice.addIgnoredFile false"\n`,
  )
  return 1
}

export function* rm({ process, args }: GitCall): Blocking<number> {
  const { flags, operands } = parsed(
    { cached: flag('cached'), force: flag('f|force'), recursive: flag('r'), quiet: flag('q|quiet'), dry: flag('n|dry-run') },
    args,
  )
  const repository = Repository.find(process)
  if (operands.length === 0) throw new Fatal('No pathspec was given. Which files should I remove?')
  const index = repository.index()
  const head = headFiles(repository)
  const chosen: string[] = []
  for (const typed of operands) {
    const spec = fromRoot(repository, typed)
    const found = selected(index.keys(), spec)
    if (found.length === 0) throw new Fatal(`pathspec '${typed}' did not match any files`)
    if (found.some((path) => path !== spec) && !flags.recursive && !/[*?[]/.test(typed))
      throw new Fatal(`not removing '${typed}' recursively without -r`)
    chosen.push(...found)
  }
  if (!flags.force && !flags.cached) {
    for (const path of chosen) {
      const [entry, now] = [index.get(path), entryOf(repository, path)]
      if (now && now.id !== entry?.id)
        throw new GitError(
          `error: the following file has local modifications:\n    ${path}\n(use --cached to keep the file, or -f to force removal)\n`,
        )
      if (entry?.id !== head.get(path)?.id)
        throw new GitError(
          `error: the following file has changes staged in the index:\n    ${path}\n(use --cached to keep the file, or -f to force removal)\n`,
        )
    }
  }
  for (const path of chosen) {
    if (!flags.quiet) yield* say(process, `rm '${path}'\n`)
    if (flags.dry) continue
    index.delete(path)
    if (!flags.cached) removeFile(repository, path)
  }
  if (!flags.dry) repository.putIndex(index)
  return 0
}

export function* mv({ process, args }: GitCall): Blocking<number> {
  const { operands } = parsed({ force: flag('f|force'), verbose: flag('v|verbose') }, args)
  const repository = Repository.find(process)
  if (operands.length < 2) throw new GitError('usage: git mv [<options>] <source>... <destination>\n', 129)
  const index = repository.index()
  const target = fromRoot(repository, operands[operands.length - 1])
  const isFolder =
    target === '' || (process.files.exists(repository.at(target)) && process.files.stat(repository.at(target)).kind === 'directory')
  for (const typed of operands.slice(0, -1)) {
    const source = fromRoot(repository, typed)
    const moved = selected(index.keys(), source)
    const to = isFolder ? `${target === '' ? '' : `${target}/`}${source.slice(source.lastIndexOf('/') + 1)}` : target
    if (!process.files.exists(repository.at(source))) throw new Fatal(`bad source, source=${source}, destination=${to}`)
    if (moved.length === 0) throw new Fatal(`not under version control, source=${source}, destination=${to}`)
    if (process.files.exists(repository.at(to))) throw new Fatal(`destination exists, source=${source}, destination=${to}`)
    process.files.rename(repository.at(source), repository.at(to), process.credentials)
    for (const path of moved) {
      const entry = index.get(path)
      index.delete(path)
      if (entry) index.set(to + path.slice(source.length), entry)
    }
  }
  repository.putIndex(index)
  return 0
}

export function* restore({ process, args }: GitCall): Blocking<number> {
  const { flags, operands } = parsed(
    {
      staged: flag('S|staged'),
      worktree: flag('W|worktree'),
      source: value('s|source'),
      quiet: flag('q|quiet'),
      ours: flag('ours'),
      theirs: flag('theirs'),
      patch: flag('p|patch'),
    },
    args,
  )
  const repository = Repository.find(process)
  if (operands.length === 0) throw new Fatal('you must specify path(s) to restore')
  restorePaths(repository, operands, { source: flags.source, isStaged: flags.staged, isWorktree: flags.worktree || !flags.staged })
  return 0
}

/** How many paths were restored. */
export function restorePaths(
  repository: Repository,
  typed: readonly string[],
  { source, isStaged, isWorktree }: { source: string | undefined; isStaged: boolean; isWorktree: boolean },
): number {
  const index = repository.index()
  const from =
    source !== undefined
      ? repository.filesOf(repository.commit(revision(repository, source)).tree)
      : isStaged
        ? headFiles(repository)
        : index
  let done = 0
  for (const one of typed) {
    const spec = fromRoot(repository, one)
    const found = new Set([...selected(from.keys(), spec), ...selected(index.keys(), spec)])
    if (found.size === 0) throw new GitError(`error: pathspec '${one}' did not match any file(s) known to git\n`)
    for (const path of found) {
      const entry = from.get(path)
      if (isStaged || (source !== undefined && !isWorktree)) {
        if (entry) index.set(path, entry)
        else index.delete(path)
      }
      if (!isWorktree) continue
      if (entry && entryOf(repository, path)?.id !== entry.id) {
        writeFile(repository, path, entry)
        done++
      } else if (!entry) removeFile(repository, path)
    }
  }
  repository.putIndex(index)
  return done
}

export function* commit({ process, args }: GitCall): Blocking<number> {
  const { flags, operands } = parsed(
    {
      message: list('m|message'),
      all: flag('a|all'),
      amend: flag('amend'),
      noEdit: flag('no-edit'),
      allowEmpty: flag('allow-empty'),
      allowEmptyMessage: flag('allow-empty-message'),
      quiet: flag('q|quiet'),
      file: value('F|file'),
      author: value('author'),
      date: value('date'),
      noVerify: flag('n|no-verify'),
      signoff: flag('s|signoff'),
      verbose: count('v|verbose'),
      sign: flag('S'),
      reuse: value('C|reuse-message'),
      edit: flag('e|edit'),
      dry: flag('dry-run'),
    },
    args,
  )
  const repository = Repository.find(process)
  const index = repository.index()
  const unmerged = unmergedPaths(repository)
  if (unmerged.length > 0) yield* say(process, unmerged.map((path) => `U\t${path}\n`).join(''))
  if (unmerged.length > 0)
    throw new GitError(
      `error: Committing is not possible because you have unmerged files.\nhint: Fix them up in the work tree, and then use 'git add/rm <file>'\nhint: as appropriate to mark resolution and make a commit.\nfatal: Exiting because of an unresolved conflict.\n`,
      128,
    )
  if (flags.all) for (const path of [...index.keys()]) stage(repository, index, path)
  for (const typed of operands) {
    const found = selected(index.keys(), fromRoot(repository, typed))
    if (found.length === 0) throw new GitError(`error: pathspec '${typed}' did not match any file(s) known to git\n`)
    for (const path of found) stage(repository, index, path)
  }
  const head = repository.head()
  const old = head === undefined ? undefined : repository.commit(head)
  if (flags.amend && !old) throw new Fatal('You have nothing to amend.')
  const merging = repository.text('MERGE_HEAD')?.trim()
  const base = flags.amend
    ? old?.parents[0] === undefined
      ? new Map()
      : repository.filesOf(repository.commit(old.parents[0]).tree)
    : headFiles(repository)
  const made = withRenames(changes(base, index))
  if (made.length === 0 && !flags.allowEmpty && !flags.amend && merging === undefined) {
    if (flags.all) repository.putIndex(index)
    yield* say(process, longText(repository, stateOf(repository), isColored(process), false))
    return 1
  }
  const author = flags.amend && old && flags.author === undefined ? old.author : whoOf(repository, 'AUTHOR')
  const named = /^(.*?)\s*<(.*)>$/.exec(flags.author ?? '')
  const committer = whoOf(repository, 'COMMITTER')
  repository.putIndex(index)
  let message = flags.message.length > 0 ? flags.message.join('\n\n') : undefined
  if (flags.file !== undefined) message = stringOf(process.files.readFile(process.path(flags.file), process.credentials))
  if (flags.reuse !== undefined) message = repository.commit(revision(repository, flags.reuse)).message
  if (message === undefined && flags.amend && flags.noEdit) message = old?.message
  if (message === undefined && merging !== undefined && flags.noEdit) message = repository.text('MERGE_MSG')
  message ??= yield* edited(repository, flags.amend ? (old?.message ?? '') : (repository.text('MERGE_MSG') ?? ''))
  message = message
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
  if (message === '' && !flags.allowEmptyMessage) throw new GitError('Aborting commit due to empty commit message.\n')
  if (flags.signoff) message += `\n\nSigned-off-by: ${committer.name} <${committer.email}>`
  const parents = flags.amend ? (old?.parents ?? []) : [...(head === undefined ? [] : [head]), ...(merging === undefined ? [] : [merging])]
  const id = repository.putCommit({
    tree: repository.putTree(index),
    parents,
    author: named ? { ...author, name: named[1], email: named[2] } : author,
    committer,
    message: `${message}\n`,
  })
  repository.moveHead(
    id,
    `commit${flags.amend ? ' (amend)' : merging !== undefined ? ' (merge)' : head === undefined ? ' (initial)' : ''}: ${subjectOf(message)}`,
    committer,
  )
  for (const name of ['MERGE_HEAD', 'MERGE_MSG']) repository.remove(name)
  if (flags.quiet) return 0
  const place = repository.branch === undefined ? 'detached HEAD' : repository.branch
  let text = `[${place}${head === undefined ? ' (root-commit)' : ''} ${shortId(id)}] ${subjectOf(message)}\n`
  if (flags.amend) text += ` Date: ${dateText(repository.commit(id).author)}\n`
  if (made.length > 0 && merging === undefined) text += shortStat(yield* counts(repository, made, false)) + modeLines(made)
  yield* say(process, text)
  return 0
}

/** What people left in their editor, without the lines that begin with #. */
function* edited(repository: Repository, text: string): Blocking<string> {
  const { process } = repository
  const editor = process.env.GIT_EDITOR ?? repository.config('core.editor') ?? process.env.VISUAL ?? process.env.EDITOR ?? 'vi'
  const state = longText(repository, stateOf(repository), false, false)
  repository.write(
    'COMMIT_EDITMSG',
    bytesOf(
      `${text.replace(/^#.*\n/gm, '')}\n# Please enter the commit message for your changes. Lines starting\n# with '#' will be ignored, and an empty message aborts the commit.\n#\n${state.replace(/^/gm, '# ').replace(/^# $/gm, '#').replace(/\n?#$/, '\n#').trimEnd()}\n`,
    ),
  )
  const code = yield* runChild({ process, name: 'git', busybox: false }, [
    '/bin/sh',
    '-c',
    `${editor} "$@"`,
    editor,
    repository.path('COMMIT_EDITMSG'),
  ])
  if (code !== 0)
    throw new GitError(`error: There was a problem with the editor '${editor}'.\nPlease supply the message using either -m or -F option.\n`)
  return (repository.text('COMMIT_EDITMSG') ?? '').replace(/^#.*\n?/gm, '')
}
