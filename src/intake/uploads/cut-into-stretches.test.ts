import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cutIntoStretches } from './cut-into-stretches.ts'

async function* source(sizes: readonly number[], failure?: Error) {
  for (const [nth, size] of sizes.entries()) yield Buffer.alloc(size, nth)
  if (failure) throw failure
}

const read = async (sizes: readonly number[], bytes: number, milliseconds = 60_000) => {
  const stretches: Buffer[] = []
  for await (const stretch of cutIntoStretches(source(sizes), { bytes, milliseconds }))
    stretches.push(await buffer(stretch))
  return stretches
}

it.each([
  [[], 10, []],
  [[3], 10, [3]],
  [[10], 10, [10]],
  [[4, 4, 4], 8, [8, 4]],
  [[4, 4, 4], 1, [4, 4, 4]],
  [[30, 1], 10, [30, 1]],
] as const)('cuts chunks of %j at %i bytes into %j', async (sizes, at, wanted) => {
  expect((await read(sizes, at)).map(({ length }) => length)).toEqual(wanted)
})

it('ends a stretch when its time is over', async () => {
  expect(await read([1, 1, 1], 100, 0)).toHaveLength(3)
})

it('loses, doubles and reorders nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 50 })),
      fc.integer({ min: 1, max: 80 }),
      async (sizes, at) => {
        expect(Buffer.concat(await read(sizes, at))).toEqual(await buffer(source(sizes)))
      },
    ),
  )
})

it('gives what came before the source broke, then the error', async () => {
  const got: number[] = []
  const reading = (async () => {
    for await (const stretch of cutIntoStretches(source([5, 5, 5], new Error('cut')), {
      bytes: 8,
      milliseconds: 9999,
    }))
      got.push((await buffer(stretch)).length)
  })()
  await expect(reading).rejects.toThrow('cut')
  expect(got).toEqual([10, 5])
})

it('lets go of the source when the reader stops', async () => {
  let released = false
  async function* endless() {
    try {
      for (;;) yield Buffer.alloc(1)
    } finally {
      released = true
    }
  }
  for await (const stretch of cutIntoStretches(endless(), { bytes: 3, milliseconds: 9999 })) {
    await buffer(stretch)
    break
  }
  expect(released).toBe(true)
})
