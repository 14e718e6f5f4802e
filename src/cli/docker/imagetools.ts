/** `docker buildx imagetools`: what a registry says of an image, without pulling it. */
import { out } from '../../unix/kernel/process.ts'
import { goJson } from '../go-json.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import { DaemonError } from './docker-error.ts'
import { canonicalName } from './reference.ts'

interface Distribution {
  readonly Descriptor: { readonly mediaType: string; readonly digest: string; readonly size: number }
}

export const imagetoolsInspect: Command = function* ({ process, flags, args, engine }) {
  const name = canonicalName(args[0])
  let found: Distribution
  try {
    found = yield* engine.json<Distribution>('GET', `/distribution/${encodeURIComponent(args[0]).replaceAll('%2F', '/')}/json`)
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error
    throw new DockerError(
      `ERROR: ${/denied|unauthorized/i.test(error.message) ? 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed' : `${name}: not found`}`,
    )
  }
  const { mediaType, digest, size } = found.Descriptor
  if (flags.is('raw')) throw new DockerError('ERROR: --raw is not simulated in this sandbox: see "docker manifest inspect"')
  const format = flags.text('format')
  if (format === '{{json .Manifest}}') yield* out(process, `${goJson({ schemaVersion: 2, mediaType, digest, size }, { indent: '  ' })}\n`)
  else if (flags.isSet('format') && format !== '{{.Manifest}}')
    throw new DockerError(`ERROR: the format ${JSON.stringify(format)} is not simulated in this sandbox`)
  else yield* out(process, `Name:      ${name}\nMediaType: ${mediaType}\nDigest:    ${digest}\n`)
  return 0
}

export const imagetoolsCreate: Command = function* () {
  throw new DockerError('ERROR: putting images together in a registry is not simulated in this sandbox')
}
