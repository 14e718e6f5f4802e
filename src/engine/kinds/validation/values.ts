/** The smallest rules that every kind shares: one of a list, not negative, a port by number or name. */
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
