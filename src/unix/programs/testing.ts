/** For tests of programs: a machine of nothing but files and programs, and one command at a time with what it wrote. */
import { joined, noBytes, bytesOf } from '../../base/bytes.ts'
import { ManualClock } from '../../base/clock.ts'
import { Random } from '../../base/random.ts'
import { MemoryFiles } from '../files/memory-files.ts'
import { MountTable } from '../files/mount-table.ts'
import { binary, start } from '../kernel/execute.ts'
import { Kernel } from '../kernel/kernel.ts'
import { always, Descriptor, type OpenFile } from '../kernel/open-file.ts'
import type { Process, Program } from '../kernel/process.ts'
import type { NetNamespace } from '../network/network.ts'
import { stringOf } from './text.ts'

export interface Outcome {
  readonly out: string
  readonly err: string
  readonly code: number
}

export interface Bench {
  readonly clock: ManualClock
  readonly kernel: Kernel
  readonly init: Process
  run(argv: readonly string[], input?: string | Uint8Array, options?: { env?: Record<string, string>; ms?: number }): Outcome
}

const nobody: Program = function* () {
  for (;;) yield { until: Number.MAX_SAFE_INTEGER }
}

/** `texts`: files of the working directory /w; a name that ends in `/` is a directory, a text that begins with `-> ` a link. */
export function bench(programs: ReadonlyMap<string, Program>, texts: Readonly<Record<string, string | Uint8Array>> = {}): Bench {
  const clock = new ManualClock()
  const kernel = new Kernel({ clock, random: new Random(7), programs })
  const files = new MountTable([
    { at: '/', files: new MemoryFiles({ now: () => clock.now() }), root: '/', isReadOnly: false, source: 'overlay' },
  ])
  for (const path of ['/bin', '/etc', '/tmp', '/w', '/root', '/dev']) if (!files.exists(path)) files.mkdir(path, { mode: 0o755 })
  files.writeFile(
    '/etc/passwd',
    'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  )
  files.writeFile('/etc/group', 'root:x:0:\ndaemon:x:1:\nadm:x:4:\nwww-data:x:33:\nnogroup:x:65534:\n')
  for (const name of programs.keys()) files.writeFile(`/bin/${name}`, binary(name), { mode: 0o755 })
  for (const [name, text] of Object.entries(texts)) {
    const path = `/w/${name}`
    if (name.endsWith('/')) files.mkdir(path, { parents: true, mode: 0o755 })
    else if (typeof text === 'string' && text.startsWith('-> ')) files.symlink(text.slice(3), path)
    else files.writeFile(path, text)
  }
  const net = { id: 1, interfaces: [], isRouter: false, rules: [], listening: [] } as unknown as NetNamespace
  const init = kernel.spawn({
    program: nobody,
    argv: ['init'],
    env: { PATH: '/bin', HOME: '/root' },
    cwd: '/w',
    namespaces: { pids: kernel.rootPids, net, mounts: files, uts: { hostname: 'bench', domainname: '' } },
    credentials: { uid: 0, gid: 0, groups: [] },
    cgroup: kernel.rootCgroup,
    descriptors: new Map(),
  })
  return {
    clock,
    kernel,
    init,
    run(argv, input = '', { env, ms = 60_000 } = {}) {
      const out = sink()
      const err = sink()
      const descriptors = new Map([
        [0, new Descriptor(source(typeof input === 'string' ? bytesOf(input) : input))],
        [1, new Descriptor(out.file)],
        [2, new Descriptor(err.file)],
      ])
      const process = start(init, argv, { descriptors, env: { ...init.env, ...env } })
      const until = clock.now() + ms
      while (!process.isEnded && clock.step(until));
      return { out: stringOf(joined(out.parts)), err: stringOf(joined(err.parts)), code: process.exitCode ?? -1 }
    },
  }
}

function sink(): { file: OpenFile; parts: Uint8Array[] } {
  const parts: Uint8Array[] = []
  const write = (bytes: Uint8Array): number => {
    parts.push(bytes.slice())
    return bytes.length
  }
  return { parts, file: { kind: 'pipe', name: 'pipe:[1]', read: () => noBytes, write, readable: always, writable: always, close() {} } }
}

function source(bytes: Uint8Array): OpenFile {
  let rest = bytes
  const read = (max: number): Uint8Array => {
    const taken = rest.subarray(0, max)
    rest = rest.subarray(taken.length)
    return taken
  }
  return { kind: 'pipe', name: 'pipe:[2]', read, write: () => 0, readable: always, writable: always, close() {} }
}
