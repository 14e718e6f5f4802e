/**
 * What a caller of the templates may bring, and the one error it has to expect.
 */

export class TemplateError extends Error {}

export type TemplateFunction = (...args: unknown[]) => unknown

export interface TemplateOptions {
  /** The name in messages: `output`. */
  readonly name?: string
  readonly functions?: Readonly<Record<string, TemplateFunction>>
  /** What a missing key of an object is; throw `TemplateError` to refuse. Undefined prints `<no value>`. */
  readonly missing?: (owner: object, key: string) => unknown
  /** Whole numbers print as integers (docker's structs), not as float64 (`1e+06`). */
  readonly integers?: boolean
  /** What a nil field of an object is: a nil list is printed otherwise than a nil pointer. */
  readonly nil?: (key: string) => unknown
  /** How a value is printed, where that is not how decoded JSON would be; undefined: as always. */
  readonly show?: (value: unknown) => string | undefined
}
