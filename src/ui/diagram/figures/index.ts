/** How each thing in the pictures is drawn. A figure takes its box and reads the rest from the world. */
import { Claim, Ingress, Service } from './chips.tsx'
import { ControlPlane } from './control-plane.tsx'
import { Container, Door, Image, Laptop, Layer, Rail, Registry, Volume } from './docker.tsx'
import { NodeColumn } from './node-column.tsx'
import type { Figure } from '../layout.ts'
import type { FigureProperties } from './figure.ts'

export const figures: Readonly<Record<Figure, React.ComponentType<FigureProperties>>> = {
  'control-plane': ControlPlane,
  node: NodeColumn,
  service: Service,
  ingress: Ingress,
  claim: Claim,
  registry: Registry,
  laptop: Laptop,
  rail: Rail,
  door: Door,
  container: Container,
  image: Image,
  layer: Layer,
  volume: Volume,
}
