/** A page that is loaded again: the clusters go on where they were left. */
import { expect, it } from 'vitest'
import { Session } from '../session/session.ts'
import { play, run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

it('after a reload every pod runs on: same address, same container, same files, no restart', async () => {
  const before = await Session.create({ preset: 'kubernetes', supplies: nodeSupplies })
  const type = async (session: Session, cmd: string): Promise<string> => {
    const { stdout, stderr } = await run(session, { cmd })
    return stdout + stderr
  }
  await type(before, 'kubectl run kubia --image=luksa/kubia')
  await type(before, 'kubectl create deployment web --image=nginx --replicas=3')
  await type(before, 'kubectl run job --image=busybox --restart=Never -- sh -c "echo done"')
  await type(before, 'kubectl run crash --image=busybox -- sh -c "sleep 1; exit 3"')
  await play(before, { sleep: 4 })
  await type(before, 'kubectl wait --for=condition=Ready pod/kubia deploy/web')
  await type(before, 'kubectl exec deploy/web -- sh -c "echo hello > /usr/share/nginx/html/index.html"')
  const ids = `kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name} {.status.podIP} {.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}{"\\n"}{end}'`
  const list = 'kubectl get pods -o wide | grep -v crash | sed "s/ [0-9]*s / _ /; s/  */ /g"'
  const [idsBefore, listBefore] = [(await type(before, ids)).replace(/crash.*\n/, ''), await type(before, list)]
  const saved = structuredClone(before.snapshot())
  before.stop()

  const after = await Session.create({ preset: 'kubernetes', supplies: nodeSupplies, saved })
  await play(after, { sleep: 1 })
  expect(await type(after, list)).toBe(listBefore)
  expect((await type(after, ids)).replace(/crash.*\n/, '')).toBe(idsBefore)
  expect(await type(after, 'kubectl exec kubia -- hostname')).toBe('kubia\n')
  expect(await type(after, 'kubectl exec deploy/web -- cat /usr/share/nginx/html/index.html')).toBe('hello\n')
  expect(await type(after, 'kubectl logs job')).toBe('done\n')
  await play(after, { sleep: 10 })
  expect(await type(after, list)).toBe(listBefore)
  expect(await type(after, 'kubectl get nodes --no-headers | grep -vc " Ready "')).toBe('0\n')
})
