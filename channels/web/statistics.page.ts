import { html } from 'ghtml'
import type { FigureTable } from '../../src/core/figure-table.ts'
import type { Locale } from '../../src/core/locale.ts'
import { figure, figureTable } from '../../src/html/figure.ts'
import { byName, countText, monthText } from '../../src/html/figure-words.ts'
import { page } from '../../src/html/layout.ts'
import { longDay, longInstant, type TextKey, text } from '../../src/html/text.ts'
import { LICENCE } from '../../src/supervision/open-data.ts'
import type { PublicStatistics } from '../../src/supervision/public-statistics.ts'

const DEFINED = ['response', 'in_time', 'renewed', 'satisfied'] as const

const definitions = (locale: Locale): string =>
  html`<h2>${text(locale, 'statistics.definitions')}</h2><dl class="facts">!${DEFINED.map(
    (code) =>
      html`<div><dt>${text(locale, `indicator.${code}.name` as TextKey)}</dt><dd>${text(locale, `indicator.${code}.cohort` as TextKey)}</dd></div>`,
  )}</dl>`

const openData = (locale: Locale): string => {
  const link = (
    href: string,
    key: 'tables_csv' | 'tables_json' | 'bodies_csv' | 'grid_csv' | 'grid_json' | 'dictionary',
  ) => html`<li><a href="${href}">${text(locale, `statistics.open_data.${key}`)}</a></li>`
  return html`<h2 id="open-data">${text(locale, 'statistics.open_data')}</h2><p>${text(locale, 'statistics.open_data.what')}</p><ul>
!${link('/open-data/statistics.csv', 'tables_csv')}!${link('/open-data/statistics.json', 'tables_json')}!${link('/open-data/bodies.csv', 'bodies_csv')}!${link('/open-data/complaints.csv', 'grid_csv')}!${link('/open-data/complaints.json', 'grid_json')}!${link('/open-data/indicators.json', 'dictionary')}</ul>
<p>${text(locale, 'statistics.licence', { licence: LICENCE.name })} <a href="${LICENCE.url}" dir="ltr">${LICENCE.url}</a></p>`
}

/** What is shown first is what was promised; what is few people's own business is kept back before it comes here. */
const figures = (locale: Locale, { tables, comparisons }: PublicStatistics): string => {
  const one = (table: FigureTable): string => figure({ locale, table })
  const groups = comparisons.map(({ group, table }) => {
    const rows = group === 'unranked' ? table.rows.toSorted(byName(locale)) : table.rows
    return html`<h3>${text(locale, `figures.group.${group}` as TextKey)}</h3>!${figureTable({ locale, table: { ...table, rows } })}`
  })
  const compared =
    groups.length === 0
      ? ''
      : html`<section class="figure"><h2>${text(locale, 'figures.table.bodies')}</h2><p>${text(locale, 'figures.sentence.bodies')}</p>!${groups}</section>`
  return html`!${tables.map(one)}!${compared}`
}

/** The numbers anyone may see, without a script. `reports` is the list of what was published, already escaped. */
export const statisticsPage = (
  locale: Locale,
  officeZone: string,
  found: PublicStatistics | undefined,
  reports: string,
): string => {
  const title = text(locale, 'statistics.title')
  const dated =
    found === undefined
      ? html`<p>${text(locale, 'statistics.none')}</p>`
      : html`<p>${text(locale, 'statistics.affiliated', { count: countText(locale, found.affiliated.count), target: countText(locale, found.affiliated.target) })}</p>
<p class="soft">${text(locale, 'statistics.period', { from: monthText(locale, found.from), until: monthText(locale, found.until) })} ${text(locale, 'statistics.as_of', { day: longDay(locale, found.asOf), at: longInstant(locale, found.refreshedAt, officeZone) })} ${text(locale, 'statistics.small')} ${text(locale, 'statistics.held')}</p>`
  const body = html`<h1>${title}</h1><p class="lead">${text(locale, 'statistics.lead')}</p>!${dated}!${reports}
!${found === undefined ? '' : figures(locale, found)}!${definitions(locale)}!${openData(locale)}`
  return page({ locale, title, path: '/statistics', body, back: '/' })
}
