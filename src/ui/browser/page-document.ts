/**
 * A server's page as a document that may be drawn: it holds everything it needs. Scripts, frames and forms' targets are gone, pictures
 * and style sheets were fetched the way the page was and stand in it, and its own policy lets it ask for nothing.
 */
import { base64Of, textOf } from '../../base/bytes.ts'
import type { Visited } from '../../worker/messages.ts'

export interface PageDocument {
  readonly title: string
  readonly html: string
  /** Where its links lead. */
  readonly links: readonly { readonly text: string; readonly url: string }[]
}

type Fetch = (url: string) => Promise<Visited>

const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:"
/** What a page may bring along. */
const fetchedMost = 24
const largestBytes = 500_000
const unwanted = 'script, noscript, iframe, frame, object, embed, base, meta[http-equiv], template, link:not([rel~=stylesheet])'

export async function pageDocument(text: string, url: string, fetch: Fetch): Promise<PageDocument> {
  const page = new DOMParser().parseFromString(text, 'text/html')
  for (const element of page.querySelectorAll(unwanted)) element.remove()
  for (const element of page.querySelectorAll('*'))
    for (const { name } of [...element.attributes]) if (/^on/i.test(name)) element.removeAttribute(name)
  const wanted = [...page.querySelectorAll('link, img[src], input[type=image][src]')].slice(0, fetchedMost)
  await Promise.all(wanted.map((element) => inlined(page, element, url, fetch)))
  const links = [...page.querySelectorAll('a[href]')].flatMap((link) => {
    const to = URL.parse(link.getAttribute('href') ?? '', url)
    link.removeAttribute('href')
    return to?.protocol.startsWith('http') ? [{ text: (link.textContent ?? '').trim() || to.pathname, url: to.href }] : []
  })
  for (const form of page.querySelectorAll('form')) form.removeAttribute('action')
  const meta = page.createElement('meta')
  meta.httpEquiv = 'Content-Security-Policy'
  meta.content = policy
  page.head.prepend(meta)
  return { title: page.title, html: `<!doctype html>${page.documentElement.outerHTML}`, links }
}

/** Only what the page's own server has. */
async function inlined(page: Document, element: Element, base: string, fetch: Fetch): Promise<void> {
  const name = element.localName === 'link' ? 'href' : 'src'
  const source = element.getAttribute(name) ?? ''
  if (source.startsWith('data:')) return
  const url = URL.parse(source, base)
  element.removeAttribute(name)
  element.removeAttribute('srcset')
  if (!url || url.host !== new URL(base).host) return
  const { hops, body } = await fetch(url.href)
  const last = hops.at(-1)
  if (!last || !/^\S+ 200/.test(last.statusLine) || body.length > largestBytes) return
  if (name === 'src') return element.setAttribute('src', `data:${typeOf(last.headers)};base64,${base64Of(body)}`)
  const sheet = page.createElement('style')
  sheet.textContent = textOf(body)
  element.replaceWith(sheet)
}

export function typeOf(headers: Visited['hops'][number]['headers']): string {
  return (headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '').split(';')[0].trim().toLowerCase()
}
