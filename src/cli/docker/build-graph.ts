/** A build in progress: what the builder tells of its vertices, and what was gathered of each so far. Displays draw this and know nothing else. */

export interface BuildMessage {
  readonly at: number
  readonly vertex?: number
  readonly name?: string
  readonly started?: true
  readonly cached?: true
  readonly done?: true
  readonly error?: string
  readonly status?: string
  readonly current?: number
  readonly total?: number
  readonly log?: string
  readonly stream?: 1 | 2
  readonly warning?: {
    readonly rule: string
    readonly text: string
    readonly line: number
    readonly lastLine: number
    readonly file: string
    readonly source: string
  }
  readonly result?: {
    readonly id: string
    readonly names: readonly string[]
    readonly ref?: string
    readonly materials?: Built['materials']
    readonly files?: string
  }
  readonly failed?: {
    readonly message: string
    readonly vertex?: number
    readonly file?: string
    readonly text?: string
    readonly line?: number
    readonly lastLine?: number
  }
}

export interface Vertex {
  readonly number: number
  readonly name: string
  startedAt: number | undefined
  endedAt: number | undefined
  isCached: boolean
  isCanceled: boolean
  error: string | undefined
  readonly statuses: Map<string, Status>
  /** Whole lines with the second they came at. */
  readonly logs: { readonly at: number; readonly text: string }[]
}

export interface Status {
  readonly text: string
  readonly startedAt: number
  current?: number
  total?: number
  isDone: boolean
}

/** Draws what is told; answers text to print at once. */
export interface Display {
  /** After a message was noted. */
  noted(message: BuildMessage, vertex: Vertex | undefined): string
  /** The clock came to `nextAt`. */
  tick(now: number): string
  readonly nextAt: number | undefined
  ended(now: number): string
}

/** `0.138`, seconds since the vertex began. */
export function secondOf(vertex: Vertex, at: number): string {
  return ((at - (vertex.startedAt ?? at)) / 1000).toFixed(3)
}

export const warningLine = ({ rule, text, line }: NonNullable<BuildMessage['warning']>): string => `${rule}: ${text} (line ${line})`

export interface Built {
  readonly id: string
  readonly names: readonly string[]
  /** What history calls this build. */
  readonly ref: string
  /** The images it stands on. */
  readonly materials: readonly { readonly name: string; readonly digest: string }[]
  /** A tar of the result, base64, when it goes to the client. */
  readonly files: string | undefined
  readonly warnings: number
}

/** `JSONArgsRecommended` → `json-args-recommended`: where a rule's page stands. */
export function ruleUrl(rule: string): string {
  return `https://docs.docker.com/go/dockerfile/rule/${rule
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .toLowerCase()}/`
}
