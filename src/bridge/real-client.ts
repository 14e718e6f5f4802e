/**
 * The real kubectl on a learner's machine of its own: a folder, a home and a bash whose steps go to the sandbox through the bridge, with the
 * kubeconfig of the cluster's admin. Session time goes with the wall's while a command only asks, and faster once it waits for something.
 */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { textOf } from '../base/bytes.ts'
import { runAhead } from '../session/drive.ts'
import { type Difference, type Outcome, putsBack, type Recording, type ReplayOptions } from '../session/recordings.ts'
import { Session } from '../session/session.ts'
import type { CommandResult, CommandStep } from '../session/steps.ts'
import { type OpenBridge, openBridge } from './bridge.ts'
import { nodeSupplies } from './supplies.ts'

/** The session begins so long ago that it is never ahead of the real client's clock, which reckons ages. */
const headStartMs = 12 * 3_600_000
/** A command that takes longer than this waits for something, on a machine that has nothing else to do. */
const idleAskingMs = 500
const speedOfWaiting = 20
const patienceMs = 60_000

export interface RealClient {
  readonly session: Session
  run(step: CommandStep): Promise<CommandResult>
  writeFile(path: string, content: string, mode?: number): void
  close(): Promise<void>
}

export function isOnPath(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
}

/** The kubectl of a version (`1.33`) where it lies beside the one on PATH, as Google's SDK has them. */
export function kubectlOf(version: string): string | undefined {
  const path = spawnSync('sh', ['-c', 'readlink -f "$(command -v kubectl)"'], { encoding: 'utf8' }).stdout.trim()
  return path && existsSync(`${path}.${version}`) ? `${path}.${version}` : undefined
}

/** `kubectl` names the program that the steps call kubectl, when it is not the one on PATH. */
export async function realClient({
  kubectl = 'kubectl',
  nodes,
}: {
  kubectl?: string
  nodes?: readonly string[]
} = {}): Promise<RealClient> {
  const session = await Session.create({
    preset: 'kubernetes',
    nodes,
    supplies: nodeSupplies,
    onFault: () => {},
    startMs: Date.now() - headStartMs,
  })
  const bridge = await openBridge(session)
  const home = mkdtempSync(join(tmpdir(), 'drydock-client-'))
  const work = join(home, 'work')
  const programs = join(home, 'bin')
  const config = join(home, '.kubeconfig')
  for (const folder of [work, programs]) mkdirSync(folder)
  // The admin's own, as the recording had it: with a client certificate.
  writeFileSync(
    config,
    textOf(session.desk.files.readFile('/etc/kubernetes/admin.conf')).replace(/server: .*/, `server: ${bridge.addresses.kubernetes}`),
    { mode: 0o600 },
  )
  // Who sleeps waits for the session, whose time is the faster one then.
  writeProgram(
    join(programs, 'sleep'),
    `#!/bin/bash\nexec ${realPath('sleep')} "$(awk "BEGIN { print \${1%s} / ${speedOfWaiting} + $ASKING_MS / 1000 }")"\n`,
  )
  if (kubectl !== 'kubectl') writeProgram(join(programs, 'kubectl'), `#!/bin/bash\nexec ${kubectl} "$@"\n`)
  const environment = {
    PATH: `${programs}${delimiter}${(process.env.PATH ?? '')
      .split(delimiter)
      .filter((folder) => existsSync(folder))
      .join(delimiter)}`,
    HOME: home,
    KUBECONFIG: config,
    KUBECACHEDIR: join(home, '.kube/cache'),
    TERM: 'dumb',
    EDITOR: 'true',
    LANG: 'C.UTF-8',
  }
  const here = bridge.addresses.kubernetes ?? ''
  // Where it stands no two machines share: the recording's was in /root and its server had the address of the control plane.
  const elsewhere = (text: string) =>
    text
      .replaceAll(here, 'https://172.30.0.2:6443')
      .replaceAll(here.slice('https://'.length), '172.30.0.2:6443')
      .replaceAll(work, '/root')
      .replaceAll(home, '/root')
  const moved = ({ stdout, stderr, code }: CommandResult) => ({ stdout: elsewhere(stdout), stderr: elsewhere(stderr), code })
  return {
    session,
    run: async (step) =>
      moved(
        await typed({ ...step, cmd: step.cmd.replaceAll('$APIHOST:6443', here.slice('https://'.length)) }, { bridge, work, environment }),
      ),
    writeFile(path, content, mode = 0o644) {
      const file = join(work, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
      chmodSync(file, mode)
    },
    async close() {
      await bridge.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function writeProgram(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o755 })
}

function realPath(program: string): string {
  return spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim()
}

function typed(
  { cmd, cwd, env, ctrlCAfterMs }: CommandStep,
  { bridge, work, environment }: { bridge: OpenBridge; work: string; environment: NodeJS.ProcessEnv },
): Promise<CommandResult> {
  // A machine that others use, too, takes longer for the same; session time must not notice.
  const slowness = Math.max(1, loadavg()[0] / cpus().length)
  const askingMs = idleAskingMs * slowness
  bridge.driven.speed = 1 / slowness
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', cmd], {
      cwd: cwd ? join(work, cwd) : work,
      env: { ...environment, ASKING_MS: String(askingMs), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const signal = (name: NodeJS.Signals) => child.pid !== undefined && process.kill(-child.pid, name)
    const timers = [
      setTimeout(() => (bridge.driven.speed = speedOfWaiting), askingMs),
      setTimeout(() => signal('SIGKILL'), patienceMs * slowness),
      ...(ctrlCAfterMs === undefined ? [] : [setTimeout(() => signal('SIGINT'), askingMs + ctrlCAfterMs / speedOfWaiting)]),
    ]
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('close', (code) => {
      for (const timer of timers) clearTimeout(timer)
      bridge.driven.speed = 1
      resolve({ stdout, stderr, code: code ?? 124 })
    })
  })
}

interface PlayOptions extends ReplayOptions {
  /** Which steps are played at all; only where they do not build on each other. */
  readonly isPlayed?: (step: number) => boolean
}

const readsOnly =
  /^kubectl (get|describe|explain|events|top|api-resources|api-versions|auth can-i|logs|rollout (status|history)|version|diff)\b/

/** What `session/recordings.ts` does with our own command line, with the real one. */
export async function replayWith(
  client: RealClient,
  { steps }: Recording,
  { normalise, isTidied = false, isPlayed = () => true, hear }: PlayOptions,
): Promise<Outcome> {
  const { session } = client
  let judged = 0
  const differences: Difference[] = []
  const putBack = isTidied ? putsBack(session) : () => {}
  const shown = ({ stdout, stderr, code }: CommandResult) => `${normalise(stdout)}\n${normalise(stderr)}\n${code}`
  for (const [index, step] of steps.entries()) {
    if ('file' in step)
      client.writeFile(
        step.file,
        step.content,
        step.mode === undefined ? (step.file.endsWith('.sh') ? 0o755 : 0o644) : Number.parseInt(String(step.mode), 8),
      )
    if ('sleep' in step) await runAhead(session.clock, () => false, step.sleep * 1000)
    if ('stopHeartbeat' in step) session.clusters.silence(step.stopHeartbeat)
    if ('resumeHeartbeat' in step) session.clusters.unsilence(step.resumeHeartbeat)
    if ('wait' in step) await waitUntil(client, step)
    if (!('cmd' in step) || !isPlayed(index)) continue
    const wanted =
      step.heldOut || step.stdout === undefined ? undefined : { stdout: step.stdout, stderr: step.stderr ?? '', code: step.code ?? 0 }
    let got = await client.run(step)
    const isEqual = () => !wanted || shown(step.timedOut ? { ...got, code: wanted.code } : got) === shown(wanted)
    // The moment between a command and its effect is the recording machine's: what only reads may look again when all has settled.
    for (let look = 0; look < 2 && !isEqual() && readsOnly.test(step.cmd); look++) {
      await runAhead(session.clock, () => false, 1_500)
      got = await client.run(step)
    }
    putBack()
    hear?.(index, got)
    if (!wanted) continue
    judged++
    if (!isEqual()) differences.push({ step: index, cmd: step.cmd, wanted, got })
  }
  return { judged, equal: judged - differences.length, differences }
}

async function waitUntil(
  client: RealClient,
  { wait, equals, matches, timeout = 120 }: { wait: string; equals?: string; matches?: string; timeout?: number },
): Promise<void> {
  const until = client.session.clock.now() + timeout * 1000
  for (;;) {
    const text = (await client.run({ cmd: wait })).stdout.trim()
    if (matches === undefined ? text === equals : new RegExp(matches).test(text)) return
    if (client.session.clock.now() >= until) return
    await runAhead(client.session.clock, () => false, 1_000)
  }
}
