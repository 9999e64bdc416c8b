import { html } from 'ghtml'
import type { Imported } from '../../administrations/joining/import-members.ts'
import type { Joining } from '../../administrations/joining/read-joining.ts'
import type { ChosenConnector } from '../../administrations/joining/set-up.ts'
import type { Locale } from '../../core/locale.ts'
import { type Problem, textInput } from '../../html/form.ts'
import { text } from '../../html/text.ts'
import type { Fields } from '../fields.ts'
import type { Viewer } from '../layout.ts'

export const PATH = '/console/joining'

/** What the page of one's own body is made from. */
export interface JoiningView extends Joining {
  readonly viewer: Viewer
  readonly problems: readonly Problem[]
  readonly typed: Fields
  readonly chosen?: ChosenConnector
  readonly people?: {
    readonly lines: readonly Imported[]
    readonly dry: boolean
    readonly linkOf: (token: string) => string
  }
}

/** A part of the page under its title. */
export const part = (locale: Locale, id: string, title: Parameters<typeof text>[1], body: string): string =>
  html`<section id="${id}"><h2>${text(locale, title)}</h2>!${body}</section>`

/** A form of the page, sent to its own address. */
export const form = (name: string, body: string, button: string): string =>
  html`<form class="stack" method="post" action="${PATH}/${name}">!${body}<button class="button small">${button}</button></form>`

type Field = readonly [name: string, label: Parameters<typeof text>[1], attributes?: Record<string, string>]

/** Lines to type in, as they were typed. */
export const inputs = (
  { viewer: { locale }, problems, typed }: JoiningView,
  fields: readonly Field[],
): string =>
  fields
    .map(([name, label, attributes = {}]) =>
      textInput({
        locale,
        name,
        label: text(locale, label),
        problems,
        value: typed[name],
        attributes: { dir: 'auto', maxlength: '300', ...attributes },
      }),
    )
    .join('')

/** What is there already; items are escaped. */
export const listed = (items: readonly string[]): string =>
  items.length === 0 ? '' : html`<ul>!${items.map((item) => html`<li>!${item}</li>`)}</ul>`
