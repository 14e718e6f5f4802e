/** `docker images --tree`: images with all their names, the last of which shares its row with the sizes. The heading is coloured even where nothing else is. */
import { out } from '../../unix/kernel/process.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import { filters, query } from './engine.ts'
import type { ImageSummary } from './image-summary.ts'
import { humanSize } from '../../base/go-units.ts'

const columns = [
  { title: 'ID', width: 12, isRight: false },
  { title: 'DISK USAGE', width: 10, isRight: true },
  { title: 'CONTENT SIZE', width: 12, isRight: true },
  { title: 'EXTRA', width: 5, isRight: false },
]
const gap = '   '

export const imageTree: Command = function* ({ process, flags, args, engine }) {
  for (const other of ['quiet', 'no-trunc', 'digests'] as const)
    if (flags.is(other)) throw new DockerError(`--${other} is not yet supported with --tree`)
  if (flags.isSet('format')) throw new DockerError('--format is not yet supported with --tree')
  const given = [...flags.list('filter'), ...(args[0] === undefined ? [] : [`reference=${args[0]}`])]
  const list = yield* engine.json<readonly ImageSummary[]>(
    'GET',
    `/images/json${query({ all: flags.is('all'), filters: filters(given), manifests: '1' })}`,
  )
  const used = new Set(
    (yield* engine.json<readonly { readonly ImageID: string }[]>('GET', '/containers/json?all=1')).map(({ ImageID }) => ImageID),
  )
  const isTerminal = process.descriptors.get(1)?.file.kind === 'terminal'
  const width = isTerminal ? (process.terminal?.cols ?? 80) : 80
  const painted = (text: string, codes: string) => (isTerminal ? `${codes}${text}\x1b[0m` : text)
  const shown = list.filter(({ RepoTags }) => flags.is('all') || (RepoTags ?? []).length > 0)
  const names = shown.map(({ RepoTags }) => [...(RepoTags ?? [])].sort((a, b) => b.length - a.length))
  const nameWidth = Math.max(5, ...names.flatMap((own) => (own.length > 0 ? own.map((name) => name.length) : ['<untagged>'.length])))
  const heading = [{ title: 'IMAGE', width: nameWidth, isRight: false }, ...columns]
    .map(({ title, width: own }) => `\x1b[39m\x1b[1m${title}\x1b[0m${' '.repeat(own - title.length)}`)
    .join(gap)
  const legend = `Info -> ${painted(' U ', '\x1b[1m')}In Use `
  yield* out(
    process,
    `${painted("WARNING: This is an experimental feature. The output may change and shouldn't be depended on.", '\x1b[33m')}\n${' '.repeat(Math.max(0, width - 'Info ->  U In Use '.length))}${legend}\n\n${heading}\n`,
  )
  for (const [index, image] of shown.entries()) {
    const name = '\x1b[34m\x1b[4m\x1b[1m'
    const own = names[index]
    const cells = [image.Id.replace('sha256:', '').slice(0, 12), humanSize(image.Size, 3), '0B', used.has(image.Id) ? 'U' : ''].map(
      (text, at) => (columns[at].isRight ? text.padStart(columns[at].width) : text.padEnd(columns[at].width)),
    )
    const [before, last] = [own.slice(0, -1), own.at(-1)]
    for (const one of before) yield* out(process, `${painted(one, name)}\n`)
    yield* out(
      process,
      `${last === undefined ? painted('<untagged>'.padEnd(nameWidth), '\x1b[2m') : painted(last, name) + ' '.repeat(nameWidth - last.length)}${gap}${cells.join(gap)}\n`,
    )
  }
  return 0
}
