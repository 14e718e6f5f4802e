/** busybox's ash complains in words of its own; everything is told in bash's words first and put into ash's here. */

const phrases: readonly (readonly [bash: RegExp, ash: string])[] = [
  [/^(\w+): readonly variable$/, '$1: is read only'],
  [/^\$?(\w+)(\[.*\])?: unbound variable$/, '$1: parameter not set'],
  [/^.*: division by 0 .*$/, 'divide by zero'],
  [/^.*: syntax error(: operand expected| in expression)?.*error token.*$/, 'arithmetic syntax error'],
  [/^local: can only be used in a function$/, 'local: not in a function'],
  [/^kill: \((\d+)\) - No such process$/, "can't kill pid $1: No such process"],
  [/^(?:\[|test): (.*): integer expression expected$/, '$1: bad number'],
  [/^(?:\[|test): (.*): (?:unary|binary) operator expected$/, '$1: unknown operand'],
  [/^(?:\[|test): too many arguments$/, 'unknown operand'],
  [/^\[: missing `\]'$/, '[: missing ]'],
  [/^(\w+): -(\w): invalid option$/, '$1: illegal option -$2'],
  [/^shift: .*: numeric argument required$/, 'shift: Illegal number'],
  [/^exit: (.*): numeric argument required$/, 'exit: Illegal number: $1'],
  [/^(.*): cannot overwrite existing file$/, "can't create $1: File exists"],
  [/^(\d+): Bad file descriptor$/, '$1: Bad file descriptor'],
]

export function ashWords(text: string): string {
  const found = phrases.find(([bash]) => bash.test(text))
  return found ? text.replace(found[0], found[1]) : text
}

/** dash says the same with fewer or other words. */
export function dashWords(text: string): string {
  const open = /^can't (open|create) (.*): (.*)$/.exec(text)
  if (open)
    return `cannot ${open[1]} ${open[2]}: ${open[3] === 'no such file' ? 'No such file' : open[3] === 'nonexistent directory' ? 'Directory nonexistent' : open[3]}`
  const folder = /^(cd: can't cd to .*): [^:]*$/.exec(text)
  if (folder) return folder[1]
  const division = /^(?:\(\(: )?(.*): division by 0 /.exec(text)
  if (division) return `arithmetic expression: division by zero: "${division[1]}"`
  if (/^kill: \(\d+\) - No such process$/.test(text)) return 'kill: No such process'
  const number = /^(\[|test): (.*): integer expression expected$/.exec(text)
  if (number) return `${number[1]}: Illegal number: ${number[2]}`
  const sourced = /^\.: can't open '(.*)': No such file or directory$/.exec(text)
  if (sourced) return `.: cannot open ${sourced[1]}: No such file`
  const syntax = /^syntax error: (.*)$/.exec(text)
  if (syntax) return `Syntax error: ${dashSyntax(syntax[1])}`
  return ashWords(text)
}

function dashSyntax(problem: string): string {
  if (problem.startsWith('unterminated')) return 'Unterminated quoted string'
  return problem.startsWith('unexpected end') ? 'end of file unexpected' : `${problem.replace(/^unexpected /, '')} unexpected`
}

export function ashSyntaxError(message: string): string {
  const token = /near unexpected token `(.+)'$/.exec(message)?.[1]
  if (token) return `syntax error: unexpected ${token === 'newline' ? 'newline' : isWord(token) ? 'word' : `"${token}"`}`
  if (message.includes('unexpected EOF while looking for')) return 'syntax error: unterminated quoted string'
  return 'syntax error: unexpected end of file'
}

const reserved = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'case', 'esac', 'while', 'until', 'for', 'in'])

function isWord(token: string): boolean {
  return /^\w+$/.test(token) && !reserved.has(token)
}
