import { html } from 'ghtml'
import { type Locale, nameIn } from '../core/locale.ts'
import { monthText, rowText } from '../html/figure-words.ts'
import { longDay, text } from '../html/text.ts'
import type { Asked } from '../supervision/asked-filters.ts'
import { MOST_DAYS } from '../supervision/measures.ts'
import type { BehindPage } from '../supervision/read-behind.ts'
import { askFor } from '../supervision/selection.ts'
import { channelName, statusName } from './inbox.page.ts'
import { indicatorsQuery } from './indicators.links.ts'
import { deskPage, type Viewer } from './layout.ts'
import { dataTable } from './table.ts'

/** The tables whose words a value is told in. */
const TOLD_AS = { service: 'services', cause: 'causes', region: 'regions', ground: 'grounds' } as const

const valueSaid = (locale: Locale, { selection: { of }, names }: BehindPage): string[] => {
  if (of === undefined) return []
  const { dimension, value: key } = of
  const value =
    dimension === 'ended_on'
      ? longDay(locale, key)
      : rowText(locale, TOLD_AS[dimension], { key, values: [], ...(names ? { names } : {}) })
  return [text(locale, `desk.indicators.of.${dimension}`, { value })]
}

const daysSaid = (locale: Locale, { selection: { days } }: BehindPage): string[] => {
  if (days === undefined) return []
  const { from, to } = days
  return to === MOST_DAYS
    ? [text(locale, 'desk.indicators.days.above', { from })]
    : [text(locale, 'desk.indicators.days', { from, to })]
}

/** Everything that narrows the list, in words: nobody should have to read an address. */
const narrowedTo = (locale: Locale, asked: Asked, found: BehindPage): string[] => {
  const { from, until, kind, channel, language } = found.filters
  const period = { from: monthText(locale, from), until: monthText(locale, until) }
  const body = found.body && nameIn(found.body.names, locale)
  return [
    ...valueSaid(locale, found),
    ...daysSaid(locale, found),
    ...(body ? [asked.alone ? `${body} (${text(locale, 'desk.indicators.alone')})` : body] : []),
    kind === undefined ? text(locale, 'desk.indicators.kind.all') : text(locale, `kind.${kind}`),
    ...(channel ? [channelName(locale, channel)] : []),
    ...(language ? [rowText(locale, 'languages', { key: language, values: [] })] : []),
    from === until ? period.from : text(locale, 'desk.indicators.period', period),
  ]
}

const rowsOf = (locale: Locale, { items }: BehindPage) =>
  items.map((one) => [
    { html: html`<a href="/console/complaints/${one.reference}"><bdi dir="ltr">${one.reference}</bdi></a>` },
    longDay(locale, one.receivedAt.toISOString().slice(0, 10)),
    statusName(locale, one.status),
    channelName(locale, one.channel),
    one.administration === null ? '' : nameIn(one.administration.names, locale),
  ])

const turnPages = (locale: Locale, to: (page: number) => string, { page, pages }: BehindPage): string => {
  const link = (wanted: number, rel: 'prev' | 'next', words: string) =>
    wanted < 1 || wanted > pages ? '' : html`<a href="${to(wanted)}" rel="${rel}">${words}</a>`
  return pages === 1
    ? ''
    : html`<p>!${link(page - 1, 'prev', text(locale, 'action.back'))} ${text(locale, 'desk.indicators.page', { page, pages })} !${link(page + 1, 'next', text(locale, 'console.next'))}</p>`
}

/** The complaints behind one number: which they are in words, a page of them, all of them as CSV. */
export const behindPage = (viewer: Viewer, asked: Asked, found: BehindPage): string => {
  const { locale } = viewer
  const { count, selection } = found
  const query = (more: Readonly<Record<string, string>> = {}) =>
    indicatorsQuery(asked, { ...askFor(selection), ...more })
  const heads = (['reference', 'received', 'state', 'channel', 'body'] as const).map((name) =>
    text(locale, `console.${name}`),
  )
  const narrowed = narrowedTo(locale, asked, found).map((words) => html`<bdi>${words}</bdi>`)
  const csv =
    count === 0
      ? ''
      : html`<a href="/console/indicators/list.csv?${query()}" download>${text(locale, 'desk.indicators.list.csv')}</a> · `
  return deskPage(viewer, {
    title: text(locale, 'desk.indicators.list', { name: text(locale, `measure.${selection.measure}`) }),
    path: '/console/indicators/list',
    body: html`<p>!${narrowed.join(' · ')}</p>
<p><strong id="count" data-count="${count}">${text(locale, 'desk.indicators.list.count', { count })}</strong></p>
!${dataTable(locale, heads, rowsOf(locale, found))}!${turnPages(locale, (page) => `/console/indicators/list?${query({ page: String(page) })}`, found)}
<p>!${csv}<a href="/console/indicators?${indicatorsQuery(asked)}">${text(locale, 'desk.indicators.back')}</a></p>`,
  })
}
