import { html } from 'ghtml'
import { LOCALES, type Locale, nameIn } from '../../src/core/locale.ts'
import type { OwnContact } from '../../src/handling/own-data.ts'
import type { TrackedComplaint } from '../../src/handling/tracked-complaint.ts'
import { errorSummary, hidden, type Problem, radios, submit, textInput } from '../../src/html/form.ts'
import { page } from '../../src/html/layout.ts'
import { longInstant, ltr, text } from '../../src/html/text.ts'
import type { Opening } from '../../src/staff/read-openings.ts'
import { PHONE_USES } from './answers.ts'
import { EXAMPLES } from './validate.ts'

const COMPLAINT = '/track/complaint'
const FORM = 'own-contact'

export const PREFERRED = ['email', ...PHONE_USES, 'none'] as const
export type Preferred = (typeof PREFERRED)[number]

const isPreferred = (value: string | null): value is Preferred => PREFERRED.some((known) => known === value)

const fact = (locale: Locale, term: string, value: string | null): string =>
  html`<div><dt>${term}</dt><dd>!${value ? html`<bdi>${value}</bdi>` : text(locale, 'file.check.none')}</dd></div>`

const contactFacts = (locale: Locale, contact: OwnContact, language: Locale): string => {
  const { name, email, phone, preferred } = contact
  const way = text(locale, `file.contact.${isPreferred(preferred) ? preferred : 'none'}`)
  return html`<dl class="facts">
!${fact(locale, text(locale, 'file.contact.name'), name)}
!${fact(locale, text(locale, 'file.contact.email.label'), email)}
!${fact(locale, text(locale, 'file.contact.phone.label'), phone)}
!${fact(locale, text(locale, 'data.preferred'), way)}
!${fact(locale, text(locale, 'file.contact.language'), text(locale, `language.${language}`))}
</dl>`
}

const openingItem = (
  locale: Locale,
  zone: string,
  { at, action, administration, reason }: Opening,
): string => {
  const who = administration ? nameIn(administration, locale) : text(locale, 'track.who.service')
  return html`<li><time datetime="${at.toISOString()}">${longInstant(locale, at, zone)}</time>${text(locale, `data.opened.${action}`, { who })}!${reason ? html`<small>${text(locale, 'data.opened.why')} ${text(locale, `opening.${reason}`)}</small>` : ''}</li>`
}

const openingList = (locale: Locale, zone: string, openings: readonly Opening[]): string =>
  openings.length === 0
    ? html`<p>${text(locale, 'data.opened.none')}</p>`
    : html`<ol class="events">!${openings.map((opening) => openingItem(locale, zone, opening))}</ol>`

/** A person's data in this complaint: how they can be reached, who looked at it, and all of it to take away. */
export const ownDataPage = (view: {
  readonly locale: Locale
  readonly complaint: TrackedComplaint
  readonly contact: OwnContact
  readonly openings: readonly Opening[]
  readonly zone: string
  readonly isChanged: boolean
}): string => {
  const { locale, complaint, contact, openings, zone } = view
  const title = text(locale, 'data.title')
  const changed = view.isChanged
    ? html`<p class="note" role="status">${text(locale, 'data.changed')}</p>`
    : ''
  const body = html`!${changed}<p class="step">${text(locale, 'receipt.reference')} ${ltr(complaint.reference)}</p>
<h1>${title}</h1>
<h2>${text(locale, 'data.contact')}</h2>
!${contactFacts(locale, contact, complaint.language)}
<p><a class="button second" href="/${locale}${COMPLAINT}/contact">${text(locale, 'data.change')}</a></p>
<h2>${text(locale, 'data.opened')}</h2>
<p class="hint">${text(locale, 'data.opened.lead')}</p>
!${openingList(locale, zone, openings)}
<h2>${text(locale, 'data.export')}</h2>
<p>${text(locale, 'data.export.lead')}</p>
<p><a class="button second" href="/${locale}${COMPLAINT}/data.json" download>${text(locale, 'data.export.button')}</a></p>`
  return page({ locale, title, path: `${COMPLAINT}/data`, body, back: COMPLAINT })
}

/** What was typed into the contact form, or what the record has. */
export interface ContactTyped {
  readonly name: string
  readonly email: string
  readonly phone: string
  readonly preferred: Preferred
  readonly language: Locale
}

export const typedOf = (contact: OwnContact, language: Locale): ContactTyped => ({
  name: contact.name ?? '',
  email: contact.email ?? '',
  phone: contact.phone ?? '',
  preferred: isPreferred(contact.preferred) ? contact.preferred : 'none',
  language,
})

interface ContactView {
  readonly locale: Locale
  readonly complaint: TrackedComplaint
  readonly ticket: string
  readonly problems: readonly Problem[]
  readonly typed: ContactTyped
}

const contactInputs = ({ locale, problems, typed }: ContactView): string => {
  const name = textInput({
    locale,
    name: 'name',
    label: text(locale, 'file.contact.name'),
    optional: true,
    problems,
    value: typed.name,
    attributes: { autocomplete: 'name', dir: 'auto' },
  })
  const email = textInput({
    locale,
    name: 'email',
    label: text(locale, 'file.contact.email.label'),
    hint: text(locale, 'file.contact.email.hint', { example: ltr(EXAMPLES.email) }),
    optional: true,
    problems,
    value: typed.email,
    attributes: { type: 'email', autocomplete: 'email', dir: 'ltr', spellcheck: 'false' },
  })
  const phone = textInput({
    locale,
    name: 'phone',
    label: text(locale, 'file.contact.phone.label'),
    hint: text(locale, 'file.contact.phone.hint', { example: ltr(EXAMPLES.phone) }),
    optional: true,
    problems,
    value: typed.phone,
    attributes: { type: 'tel', autocomplete: 'tel', dir: 'ltr', class: 'short' },
  })
  return html`!${name}!${email}!${phone}`
}

const contactChoices = ({ locale, problems, typed }: ContactView): string => {
  const preferred = radios({
    locale,
    name: 'preferred',
    label: text(locale, 'data.preferred'),
    problems,
    chosen: typed.preferred,
    choices: PREFERRED.map((value) => ({ value, label: text(locale, `file.contact.${value}`) })),
  })
  const language = radios({
    locale,
    name: 'answerLanguage',
    label: text(locale, 'file.contact.language'),
    chosen: typed.language,
    inRow: true,
    choices: LOCALES.map((value) => ({ value, label: text(locale, `language.${value}`) })),
  })
  return html`!${preferred}!${language}`
}

/** Correcting it, or taking it out: an empty field is erased. */
export const ownContactPage = (view: ContactView): string => {
  const { locale, complaint, ticket, problems } = view
  const title = text(locale, 'data.change')
  const path = `${COMPLAINT}/contact`
  const body = html`!${errorSummary(locale, problems)}<p class="step">${text(locale, 'receipt.reference')} ${ltr(complaint.reference)}</p>
<h1>${title}</h1>
<p class="lead">${text(locale, 'data.change.lead')}</p>
<form id="${FORM}" method="post" action="/${locale}${path}" novalidate>!${hidden('form', ticket)}
!${contactInputs(view)}!${contactChoices(view)}!${submit(text(locale, 'data.save'), { name: 'action', value: 'save' })}</form>`
  const hasErrors = problems.length > 0
  return page({ locale, title, path, body, back: `${COMPLAINT}/data`, switchForm: FORM, hasErrors })
}
