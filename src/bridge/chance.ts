/**
 * What two runs of the real docker do not share and `normalise.mjs` leaves standing: swarm's random ids, process numbers, moments, how many
 * pictures of a progress were drawn, lists that come out of a Go map. Folding it away tells a difference of chance from one that matters;
 * it is only ever a second look: the first count is of what is equal without it.
 */

const folds: readonly (readonly [pattern: RegExp, instead: string | ((...found: string[]) => string)])[] = [
  // Random: ids of 25 letters and digits and their first 12, tokens, certificates, names of containers.
  [/SWMTKN-1-[a-z0-9]+-[a-z0-9]+/g, '<token>'],
  [/-{3,}BEGIN CERTIFICATE-+[\s\S]*?-+END CERTIFICATE-+/g, '<certificate>'],
  [/("(?:TrustRoot|CertIssuerSubject|CertIssuerPublicKey)": ")[^"]*/g, '$1<certificate>'],
  [/(Issuer Public Key:\s+)\S+/g, '$1<certificate>'],
  [/\b(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])(?:[a-z0-9]{25}|[a-z0-9]{12})\b/g, '<id>'],
  [/((?:name=|^|\/|\s)"?)[a-z]{3,}_[a-z]{3,}\d?(?=[),/"\s]|$)/gm, '$1<name>'],
  [/(has active endpoints \()(.*)\)/g, (_, words: string, names: string) => `${words}${names.split(', ').sort().join(' ')})`],
  [/\bfile:[0-9a-f]{16,64}(?=[ …])/g, 'file:<hash>'],
  [/\b0xc[0-9a-f]{9}\b/g, '<address>'],
  [/("Raw": ")[A-Za-z0-9+/=]+/g, '$1<manifest>'],
  // The moment.
  [/\b(?:about an? (?:minute|hour)|less than a second)(?: ago)?/g, '<ago>'],
  [/\btick \d+/g, 'tick <n>'],
  [/\b\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\b/g, '<time>'],
  [/\b\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/\b\d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3}/g, '<time>'],
  [/\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\d{1,2} {1,2}\d\d:\d\d\b/g, '<time>'],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d\b/g, '<time>'],
  [/("(?:time|timeNano|Created|created)": ?)\d{10,19}/g, '$1<time>'],
  [/^(?:#\d+ )?\d\.\d{3} /gm, '<age> '],
  [/^#\d+ /gm, '#<n> '],
  // Only what took long enough is timed.
  [/^(#<n> exporting layers) <age> done/gm, '$1 done'],
  [/\btime=\d+\.\d+/g, 'time=<age>'],
  [/= \d+\.\d+\/\d+\.\d+\/\d+\.\d+ ms/g, '= <age>'],
  [/("Version": ?\{\s*"Index": ?)\d+/g, '$1<n>'],
  // The machine: numbers of processes and interfaces, what a process takes, how large an archive is.
  [/("Pid": ?)\d+/g, '$1<pid>'],
  [/\b(worker process|received from) \d+/g, '$1 <pid>'],
  [/\b\d+#\d+:/g, '<pid>:'],
  [/@if\d+/g, '@if<n>'],
  [/\b\d+\.\d+%/g, '<percent>'],
  [/\b\d+(?:\.\d+)?KiB\b/g, '<size>'],
  [/("(?:Size|SizeRootFs|SizeRw|size|LayersSize|MemoryBytes|NFd|NGoroutines)": ?)\d+/g, '$1<size>'],
  [/^Content-Length: \d+/gm, 'Content-Length: <size>'],
  [/(digest: <digest> size: )\d+/g, '$1<size>'],
  [/\b(?=[0-9A-F]*\d)[0-9A-F]{12}\b/g, '<id>'],
  [/\u001b\[6n/g, ''],
  [
    /("(?:\w*usage\w*|percpu_usage|\w*anon|\w*file|\w*cache|\w*rss|\w*dirty|\w*fault|\w*pgpg(?:in|out)|[rt]x_bytes|[rt]x_packets)": ?)(?:\d+|<port>|\[[\d,]*\])/g,
    '$1<n>',
  ],
]

/** Commands whose lines come in an order of their own each time (see `What varies from run to run` of the facts about the engine). */
const unordered =
  /docker (?:compose|buildx|builder|build|images|image (?:ls|prune)|pull|push|diff|run|stats|top|network (?:inspect|prune|rm)|system|events|history|search|service|inspect)\b|\bfind\b|\/(?:top|containers|images|networks)/

/** The answer of a command without what chance has put into it; give it normalised text. */
export function withoutChance(cmd: string, text: string): string {
  let folded = lastPicture(text)
  for (const [pattern, instead] of folds)
    folded = typeof instead === 'string' ? folded.replace(pattern, instead) : folded.replace(pattern, instead)
  // A table of processes is numbers of the machine all through.
  if (/\bPID\b/.test(folded)) folded = folded.replace(/(?<=\s|^|")\d+(?:[.:]\d+)*(?=\s|")/gm, '<n>')
  // So is a part of an id.
  if (/cut -c|truncate \.ID/.test(cmd)) folded = folded.replace(/\b[0-9a-f]{3,4}\b/g, '<id>')
  if (/docker logs/.test(cmd)) folded = folded.replace(/^(.*tick <n>\n)+/gm, '$1')
  folded = folded.replace(/[ \t]+/g, ' ').trim()
  if (!unordered.test(cmd)) return folded
  return [
    ...new Set(
      folded
        .split('\n')
        .map(ordered)
        .join('\n')
        .split(/\n|, |;/)
        .map((line) => line.trim()),
    ),
  ]
    .filter((line) => line !== '')
    .sort()
    .join('\n')
}

/** A line of JSON with its lists in one order, and lists of labels with them. */
function ordered(line: string): string {
  try {
    return JSON.stringify(sortedLists(JSON.parse(line.replace(/(?<=[:[,] ?)<(\w+)>/g, '"<$1>"'))))
  } catch {
    return line
  }
}

function sortedLists(value: unknown): unknown {
  if (Array.isArray(value))
    return value
      .map(sortedLists)
      .map((item) => JSON.stringify(item))
      .sort()
      .map((text) => JSON.parse(text) as unknown)
  if (typeof value === 'string') return /^[\w.-]+=[^,]*(,[\w.-]+=[^,]*)+$/.test(value) ? value.split(',').sort().join(',') : value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortedLists(item)]),
  )
}

/** A progress on a terminal is drawn as often as there is time to; what stays to be seen is the last picture. */
function lastPicture(text: string): string {
  const ofPull = text
    .replace(
      /\u001b\[\d+A\u001b\[2K\r?<id>: (?:Downloading|Extracting|Pushing|Waiting|Verifying Checksum|Download complete)[^\u001b]*\u001b\[<size>/g,
      '',
    )
    .replace(/\u001b\[\d+A\u001b\[2K\r?(<id>: [^\u001b]*)\u001b\[<size>/g, '\n$1\n')
  return ofPull
    .replace(/\u001b\[\?25l[\s\S]*\u001b\[\?25l/g, '')
    .replace(/\u001b\[34m(\[\+\] [^\u001b]*)\u001b\[0m/g, '$1')
    .replace(/(?:\u001b\[(?:1A|0G|2K|\?25[lh]|K))+/g, '')
}
