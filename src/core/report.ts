import type { Cause } from './cause.ts'
import type { FigureTable, TableCode, Value } from './figure-table.ts'
import type { Names } from './locale.ts'

/** The languages every report is in, together. */
export const REPORT_LOCALES = ['ar', 'fr'] as const
export type ReportLocale = (typeof REPORT_LOCALES)[number]

export const REPORT_STATES = ['draft', 'submitted', 'returned', 'accepted', 'published'] as const
export type ReportState = (typeof REPORT_STATES)[number]

/** What may follow. A published one is followed by a new version, which is a report of its own. */
const NEXT: Readonly<Record<ReportState, readonly ReportState[]>> = {
  draft: ['submitted'],
  submitted: ['returned', 'accepted'],
  returned: ['submitted'],
  accepted: ['published'],
  published: [],
}
export const reportMayBecome = (from: ReportState, to: ReportState): boolean => NEXT[from].includes(to)
export const isOpenForWriting = (state: ReportState): boolean => state === 'draft' || state === 'returned'

/** What a build goes through, in order. */
export const BUILD_STEPS = ['counting', 'snapshot', 'tables'] as const
export type BuildState = 'waiting' | (typeof BUILD_STEPS)[number] | 'done' | 'failed'

/** The twelve sections of every sector report (ux 3.8), each with the tables that open it filled; the register has its own. */
export const REPORT_SECTIONS = [
  { code: 'received', tables: ['kinds', 'months', 'channels'] },
  { code: 'services', tables: ['services'] },
  { code: 'territory', tables: ['regions', 'languages'] },
  { code: 'review', tables: ['review', 'grounds'] },
  { code: 'pending', tables: ['waiting'] },
  { code: 'time', tables: ['commitments', 'time'] },
  { code: 'outcomes', tables: ['outcomes'] },
  { code: 'renewals', tables: ['renewals'] },
  { code: 'satisfaction', tables: ['satisfaction'] },
  { code: 'causes', tables: ['causes'] },
  { code: 'measures', tables: [] },
  { code: 'quality', tables: ['quality'] },
] as const satisfies readonly { code: string; tables: readonly TableCode[] }[]
export type ReportSection = (typeof REPORT_SECTIONS)[number]['code'] | 'sectors' | 'recommendations'

/** What only the synthesis has, after the twelve. */
export const SYNTHESIS_SECTIONS: readonly ReportSection[] = ['sectors', 'recommendations']

export const MEASURE_STATES = ['planned', 'under_way', 'adopted', 'dropped'] as const
export type MeasureState = (typeof MEASURE_STATES)[number]

/** One line of the measures register. */
export interface ImprovementMeasure {
  readonly id: string
  readonly cause: Cause
  readonly ar: string
  readonly fr: string
  readonly owner: string
  readonly dueOn: string
  readonly state: MeasureState
  readonly firstYear: number
  readonly adoptedOn: string | null
  /** Filings with this cause, the year before and in the year of the report. */
  readonly before: Value
  readonly after: Value
  /** It should have been done by the end of the year, or by the day of the numbers, and was not. */
  readonly notKept: boolean
}

export interface Commentary {
  readonly ar: string
  readonly fr: string
}

export interface ReportedSector {
  readonly code: string
  readonly names: Names
  /** Hash of the sector report that was added up. */
  readonly contentSha256: string
  readonly tables: readonly FigureTable[]
}

/** Sectors of one size, the best first. */
export interface RankedGroup {
  readonly group: 'small' | 'middle' | 'large'
  readonly codes: readonly string[]
}

/** A report whole, in no language: what is frozen, hashed and rendered. */
export interface ReportContent {
  readonly v: 1
  readonly kind: 'sector' | 'synthesis'
  readonly administration: { readonly code: string; readonly names: Names } | null
  readonly year: number
  readonly version: number
  readonly reason: string | null
  /** The office day the numbers speak of. */
  readonly asOf: string
  readonly snapshotSha256: string
  readonly tables: readonly FigureTable[]
  readonly commentaries: Readonly<Partial<Record<ReportSection, Commentary>>>
  readonly measures: readonly ImprovementMeasure[]
  readonly sectors: readonly ReportedSector[]
  /** Only sectors with enough closed complaints for a rate to mean something (ux G62). */
  readonly ranking: readonly RankedGroup[]
  /** Sectors that owe a report and have none accepted. */
  readonly missing: readonly { readonly code: string; readonly names: Names }[]
}

/** Whether its year was still running when the numbers were taken. */
export const isRunning = ({ year, asOf }: Pick<ReportContent, 'year' | 'asOf'>): boolean =>
  asOf <= `${year}-12-31`
