/**
 * Every recording of a real tool, replayed in a whole session through our own command lines. `recordings/equal.json` says how many of
 * the judged answers are equal today; fewer fails, more is an invitation to write the larger number down.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { normaliseDocker, normaliseKubernetes } from '../../recordings/normalise.mjs'
import { presetOf, type Recording, replay } from '../session/recordings.ts'
import { Session } from '../session/session.ts'
import { nodeSupplies } from './supplies.ts'

const folder = fileURLToPath(new URL('../../recordings/', import.meta.url))
const floors = JSON.parse(readFileSync(`${folder}equal.json`, 'utf8')) as Record<string, number>

describe('recordings', () => {
  for (const [name, floor] of Object.entries(floors)) {
    test(`${name}: at least ${floor} answers equal`, { timeout: 120_000 }, async () => {
      const kind = name.startsWith('kubernetes') ? 'kubernetes' : 'docker'
      const recording = JSON.parse(readFileSync(`${folder}${name}.golden.json`, 'utf8')) as Recording
      const session = await Session.create({ ...presetOf(recording, kind), supplies: nodeSupplies, onFault: () => {} })
      const outcome = await replay(session, recording, kind === 'docker' ? normaliseDocker : normaliseKubernetes)
      session.stop()
      expect(outcome.equal, outcome.differences.map(({ cmd }) => cmd).join('\n')).toBeGreaterThanOrEqual(floor)
    })
  }
})
