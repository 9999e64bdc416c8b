import { html } from 'ghtml'
import { CITIZEN_STATES, STATUSES, type Status } from '../core/complaint.ts'
import { type Locale, nameIn } from '../core/locale.ts'
import { longDay, type TextKey, text } from '../html/text.ts'
import type { ComplaintFilters, ListedComplaint, Page } from '../staff/list-complaints.ts'
import { deskPage, type Viewer } from './layout.ts'
import { type Cell, dataTable, isolated } from './table.ts'

const CHANNELS = ['web', 'api', 'email', 'sms', 'whatsapp', 'voice', 'desk'] as const
type KnownChannel = (typeof CHANNELS)[number]

/** A channel that the catalogue does not know yet shows its own id. */
export const channelName = (locale: Locale, channel: string): string =>
  (CHANNELS as readonly string[]).includes(channel)
    ? text(locale, `console.channel.${channel as KnownChannel}`)
    : channel

export const statusName = (locale: Locale, status: Status): string => text(locale, `console.status.${status}`)

/** The legal date that runs now, with a word when it has passed. */
export const dueText = (locale: Locale, complaint: ListedComplaint): string => {
  const { awaits } = STATUSES[complaint.status]
  const day = awaits === 'review' ? complaint.reviewBy : awaits === 'answer' ? complaint.answerBy : null
  if (day === null || awaits === 'none') return ''
  const words = text(locale, `console.${awaits}_by` satisfies TextKey, { day: longDay(locale, day) })
  return complaint.late
    ? html`<span class="late">${text(locale, 'state.late')}</span> <span>${words}</span>`
    : html`${words}`
}

const EXCERPT = 160

const excerpt = ({ text: whole, language }: ListedComplaint): Cell => {
  const short = whole.length > EXCERPT ? `${[...whole].slice(0, EXCERPT).join('')}…` : whole
  return { html: html`<div class="excerpt" lang="${language}" dir="auto">${short}</div>` }
}

const row = (locale: Locale, complaint: ListedComplaint): readonly Cell[] => [
  {
    html: html`<a href="/console/complaints/${complaint.reference}"><bdi dir="ltr">${complaint.reference}</bdi></a>`,
  },
  excerpt(complaint),
  statusName(locale, complaint.status),
  { html: dueText(locale, complaint) },
  channelName(locale, complaint.channel),
  complaint.administration ? nameIn(complaint.administration.names, locale) : '',
  isolated(complaint.receivedAt.toISOString().slice(0, 10)),
]

const option = (value: string, label: string, chosen: string | undefined): string =>
  html`<option value="${value}"!${value === chosen ? ' selected' : ''}>${label}</option>`

const filterForm = (locale: Locale, filters: ComplaintFilters): string => {
  const any = text(locale, 'console.any')
  const statuses = (Object.keys(STATUSES) as Status[]).filter(
    (status) => !(CITIZEN_STATES as readonly string[]).includes(status),
  )
  return html`<form class="filters" method="get" action="/console" role="search">
<label>${text(locale, 'console.search')} <input type="search" name="q" value="${filters.q ?? ''}" maxlength="200"></label>
<label>${text(locale, 'console.state')} <select name="state">!${option('', any, filters.state)}
!${CITIZEN_STATES.map((state) => option(state, text(locale, `state.${state}`), filters.state))}
!${statuses.map((status) => option(status, statusName(locale, status), filters.state))}</select></label>
<label>${text(locale, 'console.channel')} <select name="channel">!${option('', any, filters.channel)}
!${CHANNELS.map((channel) => option(channel, channelName(locale, channel), filters.channel))}</select></label>
<label>${text(locale, 'console.body')} <input name="administration" value="${filters.administration ?? ''}" maxlength="40" dir="ltr" size="12"></label>
<button class="button">${text(locale, 'action.search')}</button>
</form>`
}

const nextLink = (locale: Locale, filters: ComplaintFilters, next: string | null): string => {
  if (next === null) return ''
  const { q, state, channel, administration } = filters
  const query = new URLSearchParams({ cursor: next })
  for (const [name, value] of Object.entries({ q, state, channel, administration }))
    if (value !== undefined) query.set(name, value)
  return html`<p><a class="button" href="/console?${query.toString()}" rel="next">${text(locale, 'console.next')}</a></p>`
}

/** The list of what the viewer may see, newest first. */
export const inboxPage = (
  viewer: Viewer,
  filters: ComplaintFilters,
  found: Page<ListedComplaint>,
): string => {
  const { locale } = viewer
  const heads = (['reference', 'text', 'state', 'due', 'channel', 'body', 'received'] as const).map((name) =>
    text(locale, `console.${name}`),
  )
  const rows = found.items.map((complaint) => row(locale, complaint))
  return deskPage(viewer, {
    title: text(locale, 'console.inbox'),
    path: '/console',
    body: html`!${filterForm(locale, filters)}!${dataTable(locale, heads, rows)}!${nextLink(locale, filters, found.next)}`,
  })
}
