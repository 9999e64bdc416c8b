import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { DeliveryError } from '../core/delivery.ts'
import type { TextDriver } from '../core/text-message.ts'
import type { Tx } from '../db/client.ts'
import { complaintEvents, notices, outgoingMessages, receipts } from '../db/schema/index.ts'
import { fallBack } from './fall-back.ts'
import { silence } from './find-way.ts'
import { type MessageRow, releaseMessages } from './queue-messages.ts'

type Settling = Pick<Act, 'now' | 'newId'>

export interface SettleDeps {
  readonly drivers: readonly TextDriver[]
}

/** States that a word may follow: none is ever moved backwards. */
const MAY_PRECEDE = {
  sent: ['queued'],
  delivered: ['queued', 'sent'],
  failed: ['queued', 'sent'],
  fallen_back: ['queued', 'sent'],
} as const

const move = async (
  tx: Tx,
  id: string,
  to: keyof typeof MAY_PRECEDE,
  facts: Partial<typeof outgoingMessages.$inferInsert>,
): Promise<MessageRow | undefined> => {
  const [row] = await tx
    .update(outgoingMessages)
    .set({ ...facts, state: to })
    .where(and(eq(outgoingMessages.id, id), inArray(outgoingMessages.state, [...MAY_PRECEDE[to]])))
    .returning()
  return row
}

/** What was to follow a message goes out now: it has gone, or never will. */
const releaseFollowers = async (tx: Tx, act: Settling, id: string): Promise<void> => {
  const followers = await tx
    .select()
    .from(outgoingMessages)
    .where(and(eq(outgoingMessages.afterId, id), eq(outgoingMessages.state, 'queued')))
  await releaseMessages(tx, act, followers)
}

const receiptSent = async (tx: Tx, { now, newId }: Settling, row: MessageRow): Promise<void> => {
  const [receipt] = await tx
    .update(receipts)
    .set({ state: 'sent', via: row.channel, providerId: row.providerId, failure: null, updatedAt: now })
    .where(
      and(eq(receipts.id, row.receiptId ?? ''), inArray(receipts.state, ['due', 'failed', 'fallen_back'])),
    )
    .returning()
  if (receipt === undefined) return
  await tx.insert(complaintEvents).values({
    id: newId(),
    complaintId: receipt.complaintId,
    round: receipt.round,
    at: now,
    event: 'receipt_sent',
    audience: 'citizen',
    facts: { via: row.channel },
  })
}

/** The provider has taken the message. */
export const messageSent = async (
  tx: Tx,
  act: Settling,
  messageId: string,
  providerId: string | undefined,
): Promise<void> => {
  const row = await move(tx, messageId, 'sent', {
    sentAt: act.now,
    updatedAt: act.now,
    failure: null,
    ...(providerId === undefined ? {} : { providerId }),
  })
  if (row === undefined) {
    // A word on it overtook our own note: only the provider's name for it is missing.
    if (providerId !== undefined)
      await tx.update(outgoingMessages).set({ providerId }).where(eq(outgoingMessages.id, messageId))
    return
  }
  if (row.receiptId !== null) await receiptSent(tx, act, row)
  if (row.noticeId !== null)
    await tx
      .update(notices)
      .set({ state: 'sent', via: row.channel, failure: null, updatedAt: act.now })
      .where(eq(notices.id, row.noticeId))
  await releaseFollowers(tx, act, row.id)
}

/** The person's phone has it. */
export const messageDelivered = async (
  tx: Tx,
  act: Settling,
  messageId: string,
  providerId: string,
): Promise<void> => {
  const before = await tx
    .select()
    .from(outgoingMessages)
    .where(eq(outgoingMessages.id, messageId))
    .for('update')
  if (before[0]?.state === 'queued') await messageSent(tx, act, messageId, providerId)
  const row = await move(tx, messageId, 'delivered', { deliveredAt: act.now, updatedAt: act.now, providerId })
  if (row?.receiptId)
    await tx
      .update(receipts)
      .set({ state: 'delivered', updatedAt: act.now })
      .where(and(eq(receipts.id, row.receiptId), eq(receipts.state, 'sent')))
}

const noteFailure = async (
  tx: Tx,
  { now, newId }: Settling,
  row: MessageRow,
  code: string,
): Promise<void> => {
  if (row.receiptId !== null)
    await tx
      .update(receipts)
      .set({ state: 'failed', failure: code, updatedAt: now })
      .where(and(eq(receipts.id, row.receiptId), inArray(receipts.state, ['due', 'sent', 'fallen_back'])))
  if (row.noticeId !== null)
    await tx
      .update(notices)
      .set({ state: 'failed', failure: code, updatedAt: now })
      .where(eq(notices.id, row.noticeId))
  if (row.complaintId === null || (row.receiptId === null && row.noticeId === null)) return
  await tx.execute(sql`
    insert into complaint_events (id, complaint_id, round, at, event, audience, facts)
    select ${newId()}, id, round, ${now.toISOString()}::timestamptz, ${row.receiptId ? 'receipt_failed' : 'notice_failed'}, 'staff',
           ${JSON.stringify({ channel: row.channel, reason: code })}::jsonb
    from complaints where id = ${row.complaintId}`)
}

/**
 * The message does not reach the person this way. A receipt or notice takes the next way on file; what has none left is
 * failed on the record, or stays queued where the failure `mayPass`. Gives whether another way was taken.
 */
export const messageFailed = async (
  tx: Tx,
  act: Settling,
  { drivers }: SettleDeps,
  messageId: string,
  error: Pick<DeliveryError, 'code' | 'disablesDestination'> & {
    readonly isFinal: boolean
    readonly mayPass?: boolean
  },
): Promise<boolean> => {
  const [row] = await tx
    .select()
    .from(outgoingMessages)
    .where(eq(outgoingMessages.id, messageId))
    .for('update')
  if (row === undefined || (row.state !== 'queued' && row.state !== 'sent')) return false
  const facts = { failure: error.code, failures: row.failures + 1, updatedAt: act.now }
  if (error.disablesDestination) await silence(tx, row, act.now)
  const isTaken = await fallBack(tx, act, drivers, row, error)
  if (!isTaken && error.mayPass) return false
  await move(tx, messageId, isTaken ? 'fallen_back' : 'failed', facts)
  if (!isTaken) await noteFailure(tx, act, row, error.code)
  await releaseFollowers(tx, act, messageId)
  return isTaken
}
