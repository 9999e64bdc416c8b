import { html } from 'ghtml'
import type { Locale } from '../core/locale.ts'
import { byteSize, hasText, longInstant, text } from '../html/text.ts'
import type { LedgerLine } from '../intake/ledger.ts'
import type { FailedMedia, ListedDelivery, Quarantined } from '../staff/list-failures.ts'
import { mayDo } from '../staff/rights.ts'
import { destination, topicName } from './delivery-words.ts'
import { channelName } from './inbox.page.ts'
import { deskPage, type Viewer } from './layout.ts'
import { actionButton, type Cell, dataTable, isolated } from './table.ts'

export interface Failures {
  readonly dead: readonly ListedDelivery[]
  readonly failed: readonly ListedDelivery[]
  readonly quarantine: readonly Quarantined[]
  readonly media: readonly FailedMedia[]
}

const complaintLink = (reference: string | null): Cell => ({
  html:
    reference === null
      ? ''
      : html`<a href="/console/complaints/${reference}"><bdi dir="ltr">${reference}</bdi></a>`,
})

const deliveryTable = ({ locale, session }: Viewer, deliveries: readonly ListedDelivery[]): string => {
  const again = session !== undefined && mayDo(session.actor, 'delivery.redrive')
  const heads = (['topic', 'to', 'reference', 'attempts', 'reason'] as const).map((name) =>
    text(locale, `console.${name}`),
  )
  const rows = deliveries.map((delivery) => [
    topicName(locale, delivery.topic),
    destination(locale, delivery),
    complaintLink(delivery.reference),
    delivery.attempts,
    { html: html`<code>${delivery.code ?? ''}</code> ${delivery.reason ?? ''}` },
    {
      html: again
        ? actionButton(`/console/deliveries/${delivery.id}/redrive`, text(locale, 'console.retry'))
        : '',
    },
  ])
  return dataTable(locale, [...heads, ''], rows)
}

/** A reason of the house in words; one that a channel gave as a code stands as it is. */
const reasonText = (locale: Locale, reason: string): string => {
  const key = `desk.quarantine.reason.${reason}`
  return hasText(key) ? text(locale, key) : reason
}

const quarantineTable = (
  { locale, session }: Viewer,
  zone: string,
  events: readonly Quarantined[],
): string => {
  const mayResolve = session !== undefined && mayDo(session.actor, 'quarantine.resolve')
  const deeds = ({ id, canRelease }: Quarantined): string =>
    [...(canRelease ? (['release'] as const) : []), 'dismiss' as const]
      .map((deed) =>
        actionButton(
          `/console/quarantine/${id}/${deed}`,
          text(locale, `desk.quarantine.${deed}`),
          deed === 'dismiss' ? 'second' : 'first',
        ),
      )
      .join(' ')
  return dataTable(
    locale,
    [text(locale, 'console.channel'), text(locale, 'console.day'), text(locale, 'console.reason'), '', ''],
    events.map((event) => [
      channelName(locale, event.channel),
      longInstant(locale, event.receivedAt, zone),
      reasonText(locale, event.reason),
      {
        html: html`<a href="/console/quarantine/${event.id}/raw" download>${text(locale, 'console.raw')}</a> ${byteSize(locale, event.rawBytes)}`,
      },
      { html: mayResolve ? deeds(event) : '' },
    ]),
  )
}

const mediaTable = ({ locale, session }: Viewer, media: readonly FailedMedia[]): string => {
  const again = session !== undefined && mayDo(session.actor, 'media.retry')
  return dataTable(
    locale,
    [text(locale, 'console.reference'), text(locale, 'console.state'), text(locale, 'console.reason'), ''],
    media.map(({ id, reference, state, failure }) => [
      complaintLink(reference),
      text(locale, `dossier.media.${state}`),
      isolated(failure ?? ''),
      {
        html: again
          ? actionButton(`/console/complaints/${reference}/media/${id}/retry`, text(locale, 'console.retry'))
          : '',
      },
    ]),
  )
}

/** What went wrong and waits for a person, each with its reason and the way to try again. */
export const failuresPage = (viewer: Viewer, officeZone: string, failures: Failures): string => {
  const { locale } = viewer
  const part = (key: 'dead' | 'failed' | 'quarantine' | 'failed_media', body: string) =>
    html`<section><h2>${text(locale, `console.${key}`)}</h2>!${body}</section>`
  return deskPage(viewer, {
    title: text(locale, 'console.failures'),
    path: '/console/failures',
    body: [
      part('dead', deliveryTable(viewer, failures.dead)),
      part('failed', deliveryTable(viewer, failures.failed)),
      part('quarantine', quarantineTable(viewer, officeZone, failures.quarantine)),
      part('failed_media', mediaTable(viewer, failures.media)),
    ].join(''),
  })
}

const ENDS = ['received', 'created', 'appended', 'ignored', 'quarantined', 'failed', 'open'] as const

/** Every event at every door per channel and day, with the sum that must hold. */
export const ledgerPage = (
  viewer: Viewer,
  days: { from: string; to: string },
  lines: readonly LedgerLine[],
): string => {
  const { locale } = viewer
  const heads = [
    text(locale, 'console.day'),
    text(locale, 'console.channel'),
    ...ENDS.map((end) => text(locale, `console.ledger.${end}`)),
  ]
  const rows = lines.map((line) => [
    isolated(line.day),
    channelName(locale, line.channel),
    ...ENDS.map((end) => line[end]),
  ])
  const body = html`<form class="filters" method="get" action="/console/ledger">
<label>${text(locale, 'console.ledger.from')} <input type="date" name="from" value="${days.from}"></label>
<label>${text(locale, 'console.ledger.to')} <input type="date" name="to" value="${days.to}"></label>
<button class="button">${text(locale, 'console.show')}</button></form>
<p>${text(locale, 'console.ledger.reading')}</p>
!${dataTable(locale, heads, rows)}`
  return deskPage(viewer, { title: text(locale, 'console.ledger'), path: '/console/ledger', body })
}
