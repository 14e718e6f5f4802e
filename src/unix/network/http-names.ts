/** HTTP's words as servers write them: the phrase beside a status, the spelling of a header's name. */

const reasons: Readonly<Record<number, string>> = {
  100: 'Continue',
  101: 'Switching Protocols',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  418: "I'm a teapot",
  422: 'Unprocessable Entity',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

export function reasonOf(status: number): string {
  return reasons[status] ?? ''
}

const spelled: Readonly<Record<string, string>> = {
  etag: 'ETag',
  'content-md5': 'Content-MD5',
  'x-xss-protection': 'X-XSS-Protection',
  dnt: 'DNT',
  te: 'TE',
  'x-kubernetes-pf-flowschema-uid': 'X-Kubernetes-Pf-Flowschema-Uid',
}

/** `content-type` → `Content-Type`, as servers send and `curl -i` shows names. */
export function headerName(name: string): string {
  return spelled[name] ?? name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase())
}
