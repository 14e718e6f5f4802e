export function normaliseKubernetes(text: string): string
export function normaliseDocker(text: string): string
