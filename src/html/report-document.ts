import type { FigureTable } from '../core/figure-table.ts'
import { directionOf } from '../core/locale.ts'
import { isRunning, type ReportContent, type ReportLocale, type ReportSection } from '../core/report.ts'
import { chartOf } from './chart.ts'
import { aimText, tableTitle } from './figure.ts'
import { columnText, legendOf, rowText, sentenceOf, valueText } from './figure-words.ts'
import { qrSvg } from './qr.ts'
import {
  definitionsOf,
  groupedHash,
  measureCells,
  measureHeads,
  missingText,
  notKeptText,
  recomputeCommands,
  reportTitle,
  runningText,
  sectionsIn,
  sectionTitle,
  versionText,
} from './report-words.ts'
import { partsOf, sectorTables } from './sector-words.ts'
import { longDay, ltr, text } from './text.ts'

export interface PaperTable {
  readonly title: string
  readonly sentence: string
  /** SVG, or empty. */
  readonly chart: string
  /** Which line of the drawing is which, or empty. */
  readonly legend: string
  readonly heads: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** True: words, which stand where reading begins; false: numbers, at the far side. */
  readonly words: boolean
  /** How many columns, from where reading begins, name the row. */
  readonly names: 1 | 2
  readonly note: string
}

export interface Paragraph {
  /** In bold before the words, or empty. */
  readonly lead: string
  readonly words: string
  /** To be typed or compared: runs from left to right. */
  readonly isCode?: true
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
  readonly briefTitle: string
  /** What the report says, a sentence a section. */
  readonly brief: readonly Paragraph[]
  readonly sections: readonly {
    readonly title: string
    readonly tables: readonly PaperTable[]
    readonly paragraphs: readonly Paragraph[]
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

const NO_CHART = { sentence: '', chart: '', legend: '', note: '', names: 1 } as const

const cellsOf = (locale: ReportLocale, table: FigureTable): string[][] =>
  table.rows.map((row) => [
    [
      rowText(locale, table.code, row),
      ...(row.incomplete ? [text(locale, 'figures.incomplete')] : []),
      ...(row.target ? [aimText(locale, row.target)] : []),
    ].join(' – '),
    ...row.values.map((value, nth) => valueText(locale, value, table.columns[nth]?.unit ?? 'count')),
  ])

const paperTable = (
  locale: ReportLocale,
  table: FigureTable,
  title = tableTitle(locale, table),
): PaperTable => ({
  title,
  sentence: table.rows.length === 0 ? text(locale, 'figures.nothing') : sentenceOf(locale, table),
  chart: chartOf(locale, table, title, 'paper'),
  legend: legendOf(locale, table),
  heads: [text(locale, 'figures.column.row'), ...table.columns.map((column) => columnText(locale, column))],
  rows: cellsOf(locale, table),
  words: false,
  names: 1,
  note:
    table.code === 'months' && table.rows.some(({ incomplete }) => incomplete)
      ? text(locale, 'figures.incomplete.note')
      : '',
})

/** As many numbers as stand beside each other on a page, after the name of the row. */
const MOST_BESIDE = 7

/** A wide table as several, as wide as each other and each with the names of its rows. */
const inPages = <T>(cells: readonly T[]): T[][] => {
  const [name, ...numbers] = cells
  if (name === undefined) return []
  const pages = Math.ceil(numbers.length / MOST_BESIDE)
  const wide = Math.ceil(numbers.length / pages)
  return Array.from({ length: pages }, (_, nth) => [name, ...numbers.slice(nth * wide, (nth + 1) * wide)])
}

const partsTable = (locale: ReportLocale, content: ReportContent, table: FigureTable): PaperTable[] => {
  const parts = partsOf(locale, content, table)
  if (parts === undefined) return []
  const title = text(locale, 'report.by_sector', { table: tableTitle(locale, table) })
  const rows = parts.rows.map(inPages)
  return inPages(parts.heads).map((heads, nth, all) => ({
    ...NO_CHART,
    title: all.length === 1 ? title : `${title} (${nth + 1}/${all.length})`,
    heads,
    rows: rows.map((row) => row[nth] ?? []),
    words: false,
    names: parts.names,
  }))
}

const plain = (words: string): Paragraph => ({ lead: '', words })
const code = (lead: string, words: string): Paragraph => ({ lead, words, isCode: true })

type Inside = { readonly tables: readonly PaperTable[]; readonly paragraphs: readonly Paragraph[] }

const register = (locale: ReportLocale, content: ReportContent): Inside => {
  const { measures } = content
  if (measures.length === 0) return { tables: [], paragraphs: [plain(text(locale, 'report.measure.none'))] }
  const late = notKeptText(locale, content)
  const table: PaperTable = {
    ...NO_CHART,
    title: sectionTitle(locale, 'measures'),
    heads: measureHeads(locale, content),
    rows: measures.map((measure) => measureCells(locale, measure)),
    words: true,
  }
  return { tables: [table], paragraphs: late === '' ? [] : [plain(late)] }
}

const sectors = (locale: ReportLocale, content: ReportContent): Inside => ({
  tables: sectorTables(locale, content).map(({ title, table }, nth) => ({
    ...paperTable(locale, table, title),
    sentence: nth === 0 ? text(locale, 'figures.sentence.bodies') : '',
  })),
  paragraphs: [plain(missingText(locale, content))],
})

const definitions = (locale: ReportLocale, content: ReportContent): Inside => ({
  tables: [],
  paragraphs: [
    ...definitionsOf(locale, content).map(({ name, words }) => ({ lead: name, words })),
    { lead: text(locale, 'report.recompute.title'), words: text(locale, 'report.recompute') },
    ...recomputeCommands(content).map((command) => code('', command)),
    code(text(locale, 'report.snapshot'), groupedHash(content.snapshotSha256)),
  ],
})

const noneYet = (locale: ReportLocale, { commentaries }: ReportContent): Inside => ({
  tables: [],
  paragraphs:
    commentaries.recommendations === undefined ? [plain(text(locale, 'report.recommendations.none'))] : [],
})

const INSIDE: Readonly<
  Partial<Record<ReportSection, (locale: ReportLocale, content: ReportContent) => Inside>>
> = { measures: register, sectors, quality: definitions, recommendations: noneYet }

/** What is said on the cover of when and whose these numbers are. */
const coverFacts = (
  locale: ReportLocale,
  content: ReportContent,
  { date, number, accepted, isPreview }: PaperFacts,
): string[] => [
  `${text(locale, 'report.number', { number: ltr(number) })} · ${versionText(locale, content)}`,
  text(locale, 'report.as_of', { day: longDay(locale, content.asOf) }),
  ...(accepted === undefined
    ? [text(locale, 'report.draft', { day: longDay(locale, date.slice(0, 10)) })]
    : [
        text(locale, 'report.accepted', { day: longDay(locale, accepted) }),
        text(locale, isPreview ? 'report.preview' : 'reports.published', {
          day: longDay(locale, date.slice(0, 10)),
        }),
      ]),
  ...(isRunning(content) ? [runningText(locale, content)] : []),
]

/** The sections whose first table says what a reader wants first. */
const BRIEF: readonly ReportSection[] = ['received', 'pending', 'time', 'renewals', 'satisfaction', 'causes']

/** A commitment is told by its number and its target. */
const kept = (locale: ReportLocale, table: FigureTable): Paragraph[] =>
  table.rows.flatMap((row) =>
    row.target === undefined
      ? []
      : [
          {
            lead: rowText(locale, table.code, row),
            words: `${valueText(locale, row.values[0] ?? null, 'share')} – ${aimText(locale, row.target)}`,
          },
        ],
  )

const briefOf = (locale: ReportLocale, content: ReportContent): Paragraph[] =>
  sectionsIn(content).flatMap(({ code, tables }) =>
    BRIEF.includes(code)
      ? tables.flatMap((table) =>
          table.code === 'channels'
            ? []
            : table.code === 'commitments'
              ? kept(locale, table)
              : [{ lead: tableTitle(locale, table), words: sentenceOf(locale, table) }],
        )
      : [],
  )

export interface PaperFacts {
  readonly sha256: string
  /** Where it can be checked. */
  readonly url: string
  readonly date: string
  /** The day it was accepted; absent: a draft. */
  readonly accepted?: string | undefined
  /** Accepted and not published yet. */
  readonly isPreview?: true | undefined
  /** What it is cited by: year, body and version. */
  readonly number: string
}

/** The report for the printer. */
export const reportDocument = (
  locale: ReportLocale,
  content: ReportContent,
  facts: PaperFacts,
): ReportDocument => ({
  language: locale,
  direction: directionOf(locale),
  service: text(locale, 'service.name'),
  title: reportTitle(locale, content),
  subtitle: text(locale, 'report.subtitle'),
  facts: coverFacts(locale, content, facts),
  contentsTitle: text(locale, 'report.contents'),
  briefTitle: text(locale, 'report.brief'),
  brief: briefOf(locale, content),
  sections: sectionsIn(content).map(({ code, tables }) => {
    const inside = INSIDE[code]?.(locale, content)
    return {
      title: sectionTitle(locale, code),
      tables: [
        ...tables.flatMap((table) => [paperTable(locale, table), ...partsTable(locale, content, table)]),
        ...(inside?.tables ?? []),
      ],
      paragraphs: inside?.paragraphs ?? [],
      commentaryTitle: code === 'recommendations' ? '' : text(locale, 'report.commentary'),
      commentary: (content.commentaries[code]?.[locale] ?? '')
        .split(/\n+/)
        .filter((line) => line.trim() !== ''),
    }
  }),
  rules: text(locale, 'report.rules'),
  proofLabel: text(locale, 'report.proof'),
  hash: facts.sha256,
  check: text(locale, 'report.check', { url: facts.url }),
  qr: qrSvg(facts.url),
  date: facts.date,
})
