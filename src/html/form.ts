import { html } from 'ghtml'
import type { Locale } from '../core/locale.ts'
import { text } from './text.ts'

/** What is wrong with a field, in the reader's words. `field` is the id that the summary leads to. */
export interface Problem {
  readonly field: string
  readonly message: string
}

/** Attributes of a control beyond those it always has; undefined and false leave one out, true writes it bare. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

interface FieldOptions {
  readonly locale: Locale
  /** Name and id of the control. */
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly optional?: boolean
  readonly problems?: readonly Problem[]
  readonly attributes?: Attributes
}

export const attributesOf = (attributes: Attributes): string =>
  Object.entries(attributes)
    .flatMap(([name, value]) =>
      value === undefined || value === false
        ? []
        : [value === true ? html` ${name}` : html` ${name}="${value}"`],
    )
    .join('')

/** The list at the head of a form: each line leads to its field. It takes the focus when the page opens. */
export const errorSummary = (locale: Locale, problems: readonly Problem[]): string =>
  problems.length === 0
    ? ''
    : html`<div class="problem" role="alert" aria-labelledby="problem-title" tabindex="-1" autofocus>
<h2 id="problem-title">${text(locale, 'form.problem')}</h2>
<ul>!${problems.map(({ field, message }) => html`<li><a href="#${field}">${message}</a></li>`)}</ul>
</div>`

const errorsOf = ({ locale, name, problems = [] }: FieldOptions): string => {
  const own = problems.filter(({ field }) => field === name)
  if (own.length === 0) return ''
  const prefix = html`<span class="hidden">${text(locale, 'form.error')} </span>`
  return html`<div id="${name}-error">!${own.map(({ message }) => html`<p class="error">!${prefix}${message}</p>`)}</div>`
}

const hintOf = ({ name, hint }: FieldOptions): string =>
  hint === undefined ? '' : html`<p class="hint" id="${name}-hint">${hint}</p>`

const described = (options: FieldOptions, error: string): Attributes => ({
  'aria-describedby':
    [options.hint === undefined ? '' : `${options.name}-hint`, error === '' ? '' : `${options.name}-error`]
      .filter((id) => id !== '')
      .join(' ') || undefined,
  'aria-invalid': error === '' ? undefined : 'true',
})

const labelText = ({ locale, label, optional }: FieldOptions): string =>
  html`${label}!${optional ? html` <small>${text(locale, 'form.optional')}</small>` : ''}`

const wrapped = (options: FieldOptions, control: (attributes: string) => string): string => {
  const error = errorsOf(options)
  const attributes = attributesOf({
    id: options.name,
    name: options.name,
    ...described(options, error),
    ...options.attributes,
  })
  return html`<div class="field !${error === '' ? '' : 'wrong'}">
<label for="${options.name}">!${labelText(options)}</label>
!${hintOf(options)}!${error}!${control(attributes)}
</div>`
}

/** One line of text. `value` comes back as typed. */
export const textInput = (options: FieldOptions & { readonly value?: string | undefined }): string =>
  wrapped(options, (attributes) => html`<input value="${options.value ?? ''}"!${attributes}>`)

/** Many lines. The line break after the tag keeps a first empty line typed by the person. */
export const textArea = (options: FieldOptions & { readonly value?: string | undefined }): string =>
  wrapped(options, (attributes) => html`<textarea!${attributes}>${`\n${options.value ?? ''}`}</textarea>`)

/** One of a list. */
export const select = (
  options: FieldOptions & {
    readonly value?: string | undefined
    readonly choices: readonly (readonly [value: string, label: string])[]
  },
): string =>
  wrapped(
    options,
    (attributes) =>
      html`<select!${attributes}>!${options.choices.map(([value, label]) => html`<option!${attributesOf({ value, selected: value === options.value })}>${label}</option>`)}</select>`,
  )

/** Files. Browsers never let a page fill this in again: files already attached are listed beside it. */
export const fileInput = (options: FieldOptions): string =>
  wrapped(options, (attributes) => html`<input type="file"!${attributes}>`)

export interface Choice {
  readonly value: string
  readonly label: string
  readonly hint?: string
  /** Shown beneath while this choice is taken; already escaped. */
  readonly reveals?: string
  readonly lang?: string
}

interface ChoiceOptions extends FieldOptions {
  readonly choices: readonly Choice[]
  readonly chosen?: string | undefined
  /** Short choices side by side. */
  readonly inRow?: boolean
}

/** Radio buttons under one question. The first carries the group's id, so that the summary's link leads to it. */
export const radios = (options: ChoiceOptions): string => {
  const { name, chosen } = options
  const error = errorsOf(options)
  const one = ({ value, label, hint, reveals, lang }: Choice, index: number): string => {
    const attributes = attributesOf({
      id: index === 0 ? name : `${name}-${index}`,
      name,
      value,
      checked: value === chosen,
    })
    const words = html`${label}!${hint === undefined ? '' : html`<small>${hint}</small>`}`
    return html`<label class="choice"><input type="radio"!${attributes}><span!${attributesOf({ lang })}>!${words}</span></label>!${reveals === undefined ? '' : html`<div class="reveal">!${reveals}</div>`}`
  }
  return html`<fieldset class="!${error === '' ? '' : 'wrong'}"!${attributesOf({ 'aria-describedby': described(options, error)['aria-describedby'] })}>
<legend>!${labelText(options)}</legend>
!${hintOf(options)}!${error}!${options.inRow ? html`<div class="row">!${options.choices.map(one)}</div>` : options.choices.map(one).join('')}
</fieldset>`
}

/** A fact the form carries unseen. */
export const hidden = (name: string, value: string): string =>
  html`<input type="hidden" name="${name}" value="${value}">`

/** The one primary button of a page. */
export const submit = (label: string, attributes: Attributes = {}): string =>
  html`<button class="button"!${attributesOf(attributes)}>${label}</button>`
