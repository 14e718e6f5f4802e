/** As Go prints a duration that was rounded to milliseconds: `158ms`, `1.37s`, `1m20s`. */
export function goDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor(ms / 60_000) % 60
  const seconds = `${Number(((ms % 60_000) / 1000).toFixed(3))}s`
  return `${hours ? `${hours}h` : ''}${hours || minutes ? `${minutes}m` : ''}${seconds}`
}
