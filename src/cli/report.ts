import { composeCounting } from '../composition/features.ts'
import type { Parts } from '../composition/parts.ts'
import { renderReportFiles } from '../composition/report-files.ts'
import type { Database } from '../db/client.ts'
import { createPdfRenderer } from '../receipts/pdf/render-pdf.ts'
import { publishReceiptKey } from '../receipts/publish-keys.ts'
import { type PublishDeps, publishReport } from '../supervision/publish-report.ts'
import { listReports, type Report, recomputeReport } from '../supervision/read-reports.ts'
import { acceptReport, buildReport, returnReport, submitReport } from '../supervision/write-report.ts'
import { type Command, OPERATOR, requiredText, textOf, UsageError, type Values } from './command.ts'
import { withParts } from './open-parts.ts'
import { table } from './table.ts'

const WHICH = {
  year: { type: 'string', value: 'YYYY', about: 'the year it is about', required: true },
  administration: { type: 'string', value: 'CODE', about: 'the sector; absent: the synthesis' },
} as const

const yearOf = (values: Values): number => {
  const year = Number(requiredText(values, 'year'))
  if (!Number.isInteger(year) || year < 2018 || year > 2100)
    throw new UsageError('--year is a year from 2018 on')
  return year
}

/** Runs with a typesetter of its own, which ends with the command. */
const withReports = <T>(parts: Parts, work: (deps: PublishDeps) => Promise<T>): Promise<T> => {
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

const nameOf = ({ code, year, version }: Report): string => `${year} ${code ?? 'synthesis'} v${version}`

/** The newest version of the report that is meant. */
const find = async (db: Database, values: Values): Promise<Report> => {
  const year = yearOf(values)
  const code = textOf(values, 'administration') ?? null
  const report = (await listReports(db.sql, OPERATOR)).find((one) => one.year === year && one.code === code)
  if (report === undefined)
    throw new UsageError(`no report of ${year} for ${code ?? 'the synthesis'}: build it first`)
  return report
}

/** One step of a report that was built. */
const step = (
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
        const report = await find(deps.db, values)
        const facts = await take(deps, report, values)
        const lines = [nameOf(report), ...Object.entries(facts).map(([key, value]) => `${key}: ${value}`)]
        return { json: { id: report.id, ...facts }, text: lines.join('\n') }
      }),
    ),
})

const reportBuild: Command = {
  name: 'report build',
  summary: 'freeze the numbers of a year and open the report for writing; says how far it is',
  options: {
    ...WHICH,
    reason: { type: 'string', about: 'why a published report is corrected' },
  },
  examples: ['report build --year 2026 --administration SANTE', 'report build --year 2026 --json'],
  run: ({ values, config, say }) => {
    const wish = {
      year: yearOf(values),
      administration: textOf(values, 'administration'),
      reason: textOf(values, 'reason'),
      progress: (at: string) => say(at),
    }
    return withParts(config(), (parts) =>
      withReports(parts, async (deps) => {
        const built = await buildReport(deps, OPERATOR, wish)
        return { json: built, text: built.id }
      }),
    )
  },
}

const reportList: Command = {
  name: 'report list',
  summary: 'the reports there are, with their state and hash',
  options: {},
  examples: ['report list', 'report list --json'],
  run: ({ config }) =>
    withParts(config(), async ({ db }) => {
      const reports = (await listReports(db.sql, OPERATOR)).map(
        ({ id, year, code, version, state, contentSha256 }) => ({
          id,
          year,
          sector: code,
          version,
          state,
          contentSha256,
        }),
      )
      const rows = reports.map((one) => [
        one.year,
        one.sector ?? 'synthesis',
        one.version,
        one.state,
        one.contentSha256 ?? '',
      ])
      const text =
        rows.length === 0 ? 'No report.' : table(['year', 'sector', 'version', 'state', 'sha256'], rows)
      return { json: reports, text }
    }),
}

const reportRecompute: Command = {
  name: 'report recompute',
  summary: 'make every figure of a report again from its frozen sums; exit 1 when one comes out otherwise',
  options: WHICH,
  examples: ['report recompute --year 2026 --administration SANTE', 'report recompute --year 2026 --json'],
  run: ({ values, config }) =>
    withParts(config(), async ({ db }) => {
      const report = await find(db, values)
      const { reproducible, tables } = await recomputeReport(db.sql, report)
      const verdict = reproducible
        ? `Each of its ${tables.length} tables comes out the same.`
        : 'The frozen sums do not give the same figures again.'
      return {
        json: { id: report.id, snapshotSha256: report.snapshotSha256, reproducible, tables },
        text: `${nameOf(report)}\nsnapshot: ${report.snapshotSha256}\n${verdict}`,
        failed: !reproducible,
      }
    }),
}

/** `wasl report …`: the whole way of a report. */
export const reportCommands: readonly Command[] = [
  reportBuild,
  reportList,
  step('submit', 'hand a report in to the ministry', async (deps, { id }) => {
    await submitReport(deps, OPERATOR, id)
    return { state: 'submitted' }
  }),
  step(
    'return',
    'give a report back with a remark on one section',
    async (deps, { id }, values) => {
      const remark = { section: requiredText(values, 'section'), text: requiredText(values, 'remark') }
      await returnReport(deps, OPERATOR, id, [remark])
      return { state: 'returned' }
    },
    {
      section: {
        type: 'string',
        about: 'what the remark is about: received, causes, measures…',
        required: true,
      },
      remark: { type: 'string', about: 'what is to be mended', required: true },
    },
  ),
  step('accept', 'accept a report: what it says is frozen with its hash', async (deps, { id }) => {
    const { sha256 } = await acceptReport(deps, OPERATOR, id)
    return { state: 'accepted', sha256 }
  }),
  step(
    'publish',
    'publish an accepted report: its files are made, signed, and never change',
    async (deps, { id }) => {
      await publishReceiptKey({ orm: deps.db.orm, secrets: deps.secrets, clock: deps.clock })
      const { url, contentSha256 } = await publishReport(deps, OPERATOR, id)
      return { state: 'published', url, sha256: contentSha256 }
    },
  ),
  reportRecompute,
]
