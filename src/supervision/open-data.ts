import { createHash } from 'node:crypto'
import type { FigureTable } from '../core/figure-table.ts'
import type { Locale } from '../core/locale.ts'
import { csvOf, csvStream, plainValue } from './csv.ts'
import { INDICATORS } from './indicators.ts'
import { MEASURES } from './measures.ts'
import type { GridRow } from './open-grid.ts'
import { FEW } from './protect.ts'
import type { OpenRow } from './public-statistics.ts'

/** What the national portal of open data uses. */
export const LICENCE = {
  name: 'Open Database License (ODbL) 1.0',
  url: 'https://opendatacommons.org/licenses/odbl/1-0/',
} as const

/** What a row or a column is called in a language; html/figure-words.ts knows. */
export type Words = (locale: Locale, table: FigureTable, row: FigureTable['rows'][number]) => string

/** The columns of the files, told once for all of them. */
export const COLUMNS = {
  sector: 'code of the body whose report says it',
  table: 'code of the table',
  key: 'code of the row within the table; empty: not said',
  name_ar: 'the row in Arabic',
  name_fr: 'the row in French',
  column: 'code of the column; ending in _before: the same period a year earlier',
  unit: 'count: filings; share: a fraction of one; days: days from filing',
  value: `the number; empty: nothing to judge yet; <5: kept back, because fewer than ${FEW} people are behind it or could be worked out from it`,
  incomplete: 'yes: some of these filings have not reached their legal date',
  month: 'first day of the month of filing, ISO 8601',
  body: 'code of the public body that has the filings',
  kind: 'complaint, observation or suggestion (decree 2-17-265)',
  received: 'filings received',
  service: 'code of the public service of that body; empty: not yet classified; *: not told apart',
  channel: 'the way the filing came by; *: not told apart',
  region: 'region of Morocco, ISO 3166-2:MA; empty: not said or not known; *: not told apart',
  state: 'where it stands now, in the six words of the tracking page; *: not told apart',
} as const

const TABLE_HEADS = ['table', 'key', 'name_ar', 'name_fr', 'column', 'unit', 'value', 'incomplete']

const linesOf = (tables: readonly FigureTable[], words: Words): (string | number)[][] =>
  tables.flatMap((table) =>
    table.rows.flatMap((row) =>
      table.columns.map(({ code, unit, before }, nth) => [
        table.code,
        row.key,
        words('ar', table, row),
        words('fr', table, row),
        before ? `${code}_before` : code,
        unit,
        plainValue(row.values[nth] ?? null),
        row.incomplete ? 'yes' : 'no',
      ]),
    ),
  )

/** Each value a line of its own: one set of columns serves every table. */
export const tablesCsv = (tables: readonly FigureTable[], words: Words): string =>
  csvOf([TABLE_HEADS, ...linesOf(tables, words)])

/** What a synthesis adds up: the same lines for each sector. */
export const sectorsCsv = (
  sectors: readonly { readonly code: string; readonly tables: readonly FigureTable[] }[],
  words: Words,
): string =>
  csvOf([
    ['sector', ...TABLE_HEADS],
    ...sectors.flatMap(({ code, tables }) => linesOf(tables, words).map((line) => [code, ...line])),
  ])

export const bodiesCsv = (rows: readonly OpenRow[]): string =>
  csvOf([
    ['month', 'body', 'name_ar', 'name_fr', 'kind', 'received'],
    ...rows.map(({ month, body, names, kind, received }) => [
      month,
      body,
      names.ar ?? '',
      names.fr ?? '',
      kind,
      received,
    ]),
  ])

const GRID = ['month', 'body', 'service', 'kind', 'channel', 'region', 'state', 'received'] as const

const gridRows = async function* (months: AsyncIterable<readonly GridRow[]>) {
  for await (const rows of months) yield rows.map((row) => GRID.map((name) => row[name]))
}

export const gridCsv = (months: AsyncIterable<readonly GridRow[]>): AsyncIterable<string> =>
  csvStream(GRID, gridRows(months))

/** The same lines as JSON, after what is said about all of them. */
export const gridJson = async function* (
  months: AsyncIterable<readonly GridRow[]>,
  about: Readonly<Record<string, unknown>>,
): AsyncGenerator<string> {
  yield `${JSON.stringify({ licence: LICENCE, columns: COLUMNS, ...about }).slice(0, -1)},"rows":[`
  let between = ''
  for await (const rows of months) {
    if (rows.length === 0) continue
    yield between + rows.map((row) => JSON.stringify(row)).join(',')
    between = ','
  }
  yield ']}'
}

/** What the words of the measures stand for: `f` is one filing, judged by its first round unless something else is said. */
export const FACTS = {
  as_of: 'the day of the office that the numbers speak of',
  status: 'where the filing stands now, in whichever round; answered and closed are ends',
  round: 'how many times it went through the circuit; 2 and more: sent again by its author',
  ending:
    'how the first round ended: answered; refused (inadmissible at the formal review); withdrawn (closed without either); open (none of these). Merged into another filing: answered with that one, unless sent again before, open until then',
  ended_on: 'day of the office on which the first round ended so',
  joined: 'the first round was merged into another filing, and not taken apart again',
  review_outcome: 'admissible or inadmissible; an answer says admissible by itself; null: not reviewed',
  review_due_on: 'last day of the formal review, as it was told',
  reviewed_in_time: 'reviewed, or merged into another filing, before that day ended',
  answer_due_on: 'last day of the answer, as it was told; later by the days on which the clock stood still',
  answered_in_time: 'answered before that day ended',
  running_due_on: 'last day of what is owed now, the formal review or the answer, in whichever round',
  renewed_on: 'day on which it was sent again first',
  answer_outcome: 'what the last answer gave',
  satisfied: 'the opinion on the last answer; sending it again says no; null: none was given',
  undirected: 'refused as being for another authority, without a word which',
  transferred: 'handed from one body to another at least once; counted at the body that has it now',
  receipt_failed: 'a receipt of it could not be delivered',
} as const

/** What an indicator is called, asks and counts, in the three languages; html/indicator-words.ts knows. */
export type IndicatorWords = (code: string) => Readonly<Record<string, Readonly<Record<Locale, string>>>>

/** The published definitions: whoever has the facts can count again. */
export const dictionary = (words: IndicatorWords) => ({
  licence: LICENCE,
  columns: COLUMNS,
  facts: FACTS,
  measures: Object.fromEntries(
    Object.entries<string>(MEASURES).map(([code, sql]) => [code, sql.replace(/\s+/g, ' ')]),
  ),
  indicators: INDICATORS.map((indicator) => ({ ...indicator, ...words(indicator.code) })),
})

export const tablesJson = (tables: readonly FigureTable[], about: Readonly<Record<string, unknown>>) => ({
  licence: LICENCE,
  columns: COLUMNS,
  ...about,
  tables,
})

/** Names a content by itself: unchanged, it need not travel again (RFC 9110). */
export const etagOf = (content: string): string =>
  `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
