/** What `s` puts in a match's place: groups, `&`, and GNU's changes of case, `\U` and its kin. */
import type { SubstituteFlags } from './parse.ts'

export function substitutedText(space: string, pattern: RegExp, replacement: string, flags: SubstituteFlags): string | undefined {
  const parts = replacementParts(replacement)
  let count = 0
  let result = ''
  let at = 0
  let changed = false
  pattern.lastIndex = 0
  for (const match of space.matchAll(pattern)) {
    // An empty match right after another match does not count, as POSIX has it.
    if (match[0] === '' && match.index === at && at > 0 && changed && count > 0 && space.slice(0, at) !== '' && lastEnd(match.index))
      continue
    count++
    if (count < flags.nth) continue
    if (count > flags.nth && !flags.global) break
    result += space.slice(at, match.index) + replaced(parts, match)
    at = match.index + match[0].length
    changed = true
  }
  return changed ? result + space.slice(at) : undefined

  function lastEnd(index: number): boolean {
    return index === at
  }
}

type Part = { readonly text: string } | { readonly group: number } | { readonly change: 'U' | 'L' | 'E' | 'u' | 'l' }

function replacementParts(replacement: string): readonly Part[] {
  const parts: Part[] = []
  let text = ''
  const push = (part: Part): void => {
    if (text !== '') parts.push({ text })
    text = ''
    parts.push(part)
  }
  for (let at = 0; at < replacement.length; at++) {
    const letter = replacement[at]
    if (letter === '&') push({ group: 0 })
    else if (letter === '\\') {
      const next = replacement[++at]
      if (next === undefined) text += '\\'
      else if (/\d/.test(next)) push({ group: Number(next) })
      else if (/[ULEul]/.test(next)) push({ change: next as 'U' })
      else text += { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07' }[next] ?? next
    } else text += letter
  }
  if (text !== '') parts.push({ text })
  return parts
}

function replaced(parts: readonly Part[], match: RegExpExecArray): string {
  let result = ''
  let mode: 'U' | 'L' | 'E' = 'E'
  let once: 'u' | 'l' | undefined
  for (const part of parts) {
    if ('change' in part) {
      if (part.change === 'u' || part.change === 'l') once = part.change
      else mode = part.change
      continue
    }
    let text = 'text' in part ? part.text : (match[part.group] ?? '')
    if (mode === 'U') text = text.toUpperCase()
    if (mode === 'L') text = text.toLowerCase()
    if (once && text !== '') {
      text = (once === 'u' ? text[0].toUpperCase() : text[0].toLowerCase()) + text.slice(1)
      once = undefined
    }
    result += text
  }
  return result
}
