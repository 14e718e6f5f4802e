/** Audit logging, as courses switch it on: a policy, flags and volumes in the API server's manifest. */
import { expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { play, run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

const policy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: RequestResponse
  omitManagedFields: true
  resources: [{group: "", resources: [configmaps]}]
- level: Metadata
  namespaces: [default]
  verbs: [create, delete]
  resources: [{group: "", resources: [secrets]}]
`

test('an API server whose audit policy is not mounted does not start; one that finds it writes what the policy wants', async () => {
  const session = await Session.create({ preset: 'kubernetes-kubeadm-2nodes', supplies: nodeSupplies })
  const type = async (cmd: string): Promise<string> => {
    const { stdout, stderr } = await run(session, { cmd })
    return stdout + stderr
  }
  const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml'
  await type(`mkdir -p /etc/kubernetes/audit /var/log/audit; cat > /etc/kubernetes/audit/policy.yaml <<'END'\n${policy}END`)
  await type(
    `sed -i 's|    - --allow-priv|    - --audit-policy-file=/etc/kubernetes/audit/policy.yaml\\n    - --audit-log-path=/var/log/audit/audit.log\\n    - --allow-priv|' ${manifest}`,
  )
  await play(session, { sleep: 45 })
  expect(await type('kubectl get nodes 2>&1 | tail -1')).toBe(
    'The connection to the server 192.168.49.2:6443 was refused - did you specify the right host or port?\n',
  )
  expect(await type('crictl logs $(crictl ps -a --name kube-apiserver -q | head -1) 2>&1 | grep -o "err=.*"')).toBe(
    'err="loading audit policy file: failed to read file path \\"/etc/kubernetes/audit/policy.yaml\\": open /etc/kubernetes/audit/policy.yaml: no such file or directory"\n',
  )

  await type(
    `sed -i 's|    volumeMounts:|    volumeMounts:\\n    - {name: audit, mountPath: /etc/kubernetes/audit}\\n    - {name: audit-log, mountPath: /var/log/audit}|; s|  volumes:|  volumes:\\n  - {name: audit, hostPath: {path: /etc/kubernetes/audit}}\\n  - {name: audit-log, hostPath: {path: /var/log/audit}}|' ${manifest}`,
  )
  await play(session, { sleep: 60 })
  expect(await type('kubectl create secret generic s --from-literal=a=b')).toBe('secret/s created\n')
  await type('kubectl get secrets; kubectl create configmap c --from-literal=a=b; kubectl delete secret s --as=jane')
  const shown =
    '"\\(.level) \\(.verb) \\(.objectRef.resource)/\\(.objectRef.name) \\(.user.username) \\(.impersonatedUser.username) \\(.responseStatus.code) \\(.annotations["authorization.k8s.io/decision"]) \\(.responseObject.data.a) \\(.responseObject.metadata.managedFields)"'
  expect(await type(`jq -r '${shown}' /var/log/audit/audit.log`)).toBe(
    'Metadata create secrets/s kubernetes-admin null 201 allow null null\nRequestResponse create configmaps/c kubernetes-admin null 201 allow b null\nMetadata delete secrets/s kubernetes-admin jane 403 forbid null null\n',
  )
})
