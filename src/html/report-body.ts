import { html } from 'ghtml'
import type { FigureTable } from '../core/figure-table.ts'
import type { Locale } from '../core/locale.ts'
import { isRunning, type ReportContent, type ReportSection } from '../core/report.ts'
import { figure, figureTable, tableTitle } from './figure.ts'
import {
  definitionsOf,
  groupedHash,
  measureCells,
  measureHeads,
  missingText,
  notKeptText,
  recomputeCommands,
  runningText,
  type SectionTables,
  sectionsIn,
  sectionTitle,
  versionText,
} from './report-words.ts'
import { partsOf, sectorTables } from './sector-words.ts'
import { longDay, text } from './text.ts'

export interface BodyOptions {
  readonly locale: Locale
  readonly content: ReportContent
  /** More at the end of a section while it is being written; already escaped. */
  readonly after?: (section: ReportSection) => string
}

/** A table of words that are ready. */
const plainTable = (title: string, heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  html`<div class="wide" tabindex="0" role="group" aria-label="${title}"><table class="figures"><caption class="hidden">${title}</caption><thead><tr>!${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>!${rows.map((cells) => html`<tr>!${cells.map((cell, nth) => (nth === 0 ? html`<th scope="row">${cell}</th>` : html`<td><bdi>${cell}</bdi></td>`))}</tr>`)}</tbody></table></div>`

const measures = (locale: Locale, content: ReportContent): string => {
  const { measures: register } = content
  if (register.length === 0) return html`<p>${text(locale, 'report.measure.none')}</p>`
  const late = notKeptText(locale, content)
  const rows = register.map((measure) => measureCells(locale, measure))
  return html`!${plainTable(sectionTitle(locale, 'measures'), measureHeads(locale, content), rows)}!${late === '' ? '' : html`<p class="note clock">${late}</p>`}`
}

const sectors = (locale: Locale, content: ReportContent): string =>
  html`<p class="said-first">${text(locale, 'figures.sentence.bodies')}</p><p>${missingText(locale, content)}</p>
!${sectorTables(locale, content).map(({ title, table }) => html`<h3>${title}</h3>!${figureTable({ locale, table, title })}`)}`

/** Whom each indicator counts, and how every figure comes out again. */
const definitions = (locale: Locale, content: ReportContent): string =>
  html`<h3>${text(locale, 'report.definitions')}</h3><dl class="facts">!${definitionsOf(locale, content).map(({ name, words }) => html`<div><dt>${name}</dt><dd>${words}</dd></div>`)}</dl>
<h3>${text(locale, 'report.recompute.title')}</h3><p>${text(locale, 'report.recompute')}</p>!${recomputeCommands(content).map((command) => html`<p><code dir="ltr">${command}</code></p>`)}<p>${text(locale, 'report.snapshot')} <bdi dir="ltr" class="digest">${groupedHash(content.snapshotSha256)}</bdi></p>`

const noneYet = (locale: Locale, { commentaries }: ReportContent): string =>
  commentaries.recommendations === undefined
    ? html`<p>${text(locale, 'report.recommendations.none')}</p>`
    : ''

const INSIDE: Readonly<Partial<Record<ReportSection, (locale: Locale, content: ReportContent) => string>>> = {
  measures,
  sectors,
  quality: definitions,
  recommendations: noneYet,
}

/** Where a total opens down to its sectors. */
const bySector = (locale: Locale, content: ReportContent, table: FigureTable): string => {
  const parts = partsOf(locale, content, table)
  if (parts === undefined) return ''
  const title = text(locale, 'report.by_sector', { table: tableTitle(locale, table) })
  return html`<details class="by-sector"><summary>${title}</summary>!${plainTable(title, parts.heads, parts.rows)}</details>`
}

/** What was written, each line a paragraph. */
const commentary = (locale: Locale, { commentaries }: ReportContent, section: ReportSection): string => {
  const said = commentaries[section]
  const words = locale === 'ar' ? said?.ar : said?.fr
  if (!words?.trim()) return ''
  return html`<div class="note">!${section === 'recommendations' ? '' : html`<h3>${text(locale, 'report.commentary')}</h3>`}!${words
    .split(/\n+/)
    .filter((line) => line.trim() !== '')
    .map((line) => html`<p>${line}</p>`)}</div>`
}

const sectionOf = (options: BodyOptions, { code, tables }: SectionTables, nth: number): string => {
  const { locale, content, after } = options
  const title = sectionTitle(locale, code)
  const figures = tables.map((table) =>
    figure({ locale, table, level: 3, above: title, after: bySector(locale, content, table) }),
  )
  return html`<section class="report-section" id="section-${code}"><h2>${nth + 1}. ${title}</h2>!${figures}!${INSIDE[code]?.(locale, content) ?? ''}!${commentary(locale, content, code)}!${after?.(code) ?? ''}</section>`
}

/** The inside of a report: the same words and numbers at the desk, on the public page and, by its own template, on paper. */
export const reportBody = (options: BodyOptions): string => {
  const { locale, content } = options
  const sections = sectionsIn(content)
  return html`<p class="lead">${text(locale, 'report.subtitle')}</p>
<p class="soft">${versionText(locale, content)} · ${text(locale, 'report.as_of', { day: longDay(locale, content.asOf) })}</p>
!${isRunning(content) ? html`<p class="note clock">${runningText(locale, content)}</p>` : ''}
<nav aria-label="${text(locale, 'report.contents')}"><ol class="contents">!${sections.map(({ code }) => html`<li><a href="#section-${code}">${sectionTitle(locale, code)}</a></li>`)}</ol></nav>
!${sections.map((section, nth) => sectionOf(options, section, nth))}
<p class="soft">${text(locale, 'report.rules')}</p>`
}
