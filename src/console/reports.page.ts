import { html } from 'ghtml'
import { nameIn } from '../core/locale.ts'
import { isOpenForWriting, REPORT_LOCALES, type ReportSection } from '../core/report.ts'
import { hidden } from '../html/form.ts'
import { reportBody } from '../html/report-body.ts'
import { reportTitle } from '../html/report-words.ts'
import { text } from '../html/text.ts'
import { mayDo } from '../staff/rights.ts'
import type { Difference } from '../supervision/compare-report.ts'
import type { Report } from '../supervision/read-reports.ts'
import { deskPage, type Viewer } from './layout.ts'
import { commentaryForm, type ReportView, registerForms, remarkField, remarksOf } from './report-fill.view.ts'
import { reportCalendar, type YearFacts } from './report-years.page.ts'
import { dataTable, isolated } from './table.ts'

export interface ListFacts {
  readonly reports: readonly Report[]
  readonly bodies: readonly { readonly code: string; readonly names: Parameters<typeof nameIn>[0] }[]
  readonly year: number
  /** The calendar, for whoever keeps it. */
  readonly years: readonly YearFacts[] | undefined
  /** What is owed, as markup. */
  readonly owed: string
}

const may = ({ session }: Viewer, action: 'report.write' | 'report.judge'): boolean =>
  session !== undefined && mayDo(session.actor, action)

const buildForm = (viewer: Viewer, { bodies, year }: ListFacts): string => {
  const { locale } = viewer
  if (!may(viewer, 'report.write')) return ''
  const synthesis = may(viewer, 'report.judge')
    ? html`<option value="">${text(locale, 'desk.reports.synthesis')}</option>`
    : ''
  return html`<form class="filters" method="post" action="/console/reports">
<label>${text(locale, 'desk.reports.year')} <input type="number" name="year" value="${year}" min="2018" max="2100" required></label>
<label>${text(locale, 'console.body')} <select name="administration">!${synthesis}!${bodies.map(({ code, names }) => html`<option value="${code}">${nameIn(names, locale)}</option>`)}</select></label>
<label>${text(locale, 'desk.reports.reason')} <input name="reason" maxlength="300"></label>
<button class="button">${text(locale, 'desk.reports.build')}</button></form>`
}

/** The reports of whoever looks, and the way to a new one. */
export const reportsPage = (viewer: Viewer, facts: ListFacts): string => {
  const { locale } = viewer
  const rows = facts.reports.map((report) => [
    report.year,
    report.names === null ? text(locale, 'desk.reports.synthesis') : nameIn(report.names, locale),
    report.version,
    text(locale, `desk.reports.state.${report.state}`),
    { html: html`<a href="/console/reports/${report.id}">${text(locale, 'desk.reports.open')}</a>` },
  ])
  const heads = [
    text(locale, 'desk.reports.year'),
    text(locale, 'console.body'),
    text(locale, 'desk.reports.version'),
    text(locale, 'console.state'),
    '',
  ]
  return deskPage(viewer, {
    title: text(locale, 'desk.reports'),
    path: '/console/reports',
    body: html`!${facts.owed}<p class="soft">${text(locale, 'desk.reports.lead')}</p>!${buildForm(viewer, facts)}!${dataTable(locale, heads, rows)}!${facts.years === undefined ? '' : reportCalendar(viewer, facts.years, facts.year)}`,
  })
}

const steps = (viewer: Viewer, { id, state, contentSha256, changedAt }: Report): string => {
  const { locale } = viewer
  const seen = hidden('seen', changedAt.toISOString())
  const act = (deed: 'submit' | 'accept' | 'publish') =>
    html`<form class="inline" method="post" action="/console/reports/${id}/${deed}">!${seen}<button class="button small">${text(locale, `desk.reports.${deed}`)}</button></form>`
  const judge = may(viewer, 'report.judge')
  const next = [
    ...(isOpenForWriting(state) && may(viewer, 'report.write') ? [act('submit')] : []),
    ...(state === 'submitted' && judge
      ? [
          act('accept'),
          html`<form class="inline" id="return" method="post" action="/console/reports/${id}/return">!${seen}<button class="button small second">${text(locale, 'desk.reports.return')}</button></form>`,
        ]
      : []),
    ...(state === 'accepted' && judge ? [act('publish')] : []),
  ]
  const papers = REPORT_LOCALES.map(
    (language) =>
      html`<a href="/console/reports/${id}/report-${language}.pdf">${text(locale, 'desk.reports.pdf', { language: text(locale, `figures.language.${language}`) })}</a>`,
  )
  return html`<p><strong>${text(locale, `desk.reports.state.${state}`)}</strong>!${contentSha256 === null ? '' : html` – ${text(locale, 'report.proof')} <code dir="ltr">${contentSha256}</code>`}</p>
<div class="buttons">!${next}</div><p>!${papers.join(' · ')} · <a href="/console/reports/${id}/differences">${text(locale, 'desk.reports.differences')}</a></p>`
}

/** Sectors whose report a synthesis does not add up as it is now, and the way to one that does. */
const newerNote = (view: ReportView): string => {
  const { viewer, report, writing } = view
  const { locale } = viewer
  if (writing.newer.length === 0) return ''
  const named = writing.newer.map(
    ({ names, version }) =>
      html`<li><bdi>${nameIn(names, locale)}</bdi> – ${text(locale, 'desk.reports.version')} ${version}</li>`,
  )
  const reason =
    report.state === 'published'
      ? html`<label>${text(locale, 'desk.reports.reason')} <input name="reason" maxlength="300" required></label>`
      : ''
  const again =
    report.state === 'submitted' || report.state === 'accepted'
      ? html`<p>${text(locale, 'desk.reports.newer.later')}</p>`
      : html`<form class="stack" method="post" action="/console/reports">!${hidden('year', String(report.year))}!${reason}<button class="button small">${text(locale, 'desk.reports.newer.again')}</button></form>`
  return html`<div class="note clock" id="newer"><h2>${text(locale, 'desk.reports.newer')}</h2><ul>!${named}</ul>!${may(viewer, 'report.judge') ? again : ''}</div>`
}

/** One report: the body as it will be published, with what may be written or remarked beside each section. */
export const reportPage = (view: ReportView): string => {
  const { viewer, report, content } = view
  const { locale } = viewer
  const writes = isOpenForWriting(report.state) && may(viewer, 'report.write')
  const judges = report.state === 'submitted' && may(viewer, 'report.judge')
  const after = (section: ReportSection): string =>
    [
      remarksOf(view, section, writes),
      writes ? commentaryForm(view, section) : '',
      writes && section === 'measures' ? registerForms(view) : '',
      judges ? remarkField(viewer, section) : '',
    ].join('')
  return deskPage(viewer, {
    title: reportTitle(locale, content),
    path: `/console/reports/${report.id}`,
    body: html`!${newerNote(view)}!${steps(viewer, report)}!${reportBody({ locale, content, after })}`,
  })
}

/** What the report would say today otherwise than it does. */
export const differencesPage = (
  viewer: Viewer,
  report: Report,
  { reproducible, differences }: { reproducible: boolean; differences: readonly Difference[] },
): string => {
  const { locale } = viewer
  const heads = [
    text(locale, 'figures.column.row'),
    '',
    text(locale, 'desk.reports.column'),
    text(locale, 'desk.reports.was'),
    text(locale, 'desk.reports.is'),
  ]
  const plain = (value: Difference['was']) => isolated(value === null ? '–' : String(value))
  const rows = differences.map(({ table, row, column, was, is }) => [
    text(locale, `figures.table.${table as 'kinds'}`),
    isolated(row),
    isolated(column),
    plain(was),
    plain(is),
  ])
  return deskPage(viewer, {
    title: text(locale, 'desk.reports.differences'),
    path: `/console/reports/${report.id}/differences`,
    body: html`<p>${text(locale, reproducible ? 'desk.reports.reproducible' : 'desk.reports.not_reproducible')}</p>
!${rows.length === 0 ? html`<p>${text(locale, 'desk.reports.same')}</p>` : dataTable(locale, heads, rows)}<p><a href="/console/reports/${report.id}">${text(locale, 'desk.reports.open')}</a></p>`,
  })
}
