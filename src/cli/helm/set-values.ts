/** `--set a.b=1,list={x,y},c[0].d=e` as values; `\.` and `\,` are letters. */

type Map_ = Record<string, unknown>

export function setValues(text: string, how: 'typed' | 'string' | 'json', replacement?: string): Map_ {
  const values: Map_ = {}
  if (how === 'json' && text.startsWith('{')) return JSON.parse(text) as Map_
  for (const pair of how === 'json' ? [text] : cut(text, ',')) {
    const at = pair.indexOf('=')
    if (at < 0) continue
    const raw = pair.slice(at + 1)
    put(values, keysOf(pair.slice(0, at)), replacement ?? (how === 'json' ? JSON.parse(raw) : valueOf(raw, how === 'typed')))
  }
  return values
}

/** Splits outside of braces, and not at an escaped separator. */
function cut(text: string, separator: string): string[] {
  const found: string[] = ['']
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (letter === '\\' && at + 1 < text.length) found[found.length - 1] += letter + text[++at]
    else if (letter === separator && depth === 0) found.push('')
    else {
      if (letter === '{') depth++
      if (letter === '}') depth--
      found[found.length - 1] += letter
    }
  }
  return found
}

const unescaped = (text: string): string => text.replace(/\\(.)/g, '$1')

function keysOf(path: string): (string | number)[] {
  return cut(path, '.').flatMap((part) => {
    const indexes = [...part.matchAll(/\[(\d+)\]/g)].map(([, index]) => Number(index))
    return [unescaped(part.replace(/\[\d+\]/g, '')), ...indexes]
  })
}

function valueOf(text: string, isTyped: boolean): unknown {
  if (text.startsWith('{') && text.endsWith('}'))
    return text === '{}' ? [] : cut(text.slice(1, -1), ',').map((one) => valueOf(one, isTyped))
  const bare = unescaped(text)
  if (!isTyped) return bare
  if (bare === 'true' || bare === 'false') return bare === 'true'
  if (bare === 'null') return null
  if (/^(0|-?[1-9]\d*)$/.test(bare)) return Number(bare)
  return bare
}

function put(into: Map_, [key, ...rest]: readonly (string | number)[], value: unknown): void {
  if (rest.length === 0) {
    into[key] = value
    return
  }
  into[key] ??= typeof rest[0] === 'number' ? [] : {}
  put(into[key] as Map_, rest, value)
}
