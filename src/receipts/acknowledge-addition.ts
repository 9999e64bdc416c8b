import { and, eq } from 'drizzle-orm'
import type { Clock } from '../core/clock.ts'
import { type DeliveryError, type DeliveryResult, delivered } from '../core/delivery.ts'
import type { AdditionFacts, Letter, LetterCase } from '../core/letter.ts'
import type { Mailer } from '../core/mail.ts'
import { replyAddress } from '../core/reply-address.ts'
import type { Secrets } from '../core/secrets.ts'
import type { TopicHandler, Topics } from '../core/topics.ts'
import type { Database } from '../db/client.ts'
import { mailMessages } from '../db/schema/index.ts'
import { type MailOfFiling, mailOfAddition } from './answered-mail.ts'
import { mailPlaceOf, senderPlaceOf, takeMailPlace, wordsPlaceOf } from './limit-mail.ts'

export interface AcknowledgeDeps {
  readonly db: Database
  readonly clock: Clock
  readonly secrets: Secrets
  readonly publicUrl: string
  readonly mailer: Mailer
  readonly intakeAddress: string
  readonly readCase: (complaintId: string) => Promise<LetterCase | undefined>
  readonly createUploadLink: (complaintId: string) => Promise<string>
  readonly writeAddition: (facts: AdditionFacts) => Letter
}

interface Owed {
  readonly complaintId: string
  readonly email: string
}

const readOwed = async ({ db }: Pick<AcknowledgeDeps, 'db'>, eventId: string): Promise<Owed | undefined> => {
  const [row] = await db.sql<Owed[]>`
    select m.complaint_id as "complaintId", p.email from mail_messages m
    join complainants p on p.complaint_id = m.complaint_id
    where m.event_id = ${eventId} and m.acknowledgment = 'due' and p.email is not null`
  return row
}

const note = async (
  { db }: Pick<AcknowledgeDeps, 'db'>,
  eventId: string,
  acknowledgment: 'sent' | 'failed' | 'withheld',
  acknowledgmentFailure: string | null,
): Promise<void> => {
  await db.orm
    .update(mailMessages)
    .set({ acknowledgment, acknowledgmentFailure })
    .where(and(eq(mailMessages.eventId, eventId), eq(mailMessages.acknowledgment, 'due')))
}

/** Counted with the acknowledgments of filings: a sender gets three a day, and one for the same words. */
const hasPlace = async (
  { db, clock, secrets }: AcknowledgeDeps,
  eventId: string,
  email: string,
  { words }: MailOfFiling,
): Promise<boolean> => {
  const buckets = [
    wordsPlaceOf(secrets, email, words),
    senderPlaceOf(secrets, email),
    mailPlaceOf(secrets, email),
  ]
  return (await takeMailPlace(db.sql, `added:${eventId}`, buckets, clock.now())).ok
}

const mailOf = async (
  deps: AcknowledgeDeps,
  eventId: string,
  { complaintId, email }: Owed,
  answered: MailOfFiling,
  about: LetterCase,
) => {
  const { kept, refused, languages, subject, thread } = answered
  const uploadLink = refused.length === 0 ? undefined : await deps.createUploadLink(complaintId)
  const facts = { about, languages, subject, kept, refused, ...(uploadLink ? { uploadLink } : {}) }
  return {
    ...deps.writeAddition(facts),
    to: email,
    language: languages[0] ?? ('ar' as const),
    messageId: `<added.${eventId}@${new URL(deps.publicUrl).hostname}>`,
    automatic: 'auto-replied' as const,
    thread,
    replyTo: replyAddress(deps.secrets, deps.intakeAddress, about.reference),
  }
}

/**
 * Topic `mail.acknowledge`: tells the sender of a mail that it joined their complaint and what of it arrived. Beyond what a
 * sender may get in a day it is withheld, not postponed: a word on yesterday's mail helps nobody.
 */
export const createAcknowledgeAddition =
  (deps: AcknowledgeDeps): TopicHandler<'mail.acknowledge'> =>
  async ({ eventId }, { signal }): Promise<DeliveryResult> => {
    const owed = await readOwed(deps, eventId)
    const answered = owed && (await mailOfAddition(deps.db.sql, eventId))
    const about = owed && (await deps.readCase(owed.complaintId))
    if (owed === undefined || answered === undefined || about === undefined) return delivered()
    if (!(await hasPlace(deps, eventId, owed.email, answered))) {
      await note(deps, eventId, 'withheld', 'limit')
      return delivered()
    }
    const result = await deps.mailer.send(await mailOf(deps, eventId, owed, answered, about), signal)
    if (result.ok) await note(deps, eventId, 'sent', null)
    return result
  }

/** No try is left: the record says that the sender was not told. */
export const acknowledgmentFailed = (
  deps: Pick<AcknowledgeDeps, 'db'>,
  { eventId }: Topics['mail.acknowledge'],
  error: Pick<DeliveryError, 'code'>,
): Promise<void> => note(deps, eventId, 'failed', error.code)
