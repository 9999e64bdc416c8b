import type { Examined, OurMail, Pointers, ReadMail } from '../core/mail-message.ts'
import type { Sql } from '../db/client.ts'

export interface RelatedComplaint {
  readonly id: string
  readonly round: number
  readonly email: string | null
  readonly by: 'token' | 'thread' | 'subject'
}

/** What of ours a message belongs to. Being related gives no right: see `joins`. */
export interface Relation {
  readonly complaint?: RelatedComplaint
  readonly receiptId?: string
  readonly noticeId?: string
  readonly referral?: {
    readonly id: string
    readonly complaintId: string
    /** Its own round: the complaint may be further. */
    readonly round: number
    readonly administration: string
  }
}

type ComplaintRow = Omit<RelatedComplaint, 'by'>

const byReference = async (sql: Sql, reference: string): Promise<ComplaintRow | undefined> => {
  const [row] = await sql<ComplaintRow[]>`
    select c.id, c.round, p.email from complaints c left join complainants p on p.complaint_id = c.id
    where c.reference = ${reference}`
  return row
}

/** By what went out to the complainant about it: a receipt, a notice, the acknowledgment of an addition. */
const byOurMail = async (sql: Sql, mails: readonly OurMail[]) => {
  const ids = mails.map(({ id }) => id)
  const [row] = await sql<(ComplaintRow & { kind: OurMail['kind']; mailId: string })[]>`
    with ours (kind, mail_id, complaint_id) as (
      select 'receipt', id, complaint_id from receipts where id = any (${ids}::uuid[])
      union all select 'notice', id, complaint_id from notices where id = any (${ids}::uuid[])
      union all select 'added', event_id, complaint_id from mail_messages where event_id = any (${ids}::uuid[])
    )
    select c.id, c.round, p.email, ours.kind, ours.mail_id as "mailId" from ours
    join complaints c on c.id = ours.complaint_id left join complainants p on p.complaint_id = c.id
    where ours.kind || ':' || ours.mail_id = any (${mails.map(({ kind, id }) => `${kind}:${id}`)})
    order by array_position(${ids}::uuid[], ours.mail_id) limit 1`
  return row
}

const referralOf = async (sql: Sql, mails: readonly OurMail[]): Promise<Relation['referral']> => {
  const idsOf = (kind: OurMail['kind']) => mails.filter((mail) => mail.kind === kind).map(({ id }) => id)
  const [row] = await sql<NonNullable<Relation['referral']>[]>`
    select r.id, r.complaint_id as "complaintId", r.round, a.code as administration
    from referrals r join administrations a on a.id = r.administration_id
    where r.id = any (${idsOf('referral')}::uuid[])
       or r.id = any (array(select (payload ->> 'referralId')::uuid from outbox_messages
                            where topic = 'referral.forward' and id = any (${idsOf('dossier')}::uuid[])))
    order by r.created_at desc limit 1`
  return row
}

type ToComplainant = Extract<OurMail['kind'], 'receipt' | 'notice' | 'added'>

const isToComplainant = (mail: OurMail): mail is OurMail & { readonly kind: ToComplainant } =>
  mail.kind === 'receipt' || mail.kind === 'notice' || mail.kind === 'added'

/** The mail of ours that is meant, by its kind. */
const meantMail = (found: { kind: OurMail['kind']; mailId: string } | undefined) => ({
  ...(found?.kind === 'receipt' ? { receiptId: found.mailId } : {}),
  ...(found?.kind === 'notice' ? { noticeId: found.mailId } : {}),
})

const complaintOf = async (sql: Sql, pointers: Pointers): Promise<Omit<Relation, 'referral'>> => {
  const ours = pointers.mails.filter(isToComplainant)
  const found = ours.length > 0 ? await byOurMail(sql, ours) : undefined
  const named = pointers.token === undefined ? undefined : await byReference(sql, pointers.token)
  if (named) return { complaint: { ...named, by: 'token' }, ...meantMail(found) }
  if (found) {
    const { id, round, email } = found
    return { complaint: { id, round, email, by: 'thread' }, ...meantMail(found) }
  }
  const mentioned = pointers.subject === undefined ? undefined : await byReference(sql, pointers.subject)
  return mentioned ? { complaint: { ...mentioned, by: 'subject' } } : {}
}

/** Looks up what a message points at: by keyed token, by the thread, at last by the number in its subject. */
export const findRelation = async (sql: Sql, pointers: Pointers): Promise<Relation> => {
  const found = await complaintOf(sql, pointers)
  const referral = pointers.mails.every(isToComplainant) ? undefined : await referralOf(sql, pointers.mails)
  return referral ? { ...found, referral } : found
}

/**
 * Whether a message may be added to the complaint it points at: it comes from the address on file, its sender's domain does
 * not disown it, and it either holds what only our mail gave away or is vouched for. Anyone else learns nothing: theirs is a
 * complaint of its own.
 */
export const mayJoin = (
  { complaint }: Relation,
  { from }: Pick<ReadMail, 'from'>,
  { authentication }: Pick<Examined, 'authentication'>,
): boolean => {
  const [sender] = from
  if (complaint?.email == null || sender === undefined || from.length > 1) return false
  if (sender.address.toLowerCase() !== complaint.email.toLowerCase()) return false
  return authentication === 'passed' || (authentication === 'none' && complaint.by !== 'subject')
}
