/** A link brought commands along: they are shown, and typed only when asked for. */
import { useEffect, useState } from 'react'
import style from './app.module.css'
import { commandsInAddress } from './share.ts'
import { type, useDock, useDrydock } from './state.ts'

export function Offer() {
  const drydock = useDrydock()
  const isOpen = useDock(({ phase }) => phase === 'open')
  const [commands, setCommands] = useState<readonly string[]>([])
  useEffect(() => {
    commandsInAddress().then(setCommands, () => drydock.store.setState({ notice: 'The link is not whole: its commands cannot be read.' }))
  }, [drydock])
  if (!isOpen || commands.length === 0) return null
  const close = () => {
    setCommands([])
    window.history.replaceState(null, '', location.pathname + location.search)
  }
  return (
    <div className={style.offer} role="status">
      <span>
        This link brings {commands.length} command{commands.length === 1 ? '' : 's'}:{' '}
        <code>
          {commands.slice(0, 3).join(' ; ')}
          {commands.length > 3 ? ' …' : ''}
        </code>
      </span>
      <button
        className={style.act}
        onClick={() => {
          type(drydock, commands.join('\r'))
          close()
        }}
      >
        Type them
      </button>
      <button className={style.act} onClick={close}>
        No
      </button>
    </div>
  )
}
