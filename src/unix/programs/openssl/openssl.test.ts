/** Our openssl beside the real one: what ours made, both print alike, and the real one accepts it. Skipped aloud where there is none. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { bench } from '../testing.ts'
import { openssl } from './openssl.ts'

const machine = bench(new Map([['openssl', openssl]]), {
  'san.cnf':
    '[req]\nprompt = no\ndistinguished_name = dn\nreq_extensions = v3\n[dn]\nCN = web.example.com\nO = Example, Inc\n[v3]\nbasicConstraints = CA:FALSE\nkeyUsage = digitalSignature, keyEncipherment\nextendedKeyUsage = serverAuth, clientAuth\nsubjectAltName = @names\n[names]\nDNS.1 = web.example.com\nDNS.2 = *.example.com\nIP.1 = 10.0.0.1\n',
})
// The real one looks at the real date.
machine.clock.set(Date.parse(new Date().toUTCString()))
const type = (line: string, input = '') =>
  machine.run(line.match(/'[^']*'|\S+/g)?.map((word) => word.replace(/^'|'$/g, '')) ?? [], input, { ms: 3_600_000 })
const folder = mkdtempSync(join(tmpdir(), 'openssl-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const hasReal = (spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout ?? '').startsWith('OpenSSL 3.0')
const beside = hasReal ? test : test.skip

for (const line of [
  'openssl genrsa -out ca.key 1024',
  'openssl req -x509 -new -nodes -key ca.key -sha256 -days 365 -subj /CN=KUBERNETES-CA -out ca.crt',
  'openssl genrsa -out jane.key 1024',
  'openssl req -new -key jane.key -subj /CN=jane/O=dev -out jane.csr',
  'openssl x509 -req -in jane.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out jane.crt -days 45',
  'openssl ecparam -name prime256v1 -genkey -noout -out ec.key',
  'openssl req -new -key ec.key -config san.cnf -out ec.csr',
  'openssl x509 -req -in ec.csr -CA ca.crt -CAkey ca.key -CAserial ca.srl -out ec.crt -days 10 -extensions v3 -extfile san.cnf',
  'openssl genpkey -algorithm ed25519 -out ed.key',
  'openssl req -x509 -key ed.key -subj /CN=ed -days 3 -out ed.crt -addext subjectAltName=DNS:ed,IP:::1',
])
  type(line)
for (const name of ['ca.key', 'ca.crt', 'jane.key', 'jane.csr', 'jane.crt', 'ec.key', 'ec.csr', 'ec.crt', 'ed.key', 'ed.crt'])
  writeFileSync(join(folder, name), machine.init.files.readFile(`/w/${name}`))

for (const line of [
  'openssl x509 -in ca.crt -text -noout',
  'openssl x509 -in jane.crt -text',
  'openssl x509 -in ec.crt -text -noout',
  'openssl x509 -in ed.crt -noout -text',
  'openssl req -in jane.csr -text -noout',
  'openssl req -in ec.csr -noout -text -verify',
  'openssl rsa -in jane.key -text -noout',
  'openssl ec -in ec.key -text -noout',
  'openssl pkey -in ed.key -text -noout',
  'openssl rsa -in jane.key -pubout',
  'openssl pkey -in ec.key -pubout',
  'openssl rsa -in jane.key -check -noout',
  'openssl rsa -in jane.key -traditional',
  'openssl x509 -in jane.crt -noout -subject -issuer -dates -serial',
  'openssl x509 -noout -enddate -in ec.crt',
  'openssl x509 -in jane.crt -noout -fingerprint -sha256',
  'openssl x509 -in jane.crt -noout -hash',
  'openssl x509 -in jane.crt -noout -pubkey -modulus',
  'openssl x509 -in jane.crt -noout -checkend 86400',
  'openssl x509 -in jane.crt -noout -checkend 8640000',
  'openssl x509 -in ec.crt -noout -ext subjectAltName,keyUsage',
  'openssl x509 -in ec.crt -noout -checkhost a.example.com',
  'openssl x509 -in jane.crt -noout -subject -nameopt RFC2253',
  'openssl verify -CAfile ca.crt jane.crt',
  'openssl verify -CAfile ca.crt jane.crt ec.crt',
  'openssl verify jane.crt',
  'openssl verify -CAfile jane.crt ec.crt',
  'openssl verify ca.crt',
  'openssl dgst -sha256 jane.csr',
  'openssl sha1 jane.csr',
  'openssl dgst -sha256 -hmac key -r jane.csr',
  'openssl passwd -1 -salt abcdefgh secret',
  'openssl passwd -apr1 -salt abcdefgh secret',
  'openssl passwd -6 -salt abcdefgh secret',
  'openssl passwd -5 -salt abcdefgh secret',
  'openssl nonsense',
  'openssl rand -hex x',
  'openssl ecparam -name nosuch -genkey',
]) {
  beside(line, () => {
    const real = spawnSync('openssl', line.split(' ').slice(1), {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, SSL_CERT_DIR: '/nonexistent', SSL_CERT_FILE: '/nonexistent' },
    })
    // Numbers of threads and lines of source in the error stack are no two machines' own.
    const plain = (text: string): string => text.replace(/^[0-9A-F]{12,16}:error.*\n/gm, '')
    const ours = type(line)
    expect({ ...ours, err: plain(ours.err) }).toEqual({ out: real.stdout, err: plain(real.stderr), code: real.status })
  })
}

test('base64 goes both ways, and a random string has the length asked for', () => {
  expect(type('openssl base64', 'hello world\n').out).toBe('aGVsbG8gd29ybGQK\n')
  expect(type('openssl enc -base64 -d', 'aGVsbG8gd29ybGQK\n').out).toBe('hello world\n')
  expect(type('openssl rand -hex 16').out).toMatch(/^[0-9a-f]{32}\n$/)
  expect(type('openssl rand -base64 32').out).toMatch(/^[A-Za-z0-9+/]{43}=\n$/)
})

test('a signature is checked against the file it was made for', () => {
  type('openssl rsa -in jane.key -pubout -out jane.pub')
  type('openssl dgst -sha256 -sign jane.key -out sig jane.csr')
  expect(type('openssl dgst -sha256 -verify jane.pub -signature sig jane.csr')).toMatchObject({ out: 'Verified OK\n', code: 0 })
  expect(type('openssl dgst -sha256 -verify jane.pub -signature sig jane.key')).toMatchObject({ out: 'Verification failure\n', code: 1 })
})
