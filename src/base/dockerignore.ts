/** .dockerignore: patterns from the root of the context, `**` across folders, `!` takes back; the last that matches decides. */
export function ignoring(text: string): (path: string) => boolean {
  const rules = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const isBack = line.startsWith('!')
      const pattern = (isBack ? line.slice(1) : line)
        .trim()
        .replace(/^(\.?\/+)+/, '')
        .replace(/\/+$/, '')
      return { isBack, expression: new RegExp(`^${patternSource(pattern)}(?:/.*)?$`) }
    })
  return (path) => {
    let isIgnored = false
    for (const { isBack, expression } of rules) if (isBack === isIgnored && expression.test(path)) isIgnored = !isBack
    return isIgnored
  }
}

/** Go's filepath.Match, and `**`: the source of a regular expression. */
export function patternSource(pattern: string): string {
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at]
    if (pattern.startsWith('**/', at)) {
      source += '(?:.*/)?'
      at += 2
    } else if (pattern.startsWith('**', at)) {
      source += '.*'
      at++
    } else if (letter === '*') source += '[^/]*'
    else if (letter === '?') source += '[^/]'
    else if (letter === '[') {
      const end = pattern.indexOf(']', at + 1)
      source += end < 0 ? '\\[' : pattern.slice(at, end + 1)
      if (end >= 0) at = end
    } else if (letter === '\\' && at + 1 < pattern.length) source += pattern[++at].replace(/[.+*?^${}()|[\]\\]/g, '\\$&')
    else source += letter.replace(/[.+^${}()|\]\\]/g, '\\$&')
  }
  return source
}
