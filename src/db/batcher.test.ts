import { describe, expect, it } from 'vitest'
import { createBatcher } from './batcher.ts'

describe('the batcher', () => {
  it('shares one statement among what waits at the same moment', async () => {
    const batches: number[] = []
    const enqueue = createBatcher<number, number>({
      limit: 10,
      inFlight: 1,
      runAll: async (members) => {
        batches.push(members.length)
        return members.map((n) => n * 2)
      },
    })
    expect(await Promise.all([1, 2, 3].map(enqueue))).toEqual([2, 4, 6])
    expect(batches).toEqual([3])
  })

  it('tries each alone when a statement fails, and rejects only the bad one', async () => {
    const enqueue = createBatcher<number, number>({
      limit: 10,
      inFlight: 1,
      runAll: async (members) => {
        if (members.includes(13)) throw new Error('unlucky')
        return members
      },
    })
    const outcomes = await Promise.allSettled([1, 13, 2].map(enqueue))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })
})
