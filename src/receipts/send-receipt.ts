import { sql } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import { type DeliveryResult, delivered, failed } from '../core/delivery.ts'
import type { Mailer } from '../core/mail.ts'
import type { ReceiptFacts, ReceiptLetter } from '../core/receipt.ts'
import type { TopicHandler } from '../core/topics.ts'
import type { Orm } from '../db/client.ts'
import { complaintEvents } from '../db/schema/index.ts'
import { composeReceipt, type ReceiptDeps } from './compose-receipt.ts'
import { takeMailPlace } from './limit-mail.ts'

export interface SendReceiptDeps extends ReceiptDeps {
  readonly orm: Orm
  readonly clock: Clock
  readonly newId: NewId
  readonly mailer: Mailer
  readonly accessCodeOf: (complaintId: string) => string
  /** Puts the facts into words: the acknowledgment of one filing. */
  readonly writeLetter: (facts: ReceiptFacts, accessCode: string) => ReceiptLetter
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
      where id = ${facts.receiptId} and state in ('due', 'failed') returning id`)
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

/** Message-ID of a receipt: the same whenever it is sent again, so that a reader's program shows it once. */
const messageIdOf = ({ receiptId, claims }: ReceiptFacts): string =>
  `<receipt.${receiptId}@${new URL(claims.issuer).hostname}>`

/**
 * Sends the acknowledgment of a filing to the address that was given, and nowhere else. Safe to repeat: what was sent is not
 * sent again, and a repeat after a crash is the same mail.
 */
export const sendReceipt =
  (deps: SendReceiptDeps): TopicHandler<'receipt.send'> =>
  async ({ receiptId }, { signal }) => {
    const owed = await readAddress(deps, receiptId)
    // Erased at the person's request, or sent before a crash could be noted by the relay: nothing is owed.
    if (owed === undefined || (owed.state !== 'due' && owed.state !== 'failed')) return delivered()
    if (owed.email === null) return noAddress
    const facts = await composeReceipt(deps, receiptId)
    if (facts === undefined) return delivered()
    const bucket = `mail:${deps.secrets.mac('mail-place', owed.email.toLowerCase())}`
    const place = await takeMailPlace(deps.sql, bucket, deps.clock.now())
    if (!place.ok) return postponed(place.retryAfter)
    const letter = deps.writeLetter(facts, deps.accessCodeOf(facts.complaintId))
    const mail = {
      ...letter,
      to: owed.email,
      language: facts.claims.language,
      messageId: messageIdOf(facts),
      automatic: 'auto-replied' as const,
    }
    const result = await deps.mailer.send(mail, signal)
    if (result.ok) await noteSent(deps, facts, result.providerId)
    return result
  }
