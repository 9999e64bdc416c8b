import { html } from 'ghtml'
import type { Locale } from '../../src/core/locale.ts'
import { errorSummary, hidden, type Problem } from '../../src/html/form.ts'
import { page } from '../../src/html/layout.ts'
import { text } from '../../src/html/text.ts'
import type { Filing } from './draft-session.ts'

/** What a page of the filing is drawn from. */
export interface StepView {
  readonly locale: Locale
  readonly filing: Filing
  readonly problems: readonly Problem[]
  /** Names the draft in the form; empty before there is one. */
  readonly token: string
}

const FORM = 'filing'

/** One question page: where we are, what is wrong, the form. */
export const stepPage = (
  { locale, problems, token, filing }: StepView,
  step: {
    readonly number: number
    readonly path: string
    readonly back: string
    readonly title: string
    readonly fields: string
    readonly islands?: readonly string[]
    readonly multipart?: boolean
    readonly attributes?: string
  },
): string => {
  const isSensitive = filing.answers.sensitive !== undefined
  const body = html`!${errorSummary(locale, problems)}<p class="step">${text(locale, 'file.step', { step: step.number })}</p>
<h1>${step.title}</h1>
<form id="${FORM}" method="post" action="/${locale}${step.path}" novalidate !${step.multipart ? 'enctype="multipart/form-data"' : ''} !${step.attributes ?? ''}>
!${hidden('form', token)}!${isSensitive ? hidden('sensitive', 'yes') : ''}
!${step.fields}
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
    islands: step.islands ?? [],
  })
}
