import type { Locale } from '../core/locale.ts'
import type { Sql } from '../db/client.ts'

/** Where a complaint was merged; the number is null where it lies behind the wall. */
export interface MergedWith {
  readonly reference: string | null
  readonly at: Date
  readonly by: string
  /** What its complainant reads; null where it lies behind the wall. */
  readonly language: Locale | null
}

export interface Merging {
  /** What it is merged into now. */
  readonly into: MergedWith | null
  /** Those that are merged into it: whoever answers it answers them too. */
  readonly others: readonly MergedWith[]
}

/** How a complaint is merged with others, read behind the wall. */
export const readMerging = async (sql: Sql, complaintId: string): Promise<Merging> => {
  const rows = await sql<(MergedWith & { isInto: boolean })[]>`
    select o.reference, o.language, m.merged_at as at, m.merged_by as by, m.complaint_id = ${complaintId} as "isInto"
    from complaint_merges m
    left join complaints c on c.id = m.complaint_id
    left join complaints o on o.id = case when m.complaint_id = ${complaintId} then m.into_id else m.complaint_id end
    where ${complaintId} in (m.complaint_id, m.into_id) and m.undone_at is null
      and (c.id is null or (c.round = m.round and c.closed_reason = 'merged'))
    order by m.merged_at, m.id`
  const of = (wanted: boolean): MergedWith[] =>
    rows.flatMap(({ isInto, ...merged }) => (isInto === wanted ? [merged] : []))
  return { into: of(true)[0] ?? null, others: of(false) }
}
