import type { Cause } from '../core/cause.ts'
import type { Column, FigureTable, Value } from '../core/figure-table.ts'
import { valueIn } from '../core/figure-table.ts'
import { type Locale, nameIn } from '../core/locale.ts'
import {
  type ImprovementMeasure,
  REPORT_SECTIONS,
  type ReportContent,
  type ReportSection,
  SYNTHESIS_SECTIONS,
} from '../core/report.ts'
import { longDay, text } from './text.ts'

export const reportTitle = (locale: Locale, { kind, year, administration }: ReportContent): string =>
  kind === 'synthesis'
    ? text(locale, 'report.synthesis.title', { year })
    : text(locale, 'report.sector.title', { year, body: nameIn(administration?.names ?? {}, locale) })

export const versionText = (locale: Locale, { version, reason }: ReportContent): string =>
  reason === null
    ? text(locale, 'report.version', { version })
    : text(locale, 'report.version.reason', { version, reason })

export const sectionTitle = (locale: Locale, section: ReportSection): string =>
  text(locale, `report.section.${section}`)

export interface SectionTables {
  readonly code: ReportSection
  readonly tables: readonly FigureTable[]
}

/** The sections of a report in their order, each with its tables. A synthesis has the sectors instead of a register. */
export const sectionsIn = ({ kind, tables }: ReportContent): SectionTables[] => {
  const twelve = REPORT_SECTIONS.map(
    ({ code, tables: wanted }): SectionTables => ({
      code,
      tables: wanted.flatMap((one) => tables.filter((table) => table.code === one)),
    }),
  )
  if (kind === 'sector') return twelve
  return [
    ...twelve.filter(({ code }) => code !== 'measures'),
    ...SYNTHESIS_SECTIONS.map((code): SectionTables => ({ code, tables: [] })),
  ]
}

const find = (
  tables: readonly FigureTable[],
  code: FigureTable['code'],
  key: string,
  column: string,
): Value => {
  const table = tables.find((one) => one.code === code)
  const row = table?.rows.find((one) => one.key === key)
  return table && row ? valueIn(table, row, column) : null
}

const sumOf = (tables: readonly FigureTable[], code: FigureTable['code'], column: string): Value => {
  const table = tables.find((one) => one.code === code)
  const values = table?.rows.map((row) => valueIn(table, row, column)) ?? []
  return values.includes('few')
    ? 'few'
    : values.reduce((sum: number, one) => sum + (typeof one === 'number' ? one : 0), 0)
}

const SECTOR_COLUMNS: readonly Column[] = [
  { code: 'received', unit: 'count' },
  { code: 'response', unit: 'share' },
  { code: 'in_time', unit: 'share' },
  { code: 'renewed', unit: 'share' },
]

/** The sectors of a synthesis side by side: what each total opens down to. */
export const sectorsTable = ({ sectors }: ReportContent): FigureTable => ({
  code: 'bodies',
  columns: SECTOR_COLUMNS,
  rows: sectors.map(({ code, names, tables }) => ({
    key: code,
    names,
    values: [
      sumOf(tables, 'kinds', 'received'),
      find(tables, 'commitments', 'response', 'share'),
      find(tables, 'commitments', 'in_time', 'share'),
      find(tables, 'commitments', 'renewed', 'share'),
    ],
  })),
})

/** Everything one line of the register says, in the order of its heads. */
export const measureCells = (locale: Locale, measure: ImprovementMeasure): readonly string[] => [
  text(locale, `cause.${measure.cause satisfies Cause}`),
  (locale === 'ar' ? measure.ar || measure.fr : measure.fr || measure.ar).trim(),
  measure.owner,
  longDay(locale, measure.dueOn),
  measure.notKept
    ? `${text(locale, `report.measure.${measure.state}`)} – ${text(locale, 'report.measure.not_kept')}`
    : text(locale, `report.measure.${measure.state}`),
  String(measure.before),
  String(measure.after),
]
export const measureHeads = (locale: Locale): readonly string[] =>
  (['cause', 'what', 'owner', 'due', 'state', 'before', 'after'] as const).map((head) =>
    text(locale, `report.measure.${head}`),
  )

export const missingText = (locale: Locale, { missing }: ReportContent): string =>
  missing.length === 0
    ? text(locale, 'report.complete')
    : text(locale, 'report.missing', {
        names: missing.map(({ names }) => nameIn(names, locale)).join(locale === 'ar' ? '، ' : ', '),
      })
