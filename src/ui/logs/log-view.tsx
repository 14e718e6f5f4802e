/**
 * What a container or a Pod's containers print, with time and stream, following. It is asked anew every second while it is looked at;
 * in the past only what had been printed by then is shown.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { LogLine } from '../../worker/messages.ts'
import { useDock, useDrydock, type Subject } from '../app/state.ts'
import type { Pod } from '../objects.ts'
import { objectAt } from '../world.ts'
import style from './logs.module.css'

const askEveryMs = 1_000
const escapes = /\x1b\[[\d;?]*[A-Za-z]/g

export function LogView({ subject }: { readonly subject: Subject }) {
  const lines = useLog(subject)
  const until = useDock(({ position, shown }) => (position === undefined ? Number.POSITIVE_INFINITY : shown.now))
  const place = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  const printed = lines?.filter(({ time }) => Date.parse(time) <= until)
  const last = printed?.at(-1)?.time
  useLayoutEffect(() => {
    if (isAtEnd.current && last) place.current?.scrollTo({ top: place.current.scrollHeight })
  }, [last])
  if (!printed) return null
  if (printed.length === 0) return <p className={style.none}>It has printed nothing.</p>
  const hasSeveral = new Set(printed.map(({ container }) => container)).size > 1
  return (
    <div
      ref={place}
      className={style.log}
      role="log"
      aria-label="Log"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 8
      }}
    >
      {printed.map(({ time, stream, container, text }, index) => (
        <div key={index} className={stream === 'stderr' ? style.stderr : ''}>
          <time title={time}>{time.slice(11, 19)}</time>
          <small>{hasSeveral ? `${container} ${stream}` : stream}</small>
          <span>{text.replace(/\n$/, '').replaceAll(escapes, '')}</span>
        </div>
      ))}
    </div>
  )
}

/** Undefined until the worker has answered once. */
function useLog({ store, resource, key }: Subject): readonly LogLine[] | undefined {
  const { end } = useDrydock()
  const node = useDock(({ shown }) => (objectAt(shown, store, resource, key) as Pod | undefined)?.spec?.nodeName)
  const [lines, setLines] = useState<readonly LogLine[]>()
  useEffect(() => {
    let isLookedAt = true
    let timer: ReturnType<typeof setTimeout>
    const ask = async () => {
      const answer = (await end.ask({ type: 'log', store, resource, key, node }).catch(() => [])) as readonly LogLine[] | undefined
      if (!isLookedAt) return
      const next = answer ?? []
      setLines((before) => (before && before.length === next.length && before.at(-1)?.time === next.at(-1)?.time ? before : next))
      timer = setTimeout(() => void ask(), askEveryMs)
    }
    setLines(undefined)
    void ask()
    return () => {
      isLookedAt = false
      clearTimeout(timer)
    }
  }, [end, store, resource, key, node])
  return lines
}
