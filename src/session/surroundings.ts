/**
 * What is special about the world around the machine, in a recording's words. It belongs to the world, not to a command: it is kept when
 * the session is saved.
 */
import type { Registry } from '../engine/docker/registry.ts'

/** Throws on words nobody knows. */
export function surround(world: string, { registry }: { readonly registry: Registry }): void {
  if (world === 'Docker Hub out of reach') registry.isOffline = true
  else if (world !== 'empty local registries') throw new Error(`unknown world "${world}"`)
}
