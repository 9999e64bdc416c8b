import { expect, it } from 'vitest'
import { createTurns } from './turns.ts'

const never = new AbortController().signal

it('lets one in at a time, in the order they came', async () => {
  const turns = createTurns(1)
  const order: number[] = []
  const give = await turns.take(never)
  const waiting = [1, 2, 3].map(async (n) => {
    const giveBack = await turns.take(never)
    order.push(n)
    giveBack()
  })
  expect(order).toEqual([])
  give()
  await Promise.all(waiting)
  expect(order).toEqual([1, 2, 3])
})

it('forgets who left the queue, and gives a turn back once only', async () => {
  const turns = createTurns(1)
  const give = await turns.take(never)
  const leaving = new AbortController()
  const left = turns.take(leaving.signal)
  const next = turns.take(never)
  leaving.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  give()
  give()
  const giveNext = await next
  const abort = AbortSignal.abort(new Error('late'))
  await expect(turns.take(abort)).rejects.toThrow('late')
  let entered = false
  const third = turns.take(never).then(() => {
    entered = true
  })
  await Promise.resolve()
  expect(entered).toBe(false)
  giveNext()
  await third
})
