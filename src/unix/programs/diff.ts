/** diff: normal and unified, files and (with -r) trees. The shortest edit is found as Myers describes it. */
import { UnixError } from '../errors.ts'
import type { Blocking } from '../kernel/process.ts'
import { joinedPath, statOf } from './copy.ts'
import { count, flag, list, optional, UsageError, value } from './options.ts'
import { openInput, closeInput, print, stringOf, wholeInput } from './text.ts'
import { momentOf, strftime, zoneOf } from './time-text.ts'
import { complain, isTerminal, tool, wordsOf } from './tool.ts'

/** Lines [from, to) of the old text became lines [newFrom, newTo) of the new one. */
export interface Hunk {
  readonly from: number
  readonly to: number
  readonly newFrom: number
  readonly newTo: number
}

export const diff = tool({
  name: 'diff',
  usage: '[OPTION]... FILES',
  summary: 'Compare FILES line by line.',
  package: 'diff (GNU diffutils) 3.8',
  usageCode: 2,
  namesHint: true,
  flags: {
    normal: flag('normal', 'output a normal diff (the default)'),
    brief: flag('q|brief', 'report only when files differ'),
    same: flag('s|report-identical-files', 'report when two files are the same'),
    unified: optional('U|unified', 'NUM', 'output NUM (default 3) lines of unified context'),
    unifiedShort: flag('u', 'output 3 lines of unified context'),
    context: flag('c', 'output 3 lines of copied context'),
    sideBySide: flag('y|side-by-side', 'output in two columns'),
    width: value('W|width', 'NUM'),
    recursive: flag('r|recursive', 'recursively compare any subdirectories found'),
    newFile: flag('N|new-file', 'treat absent files as empty'),
    ignoreCase: flag('i|ignore-case', 'ignore case differences in file contents'),
    ignoreSpace: flag('w|ignore-all-space', 'ignore all white space'),
    ignoreSpaceChange: flag('b|ignore-space-change', 'ignore changes in the amount of white space'),
    ignoreBlank: flag('B|ignore-blank-lines', 'ignore changes where lines are all blank'),
    labels: list('L|label', 'LABEL', 'use LABEL instead of file name and timestamp'),
    color: optional('color', 'WHEN', 'color output'),
    text: flag('a|text'),
    exclude: list('x|exclude', 'PAT'),
    suppress: flag('suppress-common-lines'),
    minimal: count('d|minimal'),
    trailing: flag('Z|ignore-trailing-space'),
    expandTabs: flag('t|expand-tabs'),
    strip: flag('strip-trailing-cr'),
  },
  spelled: (args) => args.flatMap((arg) => (arg === '-U' ? ['-u'] : [arg])),
  *run(call) {
    const { process, flags, operands } = call
    if (operands.length < 2)
      throw new UsageError(operands.length === 0 ? `missing operand after '${call.name}'` : `missing operand after '${operands[0]}'`)
    if (operands.length > 2) throw new UsageError(`extra operand '${operands[2]}'`)
    const lines = flags.unified === undefined || flags.unified === '' ? 3 : Number(flags.unified)
    const isUnified = flags.unifiedShort || flags.unified !== undefined || (call.busybox && !flags.normal)
    const color = flags.color !== undefined && (flags.color === 'always' || (flags.color !== 'never' && isTerminal(process, 1)))
    const paint = (text: string, code: string): string => (color ? `\x1b[${code}m${text}\x1b[0m` : text)
    const key = (line: string): string => {
      let result = line
      if (flags.ignoreSpace) result = result.replace(/\s+/g, '')
      if (flags.ignoreSpaceChange) result = result.replace(/\s+/g, ' ').replace(/ $/, '')
      if (flags.trailing || flags.strip) result = result.replace(/\s+$/, '')
      return flags.ignoreCase ? result.toLowerCase() : result
    }
    function* read(path: string): Blocking<string> {
      const descriptor = openInput(process, path)
      const text = stringOf(yield* wholeInput(process, descriptor))
      closeInput(process, descriptor)
      return text
    }
    function* compareFiles(a: string, b: string, heading: string): Blocking<number> {
      const [oldText, newText] = [
        flags.newFile && !statOf(process, a) && a !== '-' ? '' : yield* read(a),
        flags.newFile && !statOf(process, b) && b !== '-' ? '' : yield* read(b),
      ]
      if (oldText === newText) {
        if (flags.same) yield* print(process, `Files ${a} and ${b} are identical\n`)
        return 0
      }
      if (oldText.includes('\0') || newText.includes('\0')) {
        yield* print(process, `Binary files ${a} and ${b} differ\n`)
        return 2
      }
      const [oldLines, newLines] = [linesOf(oldText), linesOf(newText)]
      let hunks = yield* hunksOf(oldLines.map(key), newLines.map(key))
      if (flags.ignoreBlank)
        hunks = hunks.filter(({ from, to, newFrom, newTo }) =>
          [...oldLines.slice(from, to), ...newLines.slice(newFrom, newTo)].some((line) => line.trim() !== ''),
        )
      if (hunks.length === 0) return 0
      if (flags.brief) {
        yield* print(process, `Files ${a} and ${b} differ\n`)
        return 1
      }
      const ending = (line: string): string => (line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`)
      const stamp = (path: string, index: number): string => {
        if (flags.labels[index] !== undefined) return flags.labels[index]
        if (call.busybox) return path
        const ms = path === '-' ? process.now() : (statOf(process, path)?.modifiedMs ?? 0)
        return `${path}\t${strftime('%Y-%m-%d %H:%M:%S.%N %z', momentOf(ms, zoneOf(process)))}`
      }
      let text = heading
      if (isUnified) {
        text += `${paint(`--- ${stamp(a, 0)}`, '1')}\n${paint(`+++ ${stamp(b, 1)}`, '1')}\n`
        for (const group of grouped(hunks, lines)) {
          const [first, last] = [group[0], group[group.length - 1]]
          const [from, to] = [Math.max(0, first.from - lines), Math.min(oldLines.length, last.to + lines)]
          const [newFrom, newTo] = [Math.max(0, first.newFrom - lines), Math.min(newLines.length, last.newTo + lines)]
          text += `${paint(`@@ -${rangeText(from, to)} +${rangeText(newFrom, newTo)} @@`, '36')}\n`
          let at = from
          for (const hunk of group) {
            for (; at < hunk.from; at++) text += ` ${ending(oldLines[at])}`
            for (; at < hunk.to; at++) text += paint(`-${ending(oldLines[at])}`.replace(/\n$/, ''), '31') + '\n'
            for (let index = hunk.newFrom; index < hunk.newTo; index++)
              text += paint(`+${ending(newLines[index])}`.replace(/\n$/, ''), '32') + '\n'
          }
          for (; at < to; at++) text += ` ${ending(oldLines[at])}`
        }
      } else if (flags.sideBySide) text += sideBySide(oldLines, newLines, hunks, Number(flags.width ?? 130), flags.suppress)
      else {
        for (const { from, to, newFrom, newTo } of hunks) {
          const letter = from === to ? 'a' : newFrom === newTo ? 'd' : 'c'
          const range = (low: number, high: number): string =>
            low === high ? String(low) : high - low === 1 ? String(high) : `${low + 1},${high}`
          text += `${range(from, to)}${letter}${range(newFrom, newTo)}\n`
          for (const line of oldLines.slice(from, to)) text += paint(`< ${ending(line)}`.replace(/\n$/, ''), '31') + '\n'
          if (letter === 'c') text += '---\n'
          for (const line of newLines.slice(newFrom, newTo)) text += paint(`> ${ending(line)}`.replace(/\n$/, ''), '32') + '\n'
        }
      }
      yield* print(process, text)
      return 1
    }
    function* compareTrees(a: string, b: string): Blocking<number> {
      const names = (path: string): readonly string[] => process.files.list(process.path(path), process.credentials)
      const [left, right] = [names(a), names(b)]
      let code = 0
      for (const name of [...new Set([...left, ...right])].sort()) {
        const [one, other] = [joinedPath(a, name), joinedPath(b, name)]
        const [oneKind, otherKind] = [statOf(process, one)?.kind, statOf(process, other)?.kind]
        if ((!left.includes(name) || !right.includes(name)) && !flags.newFile) {
          yield* print(process, `Only in ${left.includes(name) ? a : b}: ${name}\n`)
          code = Math.max(code, 1)
        } else if (oneKind === 'directory' && otherKind === 'directory') {
          if (flags.recursive) code = Math.max(code, yield* compareTrees(one, other))
          else yield* print(process, `Common subdirectories: ${one} and ${other}\n`)
        } else
          code = Math.max(
            code,
            yield* compareFiles(
              one,
              other,
              flags.brief ? '' : `diff ${process.argv.slice(1, -2).join(' ')}${process.argv.length > 3 ? ' ' : ''}${one} ${other}\n`,
            ),
          )
      }
      return code
    }
    try {
      const [a, b] = operands
      const [one, other] = [a === '-' ? undefined : statOf(process, a), b === '-' ? undefined : statOf(process, b)]
      let missing = false
      for (const path of operands) {
        if (path === '-' || statOf(process, path) || flags.newFile) continue
        yield* complain(call, call.busybox ? `can't stat '${path}': No such file or directory` : `${path}: No such file or directory`)
        missing = true
      }
      if (missing) return 2
      if (one?.kind === 'directory' && other?.kind === 'directory') return yield* compareTrees(a, b)
      const within = (folder: string, path: string): string => joinedPath(folder, path.slice(path.lastIndexOf('/') + 1))
      return yield* compareFiles(one?.kind === 'directory' ? within(a, b) : a, other?.kind === 'directory' ? within(b, a) : b, '')
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      yield* complain(call, `${error.path ?? ''}: ${wordsOf(error)}`)
      return 2
    }
  },
})

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/)
}

function rangeText(from: number, to: number): string {
  const length = to - from
  return length === 1 ? String(from + 1) : `${length === 0 ? from : from + 1},${length}`
}

export function grouped(hunks: readonly Hunk[], context: number): Hunk[][] {
  const groups: Hunk[][] = []
  for (const hunk of hunks) {
    const last = groups.at(-1)?.at(-1)
    if (last && hunk.from - last.to <= 2 * context) groups.at(-1)?.push(hunk)
    else groups.push([hunk])
  }
  return groups
}

export function* hunksOf(a: readonly string[], b: readonly string[]): Blocking<Hunk[]> {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let [endA, endB] = [a.length, b.length]
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--
    endB--
  }
  const [n, m] = [endA - start, endB - start]
  const trace: Map<number, number>[] = []
  let furthest = new Map<number, number>([[1, 0]])
  search: for (let d = 0; d <= n + m; d++) {
    trace.push(new Map(furthest))
    if (d % 50 === 49) yield
    const next = new Map(furthest)
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1))
      let x = down ? (furthest.get(k + 1) ?? 0) : (furthest.get(k - 1) ?? 0) + 1
      let y = x - k
      while (x < n && y < m && a[start + x] === b[start + y]) {
        x++
        y++
      }
      next.set(k, x)
      if (x >= n && y >= m) break search
    }
    furthest = next
  }
  const removed = new Set<number>()
  const added = new Set<number>()
  let [x, y] = [n, m]
  for (let d = trace.length - 1; d > 0; d--) {
    const before = trace[d]
    const k = x - y
    const down = k === -d || (k !== d && (before.get(k - 1) ?? -1) < (before.get(k + 1) ?? -1))
    const previousK = down ? k + 1 : k - 1
    const previousX = before.get(previousK) ?? 0
    if (down) added.add(start + previousX - previousK)
    else removed.add(start + previousX)
    x = previousX
    y = previousX - previousK
  }
  shiftRuns(a, removed, added)
  shiftRuns(b, added, removed)
  const hunks: Hunk[] = []
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (!removed.has(i) && !added.has(j)) {
      i++
      j++
      continue
    }
    const [from, newFrom] = [i, j]
    for (;;) {
      if (removed.has(i)) i++
      else if (added.has(j)) j++
      else break
    }
    hunks.push({ from, to: i, newFrom, newTo: j })
  }
  return hunks
}

/**
 * Where a run of changes could as well begin a few lines later, GNU diff puts it as late as it can, unless an earlier place stands beside a
 * change of the other side. Runs that touch on the way become one.
 */
function shiftRuns(lines: readonly string[], changed: Set<number>, other: ReadonlySet<number>): void {
  let at = 0
  let beside = 0
  for (;;) {
    // The next run, and the line of the other side that stands where it begins.
    while (at < lines.length && !changed.has(at)) {
      while (other.has(beside)) beside++
      at++
      beside++
    }
    if (at >= lines.length) return
    let start = at
    while (changed.has(at)) at++
    while (other.has(beside)) beside++
    let length: number
    let corresponding: number
    do {
      length = at - start
      while (start > 0 && lines[start - 1] === lines[at - 1]) {
        changed.add(--start)
        changed.delete(--at)
        while (changed.has(start - 1)) start--
        do beside--
        while (other.has(beside))
      }
      corresponding = other.has(beside - 1) ? at : lines.length
      while (at < lines.length && lines[start] === lines[at]) {
        changed.delete(start++)
        changed.add(at++)
        while (changed.has(at)) at++
        beside++
        while (other.has(beside)) {
          beside++
          corresponding = at
        }
      }
    } while (length !== at - start)
    while (corresponding < at) {
      changed.add(--start)
      changed.delete(--at)
      do beside--
      while (other.has(beside))
    }
  }
}

function sideBySide(a: readonly string[], b: readonly string[], hunks: readonly Hunk[], width: number, onlyChanges: boolean): string {
  const half = Math.floor((width - 3) / 2)
  const row = (left: string | undefined, mark: string, right: string | undefined): string =>
    `${(left ?? '').replace(/\n$/, '').slice(0, half).padEnd(half)} ${mark} ${(right ?? '').replace(/\n$/, '').slice(0, half)}`.trimEnd() +
    '\n'
  let text = ''
  let at = 0
  let newAt = 0
  for (const { from, to, newFrom, newTo } of [...hunks, { from: a.length, to: a.length, newFrom: b.length, newTo: b.length }]) {
    for (; at < from; at++, newAt++) if (!onlyChanges) text += row(a[at], ' ', b[newAt])
    for (let index = 0; index < Math.max(to - from, newTo - newFrom); index++) {
      const [left, right] = [from + index < to ? a[from + index] : undefined, newFrom + index < newTo ? b[newFrom + index] : undefined]
      text += row(left, left === undefined ? '>' : right === undefined ? '<' : '|', right)
    }
    at = to
    newAt = newTo
  }
  return text
}
