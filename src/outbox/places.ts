import type { Topic } from '../core/topics.ts'
import { LANES } from './lanes.ts'

/** One lane's places in this process: how many are taken, and by which keys. */
export const createPlaces = (topic: Topic) => {
  const lane = LANES[topic]
  const perKey = new Map<string, number>()
  let taken = 0
  const change = (key: string, by: number) => {
    taken += by
    const left = (perKey.get(key) ?? 0) + by
    if (left === 0) perKey.delete(key)
    else perKey.set(key, left)
  }
  return {
    take: (key: string) => change(key, 1),
    leave: (key: string) => change(key, -1),
    free: () => lane.places - taken,
    fullKeys: () => [...perKey].filter(([, count]) => count >= lane.placesPerKey).map(([key]) => key),
  }
}

export type Places = ReturnType<typeof createPlaces>
