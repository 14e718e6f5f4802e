/** A refusal of the daemon: the status, and the message after `Error response from daemon: `. */
export class DockerError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export const badRequest = (message: string): DockerError => new DockerError(400, message)
export const notFound = (message: string): DockerError => new DockerError(404, message)
export const conflict = (message: string): DockerError => new DockerError(409, message)
export const failure = (message: string): DockerError => new DockerError(500, message)
