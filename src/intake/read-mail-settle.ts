import { eq } from 'drizzle-orm'
import type { Locale } from '../core/locale.ts'
import type { MailNote } from '../core/mail-message.ts'
import type { Tx } from '../db/client.ts'
import { complaintEvents, mailMessages, receipts } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'
import { bouncedAs, receiptBounced } from '../receipts/receipt-bounced.ts'
import type { ReadMailDeps } from './read-mail.ts'
import type { JudgedMail } from './read-mail-register.ts'
import type { Relation } from './read-mail-thread.ts'
import { attachEvent, ignoreEvent, type Settling } from './settle-event.ts'

export const settlingOf = ({ clock, newId }: ReadMailDeps): Settling => ({ now: clock.now(), newId })

/** Notes that stand before the words, so that whoever reads the record knows what is not there. */
export type SpokenNote = Exclude<MailNote, 'text_cut'>

/** The note in the language of the mail, in Arabic and French where that is not known. */
export const noteText = (
  words: ReadMailDeps['words'],
  notes: readonly MailNote[],
  languages: readonly Locale[],
): string => {
  const note = notes.find((each): each is SpokenNote => each !== 'text_cut')
  return note === undefined
    ? ''
    : languages.map((locale) => `[${words(locale, `mail.note.${note}`)}]`).join('\n')
}

const history = (
  tx: Tx,
  { now, newId }: Settling,
  { complaintId, round }: { readonly complaintId: string; readonly round: number },
  event: string,
  facts: Record<string, unknown>,
): Promise<unknown> =>
  tx.insert(complaintEvents).values({
    complaintId,
    round,
    id: newId(),
    at: now,
    event,
    audience: 'staff',
    actor: 'gateway',
    facts,
  })

const link = (tx: Tx, judged: JudgedMail, to: { complaintId?: string; referralId?: string }) =>
  tx.update(mailMessages).set(to).where(eq(mailMessages.eventId, judged.event.id))

/** Nothing is asked of anyone: the ledger keeps the reason, and the complaint it echoes, if any, a line of history. */
export const noteMail = (
  deps: ReadMailDeps,
  judged: JudgedMail,
  { complaint }: Relation,
  isParty: boolean,
): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    const settling = settlingOf(deps)
    const { event, verdict } = judged
    const reason = `${verdict.class}:${verdict.reasons[0] ?? ''}`
    if (complaint === undefined || !isParty || verdict.class === 'own')
      return ignoreEvent(tx, settling, event, reason)
    const about = { complaintId: complaint.id, round: complaint.round }
    const end = { outcome: 'ignored' as const, reason, complaintId: complaint.id }
    if (!(await attachEvent(tx, settling, event, end))) return
    await link(tx, judged, { complaintId: complaint.id })
    await history(tx, settling, about, 'automatic_reply', { reason: verdict.reasons[0], mail: event.id })
  })

/** A report speaks about mail: a receipt that went another way since is no longer meant. */
const isOnItsWay = async ({ db }: ReadMailDeps, receiptId: string): Promise<boolean> => {
  const [receipt] = await db.orm.select().from(receipts).where(eq(receipts.id, receiptId))
  return receipt?.via === 'email' && (receipt.state === 'due' || receipt.state === 'sent')
}

const receiptOf = async ({ db }: ReadMailDeps, { receiptId, noticeId, complaint }: Relation) => {
  if (noticeId !== undefined) return undefined
  // A number in a subject is no proof that the report is about our mail.
  if (receiptId !== undefined || complaint?.by !== 'token') return receiptId
  const [row] = await db.sql<{ id: string }[]>`
    select id from receipts where complaint_id = ${complaint.id} and round = ${complaint.round} and via = 'email'`
  return row?.id
}

/**
 * A delivery report. One that says our receipt or notice was refused changes it and sends it another way where there is one;
 * a delay changes nothing, and a report about a dossier is shown beside its referral.
 */
export const settleBounce = async (
  deps: ReadMailDeps,
  judged: JudgedMail,
  relation: Relation,
): Promise<void> => {
  const { event, mail } = judged
  const { outcome = 'unknown', status } = mail.report ?? {}
  const receiptId = await receiptOf(deps, relation)
  const isRefused = outcome === 'failed' && receiptId !== undefined && (await isOnItsWay(deps, receiptId))
  const via = isRefused ? await deps.fallBack?.(receiptId) : undefined
  const reason = `bounce:${outcome}`
  const isNotice = outcome === 'failed' && relation.noticeId !== undefined
  if (isNotice) await deps.noticeFailed?.(relation.noticeId ?? '', bouncedAs(status))
  await deps.db.orm.transaction(async (tx) => {
    const settling = settlingOf(deps)
    const complaintId =
      relation.referral?.complaintId ?? (receiptId || relation.noticeId ? relation.complaint?.id : undefined)
    if (complaintId === undefined) return ignoreEvent(tx, settling, event, reason)
    if (!(await attachEvent(tx, settling, event, { outcome: 'ignored', reason, complaintId }))) return
    const { referral } = relation
    await link(tx, judged, { complaintId, ...(referral ? { referralId: referral.id } : {}) })
    if (isRefused) await receiptBounced(tx, { ...settling, actor: 'gateway' }, { receiptId, status, via })
    if (referral && outcome === 'failed')
      await recordOfBody(tx, settling, judged, referral, 'dossier_bounced', { status })
  })
}

const recordOfBody = async (
  tx: Tx,
  settling: Settling,
  { event }: JudgedMail,
  referral: NonNullable<Relation['referral']>,
  happened: string,
  facts: Record<string, unknown> = {},
): Promise<void> => {
  await history(tx, settling, referral, happened, {
    ...facts,
    administration: referral.administration,
    referral: referral.id,
    mail: event.id,
  })
}

/** A body answers its dossier by mail: a line of the referral's history before staff, never the complainant's word. */
export const settleBodyMail = (
  deps: ReadMailDeps,
  judged: JudgedMail,
  referral: NonNullable<Relation['referral']>,
): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    const settling = settlingOf(deps)
    const { event, verdict } = judged
    const { complaintId } = referral
    const isEcho = verdict.fate === 'note'
    const end = isEcho
      ? { outcome: 'ignored' as const, reason: `${verdict.class}:${verdict.reasons[0] ?? ''}`, complaintId }
      : { outcome: 'appended' as const, reason: 'body_mail', complaintId }
    if (!(await attachEvent(tx, settling, event, end))) return
    await link(tx, judged, { complaintId, referralId: referral.id })
    await recordOfBody(tx, settling, judged, referral, isEcho ? 'body_auto_reply' : 'body_mail')
  })

/** The sender of an addition is told what arrived, after the commit. */
export const oweAcknowledgment = async (
  tx: Tx,
  settling: Settling,
  { event }: JudgedMail,
  complaintId: string,
): Promise<void> => {
  await tx.update(mailMessages).set({ acknowledgment: 'due' }).where(eq(mailMessages.eventId, event.id))
  await appendMessages(tx, settling, [
    {
      topic: 'mail.acknowledge',
      key: 'receipt:email',
      payload: { eventId: event.id },
      dedupeKey: `added:${event.id}`,
      complaintId,
    },
  ])
}
