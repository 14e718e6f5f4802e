/** The control plane's components are static pods: their manifests are files of its machine. */
import { expect, it } from 'vitest'
import { Session } from '../session/session.ts'
import { play, run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

it('a component whose manifest is taken away stops, and comes back with it', async () => {
  const session = await Session.create({ preset: 'kubernetes', nodes: ['controlplane', 'node01'], supplies: nodeSupplies })
  const type = async (cmd: string): Promise<string> => {
    const { stdout, stderr } = await run(session, { cmd })
    return stdout + stderr
  }
  const disk = session.clusters.machine('controlplane')?.files
  if (!disk) throw new Error('there is no control plane')
  const components = 'kubectl get pods -n kube-system -l tier=control-plane -o name'
  const all = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) => `pod/${name}-controlplane\n`)
  await play(session, { sleep: 5 })
  expect(await type(components)).toBe(all.join(''))

  const path = '/etc/kubernetes/manifests/kube-scheduler.yaml'
  const text = disk.readText(path)
  disk.removeAll(path)
  await play(session, { sleep: 25 })
  expect(await type(components)).toBe(all.slice(0, 3).join(''))
  await type('kubectl run web --image=nginx')
  await play(session, { sleep: 10 })
  expect(await type("kubectl get pod web -o jsonpath='{.status.phase} {.spec.nodeName}'")).toBe('Pending ')
  disk.writeFile(path, text)
  await play(session, { sleep: 25 })
  expect(await type("kubectl get pod web -o jsonpath='{.status.phase}'")).toBe('Running')

  const api = '/etc/kubernetes/manifests/kube-apiserver.yaml'
  const apiText = disk.readText(api)
  disk.removeAll(api)
  await play(session, { sleep: 25 })
  expect(await type('kubectl get pods 2>&1 | tail -1')).toBe(
    'The connection to the server 192.168.49.2:6443 was refused - did you specify the right host or port?\n',
  )
  disk.writeFile(api, apiText)
  await play(session, { sleep: 25 })
  expect(await type('kubectl get pods -o name')).toBe('pod/web\n')
})

it('a component with a flag it does not know crashes, and what it would do is not done', async () => {
  const session = await Session.create({ preset: 'kubernetes', nodes: ['controlplane', 'node01'], supplies: nodeSupplies })
  const type = async (cmd: string): Promise<string> => {
    const { stdout, stderr } = await run(session, { cmd })
    return stdout + stderr
  }
  const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml'
  await play(session, { sleep: 5 })
  await type(`sed -i 's/    - --secure-port=6443/&\\n    - --this-is-wrong/' ${manifest}`)
  await play(session, { sleep: 60 })
  expect(await type('kubectl get nodes 2>&1 | tail -1')).toBe(
    'The connection to the server 192.168.49.2:6443 was refused - did you specify the right host or port?\n',
  )
  expect(await type('crictl logs $(crictl ps -a -q --name kube-apiserver | head -1)')).toBe('Error: unknown flag: --this-is-wrong\n')
  await type(`sed -i 's/--this-is-wrong/--audit-policy-file=\\/etc\\/policy.yaml/' ${manifest}`)
  await play(session, { sleep: 60 })
  expect(await type('crictl logs $(crictl ps -a -q --name kube-apiserver | head -1) 2>&1 | cut -d] -f2')).toBe(
    ' "command failed" err="loading audit policy file: failed to read file path \\"/etc/policy.yaml\\": open /etc/policy.yaml: no such file or directory"\n',
  )
  await type(`sed -i /audit-policy/d ${manifest}`)
  await play(session, { sleep: 60 })
  expect(await type('kubectl get nodes -o name')).toBe('node/controlplane\nnode/node01\n')
})

it('a control plane whose program, certificate or volume is wrong is down until its manifest is mended', async () => {
  const session = await Session.create({ preset: 'kubernetes', nodes: ['controlplane'], supplies: nodeSupplies })
  const type = async (cmd: string): Promise<string> => {
    const { stdout, stderr } = await run(session, { cmd })
    return stdout + stderr
  }
  const bent = async (file: string, from: string, to: string, seen: string): Promise<string> => {
    const manifest = `/etc/kubernetes/manifests/${file}.yaml`
    await type(`cp ${manifest} /root/kept && sed -i 's#${from}#${to}#' ${manifest}`)
    await play(session, { sleep: 20 })
    const answer = await type(seen)
    await type(`cp /root/kept ${manifest}`)
    await play(session, { sleep: 40 })
    return answer
  }
  const refused = 'The connection to the server 192.168.49.2:6443 was refused - did you specify the right host or port?\n'
  const api = 'kubectl get nodes 2>&1 | tail -1'
  await play(session, { sleep: 5 })
  expect(await bent('kube-apiserver', '- kube-apiserver$', '- kube-apiservr', api)).toBe(refused)
  expect(await bent('kube-apiserver', 'client-ca-file=.*', 'client-ca-file=/etc/kubernetes/pki/none.crt', api)).toBe(refused)
  expect(await bent('etcd', 'etcd/server.crt', 'etcd/none.crt', api)).toBe(refused)
  expect(
    await bent(
      'kube-controller-manager',
      'path: /etc/kubernetes/pki',
      'path: /etc/kubernetes/WRONG',
      'kubectl -n kube-system logs kube-controller-manager-controlplane | cut -d] -f2',
    ),
  ).toBe(' "command failed" err="open /etc/kubernetes/pki/ca.crt: no such file or directory"\n')
  expect(await type("kubectl get pods -n kube-system -l tier=control-plane --no-headers | awk '{print $2, $3}'")).toBe(
    '1/1 Running\n'.repeat(4),
  )
})
