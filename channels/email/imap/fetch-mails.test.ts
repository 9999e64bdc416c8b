import { expect, it } from 'vitest'
import { batchesOf, SMALL_BYTES } from './fetch-mails.ts'

const mails = (...sizes: number[]) => sizes.map((bytes, i) => ({ uid: i + 1, bytes }))
const uids = (sizes: number[]) => batchesOf(mails(...sizes)).map((batch) => batch.map(({ uid }) => uid))

it('brings small mails together, in their order, and a large one alone', () => {
  expect(uids([10, 10, SMALL_BYTES + 1, 10, 10])).toEqual([[1, 2], [3], [4, 5]])
})

it('holds no more than four megabytes or fifty mails at once', () => {
  expect(uids(Array.from({ length: 6 }, () => SMALL_BYTES)).map(({ length }) => length)).toEqual([4, 2])
  expect(uids(Array.from({ length: 120 }, () => 1)).map(({ length }) => length)).toEqual([50, 50, 20])
})

it('has nothing to bring from an empty mailbox', () => {
  expect(batchesOf([])).toEqual([])
})
