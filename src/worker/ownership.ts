/**
 * One tab owns a workspace. The lock is held as long as the worker lives; a tab that takes over steals it, and the one it was taken
 * from is told.
 */
export async function owned(workspace: string, takeOver: boolean, onLost: () => void): Promise<boolean> {
  return new Promise((resolve) => {
    navigator.locks
      .request(`drydock-${workspace}`, takeOver ? { steal: true } : { ifAvailable: true }, (lock) => {
        resolve(lock !== null)
        return lock === null ? undefined : new Promise<void>(() => {})
      })
      .catch(onLost)
  })
}
