/**
 * nginx's configuration: words, blocks and includes become a tree of directives, with nginx's own words for what is wrong. Directives
 * that nothing here acts on are known by name and kept; unknown ones are refused, as nginx refuses them.
 */
export interface Directive {
  readonly name: string
  readonly args: readonly string[]
  readonly block: readonly Directive[] | undefined
  readonly file: string
  readonly line: number
}

/** `nginx: [emerg] …` */
export class ConfigError extends Error {}

interface Token {
  readonly text: string
  readonly isQuoted: boolean
  readonly line: number
}

export function parseConfig(
  file: string,
  read: (path: string) => string,
  expand: (pattern: string) => readonly string[],
): readonly Directive[] {
  const tokens = tokensOf(read(file), file)
  let at = 0
  const block = (isInner: boolean): Directive[] => {
    const directives: Directive[] = []
    for (;;) {
      const token = tokens[at]
      if (!token) {
        if (isInner) throw new ConfigError(`unexpected end of file, expecting "}" in ${file}:${tokens.at(-1)?.line ?? 1}`)
        return directives
      }
      if (token.text === '}' && !token.isQuoted) {
        if (!isInner) throw new ConfigError(`unexpected "}" in ${file}:${token.line}`)
        at++
        return directives
      }
      const words: string[] = []
      const { line } = token
      for (;;) {
        const word = tokens[at++]
        if (!word) throw new ConfigError(`unexpected end of file, expecting ";" or "}" in ${file}:${tokens.at(-1)?.line ?? line}`)
        if (word.isQuoted || !/^[;{}]$/.test(word.text)) {
          words.push(word.text)
          continue
        }
        if (word.text === '}') throw new ConfigError(`unexpected "}" in ${file}:${word.line}`)
        const [name, ...args] = words
        if (name === undefined) throw new ConfigError(`unexpected "${word.text}" in ${file}:${word.line}`)
        if (!known.has(name) && !isFree(directives, name)) throw new ConfigError(`unknown directive "${name}" in ${file}:${line}`)
        const inner = word.text === '{' ? (freeBlocks.has(name) ? free() : block(true)) : undefined
        if (!inner && blocks.has(name) && !(name === 'server' && args.length > 0))
          throw new ConfigError(`directive "${name}" has no opening "{" in ${file}:${word.line}`)
        if (name === 'include' && !inner) {
          const path = args[0].startsWith('/') ? args[0] : `/etc/nginx/${args[0]}`
          const found = /[*?[]/.test(path) ? expand(path) : [path]
          for (const one of found) directives.push(...(one.endsWith('mime.types') ? [] : parseConfig(one, read, expand)))
        } else directives.push({ name, args, block: inner, file, line })
        break
      }
    }
  }
  /** `map`, `types`: lines of pairs, not directives. */
  const free = (): Directive[] => {
    const entries: Directive[] = []
    let words: string[] = []
    for (;;) {
      const word = tokens[at++]
      if (!word) throw new ConfigError(`unexpected end of file, expecting "}" in ${file}:${tokens.at(-1)?.line ?? 1}`)
      if (word.text === '}' && !word.isQuoted) return entries
      if (word.text === ';' && !word.isQuoted) {
        entries.push({ name: words[0] ?? '', args: words.slice(1), block: undefined, file, line: word.line })
        words = []
      } else words.push(word.text)
    }
  }
  return block(false)
}

function isFree(_: readonly Directive[], name: string): boolean {
  return (
    name.startsWith('proxy_') ||
    name.startsWith('fastcgi_') ||
    name.startsWith('gzip') ||
    name.startsWith('ssl_') ||
    name.startsWith('client_') ||
    name.startsWith('open_file_cache')
  )
}

function tokensOf(text: string, file: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  for (let at = 0; at < text.length; ) {
    const letter = text[at]
    if (letter === '\n') line++
    if (/\s/.test(letter)) at++
    else if (letter === '#') while (at < text.length && text[at] !== '\n') at++
    else if (letter === ';' || letter === '{' || letter === '}') {
      tokens.push({ text: letter, isQuoted: false, line })
      at++
    } else if (letter === '"' || letter === "'") {
      const start = line
      let word = ''
      for (at++; text[at] !== letter; at++) {
        if (at >= text.length) throw new ConfigError(`unexpected end of file, expecting ";" or "}" in ${file}:${line}`)
        if (text[at] === '\n') line++
        if (text[at] === '\\' && (text[at + 1] === letter || text[at + 1] === '\\')) word += text[++at]
        else if (text[at] === '\\' && /[nrt]/.test(text[at + 1] ?? '')) word += { n: '\n', r: '\r', t: '\t' }[text[++at]] ?? ''
        else word += text[at]
      }
      at++
      tokens.push({ text: word, isQuoted: true, line: start })
    } else {
      let word = ''
      while (at < text.length && !/[\s;{]/.test(text[at])) {
        if (text[at] === '$' && text[at + 1] === '{') {
          const end = text.indexOf('}', at)
          word += text.slice(at, end + 1)
          at = end + 1
          continue
        }
        if (text[at] === '}' && word === '') break
        word += text[at++]
      }
      tokens.push({ text: word, isQuoted: false, line })
    }
  }
  return tokens
}

const blocks = new Set([
  'http',
  'server',
  'location',
  'events',
  'upstream',
  'map',
  'types',
  'if',
  'stream',
  'mail',
  'geo',
  'limit_except',
  'split_clients',
])
const freeBlocks = new Set(['map', 'types', 'geo', 'split_clients'])
const known = new Set(
  (
    'absolute_redirect accept_mutex access_log add_header alias allow auth_basic auth_basic_user_file auth_request autoindex autoindex_exact_size autoindex_localtime break charset ' +
    'chunked_transfer_encoding daemon default_type deny env error_log error_page etag events expires geo http if if_modified_since include index internal ' +
    'ip_hash keepalive keepalive_requests keepalive_timeout large_client_header_buffers least_conn limit_conn limit_conn_zone limit_except limit_rate limit_req limit_req_zone listen load_module location log_format ' +
    'log_not_found mail map map_hash_bucket_size map_hash_max_size master_process merge_slashes multi_accept pcre_jit pid port_in_redirect random real_ip_header resolver resolver_timeout return rewrite root ' +
    'satisfy send_timeout sendfile server server_name server_name_in_redirect server_names_hash_bucket_size server_names_hash_max_size server_tokens set set_real_ip_from split_clients ssl stream stub_status sub_filter sub_filter_once ' +
    'tcp_nodelay tcp_nopush thread_pool timer_resolution try_files types types_hash_bucket_size types_hash_max_size underscores_in_headers upstream use user uwsgi_pass ' +
    'hash worker_connections worker_processes worker_rlimit_nofile worker_shutdown_timeout zone http2 aio reset_timedout_connection output_buffers variables_hash_max_size mirror client_body_temp_path proxy_temp_path fastcgi_temp_path uwsgi_temp_path scgi_temp_path'
  ).split(' '),
)

export const named = (directives: readonly Directive[], name: string): readonly Directive[] =>
  directives.filter((directive) => directive.name === name)
/** The last one of a name counts where several are allowed. */
export const single = (directives: readonly Directive[], name: string): Directive | undefined =>
  directives.findLast((directive) => directive.name === name)
