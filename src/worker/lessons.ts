/**
 * The lessons that come with the page and the packs that were brought to it: a part of the worker of its own, fetched beside the first
 * prompt, not before it. Packs and what was solved are kept beside the world, so that a new start does not lose them.
 */
import { unzipSync } from 'fflate'
import { type PackFiles, parsePack } from '../lesson/pack.ts'
import { LessonRoom, type LessonRecord } from '../session/lesson-room.ts'
import type { Session } from '../session/session.ts'
import type { Storage } from '../session/storage.ts'
import type { OpenedPack } from './messages.ts'

/** Every file below `lessons/`, by its path here. */
const modules = import.meta.glob<string>('../../lessons/**/*', { query: '?raw', import: 'default', eager: true })
const own: PackFiles = new Map(Object.entries(modules).map(([path, text]) => [path.replace('../../lessons/', ''), text]))

export interface Lessons {
  readonly room: LessonRoom
  /** Keeps a pack under a name, in place of one that had it; throws where there is no lesson in it. */
  addPack(name: string, content: Uint8Array | ReadonlyMap<string, Uint8Array>): Promise<OpenedPack>
  forgetPack(name: string): Promise<void>
}

const kept = { passed: 'lessons passed', records: 'lessons records', pack: 'lesson pack ' }

export async function openLessons(session: Session, storage: Storage): Promise<Lessons> {
  const notes = await storage.kept()
  const passed = new Map((notes.get(kept.passed) as ReadonlyMap<string, readonly string[]> | undefined) ?? [])
  const records = new Map((notes.get(kept.records) as ReadonlyMap<string, LessonRecord> | undefined) ?? [])
  const packs = new Map([['', own]])
  for (const [note, files] of notes) if (note.startsWith(kept.pack)) packs.set(note.slice(kept.pack.length), files as PackFiles)
  // Where it cannot be kept the world cannot either, and that is said when the world is saved.
  const keepPassed = () => void Promise.all([storage.keep(kept.passed, passed), storage.keep(kept.records, records)]).catch(() => {})
  const shelved = () => new LessonRoom(session, { packs, passed, records, onPassed: keepPassed })
  let room = shelved()
  return {
    get room() {
      return room
    },
    async addPack(name, content) {
      const files = content instanceof Uint8Array ? unzipped(content) : content
      const { lessons, problems } = parsePack(files)
      if (lessons.length === 0) throw new Error(problems[0] ?? 'There is no lesson in it: no index.json was found.')
      await storage.keep(kept.pack + name, files)
      packs.set(name, files)
      room = shelved()
      return { lessons: lessons.length, problems }
    },
    async forgetPack(name) {
      await storage.keep(kept.pack + name, undefined)
      packs.delete(name)
      room = shelved()
    },
  }
}

function unzipped(archive: Uint8Array): ReadonlyMap<string, Uint8Array> {
  try {
    return new Map(Object.entries(unzipSync(archive)).filter(([path]) => !path.endsWith('/')))
  } catch (error) {
    throw new Error(`This is not a zip archive that can be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
