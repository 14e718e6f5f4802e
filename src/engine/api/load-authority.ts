/** Fetches the certificate authority's arithmetic; what waits for it is answered afterwards. */
import type { Clock } from '../../base/clock.ts'
import { Pending } from '../../base/http.ts'
import { provideAuthority } from './authority-door.ts'

export function afterAuthority<T>(clock: Clock, answer: () => T | Pending<T>): Pending<T> {
  const pending = new Pending<T>()
  const release = clock.hold()
  void import('./authority.ts').then(({ authority }) => {
    provideAuthority(authority)
    release()
    const result = answer()
    if (result instanceof Pending) result.ready.each(() => result.value !== undefined && pending.resolve(result.value))
    else pending.resolve(result)
  })
  return pending
}
