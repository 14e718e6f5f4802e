/** git status, long and short. */
import type { Blocking } from '../../kernel/process.ts'
import { flag, optional } from '../options.ts'
import { type GitCall, fromHere, headFiles, isColored, parsed, say, shortId } from './call.ts'
import { compare, Fatal, type Files, Repository } from './repository.ts'
import { type Change, changes, letterOf, scan, withRenames, workingFiles } from './working-tree.ts'

export interface State {
  readonly staged: readonly Change[]
  readonly unstaged: readonly Change[]
  readonly untracked: readonly string[]
  readonly ignored: readonly string[]
  readonly unmerged: readonly string[]
}

/** Paths that a merge left for people, as its message lists them. */
export function unmergedPaths(repository: Repository): string[] {
  return [...(repository.text('MERGE_MSG') ?? '').matchAll(/^#\t(.+)$/gm)].map(([, path]) => path)
}

export function stateOf(repository: Repository): State {
  const index = repository.index()
  const { files, ignored } = scan(repository, index)
  const unmerged = unmergedPaths(repository)
  const isMerged = ({ path }: Change): boolean => !unmerged.includes(path)
  return {
    staged: withRenames(changes(headFiles(repository), index)).filter(isMerged),
    unstaged: changes(index, workingFiles(repository, index)).filter(isMerged),
    untracked: folded(
      [...files].filter((path) => !index.has(path)),
      index,
    ),
    ignored: [...ignored].sort(compare),
    unmerged,
  }
}

/** A folder of which nothing is tracked is shown as one line. */
function folded(paths: readonly string[], index: Files): string[] {
  const shown = new Set<string>()
  for (const path of paths) {
    let at = path
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash + 1)
      if ([...index.keys()].some((one) => one.startsWith(folder))) continue
      at = folder
      break
    }
    shown.add(at)
  }
  return [...shown].sort(compare)
}

export function* status({ process, args }: GitCall): Blocking<number> {
  const { flags } = parsed(
    {
      short: flag('s|short'),
      porcelain: optional('porcelain'),
      branch: flag('b|branch'),
      untracked: optional('u|untracked-files'),
      ignored: optional('ignored'),
      long: flag('long'),
      verbose: flag('v|verbose'),
      nulls: flag('z'),
    },
    args,
  )
  const repository = Repository.find(process)
  if (repository.isBare) throw new Fatal('this operation must be run in a work tree')
  const state = stateOf(repository)
  const hasUntracked = flags.untracked !== 'no'
  const shown = {
    ...state,
    untracked: hasUntracked
      ? flags.untracked === 'all'
        ? [...scan(repository, repository.index()).files].filter((path) => !repository.index().has(path)).sort(compare)
        : state.untracked
      : [],
  }
  if (flags.short || flags.porcelain !== undefined) {
    yield* say(
      process,
      shortText(repository, shown, {
        hasBranch: flags.branch,
        isColored: isColored(process) && flags.porcelain === undefined,
        isIgnoredShown: flags.ignored !== undefined,
        isFromRoot: flags.porcelain !== undefined,
      }),
    )
    return 0
  }
  yield* say(process, longText(repository, shown, isColored(process), flags.ignored !== undefined))
  return 0
}

function shortText(
  repository: Repository,
  { staged, unstaged, untracked, ignored, unmerged }: State,
  {
    hasBranch,
    isColored: colored,
    isIgnoredShown,
    isFromRoot,
  }: { hasBranch: boolean; isColored: boolean; isIgnoredShown: boolean; isFromRoot: boolean },
): string {
  const paint = (code: number, text: string): string => (colored && text !== ' ' ? `\x1b[${code}m${text}\x1b[m` : text)
  const rows = new Map<string, [string, string, string]>()
  const name = (path: string): string => (isFromRoot ? path : fromHere(repository, path))
  for (const change of staged)
    rows.set(change.path, [
      letterOf(change),
      ' ',
      change.from === undefined ? name(change.path) : `${name(change.from)} -> ${name(change.path)}`,
    ])
  for (const change of unstaged)
    rows.set(change.path, [rows.get(change.path)?.[0] ?? ' ', letterOf(change), rows.get(change.path)?.[2] ?? name(change.path)])
  for (const path of unmerged) rows.set(path, ['U', 'U', name(path)])
  const head = hasBranch
    ? `## ${repository.head() === undefined ? `No commits yet on ${paint(32, repository.branch ?? '')}` : repository.branch === undefined ? 'HEAD (no branch)' : paint(32, repository.branch)}\n`
    : ''
  return (
    head +
    [...rows]
      .sort(([a], [b]) => compare(a, b))
      .map(([, [x, y, path]]) => `${x === 'U' ? paint(31, 'UU') : paint(32, x) + paint(31, y)} ${path}\n`)
      .join('') +
    untracked.map((path) => `${paint(31, '??')} ${name(path)}\n`).join('') +
    (isIgnoredShown ? ignored.map((path) => `${paint(31, '!!')} ${name(path)}\n`).join('') : '')
  )
}

const words = { A: 'new file:   ', D: 'deleted:    ', M: 'modified:   ', R: 'renamed:    ' } as const

function branchLine(repository: Repository): string {
  const { branch } = repository
  if (branch !== undefined) return `On branch ${branch}\n`
  return `HEAD detached at ${shortId(repository.head() ?? '')}\n`
}

function trackingLines(repository: Repository): string {
  const { branch } = repository
  const remote = branch === undefined ? undefined : repository.config(`branch.${branch}.remote`)
  const id = remote === undefined ? undefined : repository.ref(`refs/remotes/${remote}/${branch}`)
  const head = repository.head()
  if (id === undefined || head === undefined) return ''
  if (id === head) return `Your branch is up to date with '${remote}/${branch}'.\n\n`
  const [ahead, behind] = [distance(repository, head, id), distance(repository, id, head)]
  const many = (count: number): string => `${count} commit${count === 1 ? '' : 's'}`
  if (behind === 0)
    return `Your branch is ahead of '${remote}/${branch}' by ${many(ahead)}.\n  (use "git push" to publish your local commits)\n\n`
  if (ahead === 0)
    return `Your branch is behind '${remote}/${branch}' by ${many(behind)}, and can be fast-forwarded.\n  (use "git pull" to update your local branch)\n\n`
  return `Your branch and '${remote}/${branch}' have diverged,\nand have ${ahead} and ${behind} different commits each, respectively.\n  (use "git pull" to merge the remote branch into yours)\n\n`
}

/** How many commits `from` has that `without` has not. */
export function distance(repository: Repository, from: string, without: string): number {
  const known = ancestors(repository, without)
  return [...ancestors(repository, from)].filter((id) => !known.has(id)).length
}

export function ancestors(repository: Repository, from: string): Set<string> {
  const seen = new Set<string>()
  const queue = [from]
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue
    seen.add(id)
    queue.push(...repository.commit(id).parents)
  }
  return seen
}

export function longText(
  repository: Repository,
  { staged, unstaged, untracked, ignored, unmerged }: State,
  colored: boolean,
  isIgnoredShown: boolean,
): string {
  const paint = (code: number, text: string): string => (colored ? `\x1b[${code}m${text}\x1b[m` : text)
  const isFirst = repository.head() === undefined
  const name = (path: string): string => fromHere(repository, path)
  let text =
    repository.branch === undefined && colored
      ? `${paint(31, 'HEAD detached at ')}${shortId(repository.head() ?? '')}\n`
      : branchLine(repository)
  text += trackingLines(repository)
  if (isFirst) text += '\nNo commits yet\n\n'
  const isMerging = repository.exists('MERGE_HEAD')
  if (isMerging)
    text +=
      unmerged.length > 0
        ? 'You have unmerged paths.\n  (fix conflicts and run "git commit")\n  (use "git merge --abort" to abort the merge)\n\n'
        : 'All conflicts fixed but you are still merging.\n  (use "git commit" to conclude merge)\n\n'
  const rows = (all: readonly Change[], code: number): string =>
    all
      .map(
        (change) =>
          `\t${paint(code, words[letterOf(change)] + (change.from === undefined ? name(change.path) : `${name(change.from)} -> ${name(change.path)}`))}\n`,
      )
      .join('')
  if (staged.length > 0)
    text += `Changes to be committed:\n${isMerging ? '' : `  (use "git ${isFirst ? 'rm --cached' : 'restore --staged'} <file>..." to unstage)\n`}${rows(staged, 32)}\n`
  if (unmerged.length > 0)
    text += `Unmerged paths:\n  (use "git add <file>..." to mark resolution)\n${unmerged.map((path) => `\t${paint(31, `both modified:   ${name(path)}`)}\n`).join('')}\n`
  if (unstaged.length > 0)
    text += `Changes not staged for commit:\n  (use "git add${unstaged.some(({ now }) => !now) ? '/rm' : ''} <file>..." to update what will be committed)\n  (use "git restore <file>..." to discard changes in working directory)\n${rows(unstaged, 31)}\n`
  if (untracked.length > 0)
    text += `Untracked files:\n  (use "git add <file>..." to include in what will be committed)\n${untracked.map((path) => `\t${paint(31, name(path))}\n`).join('')}\n`
  if (isIgnoredShown && ignored.length > 0)
    text += `Ignored files:\n  (use "git add -f <file>..." to include in what will be committed)\n${ignored.map((path) => `\t${paint(31, name(path))}\n`).join('')}\n`
  if (staged.length > 0 || (isMerging && unmerged.length === 0)) return text
  if (unstaged.length > 0 || unmerged.length > 0) return `${text}no changes added to commit (use "git add" and/or "git commit -a")\n`
  if (untracked.length > 0) return `${text}nothing added to commit but untracked files present (use "git add" to track)\n`
  return `${text}${isFirst ? 'nothing to commit (create/copy files and use "git add" to track)' : 'nothing to commit, working tree clean'}\n`
}
