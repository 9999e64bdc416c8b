import pino from 'pino'
import { delivered } from '../../src/core/delivery.ts'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { createRelay } from '../../src/outbox/relay.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { median, report, round } from './report.ts'
import { withScratchPostgres } from './scratch-postgres.ts'

const MESSAGES = 10_000
const ROUNDS = 3
/** Hands of the reference, each with a connection. */
const HANDS = 16

const fill = (db: Database) => db.sql`
  insert into outbox_messages (id, topic, key, payload, dedupe_key, created_at, due_at)
  select gen_random_uuid(), 'receipt.send', 'k', '{}', gen_random_uuid(), now(), now() from generate_series(1, ${MESSAGES}::int)`

const perSecond = async (work: () => Promise<void>): Promise<number> => {
  const start = performance.now()
  await work()
  return MESSAGES / ((performance.now() - start) / 1000)
}

const byRelay = (db: Database) => () =>
  createRelay({
    sql: db.sql,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    handlers: { 'receipt.send': async () => delivered() },
    worker: newUuidV7(),
  })
    .drain()
    .then(() => {})

/** The textbook way: each hand takes one message in a transaction, works, deletes it. No leases, no record of the try. */
const byHand = (db: Database) => async () => {
  const hand = async (): Promise<void> => {
    for (;;) {
      const taken = await db.sql`
        update outbox_messages set settled_at = now() where id = (
          select id from outbox_messages where topic = 'receipt.send' and settled_at is null and dead_at is null and leased_until is null
          order by due_at limit 1 for update skip locked) returning id`
      if (taken.length === 0) return
    }
  }
  await Promise.all(Array.from({ length: HANDS }, hand))
}

/** Messages delivered per second beside the textbook queue, one statement a message, on the same server. */
export const benchOutbox = (): Promise<void> =>
  withScratchPostgres(async ({ url }) => {
    const db = openDatabase({ url, connections: HANDS })
    const ours: number[] = []
    const reference: number[] = []
    for (let i = 0; i < ROUNDS; i += 1) {
      for (const [rates, way] of [
        [reference, byHand(db)],
        [ours, byRelay(db)],
      ] as const) {
        await fill(db)
        rates.push(await perSecond(way))
        await db.sql`truncate outbox_messages cascade`
      }
    }
    await db.close()
    report('outbox', {
      perSecond: round(median(ours), 0),
      oneByOnePerSecond: round(median(reference), 0),
      ratio: round(median(ours.map((rate, i) => rate / (reference[i] ?? 1)))),
    })
  })
