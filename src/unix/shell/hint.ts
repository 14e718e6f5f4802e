/** One kind line after the real error, for what people paste from a page without noticing: its `$ ` prompt, its `<placeholder>`. */

export function hint(line: string, status: number): string | undefined {
  if (status === 0) return undefined
  const trimmed = line.trim()
  if (/^\$\s+\S/.test(trimmed))
    return `Hint: the "$" is the page's prompt. Leave it out and type:  ${trimmed.replace(/^\$\s+/, '').split('\n')[0]}`
  if (/^(?:[\w.-]+@[\w.-]+[^#$]*)?[#$]\s+\S/.test(trimmed) && !trimmed.startsWith('#'))
    return "Hint: the first part is the page's prompt. Type only what stands behind it."
  const placeholder = /<([A-Za-z][\w -]*)>/.exec(trimmed)
  if (placeholder) return `Hint: <${placeholder[1]}> stands for something of yours. Put the real name there, without the < and >.`
  return undefined
}
