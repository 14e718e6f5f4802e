/** Flags of the API server as courses change them: what each then does, or why it does not start. */
import { expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { play, run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml'

async function cluster() {
  const session = await Session.create({ preset: 'kubernetes-kubeadm-2nodes', supplies: nodeSupplies })
  const type = async (cmd: string): Promise<string> => {
    const { stdout, stderr } = await run(session, { cmd })
    return stdout + stderr
  }
  return {
    type,
    /** Edits the manifest and waits for the API server to be started with it. */
    edit: async (sed: string): Promise<void> => {
      await type(`sed -i '${sed}' ${manifest}`)
      await play(session, { sleep: 45 })
    },
    crash: () => type(`crictl logs $(crictl ps -a -q --state exited --name kube-apiserver | head -1) 2>&1 | sed -n 's/.*err=//p'`),
  }
}

test('ImagePolicyWebhook wants its configuration, its kubeconfig and somebody who answers', async () => {
  const { type, edit, crash } = await cluster()
  const failed = 'failed to initialize admission:'
  await edit('s|=NodeRestriction|=NodeRestriction,ImagePolicyWebhook|')
  expect(await crash()).toBe(`"${failed} couldn't init admission plugin \\"ImagePolicyWebhook\\": no config specified"\n`)
  const folder = '/etc/kubernetes/policy'
  await type(
    `mkdir ${folder}; cat > ${folder}/admission.yaml <<'END'\napiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins: [{name: ImagePolicyWebhook, configuration: {imagePolicy: {kubeConfigFile: ${folder}/kubeconf, defaultAllow: false}}}]\nEND`,
  )
  await edit(
    `s|    - --allow-priv|    - --admission-control-config-file=${folder}/admission.yaml\\n    - --allow-priv|; s|    volumeMounts:|    volumeMounts:\\n    - {name: policy, mountPath: ${folder}}|; s|  volumes:|  volumes:\\n  - {name: policy, hostPath: {path: ${folder}}}|`,
  )
  expect(await crash()).toBe(
    `"${failed} couldn't init admission plugin \\"ImagePolicyWebhook\\": stat ${folder}/kubeconf: no such file or directory"\n`,
  )
  await type(
    `cat > ${folder}/kubeconf <<'END'\napiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: "https://external-service:1234/check-image", certificate-authority: /etc/kubernetes/pki/ca.crt}}]\ncontexts: [{name: c, context: {cluster: c, user: u}}]\ncurrent-context: c\nusers: [{name: u, user: {client-certificate: /etc/kubernetes/pki/apiserver.crt, client-key: /etc/kubernetes/pki/apiserver.key}}]\nEND`,
  )
  await edit('s|^status: {}||')
  expect(await type('kubectl run test --image=nginx')).toMatch(
    /^Error from server \(Forbidden\): pods "test" is forbidden: Post "https:\/\/external-service:1234\/check-image\?timeout=30s": dial tcp: lookup external-service on [\d.]+:53: no such host\n$/,
  )
})

test('strangers are nobody without anonymous authentication; modes and plugins that are none end the API server', async () => {
  const { type, edit, crash } = await cluster()
  const stranger = 'curl -sk https://localhost:6443/api/v1/namespaces | jq -r .message'
  expect(await type(stranger)).toBe(
    'namespaces is forbidden: User "system:anonymous" cannot list resource "namespaces" in API group "" at the cluster scope\n',
  )
  await edit('s|    - --allow-priv|    - --anonymous-auth=false\\n    - --allow-priv|')
  expect(await type(stranger)).toBe('Unauthorized\n')
  await edit('s|--anonymous-auth=false|--profiling=false|; s|Node,RBAC|AlwaysAllow|; s|NodeRestriction|AlwaysPullImages|')
  expect(await type('kubectl get nodes --as=jane -o name; kubectl run web --image=nginx --image-pull-policy=Never')).toBe(
    'node/controlplane\nnode/node01\npod/web created\n',
  )
  expect(await type('kubectl get pod web -o jsonpath={.spec.containers[0].imagePullPolicy}')).toBe('Always')
  await edit('s|=AlwaysAllow|=RBACC|; s|AlwaysPullImages|PodSecurityPolicy|')
  expect(await crash()).toBe(
    '"[authorization-mode \\"RBACC\\" is not a valid mode, enable-admission-plugins plugin \\"PodSecurityPolicy\\" is unknown]"\n',
  )
})

test('a value that is none is refused as pflag refuses it; flags that do nothing here are named in the log', async () => {
  const { type, edit, crash } = await cluster()
  const logOf = (state: string): string => `crictl logs $(crictl ps -a -q --state ${state} --name kube-apiserver | head -1) 2>&1`
  await edit('s|    - --allow-priv|    - --profiling=no\\n    - --allow-priv|')
  expect(await type(logOf('exited'))).toBe(
    'Error: invalid argument "no" for "--profiling" flag: strconv.ParseBool: parsing "no": invalid syntax\n',
  )
  await edit('s|--profiling=no|--tls-cipher-suites=TLS_AES_128_GCM_SHA256,TLS_MINE|')
  expect(await crash()).toBe('"Cipher suite TLS_MINE not supported or doesn\'t exist"\n')
  await type(`printf 'secret-token,jane,7,"team-a,team-b"\\n' > /etc/kubernetes/pki/tokens.csv`)
  await edit(
    's|--tls-cipher-suites=.*|--profiling=false\\n    - --token-auth-file=/etc/kubernetes/pki/tokens.csv|; s|NodeRestriction|&,EventRateLimit|',
  )
  expect(await type(`${logOf('running')} | sed 's/^.*] //'`)).toBe(
    'These flags have no effect in the sandbox: --profiling\nSwitching these admission plugins on or off has no effect in the sandbox: EventRateLimit\nServing securely on [::]:6443\n',
  )
  expect(await type(`curl -sk https://localhost:6443/api/v1/nodes -H 'Authorization: Bearer secret-token' | jq -r .message`)).toBe(
    'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope\n',
  )
})
