/**
 * systemd as far as people meet it: units that can be started and stopped, each with a main process one can see and kill, and the journal
 * of what happened to them. `systemctl` and `journalctl` ask it on its private socket, as the real ones do; containers have no such socket.
 *
 * GET  /units                       → UnitState[]
 * GET  /units/NAME                  → UnitState, or 404
 * POST /units/NAME/ACTION           start stop restart enable disable mask unmask kill reset-failed → UnitState
 * POST /reload                      reads all unit files anew
 * GET  /journal                     → JournalEntry[]
 */
import type { Clock } from '../base/clock.ts'
import { type HttpHandler, type HttpRequest, type HttpResponse, jsonResponse } from '../base/http.ts'
import type { Process, Program } from './kernel/process.ts'
import type { Machine } from './machine.ts'
import { listenAt } from './network/unix-socket.ts'
import { argvOf, type LoadedUnit, loadUnit } from './unit-file.ts'

export const systemdSocket = '/run/systemd/private'

export interface Unit {
  /** `docker.service`. */
  readonly name: string
  readonly description: string
  readonly argv: readonly string[]
  /** The unit's file, written when the machine is new. */
  readonly file: string
  readonly docs: string
  readonly isEnabled?: boolean
  /** Systemd starts it again this much later when it ended by itself. */
  readonly restartMs?: number
  readonly memoryBytes?: number
  /** What its program says before anything begins; a refusal ends it at once. */
  readonly check?: (argv: readonly string[]) => { readonly refusal: string | undefined; readonly notes: readonly string[] }
  /** Makes what the unit does begin and end; the process alone does nothing. */
  readonly start?: () => void
  readonly stop?: () => void
  readonly reload?: () => void
}

export interface UnitState {
  readonly name: string
  readonly description: string
  readonly docs: string
  /** The unit's file, and what was laid beside it. */
  readonly path: string
  readonly drops: readonly string[]
  /** As it stands in the file. */
  readonly execStart: string
  /** The files say something else than what was read. */
  readonly isStale: boolean
  readonly active: 'active' | 'inactive' | 'failed' | 'activating'
  readonly sub: string
  readonly isEnabled: boolean
  readonly isMasked: boolean
  readonly since: number
  readonly pid: number
  readonly command: readonly string[]
  readonly memoryBytes: number
  readonly cpuMs: number
  /** How the last main process ended. */
  readonly ended: { readonly pid: number; readonly code: number; readonly signal?: string } | undefined
}

export interface JournalEntry {
  readonly at: number
  readonly unit: string
  /** `systemd[1]`, `kubelet[812]`. */
  readonly from: string
  readonly text: string
}

interface Known {
  readonly unit: Unit
  active: UnitState['active']
  since: number
  main: Process | undefined
  isStopping: boolean
  ended: UnitState['ended']
  loaded: LoadedUnit
  /** The program that its own file names. */
  readonly program: string
  restarts: number
}

const journalLength = 4000

/** Where systemd keeps what is enabled, and what is masked. */
const wants = '/etc/systemd/system/multi-user.target.wants'

export class Systemd implements HttpHandler {
  readonly #machine: Machine
  readonly #clock: Clock
  readonly #units = new Map<string, Known>()
  readonly #journal: JournalEntry[] = []

  constructor(machine: Machine, clock: Clock) {
    this.#machine = machine
    this.#clock = clock
    machine.files.mkdir('/run/systemd', { parents: true })
    listenAt(machine.files, systemdSocket, { http: this }, { mode: 0o666 })
  }

  /** Makes a unit known, and starts it if it is enabled. */
  add(unit: Unit): void {
    const { files } = this.#machine
    const path = `/lib/systemd/system/${unit.name}`
    if (!files.exists(path)) {
      files.mkdir('/lib/systemd/system', { parents: true })
      files.mkdir(wants, { parents: true })
      files.writeFile(path, unit.file, { mode: 0o644 })
      if (unit.isEnabled !== false && !files.exists(`${wants}/${unit.name}`)) files.symlink(path, `${wants}/${unit.name}`)
    }
    const known: Known = {
      unit,
      active: 'inactive',
      since: this.#clock.now(),
      main: undefined,
      isStopping: false,
      ended: undefined,
      loaded: loadUnit(files, unit.name),
      program: /^ExecStart=(\S+)/m.exec(unit.file)?.[1] ?? '',
      restarts: 0,
    }
    this.#units.set(unit.name, known)
    // What a unit does is begun by who made the machine; here only its process and its words are added.
    if (this.#isEnabled(unit.name)) this.#begin(known)
    else unit.stop?.()
  }

  /** A line a service writes. */
  note(name: string, text: string): void {
    const known = this.#units.get(name)
    this.#write(name, known, known?.main?.hostPid ?? 1, text)
  }

  #write(name: string, known: Known | undefined, pid: number, text: string): void {
    const program = known?.unit.argv[0].startsWith('/') ? known.unit.argv[0].replace(/.*\//, '') : name.replace(/\.service$/, '')
    this.#keep({ at: this.#clock.now(), unit: name, from: `${program}[${pid}]`, text })
  }

  #keep(entry: JournalEntry): void {
    this.#journal.push(entry)
    if (this.#journal.length > journalLength) this.#journal.splice(0, journalLength / 4)
  }

  /** `daemon-reload`. */
  reload(): void {
    for (const known of this.#units.values()) known.loaded = loadUnit(this.#machine.files, known.unit.name)
  }

  start(name: string): void {
    const known = this.#units.get(name)
    if (!known || known.active === 'active') return
    known.restarts = 0
    this.#launch(known)
  }

  #launch(known: Known): void {
    const { unit } = known
    const argv = this.#argv(known)
    const program = argv[0]?.replace(/^[-@+!:]+/, '') ?? ''
    if (program !== known.program && !this.#machine.files.exists(program))
      return this.#refused(known, { code: 203, text: `${unit.name}: Failed to locate executable ${program}: No such file or directory` })
    const { refusal, notes = [] } = unit.check?.(argv) ?? {}
    if (refusal !== undefined) return this.#refused(known, { code: 1, text: refusal })
    this.#begin(known, argv)
    unit.start?.()
    for (const text of notes) this.note(unit.name, text)
  }

  /** A unit whose files are those it came with is seen under the words that its daemon gives itself. */
  #argv({ unit, loaded }: Known): readonly string[] {
    const own = /^ExecStart=(.*)$/m.exec(unit.file)?.[1] ?? ''
    return loaded.command === own || loaded.command === '' ? unit.argv : argvOf(loaded, this.#machine.files)
  }

  /** The main process ended before the unit was up; one that need not say so was up for a moment. */
  #refused(known: Known, { code, text }: { readonly code: number; readonly text: string }): void {
    const { name, description, restartMs } = known.unit
    const pid = this.#machine.kernel.rootPids.nextPid++
    this.#say(known, known.loaded.isNotified ? `Starting ${name} - ${description}...` : `Started ${name} - ${description}.`)
    if (code === 203) {
      this.#keep({ at: this.#clock.now(), unit: name, from: `systemd[${pid}]`, text })
      this.#keep({
        at: this.#clock.now(),
        unit: name,
        from: `systemd[${pid}]`,
        text: text.replace('to locate executable', 'at step EXEC spawning'),
      })
    } else this.#write(name, known, pid, text)
    this.#say(known, `${name}: Main process exited, code=exited, status=${code === 203 ? '203/EXEC' : `${code}/FAILURE`}`)
    this.#say(known, `${name}: Failed with result 'exit-code'.`)
    if (known.loaded.isNotified) this.#say(known, `Failed to start ${name} - ${description}.`)
    const isTriedAgain = !known.loaded.isNotified && restartMs !== undefined
    Object.assign(known, { active: isTriedAgain ? 'activating' : 'failed', since: this.#clock.now(), ended: { pid, code } })
    if (isTriedAgain) this.#restartLater(known, restartMs)
  }

  #restartLater(known: Known, ms: number): void {
    const { since } = known
    this.#clock.after(ms, () => {
      if (known.active !== 'activating' || known.since !== since || !this.#machine.isOn) return
      this.#say(known, `${known.unit.name}: Scheduled restart job, restart counter is at ${++known.restarts}.`)
      this.#say(known, `Stopped ${known.unit.name} - ${known.unit.description}.`)
      this.#launch(known)
    })
  }

  stop(name: string): void {
    const known = this.#units.get(name)
    if (!known || known.active === 'inactive' || known.active === 'failed') return
    if (known.active === 'activating') {
      Object.assign(known, { active: 'inactive', since: this.#clock.now() })
      return this.#say(known, `Stopped ${known.unit.name} - ${known.unit.description}.`)
    }
    this.#say(known, `Stopping ${known.unit.name} - ${known.unit.description}...`)
    known.isStopping = true
    if (known.main) {
      this.#machine.kernel.kill(known.main, 'KILL')
      // Daemons end by themselves when they are asked to.
      known.ended = { pid: known.main.hostPid, code: 0 }
    }
    known.main = undefined
    known.isStopping = false
    known.active = 'inactive'
    known.since = this.#clock.now()
    known.unit.stop?.()
    this.#say(known, `${known.unit.name}: Deactivated successfully.`)
    this.#say(known, `Stopped ${known.unit.name} - ${known.unit.description}.`)
  }

  handle({ method, url }: HttpRequest): HttpResponse {
    const [, kind, name, action] = url.split('/').map(decodeURIComponent)
    if (kind === 'journal') return jsonResponse(200, this.#journal)
    if (kind === 'reload') {
      this.reload()
      return jsonResponse(200, {})
    }
    if (kind !== 'units') return jsonResponse(404, {})
    if (name === undefined)
      return jsonResponse(
        200,
        [...this.#units.values()].map((known) => this.#state(known)),
      )
    const known = this.#units.get(name)
    if (!known) return jsonResponse(404, {})
    if (method === 'POST') this.#act(known, action)
    return jsonResponse(200, this.#state(known))
  }

  #act(known: Known, action: string | undefined): void {
    const { files } = this.#machine
    const { name } = known.unit
    const link = `${wants}/${name}`
    const mask = `/etc/systemd/system/${name}`
    switch (action) {
      case 'start':
        return this.start(name)
      case 'stop':
        return this.stop(name)
      case 'restart':
        this.stop(name)
        return this.start(name)
      case 'enable':
        if (!files.exists(link)) files.symlink(`/lib/systemd/system/${name}`, link)
        return
      case 'disable':
        if (files.exists(link)) files.unlink(link)
        return
      case 'mask':
        if (!files.exists(mask)) files.symlink('/dev/null', mask)
        return
      case 'unmask':
        if (this.#isMasked(name)) files.unlink(mask)
        return
      case 'reload':
        return known.unit.reload?.()
      case 'kill':
        if (known.main) this.#machine.kernel.kill(known.main, 'TERM')
        return
      case 'reset-failed':
        if (known.active === 'failed') known.active = 'inactive'
    }
  }

  #begin(known: Known, argv = known.unit.argv): void {
    const { unit } = known
    if (known.loaded.isNotified) this.#say(known, `Starting ${unit.name} - ${unit.description}...`)
    const main = this.#machine.spawn(argv, { program: service, cgroup: { path: `/system.slice/${unit.name}` }, cwd: '/' })
    if (unit.memoryBytes !== undefined) main.memoryBytes = unit.memoryBytes
    Object.assign(known, { main, active: 'active', since: this.#clock.now() })
    this.#machine.kernel.endOf(main).once(() => this.#ended(known, main))
    this.#say(known, `Started ${unit.name} - ${unit.description}.`)
  }

  /** Somebody killed the process. */
  #ended(known: Known, main: Process): void {
    if (known.isStopping || known.main !== main || !this.#machine.isOn) return
    known.ended = { pid: main.hostPid, code: main.exitCode ?? 0, ...(main.killedBy && { signal: main.killedBy }) }
    known.main = undefined
    known.unit.stop?.()
    const isClean = main.killedBy === 'TERM'
    this.#say(
      known,
      `${known.unit.name}: Main process exited, code=killed, status=${main.killedBy === 'KILL' ? '9/KILL' : main.killedBy === 'TERM' ? '15/TERM' : `${main.exitCode}/n/a`}`,
    )
    this.#say(known, isClean ? `${known.unit.name}: Deactivated successfully.` : `${known.unit.name}: Failed with result 'signal'.`)
    known.since = this.#clock.now()
    const { restartMs } = known.unit
    known.active = restartMs === undefined ? (isClean ? 'inactive' : 'failed') : 'activating'
    if (restartMs !== undefined) this.#restartLater(known, restartMs)
  }

  #say(known: Known, text: string): void {
    this.#keep({ at: this.#clock.now(), unit: known.unit.name, from: 'systemd[1]', text })
  }

  #isEnabled(name: string): boolean {
    const { files } = this.#machine
    return files.exists(`${wants}/${name}`) && !this.#isMasked(name)
  }

  #isMasked(name: string): boolean {
    const { files } = this.#machine
    const path = `/etc/systemd/system/${name}`
    return files.exists(path) && files.lstat(path).kind === 'symlink' && files.readlink(path) === '/dev/null'
  }

  #state(known: Known): UnitState {
    const { unit, active, since, main, ended, loaded } = known
    return {
      name: unit.name,
      description: unit.description,
      docs: unit.docs,
      path: loaded.paths[0] ?? `/lib/systemd/system/${unit.name}`,
      drops: loaded.paths.slice(1),
      execStart: loaded.command || unit.argv.join(' '),
      isStale: JSON.stringify(loadUnit(this.#machine.files, unit.name)) !== JSON.stringify(loaded),
      active,
      since,
      ended,
      sub: active === 'active' ? 'running' : active === 'failed' ? 'failed' : active === 'activating' ? 'auto-restart' : 'dead',
      isEnabled: this.#machine.files.exists(`${wants}/${unit.name}`),
      isMasked: this.#isMasked(unit.name),
      pid: main?.hostPid ?? 0,
      command: main ? main.argv : this.#argv(known),
      memoryBytes: main?.memoryBytes ?? 0,
      cpuMs: main?.cpuMs ?? 0,
    }
  }
}

/** A daemon as the process list sees it; what it does is done by the engine. */
const service: Program = function* (process) {
  for (;;) yield { on: [process.kernel.endOf(process)] }
}
