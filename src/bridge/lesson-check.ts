/**
 * Plays a lesson pack without a page: before its solution every checked step must fail, after it it must pass. What is broken in the
 * pack is said with file and reason.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compared, goalRows, type GoalRow, type Held } from '../lesson/goal.ts'
import { type PackFiles, parsePack } from '../lesson/pack.ts'
import { Session } from '../session/session.ts'
import { LessonRoom, scriptCommand } from '../session/lesson-room.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

/** Answers 1 when something is broken. */
export async function lessonCheck(
  folder: string,
  say: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): Promise<number> {
  const files = packFiles(folder)
  const { lessons, problems } = parsePack(files)
  let failures = problems.length
  for (const problem of problems) say(`✗ ${problem}`)
  for (const { id, title, environment, steps } of lessons) {
    const session = await Session.create({ preset: environment, supplies: nodeSupplies })
    const room = new LessonRoom(session, { packs: new Map([['', files]]), passed: new Map() })
    await room.start(id)
    say(`${title} (${id})`)
    for (const [index, step] of steps.entries()) {
      room.reach(String(index))
      await run(session, { cmd: untilPrepared })
      const check = async () =>
        step.verify === undefined ? undefined : run(session, { cmd: scriptCommand(session, 'verify', step.verify) })
      const before = await check()
      if (step.solution !== undefined) {
        const solved = await run(session, { cmd: step.solution })
        if (solved.code !== 0) say(`    the solution ended with ${solved.code}: ${solved.stderr.trim()}`)
      }
      const after = await check()
      if (step.goal) await run(session, { cmd: untilSettled })
      const isGoal =
        step.goal === undefined || compared(step.goal, goalRows(heldIn(session), { withPulled: true })).every(({ isSame }) => isSame)
      const why =
        before?.code === 0
          ? 'its check passes before anything was done'
          : after && after.code !== 0 && step.solution !== undefined
            ? `its check fails after the solution: ${after.stdout.trim() || after.stderr.trim()}`
            : isGoal
              ? ''
              : 'its goal is not what its solution leads to: `drydock lesson goals` writes it anew'
      if (why) failures++
      say(`  ${why ? '✗' : '✓'} ${step.title}${why ? `: ${why}` : ''}`)
    }
    session.stop()
  }
  say(`${lessons.length} lessons, ${failures} problems`)
  return failures > 0 ? 1 : 0
}

/** Plays each lesson's solutions and writes beside it what each step leaves behind: its goal. */
export async function writeGoals(
  folder: string,
  say: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): Promise<number> {
  const files = packFiles(folder)
  for (const { id, environment, steps } of parsePack(files).lessons) {
    const session = await Session.create({ preset: environment, supplies: nodeSupplies })
    const room = new LessonRoom(session, { packs: new Map([['', files]]), passed: new Map() })
    await room.start(id)
    const goals: (readonly GoalRow[] | null)[] = []
    let before = JSON.stringify(stateOf(session))
    for (const [index, { verify, solution }] of steps.entries()) {
      room.reach(String(index))
      for (const cmd of [untilPrepared, solution, verify, untilSettled]) if (cmd !== undefined) await run(session, { cmd })
      const rows = stateOf(session)
      goals.push(JSON.stringify(rows) === before || rows.length === 0 ? null : rows)
      before = JSON.stringify(rows)
    }
    session.stop()
    if (goals.every((goal) => goal === null)) continue
    writeFileSync(join(folder, id, 'goal.json'), `[\n${goals.map((goal) => `  ${JSON.stringify(goal)}`).join(',\n')}\n]\n`)
    say(`${id}: ${goals.filter(Boolean).length} goals`)
  }
  return 0
}

/** What a step's own scripts set up is there by then. */
const untilPrepared = 'sleep 20'
/** What was asked to go is gone by then. */
const untilSettled = 'sleep 12'

function stateOf(session: Session): readonly GoalRow[] {
  const held = heldIn(session)
  const rows = goalRows(held, { withPulled: false })
  return rows.length > 0 ? rows : goalRows(held, { withPulled: true })
}

function heldIn(session: Session): Held[] {
  return [...session.stores()].flatMap(([store, each]) => [...each.all()].map((object) => ({ store, ...object })))
}

function packFiles(folder: string): PackFiles {
  const files = new Map<string, Uint8Array>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(path.slice(folder.replace(/\/$/, '').length + 1).replaceAll('\\', '/'), readFileSync(path))
  }
  return files
}
