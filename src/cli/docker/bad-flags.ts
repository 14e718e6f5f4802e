/** Flags of `docker run` and its kin that the CLI refuses by itself, and the values that are read the same way by several. */
import type { Flags } from '../flags.ts'
import { DockerError } from './docker-error.ts'
import { bytesOfSize, whyNoSize } from '../../base/go-units.ts'

export function badFlag(text: string, flag: string, why: string, usage = 'docker run [OPTIONS] IMAGE [COMMAND] [ARG...]'): DockerError {
  return new DockerError(
    `invalid argument "${text}" for "${flag}" flag: ${why}\n\nUsage:  ${usage}\n\nRun '${usage.split(' ').slice(0, 2).join(' ')} --help' for more information`,
    125,
  )
}

export function cannot(why: string): DockerError {
  return new DockerError(`docker: ${why}\n\nRun 'docker run --help' for more information`, 125)
}

/** Bytes of a flag such as `--memory`. */
export function size(flags: Flags, name: string, usage?: string): number {
  const text = flags.text(name)
  if ((text === '' && !flags.isSet(name)) || text === '0') return 0
  const bytes = bytesOfSize(text)
  if (bytes === undefined || text === '') throw badFlag(text, name === 'memory' ? '-m, --memory' : `--${name}`, whyNoSize(text), usage)
  return bytes
}

export function nanoCpus(text: string, usage?: string): number {
  if (text === '') return 0
  if (!/^-?\d*\.?\d+$/.test(text)) throw badFlag(text, '--cpus', `failed to parse ${text} as a rational number`, usage)
  return Math.round(Number(text) * 1e9)
}
