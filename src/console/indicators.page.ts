import { html } from 'ghtml'
import { KINDS } from '../core/complaint.ts'
import { shareOf, type TableCode } from '../core/figure-table.ts'
import { LOCALES, type Locale, nameIn } from '../core/locale.ts'
import { aimText, figure, figureTable } from '../html/figure.ts'
import { countText, shareText } from '../html/figure-words.ts'
import { longDay, longInstant, type TextKey, text } from '../html/text.ts'
import type { Asked } from '../supervision/asked-filters.ts'
import type { GamingCheck, Suspicion } from '../supervision/compare-bodies.ts'
import { AFFILIATED_TARGET, type Indicator, meetsTarget } from '../supervision/indicators.ts'
import { MEASURES, type Measure } from '../supervision/measures.ts'
import type { Dashboard, Tile } from '../supervision/read-dashboard.ts'
import type { Opened, Selection } from '../supervision/selection.ts'
import { channelName } from './inbox.page.ts'
import { behindLink, indicatorsQuery, linkBehind } from './indicators.links.ts'
import { deskPage, type Viewer } from './layout.ts'

const CHANNELS = ['web', 'api', 'email', 'sms', 'whatsapp', 'voice', 'counter', 'open311'] as const

const option = (value: string, label: string, chosen: string | undefined): string =>
  html`<option value="${value}"!${value === (chosen ?? '') ? ' selected' : ''}>${label}</option>`

const filterForm = (locale: Locale, asked: Asked, { filters, choices }: Dashboard): string => {
  const any = text(locale, 'console.any')
  const month = (name: 'from' | 'until') =>
    html`<label>${text(locale, `desk.indicators.${name}`)} <input type="month" name="${name}" value="${filters[name].slice(0, 7)}" pattern="\\d{4}-\\d{2}" dir="ltr"></label>`
  return html`<form class="filters" method="get" action="/console/indicators">!${month('from')}!${month('until')}
!${
    choices.length < 2
      ? ''
      : html`<label>${text(locale, 'console.body')} <select name="body">!${option('', any, asked.body)}
!${choices.map(({ code, names }) => option(code, nameIn(names, locale), asked.body))}</select></label>`
  }
<label>${text(locale, 'desk.indicators.kind')} <select name="kind">!${KINDS.map((kind) => option(kind, text(locale, `kind.${kind}`), asked.kind ?? 'complaint'))}!${option('all', text(locale, 'desk.indicators.kind.all'), asked.kind)}</select></label>
<label>${text(locale, 'console.channel')} <select name="channel">!${option('', any, asked.channel)}
!${CHANNELS.map((channel) => option(channel, channelName(locale, channel), asked.channel))}</select></label>
<label>${text(locale, 'desk.language')} <select name="language">!${option('', any, asked.language)}
!${LOCALES.map((one) => option(one, text(locale, `figures.language.${one}`), asked.language))}</select></label>
<button class="button">${text(locale, 'console.show')}</button></form>`
}

const verdict = (locale: Locale, met: boolean | undefined): string =>
  met === undefined
    ? ''
    : html`<span class="verdict-word !${met ? 'met' : 'missed'}"><span aria-hidden="true">${met ? '✓' : '!'}</span> ${text(locale, met ? 'figures.met' : 'figures.missed')}</span>`

/** What an indicator asks, of whom, and whom it leaves out. */
const saidOf = (locale: Locale, code: string): string => {
  const say = (what: string) => text(locale, `indicator.${code}.${what}` as TextKey)
  return html`<p>${say('question')}</p><p>${say('cohort')}</p><p>${text(locale, 'desk.indicators.exclusions', { who: say('exclusions') })}</p>`
}

const definition = (locale: Locale, { code, version, owner, numerator, denominator }: Indicator): string => {
  const formula = (measure: Measure) => html`<code dir="ltr">${MEASURES[measure].replace(/\s+/g, ' ')}</code>`
  return html`<details><summary>${text(locale, 'desk.indicators.definition')}</summary>
!${saidOf(locale, code)}
<p>${text(locale, 'desk.indicators.version', { version })} · ${text(locale, `desk.indicators.owner.${owner}`)}</p>
<p>${text(locale, 'figures.column.numerator')} !${formula(numerator)}</p>!${denominator === undefined ? '' : html`<p>${text(locale, 'figures.column.denominator')} !${formula(denominator)}</p>`}</details>`
}

/** A number that opens its list; nought opens nothing. */
const linkedCount = (
  locale: Locale,
  asked: Asked,
  selection: Selection,
  n: number,
  narrowed: Opened['narrowed'] = {},
): string => {
  const words = html`<bdi>${countText(locale, n)}</bdi>`
  return n === 0 ? words : html`<a href="${behindLink(asked, { selection, narrowed })}">!${words}</a>`
}

/** A text whose values are markup: they are put in when its own words are escaped. */
const withLinks = (locale: Locale, key: TextKey, values: Readonly<Record<string, string>>): string => {
  const marked = text(
    locale,
    key,
    Object.fromEntries(Object.keys(values).map((name) => [name, `{{${name}}}`])),
  )
  return html`${marked}`.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name] ?? '')
}

const tile = (
  locale: Locale,
  asked: Asked,
  { indicator, numerator, denominator, incomplete }: Tile,
): string => {
  const { code, target } = indicator
  const share = denominator === undefined ? undefined : (shareOf(numerator, denominator) ?? undefined)
  const link = (measure: Measure, n: number) => linkedCount(locale, asked, { measure }, n)
  const big =
    denominator === undefined
      ? link(indicator.numerator, numerator)
      : html`<bdi>${share === undefined ? '–' : shareText(locale, share)}</bdi>`
  const parts =
    denominator === undefined || indicator.denominator === undefined
      ? ''
      : html`<p>!${withLinks(locale, 'figures.of', {
          numerator: link(indicator.numerator, numerator),
          denominator: link(indicator.denominator, denominator),
        })}</p>`
  return html`<li class="tile"><h3>${text(locale, `indicator.${code}.name` as TextKey)}</h3>
<p class="big">!${big}</p>!${parts}
!${target === undefined ? '' : html`<p class="aim">${aimText(locale, target)} !${verdict(locale, meetsTarget(indicator, share))}</p>`}
!${incomplete ? html`<p class="soft">${text(locale, 'figures.incomplete')}</p>` : ''}!${definition(locale, indicator)}</li>`
}

const affiliatedTile = (locale: Locale, { affiliated, choices, body }: Dashboard): string =>
  body !== undefined || choices.length === 0
    ? ''
    : html`<li class="tile"><h3>${text(locale, 'indicator.affiliated.name')}</h3>
<p class="big"><a href="/console/indicators/bodies"><bdi>${countText(locale, affiliated)}</bdi></a></p>
<p class="aim">${text(locale, 'figures.target', { target: countText(locale, AFFILIATED_TARGET.to) })} !${verdict(locale, affiliated >= AFFILIATED_TARGET.to)}</p>
<details><summary>${text(locale, 'desk.indicators.definition')}</summary>!${saidOf(locale, 'affiliated')}</details></li>`

const comparison = (
  locale: Locale,
  asked: Asked,
  { comparisons, leftOut, body }: Dashboard,
  csv: string,
): string => {
  if (body !== undefined || (comparisons.length === 0 && leftOut === 0)) return ''
  return html`<section class="figure"><h2>${text(locale, 'figures.table.bodies')}</h2><p>${text(locale, 'figures.sentence.bodies')}</p>
!${comparisons.map(({ group, table }) => html`<h3>${text(locale, `figures.group.${group}`)}</h3>!${figureTable({ locale, table, linkOf: linkBehind(asked) })}`)}
!${leftOut === 0 ? '' : html`<p class="soft">${text(locale, 'desk.indicators.left_out', { count: leftOut })}</p>`}!${comparisons.length === 0 ? '' : html`<p class="csv"><a href="${csv}" download>${text(locale, 'figures.csv')}</a></p>`}</section>`
}

/** What the two numbers of a sign count. */
const SIGNS = {
  last_days: ['ended_last_days', 'ended'],
  mass_day: ['ended_last_days', 'received'],
  renewed_soon: ['renewed_soon', 'ended'],
  undirected: ['refused_undirected', 'refused'],
} as const satisfies Readonly<Record<GamingCheck, readonly [Measure, Measure]>>

const suspicions = (locale: Locale, asked: Asked, { suspicions: found }: Dashboard): string => {
  const line = ({ check, code, names, count, of, day }: Suspicion): string => {
    // A day is looked at whole: which channels and languages its filings had is no sign.
    const page = day === undefined ? asked : { ...asked, channel: undefined, language: undefined }
    const value = day === undefined ? {} : { of: { dimension: 'ended_on' as const, value: day } }
    const link = (measure: Measure, n: number) =>
      linkedCount(locale, page, { measure, ...value }, n, { body: code, alone: 'yes' })
    const [counted, among] = SIGNS[check]
    return html`<li>!${withLinks(locale, `desk.suspicion.${check}`, {
      body: html`<bdi>${nameIn(names, locale)}</bdi>`,
      count: link(counted, count),
      of: link(among, of),
      day: day === undefined ? '' : html`${longDay(locale, day)}`,
    })}</li>`
  }
  return html`<section class="figure"><h2>${text(locale, 'desk.suspicions')}</h2>
!${found.length === 0 ? html`<p>${text(locale, 'desk.suspicions.none')}</p>` : html`<p class="soft">${text(locale, 'desk.suspicions.lead')}</p><ul>!${found.map(line)}</ul>`}</section>`
}

/** The commitments as tiles, every table with its drawing, the comparison, and what looks odd. */
export const indicatorsPage = (
  viewer: Viewer,
  officeZone: string,
  asked: Asked,
  dashboard: Dashboard,
): string => {
  const { locale } = viewer
  const { state, tiles, tables, body } = dashboard
  const query = indicatorsQuery(asked)
  const main = tiles.filter(({ indicator }) => indicator.commitment)
  const rest = tiles.filter(({ indicator }) => !indicator.commitment)
  const title = text(locale, 'desk.indicators')
  const csvOf = (code: TableCode): string => `/console/indicators/tables.csv?${query}&table=${code}`
  const dated =
    state === undefined
      ? text(locale, 'desk.indicators.not_counted')
      : text(locale, 'desk.indicators.as_of', {
          day: longDay(locale, state.asOf),
          at: longInstant(locale, state.refreshedAt, officeZone),
        })
  const figures = tables.map((table) =>
    figure({
      locale,
      table,
      csv: csvOf(table.code),
      linkOf: linkBehind(asked),
    }),
  )
  return deskPage(viewer, {
    title: body === undefined ? title : `${title} – ${nameIn(body.names, locale)}`,
    path: '/console/indicators',
    body: html`!${filterForm(locale, asked, dashboard)}<p class="soft">${dated}</p>
<h2>${text(locale, 'figures.table.commitments')}</h2><ul class="tiles">!${affiliatedTile(locale, dashboard)}!${main.map((one) => tile(locale, asked, one))}</ul>
<ul class="tiles small">!${rest.map((one) => tile(locale, asked, one))}</ul>
<p><a href="/console/indicators/tables.csv?${query}" download>${text(locale, 'desk.indicators.all_csv')}</a> · <a href="/open-data/indicators.json">${text(locale, 'desk.indicators.dictionary')}</a></p>
<div class="figure-grid">!${figures}</div>!${comparison(locale, asked, dashboard, csvOf('bodies'))}!${suspicions(locale, asked, dashboard)}`,
  })
}
