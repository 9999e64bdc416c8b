import { eq } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Saying } from '../core/conversation.ts'
import { answerableNumber } from '../core/phone-number.ts'
import type { Tx } from '../db/client.ts'
import { complainants, complaints, notices } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'

/** What a complainant is told without having asked. */
export type NoticeKind = Extract<
  Saying,
  'routed' | 'accepted' | 'refused' | 'need_info' | 'answered' | 'late'
>

/** Ways of being answered that are no telephone. */
const NOT_BY_PHONE: readonly (string | null)[] = ['email', 'none']

/** The number at which the complainant wants to be told; undefined for other contacts. */
const phoneOf = async (tx: Tx, complaintId: string): Promise<string | undefined> => {
  const [contact] = await tx
    .select({ phone: complainants.phone, preferred: complainants.preferred })
    .from(complainants)
    .where(eq(complainants.complaintId, complaintId))
  if (!contact?.phone || NOT_BY_PHONE.includes(contact.preferred)) return undefined
  return answerableNumber(contact.phone)
}

/**
 * Has a complainant told what happened, in the transaction in which it happens. Only who left a telephone; demo and practice
 * files have nobody to tell.
 */
export const appendNotice = async (
  tx: Tx,
  act: Pick<Act, 'now' | 'newId'>,
  complaint: Pick<typeof complaints.$inferSelect, 'id' | 'round' | 'origin'>,
  kind: NoticeKind,
): Promise<void> => {
  if (complaint.origin !== 'file' || (await phoneOf(tx, complaint.id)) === undefined) return
  const id = act.newId()
  await tx.insert(notices).values({
    id,
    complaintId: complaint.id,
    round: complaint.round,
    kind,
    state: 'due',
    createdAt: act.now,
    updatedAt: act.now,
  })
  await appendMessages(tx, act, [
    {
      topic: 'notice.send',
      key: 'notice:phone',
      payload: { noticeId: id },
      dedupeKey: `notice:${id}`,
      complaintId: complaint.id,
    },
  ])
}

/** The same for a caller without a transaction of its own. */
export const notifyByPhone = async (
  tx: Tx,
  act: Pick<Act, 'now' | 'newId'>,
  wish: { readonly complaintId: string; readonly notice: NoticeKind },
): Promise<void> => {
  const [complaint] = await tx.select().from(complaints).where(eq(complaints.id, wish.complaintId))
  if (complaint) await appendNotice(tx, act, complaint, wish.notice)
}
