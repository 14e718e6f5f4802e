/**
 * The way in for lessons that somebody else wrote: a zip archive or a folder in Killercoda's form, chosen, dropped or named in the address
 * (`?pack=week3.zip`, a file beside the page). What is wrong in a pack is said with file and reason; what is whole in it works.
 */
import { FolderOpen, PackageOpen, X } from 'lucide-react'
import { useState, type ChangeEvent, type DragEvent } from 'react'
import type { Drydock } from '../app/state.ts'
import { useDrydock } from '../app/state.ts'
import { wordsOf } from '../app/words-of.ts'
import style from './lesson-pane.module.css'
import { forgetPack, hasPack, openPack, useLessons } from './lessons.ts'

export function PackDoor({ packs }: { readonly packs: readonly string[] }) {
  const drydock = useDrydock()
  const { report } = useLessons()
  const [isOver, setIsOver] = useState(false)
  const taken = ({ target }: ChangeEvent<HTMLInputElement>) => {
    const files = [...(target.files ?? [])]
    target.value = ''
    void bring(drydock, files)
  }
  const dropped = (event: DragEvent) => {
    event.preventDefault()
    setIsOver(false)
    void bring(drydock, [...event.dataTransfer.files])
  }
  return (
    <section
      className={`${style.door} ${isOver ? style.over : ''}`}
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={dropped}
    >
      <h3 className={style.course}>Your own</h3>
      <p>A folder of Markdown and scripts, or a zip of it. Killercoda's scenarios are read as they are.</p>
      <div className={style.doors}>
        <label className={style.button}>
          <PackageOpen aria-hidden /> Open a zip
          <input type="file" accept=".zip,application/zip" onChange={taken} />
        </label>
        <label className={style.button}>
          <FolderOpen aria-hidden /> Open a folder
          <input type="file" {...{ webkitdirectory: '' }} onChange={taken} />
        </label>
      </div>
      {packs.map((pack) => (
        <p key={pack} className={style.pack}>
          <b>{pack}</b>
          <button aria-label={`Remove the lessons of ${pack}`} title="Remove these lessons" onClick={() => void forgetPack(drydock, pack)}>
            <X aria-hidden />
          </button>
        </p>
      ))}
      {report && (
        <div role="status">
          <p>
            {report.name}: {report.lessons === 1 ? 'one lesson' : `${report.lessons} lessons`}
            {report.problems.length > 0 && `, ${report.problems.length === 1 ? 'one problem' : `${report.problems.length} problems`}`}
          </p>
          <ul className={style.problems}>
            {report.problems.slice(0, problemsShown).map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </div>
      )}
    </section>
  )
}

const problemsShown = 20

/** One archive, or the files of one folder: a browser names each with its path from there. */
async function bring(drydock: Drydock, files: readonly File[]): Promise<void> {
  if (files.length === 0) return
  const [first] = files
  if (files.length === 1 && !first.webkitRelativePath) return openPack(drydock, first.name.replace(/\.zip$/i, ''), await bytesOf(first))
  const folder = first.webkitRelativePath.split('/')[0]
  const content = new Map<string, Uint8Array>()
  for (const file of files) {
    const path = file.webkitRelativePath.slice(folder.length + 1)
    if (!/(^|\/)\.git\//.test(path)) content.set(path, await bytesOf(file))
  }
  return openPack(drydock, folder, content)
}

async function bytesOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer())
}

/** The pack that the address asks for; it comes from the page's own server. */
export async function bringPackOfAddress(drydock: Drydock): Promise<void> {
  const wanted = new URLSearchParams(location.search).get('pack')
  if (!wanted) return
  const name = wanted.slice(wanted.lastIndexOf('/') + 1).replace(/\.zip$/i, '')
  try {
    const answer = await fetch(new URL(wanted, location.href))
    if (!answer.ok) throw new Error(`${wanted}: ${answer.status} ${answer.statusText}`)
    await openPack(drydock, name, await bytesOf(await answer.blob()))
  } catch (refusal) {
    // Away from its server, a page that has them already goes on with those.
    if (hasPack(name)) return
    drydock.store.setState({ notice: `The lessons of ${name} could not be fetched: ${wordsOf(refusal)}` })
  }
}
