/** What is done to images by name: tag, rmi, push, history, search, commit, and their removal in bulk. */
import { err, out } from '../../unix/kernel/process.ts'
import { type Command, forEach } from './command.ts'
import { DockerError } from './docker-error.ts'
import { filters, query } from './engine.ts'
import { DaemonError } from './docker-error.ts'
import { ellipsis, listed } from './listing.ts'
import { credentials } from './login.ts'
import { showProgress } from './progress.ts'
import { parseReference } from './reference.ts'
import { humanAge, humanSize } from '../../base/go-units.ts'

const encoded = (name: string) => name.split('/').map(encodeURIComponent).join('/').replaceAll('%3A', ':').replaceAll('%40', '@')

export const tag: Command = function* ({ args, engine }) {
  const { domain, name, tag: version } = parsedTarget(args[1])
  yield* engine.open('POST', `/images/${encoded(args[0])}/tag${query({ repo: `${domain}/${name}`, tag: version ?? 'latest' })}`)
  return 0
}

function parsedTarget(text: string): ReturnType<typeof parseReference> {
  try {
    return parseReference(text)
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    throw new DockerError(`Error parsing reference: ${JSON.stringify(text)} is not a valid repository/tag: ${error.message}`)
  }
}

export const rmi: Command = (context) =>
  forEach(context.args, function* (name) {
    const { flags, engine, process } = context
    let done: readonly { Untagged?: string; Deleted?: string }[]
    try {
      done = yield* engine.json('DELETE', `/images/${encoded(name)}${query({ force: flags.is('force'), noprune: flags.is('no-prune') })}`)
    } catch (error) {
      // With `--force` it is no failure that there is none; it is still said.
      if (!(error instanceof DaemonError) || error.status !== 404 || !flags.is('force')) throw error
      yield* err(process, `${error.message}\n`)
      return
    }
    yield* out(process, done.map(({ Untagged, Deleted }) => (Deleted ? `Deleted: ${Deleted}\n` : `Untagged: ${Untagged}\n`)).join(''))
  })

export const push: Command = function* ({ process, flags, args, engine }) {
  const { domain, name, tag: version } = parseReference(args[0])
  const isAll = flags.is('all-tags')
  if (!version && !isAll && !flags.is('quiet')) yield* out(process, 'Using default tag: latest\n')
  const response = yield* engine.open(
    'POST',
    `/images/${encoded(`${domain}/${name}`)}/push${query({ tag: isAll ? undefined : (version ?? 'latest') })}`,
    '',
    { 'x-registry-auth': credentials(process, domain) },
  )
  yield* showProgress(process, response, flags.is('quiet') ? undefined : 1)
  if (flags.is('quiet')) yield* out(process, `${domain}/${name}${isAll ? '' : `:${version ?? 'latest'}`}\n`)
  return 0
}

interface HistoryEntry {
  readonly Id: string
  readonly Created: number
  readonly CreatedBy: string
  readonly Size: number
  readonly Comment: string
}

const historyHeadings = {
  ID: 'IMAGE',
  CreatedSince: 'CREATED',
  CreatedAt: 'CREATED AT',
  CreatedBy: 'CREATED BY',
  Size: 'SIZE',
  Comment: 'COMMENT',
}

export const history: Command = function* ({ process, flags, args, engine }) {
  const entries = yield* engine.json<readonly HistoryEntry[]>('GET', `/images/${encoded(args[0])}/history`)
  const isWhole = flags.is('no-trunc')
  const isHuman = flags.is('human')
  const rows = entries.map(({ Id, Created, CreatedBy, Size, Comment }) => {
    const by = CreatedBy.replaceAll('\t', ' ')
    return {
      Comment,
      CreatedAt: Created <= 0 ? '' : new Date(Created * 1000).toISOString().replace('.000', ''),
      CreatedBy: isWhole ? by : ellipsis(by, 45),
      CreatedSince: Created <= 0 ? 'N/A' : `${humanAge(process.now() - Created * 1000)} ago`,
      ID: isWhole || Id === '<missing>' ? Id : Id.replace('sha256:', '').slice(0, 12),
      Size: isHuman ? humanSize(Size) : String(Size),
    }
  })
  yield* out(
    process,
    listed({
      rows,
      headings: historyHeadings,
      columns: ['ID', isHuman ? 'CreatedSince' : 'CreatedAt', 'CreatedBy', 'Size', 'Comment'],
      format: flags.text('format'),
      type: 'image.historyContext',
      quiet: flags.is('quiet') ? 'ID' : undefined,
    }),
  )
  return 0
}

export const search: Command = function* ({ process, flags, args, engine }) {
  const found = yield* engine.json<
    readonly { name: string; description: string; star_count: number; is_official: boolean; is_automated: boolean }[]
  >(
    'GET',
    `/images/search${query({ term: args[0], limit: flags.isSet('limit') ? flags.number('limit') : undefined, filters: filters(flags.list('filter')) })}`,
  )
  const rows = found.map((one) => ({
    Name: one.name,
    Description: flags.is('no-trunc') ? one.description : ellipsis(one.description.replaceAll('\n', ' '), 45),
    StarCount: String(one.star_count),
    // A table marks what is official; JSON says it plainly.
    IsOfficial: /^(json|\{\{json \.\}\})$/.test(flags.text('format')) ? String(one.is_official) : one.is_official ? '[OK]' : '',
  }))
  const headings = { Name: 'NAME', Description: 'DESCRIPTION', StarCount: 'STARS', IsOfficial: 'OFFICIAL' }
  yield* out(
    process,
    listed({
      rows,
      headings,
      columns: ['Name', 'Description', 'StarCount', 'IsOfficial'],
      format: flags.text('format'),
      type: 'registry.searchContext',
    }),
  )
  return 0
}

export const commit: Command = function* ({ process, flags, args, engine }) {
  const target = args[1] === undefined ? undefined : parseReference(args[1])
  const { Id } = yield* engine.json<{ Id: string }>(
    'POST',
    `/commit${query({ container: args[0], repo: target && `${target.domain}/${target.name}`, tag: target?.tag, comment: flags.text('message'), author: flags.text('author'), pause: flags.is('pause') ? '1' : '0' })}${flags
      .list('change')
      .map((change) => `&changes=${encodeURIComponent(change)}`)
      .join('')}`,
    {},
  )
  yield* out(process, `${Id}\n`)
  return 0
}
