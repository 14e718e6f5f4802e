/**
 * What the recordings of Docker met with: the machine, the images and the time between their steps, as data beside them (see
 * recordings/README.md). A replay that stands in the same world is compared with the recorded answers; what still differs is ours.
 */
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Preset } from '../session/presets.ts'
import type { ReplayOptions } from '../session/recordings.ts'

interface RecordedMachine {
  /** When the recordings began, RFC 3339: the images are a few minutes old. */
  readonly began: string
  readonly machine: Preset['machine']
  /** By recording: they were not all made over the same one. */
  readonly containerd: Readonly<Record<string, NonNullable<Preset['containerd']>>>
}

/** By recording. */
interface Moments {
  readonly waits: Readonly<Record<string, ReplayOptions['waits']>>
  readonly interruptedBefore: Readonly<Record<string, ReplayOptions['interruptedBefore']>>
}

/** The machine and the images that a recording of Docker had. */
export function recordedWorld(path: string): Pick<Preset, 'machine' | 'containerd' | 'catalogue'> & { readonly startMs: number } {
  const { began, machine, containerd } = beside(path, 'machine.json') as RecordedMachine
  const catalogue = beside(path, 'images.json') as Preset['catalogue']
  return { startMs: Date.parse(began), machine, catalogue, containerd: containerd[nameOf(path)] ?? containerd.default }
}

/** What its answers tell of the time between its steps. */
export function recordedMoments(path: string): Pick<ReplayOptions, 'waits' | 'interruptedBefore'> {
  const { waits, interruptedBefore } = beside(path, 'moments.json') as Moments
  return { waits: waits[nameOf(path)], interruptedBefore: interruptedBefore[nameOf(path)] }
}

const beside = (path: string, name: string): unknown => JSON.parse(readFileSync(join(dirname(path), name), 'utf8'))
const nameOf = (path: string): string => basename(path, '.golden.json')
