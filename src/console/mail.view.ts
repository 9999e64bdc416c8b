import { html } from 'ghtml'
import type { Locale } from '../core/locale.ts'
import type { SenderFlag } from '../core/mail-message.ts'
import { byteSize, type TextKey, text } from '../html/text.ts'
import type { MailRecord } from '../staff/read-mails.ts'

export interface MailView {
  readonly locale: Locale
  /** Address of the complaint's page. */
  readonly home: string
  /** Whether the viewer may see the whole text, and the message as it came after saying why. */
  readonly mayOpen: boolean
  /** Whether who wrote is open to the viewer. */
  readonly showsSender: boolean
}

/** Flags that make the name stand apart from the address: together they would tell a lie. */
const DECEIVING: readonly SenderFlag[] = ['name_shows_other_address', 'mixed_scripts', 'hidden_marks']

/** Marks that no eye sees, made visible: a name may turn around or hide what stands beside it. */
const visible = (name: string): string =>
  name.replace(
    /[\p{Cc}\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/gu,
    (mark) => `‹U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`,
  )

const badge = (kind: 'good' | 'doubt', words: string): string => html`<li class="badge ${kind}">${words}</li>`

const badges = (locale: Locale, mail: MailRecord): string => {
  const { authentication, flags } = mail
  const proven = text(locale, `desk.mail.authentication.${authentication}`)
  const others = flags.filter((flag): flag is Exclude<SenderFlag, 'not_verified'> => flag !== 'not_verified')
  return html`<ul class="badges">!${badge(authentication === 'passed' ? 'good' : 'doubt', proven)}!${others.map((flag) => badge('doubt', text(locale, `desk.mail.flag.${flag}`)))}</ul>`
}

/** Address first; a name beside it where it is just a name, on a line of its own where it deceives. */
const sender = (locale: Locale, { fromAddress, fromName, flags }: MailRecord): string => {
  const address =
    fromAddress === null
      ? html`${text(locale, 'desk.mail.no_sender')}`
      : html`<bdi dir="ltr">${visible(fromAddress)}</bdi>`
  const line = (title: string, words: string) => html`<p>${title} !${words}</p>`
  const from = text(locale, 'desk.mail.from')
  if (fromName === '') return line(from, address)
  const name = html`<bdi>${visible(fromName)}</bdi>`
  return flags.some((flag) => DECEIVING.includes(flag))
    ? line(from, address) + line(text(locale, 'desk.mail.shown_name'), name)
    : line(from, `${address} · ${name}`)
}

const notes = (locale: Locale, mail: MailRecord): string =>
  mail.notes
    .map((note) =>
      text(locale, note === 'text_cut' ? 'desk.mail.text_cut' : (`mail.note.${note}` as TextKey)),
    )
    .map((words) => html`<p class="note" role="note">${words}</p>`)
    .join('')

const refusedFiles = (locale: Locale, { files }: MailRecord): string => {
  const refused = files.flatMap(({ name, kept }) => (kept.ok ? [] : [{ name, reason: kept.reason }]))
  if (refused.length === 0) return ''
  const items = refused.map(
    ({ name, reason }) => html`<li><bdi>${name}</bdi>: ${text(locale, `desk.mail.refused.${reason}`)}</li>`,
  )
  return html`<p>${text(locale, 'desk.mail.refused')}</p><ul>!${items}</ul>`
}

/** One click away: everything the message says, and the way its sender had set it. */
const folded = ({ locale, home, showsSender }: MailView, mail: MailRecord): string => {
  const isWhole = mail.text.trim() === mail.ownText.trim()
  const whole = isWhole
    ? ''
    : html`<details><summary>${text(locale, 'desk.mail.whole')}</summary><p class="said" dir="auto">${mail.text}</p></details>`
  // The frame's own policy lets nothing in it load or run; it is fetched when it is opened.
  const formatted =
    showsSender && mail.hasHtml
      ? html`<details><summary>${text(locale, 'desk.mail.formatted')}</summary><p class="note">${text(locale, 'desk.mail.formatted.warning')}</p><iframe class="mail" sandbox="" loading="lazy" src="${home}/mail/${mail.eventId}/html" title="${text(locale, 'desk.mail.formatted')}"></iframe></details>`
      : ''
  return whole + formatted
}

const rawLink = ({ locale, home }: MailView, mail: MailRecord): string =>
  html`<p><a href="${home}/mail/${mail.eventId}/raw">${text(locale, 'desk.mail.raw', { size: byteSize(locale, mail.rawBytes) })}</a> <code dir="ltr">${mail.rawSha256}</code></p>`

const answered = (locale: Locale, { acknowledgment, acknowledgmentFailure }: MailRecord): string =>
  acknowledgment === null
    ? ''
    : html`<p>${text(locale, `desk.mail.acknowledgment.${acknowledgment}`)}!${acknowledgmentFailure === null ? '' : html` · <code>${acknowledgmentFailure}</code>`}</p>`

/**
 * One mail of a record: who wrote it as far as that is known, the sender's own words, the rest folded. `language` is that of
 * the words where it was found.
 */
export const mailMessage = (view: MailView, mail: MailRecord, language?: Locale): string => {
  const { locale, mayOpen, showsSender } = view
  const words = mail.ownText === '' ? mail.text : mail.ownText
  const said = language === undefined ? '' : html` lang="${language}"`
  return html`<article class="mail">
!${showsSender ? sender(locale, mail) : ''}!${badges(locale, mail)}!${notes(locale, mail)}
!${mail.subject === '' ? '' : html`<h3 dir="auto">${mail.subject}</h3>`}
!${words === '' ? '' : html`<p class="said"!${said} dir="auto">${words}</p>`}
!${mayOpen ? folded(view, mail) : ''}!${refusedFiles(locale, mail)}!${answered(locale, mail)}
!${mayOpen ? rawLink(view, mail) : ''}</article>`
}

/** Mail that belongs to the complaint without being the complainant's word: robots, reports, the body's own. */
export const otherMail = (
  view: MailView,
  mails: readonly MailRecord[],
  at: (instant: Date) => string,
): string =>
  mails
    .map(
      (mail) =>
        html`<details><summary>!${at(mail.receivedAt)} ${text(view.locale, `desk.mail.class.${mail.class}`)}!${mail.reasons.length === 0 ? '' : html` · <code>${mail.reasons.join(' ')}</code>`}</summary>!${mailMessage(view, mail)}</details>`,
    )
    .join('')

/** Links stand as words with the address they hide; the sanitiser has escaped both. */
const inert = (sanitised: string): string =>
  sanitised.replace(
    /<a href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/g,
    '<u>$2</u> <small><bdi dir="ltr">[$1]</bdi></small>',
  )

/** The document inside the frame: sanitised when it was read, and under a policy of its own. */
export const mailFrame = (sanitised: string): string =>
  html`<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>·</title></head><body dir="auto">!${inert(sanitised)}</body></html>`
