/** Small spellings that swarm's tables and pretty forms share. */

/** `web2` before `web10`. */
export function natural(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : a > b ? 1 : 0)
}

export function titled(text: string): string {
  return text.replace(/(^|\s)\S/g, (letter) => letter.toUpperCase())
}

/** `2026-11-20 22:28:27.119977479 +0000 utc`: a time that went through a lower-casing printer. */
export function prettyTime(text: string): string {
  return `${text
    .replace('T', ' ')
    .replace(/\.?0*Z$/, '')
    .replace('Z', '')} +0000 utc`
}

/** An image without the digest it was pinned to, when it has a tag. */
export function withoutDigest(image: string): string {
  const at = image.indexOf('@')
  if (at < 0) return image
  const name = image.slice(0, at)
  return name.slice(name.lastIndexOf('/') + 1).includes(':') ? name : image
}

export interface PublishedPort {
  readonly Protocol: string
  readonly TargetPort: number
  readonly PublishedPort?: number
  readonly PublishMode: string
}

/** `*:8080->80/tcp`; ports that run in step become a range. */
export function portWords(ports: readonly PublishedPort[], mode: string): string {
  const groups: { from: number; to: number; target: number; targetTo: number; protocol: string }[] = []
  for (const port of ports
    .filter(({ PublishMode }) => PublishMode === mode)
    .sort((a, b) => (a.Protocol < b.Protocol ? -1 : a.Protocol > b.Protocol ? 1 : (a.PublishedPort ?? 0) - (b.PublishedPort ?? 0)))) {
    const { PublishedPort = 0, TargetPort, Protocol } = port
    const last = groups.at(-1)
    if (last && last.protocol === Protocol && last.to + 1 === PublishedPort && last.targetTo + 1 === TargetPort)
      Object.assign(last, { to: PublishedPort, targetTo: TargetPort })
    else groups.push({ from: PublishedPort, to: PublishedPort, target: TargetPort, targetTo: TargetPort, protocol: Protocol })
  }
  const range = (from: number, to: number) => (from === to ? String(from) : `${from}-${to}`)
  return groups.map(({ from, to, target, targetTo, protocol }) => `*:${range(from, to)}->${range(target, targetTo)}/${protocol}`).join(', ')
}
