import fs from 'node:fs/promises'
import { REPORT_LOCALES, type ReportContent } from '../core/report.ts'
import { compareWithToday } from '../supervision/compare-report.ts'
import { readPaper } from '../supervision/publish-report.ts'
import { contentOf, listReports, recomputeReport } from '../supervision/read-reports.ts'
import { readWriting } from '../supervision/read-writing.ts'
import { recomputePublished } from '../supervision/recompute-published.ts'
import { type Command, OPERATOR, type Outcome, requiredText, textOf, UsageError } from './command.ts'
import { withParts } from './open-parts.ts'
import { findReport, nameOf, WHICH, withReports } from './report-parts.ts'
import { table } from './table.ts'

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

/** What anybody can do with a published file: no database, no key. */
const recomputeFile = async (file: string): Promise<Outcome> => {
  const published = JSON.parse(await fs.readFile(file, 'utf8')) as { content?: ReportContent }
  if (published.content?.tables === undefined) throw new UsageError(`${file} is no published report.json`)
  const { same, kept, frozen, wrong } = recomputePublished(published.content)
  const lines = [
    `${same} figures come out the same from the counts published with them.`,
    `${kept} are kept back, or rest on a count that is: fewer than five people are behind it.`,
    `${frozen} rest on counts too fine to be public: the counts themselves, and rates and days made of them.`,
    ...wrong.map((one) => `WRONG ${one.place}: ${one.published} in the file, ${one.again} computed`),
  ]
  return { json: { file, same, kept, frozen, wrong }, text: lines.join('\n'), failed: wrong.length > 0 }
}

const reportRecompute: Command = {
  name: 'report recompute',
  summary: 'make every figure of a report again from its frozen sums; exit 1 when one comes out otherwise',
  options: {
    year: { type: 'string', value: 'YYYY', about: 'the year it is about' },
    administration: WHICH.administration,
    file: {
      type: 'string',
      value: 'FILE',
      about: 'instead: a published report.json, computed again offline from the counts it holds',
    },
  },
  examples: [
    'report recompute --year 2026 --administration SANTE',
    'report recompute --year 2026 --json',
    'report recompute --file report.json',
  ],
  run: ({ values, config }) => {
    const file = textOf(values, 'file')
    if (file !== undefined) return recomputeFile(file)
    return withParts(config(), async ({ db }) => {
      const report = await findReport(db, values)
      const { reproducible, tables } = await recomputeReport(db.sql, report)
      const verdict = reproducible
        ? `Each of its ${tables.length} tables comes out the same.`
        : 'The frozen sums do not give the same figures again.'
      return {
        json: { id: report.id, snapshotSha256: report.snapshotSha256, reproducible, tables },
        text: `${nameOf(report)}\nsnapshot: ${report.snapshotSha256}\n${verdict}`,
        failed: !reproducible,
      }
    })
  },
}

const reportStatus: Command = {
  name: 'report status',
  summary: 'how a report stands: what is written, remarked and promised, and which sectors a synthesis lacks',
  options: WHICH,
  examples: ['report status --year 2026 --administration SANTE', 'report status --year 2026 --json'],
  run: ({ values, config }) =>
    withParts(config(), async ({ db }) => {
      const { sql } = db
      const report = await findReport(db, values)
      const content = await contentOf(sql, report)
      const { sections, measures, remarks, newer } = await readWriting(sql, report, content)
      const { id, state, asOf, version, reason, contentSha256, changedAt } = report
      const open = remarks.filter(({ settledAt }) => settledAt === null)
      const lines = [
        `${nameOf(report)}: ${state}, numbers of ${asOf}`,
        ...(contentSha256 === null ? [] : [`sha256: ${contentSha256}`]),
        `without commentary: ${
          sections
            .filter(({ ar, fr }) => ar + fr === '')
            .map(({ section }) => section)
            .join(', ') || 'none'
        }`,
        ...measures.map(
          (one) => `measure ${one.id}: ${one.state}, due ${one.dueOn}${one.notKept ? ', not kept' : ''}`,
        ),
        ...open.map((one) => `remark ${one.id} on ${one.section}: ${one.text}`),
        ...newer.map(
          ({ code, version: accepted }) => `newer: ${code} v${accepted}: build the synthesis again`,
        ),
      ]
      const missing = content.missing.map(({ code }) => code)
      const facts = { id, state, asOf, version, reason, contentSha256, changedAt: changedAt.toISOString() }
      return { json: { ...facts, sections, measures, remarks, missing, newer }, text: lines.join('\n') }
    }),
}

const reportDifferences: Command = {
  name: 'report differences',
  summary: 'what a report would say today otherwise than it does',
  options: WHICH,
  examples: [
    'report differences --year 2026 --administration SANTE',
    'report differences --year 2026 --json',
  ],
  run: ({ values, config }) =>
    withParts(config(), (parts) =>
      withReports(parts, async (deps) => {
        const report = await findReport(deps.db, values)
        const found = await compareWithToday(deps, OPERATOR, report.id)
        const rows = found.differences.map((one) => [
          one.table,
          one.row,
          one.column,
          one.was ?? '',
          one.is ?? '',
        ])
        const text =
          rows.length === 0 ? 'No difference.' : table(['table', 'row', 'column', 'report', 'today'], rows)
        return { json: { id: report.id, ...found }, text }
      }),
    ),
}

const reportPaper: Command = {
  name: 'report paper',
  summary: 'the PDF of a report as it would be printed now',
  options: {
    ...WHICH,
    language: { type: 'string', choices: REPORT_LOCALES, about: 'the language', required: true },
    out: { type: 'string', value: 'FILE', about: 'where the PDF is written', required: true },
  },
  examples: ['report paper --year 2026 --administration SANTE --language fr --out rapport.pdf'],
  run: ({ values, config }) =>
    withParts(config(), (parts) =>
      withReports(parts, async (deps) => {
        const { id } = await findReport(deps.db, values)
        const language = requiredText(values, 'language') as (typeof REPORT_LOCALES)[number]
        const out = requiredText(values, 'out')
        const { bytes } = await readPaper(deps, OPERATOR, id, language)
        await fs.writeFile(out, bytes)
        return { json: { id, file: out, bytes: bytes.length }, text: out }
      }),
    ),
}

/** `wasl report …`: what reports there are, and what one says. */
export const readingCommands: readonly Command[] = [
  reportList,
  reportStatus,
  reportDifferences,
  reportRecompute,
  reportPaper,
]
