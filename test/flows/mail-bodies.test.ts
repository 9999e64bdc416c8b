import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { submissionOf } from '../support/acceptance.ts'
import { type MailGateway, openMailGateway } from '../support/mail.ts'

let gateway: MailGateway
let referralId: string
let complaintId: string
const outboxId = newUuidV7()

beforeAll(async () => {
  gateway = await openMailGateway()
  const { sql } = gateway.db
  ;({ complaintId } = await gateway.accept(submissionOf({ contact: { email: 'amina@example.ma' } })))
  const administrationId = newUuidV7()
  referralId = newUuidV7()
  await sql`insert into administrations (id, code, names, created_at, updated_at)
    values (${administrationId}, 'SANTE', ${'{"fr":"Santé"}'}::text::jsonb, now(), now())`
  await sql`insert into referrals (id, complaint_id, round, administration_id, created_at, updated_at)
    values (${referralId}, ${complaintId}, 1, ${administrationId}, now(), now())`
  await sql`insert into outbox_messages (id, topic, key, payload, dedupe_key, created_at, due_at)
    values (${outboxId}, 'referral.forward', 'k', ${JSON.stringify({ referralId })}::text::jsonb, 'd', now(), now())`
})
afterAll(() => gateway.close())

let serial = 0
const answer = (headers: Record<string, string>, body = 'Le dossier est pris en charge.'): string => {
  serial += 1
  const all = {
    'Return-Path': '<bureau@sante.example>',
    From: 'Bureau d ordre <bureau@sante.example>',
    To: 'plaintes@wasl.example',
    Subject: 'Re: dossier',
    'Message-ID': `<b${serial}@sante.example>`,
    ...headers,
  }
  return `${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n\n${body}\n`
}
const report = (action: string, returned = `Message-ID: <${outboxId}@wasl.example>`): string =>
  answer(
    {
      'Return-Path': '<>',
      From: 'MAILER-DAEMON@sante.example',
      'Content-Type': 'multipart/report; report-type=delivery-status; boundary=q',
    },
    `--q\n\nx\n--q\nContent-Type: message/delivery-status\n\nAction: ${action}\nStatus: 5.1.1\n\n--q\nContent-Type: message/rfc822\n\n${returned}\nSubject: d\n\nx\n--q--`,
  )

const history = async () =>
  (
    await gateway.db.sql`
      select event, audience, facts ->> 'referral' as referral from complaint_events
      where complaint_id = ${complaintId} and actor = 'gateway' order by at, id`
  ).at(-1)

describe('what a body sends back to a dossier', () => {
  it.each<[string, () => string, { outcome: string; event: string }]>([
    [
      'an answer to its message',
      () => answer({ 'In-Reply-To': `<${outboxId}@wasl.example>` }),
      { outcome: 'appended', event: 'body_mail' },
    ],
    [
      'an answer in its thread',
      () => answer({ References: `<x@y> <referral.${referralId}@wasl.example>` }),
      { outcome: 'appended', event: 'body_mail' },
    ],
    [
      'an automatic reply',
      () => answer({ 'In-Reply-To': `<${outboxId}@wasl.example>`, 'Auto-Submitted': 'auto-replied' }),
      { outcome: 'ignored', event: 'body_auto_reply' },
    ],
    ['a delivery report', () => report('failed'), { outcome: 'ignored', event: 'dossier_bounced' }],
    [
      'a delivery report about a dossier of a trial, known by its thread',
      () =>
        report(
          'failed',
          `Message-ID: <${newUuidV7()}@wasl.example>\nReferences: <referral.${referralId}@wasl.example>`,
        ),
      { outcome: 'ignored', event: 'dossier_bounced' },
    ],
  ])(
    '%s joins the history of the referral, before staff, and files nothing',
    async (_name, mail, expected) => {
      const met = await gateway.take(mail())
      expect(met).toMatchObject({ outcome: expected.outcome, complaint_id: complaintId })
      expect(await history()).toMatchObject({
        event: expected.event,
        audience: 'staff',
        referral: referralId,
      })
      const [row] = await gateway.db.sql`select count(*)::int as n from complaints`
      expect(row?.['n']).toBe(1)
    },
  )

  it('is not the complainant’s word: the complaint’s own texts stay as they were', async () => {
    const rows = await gateway.db.sql`select channel from submissions where complaint_id = ${complaintId}`
    expect(rows.map(({ channel }) => channel)).toEqual(['web'])
    const [linked] = await gateway.db
      .sql`select count(*)::int as n from mail_messages where referral_id = ${referralId}`
    expect(linked?.['n']).toBe(5)
  })

  it('that only looks like one of our threads is a complaint', async () => {
    const met = await gateway.take(answer({ 'In-Reply-To': `<${newUuidV7()}@wasl.example>` }))
    expect(met).toMatchObject({ outcome: 'created' })
  })
})
