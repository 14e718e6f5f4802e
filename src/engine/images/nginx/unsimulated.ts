/**
 * Directives that the real nginx acts on and this one only keeps: named in the error log at every start, whatever its level, so that nobody takes
 * an unlimited server for a limited one. What only makes a server faster is left out.
 */
import type { Directive } from './config.ts'

const idle = new RegExp(
  `^(?:${[
    'auth_request|charset|client_max_body_size|expires|geo|gzip|gzip_static|map|mirror|satisfy|set_real_ip_from|split_clients|ssl_certificate|sub_filter',
    'fastcgi_pass|uwsgi_pass|mail|stream',
    'hash|least_conn|random',
    'limit_(?:conn|except|rate|req)',
    'proxy_(?:cache|cookie_\\w+|hide_header|ignore_headers|intercept_errors|method|next_upstream|pass_header|redirect|set_body|ssl_verify)',
    'proxy_(?:connect|read|send)_timeout',
  ].join('|')})$`,
)

/** One line for each name, with its first place. */
export function unsimulated(directives: readonly Directive[]): readonly string[] {
  const places = new Map<string, string>()
  const walk = (level: readonly Directive[]): void => {
    for (const { name, args, block, file, line } of level) {
      const said = name === 'listen' && args.includes('ssl') ? 'listen … ssl' : name
      if ((said !== name || idle.test(name)) && args[0] !== 'off' && !places.has(said)) places.set(said, `${file}:${line}`)
      // The lines of `map` and `geo` are no directives.
      if (block && !idle.test(name)) walk(block)
    }
  }
  walk(directives)
  return Array.from(places, ([name, place]) => `"${name}" is not simulated in this sandbox and has no effect in ${place}`)
}
