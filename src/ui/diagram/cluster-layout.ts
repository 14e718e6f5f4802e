/**
 * Where everything of a cluster stands: control from above, traffic from below, nodes as columns between them. A pure function of what
 * is there and the room there is; a thing keeps its id and, while nothing before it changes, its place.
 */
import { fitting, type Box, type Figure, type Layout, type Size, type Wire } from './layout.ts'
import type { ClusterView, NodeView, ServiceView } from './cluster-view.ts'

/** In rem. */
export const measures = {
  margin: 0.9,
  gap: 0.85,
  controlPlane: 9.7,
  drop: 1.65,
  nodeMinimum: 15.6,
  nodeHead: 4.1,
  nodeFoot: 2.5,
  tile: 3.35,
  tileGap: 0.4,
  line: 1.9,
  square: 1.5,
  squareGap: 0.3,
  dot: 0.75,
  largeDot: 1.3,
  rise: 1.4,
  chip: 2.3,
  chipGap: 1.6,
} as const

/** Where there is little height, the control plane is one row and a node's meters stand beside its name. */
const compactMeasures = { ...measures, controlPlane: 5.1, drop: 1, nodeHead: 2.7, nodeFoot: 2.3, rise: 1.1, chip: 2 } as const

type Measures = Readonly<Record<keyof typeof measures, number>>

/** How a room is drawn: what comes first is drawn if it fits at full size. */
interface Form {
  readonly isCompact: boolean
  readonly perRow: number
  readonly tiles: Tiles
}

/** Tiles wide enough for whole names, narrower ones that shorten them, or one line each. */
type Tiles = 'whole' | 'short' | 'lines'

const nodesInOneRow = 8

export function clusterLayout(view: ClusterView, size: Size, focus: string | undefined): Layout {
  return fitting(formsFor(view.nodes.length), size, (form) => laidOut(view, size, { focus, form }))
}

function formsFor(nodes: number): readonly Form[] {
  const rows = nodes <= nodesInOneRow ? [1, 2, 3] : [0]
  const perRow = (row: number) => (row === 0 ? Math.ceil(Math.sqrt(nodes * 1.6)) : Math.max(1, Math.ceil(nodes / row)))
  const widths = [...new Set(rows.map(perRow))]
  return [false, true].flatMap((isCompact) => widths.flatMap((perRow) => tileForms.map((tiles) => ({ isCompact, perRow, tiles }))))
}

const tileForms: readonly Tiles[] = ['whole', 'short', 'lines']

function laidOut(
  view: ClusterView,
  { width, height, rem }: Size,
  { focus, form }: { readonly focus: string | undefined; readonly form: Form },
): Layout {
  const { perRow, isCompact } = form
  const measured: Measures = isCompact ? compactMeasures : measures
  const m = (name: keyof typeof measures) => measured[name] * rem
  const margin = m('margin')
  const inner = Math.max(width - 2 * margin, perRow * (m('nodeMinimum') + m('gap')) - m('gap'))
  // A room wider than its place is drawn smaller, and so has more height.
  const tall = height * Math.max(1, (inner + 2 * margin) / width)
  const nodeWidth = (inner - (perRow - 1) * m('gap')) / perRow
  const rows = Math.max(1, Math.ceil(view.nodes.length / perRow))
  const columns = tileColumns(view, { inside: nodeWidth / rem - 1.4, tiles: form.tiles })

  const drawn = isCompact ? { isCompact } : {}
  const boxes: Box[] = [
    { id: 'control-plane', figure: 'control-plane', x: margin, y: 0, width: inner, height: m('controlPlane'), ...drawn },
  ]
  const nodesTop = m('controlPlane') + m('drop')
  const chips = chipBoxes(view, { left: margin, right: margin + inner, rem, height: m('chip') })
  const foot = chips.length > 0 ? m('rise') + Math.max(...chips.map(({ y, height }) => y + height)) : 0
  const free = tall - margin * 0.6 - nodesTop - foot - (rows - 1) * m('gap')
  const needed = Math.max(
    ...view.nodes.map((node) =>
      neededHeight(node, {
        inside: nodeWidth - 1.3 * rem,
        rem,
        columns,
        tile: form.tiles === 'lines' ? measured.line : measured.tile,
        measured,
      }),
    ),
    m('nodeHead') + m('nodeFoot') + m('line'),
  )
  const nodeHeight = Math.max(needed, free / rows)

  const places = new Map<string, Box>()
  for (const [index, { name }] of view.nodes.entries()) {
    const box: Box = {
      id: `node ${name}`,
      figure: 'node',
      x: margin + (index % perRow) * (nodeWidth + m('gap')),
      y: nodesTop + Math.floor(index / perRow) * (nodeHeight + m('gap')),
      width: nodeWidth,
      height: nodeHeight,
      columns,
      letters: lettersIn((nodeWidth / rem - 1.4 - (columns - 1) * measures.tileGap) / columns),
      ...(form.tiles === 'lines' ? { isOfLines: true } : {}),
      ...drawn,
    }
    places.set(name, box)
    boxes.push(box)
  }

  const bottom = nodesTop + rows * nodeHeight + (rows - 1) * m('gap')
  const placedChips = chips.map((box) => ({ ...box, y: box.y + bottom + m('rise') }))
  boxes.push(...placedChips)
  const wires = [
    ...controlWires(places, { from: m('controlPlane') - (isCompact ? 0 : 0.75 * rem), rows }),
    ...trafficWires(view, { columns: places, chips: placedChips, bottom, focus, rise: m('rise') }),
  ]
  return { boxes, wires, width: inner + 2 * margin, height: Math.max(tall, bottom + foot + margin * 0.6) }
}

/** A letter of a name takes about this much, and icon with padding the rest of a tile; in rem. */
const letter = 0.585
const besideLetters = 2.7
/** Narrower tiles are hard to read, wider ones are hard to compare. */
const narrowestTile = 8.4
const widestTile = 18
/** Name and state stand side by side. */
const narrowestLine = 11

/** Letters of a name that a tile of this width has room for. */
function lettersIn(width: number): number {
  return Math.floor((width - besideLetters) / letter)
}

/** Tiles side by side in a node; the same in all of them, so that they can be compared. Widths in rem. */
function tileColumns({ nodes }: ClusterView, { inside, tiles }: { readonly inside: number; readonly tiles: Tiles }): number {
  const tiled = nodes.filter(({ detail }) => detail === 'tiles').flatMap(({ pods }) => pods)
  const longest = Math.max(0, ...tiled.map(({ metadata }) => metadata.name.length))
  const wanted = Math.min(widestTile, Math.max(narrowestTile, longest * letter + besideLetters))
  const abreast = (width: number) => Math.floor((inside + measures.tileGap) / (width + measures.tileGap))
  const whole = Math.min(4, abreast(wanted))
  if (tiles === 'whole') return Math.max(whole, 1)
  return Math.max(1, abreast(tiles === 'lines' ? narrowestLine : narrowestTile))
}

/** Side of a pod's place on a canvas, in rem: many are smaller. */
export function dotStep(pods: number): number {
  return pods <= 60 ? measures.largeDot : measures.dot
}

interface Room {
  readonly inside: number
  readonly rem: number
  readonly columns: number
  readonly tile: number
  readonly measured: Measures
}

/** The agents' names and the small squares of the system's Pods stand side by side where there is width for both. In rem. */
const agentsWidth = 18.8
const systemSquare = 1.35
const systemLine = 1.7

function neededHeight(node: NodeView, room: Room): number {
  const isWide = agentsWidth + systemSquare * node.system.length <= room.inside / room.rem
  return podsHeight(node, room) + (node.system.length > 0 && !isWide ? systemLine * room.rem : 0)
}

function podsHeight({ pods, room, detail }: NodeView, { inside, rem, columns, tile, measured }: Room): number {
  const count = pods.length + (room > 0 ? 1 : 0)
  const { tileGap, square, squareGap, nodeHead, nodeFoot } = measured
  if (detail === 'tiles') return (nodeHead + nodeFoot + Math.ceil(count / columns) * (tile + tileGap)) * rem
  const step = (detail === 'squares' ? square + squareGap : dotStep(pods.length)) * rem
  const perLine = Math.max(1, Math.floor((inside + (detail === 'squares' ? squareGap * rem : 0)) / step))
  return (nodeHead + nodeFoot + 0.5) * rem + Math.ceil(pods.length / perLine) * step
}

/** Width of a chip that is wide enough for its words without measuring them; the small ones are in letters of equal width. */
function chipWidth({ title, words }: Chip, rem: number): number {
  return (4.2 + title.length * 0.56 + words.length * 0.54) * rem
}

interface Chip {
  readonly id: string
  readonly figure: Figure
  readonly title: string
  readonly words: string
}

/** From the left: the ways in; the claims stand at the right end of the last line. Their `y` counts from the first line. */
function chipBoxes(view: ClusterView, { left, right, rem, height }: { left: number; right: number; rem: number; height: number }): Box[] {
  const gap = measures.chipGap * rem
  const boxes: Box[] = []
  let x = left
  let y = 0
  const put = ({ id, figure, title, words }: Chip, from = 0) => {
    const width = Math.min(chipWidth({ id, figure, title, words }, rem), right - left)
    x = Math.max(x, from)
    if (x + width > right + 1 && x > left) {
      x = left
      y += height + gap * 0.4
    }
    boxes.push({ id, figure, x, y, width, height })
    x += width + gap
  }
  for (const { key, ingress } of view.ingresses)
    put({ id: `ingress ${key}`, figure: 'ingress', title: 'Ingress', words: ingress.spec.rules?.[0]?.host ?? ingress.metadata.name })
  for (const { key, service } of view.services)
    put({ id: `service ${key}`, figure: 'service', title: `Service ${service.metadata.name}`, words: addressOf(service) })
  const claims: Chip[] = view.claims.map(({ key, claim }) => ({
    id: `claim ${key}`,
    figure: 'claim',
    title: 'Volume',
    words: `${claim.metadata.name} ${claim.spec.resources?.requests?.storage ?? ''}`,
  }))
  const claimsWidth = claims.reduce((sum, claim) => sum + chipWidth(claim, rem) + gap, -gap)
  for (const claim of claims) put(claim, right - claimsWidth <= x ? 0 : claim === claims[0] ? right - claimsWidth : 0)
  return boxes
}

export function addressOf({ spec }: ServiceView['service']): string {
  const port = spec.ports?.[0]
  return `${spec.clusterIP ?? ''}${port ? `:${port.port}` : ''}${port?.nodePort ? ` ⇠ ${port.nodePort}` : ''}`
}

/** The lines of the second row of nodes would cross the first; there only the first row has them. */
function controlWires(columns: ReadonlyMap<string, Box>, { from, rows }: { from: number; rows: number }): Wire[] {
  const top = Math.min(...[...columns.values()].map(({ y }) => y))
  return [...columns]
    .filter(([, box]) => rows === 1 || box.y === top)
    .map(([name, box]) => ({
      id: `control ${name}`,
      points: [
        [box.x + box.width / 2, from],
        [box.x + box.width / 2, box.y],
      ],
      kind: 'control',
      node: name,
    }))
}

function trafficWires(
  view: ClusterView,
  {
    columns,
    chips,
    bottom,
    focus,
    rise,
  }: { columns: ReadonlyMap<string, Box>; chips: readonly Box[]; bottom: number; focus: string | undefined; rise: number },
): Wire[] {
  const wires: Wire[] = []
  const at = new Map(chips.map((box) => [box.id, box]))
  for (const { key, services } of view.ingresses) {
    const from = at.get(`ingress ${key}`)
    for (const service of services) {
      const to = at.get(`service ${service}`)
      if (from && to)
        wires.push({
          id: `ingress ${key} ${service}`,
          kind: 'traffic',
          points: [
            [from.x + from.width, from.y + from.height / 2],
            [to.x, to.y + to.height / 2],
          ],
        })
    }
  }
  const service = servedFirst(view, focus)
  const chip = service && at.get(`service ${service.key}`)
  const bus = bottom + rise * 0.5
  // Lines to a second row of nodes would cross the first: there only the counts stand.
  const isOneRow = new Set([...columns.values()].map(({ y }) => y)).size <= 1
  if (service && chip && service.ready.size > 0) {
    const served = [...service.ready.keys()].map((name) => columns.get(name)).filter((box) => box !== undefined)
    const middle = chip.x + chip.width / 2
    const ends = served.map((box) => box.x + box.width / 2)
    if (isOneRow)
      wires.push({
        id: `bus ${service.key}`,
        kind: 'traffic',
        points: [
          [Math.min(...ends, middle), bus],
          [Math.max(...ends, middle), bus],
        ],
      })
    if (isOneRow)
      wires.push({
        id: `rise ${service.key}`,
        kind: 'traffic',
        points: [
          [middle, chip.y],
          [middle, bus],
        ],
      })
    for (const [name, { ready, notReady }] of service.ready) {
      const box = columns.get(name)
      if (!box) continue
      const words = [ready > 0 ? `${ready} ready` : '', notReady > 0 ? `${notReady} not ready` : ''].filter(Boolean).join(', ')
      wires.push({
        id: `serve ${service.key} ${name}`,
        kind: 'traffic',
        points: [
          [box.x + box.width / 2, isOneRow ? bus : box.y + box.height],
          [box.x + box.width / 2, box.y + box.height],
        ],
        label: words,
      })
    }
  }
  for (const { key, nodes } of view.claims) {
    const from = at.get(`claim ${key}`)
    for (const name of nodes) {
      const box = columns.get(name)
      if (!from || !box) continue
      const x = Math.min(Math.max(from.x + from.width / 2, box.x + 12), box.x + box.width - 12)
      wires.push({
        id: `claim ${key} ${name}`,
        kind: 'volume',
        points:
          x === from.x + from.width / 2
            ? [
                [x, from.y],
                [x, box.y + box.height],
              ]
            : [
                [from.x + from.width / 2, from.y],
                [from.x + from.width / 2, bus + 4],
                [x, bus + 4],
                [x, box.y + box.height],
              ],
      })
    }
  }
  return wires
}

/** The Service whose counts are drawn: the one looked at, or else the first that has pods. */
function servedFirst(view: ClusterView, focus: string | undefined): ServiceView | undefined {
  return view.services.find(({ key }) => key === focus) ?? view.services.find(({ ready }) => ready.size > 0)
}
