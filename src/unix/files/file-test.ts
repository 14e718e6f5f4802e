/**
 * What `-f`, `-r`, `-nt` and their like ask of a file. `[[`, the shell's `test` and the `test` on PATH ask the same; how each reads its words
 * is its own.
 */
import type { Credentials } from '../kernel/process.ts'
import { allows } from './mount-table.ts'
import type { Node } from './node.ts'

/** Whether `node` is what the letter of a test asks for (`f` of `-f`), for `who` where it is a question of rights. `-w` is asked of the mount, which
 * may be read-only: `Files.access`. */
export function fileTest(letter: string, node: Node, who: Credentials): boolean {
  switch (letter) {
    case 'a':
    case 'e':
      return true
    case 'f':
      return node.kind === 'file'
    case 'd':
      return node.kind === 'directory'
    case 'b':
      return node.kind === 'block'
    case 'c':
      return node.kind === 'character'
    case 'p':
      return node.kind === 'fifo'
    case 'S':
      return node.kind === 'socket'
    case 's':
      return node.size > 0
    case 'r':
      return allows(node, who, 4)
    case 'x':
      return allows(node, who, 1)
    case 'u':
      return (node.mode & 0o4000) !== 0
    case 'g':
      return (node.mode & 0o2000) !== 0
    case 'k':
      return (node.mode & 0o1000) !== 0
    case 'O':
      return node.uid === who.uid
    case 'G':
      return node.gid === who.gid
    case 'N':
      return node.modifiedMs > node.accessedMs
    default:
      return false
  }
}

/** `-nt`, `-ot` and `-ef` of two files, of which either may be missing. */
export function fileComparison(operator: string, left: Node | undefined, right: Node | undefined): boolean {
  switch (operator) {
    case '-nt':
      return left !== undefined && (right === undefined || left.modifiedMs > right.modifiedMs)
    case '-ot':
      return right !== undefined && (left === undefined || left.modifiedMs < right.modifiedMs)
    default:
      return left !== undefined && left === right
  }
}
