/**
 * Speed, ours beside the closest public peer in one run: medians of CPU time (user and system of this process), so that a busy machine
 * does not matter much. With `--json` the last line is an array of `{work, unit, ours, peer}`; `--quick` leaves out what takes minutes.
 */
import { sizes } from './sizes.ts'
import { startOurs } from './ours.ts'
import { startPeer } from './peer.ts'
import type { World } from './world.ts'

interface Row {
  readonly work: string
  readonly unit: string
  readonly ours: number | null
  readonly peer: number | null
}

export async function bench(args: readonly string[]): Promise<number> {
  const isQuick = args.includes('--quick')
  const rows: Row[] = []
  const say = (row: Row) => {
    rows.push(row)
    console.log(`${row.work.padEnd(46)}${shown(row.ours).padStart(10)}${shown(row.peer).padStart(10)}  ${row.unit}`)
  }
  console.log(`${'work'.padEnd(46)}${'ours'.padStart(10)}${'peer'.padStart(10)}`)
  say({ work: 'engine start to a Ready 3-node cluster', unit: 'ms CPU', ours: await median(9, () => started(startOurs)), peer: await median(3, () => started(startPeer)) })
  for (const replicas of [100, 1000]) {
    const ours = await life(startOurs, replicas)
    const peer = replicas > 100 && isQuick ? null : await life(startPeer, replicas)
    say({ work: `${replicas} replicas to Ready`, unit: 'ms CPU', ours: ours.deploy, peer: peer?.deploy ?? null })
    if (replicas > 100) continue
    say({ work: `rolling update of ${replicas}`, unit: 'ms CPU', ours: ours.update, peer: peer?.update ?? null })
    say({ work: '1,000 requests through a Service', unit: 'ms CPU', ours: ours.request, peer: peer?.request ?? null })
    say({ work: `delete ${replicas}`, unit: 'ms CPU', ours: ours.remove, peer: peer?.remove ?? null })
  }
  if (!isQuick) say({ work: '10,000 replicas to Ready', unit: 'ms CPU', ours: (await life(startOurs, 10_000)).deploy, peer: null })
  const { longestBlockMs } = await import('./block.ts')
  say({ work: 'longest block of the event loop, 1,000 replicas', unit: 'ms', ours: await longestBlockMs(1000), peer: null })
  for (const { name, kilobytes } of sizes()) say({ work: name, unit: 'kB gzip', ours: kilobytes, peer: null })
  if (args.includes('--json')) console.log(JSON.stringify(rows))
  return 0
}

function shown(value: number | null): string {
  return value === null ? '–' : value >= 100 ? value.toFixed(0) : value.toFixed(1)
}

async function started(start: () => Promise<World>): Promise<number> {
  let world: World | undefined
  const ms = await cpu(async () => {
    world = await start()
  })
  await world?.stop()
  return ms
}

/** One world from deployment to deletion, each part measured. */
async function life(start: (replicas: number) => Promise<World>, replicas: number): Promise<{ deploy: number; update: number; request: number; remove: number }> {
  const world = await start(replicas)
  const result = {
    deploy: await cpu(() => world.deploy(replicas)),
    update: replicas > 100 ? 0 : await cpu(() => world.update()),
    request: replicas > 100 ? 0 : await cpu(() => world.request(1000)),
    remove: replicas > 100 ? 0 : await cpu(() => world.remove()),
  }
  await world.stop()
  return result
}

async function cpu(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

async function median(times: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = []
  for (let index = 0; index < times; index++) values.push(await measure())
  return values.sort((a, b) => a - b)[Math.floor(times / 2)]
}
