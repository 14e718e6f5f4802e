/** What a container asks for and is held to; the names of resources, which quotas and limit ranges judge by the same rules. */
import type { FieldErrors } from '../field-errors.ts'
import { Verbatim } from '../field-errors.ts'
import type { V1ResourceRequirements } from '../generated/types.ts'
import { goQuantity } from '../go-print.ts'
import { mustNotBeNegative, qualifiedName } from '../names.ts'
import { compareQuantities, milliValue, wholeValue } from '../quantity.ts'

const containerResources = ['cpu', 'memory', 'ephemeral-storage']
const countedResources = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]
const quotaResources = [
  ...countedResources,
  ...containerResources,
  ...containerResources.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  'requests.storage',
]

/** Values are shown without quotes: the type of a resource's name prints itself. */
export function validateResourceName(name: string, path: string, errors: FieldErrors): boolean {
  const problems = qualifiedName(name)
  for (const problem of problems) errors.invalid(path, new Verbatim(name), problem)
  if (problems.length > 0) return false
  if (name.includes('/') || name === 'storage' || isQuotaResource(name)) return true
  errors.invalid(path, new Verbatim(name), 'must be a standard resource type or fully qualified')
  return false
}

export function validateContainerResourceName(name: string, path: string, errors: FieldErrors): void {
  validateResourceName(name, path, errors)
  if (!name.includes('/')) {
    if (!containerResources.includes(name) && !name.startsWith('hugepages-'))
      errors.invalid(path, new Verbatim(name), 'must be a standard resource for containers')
  } else if (!isNative(name) && !isExtended(name))
    errors.invalid(path, new Verbatim(name), "doesn't follow extended resource name standard")
}

export function validateQuotaResourceName(name: string, path: string, errors: FieldErrors): void {
  validateResourceName(name, path, errors)
  if (!name.includes('/') && !isQuotaResource(name)) errors.invalid(path, new Verbatim(name), 'must be a standard resource for quota')
}

export function isQuotaResource(name: string): boolean {
  return quotaResources.includes(name) || name.startsWith('hugepages-') || name.startsWith('requests.hugepages-')
}

function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/')
}

/** A device, say: anything with a domain that is not Kubernetes' own, short enough to stand in a quota. */
function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0
}

/** Devices and huge pages cannot be promised twice. */
export function isOvercommitable(name: string): boolean {
  return isNative(name) && !name.startsWith('hugepages-')
}

export function validateAmount(name: string, amount: string, path: string, errors: FieldErrors): void {
  if (compareQuantities(amount, '0') < 0) errors.invalid(path, amount, mustNotBeNegative)
  if ((countedResources.includes(name) || isExtended(name)) && milliValue(amount) % 1000 !== 0)
    errors.invalid(path, goQuantity(amount), 'must be an integer')
}

export function validateResources({ limits = {}, requests = {} }: V1ResourceRequirements, path: string, errors: FieldErrors): void {
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  for (const [name, amount] of Object.entries(limits)) {
    const place = `${path}.limits[${name}]`
    validateContainerResourceName(name, place, errors)
    validateAmount(name, amount, place, errors)
    validateHugePages(name, amount, place, errors)
  }
  for (const [name, amount] of Object.entries(requests)) {
    const place = `${path}.requests[${name}]`
    validateContainerResourceName(name, place, errors)
    validateAmount(name, amount, place, errors)
    const limit = limits[name]
    if (limit !== undefined) {
      const difference = compareQuantities(amount, limit)
      if (difference !== 0 && !isOvercommitable(name))
        errors.invalid(`${path}.requests`, amount, `must be equal to ${name} limit of ${limit}`)
      else if (difference > 0) errors.invalid(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`)
    } else if (!isOvercommitable(name)) errors.required(`${path}.limits`, 'Limit must be set for non overcommitable resources')
    validateHugePages(name, amount, place, errors)
  }
  if (names.some((name) => name.startsWith('hugepages-')) && !names.includes('cpu') && !names.includes('memory'))
    errors.forbidden(path, 'HugePages require cpu or memory')
}

function validateHugePages(name: string, amount: string, path: string, errors: FieldErrors): void {
  if (!name.startsWith('hugepages-')) return
  let page: number
  try {
    page = wholeValue(name.slice('hugepages-'.length))
  } catch {
    page = 0
  }
  const isWhole = page > 0 && wholeValue(amount) % page === 0
  if (!isWhole) errors.invalid(path, amount, `${amount} is not positive integer multiple of ${name}`)
}
