/**
 * `kubectl create KIND`: which kind is written by which generator.
 */
import { clusterRole, clusterRoleBinding, role, roleBinding, serviceAccount, token } from './access.ts'
import type { Run } from './call.ts'
import { configMap, secretDocker, secretGeneric, secretTls } from './configuration.ts'
import { ingress, service } from './network.ts'
import { disruptionBudget, namespaceGenerator, priorityClass, quota } from './policies.ts'
import { cronJob, deployment, job } from './workloads.ts'

export const generators: Readonly<Record<string, Run>> = {
  'create namespace': namespaceGenerator,
  'create serviceaccount': serviceAccount,
  'create deployment': deployment,
  'create job': job,
  'create cronjob': cronJob,
  'create configmap': configMap,
  'create secret generic': secretGeneric,
  'create secret tls': secretTls,
  'create secret docker-registry': secretDocker,
  'create service clusterip': service('ClusterIP'),
  'create service nodeport': service('NodePort'),
  'create service loadbalancer': service('LoadBalancer'),
  'create service externalname': service('ExternalName'),
  'create role': role,
  'create clusterrole': clusterRole,
  'create rolebinding': roleBinding,
  'create clusterrolebinding': clusterRoleBinding,
  'create token': token,
  'create quota': quota,
  'create poddisruptionbudget': disruptionBudget,
  'create priorityclass': priorityClass,
  'create ingress': ingress,
}
