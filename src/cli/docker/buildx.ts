/** `docker buildx` beside build: there is one builder, the daemon's own, which cannot be removed and needs no choosing. */
import { out } from '../../unix/kernel/process.ts'
import { type Command, DockerError } from './command.ts'
import { listed } from './listing.ts'
import { humanSize } from './sizes.ts'

const platforms = 'linux/amd64 (+4), linux/386'

export const buildxVersion: Command = function* ({ process }) {
  yield* out(process, 'github.com/docker/buildx 0.29.1+ds1 0.29.1+ds1-4\n')
  return 0
}

export const buildxList: Command = function* ({ process, flags, engine }) {
  yield* engine.ping()
  const rows = [
    { Name: 'default*', DriverEndpoint: 'docker', Status: '', Buildkit: '', Platforms: '' },
    { Name: ' \\_ default', DriverEndpoint: ' \\_ default', Status: 'running', Buildkit: 'v0.0.0+unknown', Platforms: platforms },
  ]
  const format = flags.text('format')
  yield* out(process, listed({ rows, headings: { Name: 'NAME/NODE', DriverEndpoint: 'DRIVER/ENDPOINT', Status: 'STATUS', Buildkit: 'BUILDKIT', Platforms: 'PLATFORMS' }, columns: ['Name', 'DriverEndpoint', 'Status', 'Buildkit', 'Platforms'], format: format === 'table' ? '' : format }))
  return 0
}

export const buildxUse: Command = function* ({ args }) {
  if (args[0] !== undefined && args[0] !== 'default') throw new DockerError(`ERROR: failed to find instance ${JSON.stringify(args[0])}: no builder ${JSON.stringify(args[0])} found`)
  return 0
}

export const buildxPrune: Command = function* ({ process, flags, engine }) {
  const { SpaceReclaimed = 0 } = yield* engine.json<{ SpaceReclaimed?: number }>('POST', `/build/prune${flags.is('all') ? '?all=1' : ''}`)
  yield* out(process, `Total:\t${humanSize(SpaceReclaimed, 4)}\n`)
  return 0
}
