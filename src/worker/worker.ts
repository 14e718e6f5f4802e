/**
 * The worker's end of the boundary: one session, driven in real time. It turns messages into keystrokes, files and pace, and sends
 * back output and frames. A frame goes out only after the page has drawn the one before.
 */
import { drive, type Drive } from '../session/drive.ts'
import { Feed } from '../session/feed.ts'
import { Keeper } from '../session/keeper.ts'
import { loadDocker } from '../session/programs.ts'
import { Session } from '../session/session.ts'
import { openStorage, type Storage } from '../session/storage.ts'
import { Undo } from '../session/undo.ts'
import type { TerminalWindow } from '../session/terminal-window.ts'
import type { Lessons } from './lessons.ts'
import type { FromWorker, Question, ToWorker } from './messages.ts'
import { browserSupplies } from './supplies.ts'
import { owned } from './ownership.ts'
import { loadEveryday } from '../unix/programs/index.ts'

/** What happens between two prompts (a pod that came up) is stored this long after, ms. */
const autosaveMs = 1_500
/** Shortest time between two frames, ms: the page cannot draw more often. */
const frameMs = 16
/** What is typed first is fetched this long after the session is there, ms: programs, then Docker's command line. */
const everydayAfterMs = 150
const dockerAfterMs = 500
/** Lines of a log that the page shows. */
const logLines = 500

interface Workspace {
  readonly name: string
  readonly session: Session
  readonly keeper: Keeper
  readonly storage: Storage
  /** Fetched beside the first prompt. */
  readonly lessons: Promise<Lessons>
  readonly feed: Feed
  readonly drive: Drive
  readonly terminals: Map<string, TerminalWindow>
}

let workspace: Workspace | undefined
/** The world is being made or exchanged; what the page sends meanwhile is for the new one. */
let changing: Promise<unknown> = Promise.resolve()
let frameNumber = 0
let isFrameUnderWay = false
let lastFrameAt = 0
let frameTimer: ReturnType<typeof setTimeout> | undefined
let saveTimer: ReturnType<typeof setTimeout> | undefined

function post(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer })
}

function tellFault(part: string, error: unknown): void {
  post({ type: 'trouble', message: `A bug of Drydock: ${part} failed: ${error instanceof Error ? error.message : String(error)}` })
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  void received(data).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    if (data.type === 'ask') post({ type: 'refused', id: data.id, message })
    else post({ type: 'trouble', message })
  })
}

async function received(message: ToWorker): Promise<void> {
  if (message.type === 'open') {
    const opening = open(message.workspace, message.preset, message.takeOver)
    changing = opening.catch(() => {})
    return opening
  }
  await changing
  if (!workspace) return
  const { session, drive: driven, terminals } = workspace
  switch (message.type) {
    case 'terminal-open':
      return openTerminal(workspace, message)
    case 'terminal-input':
      terminals.get(message.terminal)?.type(message.text)
      return driven.kick()
    case 'terminal-resize':
      terminals.get(message.terminal)?.resize(message.cols, message.rows)
      return driven.kick()
    case 'terminal-close':
      terminals.get(message.terminal)?.close()
      terminals.delete(message.terminal)
      return driven.kick()
    case 'frame-drawn':
      isFrameUnderWay = false
      return planFrame()
    case 'speed':
      driven.speed = message.speed
      return planFrame(true)
    case 'step':
      driven.step()
      return planFrame(true)
    case 'ask':
      return post({ type: 'answer', id: message.id, value: await answer(workspace, message.question) })
    default:
      session satisfies Session
  }
}

async function open(name: string, preset: string, takeOver: boolean): Promise<void> {
  if (!(await owned(name, takeOver, () => void leave()))) return post({ type: 'taken' })
  const storage = await openStorage(name)
  const saved = await storage.load()
  const session = await Session.create({
    preset: saved ? String(saved.world.preset ?? preset) : preset,
    saved,
    supplies: browserSupplies,
    onFault: tellFault,
    startMs: Date.now(),
    seed: crypto.getRandomValues(new Uint32Array(1))[0],
  })
  begin(name, session, storage, new Undo())
}

function begin(name: string, session: Session, storage: Storage, undo: Undo): void {
  const keeper = new Keeper(session, storage, (message) => post({ type: 'trouble', message }), undo)
  session.beforePrompt = () => keeper.saved()
  const feed = new Feed(() => session.stores())
  const lessons = import('./lessons.ts').then(({ openLessons }) => openLessons(session, storage))
  // Who asks for lessons is told; until somebody does, nothing is lost.
  lessons.catch(() => {})
  const driven = drive(session.clock, planFrame)
  session.onPlanned = () => driven.kick()
  workspace = { name, session, keeper, storage, lessons, feed, drive: driven, terminals: new Map() }
  session.onFileChanged = (path) => post({ type: 'file-changed', path })
  session.onBrowse = (address) => post({ type: 'browse', address })
  isFrameUnderWay = false
  post({ type: 'opened', home: session.home, lesson: session.lesson?.lesson ?? null })
  planFrame(true)
  // It is here when somebody has typed, and did not make the prompt wait.
  setTimeout(() => void loadEveryday().catch(() => {}), everydayAfterMs)
  setTimeout(() => void loadDocker().catch(() => {}), dockerAfterMs)
}

/** Another tab takes the workspace: what is not saved yet is, and everything stops. */
async function leave(): Promise<void> {
  if (!workspace) return
  const { keeper, drive: driven, storage } = workspace
  driven.stop()
  await keeper.saved()
  storage.close()
  workspace = undefined
  post({ type: 'taken' })
}

function openTerminal(
  { session, terminals, drive: driven }: Workspace,
  { terminal, cols, rows }: { terminal: string; cols: number; rows: number },
): void {
  terminals.get(terminal)?.close()
  const window = session.openWindow({ cols, rows })
  terminals.set(terminal, window)
  window.onOutput = (bytes) => {
    const own = bytes.slice()
    post({ type: 'terminal-output', terminal, bytes: own }, [own.buffer])
  }
  window.onEnd = () => post({ type: 'terminal-ended', terminal })
  driven.kick()
}

function planFrame(isUrgent = false): void {
  if (!workspace) return
  planSave(workspace.keeper)
  if (isFrameUnderWay || frameTimer !== undefined) return
  if (!isUrgent && !workspace.feed.hasNews) return
  const wait = Math.max(0, lastFrameAt + frameMs - performance.now())
  frameTimer = setTimeout(sendFrame, wait)
}

function planSave(keeper: Keeper): void {
  if (saveTimer !== undefined || !keeper.hasNews) return
  saveTimer = setTimeout(() => {
    saveTimer = undefined
    if (workspace?.keeper === keeper) void keeper.saved()
  }, autosaveMs)
}

function sendFrame(): void {
  frameTimer = undefined
  if (!workspace) return
  const { session, feed, drive: driven } = workspace
  lastFrameAt = performance.now()
  isFrameUnderWay = true
  post({ type: 'frame', number: ++frameNumber, now: session.clock.now(), speed: driven.speed, ...feed.next() })
}

async function answer(present: Workspace, question: Question): Promise<unknown> {
  const { session, lessons, drive: driven, keeper } = present
  switch (question.type) {
    case 'read-file':
      return session.readText(question.path)
    case 'write-file':
      session.writeFile(question.path, question.text)
      driven.kick()
      return keeper.saved()
    case 'list-files':
      return session.listFiles(question.path)
    case 'log':
      return (await import('../session/container-log.ts')).containerLog(session, question, logLines)
    case 'visit':
      return (await import('../session/visit.ts')).visit(session, question.url, driven)
    case 'lessons':
      return (await lessons).room.summaries()
    case 'lesson-open':
      return openLesson(present, question.lesson)
    case 'lesson-check': {
      const result = await (await lessons).room.check(question.step, driven)
      await keeper.saved()
      return result
    }
    case 'lesson-reach':
      ;(await lessons).room.reach(question.step, driven)
      return keeper.saved()
    case 'lesson-pass':
      ;(await lessons).room.pass(question.step)
      return keeper.saved()
    case 'lesson-seen':
      return (await lessons).room.see(question.step)
    case 'pack-open':
      return (await lessons).addPack(question.name, question.content)
    case 'pack-forget':
      return (await lessons).forgetPack(question.name)
    case 'undo':
      return restart(present, keeper.previous())
    case 'redo':
      return restart(present, keeper.next())
    case 'reset':
      keeper.remember()
      return restart(present, undefined)
    case 'export':
      return keeper.archive()
    case 'import':
      return imported(present, question.data)
  }
}

/** What cannot be read leaves everything as it is. */
function imported(present: Workspace, data: Uint8Array): Promise<void> {
  const saved = present.keeper.unpacked(data)
  present.keeper.remember()
  return restart(present, saved)
}

/** A lesson that wants another world gets it; the pages of the lesson are the answer. */
async function openLesson(present: Workspace, id: string): Promise<unknown> {
  const { room } = await present.lessons
  const preset = room.presetOf(id)
  if (preset !== present.session.preset || !room.isStarted(id)) {
    present.keeper.remember()
    await restart(present, undefined, preset)
    await (await workspace?.lessons)?.room.start(id, workspace?.drive)
  }
  return (await workspace?.lessons)?.room.opened(id)
}

/** Begins anew, from a saved state or from nothing, in the same workspace. Terminals stay open and get a new shell. */
function restart(present: Workspace, saved: Awaited<ReturnType<Storage['load']>>, preset = present.session.preset): Promise<void> {
  const restarting = exchanged(present, saved, preset)
  changing = restarting.catch(() => {})
  return restarting
}

async function exchanged(present: Workspace, saved: Awaited<ReturnType<Storage['load']>>, preset: string): Promise<void> {
  present.drive.stop()
  const sizes = [...present.terminals].map(([terminal, { cols, rows }]) => ({ terminal, cols, rows }))
  for (const window of present.terminals.values()) window.close()
  present.session.stop()
  await present.storage.clear()
  const session = await Session.create({
    preset: saved ? String(saved.world.preset ?? preset) : preset,
    saved,
    supplies: browserSupplies,
    onFault: tellFault,
    startMs: Date.now(),
    seed: crypto.getRandomValues(new Uint32Array(1))[0],
  })
  begin(present.name, session, present.storage, present.keeper.undo)
  if (!workspace) return
  for (const size of sizes) openTerminal(workspace, size)
  await workspace.keeper.saved()
}
