/** The tutorials and tasks of kubernetes.io, typed as they are printed: their manifests come from k8s.io/examples. */
import { beforeAll, expect, test } from 'vitest'
import { runAhead } from '../session/drive.ts'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

let session: Session
const type = async (cmd: string): Promise<string> => {
  const { stdout, stderr } = await run(session, { cmd })
  return stdout + stderr
}
const seconds = (count: number): Promise<unknown> => runAhead(session.clock, () => false, count * 1000)

beforeAll(async () => {
  session = await Session.create({ preset: 'kubernetes', supplies: nodeSupplies })
  await seconds(10)
}, 60_000)

test('kubectl proxy asks as whoever started it, and lets nobody in by another name', async () => {
  expect(
    await type(
      'kubectl proxy --port=8001 & sleep 1; curl -s localhost:8001/api/v1/namespaces/default | head -2; curl -s -H "Host: elsewhere" localhost:8001/api; kill %1',
    ),
  ).toBe('Starting to serve on 127.0.0.1:8001\n{\n  "kind": "Namespace",\nForbidden\n')
})

test('the Job of the manual computes π', async () => {
  expect(
    await type(
      'kubectl apply -f https://k8s.io/examples/controllers/job.yaml && kubectl wait --for=condition=complete job/pi --timeout=60s && kubectl logs job/pi | cut -c1-52; kubectl logs job/pi | wc -c',
    ),
  ).toBe('job.batch/pi created\njob.batch/pi condition met\n3.14159265358979323846264338327950288419716939937510\n2002\n')
})

test('the guestbook finds its leader', async () => {
  for (const name of ['redis-leader-deployment', 'redis-leader-service', 'redis-follower-deployment', 'redis-follower-service'])
    await type(`kubectl apply -f https://k8s.io/examples/application/guestbook/${name}.yaml`)
  await type('kubectl rollout status deployment/redis-follower')
  expect(
    await type(
      'kubectl exec deploy/redis-leader -- redis-cli set guest ann; sleep 2; kubectl exec deploy/redis-follower -- redis-cli get guest',
    ),
  ).toBe('OK\nann\n')
})

test('what is not at k8s.io is not found', async () => {
  expect(await type('kubectl apply -f https://k8s.io/examples/nothing.yaml')).toBe(
    'error: unable to read URL "https://k8s.io/examples/nothing.yaml", server reported 404 Not Found, status code=404\n',
  )
})
