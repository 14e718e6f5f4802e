/**
 * `-o`: objects as JSON, YAML, names, templates and paths; without it the sentence `pod/x created`. One printer prints many objects, as
 * YAML puts `---` between them.
 */
import { textOf } from '../../base/bytes.ts'
import { template } from '../go-template/template.ts'
import { TemplateError, type TemplateFunction } from '../go-template/options.ts'
import { goJson } from '../go-json.ts'
import { goValue } from '../go-values.ts'
import { goYaml } from '../go-yaml.ts'
import { bytesOfBase64 } from '../../base/bytes.ts'
import { type Call, dryRunNote } from './call.ts'
import { singularWithGroup } from './discovery.ts'
import { goSyntax, jsonPath, JsonPathError } from './jsonpath.ts'
import { isMap, type Json } from './json.ts'
import { Refusal } from './refusal.ts'

export type Printer = (object: Json) => string

export interface PrinterOptions {
  /** `created`: what the sentence ends with. */
  readonly operation?: string
  /** A dry run is not named in the line. */
  readonly isTryUnsaid?: boolean
  /** Objects made in this program have their fields in Go's order; those of the server are sorted. */
  readonly isTyped?: boolean
  /** Further formats of this command, for the refusal's list. */
  readonly formats?: readonly string[]
}

const standardFormats = [
  'go-template',
  'go-template-file',
  'json',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'name',
  'template',
  'templatefile',
  'yaml',
]

export function printer(call: Call, options: PrinterOptions = {}): Printer {
  const { flags } = call
  const output = flags.knows('output') ? flags.text('output') : ''
  const given = flags.knows('template') ? flags.text('template') : ''
  const operation = `${options.operation ?? ''}${options.isTryUnsaid ? '' : dryRunNote(call)}`
  if (output === '' && given === '') return (object) => `${resourceName(object)}${operation.trim() === '' ? '' : ` ${operation.trim()}`}\n`
  const isShowingManaged = flags.knows('show-managed-fields') && flags.is('show-managed-fields')
  const print = formatted(call, output === '' ? 'go-template' : output, given, options)
  return (object) => print(isShowingManaged ? object : withoutManagedFields(object))
}

function formatted(call: Call, output: string, given: string, options: PrinterOptions): Printer {
  const [format, ...rest] = output.split('=')
  const argument = rest.length > 0 ? rest.join('=') : given
  const isMissingAllowed = call.flags.knows('allow-missing-template-keys') ? call.flags.is('allow-missing-template-keys') : true
  switch (format) {
    case 'json':
      return (object) => `${goJson(object, { indent: '    ', sorted: !options.isTyped })}\n`
    case 'yaml': {
      let count = 0
      return (object) => `${count++ > 0 ? '---\n' : ''}${goYaml(object)}`
    }
    case 'name':
      return (object) => `${resourceName(object)}\n`
    case 'go-template':
    case 'template':
    case 'go-template-file':
    case 'templatefile': {
      if (argument === '') throw new Refusal(`template format specified but no template given`)
      return templatePrinter(format.endsWith('file') ? fileText(call, argument) : argument, isMissingAllowed)
    }
    case 'jsonpath':
    case 'jsonpath-file':
    case 'jsonpath-as-json': {
      if (argument === '') throw new Refusal('template format specified but no template given')
      return pathPrinter(format === 'jsonpath-file' ? fileText(call, argument) : argument, isMissingAllowed, format === 'jsonpath-as-json')
    }
    default:
      throw noSuchFormat(output, options.formats)
  }
}

export function noSuchFormat(output: string, further: readonly string[] = []): Refusal {
  const formats = [...standardFormats, ...further].sort()
  return new Refusal(
    `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${formats.join(',')}`,
  )
}

function fileText({ process }: Call, path: string): string {
  if (!process.files.exists(process.path(path)))
    throw new Refusal(`error reading --template ${path}, open ${path}: no such file or directory`)
  return textOf(process.files.readFile(process.path(path), process.credentials))
}

const kubectlFunctions: Record<string, TemplateFunction> = {
  base64decode: (text) => {
    try {
      return textOf(bytesOfBase64(String(text)))
    } catch {
      throw new TemplateError(`base64 decode: illegal base64 data at input byte 0`)
    }
  },
  exists: (item, ...keys) => {
    let here: unknown = item
    for (const key of keys) {
      const step = typeof key === 'object' && key !== null && 'value' in key ? String((key as { value: unknown }).value) : String(key)
      if (here === null || typeof here !== 'object' || !Object.hasOwn(here, step)) return false
      here = (here as Record<string, unknown>)[step]
    }
    return true
  },
}

function templatePrinter(source: string, isMissingAllowed: boolean): Printer {
  let compiled: ReturnType<typeof template>
  try {
    compiled = template(source, {
      functions: kubectlFunctions,
      missing: isMissingAllowed
        ? undefined
        : (_, key) => {
            throw new TemplateError(`map has no entry for key "${key}"`)
          },
    })
  } catch (error) {
    if (error instanceof TemplateError) throw new Refusal(`error parsing template ${source}, ${error.message}`)
    throw error
  }
  return (object) => {
    try {
      return compiled.execute(object)
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      throw new Refusal(
        `error executing template ${JSON.stringify(source)}: ${error.message}\nTemplate was:\n\t${source}\nRaw data was:\n\t${goJson(object, { sorted: true })}\nobject given to template engine was:\n\t${goValue(object)}\n`,
      )
    }
  }
}

function pathPrinter(source: string, isMissingAllowed: boolean, isJson: boolean): Printer {
  let path: ReturnType<typeof jsonPath>
  try {
    path = jsonPath(source)
  } catch (error) {
    if (error instanceof JsonPathError) throw new Refusal(`error parsing jsonpath ${source}, ${error.message}`)
    throw error
  }
  return (object) => {
    try {
      if (isJson) return `${goJson(path.values(object, { isMissingAllowed }).flat(), { indent: '    ', sorted: true })}\n`
      return path.text(object, { isMissingAllowed })
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error
      throw new Refusal(
        `error executing jsonpath ${JSON.stringify(source)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${source}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(object)}\n\n\n`,
      )
    }
  }
}

/** `deployment.apps/web`. */
export function resourceName(object: Json): string {
  const [group, kind] = groupKind(object)
  const name = object.metadata?.name || '<unknown>'
  return `${singularWithGroup({ kind, group })}/${name}`
}

function groupKind(object: Json): [string, string] {
  const apiVersion: string = object.apiVersion ?? ''
  return [apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '', object.kind ?? '']
}

export function withoutManagedFields(object: Json): Json {
  if (!isMap(object)) return object
  if (Array.isArray(object.items) && typeof object.kind === 'string' && object.kind.endsWith('List'))
    return { ...object, items: object.items.map(withoutManagedFields) }
  if (!isMap(object.metadata) || object.metadata.managedFields === undefined) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}
