import { html } from 'ghtml'
import { GROUNDS, STATUSES } from '../core/complaint.ts'
import { REVIEW_CHECKS } from '../core/review.ts'
import { submit, textArea, textInput } from '../html/form.ts'
import { text } from '../html/text.ts'
import { fold, form, readyWords, words } from './act.form.ts'
import { answer, approval } from './complaint.answer.ts'
import { classFields, classification } from './complaint.class.ts'
import { may, section, type View, when } from './complaint.view.ts'
import { likely, mergeForm } from './merge.view.ts'

/** Why the last act was not done; it takes the focus. */
export const trouble = ({ locale, trouble: why }: View): string =>
  why === undefined
    ? ''
    : html`<div class="problem" role="alert" tabindex="-1" autofocus><h2>${text(locale, 'form.problem')}</h2><p>${why}</p></div>`

export const presence = ({ locale, readers }: View): string =>
  readers.length === 0 ? '' : text(locale, 'desk.presence', { who: readers.join(', ') })

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
!${readyWords(view, 'refusal')}!${textArea({ locale, name: 'reason', label: text(locale, 'desk.review.reason'), hint: text(locale, 'desk.review.reason.hint'), optional: true, value: typed['reason'], attributes: { maxlength: 4000, dir: 'auto', rows: 3 } })}
!${textInput({ locale, name: 'direction', label: text(locale, 'desk.review.direction'), hint: text(locale, 'desk.review.direction.hint'), optional: true, value: typed['direction'], attributes: { maxlength: 300, dir: 'auto' } })}
!${textInput({ locale, name: 'duplicateOf', label: text(locale, 'desk.review.duplicate'), optional: true, value: typed['duplicateOf'], attributes: { maxlength: 40, dir: 'ltr' } })}</fieldset>`
  const checks = REVIEW_CHECKS.map((check) => yesNo(view, check))
  const body = form(
    view,
    'review',
    html`!${likely(view)}!${checks}!${refusal}!${classFields(view, 'review')}!${submit(text(locale, 'desk.review.send'))}`,
  )
  return fold(view, 'review', text(locale, 'desk.review'), body, record.status === 'formal_review')
}

const ask = (view: View): string => {
  const { locale, record } = view
  const mayAsk = ['received', 'formal_review', 'admissible', 'in_progress'].includes(record.status)
  if (!mayAsk || !may(view, 'complaint.ask')) return ''
  const body = form(
    view,
    'ask',
    html`!${readyWords(view, 'question')}!${words(view, 'question', text(locale, 'desk.ask.question'), 4000)}!${submit(text(locale, 'desk.ask.send'))}`,
  )
  return fold(view, 'ask', text(locale, 'desk.ask'), body)
}

const interim = (view: View): string => {
  const { locale, record } = view
  if (record.runs !== 'answer' || !may(view, 'complaint.answer')) return ''
  const body = form(
    view,
    'interim',
    html`<p class="hint">${text(locale, 'desk.interim.hint')}</p>!${readyWords(view, 'interim')}!${words(view, 'interim', text(locale, 'desk.interim.text'), 1000)}!${submit(text(locale, 'desk.interim.send'))}`,
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
  if (view.record.handedOnAt !== null) return ''
  const forms = [review, ask, approval, answer, interim, transfer, mergeForm, classification]
    .map((part) => part(view))
    .join('')
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
