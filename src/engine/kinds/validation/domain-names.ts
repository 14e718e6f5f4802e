/** Names that begin with a domain: of controllers, managers and webhooks. */
import type { FieldErrors } from '../field-errors.ts'
import { dns1123Label, dns1123Subdomain } from '../names.ts'

/** `acme.io/foo`. */
export function domainPrefixedPath(value: string, path: string, errors: FieldErrors): void {
  if (value === '') return errors.required(path)
  const slash = value.indexOf('/')
  const [host, rest] = slash < 0 ? [value, ''] : [value.slice(0, slash), value.slice(slash + 1)]
  if (host === '' || rest === '') return errors.invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')
  for (const problem of dns1123Subdomain(host)) errors.invalid(path, host, problem)
  if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(rest))
    errors.invalid(path, rest, `Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')`)
}

export function validateCsiDriverName(name: string, path: string, errors: FieldErrors): void {
  if (name === '') errors.required(path)
  if (name.length > 63) errors.tooLong(path, 63)
  for (const problem of dns1123Subdomain(name.toLowerCase())) errors.invalid(path, name, problem)
}

/** `example.com/signer-name`: who signs certificates. */
export function validateSignerName(name: string, path: string, errors: FieldErrors): void {
  if (name === '') return errors.required(path)
  const segments = name.split('/')
  if (segments.length !== 2)
    return errors.invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")
  const [domain, rest] = segments
  const check = (segment: string, rule: (label: string) => readonly string[]) => {
    const wrong = segment.split('.').find((label) => rule(label).length > 0)
    for (const problem of wrong === undefined ? [] : rule(wrong))
      errors.invalid(path, segment, `validating label ${JSON.stringify(wrong)}: ${problem}`)
  }
  check(domain, dns1123Label)
  if (!domain.includes('.')) errors.invalid(path, domain, 'should be a domain with at least two segments separated by dots')
  check(rest, dns1123Subdomain)
}

/** At least three parts: a webhook's name. */
export function fullyQualifiedName(name: string, path: string, errors: FieldErrors): void {
  if (name === '') return errors.required(path)
  const problems = dns1123Subdomain(name)
  if (problems.length > 0) errors.invalid(path, name, problems.join(','))
  else if (name.split('.').length < 3) errors.invalid(path, name, 'should be a domain with at least three segments separated by dots')
}
