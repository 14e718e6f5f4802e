/**
 * Text and bytes. Files, pipes and bodies hold bytes (`Uint8Array`, never changed after they were handed over); text is UTF-8.
 */
const encoder = new TextEncoder()
const decoder = new TextDecoder()

export const noBytes = new Uint8Array(0)

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Invalid UTF-8 becomes U+FFFD, as terminals show it. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]
  let length = 0
  for (const part of parts) length += part.length
  const all = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

export function base64Of(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(binary)
}

/** Throws on anything that is not base64. */
export function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}
