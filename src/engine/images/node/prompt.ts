/**
 * Whether a line at the prompt goes on: open brackets, strings left out.
 */

/** Whether a line at the prompt goes on on the next one. */
export function isIncomplete(text: string): boolean {
  let depth = 0
  for (const letter of text.replace(/(["'])(?:\\.|(?!\1).)*\1/g, '')) {
    if ('([{'.includes(letter)) depth++
    if (')]}'.includes(letter)) depth--
  }
  return depth > 0
}
