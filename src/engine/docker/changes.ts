/** Temporary. */
import type { ImageRunConfig } from '../images/image.ts'
export function changed(run: ImageRunConfig, _lines: readonly string[]): ImageRunConfig { return run }
