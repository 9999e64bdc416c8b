import { sql } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import { type DeliveryResult, delivered, failed } from '../core/delivery.ts'
import type { Mailer } from '../core/mail.ts'
import type { AnsweredMail, ReceiptFacts, ReceiptLetter } from '../core/receipt.ts'
import { replyAddress } from '../core/reply-address.ts'
import type { TopicHandler } from '../core/topics.ts'
import type { Orm } from '../db/client.ts'
import { complaintEvents } from '../db/schema/index.ts'
import { type MailOfFiling, mailOfFiling } from './answered-mail.ts'
import { composeReceipt, type ReceiptDeps } from './compose-receipt.ts'
import { mailPlaceOf, senderPlaceOf, takeMailPlace, wordsPlaceOf } from './limit-mail.ts'
import { receiptMessageId } from './mail-thread.ts'

export interface SendReceiptDeps extends ReceiptDeps {
  readonly orm: Orm
  readonly clock: Clock
  readonly newId: NewId
  readonly mailer: Mailer
  /** The intake's own address: replies to an acknowledgment come back to it, tagged. */
  readonly intakeAddress: string
  readonly accessCodeOf: (complaintId: string) => string
  /** Makes a link by which files are added to a complaint. */
  readonly createUploadLink: (complaintId: string) => Promise<string>
  /** Puts the facts into words: the acknowledgment of one filing. */
  readonly writeLetter: (facts: ReceiptFacts, accessCode: string, answered?: AnsweredMail) => ReceiptLetter
}

const noAddress = failed({
  code: 'no_address',
  message: 'The complainant left no e-mail address.',
  retryable: false,
})

const postponed = (retryAfter: number): DeliveryResult =>
  failed({
    code: 'address_busy',
    message: 'This address has had as many mails as one may get in a while; this one waits.',
    retryable: true,
    retryAfter,
  })

const readAddress = async ({ sql: read }: ReceiptDeps, receiptId: string) => {
  const [row] = await read<{ state: string; email: string | null }[]>`
    select r.state, p.email from receipts r left join complainants p on p.complaint_id = r.complaint_id
    where r.id = ${receiptId}`
  return row
}

/** The receipt has left us. A later word of the provider (delivered, bounced) is never overwritten by this one. */
const noteSent = async (deps: SendReceiptDeps, facts: ReceiptFacts, providerId: string | undefined) => {
  const now = deps.clock.now()
  await deps.orm.transaction(async (tx) => {
    const noted = await tx.execute(sql`
      update receipts set state = 'sent', via = 'email', provider_id = ${providerId ?? null}, failure = null,
                          updated_at = ${now.toISOString()}
      where id = ${facts.receiptId} and state in ('due', 'failed', 'fallen_back') returning id`)
    if (noted.length === 0) return
    await tx.insert(complaintEvents).values({
      id: deps.newId(),
      complaintId: facts.complaintId,
      round: facts.claims.round,
      at: now,
      event: 'receipt_sent',
      audience: 'citizen',
      facts: { via: 'email' },
    })
  })
}

/** Nobody may be answered: the receipt stays on the record, for the person who looks, with the reason. */
const withhold = async (
  deps: SendReceiptDeps,
  receiptId: string,
  reason: string,
): Promise<DeliveryResult> => {
  const at = deps.clock.now()
  await deps.sql`
    with withheld as (
      update receipts set state = 'withheld', failure = ${reason}, updated_at = ${at}
      where id = ${receiptId} and state in ('due', 'failed') returning complaint_id, round
    )
    insert into complaint_events (id, complaint_id, round, at, event, audience, facts)
    select ${deps.newId()}::uuid, complaint_id, round, ${at}::timestamptz, 'receipt_withheld', 'staff',
           jsonb_build_object('reason', ${reason}::text)
    from withheld`
  return delivered()
}

/** States of a receipt that is still to be sent by mail: also one that could not reach a telephone. */
const OWED: readonly string[] = ['due', 'failed', 'fallen_back']

/** What makes the letter an answer in the thread of the mail it acknowledges. */
const inThread = (deps: SendReceiptDeps, facts: ReceiptFacts, answered: MailOfFiling) => ({
  thread: answered.thread,
  replyTo: replyAddress(deps.secrets, deps.intakeAddress, facts.claims.reference),
})

type Place = 'taken' | { readonly answer: Promise<DeliveryResult> | DeliveryResult }

/**
 * The sender's address counts as one that a form gave, and a sender of mail by itself too; the same words once a day, whatever
 * headers a robot puts around them.
 */
const takePlace = async (
  deps: SendReceiptDeps,
  owed: { readonly receiptId: string; readonly email: string; readonly answered: MailOfFiling | undefined },
): Promise<Place> => {
  const { receiptId, answered } = owed
  const email = owed.email.toLowerCase()
  const now = deps.clock.now()
  if (answered !== undefined) {
    const words = wordsPlaceOf(deps.secrets, email, answered.words)
    const first = await takeMailPlace(deps.sql, `${receiptId}:words`, [words], now)
    if (!first.ok) return { answer: withhold(deps, receiptId, 'same_words') }
  }
  const buckets = [
    mailPlaceOf(deps.secrets, email),
    ...(answered === undefined ? [] : [senderPlaceOf(deps.secrets, email)]),
  ]
  const place = await takeMailPlace(deps.sql, receiptId, buckets, now)
  return place.ok ? 'taken' : { answer: postponed(place.retryAfter) }
}

/** What could not be taken can be sent all the same, by a link of its own. A letter made again has another one. */
const withUploadLink = async (
  { createUploadLink }: SendReceiptDeps,
  complaintId: string,
  answered: MailOfFiling,
): Promise<MailOfFiling> =>
  answered.refused.length === 0 ? answered : { ...answered, uploadLink: await createUploadLink(complaintId) }

/**
 * Sends the acknowledgment of a filing to the address that was given, and nowhere else. Safe to repeat: what was sent is not
 * sent again, and a repeat after a crash is the same mail.
 */
export const sendReceipt =
  (deps: SendReceiptDeps): TopicHandler<'receipt.send'> =>
  async ({ receiptId }, { signal }) => {
    const owed = await readAddress(deps, receiptId)
    // Erased at the person's request, or sent before a crash could be noted by the relay: nothing is owed.
    if (owed === undefined || !OWED.includes(owed.state)) return delivered()
    const answered = await mailOfFiling(deps.sql, receiptId)
    if (answered?.answerable === false) return withhold(deps, receiptId, answered.reason)
    if (owed.email === null) return noAddress
    const facts = await composeReceipt(deps, receiptId)
    if (facts === undefined) return delivered()
    const place = await takePlace(deps, { receiptId, email: owed.email, answered })
    if (place !== 'taken') return place.answer
    const letter = deps.writeLetter(
      facts,
      deps.accessCodeOf(facts.complaintId),
      answered && (await withUploadLink(deps, facts.complaintId, answered)),
    )
    const mail = {
      ...letter,
      to: owed.email,
      language: answered?.languages[0] ?? facts.claims.language,
      messageId: receiptMessageId(receiptId, facts.claims.issuer),
      automatic: 'auto-replied' as const,
      ...(answered === undefined ? {} : inThread(deps, facts, answered)),
    }
    const result = await deps.mailer.send(mail, signal)
    if (result.ok) await noteSent(deps, facts, result.providerId)
    return result
  }
