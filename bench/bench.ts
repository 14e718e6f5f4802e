/**
 * Speed, ours beside the closest public peer in one run: medians of CPU time (user and system of this process), so that a busy machine
 * does not matter much. With `--json` the last line is an array of `{work, unit, ours, peer}`; `--quick` leaves out what takes minutes.
 */
import { longestBlockMs } from './block.ts'
import { busyLoopBlockMs, dockerRunMs, sleepingLoopsMs } from './docker.ts'
import { fanOut, heldObjects, oursConfigMaps, oursWithoutHttp, peerEvents } from './objects.ts'
import { nodesFor, startOurs } from './ours.ts'
import { startPeer } from './peer.ts'
import { sizes } from './sizes.ts'
import type { World } from './world.ts'

type Start = (replicas: number) => Promise<World>

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
    console.log(`${row.work.padEnd(52)}${shown(row.ours).padStart(10)}${shown(row.peer).padStart(10)}  ${row.unit}`)
  }
  console.log(`${'work'.padEnd(52)}${'ours'.padStart(10)}${'peer'.padStart(10)}`)
  // Before the peer has filled the heap: a worker of the page has its own.
  const blockMs = await median(3, () => longestBlockMs(1000))
  say({ work: '1,000 sleeping shell loops, per second', unit: 'ms CPU', ours: await median(3, () => sleepingLoopsMs(1000)), peer: null })
  say({ work: '`docker run -d` to running, image there', unit: 'ms CPU', ours: await median(3, () => dockerRunMs(100)), peer: null })
  say({ work: 'longest block beside a busy loop in a container', unit: 'ms', ours: await busyLoopBlockMs(3), peer: null })
  say({
    work: 'engine start to a Ready 3-node cluster',
    unit: 'ms CPU',
    ours: await median(9, () => started(startOurs)),
    peer: await median(3, () => started(startPeer)),
  })
  for (const replicas of [100, 1000]) {
    const ours = await medianLife(isQuick ? 3 : 5, startOurs, replicas)
    const peer =
      replicas === 100
        ? await medianLife(isQuick ? 1 : 3, startPeer, replicas)
        : isQuick
          ? undefined
          : await medianLife(1, startPeer, replicas)
    say({ work: `${named(replicas)} replicas to Ready${nodes(replicas)}`, unit: 'ms CPU', ours: ours.deploy, peer: peer?.deploy ?? null })
    if (replicas > 100) continue
    say({ work: `rolling update of ${replicas}`, unit: 'ms CPU', ours: ours.update, peer: peer?.update ?? null })
    say({ work: '1,000 requests through a Service', unit: 'ms CPU', ours: ours.request, peer: peer?.request ?? null })
    say({ work: `delete ${replicas}`, unit: 'ms CPU', ours: ours.remove, peer: peer?.remove ?? null })
  }
  if (!isQuick)
    say({ work: `10,000 replicas to Ready${nodes(10_000)}`, unit: 'ms CPU', ours: (await life(startOurs, 10_000)).deploy, peer: null })
  say({ work: 'longest block of the event loop, 1,000 replicas', unit: 'ms CPU', ours: blockMs, peer: null })
  const count = 5000
  // In turns and equally often: the first runs of both pay for what the engine compiles.
  const objects = { overHttp: [] as number[], asLoops: [] as number[], peer: [] as number[] }
  for (let turn = 0; turn < 7; turn++) {
    objects.overHttp.push(await cpu(() => oursConfigMaps(count)))
    objects.asLoops.push(await cpu(() => oursWithoutHttp(count)))
    objects.peer.push(await peerEvents(count, cpu))
  }
  const peer = middle(objects.peer)
  // The peer has no wire. The first row makes ours write and read JSON on both ends besides; the second asks ours as the peer is asked.
  say({ work: `${named(count)} ConfigMaps (peer: Events) created and listed`, unit: 'ms CPU', ours: middle(objects.overHttp), peer })
  say({ work: 'the same as control loops ask: no HTTP, no JSON', unit: 'ms CPU', ours: middle(objects.asLoops), peer })
  for (const watchers of [10, 100])
    say({
      work: `1,000 changes told to ${watchers} watchers`,
      unit: 'ms CPU',
      ours: await median(3, () => cpu(() => fanOut(watchers, 1000))),
      peer: null,
    })
  if (!isQuick) {
    const { megabytes, listMs } = await heldObjects(100_000)
    say({ work: '100,000 objects held', unit: 'MB', ours: megabytes, peer: null })
    say({ work: 'one in a thousand of them listed by label', unit: 'ms CPU', ours: listMs, peer: null })
  }
  for (const { name, kilobytes } of sizes()) say({ work: name, unit: 'kB gzip', ours: kilobytes, peer: null })
  if (args.includes('--json')) console.log(JSON.stringify(rows))
  return 0
}

function named(replicas: number): string {
  return replicas.toLocaleString('en')
}

/** The peer takes any number of pods on its three nodes; a node of ours takes what its subnet has addresses for. */
function nodes(replicas: number): string {
  const count = nodesFor(replicas)
  return count > 3 ? ` (ours: ${count} nodes)` : ''
}

function shown(value: number | null): string {
  return value === null ? '–' : value >= 100 ? value.toFixed(0) : value.toFixed(1)
}

async function started(start: Start): Promise<number> {
  let world: World | undefined
  const ms = await cpu(async () => {
    world = await start(0)
  })
  await world?.stop()
  return ms
}

interface Life {
  readonly deploy: number
  readonly update: number
  readonly request: number
  readonly remove: number
}

/** One world from deployment to deletion, each part measured. */
async function life(start: Start, replicas: number): Promise<Life> {
  const world = await start(replicas)
  const isSmall = replicas <= 100
  const deploy = await cpu(() => world.deploy(replicas))
  const update = isSmall ? await cpu(() => world.update()) : 0
  if (isSmall) await world.expose()
  const result = {
    deploy,
    update,
    request: isSmall ? await cpu(() => world.request(1000)) : 0,
    remove: isSmall ? await cpu(() => world.remove()) : 0,
  }
  await world.stop()
  return result
}

async function medianLife(times: number, start: Start, replicas: number): Promise<Life> {
  const lives: Life[] = []
  for (let index = 0; index < times; index++) lives.push(await life(start, replicas))
  const of = (part: keyof Life) => middle(lives.map((one) => one[part]))
  return { deploy: of('deploy'), update: of('update'), request: of('request'), remove: of('remove') }
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
  return middle(values)
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}
