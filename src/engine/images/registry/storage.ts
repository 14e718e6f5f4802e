/**
 * What a registry keeps, in the files in which the real one keeps it: blobs by their digest once for all repositories, and in each repository
 * small `link` files that say which blobs, manifests and tags are its own. So a volume that outlives the container brings everything back.
 */
import { bytesOf, noBytes, textOf } from '../../../base/bytes.ts'
import { sha256Hex } from '../../../base/sha256.ts'
import type { Process } from '../../../unix/kernel/process.ts'

export interface Storage {
  readonly root: string
  repositories(): string[]
  /** Throws nothing: undefined for a repository that is not there. In the order in which the folder lists them. */
  tags(name: string): string[] | undefined
  /** The digest a tag stands for. */
  tagged(name: string, tag: string): string | undefined
  hasManifest(name: string, digest: string): boolean
  hasBlob(name: string, digest: string): boolean
  blob(digest: string): Uint8Array
  /** Keeps bytes under their digest and makes them one of the repository's. */
  keep(name: string, bytes: Uint8Array): string
  link(name: string, digest: string): void
  putManifest(name: string, digest: string, tag: string | undefined): void
  removeManifest(name: string, digest: string): void
  removeBlob(name: string, digest: string): void
  untag(name: string, tag: string): void
  revisions(name: string): string[]
  /** Every blob that is there, and taking one away for good. */
  blobs(): string[]
  forget(digest: string): void
  startUpload(name: string, id: string): void
  upload(name: string, id: string): Uint8Array | undefined
  append(name: string, id: string, bytes: Uint8Array): void
  endUpload(name: string, id: string): void
}

export function storageAt(process: Process, rootFolder: string): Storage {
  const { files, credentials } = process
  const root = `${rootFolder}/docker/registry/v2`
  const hex = (digest: string) => digest.replace(/^sha256:/, '')
  const blobFolder = (digest: string) => `${root}/blobs/sha256/${hex(digest).slice(0, 2)}/${hex(digest)}`
  const repository = (name: string) => `${root}/repositories/${name}`
  const layer = (name: string, digest: string) => `${repository(name)}/_layers/sha256/${hex(digest)}`
  const revision = (name: string, digest: string) => `${repository(name)}/_manifests/revisions/sha256/${hex(digest)}`
  const tagFolder = (name: string, tag: string) => `${repository(name)}/_manifests/tags/${tag}`
  const uploadFolder = (name: string, id: string) => `${repository(name)}/_uploads/${id}`
  const write = (path: string, content: string | Uint8Array): void => {
    files.mkdir(path.slice(0, path.lastIndexOf('/')), { parents: true })
    files.writeFile(path, content, { mode: 0o644 }, credentials)
  }
  const list = (path: string): string[] => (files.exists(path) ? [...files.list(path, credentials)] : [])
  const remove = (path: string): void => {
    if (!files.exists(path)) return
    if (files.stat(path).kind === 'directory') {
      for (const name of list(path)) remove(`${path}/${name}`)
      files.rmdir(path, credentials)
    } else files.unlink(path, credentials)
  }
  const linked = (path: string): string | undefined => (files.exists(path) ? files.readText(path, credentials) : undefined)

  const storage: Storage = {
    root,
    repositories() {
      const found: string[] = []
      const look = (folder: string, name: string): void => {
        const inside = list(folder)
        if (name !== '' && inside.includes('_manifests')) found.push(name)
        for (const one of inside) if (!one.startsWith('_')) look(`${folder}/${one}`, name === '' ? one : `${name}/${one}`)
      }
      look(`${root}/repositories`, '')
      return found.sort()
    },
    tags(name) {
      if (!files.exists(`${repository(name)}/_manifests/tags`)) return undefined
      return list(`${repository(name)}/_manifests/tags`)
    },
    tagged: (name, tag) => linked(`${tagFolder(name, tag)}/current/link`),
    hasManifest: (name, digest) => files.exists(`${revision(name, digest)}/link`) && files.exists(`${blobFolder(digest)}/data`),
    hasBlob: (name, digest) => files.exists(`${layer(name, digest)}/link`) && files.exists(`${blobFolder(digest)}/data`),
    blob: (digest) => files.readFile(`${blobFolder(digest)}/data`, credentials),
    keep(name, bytes) {
      const digest = `sha256:${sha256Hex(bytes)}`
      if (!files.exists(`${blobFolder(digest)}/data`)) write(`${blobFolder(digest)}/data`, bytes)
      return digest
    },
    link: (name, digest) => write(`${layer(name, digest)}/link`, digest),
    putManifest(name, digest, tag) {
      write(`${revision(name, digest)}/link`, digest)
      if (tag === undefined) return
      write(`${tagFolder(name, tag)}/index/sha256/${hex(digest)}/link`, digest)
      write(`${tagFolder(name, tag)}/current/link`, digest)
    },
    removeManifest(name, digest) {
      remove(revision(name, digest))
      for (const tag of storage.tags(name) ?? []) if (storage.tagged(name, tag) === digest) storage.untag(name, tag)
    },
    removeBlob: (name, digest) => remove(layer(name, digest)),
    untag: (name, tag) => remove(tagFolder(name, tag)),
    revisions: (name) =>
      list(`${repository(name)}/_manifests/revisions/sha256`)
        .filter((one) => files.exists(`${revision(name, one)}/link`))
        .map((one) => `sha256:${one}`),
    blobs: () =>
      list(`${root}/blobs/sha256`)
        .flatMap((two) => list(`${root}/blobs/sha256/${two}`))
        .map((one) => `sha256:${one}`),
    forget: (digest) => remove(blobFolder(digest)),
    startUpload(name, id) {
      write(`${uploadFolder(name, id)}/startedat`, bytesOf(new Date(process.now()).toISOString()))
      write(`${uploadFolder(name, id)}/data`, noBytes)
    },
    upload: (name, id) =>
      files.exists(`${uploadFolder(name, id)}/data`) ? files.readFile(`${uploadFolder(name, id)}/data`, credentials) : undefined,
    append(name, id, bytes) {
      const before = storage.upload(name, id) ?? noBytes
      const whole = new Uint8Array(before.length + bytes.length)
      whole.set(before)
      whole.set(bytes, before.length)
      write(`${uploadFolder(name, id)}/data`, whole)
    },
    endUpload: (name, id) => remove(uploadFolder(name, id)),
  }
  return storage
}

export interface Manifest {
  readonly schemaVersion?: number
  readonly mediaType?: string
  readonly config?: { readonly digest: string }
  readonly layers?: readonly { readonly digest: string }[]
  readonly manifests?: readonly { readonly digest: string }[]
}

/** Undefined when it is no JSON object. */
export function manifestIn(bytes: Uint8Array): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(textOf(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Manifest) : undefined
  } catch {
    return undefined
  }
}

/** What a manifest needs to be there: blobs, and for a list its manifests. */
export function referencesOf({ config, layers = [], manifests = [] }: Manifest): {
  readonly blobs: readonly string[]
  readonly manifests: readonly string[]
} {
  return {
    blobs: [...(config ? [config.digest] : []), ...layers.map(({ digest }) => digest)],
    manifests: manifests.map(({ digest }) => digest),
  }
}
