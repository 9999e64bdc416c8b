import { html } from 'ghtml'
import { LOCALES, type Locale } from '../../src/core/locale.ts'
import { type Problem, radios, submit, textInput } from '../../src/html/form.ts'
import { ltr, text } from '../../src/html/text.ts'
import { type Answers, PHONE_USES } from './answers.ts'
import { type StepView, stepPage } from './step-page.ts'
import { EXAMPLES } from './validate.ts'

interface ContactView {
  readonly locale: Locale
  readonly answers: Answers
  readonly problems: readonly Problem[]
}

const emailField = ({ locale, answers, problems }: ContactView): string =>
  textInput({
    locale,
    name: 'email',
    label: text(locale, 'file.contact.email.label'),
    hint: text(locale, 'file.contact.email.hint', { example: ltr(EXAMPLES.email) }),
    problems,
    value: answers.email,
    attributes: { type: 'email', autocomplete: 'email', dir: 'ltr', spellcheck: 'false', inputmode: 'email' },
  })

const phoneFields = ({ locale, answers, problems }: ContactView): string =>
  html`!${textInput({
    locale,
    name: 'phone',
    label: text(locale, 'file.contact.phone.label'),
    hint: text(locale, 'file.contact.phone.hint', { example: ltr(EXAMPLES.phone) }),
    problems,
    value: answers.phone,
    attributes: { type: 'tel', autocomplete: 'tel', dir: 'ltr', class: 'short' },
  })}!${radios({
    locale,
    name: 'preferred',
    label: text(locale, 'file.contact.preferred'),
    chosen: answers.preferred ?? 'sms',
    inRow: true,
    choices: PHONE_USES.map((use) => ({ value: use, label: text(locale, `file.contact.${use}`) })),
  })}`

/** The ways of being answered, each with what it needs. */
export const contactChoice = (view: ContactView): string => {
  const { locale, answers, problems } = view
  return radios({
    locale,
    name: 'contact',
    label: text(locale, 'file.contact.way'),
    problems,
    chosen: answers.contact,
    choices: [
      { value: 'email', label: text(locale, 'file.contact.email'), reveals: emailField(view) },
      { value: 'phone', label: text(locale, 'file.contact.phone'), reveals: phoneFields(view) },
      {
        value: 'none',
        label: text(locale, 'file.contact.none'),
        hint: text(locale, 'file.contact.none.hint'),
      },
    ],
  })
}

/** The third question: how to answer. What silence about oneself costs is said before the choice. */
export const contactPage = (view: StepView): string => {
  const { locale, filing, problems } = view
  const way = contactChoice({ locale, answers: filing.answers, problems })
  const name = textInput({
    locale,
    name: 'name',
    label: text(locale, 'file.contact.name'),
    optional: filing.office?.anonymousAllowed ?? true,
    problems,
    value: filing.answers.name,
    attributes: { autocomplete: 'name', dir: 'auto' },
  })
  const language = radios({
    locale,
    name: 'answerLanguage',
    label: text(locale, 'file.contact.language'),
    chosen: filing.answers.answerLanguage ?? locale,
    inRow: true,
    choices: LOCALES.map((value) => ({ value, label: text(locale, `language.${value}`) })),
  })
  return stepPage(view, {
    number: 3,
    path: '/file/contact',
    back: '/file/office',
    title: text(locale, 'file.contact.title'),
    fields: html`<p class="note">${text(locale, 'file.contact.consequence')}</p>!${way}!${name}!${language}!${submit(text(locale, 'action.continue'), { name: 'action', value: 'continue' })}`,
  })
}
