/**
 * /var/lib/docker/overlay2 as one finds it on a Docker host: a folder for each layer with `diff`, `link`, `lower`, `work` and `committed`,
 * the short names in `l`, and a container's `merged` while it runs. Only containers' own layers are on the disk; those of images are shared by
 * all machines and shown here as if they were, and nobody can write to them.
 */
import { bytesOf } from '../../../base/bytes.ts'
import { UnixError } from '../../../unix/errors.ts'
import { MemoryFiles } from '../../../unix/files/memory-files.ts'
import type { FileSystem, NewNode, Node } from '../../../unix/files/node.ts'
import type { Layer } from '../../images/image.ts'
import { filesOfLayer, makeParents, Subtree } from '../../runtime/layer-files.ts'
import type { Daemon } from '../daemon.ts'
import { layerFolders, linkOf, overlayFolder } from './layer-folders.ts'

interface Shown {
  readonly files: FileSystem
  readonly inner: string
  readonly isWritable: boolean
}

export class LayerStoreFiles implements FileSystem {
  readonly type: string
  readonly isReadOnly = false
  readonly #daemon: Daemon
  readonly #disk: Subtree
  #small = new MemoryFiles({ now: () => 0 })
  #layers = new Map<string, Layer>()
  #seen = -1

  constructor(daemon: Daemon) {
    this.#daemon = daemon
    this.#disk = new Subtree(daemon.host.disk, overlayFolder)
    this.type = daemon.host.disk.type
  }

  lookup(path: string): Node | undefined {
    const { files, inner } = this.#at(path)
    return files.lookup(inner)
  }

  list(path: string): readonly string[] {
    const { files, inner } = this.#at(path)
    const names = files.lookup(inner) ? files.list(inner) : []
    const parts = path.split('/').length - 1
    if (path !== '/' && parts > 1) return names
    const more = this.#small.lookup(path) ? this.#small.list(path) : []
    const merged = path !== '/' && this.#running(path.slice(1)) ? ['merged'] : []
    return [...new Set([...names, ...more, ...merged])].sort()
  }

  create(path: string, node: NewNode): Node {
    const { files, inner } = this.#mine(path)
    return files.create(inner, node)
  }

  link(path: string, node: Node): void {
    const { files, inner } = this.#mine(path)
    files.link(inner, node)
  }

  remove(path: string): void {
    const { files, inner } = this.#mine(path)
    files.remove(inner)
  }

  rename(from: string, to: string): void {
    const source = this.#mine(from)
    const target = this.#mine(to)
    if (source.files !== target.files) throw new UnixError('EXDEV', to)
    source.files.rename(source.inner, target.inner)
  }

  writable(path: string): Node {
    const { files, inner } = this.#mine(path)
    return files.writable(inner)
  }

  write(path: string, at: number, bytes: Uint8Array): void {
    const { files, inner } = this.#mine(path)
    files.write(inner, at, bytes)
  }

  truncate(path: string, size: number): void {
    const { files, inner } = this.#mine(path)
    files.truncate(inner, size)
  }

  #mine(path: string): Shown {
    const shown = this.#at(path)
    if (!shown.isWritable) throw new UnixError('EROFS', path)
    return shown
  }

  #running(id: string): FileSystem | undefined {
    const live = this.#daemon.live.get(id)
    return live?.process ? live.overlay : undefined
  }

  /** Whose file a path is: an image's layer, a running container's whole tree, one of the small files around them, or the disk's. */
  #at(path: string): Shown {
    this.#sync()
    const [, id = '', part, rest = ''] = /^\/([^/]*)(?:\/([^/]*)(\/.*)?)?$/.exec(path) ?? []
    const layer = part === 'diff' ? this.#layers.get(id) : undefined
    if (layer) return { files: filesOfLayer(layer), inner: rest || '/', isWritable: false }
    const running = part === 'merged' ? this.#running(id) : undefined
    if (running) return { files: running, inner: rest || '/', isWritable: true }
    if (path !== '/' && !this.#disk.lookup(path) && this.#small.lookup(path)) return { files: this.#small, inner: path, isWritable: false }
    return { files: this.#disk, inner: path, isWritable: true }
  }

  /** The small files, written anew when images or containers came or went. */
  #sync(): void {
    const { store, images } = this.#daemon
    if (this.#seen === store.revision) return
    this.#seen = store.revision
    const small = new MemoryFiles({ now: this.#daemon.host.disk.now })
    const layers = new Map<string, Layer>()
    const folder = (path: string, mode = 0o755) => {
      makeParents(small, path)
      if (!small.lookup(path)) small.create(path, { kind: 'directory', mode, uid: 0, gid: 0 })
    }
    const file = (path: string, text: string) => small.create(path, { kind: 'file', mode: 0o644, uid: 0, gid: 0, content: bytesOf(text) })
    const describe = (id: string, lowers: readonly string[], isCommitted: boolean) => {
      if (small.lookup(`/${id}`)) return
      folder(`/${id}`, 0o710)
      folder(`/${id}/diff`)
      file(`/${id}/link`, linkOf(id))
      if (lowers.length > 0) {
        file(`/${id}/lower`, lowers.map((lower) => `l/${linkOf(lower)}`).join(':'))
        folder(`/${id}/work`, 0o700)
      }
      if (isCommitted) file(`/${id}/committed`, '')
      small.create(`/l/${linkOf(id)}`, { kind: 'symlink', mode: 0o777, uid: 0, gid: 0, target: `../${id}/diff` })
    }
    folder('/l', 0o710)
    for (const { Id } of images.list()) {
      const own = images.image(Id).layers
      const folders = layerFolders(own.map(({ diffId }) => diffId))
      own.forEach((layer, index) => {
        layers.set(folders[index], layer)
        describe(folders[index], folders.slice(0, index).reverse(), true)
      })
    }
    for (const { Id, GraphDriver } of this.#daemon.containers()) {
      const lowers = (GraphDriver.Data.LowerDir ?? '')
        .split(':')
        .map((path: string) => path.split('/').at(-2) ?? '')
        .filter((id: string) => id !== '' && !id.endsWith('-init'))
      describe(`${Id}-init`, lowers, true)
      describe(Id, [`${Id}-init`, ...lowers], false)
      folder(`/${Id}/work/work`, 0o000)
    }
    this.#small = small
    this.#layers = layers
  }
}
