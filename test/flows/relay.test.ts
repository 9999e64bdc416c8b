import pino from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clock } from '../../src/core/clock.ts'
import { type DeliveryResult, delivered, failed } from '../../src/core/delivery.ts'
import type { TopicHandlers } from '../../src/core/topics.ts'
import { appendMessages } from '../../src/outbox/append.ts'
import { RHYTHM } from '../../src/outbox/backoff.ts'
import { claimMessages, renewLeases, takeOverLostLeases } from '../../src/outbox/claim.ts'
import { redrive } from '../../src/outbox/redrive.ts'
import { createRelay } from '../../src/outbox/relay.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { openTestDatabase } from '../support/acceptance.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
let now: Date
const clock: Clock = { now: () => now }
const logger = pino({ level: 'silent' })
const pass = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000)
}

beforeEach(async () => {
  open = await openTestDatabase()
  now = new Date('2026-11-21T10:00:00Z')
})
afterEach(() => open.close())

const append = (count: number, key = 'body') =>
  open.db.orm.transaction((tx) =>
    appendMessages(
      tx,
      { newId: newUuidV7, now },
      Array.from({ length: count }, () => ({
        topic: 'receipt.send' as const,
        key,
        payload: { receiptId: newUuidV7() },
        dedupeKey: newUuidV7(),
      })),
    ),
  )

const relayWith = (handlers: TopicHandlers, more: Partial<Parameters<typeof createRelay>[0]> = {}) =>
  createRelay({ sql: open.db.sql, clock, logger, handlers, worker: newUuidV7(), ...more })

const REFUSED = failed({ code: 'http_400', message: 'refused', retryable: false })
const BUSY = failed({ code: 'http_503', message: 'busy', retryable: true })

const messages = () => open.db.sql<
  { id: string; attempts: number; dead: boolean; done: boolean; due_at: Date }[]
>`
  select id, attempts, dead_at is not null as dead, settled_at is not null as done, due_at from outbox_messages`

describe('the relay', () => {
  it('does each message once though two relays share the table', async () => {
    await append(200)
    const seen: string[] = []
    const handlers: TopicHandlers = {
      'receipt.send': async ({ receiptId }) => {
        seen.push(receiptId)
        return delivered('ok')
      },
    }
    await Promise.all([relayWith(handlers).drain(), relayWith(handlers).drain()])
    expect(seen).toHaveLength(200)
    expect(new Set(seen).size).toBe(200)
    expect((await messages()).every(({ done }) => done)).toBe(true)
  })

  it('tries again later, and gives up with a reason and its hook', async () => {
    await append(1)
    const dead: string[] = []
    const relay = relayWith(
      { 'receipt.send': async () => BUSY },
      { onDead: { 'receipt.send': async (_, error) => void dead.push(error.code) } },
    )
    expect(await relay.drain()).toBe(1)
    expect(await relay.drain()).toBe(0)
    for (let i = 1; i < RHYTHM.attempts; i += 1) {
      pass(14 * 3600)
      expect(await relay.drain()).toBe(1)
    }
    pass(30 * 86_400)
    expect(await relay.drain()).toBe(0)
    expect(dead).toEqual(['http_503'])
    expect(await messages()).toMatchObject([{ attempts: RHYTHM.attempts, dead: true, done: false }])
    const [{ count } = { count: 0 }] = await open.db
      .sql`select count(*)::int from outbox_attempts where not ok`
    expect(count).toBe(RHYTHM.attempts)
  })

  it('obeys Retry-After', async () => {
    await append(1)
    const wait = failed({ code: 'http_429', message: 'slow down', retryable: true, retryAfter: 900 })
    await relayWith({ 'receipt.send': async () => wait }).drain()
    const [message] = await messages()
    expect(message!.due_at.getTime() - now.getTime()).toBe(900_000)
  })

  it('sends a dead letter again when a person says so, and keeps the history of tries', async () => {
    await append(1)
    let answer: DeliveryResult = REFUSED
    const relay = relayWith({ 'receipt.send': async () => answer })
    await relay.drain()
    const { id } = (await messages())[0]!
    answer = delivered()
    await redrive({ db: open.db, clock }, id)
    expect(await relay.drain()).toBe(1)
    expect(await messages()).toMatchObject([{ done: true, dead: false, attempts: 2 }])
    await expect(redrive({ db: open.db, clock }, id)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('turns a handler that throws into an attempt that failed', async () => {
    await append(1)
    const relay = relayWith({ 'receipt.send': () => Promise.reject(new TypeError('bug')) })
    await relay.drain()
    expect(await messages()).toMatchObject([{ attempts: 1, dead: false, done: false }])
  })

  it('lets a destination that hangs delay nobody else', async () => {
    const forward = (key: string, count: number) =>
      open.db.orm.transaction((tx) =>
        appendMessages(
          tx,
          { newId: newUuidV7, now },
          Array.from({ length: count }, () => ({
            topic: 'referral.forward' as const,
            key,
            payload: { referralId: key, connectorId: key, event: 'complaint.referred' as const },
            dedupeKey: newUuidV7(),
          })),
        ),
      )
    await forward('hanging', 500)
    pass(1)
    await forward('healthy', 20)
    const release = Promise.withResolvers<void>()
    let healthy = 0
    const served = Promise.withResolvers<void>()
    const relay = relayWith({
      'referral.forward': async ({ referralId }) => {
        if (referralId === 'hanging') await release.promise
        else if (++healthy === 20) served.resolve()
        return delivered()
      },
    }).start()
    await served.promise
    const [{ count } = { count: 0 }] = await open.db.sql`
      select count(*)::int from outbox_messages where key = 'hanging' and leased_until is not null`
    expect(count).toBeLessThanOrEqual(3)
    release.resolve()
    await relay.stop(5_000)
  })

  it('keeps the order of one person where the lane asks for it, over several workers and newest first', async () => {
    const ids = Array.from({ length: 40 }, () => newUuidV7())
    for (const [nth, messageId] of ids.entries()) {
      pass(1)
      const key = nth % 2 === 0 ? 'a' : 'b'
      await open.db.orm.transaction((tx) =>
        appendMessages(tx, { newId: newUuidV7, now }, [
          { topic: 'message.send', key, payload: { messageId }, dedupeKey: messageId },
        ]),
      )
    }
    const seen: string[] = []
    const handlers: TopicHandlers = {
      'message.send': async ({ messageId }) => {
        seen.push(messageId)
        return delivered()
      },
    }
    const relays = [relayWith(handlers), relayWith(handlers)]
    while (seen.length < ids.length) await Promise.all(relays.map((relay) => relay.drain()))
    const of = (parity: number) => ids.filter((_, nth) => nth % 2 === parity)
    expect(seen.filter((id) => of(0).includes(id))).toEqual(of(0))
    expect(seen.filter((id) => of(1).includes(id))).toEqual(of(1))
  })

  it('takes over what a killed worker held once its lease has run out', async () => {
    await append(3)
    const claim = {
      topic: 'receipt.send' as const,
      limit: 10,
      placesPerKey: 10,
      fullKeys: [],
      newestFirst: false,
    }
    expect(await claimMessages(open.db.sql, { ...claim, worker: 'killed', now })).toHaveLength(3)
    expect(await takeOverLostLeases(open.db.sql, now)).toBe(0)
    await open.db.sql`update outbox_messages set leased_until = now() - interval '1 second'`
    expect(await takeOverLostLeases(open.db.sql, now)).toBe(3)
    expect(await relayWith({ 'receipt.send': async () => delivered() }).drain()).toBe(3)
  })

  it('renews only what is under way: what a lost answer left in its name comes again', async () => {
    await append(2)
    const claim = {
      topic: 'receipt.send' as const,
      limit: 10,
      placesPerKey: 10,
      fullKeys: [],
      newestFirst: false,
    }
    const [underWay] = await claimMessages(open.db.sql, { ...claim, worker: 'living', now })
    await open.db.sql`update outbox_messages set leased_until = now() - interval '1 second'`
    await renewLeases(open.db.sql, 'living', [underWay!.id])
    expect(await takeOverLostLeases(open.db.sql, now)).toBe(1)
  })

  it('writes the end of a delivery once the database is back, and does not deliver again', async () => {
    await append(1)
    let deliveries = 0
    let away = 2
    const sql = new Proxy(open.db.sql, {
      apply: (target, self, args: Parameters<typeof open.db.sql>) => {
        const isSettlement = args[0]?.[0]?.includes('with ended as') && away-- > 0
        return isSettlement
          ? Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }))
          : Reflect.apply(target, self, args)
      },
    })
    const handlers: TopicHandlers = {
      'receipt.send': async () => {
        deliveries += 1
        return delivered('ok')
      },
    }
    await relayWith(handlers, { sql }).drain()
    expect(await messages()).toMatchObject([{ done: true, attempts: 1 }])
    expect(deliveries).toBe(1)
  })

  it('gives back what it could not finish when it is stopped', async () => {
    await append(2)
    const begun = Promise.withResolvers<void>()
    const relay = relayWith({
      'receipt.send': (_, { signal }) => {
        begun.resolve()
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        )
      },
    }).start()
    await begun.promise
    await relay.stop(50)
    const [{ count } = { count: 0 }] = await open.db.sql`
      select count(*)::int from outbox_messages where leased_until is null and settled_at is null and dead_at is null`
    expect(count).toBe(2)
  })
})
