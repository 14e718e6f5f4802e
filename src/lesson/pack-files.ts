/** The files of a pack, and JSON among them as authors write it. */
import * as v from 'valibot'
import { textOf } from '../base/bytes.ts'

/** By path inside the pack; what is no text (a picture, an archive) as bytes. */
export type PackFiles = ReadonlyMap<string, string | Uint8Array>

/** A byte order mark and trailing commas are forgiven. */
export function parsed<const S extends v.GenericSchema>(
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

export function asText(content: string | Uint8Array): string {
  return typeof content === 'string' ? content : textOf(content)
}

export function joinPath(base: string, path: string): string {
  const parts: string[] = []
  for (const part of `${base}/${path}`.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}
