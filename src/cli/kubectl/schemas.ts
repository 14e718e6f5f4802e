/**
 * Before kubectl writes from a file it asks whether the server checks fields itself (it does since 1.25). Only the question matters here:
 * it is the first request, so an unreachable server is reported in its words.
 */
import type { Blocking } from '../../unix/kernel/process.ts'
import type { Call } from './call.ts'
import { accept } from './connection.ts'
import { ConnectionError, Refusal } from './refusal.ts'

export function* probeSchemas(call: Call): Blocking<void> {
  if (!call.flags.knows('validate') || call.validation === 'Ignore') return
  try {
    yield* call.api.ask('GET', '/openapi/v3', { query: { timeout: '32s' }, accept: accept.any })
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
    const [file = ''] = call.flags.list('filename')
    const text = error.message.replace('/openapi/v3?', '/openapi/v2?')
    throw new Refusal(
      `error validating ${JSON.stringify(file === '-' ? 'STDIN' : file)}: error validating data: failed to download openapi: ${text}; if you choose to ignore these errors, turn validation off with --validate=false`,
    )
  }
}
