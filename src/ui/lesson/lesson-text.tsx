/**
 * A lesson's text. It arrives as a tree that was made safe in the worker; nothing here turns text into markup. A code block is put at
 * the prompt by a click: typing is part of learning, so pressing Enter is left to the person.
 */
import { toJsxRuntime } from 'hast-util-to-jsx-runtime'
import { CornerDownLeft } from 'lucide-react'
import { Fragment, useMemo, type ComponentProps } from 'react'
import { jsx, jsxs } from 'react/jsx-runtime'
import { insert, useDrydock } from '../app/state.ts'
import style from './lesson-pane.module.css'

type Tree = Parameters<typeof toJsxRuntime>[0]

export function LessonText({ tree }: { readonly tree: object }) {
  return useMemo(() => toJsxRuntime(tree as Tree, { Fragment, jsx, jsxs, components: { code: Code, pre: Block, a: Link } }), [tree])
}

/** Text inside of nested elements, as it would be typed. */
function textOf(children: React.ReactNode): string {
  if (typeof children === 'string') return children
  if (Array.isArray(children)) return children.map(textOf).join('')
  return ''
}

function Code({ children, ...more }: ComponentProps<'code'>) {
  const drydock = useDrydock()
  const text = textOf(children).replace(/\n$/, '')
  if (!('data-action' in more)) return <code>{children}</code>
  return (
    <button className={style.run} title="Put it at the prompt" onClick={() => insert(drydock, text)}>
      <code>{text}</code>
      <CornerDownLeft aria-hidden />
    </button>
  )
}

function Block({ children }: ComponentProps<'pre'>) {
  return <pre className={style.block}>{children}</pre>
}

function Link({ children, href }: ComponentProps<'a'>) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  )
}
