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

const byReceipts = async (sql: Sql, ids: readonly string[]) => {
  const [row] = await sql<(ComplaintRow & { receiptId: string })[]>`
    select c.id, c.round, p.email, r.id as "receiptId" from receipts r
    join complaints c on c.id = r.complaint_id left join complainants p on p.complaint_id = c.id
    where r.id = any (${[...ids]}::uuid[]) order by array_position(${[...ids]}::uuid[], r.id) limit 1`
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

const complaintOf = async (sql: Sql, pointers: Pointers) => {
  const receipts = pointers.mails.filter(({ kind }) => kind === 'receipt').map(({ id }) => id)
  const received = receipts.length > 0 ? await byReceipts(sql, receipts) : undefined
  const named = pointers.token === undefined ? undefined : await byReference(sql, pointers.token)
  if (named) return { ...named, by: 'token' as const, receiptId: received?.receiptId }
  if (received) return { ...received, by: 'thread' as const }
  const mentioned = pointers.subject === undefined ? undefined : await byReference(sql, pointers.subject)
  return mentioned && { ...mentioned, by: 'subject' as const, receiptId: undefined }
}

/** Looks up what a message points at: by keyed token, by the thread, at last by the number in its subject. */
export const findRelation = async (sql: Sql, pointers: Pointers): Promise<Relation> => {
  const found = await complaintOf(sql, pointers)
  const referral = pointers.mails.some(({ kind }) => kind !== 'receipt')
    ? await referralOf(sql, pointers.mails)
    : undefined
  if (found === undefined) return referral ? { referral } : {}
  const { receiptId, ...complaint } = found
  return { complaint, ...(receiptId ? { receiptId } : {}), ...(referral ? { referral } : {}) }
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
