/** Brace expansion, which works on text and comes before everything else: `a{b,c{1..3}}d`. Quotes and `${…}` are stepped over. */

/** The texts one word stands for, in order. */
export function braceExpanded(word: string): string[] {
  for (let at = 0; at < word.length; at++) {
    const skipped = skipQuoted(word, at)
    if (skipped > at) {
      at = skipped - 1
      continue
    }
    if (word[at] !== '{') continue
    const close = closingBrace(word, at)
    if (close === -1) continue
    const members = membersOf(word.slice(at + 1, close))
    if (!members) continue
    const prefix = word.slice(0, at)
    const suffixes = braceExpanded(word.slice(close + 1))
    return members.flatMap((member) => suffixes.map((suffix) => prefix + member + suffix))
  }
  return [word]
}

function membersOf(body: string): string[] | undefined {
  const parts = topLevelParts(body)
  if (parts.length > 1) return parts.flatMap(braceExpanded)
  const range = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/.exec(body)
  if (range) return numbers(range[1], range[2], Math.abs(Number(range[3] ?? 1)) || 1)
  const letters = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d+))?$/.exec(body)
  if (letters)
    return span(letters[1].charCodeAt(0), letters[2].charCodeAt(0), Math.abs(Number(letters[3] ?? 1)) || 1).map((code) =>
      String.fromCharCode(code),
    )
  // `{x}` stays, but what is inside may expand: `{a{1,2}}`.
  const inner = braceExpanded(body)
  return inner.length > 1 ? inner.map((each) => `{${each}}`) : undefined
}

function numbers(from: string, to: string, step: number): string[] {
  const isPadded = /^-?0\d/.test(from) || /^-?0\d/.test(to)
  const width = isPadded ? Math.max(from.length, to.length) : 0
  return span(Number(from), Number(to), step).map((number) => {
    const digits = String(Math.abs(number)).padStart(number < 0 ? width - 1 : width, '0')
    return number < 0 ? `-${digits}` : digits
  })
}

function span(from: number, to: number, step: number): number[] {
  const values: number[] = []
  if (from <= to) for (let value = from; value <= to && values.length < 100_000; value += step) values.push(value)
  else for (let value = from; value >= to && values.length < 100_000; value -= step) values.push(value)
  return values
}

function topLevelParts(body: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < body.length; at++) {
    const skipped = skipQuoted(body, at)
    if (skipped > at) {
      at = skipped - 1
      continue
    }
    if (body[at] === '{') depth++
    else if (body[at] === '}') depth--
    else if (body[at] === ',' && depth === 0) {
      parts.push(body.slice(from, at))
      from = at + 1
    }
  }
  return [...parts, body.slice(from)]
}

function closingBrace(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    const skipped = skipQuoted(text, at)
    if (skipped > at) {
      at = skipped - 1
      continue
    }
    if (text[at] === '{') depth++
    else if (text[at] === '}' && --depth === 0) return at
  }
  return -1
}

/** Offset behind what begins at `at` if that is quoted or an expansion; `at` itself otherwise. */
function skipQuoted(text: string, at: number): number {
  const letter = text[at]
  if (letter === '\\') return at + 2
  if (letter === "'") return after(text.indexOf("'", at + 1), text)
  if (letter === '"') {
    for (let end = at + 1; end < text.length; end++) {
      if (text[end] === '\\') end++
      else if (text[end] === '"') return end + 1
    }
    return text.length
  }
  if (letter === '`') return after(text.indexOf('`', at + 1), text)
  if ((letter === '$' && (text[at + 1] === '{' || text[at + 1] === '(')) || ((letter === '<' || letter === '>') && text[at + 1] === '(')) {
    const [open, close] = text[at + 1] === '{' ? '{}' : '()'
    let depth = 0
    for (let end = at + 1; end < text.length; end++) {
      if (text[end] === '\\') end++
      else if (text[end] === open) depth++
      else if (text[end] === close && --depth === 0) return end + 1
    }
    return text.length
  }
  return at
}

function after(index: number, text: string): number {
  return index === -1 ? text.length : index + 1
}
