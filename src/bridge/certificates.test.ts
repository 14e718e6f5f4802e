/** The cluster's certificates, looked at as in a CKA course: one authority stands behind all of them. */
import { beforeAll, expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

let session: Session
const type = async (cmd: string): Promise<string> => {
  const { stdout, stderr } = await run(session, { cmd })
  return stdout + stderr
}

beforeAll(async () => {
  session = await Session.create({
    preset: 'kubernetes',
    nodes: ['controlplane', 'node01'],
    supplies: nodeSupplies,
    startMs: Date.UTC(2026, 0, 5, 9),
  })
  await type('ssh controlplane cat /etc/kubernetes/pki/ca.crt > ca.crt')
})

test('the authority is the same in kube-root-ca.crt, in the kubeconfig and on the nodes', async () => {
  expect(await type("kubectl get cm kube-root-ca.crt -o jsonpath='{.data.ca\\.crt}' | diff ca.crt -")).toBe('')
  expect(
    await type("kubectl config view --raw -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d | diff ca.crt -"),
  ).toBe('')
  expect(await type('ssh -q node01 cat /etc/kubernetes/pki/ca.crt | diff ca.crt -')).toBe('')
})

test('what the authority signed can be verified', async () => {
  expect(await type('ssh -q controlplane openssl verify -CAfile /etc/kubernetes/pki/ca.crt /etc/kubernetes/pki/apiserver.crt')).toBe(
    '/etc/kubernetes/pki/apiserver.crt: OK\n',
  )
  expect(await type('ssh -q controlplane openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -subject -issuer -dates')).toBe(
    'subject=CN = kube-apiserver\nissuer=CN = kubernetes\nnotBefore=Jan  5 08:55:00 2026 GMT\nnotAfter=Jan  5 09:00:00 2027 GMT\n',
  )
  expect(await type('ssh -q node01 openssl x509 -in /var/lib/kubelet/pki/kubelet-client-current.pem -noout -subject')).toBe(
    'subject=O = system:nodes, CN = system:node:node01\n',
  )
})

test('who signs with the key of the authority is believed', async () => {
  await type(
    'openssl genrsa -out jane.key 2048; openssl req -new -key jane.key -subj /O=dev/CN=jane -out jane.csr; ssh controlplane cat /etc/kubernetes/pki/ca.key > ca.key',
  )
  await type(
    'openssl x509 -req -in jane.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 10 -out jane.crt; kubectl config set-credentials jane --client-certificate=jane.crt --client-key=jane.key',
  )
  expect(await type('kubectl --user=jane get pods')).toBe(
    'Error from server (Forbidden): pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"\n',
  )
})

test('a certificate named on the line takes the place of the one in the kubeconfig', async () => {
  expect(
    await type("kubectl --client-certificate=jane.crt --client-key=jane.key auth whoami -o jsonpath='{.status.userInfo.username}'"),
  ).toBe('jane')
})

test('a certificate of somebody else is worth nothing', async () => {
  await type(
    'openssl req -x509 -newkey rsa:2048 -nodes -keyout evil.key -subj /O=system:masters/CN=evil -out evil.crt; kubectl config set-credentials evil --client-certificate=evil.crt --client-key=evil.key',
  )
  expect(await type('kubectl --user=evil get pods 2>&1 | tail -1')).toBe('error: You must be logged in to the server (Unauthorized)\n')
})
