/**
 * What installation guides fetch before they install: the keys of package repositories, Kubernetes' own binaries and their digests, the script that
 * installs helm. The keys are the sandbox's own and seal nothing; a binary is the sandbox's program of that name.
 */
import { base64Of, bytesOf } from '../../base/bytes.ts'
import { sha256Hex } from '../../base/sha256.ts'
import { binary } from '../../unix/kernel/execute.ts'

type Page = { readonly type: string; readonly body: string | Uint8Array }

const version = 'v1.33.13'
const text = (body: string): Page => ({ type: 'text/plain', body })

export function site(path: string): Page | undefined {
  if (path.endsWith('/Release.key') || path.endsWith('/gpg')) return text(keyFor(path))
  if (/^\/(release\/)?stable(-1\.33)?\.txt$/.test(path)) return text(version)
  const [, program, isDigest] = /^\/(?:release\/)?v1\.33\.\d+\/bin\/linux\/amd64\/(kubectl|kubeadm|kubelet)(\.sha256)?$/.exec(path) ?? []
  if (program) return isDigest ? text(sha256Hex(binary(program))) : { type: 'application/octet-stream', body: binary(program) }
  if (/\/get-helm-3$/.test(path)) return text(getHelm)
  return undefined
}

function keyFor(path: string): string {
  const letters = base64Of(bytesOf(`The sandbox's own key for ${path}: it seals nothing.\n`.repeat(8)))
  return `-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: GnuPG v2.0.15 (GNU/Linux)\n\n${letters.replace(/.{1,64}/g, '$&\n')}-----END PGP PUBLIC KEY BLOCK-----\n`
}

const getHelm = `#!/usr/bin/env bash
# The sandbox's own short form: helm is there already, as a package of the machine.
if command -v helm >/dev/null 2>&1; then
  echo "Helm $(helm version --template '{{.Version}}') is already latest"
else
  echo "Drydock has no other helm than that of its machines" >&2
  exit 1
fi
`
