/** The thread that a session's PostgreSQL runs in on the page. */
import { PGlite } from '@electric-sql/pglite'
import { postgresThread, type ThreadQuestion } from '../session/postgres-thread.ts'

const ask = postgresThread(PGlite, (answer, transfer) => self.postMessage(answer, { transfer }))
self.onmessage = ({ data }: MessageEvent<ThreadQuestion>) => ask(data)
