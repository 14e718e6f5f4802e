/**
 * What a rule may cost at most, as cel-go estimates it from the sizes that a schema allows: this decides whether a rule may be written at all. Only
 * the upper end of cel-go's ranges is computed. Where a size cannot be known here it is taken as nothing, so that the estimate is never above upstream's.
 */
import type { ASTNode } from '@marcbachmann/cel-js'

/** A value as far as its size goes. */
export interface Shape {
  readonly kind: 'list' | 'map' | 'object' | 'string' | 'other' | 'unknown'
  /** Letters of a string, elements of a list, entries of a map. */
  readonly most: number
  /** Of a list's elements, or of a map's values. */
  readonly element?: Shape
  readonly fields?: ReadonlyMap<string, Shape>
}

const overflow = 2 ** 64
const unknown: Shape = { kind: 'unknown', most: 0 }
const other: Shape = { kind: 'other', most: 0 }
const scalar: Shape = { kind: 'other', most: 1 }

interface Estimate {
  readonly cost: number
  readonly shape: Shape
}

type Scope = ReadonlyMap<string, Shape>

const perLetter = 0.1
const perPatternLetter = 0.25
const listCost = 10
const mapCost = 30

const factor = (size: number, by: number): number => Math.min(overflow, Math.ceil(size * by))
const text = (most: number): Shape => ({ kind: 'string', most })
const listOf = (element: Shape, most: number): Shape => ({ kind: 'list', most, element })

export function costOf(ast: ASTNode, variables: Scope): number {
  return Math.min(overflow, estimate(ast, variables).cost)
}

function estimate(node: ASTNode, scope: Scope): Estimate {
  switch (node.op) {
    case 'value':
      return { cost: 0, shape: typeof node.args === 'string' ? text([...node.args].length) : scalar }
    case 'id':
      return { cost: 1, shape: scope.get(node.args) ?? unknown }
    case '.': {
      const [target, name] = node.args
      const { cost, shape } = estimate(target, scope)
      const isHolder = shape.kind === 'object' || shape.kind === 'map'
      return {
        cost: cost + (isHolder ? 1 : 0),
        shape: shape.fields?.get(name) ?? (shape.kind === 'map' ? shape.element : undefined) ?? unknown,
      }
    }
    case '.?':
      return { cost: estimate(node.args[0], scope).cost + 1, shape: unknown }
    case '[]': {
      const [target, index] = node.args.map((each) => estimate(each, scope))
      return { cost: target.cost + index.cost + 1, shape: target.shape.element ?? unknown }
    }
    case 'list': {
      const elements = node.args.map((each) => estimate(each, scope))
      return { cost: listCost + sum(elements), shape: listOf(largest(elements), elements.length) }
    }
    case 'map':
      return {
        cost: mapCost + sum(node.args.flatMap((entry) => entry.map((each) => estimate(each, scope)))),
        shape: { kind: 'map', most: node.args.length },
      }
    case '?:': {
      const [condition, yes, no] = node.args.map((each) => estimate(each, scope))
      return { cost: condition.cost + Math.max(yes.cost, no.cost), shape: largest([yes, no]) }
    }
    case '&&':
    case '||':
      return { cost: sum(node.args.map((each) => estimate(each, scope))), shape: scalar }
    case '!_':
    case '-_':
      return { cost: estimate(node.args, scope).cost + 1, shape: scalar }
    case 'call':
      return called(node.args[0], undefined, node.args[1], scope)
    case 'rcall':
      return called(node.args[0], node.args[1], node.args[2], scope)
    default:
      return joined(node.op, node.args as readonly ASTNode[], scope)
  }
}

function joined(operator: string, sides: readonly ASTNode[], scope: Scope): Estimate {
  const both = sides.map((each) => estimate(each, scope))
  const [{ shape: left }, { shape: right = unknown }] = both
  const paid = sum(both)
  switch (operator) {
    case '==':
    case '!=':
      return { cost: paid + factor(Math.min(left.most, right.most), perLetter), shape: scalar }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return {
        cost: paid + (left.kind === 'string' && right.kind === 'string' ? factor(Math.min(left.most, right.most), perLetter) : 1),
        shape: scalar,
      }
    case 'in':
      return { cost: paid + (right.kind === 'list' ? right.most : 1), shape: scalar }
    case '+': {
      const most = Math.min(overflow, left.most + right.most)
      if (left.kind === 'string' && right.kind === 'string') return { cost: paid + factor(most, perLetter), shape: text(most) }
      if (left.kind === 'list' && right.kind === 'list') return { cost: paid + 1, shape: listOf(left.element ?? unknown, most) }
      return { cost: paid + 1, shape: unknown }
    }
    default:
      return { cost: paid + 1, shape: scalar }
  }
}

/** What a step of each macro costs besides its own expression, and what the macro costs once. */
const macros: Readonly<Record<string, { readonly step: number; readonly once: number }>> = {
  all: { step: 3, once: 1 },
  exists: { step: 4, once: 1 },
  exists_one: { step: 2, once: 2 },
  existsOne: { step: 2, once: 2 },
  filter: { step: 13, once: listCost + 1 },
  map: { step: 12, once: listCost + 1 },
}

function called(name: string, target: ASTNode | undefined, args: readonly ASTNode[], scope: Scope): Estimate {
  if (name === 'has' && !target) {
    // Whether something is there costs nothing; the way to it does.
    const [field] = args
    return { cost: field.op === '.' ? estimate(field.args[0], scope).cost : 0, shape: scalar }
  }
  if (name === 'bind' && target && args.length === 3) {
    const value = estimate(args[1], scope)
    const body = estimate(args[2], withName(scope, args[0], value.shape))
    return { cost: listCost + value.cost + body.cost, shape: body.shape }
  }
  const macro = target && args.length >= 2 && args[0].op === 'id' ? macros[name] : undefined
  if (macro && target) return repeated(macro, name, estimate(target, scope), args, scope)
  const on = target && estimate(target, scope)
  const given = args.map((each) => estimate(each, scope))
  const own = functionOf(
    name,
    on?.shape,
    given.map(({ shape }) => shape),
  )
  return { cost: (on?.cost ?? 0) + sum(given) + own.cost, shape: own.shape }
}

function repeated(
  { step, once }: { readonly step: number; readonly once: number },
  name: string,
  range: Estimate,
  args: readonly ASTNode[],
  scope: Scope,
): Estimate {
  const { kind, most, element = unknown } = range.shape
  const inner = withName(scope, args[0], kind === 'list' ? element : kind === 'map' ? { kind: 'string', most: 0 } : unknown)
  const bodies = args.slice(1).map((each) => estimate(each, inner))
  const isChosen = name === 'map' && bodies.length === 2
  const cost = range.cost + once + Math.min(overflow, most * (step + sum(bodies)))
  const made = name === 'filter' ? listOf(element, most) : name === 'map' ? listOf(bodies[isChosen ? 1 : 0].shape, most) : scalar
  return { cost, shape: made }
}

function functionOf(name: string, on: Shape | undefined, [first = unknown, second = unknown]: readonly Shape[]): Estimate {
  const most = on?.most ?? 0
  const traversed = factor(most, perLetter)
  switch (name) {
    case 'size':
      return { cost: 1, shape: scalar }
    case 'startsWith':
    case 'endsWith':
      return { cost: factor(first.most, perLetter), shape: scalar }
    case 'contains':
      return { cost: traversed * factor(first.most, perLetter), shape: scalar }
    case 'matches':
      return { cost: factor(most + 1, perLetter) * factor(first.most, perPatternLetter), shape: scalar }
    case 'find':
      return { cost: factor(most + 1, perLetter) * factor(first.most, perPatternLetter), shape: text(most) }
    case 'findAll':
      return { cost: factor(most + 1, perLetter) * factor(first.most, perPatternLetter), shape: listOf(unknown, most) }
    case 'lowerAscii':
    case 'upperAscii':
    case 'substring':
    case 'trim':
      return { cost: traversed, shape: text(most) }
    case 'replace':
      return { cost: factor(most, 2 * perLetter), shape: text(second.most <= first.most ? most : 0) }
    case 'split':
      return { cost: factor(most, 2 * perLetter), shape: listOf(unknown, most) }
    case 'join': {
      const length = most * (on?.element?.most ?? 0) + Math.max(0, most - 1) * first.most
      return { cost: factor(length, perLetter), shape: text(Math.min(overflow, length)) }
    }
    case 'isSorted':
    case 'sum':
    case 'max':
    case 'min':
    case 'indexOf':
    case 'lastIndexOf': {
      if (on?.kind === 'string') return { cost: traversed, shape: scalar }
      const { element = other } = on ?? other
      return { cost: most * (1 + (element.kind === 'string' ? factor(element.most, perLetter) : 0)), shape: element }
    }
    case 'url':
    case 'ip':
    case 'isIP':
    case 'cidr':
    case 'isCIDR':
    case 'quantity':
    case 'isQuantity':
      return { cost: factor(first.most, perLetter), shape: other }
    case 'dyn':
      return { cost: 1, shape: first }
    default:
      return { cost: 1, shape: unknown }
  }
}

function withName(scope: Scope, name: ASTNode, shape: Shape): Scope {
  return name.op === 'id' ? new Map([...scope, [name.args, shape]]) : scope
}

function sum(estimates: readonly Estimate[]): number {
  return estimates.reduce((total, { cost }) => Math.min(overflow, total + cost), 0)
}

function largest(estimates: readonly Estimate[]): Shape {
  return estimates.reduce<Shape>((most, { shape }) => (shape.most > most.most ? shape : most), estimates[0]?.shape ?? unknown)
}
