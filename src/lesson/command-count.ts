/**
 * How many commands were needed. What only looks does not count, and neither does what was refused: looking around is how one
 * learns. The same rule counts a lesson's solution, so the two can be compared.
 */

const looking = new RegExp(
  [
    String.raw`^(cd|ls|ll|pwd|clear|cat|head|tail|less|more|grep|find|echo|printf|date|sleep|wait|history|man|help|which|type|id|whoami|hostname|ps|top|free|df|du|mount|ip|ss|ping|curl|wget|dig|nslookup|journalctl|watch|tree|stat|wc|uname|true|exit|sort|uniq|cut|tr|awk|jq|column|tput|stty)\b`,
    String.raw`^sed (?!.*-i)`,
    String.raw`^docker compose config\b`,
    String.raw`^docker (compose )?((container|image|network|volume|node|service|stack|system|context|swarm) )?(ps|ls|images|logs|inspect|top|stats|port|history|version|info|search|diff|events|df|help)\b`,
    String.raw`^kubectl (-n \S+ )?(get|describe|logs|explain|top|version|api-resources|api-versions|cluster-info|events|wait|diff|auth (can-i|whoami)|config (view|get-contexts|current-context)|rollout (status|history))\b`,
    String.raw`^minikube (status|ip|version|service|profile list|node list|addons list|logs)\b`,
  ].join('|'),
)

/** Whether a command changes something, as far as its words tell. What writes a file does, and a pipeline of which one part does. */
export function countsAsCommand(line: string): boolean {
  const text = line.trim()
  if (text === '' || text.startsWith('#')) return false
  return (
    /(^|[^0-9&>])>>?\s*(?!\/dev\/null|&)\S/.test(text) ||
    unquoted(text)
      .split('|')
      .some((part) => !looking.test(part.trim().replace(/^sudo /, '')))
  )
}

/** What stands in quotes says nothing about where a command ends. */
function unquoted(text: string): string {
  return text.replace(/'[^']*'|"(?:\\.|[^"\\])*"/g, 'quoted')
}

/** The commands of a script; what stands in a here document belongs to its command, and so do continued lines. */
export function commandsOf(script: string): readonly string[] {
  const commands: string[] = []
  const lines = script.split('\n')
  for (let at = 0; at < lines.length; at++) {
    let line = lines[at]
    while (line.endsWith('\\') && at + 1 < lines.length) line = `${line.slice(0, -1)}${lines[++at]}`
    const end = /<<-?\s*['"]?(\w+)['"]?/.exec(line)?.[1]
    if (end !== undefined) while (at + 1 < lines.length && lines[++at].trim() !== end);
    if (line.trim() !== '') commands.push(line.trim())
  }
  return commands
}

export function commandCount(lines: readonly string[]): number {
  return lines.flatMap((line) => (line.trim().startsWith('#') ? [] : unquoted(line).split(/;|&&|\|\|/))).filter(countsAsCommand).length
}
