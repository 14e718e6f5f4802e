/** `docker events`: a line for each thing that happens. The format is tried on an empty event before the daemon is asked. */
import { out } from '../../unix/kernel/process.ts'
import { template } from '../go-template/template.ts'
import { TemplateError } from '../go-template/options.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import { eachText, filters, query } from './engine.ts'
import { structFunctions } from './inspect.ts'
import { seconds } from './logs.ts'

interface Event {
  readonly status?: string
  readonly id?: string
  readonly from?: string
  readonly Type: string
  readonly Action: string
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> }
  readonly scope: string
  readonly time: number
}

export const events: Command = function* ({ process, flags, engine }) {
  const format = flags.text('format')
  const shown = format === '' ? line : format === 'json' || format === '{{json .}}' ? (text: string) => text : formatted(format)
  const moment = (name: string) => (flags.text(name) === '' ? undefined : seconds(flags.text(name), process.now()))
  const response = yield* engine.open(
    'GET',
    `/events${query({ since: moment('since'), until: moment('until'), filters: filters(flags.list('filter')) })}`,
  )
  yield* eachText(response, function* (text) {
    yield* out(process, `${shown(text)}\n`)
  })
  return 0
}

/** Nanoseconds since 1970 are more than a number holds, so they are read from the text. */
function nanosecondsOf(text: string): string {
  return /"timeNano":(\d+)/.exec(text)?.[1] ?? '0'
}

function line(text: string): string {
  const { Type, Action, Actor, time } = JSON.parse(text) as Event
  const attributes = Object.entries(Actor.Attributes ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
  return `${new Date(time * 1000).toISOString().slice(0, 19)}.${nanosecondsOf(text).slice(-9).padStart(9, '0')}Z ${Type} ${Action} ${Actor.ID}${attributes.length > 0 ? ` (${attributes.join(', ')})` : ''}`
}

function formatted(format: string): (text: string) => string {
  const refuse = (error: unknown): DockerError => {
    if (!(error instanceof TemplateError)) throw error
    return new DockerError(`Error parsing format: ${error.message}`, 64)
  }
  try {
    const compiled = template(format, {
      name: '',
      functions: structFunctions,
      integers: true,
      missing: (owner, key) => {
        if (!('Actor' in owner) && !('Attributes' in owner)) return undefined
        throw new TemplateError(
          `template: :1:${Math.max(0, format.indexOf(`.${key}`))}: executing "" at <.${key}>: can't evaluate field ${key} in type *events.Message`,
        )
      },
    })
    compiled.execute(fieldsOf('{"Type":"","Action":"","Actor":{"ID":"","Attributes":{}},"scope":"","time":0}'))
    return (text) => compiled.execute(fieldsOf(text))
  } catch (error) {
    throw refuse(error)
  }
}

/** Under the names that Go's struct has. */
function fieldsOf(text: string): object {
  const { status = '', id = '', from = '', Type, Action, Actor, scope, time } = JSON.parse(text) as Event
  return { Status: status, ID: id, From: from, Type, Action, Actor, Scope: scope, Time: time, TimeNano: nanosecondsOf(text) }
}
