/** A certificate authority and a server certificate for 127.0.0.1, made anew at every start and never stored. */
import { generate } from 'selfsigned'

export interface Certificates {
  readonly key: string
  readonly cert: string
  readonly ca: string
}

export async function certificates(): Promise<Certificates> {
  const extensions = [
    { name: 'basicConstraints' as const, cA: true },
    { name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: 'localhost' }, { type: 7 as const, ip: '127.0.0.1' }] },
  ]
  const made = await generate([{ name: 'commonName', value: 'drydock' }], { keyType: 'ec', curve: 'P-256', extensions } as Parameters<typeof generate>[1])
  return { key: made.private, cert: made.cert, ca: made.cert }
}
