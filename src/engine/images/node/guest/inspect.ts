/** Part of the guest's Node (prelude.ts): `util.inspect` and `util.format`: what console.log prints. Neither backquotes nor `${` inside, as it stands in a template string. */
export const inspectText = String.raw`
// ---- util.inspect
function quote(text) {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes('\x60') ? '\x60' : "'"
  let out = ''
  for (const letter of text) {
    if (letter === mark || letter === '\\') out += '\\' + letter
    else if (letter === '\n') out += '\\n'
    else if (letter === '\t') out += '\\t'
    else if (letter === '\r') out += '\\r'
    else if (letter === '\b') out += '\\b'
    else if (letter < ' ' || letter === '\x7f') out += '\\x' + letter.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()
    else out += letter
  }
  return mark + out + mark
}
const custom = Symbol.for('nodejs.util.inspect.custom')
function inspect(value, options) {
  const settings = Object.assign({ depth: 2, colors: false, compact: 3, breakLength: 80 }, typeof options === 'object' && options !== null ? options : {})
  if (settings.depth === null) settings.depth = Infinity
  const paint = (text, code) => settings.colors ? '\x1b[' + code + 'm' + text + '\x1b[' + (code === 1 ? 22 : 39) + 'm' : text
  const seen = []
  const circular = new Map()
  function keyText(key) {
    if (typeof key === 'symbol') return '[' + paint(key.toString(), 32) + ']'
    return /^[A-Za-z_$][\w$]*$/.test(key) ? key : paint(quote(key), 32)
  }
  function constructorName(value) {
    for (let at = value; at; at = Object.getPrototypeOf(at)) {
      const found = Object.getOwnPropertyDescriptor(at, 'constructor')
      if (found && typeof found.value === 'function' && found.value.name) return found.value.name
    }
    return null
  }
  function one(value, depth, isTop) {
    switch (typeof value) {
      case 'string': return paint(quote(value), 32)
      case 'number': return paint(Object.is(value, -0) ? '-0' : String(value), 33)
      case 'bigint': return paint(String(value) + 'n', 33)
      case 'boolean': return paint(String(value), 33)
      case 'undefined': return paint('undefined', 90)
      case 'symbol': return paint(value.toString(), 32)
    }
    if (value === null) return paint('null', 1)
    if (typeof value[custom] === 'function') {
      const made = value[custom](settings.depth - depth, settings, inspect)
      return typeof made === 'string' ? made : one(made, depth)
    }
    if (seen.includes(value)) {
      if (!circular.has(value)) circular.set(value, circular.size + 1)
      return paint('[Circular *' + circular.get(value) + ']', 36)
    }
    const isArray = Array.isArray(value)
    const name = constructorName(value)
    const keys = Object.keys(value).filter((key) => !(isArray || ArrayBuffer.isView(value)) || !/^\d+$/.test(key))
    for (const symbol of Object.getOwnPropertySymbols(value)) if (Object.prototype.propertyIsEnumerable.call(value, symbol)) keys.push(symbol)
    let prefix = ''
    let braces = ['{', '}']
    let base = ''
    if (typeof value === 'function') {
      const kind = /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : constructorName(value) || 'Function'
      base = paint(kind === 'class' ? '[class ' + (value.name || '(anonymous)') + ']' : '[' + kind + (value.name ? ': ' + value.name : ' (anonymous)') + ']', 36)
      if (keys.length === 0) return base
    } else if (value instanceof Error) {
      let stack = typeof value.stack === 'string' && value.stack ? value.stack : '[' + String(value) + ']'
      base = depth > 0 && typeof value.stack === 'string' ? stack.replace(/\n/g, '\n' + '    '.repeat(0)) : stack
      if (value.cause !== undefined && !keys.includes('cause')) keys.push('cause')
      if (keys.length === 0) return base
    } else if (value instanceof RegExp) { base = paint(String(value), 31); if (keys.length === 0) return base }
    else if (value instanceof Date) { base = paint(isNaN(value) ? 'Invalid Date' : value.toISOString(), 35); if (keys.length === 0) return base }
    else if (value instanceof Number || value instanceof String || value instanceof Boolean) { base = paint('[' + name + ': ' + inspect(value.valueOf()) + ']', 33); if (!(value instanceof String) && keys.length === 0) return base }
    if (depth > settings.depth && !base) return paint(isArray ? '[Array]' : '[' + (name || 'Object: null prototype') + ']', 36)
    seen.push(value)
    let entries = []
    if (isArray) {
      braces = ['[', ']']
      if (name !== 'Array' && name) prefix = name + '(' + value.length + ') '
      const shown = Math.min(100, value.length)
      for (let index = 0; index < shown; index++) entries.push(index in value ? one(value[index], depth + 1) : paint('<1 empty item>', 90))
      if (value.length > shown) entries.push('... ' + (value.length - shown) + ' more item' + (value.length - shown > 1 ? 's' : ''))
    } else if (value instanceof Buffer) { seen.pop(); return value.inspectText() }
    else if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      braces = ['[', ']']
      prefix = name + '(' + value.length + ') '
      for (let index = 0; index < Math.min(100, value.length); index++) entries.push(one(value[index], depth + 1))
    } else if (value instanceof Map) {
      prefix = name + '(' + value.size + ') '
      for (const [key, item] of value) entries.push(one(key, depth + 1) + ' => ' + one(item, depth + 1))
    } else if (value instanceof Set) {
      prefix = name + '(' + value.size + ') '
      for (const item of value) entries.push(one(item, depth + 1))
    } else if (value instanceof Promise) { prefix = 'Promise '; entries.push(paint('<pending>', 36)) }
    else if (typeof value !== 'function' && !base) {
      if (name === null) prefix = '[Object: null prototype] '
      else if (name !== 'Object') prefix = name + ' '
      const tag = value[Symbol.toStringTag]
      if (typeof tag === 'string' && tag && tag !== name) prefix += '[' + tag + '] '
    }
    for (const key of keys) {
      const found = Object.getOwnPropertyDescriptor(value, key)
      let text
      if (found && found.get) text = paint(found.set ? '[Getter/Setter]' : '[Getter]', 36)
      else text = one(value[key], depth + 1)
      entries.push((value instanceof Error && key === 'cause' ? '[cause]' : keyText(key)) + ': ' + text)
    }
    seen.pop()
    const mark = circular.has(value) ? paint('<ref *' + circular.get(value) + '>', 36) + ' ' : ''
    if (base) { braces[0] = base + ' {' ; prefix = '' }
    if (entries.length === 0) return mark + prefix + (base || braces[0] + braces[1])
    const plain = (text) => text.replace(/\x1b\[\d+m/g, '')
    if (isArray && entries.length > 6 && entries.every((entry) => !entry.includes('\n'))) entries = grouped(entries, value)
    const total = entries.reduce((sum, entry) => sum + plain(entry).length + 2, 0) + braces[0].length + prefix.length
    const isFlat = entries.every((entry) => !entry.includes('\n'))
    const inner = depthOf(value, 0)
    if (isFlat && total <= 72 && inner <= 3 && !(value instanceof Error)) return mark + prefix + braces[0] + ' ' + entries.join(', ') + ' ' + braces[1]
    return mark + prefix + braces[0] + '\n' + entries.map((entry) => '  ' + entry.replace(/\n/g, '\n  ')).join(',\n') + '\n' + braces[1]
  }
  function depthOf(value, at) {
    if (typeof value !== 'object' || value === null || at > 4) return 0
    let most = 0
    for (const key of Object.keys(value).slice(0, 50)) { try { most = Math.max(most, depthOf(value[key], at + 1)) } catch (ignored) {} }
    return most + 1
  }
  function grouped(entries, value) {
    const isNumber = value.every((item) => typeof item === 'number' || typeof item === 'bigint')
    const lengths = entries.map((entry) => entry.length + 2)
    const longest = Math.max.apply(null, lengths)
    const total = lengths.reduce((sum, length) => sum + length, 0)
    if (longest * 3 + 2 >= 80 || (total / longest <= 5 && longest > 8)) return entries
    const columns = Math.min(Math.round(Math.sqrt(2.5 * Math.max(longest - total / entries.length, 1) * entries.length) / Math.max(longest - total / entries.length, 1)) || 1, Math.floor(80 / longest), 12, 15)
    if (columns <= 1) return entries
    const widths = []
    for (let column = 0; column < columns; column++) {
      let width = 0
      for (let at = column; at < entries.length; at += columns) width = Math.max(width, lengths[at])
      widths.push(width)
    }
    const rows = []
    for (let at = 0; at < entries.length; at += columns) {
      const row = []
      for (let column = 0; column < columns && at + column < entries.length; column++) {
        const isLast = column === columns - 1 || at + column === entries.length - 1
        const text = entries[at + column] + (at + column === entries.length - 1 ? '' : isLast ? '' : ', ')
        row.push(isNumber ? (isLast ? text.padStart(widths[column] - 2) : text.padStart(widths[column])) : isLast ? text : text.padEnd(widths[column]))
      }
      rows.push(row.join(''))
    }
    return rows
  }
  return one(value, 0, true)
}
inspect.custom = custom
function format(first, ...rest) {
  if (typeof first !== 'string') return [first, ...rest].map((item) => typeof item === 'string' ? item : inspect(item)).join(' ')
  let at = 0
  const text = first.replace(/%[sdifjoOc%]/g, (mark) => {
    if (mark === '%%') return rest.length === 0 ? mark : '%'
    if (at >= rest.length) return mark
    const item = rest[at++]
    switch (mark) {
      case '%s': return typeof item === 'string' ? item : typeof item === 'object' && item !== null && !(item instanceof Error) ? inspect(item, { depth: 0 }) : String(item)
      case '%d': return String(Number(item))
      case '%i': return String(parseInt(item))
      case '%f': return String(parseFloat(item))
      case '%j': return JSON.stringify(item)
      case '%c': return ''
      default: return inspect(item, { depth: 4 })
    }
  })
  return [text, ...rest.slice(at).map((item) => typeof item === 'string' ? item : inspect(item))].join(' ')
}
`
