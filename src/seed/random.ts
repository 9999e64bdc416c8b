/** Chance that repeats: the same seed gives the same draws on every machine. */
export interface Chance {
  /** In [0, 1). */
  next(): number
  between(low: number, high: number): number
  /** Whole, both ends included. */
  whole(low: number, high: number): number
  pick<T>(from: readonly T[]): T
  /** One of the keys, by weight. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K
  happens(probability: number): boolean
  /** UUIDv7 at an instant. */
  uuid(at: Date): string
}

/** mulberry32: 32 bits of state, enough for stories and for nothing else. */
const mulberry32 = (seed: number) => {
  let state = seed >>> 0
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const chanceOf = (seed: number): Chance => {
  const next = mulberry32(seed)
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join('')
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (from) => {
      const picked = from[Math.floor(next() * from.length)]
      if (picked === undefined) throw new RangeError('nothing to pick from')
      return picked
    },
    weighted: (weights) => {
      const entries = Object.entries(weights) as [keyof typeof weights, number][]
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [key, weight] of entries) {
        left -= weight
        if (left < 0) return key
      }
      throw new RangeError('nothing to choose from')
    },
    happens: (probability) => next() < probability,
    uuid: (at) => {
      const time = at.getTime().toString(16).padStart(12, '0')
      const variant = (8 + Math.floor(next() * 4)).toString(16)
      return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-${variant}${hex(3)}-${hex(12)}`
    },
  }
}
