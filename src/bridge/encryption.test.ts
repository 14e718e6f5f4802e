/** Encryption at rest, as courses do it: a file for the API server, what etcd holds before and after, and what becomes of it without its key. */
import { expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { play, run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml'
const file = '/etc/kubernetes/enc/enc.yaml'
const secrets = ['yk0XqD7K0m9Xw3zq1r8f4n5v6b7c8d9eAABBCCDDEEE=', 'qVd0PpHf7c5WwqkQ9nBfQb3h2m1o0L9k8J7h6G5f4D4=']

const configuration = (providers: string): string => `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers: ${providers}
`

const aescbc = (...names: readonly number[]): string =>
  `{aescbc: {keys: [${names.map((name) => `{name: key${name}, secret: ${secrets[name - 1]}}`).join(', ')}]}}`

async function cluster() {
  const session = await Session.create({ preset: 'kubernetes-kubeadm-2nodes', supplies: nodeSupplies })
  const type = async (cmd: string): Promise<string> => {
    const { stdout, stderr } = await run(session, { cmd })
    return stdout + stderr
  }
  return {
    type,
    /** The first bytes that etcd holds of a Secret, with a dot for what no keyboard has. */
    held: async (name: string): Promise<string> =>
      (
        await type(
          `cd /etc/kubernetes/pki/etcd; ETCDCTL_API=3 etcdctl --cacert=ca.crt --cert=server.crt --key=server.key get /registry/secrets/default/${name} --print-value-only | head -c 23 | tr -c '[:print:]' .`,
        )
      ).replace(/[^ -~]/g, '.'),
    /** Writes the file and has the API server read it. */
    begin: async (providers: string): Promise<void> => {
      await type(`mkdir -p /etc/kubernetes/enc; cat > ${file} <<'END'\n${configuration(providers)}END`)
      await type(`crictl stop $(crictl ps -q --name kube-apiserver)`)
      await play(session, { sleep: 45 })
    },
    mount: async (): Promise<void> => {
      await type(
        `sed -i 's|    - --allow-priv|    - --encryption-provider-config=${file}\\n    - --allow-priv|; s|    volumeMounts:|    volumeMounts:\\n    - {name: enc, mountPath: /etc/kubernetes/enc}|; s|  volumes:|  volumes:\\n  - {name: enc, hostPath: {path: /etc/kubernetes/enc}}|' ${manifest}`,
      )
      await play(session, { sleep: 45 })
    },
    wait: (sleep: number) => play(session, { sleep }),
  }
}

const rewrite = 'kubectl get secrets -A -o json | kubectl replace -f -'

test('a Secret is plain in etcd, sealed once it is written under a provider, and out of reach without its key', async () => {
  const { type, held, begin, mount } = await cluster()
  await type('kubectl create secret generic old --from-literal=pin=1234')
  expect(await held('old')).toBe('k8s.....v1..Secret.....')
  await begin(`[${aescbc(1)}, {identity: {}}]`)
  await mount()
  await type('kubectl create secret generic new --from-literal=pin=1234')
  expect([await held('old'), await held('new')]).toEqual(['k8s.....v1..Secret.....', 'k8s:enc:aescbc:v1:key1:'])
  expect(await type(rewrite)).toBe('secret/new replaced\nsecret/old replaced\n')
  expect(await held('old')).toBe('k8s:enc:aescbc:v1:key1:')

  // The new key goes first; what the old one sealed is read until it is written anew.
  await begin(`[${aescbc(2, 1)}]`)
  expect([await held('old'), await type('kubectl get secret old -o jsonpath={.data.pin}')]).toEqual(['k8s:enc:aescbc:v1:key1:', 'MTIzNA=='])
  await type('kubectl get secret old -o json | kubectl replace -f -')
  expect(await held('old')).toBe('k8s:enc:aescbc:v1:key2:')

  await begin(`[${aescbc(2)}]`)
  const problem = 'no matching key was found for the provided AES transformer'
  expect(await type('kubectl get secret old -o name; kubectl get secrets; kubectl get secret new; kubectl delete secret new')).toBe(
    `secret/old\nError from server (InternalError): Internal error occurred: unable to transform key "/registry/secrets/default/new": ${problem}\n${`Error from server (InternalError): Internal error occurred: ${problem}\n`.repeat(2)}`,
  )
  await begin('[{identity: {}}]')
  expect(await type('kubectl get secret old')).toBe(
    'Error from server (InternalError): Internal error occurred: no matching prefix found\n',
  )
})

test('a snapshot keeps what was sealed as it was; the other ciphers have their own names', async () => {
  const { type, held, begin, mount, wait } = await cluster()
  const etcd = 'cd /etc/kubernetes/pki/etcd; etcdctl --cacert=ca.crt --cert=server.crt --key=server.key'
  await begin(`[{secretbox: {keys: [{name: a, secret: ${secrets[0]}}]}}, {identity: {}}]`)
  await mount()
  await type('kubectl create secret generic s --from-literal=pin=1234')
  expect(await held('s')).toMatch(/^k8s:enc:secretbox:v1:a:/)
  await type(`${etcd} snapshot save /root/snapshot.db`)
  await begin(`[{aesgcm: {keys: [{name: b, secret: ${secrets[1]}}]}}, {secretbox: {keys: [{name: a, secret: ${secrets[0]}}]}}]`)
  await type(rewrite)
  expect(await held('s')).toMatch(/^k8s:enc:aesgcm:v1:b:/)
  await type(
    'etcdctl snapshot restore /root/snapshot.db --data-dir=/var/lib/etcd-old; sed -i "s|path: /var/lib/etcd$|path: /var/lib/etcd-old|" /etc/kubernetes/manifests/etcd.yaml',
  )
  await wait(60)
  expect(await held('s')).toMatch(/^k8s:enc:secretbox:v1:a:/)
  expect(await type('kubectl get secret s -o jsonpath={.data.pin}')).toBe('MTIzNA==')
})

test('an API server whose file is wrong ends with the reason in its log', async () => {
  const { type, begin, mount, wait } = await cluster()
  const last = 'crictl logs $(crictl ps -a -q --state exited --name kube-apiserver | head -1) 2>&1 | sed -n "s/.*err=//p"'
  await mount()
  expect(await type(last)).toBe(
    `"error while parsing file: error reading encryption provider configuration file \\"${file}\\": open ${file}: no such file or directory"\n`,
  )
  const reasonWith = async (providers: string): Promise<string> => {
    await type(`mv ${manifest} /root`)
    await begin(providers)
    await type(`mv /root/kube-apiserver.yaml ${manifest}`)
    await wait(45)
    return (await type(last)).replace('"error while parsing file: resources[0].providers[0]', '').trimEnd()
  }
  const key = (secret: string): string => `[{aescbc: {keys: [{name: key1, secret: "${secret}"}]}}]`
  expect(await reasonWith(key('c2hvcnQ='))).toBe(
    '.aescbc.keys[0].secret: Invalid value: \\"REDACTED\\": secret is not of the expected length, got 5, expected one of [16 24 32]"',
  )
  expect(await reasonWith(key('not base64'))).toBe('.aescbc.keys[0].secret: Invalid value: \\"REDACTED\\": secrets must be base64 encoded"')
  expect(await reasonWith('[{identity: null}]')).toBe(
    ': Invalid value: apiserver.ProviderConfiguration{AESGCM:(*apiserver.AESConfiguration)(nil), AESCBC:(*apiserver.AESConfiguration)(nil), Secretbox:(*apiserver.SecretboxConfiguration)(nil), Identity:(*apiserver.IdentityConfiguration)(nil), KMS:(*apiserver.KMSConfiguration)(nil)}: provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity"',
  )
})
