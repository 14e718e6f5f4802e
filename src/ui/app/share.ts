/**
 * A session as a link: the lesson or preset it began with, and the commands typed since, in the part of the address that no server
 * sees. Whoever opens it is asked before anything is typed.
 */
import type { TypedCommand } from '../../worker/messages.ts'
import { shelf } from '../objects.ts'
import type { World } from '../world.ts'

export function commandsTyped(world: World): readonly string[] {
  return [...shelf<TypedCommand>(world, 'session', 'commands').values()].map(({ line }) => line).filter((line) => line.trim() !== '')
}

/** Deflated and in the letters that an address may hold. */
export async function packed(commands: readonly string[]): Promise<string> {
  const bytes = await through(new TextEncoder().encode(commands.join('\n')), new CompressionStream('deflate-raw'))
  let letters = ''
  for (const byte of bytes) letters += String.fromCharCode(byte)
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Rejects what was not made by `packed`. */
export async function unpacked(text: string): Promise<readonly string[]> {
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
  const commands = new TextDecoder().decode(await through(bytes, new DecompressionStream('deflate-raw')))
  return commands === '' ? [] : commands.split('\n')
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer())
}

/** What stands in the address's hash before the packed commands. */
const mark = '#commands='

export async function linkWith(commands: readonly string[], { lesson }: { readonly lesson: string | null }): Promise<string> {
  const address = new URL(location.href)
  address.searchParams.delete('filter')
  address.searchParams.delete('workspace')
  if (lesson) address.searchParams.set('lesson', lesson)
  address.hash = commands.length > 0 ? mark + (await packed(commands)) : ''
  return address.href
}

export async function commandsInAddress(): Promise<readonly string[]> {
  if (!location.hash.startsWith(mark)) return []
  return unpacked(location.hash.slice(mark.length))
}
