/** The programs npm, npx and yarn by name; their code and the packages come with the first of them. */
import { loadedLater } from '../../lazy.ts'

export const npmPrograms = loadedLater(['npm', 'npx', 'yarn'], () => import('./program.ts'))
