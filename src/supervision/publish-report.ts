import { createHash } from 'node:crypto'
import { z } from 'zod'
import { officeDay } from '../core/deadlines.ts'
import { AppError } from '../core/errors.ts'
import type { Names } from '../core/locale.ts'
import {
  type ReportContent,
  type ReportedSector,
  type ReportLocale,
  reportMayBecome,
} from '../core/report.ts'
import type { Secrets } from '../core/secrets.ts'
import { requireSeen, type Seen } from '../core/seen.ts'
import type { Sql } from '../db/client.ts'
import { type ReceiptKey, signCompact, signingKeyOf } from '../receipts/sign-receipt.ts'
import { type CompactCheck, verifyCompact } from '../receipts/verify-signature.ts'
import { audit } from '../staff/audit.ts'
import { type Actor, requireRight } from '../staff/rights.ts'
import type { ReportDeps } from './build-report.ts'
import { withFilings } from './measures-register.ts'
import { protectTable, protectTotal } from './protect.ts'
import { rankShown } from './rank-sectors.ts'
import { contentOf, readReport } from './read-reports.ts'

export interface ReportFile {
  readonly name: string
  readonly type: string
  readonly bytes: Uint8Array
}

/** What print says beside the content. */
export interface PrintFacts {
  readonly sha256: string
  /** The gateway's own address, and where the report is after the language. */
  readonly base: string
  readonly path: string
  /** When it was published, or previewed. */
  readonly date: string
  /** The day it was accepted; absent: a draft. */
  readonly accepted?: string
  /** Accepted and not published yet. */
  readonly isPreview?: true
}

/** Makes the files of a report from its content alone. */
export interface ReportRenderer {
  readonly files: (content: ReportContent, facts: PrintFacts) => Promise<readonly ReportFile[]>
  readonly paper: (locale: ReportLocale, content: ReportContent, facts: PrintFacts) => Promise<ReportFile>
}

export interface PublishDeps extends ReportDeps {
  readonly secrets: Secrets
  readonly publicUrl: string
  readonly render: ReportRenderer
}

export const REPORT_TYPE = 'wasl-report+jws'

const Claims = z.object({
  v: z.literal(1),
  report: z.string(),
  version: z.int().positive(),
  contentSha256: z.string().regex(/^[0-9a-f]{64}$/),
  files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
  publishedAt: z.iso.datetime(),
  issuer: z.url(),
})
export type ReportClaims = z.infer<typeof Claims>

/** Checks a report's signature as anyone can who has the published keys. */
export const verifyReport = (jws: string, keys: readonly ReceiptKey[]): CompactCheck<ReportClaims> =>
  verifyCompact<ReportClaims>(jws, keys, { typ: REPORT_TYPE, claims: Claims })

/** Where a report is, after the language: `2026/SANTE/1`. */
export const reportPath = ({
  year,
  administration,
  version,
}: Pick<ReportContent, 'year' | 'administration' | 'version'>) =>
  `${year}/${administration?.code ?? 'synthesis'}/${version}`

/** What of an accepted report anyone may read: small groups are kept back. */
const publicContent = (content: ReportContent): ReportContent => {
  const sectors = content.sectors.map(
    (sector): ReportedSector => ({ ...sector, tables: sector.tables.map(protectTable) }),
  )
  const tables = content.tables.map((table) => {
    const own = ({ tables: all }: ReportedSector) => all.find(({ code }) => code === table.code)
    return protectTotal(
      table,
      content.sectors.map((sector, nth) => ({
        whole: own(sector),
        shown: sectors[nth] && own(sectors[nth]),
      })),
    )
  })
  return {
    ...content,
    tables,
    sectors,
    ranking: rankShown(content.ranking, sectors),
    measures: content.measures.map((measure) => withFilings(measure, tables)),
  }
}

/** A report as it would be printed now, for whoever may read it. */
export const readPaper = async (
  deps: PublishDeps,
  actor: Actor,
  id: string,
  locale: ReportLocale,
): Promise<ReportFile> => {
  const report = await readReport(deps.db.sql, actor, id)
  const content = await contentOf(deps.db.sql, report)
  return deps.render.paper(locale, content, {
    sha256: report.contentSha256 ?? report.snapshotSha256,
    base: deps.publicUrl,
    path: reportPath(content),
    date: (report.publishedAt ?? deps.clock.now()).toISOString(),
    ...(report.acceptedAt ? { accepted: officeDay(report.acceptedAt, deps.officeZone) } : {}),
    ...(report.publishedAt ? {} : { isPreview: true as const }),
  })
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Publishes an accepted report: its files are made once, hashed, signed, and never change. */
export const publishReport = async (
  deps: PublishDeps,
  actor: Actor,
  id: string,
  wish: Seen = {},
): Promise<{ url: string; contentSha256: string }> => {
  requireRight(actor, 'report.judge')
  const report = await readReport(deps.db.sql, actor, id)
  const { content, contentSha256, acceptedAt } = report
  if (!reportMayBecome(report.state, 'published') || content === null || contentSha256 === null)
    throw new AppError('conflict')
  requireSeen(wish, report.changedAt.toISOString())
  const now = deps.clock.now()
  const path = reportPath(content)
  const facts = {
    sha256: contentSha256,
    base: deps.publicUrl,
    path,
    date: now.toISOString(),
    accepted: officeDay(acceptedAt ?? now, deps.officeZone),
  }
  const files = await deps.render.files(publicContent(content), facts)
  const signature = signCompact(signingKeyOf(deps.secrets), REPORT_TYPE, {
    v: 1,
    report: path,
    version: content.version,
    contentSha256,
    files: Object.fromEntries(files.map(({ name, bytes }) => [name, sha256(bytes)])),
    publishedAt: facts.date,
    issuer: deps.publicUrl,
  } satisfies ReportClaims)
  await deps.db.sql.begin(async (tx) => {
    const published = await tx`
      update reports set state = 'published', published_at = ${now}, published_by = ${actor.id}, signature = ${signature}
      where id = ${id} and state = 'accepted' returning id`
    if (published.length === 0) throw new AppError('conflict')
    for (const { name, type, bytes } of files)
      await tx`insert into report_files (report_id, name, type, sha256, bytes) values (${id}, ${name}, ${type}, ${sha256(bytes)}, ${bytes as Buffer})`
  })
  await audit(deps, actor, { action: 'report.publish', subject: id, facts: { sha256: contentSha256 } })
  return { url: `${deps.publicUrl}/fr/reports/${path}`, contentSha256 }
}

export interface PublishedReport {
  readonly id: string
  readonly kind: 'sector' | 'synthesis'
  readonly year: number
  readonly version: number
  readonly reason: string | null
  readonly code: string
  readonly names: Names | null
  readonly publishedAt: Date
  readonly contentSha256: string
  readonly signature: string
}

/** Everything published, newest year first, the synthesis before its sectors, each with all its versions. */
export const listPublished = (sql: Sql): Promise<PublishedReport[]> =>
  sql<PublishedReport[]>`
    select r.id, r.kind, r.year, r.version, r.reason, coalesce(a.code, 'synthesis') as code, a.names, r.published_at as "publishedAt",
           r.content_sha256 as "contentSha256", r.signature
    from reports r left join administrations a on a.id = r.administration_id
    where r.state = 'published' order by r.year desc, r.kind desc, a.code, r.version desc`

/** Where a published report is, after the language. */
export const addressOf = ({
  year,
  code,
  version,
}: Pick<PublishedReport, 'year' | 'code' | 'version'>): string => `/reports/${year}/${code}/${version}`

/** One file of a published report, as it was written. */
export const readPublishedFile = async (
  sql: Sql,
  reportId: string,
  name: string,
): Promise<ReportFile | undefined> => {
  const [file] = await sql<ReportFile[]>`
    select f.name, f.type, f.bytes from report_files f join reports r on r.id = f.report_id
    where f.report_id = ${reportId} and f.name = ${name} and r.state = 'published'`
  return file
}
