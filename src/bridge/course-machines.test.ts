/** A scenario as authors write them: scripts that prepare, run beside the learner and check, on the machines of a course. */
import { expect, test } from 'vitest'
import { runAhead } from '../session/drive.ts'
import { LessonRoom } from '../session/lesson-room.ts'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

const scenario = new Map([
  [
    'index.json',
    JSON.stringify({
      title: 'Notes',
      details: {
        intro: { background: 'begin.sh' },
        steps: [{ text: 'text.md', verify: 'verify.sh' }],
        assets: { host01: [{ file: 'init.sh', target: '/ks', chmod: '+x' }], host02: [{ file: 'note', target: '/opt' }] },
      },
      backend: { imageid: 'kubernetes-kubeadm-2nodes' },
    }),
  ],
  ['text.md', 'Fetch the note.'],
  ['begin.sh', '#!/bin/bash\n/ks/init.sh\necho begun; echo oh >&2\n'],
  ['verify.sh', '#!/usr/bin/env python3\nimport os, sys\nsys.exit(0 if os.path.exists("/tmp/note") else 1)\n'],
  ['assets/init.sh', '#!/bin/bash\nrm $0\nkubectl create ns blue\n'],
  ['assets/note', 'from afar'],
])

test('assets reach their machines, scripts run as files and leave logs, a check may be Python', async () => {
  const session = await Session.create({ preset: 'kubernetes-kubeadm-2nodes', supplies: nodeSupplies })
  const room = new LessonRoom(session, { packs: new Map([['', scenario]]), passed: new Map() })
  await room.start('')
  await runAhead(session.clock, () => false, 5_000)
  const type = async (cmd: string): Promise<string> => (await run(session, { cmd })).stdout
  const check = async (): Promise<boolean> => {
    const checked = room.check('0')
    await runAhead(session.clock, () => false, 5_000)
    return (await checked).passed
  }
  expect(await check()).toBe(false)
  expect(await type('cd /var/log/killercoda; tail -n +1 *; ls /ks; kubectl get ns blue -o name')).toBe(
    '==> background0_stderr.log <==\noh\n\n==> background0_stdout.log <==\nnamespace/blue created\nbegun\nnamespace/blue\n',
  )
  await type('ssh node01 cat /opt/note > /tmp/note')
  expect(await check()).toBe(true)
  expect(await type("sed 's/PORT/30080/' /etc/killercoda/host")).toBe('http://localhost:30080\n')
})
