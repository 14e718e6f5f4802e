/** IPv4 arithmetic for address pools: which addresses a network has, and which are free. */

export interface Subnet {
  /** First address, as a number. */
  readonly base: number
  readonly prefix: number
}

export function parseSubnet(text: string): Subnet | undefined {
  const match = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(text)
  if (!match) return undefined
  const address = numberOf(match[1])
  const prefix = Number(match[2])
  if (address === undefined || prefix > 32) return undefined
  return { base: prefix === 0 ? 0 : (address & (-1 << (32 - prefix))) >>> 0, prefix }
}

export function numberOf(address: string): number | undefined {
  const parts = address.split('.').map(Number)
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined
  return ((parts[0] << 24) | (parts[1] << 16) | (parts[2] << 8) | parts[3]) >>> 0
}

export function addressOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
}

export function sizeOf({ prefix }: Subnet): number {
  return 2 ** (32 - prefix)
}

export function contains(subnet: Subnet, address: string): boolean {
  const number = numberOf(address)
  return number !== undefined && number >= subnet.base && number < subnet.base + sizeOf(subnet)
}

export function overlaps(a: Subnet, b: Subnet): boolean {
  return a.base < b.base + sizeOf(b) && b.base < a.base + sizeOf(a)
}

export function textOf({ base, prefix }: Subnet): string {
  return `${addressOf(base)}/${prefix}`
}

/** The lowest address that is not taken; neither the network's own nor the broadcast address. */
export function freeAddress(subnet: Subnet, taken: ReadonlySet<string>): string | undefined {
  for (let number = subnet.base + 1; number < subnet.base + sizeOf(subnet) - 1; number++) {
    const address = addressOf(number)
    if (!taken.has(address)) return address
  }
  return undefined
}

/** Docker's default pools: 172.17.0.0/16 to 172.31.0.0/16, then 192.168.0.0/16 in pieces of /20. */
export function* defaultPools(): Generator<Subnet> {
  for (let second = 17; second <= 31; second++) yield { base: ((172 << 24) | (second << 16)) >>> 0, prefix: 16 }
  for (let third = 0; third < 256; third += 16) yield { base: ((192 << 24) | (168 << 16) | (third << 8)) >>> 0, prefix: 20 }
}

/** Ranges of `default-address-pools`, cut into pieces of their size. */
export function* poolsOf(pools: readonly { readonly base: string; readonly size: number }[]): Generator<Subnet> {
  for (const { base, size } of pools) {
    const range = parseSubnet(base)
    if (!range || size < range.prefix || size > 30) continue
    const step = sizeOf({ base: 0, prefix: size })
    for (let at = range.base; at < range.base + sizeOf(range); at += step) yield { base: at, prefix: size }
  }
}
