/**
 * `docker trust` and the content trust of pull and run. The sandbox's Docker Hub has no notary beside it, so every look-up of signatures ends
 * where a machine without one ends; signing keys are not simulated and say so.
 */
import { resolvConf } from '../../unix/network/names.ts'
import { type Blocking, err, out, type Process, readFrom } from '../../unix/kernel/process.ts'
import { textOf } from '../../base/bytes.ts'
import type { Flags } from '../flags.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import { parseReference } from './reference.ts'

/** What asking for signatures comes to. */
function notaryProblem(process: Process): string {
  return `dial tcp: lookup notary.docker.io on ${resolvConf(process.files).servers[0] ?? '127.0.0.1'}:53: no such host`
}

/** Content trust is off unless it is asked for. */
export function refuseUnsigned(process: Process, flags: Flags): void {
  const isWanted = flags.isSet('disable-content-trust')
    ? !flags.is('disable-content-trust')
    : /^(1|t|true)$/i.test(process.env.DOCKER_CONTENT_TRUST ?? '')
  if (isWanted) throw new DockerError(`Error: error contacting notary server: ${notaryProblem(process)}`)
}

export const trustInspect: Command = function* ({ process, flags, args }) {
  if (!flags.is('pretty')) yield* out(process, '[]\n')
  throw new DockerError((flags.is('pretty') ? args.slice(0, 1) : args).map((name) => `no signatures or cannot access ${name}`).join('\n'))
}

export const trustSign: Command = function* ({ process, args }) {
  if (!parseReference(args[0]).tag) throw new DockerError(`no tag specified for ${args[0]}`)
  throw new DockerError(`Error: error contacting notary server: ${notaryProblem(process)}`)
}

export const trustRevoke: Command = function* ({ process, flags, args }) {
  const [name] = args
  if (!parseReference(name).tag && !flags.is('yes')) {
    yield* out(process, `Confirm you would like to delete all signature data for ${name}? [y/N] `)
    if (!/^y/i.test(textOf(yield* readFrom(process, 0)).trim())) return 0
  }
  throw new DockerError(`could not remove signature for ${name}: ${notaryProblem(process)}`)
}

export const trustKeyLoad: Command = function* ({ process, args }) {
  yield* out(process, `Loading key from ${JSON.stringify(args[0])}...\n`)
  if (!process.files.exists(process.path(args[0])))
    throw new DockerError(`refusing to load key from ${args[0]}: stat ${args[0]}: no such file or directory`)
  throw new DockerError('Signing keys are not simulated in this sandbox.')
}

export const trustKeyGenerate: Command = function* () {
  throw new DockerError('Signing keys are not simulated in this sandbox.')
}

export const trustSignerAdd: Command = function* ({ process, flags }) {
  const keys = flags.list('key')
  if (keys.length === 0) throw new DockerError('path to a public key must be provided using the `--key` flag')
  const missing = keys.find((key) => !process.files.exists(process.path(key)))
  if (missing !== undefined) throw new DockerError(`unable to read public key from file: open ${missing}: no such file or directory`)
  throw new DockerError('Signing keys are not simulated in this sandbox.')
}

export const trustSignerRemove: Command = function* ({ process, args }): Blocking<number> {
  const [signer, ...names] = args
  for (const name of names) {
    yield* out(process, `Removing signer ${JSON.stringify(signer)} from ${name}...\n`)
    yield* err(process, `error retrieving signers for ${name}: ${notaryProblem(process)}\n\n`)
  }
  throw new DockerError(`error removing signer from: ${names.join(', ')}`)
}
