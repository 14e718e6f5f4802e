/**
 * Markdown of lessons to a tree that is safe to draw: GitHub's dialect, plus Killercoda's and Katacoda's marks behind code
 * (`{{exec}}`, `{{copy}}`, `{{execute}}`), which become `data-action` on the code element, and `{{TRAFFIC_HOST1_80}}` links.
 * Nothing of it is ever turned into HTML text.
 */
import type { Root as HastRoot } from 'hast'
import { defaultSchema, sanitize } from 'hast-util-sanitize'
import type { Code, InlineCode, Parents, RootContent } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { toHast } from 'mdast-util-to-hast'
import { gfm } from 'micromark-extension-gfm'

const schema = {
  ...defaultSchema,
  attributes: { ...defaultSchema.attributes, code: [...(defaultSchema.attributes?.code ?? []), 'dataAction', 'dataInterrupt'] },
}

export function lessonTree(markdown: string): HastRoot {
  const tree = fromMarkdown(withMarkedFences(markdown), { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] })
  markInline(tree)
  const safe = sanitize(toHast(tree), schema) as HastRoot
  withoutPositions(safe)
  return safe
}

/** The page has no use for places in the source, and the tree crosses to it as a message. */
function withoutPositions(node: HastRoot | HastRoot['children'][number]): void {
  delete node.position
  if ('children' in node) for (const child of node.children) withoutPositions(child as HastRoot['children'][number])
}

const mark = /^\{\{\s*(exec|execute|copy)?([^}]*)\}\}/

/** A fence that is closed by ```` ```{{exec}} ```` is not closed by CommonMark's rules; the mark moves to its opening line. */
function withMarkedFences(markdown: string): string {
  const lines = markdown.split('\n')
  let opened: number | undefined
  for (const [number, line] of lines.entries()) {
    const fence = /^(\s*)(```+|~~~+)(.*)$/.exec(line)
    if (!fence) continue
    if (opened === undefined) {
      opened = number
      continue
    }
    const rest = fence[3].trim()
    if (rest !== '' && !mark.test(rest)) continue
    if (rest !== '') {
      if (/^\s*(```+|~~~+)\s*$/.test(lines[opened])) lines[opened] += 'text'
      lines[opened] += ` ${rest}`
      lines[number] = fence[1] + fence[2]
    }
    opened = undefined
  }
  return lines.join('\n')
}

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
  const found = mark.exec(text)
  if (!found?.[1]) return
  const action = found[1] === 'copy' ? 'copy' : 'exec'
  code.data = { ...code.data, hProperties: { dataAction: action, ...(found[2].includes('interrupt') && { dataInterrupt: 'true' }) } }
}
