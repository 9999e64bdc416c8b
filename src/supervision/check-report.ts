import type { Database } from '../db/client.ts'
import { publishedKeys } from '../receipts/publish-keys.ts'
import { listPublished, type PublishedReport, verifyReport } from './publish-report.ts'

export interface CheckedReport {
  readonly report: PublishedReport
  /** The published file that was held up; null: the report as a whole. */
  readonly file: string | null
  /** The newest version, when this one was corrected since. */
  readonly newest: PublishedReport | undefined
  readonly kid: string
}

export type ReportCheck =
  | ({ readonly found: 'genuine' } & CheckedReport)
  /** On our record, and not what was signed: somebody changed the record. */
  | { readonly found: 'forged' }
  | { readonly found: 'unknown' }

type Deps = Pick<Database, 'sql' | 'orm'>

/** Whether a report still is what was signed when it was published; of one file, whether its hash is among the signed ones. */
const judge = async (
  { orm }: Deps,
  all: readonly PublishedReport[],
  report: PublishedReport | undefined,
  file: { readonly name: string; readonly sha256: string } | undefined,
): Promise<ReportCheck> => {
  if (report === undefined) return { found: 'unknown' }
  const check = verifyReport(report.signature, await publishedKeys(orm))
  const isSigned =
    check.ok &&
    check.claims.contentSha256 === report.contentSha256 &&
    (file === undefined || check.claims.files[file.name] === file.sha256)
  if (!isSigned) return { found: 'forged' }
  const newest = all.find(
    ({ year, code, version }) => year === report.year && code === report.code && version > report.version,
  )
  return { found: 'genuine', report, file: file?.name ?? null, newest, kid: check.kid }
}

/** Looks for a SHA-256: of the content of a published report, or of one of its files. */
export const checkReportHash = async (deps: Deps, sha256: string): Promise<ReportCheck> => {
  const all = await listPublished(deps.sql)
  const whole = all.find(({ contentSha256 }) => contentSha256 === sha256)
  if (whole !== undefined) return judge(deps, all, whole, undefined)
  const [file] = await deps.sql<{ reportId: string; name: string }[]>`
    select report_id as "reportId", name from report_files where sha256 = ${sha256} limit 1`
  const report = all.find(({ id }) => id === file?.reportId)
  return judge(deps, all, report, file && { name: file.name, sha256 })
}

/** Looks for a report by its place, `2026/SANTE/1`. */
export const checkReportPath = async (deps: Deps, path: string): Promise<ReportCheck> => {
  const all = await listPublished(deps.sql)
  const report = all.find(({ year, code, version }) => `${year}/${code}/${version}` === path)
  return judge(deps, all, report, undefined)
}

const HASH = /^[0-9a-f]{64}$/
const PATH = /(?:^|\/reports\/)(\d{4}\/[\w-]+\/\d+)(?:\/[\w.-]*)?$/
const SIGNED = /^[\w-]+\.[\w-]+\.[\w-]{86}$/

/**
 * Judges what somebody holds up, as far as it is about a report: a hash, the place or address of a report, or its signature.
 * Undefined: it is about something else.
 */
export const checkReport = async (deps: Deps, presented: string): Promise<ReportCheck | undefined> => {
  const typed = presented.trim()
  // As it is printed, in groups.
  const joined = typed.replace(/\s+/g, '').toLowerCase()
  if (HASH.test(joined)) return checkReportHash(deps, joined)
  const [, path] = PATH.exec(typed) ?? []
  if (path !== undefined) return checkReportPath(deps, path)
  if (!SIGNED.test(typed)) return undefined
  const check = verifyReport(typed, await publishedKeys(deps.orm))
  if (check.ok) return checkReportPath(deps, check.claims.report)
  // Malformed as a report's signature: it may be a receipt's.
  return check.reason === 'malformed' ? undefined : { found: 'forged' }
}
