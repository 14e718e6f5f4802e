/** Types of the comparison that the recordings bring along. */
export function normaliseKubernetes(text: string): string
export function normaliseDocker(text: string): string
