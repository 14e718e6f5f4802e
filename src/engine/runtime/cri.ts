/**
 * containerd's socket, as crictl and its kin ask it: CRI's calls as JSON over HTTP. What is stopped here behind the kubelet's back is a container that
 * ended, and the kubelet starts another.
 *
 * GET /pods · GET /containers · GET /images · POST /images/pull ← { image } · DELETE /images/NAME · POST /pods/ID/stop
 * POST /containers/ID/stop ← { seconds } · DELETE /containers/ID · GET /containers/ID/logs?follow&tail&timestamps&since · GET /containers/ID/stats
 * upgrade /containers/ID/exec?command=…&tty&stdin
 */
import { textOf } from '../../base/bytes.ts'
import { type HttpHandler, type HttpRequest, type HttpResponse, jsonResponse, Pending, type Upgraded } from '../../base/http.ts'
import type { PodRuntime } from './pods.ts'
import { RuntimeError } from './runtime.ts'

export const containerdSocket = '/run/containerd/containerd.sock'

export function criServer(runtime: PodRuntime): HttpHandler {
  const act = ({ method, url, body }: HttpRequest): HttpResponse | Pending<HttpResponse> => {
    const [path, query = ''] = url.split('?')
    const [what, id = '', action] = path.split('/').filter(Boolean).map(decodeURIComponent)
    const wish = (body.length === 0 ? {} : JSON.parse(textOf(body))) as { readonly image?: string; readonly seconds?: number }
    if (what === 'version') return jsonResponse(200, { version: runtime.version.replace('containerd://', 'v') })
    if (what === 'images') {
      if (method === 'GET')
        return jsonResponse(
          200,
          runtime.images.all().map((image) => ({ ...image, imageId: runtime.images.id(image.name) })),
        )
      if (method === 'DELETE') {
        runtime.images.remove(id)
        return jsonResponse(200, {})
      }
      const pending = new Pending<HttpResponse>()
      runtime.images.pull(wish.image ?? '', (result) =>
        pending.resolve(
          'image' in result
            ? jsonResponse(200, { imageId: runtime.images.id(result.image.name) })
            : jsonResponse(500, { message: result.error }),
        ),
      )
      return pending
    }
    if (what === 'pods') {
      if (method === 'GET')
        return jsonResponse(
          200,
          runtime.sandboxes().map(({ id: own, ip, spec, createdAt }) => ({
            id: own,
            ip,
            name: spec.name,
            namespace: spec.namespace,
            uid: spec.uid,
            attempt: spec.attempt,
            labels: spec.labels,
            createdAt,
          })),
        )
      for (const { sandbox, info } of runtime.containers())
        if (sandbox === id && info.state === 'running') runtime.stopContainer(info.id, 0)
      return jsonResponse(200, {})
    }
    if (what !== 'containers') return jsonResponse(404, { message: 'no such call' })
    if (id === '')
      return jsonResponse(
        200,
        runtime.containers().map(({ spec, ...rest }) => ({
          ...rest,
          name: spec.name,
          image: spec.image,
          attempt: spec.attempt,
          mounts: spec.mounts,
          labels: spec.labels,
          args: [...(spec.command ?? []), ...(spec.args ?? [])],
          env: spec.env,
        })),
      )
    if (action === 'logs') {
      const asked = new URLSearchParams(query)
      const tail = asked.get('tail')
      const since = asked.get('since')
      return {
        status: 200,
        headers: {},
        body: runtime.logs(id, {
          follow: asked.has('follow'),
          tailLines: tail === null ? undefined : Number(tail),
          sinceMs: since === null ? undefined : Number(since),
          limitBytes: undefined,
          timestamps: asked.has('timestamps'),
        }),
      }
    }
    if (action === 'stats') return jsonResponse(200, runtime.usage(id))
    if (action === 'stop') {
      runtime.stopContainer(id, (wish.seconds ?? 0) * 1000)
      return jsonResponse(200, {})
    }
    if (method === 'DELETE') {
      runtime.removeContainer(id)
      return jsonResponse(200, {})
    }
    return jsonResponse(404, { message: 'no such call' })
  }
  const refused = <T>(run: () => T): T | HttpResponse => {
    try {
      return run()
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error
      return jsonResponse(404, { message: error.message })
    }
  }
  return {
    handle: (request) => refused(() => act(request)),
    connect: ({ url }): Upgraded | HttpResponse =>
      refused(() => {
        const asked = new URLSearchParams(url.split('?')[1] ?? '')
        return runtime.exec(decodeURIComponent(url.split('/')[2] ?? ''), asked.getAll('command'), {
          tty: asked.has('tty'),
          stdin: asked.has('stdin'),
          protocol: 'v5.channel.k8s.io',
        })
      }),
  }
}
