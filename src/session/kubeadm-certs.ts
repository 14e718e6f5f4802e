/**
 * The Secret `kubeadm-certs`, through which one control plane hands its authorities to the next, locked with a key that is only ever printed. kubeadm
 * locks with AES-GCM; here it is a stream of SHA-256 with a seal, which keeps the same promise: without the key nothing, with a wrong key an error.
 */
import { base64Of, bytesOf, bytesOfBase64, joined, textOf } from '../base/bytes.ts'
import { sha256Hex } from '../base/sha256.ts'
import type { V1Secret } from '../engine/kinds/generated/types.ts'
import type { Machine } from '../unix/machine.ts'
import { type Client, put } from './kubeadm-objects.ts'

const folder = '/etc/kubernetes/pki'
const shared = ['ca.crt', 'ca.key', 'sa.key', 'sa.pub', 'front-proxy-ca.crt', 'front-proxy-ca.key', 'etcd/ca.crt', 'etcd/ca.key']

export const sharedPaths: readonly string[] = shared.map((name) => `${folder}/${name}`)

export function uploadCerts(client: Client, { files }: Machine, key: string): void {
  const data = shared
    .filter((name) => files.exists(`${folder}/${name}`))
    .map((name): [string, string] => [
      name.replace('/', '-'),
      base64Of(bytesOf(base64Of(locked(files.readText(`${folder}/${name}`), `${key}/${name}`)))),
    ])
  put(client, 'secrets', { metadata: { name: 'kubeadm-certs', namespace: 'kube-system' }, type: 'Opaque', data: Object.fromEntries(data) })
}

/** What lies in the Secret, by path; a text says why not. */
export function downloadCerts(client: Client, key: string): ReadonlyMap<string, string> | string {
  const secret = client.get<V1Secret>('secrets', 'kube-system', 'kubeadm-certs')
  if (!secret)
    return 'error downloading certs: error downloading the secret: Secret "kubeadm-certs" was not found in the "kube-system" Namespace. This Secret might have expired. Please, run `kubeadm init phase upload-certs --upload-certs` on a control plane to generate a new one'
  const files = new Map<string, string>()
  for (const name of shared) {
    const value = secret.data?.[name.replace('/', '-')]
    const text = value && opened(bytesOfBase64(textOf(bytesOfBase64(value))), `${key}/${name}`)
    if (text === undefined || text === '')
      return 'error downloading certs: error decoding secret data with provided key: cipher: message authentication failed'
    files.set(`${folder}/${name}`, text)
  }
  return files
}

const sealLength = 32

function locked(text: string, key: string): Uint8Array {
  const plain = bytesOf(text)
  return joined([bytesOf(sha256Hex(bytesOf(`${key}${text}`)).slice(0, sealLength)), turned(plain, key)])
}

function opened(bytes: Uint8Array, key: string): string | undefined {
  const text = textOf(turned(bytes.slice(sealLength), key))
  return sha256Hex(bytesOf(`${key}${text}`)).slice(0, sealLength) === textOf(bytes.slice(0, sealLength)) ? text : undefined
}

/** The same there and back. */
function turned(bytes: Uint8Array, key: string): Uint8Array {
  let stream = ''
  return bytes.map((byte, at) => {
    if (at % 32 === 0) stream = sha256Hex(bytesOf(`${key}:${at}`))
    return byte ^ Number.parseInt(stream.slice(2 * (at % 32), 2 * (at % 32) + 2), 16)
  })
}
