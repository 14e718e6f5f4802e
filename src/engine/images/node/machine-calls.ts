/**
 * What a guest asks about its process and its machine, and hashes, which are faster here than in the VM.
 */
import { hmac } from '@noble/hashes/hmac.js'
import { md5, sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { UnixError } from '../../../unix/errors.ts'
import type { Process } from '../../../unix/kernel/process.ts'
import { signalOf } from '../../../unix/kernel/signals.ts'
import { bytesOfBinary } from './binary.ts'
import type { Calls } from './jobs.ts'

export function address(ip: string, prefix: number, mac: string, internal: boolean): object {
  const mask = Array.from({ length: 4 }, (_, index) => 256 - 2 ** (8 - Math.min(8, Math.max(0, prefix - index * 8)))).join('.')
  return { address: ip, netmask: mask, family: 'IPv4', mac, internal, cidr: `${ip}/${prefix}` }
}

const digests = { md5, sha1, sha256, sha512 }

interface HashCall {
  readonly kind: keyof typeof digests
  readonly key?: string
  readonly data: string
}

function hashed({ kind, key, data }: HashCall): string {
  const bytes = bytesOfBinary(data)
  return bytesToHex(key === undefined ? digests[kind](bytes) : hmac(digests[kind], bytesOfBinary(key), bytes))
}

/** What a process knows of itself and its machine. */
export function machineCalls(process: Process): Calls {
  return {
    isatty: (fd: number) => {
      return process.descriptors.get(fd)?.file.kind === 'terminal'
    },
    size: () => {
      return [process.terminal?.cols ?? 80, process.terminal?.rows ?? 24]
    },
    cwd: () => {
      return process.cwd
    },
    chdir: (path: string) => {
      if (process.files.stat(process.path(path), process.credentials).kind !== 'directory') throw new UnixError('ENOTDIR')
      process.cwd = process.files.realpath(process.path(path), process.credentials)
    },
    hostname: () => {
      return process.namespaces.uts.hostname
    },
    uptime: () => {
      return (process.now() - process.startedAt) / 1000
    },
    ids: () => {
      return { uid: process.credentials.uid, gid: process.credentials.gid }
    },
    os: () => {
      return {
        release: process.kernel.release,
        uptime: (process.now() - process.kernel.bootedAt) / 1000,
        totalmem: process.kernel.memoryBytes,
        freemem: process.kernel.memoryBytes / 2,
        cpus: process.kernel.cpus,
      }
    },
    interfaces: () => {
      return Object.fromEntries([
        ['lo', [address('127.0.0.1', 8, '00:00:00:00:00:00', true)]],
        ...process.net.interfaces.map((one) => [one.name, [address(one.ip, one.prefix, one.mac, false)]]),
      ])
    },
    hash: (call: HashCall) => {
      return hashed(call)
    },
    kill: ({ pid, signal: name }: { readonly pid: number; readonly signal: string }) => {
      const target = process.namespaces.pids.processes.get(Number(pid))
      if (!target) throw new UnixError('ESRCH')
      const signal = signalOf(String(name))
      if (signal) process.kernel.kill(target, signal, process)
      return true
    },
    raw: (isRaw: boolean) => {
      if (process.terminal) Object.assign(process.terminal, { mode: isRaw ? 'raw' : 'cooked', echo: !isRaw })
    },
  }
}
