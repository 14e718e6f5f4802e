/** What guides have people type before they install something, on a course's Ubuntu. */
import { expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

test("keys, sources, kubectl's binary and helm's script come from where guides fetch them", async () => {
  const session = await Session.create({ preset: 'ubuntu', supplies: nodeSupplies })
  const type = async (cmd: string): Promise<string> => (await run(session, { cmd })).stdout
  expect(await type('lsb_release -cs; uname -r; hostname')).toBe('noble\n6.8.0-71-generic\nubuntu\n')
  await type('curl -fsSL https://pkgs.k8s.io/core:/stable:/v1.33/deb/Release.key | gpg --dearmor -o /etc/apt/keyrings/k.gpg')
  expect(await type('test -s /etc/apt/keyrings/k.gpg && echo there')).toBe('there\n')
  await type(
    'for end in "" .sha256; do curl -sLO "https://dl.k8s.io/$(curl -Ls https://dl.k8s.io/release/stable.txt)/bin/linux/amd64/kubectl$end"; done',
  )
  expect(
    await type('echo "$(cat kubectl.sha256)  kubectl" | sha256sum --check; chmod +x kubectl; ./kubectl version --client | head -1'),
  ).toBe('kubectl: OK\nClient Version: v1.33.1\n')
  expect(await type('curl -fsSL https://raw.githubusercontent.com/helm/helm/main/scripts/get-helm-3 | bash')).toBe(
    'Helm v3.18.4 is already latest\n',
  )
  expect(await type('sysctl -w net.netfilter.nf_conntrack_max=262144; cat /proc/sys/net/bridge/bridge-nf-call-ip6tables')).toBe(
    'net.netfilter.nf_conntrack_max = 262144\n1\n',
  )
})

test('a script with line ends of Windows does not start until they are taken away', async () => {
  const session = await Session.create({ preset: 'ubuntu', supplies: nodeSupplies })
  await run(session, { cmd: "printf '#!/bin/bash\\r\necho built\\r\n' > build.sh; chmod +x build.sh" })
  const refused = await run(session, { cmd: './build.sh' })
  expect([refused.stderr, refused.code]).toEqual(['/bin/bash: line 1: ./build.sh: cannot execute: required file not found\n', 127])
  expect((await run(session, { cmd: "sed -i 's/\\r$//' build.sh; ./build.sh" })).stdout).toBe('built\n')
})
