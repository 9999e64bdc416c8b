import { html } from 'ghtml'
import type { FigureTable } from '../core/figure-table.ts'
import type { Locale } from '../core/locale.ts'
import type { ReportContent, ReportSection } from '../core/report.ts'
import { figure, figureTable } from './figure.ts'
import {
  measureCells,
  measureHeads,
  missingText,
  type SectionTables,
  sectionsIn,
  sectionTitle,
  sectorsTable,
  versionText,
} from './report-words.ts'
import { longDay, text } from './text.ts'

export interface BodyOptions {
  readonly locale: Locale
  readonly content: ReportContent
  /** More at the end of a section while it is being written; already escaped. */
  readonly after?: (section: ReportSection) => string
  /** Where a total opens down to its sectors. */
  readonly open?: (table: FigureTable) => string | undefined
}

const measures = (locale: Locale, content: ReportContent): string =>
  content.measures.length === 0
    ? html`<p>${text(locale, 'report.measure.none')}</p>`
    : html`<div class="wide" tabindex="0" role="group" aria-label="${sectionTitle(locale, 'measures')}"><table class="figures"><caption class="hidden">${sectionTitle(locale, 'measures')}</caption><thead><tr>!${measureHeads(locale).map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>!${content.measures.map((measure) => html`<tr>!${measureCells(locale, measure).map((cell, nth) => (nth === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}</tr>`)}</tbody></table></div>`

const sectors = (
  locale: Locale,
  content: ReportContent,
): string => html`<p>${missingText(locale, content)}</p>
!${content.sectors.length === 0 ? '' : figureTable({ locale, table: sectorsTable(content) })}
<p class="soft">${text(locale, 'figures.sentence.bodies')}</p>`

/** What was written, each line a paragraph. */
const commentary = (locale: Locale, { commentaries }: ReportContent, section: ReportSection): string => {
  const said = commentaries[section]
  const words = locale === 'ar' ? said?.ar : said?.fr
  if (!words?.trim()) return ''
  return html`<div class="note"><h4>${text(locale, 'report.commentary')}</h4>!${words
    .split(/\n+/)
    .filter((line) => line.trim() !== '')
    .map((line) => html`<p>${line}</p>`)}</div>`
}

const sectionOf = (options: BodyOptions, { code, tables }: SectionTables, nth: number): string => {
  const { locale, content, after, open } = options
  const inside =
    code === 'measures' ? measures(locale, content) : code === 'sectors' ? sectors(locale, content) : ''
  const figures = tables.map((table) => {
    const link = open?.(table)
    return figure({
      locale,
      table,
      level: 3,
      ...(link === undefined
        ? {}
        : { after: html`<p><a href="${link}">${text(locale, 'report.section.sectors')}</a></p>` }),
    })
  })
  return html`<section class="report-section" id="section-${code}"><h2>${nth + 1}. ${sectionTitle(locale, code)}</h2>!${figures}!${inside}!${commentary(locale, content, code)}!${after?.(code) ?? ''}</section>`
}

/** The inside of a report: the same words and numbers at the desk, on the public page and, by its own template, on paper. */
export const reportBody = (options: BodyOptions): string => {
  const { locale, content } = options
  const sections = sectionsIn(content)
  return html`<p class="lead">${text(locale, 'report.subtitle')}</p>
<p class="soft">${versionText(locale, content)} · ${text(locale, 'report.as_of', { day: longDay(locale, content.asOf) })}</p>
<nav aria-label="${text(locale, 'report.contents')}"><ol class="contents">!${sections.map(({ code }) => html`<li><a href="#section-${code}">${sectionTitle(locale, code)}</a></li>`)}</ol></nav>
!${sections.map((section, nth) => sectionOf(options, section, nth))}
<p class="soft">${text(locale, 'report.rules')}</p>`
}
