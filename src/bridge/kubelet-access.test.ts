/** Who may come in at a kubelet's ports, as its configuration has it. */
import { expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

test('a kubelet lets in whom its configuration lets in, and names the settings that do nothing', async () => {
  const session = await Session.create({ preset: 'kubernetes-kubeadm-2nodes', supplies: nodeSupplies })
  const type = async (cmd: string): Promise<string> => {
    const { stdout, stderr } = await run(session, { cmd })
    return stdout + stderr
  }
  const set = (sed: string): Promise<string> => type(`sed -i '${sed}' /var/lib/kubelet/config.yaml; systemctl restart kubelet`)
  const pods = 'curl -sk https://localhost:10250/pods'
  const pki = '/etc/kubernetes/pki/apiserver-kubelet-client'
  expect(await type(pods)).toBe('Unauthorized')
  expect(await type(`${pods} --cert ${pki}.crt --key ${pki}.key | jq -r .kind`)).toBe('PodList\n')

  await set('/anonymous:/{n;s/false/true/}')
  expect(await type(pods)).toBe('Forbidden (user=system:anonymous, verb=get, resource=nodes, subresource(s)=[pods proxy])\n')
  await set('s/mode: Webhook/mode: AlwaysAllow/; $a readOnlyPort: 10255')
  expect(await type(`${pods} | jq -r .kind; curl -s http://localhost:10255/pods | jq -r .kind`)).toBe('PodList\nPodList\n')

  await set('s/mode: AlwaysAllow/mode: Webhook/; s/^readOnlyPort.*/protectKernelDefaults: true\\nprotectKernel: true/')
  expect(await type('curl -sS http://localhost:10255/pods')).toMatch(/^curl: \(7\) Failed to connect to localhost port 10255/)
  expect(await type('journalctl -u kubelet -o cat | tail -2 | cut -d" " -f3-')).toMatch(
    /codec\.go:126\] "Using lenient decoding as strict decoding failed" err="strict decoding error: unknown field \\"protectKernel\\""\n.*These settings have no effect in the sandbox: protectKernelDefaults\n$/,
  )
  await set('s/mode: Webhook/mode: Everybody/')
  expect(await type('journalctl -u kubelet -o cat | grep -o "err=.*" | tail -1')).toBe(
    'err="failed to run Kubelet: unknown authorization mode Everybody"\n',
  )
})
