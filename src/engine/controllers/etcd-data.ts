/**
 * etcd's data folder. The live data is in the cluster's store, so `member/snap/db` of the folder in use only says so; when etcd starts on another
 * folder (its manifest was changed, or it was stopped and the folder was put in its place), what lies there becomes the cluster's state, and the
 * folder that was in use until then keeps what was in the store.
 */
import { base64Of, textOf } from '../../base/bytes.ts'
import { restoreSnapshot, snapshotFrom, snapshotOf } from '../api/etcd/etcd.ts'
import type { HostFiles } from '../runtime/runtime.ts'
import type { Store } from '../store/store.ts'
import { manifestFolder, manifestOf } from './kubelet/static-pods.ts'

const live = 'etcd database of the sandbox: what it holds is held in memory while etcd runs on it\n'

export interface EtcdData {
  /** Called at each look at the manifests. */
  look(isAsked: boolean): void
}

export function etcdData({
  files,
  store,
  onEmpty,
}: {
  readonly files: HostFiles
  readonly store: Store
  readonly onEmpty: () => void
}): EtcdData {
  let running: string | undefined
  let folder: string | undefined
  return {
    look(isAsked) {
      const text = isAsked ? manifestText(files) : undefined
      if (text === running) return
      running = text
      if (text === undefined) return
      const wanted = dataFolder(text)
      const path = `${wanted}/member/snap/db`
      const content = files.kind(path) === 'file' ? textOf(files.read(path) ?? new Uint8Array()) : undefined
      if (folder !== undefined && folder !== wanted && files.kind(`${folder}/member/snap/db`) === 'file')
        files.write(`${folder}/member/snap/db`, snapshotOf(store), 0o600)
      const isNew = folder === undefined && content === undefined
      if (content !== live && !isNew) {
        const snapshot = content === undefined ? undefined : snapshotFrom(content)
        restoreSnapshot(store, { objects: snapshot?.objects ?? [] })
        if (!snapshot) onEmpty()
      }
      folder = wanted
      files.mkdir(`${wanted}/member/wal`, 0o700)
      files.mkdir(`${wanted}/member/snap`, 0o700)
      files.write(path, live, 0o600)
    },
  }
}

function manifestText(files: HostFiles): string | undefined {
  const bytes = files.kind(`${manifestFolder}/etcd.yaml`) === 'file' ? files.read(`${manifestFolder}/etcd.yaml`) : undefined
  return bytes && textOf(bytes)
}

/** Where on the machine the data lies: the host's folder behind the volume that holds `--data-dir`. */
function dataFolder(manifest: string): string {
  const inside = /--data-dir=(\S+)/.exec(manifest)?.[1] ?? '/var/lib/etcd'
  const spec = manifestOf(manifest)?.draft.spec
  const mounts = (spec?.containers[0]?.volumeMounts ?? []).filter(
    ({ mountPath }) => inside === mountPath || inside.startsWith(`${mountPath}/`),
  )
  const mount = mounts.sort((a, b) => b.mountPath.length - a.mountPath.length)[0]
  const path = mount && spec?.volumes?.find(({ name }) => name === mount.name)?.hostPath?.path
  return mount && path ? path + inside.slice(mount.mountPath.length) : inside
}

/** Whose certificates etcd's authority has signed: those that lie on its machine. */
export function isTrustedByEtcd(files: HostFiles, certificate: string | undefined): boolean {
  if (certificate === undefined) return false
  const folder = '/etc/kubernetes/pki'
  return ['etcd/server', 'etcd/peer', 'etcd/healthcheck-client', 'apiserver-etcd-client'].some((name) => {
    const bytes = files.kind(`${folder}/${name}.crt`) === 'file' ? files.read(`${folder}/${name}.crt`) : undefined
    return bytes !== undefined && base64Of(bytes) === certificate
  })
}
