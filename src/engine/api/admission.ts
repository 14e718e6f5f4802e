/**
 * What the API server's own admission plugins do to a write, in the order in which upstream runs them: first those that may change
 * the object, then, after it was found valid, those that may still refuse it.
 */
import { resourceName, type Kind, type StoredObject } from '../kinds/kind.ts'
import { forbidden, notFound } from './errors.ts'
import type { Registry, WriteOptions, Writer } from './registry.ts'

/** These stand even in a cluster that was only just born, and cannot be deleted. */
const immortalNamespaces = ['default', 'kube-system', 'kube-public']

export class Admission {
  readonly #registry: Registry

  constructor(registry: Registry) {
    this.#registry = registry
  }

  onCreate(kind: Kind, object: StoredObject, _writer: Writer, _options: WriteOptions): StoredObject {
    this.#refuseWithoutNamespace(kind, object)
    return object
  }

  onUpdate(_kind: Kind, _old: StoredObject, fresh: StoredObject, _writer: Writer, _options: WriteOptions): StoredObject {
    return fresh
  }

  onDelete(kind: Kind, object: StoredObject): void {
    if (resourceName(kind) === 'namespaces' && immortalNamespaces.includes(object.metadata.name)) {
      throw forbidden(kind, object.metadata.name, 'this namespace may not be deleted')
    }
  }

  /** What is handed out only to a valid object: cluster addresses, node ports. */
  allocate(_kind: Kind, object: StoredObject, _old: StoredObject | undefined, _options: WriteOptions): StoredObject {
    return object
  }

  /** Last words: quota. */
  afterValidation(_kind: Kind, _object: StoredObject, _old: StoredObject | undefined, _options: WriteOptions): void {}

  #refuseWithoutNamespace(kind: Kind, { metadata }: StoredObject): void {
    if (!kind.namespaced || !metadata.namespace) return
    const namespace = this.#registry.store.get('namespaces', metadata.namespace) as StoredObject | undefined
    if (!namespace) throw notFound({ group: '', resource: 'namespaces' }, metadata.namespace)
    if (namespace.metadata.deletionTimestamp === undefined) return
    throw forbidden(kind, metadata.name, `unable to create new content in namespace ${metadata.namespace} because it is being terminated`)
  }
}
