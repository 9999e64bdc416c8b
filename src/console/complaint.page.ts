import { html } from 'ghtml'
import type { AwaitedMedia } from '../assets/awaited-media.ts'
import { nameIn } from '../core/locale.ts'
import type { ReferralState } from '../core/referral.ts'
import { PLAY_ON_ISLAND } from '../html/islands.ts'
import { noticeInWords } from '../html/state-words.ts'
import { byteSize, type TextKey, text } from '../html/text.ts'
import type { MediaRecord, MessageIn, MessageOut, TimelineEntry } from '../staff/read-complaint.ts'
import type { TextRecord } from '../staff/read-handling.ts'
import { changes } from './changes.view.ts'
import { actForms, notes, presence, trouble } from './complaint.acts.ts'
import { spoken } from './complaint.answer.ts'
import { classNoted, classWords } from './complaint.class.ts'
import { clocks, nextAct } from './complaint.clocks.ts'
import { player } from './complaint.media.ts'
import { at, may, section, type View, when } from './complaint.view.ts'
import { destination, topicName } from './delivery-words.ts'
import { identitySection } from './identity.view.ts'
import { channelName, dueText, statusName } from './inbox.page.ts'
import { COMPOSER_ISLAND, DESK_ISLAND, PLAYER_ISLAND, VOICE_ISLAND } from './islands.ts'
import { deskPage, keysHelp, type Viewer } from './layout.ts'
import { type MailView, mailMessage, otherMail } from './mail.view.ts'
import { likely, merging } from './merge.view.ts'
import { actionButton, type Cell, dataTable, isolated } from './table.ts'

const summary = (view: View): string => {
  const { locale, record } = view
  const body = record.administration
  const late = dueText(locale, record)
  return html`<p><strong>${statusName(locale, record.status)}</strong> · ${text(locale, `kind.${record.kind}`)} · ${text(locale, 'state.round', { round: record.round })} · ${channelName(locale, record.channel)}!${body ? html` · ${nameIn(body.names, locale)} <bdi dir="ltr">(${body.code})</bdi>` : ''}!${late === '' ? '' : html` · !${late}`}</p>`
}

const mailView = (view: View): MailView => ({
  locale: view.locale,
  home: view.home,
  mayOpen: may(view, 'complaint.raw'),
  showsSender: view.identity !== undefined && may(view, 'complaint.raw'),
})

const plainMessage = (view: View, message: MessageIn): string =>
  html`!${message.text === '' ? '' : html`<p class="said" lang="${message.language}" dir="auto">${message.text}</p>`}
!${
    may(view, 'complaint.raw')
      ? html`<p><a href="${view.home}/raw/${message.id}">${text(view.locale, 'console.raw')}</a> <code dir="ltr">${message.rawSha256}</code></p>`
      : ''
  }`

const messageIn = (view: View, message: MessageIn): string => {
  const mail = view.record.mails.find(({ submissionId }) => submissionId === message.id)
  return mail ? mailMessage(mailView(view), mail, message.language) : plainMessage(view, message)
}

const messageOut = (
  { locale }: View,
  { text: words, language, segments, state, failure }: TextRecord,
): string =>
  html`<p class="said out" lang="${language}" dir="auto">${words}</p>
<p><small>${text(locale, `desk.text.${state}`)} · ${text(locale, 'desk.segments', { count: segments })}!${failure === null ? '' : html` · <code>${failure}</code>`}</small></p>`

/** Every message in and out, in its time. */
const thread = (view: View): string => {
  const { locale, record } = view
  const said = [
    ...record.messagesIn.map((message) => ({
      at: message.receivedAt,
      who: text(locale, 'desk.thread.in', { channel: channelName(locale, message.channel) }),
      words: messageIn(view, message),
    })),
    ...record.handling.texts.map((sent) => ({
      at: sent.createdAt,
      who: text(locale, 'desk.thread.out', { channel: channelName(locale, sent.channel) }),
      words: messageOut(view, sent),
    })),
  ].toSorted((a, b) => a.at.getTime() - b.at.getTime())
  const one = (entry: (typeof said)[number]): string =>
    html`<p class="stamp">!${when(view, entry.at)} · ${entry.who}</p>
!${entry.words}`
  return said.map(one).join('')
}

const mailAround = (view: View): string => {
  const others = view.record.mails.filter(({ submissionId }) => submissionId === null)
  return others.length === 0
    ? ''
    : section(
        text(view.locale, 'desk.mail.others'),
        otherMail(mailView(view), others, (instant) => when(view, instant)),
      )
}

/** What was said, marked as a machine's until a person has confirmed it; corrected beside the player. */
const transcript = (view: View, { id, transcript: words, transcriptIsMachine }: MediaRecord): string => {
  const { locale, home } = view
  if (words === null) return ''
  const mark = text(locale, transcriptIsMachine ? 'desk.transcript.machine' : 'desk.transcript.person')
  const form = may(view, 'transcript.correct')
    ? html`<details class="correct"><summary>${text(locale, 'desk.transcript.correct')}</summary><form method="post" action="${home}/transcripts/${id}"><textarea name="text" aria-label="${text(locale, 'desk.transcript.correct')}" maxlength="20000" dir="auto">${words}</textarea> <button class="button small">${text(locale, 'desk.transcript.confirm')}</button></form></details>`
    : ''
  return html`<p class="said" dir="auto">${words}</p><p><span class="badge !${transcriptIsMachine ? 'doubt' : 'good'}">${mark}</span></p>!${form}`
}

const file = (view: View, asset: MediaRecord): string => {
  const { locale, home } = view
  const opens = may(view, 'media.original') && (asset.scan === 'clean' || asset.scan === 'off')
  const retry = may(view, 'media.retry') && asset.state !== 'ready' && asset.state !== 'processing'
  return html`<figure>!${player(view, asset)}
<figcaption><bdi>${asset.name}</bdi> · ${text(locale, `dossier.media.${asset.state}` as TextKey)}!${asset.failure ? html` · <code>${asset.failure}</code>` : ''}
!${opens ? html` · <a href="${home}/media/${asset.id}/original">${text(locale, 'console.original', { size: byteSize(locale, asset.bytes) })}</a>` : ''}
!${retry ? actionButton(`${home}/media/${asset.id}/retry`, text(locale, 'console.retry')) : ''}
!${transcript(view, asset)}</figcaption></figure>`
}

/** What a provider has or had and we do not: with the reason, and a way to look again. */
const awaitedFile = (view: View, { id, name, state, reason, since }: AwaitedMedia): string => {
  const { locale, home } = view
  return html`<p><bdi>${name}</bdi> · ${text(locale, `console.media.${state}`)}!${reason ? html` · <code>${reason}</code>` : ''} · !${when(view, since)}
!${may(view, 'media.retry') ? actionButton(`${home}/media/${id}/retry`, text(locale, 'console.retry')) : ''}</p>`
}

/** What is heard and seen beside what is read: both without scrolling, on a desk's screen. */
const told = (view: View): string => {
  const { locale, record } = view
  const files = [
    ...record.media.flatMap((asset) => (asset.ofAnswer ? [] : [file(view, asset)])),
    ...record.awaitedMedia.map((one) => awaitedFile(view, one)),
  ].join('')
  if (files === '') return thread(view)
  const shown = section(text(locale, 'console.media'), html`<div data-in-turn>!${files}</div>`)
  return html`<div class="told">!${shown}<div>!${thread(view)}</div></div>`
}

const triage = (view: View): string => {
  const { locale, record, suggestions, home } = view
  if (record.status !== 'triage' || !may(view, 'complaint.route')) return ''
  const choices = suggestions.map(
    ({ code, names }, nth) =>
      html`<label class="choice"><input type="radio" name="administration" value="${code}"!${nth === 0 ? ' checked' : ''}><span>${nameIn(names, locale)} <small dir="ltr">${code}</small></span></label>`,
  )
  return section(
    text(locale, 'console.triage'),
    html`!${likely(view)}<form id="transfer" method="post" action="${home}/route">!${choices}
<div class="field"><label for="other">${text(locale, 'console.triage.code')}</label><input id="other" name="other" maxlength="40" dir="ltr"></div>
<button class="button">${text(locale, 'console.triage.send')}</button></form>`,
  )
}

const deliveryRow = (view: View, message: MessageOut): readonly Cell[] => {
  const { locale, home } = view
  const again = may(view, 'delivery.redrive') && ['failed', 'dead'].includes(message.state)
  return [
    topicName(locale, message.topic),
    destination(locale, message),
    text(locale, `console.delivery.${message.state}`),
    message.attempts,
    message.reason ?? '',
    {
      html: again
        ? actionButton(
            `/console/deliveries/${message.id}/redrive?back=${home}`,
            text(locale, 'console.retry'),
          )
        : '',
    },
  ]
}

const deliveries = (view: View): string => {
  const { locale, record } = view
  const heads = (['topic', 'to', 'state', 'attempts', 'reason'] as const).map((name) =>
    text(locale, `console.${name}`),
  )
  const rows = record.messagesOut.map((message) => deliveryRow(view, message))
  return dataTable(locale, [...heads, ''], rows)
}

const receipts = (view: View): string => {
  const { locale, record } = view
  const rows = record.receipts.map((receipt) => [
    text(locale, 'state.round', { round: receipt.round }),
    text(locale, `console.receipt.${receipt.state}` as TextKey),
    // 'inline': the answer on the channel itself was the receipt.
    channelName(locale, receipt.via === null || receipt.via === 'inline' ? receipt.channel : receipt.via),
    receipt.failure ?? '',
  ])
  const heads = [
    '',
    text(locale, 'console.state'),
    text(locale, 'console.channel'),
    text(locale, 'console.reason'),
  ]
  return dataTable(locale, heads, rows)
}

/** What was said, whether it arrived, and by which way at last. */
const notices = (view: View): string => {
  const { locale, record } = view
  const rows = record.notices.map((notice) => [
    at(view, notice.createdAt),
    noticeInWords(locale, notice.kind),
    text(locale, `console.receipt.${notice.state}`),
    notice.via === null ? '' : channelName(locale, notice.via),
    isolated(notice.failure ?? ''),
  ])
  const heads = (['day', 'topic', 'state', 'channel', 'reason'] as const).map((name) =>
    text(locale, `console.${name}`),
  )
  return section(text(locale, 'desk.notices'), dataTable(locale, heads, rows))
}

const referrals = (view: View): string => {
  const { locale, record } = view
  const rows = record.referrals.map((referral) => [
    nameIn(referral.administration.names, locale),
    text(locale, `console.referral.${referral.state as ReferralState}`),
    isolated(referral.externalReference ?? ''),
    referral.reason ?? '',
    at(view, referral.createdAt),
  ])
  const heads = [
    text(locale, 'console.body'),
    text(locale, 'console.state'),
    text(locale, 'console.reference'),
    text(locale, 'console.reason'),
    text(locale, 'console.day'),
  ]
  return dataTable(locale, heads, rows)
}

const answers = (view: View): string => {
  const { locale, record } = view
  return record.rounds
    .filter(({ answer }) => answer !== null)
    .map(
      ({ answer, number }) =>
        html`<h2>${text(locale, 'console.answer')} (${text(locale, 'state.round', { round: number })})</h2><p class="said" dir="auto">${answer ?? ''}</p>!${spoken(view, number)}`,
    )
    .join('')
}

const timeline = (view: View, eventName: (event: string) => string): string => {
  const one = ({ at: instant, event, actor, facts }: TimelineEntry): string =>
    html`<li>!${when(view, instant)} ${eventName(event)}!${event === 'classified' ? classNoted(view, facts) : ''}!${actor ? html` <small dir="ltr">${view.names.get(actor) ?? actor}</small>` : ''}</li>`
  return html`<ol>!${view.record.timeline.map(one)}</ol>`
}

/** What a page is about beside the record. */
export type ComplaintFacts = Omit<View, 'viewer' | 'locale' | 'home'>

/** Everything about one complaint, with what the viewer may do. `eventName` gives the words of an event. */
export const complaintPage = (
  viewer: Viewer,
  facts: ComplaintFacts,
  eventName: (event: string) => string,
): string => {
  const { locale } = viewer
  const { record } = facts
  const home = `/console/complaints/${record.reference}`
  const view: View = { viewer, locale, ...facts, home }
  const body = [
    trouble(view),
    changes(view, eventName),
    html`<p class="presence" role="status" data-presence="${home}/presence">${presence(view)}</p>`,
    summary(view),
    classWords(view),
    clocks(view),
    merging(view),
    nextAct(view),
    told(view),
    identitySection(view),
    triage(view),
    answers(view),
    mailAround(view),
    actForms(view),
    notes(view),
    section(text(locale, 'console.referrals'), referrals(view)),
    section(text(locale, 'console.receipts'), receipts(view)),
    record.notices.length === 0 ? '' : notices(view),
    section(text(locale, 'console.messages'), deliveries(view)),
    section(text(locale, 'console.timeline'), timeline(view, eventName)),
    keysHelp(viewer),
  ].join('')
  const islands = [
    PLAYER_ISLAND,
    PLAY_ON_ISLAND,
    COMPOSER_ISLAND,
    VOICE_ISLAND,
    ...(viewer.session?.shortcuts ? [DESK_ISLAND] : []),
  ]
  return deskPage(viewer, { title: record.reference, path: home, body, islands })
}
