import { html } from 'ghtml'
import { type Locale, nameIn } from '../../src/core/locale.ts'
import { hidden, radios, submit, textInput } from '../../src/html/form.ts'
import { text } from '../../src/html/text.ts'
import { UNKNOWN_OFFICE } from './answers.ts'
import type { Office } from './deps.ts'
import { OFFICE_ISLAND } from './islands.ts'
import { type StepView, stepPage } from './step-page.ts'

export interface OfficeView extends StepView {
  /** What was searched for; undefined before a search. */
  readonly query: string | undefined
  /** What the search found, else the common ones. */
  readonly offered: readonly Office[]
  /** The chosen office lies outside the law: say where to go before going on. */
  readonly directs: boolean
}

const searchField = ({ locale, query }: OfficeView): string =>
  html`!${textInput({
    locale,
    name: 'q',
    label: text(locale, 'file.office.search'),
    hint: text(locale, 'file.office.search.hint'),
    value: query,
    attributes: { type: 'search', autocomplete: 'off', enterkeyhint: 'search' },
  })}!${hidden('asked', query ?? '')}<p><button class="button second" name="action" value="search">${text(locale, 'action.search')}</button></p>`

const searchResult = ({ locale, query, offered }: OfficeView): string => {
  if (query === undefined || query === '') return ''
  const words =
    offered.length === 0
      ? text(locale, 'file.office.none', { query })
      : text(locale, 'file.office.found', { count: offered.length })
  return html`<p role="status" class="soft">${words}</p>`
}

/** The office chosen before stays among the choices, whatever was searched for since. */
const withChosen = (offered: readonly Office[], chosen: Office | undefined): readonly Office[] =>
  chosen === undefined || offered.some(({ code }) => code === chosen.code) ? offered : [chosen, ...offered]

const direction = (locale: Locale): string => html`<div class="note clock" role="alert">
<h2>${text(locale, 'file.office.outside.title')}</h2>
<p>${text(locale, 'file.office.outside')}</p>
<p>${text(locale, 'file.office.outside.record')}</p>
</div>`

/** The second question: whom it concerns. "I don't know" is as good an answer as any. */
export const officePage = (view: OfficeView): string => {
  const { locale, filing, offered, directs, problems } = view
  const offices = withChosen(offered, filing.office)
  const choice = radios({
    locale,
    name: 'office',
    label: text(locale, 'file.office.choose'),
    problems,
    chosen: filing.answers.office,
    choices: [
      { value: UNKNOWN_OFFICE, label: text(locale, 'file.office.unknown') },
      ...offices.map(({ code, names }) => ({ value: code, label: nameIn(names, locale) })),
    ],
  })
  const place = textInput({
    locale,
    name: 'place',
    label: text(locale, 'file.office.place'),
    optional: true,
    problems,
    value: filing.answers.place,
    attributes: { autocomplete: 'address-level2', dir: 'auto' },
  })
  const directed = directs ? hidden('directed', filing.answers.office ?? '') : ''
  return stepPage(view, {
    number: 2,
    path: '/file/office',
    back: '/file/message',
    title: text(locale, 'file.office.title'),
    islands: [OFFICE_ISLAND.url],
    fields: html`!${directs ? direction(locale) : ''}!${directed}!${searchField(view)}!${searchResult(view)}!${choice}!${place}!${submit(text(locale, 'action.continue'), { name: 'action', value: 'continue' })}`,
  })
}
