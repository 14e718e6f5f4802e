/** Traps: what runs at the end (EXIT), after a failure (ERR) and on signals. Signals only note themselves; the action runs between commands. */
import type { Blocking } from '../kernel/process.ts'
import { isSignal, type Signal, signalNumbers, signalOf } from '../kernel/signals.ts'
import { exitShell, Jumping, type Shell } from './shell.ts'

const pseudoSignals = ['EXIT', 'ERR', 'DEBUG', 'RETURN']

/** `2`, `INT`, `SIGINT`, `exit`, `0` → the name traps are kept under. */
export function trapName(text: string): string | undefined {
  const name = text.toUpperCase()
  if (name === '0' || name === 'EXIT' || name === 'SIGEXIT') return 'EXIT'
  return pseudoSignals.includes(name) ? name : signalOf(text)
}

export function setTrap(shell: Shell, name: string, action: string | undefined): void {
  if (action === undefined) shell.traps.delete(name)
  else shell.traps.set(name, action)
  if (isSignal(name)) listen(shell, name, action)
  if (name !== 'EXIT') return
  // The EXIT trap also runs when a signal ends the shell.
  for (const signal of ['HUP', 'INT', 'TERM'] as const)
    if (!shell.traps.has(signal) && !shell.isInteractive) listen(shell, signal, action === undefined || action === '' ? undefined : 'die')
}

function listen(shell: Shell, signal: Signal, action: string | undefined): void {
  const { handlers } = shell.process
  if (action === undefined) {
    const standard = shell.interactiveHandlers.get(signal)
    if (standard) handlers.set(signal, standard)
    else if (shell.traps.has('EXIT') && (signal === 'HUP' || signal === 'INT' || signal === 'TERM') && !shell.isInteractive)
      handlers.set(signal, (which) => shell.pendingTraps.push(which))
    else handlers.delete(signal)
  } else if (action === '') handlers.set(signal, 'ignore')
  else handlers.set(signal, (which) => shell.pendingTraps.push(which))
}

export function* runPendingTraps(shell: Shell): Blocking<void> {
  while (shell.pendingTraps.length > 0) {
    const signal = shell.pendingTraps.shift()
    if (!signal) return
    if (shell.traps.has(signal)) yield* runTrap(shell, signal)
    else {
      shell.process.killedBy = signal
      throw exitShell(128 + signalNumbers[signal])
    }
  }
}

export function* runTrap(shell: Shell, name: string): Blocking<void> {
  const action = shell.traps.get(name)
  if (!action) return
  const { status } = shell
  if (name === 'ERR' || name === 'DEBUG' || name === 'RETURN') shell.traps.delete(name)
  const line = shell.line
  try {
    yield* shell.interpreter.text(shell, action, { firstLine: line })
  } finally {
    if ((name === 'ERR' || name === 'DEBUG' || name === 'RETURN') && !shell.traps.has(name)) shell.traps.set(name, action)
  }
  shell.status = status
}

/** At the very end; answers the status the shell leaves with. */
export function* runExitTrap(shell: Shell): Blocking<number> {
  try {
    if (shell.pendingTraps.length > 0) yield* runPendingTraps(shell)
  } catch (error) {
    if (!(error instanceof Jumping) || !('status' in error.jump)) throw error
    shell.status = error.jump.status
  }
  const action = shell.traps.get('EXIT')
  if (!action || shell.isExitTrapRunning) return shell.status
  shell.isExitTrapRunning = true
  shell.traps.delete('EXIT')
  const { status } = shell
  try {
    yield* shell.interpreter.text(shell, action, { firstLine: 1 })
    return status
  } catch (error) {
    if (error instanceof Jumping && error.jump.jump === 'exit') return error.jump.status
    if (error instanceof Jumping) return shell.status
    throw error
  }
}
