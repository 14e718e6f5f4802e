/**
 * A lesson pack is a folder: `index.json` beside Markdown and shell scripts, in Killercoda's form, so that scenarios written for it
 * import unchanged; `structure.json` makes a course of several folders. Ours may add to a step a `solution` script (played by the
 * tests, so that lessons cannot rot) and `hints`; both are ignored elsewhere, and so is `goal.json` (`goal.ts`).
 *
 * A broken pack is reported with file and reason, and what is whole in it still works.
 */
import { base64Of, bytesOf } from '../base/bytes.ts'
import { type Place, placesIn } from './courses.ts'
import { environmentOf } from './environments.ts'
import { Goals, type GoalRow } from './goal.ts'
import { Index, type IndexAsset, type IndexFile, type IndexPage, unreadFields } from './index-file.ts'
import { asText, joinPath, type PackFiles, parsed } from './pack-files.ts'

export type { PackFiles } from './pack-files.ts'

export interface Hint {
  readonly text: string
  readonly points?: string
}

export interface LessonStep {
  readonly title: string
  readonly markdown: string
  /** Where the Markdown stands in the pack: its pictures are named from there. */
  readonly path: string
  /** Scripts as text, not paths. */
  readonly verify?: string
  readonly background?: string
  readonly foreground?: string
  readonly solution?: string
  readonly hints: readonly Hint[]
  /** What is there when the step is done. */
  readonly goal?: readonly GoalRow[]
  /** Its scripts run, its text is not shown. */
  readonly isHidden?: boolean
}

export interface LessonAsset {
  readonly target: string
  readonly path: string
  readonly content: string | Uint8Array
  readonly mode: number
  /** Number of the machine, the learner's own first. */
  readonly machine: number
}

export interface Lesson {
  /** Path of its folder inside the pack. */
  readonly id: string
  readonly title: string
  readonly description: string
  /** How hard and how long, in the author's words: `Beginner · 10-15 minutes`. */
  readonly effort: string
  /** Title of the course that it belongs to; empty when it stands alone. */
  readonly course: string
  /** Killercoda's image id: which world to start from. */
  readonly environment: string
  readonly intro?: LessonStep
  readonly steps: readonly LessonStep[]
  readonly finish?: LessonStep
  readonly assets: readonly LessonAsset[]
}

export interface Pack {
  readonly lessons: readonly Lesson[]
  /** `folder/index.json: …`, for the author. */
  readonly problems: readonly string[]
}

/** Reads a pack from its files, path → text. Lessons come in the order of `structure.json`, else of their folders. */
export function parsePack(files: PackFiles): Pack {
  const problems: string[] = []
  const places = placesIn(files, problems)
  const folders = [...files.keys()]
    .filter((path) => path === 'index.json' || path.endsWith('/index.json'))
    .map((path) => path.replace(/\/?index\.json$/, ''))
  const rank = (folder: string) => places.get(folder)?.rank ?? places.size
  const lessons = folders
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .flatMap((folder) => parseLesson(files, folder, places.get(folder), problems) ?? [])
  for (const path of files.keys())
    if (/(^|\/)index\.ya?ml$/.test(path)) problems.push(`${path}: only index.json is read; write the same fields there`)
  return { lessons, problems }
}

function parseLesson(files: PackFiles, folder: string, place: Place | undefined, problems: string[]): Lesson | undefined {
  const path = joinPath(folder, 'index.json')
  const index = parsed(Index, files, path, problems)
  if (!index) return undefined
  const say = (problem: string) => problems.push(`${path}: ${problem}`)
  for (const unread of unreadFields(index)) say(unread)
  const { preset, machines, problem } = environmentOf(index.backend?.imageid)
  if (problem !== undefined) say(problem)
  const { intro, steps = [], finish = index.finish, assets = {} } = index.details ?? {}
  const read = (file: string | undefined): string | undefined => {
    if (file === undefined || file === '') return undefined
    const found = files.get(joinPath(folder, file))
    if (found === undefined) say(`${file} does not exist`)
    return found && asText(found)
  }
  for (const host of Object.keys(assets))
    if (machineOf(host) >= machines)
      say(`details.assets.${host}: this environment has only ${machines === 1 ? 'one machine' : `${machines} machines`}`)
  const helpOf = (page: IndexPage): string[] => {
    if (page.hint === undefined || page.hint === '') return []
    if (/\.md$/.test(page.hint)) return [read(page.hint)?.trim() ?? ''].filter(Boolean)
    say(`hint: ${page.hint} is a script; hints are text here (a .md file, or "hints")`)
    return []
  }
  const goals = files.has(joinPath(folder, 'goal.json')) ? (parsed(Goals, files, joinPath(folder, 'goal.json'), problems) ?? []) : []
  const step = (page: IndexPage, title: string): LessonStep => ({
    title: page.title ?? title,
    markdown: withAnswer(read(page.text) ?? '', read(page.answer)) + creditsTo(page.credits),
    path: joinPath(folder, page.text ?? ''),
    verify: read(page.verify),
    background: read(page.background ?? page.courseData),
    foreground: read(page.foreground ?? page.code),
    solution: read(page.solution),
    hints: [...helpOf(page), ...(page.hints ?? [])].map((hint) => (typeof hint === 'string' ? { text: hint } : hint)),
  })
  const { hideintro, hidefinish } = index.environment ?? {}
  const opening = intro && step(intro, index.title)
  return {
    id: folder,
    title: place?.title ?? index.title,
    description: place?.description ?? index.description ?? '',
    effort: effortOf(index),
    course: place?.course ?? '',
    environment: preset,
    intro: opening && { ...opening, markdown: surrounded(opening.markdown, index), ...(isOn(hideintro) && { isHidden: true }) },
    steps: steps.map((page, number) => ({ ...step(page, `Step ${number + 1}`), ...(goals[number] && { goal: goals[number] }) })),
    finish: finish && { ...step(finish, 'Finished'), ...(isOn(hidefinish) && { isHidden: true }) },
    assets: Object.entries(assets).flatMap(([host, list]) => list.flatMap((asset) => matching(files, folder, host, asset, say))),
  }
}

function isOn(flag: boolean | string | undefined): boolean {
  return flag === true || flag === 'true'
}

/** A number alone is minutes. */
function effortOf({ time, difficulty, details }: IndexFile): string {
  const long = String(time ?? details?.time ?? '').trim()
  return [difficulty ?? details?.difficulty ?? '', /^\d+(-\d+)?$/.test(long) ? `${long} minutes` : long].filter(Boolean).join(' · ')
}

function withAnswer(markdown: string, answer: string | undefined): string {
  return answer === undefined ? markdown : `${markdown}\n\n<details><summary>Solution</summary>\n\n${answer}\n\n</details>\n`
}

function creditsTo(address: string | undefined): string {
  return address ? `\n\n<small>${/^https?:/.test(address) ? `<${address}>` : address}</small>\n` : ''
}

/** What Katacoda showed around the page: a greeting in the terminal, and tabs with what the machine serves. */
function surrounded(markdown: string, { environment }: IndexFile): string {
  const greeting = environment?.uimessage1?.replace(/\u001b\[[\d;]*m|\\e\[[\d;]*m/g, '').trim()
  const tabs = (environment?.dashboards ?? []).flatMap(({ name, port, href }) => {
    const address = port === undefined ? href : `http://localhost:${port}`
    return address ? [`- [${name ?? address}](${address})`] : []
  })
  return (greeting ? `> ${greeting}\n\n` : '') + markdown + (tabs.length > 0 ? `\n\n${tabs.join('\n')}\n` : '')
}

function matching(files: PackFiles, folder: string, host: string, asset: IndexAsset, say: (problem: string) => void): LessonAsset[] {
  const base = joinPath(folder, 'assets')
  const pattern = globExpression(asset.file)
  const machine = machineOf(host)
  const found = [...files].flatMap(([path, content]) => {
    const inside = path.startsWith(`${base}/`) ? path.slice(base.length + 1) : ''
    return inside !== '' && pattern.test(inside)
      ? [{ target: asset.target, path: inside, content, mode: modeOf(asset.chmod), machine }]
      : []
  })
  if (found.length === 0) say(`details.assets.${host}: no file of assets/ matches "${asset.file}"`)
  return found
}

/** `host02` is the second; Katacoda's `client` is where the terminal stands. */
function machineOf(host: string): number {
  return Math.max(0, Number(/^host0*(\d+)$/.exec(host)?.[1] ?? 1) - 1)
}

function modeOf(chmod: string | number | undefined): number {
  if (/^0?[0-7]{3}$/.test(String(chmod ?? ''))) return Number.parseInt(String(chmod), 8)
  return String(chmod ?? '').includes('x') ? 0o755 : 0o644
}

/** `*` stays within a folder, `**` does not. */
function globExpression(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/?|\*|\?/g, (wild) => (wild === '*' ? '[^/]*' : wild === '?' ? '[^/]' : '(?:.*/)?[^/]*'))
  return new RegExp(`^${source.replaceAll('(?:.*/)?[^/]*[^/]*', '(?:.*/)?[^/]*')}$`)
}

/** A picture of the pack as an address that holds it; undefined where there is none. */
export function pictureIn(files: PackFiles, { path: textPath }: LessonStep): (path: string) => string | undefined {
  return (path) => {
    const content = path.startsWith('/') ? files.get(joinPath('', path)) : files.get(joinPath(textPath, `../${path}`))
    const type = pictureTypes[/\.(\w+)$/.exec(path)?.[1].toLowerCase() ?? '']
    if (content === undefined || !type) return undefined
    return `data:${type};base64,${base64Of(typeof content === 'string' ? bytesOf(content) : content)}`
  }
}

const pictureTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  svg: 'image/svg+xml',
}
