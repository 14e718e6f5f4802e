/** log, show, diff, reflog, shortlog: looking back. */
import type { Blocking } from '../../kernel/process.ts'
import { flag, list, optional, value } from '../options.ts'
import { stringOf } from '../text.ts'
import { dateText, fromRoot, type GitCall, headFiles, isColored, parsed, revision, say, selected, shortId, subjectOf } from './call.ts'
import { counts, diffText, type Look, shortStat, stat } from './diff-text.ts'
import { type Commit, Fatal, type Files, Repository } from './repository.ts'
import { ancestors, unmergedPaths } from './status.ts'
import { type Change, changes, letterOf, withRenames, workingFiles } from './working-tree.ts'

const shownFlags = {
  stat: flag('stat'),
  nameOnly: flag('name-only'),
  nameStatus: flag('name-status'),
  shortstat: flag('shortstat'),
  numstat: flag('numstat'),
  patch: flag('p|u|patch'),
  noPatch: flag('s|no-patch'),
  unified: value('U|unified'),
  color: optional('color'),
  noColor: flag('no-color'),
  quiet: flag('q|quiet'),
  exitCode: flag('exit-code'),
  summary: flag('summary'),
  check: flag('check'),
  wordDiff: optional('word-diff'),
  noPager: flag('no-ext-diff'),
} as const

type Shown = {
  readonly stat: boolean
  readonly nameOnly: boolean
  readonly nameStatus: boolean
  readonly shortstat: boolean
  readonly numstat: boolean
  readonly patch: boolean
}

function* changesText(repository: Repository, all: readonly Change[], isWorking: boolean, shown: Shown, look: Look): Blocking<string> {
  if (shown.nameOnly) return all.map(({ path }) => `${path}\n`).join('')
  if (shown.nameStatus)
    return all.map((change) => `${letterOf(change)}${change.from === undefined ? '' : `100\t${change.from}`}\t${change.path}\n`).join('')
  if (shown.numstat)
    return (yield* counts(repository, all, isWorking))
      .map(({ change, added, removed }) => `${added}\t${removed}\t${change.path}\n`)
      .join('')
  if (shown.shortstat) return all.length === 0 ? '' : shortStat(yield* counts(repository, all, isWorking))
  let text = shown.stat ? stat(yield* counts(repository, all, isWorking), look) : ''
  if (shown.stat && !shown.patch) return text
  if (text !== '') text += '\n'
  for (const change of all) text += yield* diffText(repository, change, isWorking, look)
  return text
}

export function* diff({ process, args }: GitCall): Blocking<number> {
  const { flags, operands, hasDashes } = parsed({ ...shownFlags, cached: flag('cached|staged'), noIndex: flag('no-index') }, args)
  const repository = Repository.find(process)
  const revisions: string[] = []
  const paths: string[] = []
  for (const operand of operands) {
    const range = /^(.*?)\.\.\.?(.*)$/.exec(operand)
    if (range && paths.length === 0 && !process.files.exists(process.path(operand)))
      revisions.push(revision(repository, range[1] || 'HEAD'), revision(repository, range[2] || 'HEAD'))
    else if (paths.length === 0 && repository.resolve(operand) !== undefined && !process.files.exists(process.path(operand)))
      revisions.push(revision(repository, operand))
    else {
      if (!hasDashes && !process.files.exists(process.path(operand)) && !repository.index().has(fromRoot(repository, operand)))
        revision(repository, operand)
      paths.push(fromRoot(repository, operand))
    }
  }
  const index = repository.index()
  const treeOf = (id: string): Files => repository.filesOf(repository.commit(id).tree)
  const isWorking = revisions.length < 2 && !flags.cached
  const from = revisions.length > 0 ? treeOf(revisions[0]) : flags.cached ? headFiles(repository) : index
  const to =
    revisions.length > 1
      ? treeOf(revisions[1])
      : flags.cached
        ? index
        : workingFiles(repository, revisions.length > 0 ? new Map([...from, ...index]) : index)
  const wanted = (path: string): boolean => paths.length === 0 || paths.some((spec) => selected([path], spec).length > 0)
  const plain = changes(from, to).filter(({ path }) => wanted(path))
  // What a merge left is told twice: as unmerged, and as changed.
  const unmerged = revisions.length === 0 && !flags.cached && (flags.nameOnly || flags.nameStatus) ? unmergedPaths(repository) : []
  const found = withRenames(plain.flatMap((change) => (unmerged.includes(change.path) ? [change, change] : [change])))
  const look = {
    isColored: (isColored(process) && !flags.noColor) || (flags.color !== undefined && flags.color !== 'never'),
    context: flags.unified === undefined ? 3 : Number(flags.unified),
  }
  if (!flags.quiet) yield* say(process, yield* changesText(repository, found, isWorking, flags, look))
  return (flags.quiet || flags.exitCode) && found.length > 0 ? 1 : 0
}

/** What a commit changed against its first parent. */
function changesOf(repository: Repository, commit: Commit): Change[] {
  const before = commit.parents[0] === undefined ? new Map() : repository.filesOf(repository.commit(commit.parents[0]).tree)
  return withRenames(changes(before, repository.filesOf(commit.tree)))
}

/** ` (HEAD -> main, tag: v1)`. */
function decorations(repository: Repository): Map<string, string[]> {
  const names = new Map<string, string[]>()
  const add = (id: string | undefined, name: string): void => {
    if (id !== undefined) names.set(id, [...(names.get(id) ?? []), name])
  }
  const { branch } = repository
  add(repository.head(), branch === undefined ? 'HEAD' : `HEAD -> ${branch}`)
  for (const name of repository.refs('refs/tags')) add(repository.resolve(`refs/tags/${name}`), `tag: ${name}`)
  for (const name of repository.refs('refs/remotes')) add(repository.ref(`refs/remotes/${name}`), name)
  for (const name of repository.refs('refs/heads')) if (name !== branch) add(repository.ref(`refs/heads/${name}`), name)
  return names
}

function coloredNames(names: readonly string[], colored: boolean): string {
  if (!colored) return `(${names.join(', ')})`
  const paint = (name: string): string =>
    name.startsWith('HEAD -> ')
      ? `\x1b[1;36mHEAD -> \x1b[m\x1b[1;32m${name.slice(8)}\x1b[m`
      : name.startsWith('tag: ')
        ? `\x1b[1;33m${name}\x1b[m`
        : name === 'HEAD'
          ? '\x1b[1;36mHEAD\x1b[m'
          : name.includes('/')
            ? `\x1b[1;31m${name}\x1b[m`
            : `\x1b[1;32m${name}\x1b[m`
  return `\x1b[33m(\x1b[m${names.map(paint).join('\x1b[33m, \x1b[m')}\x1b[33m)\x1b[m`
}

/** Newest first; a parent never before its child. */
function ordered(repository: Repository, from: readonly string[], without: ReadonlySet<string>): Commit[] {
  const found: Commit[] = []
  const seen = new Set(without)
  const waiting = from.filter((id) => !seen.has(id)).map((id) => repository.commit(id))
  for (const { id } of waiting) seen.add(id)
  while (waiting.length > 0) {
    let newest = 0
    for (const [index, one] of waiting.entries()) if (one.committer.seconds > waiting[newest].committer.seconds) newest = index
    const [next] = waiting.splice(newest, 1)
    found.push(next)
    for (const parent of next.parents) {
      if (seen.has(parent)) continue
      seen.add(parent)
      waiting.push(repository.commit(parent))
    }
  }
  return found
}

function formatted(repository: Repository, commit: Commit, format: string, names: readonly string[] | undefined, nowMs: number): string {
  const { author, committer, message, id, parents, tree } = commit
  const body = message.split('\n\n').slice(1).join('\n\n')
  const fields: Readonly<Record<string, string>> = {
    H: id,
    h: shortId(id),
    T: tree,
    t: shortId(tree),
    P: parents.join(' '),
    p: parents.map(shortId).join(' '),
    an: author.name,
    ae: author.email,
    ad: dateText(author),
    ar: dateText(author, 'relative', nowMs),
    at: String(author.seconds),
    ai: dateText(author, 'iso'),
    as: dateText(author, 'short'),
    cn: committer.name,
    ce: committer.email,
    cd: dateText(committer),
    cr: dateText(committer, 'relative', nowMs),
    ct: String(committer.seconds),
    ci: dateText(committer, 'iso'),
    cs: dateText(committer, 'short'),
    s: subjectOf(message),
    b: body,
    B: message,
    d: names ? ` (${names.join(', ')})` : '',
    D: names ? names.join(', ') : '',
    n: '\n',
    '%': '%',
    Cred: '\x1b[31m',
    Cgreen: '\x1b[32m',
    Cblue: '\x1b[34m',
    Creset: '\x1b[m',
  }
  const plain = !isColored(repository.process)
  return format.replace(
    /%(C\([^)]*\)|C(?:red|green|blue|reset|yellow)|a[neditrs]|a[is]|c[nedrtis]|[HhTtPpsbBdDn%])/g,
    (all, name: string) => (name.startsWith('C') ? (plain ? '' : (fields[name] ?? '')) : (fields[name] ?? all)),
  )
}

export function* log({ process, args }: GitCall): Blocking<number> {
  const spelled = args.map((arg) => (/^-\d+$/.test(arg) ? `--max-count=${arg.slice(1)}` : arg))
  const { flags, operands } = parsed(
    {
      ...shownFlags,
      oneline: flag('oneline'),
      count: value('n|max-count'),
      all: flag('all'),
      graph: flag('graph'),
      decorate: optional('decorate'),
      noDecorate: flag('no-decorate'),
      reverse: flag('reverse'),
      format: value('format'),
      pretty: optional('pretty'),
      author: value('author'),
      grep: value('grep'),
      since: value('since|after'),
      until: value('until|before'),
      follow: flag('follow'),
      merges: flag('merges'),
      noMerges: flag('no-merges'),
      date: value('date'),
      abbrev: flag('abbrev-commit'),
      first: flag('first-parent'),
      skip: value('skip'),
    },
    spelled,
  )
  const repository = Repository.find(process)
  const starts: string[] = []
  const without = new Set<string>()
  const paths: string[] = []
  for (const operand of operands) {
    const range = /^(.*?)\.\.(.*)$/.exec(operand)
    if (range && !operand.startsWith('.')) {
      for (const id of ancestors(repository, revision(repository, range[1] || 'HEAD'))) without.add(id)
      starts.push(revision(repository, range[2] || 'HEAD'))
    } else if (operand.startsWith('^')) for (const id of ancestors(repository, revision(repository, operand.slice(1)))) without.add(id)
    else if (repository.resolve(operand) !== undefined && paths.length === 0) starts.push(revision(repository, operand))
    else {
      const path = fromRoot(repository, operand)
      if (!process.files.exists(process.path(operand)) && !repository.index().has(path)) revision(repository, operand)
      paths.push(path)
    }
  }
  if (flags.all)
    for (const folder of ['refs/heads', 'refs/remotes', 'refs/tags'])
      for (const name of repository.refs(folder)) starts.push(repository.resolve(`${folder}/${name}`) ?? '')
  const head = repository.head()
  if (starts.length === 0) {
    if (head === undefined) throw new Fatal(`your current branch '${repository.branch}' does not have any commits yet`)
    starts.push(head)
  }
  let commits = ordered(repository, starts, without)
  if (paths.length > 0)
    commits = commits.filter(
      (commit) =>
        commit.parents.length < 2 &&
        changesOf(repository, commit).some(({ path, from }) =>
          paths.some((spec) => selected(from === undefined ? [path] : [path, from], spec).length > 0),
        ),
    )
  if (flags.author !== undefined)
    commits = commits.filter(({ author }) => new RegExp(flags.author ?? '').test(`${author.name} <${author.email}>`))
  if (flags.grep !== undefined) commits = commits.filter(({ message }) => new RegExp(flags.grep ?? '').test(message))
  if (flags.merges) commits = commits.filter(({ parents }) => parents.length > 1)
  if (flags.noMerges) commits = commits.filter(({ parents }) => parents.length < 2)
  commits = commits.slice(Number(flags.skip ?? 0), flags.count === undefined ? undefined : Number(flags.skip ?? 0) + Number(flags.count))
  if (flags.reverse) commits.reverse()
  const colored = (isColored(process) && !flags.noColor) || (flags.color !== undefined && flags.color !== 'never')
  const hasNames = !flags.noDecorate && (flags.decorate !== undefined ? flags.decorate !== 'no' : isColored(process))
  const names = decorations(repository)
  const named = flags.pretty ?? flags.format
  const style =
    flags.oneline || named === 'oneline'
      ? 'oneline'
      : named !== undefined && !['medium', 'short', 'full', 'fuller', ''].includes(named)
        ? 'format'
        : (named ?? 'medium')
  const look = { isColored: colored, context: 3 }
  const lane = flags.graph ? graphOf(commits) : undefined
  let text = ''
  for (const [index, commit] of commits.entries()) {
    const own = hasNames ? names.get(commit.id) : undefined
    let one: string
    const isFormat = style === 'format'
    if (style === 'oneline')
      one = `${colored ? `\x1b[33m${shortId(commit.id)}\x1b[m` : shortId(commit.id)}${own ? ` ${coloredNames(own, colored)}` : ''} ${subjectOf(commit.message)}\n`
    else if (isFormat)
      one = `${formatted(repository, commit, (named ?? '').replace(/^t?format:/, ''), names.get(commit.id), process.now())}${/^format:/.test(named ?? '') && index === commits.length - 1 ? '' : '\n'}`
    else
      one = headText(
        commit,
        own,
        colored,
        style === 'medium' || style === '' ? (flags.date ?? 'default') : style,
        process.now(),
        flags.abbrev,
      )
    const isShowing = flags.patch || flags.stat || flags.nameOnly || flags.nameStatus || flags.shortstat || flags.numstat
    if (isShowing && commit.parents.length < 2) {
      const details = yield* changesText(repository, changesOf(repository, commit), false, flags, look)
      if (details !== '') one += (style === 'oneline' ? '' : '\n') + details
    }
    if (style !== 'oneline' && !isFormat && index < commits.length - 1) one += '\n'
    text += lane ? lane(one, index) : one
  }
  yield* say(process, text)
  return 0
}

function headText(
  commit: Commit,
  names: readonly string[] | undefined,
  colored: boolean,
  date: string,
  nowMs: number,
  isShort = false,
): string {
  const first = `commit ${isShort ? shortId(commit.id) : commit.id}`
  const merge = commit.parents.length > 1 ? `Merge: ${commit.parents.map(shortId).join(' ')}\n` : ''
  const message = commit.message.replace(/\n+$/, '').replace(/^/gm, '    ')
  return `${colored ? `\x1b[33m${first}\x1b[m` : first}${names ? ` ${coloredNames(names, colored)}` : ''}\n${merge}Author: ${commit.author.name} <${commit.author.email}>\n${date === 'short' ? '' : `Date:   ${dateText(commit.author, date, nowMs)}\n`}\n${message}\n`
}

/** The lines left of a log; enough for branches that were merged again. */
function graphOf(commits: readonly Commit[]): (text: string, index: number) => string {
  let lanes: string[] = []
  return (text, index) => {
    const commit = commits[index]
    let at = lanes.indexOf(commit.id)
    if (at < 0) {
      at = lanes.length
      lanes.push(commit.id)
    }
    const row = lanes.map((_, lane) => (lane === at ? '*' : '|')).join(' ')
    const before = lanes.length
    lanes = [
      ...lanes.slice(0, at),
      ...commit.parents.filter((parent, order) => order > 0 || !lanes.some((one, lane) => lane !== at && one === parent)),
      ...lanes.slice(at + 1),
    ]
    const isSplit = commit.parents.length > 1
    const isJoined = lanes.length < before && lanes.length > 0
    const rest = lanes.map(() => '|').join(' ')
    const lines = text.replace(/\n$/, '').split('\n')
    const bar = rest === '' ? (index === commits.length - 1 ? ' ' : '|') : rest
    let shown = `${row} ${lines[0]}\n`
    if (isSplit)
      shown +=
        `${'| '.repeat(at)}|\\${' '.repeat(Math.max(0, lines.length > 1 ? 2 : 0))}${lines.length > 1 ? lines[1] : ''}`.trimEnd() + '\n'
    for (const line of lines.slice(isSplit ? 2 : 1))
      shown += `${bar} ${line}`.trimEnd() + ' '.repeat(line === '' && bar.trim() !== '' ? 1 : 0) + '\n'
    if (isJoined) shown += `${'| '.repeat(Math.max(0, at - 1))}|/\n`
    return shown
  }
}

export function* show({ process, args }: GitCall): Blocking<number> {
  const { flags, operands } = parsed(
    { ...shownFlags, oneline: flag('oneline'), format: value('format'), pretty: optional('pretty'), abbrev: flag('abbrev-commit') },
    args,
  )
  const repository = Repository.find(process)
  const colored = isColored(process) && !flags.noColor
  let text = ''
  for (const operand of operands.length > 0 ? operands : ['HEAD']) {
    const colon = operand.indexOf(':')
    if (colon > 0 || operand.startsWith(':')) {
      const path = operand.slice(colon + 1)
      const files =
        colon === 0 ? repository.index() : repository.filesOf(repository.commit(revision(repository, operand.slice(0, colon))).tree)
      const entry = files.get(path.replace(/^\.\//, ''))
      if (!entry) throw new Fatal(`path '${path}' does not exist in '${operand.slice(0, colon)}'`)
      text += stringOf(repository.blob(entry.id))
      continue
    }
    if (operand === 'HEAD' && repository.head() === undefined)
      throw new Fatal(`your current branch '${repository.branch}' does not have any commits yet`)
    const commit = repository.commit(revision(repository, operand))
    const names = isColored(process) ? decorations(repository).get(commit.id) : undefined
    const format = flags.format ?? flags.pretty
    text += flags.oneline
      ? `${shortId(commit.id)} ${subjectOf(commit.message)}\n`
      : format !== undefined && format !== ''
        ? `${formatted(repository, commit, format.replace(/^t?format:/, ''), names, process.now())}\n`
        : headText(commit, names, colored, 'default', process.now(), flags.abbrev)
    const details =
      flags.noPatch || flags.quiet || commit.parents.length > 1
        ? ''
        : yield* changesText(repository, changesOf(repository, commit), false, flags, { isColored: colored, context: 3 })
    if (details !== '') text += (flags.oneline ? '' : '\n') + details
  }
  yield* say(process, text)
  return 0
}

export function* reflog({ process, args }: GitCall): Blocking<number> {
  parsed(
    { count: value('n|max-count'), all: list('all') },
    args.filter((arg) => arg !== 'show'),
  )
  const repository = Repository.find(process)
  const lines = (repository.text('logs/HEAD') ?? '').trimEnd().split('\n').filter(Boolean).reverse()
  const names = isColored(process) ? decorations(repository) : new Map<string, string[]>()
  yield* say(
    process,
    lines
      .map((line, index) => {
        const id = line.split(' ')[1]
        const own = names.get(id)
        return `${shortId(id)}${own ? ` ${coloredNames(own, true)}` : ''} HEAD@{${index}}: ${line.slice(line.indexOf('\t') + 1)}\n`
      })
      .join(''),
  )
  return 0
}
