/** The ImagePolicyWebhook plugin: somebody outside the cluster is asked about every pod's images, and remembered for a while. */
import type { V1Pod } from '../../kinds/generated/types.ts'
import { resourceName } from '../../kinds/kind.ts'
import { forbidden } from '../errors.ts'
import { isRecord } from '../objects.ts'
import type { Registry } from '../registry.ts'
import type { Admitted } from './admission-rules.ts'
import { askOutside } from './ask-outside.ts'
import { type Review, ReviewNeeded, type Reviews } from './review-needed.ts'

/** Verdicts by what was asked, until a time; a cluster has its own. */
const known = new WeakMap<Registry, Map<string, Verdict>>()

interface Verdict {
  readonly status: Readonly<Record<string, unknown>>
  readonly until: number
}

export function judgeByImagePolicy(registry: Registry, { kind, object, name, namespace, subresource }: Admitted, reviews: Reviews): void {
  const { imagePolicy } = registry.settings
  if (!imagePolicy || !object || resourceName(kind) !== 'pods' || subresource !== '') return
  const pod = object as unknown as V1Pod
  const annotations = Object.entries(pod.metadata.annotations ?? {}).filter(([key]) => key.includes('.image-policy.k8s.io/'))
  const spec = {
    containers: [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map(({ image }) => ({ image })),
    ...(annotations.length > 0 && { annotations: Object.fromEntries(annotations) }),
    namespace,
  }
  const key = JSON.stringify(spec)
  const memory = known.get(registry) ?? new Map<string, Verdict>()
  known.set(registry, memory)
  const remembered = memory.get(key)
  const now = registry.clock.now()
  let status = remembered && remembered.until > now ? remembered.status : undefined
  if (!status) {
    const review: Review | undefined = reviews.get(`image policy ${key}`)
    if (!review) {
      const document = {
        kind: 'ImageReview',
        apiVersion: 'imagepolicy.k8s.io/v1alpha1',
        metadata: { creationTimestamp: null },
        spec,
        status: { allowed: false },
      }
      throw new ReviewNeeded(`image policy ${key}`, (reach) =>
        askOutside(
          { clock: registry.clock, reach, address: imagePolicy.server, seconds: 30, document, agent: 'kube-apiserver-admission' },
          verdictOf,
        ),
      )
    }
    if ('problem' in review) {
      if (imagePolicy.defaultAllow) return
      throw forbidden(kind, name, review.problem)
    }
    status = review.response
    memory.set(key, { status, until: now + (status.allowed === true ? imagePolicy.allowMs : imagePolicy.denyMs) })
  }
  if (status.allowed === true) return
  throw forbidden(
    kind,
    name,
    typeof status.reason === 'string' && status.reason !== ''
      ? `image policy webhook backend denied one or more images: ${status.reason}`
      : 'one or more images rejected by webhook backend',
  )
}

function verdictOf(document: unknown): Review {
  const status = isRecord(document) && isRecord(document.status) ? document.status : {}
  return { response: status }
}
