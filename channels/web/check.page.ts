import { html } from 'ghtml'
import { type Locale, nameIn } from '../../src/core/locale.ts'
import type { StagedMedia } from '../../src/core/submission.ts'
import { hidden, submit } from '../../src/html/form.ts'
import { icon } from '../../src/html/icons.ts'
import { PLAY_ON_ISLAND } from '../../src/html/islands.ts'
import { page } from '../../src/html/layout.ts'
import { byteSize, ltr, text } from '../../src/html/text.ts'
import type { Filing } from './draft-session.ts'
import { PROOF_ISLAND } from './islands.ts'
import { type StepView, stepPage } from './step-page.ts'
import type { Step } from './validate.ts'

/** Drawn for what a browser surely shows; anything else is named with its size. */
const preview = (locale: Locale, { id, name, declaredType }: StagedMedia): string => {
  const address = `/${locale}/file/media/${id}`
  if (declaredType.startsWith('audio/'))
    return html`<audio controls preload="none" src="${address}" aria-label="${name}"></audio>`
  if (declaredType.startsWith('video/'))
    return html`<video controls preload="none" src="${address}" aria-label="${name}"></video>`
  return /^image\/(jpeg|png|webp|gif)$/.test(declaredType)
    ? html`<img src="${address}" alt="${name}" loading="lazy">`
    : ''
}

const fileList = (locale: Locale, media: readonly StagedMedia[], arriving: Filing['arriving']): string =>
  media.length + arriving.length === 0
    ? text(locale, 'file.check.files.none')
    : html`<ul class="files">!${media.map(
        (file) =>
          html`<li><bdi>${file.name}</bdi> <span class="soft digits">${byteSize(locale, file.bytes)}</span>!${preview(locale, file)}</li>`,
      )}!${arriving.map(
        ({ name, bytes }) =>
          html`<li><bdi>${name}</bdi> <span class="soft digits">${bytes === null ? '' : byteSize(locale, bytes)}</span> <strong class="tag clock">!${icon('clock')}${text(locale, 'upload.arriving')}</strong></li>`,
      )}</ul>`

const officeName = (locale: Locale, { office }: Filing): string =>
  office === undefined ? text(locale, 'file.office.unknown') : nameIn(office.names, locale)

const contactWords = (locale: Locale, { answers }: Filing): string => {
  if (answers.contact === 'email')
    return `${text(locale, 'file.contact.email')} – ${ltr(answers.email ?? '')}`
  if (answers.contact === 'phone')
    return `${text(locale, `file.contact.${answers.preferred ?? 'sms'}`)} – ${ltr(answers.phone ?? '')}`
  return text(locale, 'file.contact.none')
}

/** One answer with the way back to its question. `value` is already escaped. */
const row = (locale: Locale, step: Step, term: string, value: string): string =>
  html`<div><dt>${term}</dt><dd>!${value}</dd><dd><a href="/${locale}/file/${step}">${text(locale, 'action.change')}<span class="hidden">: ${term}</span></a></dd></div>`

const answersList = (locale: Locale, filing: Filing): string => {
  const { answers, media, arriving, office } = filing
  const typed = answers.text?.trim()
  const words = typed
    ? html`<span class="typed" dir="auto">${typed}</span>`
    : text(locale, 'file.check.text.none')
  const given = (value: string | undefined): string =>
    value ? html`<bdi>${value}</bdi>` : html`${text(locale, 'file.check.none')}`
  const direction = office?.outside ? html`<p class="soft">${text(locale, 'file.office.outside')}</p>` : ''
  return html`<dl class="facts">
!${row(locale, 'message', text(locale, 'file.check.kind'), text(locale, `kind.${answers.kind ?? 'complaint'}`))}
!${row(locale, 'message', text(locale, 'file.check.text'), words)}
!${row(locale, 'message', text(locale, 'file.check.files'), fileList(locale, media, arriving))}
!${row(locale, 'office', text(locale, 'file.check.office'), html`${officeName(locale, filing)}!${direction}`)}
!${row(locale, 'office', text(locale, 'file.check.place'), given(answers.place))}
!${row(locale, 'contact', text(locale, 'file.check.contact'), html`${contactWords(locale, filing)}`)}
!${row(locale, 'contact', text(locale, 'file.check.name'), given(answers.name))}
!${row(locale, 'contact', text(locale, 'file.contact.language'), text(locale, `language.${answers.answerLanguage ?? locale}`))}
</dl>`
}

const sendButton = (locale: Locale, filing: Filing): string =>
  submit(text(locale, `file.send.${filing.answers.kind ?? 'complaint'}`), { name: 'action', value: 'send' })

/** Everything once more before it counts: each answer with Change, and what sending means. */
export const checkPage = (view: StepView): string => {
  const { locale, filing } = view
  return stepPage(view, {
    number: 4,
    path: '/file/check',
    back: '/file/contact',
    title: text(locale, 'file.check.title'),
    islands: filing.media.length > 1 ? [PLAY_ON_ISLAND.url] : [],
    fields: html`!${answersList(locale, filing)}<p>${text(locale, 'file.check.consent')}</p>!${sendButton(locale, filing)}`,
  })
}

/** Shown instead of a receipt when a connection files faster than people do. A script solves; without one, waiting does. */
export const slowPage = (
  { locale, filing, token }: StepView,
  wait: { readonly seconds: number; readonly challenge: string },
): string => {
  const title = text(locale, 'file.slow.title')
  const body = html`<h1>${title}</h1>
<p class="lead">${text(locale, 'file.slow.lead')}</p>
<p role="status" id="wait" data-working="${text(locale, 'file.slow.working')}">${text(locale, 'file.slow.wait', { seconds: wait.seconds })}</p>
<form id="filing" method="post" action="/${locale}/file/check" data-challenge="${wait.challenge}">
!${hidden('form', token)}!${sendButton(locale, filing)}
</form>`
  return page({ locale, title, path: '/file/check', body, switchForm: 'filing', islands: [PROOF_ISLAND.url] })
}

/** What the back button, a second tab or a second press meets: it was received once, and where the receipt is. */
export const sentPage = (locale: Locale, receiptPath: string, token: string): string => {
  const title = text(locale, 'file.sent.title')
  const body = html`<h1>${title}</h1>
<p class="lead">${text(locale, 'file.sent.lead')}</p>
<p><a class="button" href="${receiptPath}">${text(locale, 'file.sent.receipt')}</a></p>
<form method="post" action="/${locale}/file/new">!${hidden('form', token)}<button class="button second">${text(locale, 'file.sent.new')}</button></form>`
  return page({ locale, title, path: '/file/check', body })
}
