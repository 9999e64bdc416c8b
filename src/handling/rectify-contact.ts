import { eq } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import { AppError } from '../core/errors.ts'
import type { Locale } from '../core/locale.ts'
import type { Database } from '../db/client.ts'
import { complainants, complaints } from '../db/schema/index.ts'
import { recordEvent } from '../referrals/change-complaint.ts'
import { lockComplaint } from '../referrals/change-referral.ts'
import type { OwnContact } from './own-data.ts'

export interface RectifiedContact extends OwnContact {
  /** The language of the answer and of what is told from now on. */
  readonly language: Locale
}

const FIELDS = ['name', 'email', 'phone', 'preferred'] as const

/**
 * Corrects how a person can be reached, or takes it out of the record (law 09-08, articles 8 and 9). What was sent stays as it
 * came: it is evidence. The history says which fields changed, never what was in them. Throws `conflict` when the form was
 * drawn for an earlier round.
 */
export const rectifyContact = (
  { db, ...act }: Act & { readonly db: Pick<Database, 'orm'> },
  meant: { readonly complaintId: string; readonly round: number },
  { language, ...contact }: RectifiedContact,
): Promise<void> =>
  db.orm.transaction(async (tx) => {
    const { complaintId, round } = meant
    const complaint = await lockComplaint(tx, complaintId)
    if (complaint.round !== round) throw new AppError('conflict')
    const [before] = await tx.select().from(complainants).where(eq(complainants.complaintId, complaintId))
    const changed: string[] = FIELDS.filter((field) => (before?.[field] ?? null) !== contact[field])
    if (complaint.language !== language) changed.push('language')
    if (changed.length === 0) return
    await tx
      .insert(complainants)
      .values({ complaintId, ...contact })
      .onConflictDoUpdate({ target: complainants.complaintId, set: contact })
    const anonymous = contact.name === null && contact.email === null && contact.phone === null
    await tx
      .update(complaints)
      .set({ language, anonymous, updatedAt: act.now })
      .where(eq(complaints.id, complaintId))
    await recordEvent(tx, act, complaint, 'contact_changed', { fields: changed })
  })
