import type { Cause } from '../core/cause.ts'
import type { FigureTable } from '../core/figure-table.ts'
import { type Locale, type Names, nameIn } from '../core/locale.ts'
import {
  type ImprovementMeasure,
  REPORT_SECTIONS,
  type ReportContent,
  type ReportSection,
  SYNTHESIS_SECTIONS,
} from '../core/report.ts'
import { valueText } from './figure-words.ts'
import { hasText, longDay, text } from './text.ts'

/** What a report is called, by what it is about. */
export const reportName = (
  locale: Locale,
  { kind, year, names }: Pick<ReportContent, 'kind' | 'year'> & { readonly names: Names | null },
): string =>
  kind === 'synthesis'
    ? text(locale, 'report.synthesis.title', { year })
    : text(locale, 'report.sector.title', { year, body: nameIn(names ?? {}, locale) })

export const reportTitle = (locale: Locale, { kind, year, administration }: ReportContent): string =>
  reportName(locale, { kind, year, names: administration?.names ?? null })

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

/** Everything one line of the register says, in the order of its heads. */
export const measureCells = (locale: Locale, measure: ImprovementMeasure): readonly string[] => [
  text(locale, `cause.${measure.cause satisfies Cause}`),
  whatOf(locale, measure),
  measure.owner,
  longDay(locale, measure.dueOn),
  measure.notKept
    ? `${text(locale, `report.measure.${measure.state}`)} – ${text(locale, 'report.measure.not_kept')}`
    : text(locale, `report.measure.${measure.state}`),
  valueText(locale, measure.before, 'count'),
  valueText(locale, measure.after, 'count'),
]

/** The heads of the register; what was received is said by its year. */
export const measureHeads = (locale: Locale, { year }: Pick<ReportContent, 'year'>): readonly string[] => [
  ...(['cause', 'what', 'owner', 'due', 'state'] as const).map((head) =>
    text(locale, `report.measure.${head}`),
  ),
  ...[year - 1, year].map((one) => text(locale, 'report.measure.received', { year: one })),
]

const whatOf = (locale: Locale, { ar, fr }: ImprovementMeasure): string =>
  (locale === 'ar' ? ar || fr : fr || ar).trim()

/** What was promised by a day that has passed and is not done; empty: all was kept. */
export const notKeptText = (locale: Locale, { measures }: ReportContent): string => {
  const late = measures.filter(({ notKept }) => notKept)
  if (late.length === 0) return ''
  const named = late.map((one) => `${whatOf(locale, one)} (${longDay(locale, one.dueOn)})`)
  return text(locale, 'report.measure.late', { names: named.join(SEMICOLON[locale]) })
}

const SEMICOLON: Readonly<Record<Locale, string>> = { ar: '؛ ', fr: ' ; ', en: '; ' }

export const missingText = (locale: Locale, { missing }: ReportContent): string =>
  missing.length === 0
    ? text(locale, 'report.complete')
    : text(locale, 'report.missing', {
        names: missing.map(({ names }) => nameIn(names, locale)).join(locale === 'ar' ? '، ' : ', '),
      })

/** Said of a report whose year was not over when it was built. */
export const runningText = (locale: Locale, { asOf }: ReportContent): string =>
  text(locale, 'report.running', { day: longDay(locale, asOf) })

/** What is counted by each indicator of the report: its name, and whom it counts. */
export const definitionsOf = (
  locale: Locale,
  { tables }: ReportContent,
): readonly { readonly name: string; readonly words: string }[] =>
  (tables.find(({ code }) => code === 'commitments')?.rows ?? []).flatMap(({ key }) => {
    const [name, cohort] = [`indicator.${key}.name`, `indicator.${key}.cohort`]
    return hasText(name) && hasText(cohort) ? [{ name: text(locale, name), words: text(locale, cohort) }] : []
  })

/** The commands that make figures again by the published definitions: each from the frozen sums, and what is public from its file. */
export const recomputeCommands = ({ kind, year, administration }: ReportContent): readonly string[] => [
  `wasl report recompute --year ${year}${kind === 'sector' ? ` --administration ${administration?.code ?? ''}` : ''}`,
  'wasl report recompute --file report.json',
]

/** A hash in groups that a line may end between. */
export const groupedHash = (hash: string): string => hash.match(/.{1,16}/g)?.join(' ') ?? ''
