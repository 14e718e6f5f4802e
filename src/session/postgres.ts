/** The session's end of PostgreSQL's threads: starts one for each server and hands questions over; answers come in the order of asking. */
import type { PostgresInstance, PostgresLibrary, Statement } from '../engine/images/postgres/library.ts'
import { stopwatch } from './drive.ts'
import type { PostgresSupplies, ThreadAnswer, ThreadQuestion } from './postgres-thread.ts'

/** A browser's Worker or one of Node's. */
export interface Thread {
  post(question: ThreadQuestion): void
  kill(): void
}

export interface ThreadEvents {
  answered(answer: ThreadAnswer): void
  failed(reason: string): void
}

export function postgresLibrary(supplies: PostgresSupplies, startThread: (events: ThreadEvents) => Thread): PostgresLibrary {
  return {
    async open({ files, database, username }) {
      const waiting: ((answer: ThreadAnswer) => void)[] = []
      const answered = (answer: ThreadAnswer): void => waiting.shift()?.(answer)
      const thread = startThread({
        answered,
        failed: (failure) => {
          while (waiting.length > 0) answered({ failure })
        },
      })
      const ask = (question: ThreadQuestion): Promise<ThreadAnswer> => {
        thread.post(question)
        return new Promise((resolve) => waiting.push(resolve))
      }
      const done = async (question: ThreadQuestion): Promise<ThreadAnswer> => {
        const answer = await ask(question)
        if (answer.failure !== undefined) throw new Error(answer.failure)
        return answer
      }
      await done({ type: 'open', supplies, files, database, username })
      const instance: PostgresInstance = {
        run: (message) => statement(ask({ type: 'run', message })),
        async use(next) {
          await done({ type: 'use', database: next })
        },
        async files(known) {
          const { sums = {}, changed = {} } = await done({ type: 'files', known })
          return { sums, changed }
        },
        kill: () => thread.kill(),
      }
      return instance
    },
  }
}

function statement(asked: Promise<ThreadAnswer>): Statement {
  const watch = stopwatch()
  let got: ThreadAnswer | undefined
  const settled = asked.then((answer) => {
    got = answer
  })
  return {
    get answer() {
      return got?.answer
    },
    get failure() {
      return got?.failure
    },
    within(ms) {
      const { passed, cancel } = watch.until(ms)
      return Promise.race([settled, passed]).finally(cancel)
    },
  }
}
