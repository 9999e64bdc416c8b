import { html } from 'ghtml'
import type { Column, FigureRow, FigureTable } from '../core/figure-table.ts'
import type { Locale } from '../core/locale.ts'
import { chartOf, targetText } from './chart.ts'
import { columnText, legendOf, rowText, sentenceOf, valueText } from './figure-words.ts'
import { type TextKey, text } from './text.ts'

export interface FigureOptions {
  readonly locale: Locale
  readonly table: FigureTable
  /** Where the table is as CSV. */
  readonly csv?: string
  /** What the table is called; absent: by its code. */
  readonly title?: string
  /** The address of the list behind one value, where there is one. */
  readonly linkOf?: (table: FigureTable, row: FigureRow, column: Column) => string | undefined
  /** The rank of the heading. */
  readonly level?: 2 | 3
  /** The heading right above: a figure that is called the same has none of its own. */
  readonly above?: string
  /** More under the table, already escaped. */
  readonly after?: string
}

export const tableTitle = (locale: Locale, { code }: Pick<FigureTable, 'code'>): string =>
  text(locale, `figures.table.${code}` as TextKey)

/** A target in words, as it stands beside a value. */
export const aimText = (locale: Locale, target: NonNullable<FigureRow['target']>): string => {
  const { key, share } = targetText(locale, target)
  return text(locale, 'figures.target', { target: text(locale, key, { share }) })
}

const valueCell = (options: FigureOptions, row: FigureRow, nth: number): string => {
  const { locale, table, linkOf } = options
  const column = table.columns[nth]
  if (column === undefined) return ''
  const value = row.values[nth] ?? null
  const words = valueText(locale, value, column.unit)
  const link = typeof value === 'number' && value > 0 ? linkOf?.(table, row, column) : undefined
  return html`<td class="number">!${link === undefined ? html`<bdi>${words}</bdi>` : html`<a href="${link}"><bdi>${words}</bdi></a>`}</td>`
}

const rowOf = (options: FigureOptions, row: FigureRow): string => {
  const { locale, table } = options
  const notes = [
    ...(row.incomplete ? [text(locale, 'figures.incomplete')] : []),
    ...(row.target ? [aimText(locale, row.target)] : []),
  ]
  return html`<tr><th scope="row">${rowText(locale, table.code, row)}!${notes.map((note) => html` <small>${note}</small>`)}</th>!${row.values.map((_, nth) => valueCell(options, row, nth))}</tr>`
}

/** The table alone, with a caption that a screen reader says first. */
export const figureTable = (options: FigureOptions): string => {
  const { locale, table, title = tableTitle(locale, table) } = options
  return html`<div class="wide" tabindex="0" role="group" aria-label="${title}"><table class="figures"><caption class="hidden">${title}</caption>
<thead><tr><th scope="col">${text(locale, 'figures.column.row')}</th>!${table.columns.map((column) => html`<th scope="col" class="number">${columnText(locale, column)}</th>`)}</tr></thead>
<tbody>!${table.rows.map((row) => rowOf(options, row))}</tbody></table></div>`
}

/** A figure as every page shows it: the sentence, the drawing, the table, the CSV. */
export const figure = (options: FigureOptions): string => {
  const { locale, table, csv, level = 2, above, after = '' } = options
  const title = tableTitle(locale, table)
  const isNamed = title === above
  const heading = isNamed ? '' : html`<h!${level} id="${table.code}">${title}</h!${level}>`
  if (table.rows.length === 0)
    return html`<section class="figure">!${heading}<p>${text(locale, 'figures.nothing')}</p>!${after}</section>`
  const legend = legendOf(locale, table)
  const waits = table.code === 'months' && table.rows.some(({ incomplete }) => incomplete)
  return html`<section class="figure" !${isNamed ? html`aria-label="${title}"` : html`aria-labelledby="${table.code}"`}>!${heading}
<p class="said-first">${sentenceOf(locale, table)}</p>
!${chartOf(locale, table, title)}!${legend === '' ? '' : html`<p class="soft">${legend}</p>`}
!${figureTable(options)}
!${waits ? html`<p class="soft">${text(locale, 'figures.incomplete.note')}</p>` : ''}!${csv === undefined ? '' : html`<p class="csv"><a href="${csv}" download>${text(locale, 'figures.csv')}</a></p>`}!${after}</section>`
}
