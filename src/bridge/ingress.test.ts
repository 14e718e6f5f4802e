/** An Ingress that acts, after the controller's usual kubectl apply. */
import { expect, test } from 'vitest'
import { runAhead } from '../session/drive.ts'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

test('requests reach the Service that the host and path of an Ingress name', async () => {
  const session = await Session.create({ preset: 'kubernetes-kubeadm-2nodes', supplies: nodeSupplies })
  const type = async (cmd: string): Promise<string> => (await run(session, { cmd })).stdout
  await type(
    'kubectl apply -f https://raw.githubusercontent.com/kubernetes/ingress-nginx/controller-v1.13.2/deploy/static/provider/baremetal/deploy.yaml',
  )
  await type('kubectl create deployment web --image=nginx; kubectl expose deployment web --port=80')
  await type('kubectl create ingress web --class=nginx --rule="web.example.com/*=web:80"')
  await runAhead(session.clock, () => false, 45_000)
  await type(`kubectl -n ingress-nginx get service ingress-nginx-controller -o jsonpath='{.spec.ports[0].nodePort}' > port`)
  expect(await type('curl -s -H "Host: web.example.com" http://192.168.49.2:$(cat port)/ | grep title')).toBe(
    '<title>Welcome to nginx!</title>\n',
  )
  expect(await type('curl -s -o /dev/null -w "%{http_code}\\n" http://192.168.49.2:$(cat port)/')).toBe('404\n')
})
