/** `docker images`. */
import type { ImageSummary } from './image-summary.ts'
import { out } from '../../unix/kernel/process.ts'
import type { Command } from './command.ts'
import { filters, query } from './engine.ts'
import { imageTree } from './image-tree.ts'
import { listed, type Row } from './listing.ts'
import { localTime } from './ps.ts'
import { humanAge, humanSize } from '../../base/go-units.ts'

const headings = {
  ID: 'IMAGE ID',
  Repository: 'REPOSITORY',
  Tag: 'TAG',
  Digest: 'DIGEST',
  CreatedSince: 'CREATED',
  CreatedAt: 'CREATED AT',
  Size: 'SIZE',
  Containers: 'CONTAINERS',
  SharedSize: 'SHARED SIZE',
  UniqueSize: 'UNIQUE SIZE',
  VirtualSize: 'SIZE',
}

export const images: Command = function* (context) {
  const { process, flags, args, engine } = context
  if (flags.is('tree')) return yield* imageTree(context)
  const given = [...flags.list('filter'), ...(args[0] === undefined ? [] : [`reference=${args[0]}`])]
  const list = yield* engine.json<readonly ImageSummary[]>('GET', `/images/json${query({ all: flags.is('all'), filters: filters(given) })}`)
  const showsDigests = flags.is('digests')
  const rows = list.flatMap((image) =>
    rowsOf(image, {
      now: process.now(),
      isWhole: flags.is('no-trunc'),
      showsDigests: showsDigests || /\.Digest\b/.test(flags.text('format')),
    }),
  )
  const columns = ['Repository', 'Tag', ...(showsDigests ? ['Digest'] : []), 'ID', 'CreatedSince', 'Size']
  yield* out(
    process,
    listed({
      rows,
      headings,
      columns,
      format: flags.text('format') === 'raw' ? rawFormat : flags.text('format'),
      type: 'formatter.imageContext',
      quiet: flags.is('quiet') ? 'ID' : undefined,
    }),
  )
  return 0
}

const rawFormat = 'repository: {{.Repository}}\ntag: {{.Tag}}\nimage_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n'

export function rowsOf(
  image: ImageSummary,
  { now, isWhole, showsDigests }: { now: number; isWhole: boolean; showsDigests: boolean },
): Row[] {
  const common = {
    Containers: image.Containers < 0 ? 'N/A' : String(image.Containers),
    CreatedAt: localTime(image.Created * 1000),
    CreatedSince: `${humanAge(now - image.Created * 1000)} ago`,
    ID: isWhole ? image.Id : image.Id.replace('sha256:', '').slice(0, 12),
    SharedSize: image.SharedSize < 0 ? 'N/A' : humanSize(image.SharedSize),
    Size: humanSize(image.Size),
    UniqueSize: 'N/A',
    VirtualSize: humanSize(image.Size, 4),
  }
  const tags = (image.RepoTags ?? []).filter((tag) => tag !== '<none>:<none>')
  const digests = new Map((image.RepoDigests ?? []).map((one) => one.split('@') as [string, string]))
  if (tags.length === 0) {
    const [repository, digest] = [...digests][0] ?? ['<none>', '<none>']
    return [{ ...common, Repository: repository, Tag: '<none>', Digest: digest }]
  }
  return tags.map((tag) => {
    const colon = tag.lastIndexOf(':')
    const repository = tag.slice(0, colon)
    return {
      ...common,
      Repository: repository,
      Tag: tag.slice(colon + 1),
      Digest: showsDigests ? (digests.get(repository) ?? '<none>') : '<none>',
    }
  })
}
