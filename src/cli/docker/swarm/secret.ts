/** `docker secret …` and `docker config …`, which differ in what is shown of them. */
import { base64Of, bytesOfBase64, textOf } from '../../../base/bytes.ts'
import { UnixError } from '../../../unix/errors.ts'
import { out, readAll } from '../../../unix/kernel/process.ts'
import { type Command, forEach } from '../command.ts'
import { DockerError } from '../docker-error.ts'
import { keyValues } from '../key-values.ts'
import { filters, query } from '../engine.ts'
import { inspecting } from '../inspect.ts'
import { humanAge } from '../../../base/go-units.ts'
import { listed } from '../listing.ts'
import { natural, prettyTime } from './words.ts'

interface Kept {
  readonly ID: string
  readonly CreatedAt: string
  readonly UpdatedAt: string
  readonly Spec: {
    readonly Name: string
    readonly Labels: Readonly<Record<string, string>>
    readonly Data?: string
    readonly Driver?: { readonly Name: string }
  }
}

type Kind = 'secret' | 'config'

const headings = { ID: 'ID', Name: 'NAME', Driver: 'DRIVER', CreatedAt: 'CREATED', UpdatedAt: 'UPDATED', Labels: 'LABELS' }

const listing = (kind: Kind): Command =>
  function* ({ process, flags, engine }) {
    const kept = yield* engine.json<readonly Kept[]>('GET', `/${kind}s${query({ filters: filters(flags.list('filter')) })}`)
    const ago = (time: string) => `${humanAge(process.now() - Date.parse(time))} ago`
    const rows = [...kept]
      .sort((a, b) => natural(a.Spec.Name, b.Spec.Name))
      .map(({ ID, CreatedAt, UpdatedAt, Spec }) => ({
        CreatedAt: ago(CreatedAt),
        ...(kind === 'secret' ? { Driver: Spec.Driver?.Name ?? '' } : {}),
        ID,
        Labels: Object.entries(Spec.Labels ?? {})
          .map(([key, value]) => `${key}=${value}`)
          .join(','),
        Name: Spec.Name,
        UpdatedAt: ago(UpdatedAt),
      }))
    const columns = kind === 'secret' ? ['ID', 'Name', 'Driver', 'CreatedAt', 'UpdatedAt'] : ['ID', 'Name', 'CreatedAt', 'UpdatedAt']
    yield* out(
      process,
      listed({
        rows,
        headings,
        columns,
        format: flags.text('format'),
        quiet: flags.is('quiet') ? 'ID' : undefined,
        type: `${kind}Context`,
      }),
    )
    return 0
  }

const creating = (kind: Kind): Command =>
  function* ({ process, flags, args, engine }) {
    const [name, file] = args
    const driver = flags.knows('driver') ? flags.text('driver') : ''
    let data: Uint8Array | undefined
    if (driver !== '' && file !== undefined) throw new DockerError('When using secret driver secret data must be empty')
    if (driver === '') {
      if (file === '-' || file === undefined) data = yield* readAll(process, 0)
      else {
        try {
          data = process.files.readFile(process.path(file), process.credentials)
        } catch (error) {
          if (!(error instanceof UnixError)) throw error
          throw new DockerError(
            `${kind === 'secret' ? 'error reading from' : 'error reading content from'} ${JSON.stringify(file)}: open ${file}: ${error.words.toLowerCase()}`,
          )
        }
      }
    }
    const template = flags.text('template-driver')
    const { ID } = yield* engine.json<{ ID: string }>('POST', `/${kind}s/create`, {
      Name: name,
      Labels: keyValues(flags.list('label')),
      ...(data ? { Data: base64Of(data) } : {}),
      ...(driver !== '' ? { Driver: { Name: driver } } : {}),
      ...(template !== '' ? { Templating: { Name: template } } : {}),
    })
    yield* out(process, `${ID}\n`)
    return 0
  }

const inspection = (kind: Kind): Command =>
  function* (context) {
    const { process, flags, args, engine } = context
    if (!flags.is('pretty')) return yield* inspecting(kind)(context)
    if (flags.text('format') !== '') throw new DockerError('--format is incompatible with human friendly format')
    return yield* forEach(args, function* (name) {
      const { ID, CreatedAt, UpdatedAt, Spec } = yield* engine.json<Kept>('GET', `/${kind}s/${encodeURIComponent(name)}`)
      const entries = Object.entries(Spec.Labels ?? {})
      const labels =
        entries.length > 0 ? `Labels:\n${entries.map(([key, value]) => ` - ${key}${value ? `=${value}` : ''}\n`).join('')}` : ''
      yield* out(
        process,
        kind === 'secret'
          ? `ID:              ${ID}\nName:              ${Spec.Name}\n${labels}Driver:            ${Spec.Driver?.Name ?? ''}\nCreated at:        ${prettyTime(CreatedAt)}\nUpdated at:        ${prettyTime(UpdatedAt)}\n`
          : `ID:\t\t\t${ID}\nName:\t\t\t${Spec.Name}\n${labels}Created at:            \t${prettyTime(CreatedAt)}\nUpdated at:            \t${prettyTime(UpdatedAt)}\nData:\n${textOf(bytesOfBase64(Spec.Data ?? ''))}\n`,
      )
    })
  }

const removing =
  (kind: Kind): Command =>
  ({ process, args, engine }) =>
    forEach(args, function* (name) {
      yield* engine.open('DELETE', `/${kind}s/${encodeURIComponent(name)}`)
      yield* out(process, `${name}\n`)
    })

export const secretCommands: Readonly<Record<string, Command>> = Object.fromEntries(
  (['secret', 'config'] as const).flatMap((kind) => [
    [`${kind} ls`, listing(kind)],
    [`${kind} create`, creating(kind)],
    [`${kind} inspect`, inspection(kind)],
    [`${kind} rm`, removing(kind)],
  ]),
)
