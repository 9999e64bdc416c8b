import { html } from 'ghtml'
import { GROUNDS, STATUSES } from '../core/complaint.ts'
import { ANSWER_OUTCOMES } from '../core/referral.ts'
import { REVIEW_CHECKS } from '../core/review.ts'
import { measure, plainForSms } from '../core/segments.ts'
import { hidden, submit, textArea, textInput } from '../html/form.ts'
import { text } from '../html/text.ts'
import { may, section, type View, when } from './complaint.view.ts'
import { channelName } from './inbox.page.ts'

/** Why the last act was not done; it takes the focus. */
export const trouble = ({ locale, trouble: why }: View): string =>
  why === undefined
    ? ''
    : html`<div class="problem" role="alert" tabindex="-1" autofocus><h2>${text(locale, 'form.problem')}</h2><p>${why}</p></div>`

export const presence = ({ locale, readers }: View): string =>
  readers.length === 0 ? '' : text(locale, 'desk.presence', { who: readers.join(', ') })

const form = (view: View, name: string, body: string): string =>
  html`<form method="post" action="${view.home}/${name}">!${hidden('seen', view.record.handling.version)}!${body}</form>`

const fold = (view: View, id: string, title: string, body: string, open = false): string =>
  html`<details class="act" id="${id}"!${open || view.typed['act'] === id ? ' open' : ''}><summary>${title}</summary>!${body}</details>`

const words = (view: View, name: string, label: string, most: number): string =>
  textArea({
    locale: view.locale,
    name,
    label,
    value: view.typed[name],
    attributes: { required: true, maxlength: most, dir: 'auto', rows: 5 },
  })

const yesNo = (view: View, check: (typeof REVIEW_CHECKS)[number]): string => {
  const { locale, typed } = view
  const one = (value: 'yes' | 'no') =>
    html`<label class="choice"><input type="radio" name="${check}" value="${value}" required!${typed[check] === value ? ' checked' : ''}><span>${text(locale, `desk.${value}`)}</span></label>`
  return html`<fieldset class="check"><legend>${text(locale, `desk.check.${check}`)}</legend><div class="row">!${one('yes')}!${one('no')}</div></fieldset>`
}

/** The formal review in five questions, half a minute of work: all yes is one press. */
const review = (view: View): string => {
  const { locale, typed, record } = view
  const isDue = STATUSES[record.status].awaits === 'review'
  if (!isDue || !may(view, 'complaint.review')) return ''
  const grounds = GROUNDS.map(
    (ground) =>
      html`<option value="${ground}"!${typed['ground'] === ground ? ' selected' : ''}>${text(locale, `ground.${ground}`)}</option>`,
  )
  const refusal = html`<fieldset><legend>${text(locale, 'desk.review.no')}</legend>
<div class="field"><label for="ground">${text(locale, 'desk.review.ground')}</label><select id="ground" name="ground"><option value=""></option>!${grounds}</select></div>
!${textArea({ locale, name: 'reason', label: text(locale, 'desk.review.reason'), hint: text(locale, 'desk.review.reason.hint'), optional: true, value: typed['reason'], attributes: { maxlength: 4000, dir: 'auto', rows: 3 } })}
!${textInput({ locale, name: 'duplicateOf', label: text(locale, 'desk.review.duplicate'), optional: true, value: typed['duplicateOf'], attributes: { maxlength: 40, dir: 'ltr' } })}</fieldset>`
  const checks = REVIEW_CHECKS.map((check) => yesNo(view, check))
  const body = form(view, 'review', html`!${checks}!${refusal}!${submit(text(locale, 'desk.review.send'))}`)
  return fold(view, 'review', text(locale, 'desk.review'), body, record.status === 'formal_review')
}

const ask = (view: View): string => {
  const { locale, record } = view
  const mayAsk = ['received', 'formal_review', 'admissible', 'in_progress'].includes(record.status)
  if (!mayAsk || !may(view, 'complaint.ask')) return ''
  const body = form(
    view,
    'ask',
    html`!${words(view, 'question', text(locale, 'desk.ask.question'), 4000)}!${submit(text(locale, 'desk.ask.send'))}`,
  )
  return fold(view, 'ask', text(locale, 'desk.ask'), body)
}

/** How the answer travels and what it costs, and its words as the person gets them. */
export const answerPreview = (
  { locale, way, record }: Pick<View, 'locale' | 'way' | 'record'>,
  typed: string,
): string => {
  const isText = way.channel === 'sms' || way.channel === 'whatsapp'
  const said = text(record.language, 'sms.answer', { reference: record.reference, answer: typed })
  const shown = way.channel === 'sms' && record.language !== 'ar' ? plainForSms(said) : isText ? said : typed
  const cost =
    way.channel === 'sms' ? ` · ${text(locale, 'desk.segments', { count: measure(shown).segments })}` : ''
  return html`<p><strong>${text(locale, 'desk.preview')}</strong><small>${cost}</small></p><p class="said out" lang="${record.language}" dir="auto">${shown}</p>`
}

const wayLine = ({ locale, way, record }: View): string => {
  const languages = { ar: 'العربية', fr: 'Français', en: 'English' }
  const channel = way.channel === 'none' ? text(locale, 'desk.way.none') : channelName(locale, way.channel)
  const stopped = way.stopped
    ? html` · <strong class="late">${text(locale, 'desk.way.stopped')}</strong>`
    : ''
  return html`<p>${text(locale, 'desk.way')} ${channel} · ${text(locale, 'desk.language')} : <span lang="${record.language}">${languages[record.language]}</span>!${stopped}</p>`
}

const answer = (view: View): string => {
  const { locale, record, typed, home } = view
  const { draft, approvesAnswers } = record.handling
  const mayAnswer = !['answered', 'closed', 'triage', 'answer_in_approval'].includes(record.status)
  if (!mayAnswer || !may(view, 'complaint.answer')) return ''
  const value = typed['text'] ?? draft?.text
  const outcome = typed['outcome'] ?? draft?.outcome ?? ''
  const outcomes = ['', ...ANSWER_OUTCOMES].map(
    (one) =>
      html`<option value="${one}"!${one === outcome ? ' selected' : ''}>${one === '' ? '' : text(locale, `desk.outcome.${one as (typeof ANSWER_OUTCOMES)[number]}`)}</option>`,
  )
  const waits = approvesAnswers && !may(view, 'complaint.approve')
  const remark = draft?.remark
    ? html`<p class="notice">${text(locale, 'desk.returned')} ${draft.remark}</p>`
    : ''
  const body = html`!${wayLine(view)}!${remark}<form method="post" action="${home}/answer" data-preview="${home}/answer/preview">!${hidden('seen', record.handling.version)}
!${textArea({ locale, name: 'text', label: text(locale, 'desk.answer.text'), value, attributes: { required: true, maxlength: 20000, dir: 'auto', rows: 8, lang: record.language } })}
<div class="field"><label for="outcome">${text(locale, 'desk.answer.outcome')}</label><select id="outcome" name="outcome">!${outcomes}</select></div>
<output>!${view.previews && value ? answerPreview(view, value) : ''}</output>
<div class="buttons"><button class="button" name="step" value="send">${text(locale, waits ? 'desk.answer.propose' : 'desk.answer.send')}</button> <button class="button small" name="step" value="preview">${text(locale, 'desk.preview')}</button></div></form>`
  return fold(view, 'answer', text(locale, 'desk.answer'), body, draft !== null)
}

const approval = (view: View): string => {
  const { locale, record } = view
  const { draft } = record.handling
  if (record.status !== 'answer_in_approval' || draft === null) return ''
  const shown = html`!${wayLine(view)}!${answerPreview(view, draft.text)}<p><small><bdi dir="ltr">${view.names.get(draft.writtenBy) ?? draft.writtenBy}</bdi> · !${when(view, draft.writtenAt)}</small></p>`
  const acts = may(view, 'complaint.approve')
    ? html`!${form(view, 'approve', submit(text(locale, 'desk.approve')))}!${form(view, 'return', html`!${words(view, 'remark', text(locale, 'desk.return.remark'), 4000)}!${submit(text(locale, 'desk.return'))}`)}`
    : ''
  return section(text(locale, 'desk.approval'), html`!${shown}!${acts}`)
}

const interim = (view: View): string => {
  const { locale, record } = view
  if (record.runs !== 'answer' || !may(view, 'complaint.answer')) return ''
  const body = form(
    view,
    'interim',
    html`<p class="hint">${text(locale, 'desk.interim.hint')}</p>!${words(view, 'interim', text(locale, 'desk.interim.text'), 1000)}!${submit(text(locale, 'desk.interim.send'))}`,
  )
  return fold(view, 'interim-reply', text(locale, 'desk.interim'), body)
}

const transfer = (view: View): string => {
  const { locale, record, typed } = view
  const held = record.referrals.some(({ round, state }) => round === record.round && state !== 'transferred')
  if (!held || ['answered', 'closed'].includes(record.status) || !may(view, 'complaint.transfer')) return ''
  const count = text(locale, 'desk.transfers', { count: record.handling.transfers })
  const body = form(
    view,
    'transfer',
    html`<p class="hint">${count}</p>!${textInput({ locale, name: 'administration', label: text(locale, 'console.transfer.code'), value: typed['administration'], attributes: { required: true, maxlength: 40, dir: 'ltr' } })}
<div class="field"><label for="transfer-reason">${text(locale, 'console.transfer.reason')}</label><textarea id="transfer-reason" name="reason" required maxlength="1000" dir="auto"></textarea></div>!${submit(text(locale, 'console.transfer.send'))}`,
  )
  return fold(view, 'transfer', text(locale, 'console.transfer'), body)
}

/** What the viewer may do with it now, the likeliest first. */
export const actForms = (view: View): string => {
  const forms = [review(view), ask(view), approval(view), answer(view), interim(view), transfer(view)].join(
    '',
  )
  return forms === '' ? '' : section(text(view.locale, 'desk.acts'), forms)
}

/** Between colleagues: another colour, another box, another key; never part of anything that is sent. */
export const notes = (view: View): string => {
  const { locale, record, home } = view
  const written = record.handling.notes.map(
    (note) =>
      html`<li>!${when(view, note.at)} <small dir="ltr">${view.names.get(note.actor) ?? note.actor}</small><p dir="auto">${note.text}</p></li>`,
  )
  const box = may(view, 'complaint.note')
    ? html`<form method="post" action="${home}/notes">!${words(view, 'note', text(locale, 'desk.note.text'), 4000)}<button class="button small">${text(locale, 'desk.note.send')}</button></form>`
    : ''
  return html`<section class="notes" id="note"><h2>${text(locale, 'desk.notes')}</h2><p class="hint">${text(locale, 'desk.note.hint')}</p><ol>!${written}</ol>!${box}</section>`
}
