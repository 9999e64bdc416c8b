import { html } from 'ghtml'
import type { Locale } from '../../src/core/locale.ts'
import { errorSummary, hidden, type Problem } from '../../src/html/form.ts'
import { page } from '../../src/html/layout.ts'
import { listenLink } from '../../src/html/listen.ts'
import { type TextKey, text } from '../../src/html/text.ts'
import { arrivingIslands, stillArriving } from './arriving.ts'
import type { ClipOf } from './clips.ts'
import type { Lines } from './deps.ts'
import type { Filing } from './draft-session.ts'

/** What a page of the filing is drawn from. */
export interface StepView {
  readonly locale: Locale
  readonly filing: Filing
  readonly problems: readonly Problem[]
  /** Names the draft in the form; empty before there is one. */
  readonly token: string
  readonly clipOf: ClipOf
  /** Names the filing in the browser's own store; empty before there is a draft. */
  readonly owner: string
  readonly lines: Lines
}

const FORM = 'filing'

/** What is read aloud on each page, where it is recorded. */
const SPOKEN: Readonly<Record<string, TextKey>> = {
  '/file/message': 'file.text',
  '/file/office': 'file.office.title',
  '/file/contact': 'file.contact.consequence',
  '/file/check': 'file.check.consent',
}

/** One question page: where we are, what is wrong, the form. */
export const stepPage = (
  view: StepView,
  step: {
    readonly number: number
    readonly path: string
    readonly back: string
    readonly title: string
    readonly fields: string
    readonly islands?: readonly string[]
    readonly multipart?: boolean
    readonly attributes?: string
    /** The page itself lists what is being sent. */
    readonly ownUploads?: boolean
  },
): string => {
  const { locale, problems, token, filing, clipOf } = view
  const spoken = SPOKEN[step.path]
  const isSensitive = filing.answers.sensitive !== undefined
  const body = html`!${errorSummary(locale, problems)}<p class="step">${text(locale, 'file.step', { step: step.number })}</p>
<h1>${step.title}</h1>!${spoken === undefined ? '' : listenLink(locale, clipOf(locale, spoken), text(locale, spoken))}
<form id="${FORM}" method="post" action="/${locale}${step.path}" novalidate !${step.multipart ? 'enctype="multipart/form-data"' : ''} !${step.attributes ?? ''}>
!${hidden('form', token)}!${isSensitive ? hidden('sensitive', 'yes') : ''}
!${step.ownUploads ? '' : stillArriving(view)}!${step.fields}
<p class="later"><button class="link" name="action" value="later" formnovalidate>${text(locale, 'later.button')}</button></p>
</form>`
  return page({
    locale,
    title: step.title,
    path: step.path,
    body,
    back: step.back,
    switchForm: FORM,
    quickExit: isSensitive,
    hasErrors: problems.length > 0,
    islands: [...(step.islands ?? []), ...(step.ownUploads ? [] : arrivingIslands(view))],
  })
}
