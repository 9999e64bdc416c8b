import { eq } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { NoticeKind } from '../core/letter.ts'
import { answerableNumber } from '../core/phone-number.ts'
import type { Tx } from '../db/client.ts'
import { complainants, complaints, notices } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'

/** The two ways on which people are told: their mailbox, their telephone. */
export type NoticeWay = 'email' | 'phone'

/**
 * The way a complainant wants to be told, or the one they left; undefined where they want none or left none. A telephone comes
 * first: it is looked at sooner.
 */
const wayOf = async (tx: Tx, complaintId: string): Promise<NoticeWay | undefined> => {
  const [contact] = await tx.select().from(complainants).where(eq(complainants.complaintId, complaintId))
  if (contact === undefined || contact.preferred === 'none') return undefined
  const { email, phone, preferred } = contact
  const hasPhone = phone !== null && answerableNumber(phone) !== undefined
  if (hasPhone && (preferred !== 'email' || !email)) return 'phone'
  return email ? 'email' : undefined
}

/**
 * Has a complainant told what happened, in the transaction in which it happens. Only who left a telephone or an address; demo
 * and practice files have nobody to tell.
 */
export const appendNotice = async (
  tx: Tx,
  act: Pick<Act, 'now' | 'newId'>,
  complaint: Pick<typeof complaints.$inferSelect, 'id' | 'round' | 'origin'>,
  kind: NoticeKind,
): Promise<void> => {
  if (complaint.origin !== 'file') return
  const way = await wayOf(tx, complaint.id)
  if (way === undefined) return
  const id = act.newId()
  await tx.insert(notices).values({
    id,
    complaintId: complaint.id,
    round: complaint.round,
    kind,
    state: 'due',
    // Of a telephone it is known only once a network has taken the text.
    via: way === 'email' ? way : null,
    createdAt: act.now,
    updatedAt: act.now,
  })
  await queueNotice(tx, act, { id, complaintId: complaint.id }, way)
}

/** Puts a notice before the relay on one way. On each way it goes once. */
export const queueNotice = (
  tx: Tx,
  act: Pick<Act, 'now' | 'newId'>,
  notice: Pick<typeof notices.$inferSelect, 'id' | 'complaintId'>,
  way: NoticeWay,
): Promise<void> =>
  appendMessages(tx, act, [
    {
      topic: 'notice.send',
      key: `notice:${way}`,
      payload: { noticeId: notice.id },
      dedupeKey: `notice:${notice.id}:${way}`,
      complaintId: notice.complaintId,
    },
  ])

/** The same for a caller without a transaction of its own. */
export const notify = async (
  tx: Tx,
  act: Pick<Act, 'now' | 'newId'>,
  wish: { readonly complaintId: string; readonly notice: NoticeKind },
): Promise<void> => {
  const [complaint] = await tx.select().from(complaints).where(eq(complaints.id, wish.complaintId))
  if (complaint) await appendNotice(tx, act, complaint, wish.notice)
}
