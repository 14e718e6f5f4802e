/** Semantic versions as Helm compares them: `>=1.19-0`, `^1.2`, `~2.3.0`, `1.2.x`. */

interface Version {
  readonly parts: readonly number[]
  readonly pre: string
}

function parsed(text: string): Version {
  const [core, ...pre] = text.replace(/^[v=]/, '').split('+')[0].split('-')
  return { parts: [0, 1, 2].map((at) => Number.parseInt(core.split('.')[at] ?? '0', 10) || 0), pre: pre.join('-') }
}

export function compareVersions(a: string, b: string): number {
  const left = parsed(a)
  const right = parsed(b)
  for (const at of [0, 1, 2]) if (left.parts[at] !== right.parts[at]) return left.parts[at] - right.parts[at]
  if (left.pre === right.pre) return 0
  if (left.pre === '' || right.pre === '') return left.pre === '' ? 1 : -1
  return left.pre < right.pre ? -1 : 1
}

export function satisfies(version: string, range: string): boolean {
  return range.split('||').some((part) =>
    part
      .trim()
      .split(/\s*,\s*|\s+(?=[<>=!~^])/)
      .every((one) => fits(version, one.trim().replace(/^([<>=!~^]+)\s+/, '$1'))),
  )
}

function fits(version: string, rule: string): boolean {
  if (rule === '' || rule === '*' || rule === 'x') return true
  const [, operator, wanted] = /^([<>=!~^]*)(.*)$/.exec(rule) ?? []
  const own = parsed(version)
  const to = parsed(wanted.replace(/\.[xX*]/g, ''))
  const count = wanted
    .split('-')[0]
    .split('.')
    .filter((part) => !/^[xX*]$/.test(part)).length
  const order = compareVersions(version, wanted.replace(/\.[xX*]/g, ''))
  switch (operator) {
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '!=':
      return order !== 0
    case '^':
      return order >= 0 && (to.parts[0] > 0 ? own.parts[0] === to.parts[0] : own.parts[0] === 0 && own.parts[1] === to.parts[1])
    case '~':
      return order >= 0 && own.parts[0] === to.parts[0] && (count < 2 || own.parts[1] === to.parts[1])
    default:
      return count === 3 ? order === 0 : own.parts.slice(0, count).every((part, at) => part === to.parts[at])
  }
}
