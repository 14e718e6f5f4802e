/** branch, checkout, switch, reset, merge, tag: moving between lines of history. */
import { bytesOf } from '../../../base/bytes.ts'
import { type Blocking, err } from '../../kernel/process.ts'
import { hunksOf } from '../diff.ts'
import { count, flag, list, value } from '../options.ts'
import { stringOf } from '../text.ts'
import { type GitCall, GitError, headFiles, isColored, parsed, revision, say, shortId, subjectOf, whoOf } from './call.ts'
import { counts, modeLines, stat } from './diff-text.ts'
import { compare, Fatal, type Files, Repository, type TreeEntry, withEntry } from './repository.ts'
import { restorePaths } from './staging.ts'
import { ancestors, longText, stateOf } from './status.ts'
import { changes, checkOut, entryOf, scan, withRenames, workingFiles, writeFile } from './working-tree.ts'

const isNameValid = (name: string): boolean => !/[\s~^:?*[\\]|\.\.|^[-./]|[/.]$|\.lock$|@\{/.test(name) && name !== '' && name !== '@'

export function* branch({ process, args }: GitCall): Blocking<number> {
  const { flags, operands } = parsed(
    {
      all: flag('a|all'),
      remotes: flag('r|remotes'),
      remove: flag('d|delete'),
      forceRemove: flag('D'),
      move: flag('m|move'),
      forceMove: flag('M'),
      verbose: count('v|verbose'),
      current: flag('show-current'),
      list: flag('l|list'),
      force: flag('f|force'),
      upstream: value('u|set-upstream-to'),
      merged: flag('merged'),
      noMerged: flag('no-merged'),
      quiet: flag('q|quiet'),
      copy: flag('c|copy'),
    },
    args,
  )
  const repository = Repository.find(process)
  const current = repository.branch
  if (flags.current) {
    yield* say(process, current === undefined ? '' : `${current}\n`)
    return 0
  }
  if (flags.upstream !== undefined) {
    const [remote, ...rest] = flags.upstream.split('/')
    if (repository.ref(`refs/remotes/${flags.upstream}`) === undefined)
      throw new GitError(`fatal: the requested upstream branch '${flags.upstream}' does not exist\n`, 128)
    const name = operands[0] ?? current ?? ''
    repository.write(
      'config',
      withEntry(
        withEntry(repository.text('config') ?? '', `branch.${name}.remote`, remote),
        `branch.${name}.merge`,
        `refs/heads/${rest.join('/')}`,
      ),
    )
    yield* say(process, `branch '${name}' set up to track '${flags.upstream}'.\n`)
    return 0
  }
  if (flags.remove || flags.forceRemove) {
    let code = 0
    for (const name of operands) {
      const id = repository.ref(`refs/heads/${name}`)
      if (id === undefined) {
        yield* err(process, `error: branch '${name}' not found.\n`)
        code = 1
      } else if (name === current) {
        yield* err(process, `error: Cannot delete branch '${name}' checked out at '${repository.work}'\n`)
        code = 1
      } else if (!flags.forceRemove && !ancestors(repository, repository.head() ?? id).has(id)) {
        yield* err(
          process,
          `error: The branch '${name}' is not fully merged.\nIf you are sure you want to delete it, run 'git branch -D ${name}'.\n`,
        )
        code = 1
      } else {
        repository.remove(`refs/heads/${name}`)
        yield* say(process, `Deleted branch ${name} (was ${shortId(id)}).\n`)
      }
    }
    return code
  }
  if (flags.move || flags.forceMove) {
    const [from, to] = operands.length > 1 ? operands : [current ?? '', operands[0] ?? '']
    const id = repository.ref(`refs/heads/${from}`)
    if (id === undefined && from !== current)
      throw new GitError(`error: refname refs/heads/${from} not found\nfatal: Branch rename failed\n`, 128)
    if (!isNameValid(to)) throw new Fatal(`'${to}' is not a valid branch name`)
    if (repository.ref(`refs/heads/${to}`) !== undefined && !flags.forceMove && to !== from)
      throw new Fatal(`a branch named '${to}' already exists`)
    if (id !== undefined && to !== from) {
      repository.write(`refs/heads/${to}`, `${id}\n`)
      repository.remove(`refs/heads/${from}`)
    }
    if (from === current) repository.write('HEAD', `ref: refs/heads/${to}\n`)
    return 0
  }
  if (operands.length > 0 && !flags.list) {
    const [name, start = 'HEAD'] = operands
    if (!isNameValid(name)) throw new Fatal(`'${name}' is not a valid branch name`)
    if (repository.ref(`refs/heads/${name}`) !== undefined && !flags.force) throw new Fatal(`a branch named '${name}' already exists`)
    const id = repository.resolve(start)
    if (id === undefined)
      throw new Fatal(start === 'HEAD' ? `not a valid object name: '${current}'` : `not a valid object name: '${start}'`)
    repository.write(`refs/heads/${name}`, `${id}\n`)
    return 0
  }
  const colored = isColored(process)
  const head = repository.head()
  const rows: { name: string; shown: string; id: string | undefined; isCurrent: boolean; isRemote: boolean }[] = []
  if (!flags.remotes) {
    if (current === undefined && head !== undefined)
      rows.push({ name: '', shown: `(HEAD detached at ${shortId(head)})`, id: head, isCurrent: true, isRemote: false })
    for (const name of repository.refs('refs/heads'))
      rows.push({ name, shown: name, id: repository.ref(`refs/heads/${name}`), isCurrent: name === current, isRemote: false })
  }
  if (flags.all || flags.remotes)
    for (const name of repository.refs('refs/remotes'))
      rows.push({
        name,
        shown: `${flags.all ? 'remotes/' : ''}${name}`,
        id: repository.ref(`refs/remotes/${name}`),
        isCurrent: false,
        isRemote: true,
      })
  const mine = head === undefined ? new Set<string>() : ancestors(repository, head)
  const kept = rows.filter(({ id }) => (!flags.merged || mine.has(id ?? '')) && (!flags.noMerged || !mine.has(id ?? '')))
  const width = Math.max(0, ...kept.map(({ shown }) => shown.length))
  yield* say(
    process,
    kept
      .map(({ shown, id, isCurrent, isRemote }) => {
        const name = flags.verbose > 0 ? shown.padEnd(width) : shown
        return `${isCurrent ? '* ' : '  '}${colored && isCurrent ? `\x1b[32m${name}\x1b[m` : colored && isRemote ? `\x1b[31m${name}\x1b[m` : name}${flags.verbose > 0 && id !== undefined ? ` ${shortId(id)} ${subjectOf(repository.commit(id).message)}` : ''}\n`
      })
      .join(''),
  )
  return 0
}

/** Refuses where the move would overwrite what was not committed; otherwise makes index and files those of `to`. */
function moveFiles(repository: Repository, to: Files, command: string): void {
  const from = headFiles(repository)
  const index = repository.index()
  const wanted = changes(from, to)
  const dirty = wanted.filter(({ path, now }) => {
    const here = entryOf(repository, path)
    return (index.get(path)?.id !== from.get(path)?.id || (here?.id !== index.get(path)?.id && index.has(path))) && here?.id !== now?.id
  })
  if (dirty.length > 0)
    throw new GitError(
      `error: Your local changes to the following files would be overwritten by ${command}:\n${dirty.map(({ path }) => `\t${path}\n`).join('')}Please commit your changes or stash them before you ${command === 'merge' ? 'merge' : 'switch branches'}.\nAborting\n`,
    )
  const untracked = wanted.filter(
    ({ path, now }) => now && !index.has(path) && entryOf(repository, path) && entryOf(repository, path)?.id !== now.id,
  )
  if (untracked.length > 0)
    throw new GitError(
      `error: The following untracked working tree files would be overwritten by ${command}:\n${untracked.map(({ path }) => `\t${path}\n`).join('')}Please move or remove them before you ${command === 'merge' ? 'merge' : 'switch branches'}.\nAborting\n`,
    )
  checkOut(repository, from, to)
  for (const { path, now } of wanted) {
    if (now) index.set(path, now)
    else index.delete(path)
  }
  repository.putIndex(index)
}

const detachedAdvice = (name: string): string => `Note: switching to '${name}'.

You are in 'detached HEAD' state. You can look around, make experimental
changes and commit them, and you can discard any commits you make in this
state without impacting any branches by switching back to a branch.

If you want to create a new branch to retain commits you create, you may
do so (now or later) by using -c with the switch command. Example:

  git switch -c <new-branch-name>

Or undo this operation with:

  git switch -

Turn off this advice by setting config variable advice.detachedHead to false

`

export function* checkout({ process, args }: GitCall): Blocking<number> {
  return yield* moveTo({ process, args }, 'checkout')
}

export function* switchTo({ process, args }: GitCall): Blocking<number> {
  return yield* moveTo(
    { process, args: args.map((arg) => (arg === '-c' || arg === '--create' ? '-b' : arg === '-C' ? '-B' : arg)) },
    'switch',
  )
}

function* moveTo({ process, args }: GitCall, command: 'checkout' | 'switch'): Blocking<number> {
  const { flags, operands, hasDashes } = parsed(
    {
      make: value('b'),
      forceMake: value('B'),
      quiet: flag('q|quiet'),
      force: flag('f|force'),
      detach: flag('d|detach'),
      track: flag('t|track'),
      orphan: value('orphan'),
      ours: flag('ours'),
      theirs: flag('theirs'),
      patch: flag('p|patch'),
    },
    args,
  )
  const repository = Repository.find(process)
  const dashes = args.indexOf('--')
  const current = repository.branch
  const head = repository.head()
  const note = function* (text: string): Blocking<void> {
    if (!flags.quiet) yield* err(process, text)
  }
  const created = flags.make ?? flags.forceMake
  if (flags.orphan !== undefined) {
    repository.write('HEAD', `ref: refs/heads/${flags.orphan}\n`)
    yield* note(`Switched to a new branch '${flags.orphan}'\n`)
    return 0
  }
  if (created !== undefined) {
    if (!isNameValid(created)) throw new Fatal(`'${created}' is not a valid branch name`)
    if (repository.ref(`refs/heads/${created}`) !== undefined && flags.forceMake === undefined)
      throw new Fatal(`a branch named '${created}' already exists`)
    const start = operands[0]
    const id = start === undefined ? head : revision(repository, start)
    if (id !== undefined) {
      if (start !== undefined) moveFiles(repository, repository.filesOf(repository.commit(id).tree), 'checkout')
      repository.write(`refs/heads/${created}`, `${id}\n`)
      repository.log(
        'HEAD',
        head ?? id,
        id,
        `checkout: moving from ${current ?? shortId(head ?? '')} to ${created}`,
        unknownPerson(process.now()),
      )
    }
    repository.write('HEAD', `ref: refs/heads/${created}\n`)
    yield* note(`Switched to a new branch '${created}'\n`)
    return 0
  }
  const [first] = operands
  if (
    command === 'checkout' &&
    (hasDashes ||
      operands.length > 1 ||
      (first !== undefined && repository.resolve(first) === undefined && first !== '-' && isTracked(repository, first)))
  ) {
    const before = hasDashes
      ? args.slice(0, dashes).filter((arg) => !arg.startsWith('-'))
      : repository.resolve(first) !== undefined
        ? [first]
        : []
    const paths = hasDashes ? args.slice(dashes + 1) : operands.slice(before.length)
    const done = restorePaths(repository, paths, { source: before[0], isStaged: false, isWorktree: true })
    if (!hasDashes)
      yield* note(
        `Updated ${done} path${done === 1 ? '' : 's'} from ${before[0] === undefined ? 'the index' : shortId(revision(repository, before[0]))}\n`,
      )
    return 0
  }
  if (first === undefined) {
    if (command === 'switch') throw new Fatal('missing branch or commit argument')
    return 0
  }
  const name = first === '-' ? (/checkout: moving from (\S+) to \S+\n?$/.exec(repository.text('logs/HEAD') ?? '')?.[1] ?? '') : first
  let id = repository.ref(`refs/heads/${name}`)
  const isUnborn = id === undefined && name === current
  const remote =
    id === undefined && !isUnborn ? repository.refs('refs/remotes').find((one) => one.slice(one.indexOf('/') + 1) === name) : undefined
  if (remote !== undefined && repository.resolve(name) === undefined) {
    id = repository.ref(`refs/remotes/${remote}`)
    repository.write(`refs/heads/${name}`, `${id}\n`)
    repository.write(
      'config',
      withEntry(
        withEntry(repository.text('config') ?? '', `branch.${name}.remote`, remote.split('/')[0]),
        `branch.${name}.merge`,
        `refs/heads/${name}`,
      ),
    )
  }
  if (name === current && !flags.detach) {
    yield* note(`Already on '${name}'\n`)
    return 0
  }
  if (id !== undefined && !flags.detach) {
    moveFiles(repository, repository.filesOf(repository.commit(id).tree), 'checkout')
    repository.write('HEAD', `ref: refs/heads/${name}\n`)
    repository.log(
      'HEAD',
      head ?? id,
      id,
      `checkout: moving from ${current ?? shortId(head ?? '')} to ${name}`,
      unknownPerson(process.now()),
    )
    if (current === undefined && head !== undefined && head !== id)
      yield* note(`Previous HEAD position was ${shortId(head)} ${subjectOf(repository.commit(head).message)}\n`)
    yield* note(`Switched to ${remote === undefined ? '' : 'a new '}branch '${name}'\n`)
    if (remote !== undefined) yield* say(process, `branch '${name}' set up to track '${remote}'.\n`)
    return 0
  }
  const target = repository.resolve(name)
  if (target === undefined)
    throw command === 'switch'
      ? new Fatal(`invalid reference: ${name}`)
      : new GitError(`error: pathspec '${name}' did not match any file(s) known to git\n`)
  if (command === 'switch' && !flags.detach)
    throw new Fatal(
      `a branch is expected, got ${repository.ref(`refs/tags/${name}`) ? 'tag' : 'commit'} '${name}'\nhint: If you want to detach HEAD at the commit, try again with the --detach option.`,
    )
  moveFiles(repository, repository.filesOf(repository.commit(target).tree), 'checkout')
  repository.write('HEAD', `${target}\n`)
  repository.log(
    'HEAD',
    head ?? target,
    target,
    `checkout: moving from ${current ?? shortId(head ?? '')} to ${name}`,
    unknownPerson(process.now()),
  )
  const subject = subjectOf(repository.commit(target).message)
  yield* note(
    `${current === undefined || flags.detach ? '' : detachedAdvice(name)}${current === undefined && head !== target && head !== undefined ? `Previous HEAD position was ${shortId(head)} ${subjectOf(repository.commit(head).message)}\n` : ''}HEAD is now at ${shortId(target)} ${subject}\n`,
  )
  return 0
}

const unknownPerson = (nowMs: number) => ({ name: 'you', email: 'you@localhost', seconds: Math.floor(nowMs / 1000), zone: '+0000' })

function isTracked(repository: Repository, typed: string): boolean {
  const path = typed.replace(/^\.\//, '')
  return (
    typed === '.' ||
    [...repository.index().keys()].some((one) => one === path || one.startsWith(`${path}/`)) ||
    repository.process.files.exists(repository.process.path(typed))
  )
}

export function* reset({ process, args }: GitCall): Blocking<number> {
  const { flags, operands, hasDashes } = parsed(
    {
      soft: flag('soft'),
      mixed: flag('mixed'),
      hard: flag('hard'),
      quiet: flag('q|quiet'),
      keep: flag('keep'),
      merge: flag('merge'),
      patch: flag('p|patch'),
    },
    args,
  )
  const repository = Repository.find(process)
  const [first] = operands
  const isRevision =
    first !== undefined && !(hasDashes && args.indexOf('--') < args.indexOf(first)) && repository.resolve(first) !== undefined
  const paths = operands.slice(isRevision ? 1 : 0)
  if (paths.length > 0) {
    if (first !== undefined && !isRevision && !hasDashes && !isTracked(repository, first)) revision(repository, first)
    restorePaths(repository, paths, {
      source: isRevision ? first : repository.head() === undefined ? undefined : 'HEAD',
      isStaged: true,
      isWorktree: false,
    })
    yield* unstaged()
    return 0
  }
  if (first !== undefined && !isRevision) revision(repository, first)
  const id = first === undefined ? repository.head() : revision(repository, first)
  if (id === undefined) {
    if (!flags.soft) repository.putIndex(new Map())
    return 0
  }
  const files = repository.filesOf(repository.commit(id).tree)
  const index = repository.index()
  if (flags.hard) {
    checkOut(repository, new Map([...index]), files)
    for (const [path, entry] of files) if (entryOf(repository, path)?.id !== entry.id) writeFile(repository, path, entry)
  }
  if (!flags.soft) repository.putIndex(files)
  repository.moveHead(id, `reset: moving to ${first ?? 'HEAD'}`, unknownPerson(process.now()))
  for (const name of ['MERGE_HEAD', 'MERGE_MSG']) repository.remove(name)
  if (flags.hard && !flags.quiet) yield* say(process, `HEAD is now at ${shortId(id)} ${subjectOf(repository.commit(id).message)}\n`)
  else if (!flags.soft && !flags.quiet) yield* unstaged()
  return 0

  function* unstaged(): Blocking<void> {
    const now = repository.index()
    const left = changes(now, workingFiles(repository, now))
    if (left.length > 0 && !flags.quiet)
      yield* say(
        process,
        `Unstaged changes after reset:\n${left.map(({ path, now: entry }) => `${entry ? 'M' : 'D'}\t${path}\n`).join('')}`,
      )
  }
}

export function* merge({ process, args }: GitCall): Blocking<number> {
  const { flags, operands } = parsed(
    {
      abort: flag('abort'),
      continue: flag('continue'),
      noFf: flag('no-ff'),
      ffOnly: flag('ff-only'),
      ff: flag('ff'),
      message: list('m|message'),
      noEdit: flag('no-edit'),
      squash: flag('squash'),
      quiet: flag('q|quiet'),
      noCommit: flag('no-commit'),
      allow: flag('allow-unrelated-histories'),
    },
    args,
  )
  const repository = Repository.find(process)
  const head = repository.head()
  if (flags.abort) {
    if (!repository.exists('MERGE_HEAD')) throw new Fatal('There is no merge to abort (MERGE_HEAD missing).')
    const files = headFiles(repository)
    for (const [path, entry] of files) if (entryOf(repository, path)?.id !== entry.id) writeFile(repository, path, entry)
    for (const path of repository.index().keys())
      if (!files.has(path)) checkOut(repository, new Map([[path, { mode: '100644', id: '' }]]), new Map())
    repository.putIndex(files)
    for (const name of ['MERGE_HEAD', 'MERGE_MSG']) repository.remove(name)
    return 0
  }
  if (repository.exists('MERGE_HEAD'))
    throw new Fatal('You have not concluded your merge (MERGE_HEAD exists).\nPlease, commit your changes before you merge.')
  const [name] = operands
  if (name === undefined) throw new Fatal('No remote for the current branch.')
  const theirs = repository.resolve(name)
  if (theirs === undefined) throw new GitError(`merge: ${name} - not something we can merge\n`)
  if (head === undefined) {
    moveFiles(repository, repository.filesOf(repository.commit(theirs).tree), 'merge')
    repository.moveHead(theirs, `merge ${name}: Fast-forward`, unknownPerson(process.now()))
    return 0
  }
  const [mine, other] = [ancestors(repository, head), ancestors(repository, theirs)]
  if (mine.has(theirs)) {
    yield* say(process, 'Already up to date.\n')
    return 0
  }
  const look = { isColored: isColored(process), context: 3 }
  if (other.has(head) && !flags.noFf) {
    const before = headFiles(repository)
    const after = repository.filesOf(repository.commit(theirs).tree)
    moveFiles(repository, after, 'merge')
    repository.moveHead(theirs, `merge ${name}: Fast-forward`, unknownPerson(process.now()))
    const made = withRenames(changes(before, after))
    yield* say(
      process,
      `Updating ${shortId(head)}..${shortId(theirs)}\nFast-forward\n${stat(yield* counts(repository, made, false), look)}${modeLines(made)}`,
    )
    return 0
  }
  if (flags.ffOnly)
    throw new GitError(
      'hint: Diverging branches can\'t be fast-forwarded, you need to either:\nhint:\nhint: \tgit merge --no-ff\nhint:\nhint: or:\nhint:\nhint: \tgit rebase\nhint:\nhint: Disable this message with "git config advice.diverging false"\nfatal: Not possible to fast-forward, aborting.\n',
      128,
    )
  const common = [...mine]
    .filter((id) => other.has(id))
    .map((id) => repository.commit(id))
    .sort((a, b) => b.committer.seconds - a.committer.seconds || (ancestors(repository, a.id).has(b.id) ? -1 : 1))[0]
  if (!common && !flags.allow) throw new Fatal('refusing to merge unrelated histories')
  const base: Files = common ? repository.filesOf(common.tree) : new Map()
  const [ourFiles, theirFiles] = [headFiles(repository), repository.filesOf(repository.commit(theirs).tree)]
  const result = new Map<string, TreeEntry>()
  const conflicts: { path: string; text: string }[] = []
  const messages: string[] = []
  for (const path of [...new Set([...base.keys(), ...ourFiles.keys(), ...theirFiles.keys()])].sort(compare)) {
    const [old, a, b] = [base.get(path), ourFiles.get(path), theirFiles.get(path)]
    const chosen = a?.id === b?.id ? a : a?.id === old?.id ? b : b?.id === old?.id ? a : 'both'
    if (chosen === undefined) continue
    if (chosen !== 'both') {
      result.set(path, chosen)
      continue
    }
    if (!a || !b) {
      messages.push(
        `CONFLICT (modify/delete): ${path} deleted in ${a ? name : 'HEAD'} and modified in ${a ? 'HEAD' : name}.  Version ${a ? 'HEAD' : name} of ${path} left in tree.`,
      )
      const left = a ?? b
      if (left) {
        result.set(path, left)
        conflicts.push({ path, text: stringOf(repository.blob(left.id)) })
      }
      continue
    }
    const merged = yield* mergedText(
      old ? stringOf(repository.blob(old.id)) : '',
      stringOf(repository.blob(a.id)),
      stringOf(repository.blob(b.id)),
      name,
    )
    messages.push(`Auto-merging ${path}`)
    if (merged.hasConflict) {
      messages.push(`CONFLICT (${old ? 'content' : 'add/add'}): Merge conflict in ${path}`)
      conflicts.push({ path, text: merged.text })
      result.set(path, a)
    } else result.set(path, { mode: a.mode, id: repository.put('blob', bytesOf(merged.text)) })
  }
  moveFiles(repository, result, 'merge')
  const title =
    flags.message.length > 0
      ? flags.message.join('\n\n')
      : `Merge ${repository.ref(`refs/heads/${name}`) === undefined ? `commit '${name}'` : `branch '${name}'`}${['main', 'master'].includes(repository.branch ?? '') ? '' : ` into ${repository.branch}`}`
  if (messages.length > 0) yield* say(process, `${messages.join('\n')}\n`)
  if (conflicts.length > 0) {
    for (const { path, text } of conflicts) process.files.writeFile(repository.at(path), bytesOf(text), {}, process.credentials)
    repository.write('MERGE_HEAD', `${theirs}\n`)
    repository.write('MERGE_MSG', `${title}\n\n# Conflicts:\n${conflicts.map(({ path }) => `#\t${path}\n`).join('')}`)
    yield* say(process, 'Automatic merge failed; fix conflicts and then commit the result.\n')
    return 1
  }
  const who = whoOf(repository, 'COMMITTER')
  const id = repository.putCommit({
    tree: repository.putTree(result),
    parents: [head, theirs],
    author: whoOf(repository, 'AUTHOR'),
    committer: who,
    message: `${title}\n`,
  })
  repository.moveHead(id, `merge ${name}: Merge made by the 'ort' strategy.`, who)
  const made = withRenames(changes(ourFiles, result))
  yield* say(process, `Merge made by the 'ort' strategy.\n${stat(yield* counts(repository, made, false), look)}${modeLines(made)}`)
  return 0
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.split(/(?<=\n)/))

/** Three-way merge by lines: what only one side changed is taken, what both changed differently is marked. */
function* mergedText(base: string, ours: string, theirs: string, name: string): Blocking<{ text: string; hasConflict: boolean }> {
  const [o, a, b] = [linesOf(base), linesOf(ours), linesOf(theirs)]
  const [left, right] = [yield* hunksOf(o, a), yield* hunksOf(o, b)]
  let text = ''
  let hasConflict = false
  let at = 0
  let [shiftA, shiftB] = [0, 0]
  while (left.length > 0 || right.length > 0) {
    const from = Math.min(left[0]?.from ?? Number.POSITIVE_INFINITY, right[0]?.from ?? Number.POSITIVE_INFINITY)
    let to = from
    const mine = []
    const other = []
    for (;;) {
      const [one, two] = [left[0], right[0]]
      if (one && one.from <= to && (mine.length === 0 ? one.from === from || other.length > 0 : true)) {
        mine.push(one)
        left.shift()
        to = Math.max(to, one.to)
      } else if (two && two.from <= to && (other.length === 0 ? two.from === from || mine.length > 0 : true)) {
        other.push(two)
        right.shift()
        to = Math.max(to, two.to)
      } else break
    }
    text += o.slice(at, from).join('')
    const grown = (hunks: readonly { from: number; to: number; newFrom: number; newTo: number }[]): number =>
      hunks.reduce((sum, one) => sum + (one.newTo - one.newFrom) - (one.to - one.from), 0)
    const [growA, growB] = [grown(mine), grown(other)]
    const ourLines = a.slice(from + shiftA, to + shiftA + growA).join('')
    const theirLines = b.slice(from + shiftB, to + shiftB + growB).join('')
    shiftA += growA
    shiftB += growB
    if (other.length === 0 || ourLines === theirLines) text += ourLines
    else if (mine.length === 0) text += theirLines
    else {
      hasConflict = true
      const ended = (part: string): string => (part === '' || part.endsWith('\n') ? part : `${part}\n`)
      text += `<<<<<<< HEAD\n${ended(ourLines)}=======\n${ended(theirLines)}>>>>>>> ${name}\n`
    }
    at = to
  }
  return { text: text + o.slice(at).join(''), hasConflict }
}

export function* tag({ process, args }: GitCall): Blocking<number> {
  const { flags, operands } = parsed(
    {
      annotate: flag('a|annotate'),
      message: list('m|message'),
      remove: flag('d|delete'),
      list: flag('l|list'),
      force: flag('f|force'),
      lines: value('n'),
      sign: flag('s'),
    },
    args,
  )
  const repository = Repository.find(process)
  if (flags.remove) {
    let code = 0
    for (const name of operands) {
      const id = repository.ref(`refs/tags/${name}`)
      if (id === undefined) {
        yield* err(process, `error: tag '${name}' not found.\n`)
        code = 1
        continue
      }
      repository.remove(`refs/tags/${name}`)
      yield* say(process, `Deleted tag '${name}' (was ${shortId(id)})\n`)
    }
    return code
  }
  const [name, at = 'HEAD'] = operands
  if (name === undefined || flags.list) {
    const pattern =
      name === undefined
        ? undefined
        : new RegExp(
            `^${name
              .replace(/[.+^${}()|\\]/g, '\\$&')
              .replace(/\*/g, '.*')
              .replace(/\?/g, '.')}$`,
          )
    yield* say(
      process,
      repository
        .refs('refs/tags')
        .filter((one) => !pattern || pattern.test(one))
        .map((one) => `${one}\n`)
        .join(''),
    )
    return 0
  }
  if (!isNameValid(name)) throw new Fatal(`'${name}' is not a valid tag name.`)
  const old = repository.ref(`refs/tags/${name}`)
  if (old !== undefined && !flags.force) throw new Fatal(`tag '${name}' already exists`)
  const id = repository.resolve(at)
  if (id === undefined) throw new Fatal(`Failed to resolve '${at}' as a valid ref.`)
  let target = id
  if (flags.annotate || flags.message.length > 0) {
    const who = whoOf(repository, 'COMMITTER')
    if (flags.message.length === 0) throw new Fatal('no tag message?')
    target = repository.put(
      'tag',
      bytesOf(
        `object ${id}\ntype commit\ntag ${name}\ntagger ${who.name} <${who.email}> ${who.seconds} ${who.zone}\n\n${flags.message.join('\n\n')}\n`,
      ),
    )
  }
  repository.write(`refs/tags/${name}`, `${target}\n`)
  if (old !== undefined && old !== target) yield* say(process, `Updated tag '${name}' (was ${shortId(old)})\n`)
  return 0
}

export function* stash({ process, args }: GitCall): Blocking<number> {
  const [action = 'push'] = args
  const repository = Repository.find(process)
  const lines = (repository.text('logs/refs/stash') ?? '').split('\n').filter(Boolean)
  const head = repository.head()
  switch (action) {
    case 'push':
    case 'save': {
      if (head === undefined) throw new Fatal('You do not have the initial commit yet')
      const index = repository.index()
      const files = workingFiles(repository, index)
      const base = headFiles(repository)
      if (changes(base, files).length === 0 && changes(base, index).length === 0) {
        yield* say(process, 'No local changes to save\n')
        return 0
      }
      for (const { path, now } of changes(index, files)) if (now) repository.put('blob', process.files.readFile(repository.at(path)))
      const who = whoOf(repository, 'COMMITTER')
      const given = args[args.indexOf('-m') + 1]
      const title =
        args.includes('-m') && given !== undefined
          ? `On ${repository.branch ?? '(no branch)'}: ${given}`
          : `WIP on ${repository.branch ?? '(no branch)'}: ${shortId(head)} ${subjectOf(repository.commit(head).message)}`
      const staged = repository.putCommit({
        tree: repository.putTree(index),
        parents: [head],
        author: who,
        committer: who,
        message: `index on ${repository.branch ?? '(no branch)'}: ${shortId(head)} ${subjectOf(repository.commit(head).message)}\n`,
      })
      const id = repository.putCommit({
        tree: repository.putTree(files),
        parents: [head, staged],
        author: who,
        committer: who,
        message: title,
      })
      repository.log('refs/stash', repository.ref('refs/stash') ?? '0'.repeat(40), id, title, who)
      repository.write('refs/stash', `${id}\n`)
      checkOut(repository, files, base)
      for (const path of index.keys()) if (!base.has(path)) checkOut(repository, new Map([[path, { mode: '100644', id: '' }]]), new Map())
      repository.putIndex(base)
      yield* say(process, `Saved working directory and index state ${title}\n`)
      return 0
    }
    case 'list':
      yield* say(
        process,
        [...lines]
          .reverse()
          .map((line, number) => `stash@{${number}}: ${line.slice(line.indexOf('\t') + 1)}\n`)
          .join(''),
      )
      return 0
    case 'pop':
    case 'apply':
    case 'drop': {
      const number = Number(/\{?(\d+)\}?$/.exec(args[1] ?? '')?.[1] ?? 0)
      const line = lines[lines.length - 1 - number]
      if (line === undefined)
        throw new GitError(lines.length === 0 ? 'No stash entries found.\n' : `error: stash@{${number}} is not a valid reference\n`)
      const id = line.split(' ')[1]
      if (action !== 'drop') {
        const { tree, parents } = repository.commit(id)
        const [from, to] = [repository.filesOf(repository.commit(parents[0]).tree), repository.filesOf(tree)]
        const wanted = changes(from, to)
        const dirty = wanted.filter(({ path }) => entryOf(repository, path)?.id !== repository.index().get(path)?.id)
        if (dirty.length > 0)
          throw new GitError(
            `error: Your local changes to the following files would be overwritten by merge:\n${dirty.map(({ path }) => `\t${path}\n`).join('')}Please commit your changes or stash them before you merge.\nAborting\n${action === 'pop' ? 'The stash entry is kept in case you need it again.\n' : ''}`,
          )
        const index = repository.index()
        checkOut(repository, from, to)
        for (const { path, old, now } of wanted) if (!old && now) index.set(path, now)
        repository.putIndex(index)
        yield* say(process, longText(repository, stateOf(repository), isColored(process), false))
      }
      if (action !== 'apply') {
        lines.splice(lines.length - 1 - number, 1)
        if (lines.length === 0) {
          repository.remove('refs/stash')
          repository.remove('logs/refs/stash')
        } else {
          repository.write('logs/refs/stash', `${lines.join('\n')}\n`)
          repository.write('refs/stash', `${lines[lines.length - 1].split(' ')[1]}\n`)
        }
        yield* say(process, `Dropped ${args[1] === undefined ? 'refs/stash@{0}' : `stash@{${number}}`} (${id})\n`)
      }
      return 0
    }
    default:
      throw new GitError(`git stash ${action} is not simulated\n`)
  }
}

export function* clean({ process, args }: GitCall): Blocking<number> {
  const { flags } = parsed(
    { force: flag('f|force'), folders: flag('d'), dry: flag('n|dry-run'), ignored: flag('x'), quiet: flag('q|quiet') },
    args,
  )
  const repository = Repository.find(process)
  if (!flags.force && !flags.dry) throw new Fatal('clean.requireForce defaults to true and neither -i, -n, nor -f given; refusing to clean')
  const index = repository.index()
  const { files, ignored } = scan(repository, index)
  const gone = [...files, ...(flags.ignored ? ignored : [])].filter((path) => !index.has(path)).sort(compare)
  const shown = new Set<string>()
  for (const path of gone) {
    const slash = path.indexOf('/')
    const folder = slash > 0 ? path.slice(0, slash + 1) : undefined
    const isWhole = folder !== undefined && ![...index.keys()].some((one) => one.startsWith(folder))
    if (isWhole && !flags.folders) continue
    shown.add(isWhole && folder !== undefined ? folder : path)
  }
  for (const path of shown) {
    yield* say(process, `${flags.dry ? 'Would remove' : 'Removing'} ${path}\n`)
    if (!flags.dry) process.files.removeAll(repository.at(path.replace(/\/$/, '')), process.credentials)
  }
  return 0
}
