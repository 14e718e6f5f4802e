/**
 * httpd.conf, as a tree of directives: sections, `Include`, `${variables}`, line continuation. The surprising thing: a directive that Apache
 * knows only through a module that is not loaded is an error, and `<IfModule>` is how configurations live with that.
 */
import { textOf } from '../../../base/bytes.ts'
import { UnixError } from '../../../unix/errors.ts'
import type { Process } from '../../../unix/kernel/process.ts'

export interface Directive {
  /** In lower case. */
  readonly name: string
  readonly args: readonly string[]
  readonly file: string
  readonly line: number
  /** What stands in a section (`<Directory …>`). */
  readonly block?: readonly Directive[]
}

export class HttpdConfigError extends Error {}

/** Without these modules nothing starts, so every installation has them. */
const alwaysLoaded = [
  'core',
  'so',
  'http',
  'mpm_event',
  'mpm_prefork',
  'unixd',
  'authz_core',
  'authz_host',
  'mime',
  'log_config',
  'dir',
  'autoindex',
  'alias',
  'env',
  'setenvif',
  'headers',
  'status',
  'negotiation',
  'filter',
  'version',
  'reqtimeout',
  'deflate',
  'userdir',
  'auth_basic',
  'authn_file',
  'authn_core',
  'authz_user',
  'mime_magic',
  'cgi',
  'cgid',
  'watchdog',
]

/** Who knows a directive, where it is not one of those above. */
const ofModules: Readonly<Record<string, string>> = {
  proxypass: 'proxy',
  proxypassreverse: 'proxy',
  proxyrequests: 'proxy',
  proxypreservehost: 'proxy',
  rewriteengine: 'rewrite',
  rewriterule: 'rewrite',
  rewritecond: 'rewrite',
  rewritebase: 'rewrite',
  sslengine: 'ssl',
  sslcertificatefile: 'ssl',
  sslcertificatekeyfile: 'ssl',
  sslprotocol: 'ssl',
  sslciphersuite: 'ssl',
  expiresactive: 'expires',
  expiresdefault: 'expires',
  expiresbytype: 'expires',
  balancermember: 'proxy',
}

const known = new Set(
  (
    'serverroot listen user group serveradmin servername serveralias documentroot directoryindex directoryslash errorlog errorlogformat loglevel customlog transferlog logformat include includeoptional loadmodule alias aliasmatch scriptalias scriptaliasmatch redirect redirectmatch redirectpermanent redirecttemp errordocument options allowoverride require order allow deny satisfy accessfilename addtype addhandler addencoding addcharset adddefaultcharset addlanguage addoutputfilter addoutputfilterbytype sethandler setoutputfilter setinputfilter typesconfig mimemagicfile defaulttype ' +
    'keepalive maxkeepaliverequests keepalivetimeout timeout hostnamelookups pidfile mutex defaultruntimedir startservers minspareservers maxspareservers maxrequestworkers maxclients maxconnectionsperchild maxrequestsperchild minsparethreads maxsparethreads threadsperchild threadlimit serverlimit servertokens serversignature traceenable usecanonicalname usecanonicalphysicalport enablesendfile enablemmap extendedstatus coredumpdirectory scriptsock setenv setenvif setenvifnocase browsermatch browsermatchnocase passenv unsetenv header requestheader indexoptions indexignore addicon addiconbytype addiconbyencoding defaulticon readmename headername languagepriority forcelanguagepriority userdir authtype authname authuserfile authgroupfile authbasicprovider limitrequestbody limitrequestfields define undefine fileetag requestreadtimeout deflatecompressionlevel namevirtualhost scoreboardfile protocols contentdigest acceptpathinfo fallbackresource error warning'
  ).split(' '),
)
const sections = [
  'virtualhost',
  'directory',
  'directorymatch',
  'files',
  'filesmatch',
  'location',
  'locationmatch',
  'limit',
  'limitexcept',
  'requireall',
  'requireany',
  'requirenone',
  'proxy',
  'if',
]

export interface Parsed {
  readonly directives: readonly Directive[]
  readonly modules: ReadonlySet<string>
  /** `AH00111` and its kind: the server starts all the same, if it can. */
  readonly warnings: readonly string[]
}

export function parseConfig(process: Process, path: string, defines: readonly string[]): Parsed {
  const modules = new Set(alwaysLoaded)
  const variables = new Map<string, string>(Object.entries(process.env))
  const defined = new Set(defines)
  const warnings: string[] = []
  const root = { serverRoot: path.replace(/\/[^/]*$/, '') }

  const read = (file: string): string => textOf(process.files.readFile(file, process.credentials))
  const absolute = (name: string): string => (name.startsWith('/') ? name : `${root.serverRoot}/${name}`)

  const parseFile = (file: string): Directive[] => {
    const lines = read(file).split('\n')
    let at = 0
    const parseBlock = (until: string | undefined, openedAt: number): Directive[] => {
      const found: Directive[] = []
      while (at < lines.length) {
        const line = at + 1
        let text = lines[at++].trim()
        while (text.endsWith('\\') && at < lines.length) text = `${text.slice(0, -1)} ${lines[at++].trim()}`
        if (text === '' || text.startsWith('#')) continue
        const fail = (words: string): never => {
          throw new HttpdConfigError(`AH00526: Syntax error on line ${line} of ${file}:\n${words}`)
        }
        text = text.replace(/\$\{(\w+)\}/g, (whole, name: string) => {
          const value = variables.get(name)
          if (value === undefined) warnings.push(`AH00111: Config variable ${whole} is not defined`)
          return value ?? whole
        })
        const closing = /^<\/(\w+)>/.exec(text)
        if (closing) {
          if (closing[1].toLowerCase() === until) return found
          fail(until === undefined ? `</${closing[1]}> without matching <${closing[1]}> section` : `Expected </${until}> but saw ${text}`)
        }
        const opening = /^<(\w+)\s*(.*?)>?$/.exec(text)
        if (opening) {
          const name = opening[1].toLowerCase()
          if (!text.endsWith('>')) fail(`<${opening[1]}> directive missing closing '>'`)
          if (['ifmodule', 'ifdefine', 'ifversion', 'iffile'].includes(name)) {
            const isNot = opening[2].startsWith('!')
            const what = unquoted(opening[2].replace(/^!/, ''))
            const holds =
              name === 'ifmodule'
                ? modules.has(what.replace(/^mod_/, '').replace(/(\.c|_module)$/, ''))
                : name === 'ifdefine'
                  ? defined.has(what)
                  : name === 'iffile'
                    ? process.files.exists(absolute(what))
                    : true
            const inner = holds !== isNot ? parseBlock(name, line) : skipBlock(name)
            found.push(...inner)
            continue
          }
          if (!sections.includes(name))
            fail(`Invalid command '<${opening[1]}', perhaps misspelled or defined by a module not included in the server configuration`)
          found.push({ name, args: argumentsOf(opening[2]), file, line, block: parseBlock(name, line) })
          continue
        }
        const [word] = text.split(/\s/, 1)
        const name = word.toLowerCase()
        const args = argumentsOf(text.slice(word.length))
        const owner = ofModules[name]
        if (owner === undefined ? !known.has(name) : !modules.has(owner))
          fail(`Invalid command '${word}', perhaps misspelled or defined by a module not included in the server configuration`)
        if (name === 'serverroot') root.serverRoot = args[0] ?? ''
        else if (name === 'loadmodule') modules.add((args[0] ?? '').replace(/_module$/, ''))
        else if (name === 'define') {
          defined.add(args[0])
          if (args[1] !== undefined) variables.set(args[0], args[1])
        } else if (name === 'include' || name === 'includeoptional') {
          const files = matching(process, absolute(args[0] ?? ''))
          if (files.length === 0 && name === 'include')
            throw new HttpdConfigError(
              `httpd: Syntax error on line ${line} of ${file}: Could not open configuration file ${absolute(args[0] ?? '')}: No such file or directory`,
            )
          for (const one of files) found.push(...parseFile(one))
          continue
        }
        if (name === 'listen' && args.length === 0) fail('Listen requires 1 or 2 arguments.')
        if (name === 'listen' && !/^((\d+\.){3}\d+:|\[[^\]]*\]:|\*:)?\d+$/.test(args[0])) fail(`Port must be specified`)
        if (name === 'documentroot' && args[0] !== undefined && !process.files.exists(absolute(args[0])) && !args[0].includes('${'))
          fail(`DocumentRoot '${absolute(args[0])}' is not a directory, or is not readable`)
        found.push({ name, args, file, line })
      }
      if (until !== undefined)
        throw new HttpdConfigError(`AH00526: Syntax error on line ${openedAt} of ${file}:\n<${until}> was not closed.`)
      return found
    }
    const skipBlock = (name: string): Directive[] => {
      let depth = 1
      while (at < lines.length && depth > 0) {
        const text = lines[at++].trim().toLowerCase()
        if (text.startsWith(`<${name}`)) depth++
        else if (text.startsWith(`</${name}`)) depth--
      }
      return []
    }
    return parseBlock(undefined, 0)
  }

  try {
    return { directives: parseFile(path), modules, warnings }
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    throw new HttpdConfigError(`httpd: Could not open configuration file ${path}: ${error.words}`)
  }
}

/** The last one wins, as in Apache. */
export function lastOf(directives: readonly Directive[], name: string): Directive | undefined {
  return directives.findLast((one) => one.name === name)
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/s, '$2')
}

function argumentsOf(text: string): string[] {
  return Array.from(text.matchAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|\S+/g), (match) =>
    match[1] !== undefined ? match[1].replace(/\\"/g, '"') : (match[2] ?? match[0]),
  )
}

/** Wildcards in the last part of the path, and folders, of which all files are taken. */
function matching(process: Process, pattern: string): string[] {
  const { files } = process
  if (files.exists(pattern))
    return files.stat(pattern).kind === 'directory' ? [...files.list(pattern)].sort().map((name) => `${pattern}/${name}`) : [pattern]
  const folder = pattern.replace(/\/[^/]*$/, '')
  if (!/[*?]/.test(pattern) || !files.exists(folder)) return []
  const expression = new RegExp(
    `^${pattern
      .slice(folder.length + 1)
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )
  return [...files.list(folder)]
    .sort()
    .filter((name) => expression.test(name))
    .map((name) => `${folder}/${name}`)
}
