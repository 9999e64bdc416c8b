import { composeCounting } from '../composition/features.ts'
import type { Parts } from '../composition/parts.ts'
import { renderReportFiles } from '../composition/report-files.ts'
import type { Database } from '../db/client.ts'
import { createPdfRenderer } from '../receipts/pdf/render-pdf.ts'
import type { PublishDeps } from '../supervision/publish-report.ts'
import { listReports, type Report } from '../supervision/read-reports.ts'
import { type Command, OPERATOR, requiredText, textOf, UsageError, type Values } from './command.ts'
import { withParts } from './open-parts.ts'

/** Which report is meant. */
export const WHICH = {
  year: { type: 'string', value: 'YYYY', about: 'the year it is about', required: true },
  administration: { type: 'string', value: 'CODE', about: 'the sector; absent: the synthesis' },
} as const

export const yearOf = (values: Values): number => {
  const year = Number(requiredText(values, 'year'))
  if (!Number.isInteger(year) || year < 2018 || year > 2100)
    throw new UsageError('--year is a year from 2018 on')
  return year
}

/** Runs with a typesetter of its own, which ends with the command. */
export const withReports = <T>(parts: Parts, work: (deps: PublishDeps) => Promise<T>): Promise<T> => {
  const pdf = createPdfRenderer()
  const { newId, secrets, config } = parts
  const deps: PublishDeps = {
    ...composeCounting(parts),
    db: parts.db,
    newId,
    secrets,
    publicUrl: config.http.publicUrl,
    render: renderReportFiles(pdf),
  }
  return work(deps).finally(() => pdf.close())
}

export const nameOf = ({ code, year, version }: Report): string =>
  `${year} ${code ?? 'synthesis'} v${version}`

/** The newest version of the report that is meant. */
export const findReport = async (db: Database, values: Values): Promise<Report> => {
  const year = yearOf(values)
  const code = textOf(values, 'administration') ?? null
  const report = (await listReports(db.sql, OPERATOR)).find((one) => one.year === year && one.code === code)
  if (report === undefined)
    throw new UsageError(`no report of ${year} for ${code ?? 'the synthesis'}: build it first`)
  return report
}

/** One act upon a report that was built. `facts` are told, line by line. */
export const step = (
  name: string,
  summary: string,
  take: (deps: PublishDeps, report: Report, values: Values) => Promise<Readonly<Record<string, string>>>,
  options: Command['options'] = {},
): Command => ({
  name: `report ${name}`,
  summary,
  options: { ...WHICH, ...options },
  examples: [`report ${name} --year 2026 --administration SANTE`, `report ${name} --year 2026 --json`],
  run: ({ values, config }) =>
    withParts(config(), (parts) =>
      withReports(parts, async (deps) => {
        const report = await findReport(deps.db, values)
        const facts = await take(deps, report, values)
        const lines = [nameOf(report), ...Object.entries(facts).map(([key, value]) => `${key}: ${value}`)]
        return { json: { id: report.id, ...facts }, text: lines.join('\n') }
      }),
    ),
})
