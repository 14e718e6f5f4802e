/** busybox's words for a syntax error that bash would tell in its own. */
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
