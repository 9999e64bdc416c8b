import { html } from 'ghtml'
import type { Locale } from '../../src/core/locale.ts'
import { copyButton } from '../../src/html/copy.ts'
import { errorSummary, type Problem, submit, textInput } from '../../src/html/form.ts'
import { page } from '../../src/html/layout.ts'
import { longInstant, ltr, text } from '../../src/html/text.ts'
import { TRACK_EXAMPLES } from './track.page.ts'
import { EXAMPLES } from './validate.ts'

export interface LaterView {
  readonly locale: Locale
  /** The address that opens the draft anywhere. */
  readonly link: string
  readonly until: Date
  readonly zone: string
  /** Whether text messages can be sent at all. */
  readonly texts: boolean
  readonly problems: readonly Problem[]
  readonly phone: string
  /** The number a code was sent to a moment ago. */
  readonly sentTo?: string | undefined
  /** The question where the filing goes on. */
  readonly next: string
  readonly isSensitive: boolean
}

const phoneField = (
  { locale, problems, phone }: Pick<LaterView, 'locale' | 'problems' | 'phone'>,
  hint?: string,
): string =>
  textInput({
    locale,
    name: 'phone',
    label: text(locale, 'later.phone.label'),
    ...(hint === undefined ? {} : { hint }),
    problems,
    value: phone,
    attributes: { type: 'tel', autocomplete: 'tel', dir: 'ltr', class: 'short' },
  })

const byPhone = (view: LaterView): string => {
  const { locale, texts, sentTo } = view
  if (!texts) return ''
  const hint = text(locale, 'later.phone.hint', { example: ltr(EXAMPLES.phone) })
  const sent =
    sentTo === undefined
      ? ''
      : html`<p class="note" role="status">${text(locale, 'later.phone.sent', { phone: ltr(sentTo) })}</p>`
  return html`<h2>${text(locale, 'later.phone')}</h2>!${sent}
<form method="post" action="/${locale}/file/later" novalidate>!${phoneField(view, hint)}<button class="button second">${text(locale, 'later.phone.send')}</button></form>`
}

/** How to come back: a link that works on any device, and a code by text message. */
export const laterPage = (view: LaterView): string => {
  const { locale, link, until, zone, problems } = view
  const title = text(locale, 'later.title')
  const body = html`!${errorSummary(locale, problems)}<h1>${title}</h1>
<p class="lead">${text(locale, 'later.lead', { until: longInstant(locale, until, zone) })}</p>
<h2>${text(locale, 'later.link')}</h2>
<p>${text(locale, 'later.link.care')}</p>
<p class="address"><bdi dir="ltr">${link}</bdi></p>
!${copyButton(locale, link, text(locale, 'later.copy'))}
!${byPhone(view)}
<p class="onward"><a class="button" href="/${locale}/file/${view.next}">${text(locale, 'later.now')}</a></p>`
  const hasErrors = problems.length > 0
  return page({ locale, title, path: '/file/later', body, hasErrors, quickExit: view.isSensitive })
}

/** The way back in by number and code. */
export const resumePage = (view: {
  readonly locale: Locale
  readonly problems: readonly Problem[]
  readonly phone: string
}): string => {
  const { locale, problems } = view
  const title = text(locale, 'resume.title')
  const code = textInput({
    locale,
    name: 'code',
    label: text(locale, 'track.code'),
    hint: text(locale, 'resume.code.hint', { example: ltr(TRACK_EXAMPLES.code) }),
    problems,
    attributes: {
      inputmode: 'numeric',
      dir: 'ltr',
      class: 'short digits',
      autocomplete: 'one-time-code',
    },
  })
  const body = html`!${errorSummary(locale, problems)}<h1>${title}</h1>
<p class="lead">${text(locale, 'resume.lead')}</p>
<form id="resume" method="post" action="/${locale}/file/resume" novalidate>!${phoneField(view)}!${code}!${submit(text(locale, 'resume.submit'))}</form>`
  const hasErrors = problems.length > 0
  return page({ locale, title, path: '/file/resume', body, back: '/', switchForm: 'resume', hasErrors })
}

/** Behind the link: one press, so that a link somebody else sent puts nobody into a stranger's draft unawares. */
export const foundDraftPage = (view: {
  readonly locale: Locale
  readonly token: string
  readonly until: Date
  readonly zone: string
}): string => {
  const { locale, token, until, zone } = view
  const title = text(locale, 'resume.found.title')
  const path = `/file/resume/${token}`
  const body = html`<h1>${title}</h1>
<p class="lead">${text(locale, 'resume.found.lead', { until: longInstant(locale, until, zone) })}</p>
<form method="post" action="/${locale}${path}">!${submit(text(locale, 'resume.submit'))}</form>`
  return page({ locale, title, path, body })
}
