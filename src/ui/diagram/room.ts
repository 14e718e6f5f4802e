/** Which room is drawn: the one chosen, or else the one where something happened last. */
import { createContext, useContext } from 'react'
import { useDock, useDrydock, type State } from '../app/state.ts'
import { lastBefore, stepsAt, type Step } from '../causes.ts'

export const RoomContext = createContext('')

/** The store of the room that the component stands in. */
export function useRoom(): string {
  return useContext(RoomContext)
}

function roomsOf({ shown }: State): string {
  return [...shown.stores.keys()]
    .filter((store) => store !== 'session')
    .sort()
    .join(' ')
}

export function useRooms(): readonly string[] {
  const rooms = useDock(roomsOf)
  return rooms === '' ? [] : rooms.split(' ')
}

export function useRoomName(): string | undefined {
  const { notes } = useDrydock()
  const rooms = useRooms()
  const chosen = useDock(({ room }) => room)
  useDock(({ noteCount }) => noteCount)
  if (chosen && rooms.includes(chosen)) return chosen
  const last = notes.all.findLast(({ store }) => rooms.includes(store))?.store
  return last ?? rooms.find((room) => room.startsWith('cluster/')) ?? rooms[0]
}

interface Story {
  readonly steps: readonly Step[]
  readonly current: number
}

/** Many components ask for the same moment. */
let told: { readonly noteCount: number; readonly position: number | undefined; readonly story: Story } | undefined

/** The steps of the present story, and the number of the one shown. */
export function useStory(): Story {
  const { notes, history } = useDrydock()
  const noteCount = useDock(({ noteCount }) => noteCount)
  const position = useDock(({ position }) => position)
  if (told?.noteCount !== noteCount || told.position !== position)
    told = { noteCount, position, story: stepsAt(notes.all, position ?? history.end) }
  return told.story
}

/** The steps up to the one shown, where they have their numbers in the picture. */
export function useSteps(): readonly Step[] {
  const { steps, current } = useStory()
  return steps.slice(0, current)
}

/** The command that was typed last, as long as nothing else happened since. */
export function useLastCommand(): string {
  const { notes, history } = useDrydock()
  useDock(({ noteCount }) => noteCount)
  const position = useDock(({ position }) => position)
  const last = notes.all[lastBefore(notes.all, position ?? history.end)]
  return last?.kind === 'command' ? last.sentence : ''
}
