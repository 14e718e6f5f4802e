import { expect, test } from 'vitest'
import { ManualClock } from '../../../base/clock.ts'
import { request, type HttpResponse } from '../../../base/http.ts'
import { Random } from '../../../base/random.ts'
import { Store } from '../../store/store.ts'
import { ApiServer, stampResourceVersion } from '../server.ts'

const rbac = '/apis/rbac.authorization.k8s.io/v1'

function newServer() {
  const clock = new ManualClock()
  const server = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(7) })
  return (url: string, body: object, as?: string) => {
    const response = server.handle(
      request('POST', url, { apiVersion: 'rbac.authorization.k8s.io/v1', ...body }, as ? { 'impersonate-user': as } : {}),
      {},
    ) as HttpResponse
    return (JSON.parse(String(response.body)) as { message?: string }).message ?? response.status
  }
}

const role = (name: string, rules: readonly object[]) => ({ kind: 'Role', metadata: { name }, rules })

test('nobody grants what they do not hold', () => {
  const ask = newServer()
  const roles = `${rbac}/namespaces/default/roles`
  const bindings = `${rbac}/namespaces/default/rolebindings`
  ask(
    roles,
    role('manager', [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['create'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
    ]),
  )
  const binding = (name: string, ref: object) => ({
    kind: 'RoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...ref },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'bob' }],
  })
  expect(ask(bindings, binding('bob', { kind: 'Role', name: 'manager' }))).toBe(201)
  expect(ask(roles, role('reader', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]), 'bob')).toBe(201)
  expect(ask(roles, role('writer', [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'create', 'delete'] }]), 'bob')).toBe(
    'roles.rbac.authorization.k8s.io "writer" is forbidden: user "bob" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods"], Verbs:["create" "delete"]}',
  )
  expect(ask(bindings, binding('all', { kind: 'ClusterRole', name: 'cluster-admin' }), 'bob')).toBe(
    'rolebindings.rbac.authorization.k8s.io "all" is forbidden: user "bob" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}',
  )
})
