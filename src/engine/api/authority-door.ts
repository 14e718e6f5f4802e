/**
 * Where the cluster's certificate authority is asked for. Arithmetic with keys is a chunk of its own, fetched when the first real certificate or the
 * first signing request comes by; session time is held meanwhile.
 */
import { assert } from '../../base/assert.ts'

export interface Subject {
  readonly commonName: string
  readonly organizations: readonly string[]
  /** SHA-256 of the certificate, in hexadecimal. */
  readonly fingerprint: string
}

export interface Authority {
  /** Whose a certificate is; undefined when this cluster did not sign it or its time is not now. */
  readonly subjectOf: (cluster: string, pem: string, nowMs: number) => Subject | undefined
  /** The certificate for a request, both as base64 of PEM. */
  readonly signed: (cluster: string, request: string, wish: { readonly usages: readonly string[]; readonly notBefore: number; readonly notAfter: number; readonly serial: bigint }) => string
  /** What is wrong with a request. */
  readonly problemOf: (request: string) => string | undefined
}

let loaded: Authority | undefined

export function authority(): Authority {
  assert(loaded, 'the authority is loaded before the first certificate is looked at')
  return loaded
}

export function isAuthorityLoaded(): boolean {
  return loaded !== undefined
}

export function provideAuthority(given: Authority): void {
  loaded = given
}
