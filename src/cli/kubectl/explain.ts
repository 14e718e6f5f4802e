/** `kubectl explain`: the server's own OpenAPI documents, field by field, wrapped at 80 columns. */
import type { Blocking } from '../../unix/kernel/process.ts'
import type { Call } from './call.ts'
import { accept } from './connection.ts'
import { apiVersionOf, type Resource } from './discovery.ts'
import type { Json } from './json.ts'
import { Bare, Refusal } from './refusal.ts'

export function* explain(call: Call): Blocking<void> {
  const { flags, args } = call
  if (args.length === 0)
    throw new Refusal(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.',
    )
  if (args.length > 1) throw new Refusal('We accept only this format: explain RESOURCE')
  const output = flags.text('output')
  if (output !== 'plaintext' && output !== 'plaintext-openapiv2') throw new Refusal(`unrecognized format: ${output}`)
  const [type, ...path] = args[0].split('.')
  const resource = yield* typeNamed(call, type)
  const index = yield* call.api.get('/openapi/v3', { timeout: '32s' }, accept.any)
  const key = resource.group === '' ? `api/${resource.version}` : `apis/${resource.group}/${resource.version}`
  const entry = index.paths?.[key]
  if (!entry) throw new Refusal(`couldn't find resource for ${JSON.stringify(`${apiVersionOf(resource)}, Kind=${resource.kind}`)}`)
  const document = yield* call.api.get(entry.serverRelativeURL, { timeout: '32s' }, accept.any)
  const schemas = document.components?.schemas ?? {}
  const root = Object.keys(schemas).find((name) =>
    (schemas[name]['x-kubernetes-group-version-kind'] ?? []).some(
      (gvk: Json) => gvk.kind === resource.kind && (gvk.group ?? '') === resource.group && gvk.version === resource.version,
    ),
  )
  if (root === undefined)
    throw new Refusal(`couldn't find resource for ${JSON.stringify(`${apiVersionOf(resource)}, Kind=${resource.kind}`)}`)
  const { group, version, kind } = resource
  // The head is out before the fields are looked at, as a template prints.
  if (output === 'plaintext-openapiv2')
    return yield* call.out(new OldExplainer(schemas).text(resource, schemas[root], path, flags.is('recursive')))
  yield* call.out(`${group === '' ? '' : `GROUP:      ${group}\n`}KIND:       ${kind}\nVERSION:    ${version}\n\n`)
  yield* call.out(new Explainer(schemas).text(schemas[root], path, flags.is('recursive')))
}

function* typeNamed(call: Call, word: string): Blocking<Resource> {
  const wanted = call.flags.text('api-version')
  const found = yield* call.resource(word)
  if (!found) throw new Bare(`the server doesn't have a resource type ${JSON.stringify(word)}`)
  if (wanted === '') return found
  const exact = (yield* call.discovery()).resources.find((resource) => resource.kind === found.kind && apiVersionOf(resource) === wanted)
  if (!exact) throw new Refusal(`couldn't find resource for "${wanted.includes('/') ? '' : '/'}${wanted}, Resource=${found.plural}"`)
  return exact
}

class Explainer {
  readonly #schemas: Record<string, Json>

  constructor(schemas: Record<string, Json>) {
    this.#schemas = schemas
  }

  text(root: Json, path: readonly string[], isRecursive: boolean): string {
    let text = ''
    let schema = root
    let field: Json
    path.forEach((name) => {
      const owner = this.#content(schema)
      field = owner?.properties?.[name]
      if (!field) throw new Refusal(`field ${JSON.stringify(path.at(-1))} does not exist`)
      text = text.replace(/FIELD: [\s\S]*$/, '')
      text += `FIELD: ${name} <${this.#typeName(field)}>\n`
      const values = this.#enumOf(field)
      text += values ? `ENUM:\n${values.map((value) => `    ${value}\n`).join('')}\n` : '\n\n'
      schema = field
    })
    const content = this.#content(schema)
    text += `DESCRIPTION:\n${this.#descriptions(field, content, schema)}`
    if (content?.properties) {
      text += 'FIELDS:\n'
      text += isRecursive ? this.#tree(content, 1, []) : this.#list(content)
    }
    return `${text}\n`
  }

  /** What the field says of itself, then what its type says. */
  #descriptions(field: Json, content: Json, schema: Json): string {
    const own = field?.description ?? ''
    const type = content && content !== schema ? (content.description ?? '') : field ? '' : (schema.description ?? '')
    const inner = own === type ? '' : type
    const parts = [own, inner].filter((text) => text !== '')
    if (parts.length === 0) return '    <empty>\n'
    return `${parts.map((text) => wrapped(text, 4)).join('')}    \n`
  }

  #list(content: Json): string {
    return Object.keys(content.properties)
      .sort()
      .map((name) => {
        const field = content.properties[name]
        const values = this.#enumOf(field)
        const text = field.description ?? ''
        return `  ${name}\t<${this.#typeName(field)}>${(content.required ?? []).includes(name) ? ' -required-' : ''}\n${values ? `  enum: ${short(values)}\n` : ''}${text === '' ? '    <no description>\n' : wrapped(text, 4)}\n`
      })
      .join('')
  }

  #tree(content: Json, depth: number, seen: readonly string[]): string {
    return Object.keys(content.properties)
      .sort()
      .map((name) => {
        const field = content.properties[name]
        const margin = '  '.repeat(depth)
        const values = this.#enumOf(field)
        const line = `${margin}${name}\t<${this.#typeName(field)}>${(content.required ?? []).includes(name) ? ' -required-' : ''}\n${values ? `${margin}enum: ${short(values)}\n` : ''}`
        const reference = refOf(field) ?? refOf(field.items) ?? refOf(field.additionalProperties)
        if (reference !== undefined && seen.includes(reference)) return line
        const inner = this.#content(field)
        return inner?.properties ? line + this.#tree(inner, depth + 1, reference ? [...seen, reference] : seen) : line
      })
      .join('')
  }

  /** The object behind references, lists and maps. */
  #content(schema: Json): Json {
    if (!schema) return undefined
    const resolved = this.#resolved(schema)
    if (resolved?.items) return this.#content(resolved.items)
    if (resolved?.additionalProperties && typeof resolved.additionalProperties === 'object')
      return this.#content(resolved.additionalProperties)
    return resolved
  }

  #resolved(schema: Json): Json {
    const reference = refOf(schema)
    return reference === undefined ? schema : this.#schemas[reference]
  }

  #enumOf(field: Json): string[] | undefined {
    const values = field.enum ?? this.#resolved(field)?.enum
    return values && values.length > 0 ? [...values].map(String).sort() : undefined
  }

  #typeName(schema: Json): string {
    const reference = refOf(schema)
    if (reference !== undefined) {
      const target = this.#schemas[reference]
      const name = reference.split('.').at(-1) ?? reference
      // Quantities, times and the like are their own names only where they have fields; otherwise what they are.
      if (target?.properties) return name
      if (name === 'Time' || name === 'MicroTime' || name === 'Duration') return target?.type ?? 'string'
      return target?.type === 'object' || target?.oneOf || name === 'Quantity' || name === 'IntOrString' || name === 'FieldsV1'
        ? name
        : (target?.type ?? name)
    }
    if (schema?.type === 'array') return `[]${this.#typeName(schema.items)}`
    if (schema?.additionalProperties && typeof schema.additionalProperties === 'object')
      return `map[string]${this.#typeName(schema.additionalProperties)}`
    if (schema?.type === 'object' && schema.properties) return 'Object'
    return schema?.type === 'object' ? 'Object' : (schema?.type ?? 'Object')
  }
}

/** The form of kubectl before 1.27: every object is an Object. */
class OldExplainer {
  readonly #schemas: Record<string, Json>

  constructor(schemas: Record<string, Json>) {
    this.#schemas = schemas
  }

  text(resource: Resource, root: Json, path: readonly string[], isRecursive: boolean): string {
    let schema = root
    let field: Json
    for (const name of path) {
      field = this.#content(schema)?.properties?.[name]
      if (!field) throw new Refusal(`field ${JSON.stringify(path.at(-1))} does not exist`)
      schema = field
    }
    const content = this.#content(schema)
    const head = `KIND:     ${resource.kind}\nVERSION:  ${apiVersionOf(resource)}\n\n`
    const name = path.at(-1)
    if (!content?.properties)
      return `${head}FIELD:    ${name} <${this.#type(field)}>\n\nDESCRIPTION:\n${this.#described([field?.description])}`
    const subject = name === undefined ? '' : `RESOURCE: ${name} <${this.#type(field)}>\n\n`
    const fields = isRecursive ? this.#tree(content, 1, []) : this.#list(content)
    return `${head}${subject}DESCRIPTION:\n${this.#described([field?.description, content.description].filter((text, index, all) => all.indexOf(text) === index))}\nFIELDS:\n${fields}`
  }

  #described(texts: readonly (string | undefined)[]): string {
    const said = texts.filter((text): text is string => Boolean(text))
    return said.length === 0 ? '     <empty>\n' : said.map((text) => wrapped(text, 5)).join('\n')
  }

  #list({ properties, required = [] }: Json): string {
    return Object.keys(properties)
      .sort()
      .map(
        (name) =>
          `   ${name}\t<${this.#type(properties[name])}>${required.includes(name) ? ' -required-' : ''}\n${this.#described([properties[name].description])}`,
      )
      .join('\n')
  }

  #tree({ properties }: Json, depth: number, seen: readonly string[]): string {
    return Object.keys(properties)
      .sort()
      .map((name) => {
        const field = properties[name]
        const line = `${'   '.repeat(depth)}${name}\t<${this.#type(field)}>\n`
        const reference = refOf(field) ?? refOf(field.items) ?? refOf(field.additionalProperties)
        const inner = reference !== undefined && seen.includes(reference) ? undefined : this.#content(field)
        return inner?.properties ? line + this.#tree(inner, depth + 1, reference ? [...seen, reference] : seen) : line
      })
      .join('')
  }

  #content(schema: Json): Json {
    const reference = refOf(schema)
    const resolved = reference === undefined ? schema : this.#schemas[reference]
    const inner = resolved?.items ?? (typeof resolved?.additionalProperties === 'object' ? resolved.additionalProperties : undefined)
    return inner ? this.#content(inner) : resolved
  }

  #type(schema: Json): string {
    const reference = refOf(schema)
    const resolved = reference === undefined ? schema : this.#schemas[reference]
    if (resolved?.type === 'array') return `[]${this.#type(resolved.items)}`
    if (typeof resolved?.additionalProperties === 'object') return `map[string]${this.#type(resolved.additionalProperties)}`
    return resolved?.type && resolved.type !== 'object'
      ? resolved.type
      : reference?.endsWith('.Quantity') || reference?.endsWith('.IntOrString')
        ? 'string'
        : 'Object'
  }
}

function short(values: readonly string[]): string {
  const spoken = values.map((value) => value || '""')
  return values.length > 4 ? `${spoken.slice(0, 4).join(', ')}, ....` : spoken.join(', ')
}

function refOf(schema: Json): string | undefined {
  const reference = schema?.$ref ?? schema?.allOf?.[0]?.$ref
  return reference?.split('/').at(-1)
}

/** Lines of 80 columns at most, each indented; line breaks of the text are kept. */
export function wrapped(text: string, indent: number): string {
  const margin = ' '.repeat(indent)
  return text
    .split('\n')
    .map((line) => {
      const [, leading = '', rest = ''] = /^(\s*)(.*)$/.exec(line) ?? []
      const lines: string[] = []
      let current = leading
      // Several spaces between two words stay, unless the line ends there.
      for (const [, spaces, word] of rest.matchAll(/( *)([^ ]+)/g)) {
        if (current.trim() === '') current += word
        else if (current.length + spaces.length + word.length <= 80 - indent) current += spaces + word
        else {
          lines.push(current)
          current = word
        }
      }
      lines.push(current)
      return lines.map((part) => `${margin}${part}\n`).join('')
    })
    .join('')
}
