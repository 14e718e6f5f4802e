/**
 * How two Go values differ, in the layout of the `go-cmp` package: the long text behind "pod updates may not change fields". Equal fields beside a
 * difference are shown, two on each side, and the rest is counted. go-cmp
 * indents by no-break spaces or plain ones as each process has drawn at its start, so that nobody parses it; ours drew the former.
 */
import { isZero, partsOf, type GoField, type GoType } from './go-value.ts'

export function goDiff(type: GoType, old: unknown, fresh: unknown): string {
  const root = compare(type, { value: old }, { value: fresh })
  if (root.differences === 0) return ''
  const text = compacted(differing(root, { verbosity: 0, mode: '', typed: 'emit' }), '')
  return `${indent('', 0)}${expanded(text, '', 0)}\n`
}

/** A value, or nothing where a list has no counterpart. */
type Side = { readonly value: unknown } | undefined

interface Node {
  readonly type: GoType
  readonly old: Side
  readonly fresh: Side
  readonly children: readonly { readonly key: string; readonly node: Node }[]
  readonly same: number
  readonly differences: number
  readonly depth: number
  readonly size: number
}

function leaf(type: GoType, old: Side, fresh: Side, isSame: boolean): Node {
  return { type, old, fresh, children: [], same: isSame ? 1 : 0, differences: isSame ? 0 : 1, depth: 0, size: 0 }
}

function parent(type: GoType, old: Side, fresh: Side, children: Node['children']): Node {
  let [same, differences, depth, size] = [0, 0, 0, 0]
  for (const { node } of children) {
    same += node.same
    differences += node.differences
    depth = Math.max(depth, node.depth + 1)
    size += node.size + 1
  }
  return { type, old, fresh, children, same, differences, depth, size }
}

function isNil(value: unknown): boolean {
  return value === undefined || value === null
}

function compare(type: GoType, old: Side, fresh: Side): Node {
  if (!old || !fresh) return leaf(type, old, fresh, false)
  const [a, b] = [old.value, fresh.value]
  switch (type.kind) {
    case 'struct': {
      if (type.isLeaf) return leaf(type, old, fresh, a === b)
      const right = partsOf(type, b)
      return parent(
        type,
        old,
        fresh,
        partsOf(type, a).map(({ field, value }, index) => ({
          key: field.name,
          node: compare(field.type, { value }, { value: right[index].value }),
        })),
      )
    }
    case 'pointer':
      if (isNil(a) || isNil(b)) return leaf(type, old, fresh, isNil(a) && isNil(b))
      return parent(type, old, fresh, [{ key: '', node: compare(type.elem, old, fresh) }])
    case 'slice': {
      if (!Array.isArray(a) || !Array.isArray(b)) return leaf(type, old, fresh, isNil(a) && isNil(b))
      return parent(type, old, fresh, aligned(type.elem, a, b))
    }
    case 'map': {
      if (isNil(a) || isNil(b)) return leaf(type, old, fresh, isNil(a) && isNil(b))
      const [left, right] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>]
      const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort()
      const side = (map: Readonly<Record<string, unknown>>, key: string): Side =>
        Object.hasOwn(map, key) ? { value: map[key] } : undefined
      return parent(
        type,
        old,
        fresh,
        keys.map((key) => ({ key: keyText(type, key), node: compare(type.elem, side(left, key), side(right, key)) })),
      )
    }
    default:
      return leaf(type, old, fresh, plain(type, a) === plain(type, b))
  }
}

function plain(type: GoType, value: unknown): unknown {
  if (!isNil(value)) return typeof value === 'object' ? JSON.stringify(value) : value
  return { string: '', number: 0, bool: false }[type.kind as string]
}

function keyText(type: GoType & { kind: 'map' }, key: string): string {
  return `${type.hasPrintedKeys ? 's' : ''}${JSON.stringify(key)}`
}

/** go-cmp's greedy search from both ends for what two lists share. */
function aligned(elem: GoType, left: readonly unknown[], right: readonly unknown[]): Node['children'] {
  const memory = new Map<number, Node>()
  const at = (x: number, y: number): Node => {
    const key = x * (right.length + 1) + y
    let node = memory.get(key)
    if (!node) memory.set(key, (node = compare(elem, { value: left[x] }, { value: right[y] })))
    return node
  }
  const isSame = (x: number, y: number) => at(x, y).differences === 0
  const isSimilar = (x: number, y: number) => at(x, y).same + 1 >= at(x, y).differences
  const head: Edit[] = []
  const tail: Edit[] = []
  const front = { x: 0, y: 0 }
  const back = { x: left.length, y: right.length }
  const seenFront = { x: 0, y: 0 }
  const seenBack = { ...back }
  const push = (edit: Edit) => {
    head.push(edit)
    if (edit !== 'right') front.x++
    if (edit !== 'left') front.y++
  }
  const unshift = (edit: Edit) => {
    tail.push(edit)
    if (edit !== 'right') back.x--
    if (edit !== 'left') back.y--
  }
  const pushTo = (x: number, y: number) => {
    while (x > front.x && y > front.y)
      push(isSame(front.x, front.y) || isSimilar(front.x, front.y) ? 'both' : x - front.x >= y - front.y ? 'left' : 'right')
    while (x > front.x) push('left')
    while (y > front.y) push('right')
  }
  const unshiftTo = (x: number, y: number) => {
    while (back.x > x && back.y > y)
      unshift(isSame(back.x - 1, back.y - 1) || isSimilar(back.x - 1, back.y - 1) ? 'both' : back.y - y >= back.x - x ? 'right' : 'left')
    while (back.x > x) unshift('left')
    while (back.y > y) unshift('right')
  }
  const zigzag = (step: number) => (step & 1 ? ~step : step) >> 1
  for (let budget = 4 * (left.length + right.length); ; ) {
    if (seenFront.x >= seenBack.x || seenFront.y >= seenBack.y || budget <= 0) break
    for (let [isAbove, isBelow, step] = [false, false, 0]; !(isAbove && isBelow) && budget > 0; step++) {
      const [x, y] = [seenFront.x + zigzag(step), seenFront.y - zigzag(step)]
      if (x >= back.x || y < front.y) isAbove = true
      else if (y >= back.y || x < front.x) isBelow = true
      else if (isSame(x, y)) {
        pushTo(x, y)
        do push('both')
        while (front.x < back.x && front.y < back.y && isSame(front.x, front.y))
        Object.assign(seenFront, front)
        isAbove = isBelow = true
      } else budget--
    }
    if (back.x - seenFront.x >= back.y - seenFront.y) seenFront.x++
    else seenFront.y++
    if (seenFront.x >= seenBack.x || seenFront.y >= seenBack.y || budget <= 0) break
    for (let [isAbove, isBelow, step] = [false, false, 0]; !(isAbove && isBelow) && budget > 0; step++) {
      const [x, y] = [seenBack.x - zigzag(step), seenBack.y + zigzag(step)]
      if (front.x >= x || back.y < y) isAbove = true
      else if (front.y >= y || back.x < x) isBelow = true
      else if (isSame(x - 1, y - 1)) {
        unshiftTo(x, y)
        do unshift('both')
        while (front.x < back.x && front.y < back.y && isSame(back.x - 1, back.y - 1))
        Object.assign(seenBack, back)
        isAbove = isBelow = true
      } else budget--
    }
    if (seenBack.x - front.x >= seenBack.y - front.y) seenBack.x--
    else seenBack.y--
  }
  pushTo(back.x, back.y)
  let [x, y] = [0, 0]
  return [...head, ...tail.reverse()].map((edit) => {
    if (edit === 'left') return { key: '', node: compare(elem, { value: left[x++] }, undefined) }
    if (edit === 'right') return { key: '', node: compare(elem, undefined, { value: right[y++] }) }
    return { key: '', node: at(x++, y++) }
  })
}

type Edit = 'left' | 'right' | 'both'

// What follows lays the comparison out.

type Mode = '' | '=' | '-' | '+'

interface Style {
  /** How much of a value is shown; halves with each level. */
  readonly verbosity: number
  readonly mode: Mode
  readonly typed: 'auto' | 'emit' | 'elide'
}

type Text = string | Wrap | readonly Record_[]

interface Wrap {
  readonly prefix: string
  readonly value: Text
  readonly suffix: string
}

interface Record_ {
  readonly mode: Mode
  readonly key: string
  readonly value: Text
  readonly comment?: string
  readonly hasNoComma?: boolean
}

const ellipsis = '...'

function differing(node: Node, given: Style): Text {
  const style: Style = given.mode === '=' ? { ...given, verbosity: 1 } : given.verbosity < 3 ? { ...given, verbosity: 3 } : given
  const { type } = node
  if (node.depth === 0) {
    if (style.mode === '-') return valueText(type, node.old?.value, style)
    if (style.mode === '+') return valueText(type, node.fresh?.value, style)
    if (node.differences === 0) return valueText(type, node.old?.value, style)
    const records: Record_[] = []
    if (node.old) records.push({ mode: '-', key: '', value: valueText(type, node.old.value, { ...style, typed: 'elide' }) })
    if (node.fresh) records.push({ mode: '+', key: '', value: valueText(type, node.fresh.value, { ...style, typed: 'elide' }) })
    return withType(type, records, { ...style, typed: 'emit' })
  }
  if (type.kind === 'pointer') return { prefix: '&', value: differing(node.children[0].node, style), suffix: '' }
  return withType(type, list(node, style), style)
}

const context = 2

function list(node: Node, given: Style): Text {
  const isStruct = node.type.kind === 'struct'
  const noun = isStruct ? 'field' : node.type.kind === 'map' ? 'entry' : 'element'
  const limit = given.mode === '=' ? ((1 << given.verbosity) >> 1) << 2 : (1 << given.verbosity) << 1
  const style: Style = { ...given, verbosity: given.verbosity - 1, typed: isStruct ? 'auto' : 'elide' }
  const records: Record_[] = []
  if (style.mode !== '') {
    for (const { key, node: inner } of node.children) {
      if (records.length === limit) {
        records.push({ mode: '', key: '', value: ellipsis, hasNoComma: true })
        break
      }
      const side = style.mode === '+' ? inner.fresh : inner.old
      if (isStruct && isZero(inner.type, side?.value)) continue
      if (!side) continue
      records.push({ mode: '', key, value: differing(inner, style) })
    }
    return { prefix: '{', value: records, suffix: '}' }
  }
  const groups = grouped(node.children)
  let told = 0
  const untold = { same: 0, removed: 0, inserted: 0, modified: 0 }
  groups.forEach((group, index) => {
    if (told >= limit) {
      for (const { node: inner } of group) count(inner, untold)
      return
    }
    if (group[0].node.differences === 0) {
      const before = index === 0 ? 0 : Math.min(context, group.length)
      let after = index === groups.length - 1 ? 0 : Math.min(context, group.length - before)
      if (group.length - before - after === 1) after++
      const same = ({ key, node: inner }: Node['children'][number]): Record_ => ({
        mode: '',
        key,
        value: differing(inner, { ...style, mode: '=' }),
      })
      records.push(...group.slice(0, before).map(same))
      const hidden = group.length - before - after
      if (hidden > 0) records.push(counted({ same: hidden, removed: 0, inserted: 0, modified: 0 }, noun))
      records.push(...group.slice(group.length - after).map(same))
      return
    }
    for (const { key, node: inner } of group) {
      if (inner.size === inner.depth) {
        if (inner.old) records.push({ mode: '-', key, value: differing(inner, { ...style, mode: '-' }) })
        if (inner.fresh) records.push({ mode: '+', key, value: differing(inner, { ...style, mode: '+' }) })
      } else records.push({ mode: '', key, value: differing(inner, style) })
    }
    told += group.length
  })
  if (untold.same + untold.removed + untold.inserted + untold.modified > 0) records.push(counted(untold, noun))
  return { prefix: '{', value: records, suffix: '}' }
}

function grouped(children: Node['children']): readonly Node['children'][] {
  const groups: Node['children'][number][][] = []
  for (const child of children) {
    const last = groups[groups.length - 1]
    if (last && (last[0].node.differences === 0) === (child.node.differences === 0)) last.push(child)
    else groups.push([child])
  }
  return groups
}

interface Counts {
  same: number
  removed: number
  inserted: number
  modified: number
}

function count(node: Node, into: Counts): void {
  if (node.differences === 0) into.same++
  else if (!node.fresh) into.removed++
  else if (!node.old) into.inserted++
  else into.modified++
}

function counted(counts: Counts, noun: string): Record_ {
  const words = { same: 'identical', removed: 'removed', inserted: 'inserted', modified: 'modified' } as const
  const parts = (Object.keys(words) as (keyof Counts)[]).filter((key) => counts[key] > 0).map((key) => `${counts[key]} ${words[key]}`)
  const sum = counts.same + counts.removed + counts.inserted + counts.modified
  const plural = sum === 1 ? noun : noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`
  const text = parts.length > 2 ? `${parts.slice(0, -1).join(', ')}, and ${parts[parts.length - 1]}` : parts.join(' and ')
  return { mode: '', key: '', value: ellipsis, comment: `${text} ${plural}`, hasNoComma: true }
}

function withType(type: GoType, text: Text, { typed, mode }: Style): Text {
  if (typed === 'elide') return text
  if (typed === 'auto' && (text === 'nil' || !['struct', 'slice', 'map'].includes(type.kind) || mode === '=')) return text
  const hasBraces = typeof text === 'object' && !isList(text) && text.prefix.startsWith('{')
  return {
    prefix: type.kind === 'pointer' ? `(${type.name})` : type.name,
    value: hasBraces ? text : { prefix: '(', value: text, suffix: ')' },
    suffix: '',
  }
}

function valueText(type: GoType, value: unknown, style: Style): Text {
  if (type.kind === 'pointer') {
    if (isNil(value)) return 'nil'
    // A pointer to either of these has a `String` method.
    if (type.elem.name === 'intstr.IntOrString' || type.elem.name === 'resource.Quantity') return `s${JSON.stringify(String(value))}`
    return { prefix: '&', value: valueText(type.elem, value, style), suffix: '' }
  }
  return withType(type, bareText(type, value, style), style)
}

function bareText(type: GoType, value: unknown, given: Style): Text {
  const limit = ((1 << given.verbosity) >> 1) << 2
  const style: Style = { ...given, verbosity: Math.max(0, given.verbosity - 1) }
  const records: Record_[] = []
  const isFull = () => {
    if (records.length < limit) return false
    records.push({ mode: '', key: '', value: ellipsis, hasNoComma: true })
    return true
  }
  switch (type.kind) {
    case 'struct':
      for (const { field, value: inner } of partsOf(type, value)) {
        if (isZero(field.type, inner)) continue
        if (isFull()) break
        records.push({ mode: '', key: field.name, value: fieldText(field, inner, style) })
      }
      return { prefix: '{', value: records, suffix: '}' }
    case 'slice':
      if (!Array.isArray(value)) return 'nil'
      for (const inner of value as readonly unknown[]) {
        if (isFull()) break
        records.push({ mode: '', key: '', value: valueText(type.elem, inner, { ...style, typed: 'elide' }) })
      }
      return { prefix: '{', value: records, suffix: '}' }
    case 'map':
      if (isNil(value)) return 'nil'
      for (const [key, inner] of Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1))) {
        if (isFull()) break
        records.push({ mode: '', key: keyText(type, key), value: valueText(type.elem, inner, { ...style, typed: 'elide' }) })
      }
      return { prefix: '{', value: records, suffix: '}' }
    case 'string':
      return quoted(isNil(value) ? '' : String(value), given.verbosity)
    default: {
      const shown = plain(type, value)
      return shown === undefined ? 'nil' : String(shown)
    }
  }
}

function fieldText(field: GoField, value: unknown, style: Style): Text {
  return valueText(field.type, value, { ...style, typed: 'auto' })
}

function quoted(text: string, verbosity: number): string {
  const limit = (1 << verbosity) << 5
  const shown = text.length > limit + ellipsis.length ? `${text.slice(0, limit)}${ellipsis}` : text
  // Go prefers raw quotes where they save escapes.
  const escaped = JSON.stringify(shown)
  return escaped.length > shown.length + 2 && !/[`\n]/.test(shown) ? `\`${shown}\`` : escaped
}

const lineWidth = 80

function isList(text: Text): text is readonly Record_[] {
  return Array.isArray(text)
}

/** Folds into one line what has no difference inside and, where it was added or removed, is short. */
function compacted(text: Text, mode: Mode): Text {
  if (typeof text === 'string') return text
  if (!isList(text)) {
    const value = compacted(text.value, mode)
    return typeof value === 'string' ? `${text.prefix}${value}${text.suffix}` : { ...text, value }
  }
  const records = text.map((record) => ({ ...record, value: compacted(record.value, record.mode || mode) }))
  const isLines = records.some(({ mode: own, value, comment }) => own !== '' || typeof value !== 'string' || comment !== undefined)
  if (isLines) return records
  const line = records.map(({ key, value }) => `${key === '' ? '' : `${key}: `}${value as string}`).join(', ')
  return mode !== '' && line.length > lineWidth ? records : line
}

const noBreak = '\u00a0'

function indent(mode: Mode, depth: number): string {
  return `${mode === '-' || mode === '+' ? mode : noBreak}${noBreak}${'\t'.repeat(depth)}`
}

function expanded(text: Text, mode: Mode, depth: number): string {
  if (typeof text === 'string') return text
  if (!isList(text)) return `${text.prefix}${expanded(text.value, mode, depth)}${text.suffix}`
  const end = `\n${indent(mode, depth)}`
  if (text.every((record) => record.mode === '' && record.key === '' && typeof record.value === 'string' && record.comment === undefined))
    return `${batched(text, mode, depth + 1)}${end}`
  const keyWidths = widths(text, ({ key, value }) => (key === '' || typeof value !== 'string' ? undefined : key.length))
  const lines = text.map((record, index) => {
    const own = record.mode || mode
    const key = record.key === '' ? '' : `${record.key}: ${' '.repeat(Math.max(0, keyWidths[index] - record.key.length))}`
    return `\n${indent(own, depth + 1)}${key}${expanded(record.value, own, depth + 1)}${record.hasNoComma ? '' : ','}${record.comment === undefined ? '' : ` // ${record.comment}`}`
  })
  return `${lines.join('')}${end}`
}

function batched(records: readonly Record_[], mode: Mode, depth: number): string {
  let result = ''
  let line = ''
  const flush = () => {
    if (line !== '') result += `\n${indent(mode, depth)}${line.trimEnd()}`
    line = ''
  }
  for (const { value } of records) {
    if (line.length + (value as string).length + 2 > lineWidth) flush()
    line += `${value as string}, `
  }
  flush()
  return result
}

/** The widest key of each run of neighbours that are aligned to each other. */
function widths(records: readonly Record_[], widthOf: (record: Record_) => number | undefined): readonly number[] {
  const result = records.map(() => 0)
  let start = 0
  for (let index = 0; index <= records.length; index++) {
    if (index < records.length && widthOf(records[index]) !== undefined) continue
    const widest = Math.max(0, ...records.slice(start, index).map((record) => widthOf(record) ?? 0))
    for (let at = start; at < index; at++) result[at] = widest
    start = index + 1
  }
  return result
}
