/** `docker pull` and the pull that `run` and `create` do when an image is missing. */
import { type Blocking, out, type Process } from '../../unix/kernel/process.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import { type Engine, query } from './engine.ts'
import { canonicalName, parseReference } from './reference.ts'
import { credentials } from './login.ts'
import { showProgress } from './progress.ts'
import { refuseUnsigned } from './trust.ts'

export const pull: Command = function* ({ process, flags, args, engine }) {
  const reference = parseReference(args[0])
  const isAll = flags.is('all-tags')
  if (isAll && (reference.tag || reference.digest)) throw new DockerError("tag can't be used with --all-tags/-a")
  const isQuiet = flags.is('quiet')
  if (!isAll && !reference.tag && !reference.digest && !isQuiet) yield* out(process, 'Using default tag: latest\n')
  refuseUnsigned(process, flags)
  yield* pullImage(process, engine, args[0], { descriptor: isQuiet ? undefined : 1, platform: flags.text('platform'), isAll })
  yield* out(process, `${isAll ? canonicalName(args[0]).replace(/:latest$/, '') : canonicalName(args[0])}\n`)
  return 0
}

/** Pulls and shows it on a descriptor, or nowhere. */
export function* pullImage(
  process: Process,
  engine: Engine,
  image: string,
  { descriptor, platform = '', isAll = false }: { descriptor: number | undefined; platform?: string; isAll?: boolean },
): Blocking<void> {
  const { name, domain, tag, digest } = parseReference(image)
  const target = query({ fromImage: `${domain}/${name}`, tag: isAll ? undefined : (digest ?? tag ?? 'latest'), platform })
  const response = yield* engine.open('POST', `/images/create${target}`, '', { 'x-registry-auth': credentials(process, domain) })
  yield* showProgress(process, response, descriptor)
}
