import { html } from 'ghtml'
import { STATUSES } from '../core/complaint.ts'
import type { Locale } from '../core/locale.ts'
import { hidden, submit, textInput } from '../html/form.ts'
import { longDay, longInstant, text } from '../html/text.ts'
import type { ListedComplaint } from '../staff/list-complaints.ts'
import type { Pair } from '../staff/merge-complaints.ts'
import { fold } from './act.form.ts'
import { may, type View, when } from './complaint.view.ts'
import { channelName, statusName } from './inbox.page.ts'
import { deskPage, type Viewer } from './layout.ts'

const pageOf = (reference: string): string => `/console/complaints/${reference}`

const link = (reference: string): string =>
  html`<a href="${pageOf(reference)}"><bdi dir="ltr">${reference}</bdi></a>`

/** What says much the same: a person looks at both, and decides. */
export const likely = ({ locale, duplicates, home }: View): string =>
  duplicates.length === 0
    ? ''
    : html`<div class="notice"><p>${text(locale, 'desk.duplicates')}</p><ul>!${duplicates.map(
        ({ reference, text: words, language, status }) =>
          html`<li>!${link(reference)} ${statusName(locale, status)} <span class="gist" lang="${language}" dir="auto">${[...words].slice(0, 120).join('')}</span> <a href="${home}/merge?into=${reference}">${text(locale, 'desk.merge.compare')}</a></li>`,
      )}</ul></div>`

/** A body merges what it has, and the ministry what no body has. */
const mayMerge = (view: View): boolean => {
  const { record } = view
  const isReferred = record.referrals.some(
    ({ round, state }) => round === record.round && state !== 'transferred',
  )
  return may(view, 'complaint.merge') && may(view, 'complaint.route') !== isReferred
}

/** What it is merged into, with the way back, or what is merged into it. */
export const merging = (view: View): string => {
  const { locale, record, home } = view
  const { into, others } = record.merging
  if (into !== null) {
    const undo = mayMerge(view)
      ? html`<form method="post" action="${home}/separate">!${hidden('seen', record.handling.version)}<button class="button small">${text(locale, 'desk.merge.undo')}</button></form>`
      : ''
    return html`<div class="notice"><p>${text(locale, 'desk.merged.into')} !${into.reference === null ? '' : link(into.reference)} · !${when(view, into.at)} <small dir="ltr">${view.names.get(into.by) ?? into.by}</small></p>!${undo}</div>`
  }
  if (others.length === 0) return ''
  const numbers = others.flatMap(({ reference }) => (reference === null ? [] : [link(reference)]))
  return html`<div class="notice"><p>${text(locale, 'desk.merged.others', { count: others.length })} !${numbers.join(' ')}</p></div>`
}

/** The number of the complaint that says the same, to look at both before they are merged. */
export const mergeForm = (view: View): string => {
  const { locale, record, home, typed } = view
  if (STATUSES[record.status].awaits === 'none' || !mayMerge(view)) return ''
  const body = html`<form method="get" action="${home}/merge"><p class="hint">${text(locale, 'desk.merge.hint')}</p>!${textInput({ locale, name: 'into', label: text(locale, 'desk.merge.into'), value: typed['into'], attributes: { required: true, maxlength: 40, dir: 'ltr', inputmode: 'numeric' } })}!${submit(text(locale, 'desk.merge.compare'))}</form>`
  return fold(view, 'merge', text(locale, 'desk.merge'), body)
}

const side = (
  { locale, officeZone }: { readonly locale: Locale; readonly officeZone: string },
  title: string,
  { reference, receivedAt, channel, status, language, text: words, mediaCount, answerBy }: ListedComplaint,
): string =>
  html`<section class="side"><h2>${title}</h2><p>!${link(reference)} · ${statusName(locale, status)}</p>
<p><time datetime="${receivedAt.toISOString()}">${longInstant(locale, receivedAt, officeZone)}</time> · ${channelName(locale, channel)}!${answerBy === null ? '' : html` · ${text(locale, 'console.answer_by', { day: longDay(locale, answerBy) })}`}</p>
<p class="said" lang="${language}" dir="auto">${words}</p><p>${text(locale, 'desk.merge.files', { count: mediaCount })}</p></section>`

/** Both complaints beside each other, and what merging them does. */
export const mergePage = (
  viewer: Viewer,
  {
    complaint,
    original,
    version,
    officeZone,
  }: Pair & { readonly version: string; readonly officeZone: string },
): string => {
  const { locale } = viewer
  const home = pageOf(complaint.reference)
  const place = { locale, officeZone }
  const body = html`<p class="lead">${text(locale, 'desk.merge.lead')}</p>
<div class="pair">!${side(place, text(locale, 'desk.merge.this'), complaint)}!${side(place, text(locale, 'desk.merge.that'), original)}</div>
<ul><li>${text(locale, 'desk.merge.told')}</li><li>${text(locale, 'desk.merge.answered')}</li><li>${text(locale, 'desk.merge.undone')}</li></ul>
<form method="post" action="${home}/merge">!${hidden('seen', version)}!${hidden('into', original.reference)}!${submit(text(locale, 'desk.merge.send'))}</form>
<p><a href="${home}">${text(locale, 'desk.merge.back')}</a></p>`
  return deskPage(viewer, { title: text(locale, 'desk.merge'), path: home, body })
}
