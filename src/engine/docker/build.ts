/** Temporary. */
import type { HttpResponse } from '../../base/http.ts'
import type { Daemon } from './daemon.ts'
export function buildResponse(_d: Daemon, _q: URLSearchParams, _b: Uint8Array): HttpResponse { throw new Error('later') }
export function pruneBuildCache(_d: Daemon, _q: URLSearchParams): object { return { CachesDeleted: null, SpaceReclaimed: 0 } }
export function buildCacheRows(_d: Daemon): readonly object[] { return [] }
