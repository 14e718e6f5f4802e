/** clone, fetch, pull, push, remote: between repositories of one machine. Other machines are out of reach, and git says so in its own words. */
import { type Blocking, err, type Process } from '../../kernel/process.ts'
import { flag, value } from '../options.ts'
import { type GitCall, GitError, parsed, say, shortId } from './call.ts'
import { merge } from './branches.ts'
import { Fatal, Repository, withEntry, withoutSection } from './repository.ts'
import { ancestors } from './status.ts'
import { checkOut } from './working-tree.ts'

function initialConfig(isBare: boolean): string {
  return `[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = ${isBare}\n${isBare ? '' : '\tlogallrefupdates = true\n'}`
}

export function makeRepository(process: Process, work: string, branch: string, isBare: boolean): Repository {
  const repository = isBare ? new Repository(process, work, work) : new Repository(process, work)
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info', 'hooks'])
    process.files.mkdir(repository.path(folder), { parents: true }, process.credentials)
  repository.write('HEAD', `ref: refs/heads/${branch}\n`)
  repository.write('config', initialConfig(isBare))
  repository.write('description', "Unnamed repository; edit this file 'description' to name the repository.\n")
  repository.write('info/exclude', "# git ls-files --others --exclude-from=.git/info/exclude\n# Lines that start with '#' are comments.\n")
  return repository
}

/** A repository at a path of this machine; other addresses end the command. */
function opened(process: Process, url: string): Repository {
  const host = /^(?:https?|git):\/\/(?:[^@/]*@)?([^/:]+)/.exec(url)?.[1]
  if (host !== undefined) throw new Fatal(`unable to access '${url}${url.endsWith('/') ? '' : '/'}': Could not resolve host: ${host}`)
  const shell = /^(?:ssh:\/\/)?(?:[^@/]*@)([^/:]+)[:/]/.exec(url)?.[1] ?? /^ssh:\/\/([^/:]+)/.exec(url)?.[1]
  if (shell !== undefined)
    throw new GitError(
      `ssh: Could not resolve hostname ${shell}: Temporary failure in name resolution\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.\n`,
      128,
    )
  const path = process.path(url.replace(/^file:\/\//, '')).replace(/\/+$/, '')
  for (const folder of [`${path}/.git`, path, `${path}.git`])
    if (process.files.exists(`${folder}/HEAD`) && process.files.exists(`${folder}/objects`))
      return new Repository(process, folder.endsWith('/.git') ? folder.slice(0, -5) : folder, folder)
  throw new GitError(
    `fatal: '${url}' does not appear to be a git repository\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.\n`,
    128,
  )
}

function copyObjects(from: Repository, to: Repository): void {
  const { files } = from.process
  for (const folder of files.list(from.path('objects'))) {
    if (folder.length !== 2) continue
    for (const name of files.list(from.path(`objects/${folder}`)))
      if (!to.exists(`objects/${folder}/${name}`))
        to.write(`objects/${folder}/${name}`, files.readFile(from.path(`objects/${folder}/${name}`)))
  }
}

export function* clone({ process, args }: GitCall): Blocking<number> {
  const { flags, operands } = parsed(
    {
      branch: value('b|branch'),
      depth: value('depth'),
      quiet: flag('q|quiet'),
      bare: flag('bare'),
      single: flag('single-branch'),
      recursive: flag('recursive|recurse-submodules'),
      origin: value('o|origin'),
      mirror: flag('mirror'),
      noCheckout: flag('n|no-checkout'),
    },
    args,
  )
  const [url, given] = operands
  if (url === undefined)
    throw new GitError('fatal: You must specify a repository to clone.\n\nusage: git clone [<options>] [--] <repo> [<dir>]\n', 129)
  const folder =
    given ??
    url
      .replace(/\/+$/, '')
      .replace(/\/?\.git$/, '')
      .replace(/.*[/:]/, '') + (flags.bare ? '.git' : '')
  const target = process.path(folder).replace(/\/+$/, '')
  if (process.files.exists(target) && process.files.list(target).length > 0)
    throw new Fatal(`destination path '${folder}' already exists and is not an empty directory.`)
  const isLocal = !/^\w+:\/\/|^[^/]+@[^/]+:/.test(url)
  if (isLocal && !process.files.exists(process.path(url))) throw new Fatal(`repository '${url}' does not exist`)
  if (!flags.quiet) yield* err(process, `Cloning into ${flags.bare ? 'bare repository ' : ''}'${folder}'...\n`)
  const source = opened(process, url)
  const branch = flags.branch ?? source.branch ?? 'master'
  if (flags.branch !== undefined && source.resolve(flags.branch) === undefined)
    throw new GitError(
      `warning: Could not find remote branch ${flags.branch} to clone.\nfatal: Remote branch ${flags.branch} not found in upstream origin\n`,
      128,
    )
  process.files.mkdir(target, { parents: true }, process.credentials)
  const repository = makeRepository(process, target, branch, flags.bare)
  copyObjects(source, repository)
  repository.write(
    'config',
    `${repository.text('config')}[remote "origin"]\n\turl = ${isLocal ? process.path(url).replace(/\/\.$/, '') : url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n[branch "${branch}"]\n\tremote = origin\n\tmerge = refs/heads/${branch}\n`,
  )
  for (const name of source.refs('refs/heads'))
    repository.write(flags.bare ? `refs/heads/${name}` : `refs/remotes/origin/${name}`, `${source.ref(`refs/heads/${name}`)}\n`)
  for (const name of source.refs('refs/tags')) repository.write(`refs/tags/${name}`, `${source.ref(`refs/tags/${name}`)}\n`)
  const id = source.ref(`refs/heads/${branch}`)
  if (id === undefined) {
    yield* err(process, 'warning: You appear to have cloned an empty repository.\n')
    return 0
  }
  if (!flags.quiet) yield* err(process, 'done.\n')
  if (flags.bare) return 0
  repository.write(`refs/heads/${branch}`, `${id}\n`)
  const files = repository.filesOf(repository.commit(id).tree)
  checkOut(repository, new Map(), files)
  repository.putIndex(files)
  return 0
}

export function* remote({ process, args }: GitCall): Blocking<number> {
  const { flags, operands } = parsed({ verbose: flag('v|verbose') }, args)
  const repository = Repository.find(process)
  const names = [...(repository.text('config') ?? '').matchAll(/^\[remote "(.*)"\]/gm)].map(([, name]) => name).sort()
  const [action, name, url] = operands
  const known = (): void => {
    if (!names.includes(name))
      throw new GitError(`error: No such remote${action === 'remove' || action === 'rm' || action === 'rename' ? ':' : ''} '${name}'\n`, 2)
  }
  switch (action) {
    case undefined:
      yield* say(
        process,
        names
          .map((one) =>
            flags.verbose
              ? ['fetch', 'push'].map((way) => `${one}\t${repository.config(`remote.${one}.url`)} (${way})\n`).join('')
              : `${one}\n`,
          )
          .join(''),
      )
      return 0
    case 'add':
      if (url === undefined) throw new GitError('usage: git remote add [<options>] <name> <url>\n', 129)
      if (names.includes(name)) throw new GitError(`error: remote ${name} already exists.\n`, 3)
      repository.write(
        'config',
        `${repository.text('config')}[remote "${name}"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/${name}/*\n`,
      )
      return 0
    case 'remove':
    case 'rm':
      known()
      repository.write('config', withoutSection(repository.text('config') ?? '', `[remote "${name}"]`))
      for (const one of repository.refs(`refs/remotes/${name}`)) repository.remove(`refs/remotes/${name}/${one}`)
      return 0
    case 'set-url':
      known()
      repository.write('config', withEntry(repository.text('config') ?? '', `remote.${name}.url`, url))
      return 0
    case 'get-url':
      known()
      yield* say(process, `${repository.config(`remote.${name}.url`)}\n`)
      return 0
    case 'rename':
      known()
      repository.write(
        'config',
        (repository.text('config') ?? '')
          .replace(`[remote "${name}"]`, `[remote "${url}"]`)
          .replace(`refs/remotes/${name}/`, `refs/remotes/${url}/`),
      )
      return 0
    case 'show':
      known()
      opened(process, repository.config(`remote.${name}.url`) ?? '')
      yield* say(
        process,
        `* remote ${name}\n  Fetch URL: ${repository.config(`remote.${name}.url`)}\n  Push  URL: ${repository.config(`remote.${name}.url`)}\n`,
      )
      return 0
    default:
      throw new GitError(`error: Unknown subcommand: ${action}\n`, 129)
  }
}

function urlOf(repository: Repository, name: string): string {
  return repository.config(`remote.${name}.url`) ?? name
}

function* fetched(repository: Repository, name: string): Blocking<Repository> {
  const { process } = repository
  const url = urlOf(repository, name)
  const source = opened(process, url)
  copyObjects(source, repository)
  let text = ''
  for (const branch of source.refs('refs/heads')) {
    const [old, id] = [repository.ref(`refs/remotes/${name}/${branch}`), source.ref(`refs/heads/${branch}`) ?? '']
    if (old === id) continue
    repository.write(`refs/remotes/${name}/${branch}`, `${id}\n`)
    text +=
      old === undefined
        ? ` * [new branch]      ${branch.padEnd(10)} -> ${name}/${branch}\n`
        : `   ${shortId(old)}..${shortId(id)}  ${branch.padEnd(10)} -> ${name}/${branch}\n`
  }
  if (text !== '') yield* err(process, `From ${url}\n${text}`)
  return source
}

export function* fetch({ process, args }: GitCall): Blocking<number> {
  const { operands } = parsed(
    { all: flag('all'), prune: flag('p|prune'), tags: flag('t|tags'), quiet: flag('q|quiet'), depth: value('depth') },
    args,
  )
  const repository = Repository.find(process)
  const name = operands[0] ?? 'origin'
  if (operands.length === 0 && repository.config('remote.origin.url') === undefined) return 0
  yield* fetched(repository, name)
  return 0
}

export function* pull({ process, args }: GitCall): Blocking<number> {
  const { operands, flags } = parsed(
    { rebase: flag('r|rebase'), noRebase: flag('no-rebase'), ffOnly: flag('ff-only'), quiet: flag('q|quiet'), noEdit: flag('no-edit') },
    args,
  )
  const repository = Repository.find(process)
  const { branch = '' } = repository
  const name = operands[0] ?? repository.config(`branch.${branch}.remote`)
  if (name === undefined)
    throw new GitError(
      `There is no tracking information for the current branch.\nPlease specify which branch you want to merge with.\nSee git-pull(1) for details.\n\n    git pull <remote> <branch>\n\nIf you wish to set tracking information for this branch you can do so with:\n\n    git branch --set-upstream-to=<remote>/<branch> ${branch}\n\n`,
    )
  if (flags.rebase) throw new GitError('git: rebasing is not simulated; pull without --rebase\n')
  yield* fetched(repository, name)
  return yield* merge({ process, args: [...(flags.ffOnly ? ['--ff-only'] : []), `${name}/${operands[1] ?? branch}`] })
}

export function* push({ process, args }: GitCall): Blocking<number> {
  const { flags, operands } = parsed(
    {
      upstream: flag('u|set-upstream'),
      force: flag('f|force'),
      tags: flag('tags'),
      all: flag('all'),
      remove: flag('d|delete'),
      quiet: flag('q|quiet'),
      dry: flag('n|dry-run'),
      lease: flag('force-with-lease'),
    },
    args,
  )
  const repository = Repository.find(process)
  const { branch } = repository
  const tracked = branch === undefined ? undefined : repository.config(`branch.${branch}.remote`)
  const name = operands[0] ?? tracked ?? (repository.config('remote.origin.url') === undefined ? undefined : 'origin')
  if (name === undefined)
    throw new Fatal(
      'No configured push destination.\nEither specify the URL from the command-line or configure a remote repository using\n\n    git remote add <name> <url>\n\nand then push using the remote name\n\n    git push <name>\n',
    )
  if (operands.length < 2 && branch !== undefined && tracked === undefined && !flags.all && !flags.tags && !flags.upstream)
    throw new Fatal(
      `The current branch ${branch} has no upstream branch.\nTo push the current branch and set the remote as upstream, use\n\n    git push --set-upstream ${name} ${branch}\n\nTo have this happen automatically for branches without a tracking\nupstream, see 'push.autoSetupRemote' in 'git help config'.\n`,
    )
  if (operands.length > 1 && repository.resolve(operands[1].split(':')[0] || 'HEAD') === undefined)
    throw new GitError(
      `error: src refspec ${operands[1]} does not match any\nerror: failed to push some refs to '${urlOf(repository, name)}'\n`,
    )
  const url = urlOf(repository, name)
  const target = opened(process, url)
  const wanted = flags.all ? repository.refs('refs/heads') : operands.length > 1 ? operands.slice(1) : branch === undefined ? [] : [branch]
  copyObjects(repository, target)
  let text = ''
  for (const one of wanted) {
    const [from, to = from] = one.replace(/^\+/, '').split(':')
    const isTag = repository.ref(`refs/tags/${from}`) !== undefined && repository.ref(`refs/heads/${from}`) === undefined
    const id = isTag ? (repository.ref(`refs/tags/${from}`) ?? '') : (repository.resolve(from) ?? '')
    const place = isTag ? `refs/tags/${to}` : to.startsWith('refs/') ? to : `refs/heads/${to === 'HEAD' ? branch : to}`
    const old = target.ref(place)
    if (old === id) continue
    if (old !== undefined && !flags.force && !flags.lease && !ancestors(repository, id).has(old))
      throw new GitError(
        `To ${url}\n ! [rejected]        ${from} -> ${to} (fetch first)\nerror: failed to push some refs to '${url}'\nhint: Updates were rejected because the remote contains work that you do\nhint: not have locally. This is usually caused by another repository pushing\nhint: to the same ref. You may want to first integrate the remote changes\nhint: (e.g., 'git pull ...') before pushing again.\nhint: See the 'Note about fast-forwards' in 'git push --help' for details.\n`,
      )
    if (!target.isBare && target.branch === to)
      throw new GitError(
        `remote: error: refusing to update checked out branch: ${place}\nTo ${url}\n ! [remote rejected] ${from} -> ${to} (branch is currently checked out)\nerror: failed to push some refs to '${url}'\n`,
      )
    target.write(place, `${id}\n`)
    if (!isTag) repository.write(`refs/remotes/${name}/${to}`, `${id}\n`)
    text +=
      old === undefined
        ? ` * [new ${isTag ? 'tag' : 'branch'}]      ${from} -> ${to}\n`.replace('tag]      ', 'tag]         ')
        : `   ${shortId(old)}..${shortId(id)}  ${from} -> ${to}\n`
  }
  if (flags.tags) {
    for (const one of repository.refs('refs/tags')) {
      if (target.ref(`refs/tags/${one}`) !== undefined) continue
      target.write(`refs/tags/${one}`, `${repository.ref(`refs/tags/${one}`)}\n`)
      text += ` * [new tag]         ${one} -> ${one}\n`
    }
  }
  yield* err(process, text === '' ? 'Everything up-to-date\n' : `To ${url}\n${text}`)
  if (flags.upstream && branch !== undefined) {
    const to = operands[1] ?? branch
    repository.write(
      'config',
      withEntry(withEntry(repository.text('config') ?? '', `branch.${branch}.remote`, name), `branch.${branch}.merge`, `refs/heads/${to}`),
    )
    yield* say(process, `branch '${branch}' set up to track '${name}/${to}'.\n`)
  }
  return 0
}
