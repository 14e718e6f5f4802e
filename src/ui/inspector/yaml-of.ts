/**
 * An object as YAML to read, in the order in which its fields came. Written here because reading YAML is the worker's business and the
 * page should not load a parser to print.
 */
export function yamlOf(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return value.map((item) => `${indent}- ${onDash(item, `${indent}  `)}`).join('\n')
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    if (fields.length === 0) return '{}'
    return fields.map(([name, field]) => `${indent}${scalar(name)}:${afterKey(field, indent)}`).join('\n')
  }
  return scalar(value)
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0
}

function afterKey(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null || isEmpty(value))
    return ` ${typeof value === 'string' && value.includes('\n') ? block(value, `${indent}  `) : yamlOf(value)}`
  return `\n${yamlOf(value, Array.isArray(value) ? indent : `${indent}  `)}`
}

/** The first field of a list's item stands on the line of its dash. */
function onDash(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null || isEmpty(value)) return yamlOf(value)
  return yamlOf(value, indent).slice(indent.length)
}

function block(text: string, indent: string): string {
  const mark = text.endsWith('\n') ? '|' : '|-'
  return `${mark}\n${text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => (line === '' ? '' : indent + line))
    .join('\n')}`
}

/** Words that YAML would read as something else than text are quoted. */
function scalar(value: unknown): string {
  if (typeof value !== 'string') return String(value)
  const isPlain = /^[A-Za-z0-9_./(][^\n:#"'{}[\],&*!|>%@`]*(:[^\s][^\n#"'{}[\],&*!|>%@`]*)*$/.test(value) && !/\s$/.test(value)
  const readsAsOther = /^(true|false|null|yes|no|on|off|~|[-+.\d][\d_.eE+-]*)$/i.test(value)
  return isPlain && !readsAsOther ? value : JSON.stringify(value)
}
