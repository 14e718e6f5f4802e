/**
 * The bytes that a provider lays into etcd after its prefix: AES in CBC mode with the block of random bytes before, AES-GCM bound to the key in etcd,
 * NaCl's secretbox. Fetched when the first file asks for encryption.
 */
import { cbc, gcm } from '@noble/ciphers/aes'
import { xsalsa20poly1305 } from '@noble/ciphers/salsa'
import { bytesOf, joined } from '../../../base/bytes.ts'
import type { Cipher } from './encryption-configuration.ts'

export interface Sealing {
  readonly cipher: Cipher
  readonly secret: Uint8Array
  /** At least 24 random bytes; as many as the cipher wants are used. */
  readonly nonce: Uint8Array
  /** The key in etcd. */
  readonly place: string
}

export function sealed(plain: Uint8Array, { cipher, secret, nonce, place }: Sealing): Uint8Array {
  switch (cipher) {
    case 'aescbc': {
      const block = nonce.slice(0, 16)
      return joined([block, cbc(secret, block).encrypt(plain)])
    }
    case 'aesgcm': {
      const own = nonce.slice(0, 12)
      return joined([own, gcm(secret, own, bytesOf(place)).encrypt(plain)])
    }
    case 'secretbox': {
      const own = nonce.slice(0, 24)
      return joined([own, xsalsa20poly1305(secret, own).encrypt(plain)])
    }
  }
}
