/**
 * The picture: one sentence that says what just happened, and below it the room it happened in. The room is laid out for the space
 * there is; a room that needs more is drawn smaller, and can be moved and zoomed.
 */
import { ReactFlow, ReactFlowProvider, useReactFlow, type NodeTypes, type Node as FlowNode } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { plain } from '../app/plain.ts'
import { Sentence } from '../app/sentence.tsx'
import { select, useDock, useDrydock } from '../app/state.ts'
import { shelf } from '../objects.ts'
import { clusterLayout } from './cluster-layout.ts'
import { clusterView } from './cluster-view.ts'
import { dockerLayout } from './docker-layout.ts'
import { dockerView } from './docker-view.ts'
import { Comparison } from './comparison.tsx'
import { figures } from './figures/index.ts'
import { Wires } from './figures/wires.tsx'
import type { Box, Layout, Size } from './layout.ts'
import style from './picture.module.css'
import { Swarm } from './swarm.tsx'
import { RoomContext, useRoom, useRoomName, useRooms, useStory } from './room.ts'

export function Picture() {
  const room = useRoomName()
  const compares = useDock(({ compares }) => compares)
  const showsSwarm = useDock(({ showsSwarm }) => showsSwarm)
  const place = useRef<HTMLElement>(null)
  const laptop = useLaptopBeside(room, useSize(place))
  const drawn = () => {
    if (compares && room?.startsWith('docker/')) return <Comparison room={room} />
    if (showsSwarm && room?.startsWith('docker/')) return <Swarm room={room} />
    return room ? <Drawn key={room} room={room} /> : <Empty />
  }
  return (
    <section ref={place} className={style.picture} aria-label="Picture">
      <Strip />
      <div className={style.beside}>
        {laptop && <Drawn key={laptop} room={laptop} />}
        {drawn()}
      </div>
    </section>
  )
}

function Drawn({ room }: { readonly room: string }) {
  return (
    <ReactFlowProvider>
      <Room room={room} />
    </ReactFlowProvider>
  )
}

/** The picture's width, in letters' heights, from which on two rooms stand beside each other. */
const widthForTwo = 80

/** The learner's machine, as long as it holds something and a cluster is drawn that leaves room for it. */
function useLaptopBeside(room: string | undefined, size: Size | undefined): string | undefined {
  const laptop = 'docker/laptop'
  const isInUse = useDock(({ shown }) => shelf(shown, laptop, 'images').size > 0)
  return isInUse && size && size.width >= widthForTwo * size.rem && room?.startsWith('cluster/') ? laptop : undefined
}

function Strip() {
  const { steps, current } = useStory()
  const step = steps[current - 1]
  return (
    <div className={style.strip}>
      <p className={style.sentence} role="status" title={step && plain(step.sentence)}>
        {step ? (
          <>
            <span className={style.number}>{step.number}</span>
            <span>
              <Sentence text={step.sentence} />
            </span>
          </>
        ) : (
          <span className={style.soft}>Type a command below; what it causes shows here.</span>
        )}
      </p>
      {step && (
        <span className={style.soft}>
          step {current} of {steps.length}
        </span>
      )}
      <Rooms />
      <Filter />
    </div>
  )
}

/** What does not match is greyed out; the words stay in the address, so a link carries them. */
function Filter() {
  const { store } = useDrydock()
  const filter = useDock(({ filter }) => filter)
  useEffect(() => {
    const address = new URL(location.href)
    if (filter) address.searchParams.set('filter', filter)
    else address.searchParams.delete('filter')
    window.history.replaceState(null, '', address)
  }, [filter])
  return (
    <input
      id="filter"
      className={style.filter}
      type="search"
      placeholder="Filter  /"
      aria-label="Filter what is drawn"
      value={filter}
      onChange={({ target }) => store.setState({ filter: target.value })}
      onKeyDown={({ key, currentTarget }) => {
        if (key !== 'Escape') return
        store.setState({ filter: '' })
        currentTarget.blur()
      }}
    />
  )
}

/** Only drawn when there is more than one. */
function Rooms() {
  const { store } = useDrydock()
  const rooms = useRooms()
  const present = useRoomName()
  if (rooms.length < 2) return null
  return (
    <span className={style.rooms} role="group" aria-label="Room shown">
      {rooms.map((room) => (
        <button key={room} aria-pressed={room === present} onClick={() => store.setState({ room })}>
          {room.startsWith('docker/') ? `Docker on ${room.slice(7)}` : `Cluster ${room.slice(8)}`}
        </button>
      ))}
    </span>
  )
}

function Empty() {
  const isOpen = useDock(({ phase }) => phase === 'open')
  return <div className={style.empty}>{isOpen ? 'Nothing is running yet.' : 'Opening …'}</div>
}

function Room({ room }: { readonly room: string }) {
  const place = useRef<HTMLDivElement>(null)
  const size = useSize(place)
  return (
    <div className={style.place} ref={place}>
      {size && (
        <RoomContext value={room}>
          <Flow size={size} />
        </RoomContext>
      )}
    </div>
  )
}

function useSize(place: React.RefObject<HTMLElement | null>): Size | undefined {
  const [size, setSize] = useState<Size>()
  useLayoutEffect(() => {
    const element = place.current
    if (!element) return
    const measure = () => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
      setSize({ width: element.clientWidth, height: element.clientHeight, rem })
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [place])
  return size
}

function useLayout(size: Size): Layout {
  const room = useRoom()
  const world = useDock(({ shown }) => shown)
  const withSystem = useDock(({ showsSystem }) => showsSystem)
  const focus = useDock(({ subject }) => (subject?.resource === 'services' ? subject.key : undefined))
  const last = useRef<Layout>(undefined)
  return useMemo(() => {
    const layout = room.startsWith('docker/')
      ? dockerLayout(dockerView(world, room), size)
      : clusterLayout(clusterView(world, room, { withSystem }), size, focus)
    if (last.current && isSame(last.current, layout)) return last.current
    last.current = layout
    return layout
  }, [room, world, withSystem, focus, size])
}

/** Most frames change what is in the boxes and not where they are. */
function isSame(a: unknown, b: Layout | Box): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

const nodeTypes = { ...figures, wires: Wires } as unknown as NodeTypes

const noHandles: FlowNode['handles'] = []

/** A box that stands as it stood stays the same object, so that React Flow draws only the others anew. */
function flowNodes(layout: Layout, last: readonly FlowNode[]): FlowNode[] {
  const before = new Map(last.map((node) => [node.id, node]))
  const boxes = layout.boxes.map((box) => {
    const known = before.get(box.id)
    return known && isSame(known.data.box, box) ? known : placed(box.id, box.figure, box, { box }, 1)
  })
  return [...boxes, placed('wires', 'wires', { x: 0, y: 0, width: layout.width, height: layout.height }, { wires: layout.wires }, 2)]
}

function useFlowNodes(layout: Layout): FlowNode[] {
  const last = useRef<FlowNode[]>([])
  return useMemo(() => (last.current = flowNodes(layout, last.current)), [layout])
}

function placed(
  id: string,
  type: string,
  { x, y, width, height }: Omit<Box, 'id' | 'figure'>,
  data: Record<string, unknown>,
  zIndex: number,
): FlowNode {
  const size = { width, height }
  return {
    id,
    type,
    position: { x, y },
    data,
    zIndex,
    ...size,
    measured: size,
    handles: noHandles,
    style: { ...size, pointerEvents: id === 'wires' ? 'none' : 'auto' },
  }
}

function Flow({ size }: { readonly size: Size }) {
  const drydock = useDrydock()
  const room = useRoom()
  const layout = useLayout(size)
  const nodes = useFlowNodes(layout)
  const flow = useReactFlow()
  const place = useRef<HTMLDivElement>(null)
  const [wasMoved, setWasMoved] = useState(false)
  const fit = useMemo(() => {
    const zoom = Math.min(1, size.width / layout.width, size.height / layout.height)
    return { x: (size.width - layout.width * zoom) / 2, y: 0, zoom }
  }, [size, layout.width, layout.height])
  useEffect(() => {
    if (!wasMoved) void flow.setViewport(fit)
  }, [flow, fit, wasMoved])
  return (
    <div ref={place} className={style.flow}>
      <ReactFlow
        id={room}
        nodes={nodes}
        edges={noEdges}
        nodeTypes={nodeTypes}
        defaultViewport={fit}
        minZoom={0.15}
        maxZoom={2.5}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        elementsSelectable={false}
        zoomOnDoubleClick={false}
        // It would take these keys from the whole page, the editor's space bar included.
        panActivationKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        zoomActivationKeyCode={null}
        deleteKeyCode={null}
        disableKeyboardA11y
        onlyRenderVisibleElements={nodes.length > 60}
        proOptions={{ hideAttribution: true }}
        aria-label="Room"
        onPaneClick={() => select(drydock, undefined)}
        onMoveStart={(event) => {
          if (!event) return
          setWasMoved(true)
          place.current?.toggleAttribute('data-moving', true)
        }}
        onMoveEnd={() => place.current?.toggleAttribute('data-moving', false)}
      />
      {wasMoved && (
        <button className={style.refit} title="Show everything" onClick={() => setWasMoved(false)}>
          Fit
        </button>
      )}
    </div>
  )
}

const noEdges: never[] = []
