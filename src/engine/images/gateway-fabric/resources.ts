/**
 * What the gateway controller reads from the API server, as far as it looks at it. Everything was checked by the definitions' schemas before.
 */
import type { LabelSelector } from '../../api/selectors.ts'

export interface Meta {
  readonly name: string
  readonly namespace?: string
  readonly generation?: number
  readonly creationTimestamp: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
  readonly observedGeneration?: number
  readonly lastTransitionTime: string
}

export interface GatewayClass {
  readonly metadata: Meta
  readonly spec: { readonly controllerName: string }
  readonly status?: { readonly conditions?: readonly Condition[] }
}

export interface Listener {
  readonly name: string
  readonly port: number
  readonly protocol: string
  readonly hostname?: string
  readonly tls?: {
    readonly mode?: string
    readonly certificateRefs?: readonly { readonly kind?: string; readonly name: string; readonly namespace?: string }[]
  }
  readonly allowedRoutes?: {
    readonly namespaces?: { readonly from?: string; readonly selector?: LabelSelector }
    readonly kinds?: readonly { readonly kind: string }[]
  }
}

export interface Gateway {
  readonly metadata: Meta
  readonly spec: { readonly gatewayClassName: string; readonly listeners: readonly Listener[] }
  readonly status?: object
}

export interface ParentRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly sectionName?: string
  readonly port?: number
}

export interface NamedMatch {
  readonly type?: string
  readonly name: string
  readonly value: string
}

export interface Match {
  readonly path?: { readonly type?: string; readonly value?: string }
  readonly method?: string
  readonly headers?: readonly NamedMatch[]
  readonly queryParams?: readonly NamedMatch[]
}

export interface HeaderFilter {
  readonly set?: readonly { readonly name: string; readonly value: string }[]
  readonly add?: readonly { readonly name: string; readonly value: string }[]
  readonly remove?: readonly string[]
}

export interface PathChange {
  readonly type: string
  readonly replaceFullPath?: string
  readonly replacePrefixMatch?: string
}

export interface Filter {
  readonly type: string
  readonly requestHeaderModifier?: HeaderFilter
  readonly responseHeaderModifier?: HeaderFilter
  readonly requestRedirect?: {
    readonly scheme?: string
    readonly hostname?: string
    readonly port?: number
    readonly statusCode?: number
    readonly path?: PathChange
  }
  readonly urlRewrite?: { readonly hostname?: string; readonly path?: PathChange }
}

export interface BackendRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly weight?: number
  readonly filters?: readonly Filter[]
}

export interface Rule {
  readonly matches?: readonly Match[]
  readonly filters?: readonly Filter[]
  readonly backendRefs?: readonly BackendRef[]
}

export interface HttpRoute {
  readonly metadata: Meta
  readonly spec: { readonly parentRefs?: readonly ParentRef[]; readonly hostnames?: readonly string[]; readonly rules?: readonly Rule[] }
  readonly status?: object
}

export interface ReferenceGrant {
  readonly metadata: Meta
  readonly spec: {
    readonly from: readonly { readonly kind: string; readonly namespace: string }[]
    readonly to: readonly { readonly kind: string; readonly name?: string }[]
  }
}

export interface Service {
  readonly metadata: Meta
  readonly spec: { readonly clusterIP?: string; readonly ports?: readonly { readonly port: number }[] }
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } }
}

export interface Named {
  readonly metadata: Meta
}

/** All that a look at the cluster brings. */
export interface Seen {
  readonly classes: readonly GatewayClass[]
  readonly gateways: readonly Gateway[]
  readonly routes: readonly HttpRoute[]
  readonly grants: readonly ReferenceGrant[]
  readonly services: readonly Service[]
  readonly secrets: readonly Named[]
  readonly namespaces: readonly Named[]
  /** Of the definitions, by which their release is known. */
  readonly release: string
}

/** May an object of this kind and namespace name that one in another namespace? */
export function isGranted(
  grants: readonly ReferenceGrant[],
  from: { readonly kind: string; readonly namespace: string },
  to: { readonly kind: string; readonly namespace: string; readonly name: string },
): boolean {
  if (from.namespace === to.namespace) return true
  return grants.some(
    ({ metadata, spec }) =>
      metadata.namespace === to.namespace &&
      spec.from.some((each) => each.kind === from.kind && each.namespace === from.namespace) &&
      spec.to.some((each) => each.kind === to.kind && (each.name === undefined || each.name === '' || each.name === to.name)),
  )
}
