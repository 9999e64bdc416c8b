import { createHash } from 'node:crypto'
import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { receiptContent } from '../../src/core/receipt.ts'
import type { Submission } from '../../src/core/submission.ts'
import type { Accept } from '../../src/intake/accept-submission.ts'
import { accessCodeOf } from '../../src/intake/access-code.ts'
import { createMailer, loopMark } from '../../src/platform/mailer.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { composeReceipt, receiptsOf } from '../../src/receipts/compose-receipt.ts'
import { publishedKeys, publishReceiptKey } from '../../src/receipts/publish-keys.ts'
import { receiptFailed, settleDeadReceipts } from '../../src/receipts/receipt-failed.ts'
import { type SendReceiptDeps, sendReceipt } from '../../src/receipts/send-receipt.ts'
import { verifySignature } from '../../src/receipts/verify-signature.ts'
import { acceptanceOver, openTestDatabase, submissionOf, testSecrets } from '../support/acceptance.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'

const FILED = new Date('2026-11-21T10:00:00Z')
const NAME = 'Amina <script>'
const SECRET_TEXT = 'Le texte que nul courriel ne répète.'
const photo = {
  id: newUuidV7(),
  name: 'ma\r\nphoto.jpg',
  declaredType: 'image/jpeg',
  bytes: 2048,
  sha256: 'd'.repeat(64),
  objectKey: 'o/1',
}

let open: Awaited<ReturnType<typeof openTestDatabase>>
let sink: Awaited<ReturnType<typeof startSmtpSink>>
let accept: Accept
let now: Date
let deps: SendReceiptDeps

beforeAll(async () => {
  open = await openTestDatabase()
  sink = await startSmtpSink()
  ;({ accept } = await acceptanceOver(open.db))
  const clock = { now: () => now }
  deps = {
    sql: open.db.sql,
    orm: open.db.orm,
    clock,
    newId: newUuidV7,
    secrets: testSecrets,
    publicUrl: 'https://wasl.example',
    officeZone: 'Africa/Casablanca',
    mailer: createMailer({
      url: sink.url,
      mailbox: { deliver: async () => {}, list: async () => [], read: async () => undefined },
      from: 'Plaintes <plaintes@wasl.example>',
      clock,
      secrets: testSecrets,
    }),
    intakeAddress: 'plaintes@wasl.example',
    createUploadLink: async () => 'https://wasl.example/u/link',
    accessCodeOf: (complaintId) => accessCodeOf(testSecrets, complaintId),
    writeLetter: ({ claims }, code) => ({ subject: claims.reference, text: code, html: '' }),
  }
})
afterAll(async () => {
  deps.mailer.close()
  await sink.close()
  await open.close()
})
beforeEach(() => {
  now = FILED
  sink.mails.length = 0
})

const context = () => ({ messageId: newUuidV7(), attempt: 1, signal: AbortSignal.timeout(5_000) })
const send = (receiptId: string) => sendReceipt(deps)({ receiptId }, context())
const fileBy = (email: string, facts: Partial<Submission> = {}) =>
  accept(submissionOf({ text: SECRET_TEXT, contact: { email, name: NAME }, ...facts }))
const stateOf = async (receiptId: string) => {
  const [row] = await open.db.sql`select state, via, failure from receipts where id = ${receiptId}`
  return row
}
const eventsOf = async (complaintId: string) => {
  const rows = await open.db
    .sql`select event, audience from complaint_events where complaint_id = ${complaintId} order by at, id`
  return rows.map((row) => `${row['event']}:${row['audience']}`)
}

describe('composing', () => {
  it('gives every fact, signed over what was received', async () => {
    const content = { text: 'نص عربي 🌍', media: [photo] }
    const accepted = await accept(submissionOf({ ...content, language: 'ar' }))
    const facts = await composeReceipt(deps, accepted.receiptId)
    expect(facts).toMatchObject({
      complaintId: accepted.complaintId,
      receivedAt: FILED,
      reviewBy: '2026-12-06',
      answerBy: '2027-02-04',
      rules: { reviewDays: 15, answerDays: 60 },
      characters: 9,
      files: [{ name: photo.name, bytes: 2048, sha256: photo.sha256 }],
      claims: {
        reference: accepted.reference,
        administration: null,
        channel: 'web',
        language: 'ar',
        contentSha256: createHash('sha256').update(receiptContent(content)).digest('hex'),
      },
    })
    const { kid } = await publishReceiptKey(deps)
    await publishReceiptKey(deps)
    const keys = await publishedKeys(open.db.orm)
    expect(keys.map((key) => key.kid)).toEqual([kid])
    expect(verifySignature(facts?.signature ?? '', keys)).toEqual({ ok: true, kid, claims: facts?.claims })
    expect(await receiptsOf(deps, accepted.reference)).toEqual([facts])
  })

  it('keeps its signature when the complaint moves to another administration', async () => {
    const id = newUuidV7()
    await open.db.sql`insert into administrations (id, code, names, created_at, updated_at)
      values (${id}, 'SANTE', ${'{"fr":"Santé"}'}::text::jsonb, now(), now())`
    const accepted = await accept(submissionOf())
    const before = await composeReceipt(deps, accepted.receiptId)
    await open.db
      .sql`update complaints set administration_id = ${id}, status = 'admissible' where id = ${accepted.complaintId}`
    expect(await composeReceipt(deps, accepted.receiptId)).toEqual(before)
  })

  it('knows nothing of a receipt that is not there', async () => {
    expect(await composeReceipt(deps, newUuidV7())).toBeUndefined()
    expect(await receiptsOf(deps, '2600000000')).toEqual([])
  })
})

describe('sending', () => {
  it('goes to the address given, once, and says so on the record', async () => {
    const accepted = await fileBy('amina@example.ma')
    expect(await stateOf(accepted.receiptId)).toMatchObject({ state: 'due' })
    expect(await send(accepted.receiptId)).toMatchObject({ ok: true })
    expect(await stateOf(accepted.receiptId)).toMatchObject({ state: 'sent', via: 'email', failure: null })
    expect(await send(accepted.receiptId)).toMatchObject({ ok: true })
    expect(sink.mails).toHaveLength(1)
    expect(sink.mails[0]).toMatchObject({ from: '', to: ['amina@example.ma'] })
    expect(await eventsOf(accepted.complaintId)).toEqual(['received:citizen', 'receipt_sent:citizen'])
    const { messageId, headers, text } = await simpleParser(sink.mails[0]?.raw ?? '')
    expect(messageId).toBe(`<receipt.${accepted.receiptId}@wasl.example>`)
    expect(headers.get('x-wasl-loop')).toBe(loopMark(testSecrets, messageId ?? ''))
    expect(text?.trim()).toBe(accepted.accessCode)
  })

  it('is the same mail when a crash makes us repeat it', async () => {
    const accepted = await fileBy('crash@example.ma')
    await send(accepted.receiptId)
    await open.db.sql`update receipts set state = 'due' where id = ${accepted.receiptId}`
    await send(accepted.receiptId)
    const ids = await Promise.all(sink.mails.map(async ({ raw }) => (await simpleParser(raw)).messageId))
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
  })

  it('never overwrites a later word of the provider', async () => {
    const accepted = await fileBy('later@example.ma')
    await open.db.sql`update receipts set state = 'delivered' where id = ${accepted.receiptId}`
    await send(accepted.receiptId)
    await receiptFailed(deps, accepted, { code: 'smtp_550', message: '', retryable: false })
    expect(await stateOf(accepted.receiptId)).toMatchObject({ state: 'delivered' })
    expect(sink.mails).toEqual([])
  })

  it('owes nothing to a person who was erased', async () => {
    expect(await send(newUuidV7())).toMatchObject({ ok: true })
    expect(sink.mails).toEqual([])
  })
})

describe('an address anyone can type', () => {
  it('gets five mails an hour and ten a day; the others wait their turn', async () => {
    const filings = await Promise.all(Array.from({ length: 12 }, () => fileBy('Victim@example.ma')))
    const tried = await Promise.all(filings.map(({ receiptId }) => send(receiptId)))
    const refused = tried.flatMap((result) => (result.ok ? [] : [result.error]))
    expect(sink.mails).toHaveLength(5)
    expect(refused).toHaveLength(7)
    for (const error of refused) {
      expect(error).toMatchObject({ code: 'address_busy', retryable: true })
      expect(error.retryAfter).toBeGreaterThan(3500)
    }
    now = new Date(FILED.getTime() + 59 * 60_000)
    expect(await send(filings.find((_, i) => !tried[i]?.ok)!.receiptId)).toMatchObject({ ok: false })
    now = new Date(FILED.getTime() + (refused[0]?.retryAfter ?? 0) * 1000)
    for (const { receiptId } of filings) await send(receiptId)
    expect(sink.mails).toHaveLength(10)
    now = new Date(FILED.getTime() + 5 * 3600_000)
    for (const { receiptId } of filings) await send(receiptId)
    expect(sink.mails).toHaveLength(10)
    now = new Date(FILED.getTime() + 26 * 3600_000)
    for (const { receiptId } of filings) await send(receiptId)
    expect(sink.mails).toHaveLength(12)
  })

  it('does not hold up anyone else', async () => {
    const filings = await Promise.all(['x@example.ma', 'y@example.ma'].map((email) => fileBy(email)))
    for (const { receiptId } of filings) expect(await send(receiptId)).toMatchObject({ ok: true })
  })

  it('is not to be read from the counters', async () => {
    const rows = await open.db.sql`select bucket from rate_windows`
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain('example')
  })
})

describe('a receipt that cannot go', () => {
  it('is failed on the record, by the hook or by the sweep, with the reason and without the address', async () => {
    const accepted = await fileBy('refuse550@example.ma')
    const result = await send(accepted.receiptId)
    expect(result).toMatchObject({ ok: false, error: { code: 'smtp_550', retryable: false } })
    expect(await stateOf(accepted.receiptId)).toMatchObject({ state: 'due' })
    await open.db
      .sql`update outbox_messages set dead_at = now(), last_error = ${JSON.stringify(result.ok ? {} : result.error)}::text::jsonb
      where dedupe_key = ${`receipt:${accepted.receiptId}`}`
    expect(await settleDeadReceipts(deps)).toBe(1)
    expect(await settleDeadReceipts(deps)).toBe(0)
    expect(await stateOf(accepted.receiptId)).toMatchObject({ state: 'failed', failure: 'smtp_550' })
    expect(await eventsOf(accepted.complaintId)).toEqual(['received:citizen', 'receipt_failed:staff'])
  })

  it('can be sent after all when a person redrives it', async () => {
    const accepted = await fileBy('mended@example.ma')
    await receiptFailed(deps, accepted, { code: 'smtp_550', message: '', retryable: false })
    expect(await stateOf(accepted.receiptId)).toMatchObject({ state: 'failed' })
    expect(await send(accepted.receiptId)).toMatchObject({ ok: true })
    expect(await stateOf(accepted.receiptId)).toMatchObject({ state: 'sent', failure: null })
  })

  it('goes another way where there is one', async () => {
    const accepted = await fileBy('gone@example.ma')
    await receiptFailed({ ...deps, fallBack: async () => 'sms' }, accepted, {
      code: 'smtp_550',
      message: '',
      retryable: false,
    })
    expect(await stateOf(accepted.receiptId)).toMatchObject({
      state: 'fallen_back',
      via: 'sms',
      failure: 'smtp_550',
    })
  })
})
