import { and, eq } from 'drizzle-orm'
import { delivered } from '../core/delivery.ts'
import type { Mailer } from '../core/mail.ts'
import type { TopicHandler } from '../core/topics.ts'
import type { Database } from '../db/client.ts'
import { complaints, deadlineReminders, deadlines, staffMembers } from '../db/schema/index.ts'

export interface ReminderFacts {
  readonly reference: string
  readonly kind: 'review' | 'answer'
  /** Last day, YYYY-MM-DD. */
  readonly dueOn: string
  /** It comes near, it has passed, or nobody has the complaint any longer. */
  readonly occasion: 'due' | 'over' | 'pool'
  readonly url: string
}

export interface SendReminderDeps {
  readonly db: Pick<Database, 'orm'>
  readonly mailer: Mailer
  readonly publicUrl: string
  /** Puts a reminder into words; it names the complaint and nothing of what is in it. */
  readonly write: (facts: ReminderFacts) => { readonly subject: string; readonly text: string }
}

const occasionOf = (step: string): ReminderFacts['occasion'] => {
  if (step.startsWith('before:')) return 'due'
  return step.startsWith('pool:') ? 'pool' : 'over'
}

/** Topic `reminder.send`: tells one official of one date by mail. A date that was met meanwhile is not spoken of. */
export const createSendReminder =
  ({ db, mailer, publicUrl, write }: SendReminderDeps): TopicHandler<'reminder.send'> =>
  async ({ reminderId, staffId }, { messageId, signal }) => {
    const [row] = await db.orm
      .select({
        reference: complaints.reference,
        kind: deadlines.kind,
        dueOn: deadlines.dueOn,
        metAt: deadlines.metAt,
        step: deadlineReminders.step,
      })
      .from(deadlineReminders)
      .innerJoin(complaints, eq(complaints.id, deadlineReminders.complaintId))
      .innerJoin(
        deadlines,
        and(
          eq(deadlines.complaintId, deadlineReminders.complaintId),
          eq(deadlines.round, deadlineReminders.round),
          eq(deadlines.kind, deadlineReminders.kind),
        ),
      )
      .where(eq(deadlineReminders.id, reminderId))
    const [member] = await db.orm.select().from(staffMembers).where(eq(staffMembers.id, staffId))
    if (row === undefined || row.metAt !== null || member === undefined || member.disabledAt !== null)
      return delivered()
    const { reference, kind, dueOn, step } = row
    const url = `${publicUrl}/console/complaints/${reference}`
    const words = write({ reference, kind, dueOn, occasion: occasionOf(step), url })
    const host = new URL(publicUrl).hostname
    return mailer.send(
      { ...words, to: member.email, messageId: `<${messageId}@${host}>`, automatic: 'auto-generated' },
      signal,
    )
  }
