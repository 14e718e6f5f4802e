/** Differences as `git diff` prints them: heads, hunks with the line above them, colours on a terminal, and the summaries of --stat. */
import { noBytes } from '../../../base/bytes.ts'
import type { Blocking } from '../../kernel/process.ts'
import { grouped, hunksOf } from '../diff.ts'
import { stringOf } from '../text.ts'
import type { Repository, TreeEntry } from './repository.ts'
import { type Change, contentOf, letterOf } from './working-tree.ts'

export interface Look {
  readonly isColored: boolean
  readonly context: number
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.split(/(?<=\n)/))
const isBinary = (bytes: Uint8Array): boolean => bytes.subarray(0, 8000).includes(0)

function contents(repository: Repository, { path, old, now, from }: Change, isWorking: boolean): [Uint8Array, Uint8Array] {
  void from
  const read = (entry: TreeEntry | undefined, isHere: boolean): Uint8Array =>
    !entry ? noBytes : isHere ? contentOf(repository, path) : repository.blob(entry.id)
  return [read(old, false), read(now, isWorking)]
}

/** `isWorking`: the new side is read from the working tree. */
export function* diffText(repository: Repository, change: Change, isWorking: boolean, { isColored, context }: Look): Blocking<string> {
  const { path, old, now, from } = change
  const bold = (text: string): string => (isColored ? `\x1b[1m${text}\x1b[m\n` : `${text}\n`)
  const colour = (code: number, text: string): string => (isColored ? `\x1b[${code}m${text}\x1b[m` : text)
  const short = (entry: TreeEntry | undefined): string => (entry ? entry.id.slice(0, 7) : '0000000')
  let text = bold(`diff --git a/${from ?? path} b/${path}`)
  if (!old && now) text += bold(`new file mode ${now.mode}`)
  else if (old && !now) text += bold(`deleted file mode ${old.mode}`)
  else if (old && now && old.mode !== now.mode) text += bold(`old mode ${old.mode}`) + bold(`new mode ${now.mode}`)
  if (from !== undefined) return text + bold('similarity index 100%') + bold(`rename from ${from}`) + bold(`rename to ${path}`)
  if (old?.id === now?.id) return text
  text += bold(`index ${short(old)}..${short(now)}${old && now && old.mode === now.mode ? ` ${old.mode}` : ''}`)
  const [before, after] = contents(repository, change, isWorking)
  if (isBinary(before) || isBinary(after))
    return `${text}Binary files ${old ? `a/${path}` : '/dev/null'} and ${now ? `b/${path}` : '/dev/null'} differ\n`
  const [a, b] = [linesOf(stringOf(before)), linesOf(stringOf(after))]
  const hunks = yield* hunksOf(a, b)
  if (hunks.length === 0) return text
  text += bold(`--- ${old ? `a/${path}` : '/dev/null'}`) + bold(`+++ ${now ? `b/${path}` : '/dev/null'}`)
  const line = (mark: string, content: string, code: number): string => {
    const isEnded = content.endsWith('\n')
    const body = isEnded ? content.slice(0, -1) : content
    const shown =
      code === 0
        ? ` ${body}`
        : code === 32 && isColored
          ? `\x1b[32m+\x1b[m${body === '' ? '' : `\x1b[32m${body}\x1b[m`}`
          : colour(code, mark + body)
    return `${shown}\n${isEnded ? '' : `${code === 0 ? '' : ''}\\ No newline at end of file\n`}`
  }
  for (const group of grouped(hunks, context)) {
    const first = group[0]
    const last = group[group.length - 1]
    const start = Math.max(0, first.from - context)
    const end = Math.min(a.length, last.to + context)
    const newStart = Math.max(0, first.newFrom - (first.from - start))
    const newEnd = last.newTo + (end - last.to)
    const above = a.slice(0, start).findLast((one) => /^[A-Za-z_$]/.test(one))
    text += `${colour(36, `@@ -${rangeText(start, end)} +${rangeText(newStart, newEnd)} @@`)}${above === undefined ? '' : ` ${above.replace(/\s+$/, '').slice(0, 80)}`}\n`
    let at = start
    for (const { from: cut, to, newFrom, newTo } of group) {
      for (; at < cut; at++) text += line(' ', a[at], 0)
      for (; at < to; at++) text += line('-', a[at], 31)
      for (let index = newFrom; index < newTo; index++) text += line('+', b[index], 32)
    }
    for (; at < end; at++) text += line(' ', a[at], 0)
  }
  return text
}

function rangeText(from: number, to: number): string {
  const length = to - from
  return length === 1 ? String(from + 1) : `${length === 0 ? from : from + 1},${length}`
}

interface Count {
  readonly change: Change
  readonly added: number
  readonly removed: number
  readonly isBinary: boolean
}

export function* counts(repository: Repository, all: readonly Change[], isWorking: boolean): Blocking<Count[]> {
  const result: Count[] = []
  for (const change of all) {
    const [before, after] = contents(repository, change, isWorking)
    let [added, removed] = [0, 0]
    for (const { from, to, newFrom, newTo } of yield* hunksOf(linesOf(stringOf(before)), linesOf(stringOf(after)))) {
      removed += to - from
      added += newTo - newFrom
    }
    result.push({ change, added, removed, isBinary: isBinary(before) || isBinary(after) })
  }
  return result
}

/** ` 2 files changed, 3 insertions(+), 1 deletion(-)`. */
export function shortStat(all: readonly Count[]): string {
  const added = all.reduce((sum, one) => sum + one.added, 0)
  const removed = all.reduce((sum, one) => sum + one.removed, 0)
  const insertions = added > 0 || removed === 0 ? `, ${added} insertion${added === 1 ? '' : 's'}(+)` : ''
  const deletions = removed > 0 || added === 0 ? `, ${removed} deletion${removed === 1 ? '' : 's'}(-)` : ''
  return ` ${all.length} file${all.length === 1 ? '' : 's'} changed${insertions}${deletions}\n`
}

export function stat(all: readonly Count[], { isColored }: Look): string {
  if (all.length === 0) return ''
  const nameOf = ({ change: { path, from } }: Count): string => (from === undefined ? path : `${from} => ${path}`)
  const width = Math.max(...all.map((one) => nameOf(one).length))
  const most = Math.max(...all.map(({ added, removed }) => added + removed))
  const digits = String(most).length
  const room = Math.max(6, 80 - width - digits - 5)
  const scaled = (number: number): number => (most <= room ? number : number === 0 ? 0 : Math.max(1, Math.round((number * room) / most)))
  const paint = (code: number, text: string): string => (isColored && text !== '' ? `\x1b[${code}m${text}\x1b[m` : text)
  return (
    all
      .map(
        (one) =>
          ` ${nameOf(one).padEnd(width)} | ${one.isBinary ? 'Bin' : `${String(one.added + one.removed).padStart(digits)}${one.added + one.removed > 0 ? ' ' : ''}${paint(32, '+'.repeat(scaled(one.added)))}${paint(31, '-'.repeat(scaled(one.removed)))}`}\n`,
      )
      .join('') + shortStat(all)
  )
}

/** ` create mode 100644 a.txt` and its like, after a commit. */
export function modeLines(all: readonly Change[]): string {
  return all
    .map((change) => {
      const letter = letterOf(change)
      if (letter === 'A') return ` create mode ${change.now?.mode} ${change.path}\n`
      if (letter === 'D') return ` delete mode ${change.old?.mode} ${change.path}\n`
      if (letter === 'R') return ` rename ${change.from} => ${change.path} (100%)\n`
      return change.old?.mode !== change.now?.mode ? ` mode change ${change.old?.mode} => ${change.now?.mode} ${change.path}\n` : ''
    })
    .join('')
}
