import { html } from 'ghtml'
import type { Locale } from '../core/locale.ts'
import { text } from '../html/text.ts'

/** A cell: text to escape, or markup that is already escaped. */
export type Cell = string | number | { readonly html: string }

const cell = (value: Cell): string =>
  typeof value === 'number'
    ? html`<td class="number">${value}</td>`
    : typeof value === 'string'
      ? html`<td>${value}</td>`
      : html`<td>!${value.html}</td>`

/** Rows under headings, or a word that there are none. */
export const dataTable = (
  locale: Locale,
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
): string =>
  rows.length === 0
    ? html`<p>${text(locale, 'console.none')}</p>`
    : // What scrolls sideways must be reached by keyboard, and say what it is.
      html`<div class="wide" tabindex="0" role="group" aria-label="${heads.filter((head) => head !== '').join(', ')}"><table>
<thead><tr>!${heads.map((head) => (head === '' ? '<td></td>' : html`<th scope="col">${head}</th>`))}</tr></thead>
<tbody>!${rows.map((row) => html`<tr>!${row.map(cell)}</tr>`)}</tbody>
</table></div>`

/** A number, code or address inside a sentence of any direction. */
export const isolated = (value: string): Cell => ({ html: html`<bdi dir="ltr">${value}</bdi>` })

/** A form that is one button; `second` beside a weightier one. */
export const actionButton = (action: string, label: string, weight: 'first' | 'second' = 'first'): string =>
  html`<form class="inline" method="post" action="${action}"><button class="button small!${weight === 'second' ? ' second' : ''}">${label}</button></form>`
