/**
 * What two runs of the same commands in a cluster do not share and `normalise.mjs` leaves standing: which of several equal nodes the scheduler
 * took, revisions, the names of events, how long a pull took, and how things stand that happened within one second. Folding it away tells a
 * difference of chance from one that matters; it is only ever a second look, as chance.ts is for Docker.
 */

const folds: readonly (readonly [RegExp, string])[] = [
  [/\bnode[1-3]\b/g, '<node>'],
  [/^((?:ADDED|MODIFIED|DELETED) +\S+ +)\d+/gm, '$1<rv>'],
  [/^\d\d:\d\d:\d\d /gm, '<time> '],
  [/\b3[0-2]\d{3}\b/g, '<nodePort>'],
  [/(-)\d{8}\b/g, '$1<minute>'],
  [/("?(?:resourceVersion|containerID|imageID|podIP|ip|hostIP|image)"?: ).*/g, '$1<moment>'],
  [/\b(?:\d+(?:\.\d+)?(?:y|d|h|m|s|ms))+\b/g, '<age>'],
  [/Image size: \d+ bytes/g, 'Image size: <size> bytes'],
  [/(\.)1[0-9a-f]{15}\b/g, '$1<event>'],
  [/\bdefault-scheduler-\S+/g, 'default-scheduler-<host>'],
  [/(\(x)\d+( over <age>)/g, '$1<n>$2'],
  [/(Content-Length: |milliseconds=)\d+/g, '$1<n>'],
  [/(Image ID|Container ID|resource_version|Resource Version):\s*\S+/gi, '$1: <id>'],
]

/** Lists whose rows have random names or moments of one second for their order. */
const unordered = /\bevents?\b|\bdescribe\b|\bget (?:\S+ )*(?:all|po|pods?|rs|pv|pvc|replicasets?)\b/

/** The answer of a command without what chance has put into it; give it normalised text. */
export function withoutClusterChance(cmd: string, text: string): string {
  let folded = text
  for (const [pattern, instead] of folds) folded = folded.replace(pattern, instead)
  folded = folded.replace(/[ \t]+/g, ' ').trim()
  return unordered.test(cmd) ? folded.split('\n').sort().join('\n') : folded
}
