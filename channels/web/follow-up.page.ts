import { html } from 'ghtml'
import { LIMITS } from '../../src/core/limits.ts'
import type { Locale } from '../../src/core/locale.ts'
import type { StagedMedia } from '../../src/core/submission.ts'
import type { TrackedComplaint } from '../../src/handling/tracked-complaint.ts'
import { errorSummary, hidden, type Problem, submit, textArea } from '../../src/html/form.ts'
import { page } from '../../src/html/layout.ts'
import { ltr, text } from '../../src/html/text.ts'
import { filesField } from './files-field.ts'
import { ACTS } from './follow-up.ts'
import { attachedFiles } from './message.page.ts'

const COMPLAINT = '/track/complaint'
const FORM = 'follow-up'

/** What a form page after the filing is drawn from. */
export interface FollowUpView {
  readonly locale: Locale
  readonly complaint: TrackedComplaint
  /** The sealed ticket of the form. */
  readonly ticket: string
  readonly problems: readonly Problem[]
  readonly typed: string
  readonly media: readonly StagedMedia[]
  /** The complaint was answered or closed while the person wrote an addition. */
  readonly overtaken?: boolean
}

const formPage = (
  { locale, complaint, ticket, problems }: FollowUpView,
  form: {
    readonly step: 'add' | 'again'
    readonly title: string
    readonly intro: string
    readonly fields: string
    readonly multipart?: boolean
  },
): string => {
  const path = `${COMPLAINT}/${form.step}`
  const body = html`!${errorSummary(locale, problems)}<p class="step">${text(locale, 'receipt.reference')} ${ltr(complaint.reference)}</p>
<h1>${form.title}</h1>
!${form.intro}
<form id="${FORM}" method="post" action="/${locale}${path}" novalidate !${form.multipart ? 'enctype="multipart/form-data"' : ''}>
!${hidden('form', ticket)}
!${form.fields}!${submit(text(locale, 'follow.send'), { name: 'action', value: 'send' })}
</form>`
  const hasErrors = problems.length > 0
  return page({ locale, title: form.title, path, body, back: COMPLAINT, switchForm: FORM, hasErrors })
}

const limitHint = (locale: Locale): string =>
  text(locale, 'form.characters', { limit: LIMITS.textCharacters })

export const questionBlock = (locale: Locale, { question, language }: TrackedComplaint): string =>
  question === undefined
    ? ''
    : html`<h2>${text(locale, 'follow.question')}</h2><div class="note typed" lang="${language}" dir="auto">${question}</div>`

/** Adding to a complaint that runs; where the body asked something, the question stands above the field. */
export const addPage = (view: FollowUpView): string => {
  const { locale, complaint, problems, typed, media } = view
  const asked = complaint.question !== undefined
  return formPage(view, {
    step: 'add',
    multipart: true,
    title: text(locale, asked ? 'follow.reply' : 'follow.add'),
    intro: questionBlock(locale, complaint),
    fields: html`!${textArea({
      locale,
      name: 'text',
      label: text(locale, asked ? 'follow.reply.text' : 'follow.add.text'),
      hint: limitHint(locale),
      optional: !asked,
      problems,
      value: typed,
      attributes: { rows: 6, dir: 'auto' },
    })}!${filesField(locale, problems)}!${attachedFiles(locale, media)}`,
  })
}

/** Sending it again asks one thing only: everything else is carried over. */
export const againPage = (view: FollowUpView): string => {
  const { locale, problems, typed } = view
  const overtaken = view.overtaken
    ? html`<p class="note clock" role="status">${text(locale, 'follow.overtaken')}</p>`
    : ''
  return formPage(view, {
    step: 'again',
    title: text(locale, 'follow.again'),
    intro: html`!${overtaken}<p class="lead">${text(locale, 'follow.again.lead')}</p>`,
    fields: textArea({
      locale,
      name: 'text',
      label: text(locale, 'follow.again.text'),
      hint: limitHint(locale),
      optional: true,
      problems,
      value: typed,
      attributes: { rows: 6, dir: 'auto' },
    }),
  })
}

/** One question before the complaint is taken back. */
export const withdrawPage = (locale: Locale, { reference }: TrackedComplaint, ticket: string): string => {
  const title = text(locale, 'follow.withdraw.title')
  const path = `${COMPLAINT}/withdraw`
  const body = html`<p class="step">${text(locale, 'receipt.reference')} ${ltr(reference)}</p>
<h1>${title}</h1>
<p class="lead">${text(locale, 'follow.withdraw.lead')}</p>
<div class="acts"><form method="post" action="/${locale}${path}">!${hidden('form', ticket)}!${submit(text(locale, 'follow.withdraw.yes'))}</form>
<a class="button second" href="/${locale}${COMPLAINT}">${text(locale, 'follow.withdraw.no')}</a></div>`
  return page({ locale, title, path, body, back: COMPLAINT })
}

/** Satisfied or not, in one press each and neither before the other. */
const rating = (locale: Locale, ticket: string): string => {
  const press = (verdict: 'satisfied' | 'unsatisfied') =>
    html`<form method="post" action="/${locale}${COMPLAINT}/${verdict}">!${hidden('form', ticket)}<button class="button second">${text(locale, `follow.${verdict}`)}</button></form>`
  return html`<h2>${text(locale, 'follow.rate')}</h2><div class="acts">!${press('satisfied')}!${press('unsatisfied')}</div>`
}

/** What the person can do now, on the tracking page. */
export const followUpActs = (locale: Locale, complaint: TrackedComplaint, ticket: string): string => {
  const acts = ACTS[complaint.state]
  const link = (step: string, words: string, style: string) =>
    html`<a class="${style}" href="/${locale}${COMPLAINT}/${step}">${words}</a>`
  if (acts.includes('rate')) return rating(locale, ticket)
  if (acts.includes('again'))
    return html`<p class="acts">!${link('again', text(locale, 'follow.again'), 'button')}</p>`
  const asked = complaint.question !== undefined
  const add = text(locale, asked ? 'follow.reply' : 'follow.add')
  return html`<p class="acts">!${link('add', add, asked ? 'button' : 'button second')} !${link('withdraw', text(locale, 'follow.withdraw'), 'link')}</p>`
}
