/** How docker refuses: in the CLI's own words, or with the daemon's. */

/** Ends a command with a message on standard error. */
export class DockerError extends Error {
  readonly code: number

  constructor(message: string, code = 1) {
    super(message)
    this.code = code
  }
}

/** The daemon's own refusal; `docker run` treats it otherwise than one of the CLI. */
export class DaemonError extends DockerError {
  readonly status: number

  constructor(message: string, status: number) {
    super(`Error response from daemon: ${message}`)
    this.status = status
  }
}
