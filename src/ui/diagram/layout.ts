/** The words that both pictures, the cluster and the Docker room, are laid out in. All lengths are px. */
export type Figure =
  | 'control-plane'
  | 'node'
  | 'service'
  | 'ingress'
  | 'claim'
  | 'registry'
  | 'laptop'
  | 'rail'
  | 'door'
  | 'container'
  | 'image'
  | 'layer'
  | 'volume'

export interface Box {
  readonly id: string
  readonly figure: Figure
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Drawn with fewer lines, because there is little height. */
  readonly isCompact?: boolean
  /** Tiles side by side in a node. */
  readonly columns?: number
  /** Letters that a tile's name has room for. */
  readonly letters?: number
  /** A tile is one line: name, and state when it is not the usual one. */
  readonly isOfLines?: boolean
  /** Images that stand on a layer. */
  readonly shares?: number
}

export interface Wire {
  readonly id: string
  /** A `way` is drawn only while something goes along it. */
  readonly kind: 'control' | 'traffic' | 'volume' | 'rail' | 'way'
  readonly points: readonly (readonly [number, number])[]
  /** Stands where the wire ends. */
  readonly label?: string
  /** The port of the machine that a way begins at. */
  readonly port?: string
  /** The node whose kubelet the wire leads to. */
  readonly node?: string
}

export interface Layout {
  readonly boxes: readonly Box[]
  readonly wires: readonly Wire[]
  readonly width: number
  readonly height: number
}

export interface Size {
  readonly width: number
  readonly height: number
  readonly rem: number
}

/** The first form that needs no shrinking; if none, the one that is shrunk least. There is always a form. */
export function fitting<Form>(forms: readonly Form[], { width, height }: Size, laidOut: (form: Form) => Layout): Layout {
  let best = laidOut(forms[0])
  const zoomOf = (layout: Layout) => Math.min(1, width / layout.width, height / layout.height)
  for (const form of forms.slice(1)) {
    if (zoomOf(best) > 0.995) break
    const layout = laidOut(form)
    if (zoomOf(layout) > zoomOf(best) + 0.02) best = layout
  }
  return best
}
