/** One call of minikube: its flags, its way of saying things, and the cluster it is about. */
import { type Blocking, ended, err, out, type Process } from '../../unix/kernel/process.ts'
import { start } from '../../unix/kernel/execute.ts'
import type { Flags } from '../flags.ts'
import { ask, type Cluster, MachinesError } from '../machines.ts'
import { settings } from './config-file.ts'

/** What stands before a line: picture on a terminal, sign elsewhere. */
const styles = {
  happy: ['😄  ', '* '],
  sparkle: ['✨  ', '* '],
  pin: ['📌  ', '* '],
  thumbs: ['👍  ', '* '],
  pull: ['🚜  ', '* '],
  disk: ['💾  ', '* '],
  fire: ['🔥  ', '* '],
  docker: ['🐳  ', '* '],
  sub: ['    ▪ ', '  - '],
  link: ['🔗  ', '* '],
  verify: ['🔎  ', '* '],
  star: ['🌟  ', '* '],
  done: ['🏄  ', '* '],
  restart: ['🔄  ', '* '],
  running: ['🏃  ', '* '],
  hand: ['✋  ', '* '],
  stopped: ['🛑  ', '* '],
  removed: ['💀  ', '* '],
  shrug: ['🤷  ', '* '],
  point: ['👉  ', '  '],
  fail: ['❌  ', 'X '],
  warning: ['❗  ', '! '],
  tip: ['💡  ', '* '],
  plug: ['🔌  ', '* '],
  think: ['🤔  ', '* '],
  rocket: ['🚀  ', '* '],
  party: ['🎉  ', '* '],
  check: ['✅  ', '* '],
  crossed: ['🌑  ', '* '],
  worker: ['👍  ', '* '],
} as const

export type Style = keyof typeof styles

export class Failure extends Error {
  readonly code: number

  constructor(code: number, message = '') {
    super(message)
    this.code = code
  }
}

export class Minikube {
  readonly process: Process
  readonly flags: Flags
  readonly args: readonly string[]

  constructor(process: Process, parsed: Flags, args: readonly string[]) {
    this.process = process
    this.flags = parsed
    this.args = args
  }

  get profile(): string {
    return this.flags.isSet('profile') ? this.flags.text('profile') : (settings(this.process).profile ?? 'minikube')
  }

  say(style: Style, text: string): Blocking<void> {
    return out(this.process, this.#line(style, text, 1))
  }

  complain(style: Style, text: string): Blocking<void> {
    return err(this.process, this.#line(style, text, 2))
  }

  #line(style: Style, text: string, descriptor: number): string {
    const isTerminal = this.process.descriptors.get(descriptor)?.file.kind === 'terminal'
    return `${styles[style][isTerminal ? 0 : 1]}${text}\n`
  }

  *cluster(): Blocking<Cluster | undefined> {
    try {
      return yield* ask<Cluster>(this.process, 'GET', `/clusters/${this.profile}`)
    } catch (error) {
      if (error instanceof MachinesError && error.status === 404) return undefined
      throw error
    }
  }

  /** The profile's cluster; ends with 85 and advice when there is none. */
  *existing(): Blocking<Cluster> {
    const cluster = yield* this.cluster()
    if (cluster) return cluster
    yield* this.say('shrug', `Profile "${this.profile}" not found. Run "minikube profile list" to view all profiles.`)
    yield* this.say('point', `To start a cluster, run: "minikube start${this.profile === 'minikube' ? '' : ` -p ${this.profile}`}"`)
    throw new Failure(85)
  }

  /** As `existing`, and its control plane answers. */
  *running(): Blocking<Cluster> {
    const cluster = yield* this.existing()
    const [control] = cluster.nodes
    if (control?.isRunning) return cluster
    yield* this.say('shrug', `The control-plane node ${cluster.name} host is not running: state=Stopped`)
    yield* this.say('point', `To start a cluster, run: "minikube start${this.profile === 'minikube' ? '' : ` -p ${this.profile}`}"`)
    throw new Failure(83)
  }
}

/** A command on a machine of the cluster over SSH; keys of machines that come and go are nobody's concern. */
export function* onNode(minikube: Minikube, ip: string, words: readonly string[], user = 'root'): Blocking<number> {
  return yield* ended(
    start(minikube.process, [
      'ssh',
      '-q',
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      `${user}@${ip}`,
      ...words,
    ]),
  )
}

export type Run = (minikube: Minikube) => Blocking<void>

/** The table with frames that minikube draws. */
export function boxed(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => cell.split('\n')))
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => Math.max(...row[column].map((part) => part.length)))),
  )
  const rule = (left: string, middle: string, right: string): string =>
    `${left}${widths.map((width) => '─'.repeat(width + 2)).join(middle)}${right}\n`
  const centred = (text: string, width: number): string =>
    ' '.repeat(Math.floor((width - text.length) / 2)) + text + ' '.repeat(Math.ceil((width - text.length) / 2))
  let text = rule('┌', '┬', '┐')
  text += `│${header.map((title, column) => ` ${centred(title, widths[column])} `).join('│')}│\n${rule('├', '┼', '┤')}`
  for (const row of cells) {
    const height = Math.max(...row.map((parts) => parts.length))
    for (let line = 0; line < height; line++)
      text += `│${row.map((parts, column) => ` ${(parts[line] ?? '').padEnd(widths[column])} `).join('│')}│\n`
  }
  return text + rule('└', '┴', '┘')
}
