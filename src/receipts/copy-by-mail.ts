import { eq } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import { delivered, failed } from '../core/delivery.ts'
import type { Locale } from '../core/locale.ts'
import type { Mailer } from '../core/mail.ts'
import type { ReceiptFacts, ReceiptLetter } from '../core/receipt.ts'
import type { TopicHandler } from '../core/topics.ts'
import type { Orm } from '../db/client.ts'
import { receiptCopies, receipts } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'
import { composeReceipt, type ReceiptDeps } from './compose-receipt.ts'
import { mailPlaceOf, takeMailPlace } from './limit-mail.ts'

/** Has a receipt mailed to an address that its holder names, beside where it went by itself. */
export const askReceiptCopy = (
  { orm, clock, newId }: { readonly orm: Orm; readonly clock: Clock; readonly newId: NewId },
  wish: { readonly receiptId: string; readonly email: string; readonly language: Locale },
): Promise<void> =>
  orm.transaction(async (tx) => {
    const act = { now: clock.now(), newId }
    const id = newId()
    const [receipt] = await tx
      .select({ complaintId: receipts.complaintId })
      .from(receipts)
      .where(eq(receipts.id, wish.receiptId))
    if (receipt === undefined) return
    await tx.insert(receiptCopies).values({ id, ...wish, createdAt: act.now })
    const { complaintId } = receipt
    const message = { key: 'receipt:email', payload: { copyId: id }, dedupeKey: `receipt.copy:${id}` }
    await appendMessages(tx, act, [{ topic: 'receipt.copy', ...message, complaintId }])
  })

export interface SendCopyDeps extends ReceiptDeps {
  readonly orm: Orm
  readonly clock: Clock
  readonly mailer: Mailer
  readonly accessCodeOf: (complaintId: string) => string
  readonly writeLetter: (facts: ReceiptFacts, accessCode: string) => ReceiptLetter
}

/** The wish is done with, or given up: the address goes. */
export const forgetCopy = async ({ orm }: Pick<SendCopyDeps, 'orm'>, copyId: string): Promise<void> => {
  await orm.delete(receiptCopies).where(eq(receiptCopies.id, copyId))
}

/**
 * Topic `receipt.copy`: mails a receipt once more. Anyone may type anyone's address, so it counts among the few mails that one
 * address gets (P25). Safe to repeat: a repeat after a crash has the same Message-ID.
 */
export const sendReceiptCopy =
  (deps: SendCopyDeps): TopicHandler<'receipt.copy'> =>
  async ({ copyId }, { signal }) => {
    const [copy] = await deps.orm.select().from(receiptCopies).where(eq(receiptCopies.id, copyId))
    const facts = copy && (await composeReceipt(deps, copy.receiptId))
    if (copy === undefined || facts === undefined) return delivered()
    const place = await takeMailPlace(
      deps.sql,
      copyId,
      [mailPlaceOf(deps.secrets, copy.email)],
      deps.clock.now(),
    )
    if (!place.ok) {
      const { retryAfter } = place
      return failed({
        code: 'address_busy',
        message: 'This address waits its turn.',
        retryable: true,
        retryAfter,
      })
    }
    const spoken = { ...facts, claims: { ...facts.claims, language: copy.language } }
    const letter = deps.writeLetter(spoken, deps.accessCodeOf(facts.complaintId))
    const messageId = `<receipt-copy.${copyId}@${new URL(facts.claims.issuer).hostname}>`
    const automatic = 'auto-generated' as const
    const result = await deps.mailer.send(
      { ...letter, to: copy.email, language: copy.language, messageId, automatic },
      signal,
    )
    if (result.ok) await forgetCopy(deps, copyId)
    return result
  }
