/**
 * What runs in PostgreSQL's own thread: one PGlite, asked by messages. `postgresThread` must stand on its own, without imports: Node starts the
 * thread from the function's text.
 */

export interface PostgresSupplies {
  readonly pgliteWasmModule: WebAssembly.Module
  readonly initdbWasmModule: WebAssembly.Module
  readonly fsBundle: Blob
}

export type ThreadQuestion =
  | {
      readonly type: 'open'
      readonly supplies: PostgresSupplies
      readonly files?: Uint8Array
      readonly database: string
      readonly username: string
    }
  | { readonly type: 'use'; readonly database: string }
  | { readonly type: 'run'; readonly message: Uint8Array }
  | { readonly type: 'files'; readonly known: Readonly<Record<string, number>> }

export interface ThreadAnswer {
  readonly failure?: string
  readonly answer?: Uint8Array
  readonly sums?: Readonly<Record<string, number>>
  readonly changed?: Readonly<Record<string, Uint8Array>>
}

interface PGliteInstance {
  execProtocolRawSync(message: Uint8Array): Uint8Array
  dumpDataDir(compression: 'none'): Promise<Blob>
  close(): Promise<void>
  readonly Module: {
    readonly FS: {
      readdir(path: string): string[]
      stat(path: string): { readonly mode: number }
      isDir(mode: number): boolean
      readFile(path: string): Uint8Array
    }
  }
}

export interface PGliteClass {
  create(
    options: PostgresSupplies & { readonly loadDataDir?: Blob; readonly database: string; readonly username: string },
  ): Promise<PGliteInstance>
}

/** Answers the questions one after the other, as they come. */
export function postgresThread(
  PGlite: PGliteClass,
  post: (answer: ThreadAnswer, transfer: ArrayBuffer[]) => void,
): (question: ThreadQuestion) => void {
  const root = '/pglite/data'
  let instance: PGliteInstance
  let supplies: PostgresSupplies
  let username: string
  let last: Promise<unknown> = Promise.resolve()

  /** No digest. Pages are whole words. */
  function sumOf(bytes: Uint8Array): number {
    let sum = bytes.length | 0
    const words =
      bytes.byteOffset % 4 === 0
        ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
        : new Uint32Array(bytes.slice(0, bytes.length & ~3).buffer)
    for (let at = 0; at < words.length; at++) sum = (Math.imul(sum, 31) + words[at]) | 0
    for (let at = words.length * 4; at < bytes.length; at++) sum = (Math.imul(sum, 31) + bytes[at]) | 0
    return sum
  }

  function checkpoint(): void {
    const text = new TextEncoder().encode('CHECKPOINT')
    const message = new Uint8Array(text.length + 6)
    message[0] = 0x51
    message[4] = text.length + 5
    message.set(text, 5)
    instance.execProtocolRawSync(message)
  }

  function dataFiles(known: Readonly<Record<string, number>>): Required<Pick<ThreadAnswer, 'sums' | 'changed'>> {
    const { FS } = instance.Module
    const [sums, changed]: [Record<string, number>, Record<string, Uint8Array>] = [{}, {}]
    const note = (path: string, content: Uint8Array): void => {
      sums[path] = sumOf(content)
      if (known[path] !== sums[path]) changed[path] = content.slice()
    }
    const walk = (folder: string): void => {
      for (const name of FS.readdir(`${root}/${folder}`)) {
        if (name === '.' || name === '..' || name === 'postmaster.pid') continue
        const path = `${folder}${name}`
        if (FS.isDir(FS.stat(`${root}/${path}`).mode)) {
          note(`${path}/`, new Uint8Array(0))
          walk(`${path}/`)
        } else note(path, FS.readFile(`${root}/${path}`))
      }
    }
    walk('')
    return { sums, changed }
  }

  async function answered(question: ThreadQuestion): Promise<ThreadAnswer> {
    switch (question.type) {
      case 'open': {
        const { files, database } = question
        ;({ supplies, username } = question)
        instance = await PGlite.create({
          ...supplies,
          database,
          username,
          ...(files && { loadDataDir: new Blob([files as Uint8Array<ArrayBuffer>], { type: 'application/x-tar' }) }),
        })
        return {}
      }
      case 'use': {
        checkpoint()
        const loadDataDir = await instance.dumpDataDir('none')
        await instance.close()
        instance = await PGlite.create({ ...supplies, database: question.database, username, loadDataDir })
        return {}
      }
      case 'run':
        return { answer: instance.execProtocolRawSync(question.message) }
      case 'files':
        checkpoint()
        return dataFiles(question.known)
    }
  }

  return (question) => {
    last = last.then(async () => {
      try {
        const all = await answered(question)
        post(
          all,
          Object.values(all.changed ?? {}).map(({ buffer }) => buffer as ArrayBuffer),
        )
      } catch (error) {
        post({ failure: String(error) }, [])
      }
    })
  }
}
