/** Whether a container has a health check; `NONE` takes the image's away. */
import type { Container } from '../shapes.ts'

export function hasHealthcheck({ Config }: Container): boolean {
  const test = Config.Healthcheck?.Test
  return test !== undefined && test.length > 0 && test[0] !== 'NONE'
}
