import type { Names } from '../core/locale.ts'
import type { Sql } from '../db/client.ts'
import { acceptedSectors, type Report, sectorsOf } from './read-reports.ts'

/** A sector whose report a synthesis does not add up as it is now. */
export interface NewerSector {
  readonly code: string
  readonly names: Names
  /** Version that was accepted since the synthesis was built. */
  readonly version: number
  /** The version the synthesis adds up; null: none of this sector. */
  readonly added: number | null
}

/** The sectors whose report was accepted, or corrected, after a synthesis was built. None for a sector's own report. */
export const newerSectors = async (
  sql: Sql,
  report: Pick<Report, 'id' | 'kind' | 'year'>,
): Promise<NewerSector[]> => {
  if (report.kind === 'sector') return []
  const [now, added] = await Promise.all([acceptedSectors(sql, report.year), sectorsOf(sql, report.id)])
  const versions = new Map(added.map(({ code, version }) => [code, version]))
  return now.flatMap(({ content: { administration, version }, contentSha256 }) =>
    administration === null || added.some((one) => one.contentSha256 === contentSha256)
      ? []
      : [{ ...administration, version, added: versions.get(administration.code) ?? null }],
  )
}
