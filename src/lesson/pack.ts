/**
 * A lesson pack is a folder: `index.json` beside Markdown and shell scripts, in Killercoda's form, so that scenarios written for it
 * import unchanged; `structure.json` makes a course of several folders. Ours may add to a step a `solution` script (played by the
 * tests, so that lessons cannot rot) and `hints`; both are ignored elsewhere, and so is `goal.json` (`goal.ts`).
 *
 * A broken pack is reported with file and reason, and what is whole in it still works.
 */
import * as v from 'valibot'
import { base64Of, bytesOf, textOf } from '../base/bytes.ts'
import { Goals, type GoalRow } from './goal.ts'

const Step = v.looseObject({
  title: v.optional(v.string()),
  text: v.string(),
  /** Exit code 0 passes; what it prints says what is still missing. */
  verify: v.optional(v.string()),
  background: v.optional(v.string()),
  foreground: v.optional(v.string()),
  courseData: v.optional(v.string()),
  code: v.optional(v.string()),
  /** Commands that solve the step, one shell script. */
  solution: v.optional(v.string()),
  /** From a question to the command itself. */
  hints: v.optional(v.array(v.string())),
})

const Page = v.looseObject({ ...v.partial(Step).entries })

const Asset = v.looseObject({ file: v.string(), target: v.string(), chmod: v.optional(v.string()) })

const Index = v.looseObject({
  title: v.string(),
  description: v.optional(v.string()),
  details: v.optional(
    v.looseObject({
      intro: v.optional(Page),
      steps: v.optional(v.array(Step)),
      finish: v.optional(Page),
      assets: v.optional(v.record(v.string(), v.array(Asset))),
    }),
  ),
  backend: v.optional(v.looseObject({ imageid: v.optional(v.string()) })),
})

const Structure = v.looseObject({
  title: v.optional(v.string()),
  description: v.optional(v.string()),
  items: v.array(v.looseObject({ path: v.string(), title: v.optional(v.string()), description: v.optional(v.string()) })),
})

/** Katacoda's way to say what `structure.json` says. */
const Pathway = v.looseObject({
  title: v.optional(v.string()),
  courses: v.array(v.looseObject({ course_id: v.string() })),
})

/** By path inside the pack; what is no text (a picture, an archive) as bytes. */
export type PackFiles = ReadonlyMap<string, string | Uint8Array>

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
  readonly hints: readonly string[]
  /** What is there when the step is done. */
  readonly goal?: readonly GoalRow[]
}

export interface LessonAsset {
  readonly target: string
  readonly path: string
  readonly content: string | Uint8Array
  readonly isExecutable: boolean
}

export interface Lesson {
  /** Path of its folder inside the pack. */
  readonly id: string
  readonly title: string
  readonly description: string
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
  const folders = [...files.keys()]
    .filter((path) => path === 'index.json' || path.endsWith('/index.json'))
    .map((path) => path.replace(/\/?index\.json$/, ''))
    .sort()
  const courses = readCourses(files, problems)
  const rank = new Map(courses.flatMap(({ folders: listed }) => listed).map((folder, index) => [folder, index]))
  const order = (folder: string) => rank.get(folder) ?? courses.length + folders.length
  const lessons = folders
    .sort((a, b) => order(a) - order(b) || a.localeCompare(b))
    .flatMap((folder) => {
      const course = courses.find(({ folders: listed }) => listed.includes(folder))
      const lesson = parseLesson(files, folder, course?.title ?? '', problems)
      return lesson ? [lesson] : []
    })
  return { lessons, problems }
}

function readCourses(files: PackFiles, problems: string[]): { title: string; folders: string[] }[] {
  return [...files.keys()]
    .filter((path) => /(^|\/)structure\.json$|-pathway\.json$/.test(path))
    .sort()
    .flatMap((path) => {
      const base = path.replace(/\/?[^/]*$/, '')
      const course = (title: string | undefined, paths: readonly string[]) => ({
        title: title ?? '',
        folders: paths.map((each) => joinPath(base, each)),
      })
      if (path.endsWith('-pathway.json')) {
        const pathway = parsed(Pathway, files, path, problems)
        return pathway
          ? [
              course(
                pathway.title,
                pathway.courses.map(({ course_id }) => course_id),
              ),
            ]
          : []
      }
      const structure = parsed(Structure, files, path, problems)
      return structure
        ? [
            course(
              structure.title,
              structure.items.map((item) => item.path),
            ),
          ]
        : []
    })
}

function parseLesson(files: PackFiles, folder: string, course: string, problems: string[]): Lesson | undefined {
  const index = parsed(Index, files, joinPath(folder, 'index.json'), problems)
  if (!index) return undefined
  const { intro, steps = [], finish, assets = {} } = index.details ?? {}
  const read = (path: string | undefined): string | undefined => {
    if (path === undefined) return undefined
    const found = files.get(joinPath(folder, path))
    if (found === undefined) problems.push(`${joinPath(folder, 'index.json')}: ${path} does not exist`)
    return found && asText(found)
  }
  const goals = files.has(joinPath(folder, 'goal.json')) ? (parsed(Goals, files, joinPath(folder, 'goal.json'), problems) ?? []) : []
  const step = (page: v.InferOutput<typeof Page>, title: string): LessonStep => ({
    title: page.title ?? title,
    markdown: read(page.text) ?? '',
    path: joinPath(folder, page.text ?? ''),
    verify: read(page.verify),
    background: read(page.background ?? page.courseData),
    foreground: read(page.foreground ?? page.code),
    solution: read(page.solution),
    hints: page.hints ?? [],
  })
  return {
    id: folder,
    title: index.title,
    description: index.description ?? '',
    course,
    environment: index.backend?.imageid ?? 'ubuntu',
    intro: intro && step(intro, index.title),
    steps: steps.map((page, number) => ({ ...step(page, `Step ${number + 1}`), ...(goals[number] && { goal: goals[number] }) })),
    finish: finish && step(finish, 'Finished'),
    assets: Object.values(assets)
      .flat()
      .flatMap((asset) => matching(files, folder, asset)),
  }
}

function matching(files: PackFiles, folder: string, asset: v.InferOutput<typeof Asset>): LessonAsset[] {
  const base = joinPath(folder, 'assets')
  const pattern = globExpression(asset.file)
  return [...files].flatMap(([path, content]) => {
    if (!path.startsWith(`${base}/`)) return []
    const inside = path.slice(base.length + 1)
    return pattern.test(inside) ? [{ target: asset.target, path: inside, content, isExecutable: asset.chmod?.includes('x') ?? false }] : []
  })
}

/** `*` stays within a folder, `**` does not. */
function globExpression(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/?|\*|\?/g, (wild) => (wild === '*' ? '[^/]*' : wild === '?' ? '[^/]' : '(?:.*/)?[^/]*'))
  return new RegExp(`^${source.replaceAll('(?:.*/)?[^/]*[^/]*', '(?:.*/)?[^/]*')}$`)
}

/** JSON as authors write it: a byte order mark and trailing commas are forgiven. */
function parsed<const S extends v.GenericSchema>(
  schema: S,
  files: PackFiles,
  path: string,
  problems: string[],
): v.InferOutput<S> | undefined {
  const text = asText(files.get(path) ?? '')
    .replace(/^\uFEFF/, '')
    .replace(/,(\s*[}\]])/g, '$1')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    problems.push(`${path}: not JSON: ${error instanceof Error ? error.message : error}`)
    return undefined
  }
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  for (const issue of result.issues) problems.push(`${path}: ${v.getDotPath(issue) ?? 'file'}: ${issue.message}`)
  return undefined
}

function asText(content: string | Uint8Array): string {
  return typeof content === 'string' ? content : textOf(content)
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

function joinPath(base: string, path: string): string {
  const parts: string[] = []
  for (const part of `${base}/${path}`.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}
