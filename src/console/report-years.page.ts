import { html } from 'ghtml'
import { nameIn } from '../core/locale.ts'
import { longDay, text } from '../html/text.ts'
import { type MissingBody, REMIND_DAYS, type ReportYear } from '../supervision/report-year.ts'
import type { Viewer } from './layout.ts'
import { dataTable } from './table.ts'

/** What a body owes, over the list of complaints and over the reports; nothing when it owes nothing. */
export const owedBanner = (
  { locale }: Viewer,
  owed: readonly Pick<ReportYear, 'year' | 'dueOn'>[],
  today: string,
): string =>
  owed
    .map(({ year, dueOn }) => {
      const key = dueOn < today ? 'desk.reports.owed.late' : 'desk.reports.owed'
      return html`<p class="note clock owed">${text(locale, key, { year, day: longDay(locale, dueOn) })} <a href="/console/reports">${text(locale, 'desk.reports')}</a></p>`
    })
    .join('')

export interface YearFacts extends ReportYear {
  readonly missing: readonly MissingBody[]
}

const missingTable = ({ locale }: Viewer, { missing }: YearFacts): string => {
  if (missing.length === 0) return html`<p>${text(locale, 'desk.reports.missing.none')}</p>`
  const heads = (['console.body', 'console.state', 'desk.reports.reminded'] as const).map((key) =>
    text(locale, key),
  )
  const rows = missing.map(({ names, state, remindedAt }) => [
    nameIn(names, locale),
    text(locale, state === null ? 'desk.reports.not_begun' : `desk.reports.state.${state}`),
    remindedAt === null ? '–' : longDay(locale, remindedAt.toISOString().slice(0, 10)),
  ])
  return html`<details class="act"><summary>${text(locale, 'desk.reports.missing', { count: missing.length })}</summary>!${dataTable(locale, heads, rows)}</details>`
}

const oneYear = (viewer: Viewer, facts: YearFacts): string => {
  const { locale } = viewer
  const dates = (
    [
      ['desk.reports.opens', facts.opensOn],
      ['desk.reports.due', facts.dueOn],
      ['desk.reports.synthesis_on', facts.synthesisOn],
    ] as const
  ).map(
    ([key, day]) =>
      html`<li><span class="soft">${text(locale, key)}</span> <strong>${longDay(locale, day)}</strong></li>`,
  )
  return html`<h3>${facts.year}</h3><ul>!${dates}</ul>!${missingTable(viewer, facts)}`
}

const dayField = (label: string, name: string, value = ''): string =>
  html`<label>${label} <input type="date" name="${name}" value="${value}" required></label>`

/** The ministry's calendar: the dates of each year, who is missing, and the form that sets them. */
export const reportCalendar = (viewer: Viewer, years: readonly YearFacts[], year: number): string => {
  const { locale } = viewer
  const set = years.find((one) => one.year === year)
  return html`<section aria-labelledby="calendar"><h2 id="calendar">${text(locale, 'desk.reports.years')}</h2>!${years.map((one) => oneYear(viewer, one))}
<form class="filters" method="post" action="/console/reports/years">
<label>${text(locale, 'desk.reports.year')} <input type="number" name="year" value="${year}" min="2018" max="2100" required></label>
!${dayField(text(locale, 'desk.reports.opens'), 'opensOn', set?.opensOn)}!${dayField(text(locale, 'desk.reports.due'), 'dueOn', set?.dueOn)}!${dayField(text(locale, 'desk.reports.synthesis_on'), 'synthesisOn', set?.synthesisOn)}
<label>${text(locale, 'desk.reports.remind')} <input name="remindDays" dir="ltr" maxlength="60" pattern="-?[0-9]+([ ,]+-?[0-9]+)*" value="${(set?.remindDays ?? REMIND_DAYS).join(', ')}"></label>
<button class="button second">${text(locale, 'desk.reports.set')}</button></form></section>`
}
