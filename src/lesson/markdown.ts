/**
 * Markdown of lessons to a tree that is safe to draw: GitHub's dialect with HTML in it, Killercoda's and Katacoda's marks behind code
 * (`{{exec}}`, `{{copy}}`, `{{execute T2}}`, `{{open}}`), which become `data-action` on the code element, and questions (`quiz.ts`).
 * Nothing of it is ever turned into HTML text.
 */
import type { Element, Root as HastRoot, RootContent as HastContent } from 'hast'
import { raw } from 'hast-util-raw'
import { defaultSchema, sanitize } from 'hast-util-sanitize'
import type { Code, InlineCode, Parents, RootContent } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { toHast } from 'mdast-util-to-hast'
import { gfm } from 'micromark-extension-gfm'
import { withoutMarks } from './marks.ts'

const schema = {
  ...defaultSchema,
  attributes: {
    ...defaultSchema.attributes,
    code: [...(defaultSchema.attributes?.code ?? []), 'dataAction', 'dataInterrupt', 'dataTerminal', 'dataHost', 'dataQuiz'],
    pre: ['dataFilename', 'dataTarget'],
  },
}

export interface TextOptions {
  /** A picture of the pack as a `data:` address, by its path beside the text; undefined where there is none. */
  readonly picture?: (path: string) => string | undefined
}

export function lessonTree(markdown: string, { picture = () => undefined }: TextOptions = {}): HastRoot {
  const tree = fromMarkdown(withoutMarks(markdown), { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] })
  markInline(tree)
  const html = raw(toHast(tree, { allowDangerousHtml: true }))
  markFrames(html as HastRoot)
  const safe = sanitize(html, schema) as HastRoot
  markPictures(safe, picture)
  withoutPositions(safe)
  return safe
}

/** The page has no use for places in the source, and the tree crosses to it as a message. */
function withoutPositions(node: HastRoot | HastContent): void {
  delete node.position
  if ('children' in node) for (const child of node.children) withoutPositions(child)
}

const mark = /^\{\{\s*(exec|execute|copy|open|quiz)?([^}]*)\}\}/

function markInline(parent: Parents): void {
  for (const [index, child] of (parent.children as RootContent[]).entries()) {
    if (child.type === 'code') markCode(child)
    else if (child.type === 'inlineCode') markInlineCode(child, parent.children[index + 1] as RootContent | undefined)
    else if ('children' in child) markInline(child as Parents)
  }
}

function markCode(code: Code): void {
  const found = /\{\{[^}]*\}\}/.exec(code.meta ?? '')
  code.meta = null
  act(code, found?.[0] ?? '{{copy}}')
}

function markInlineCode(code: InlineCode, next: RootContent | undefined): void {
  if (next?.type !== 'text') return
  const found = mark.exec(next.value)
  if (!found) return
  next.value = next.value.slice(found[0].length)
  act(code, found[0])
}

function act(code: Code | InlineCode, text: string): void {
  const [, verb, details = ''] = mark.exec(text) ?? []
  if (!verb) return
  if (verb === 'quiz') {
    code.data = { ...code.data, hProperties: { dataQuiz: code.value } }
    return
  }
  const place = /\b(T|HOST)([2-9])\b/.exec(details)
  code.data = {
    ...code.data,
    hProperties: {
      dataAction: verb === 'execute' ? 'exec' : verb,
      ...(/interrupt|ctrl-seq/.test(details) && { dataInterrupt: 'true' }),
      ...(place && { [place[1] === 'T' ? 'dataTerminal' : 'dataHost']: place[2] }),
    },
  }
}

/** A video or another site in a frame would be fetched from elsewhere: a link says where it is. */
function markFrames(parent: HastRoot | Element): void {
  parent.children = parent.children.map((child): HastContent => {
    if (child.type !== 'element') return child
    const address = child.properties.src
    if (child.tagName === 'iframe' && typeof address === 'string') return linkTo(address, String(child.properties.title ?? address))
    markFrames(child)
    return child
  }) as typeof parent.children
}

/** Pictures come with the pack; of any other a link is left, because the page asks nobody but its own server. */
function markPictures(parent: HastRoot | Element, picture: NonNullable<TextOptions['picture']>): void {
  parent.children = parent.children.map((child): HastContent => {
    if (child.type !== 'element') return child
    if (child.tagName !== 'img') {
      markPictures(child, picture)
      return child
    }
    const source = String(child.properties.src ?? '')
    const own = /^[a-z]+:|^\/\//i.test(source) ? undefined : picture(decoded(source))
    if (own !== undefined) return { ...child, properties: { ...child.properties, src: own } }
    return linkTo(source, `Picture: ${String(child.properties.alt || source)}`)
  }) as typeof parent.children
}

function linkTo(href: string, text: string): Element {
  return { type: 'element', tagName: 'a', properties: { href }, children: [{ type: 'text', value: text }] }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
