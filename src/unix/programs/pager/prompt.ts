/** less' last line: where it stands, and the small questions it asks there. */
import { standout } from './rows.ts'

export interface Place {
  readonly name: string
  /** Nothing for standard input. */
  readonly isNamed: boolean
  /** `2 of 3`, from 1. */
  readonly file: number
  readonly files: number
  readonly isFirst: boolean
  readonly isEnd: boolean
  readonly isFiltered: boolean
  /** Lines shown, from 1, and how many there are (if that is known). */
  readonly top: number
  readonly bottom: number
  readonly lines: number | undefined
  readonly percent: number | undefined
  /** -m and -M. */
  readonly style: 'short' | 'medium' | 'long'
}

export function promptOf(place: Place): string {
  const name = place.isNamed ? `${place.name}${place.files > 1 ? ` (file ${place.file} of ${place.files})` : ''}` : ''
  const end = place.isEnd ? '(END)' : ''
  const percent = place.isEnd || place.percent === undefined ? '' : `${place.percent}%`
  const lines = `lines ${place.top}-${place.bottom}${place.lines === undefined ? '' : `/${place.lines}`}`
  const words = {
    short: [place.isFirst ? name : '', end],
    medium: [place.isFirst ? name : '', end, percent],
    long: [name, lines, end, percent],
  }[place.style].filter(Boolean)
  const text = words.length === 0 ? ':' : standout(words.join(' '))
  return `${place.isFiltered ? '& ' : ''}${text}\x1b[K`
}

/** The answer to `=`. */
export function statusOf(
  place: Place,
  { seen, bytes, isOver }: { readonly seen: number; readonly bytes: number; readonly isOver: boolean },
): string {
  const file = place.isNamed ? `${place.name}${place.files > 1 ? ` (file ${place.file} of ${place.files})` : ''} ` : ''
  return `${file}lines ${place.top}-${place.bottom}${place.lines === undefined ? '' : `/${place.lines}`} byte ${seen}${isOver ? `/${bytes} ${place.isEnd ? '(END)' : `${place.percent ?? 0}%`}` : ''}`
}
