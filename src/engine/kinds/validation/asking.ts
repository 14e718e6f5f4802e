/** For tests: an API server that is asked in YAML and answers as kubectl would tell it, one complaint a line, warnings after them. */
import { parse } from 'yaml'
import { ManualClock } from '../../../base/clock.ts'
import { request, type HttpResponse } from '../../../base/http.ts'
import { Random } from '../../../base/random.ts'
import { ApiServer, stampResourceVersion } from '../../api/server.ts'
import { Store } from '../../store/store.ts'

interface Answer {
  readonly kind?: string
  readonly message?: string
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message: string }[] }
}

export function asking() {
  const clock = new ManualClock()
  const server = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(7) })
  const send = (method: string, url: string, body: unknown, type: string): string => {
    const response = server.handle(request(method, url, body, { 'content-type': type }), {}) as HttpResponse
    const { message = '', details } = JSON.parse(String(response.body)) as Answer
    const said = response.status < 400 ? [] : (details?.causes?.map((cause) => `${cause.field ?? ''}: ${cause.message}`) ?? [message])
    const warnings = [response.headers.warning ?? []].flat().map((text) => `Warning: ${text}`)
    return [...new Set(said), ...warnings].join('\n')
  }
  const place = (apiVersion: string, resource: string) => {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    return isClusterWide(resource) ? `${root}/${resource}` : `${root}/namespaces/default/${resource}`
  }
  return {
    /** Empty where it is created without a word. */
    create(yaml: string): string {
      const manifest = parse(yaml) as { apiVersion?: string; kind: string }
      const resource = manifest.kind === 'Endpoints' ? 'endpoints' : `${manifest.kind.toLowerCase()}s`
      const whole = { apiVersion: 'v1', ...manifest }
      return send('POST', place(whole.apiVersion, resource), whole, 'application/json')
    },
    /** A merge patch: `patch('pods/x', 'spec: {hostname: y}')`, or `pods/x/status`. */
    patch(target: string, yaml: string): string {
      const [resource, ...rest] = target.split('/')
      return send('PATCH', `${place('v1', resource)}/${rest.join('/')}`, parse(yaml), 'application/merge-patch+json')
    },
    get(target: string): unknown {
      const [resource, name] = target.split('/')
      const response = server.handle(request('GET', `${place('v1', resource)}/${name}`), {}) as HttpResponse
      return JSON.parse(String(response.body))
    },
  }
}

function isClusterWide(resource: string): boolean {
  return ['nodes', 'persistentvolumes', 'namespaces'].includes(resource)
}
