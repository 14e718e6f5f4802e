/** Values as Go's `%#v` prints them; some of upstream's messages show them so. */
import { Verbatim } from './field-errors.ts'
import { parseQuantity } from './quantity.ts'

export function goMap(map: Readonly<Record<string, string>> | undefined): Verbatim {
  return new Verbatim(mapText(map))
}

function mapText(map: Readonly<Record<string, string>> | undefined): string {
  if (!map || Object.keys(map).length === 0) return 'map[string]string(nil)'
  const entries = Object.keys(map)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${JSON.stringify(map[key])}`)
  return `map[string]string{${entries.join(', ')}}`
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[]
}

export function goSelector(selector: Selector): Verbatim {
  return new Verbatim(selectorText(selector))
}

export function goSelectorPointer(selector: Selector | undefined): Verbatim {
  return new Verbatim(selector ? selectorText(selector) : '(*v1.LabelSelector)(nil)')
}

function selectorText({ matchLabels, matchExpressions }: Selector): string {
  const type = 'v1.LabelSelectorRequirement'
  const expressions = (matchExpressions ?? []).map(
    ({ key, operator, values }) => `${type}{Key:${JSON.stringify(key)}, Operator:${JSON.stringify(operator)}, Values:${goStrings(values)}}`,
  )
  const list = expressions.length === 0 ? `[]${type}(nil)` : `[]${type}{${expressions.join(', ')}}`
  return `v1.LabelSelector{MatchLabels:${mapText(matchLabels)}, MatchExpressions:${list}}`
}

function goStrings(values: readonly string[] | undefined, type = 'string'): string {
  return values && values.length > 0 ? `[]${type}{${values.map((value) => JSON.stringify(value)).join(', ')}}` : `[]${type}(nil)`
}

/** A slice of texts: `goList('core.IPFamily', ['IPv4'])`. */
export function goList(type: string, values: readonly string[] | undefined): Verbatim {
  return new Verbatim(goStrings(values, type))
}

export function goQuantity(text: string, cached = ''): Verbatim {
  const parsed = parseQuantity(text)
  const { format } = parsed
  let { value, scale } = parsed
  // As it was parsed from the shortest text: `1.5`, not `1500m`.
  while (scale < 0 && value % 10n === 0n) {
    value /= 10n
    scale++
  }
  return new Verbatim(
    `resource.Quantity{i:resource.int64Amount{value:${value}, scale:${scale}}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:${JSON.stringify(cached)}, Format:${JSON.stringify(format)}}`,
  )
}

export function goIntOrString(value: number | string): Verbatim {
  return new Verbatim(
    typeof value === 'number'
      ? `intstr.IntOrString{Type:0, IntVal:${value}, StrVal:""}`
      : `intstr.IntOrString{Type:1, IntVal:0, StrVal:${JSON.stringify(value)}}`,
  )
}
