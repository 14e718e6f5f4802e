/**
 * What an author may write into `index.json`: Killercoda's fields, Katacoda's older ones, and the two of Drydock's own (`solution`, `hints`). What is
 * neither acted on nor without meaning here is named, so that nobody waits for an effect.
 */
import * as v from 'valibot'

/** A hint may say what it points at: an object, `deployment/kubia` or `container/web`, or a part of the page, `editor` (`ui/lesson/point.ts`). */
const Hint = v.union([v.string(), v.object({ text: v.string(), points: v.optional(v.string()) })])

const Step = v.looseObject({
  title: v.optional(v.string()),
  text: v.string(),
  /** Exit code 0 passes; what it prints says what is still missing. */
  verify: v.optional(v.string()),
  background: v.optional(v.string()),
  foreground: v.optional(v.string()),
  /** Katacoda's names of background and foreground. */
  courseData: v.optional(v.string()),
  code: v.optional(v.string()),
  /** Katacoda: a page with the solution, and a page that helps. */
  answer: v.optional(v.string()),
  hint: v.optional(v.string()),
  credits: v.optional(v.string()),
  /** Commands that solve the step, one shell script. */
  solution: v.optional(v.string()),
  /** From a question to the command itself. */
  hints: v.optional(v.array(Hint)),
})

const Page = v.looseObject({ ...v.partial(Step).entries })

const Asset = v.looseObject({ file: v.string(), target: v.string(), chmod: v.optional(v.union([v.string(), v.number()])) })

const Flag = v.union([v.boolean(), v.string()])
const Port = v.union([v.number(), v.string()])
const Words = v.union([v.string(), v.number()])

export const Index = v.looseObject({
  title: v.string(),
  description: v.optional(v.string()),
  time: v.optional(Words),
  difficulty: v.optional(v.string()),
  details: v.optional(
    v.looseObject({
      intro: v.optional(Page),
      steps: v.optional(v.array(Step)),
      finish: v.optional(Page),
      assets: v.optional(v.record(v.string(), v.array(Asset))),
      time: v.optional(Words),
      difficulty: v.optional(v.string()),
    }),
  ),
  finish: v.optional(Page),
  backend: v.optional(v.looseObject({ imageid: v.optional(v.string()) })),
  environment: v.optional(
    v.looseObject({
      hideintro: v.optional(Flag),
      hidefinish: v.optional(Flag),
      uimessage1: v.optional(v.string()),
      dashboards: v.optional(
        v.array(v.looseObject({ name: v.optional(v.string()), port: v.optional(Port), href: v.optional(v.string()) })),
      ),
    }),
  ),
})

export type IndexFile = v.InferOutput<typeof Index>
export type IndexPage = v.InferOutput<typeof Page>
export type IndexAsset = v.InferOutput<typeof Asset>

/** Fields that say how the platform lists a scenario or lays out its page: editor, terminals and diagram are always there here. */
const withoutMeaning: Readonly<Record<string, readonly string[]>> = {
  '': ['pathwayTitle', 'noindex', 'private', 'icon', 'type', 'embedded_survey_url', 'interface', 'tags', 'icon_url', 'theme'],
  details: [],
  backend: ['port'],
  environment: ['uilayout', 'showdashboard', 'showide', 'uisettings', 'icon', 'theme'],
}

/** Known, but nothing comes of them. */
const withoutEffect: Readonly<Record<string, string>> = {
  files: 'the files are not opened by themselves: the editor shows them when they are chosen',
  'backend.dockerimage': 'the machine is that of backend.imageid',
  'environment.terminals': 'terminals are opened by the learner',
  'environment.exitoncomplete': 'the lesson stays open when it is finished',
}

const readFields: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(Index.entries),
  details: Object.keys(Index.entries.details.wrapped.entries),
  backend: Object.keys(Index.entries.backend.wrapped.entries),
  environment: Object.keys(Index.entries.environment.wrapped.entries),
  step: Object.keys(Step.entries),
}

/** What of the file comes to nothing, in the author's words: `details.steps[0].verfy`. */
export function unreadFields(index: IndexFile): string[] {
  const look = (value: object | undefined, kind: string, path: string): string[] =>
    Object.keys(value ?? {}).flatMap((name) => {
      const full = path === '' ? name : `${path}.${name}`
      const reason = withoutEffect[full]
      if (reason !== undefined) return [`${full}: ${reason}`]
      return readFields[kind].includes(name) || withoutMeaning[kind]?.includes(name) ? [] : [`${full}: nothing reads this field`]
    })
  const { details, backend, environment } = index
  return [
    ...look(index, '', ''),
    ...look(details, 'details', 'details'),
    ...look(backend, 'backend', 'backend'),
    ...look(environment, 'environment', 'environment'),
    ...look(details?.intro, 'step', 'details.intro'),
    ...(details?.steps ?? []).flatMap((step, at) => look(step, 'step', `details.steps[${at}]`)),
    ...look(details?.finish, 'step', 'details.finish'),
  ]
}
