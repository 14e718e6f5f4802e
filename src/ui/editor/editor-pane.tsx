/**
 * The editor: a list of the learner's files until one is opened, then Monaco. Saving writes the file in the sandbox; applying types
 * the command that a person would type.
 */
import { ChevronLeft, File, FilePlus, Folder } from 'lucide-react'
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import type { FileEntry } from '../../worker/messages.ts'
import { type as typeCommand, useDock, useDrydock } from '../app/state.ts'
import { wordsOf } from '../app/words-of.ts'
import style from './editor-pane.module.css'
import { folderOf, isManifest, listed, nameOf, read, typedPath, write } from './files.ts'

const CodeView = lazy(() => import('./code-view.tsx').then(({ CodeView }) => ({ default: CodeView })))

interface Opened {
  readonly path: string
  readonly text: string
  /** Grows when the file was changed by something else, and the view must take the text anew. */
  readonly version: number
}

export function EditorPane() {
  const drydock = useDrydock()
  const home = useDock(({ home }) => home)
  const [opened, setOpened] = useState<Opened>()
  const [isChanged, setIsChanged] = useState(false)
  const text = useRef('')

  const open = useCallback(
    async (path: string, isNew = false) => {
      try {
        const content = isNew ? '' : await read(drydock, path)
        text.current = content
        setOpened((before) => ({ path, text: content, version: (before?.version ?? 0) + 1 }))
        setIsChanged(isNew)
      } catch (refusal) {
        drydock.store.setState({ notice: wordsOf(refusal) })
      }
    },
    [drydock],
  )

  useEffect(() => {
    const changed = (path: string) => {
      if (path === opened?.path && !isChanged) void open(path)
    }
    drydock.fileListeners.add(changed)
    return () => void drydock.fileListeners.delete(changed)
  }, [drydock, opened?.path, isChanged, open])

  const wanted = useDock(({ fileWanted }) => fileWanted)
  useEffect(() => {
    if (wanted === undefined) return
    drydock.store.setState({ fileWanted: undefined })
    void open(wanted.startsWith('/') ? wanted : `${home}/${wanted.replace(/^~\//, '')}`)
  }, [drydock, wanted, home, open])

  const save = async (): Promise<boolean> => {
    if (!opened) return false
    try {
      await write(drydock, opened.path, text.current)
      setIsChanged(false)
      return true
    } catch (refusal) {
      drydock.store.setState({ notice: wordsOf(refusal) })
      return false
    }
  }
  const apply = async () => {
    if (opened && (await save())) typeCommand(drydock, `kubectl apply -f ${typedPath(opened.path, home)}`)
  }

  if (!opened) return <FileList open={open} />
  return (
    <section className={style.pane} aria-label="Editor">
      <div className={style.head}>
        <button className={style.icon} aria-label="Files" title="Files" onClick={() => setOpened(undefined)}>
          <ChevronLeft aria-hidden />
        </button>
        <b title={opened.path}>{nameOf(opened.path)}</b>
        {isChanged && <span className={style.badge}>not saved</span>}
        <span className={style.space} />
        <button className={style.act} disabled={!isChanged} onClick={() => void save()}>
          Save <kbd>Ctrl S</kbd>
        </button>
        {isManifest(opened.path) && (
          <button className={style.act} onClick={() => void apply()}>
            Apply <kbd>Ctrl ↵</kbd>
          </button>
        )}
      </div>
      <Suspense fallback={<div className={style.opening}>Opening {nameOf(opened.path)} …</div>}>
        <CodeView
          path={opened.path}
          text={opened.text}
          version={opened.version}
          changed={(content) => {
            text.current = content
            setIsChanged(true)
          }}
          save={() => void save()}
          apply={() => void (isManifest(opened.path) ? apply() : save())}
        />
      </Suspense>
    </section>
  )
}

function FileList({ open }: { readonly open: (path: string, isNew?: boolean) => Promise<void> }) {
  const drydock = useDrydock()
  const home = useDock(({ home }) => home)
  const isOpen = useDock(({ phase }) => phase === 'open')
  const [chosen, setChosen] = useState<string>()
  const [entries, setEntries] = useState<readonly FileEntry[]>([])
  const folder = chosen ?? home

  useEffect(() => {
    if (!isOpen) return
    let isStale = false
    const list = () => {
      listed(drydock, folder).then(
        (found) => {
          if (!isStale) setEntries(found)
        },
        () => setEntries([]),
      )
    }
    list()
    const changed = (path: string) => {
      if (folderOf(path) === folder) list()
    }
    drydock.fileListeners.add(changed)
    return () => {
      isStale = true
      drydock.fileListeners.delete(changed)
    }
  }, [drydock, folder, isOpen])

  return (
    <section className={style.pane} aria-label="Editor">
      <div className={style.head}>
        {folder !== '/' && (
          <button className={style.icon} aria-label="Folder above" title="Folder above" onClick={() => setChosen(folderOf(folder))}>
            <ChevronLeft aria-hidden />
          </button>
        )}
        <b>{folder === home ? 'Files' : folder}</b>
        <span className={style.space} />
        <NewFile create={(name) => void open(`${folder === '/' ? '' : folder}/${name}`, true)} />
      </div>
      <ul className={style.files}>
        {entries.map(({ path, kind }) => (
          <li key={path}>
            <button onClick={() => (kind === 'directory' ? setChosen(path) : void open(path))}>
              {kind === 'directory' ? <Folder aria-hidden /> : <File aria-hidden />}
              {nameOf(path)}
            </button>
          </li>
        ))}
        {entries.length === 0 && <li className={style.soft}>No files here. Make one, or write one in the terminal.</li>}
      </ul>
    </section>
  )
}

function NewFile({ create }: { readonly create: (name: string) => void }) {
  const [isNaming, setIsNaming] = useState(false)
  if (!isNaming) {
    return (
      <button className={style.act} onClick={() => setIsNaming(true)}>
        <FilePlus aria-hidden /> New file
      </button>
    )
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const name = new FormData(event.currentTarget).get('name')
        if (typeof name === 'string' && name.trim() !== '') create(name.trim())
        setIsNaming(false)
      }}
    >
      <input
        ref={(field) => field?.focus()}
        name="name"
        className={style.name}
        aria-label="Name of the new file"
        placeholder="web.yaml"
        onKeyDown={({ key }) => key === 'Escape' && setIsNaming(false)}
        onBlur={({ target }) => target.value === '' && setIsNaming(false)}
      />
    </form>
  )
}
