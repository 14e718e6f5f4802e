/**
 * The recordings of a real cluster, typed by the real kubectl into the sandbox through the bridge. What differs stands in the list beside the
 * recording with its reason. A sample by default, because each command is a process: `REAL_CLIENT=all npx vitest run src/bridge/real-kubectl`
 * plays the whole, `REAL_CLIENT=18-errors,31-immutable` those; with `REAL_CLIENT_UPDATE=1` the lists are written anew.
 */
import { readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Outcome } from '../session/recordings.ts'
import { knownDifferences, writeDifferences } from './differences.ts'
import { normaliseKubectl as normalise, recordedAt } from './recorded.ts'
import { isOnPath, kubectlOf, realClient, replayWith } from './real-client.ts'

const folder = fileURLToPath(new URL('../../recordings/kubernetes/', import.meta.url))
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.golden.json'))
  .map((file) => file.replace('.golden.json', ''))
/** These judge the API alone: whoever differs must be listed. The others depend on moments too and are counted. */
const judging = /^(01|02|11|14|15|16|17|18|19|20|28|29|31)-/
/** Its steps do not build on each other, so that some of them can stand for all. */
const independent = '28-validation'
const sample = [independent, '15-crd', '31-immutable']
const everyNth = 8
/** How reasons begin that tell what the machine was like, or the moment; they say nothing about us. */
const noise = 'The recording'

const asked = process.env.REAL_CLIENT
const names = asked === undefined ? sample : asked === 'all' ? all : all.filter((name) => asked.split(',').includes(name))
const hasKubectl = isOnPath('kubectl')
if (!hasKubectl) console.warn('kubectl is not on PATH: no recording was typed by the real client.')
else if (asked === undefined)
  console.warn(`Only a sample of the recordings is typed by the real kubectl: ${sample.join(', ')}. REAL_CLIENT=all plays the whole.`)

describe.runIf(hasKubectl)('the real kubectl', () => {
  for (const name of names) {
    test(`gets the answers of ${name} but for what is listed`, { timeout: 900_000 }, async () => {
      const path = `${folder}${name}.golden.json`
      const { recording, options } = recordedAt(path)
      const isWhole = asked !== undefined || name !== independent
      const client = await realClient({ kubectl: kubectlOf('1.33') })
      const outcome = await replayWith(client, recording, { ...options, isPlayed: (step) => isWhole || step % everyNth === 0 }).finally(
        () => client.close(),
      )
      console.log(`${name}: ${outcome.equal} of ${outcome.judged} equal`)
      if (asked !== undefined) writeFileSync(join(tmpdir(), `real-kubectl-${name}.txt`), report(outcome))
      if (process.env.REAL_CLIENT_UPDATE && judging.test(name))
        writeDifferences(path, outcome.differences, knownDifferences(path, 'real-client'), 'real-client')
      if (!judging.test(name)) return
      const known = new Map(knownDifferences(path, 'real-client').map(({ step, reason }) => [step, reason]))
      expect(outcome.differences.filter(({ step }) => !known.has(step))).toEqual([])
      const strange = outcome.differences.filter(({ step }) => known.get(step)?.startsWith(noise))
      if (isWhole) expect((outcome.equal + strange.length) / outcome.judged).toBeGreaterThanOrEqual(0.97)
    })
  }
})

function report({ differences }: Outcome): string {
  const block = (sign: string, text: string) =>
    normalise(text)
      .split('\n')
      .map((line) => `${sign} ${line}`)
      .join('\n')
  return differences
    .map(
      ({ step, cmd, wanted, got }) =>
        `### ${step} $ ${cmd}\n${block('-', `${wanted.stdout}${wanted.stderr}exit ${wanted.code}`)}\n${block('+', `${got.stdout}${got.stderr}exit ${got.code}`)}\n`,
    )
    .join('\n')
}
