/** Where a task belongs in its service, and whether it was made of what the service asks for now. */
import type { Service, Task, TaskSpec } from './shapes.ts'

export const slotKey = ({ Slot, NodeID }: Task): string => (Slot === undefined ? (NodeID ?? '') : String(Slot))

export const endpointKey = ({ Spec }: Pick<Service, 'Spec'>): string => JSON.stringify(Spec.EndpointSpec ?? {})

/** Tasks made of another template, or for other ports, are out of date; nothing else about a service makes them so. */
export function isCurrent(task: Task, service: Pick<Service, 'Spec'>): boolean {
  return isMadeOf(task, service.Spec.TaskTemplate) && (task.endpoint === undefined || task.endpoint === endpointKey(service))
}

export function isMadeOf({ Spec }: Pick<Task, 'Spec'>, template: TaskSpec): boolean {
  return Spec === template || JSON.stringify(Spec) === JSON.stringify(template)
}
