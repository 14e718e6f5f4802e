/** What the page reads from the files of machines, where Docker and containerd keep what containers print. */
import { expect, it } from 'vitest'
import { containerLog } from '../session/container-log.ts'
import { Session } from '../session/session.ts'
import { play, run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

const parts = (lines: ReturnType<typeof containerLog>) => lines.map(({ container, stream, text }) => [container, stream, text.trimEnd()])

it('a container has said each line on its own stream', async () => {
  const session = await Session.create({ preset: 'laptop', supplies: nodeSupplies })
  await run(session, { cmd: 'docker run --name talker busybox sh -c "echo one; sleep 1; echo two >&2"' })
  const { stdout } = await run(session, { cmd: 'docker inspect -f "{{.Id}}" talker' })
  await play(session, { sleep: 1 })
  const talker = { store: 'docker/laptop', resource: 'containers', key: stdout.trim() }
  expect(parts(containerLog(session, talker, 100))).toEqual([
    ['', 'stdout', 'one'],
    ['', 'stderr', 'two'],
  ])
  expect(parts(containerLog(session, talker, 1))).toEqual([['', 'stderr', 'two']])
  session.stop()
})

it('a pod has said what each of its containers has, and a pod on no node nothing', async () => {
  const session = await Session.create({ preset: 'kubernetes', supplies: nodeSupplies })
  const pod = `{apiVersion: v1, kind: Pod, metadata: {name: two}, spec: {restartPolicy: Never, containers: [{name: a, image: busybox, args: [echo, first]}, {name: b-2, image: busybox, args: [sh, -c, "sleep 1; echo second >&2"]}]}}`
  await run(session, { cmd: `echo '${pod}' | kubectl apply -f -; kubectl wait --for=jsonpath='{.status.phase}'=Succeeded pod/two` })
  const { stdout: node } = await run(session, { cmd: "kubectl get pod two -o jsonpath='{.spec.nodeName}'" })
  const two = { store: 'cluster/kubernetes', resource: 'pods', key: 'default/two' }
  expect(parts(containerLog(session, { ...two, node }, 100))).toEqual([
    ['a', 'stdout', 'first'],
    ['b-2', 'stderr', 'second'],
  ])
  expect(containerLog(session, two, 100)).toEqual([])
  session.stop()
})
