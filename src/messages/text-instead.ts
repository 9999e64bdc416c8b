import { eq } from 'drizzle-orm'
import type { Saying } from '../core/conversation.ts'
import type { Tx } from '../db/client.ts'
import { complaintEvents, notices, receipts } from '../db/schema/index.ts'
import { INSTEAD_OF_MAIL } from './fall-back.ts'
import { readConversation } from './find-way.ts'
import { queueMessages } from './queue-messages.ts'
import { draftOf, isWay, readContact, receiptSaying, type WriteDeps, wayTo } from './write-to-complainant.ts'

interface Owed {
  readonly complaintId: string
  readonly purpose: Saying
  readonly key: string
  readonly receiptId?: string
  readonly noticeId?: string
}

/** Queues a text to the telephone on file; undefined where none is, or its owner asked for silence. The same text once. */
const queueInstead = async (tx: Tx, deps: WriteDeps, owed: Owed): Promise<string | undefined> => {
  const { complaintId, key, ...about } = owed
  const contact = await readContact(tx, complaintId)
  const way = contact && (await wayTo(tx, deps, contact))
  if (contact === undefined || way === undefined || !isWay(way)) return undefined
  const conversation = await readConversation(tx, way.channel, way.recipient)
  if (conversation?.state.stopped) return undefined
  const draft = await draftOf(tx, deps, contact, way, { ...about, dedupeKey: `${key}${INSTEAD_OF_MAIL}` })
  if (draft === undefined) return undefined
  await queueMessages(tx, { now: deps.clock.now(), newId: deps.newId }, way, [draft])
  return way.channel
}

/**
 * Has a receipt that mail could not deliver sent to the telephone of the same filing, never to one of another filing that names
 * the same address. Gives the channel it takes; undefined where there is none.
 */
export const textReceiptInstead = (deps: WriteDeps, receiptId: string): Promise<string | undefined> =>
  deps.db.orm.transaction(async (tx) => {
    const [receipt] = await tx.select().from(receipts).where(eq(receipts.id, receiptId))
    if (receipt === undefined) return undefined
    const { complaintId, round } = receipt
    return queueInstead(tx, deps, {
      complaintId,
      receiptId,
      purpose: receiptSaying(round),
      key: `receipt:${receiptId}`,
    })
  })

/**
 * A notice could not be delivered by mail: it is texted where a telephone is on file, and the record says either way. A second
 * report of the same changes nothing.
 */
export const noticeFailed = (deps: WriteDeps, noticeId: string, failure: string): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    const [notice] = await tx.select().from(notices).where(eq(notices.id, noticeId)).for('update')
    if (notice?.via !== 'email' || notice.state === 'failed') return
    const { complaintId, round } = notice
    // One that came to the mail from a telephone does not go back there.
    const via =
      notice.state === 'fallen_back'
        ? undefined
        : await queueInstead(tx, deps, {
            complaintId,
            noticeId,
            purpose: notice.kind,
            key: `notice:${noticeId}`,
          })
    const state = via === undefined ? ('failed' as const) : ('fallen_back' as const)
    const now = deps.clock.now()
    await tx
      .update(notices)
      .set({ state, failure, updatedAt: now, ...(via === undefined ? {} : { via }) })
      .where(eq(notices.id, noticeId))
    await tx.insert(complaintEvents).values({
      id: deps.newId(),
      complaintId,
      round,
      at: now,
      event: `notice_${state}`,
      audience: 'staff',
      actor: 'gateway',
      facts: { from: 'email', reason: failure, ...(via === undefined ? {} : { via }) },
    })
  })
