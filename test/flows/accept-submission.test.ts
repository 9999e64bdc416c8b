import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseReference } from '../../src/core/reference.ts'
import type { Submission } from '../../src/core/submission.ts'
import type { Accept } from '../../src/intake/accept-submission.ts'
import { acceptanceOver, openTestDatabase, submissionOf } from '../support/acceptance.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
let accept: Accept

beforeAll(async () => {
  open = await openTestDatabase()
  ;({ accept } = await acceptanceOver(open.db))
})
afterAll(() => open.close())

const rowsOf = async (complaintId: string) => {
  const count = async (table: string, column = 'complaint_id') =>
    Number(
      (await open.db.sql.unsafe(`select count(*) from ${table} where ${column} = $1`, [complaintId]))[0]?.[
        'count'
      ],
    )
  return {
    complaints: await count('complaints', 'id'),
    submissions: await count('submissions'),
    rounds: await count('rounds'),
    deadlines: await count('deadlines'),
    receipts: await count('receipts'),
    assets: await count('media_assets'),
    outbox: await count('outbox_messages'),
    ledger: await count('ledger_entries'),
    events: await count('complaint_events'),
  }
}

describe('acceptance', () => {
  it('writes the whole record and tells its legal dates', async () => {
    const accepted = await accept(
      submissionOf({
        contact: { email: 'a@example.org' },
        media: [
          {
            id: '019aa000-0000-7000-8000-000000000001',
            name: 'a.mp4',
            declaredType: 'video/mp4',
            bytes: 3,
            sha256: 'ab',
            objectKey: 'originals/a',
          },
        ],
      }),
    )
    expect(parseReference(accepted.reference)).toEqual({ ok: true, reference: accepted.reference })
    expect(accepted).toMatchObject({ reviewBy: '2026-12-06', answerBy: '2027-02-04', repeat: false })
    expect(accepted.reference.slice(0, 2)).toBe('26')
    expect(accepted.accessCode).toMatch(/^\d{6}$/)
    expect(await rowsOf(accepted.complaintId)).toEqual({
      complaints: 1,
      submissions: 1,
      rounds: 1,
      deadlines: 2,
      receipts: 1,
      assets: 1,
      outbox: 3,
      ledger: 1,
      events: 1,
    })
  })

  it('makes one complaint of twenty copies at once, from two processes, with twenty equal answers', async () => {
    const other = await acceptanceOver(open.db)
    const copy = submissionOf()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? accept(copy) : other.accept(copy))),
    )
    expect(answers.filter(({ repeat }) => !repeat)).toHaveLength(1)
    expect(new Set(answers.map(({ reference, accessCode }) => `${reference}${accessCode}`)).size).toBe(1)
    expect(await rowsOf(answers[0]!.complaintId)).toMatchObject({ complaints: 1, ledger: 1, outbox: 1 })
  })

  it('does not let one bad member harm its neighbours', async () => {
    const bad = { ...submissionOf(), kind: 'nonsense' } as unknown as Submission
    const batch = [submissionOf(), bad, submissionOf(), submissionOf()]
    const outcomes = await Promise.allSettled(batch.map(accept))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  })

  it('takes another reference when the first candidates are held', async () => {
    const many = await Promise.all(Array.from({ length: 200 }, () => accept(submissionOf())))
    expect(new Set(many.map(({ reference }) => reference)).size).toBe(200)
  })

  it('reads no table from end to end, however many complaints there are', async () => {
    await Promise.all(Array.from({ length: 2_000 }, () => accept(submissionOf())))
    await open.db.sql`analyze`
    const batch = await open.db.sql<{ member: unknown }[]>`
      select jsonb_build_object('submissionId', gen_random_uuid(), 'complaintId', gen_random_uuid(), 'receiptId', gen_random_uuid(),
        'eventId', gen_random_uuid(), 'ledgerId', gen_random_uuid(), 'channel', 'web', 'externalId', gen_random_uuid(),
        'receivedAt', now(), 'references', jsonb_build_array('2699999999'), 'accessCodeHash', 'x', 'kind', 'complaint',
        'language', 'fr', 'text', 'x', 'anonymous', false, 'rawType', 'text/plain', 'rawSha256', 'x', 'rawBytes', 1, 'rawBody', '',
        'deadlines', jsonb_build_array(
          jsonb_build_object('kind', 'review', 'dueOn', '2026-12-06', 'dueAt', now(), 'policyVersion', 1),
          jsonb_build_object('kind', 'answer', 'dueOn', '2027-02-04', 'dueAt', now(), 'policyVersion', 1)),
        'media', '[]'::jsonb, 'contentSha256', 'x', 'receiptState', 'sent', 'receiptVia', 'inline', 'outbox', '[]'::jsonb) as member`
    const read = await open.db.sql.begin(async (tx) => {
      await tx`select * from accept_submissions(${JSON.stringify(batch.map(({ member }) => member))}::text::jsonb)`
      return tx<{ relname: string }[]>`select relname from pg_stat_xact_user_tables where seq_tup_read > 100`
    })
    expect(read.map(({ relname }) => relname)).toEqual([])
  })

  it.each([
    ['Arabic', 'الحفرة في الزنقة 12 ما زالت ⚠️'],
    ['emoji and Tifinagh', '🚰 ⴰⵎⴰⵏ'],
    ['replacement of what cannot be stored', 'a\uFFFDb\uFFFDc'],
  ])('keeps text of any script: %s', async (_, text) => {
    const { complaintId } = await accept(submissionOf({ text }))
    const [row] = await open.db.sql`select text from complaints where id = ${complaintId}`
    expect(row?.['text']).toBe(text)
  })

  it('keeps the raw form bit for bit', async () => {
    const body = Buffer.from([0, 255, 10, 13, 0xd8, 0x00])
    const { complaintId } = await accept(submissionOf({ raw: { type: 'application/octet-stream', body } }))
    const [row] = await open.db.sql`select raw_body from submissions where complaint_id = ${complaintId}`
    expect(row?.['raw_body']).toEqual(body)
  })
})
