/**
 * A lesson's text. It arrives as a tree that was made safe in the worker; nothing here turns text into markup. A code block is put at
 * the prompt by a click: typing is part of learning, so pressing Enter is left to the person.
 */
import { toJsxRuntime } from 'hast-util-to-jsx-runtime'
import { Copy, CornerDownLeft, FileText, Globe } from 'lucide-react'
import { Children, Fragment, isValidElement, useMemo, type ComponentProps, type ReactNode } from 'react'
import { jsx, jsxs } from 'react/jsx-runtime'
import type { Quiz } from '../../lesson/quiz.ts'
import { browse, insertInto, useDrydock, type Drydock } from '../app/state.ts'
import { wordsOf } from '../app/words-of.ts'
import style from './lesson-pane.module.css'
import { QuizView } from './quiz-view.tsx'

type Tree = Parameters<typeof toJsxRuntime>[0]
/** What marks behind code have become (`lesson/markdown.ts`). */
interface Marks {
  readonly 'data-action'?: 'exec' | 'copy' | 'open'
  readonly 'data-interrupt'?: string
  readonly 'data-terminal'?: string
  readonly 'data-host'?: string
  readonly 'data-quiz'?: string
  readonly 'data-filename'?: string
  readonly 'data-target'?: 'replace' | 'append' | 'insert' | 'clipboard'
}

export function LessonText({ tree }: { readonly tree: object }) {
  return useMemo(() => toJsxRuntime(tree as Tree, { Fragment, jsx, jsxs, components: { code: Code, pre: Block, a: Link } }), [tree])
}

/** Text inside of nested elements, as it would be typed. */
function textOf(children: ReactNode): string {
  if (typeof children === 'string') return children
  if (Array.isArray(children)) return children.map(textOf).join('')
  if (isValidElement<{ children?: ReactNode }>(children)) return textOf(children.props.children)
  return ''
}

const interrupt = '\x03'

function Code({ children, ...marks }: ComponentProps<'code'> & Marks) {
  const drydock = useDrydock()
  const text = textOf(children).replace(/\n$/, '')
  if (marks['data-quiz'] !== undefined) return <QuizView quiz={JSON.parse(marks['data-quiz']) as Quiz} />
  switch (marks['data-action']) {
    case undefined:
      return <code>{children}</code>
    case 'copy':
      return (
        <button className={style.run} title="Copy it" onClick={() => void copied(drydock, text)}>
          <code>{text}</code>
          <Copy aria-hidden />
        </button>
      )
    case 'open':
      return (
        <button className={style.run} title="Open it in the editor" onClick={() => drydock.store.setState({ fileWanted: text })}>
          <code>{text}</code>
          <FileText aria-hidden />
        </button>
      )
    case 'exec': {
      const terminal = marks['data-terminal']
      const line = marks['data-interrupt'] ? interrupt + (/^\^C?$/.test(text) ? '' : text) : text
      return (
        <button
          className={style.run}
          title={terminal ? `Put it at the prompt of terminal ${terminal}` : 'Put it at the prompt'}
          onClick={() => insertInto(drydock, line, Number(terminal ?? 0))}
        >
          <code>{text}</code>
          {terminal && <small>in terminal {terminal}</small>}
          {marks['data-host'] && <small>on machine {marks['data-host']}</small>}
          <CornerDownLeft aria-hidden />
        </button>
      )
    }
  }
}

async function copied(drydock: Drydock, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    drydock.store.setState({ notice: 'Copied.' })
  } catch (refusal) {
    drydock.store.setState({ notice: wordsOf(refusal) })
  }
}

/** A block; one that belongs into a file has a button that writes it there, and one that is a question is no block at all. */
function Block({ children, ...marks }: ComponentProps<'pre'> & Marks) {
  const drydock = useDrydock()
  const only = Children.toArray(children)[0]
  if (isValidElement<Marks>(only) && only.props['data-quiz'] !== undefined) return <>{children}</>
  const file = marks['data-filename']
  const target = marks['data-target']
  if (target === 'clipboard' || (target && !file))
    return (
      <pre className={style.block}>
        {children}
        <button className={style.run} onClick={() => void copied(drydock, textOf(children))}>
          Copy <Copy aria-hidden />
        </button>
      </pre>
    )
  if (!file) return <pre className={style.block}>{children}</pre>
  return (
    <div>
      <pre className={style.block}>{children}</pre>
      <button
        className={style.run}
        onClick={() => void written(drydock, file, textOf(children), target === 'replace' ? 'replace' : 'append')}
      >
        {target === 'replace' ? 'Write it to' : 'Add it to'} <code>{file}</code>
        <FileText aria-hidden />
      </button>
    </div>
  )
}

/** Puts a lesson's text into a file and shows the file. */
async function written(drydock: Drydock, file: string, text: string, how: 'replace' | 'append'): Promise<void> {
  const { end, store } = drydock
  const path = file.startsWith('/') ? file : `${store.getState().home}/${file}`
  try {
    const before = how === 'append' ? await end.ask({ type: 'read-file', path }).catch(() => '') : ''
    await end.ask({ type: 'write-file', path, text: `${typeof before === 'string' ? before : ''}${text}` })
    store.setState({ fileWanted: path })
  } catch (refusal) {
    store.setState({ notice: wordsOf(refusal) })
  }
}

/** An address of the sandbox cannot be opened by the browser around it; the dock's shows what is there. */
function Link({ children, href }: ComponentProps<'a'>) {
  const drydock = useDrydock()
  if (href && /^http:\/\/(localhost|node\d\d)\b/.test(href))
    return (
      <button className={style.run} title="Open this page of the sandbox" onClick={() => browse(drydock, href)}>
        {children} {textOf(children) !== href && <code>{href}</code>}
        <Globe aria-hidden />
      </button>
    )
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  )
}
