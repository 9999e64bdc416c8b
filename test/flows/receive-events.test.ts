import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { delivered } from '../../src/core/delivery.ts'
import { createJudgeEvent, eventFailed, type Judge } from '../../src/intake/judge-event.ts'
import { createReception } from '../../src/intake/receive-events.ts'
import {
  appendEvent,
  ignoreEvent,
  quarantineEvent,
  type RecordedEvent,
} from '../../src/intake/settle-event.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { acceptanceOver, openTestDatabase, submissionOf } from '../support/acceptance.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
beforeAll(async () => {
  open = await openTestDatabase()
})
afterAll(() => open.close())

const context = { messageId: newUuidV7(), attempt: 1, signal: new AbortController().signal }
const settling = { now: new Date('2026-11-21T10:00:00Z'), newId: newUuidV7 }

const receive = async (externalId: string) => {
  const reception = createReception({ sql: open.db.sql, newId: newUuidV7 })
  return reception({
    channel: 'sms',
    externalId,
    sender: '+212612345678',
    receivedAt: settling.now,
    raw: { type: 'application/x-www-form-urlencoded', body: Buffer.from('Body=x') },
  })
}

const eventOf = async (externalId: string): Promise<string> =>
  (await open.db.sql<{ id: string }[]>`select id from inbound_events where external_id = ${externalId}`)[0]!
    .id

const outcomeOf = async (externalId: string) =>
  (await open.db.sql`select outcome, reason from ledger_entries where external_id = ${externalId}`)[0]

const judgeWith = async (externalId: string, judge: Judge) => {
  const deps = { db: open.db, clock: systemClock, newId: newUuidV7, judges: { sms: judge } }
  return createJudgeEvent(deps)({ eventId: await eventOf(externalId), channel: 'sms' }, context)
}

const inTransaction =
  (work: (tx: Parameters<typeof ignoreEvent>[0], event: RecordedEvent) => Promise<unknown>): Judge =>
  async (event) => {
    await open.db.orm.transaction((tx) => work(tx, event))
    return delivered()
  }

describe('an event of a door that cannot wait', () => {
  it('is recorded once however often it comes, with an open ledger entry and one message', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => receive('once')))
    expect(answers.filter(({ repeat }) => !repeat)).toHaveLength(1)
    const [row] = await open.db.sql`
      select count(*)::int as messages from outbox_messages where payload ->> 'eventId' = ${await eventOf('once')}`
    expect(row?.['messages']).toBe(1)
    expect(await outcomeOf('once')).toMatchObject({ outcome: null })
  })

  it.each<[string, Judge, string]>([
    ['ignored', inTransaction((tx, event) => ignoreEvent(tx, settling, event, 'stop_word')), 'ignored'],
    [
      'quarantined',
      inTransaction((tx, event) => quarantineEvent(tx, settling, event, 'unreadable')),
      'quarantined',
    ],
  ])('may end as %s', async (name, judge, outcome) => {
    await receive(name)
    await judgeWith(name, judge)
    expect(await outcomeOf(name)).toMatchObject({ outcome })
  })

  it('may be joined to a complaint, once', async () => {
    const { accept } = await acceptanceOver(open.db)
    const { complaintId } = await accept(submissionOf({ channel: 'sms' }))
    await receive('added')
    const append = inTransaction((tx, event) =>
      appendEvent(tx, settling, event, { complaintId, round: 1, text: 'encore', language: 'fr', media: [] }),
    )
    await judgeWith('added', append)
    await judgeWith('added', append)
    const [row] = await open.db
      .sql`select count(*)::int as parts from submissions where complaint_id = ${complaintId}`
    expect(row?.['parts']).toBe(2)
    expect(await outcomeOf('added')).toMatchObject({ outcome: 'appended' })
  })

  it('is failed when no try is left, and may still be judged when a person says so', async () => {
    await receive('late')
    const deps = { db: open.db, clock: systemClock, newId: newUuidV7, judges: {} }
    const eventId = await eventOf('late')
    await eventFailed(deps, { eventId, channel: 'sms' }, { code: 'timeout', message: '', retryable: true })
    expect(await outcomeOf('late')).toMatchObject({ outcome: 'failed', reason: 'timeout' })
    await judgeWith(
      'late',
      inTransaction((tx, event) => ignoreEvent(tx, settling, event, 'empty')),
    )
    expect(await outcomeOf('late')).toMatchObject({ outcome: 'ignored' })
  })
})
