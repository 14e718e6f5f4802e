/** Which room is drawn: the one chosen, or else the one where something happened last. */
import { createContext, useContext } from 'react'
import { useDock, useDrydock, type State } from '../app/state.ts'
import { stepsAt, type Step } from '../causes.ts'

export const RoomContext = createContext('')

/** The store of the room that the component stands in. */
export function useRoom(): string {
  return useContext(RoomContext)
}

function roomsOf({ shown }: State): string {
  return [...shown.stores.keys()].filter((store) => store !== 'session').sort().join(' ')
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

/** The steps of the present story up to the one shown, where they have their numbers in the picture. */
export function useSteps(): readonly Step[] {
  const drydock = useDrydock()
  useDock(({ noteCount }) => noteCount)
  const position = useDock(({ position }) => position)
  const { steps, current } = stepsAt(drydock.notes.all, position ?? drydock.history.end)
  return steps.slice(0, current)
}
