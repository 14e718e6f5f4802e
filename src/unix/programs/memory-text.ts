/** How the machine's memory is used, for free, top and /proc/meminfo: what processes hold, and a plausible rest. */
import type { Process } from '../kernel/process.ts'

export interface MemoryUse {
  readonly total: number
  readonly used: number
  readonly free: number
  readonly shared: number
  readonly cache: number
  readonly available: number
}

/** Bytes. As on Linux, a container sees the machine's memory, not its own limit. */
export function memoryUse(process: Process): MemoryUse {
  const { kernel } = process
  const total = kernel.memoryBytes
  let held = Math.round(total * 0.08)
  for (const one of kernel.processes) held += one.memoryBytes
  const used = Math.min(total, held)
  const cache = Math.min(total - used, Math.round(total * 0.3))
  return { total, used, free: total - used - cache, shared: Math.round(total * 0.003), cache, available: total - used }
}

export function upText(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24]
  const day = days > 0 ? `${days} day${days === 1 ? '' : 's'}, ` : ''
  return hours > 0 ? `${day}${String(hours).padStart(2)}:${String(minutes % 60).padStart(2, '0')}` : `${day}${minutes % 60} min`
}

/** Runnable processes, as the three load averages show them. */
export function loadText(process: Process): string {
  let busy = 0
  for (const one of process.kernel.processes) if (!one.isEnded && one.state === 'running') busy++
  const load = Math.max(0, busy - 1) + 0.08
  return [load, load * 0.8 + 0.02, load * 0.6 + 0.02].map((number) => number.toFixed(2)).join(', ')
}
