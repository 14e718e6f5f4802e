/**
 * How big a Node process is: the program itself, and what its heap may grow to.
 */

export const baseMemoryBytes = 42_000_000
export const heapBytes = 128 * 2 ** 20
