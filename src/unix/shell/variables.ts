/**
 * Shell variables with their attributes, in scopes: the global one, one per running function, and short ones for `x=1 command`.
 * Scoping is dynamic, as in bash. A subshell starts with a copy; variables are shared until one side writes (`owner` tells).
 */
export interface Variable {
  value: string | undefined
  indexed: (string | undefined)[] | undefined
  associative: Map<string, string> | undefined
  isExported: boolean
  isReadonly: boolean
  isInteger: boolean
  isNameref: boolean
  letters: 'lower' | 'upper' | undefined
  owner: object
}

export class ReadonlyVariable {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

interface Scope {
  readonly names: Map<string, Variable>
  /** Of a function; `local` puts its variables here. Otherwise of one command's own environment. */
  readonly isFunction: boolean
}

export class Variables {
  #scopes: Scope[] = [{ names: new Map(), isFunction: false }]
  #owner = {}
  #environment: Record<string, string> | undefined
  /** What an `integer` variable is assigned is an expression; the shell knows how to evaluate it. */
  integerOf: (text: string) => string = (text) => text
  readonly #bucketOf: (name: string) => number

  constructor(bucketOf: (name: string) => number) {
    this.#bucketOf = bucketOf
  }

  copy(): Variables {
    const copy = new Variables(this.#bucketOf)
    copy.#scopes = this.#scopes.map((scope) => ({ names: new Map(scope.names), isFunction: scope.isFunction }))
    copy.#environment = this.#environment
    // From now on neither side owns what both see.
    this.#owner = {}
    return copy
  }

  pushFunction(): void {
    this.#scopes.push({ names: new Map(), isFunction: true })
  }

  pushCommand(): void {
    this.#scopes.push({ names: new Map(), isFunction: false })
  }

  pop(): void {
    const scope = this.#scopes.pop()
    if (scope && scope.names.size > 0) this.#environment = undefined
  }

  get isInFunction(): boolean {
    return this.#scopes.some((scope) => scope.isFunction)
  }

  find(name: string): Variable | undefined {
    for (let index = this.#scopes.length - 1; index >= 0; index--) {
      const variable = this.#scopes[index].names.get(name)
      if (variable) return variable
    }
    return undefined
  }

  /** The name a reference stands for in the end. */
  resolve(name: string): string {
    let at = name
    for (let depth = 0; depth < 8; depth++) {
      const variable = this.find(at)
      if (!variable?.isNameref || !variable.value) return at
      at = variable.value
    }
    return at
  }

  /** Scalar value; of an array, its element 0. */
  get(name: string): string | undefined {
    const variable = this.find(this.resolve(name))
    if (!variable) return undefined
    if (variable.indexed) return variable.indexed[0]
    if (variable.associative) return variable.associative.get('0')
    return variable.value
  }

  set(name: string, value: string, { append = false }: { append?: boolean } = {}): void {
    const target = this.resolve(name)
    const bracket = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(target)
    if (bracket) return this.setElement(bracket[1], bracket[2], value, { append })
    const variable = this.#writable(target)
    const old = variable.indexed ? variable.indexed[0] : variable.associative ? variable.associative.get('0') : variable.value
    const next = this.#coerced(variable, value, append ? old : undefined)
    if (variable.indexed) variable.indexed[0] = next
    else if (variable.associative) variable.associative.set('0', next)
    else variable.value = next
    if (variable.isExported) this.#environment = undefined
  }

  /** `index` is a number's text for indexed arrays (already evaluated) and a key for associative ones. */
  setElement(name: string, index: string, value: string, { append = false }: { append?: boolean } = {}): void {
    const variable = this.#writable(this.resolve(name))
    if (variable.associative) {
      variable.associative.set(index, this.#coerced(variable, value, append ? variable.associative.get(index) : undefined))
      return
    }
    const array = (variable.indexed ??= variable.value === undefined ? [] : [variable.value])
    variable.value = undefined
    const number = Number(index)
    const at = number < 0 ? array.length + number : number
    array[at] = this.#coerced(variable, value, append ? array[at] : undefined)
  }

  /** Empties or makes the array, ready to be filled. */
  makeArray(name: string, kind: 'indexed' | 'associative' | undefined, { keep = false }: { keep?: boolean } = {}): Variable {
    const variable = this.#writable(this.resolve(name))
    const isAssociative = kind === 'associative' || (kind === undefined && variable.associative !== undefined)
    if (isAssociative) {
      variable.associative = keep && variable.associative ? variable.associative : new Map()
    } else {
      variable.indexed = keep ? (variable.indexed ?? (variable.value === undefined ? [] : [variable.value])) : []
      variable.value = undefined
    }
    return variable
  }

  /** Values of an array in order; of a scalar, the one value. */
  values(name: string): string[] {
    const variable = this.find(this.resolve(name))
    if (!variable) return []
    if (variable.associative) return [...variable.associative.values()]
    if (variable.indexed) return variable.indexed.filter((value): value is string => value !== undefined)
    return variable.value === undefined ? [] : [variable.value]
  }

  keys(name: string): string[] {
    const variable = this.find(this.resolve(name))
    if (!variable) return []
    if (variable.associative) return [...variable.associative.keys()]
    if (variable.indexed) return Object.keys(variable.indexed).filter((key) => variable.indexed?.[Number(key)] !== undefined)
    return variable.value === undefined ? [] : ['0']
  }

  element(name: string, index: string): string | undefined {
    const variable = this.find(this.resolve(name))
    if (!variable) return undefined
    if (variable.associative) return variable.associative.get(index)
    const number = Number(index)
    if (!variable.indexed) return number === 0 || number === -1 ? variable.value : undefined
    return variable.indexed[number < 0 ? variable.indexed.length + number : number]
  }

  unset(name: string): boolean {
    for (let index = this.#scopes.length - 1; index >= 0; index--) {
      const scope = this.#scopes[index]
      const variable = scope.names.get(name)
      if (!variable) continue
      if (variable.isReadonly) throw new ReadonlyVariable(name)
      scope.names.delete(name)
      this.#environment = undefined
      return true
    }
    return false
  }

  unsetElement(name: string, index: string): void {
    const variable = this.#writable(this.resolve(name))
    if (variable.associative) variable.associative.delete(index)
    else if (variable.indexed) {
      const number = Number(index)
      delete variable.indexed[number < 0 ? variable.indexed.length + number : number]
      while (variable.indexed.length > 0 && variable.indexed.at(-1) === undefined) variable.indexed.length--
    } else if (Number(index) === 0) this.unset(name)
  }

  /** A new variable in the innermost function; `local -` aside, its value is unset until assigned. */
  declareLocal(name: string): Variable {
    const scope = [...this.#scopes].reverse().find((each) => each.isFunction) ?? this.#scopes[0]
    const existing = scope.names.get(name)
    if (existing) return this.#own(scope, name, existing)
    const outer = this.find(name)
    if (outer?.isReadonly) throw new ReadonlyVariable(name)
    const variable = this.#fresh()
    if (outer?.isExported) variable.isExported = true
    scope.names.set(name, variable)
    if (variable.isExported) this.#environment = undefined
    return variable
  }

  /** The variable as it is visible, made if need be, to change its attributes. */
  declare(name: string, { isGlobal = false }: { isGlobal?: boolean } = {}): Variable {
    if (isGlobal) {
      const scope = this.#scopes[0]
      const variable = scope.names.get(name)
      if (variable) return this.#own(scope, name, variable)
      const made = this.#fresh()
      scope.names.set(name, made)
      return made
    }
    return this.#writable(name, { evenReadonly: true })
  }

  /** Assigns in the scope of one command: `x=1 command`. */
  setForCommand(name: string, value: string): void {
    const outer = this.find(name)
    if (outer?.isReadonly) throw new ReadonlyVariable(name)
    const variable = this.#fresh()
    variable.value = value
    variable.isExported = true
    this.#scopes[this.#scopes.length - 1].names.set(name, variable)
    this.#environment = undefined
  }

  attributesChanged(): void {
    this.#environment = undefined
  }

  names(): string[] {
    const names = new Set<string>()
    for (const scope of this.#scopes) for (const name of scope.names.keys()) names.add(name)
    return [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  }

  localNames(): string[] {
    const scope = [...this.#scopes].reverse().find((each) => each.isFunction)
    return scope ? [...scope.names.keys()] : []
  }

  /** What children get. */
  environment(): Readonly<Record<string, string>> {
    if (this.#environment) return this.#environment
    const environment: Record<string, string> = {}
    for (const scope of this.#scopes) {
      for (const [name, variable] of scope.names) {
        if (variable.isExported && variable.value !== undefined) environment[name] = variable.value
        else delete environment[name]
      }
    }
    const ordered = Object.entries(environment)
      .map(([name, value]) => ({ bucket: this.#bucketOf(name), name, value }))
      .sort((a, b) => a.bucket - b.bucket)
    return (this.#environment = Object.fromEntries(ordered.map(({ name, value }) => [name, value])))
  }

  #fresh(): Variable {
    return {
      value: undefined,
      indexed: undefined,
      associative: undefined,
      isExported: false,
      isReadonly: false,
      isInteger: false,
      isNameref: false,
      letters: undefined,
      owner: this.#owner,
    }
  }

  #writable(name: string, { evenReadonly = false }: { evenReadonly?: boolean } = {}): Variable {
    for (let index = this.#scopes.length - 1; index >= 0; index--) {
      const scope = this.#scopes[index]
      const variable = scope.names.get(name)
      if (!variable) continue
      if (variable.isReadonly && !evenReadonly) throw new ReadonlyVariable(name)
      return this.#own(scope, name, variable)
    }
    const made = this.#fresh()
    this.#scopes[0].names.set(name, made)
    return made
  }

  #own(scope: Scope, name: string, variable: Variable): Variable {
    if (variable.owner === this.#owner) return variable
    const own: Variable = {
      ...variable,
      indexed: variable.indexed?.slice(),
      associative: variable.associative && new Map(variable.associative),
      owner: this.#owner,
    }
    scope.names.set(name, own)
    return own
  }

  #coerced(variable: Variable, value: string, appendTo: string | undefined): string {
    if (variable.isInteger) return this.integerOf(appendTo === undefined ? value : `${appendTo || 0} + (${value || 0})`)
    const text = (appendTo ?? '') + value
    return variable.letters === 'lower' ? text.toLowerCase() : variable.letters === 'upper' ? text.toUpperCase() : text
  }
}
