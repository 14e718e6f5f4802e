/** awk's values: numbers, strings, and fields of the input that are either. */

/** A string that came from input and looks like a number compares as one. */
export class Field {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Value = number | string | Field | undefined
export type Table = Map<string, Value>

export const looksNumeric = (text: string): boolean => /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(text)
export const num = (value: Value): number =>
  typeof value === 'number'
    ? value
    : value === undefined
      ? 0
      : Number(/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(value instanceof Field ? value.text : value)?.[0] ?? 0)
