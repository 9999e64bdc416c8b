import { html } from 'ghtml'
import type { TemplateAct } from '../core/template.ts'
import { hidden, textArea } from '../html/form.ts'
import { text } from '../html/text.ts'
import type { View } from './complaint.view.ts'

/** A form of one act, meant for the record as it was read. */
export const form = (view: View, name: string, body: string): string =>
  html`<form method="post" action="${view.home}/${name}">!${hidden('seen', view.record.handling.version)}!${body}</form>`

/** A part of the page that opens where the viewer wants to act. */
export const fold = (view: View, id: string, title: string, body: string, open = false): string =>
  html`<details class="act" id="${id}"!${open || view.typed['act'] === id ? ' open' : ''}><summary>${title}</summary>!${body}</details>`

/** A field for words of the official. */
export const words = (view: View, name: string, label: string, most: number): string =>
  textArea({
    locale: view.locale,
    name,
    label,
    value: view.typed[name],
    attributes: { required: true, maxlength: most, dir: 'auto', rows: 5 },
  })

/** Ready words to begin from; the page comes back with them in the field. */
export const readyWords = ({ locale, templates }: View, act: TemplateAct): string => {
  const own = templates.filter((template) => template.act === act)
  if (own.length === 0) return ''
  const options = own.map(({ id, name }) => html`<option value="${id}">${name}</option>`)
  return html`<div class="field ready"><label for="template-!${act}">${text(locale, 'desk.template')}</label><div class="row"><select id="template-!${act}" name="template">!${options}</select> <button class="button small second" name="step" value="template" formnovalidate>${text(locale, 'desk.template.use')}</button></div></div>`
}
