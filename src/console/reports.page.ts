import { html } from 'ghtml'
import { CAUSES } from '../core/cause.ts'
import { nameIn } from '../core/locale.ts'
import {
  isOpenForWriting,
  MEASURE_STATES,
  REPORT_LOCALES,
  type ReportContent,
  type ReportSection,
} from '../core/report.ts'
import { reportBody } from '../html/report-body.ts'
import { reportTitle, sectionTitle } from '../html/report-words.ts'
import { text } from '../html/text.ts'
import { mayDo } from '../staff/rights.ts'
import type { Remark, Report } from '../supervision/read-reports.ts'
import type { Difference } from '../supervision/write-report.ts'
import { deskPage, type Viewer } from './layout.ts'
import { reportCalendar, type YearFacts } from './report-years.page.ts'
import { actionButton, dataTable, isolated } from './table.ts'

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

const commentaryForm = (
  { locale }: Viewer,
  report: Report,
  content: ReportContent,
  section: ReportSection,
): string => {
  const said = content.commentaries[section]
  const field = (name: 'ar' | 'fr', label: 'arabic' | 'french') =>
    html`<label>${text(locale, `desk.reports.${label}`)}<textarea name="${name}" lang="${name}" dir="${name === 'ar' ? 'rtl' : 'ltr'}" rows="3" maxlength="4000">${said?.[name] ?? ''}</textarea></label>`
  return html`<details class="act"><summary>${text(locale, 'report.commentary')}</summary><form class="stack" method="post" action="/console/reports/${report.id}/commentary"><input type="hidden" name="section" value="${section}">!${field('ar', 'arabic')}!${field('fr', 'french')}<button class="button small">${text(locale, 'desk.reports.save')}</button></form></details>`
}

const measureForm = (
  { locale }: Viewer,
  report: Report,
  measure?: ReportContent['measures'][number],
): string => {
  const summary = measure
    ? locale === 'ar'
      ? measure.ar || measure.fr
      : measure.fr || measure.ar
    : text(locale, 'desk.reports.measure.add')
  const pick = (
    name: string,
    label: string,
    values: readonly string[],
    words: (value: string) => string,
    chosen?: string,
  ) =>
    html`<label>${label} <select name="${name}">!${values.map((value) => html`<option value="${value}"!${value === chosen ? ' selected' : ''}>${words(value)}</option>`)}</select></label>`
  return html`<details class="act"><summary>${summary}</summary><form class="stack" method="post" action="/console/reports/${report.id}/measures">!${measure ? html`<input type="hidden" name="id" value="${measure.id}">` : ''}
!${pick('cause', text(locale, 'report.measure.cause'), CAUSES, (cause) => text(locale, `cause.${cause as (typeof CAUSES)[number]}`), measure?.cause)}
<label>${text(locale, 'desk.reports.measure.ar')} <input name="ar" lang="ar" dir="rtl" value="${measure?.ar ?? ''}" maxlength="400"></label>
<label>${text(locale, 'desk.reports.measure.fr')} <input name="fr" lang="fr" dir="ltr" value="${measure?.fr ?? ''}" maxlength="400"></label>
<label>${text(locale, 'report.measure.owner')} <input name="owner" required value="${measure?.owner ?? ''}" maxlength="120"></label>
<label>${text(locale, 'report.measure.due')} <input type="date" name="dueOn" required value="${measure?.dueOn ?? ''}"></label>
!${pick('state', text(locale, 'report.measure.state'), MEASURE_STATES, (state) => text(locale, `report.measure.${state as (typeof MEASURE_STATES)[number]}`), measure?.state)}
<button class="button small">${text(locale, 'desk.reports.save')}</button></form></details>`
}

const remarkField = ({ locale }: Viewer, section: ReportSection): string =>
  html`<label>${text(locale, 'desk.reports.remark')} – ${sectionTitle(locale, section)}<textarea name="remark-${section}" form="return" rows="2" maxlength="1000"></textarea></label>`

const remarksOf = ({ locale }: Viewer, remarks: readonly Remark[], section: ReportSection): string => {
  const own = remarks.filter((remark) => remark.section === section)
  return own.length === 0
    ? ''
    : html`<div class="note clock"><h4>${text(locale, 'desk.reports.remark')}</h4>!${own.map(({ text: words, settledAt }) => html`<p dir="auto">${words}!${settledAt === null ? '' : html` <small>(${text(locale, 'desk.reports.remark.settled')})</small>`}</p>`)}</div>`
}

const steps = (viewer: Viewer, { id, state, contentSha256 }: Report): string => {
  const { locale } = viewer
  const act = (deed: 'submit' | 'accept' | 'publish') =>
    actionButton(`/console/reports/${id}/${deed}`, text(locale, `desk.reports.${deed}`))
  const judge = may(viewer, 'report.judge')
  const next = [
    ...(isOpenForWriting(state) && may(viewer, 'report.write') ? [act('submit')] : []),
    ...(state === 'submitted' && judge
      ? [
          act('accept'),
          html`<form class="inline" id="return" method="post" action="/console/reports/${id}/return"><button class="button small second">${text(locale, 'desk.reports.return')}</button></form>`,
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

/** One report: the body as it will be published, with what may be written or remarked beside each section. */
export const reportPage = (
  viewer: Viewer,
  report: Report,
  content: ReportContent,
  remarks: readonly Remark[],
): string => {
  const { locale } = viewer
  const writes = isOpenForWriting(report.state) && may(viewer, 'report.write')
  const judges = report.state === 'submitted' && may(viewer, 'report.judge')
  const after = (section: ReportSection): string =>
    [
      remarksOf(viewer, remarks, section),
      writes ? commentaryForm(viewer, report, content, section) : '',
      writes && section === 'measures'
        ? [
            ...content.measures.map((measure) => measureForm(viewer, report, measure)),
            measureForm(viewer, report),
          ].join('')
        : '',
      judges ? remarkField(viewer, section) : '',
    ].join('')
  return deskPage(viewer, {
    title: reportTitle(locale, content),
    path: `/console/reports/${report.id}`,
    body: html`!${steps(viewer, report)}!${reportBody({ locale, content, after })}`,
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
