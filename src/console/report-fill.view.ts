import { html } from 'ghtml'
import { CAUSES } from '../core/cause.ts'
import type { ErrorCode } from '../core/errors.ts'
import { MEASURE_STATES, type ReportContent, type ReportSection } from '../core/report.ts'
import { hidden } from '../html/form.ts'
import { sectionTitle } from '../html/report-words.ts'
import { text } from '../html/text.ts'
import type { Remark, Report } from '../supervision/read-reports.ts'
import type { ReportWriting } from '../supervision/read-writing.ts'
import type { Fields } from './fields.ts'
import type { Viewer } from './layout.ts'

export interface ReportView {
  readonly viewer: Viewer
  readonly report: Report
  readonly content: ReportContent
  readonly writing: ReportWriting
  /** What was typed and not kept, and why: it stands in its form again. */
  readonly unkept?: { readonly trouble: ErrorCode; readonly fields: Fields } | undefined
}

const paragraph = (words: string | undefined): string => (words ? html`<p dir="auto">${words}</p>` : '')

/** Why a form stands there again, and what is kept now in its place. */
const trouble = (
  { viewer: { locale }, unkept }: ReportView,
  kept: readonly (string | undefined)[],
): string => {
  if (unkept === undefined) return ''
  const now = kept.map(paragraph).join('')
  const note =
    now === '' ? '' : html`<div class="note"><h4>${text(locale, 'desk.reports.now')}</h4>!${now}</div>`
  return html`<div class="problem" role="alert"><p>${text(locale, `error.${unkept.trouble}`)}</p></div>!${unkept.trouble === 'conflict' ? note : ''}`
}

/** What is said beside the numbers of one section. */
export const commentaryForm = (view: ReportView, section: ReportSection): string => {
  const { viewer, report, writing, unkept } = view
  const { locale } = viewer
  const kept = writing.sections.find((one) => one.section === section)
  const typed = unkept?.fields['section'] === section ? unkept.fields : undefined
  const field = (name: 'ar' | 'fr', label: 'arabic' | 'french') =>
    html`<label>${text(locale, `desk.reports.${label}`)}<textarea name="${name}" lang="${name}" dir="${name === 'ar' ? 'rtl' : 'ltr'}" rows="3" maxlength="4000">${typed?.[name] ?? kept?.[name] ?? ''}</textarea></label>`
  return html`<details class="act"!${typed ? ' open' : ''}><summary>${text(locale, 'report.commentary')}</summary>!${kept?.byMinistry ? html`<p class="note">${text(locale, 'desk.reports.by_ministry')}</p>` : ''}!${typed ? trouble(view, [kept?.ar, kept?.fr]) : ''}<form class="stack" method="post" action="/console/reports/${report.id}/commentary">!${hidden('section', section)}!${hidden('seen', kept?.version ?? '')}!${field('ar', 'arabic')}!${field('fr', 'french')}<button class="button small">${text(locale, 'desk.reports.save')}</button></form></details>`
}

type Line = ReportWriting['measures'][number]

const measureFields = (viewer: Viewer, line: Line | undefined, typed: Fields | undefined): string => {
  const { locale } = viewer
  const said = (name: 'cause' | 'ar' | 'fr' | 'owner' | 'dueOn' | 'state'): string =>
    typed?.[name] ?? line?.[name] ?? ''
  const pick = <T extends string>(
    name: 'cause' | 'state',
    values: readonly T[],
    words: (value: T) => string,
  ) =>
    html`<label>${text(locale, `report.measure.${name}`)} <select name="${name}">!${values.map((value) => html`<option value="${value}"!${value === said(name) ? ' selected' : ''}>${words(value)}</option>`)}</select></label>`
  return html`!${pick('cause', CAUSES, (cause) => text(locale, `cause.${cause}`))}
<label>${text(locale, 'desk.reports.measure.ar')} <input name="ar" lang="ar" dir="rtl" value="${said('ar')}" maxlength="400"></label>
<label>${text(locale, 'desk.reports.measure.fr')} <input name="fr" lang="fr" dir="ltr" value="${said('fr')}" maxlength="400"></label>
<label>${text(locale, 'report.measure.owner')} <input name="owner" required value="${said('owner')}" maxlength="120"></label>
<label>${text(locale, 'report.measure.due')} <input type="date" name="dueOn" required value="${said('dueOn')}"></label>
!${pick('state', MEASURE_STATES, (state) => text(locale, `report.measure.${state}`))}`
}

const measureForm = (view: ReportView, line?: Line): string => {
  const { viewer, report, unkept } = view
  const { locale } = viewer
  const title = line
    ? locale === 'ar'
      ? line.ar || line.fr
      : line.fr || line.ar
    : text(locale, 'desk.reports.measure.add')
  const typed =
    unkept?.fields['dueOn'] !== undefined && (unkept.fields['id'] ?? '') === (line?.id ?? '')
      ? unkept.fields
      : undefined
  const known = line ? html`!${hidden('id', line.id)}!${hidden('seen', line.version)}` : ''
  const kept = line && [line.ar, line.fr, line.owner, text(locale, `report.measure.${line.state}`)]
  return html`<details class="act"!${typed ? ' open' : ''}><summary><bdi>${title}</bdi></summary>!${typed ? trouble(view, kept ?? []) : ''}<form class="stack" method="post" action="/console/reports/${report.id}/measures">!${known}
!${measureFields(viewer, line, typed)}
<button class="button small">${text(locale, 'desk.reports.save')}</button></form></details>`
}

/** A form for each line of the register, and one for a new line. */
export const registerForms = (view: ReportView): string =>
  [...view.writing.measures.map((line) => measureForm(view, line)), measureForm(view)].join('')

/** Where the ministry writes what is to be mended; sent with the button that gives the report back. */
export const remarkField = ({ locale }: Viewer, section: ReportSection): string =>
  html`<label>${text(locale, 'desk.reports.remark')} – ${sectionTitle(locale, section)}<textarea name="remark-${section}" form="return" rows="2" maxlength="1000"></textarea></label>`

const answerForm = ({ viewer: { locale }, report }: ReportView, { id }: Remark): string =>
  html`<form class="stack" method="post" action="/console/reports/${report.id}/remarks/${id}"><label>${text(locale, 'desk.reports.answer')}<textarea name="text" rows="2" maxlength="1000" required></textarea></label><button class="button small second">${text(locale, 'desk.reports.answer.send')}</button></form>`

/** The remarks on one section, with what was said to them, and where that is said. */
export const remarksOf = (view: ReportView, section: ReportSection, mayAnswer: boolean): string => {
  const { locale } = view.viewer
  const own = view.writing.remarks.filter((remark) => remark.section === section)
  if (own.length === 0) return ''
  const lines = own.map(({ text: words, settledAt, answer, ...remark }) => {
    const settled =
      settledAt === null ? '' : html` <small>(${text(locale, 'desk.reports.remark.settled')})</small>`
    const said =
      answer === null
        ? ''
        : html`<p><strong>${text(locale, 'desk.reports.answer')}</strong> <bdi>${answer}</bdi></p>`
    const form =
      mayAnswer && answer === null ? answerForm(view, { ...remark, text: words, settledAt, answer }) : ''
    return html`<p dir="auto">${words}!${settled}</p>!${said}!${form}`
  })
  return html`<div class="note clock"><h4>${text(locale, 'desk.reports.remark')}</h4>!${lines}</div>`
}
