/** What opens over the page: the palette, the keys, and taking the session along. They are loaded when first asked for. */
import { Command } from 'cmdk'
import { useEffect, useRef, useState } from 'react'
import style from './dialogs.module.css'
import { commands, goToKind, keyTable } from './keys.ts'
import { lettersInCode, QrCode } from './qr-code.tsx'
import { commandsTyped, linkWith } from './share.ts'
import { insert, select, useDock, useDrydock } from './state.ts'
import { openFromFile, saveToFile } from './whole.ts'
import { wordsOf } from './words-of.ts'

export function Dialogs() {
  const { store } = useDrydock()
  const dialog = useDock(({ dialog }) => dialog)
  const element = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (dialog) element.current?.showModal()
  }, [dialog])
  if (!dialog) return null
  const close = () => store.setState({ dialog: undefined })
  return (
    <dialog
      ref={element}
      className={style.dialog}
      aria-label={titles[dialog]}
      onClose={close}
      onClick={(event) => event.target === element.current && close()}
    >
      {dialog === 'palette' && <Palette close={close} />}
      {dialog === 'keys' && <Keys />}
      {dialog === 'share' && <Share />}
    </dialog>
  )
}

const titles = { palette: 'Commands', keys: 'Keys', share: 'Share' } as const

const kinds: readonly { readonly title: string; readonly resource: string; readonly keys: string }[] = [
  { title: 'Go to Pods', resource: 'pods', keys: 'g p' },
  { title: 'Go to Deployments', resource: 'deployments.apps', keys: 'g d' },
  { title: 'Go to Services', resource: 'services', keys: 'g s' },
  { title: 'Go to nodes', resource: 'nodes', keys: 'g n' },
  { title: 'Go to containers', resource: 'containers', keys: 'g c' },
  { title: 'Go to images', resource: 'images', keys: 'g i' },
]

/** Objects offered by name; more than these are better filtered in the picture. */
const objectsOffered = 60
const offeredResources = ['pods', 'deployments.apps', 'services', 'nodes', 'containers', 'images']

function Palette({ close }: { readonly close: () => void }) {
  const drydock = useDrydock()
  const world = useDock(({ shown }) => shown)
  const [words, setWords] = useState('')
  const objects = [...world.stores]
    .flatMap(([store, { resources }]) =>
      offeredResources.flatMap((resource) =>
        [...(resources.get(resource)?.entries() ?? [])].map(([key, object]) => ({ store, resource, key, name: nameOf(object, key) })),
      ),
    )
    .slice(0, objectsOffered)
  const run = (act: () => void) => () => {
    close()
    act()
  }
  return (
    <Command label="Commands" className={style.palette}>
      <Command.Input autoFocus value={words} onValueChange={setWords} placeholder="What would you like to do?" />
      <Command.List className={style.list}>
        <Command.Empty>
          <button className={style.type} onClick={run(() => insert(drydock, words))}>
            Put <code>{words}</code> at the prompt
          </button>
        </Command.Empty>
        <Command.Group heading="Page">
          {commands.map(({ title, keys, run: act }) => (
            <Command.Item key={title} onSelect={run(() => act(drydock))}>
              {title}
              {keys && <kbd>{keys}</kbd>}
            </Command.Item>
          ))}
          {kinds.map(({ title, resource, keys }) => (
            <Command.Item key={title} onSelect={run(() => goToKind(drydock, resource))}>
              {title}
              <kbd>{keys}</kbd>
            </Command.Item>
          ))}
        </Command.Group>
        {objects.length > 0 && (
          <Command.Group heading="Things">
            {objects.map(({ store, resource, key, name }) => (
              <Command.Item
                key={`${store} ${resource} ${key}`}
                value={`${name} ${resource} ${store}`}
                onSelect={run(() => select(drydock, { store, resource, key }))}
              >
                {name}
                <small>{resource.split('.')[0]}</small>
              </Command.Item>
            ))}
          </Command.Group>
        )}
      </Command.List>
    </Command>
  )
}

function nameOf(object: object, key: string): string {
  if ('Name' in object && typeof object.Name === 'string') return object.Name.replace(/^\//, '')
  if ('RepoTags' in object && Array.isArray(object.RepoTags) && object.RepoTags.length > 0) return String(object.RepoTags[0])
  return key.split('/').at(-1) ?? key
}

function Keys() {
  return (
    <div className={style.sheet}>
      <h2>Keys</h2>
      <dl>
        {keyTable.map(({ keys, title }) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{title}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

function Share() {
  const drydock = useDrydock()
  const lesson = useDock(({ lesson }) => lesson)
  const [problem, setProblem] = useState('')
  const [withCommands, setWithCommands] = useState(true)
  const [address, setAddress] = useState('')
  useEffect(() => {
    const commands = withCommands ? commandsTyped(drydock.store.getState().live) : []
    void linkWith(commands, { lesson }).then(setAddress)
  }, [drydock, lesson, withCommands])
  const tried = (act: Promise<void>) =>
    act.then(
      () => setProblem(''),
      (refusal: unknown) => setProblem(wordsOf(refusal)),
    )
  return (
    <div className={style.sheet}>
      <h2>Share</h2>
      <p>A link opens the same beginning in a session of its own:</p>
      <p className={style.link}>
        <input readOnly aria-label="Link" value={address} onFocus={({ target }) => target.select()} />
        <button onClick={() => void tried(navigator.clipboard.writeText(address))}>Copy</button>
      </p>
      {address && address.length <= lettersInCode && <QrCode text={address} />}
      {address.length > lettersInCode && <p className={style.soft}>Too long for a QR code: leave the commands out, or save to a file.</p>}
      <label>
        <input type="checkbox" checked={withCommands} onChange={({ target }) => setWithCommands(target.checked)} /> with the commands typed
        so far
      </label>
      <p>A file takes everything along: files, containers, clusters.</p>
      <p className={style.link}>
        <button onClick={() => void tried(saveToFile(drydock))}>Save the session to a file</button>
        <label className={style.file}>
          Open one
          <input type="file" onChange={({ target }) => target.files?.[0] && void tried(openFromFile(drydock, target.files[0]))} />
        </label>
      </p>
      {problem && (
        <p role="alert" className={style.problem}>
          {problem}
        </p>
      )}
    </div>
  )
}
