import { officeDay } from '../core/deadlines.ts'
import { delivered } from '../core/delivery.ts'
import type { Mailer } from '../core/mail.ts'
import type { TopicHandler } from '../core/topics.ts'
import type { ReportDeps } from './build-report.ts'

export interface ReportReminder {
  readonly year: number
  /** Last day for handing in. */
  readonly dueOn: string
  readonly isOver: boolean
  readonly url: string
}

export interface SendReportReminderDeps extends Pick<ReportDeps, 'db' | 'clock' | 'officeZone'> {
  readonly mailer: Mailer
  readonly publicUrl: string
  readonly write: (facts: ReportReminder) => { readonly subject: string; readonly text: string }
}

/** Topic `report.remind`: tells one manager by mail. Who has handed in meanwhile is not spoken to. */
export const createSendReportReminder =
  (deps: SendReportReminderDeps): TopicHandler<'report.remind'> =>
  async ({ reminderId, staffId }, { messageId, signal }) => {
    const [row] = await deps.db.sql<{ year: number; dueOn: string; email: string }[]>`
      select y.year, y.due_on::text as "dueOn", s.email
      from report_reminders m join report_years y on y.year = m.year join staff_members s on s.id = ${staffId}
      where m.id = ${reminderId} and s.disabled_at is null and not exists (
        select from reports r where r.administration_id = m.administration_id and r.year = m.year and r.kind = 'sector'
          and r.state in ('submitted', 'accepted', 'published'))`
    if (row === undefined) return delivered()
    const { year, dueOn, email } = row
    const isOver = officeDay(deps.clock.now(), deps.officeZone) > dueOn
    const words = deps.write({ year, dueOn, isOver, url: `${deps.publicUrl}/console/reports` })
    const host = new URL(deps.publicUrl).hostname
    return deps.mailer.send(
      { ...words, to: email, messageId: `<${messageId}@${host}>`, automatic: 'auto-generated' },
      signal,
    )
  }
