/**
 * A runtime without processes, for tests and benches of the control loops alone: containers run until somebody stops them, or for as
 * long and with the exit code that `behave` says of their image and command. Nothing of it is in the product.
 */
import { bytesOf } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import { ByteStream, textResponse, type Upgraded } from '../../base/http.ts'
import type { Random } from '../../base/random.ts'
import { UnixError } from '../../unix/errors.ts'
import {
  RuntimeError,
  type ContainerRuntime,
  type ContainerSpec,
  type HostFiles,
  type ImageService,
  type RuntimeContainer,
  type RuntimeImage,
} from '../runtime/runtime.ts'

export interface Behaviour {
  /** Ends by itself after so many ms with this code. */
  readonly endsAfterMs?: number
  readonly exitCode?: number
  readonly reason?: string
  /** What TERM does: end at once with 0, or be ignored until KILL. */
  readonly ignoresTerm?: boolean
  readonly startError?: string
  readonly httpStatus?: number
}

export interface TestRuntimeOptions {
  readonly clock: Clock
  readonly random: Random
  readonly subnet: string
  readonly nodeIp: string
  readonly pullMs?: number
  readonly unknownImages?: RegExp
  readonly behave?: (spec: ContainerSpec) => Behaviour
}

interface Container {
  readonly id: string
  readonly sandbox: string
  readonly spec: ContainerSpec
  readonly behaviour: Behaviour
  info: RuntimeContainer
}

export class TestRuntime implements ContainerRuntime {
  readonly version = 'containerd://1.7.27'
  readonly #options: TestRuntimeOptions
  readonly #images = new Map<string, RuntimeImage>()
  readonly #containers = new Map<string, Container>()
  readonly #notes = new Set<(id: string) => void>()
  readonly #inSandbox = new Map<string, Container[]>()
  #nextIp = 2
  #nextSandbox = 1

  constructor(options: TestRuntimeOptions) {
    this.#options = options
  }

  /** Volumes are made nowhere: nothing runs that could read them. */
  readonly #manifests = new Map<string, Uint8Array>()
  readonly files: HostFiles = {
    kind: (path) =>
      path === '/' || path === '/tmp' || path.startsWith('/var')
        ? 'directory'
        : this.#manifests.has(path)
          ? 'file'
          : this.files.list(path).length > 0
            ? 'directory'
            : undefined,
    share: () => {},
    isShared: () => false,
    mkdir: () => {},
    writeAtOnce: () => {},
    mountMemory: () => {},
    pin: () => {},
    // Only what stands under /etc is kept: volumes are nobody's business here.
    write: (path, content) =>
      path.startsWith('/etc/') && this.#manifests.set(path, typeof content === 'string' ? bytesOf(content) : content),
    read: (path) => this.#manifests.get(path),
    list: (path) => [...this.#manifests.keys()].filter((file) => file.startsWith(`${path}/`)).map((file) => file.slice(path.length + 1)),
    remove: (path) => this.#manifests.delete(path),
  }

  podOf(): undefined {
    return undefined
  }

  readonly images: ImageService = {
    all: () => [...this.#images.values()],
    find: (reference) => this.#images.get(reference),
    remove: (reference) => void this.#images.delete(reference),
    pull: (reference, done) =>
      this.#options.clock.after(this.#options.pullMs ?? 100, () => {
        if (this.#options.unknownImages?.test(reference)) {
          const full = `docker.io/library/${reference}`
          done({
            error: `rpc error: code = NotFound desc = failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found`,
          })
          return
        }
        let image = this.#images.get(reference)
        if (!image) {
          const repository = reference.replace(/:[^/]*$/, '')
          image = {
            name: `docker.io/library/${reference.includes(':') ? reference : `${reference}:latest`}`,
            id: `docker.io/library/${repository}@sha256:${'0'.repeat(64)}`,
            sizeBytes: 11_951_022,
          }
          this.#images.set(reference, image)
        }
        done({ image })
      }),
  }

  runSandbox({ hostNetwork }: Parameters<ContainerRuntime['runSandbox']>[0]): { id: string; ip: string } {
    const number = this.#nextIp++
    return {
      id: `sandbox-${this.#nextSandbox++}`,
      ip: hostNetwork ? this.#options.nodeIp : `${this.#options.subnet}.${number % 250 === 0 ? 251 : number % 250}`,
    }
  }

  removeSandbox(id: string): void {
    for (const container of this.#inSandbox.get(id) ?? []) if (container.info.state === 'running') this.#finish(container, 137, undefined)
    this.#inSandbox.delete(id)
  }

  createContainer(sandbox: string, spec: ContainerSpec): string {
    const id = this.#options.random.hex(64)
    const behaviour = this.#options.behave?.(spec) ?? {}
    const container: Container = {
      id,
      sandbox,
      spec,
      behaviour,
      info: { id, state: 'created', startedAt: undefined, finishedAt: undefined, exitCode: 0, reason: undefined, message: undefined },
    }
    this.#containers.set(id, container)
    this.#inSandbox.set(sandbox, [...(this.#inSandbox.get(sandbox) ?? []), container])
    return id
  }

  startContainer(id: string): void {
    const container = this.#containers.get(id)
    if (!container) throw new RuntimeError(`container "${id}" not found`)
    const { startError, endsAfterMs, exitCode = 0, reason } = container.behaviour
    const now = this.#options.clock.now()
    if (startError) {
      container.info = {
        ...container.info,
        state: 'exited',
        exitCode: 128,
        reason: 'StartError',
        message: startError,
        startedAt: 0,
        finishedAt: now,
      }
      throw new RuntimeError(startError, 'RunContainerError')
    }
    container.info = { ...container.info, state: 'running', startedAt: now }
    if (endsAfterMs !== undefined) this.#options.clock.after(endsAfterMs, () => this.#finish(container, exitCode, reason))
  }

  resizeContainer(): void {}

  stopContainer(id: string, graceMs: number): void {
    const container = this.#containers.get(id)
    if (container?.info.state !== 'running') return
    const kills = container.behaviour.ignoresTerm || graceMs === 0
    this.#options.clock.after(container.behaviour.ignoresTerm ? graceMs : 10, () => this.#finish(container, kills ? 137 : 0, undefined))
  }

  /** A fault planted from outside. */
  kill(id: string): void {
    const container = this.#containers.get(id)
    if (container) this.#finish(container, 137, undefined)
  }

  running(): readonly string[] {
    return Array.from(this.#containers.values())
      .filter(({ info }) => info.state === 'running')
      .map(({ id }) => id)
  }

  /** The machine lost power: nothing runs, and no images are lost. */
  powerCut(): void {
    this.#containers.clear()
  }

  #finish(container: Container, exitCode: number, reason: string | undefined): void {
    if (container.info.state !== 'running' || !this.#containers.has(container.id)) return
    container.info = { ...container.info, state: 'exited', exitCode, reason, finishedAt: this.#options.clock.now() }
    for (const note of this.#notes) note(container.id)
  }

  removeContainer(id: string): void {
    this.#containers.delete(id)
  }

  status(id: string): RuntimeContainer | undefined {
    return this.#containers.get(id)?.info
  }

  watch(note: (id: string) => void): () => void {
    this.#notes.add(note)
    return () => this.#notes.delete(note)
  }

  logs(): ByteStream {
    const stream = new ByteStream()
    stream.end()
    return stream
  }

  execSync(_id: string, _argv: readonly string[], _timeoutMs: number, done: Parameters<ContainerRuntime['execSync']>[3]): () => void {
    return this.#options.clock.after(1, () => done({ exitCode: 0, output: '' }))
  }

  exec(): Upgraded {
    throw new RuntimeError('the test runtime executes nothing')
  }

  attach(): Upgraded {
    throw new RuntimeError('the test runtime has no output')
  }

  request(sandbox: string): ReturnType<ContainerRuntime['request']> {
    const container = this.#inSandbox.get(sandbox)?.find((each) => each.info.state === 'running' && this.#containers.has(each.id))
    if (!container) throw new UnixError('ECONNREFUSED')
    return textResponse(container.behaviour.httpStatus ?? 200, '')
  }

  dial(): string | undefined {
    return undefined
  }

  portForward(): Upgraded {
    throw new RuntimeError('the test runtime has no ports')
  }

  usage(): { cpuNanos: number; memoryBytes: number } {
    return { cpuNanos: 0, memoryBytes: 0 }
  }
}
