/** What the folders below /var/lib/docker/overlay2 are called: a layer on a stack has an id and a folder of its own, and a short name for it. */
import { bytesOf } from '../../../base/bytes.ts'
import { sha256Hex } from '../../../base/sha256.ts'

export const overlayFolder = '/var/lib/docker/overlay2'

const chained = new Map<string, string>()

/** A stack of layers has an id of its own: `sha256:…` of its parent's and its top layer's. */
export function chainIds(diffIds: readonly string[]): string[] {
  const chains: string[] = []
  let chain = ''
  for (const diffId of diffIds) {
    const text = `${chain} ${diffId}`
    const known: string = chain === '' ? diffId : (chained.get(text) ?? `sha256:${sha256Hex(bytesOf(text))}`)
    chained.set(text, known)
    chain = known
    chains.push(chain)
  }
  return chains
}

/** The folder of each layer, lowest first; the same layer on another stack has another folder. */
export function layerFolders(diffIds: readonly string[]): string[] {
  return chainIds(diffIds).map((chain) => sha256Hex(bytesOf(`layer ${chain}`)))
}

/** 26 letters: short names keep the options of `mount` below a page. */
export function linkOf(folder: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const digest = sha256Hex(bytesOf(`link ${folder}`))
  return Array.from({ length: 26 }, (_, at) => letters[Number.parseInt(digest.slice(at * 2, at * 2 + 2), 16) % 32]).join('')
}
