/** What a figure is given by React Flow. */
import type { Box, Wire } from '../layout.ts'

export interface FigureProperties {
  readonly data: { readonly box: Box }
}

export interface WiresProperties {
  readonly data: { readonly wires: readonly Wire[] }
}

/** `node node-1` is `node-1`. */
export function nameOf(box: Box): string {
  return box.id.slice(box.id.indexOf(' ') + 1)
}
