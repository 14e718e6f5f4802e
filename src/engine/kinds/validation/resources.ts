/** What a container asks for and is held to. */
import type { FieldErrors } from '../field-errors.ts'
import { Verbatim } from '../field-errors.ts'
import type { V1ResourceRequirements } from '../generated/types.ts'
import { mustNotBeNegative, qualifiedName } from '../names.ts'
import { compareQuantities } from '../quantity.ts'

const standardResources = ['cpu', 'memory', 'ephemeral-storage']

export function validateResources({ limits = {}, requests = {} }: V1ResourceRequirements, path: string, errors: FieldErrors): void {
  for (const [side, amounts] of Object.entries({ limits, requests })) {
    for (const [name, amount] of Object.entries(amounts)) {
      const place = `${path}.${side}[${name}]`
      validateResourceName(name, place, errors)
      if (compareQuantities(amount, '0') < 0) errors.invalid(place, amount, mustNotBeNegative)
      if (side !== 'requests') continue
      const limit = limits[name]
      if (limit !== undefined && compareQuantities(amount, limit) > 0)
        errors.invalid(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`)
      // Devices and huge pages cannot be promised twice.
      if (limit === undefined && !isOvercommitable(name))
        errors.required(`${path}.limits`, 'Limit must be set for non overcommitable resources')
    }
  }
}

function isOvercommitable(name: string): boolean {
  return !name.startsWith('hugepages-') && (!name.includes('/') || /^(?:[^/]*\.)?kubernetes\.io\//.test(name))
}

function validateResourceName(name: string, place: string, errors: FieldErrors): void {
  for (const problem of qualifiedName(name)) errors.invalid(place, new Verbatim(name), problem)
  if (name.includes('/') || standardResources.includes(name) || name.startsWith('hugepages-')) return
  errors.invalid(place, new Verbatim(name), 'must be a standard resource type or fully qualified')
  errors.invalid(place, new Verbatim(name), 'must be a standard resource for containers')
}
