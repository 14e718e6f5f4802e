/** Typed lines, kept across sessions in `~/.bash_history` as bash keeps them. */
export interface History {
  lines: string[]
  /** How many of them the file already has. */
  saved: number
}
