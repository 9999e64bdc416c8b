import { html } from 'ghtml'
import type { CitizenState } from '../../src/core/complaint.ts'
import { type Locale, nameIn } from '../../src/core/locale.ts'
import type { TrackedComplaint, TrackedMedia } from '../../src/handling/tracked-complaint.ts'
import { attributesOf, errorSummary, type Problem, submit, textInput } from '../../src/html/form.ts'
import { icon } from '../../src/html/icons.ts'
import { PLAY_ON_ISLAND } from '../../src/html/islands.ts'
import { page } from '../../src/html/layout.ts'
import { listenLink, readAloudButton } from '../../src/html/listen.ts'
import { answerLanguage, nextInWords, stateInWords } from '../../src/html/state-words.ts'
import { byteSize, hasText, longInstant, ltr, message, type TextKey, text } from '../../src/html/text.ts'
import { whyDate } from '../../src/html/why-date.ts'
import type { ClipOf } from './clips.ts'
import { followUpActs, questionBlock } from './follow-up.page.ts'

export const TRACK_EXAMPLES = { reference: '2612345678', code: '482157' } as const

export interface TrackFormView {
  readonly locale: Locale
  readonly reference: string
  readonly problems: readonly Problem[]
  readonly clipOf: ClipOf
}

const DIGITS = { inputmode: 'numeric', dir: 'ltr', class: 'short digits' } as const

/** The question: number and code, as written in the receipt. */
export const trackFormPage = ({ locale, reference, problems, clipOf }: TrackFormView): string => {
  const title = text(locale, 'track.title')
  const body = html`!${errorSummary(locale, problems)}<h1>${title}</h1>
<p class="lead">${text(locale, 'track.lead')}</p>!${listenLink(locale, clipOf(locale, 'track.lead'), text(locale, 'track.lead'))}
<form id="track" method="post" action="/${locale}/track" novalidate>
!${textInput({
    locale,
    name: 'reference',
    label: text(locale, 'track.reference'),
    hint: text(locale, 'track.reference.hint', { example: ltr(TRACK_EXAMPLES.reference) }),
    problems,
    value: reference,
    attributes: { ...DIGITS, autocomplete: 'off' },
  })}
!${textInput({
    locale,
    name: 'code',
    label: text(locale, 'track.code'),
    hint: text(locale, 'track.code.hint', { example: ltr(TRACK_EXAMPLES.code) }),
    problems,
    attributes: { ...DIGITS, autocomplete: 'one-time-code' },
  })}
!${submit(text(locale, 'track.submit'))}
</form>`
  return page({ locale, title, path: '/track', body, switchForm: 'track', hasErrors: problems.length > 0 })
}

/** Who must act while a complaint is in a state. */
const ACTORS: Readonly<Record<CitizenState, 'service' | 'you' | 'office' | 'nobody'>> = {
  received: 'service',
  being_checked: 'service',
  waiting_for_you: 'you',
  with_office: 'office',
  answered: 'you',
  closed: 'nobody',
}

const stateLine = (locale: Locale, complaint: TrackedComplaint): string => {
  const late = complaint.late
    ? html`<span class="tag late">!${icon('clock')}${text(locale, 'state.late')}</span>`
    : ''
  const round =
    complaint.round > 1
      ? html`<span class="tag">${text(locale, 'state.round', { round: complaint.round })}</span>`
      : ''
  return html`<p class="state"><span>${stateInWords(locale, complaint)}</span>!${late}!${round}</p>`
}

const fact = (term: string, value: string): string => html`<div><dt>${term}</dt><dd>${value}</dd></div>`

/** The date that runs, explained; nobody waits for one once it is answered or closed. */
const why = (locale: Locale, { runs, counting }: TrackedComplaint, zone: string): string =>
  runs === 'none'
    ? ''
    : html`<details><summary>${text(locale, 'why')}</summary><p>${whyDate(locale, counting, { kind: runs, zone })}</p></details>`

const facts = (locale: Locale, complaint: TrackedComplaint): string => {
  const { administration } = complaint
  const office = administration ? nameIn(administration.names, locale) : text(locale, 'track.office.none')
  return html`<dl class="facts">
!${fact(text(locale, 'track.next'), nextInWords(locale, complaint))}
!${fact(text(locale, 'track.who'), text(locale, `track.who.${ACTORS[complaint.state]}`))}
!${fact(text(locale, 'track.office'), office)}
</dl>`
}

/** The answer in the voice of whoever gave it, beside the words. */
const voiceBlock = (locale: Locale, voice: TrackedMedia | undefined, mediaUrls: MediaUrls): string =>
  voice === undefined
    ? ''
    : html`<p>${text(locale, 'track.answer.voice')}</p>!${player({ ...voice, name: text(locale, 'track.answer.voice') }, mediaUrls(voice))}`

const writtenIn = (locale: Locale, answerIn: Locale | undefined): string => {
  const words = answerLanguage(locale, answerIn)
  return words === undefined ? '' : html`<p>${words}</p>`
}

const answerBlock = (
  locale: Locale,
  { answer, answerIn, answerVoice, language }: TrackedComplaint,
  mediaUrls: MediaUrls,
): string =>
  answer === undefined
    ? ''
    : html`<h2>${text(locale, 'track.answer')}</h2>!${writtenIn(locale, answerIn)}!${voiceBlock(locale, answerVoice, mediaUrls)}<div class="note typed" id="answer" lang="${answerIn ?? language}" dir="auto">${answer}</div>
<p>!${readAloudButton(locale, { of: 'answer' })}</p>`

/** Why it was not taken, in the body's own words too, and where it belongs instead (domain.md, refusal grounds). */
const refusalBlock = (locale: Locale, { ground, refusal, language }: TrackedComplaint): string =>
  ground === undefined
    ? ''
    : html`<div class="note"><h2>${text(locale, 'track.refusal')}</h2>
<p>${text(locale, `ground.${ground}`)}</p>!${refusal === undefined ? '' : html`<p class="typed" lang="${language}" dir="auto">${refusal}</p>`}
<p>${text(locale, `direction.${ground}`)}</p><p>${text(locale, 'track.mediator')}</p></div>`

/** Closed because it says what another says: whose answer it will be, and its number to whoever sent both. */
const mergedBlock = (
  locale: Locale,
  { closedReason, mergedInto, refusal, language }: TrackedComplaint,
): string =>
  closedReason === 'merged'
    ? html`<div class="note"><p>${text(locale, 'event.merged')}!${mergedInto === undefined ? '' : html` (<bdi dir="ltr">${mergedInto}</bdi>)`}.</p>!${refusal === undefined ? '' : html`<p class="typed" lang="${language}" dir="auto">${refusal}</p>`}<p>${text(locale, 'track.mediator')}</p></div>`
    : ''

const earlierAnswers = (
  locale: Locale,
  { earlierAnswers: answers, language }: TrackedComplaint,
  mediaUrls: MediaUrls,
): string =>
  html`!${answers.map(
    ({ round, answer, answerIn, voice }) =>
      html`<h2>${text(locale, 'track.answer.earlier', { round })}</h2>!${writtenIn(locale, answerIn)}!${voiceBlock(locale, voice, mediaUrls)}<div class="note typed" lang="${answerIn ?? language}" dir="auto">${answer}</div>`,
  )}`

/** An event without words of its own is told as an update, never left out. */
const eventKey = (event: string): TextKey => {
  const key = `event.${event}`
  return hasText(key) ? key : 'event.other'
}

const timeline = (locale: Locale, { timeline: events }: TrackedComplaint, zone: string): string =>
  html`<h2>${text(locale, 'track.timeline')}</h2>
<ol class="events">!${events.map(({ at, event }) => {
    const { text: words, lang } = message(locale, eventKey(event))
    return html`<li!${attributesOf({ lang: lang === locale ? undefined : lang })}><time datetime="${at.toISOString()}">${longInstant(locale, at, zone)}</time>${words}</li>`
  })}</ol>`

const player = ({ kind, name }: TrackedMedia, urls: { url?: string; posterUrl?: string }): string => {
  const { url, posterUrl } = urls
  if (url === undefined) return ''
  if (kind === 'audio') return html`<audio controls preload="none" src="${url}" aria-label="${name}"></audio>`
  if (kind === 'video')
    return html`<video controls preload="none" src="${url}"!${attributesOf({ poster: posterUrl })} aria-label="${name}"></video>`
  return kind === 'image' ? html`<img src="${url}" alt="${name}" loading="lazy">` : ''
}

export type MediaUrls = (media: TrackedMedia) => { readonly url?: string; readonly posterUrl?: string }

/** Sent by telephone and not here: said rather than left out, with what can be done. */
const awaitedFile = (locale: Locale, { name, state }: TrackedComplaint['awaitedMedia'][number]): string =>
  html`<li><bdi>${name}</bdi> <span class="soft">${text(locale, `track.media.${state}`)}</span></li>`

const mediaList = (
  locale: Locale,
  { media, awaitedMedia }: TrackedComplaint,
  mediaUrls: MediaUrls,
): string =>
  media.length + awaitedMedia.length === 0
    ? ''
    : html`<h2>${text(locale, 'track.media')}</h2>
<ul class="files">!${media.map((file) => {
        const state = text(locale, `track.media.${file.state}`)
        return html`<li><bdi>${file.name}</bdi> <span class="soft"><span class="digits">${byteSize(locale, file.bytes)}</span> · ${state}</span>!${player(file, mediaUrls(file))}</li>`
      })}!${awaitedMedia.map((file) => awaitedFile(locale, file))}</ul>`

/** Reading is open to whoever holds the link; acting asks for the code. */
const actsOrWay = (locale: Locale, complaint: TrackedComplaint, ticket: string | undefined): string =>
  ticket === undefined
    ? html`<p><a href="/${locale}/track?reference=${complaint.reference}">${text(locale, 'follow.code')}</a></p>`
    : followUpActs(locale, complaint, ticket)

/** Contact, openings and the export are for whoever came with the code. */
const dataLink = (locale: Locale, ticket: string | undefined): string =>
  ticket === undefined
    ? ''
    : html`<p><a href="/${locale}/track/complaint/data">${text(locale, 'data.title')}</a></p>`

/** A shared computer must be able to forget: shown where a cookie holds the right. */
const leaving = (locale: Locale, ticket: string | undefined): string =>
  ticket === undefined
    ? html`<p><a href="/${locale}/track">${text(locale, 'track.again')}</a></p>`
    : html`<form method="post" action="/${locale}/track/leave"><button class="button second">${text(locale, 'track.leave')}</button></form>`

/** The answer to "where is it": the state first, then the date, who acts, what one can do, and everything that happened. */
export const trackedPage = (view: {
  readonly locale: Locale
  readonly path: string
  readonly complaint: TrackedComplaint
  readonly mediaUrls: MediaUrls
  readonly zone: string
  /** Seals the forms of whoever came with the code; absent behind a link. */
  readonly ticket?: string
  readonly isAdded: boolean
}): string => {
  const { locale, complaint, zone, ticket } = view
  const kind = text(locale, `kind.${complaint.kind}`)
  const title = text(locale, 'track.result.title', { kind, reference: ltr(complaint.reference) })
  const body = html`!${view.isAdded ? html`<p class="note" role="status">${text(locale, 'follow.added')}</p>` : ''}<h1>${title}</h1>
<p class="soft">${text(locale, 'track.filed', { date: longInstant(locale, complaint.receivedAt, zone) })}</p>
!${stateLine(locale, complaint)}
!${complaint.late ? html`<p class="note clock">${text(locale, complaint.state === 'with_office' ? 'track.late' : 'track.late.review')}</p>` : ''}
!${facts(locale, complaint)}!${why(locale, complaint, zone)}!${refusalBlock(locale, complaint)}!${mergedBlock(locale, complaint)}!${questionBlock(locale, complaint)}!${answerBlock(locale, complaint, view.mediaUrls)}!${actsOrWay(locale, complaint, ticket)}!${earlierAnswers(locale, complaint, view.mediaUrls)}!${mediaList(locale, complaint, view.mediaUrls)}!${timeline(locale, complaint, zone)}!${dataLink(locale, ticket)}
!${complaint.ground === undefined ? html`<p class="soft">${text(locale, 'track.mediator')}</p>` : ''}
!${leaving(locale, ticket)}`
  const islands = complaint.media.length > 1 ? [PLAY_ON_ISLAND.url] : []
  return page({ locale, title, path: view.path, body, islands })
}
