/** The smallest rules that every kind shares: one of a list, not negative, a port by number or name, a path that stays inside. */
import type { FieldErrors } from '../field-errors.ts'
import { mustNotBeNegative, portName, portNumber } from '../names.ts'

export function supported(path: string, value: string, list: readonly string[], errors: FieldErrors): void {
  if (!list.includes(value)) errors.notSupported(path, value, list)
}

export function required(path: string, value: string | undefined, list: readonly string[], errors: FieldErrors): void {
  if (!value) errors.required(path)
  else supported(path, value, list, errors)
}

export function notNegative(path: string, value: number | undefined, errors: FieldErrors): void {
  if (value !== undefined && value < 0) errors.invalid(path, value, mustNotBeNegative)
}

export function validatePortReference(port: number | string, path: string, errors: FieldErrors): void {
  const problems = typeof port === 'number' ? portNumber(port) : portName(port)
  for (const problem of problems) errors.invalid(path, port, problem)
}

export function hasBacksteps(text: string): boolean {
  return text.split('/').includes('..')
}

export function validateNoBacksteps(text: string, path: string, errors: FieldErrors): void {
  if (hasBacksteps(text)) errors.invalid(path, text, "must not contain '..'")
}

/** Relative, and never upwards. */
export function validateDescendingPath(text: string, path: string, errors: FieldErrors): void {
  if (text.startsWith('/')) errors.invalid(path, text, 'must be a relative path')
  validateNoBacksteps(text, path, errors)
}

/** Names that begin with two dots are the kubelet's own. */
export function validateFilePath(text: string, path: string, errors: FieldErrors): void {
  validateDescendingPath(text, path, errors)
  if (text.startsWith('..') && !text.startsWith('../')) errors.invalid(path, text, "must not start with '..'")
}
