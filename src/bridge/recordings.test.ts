/**
 * Every recording of a real tool, replayed in a whole session through our own command lines. What differs must stand in the list of
 * differences beside the recording, and what stands there must differ: `drydock replay --update FILE` writes it anew.
 */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { replay } from '../session/recordings.ts'
import { Session } from '../session/session.ts'
import { knownDifferences } from './differences.ts'
import { recordedAt } from './recorded.ts'
import { nodeSupplies } from './supplies.ts'

for (const kind of ['docker', 'kubernetes'] as const) {
  const folder = fileURLToPath(new URL(`../../recordings/${kind}/`, import.meta.url))
  describe(`recordings of ${kind}`, () => {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.golden.json'))) {
      test(`${name} is equal but for what is listed`, { timeout: 120_000 }, async () => {
        const { recording, preset, options } = recordedAt(folder + name)
        const session = await Session.create({ ...preset, supplies: nodeSupplies, onFault: () => {} })
        const outcome = await replay(session, recording, options)
        session.stop()
        const known = knownDifferences(folder + name)
        expect(outcome.differences.map(({ step, cmd }) => ({ step, cmd }))).toEqual(known.map(({ step, cmd }) => ({ step, cmd })))
        expect(
          known.filter(({ reason }) => reason === ''),
          'a difference has a reason',
        ).toEqual([])
      })
    }
  })
}
