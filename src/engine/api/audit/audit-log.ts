/**
 * The audit log: what came over the network to the API server, as JSON lines, in the way its policy wants it. Control loops and kubelets reach the
 * API without a network here, so what they do is not in it; files get old (`--audit-log-maxage`) in no sandbox, so that flag has no effect.
 */
import type { Clock } from '../../../base/clock.ts'
import { textOf } from '../../../base/bytes.ts'
import { header, type HttpRequest, type HttpResponse, Pending, type Peer } from '../../../base/http.ts'
import type { Random } from '../../../base/random.ts'
import { isRecord } from '../objects.ts'
import { levels, ruleFor, type AuditedRequest, type AuditPolicy } from './audit-policy.ts'

export interface AuditLog {
  readonly policy: AuditPolicy
  /** Of its own, so that asking does not change the names of what is made next. */
  readonly ids: Random
  write(line: string): void
}

/** Who asks, as the server sees it, and what for; undefined user: the credentials are wrong. */
export interface Asked extends AuditedRequest {
  readonly userInfo: object
  readonly impersonated: object | undefined
  readonly version: string
  /** Why RBAC lets it through; undefined where it does not. */
  readonly reason: string | undefined
}

/** Hands a request on and writes down what the policy wants of it. */
export function audited(
  log: AuditLog,
  { request, peer, asked, clock }: { readonly request: HttpRequest; readonly peer: Peer; readonly asked: Asked; readonly clock: Clock },
  answer: () => HttpResponse | Pending<HttpResponse>,
): HttpResponse | Pending<HttpResponse> {
  const rule = ruleFor(log.policy, asked)
  if (!rule || rule.level === 'None') return answer()
  const omitted = new Set([...(log.policy.omitStages ?? []), ...(rule.omitStages ?? [])])
  const withoutManagers = rule.omitManagedFields ?? log.policy.omitManagedFields ?? false
  const id = header(request.headers, 'audit-id') ?? log.ids.uuid()
  const received = micro(clock.now())
  const wants = (level: (typeof levels)[number]): boolean => levels.indexOf(rule.level) >= levels.indexOf(level)
  const event = (stage: string, response?: HttpResponse): void => {
    if (omitted.has(stage)) return
    const { target } = asked
    const requestObject = wants('Request') && response ? objectOf(request.body, withoutManagers) : undefined
    const responseObject =
      wants('RequestResponse') && response && stage === 'ResponseComplete' ? objectOf(response.body, withoutManagers) : undefined
    const status =
      response && isRecord(responseObject) && responseObject.kind === 'Status'
        ? responseObject
        : response && response.status >= 400
          ? objectOf(response.body, false)
          : undefined
    log.write(
      JSON.stringify({
        kind: 'Event',
        apiVersion: 'audit.k8s.io/v1',
        level: rule.level,
        auditID: id,
        stage,
        requestURI: request.url,
        verb: asked.verb,
        user: asked.userInfo,
        ...(asked.impersonated && { impersonatedUser: asked.impersonated }),
        sourceIPs: [peer.address ?? '127.0.0.1'],
        userAgent: header(request.headers, 'user-agent'),
        ...(target && {
          objectRef: {
            resource: target.resource,
            ...(target.namespace && { namespace: target.namespace }),
            ...(nameOf(target.name, request) && { name: nameOf(target.name, request) }),
            ...(target.group && { apiGroup: target.group }),
            apiVersion: asked.version,
            ...(target.subresource && { subresource: target.subresource }),
          },
        }),
        ...(response && {
          responseStatus: {
            metadata: {},
            ...(isRecord(status) && { status: status.status, message: status.message, reason: status.reason, details: status.details }),
            code: response.status,
          },
        }),
        ...(requestObject !== undefined && { requestObject }),
        ...(responseObject !== undefined && { responseObject }),
        requestReceivedTimestamp: received,
        stageTimestamp: micro(clock.now()),
        ...(response &&
          asked.user !== '' && {
            annotations: {
              'authorization.k8s.io/decision': asked.reason === undefined ? 'forbid' : 'allow',
              'authorization.k8s.io/reason': asked.reason ?? '',
            },
          }),
      }),
    )
  }
  event('RequestReceived')
  const response = answer()
  const isLong = asked.verb === 'watch' || ['exec', 'attach', 'portforward', 'log'].includes(asked.target?.subresource ?? '')
  const finish = (done: HttpResponse): HttpResponse => {
    if (isLong) event('ResponseStarted', done)
    if (!isLong || typeof done.body === 'string' || done.body instanceof Uint8Array || done.body.isOver) event('ResponseComplete', done)
    else
      done.body.readable.each(
        () => typeof done.body !== 'string' && !(done.body instanceof Uint8Array) && done.body.isOver && event('ResponseComplete', done),
      )
    return { ...done, headers: { ...done.headers, 'audit-id': id } }
  }
  if (!(response instanceof Pending)) return finish(response)
  if (response.value) return finish(response.value)
  const later = new Pending<HttpResponse>()
  response.ready.once(() => response.value && later.resolve(finish(response.value)))
  return later
}

/** Of what is made, the body knows the name. */
function nameOf(name: string, { body }: HttpRequest): string | undefined {
  if (name !== '') return name
  const object = objectOf(body, false)
  return isRecord(object) && isRecord(object.metadata) && typeof object.metadata.name === 'string' ? object.metadata.name : undefined
}

function micro(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000Z`
}

/** What is no JSON (a watch, a log, protobuf) is not written down. */
function objectOf(body: HttpRequest['body'] | HttpResponse['body'], withoutManagers: boolean): unknown {
  const text = typeof body === 'string' ? body : body instanceof Uint8Array ? textOf(body) : ''
  if (!text.startsWith('{')) return undefined
  const object = parsed(text)
  if (!withoutManagers || !isRecord(object) || !isRecord(object.metadata)) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The server refuses it; the log has nothing to show.
    return undefined
  }
}
