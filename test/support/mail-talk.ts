import type { ParsedMail } from 'mailparser'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import {
  acceptReferral,
  answerReferral,
  askComplainant,
  refuseReferral,
} from '../../src/referrals/record-answer.ts'
import { decideTriage } from '../../src/referrals/route-complaint.ts'
import { onTheWire } from './mail.ts'
import type { MailHouse } from './mail-house.ts'

/** A body that complaints of a mail house are referred to. */
export const openBody = async ({ db }: MailHouse) => {
  await db.sql`insert into administrations (id, code, names, created_at, updated_at)
    values (${newUuidV7()}, 'SANTE', ${'{"ar":"وزارة الصحة","fr":"Ministère de la Santé","en":"Ministry of Health"}'}::text::jsonb, now(), now())`
  await db.sql`insert into connectors (id, administration_id, type, settings, created_at, updated_at)
    select ${newUuidV7()}, id, 'webhook', '{"url":"https://sante.example/hook"}', now(), now() from administrations`
}

/** What people and a body write to each other, in a house that is opened later. */
export const talkBy = (open: () => MailHouse) => {
  let serial = 0
  const mailOf = (headers: Record<string, string>, body = 'Le guichet est ferme depuis lundi.'): Buffer => {
    serial += 1
    const all = {
      To: 'plaintes@wasl.example',
      Subject: `Guichet ${serial}`,
      'Message-ID': `<c${serial}@example.ma>`,
      ...headers,
    }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
    return onTheWire(`${lines.join('\n')}\n\n${body}\n`)
  }
  const reply = (to: ParsedMail, from: string, body: string, headers: Record<string, string> = {}) =>
    mailOf(
      {
        From: from,
        To: to.replyTo?.text ?? '',
        Subject: `Re: ${to.subject?.replace(/[^ -~]/g, '?')}`,
        'In-Reply-To': to.messageId ?? '',
        ...headers,
      },
      body,
    )

  const file = async (from: string, headers: Record<string, string> = {}, body?: string) => {
    const filed = await open().take(mailOf({ From: from, ...headers }, body))
    const [receipt] = await open().drain()
    return { filed, receipt: receipt!.letter }
  }

  const bodyOf = async (complaintId: string) => {
    await decideTriage(open().base, { complaintId, administration: 'SANTE', actor: 'staff:test' })
    const [row] = await open().db.sql`
      select id, administration_id from referrals where complaint_id = ${complaintId} order by created_at desc limit 1`
    const acting = { administrationId: String(row?.['administration_id']), actor: 'body:SANTE' }
    const referral = String(row?.['id'])
    return {
      accept: () => acceptReferral(open().base, acting, referral, {}),
      refuse: (ground: string, reason: string) =>
        refuseReferral(open().base, acting, referral, { ground, reason }),
      ask: (question: string) => askComplainant(open().base, acting, referral, { question }),
      answer: (text: string) => answerReferral(open().base, acting, referral, { text }),
    }
  }
  const statusOf = async (complaintId: string) =>
    (await open().db.sql`select status from complaints where id = ${complaintId}`)[0]?.['status']
  return { mailOf, reply, file, bodyOf, statusOf }
}
