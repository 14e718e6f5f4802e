/** A sentence without its marks, for titles and screen readers. */
export function plain(text: string): string {
  return text.replace(/`|\*\*/g, '')
}
