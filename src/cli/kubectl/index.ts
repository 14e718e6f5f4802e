/** kubectl in one piece, so that it can be fetched when it is first wanted. */
export { completeKubectl } from './complete.ts'
export { kubectl } from './kubectl.ts'
