/** Deleting trees and asking before; shared by rm, mv, cp and find. */
import { bytesOf } from '../../base/bytes.ts'
import { type Blocking, err, type Process, readFrom } from '../kernel/process.ts'
import { stringOf } from './text.ts'

/** Asks on standard error; anything that begins with y or Y is yes. */
export function* agrees(
  process: Process,
  question: string,
  { isDefault = false }: { readonly isDefault?: boolean } = {},
): Blocking<boolean> {
  yield* err(process, bytesOf(question))
  let answer = ''
  while (!answer.includes('\n')) {
    const bytes = yield* readFrom(process, 0, 1)
    if (bytes.length === 0) break
    answer += stringOf(bytes)
  }
  return /^[yY]/.test(answer) || (isDefault && answer === '\n')
}
