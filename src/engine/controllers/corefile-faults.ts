/** What keeps CoreDNS from starting with a Corefile, in its words; and plugins of it that would change answers, and do not here. */

/** Plugins that the engine's name server acts on, and those whose work is not seen from outside. */
const known = new Set(
  'kubernetes hosts rewrite forward bufsize cache cancel errors health loadbalance loop minimal ready reload tls ttl prometheus'.split(' '),
)
const idle = new Set(
  'root metadata geoip nsid debug trace pprof bind timeouts multisocket log dnstap local dns64 acl any chaos tsig header dnssec autopath template transfer route53 azure clouddns k8s_external file auto secondary etcd grpc erratic whoami on sign view nomad'.split(
    ' ',
  ),
)

interface Reading {
  readonly fault: string | undefined
  readonly idle: readonly string[]
}

export function readCorefile(text: string, path = '/etc/coredns/Corefile'): Reading {
  const idlePlugins = new Set<string>()
  const wrong = (number: number, what: string): Reading => ({ fault: `${path}:${number} - Error during parsing: ${what}`, idle: [] })
  const lines = text.split('\n')
  let depth = 0
  for (const [index, line] of lines.entries()) {
    const words = line
      .replace(/(^|\s)#.*$/, '')
      .split(/\s+/)
      .filter(Boolean)
    if (words.length === 0) continue
    const opens = words.at(-1) === '{'
    if (words[0] === '}') {
      if (depth === 0) return wrong(index + 1, "Unexpected '}' because no matching opening brace")
      depth--
      continue
    }
    if (depth === 0 && !opens) return wrong(index + 1, 'Unexpected EOF')
    if (depth === 1) {
      const [name] = words
      if (!known.has(name) && !idle.has(name)) return wrong(index + 1, `Unknown directive '${name}'`)
      if (idle.has(name)) idlePlugins.add(name)
    }
    if (opens) depth++
  }
  return depth > 0 ? wrong(lines.length, 'Unexpected EOF') : { fault: undefined, idle: [...idlePlugins] }
}
