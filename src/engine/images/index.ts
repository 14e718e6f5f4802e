/** The catalogue: every repository the sandbox's registries offer from the start, one line each, and the programs they bring. */
import type { Program } from '../../unix/kernel/process.ts'
import { busybox } from './busybox.ts'
import { helloWorld, helloWorldProgram } from './hello-world.ts'
import type { CatalogueRepository } from './image.ts'

export const catalogue: readonly CatalogueRepository[] = [busybox, helloWorld]

/** For the kernel's `programs`: binaries that only images have. */
export const imagePrograms: ReadonlyMap<string, Program> = new Map([['hello-world', helloWorldProgram]])
