/** The API for code that lives in the engine: the registry behind `Client`'s names, without HTTP between. */
import { assert } from '../../base/assert.ts'
import { apiVersionOf, type Kind, type StoredObject } from '../kinds/kind.ts'
import type { LoopReviews } from './admission/admission-webhooks.ts'
import type { Reviews } from './admission/review-needed.ts'
import type { Client, DeleteOptions, Draft, KubernetesObject } from './client.ts'
import { keyOf, timestamp } from './objects.ts'
import { programOf } from './patches/derived-managers.ts'
import type { Manager } from './patches/managed-fields.ts'
import type { Registry, Writer } from './registry.ts'
import { bindPod } from './subresources.ts'

export class LocalClient implements Client {
  readonly #registry: Registry
  readonly #writer: Writer
  readonly #reviews: LoopReviews

  constructor(registry: Registry, writer: Writer, reviews: LoopReviews) {
    this.#registry = registry
    this.#writer = writer
    this.#reviews = reviews
  }

  get<T extends KubernetesObject>(resource: string, namespace: string, name: string): T | undefined {
    return this.#registry.store.get(resource, keyOf(namespace, name)) as T | undefined
  }

  list<T extends KubernetesObject>(resource: string, namespace?: string): readonly T[] {
    return this.#registry.list(this.#kind(resource), namespace) as readonly KubernetesObject[] as readonly T[]
  }

  indexed<T extends KubernetesObject>(resource: string, index: string, value: string): T[] {
    return this.#registry.store.indexed(resource, index, value) as T[]
  }

  create<T extends KubernetesObject>(resource: string, object: Draft<T>): T {
    const { namespace = '', name = '', generateName = '' } = object.metadata
    const created = this.#reviews.around(this.#writer.by, 'CREATE', resource, `${namespace}/${name || generateName}`, (reviews) =>
      this.#registry.create(this.#kind(resource), object as Draft<StoredObject>, namespace, this.#writer, reviews ? { reviews } : {}),
    )
    return created as KubernetesObject as T
  }

  update<T extends KubernetesObject>(resource: string, object: T): T {
    const [name, subresource] = resource.split('/')
    return this.#write(name, object, subresource)
  }

  updateStatus<T extends KubernetesObject>(resource: string, object: T): T {
    return this.#write(resource, object, 'status')
  }

  delete(resource: string, namespace: string, name: string, options: DeleteOptions = {}): void {
    this.#reviews.around(this.#writer.by, 'DELETE', resource, `${namespace}/${name}`, (reviews) =>
      this.#registry.remove(this.#kind(resource), namespace, name, this.#writer, reviews ? { ...options, reviews } : options),
    )
  }

  bind(namespace: string, pod: string, node: string): void {
    bindPod(this.#registry, { namespace, name: pod, node }, this.#writer)
  }

  because(revision: number): Client {
    return new LocalClient(this.#registry, { ...this.#writer, because: revision }, this.#reviews)
  }

  #write<T extends KubernetesObject>(resource: string, object: T, subresource: string | undefined): T {
    const { namespace = '', name } = object.metadata
    const kind = this.#kind(resource)
    const manager = this.#managerOf(kind, object, subresource)
    // What is scaled is written whole; only the book says that it was scaled.
    const options = { ...(subresource === 'scale' ? {} : { subresource }), ...(manager ? { manager } : {}) }
    const update = (reviews?: Reviews) =>
      this.#registry.update(
        kind,
        namespace,
        name,
        () => object as KubernetesObject as StoredObject,
        this.#writer,
        reviews ? { ...options, reviews } : options,
      )
    // What a status says is the loop's own business.
    const written =
      subresource === undefined ? this.#reviews.around(this.#writer.by, 'UPDATE', resource, `${namespace}/${name}`, update) : update()
    return written as KubernetesObject as T
  }

  /** Book is kept where somebody has begun one: of what loops alone have written nobody asks whose it is. */
  #managerOf(kind: Kind, { metadata }: KubernetesObject, subresource: string | undefined): Manager | undefined {
    if (!metadata.managedFields?.length) return undefined
    return {
      name: programOf(this.#writer.by),
      operation: 'Update',
      apiVersion: apiVersionOf(kind),
      time: timestamp(this.#registry.clock.now()),
      ...(subresource ? { subresource } : {}),
    }
  }

  #kind(resource: string): Kind {
    const kind = this.#registry.kind(resource)
    assert(kind, `no resource ${resource} is served`)
    return kind
  }
}
