/** The containerd below the engine. Which one it is shows in `docker version`, and in how it words a refusal of runc's. */
export interface Containerd {
  readonly version: string
  /** Empty in a build that does not say. */
  readonly commit: string
}

export const packagedContainerd: Containerd = { version: '1.7.24~ds1', commit: '1.7.24~ds1-6+deb13u1' }

/** Before version 2 the code of the error stood behind its text. */
export function codeBehind({ version }: Containerd): string {
  return version.startsWith('1.') ? ': unknown' : ''
}
