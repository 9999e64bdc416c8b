import { and, eq, inArray, like, or, sql } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import { TEXT_CHANNELS, type TextChannel, type TextDriver } from '../core/text-message.ts'
import type { Tx } from '../db/client.ts'
import { complainants, notices, outgoingMessages, receipts } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'
import { queueNotice } from './append-notice.ts'
import { findWay, isWindowOpen, readConversation } from './find-way.ts'
import { type MessageRow, queueMessages, type Way } from './queue-messages.ts'

type Settling = Pick<Act, 'now' | 'newId'>

interface Failure {
  readonly code: string
  readonly disablesDestination?: boolean
  /** True: the same way cannot help (a landline, an unknown number). */
  readonly isFinal: boolean
}

/** A way that failed once for a passing reason is tried once more; then the next one is taken. */
const TRIES_A_WAY = 2

/** End of the key of a text that carries what mail could not. */
export const INSTEAD_OF_MAIL = ':instead'

const baseKey = ({ dedupeKey }: MessageRow): string => dedupeKey.split('#')[0] ?? dedupeKey

const triedChannels = async (tx: Tx, row: MessageRow): Promise<ReadonlySet<TextChannel>> => {
  const base = baseKey(row)
  const tried = await tx
    .select({ channel: outgoingMessages.channel })
    .from(outgoingMessages)
    .where(or(eq(outgoingMessages.dedupeKey, base), like(outgoingMessages.dedupeKey, `${base}#%`)))
  return new Set(tried.map(({ channel }) => channel))
}

/** The other text channel of the same number: where it is not shut and free text may be sent. */
const otherWay = async (
  tx: Tx,
  now: Date,
  drivers: readonly TextDriver[],
  row: MessageRow,
): Promise<Way | undefined> => {
  const tried = await triedChannels(tx, row)
  for (const channel of TEXT_CHANNELS.filter((candidate) => !tried.has(candidate))) {
    const conversation = await readConversation(tx, channel, row.recipient)
    if (conversation?.state.stopped || !isWindowOpen(channel, conversation, now)) continue
    const way = findWay(drivers, conversation, channel, row.recipient)
    if (way !== undefined) return way
  }
  return undefined
}

const noteFallBack = async (tx: Tx, { now, newId }: Settling, row: MessageRow, via: string, code: string) => {
  const facts = { state: 'fallen_back' as const, via, failure: code, updatedAt: now }
  if (row.receiptId !== null)
    await tx
      .update(receipts)
      .set(facts)
      .where(
        and(
          eq(receipts.id, row.receiptId),
          inArray(receipts.state, ['due', 'sent', 'failed', 'fallen_back']),
        ),
      )
  if (row.noticeId !== null) await tx.update(notices).set(facts).where(eq(notices.id, row.noticeId))
  await tx.execute(sql`
    insert into complaint_events (id, complaint_id, round, at, event, audience, facts)
    select ${newId()}, id, round, ${now.toISOString()}::timestamptz,
           ${row.receiptId ? 'receipt_fallen_back' : 'notice_fallen_back'}, 'staff',
           ${JSON.stringify({ from: row.channel, via, reason: code })}::jsonb
    from complaints where id = ${row.complaintId}`)
}

const replace = async (tx: Tx, act: Settling, row: MessageRow, way: Way, failures: number): Promise<void> => {
  const nth = failures > 0 ? `:${failures}` : ''
  await queueMessages(tx, act, way, [
    {
      ...row,
      receiptId: row.receiptId ?? undefined,
      noticeId: row.noticeId ?? undefined,
      complaintId: row.complaintId ?? undefined,
      dedupeKey: `${baseKey(row)}#${way.channel}${nth}`,
      replacesId: row.id,
      failures,
    },
  ])
}

const hasAddress = async (tx: Tx, complaintId: string): Promise<boolean> => {
  const [contact] = await tx
    .select({ email: complainants.email })
    .from(complainants)
    .where(eq(complainants.complaintId, complaintId))
  return Boolean(contact?.email)
}

/**
 * Has a notice go by mail because no telephone can carry it. False: no address is on file, or it comes from there.
 */
export const mailNoticeInstead = async (
  tx: Tx,
  act: Settling,
  notice: Pick<typeof notices.$inferSelect, 'id' | 'complaintId' | 'state'>,
  failure: string,
): Promise<boolean> => {
  if (notice.state === 'fallen_back' || !(await hasAddress(tx, notice.complaintId))) return false
  await tx
    .update(notices)
    .set({ state: 'fallen_back', via: 'email', failure, updatedAt: act.now })
    .where(eq(notices.id, notice.id))
  await queueNotice(tx, act, notice, 'email')
  return true
}

/** What mail could not carry does not go back to it. */
const toEmail = async (tx: Tx, act: Settling, row: MessageRow): Promise<boolean> => {
  const { complaintId, receiptId, noticeId } = row
  if (complaintId === null || baseKey(row).endsWith(INSTEAD_OF_MAIL)) return false
  if (!(await hasAddress(tx, complaintId))) return false
  if (receiptId === null) {
    if (noticeId !== null) await queueNotice(tx, act, { id: noticeId, complaintId }, 'email')
    return noticeId !== null
  }
  await appendMessages(tx, act, [
    {
      topic: 'receipt.send',
      key: 'receipt:email',
      payload: { receiptId },
      dedupeKey: `receipt:${receiptId}:email`,
      complaintId,
    },
  ])
  return true
}

/**
 * Takes the next way for a receipt or notice: once more the same where the reason may pass, then the other text channel of
 * the number, then e-mail. What is said in passing (help, status) is not worth another way. Gives whether one
 * was taken; the case shows which.
 */
export const fallBack = async (
  tx: Tx,
  act: Settling,
  drivers: readonly TextDriver[],
  row: MessageRow,
  failure: Failure,
): Promise<boolean> => {
  if (row.receiptId === null && row.noticeId === null) return false
  const failures = row.failures + 1
  if (!failure.isFinal && !failure.disablesDestination && failures < TRIES_A_WAY) {
    await replace(tx, act, row, row, failures)
    return true
  }
  // Someone who asked for silence is not written to elsewhere on the same telephone.
  const way = failure.disablesDestination ? undefined : await otherWay(tx, act.now, drivers, row)
  if (way !== undefined) await replace(tx, act, row, way, 0)
  if (way === undefined && !(await toEmail(tx, act, row))) return false
  await noteFallBack(tx, act, row, way?.channel ?? 'email', failure.code)
  return true
}
