import { html } from 'ghtml'
import { KINDS, type Kind } from '../core/complaint.ts'
import { LIMITS } from '../core/limits.ts'
import { LOCALES, type Locale, type Names, nameIn } from '../core/locale.ts'
import {
  errorSummary,
  fileInput,
  hidden,
  type Problem,
  radios,
  submit,
  textArea,
  textInput,
} from '../html/form.ts'
import { byteSize, ltr, text } from '../html/text.ts'
import type { ReceiptWays } from '../staff/file-at-counter.ts'
import { deskPage, type Viewer } from './layout.ts'

export const COUNTER_WAYS = ['sms', 'whatsapp', 'voice', 'email', 'none'] as const
export type CounterWay = (typeof COUNTER_WAYS)[number]

/** What the clerk has typed so far. */
export interface CounterTyped {
  readonly text: string
  readonly kind: Kind
  readonly language: Locale
  readonly administration: string
  readonly place: string
  readonly name: string
  readonly phone: string
  readonly email: string
  readonly preferred: CounterWay
}

interface ChoosableBody {
  readonly code: string
  readonly names: Names
}

/** The citizen's recorder and uploader, as the counter's form uses them. */
export interface CounterTools {
  readonly recorder: (locale: Locale) => string
  /** Attributes of the form by which files travel on their own; `key` keeps those of two persons apart. */
  readonly uploads: (locale: Locale, key: string) => string
  readonly islands: readonly { readonly url: string }[]
  readonly accepted: string
}

interface CounterView {
  readonly viewer: Viewer
  readonly tools: CounterTools
  readonly key: string
  readonly typed: CounterTyped
  readonly problems: readonly Problem[]
  /** Bodies that answer to what was typed, when it was not one of them. */
  readonly offered: readonly ChoosableBody[]
  /** Files that are here already, by the ids of their uploads. */
  readonly kept: readonly { readonly id: string; readonly name: string }[]
}

const PATH = '/console/counter'

const said = ({ viewer: { locale }, tools, typed, problems, kept }: CounterView): string =>
  html`!${textArea({ locale, name: 'text', label: text(locale, 'desk.counter.words'), optional: true, problems, value: typed.text, attributes: { rows: 7, dir: 'auto', maxlength: LIMITS.textCharacters } })}
!${tools.recorder(locale)}
!${fileInput({ locale, name: 'files', label: text(locale, 'desk.counter.scan'), hint: text(locale, 'desk.counter.scan.hint', { count: LIMITS.filesPerSubmission, size: byteSize(locale, LIMITS.formFileBytes) }), optional: true, problems, attributes: { accept: tools.accepted, multiple: true } })}
<div id="attached"!${kept.length === 0 ? ' hidden' : ''}><h2>${text(locale, 'file.files.attached')}</h2><ul class="files">!${kept.map(({ id, name }) => html`<li>!${hidden('upload', id)}<bdi>${name}</bdi></li>`)}</ul></div>`

const about = ({ viewer: { locale }, typed, problems, offered }: CounterView): string => {
  const body =
    offered.length > 0
      ? radios({
          locale,
          name: 'administration',
          label: text(locale, 'desk.counter.body.which'),
          problems,
          choices: offered.map(({ code, names }) => ({ value: code, label: nameIn(names, locale) })),
        })
      : textInput({
          locale,
          name: 'administration',
          label: text(locale, 'desk.counter.body'),
          hint: text(locale, 'desk.counter.body.hint'),
          optional: true,
          problems,
          value: typed.administration,
          attributes: { maxlength: 200, dir: 'auto' },
        })
  return html`!${radios({ locale, name: 'kind', label: text(locale, 'file.kind'), inRow: true, chosen: typed.kind, choices: KINDS.map((kind) => ({ value: kind, label: text(locale, `kind.${kind}`) })) })}
!${body}
!${textInput({ locale, name: 'place', label: text(locale, 'file.office.place'), optional: true, value: typed.place, attributes: { maxlength: LIMITS.placeCharacters, dir: 'auto' } })}`
}

const person = ({ viewer: { locale }, typed, problems }: CounterView): string => {
  const line = (name: 'name' | 'phone' | 'email', label: string, attributes: Record<string, string>) =>
    textInput({
      locale,
      name,
      label,
      optional: true,
      problems,
      value: typed[name],
      attributes: { ...attributes, autocomplete: 'off' },
    })
  const wayName = (way: CounterWay) =>
    way === 'none' ? text(locale, 'desk.counter.way.none') : text(locale, `file.contact.${way}`)
  return html`<h2>${text(locale, 'desk.counter.person')}</h2>
!${line('name', text(locale, 'desk.identity.name'), { dir: 'auto', maxlength: '120' })}
!${line('phone', text(locale, 'desk.identity.phone'), { type: 'tel', dir: 'ltr', class: 'short' })}
!${line('email', text(locale, 'desk.identity.email'), { type: 'email', dir: 'ltr', spellcheck: 'false' })}
!${radios({ locale, name: 'preferred', label: text(locale, 'desk.counter.way'), problems, chosen: typed.preferred, choices: COUNTER_WAYS.map((value) => ({ value, label: wayName(value) })) })}
!${radios({ locale, name: 'language', label: text(locale, 'desk.counter.language'), inRow: true, chosen: typed.language, choices: LOCALES.map((value) => ({ value, label: text(locale, `language.${value}`), lang: value })) })}`
}

const consent = ({ viewer: { locale }, typed, problems }: CounterView): string => {
  const wrong = problems.find(({ field }) => field === 'consent')
  const sentence = text(typed.language, 'file.check.consent')
  return html`<div class="field !${wrong ? 'wrong' : ''}">!${wrong ? html`<p class="error" id="consent-error">${wrong.message}</p>` : ''}<label class="choice"><input type="checkbox" id="consent" name="consent" value="yes"!${wrong ? ' aria-invalid="true" aria-describedby="consent-error"' : ''}><span>${text(locale, 'desk.counter.consent', { sentence })}</span></label></div>`
}

/** One page for one person: words, voice or paper, the office, how to answer. Works without a script but for the recorder. */
export const counterPage = (view: CounterView): string => {
  const { viewer, tools, key, problems } = view
  const { locale } = viewer
  const body = html`!${errorSummary(locale, problems)}<p class="lead">${text(locale, 'desk.counter.lead')}</p>
<form class="counter" method="post" enctype="multipart/form-data" action="${PATH}" novalidate!${tools.uploads(locale, key)}>!${hidden('form', key)}
!${said(view)}!${about(view)}!${person(view)}!${consent(view)}!${submit(text(locale, 'desk.counter.send'))}
</form>`
  return deskPage(viewer, {
    title: text(locale, 'desk.counter.title'),
    path: PATH,
    body,
    islands: tools.islands,
  })
}

/** What was filed; the code is shown while this browser may see it. */
export interface CounterDone {
  readonly reference: string
  readonly code: string | undefined
  readonly receipt: string
  readonly ways: ReceiptWays
}

export const counterDonePage = (viewer: Viewer, { reference, code, receipt, ways }: CounterDone): string => {
  const { locale } = viewer
  const numbers = html`<dl class="facts"><div><dt>${text(locale, 'receipt.reference')}</dt><dd class="digits">${ltr(reference)}</dd></div>!${code === undefined ? '' : html`<div><dt>${text(locale, 'desk.counter.code')}</dt><dd class="digits">${ltr(code)}</dd></div>`}</dl>`
  const sent = ways.map((way) => html`<p role="status">${text(locale, `desk.counter.sent.${way}`)}</p>`)
  const print =
    code === undefined
      ? html`<p>${text(locale, 'desk.counter.gone')}</p>`
      : html`!${ways.length === 0 ? html`<p>${text(locale, 'desk.counter.hand')}</p>` : ''}<p><a class="button!${ways.length === 0 ? '' : ' second'}" href="${receipt}.pdf?code=1&lang=${locale}" target="_blank">${text(locale, 'desk.counter.print')}</a></p>`
  const body = html`!${numbers}!${sent}!${print}<p><a class="button!${ways.length === 0 ? ' second' : ''}" href="${PATH}">${text(locale, 'desk.counter.next')}</a></p>`
  return deskPage(viewer, { title: text(locale, 'desk.counter.done'), path: PATH, body })
}
