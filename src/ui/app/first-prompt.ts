/**
 * Until the terminal has shown its first prompt the processor belongs to it: React and all that it draws are fetched after that. Where no
 * prompt comes (another tab has the workspace, or it cannot be read), they come at once, to say so.
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

export function noPromptComes(): void {
  settle()
}
