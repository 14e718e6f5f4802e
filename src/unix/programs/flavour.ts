/**
 * Which family a running program belongs to: GNU's, or busybox's in the images that have it. The same code serves both; where they differ
 * visibly, it asks here. What is remembered is the argument list, not the process: after `exec` a process has a new one.
 */
import type { Process } from '../kernel/process.ts'

const busyboxArguments = new WeakSet<readonly string[]>()

/** Called by the multiplexer for what it starts. */
export function asBusybox(process: Process): void {
  busyboxArguments.add(process.argv)
}

export function isBusybox(process: Process): boolean {
  return busyboxArguments.has(process.argv)
}

const oldArguments = new WeakSet<readonly string[]>()

/** What busybox 1.28 starts is remembered as such. */
export function asOldBusybox(process: Process): void {
  oldArguments.add(process.argv)
}

export function isOldBusybox(process: Process): boolean {
  return oldArguments.has(process.argv)
}

/** Alpine's busybox is linked against musl, whose getopt has other words. */
export function isMusl(process: Process): boolean {
  return process.files.exists('/etc/alpine-release')
}

export function busyboxBanner(process: Process): string {
  return isMusl(process)
    ? 'BusyBox v1.37.0 (2025-05-26 20:04:45 UTC) multi-call binary.'
    : 'BusyBox v1.37.0 (2024-09-26 21:31:42 UTC) multi-call binary.'
}
