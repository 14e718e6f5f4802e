/**
 * The page: top bar, lesson, picture with timeline, inspector, and the dock with terminal and editor. It decides only what stands
 * where: wide screens show panes side by side, narrow ones a drawer or tabs, a projector what was enlarged.
 */
import { Component, lazy, Suspense, useEffect, useLayoutEffect, useState } from 'react'
import { Group, Panel, Separator } from 'react-resizable-panels'
import { LessonPane } from '../lesson/lesson-pane.tsx'
import { TerminalDock } from '../terminal/terminal-dock.tsx'
import { Timeline } from '../timeline/timeline.tsx'
import style from './app.module.css'
import { useKeys } from './keys.ts'
import { Offer } from './offer.tsx'
import { select, takeOver, useDock, useDrydock, type PaneName } from './state.ts'
import { TopBar } from './top-bar.tsx'

const Picture = lazy(() => import('../diagram/picture.tsx').then(({ Picture }) => ({ default: Picture })))
const Inspector = lazy(() => import('../inspector/inspector.tsx').then(({ Inspector }) => ({ default: Inspector })))
const EditorPane = lazy(() => import('../editor/editor-pane.tsx').then(({ EditorPane }) => ({ default: EditorPane })))
const Dialogs = lazy(() => import('./dialogs.tsx').then(({ Dialogs }) => ({ default: Dialogs })))

export function App() {
  const { store, sinks } = useDrydock()
  const dialog = useDock(({ dialog }) => dialog)
  const width = useWindowWidth()
  useKeys()
  // The first terminal had the focus before there was a page around it.
  useLayoutEffect(() => sinks.get(store.getState().terminal)?.focus(), [sinks, store])
  return (
    <div className={style.app}>
      <TopBar />
      <Trouble />
      {location.hash !== '' && <Offer />}
      {width < 800 ? <Narrow /> : <Wide width={width} />}
      {dialog && (
        <Suspense>
          <Dialogs />
        </Suspense>
      )}
      <Notice />
    </div>
  )
}

function useWindowWidth(): number {
  const [width, setWidth] = useState(() => window.innerWidth)
  useEffect(() => {
    const resized = () => setWidth(window.innerWidth)
    window.addEventListener('resize', resized)
    return () => window.removeEventListener('resize', resized)
  }, [])
  return width
}

/** Panel sizes in px at the base size of a laptop; a projector has larger letters, and panes that grow with them. */
function Wide({ width }: { readonly width: number }) {
  const mode = useDock(({ mode }) => mode)
  const enlarged = useDock(({ enlarged }) => enlarged)
  const projector = useDock(({ projector }) => projector)
  const showsInspector = useDock(({ showsInspector, subject, projector }) => showsInspector && (subject !== undefined || !projector))
  const hasSubject = useDock(({ subject }) => subject !== undefined)
  const rem = projector ? 18 : 13
  const hasRoomForInspector = width >= 1100
  // A small projector shows 80 columns of the terminal instead; key 4 brings the editor.
  const hasRoomForEditor = !projector || width >= 1600
  if (enlarged) return <Enlarged pane={enlarged} />
  return (
    <main className={style.body}>
      {/* Panes of another size are laid out anew. */}
      <Group key={`body-${projector}-${mode}`} orientation="horizontal" id={`body-${projector}-${mode}`}>
        {mode === 'guided' && (
          <>
            <Panel id="lesson" defaultSize={22 * rem} minSize={14 * rem} groupResizeBehavior="preserve-pixel-size">
              <LessonPane />
            </Panel>
            <Separator className={style.upright} aria-label="Width of the lesson" />
          </>
        )}
        <Panel id="work" minSize={30 * rem}>
          <Group orientation="vertical" id={`work-${projector}`}>
            <Panel id="above" minSize={16 * rem}>
              <div className={style.above}>
                <div className={style.stage}>
                  <Loaded>
                    <Picture />
                  </Loaded>
                  {showsInspector && (hasRoomForInspector || hasSubject) && (
                    <div className={hasRoomForInspector ? style.inspector : style.drawer}>
                      <Loaded>{hasSubject ? <Inspector /> : <NothingSelected />}</Loaded>
                    </div>
                  )}
                </div>
                <Timeline />
              </div>
            </Panel>
            <Separator className={style.level} aria-label="Height of terminal and editor" />
            <Panel
              id="dock"
              defaultSize={(projector && window.innerHeight < 900 ? 12.4 : 15.6) * rem}
              minSize={8 * rem}
              groupResizeBehavior="preserve-pixel-size"
            >
              <Group orientation="horizontal" id={`dock-${projector}-${hasRoomForEditor}`}>
                <Panel id="terminal" defaultSize={hasRoomForEditor ? '58.7%' : '100%'} minSize={20 * rem}>
                  <TerminalDock />
                </Panel>
                {hasRoomForEditor && (
                  <>
                    <Separator className={style.upright} aria-label="Width of the terminal" />
                    <Panel id="editor" minSize={14 * rem}>
                      <Loaded>
                        <EditorPane />
                      </Loaded>
                    </Panel>
                  </>
                )}
              </Group>
            </Panel>
          </Group>
        </Panel>
      </Group>
    </main>
  )
}

function NothingSelected() {
  return (
    <section className={style.nothing} aria-label="Inspector">
      <h2>Nothing selected</h2>
      <p>Click anything in the picture, and here is what it is and why it is so.</p>
    </section>
  )
}

/** In the terminal every key is the shell's, so the way back is also a button. */
function Enlarged({ pane }: { readonly pane: PaneName }) {
  const { store } = useDrydock()
  return (
    <main className={`${style.body} ${style.enlarged}`}>
      {paneOf(pane)}
      <button className={style.all} onClick={() => store.setState({ enlarged: undefined })}>
        All panes
      </button>
    </main>
  )
}

const tabNames: readonly { readonly name: PaneName; readonly title: string }[] = [
  { name: 'lesson', title: 'Lesson' },
  { name: 'picture', title: 'Picture' },
  { name: 'terminal', title: 'Terminal' },
  { name: 'editor', title: 'Editor' },
]

function Narrow() {
  const drydock = useDrydock()
  const enlarged = useDock(({ enlarged }) => enlarged ?? 'picture')
  const hasSubject = useDock(({ subject }) => subject !== undefined)
  return (
    <main className={style.narrow}>
      <div role="tablist" aria-label="Panes" className={style.tabs}>
        {tabNames.map(({ name, title }) => (
          <button
            key={name}
            role="tab"
            aria-selected={name === enlarged}
            className={style.tab}
            onClick={() => drydock.store.setState({ enlarged: name })}
          >
            {title}
          </button>
        ))}
      </div>
      <div className={style.one}>
        {paneOf(enlarged)}
        {hasSubject && enlarged === 'picture' && (
          <div className={style.drawer}>
            <button className={style.close} onClick={() => select(drydock, undefined)}>
              Close
            </button>
            <Loaded>
              <Inspector />
            </Loaded>
          </div>
        )}
      </div>
    </main>
  )
}

function paneOf(name: PaneName) {
  switch (name) {
    case 'lesson':
      return <LessonPane />
    case 'picture':
      return (
        <div className={style.above}>
          <div className={style.stage}>
            <Loaded>
              <Picture />
            </Loaded>
          </div>
          <Timeline />
        </div>
      )
    case 'terminal':
      return <TerminalDock />
    case 'editor':
      return (
        <Loaded>
          <EditorPane />
        </Loaded>
      )
  }
}

/** A part that is loaded on its own; when it cannot be, the rest of the page goes on and says so. */
class Loaded extends Component<{ readonly children: React.ReactNode }, { readonly problem: string }> {
  override state = { problem: '' }

  static getDerivedStateFromError(error: unknown): { readonly problem: string } {
    return { problem: error instanceof Error ? error.message : String(error) }
  }

  override render() {
    if (this.state.problem) {
      return (
        <div className={style.loading} role="alert">
          This part could not be shown: {this.state.problem}
        </div>
      )
    }
    return <Suspense fallback={<div className={style.loading} />}>{this.props.children}</Suspense>
  }
}

function Trouble() {
  const drydock = useDrydock()
  const trouble = useDock(({ trouble }) => trouble)
  const phase = useDock(({ phase }) => phase)
  if (phase === 'taken') {
    return (
      <div className={style.trouble} role="alert">
        <span>Another tab has this workspace open.</span>
        <button className={style.act} onClick={() => takeOver(drydock)}>
          Take it over
        </button>
      </div>
    )
  }
  if (!trouble) return null
  return (
    <div className={style.trouble} role="alert">
      <span>{trouble}</span>
      <button className={style.act} onClick={() => drydock.store.setState({ trouble: '' })}>
        Close
      </button>
    </div>
  )
}

function Notice() {
  const { store } = useDrydock()
  const notice = useDock(({ notice }) => notice)
  useEffect(() => {
    if (!notice) return
    const timer = setTimeout(() => store.setState({ notice: '' }), 6000)
    return () => clearTimeout(timer)
  }, [notice, store])
  return (
    <div className={style.notices} role="status">
      {notice && <div className={style.notice}>{notice}</div>}
    </div>
  )
}
