/**
 * What a parameter holds before any operator: a variable, an element of an array, all of them; and the shell's end where it holds nothing.
 */
import type { Blocking } from '../kernel/process.ts'
import { type Shell, discardLine, exitShell } from './shell.ts'

export function* unbound(shell: Shell, name: string): Blocking<never> {
  yield* shell.complain(`${/^\d+$/.test(name) ? `$${name}` : name}: unbound variable`)
  throw shell.isInteractive ? discardLine(1) : exitShell(unboundStatus(shell))
}

/** `bash -c` ends with 127 where a script ends with 1. */
export function unboundStatus(shell: Shell): number {
  if (shell.flavour === 'ash') return 2
  return shell.subshellDepth > 0 || !shell.isCommandString ? 1 : 127
}

/** Offsets of an array with holes count subscripts, not elements. */
export function sparseOffset(shell: Shell, name: string, offset: number): number {
  const variable = shell.variables.find(shell.variables.resolve(name))
  if (!variable?.indexed) return offset
  const at = shell.variables.keys(name).findIndex((key) => Number(key) >= offset)
  return at === -1 ? variable.indexed.length : at
}

export function isAssociative(shell: Shell, name: string): boolean {
  return shell.variables.find(shell.variables.resolve(name))?.associative !== undefined
}

export function arrayValues(shell: Shell, name: string): string[] {
  return shell.dynamicArray(name) ?? shell.variables.values(name)
}

// biome-ignore lint/correctness/useYield: one of a family of generators
export function* scalar(shell: Shell, name: string, index: string | undefined): Blocking<string | undefined> {
  if (name === '\0unset') return undefined
  if (index === undefined) return shell.parameter(name)
  const dynamic = shell.dynamicArray(name)
  if (dynamic) return dynamic[Number(index)]
  const variable = shell.variables.find(shell.variables.resolve(name))
  if (variable?.indexed && Number(index) < 0 && variable.indexed.length + Number(index) < 0) {
    yield* shell.complain(`${name}: bad array subscript`)
    return undefined
  }
  return shell.variables.element(name, index)
}
