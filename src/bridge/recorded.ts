/**
 * A recording as those who judge by it read it: its steps, the world to start from, what its machine had that the steps do not say
 * (`environment.json` beside it), and how its answers are compared.
 */
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { normaliseDocker, normaliseKubernetes } from '../../recordings/normalise.mjs'
import { recordedMoments, recordedWorld } from './recorded-world.ts'
import type { Preset } from '../session/presets.ts'
import { presetOf, type Recording, type ReplayOptions } from '../session/recordings.ts'

export interface Recorded {
  readonly kind: 'docker' | 'kubernetes'
  readonly recording: Recording
  readonly preset: Preset & { readonly startMs?: number }
  readonly options: ReplayOptions
}

interface Environment {
  readonly env?: Readonly<Record<string, string>>
  readonly setup?: string
  readonly isTidied?: boolean
}

export function recordedAt(path: string): Recorded {
  const kind = path.includes('kubernetes') ? 'kubernetes' : 'docker'
  const recording = JSON.parse(readFileSync(path, 'utf8')) as Recording
  const beside = join(dirname(path), 'environment.json')
  const environments = existsSync(beside) ? (JSON.parse(readFileSync(beside, 'utf8')) as Record<string, Environment>) : {}
  const { env, setup, isTidied } = environments[basename(path, '.golden.json')] ?? {}
  const preset = { ...presetOf(recording, kind), ...(kind === 'docker' && recordedWorld(path)) }
  return {
    kind,
    recording,
    preset: setup === undefined ? preset : { ...preset, setup },
    options: {
      normalise: kind === 'docker' ? normaliseDocker : normaliseKubectl,
      env: { ...environments.all?.env, ...env },
      isTidied,
      ...(kind === 'docker' && recordedMoments(path)),
    },
  }
}

/** Names of files that the client makes up, revisions in prose, Go's addresses and the recorder's name for its kubectl are as random as what the normaliser folds. */
export function normaliseKubectl(text: string): string {
  const plain = text
    .replaceAll('kubectl.1.33', 'kubectl')
    .replace(/(kubectl-edit|LIVE|MERGED)-\d+/g, '$1-<random>')
    .replace(/Resource Version:(\s+)\d+/g, 'Resource Version:$1<rv>')
    .replace(/\(0xc[0-9a-f]{9}\)/g, '(<address>)')
  return normaliseKubernetes(plain)
}
