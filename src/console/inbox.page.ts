import { html } from 'ghtml'
import { CITIZEN_STATES, STATUSES, type Status } from '../core/complaint.ts'
import { officeDay } from '../core/deadlines.ts'
import { type Locale, nameIn } from '../core/locale.ts'
import { longDay, type TextKey, text } from '../html/text.ts'
import { COUNTED_AT_MOST, INBOX_VIEWS, type InboxCounts, type InboxView } from '../staff/inbox.ts'
import type { ListedComplaint, Page } from '../staff/list-complaints.ts'
import { type Action, mayDo } from '../staff/rights.ts'
import { DESK_ISLAND, LIVE_ISLAND } from './islands.ts'
import { deskPage, keysHelp, type Viewer } from './layout.ts'

const CHANNELS = ['web', 'api', 'email', 'sms', 'whatsapp', 'voice', 'counter', 'open311'] as const
type KnownChannel = (typeof CHANNELS)[number]

/** A channel that the catalogue does not know yet shows its own id. */
export const channelName = (locale: Locale, channel: string): string =>
  (CHANNELS as readonly string[]).includes(channel)
    ? text(locale, `console.channel.${channel as KnownChannel}`)
    : channel

export const statusName = (locale: Locale, status: Status): string => text(locale, `console.status.${status}`)

const runningDay = ({ runs, reviewBy, answerBy }: ListedComplaint): string | null =>
  runs === 'review' ? reviewBy : runs === 'answer' ? answerBy : null

/** The legal date that runs now, with a word when it has passed. */
export const dueText = (locale: Locale, complaint: ListedComplaint): string => {
  const day = runningDay(complaint)
  if (day === null || complaint.runs === 'none') return ''
  const words = text(locale, `console.${complaint.runs}_by` satisfies TextKey, { day: longDay(locale, day) })
  return complaint.late
    ? html`<span class="late">${text(locale, 'state.late')}</span> <span>${words}</span>`
    : html`${words}`
}

/** What the address says: the filters as they stand in it. */
export type Asked = Readonly<
  Partial<
    Record<'view' | 'q' | 'state' | 'channel' | 'administration' | 'kind' | 'language' | 'cursor', string>
  >
>

/** Something that can be undone for a while. */
export interface Undo {
  readonly of: 'assign' | 'transfer'
  readonly done: string
  readonly token: string
}

export interface InboxFacts {
  /** What the viewer's body owes the ministry, as markup. */
  readonly owed: string
  readonly asked: Asked
  readonly found: Page<ListedComplaint>
  /** Absent while searching, where the clock does not order the list. */
  readonly counts: InboxCounts | undefined
  readonly saved: readonly { readonly id: string; readonly name: string; readonly query: string }[]
  readonly colleagues: readonly { readonly id: string; readonly email: string }[]
  readonly undo: Undo | undefined
  readonly now: Date
  readonly officeZone: string
}

const DAY_MS = 86_400_000
const SOON_DAYS = 3

const daysLeft = (complaint: ListedComplaint, today: string): number | undefined => {
  const day = runningDay(complaint)
  return day === null ? undefined : Math.round((Date.parse(day) - Date.parse(today)) / DAY_MS)
}

/** The running clock: colour, sign and word say the same. */
const clock = (locale: Locale, complaint: ListedComplaint, today: string): string => {
  const left = daysLeft(complaint, today)
  if (left === undefined) return html`<span class="clock none">${statusName(locale, complaint.status)}</span>`
  const tone = left < 0 ? 'over' : left <= SOON_DAYS ? 'soon' : 'calm'
  const sign = { over: '!', soon: '◔', calm: '○' }[tone]
  const words = text(locale, left < 0 ? 'desk.clock.over' : 'desk.clock.left', { days: Math.abs(left) })
  return html`<span class="clock ${tone}"><span aria-hidden="true">${sign}</span> ${words} <small>${text(locale, `desk.clock.${complaint.runs === 'answer' ? 'answer' : 'review'}`)}</small></span>`
}

const EXCERPT = 140

const caseRow = (locale: Locale, complaint: ListedComplaint, today: string, picks: boolean): string => {
  const { reference, language, text: whole, administration, assignee, mediaCount, round } = complaint
  const short = [...whole].slice(0, EXCERPT).join('')
  const facts = [
    statusName(locale, complaint.status),
    text(locale, `kind.${complaint.kind}`),
    channelName(locale, complaint.channel),
    ...(round > 1 ? [text(locale, 'state.round', { round })] : []),
    ...(mediaCount > 0 ? [text(locale, 'desk.files', { count: mediaCount })] : []),
    ...(administration ? [nameIn(administration.names, locale)] : []),
  ].join(' · ')
  return html`<li>!${picks ? html`<input type="checkbox" name="pick" value="${reference}" aria-label="${reference}">` : ''}!${clock(locale, complaint, today)}<div><div class="line"><a href="/console/complaints/${reference}"><bdi dir="ltr">${reference}</bdi></a> <span class="gist" lang="${language}" dir="auto">${short}</span></div><small>${facts}!${assignee === null ? '' : html` · <bdi dir="ltr">${assignee}</bdi>`}</small></div></li>`
}

const query = (asked: Asked, change: Asked): string =>
  new URLSearchParams(
    Object.entries({ ...asked, cursor: undefined, ...change }).filter(
      (pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '',
    ),
  ).toString()

const views = (locale: Locale, asked: Asked, counts: InboxCounts): string => {
  const one = (view: InboxView): string => {
    const n = view === 'open' ? undefined : counts[view]
    const many = n !== undefined && n > COUNTED_AT_MOST
    const number = n === undefined ? '' : html` <bdi class="count">${many ? `${COUNTED_AT_MOST}+` : n}</bdi>`
    const here = (asked.view ?? 'open') === view
    return html`<li><a href="/console?${query(asked, { view })}"!${here ? ' aria-current="page"' : ''}>${text(locale, `desk.view.${view}`)}!${number}</a></li>`
  }
  return html`<nav class="views" id="views" aria-label="${text(locale, 'desk.views')}"><ul>!${INBOX_VIEWS.map(one)}</ul></nav>`
}

const option = (value: string, label: string, chosen: string | undefined): string =>
  html`<option value="${value}"!${value === chosen ? ' selected' : ''}>${label}</option>`

const filterForm = (locale: Locale, asked: Asked): string => {
  const any = text(locale, 'console.any')
  const statuses = (Object.keys(STATUSES) as Status[]).filter(
    (status) => !(CITIZEN_STATES as readonly string[]).includes(status),
  )
  const languages = { ar: 'العربية', fr: 'Français', en: 'English' }
  return html`<form class="filters" method="get" action="/console" role="search">
<label>${text(locale, 'console.search')} <input type="search" id="search" name="q" value="${asked.q ?? ''}" maxlength="200"></label>
<label>${text(locale, 'console.state')} <select name="state">!${option('', any, asked.state)}
!${CITIZEN_STATES.map((state) => option(state, text(locale, `state.${state}`), asked.state))}
!${statuses.map((status) => option(status, statusName(locale, status), asked.state))}</select></label>
<label>${text(locale, 'console.channel')} <select name="channel">!${option('', any, asked.channel)}
!${CHANNELS.map((channel) => option(channel, channelName(locale, channel), asked.channel))}</select></label>
<label>${text(locale, 'desk.language')} <select name="language">!${option('', any, asked.language)}
!${Object.entries(languages).map(([code, name]) => option(code, name, asked.language))}</select></label>
<label>${text(locale, 'console.body')} <input name="administration" value="${asked.administration ?? ''}" maxlength="40" dir="ltr" size="12"></label>
<button class="button">${text(locale, 'action.search')}</button>
</form>`
}

const savedForm = (locale: Locale, { asked, saved }: InboxFacts): string => {
  const present = query(asked, {})
  const links = saved.map(
    ({ id, name, query: kept }) =>
      html`<li><a href="/console?${kept}">${name}</a> <form class="inline" method="post" action="/console/filters/${id}/forget"><button class="link" aria-label="${text(locale, 'desk.saved.forget', { name })}">×</button></form></li>`,
  )
  const keep =
    present === ''
      ? ''
      : html`<form class="inline" method="post" action="/console/filters"><input type="hidden" name="query" value="${present}"><label class="hidden" for="filter-name">${text(locale, 'desk.saved.name')}</label><input id="filter-name" name="name" required maxlength="40" placeholder="${text(locale, 'desk.saved.name')}"> <button class="button small">${text(locale, 'desk.saved.keep')}</button></form>`
  return links.length === 0 && keep === ''
    ? ''
    : html`<div class="saved">!${links.length === 0 ? '' : html`<ul>!${links}</ul>`}!${keep}</div>`
}

const bulkBar = (viewer: Viewer, { colleagues, asked }: InboxFacts): string => {
  const { locale } = viewer
  const assign =
    colleagues.length === 0
      ? ''
      : html`<label>${text(locale, 'desk.bulk.to')} <select name="to"><option value="">${text(locale, 'desk.bulk.pool')}</option>!${colleagues.map(({ id, email }) => html`<option value="${id}">${email}</option>`)}</select></label><button class="button small" formaction="/console/bulk/assign">${text(locale, 'desk.bulk.assign')}</button>`
  const transfer = may(viewer, 'complaint.transfer')
    ? html`<details><summary>${text(locale, 'desk.bulk.transfer')}</summary><label>${text(locale, 'desk.bulk.transfer.to')} <input name="administration" maxlength="40" dir="ltr" size="12"></label> <label>${text(locale, 'desk.bulk.transfer.reason')} <input name="reason" maxlength="1000" dir="auto"></label><button class="button small" formaction="/console/bulk/transfer">${text(locale, 'desk.bulk.transfer')}</button></details>`
    : ''
  return html`<div class="bulk"><input type="hidden" name="back" value="${query(asked, {})}">!${assign}!${transfer}</div>`
}

const undoBar = (locale: Locale, undo: Undo | undefined): string =>
  undo === undefined
    ? ''
    : html`<form class="notice" method="post" action="/console/bulk/${undo.of}/undo" role="status"><span>${undo.done}</span> <input type="hidden" name="token" value="${undo.token}"><button class="button small">${text(locale, 'desk.bulk.undo')}</button></form>`

const may = ({ session }: Viewer, action: Action): boolean =>
  session !== undefined && mayDo(session.actor, action)

const caseList = (viewer: Viewer, facts: InboxFacts): string => {
  const { locale } = viewer
  const { found, now, officeZone, asked } = facts
  if (found.items.length === 0) return html`<p class="empty" id="cases">${text(locale, 'desk.empty')}</p>`
  const today = officeDay(now, officeZone)
  const picks =
    (may(viewer, 'complaint.assign') && facts.colleagues.length > 0) || may(viewer, 'complaint.transfer')
  const rows = html`<ol class="cases" id="cases">!${found.items.map((complaint) => caseRow(locale, complaint, today, picks))}</ol>`
  const next =
    found.next === null
      ? ''
      : html`<p><a class="button" href="/console?${query(asked, { cursor: found.next })}" rel="next">${text(locale, 'console.next')}</a></p>`
  return picks
    ? html`<form method="post" action="/console/bulk/assign">!${bulkBar(viewer, facts)}!${rows}</form>!${next}`
    : html`!${rows}!${next}`
}

/** What is shown instead of moving a list that somebody is marking in (live.island.js). */
const liveNotice = (locale: Locale, search: string): string =>
  html`<p class="notice" id="live" role="status" data-address="/console?${search}" hidden><a href="/console?${search}">${text(locale, 'desk.live')}</a></p>`

/** The list of what waits, the nearest legal date first; a search shows the newest match first. */
export const inboxPage = (viewer: Viewer, facts: InboxFacts): string => {
  const { locale, session } = viewer
  const search = query(facts.asked, facts.asked)
  return deskPage(
    { ...viewer, search },
    {
      title: text(locale, 'console.inbox'),
      path: '/console',
      islands: session?.shortcuts ? [LIVE_ISLAND, DESK_ISLAND] : [LIVE_ISLAND],
      body: [
        facts.owed,
        undoBar(locale, facts.undo),
        facts.counts === undefined ? '' : views(locale, facts.asked, facts.counts),
        filterForm(locale, facts.asked),
        savedForm(locale, facts),
        liveNotice(locale, search),
        caseList(viewer, facts),
        keysHelp(viewer),
      ].join(''),
    },
  )
}
