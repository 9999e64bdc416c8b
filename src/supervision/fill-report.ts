import { AppError } from '../core/errors.ts'
import { REPORT_SECTIONS, type ReportSection, SYNTHESIS_SECTIONS } from '../core/report.ts'
import { requireSeen, type Seen } from '../core/seen.ts'
import { audit } from '../staff/audit.ts'
import type { Actor } from '../staff/rights.ts'
import type { ReportDeps } from './build-report.ts'
import { holdOpen } from './hold-report.ts'
import { type MeasureWish, putMeasure, type WrittenMeasure } from './measures-register.ts'
import type { Report } from './read-reports.ts'

/** The sections of a report in which something can be written. A synthesis has no register. */
export const sectionsOf = ({ kind }: Pick<Report, 'kind'>): ReportSection[] => {
  const twelve = REPORT_SECTIONS.map(({ code }): ReportSection => code)
  return kind === 'sector' ? twelve : [...twelve.filter((code) => code !== 'measures'), ...SYNTHESIS_SECTIONS]
}

export interface CommentaryWish extends Seen {
  readonly section: string
  readonly ar: string
  readonly fr: string
}

/**
 * Writes what is said beside the numbers of one section, in both languages; remarks on that section are settled by it. Gives its
 * new version.
 */
export const writeCommentary = async (
  deps: ReportDeps,
  actor: Actor,
  id: string,
  { section, ar, fr, ...wish }: CommentaryWish,
): Promise<{ version: string }> => {
  const written = await holdOpen(deps, actor, id, async (tx, report) => {
    if (!(sectionsOf(report) as string[]).includes(section)) throw new AppError('not_found')
    const now = deps.clock.now()
    const [was] = await tx<{ at: Date }[]>`
      select written_at as at from report_commentaries where report_id = ${id} and section = ${section}`
    requireSeen(wish, was?.at.toISOString() ?? '')
    await tx`
      insert into report_commentaries (report_id, section, ar, fr, written_by, written_at)
      values (${id}, ${section}, ${ar}, ${fr}, ${actor.id}, ${now})
      on conflict (report_id, section) do update
        set ar = excluded.ar, fr = excluded.fr, written_by = excluded.written_by, written_at = excluded.written_at`
    await tx`update report_remarks set settled_at = ${now}
      where report_id = ${id} and section = ${section} and settled_at is null`
    return { version: now.toISOString() }
  })
  await audit(deps, actor, { action: 'report.write', subject: id, facts: { section } })
  return written
}

/** Writes one line of the register, new or changed. A synthesis has none: `not_found`. */
export const writeMeasure = (
  deps: ReportDeps,
  actor: Actor,
  id: string,
  wish: MeasureWish,
): Promise<WrittenMeasure> =>
  holdOpen(deps, actor, id, async (tx, { administrationId, year }) => {
    if (administrationId === null) throw new AppError('not_found')
    return putMeasure(tx, deps, { administrationId, year }, wish)
  })

/** Says something to a remark of the ministry, which settles it: not every remark asks for other words in the report. */
export const answerRemark = (
  deps: ReportDeps,
  actor: Actor,
  id: string,
  { remark, text }: { remark: string; text: string },
): Promise<void> =>
  holdOpen(deps, actor, id, async (tx) => {
    const said = text.trim()
    if (said === '') throw new AppError('validation', { fields: [{ field: 'text', code: 'required' }] })
    const now = deps.clock.now()
    const answered = await tx`
      update report_remarks set answer = ${said}, answered_by = ${actor.id}, settled_at = coalesce(settled_at, ${now})
      where id::text = ${remark} and report_id = ${id} returning id`
    if (answered.length === 0) throw new AppError('not_found')
  })
