/**
 * What every helm command is given, and how it speaks: refusals, columns, dates.
 */
import { type Blocking, out, type Process } from '../../unix/kernel/process.ts'
import type { Flags } from '../flags.ts'
import { HelmError } from './chart.ts'
import type { Cluster } from './releases.ts'

export interface Given {
  readonly process: Process
  readonly flags: Flags
  readonly args: readonly string[]
  readonly cluster: Cluster
}

export type Run = (given: Given) => Blocking<void>

export const fail = (message: string): never => {
  throw new HelmError(message)
}

export const say = ({ process }: Given, text: string): Blocking<void> => out(process, text)

export function need({ args }: Given, command: string, count: number, usage: string): void {
  if (args.length < count)
    fail(`"helm ${command}" requires ${count === 1 ? 'at least 1 argument' : `${count} arguments`}\n\nUsage:  helm ${command} ${usage}`)
}

/** `Mon Jan  5 09:00:00 2026`. */
export function longDate(iso: string): string {
  const date = new Date(iso)
  const [week, month] = [
    ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][date.getUTCDay()],
    ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][date.getUTCMonth()],
  ]
  return `${week} ${month} ${String(date.getUTCDate()).padStart(2)} ${date.toISOString().slice(11, 19)} ${date.getUTCFullYear()}`
}

export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column])).join('\t')}\n`).join('')
}
