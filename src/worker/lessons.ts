/** The lessons that come with the page, and what reads them: a part of the worker of its own, fetched beside the first prompt, not before it. */
import { LessonRoom } from '../session/lesson-room.ts'
import type { Session } from '../session/session.ts'

/** Every file below `lessons/`, by its path here. */
const modules = import.meta.glob<string>('../../lessons/**/*', { query: '?raw', import: 'default', eager: true })

export function lessonRoom(session: Session): LessonRoom {
  return new LessonRoom(session, new Map(Object.entries(modules).map(([path, text]) => [path.replace('../../lessons/', ''), text])))
}
