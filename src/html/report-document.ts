import type { FigureTable } from '../core/figure-table.ts'
import { directionOf } from '../core/locale.ts'
import type { ReportContent, ReportLocale, ReportSection } from '../core/report.ts'
import { chartOf } from './chart.ts'
import { aimText, tableTitle } from './figure.ts'
import { columnText, rowText, sentenceOf, valueText } from './figure-words.ts'
import { qrSvg } from './qr.ts'
import {
  measureCells,
  measureHeads,
  missingText,
  reportTitle,
  sectionsIn,
  sectionTitle,
  sectorsTable,
  versionText,
} from './report-words.ts'
import { longDay, text } from './text.ts'

export interface PaperTable {
  readonly title: string
  readonly sentence: string
  /** SVG, or empty. */
  readonly chart: string
  readonly heads: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly note: string
}

/** A report put into words for paper (src/receipts/pdf/report.typ). Nothing here is markup. */
export interface ReportDocument {
  readonly language: ReportLocale
  readonly direction: 'rtl' | 'ltr'
  readonly service: string
  readonly title: string
  readonly subtitle: string
  readonly facts: readonly string[]
  readonly contentsTitle: string
  readonly sections: readonly {
    readonly title: string
    readonly tables: readonly PaperTable[]
    readonly paragraphs: readonly string[]
    readonly commentaryTitle: string
    readonly commentary: readonly string[]
  }[]
  readonly rules: string
  readonly proofLabel: string
  readonly hash: string
  readonly check: string
  readonly qr: string
  readonly date: string
}

const paperTable = (locale: ReportLocale, table: FigureTable): PaperTable => ({
  title: tableTitle(locale, table),
  sentence: table.rows.length === 0 ? text(locale, 'figures.nothing') : sentenceOf(locale, table),
  chart: chartOf(locale, table, tableTitle(locale, table), 'paper'),
  heads: [text(locale, 'figures.column.row'), ...table.columns.map((column) => columnText(locale, column))],
  rows: table.rows.map((row) => [
    [
      rowText(locale, table.code, row),
      ...(row.incomplete ? [text(locale, 'figures.incomplete')] : []),
      ...(row.target ? [aimText(locale, row.target)] : []),
    ].join(' – '),
    ...row.values.map((value, nth) => valueText(locale, value, table.columns[nth]?.unit ?? 'count')),
  ]),
  note:
    table.code === 'months' && table.rows.some(({ incomplete }) => incomplete)
      ? text(locale, 'figures.incomplete.note')
      : '',
})

const register = (locale: ReportLocale, content: ReportContent): PaperTable[] =>
  content.measures.length === 0
    ? []
    : [
        {
          title: sectionTitle(locale, 'measures'),
          sentence: '',
          chart: '',
          heads: measureHeads(locale),
          rows: content.measures.map((measure) => measureCells(locale, measure)),
          note: '',
        },
      ]

const more = (locale: ReportLocale, content: ReportContent, code: ReportSection) => {
  if (code === 'measures')
    return {
      tables: register(locale, content),
      paragraphs: content.measures.length === 0 ? [text(locale, 'report.measure.none')] : [],
    }
  if (code === 'sectors')
    return {
      tables: content.sectors.length === 0 ? [] : [paperTable(locale, sectorsTable(content))],
      paragraphs: [missingText(locale, content)],
    }
  return { tables: [], paragraphs: [] }
}

/** The report for the printer. `url` is where it can be checked; `sha256` the hash of its content. */
export const reportDocument = (
  locale: ReportLocale,
  content: ReportContent,
  { sha256, url, date }: { sha256: string; url: string; date: string },
): ReportDocument => ({
  language: locale,
  direction: directionOf(locale),
  service: text(locale, 'service.name'),
  title: reportTitle(locale, content),
  subtitle: text(locale, 'report.subtitle'),
  facts: [
    versionText(locale, content),
    text(locale, 'report.as_of', { day: longDay(locale, content.asOf) }),
    text(locale, 'reports.published', { day: longDay(locale, date.slice(0, 10)) }),
  ],
  contentsTitle: text(locale, 'report.contents'),
  sections: sectionsIn(content).map(({ code, tables }) => {
    const { tables: added, paragraphs } = more(locale, content, code)
    return {
      title: sectionTitle(locale, code),
      tables: [...tables.map((table) => paperTable(locale, table)), ...added],
      paragraphs,
      commentaryTitle: text(locale, 'report.commentary'),
      commentary: (content.commentaries[code]?.[locale] ?? '')
        .split(/\n+/)
        .filter((line) => line.trim() !== ''),
    }
  }),
  rules: text(locale, 'report.rules'),
  proofLabel: text(locale, 'report.proof'),
  hash: sha256,
  check: text(locale, 'report.check', { url }),
  qr: qrSvg(url),
  date,
})
