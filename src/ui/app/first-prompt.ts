/**
 * Until the terminal has shown its first prompt the processor belongs to it: picture, inspector, editor, lessons and the keeping for
 * offline use are fetched after that. Where no prompt comes (another tab has the workspace), they come all the same, a little later.
 */
const longestWaitMs = 3_000

let settle: () => void = () => {}

export const firstPrompt = new Promise<void>((resolve) => {
  settle = resolve
})

setTimeout(settle, longestWaitMs)

export function promptIsThere(): void {
  settle()
}
