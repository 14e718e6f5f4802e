/**
 * A browser on the learner's machine. What it shows was asked by `curl` there (`session/visit.ts`) and is drawn in a frame that runs
 * nothing and asks nobody.
 */
import { RotateCw } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { textOf } from '../../base/bytes.ts'
import type { Visited } from '../../worker/messages.ts'
import { browse, useDock, useDrydock } from '../app/state.ts'
import { wordsOf } from '../app/words-of.ts'
import style from './browser.module.css'
import { pageDocument, typeOf, type PageDocument } from './page-document.ts'

/** Text that is longer is cut. */
const shownLetters = 200_000

interface Shown {
  readonly visited: Visited
  /** Undefined where it is no HTML. */
  readonly page: PageDocument | undefined
}

export function BrowserPane({ isFront }: { readonly isFront: boolean }) {
  const drydock = useDrydock()
  const visit = useDock(({ visit }) => visit)
  const isPaused = useDock(({ live }) => live.speed === 0)
  const [shown, setShown] = useState<Shown>()
  const [isWaiting, setIsWaiting] = useState(false)
  const line = useRef<HTMLInputElement>(null)

  useEffect(() => {
    if (!visit) return line.current?.focus()
    let isWanted = true
    if (line.current) line.current.value = visit.address
    setIsWaiting(true)
    const fetch = async (url: string) => (await drydock.end.ask({ type: 'visit', url })) as Visited
    void shownAt(visit.address, fetch).then((next) => {
      if (!isWanted) return
      setShown(next)
      setIsWaiting(false)
    })
    return () => {
      isWanted = false
    }
  }, [drydock, visit])

  return (
    <section className={`${style.pane} ${isFront ? '' : style.hidden}`} role="tabpanel" aria-label="Browser">
      <form
        className={style.bar}
        onSubmit={(event) => {
          event.preventDefault()
          browse(drydock, line.current?.value ?? '')
        }}
      >
        <button aria-label="Load again" title="Load again">
          <RotateCw aria-hidden />
        </button>
        <input ref={line} aria-label="Address" placeholder="localhost:8080" spellCheck={false} autoCapitalize="off" autoComplete="off" />
        {isWaiting && <small>{isPaused ? 'Time stands still.' : 'Waiting …'}</small>}
      </form>
      {shown && <Answer shown={shown} />}
      {!shown && !isWaiting && (
        <p className={style.none}>It asks from your machine, as curl does: a published port, a node port, a name in /etc/hosts.</p>
      )}
    </section>
  )
}

async function shownAt(address: string, fetch: (url: string) => Promise<Visited>): Promise<Shown> {
  try {
    const visited = await fetch(address)
    const last = visited.hops.at(-1)
    const isPage = last !== undefined && /html/.test(typeOf(last.headers))
    return { visited, page: isPage ? await pageDocument(textOf(visited.body), last.url, fetch) : undefined }
  } catch (refusal) {
    return { visited: { hops: [], body: new Uint8Array(0), problem: wordsOf(refusal) }, page: undefined }
  }
}

function Answer({ shown: { visited, page } }: { readonly shown: Shown }) {
  const drydock = useDrydock()
  const { hops, body, problem } = visited
  return (
    <>
      {hops.length > 0 && (
        <div className={style.facts}>
          <details>
            <summary>{hops.map(({ statusLine }) => statusLine.replace(/^\S+ /, '')).join(' → ')}</summary>
            {hops.map(({ url, statusLine, headers }, index) => (
              <pre key={index}>{`${url}\n${statusLine}\n${headers.map(([name, value]) => `${name}: ${value}`).join('\n')}`}</pre>
            ))}
          </details>
          {page && page.links.length > 0 && (
            <details>
              <summary>{page.links.length === 1 ? 'one link' : `${page.links.length} links`}</summary>
              <ul>
                {page.links.map(({ text, url }, index) => (
                  <li key={index}>
                    <button onClick={() => browse(drydock, url)} title={url}>
                      {text}
                    </button>
                  </li>
                ))}
              </ul>
            </details>
          )}
        </div>
      )}
      {problem && (
        <p className={style.problem} role="alert">
          {problem}
        </p>
      )}
      {page ? (
        <iframe className={style.page} title={page.title || 'Page'} sandbox="" srcDoc={page.html} />
      ) : (
        hops.length > 0 && <Plain visited={visited} body={body} />
      )}
    </>
  )
}

function Plain({ visited: { hops }, body }: { readonly visited: Visited; readonly body: Uint8Array }) {
  const type = typeOf(hops.at(-1)?.headers ?? [])
  if (/^(image|audio|video|font)\/|zip|octet-stream/.test(type) && type !== 'image/svg+xml')
    return (
      <p className={style.none}>
        {body.length} bytes of {type}.
      </p>
    )
  const text = textOf(body)
  return <pre className={style.text}>{(/json/.test(type) ? indented(text) : text).slice(0, shownLetters)}</pre>
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return text
  }
}
