import { AppError } from '../core/errors.ts'
import { type ReportState, reportMayBecome } from '../core/report.ts'
import { requireSeen, type Seen } from '../core/seen.ts'
import { audit } from '../staff/audit.ts'
import { type Actor, requireRight } from '../staff/rights.ts'
import type { ReportDeps } from './build-report.ts'
import { sectionsOf } from './fill-report.ts'
import { holdOpen, holdReport } from './hold-report.ts'
import { contentOf, type Report } from './read-reports.ts'
import { sha256Of } from './snapshot.ts'

/** Throws `conflict` where a report may not become this, or is not the one that was looked at. */
const requireStep = (report: Report, to: ReportState, wish: Seen): void => {
  if (!reportMayBecome(report.state, to)) throw new AppError('conflict')
  requireSeen(wish, report.changedAt.toISOString())
}

/** Hands the report to the ministry. */
export const submitReport = async (
  deps: ReportDeps,
  actor: Actor,
  id: string,
  wish: Seen = {},
): Promise<void> => {
  await holdOpen(deps, actor, id, async (tx, report) => {
    requireStep(report, 'submitted', wish)
    await tx`update reports set state = 'submitted', submitted_at = ${deps.clock.now()}, submitted_by = ${actor.id} where id = ${id}`
  })
  await audit(deps, actor, { action: 'report.submit', subject: id })
}

/** Gives it back with what is to be mended, section by section. Throws `validation` without any remark. */
export const returnReport = async (
  deps: ReportDeps,
  actor: Actor,
  id: string,
  { remarks, ...wish }: Seen & { readonly remarks: readonly { section: string; text: string }[] },
): Promise<void> => {
  requireRight(actor, 'report.judge')
  await holdReport(deps, actor, id, async (tx, report) => {
    requireStep(report, 'returned', wish)
    const said = remarks.filter(
      ({ section, text }) => text.trim() !== '' && (sectionsOf(report) as string[]).includes(section),
    )
    if (said.length === 0)
      throw new AppError('validation', { fields: [{ field: 'remarks', code: 'required' }] })
    const now = deps.clock.now()
    for (const { section, text } of said)
      await tx`insert into report_remarks (id, report_id, section, text, actor, at)
        values (${deps.newId()}, ${id}, ${section}, ${text.trim()}, ${actor.id}, ${now})`
    await tx`update reports set state = 'returned' where id = ${id}`
  })
  await audit(deps, actor, { action: 'report.return', subject: id })
}

/** Four eyes: a person does not accept what the same person handed in. */
const requireOther = (actor: Actor, { submittedBy }: Report): void => {
  if (actor.id.startsWith('staff:') && actor.id === submittedBy) throw new AppError('other_eyes')
}

/** Accepts the report: what it says is frozen whole, with its hash and date. */
export const acceptReport = async (
  deps: ReportDeps,
  actor: Actor,
  id: string,
  wish: Seen = {},
): Promise<{ sha256: string }> => {
  requireRight(actor, 'report.judge')
  const sha256 = await holdReport(deps, actor, id, async (tx, report) => {
    requireStep(report, 'accepted', wish)
    requireOther(actor, report)
    const content = await contentOf(tx, report)
    const hash = sha256Of(content)
    await tx`
      update reports set state = 'accepted', content = ${JSON.stringify(content)}::text::jsonb, content_sha256 = ${hash},
        accepted_at = ${deps.clock.now()}, accepted_by = ${actor.id} where id = ${id}`
    return hash
  })
  await audit(deps, actor, { action: 'report.accept', subject: id, facts: { sha256 } })
  return { sha256 }
}
