/**
 * Where everything in the Docker room stands: the registry above; in the laptop the networks as rails that containers hang on, the
 * containers on their images, and the images as stacks of layers. Layers that images share are one wide slab under all of them,
 * which is what sharing means.
 */
import { imageOf, type DockerView } from './docker-view.ts'
import { fitting, type Box, type Layout, type Size, type Wire } from './layout.ts'

/** In rem. */
const roomy = {
  margin: 0.9,
  registry: 4.3,
  drop: 1.2,
  padding: 0.9,
  head: 2.2,
  door: 6.2,
  doorHeight: 1.9,
  rail: 2.2,
  hang: 1.3,
  container: 4.6,
  containerWidth: 13,
  imageWidth: 12.6,
  gap: 0.8,
  image: 2.5,
  layer: 0.85,
  layers: 8,
  volume: 4,
  volumeWidth: 9.5,
  columnGap: 1.2,
} as const

type Measures = Readonly<Record<keyof typeof roomy, number>>

/** Where there is little height: no commands, and thin layers. */
const low = {
  registry: 2.5,
  drop: 0.8,
  head: 2.1,
  rail: 1.9,
  doorHeight: 1.7,
  hang: 0.7,
  container: 3.2,
  image: 2.1,
  layers: 3,
  volume: 2.9,
  padding: 0.6,
} as const

/** Narrower first, then lower: a name that is cut is better than letters that nobody can read. */
const widths = [1, 0.9, 0.82, 0.74, 0.67, 0.62]

function narrowed(part: number): Measures {
  const { containerWidth, imageWidth, gap, columnGap, volumeWidth, door } = roomy
  return {
    ...roomy,
    containerWidth: containerWidth * part,
    imageWidth: imageWidth * part,
    gap: gap * part,
    columnGap: columnGap * part,
    volumeWidth: volumeWidth * part,
    door: part < 1 ? 5.6 : door,
  }
}

const forms: readonly { readonly measures: Measures; readonly isCompact: boolean }[] = [false, true].flatMap((isCompact) =>
  widths.map((part) => ({ measures: isCompact ? { ...narrowed(part), ...low } : narrowed(part), isCompact })),
)

/** Containers side by side on one image before they stand on each other. */
const containersAbreast = 3

interface Column {
  readonly image: string | undefined
  readonly layers: readonly string[]
  readonly containers: readonly string[]
  readonly width: number
}

export function dockerLayout(view: DockerView, size: Size): Layout {
  return fitting(forms, size, ({ measures, isCompact }) => laidOut(view, size, measures, isCompact ? { isCompact } : {}))
}

function laidOut(view: DockerView, { width, height, rem }: Size, measures: Measures, drawn: { readonly isCompact?: boolean }): Layout {
  const m = (name: keyof typeof measures) => measures[name] * rem
  const columns = columnsOf(view, measures, rem)
  const columnsWidth = columns.reduce((sum, column) => sum + column.width + m('columnGap'), -m('columnGap'))
  const volumesWidth = view.volumes.length > 0 ? m('volumeWidth') + m('columnGap') : 0
  const inner = Math.max(width - 2 * m('margin'), m('door') + columnsWidth + volumesWidth + 2 * m('padding') + m('gap'))
  const left = m('margin')
  // A room wider than its place is drawn smaller, and so has more height.
  const tall = height * Math.max(1, (inner + 2 * left) / width)
  const laptopTop = m('registry') + m('drop')
  const boxes: Box[] = [{ id: 'registry', figure: 'registry', x: left, y: 0, width: inner, height: m('registry'), ...drawn }]

  const rails = railRows(view)
  const railsTop = laptopTop + m('head')
  const railsHeight = rails.reduce((sum, { rows }) => sum + rows * m('rail'), 0)
  const stackHeight = (column: Column) => column.layers.length * layerHeight(columns, measures, rem) + (column.image ? m('image') : 0)
  const rowsOf = (column: Column) => Math.ceil(column.containers.length / containersAbreast)
  const standing = Math.max(0, ...columns.map((column) => stackHeight(column) + rowsOf(column) * (m('container') + m('gap') * 0.5)))
  const laptopHeight = Math.max(tall - laptopTop - m('margin') * 0.6, m('head') + railsHeight + m('hang') + standing + m('padding'))
  const floor = laptopTop + laptopHeight - m('padding')
  boxes.push({ id: 'laptop', figure: 'laptop', x: left, y: laptopTop, width: inner, height: laptopHeight })

  const wires: Wire[] = []
  const railAt = new Map<string, number>()
  let railY = railsTop
  const railLeft = left + m('door')
  const railRight = left + inner - m('padding')
  for (const { key, name, doors, rows } of rails) {
    boxes.push({ id: `rail ${key}`, figure: 'rail', x: railLeft, y: railY, width: railRight - railLeft, height: m('rail') })
    for (const [index, door] of doors.entries()) {
      const y = railY + index * m('rail') + (m('rail') - m('doorHeight')) / 2
      boxes.push({ id: `door ${door.id}`, figure: 'door', x: left - 1, y, width: m('door') - m('gap'), height: m('doorHeight') })
      const middle = y + m('doorHeight') / 2
      wires.push({
        id: `door ${door.id}`,
        kind: 'rail',
        points:
          index === 0
            ? [
                [left + m('door') - m('gap') - 1, middle],
                [railLeft, middle],
              ]
            : [
                [left + m('door') - m('gap') - 1, middle],
                [railLeft - 5, middle],
                [railLeft - 5, railY + m('rail') / 2],
              ],
      })
    }
    railAt.set(name, railY + m('rail') / 2)
    railY += rows * m('rail')
  }

  let x = left + m('door')
  const at = new Map<string, Box>()
  const isCovered = new Set<string>()
  for (const column of columns) {
    let top = floor - stackHeight(column)
    if (column.image) boxes.push({ id: `image ${column.image}`, figure: 'image', x, y: top, width: column.width, height: m('image') })
    for (const [index, key] of column.containers.entries()) {
      const row = Math.floor(index / containersAbreast)
      const box: Box = {
        id: `container ${key}`,
        figure: 'container',
        x: x + (index % containersAbreast) * (m('containerWidth') + m('gap')),
        y: top - (row + 1) * (m('container') + m('gap') * 0.5) + m('gap') * 0.5,
        width: m('containerWidth'),
        height: m('container'),
        ...drawn,
      }
      at.set(key, box)
      if (index + containersAbreast < column.containers.length) isCovered.add(key)
      boxes.push(box)
    }
    x += column.width + m('columnGap')
  }
  /** From a rail to a container; past the one that stands on it, through the gap beside both. */
  const hanging = (box: Box, index: number, count: number, y: number): readonly (readonly [number, number])[] => {
    const across = box.x + (box.width * (index + 1)) / (count + 1)
    if (!isCovered.has(box.id.replace('container ', '')))
      return [
        [across, y],
        [across, box.y],
      ]
    const beside = box.x + box.width + (m('gap') * (index + 1)) / (count + 1)
    const between = box.y - m('gap') * 0.25
    return [
      [beside, y],
      [beside, between],
      [across, between],
      [across, box.y],
    ]
  }
  boxes.push(...layerBoxes(columns, { left: left + m('door'), floor, rem, measures }))
  for (const { key, container, networks } of view.containers) {
    const box = at.get(key)
    if (!box || !isConnected(container.State.Status)) continue
    for (const [index, network] of networks.entries()) {
      const y = railAt.get(network)
      if (y !== undefined) wires.push({ id: `hang ${key} ${network}`, kind: 'rail', points: hanging(box, index, networks.length, y) })
    }
  }
  for (const door of view.doors) {
    const from = boxes.find(({ id }) => id === `door ${door.id}`)
    const to = at.get(door.container)
    const y = railAt.get(door.network)
    if (!from || !to || y === undefined) continue
    const networks = view.containers.find(({ key }) => key === door.container)?.networks.length ?? 1
    wires.push({
      id: `way ${door.id}`,
      kind: 'way',
      port: door.hostPort,
      points: [[from.x + from.width, from.y + from.height / 2], [railLeft, y], ...hanging(to, 0, networks, y)],
    })
  }
  for (const [index, { key }] of view.volumes.entries()) {
    boxes.push({
      id: `volume ${key}`,
      figure: 'volume',
      x: left + inner - m('padding') - m('volumeWidth'),
      y: floor - (index + 1) * (m('volume') + m('gap') * 0.5) + m('gap') * 0.5,
      width: m('volumeWidth'),
      height: m('volume'),
    })
  }
  return { boxes, wires, width: inner + 2 * left, height: laptopTop + laptopHeight + m('margin') * 0.6 }
}

/** A container that is not running has left its networks. */
function isConnected(state: string): boolean {
  return state === 'running' || state === 'paused' || state === 'restarting'
}

function columnsOf(view: DockerView, measures: Measures, rem: number): Column[] {
  const standing = new Map<string, string[]>()
  const orphans: string[] = []
  for (const { key, container } of view.containers) {
    const image = imageOf(view, container)
    if (image === undefined) orphans.push(key)
    else standing.set(image, [...(standing.get(image) ?? []), key])
  }
  const column = (image: string | undefined, layers: readonly string[], containers: readonly string[]): Column => {
    const abreast = Math.max(1, Math.min(containersAbreast, containers.length))
    const width = containers.length === 0 ? measures.imageWidth : abreast * measures.containerWidth + (abreast - 1) * measures.gap
    return { image, layers, containers, width: width * rem }
  }
  const columns = view.images.map(({ key, layers }) => column(key, layers, standing.get(key) ?? []))
  return orphans.length > 0 ? [...columns, column(undefined, [], orphans)] : columns
}

/** Deep stacks get thinner slabs, so that a picture with a deep image still fits. */
function layerHeight(columns: readonly Column[], measures: Measures, rem: number): number {
  const deepest = Math.max(1, ...columns.map(({ layers }) => layers.length))
  return Math.min(measures.layer, measures.layers / deepest) * rem
}

/** Neighbours that have the same layer at the same height, on the same layers, share one slab. */
function layerBoxes(
  columns: readonly Column[],
  { left, floor, rem, measures }: { left: number; floor: number; rem: number; measures: Measures },
): Box[] {
  const height = layerHeight(columns, measures, rem)
  const boxes: Box[] = []
  const deepest = Math.max(0, ...columns.map(({ layers }) => layers.length))
  for (let depth = 0; depth < deepest; depth++) {
    let x = left
    let open: { box: Box; chain: string } | undefined
    for (const { image, layers, width } of columns) {
      const chain = layers.slice(0, depth + 1).join(' ')
      const has = layers.length > depth
      if (open && has && open.chain === chain)
        open = { ...open, box: { ...open.box, width: x + width - open.box.x, shares: (open.box.shares ?? 1) + 1 } }
      else {
        if (open) boxes.push(open.box)
        open = has
          ? {
              chain,
              box: {
                id: `layer ${depth} ${image} ${layers[depth]}`,
                figure: 'layer',
                x,
                y: floor - (depth + 1) * height,
                width,
                height: height - 1,
                shares: 1,
              },
            }
          : undefined
      }
      x += width + measures.columnGap * rem
    }
    if (open) boxes.push(open.box)
  }
  return boxes
}

function railRows(
  view: DockerView,
): { readonly key: string; readonly name: string; readonly doors: DockerView['doors']; readonly rows: number }[] {
  return view.networks.map(({ key, name }) => {
    const doors = view.doors.filter(({ network }) => network === name)
    return { key, name, doors, rows: Math.max(1, doors.length) }
  })
}
