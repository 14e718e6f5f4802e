/**
 * The cluster's certificate authority: signs what was approved, and says whose a client certificate is. Its key follows from the cluster's identity, so
 * that a cluster that was saved and restored still knows what it signed. Loaded late, through `load-authority.ts` only.
 */
import { bytesOf, textOf, base64Of, bytesOfBase64 } from '../../base/bytes.ts'
import { type Certificate, certificateOf, certificatePem, extensionOids, isSignedBy, makeCertificate, nameDer, requestOf } from '../../base/pki/certificate.ts'
import { DerError, pemBlocks } from '../../base/pki/der.ts'
import { extensionFrom } from '../../base/pki/extensions.ts'
import { makeEcKey, type PrivateKey } from '../../base/pki/keys.ts'
import { Random } from '../../base/random.ts'
import { sha256Hex } from '../../base/sha256.ts'
import type { Authority, Subject } from './authority-door.ts'

const keys = new Map<string, PrivateKey>()

/** The key behind a cluster's authority. */
export function keyOf(cluster: string): PrivateKey {
  let key = keys.get(cluster)
  if (!key) keys.set(cluster, (key = makeEcKey('prime256v1', new Random(Number.parseInt(sha256Hex(bytesOf(cluster)).slice(0, 8), 16)))))
  return key
}

/** A client shows the same certificate with every request. */
const checked = new Map<string, boolean>()

function isOurs(cluster: string, text: string, certificate: Certificate): boolean {
  const name = `${cluster} ${text}`
  const known = checked.get(name)
  if (known !== undefined) return known
  if (checked.size > 200) checked.clear()
  const found = isSignedBy(certificate, keyOf(cluster))
  checked.set(name, found)
  return found
}

export const authority: Authority = {
  subjectOf(cluster, text, nowMs): Subject | undefined {
    const block = pemBlocks(text).find(({ label }) => label === 'CERTIFICATE')
    if (!block) return undefined
    try {
      const certificate = certificateOf(block.bytes)
      if (!isOurs(cluster, text, certificate) || nowMs < certificate.notBefore || nowMs > certificate.notAfter) return undefined
      const values = (type: string) => certificate.subject.filter((part) => part.type === type).map(({ value }) => value)
      return { commonName: values('CN')[0] ?? '', organizations: values('O'), fingerprint: sha256Hex(block.bytes) }
    } catch (error) {
      if (error instanceof DerError) return undefined
      throw error
    }
  },
  signed(cluster, request, { usages, notBefore, notAfter, serial }) {
    const asked = requestOf(pemBlocks(textOf(bytesOfBase64(request)))[0].bytes)
    const issuerKey = keyOf(cluster)
    const facts = { key: asked.key, issuerKey: { ...issuerKey }, section: () => undefined }
    const purposes = usages.flatMap((usage) => ({ 'client auth': ['clientAuth'], 'server auth': ['serverAuth'], 'code signing': ['codeSigning'] })[usage] ?? [])
    const uses = usages.flatMap((usage) => ({ 'digital signature': ['digitalSignature'], signing: ['digitalSignature'], 'key encipherment': ['keyEncipherment'], 'data encipherment': ['dataEncipherment'] })[usage] ?? [])
    const wanted: readonly (readonly [string, string])[] = [
      ...(uses.length > 0 ? [['keyUsage', `critical,${uses.join(',')}`] as const] : []),
      ...(purposes.length > 0 ? [['extendedKeyUsage', purposes.join(',')] as const] : []),
      ['basicConstraints', 'critical,CA:FALSE'],
    ]
    const alternative = asked.extensions.find(({ oid }) => oid === extensionOids.subjectAltName)
    const extensions = [...wanted.flatMap(([name, text]) => extensionFrom(name, text, facts) ?? []), ...(alternative ? [alternative] : [])]
    const issuer = nameDer([{ type: 'CN', value: 'kubernetes' }])
    return base64Of(bytesOf(certificatePem(makeCertificate({ subject: asked.subjectDer, key: asked.key, issuer, issuerKey, serial, notBefore, notAfter, extensions }))))
  },
  problemOf(request) {
    try {
      const block = pemBlocks(textOf(bytesOfBase64(request)))[0]
      if (!block) return 'PEM block type must be CERTIFICATE REQUEST'
      if (block.label !== 'CERTIFICATE REQUEST' && block.label !== 'NEW CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST'
      requestOf(block.bytes)
      return undefined
    } catch (error) {
      if (error instanceof DerError) return 'asn1: structure error: tags don\'t match'
      throw error
    }
  },
}
