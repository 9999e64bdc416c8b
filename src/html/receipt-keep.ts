import { html } from 'ghtml'
import type { Locale } from '../core/locale.ts'
import type { ReceiptFacts } from '../core/receipt.ts'
import { copyButton } from './copy.ts'
import { errorSummary, type Problem, textInput } from './form.ts'
import { readAloudButton } from './listen.ts'
import { longDay, ltr, text } from './text.ts'

/** Sending the receipt to one more telephone or address, from the page that still shows the code. */
export interface CopyForm {
  /** Whether text messages can be sent at all. */
  readonly texts: boolean
  readonly problems: readonly Problem[]
  readonly typed: string
  /** Where it was sent a moment ago. */
  readonly sentTo?: string
}

const EXAMPLE = { phone: '0612345678', email: 'nom@exemple.ma' } as const

/** Digit by digit, as it is said to somebody who writes it down. */
const spelt = (digits: string): string => [...digits].join(' ')

const spokenReceipt = (locale: Locale, { claims, answerBy }: ReceiptFacts, code: string): string =>
  text(locale, 'receipt.spoken', {
    reference: spelt(claims.reference),
    code: spelt(code),
    date: longDay(locale, answerBy),
  })

const copiedWords = (locale: Locale, { claims, links }: ReceiptFacts, code: string): string =>
  text(locale, 'receipt.copied', { reference: claims.reference, code, address: links.track })

/** Listen, copy, print: nothing of it is there until it works in this browser. */
export const receiptActs = (locale: Locale, facts: ReceiptFacts, code: string): string =>
  html`<div class="acts unprinted">!${readAloudButton(locale, { of: 'receipt', say: spokenReceipt(locale, facts, code) })}!${copyButton(locale, copiedWords(locale, facts, code), text(locale, 'receipt.copy'))}<button type="button" class="button second" data-print hidden>${text(locale, 'receipt.print')}</button></div>`

const sentNote = (locale: Locale, sentTo: string | undefined): string =>
  sentTo === undefined
    ? ''
    : html`<p class="note" role="status">${text(locale, 'receipt.send.sent', { to: ltr(sentTo) })}</p>`

const sendField = (locale: Locale, { texts, problems, typed }: CopyForm): string =>
  textInput({
    locale,
    name: 'to',
    label: text(locale, texts ? 'receipt.send.label' : 'file.contact.email.label'),
    hint: text(locale, texts ? 'receipt.send.hint' : 'file.contact.email.hint', {
      example: ltr(EXAMPLE.email),
      ...(texts ? { phone: ltr(EXAMPLE.phone) } : {}),
    }),
    problems,
    value: typed,
    attributes: { dir: 'ltr', autocomplete: 'off', spellcheck: 'false' },
  })

/** The form that sends it on. `action` is the address of the page's own copies. */
export const sendForm = (locale: Locale, action: string, form: CopyForm): string =>
  html`<section class="unprinted" id="send"><h2>${text(locale, 'receipt.send')}</h2>!${sentNote(locale, form.sentTo)}
<form method="post" action="${action}" novalidate>!${sendField(locale, form)}<button class="button second">${text(locale, 'receipt.send.button')}</button></form></section>`

export const sendProblems = (locale: Locale, form: CopyForm | undefined): string =>
  errorSummary(locale, form?.problems ?? [])
