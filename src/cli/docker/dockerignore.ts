/** .dockerignore: patterns from the root of the context, `**` across folders, `!` takes back; the last that matches decides. */
export function ignoring(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const isBack = line.startsWith('!')
      const pattern = (isBack ? line.slice(1) : line).trim().replace(/^\.?\/+/, '').replace(/\/+$/, '')
      return { isBack, expression: expressionOf(pattern) }
    })
  return (path) => {
    let isIgnored = false
    for (const { isBack, expression } of rules) if (expression.test(path)) isIgnored = !isBack
    return isIgnored
  }
}

/** A pattern also matches everything below what it names. */
function expressionOf(pattern: string): RegExp {
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
    } else source += letter.replace(/[.+^${}()|\]\\]/g, '\\$&')
  }
  return new RegExp(`^${source}(?:/.*)?$`)
}
