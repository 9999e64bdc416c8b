import { html } from 'ghtml'
import type { ParsedMail } from 'mailparser'
import type { Locale } from '../core/locale.ts'
import { page } from '../html/layout.ts'
import { longInstant, text } from '../html/text.ts'

export interface ListedMail {
  readonly id: string
  readonly subject: string
  readonly to: string
  readonly date: Date | undefined
}

const path = '/simulator/mailbox'

/** Names of our own making only; what a mail says is never markup. */
const listed = (locale: Locale, zone: string, { id, subject, to, date }: ListedMail): string =>
  html`<li><a href="${path}/${id}" dir="auto">${subject}</a><br><small><bdi>${to}</bdi> · <time datetime="${date?.toISOString() ?? ''}">${date === undefined ? '' : longInstant(locale, date, zone)}</time></small></li>`

/** The newest mails. `zone`: the office's, for the times. */
export const mailboxPage = (locale: Locale, zone: string, mails: readonly ListedMail[]): string => {
  const title = text(locale, 'mailbox.title')
  const list =
    mails.length === 0
      ? html`<p>${text(locale, 'mailbox.empty')}</p>`
      : html`<ol class="files" reversed>!${mails.map((mail) => listed(locale, zone, mail))}</ol>`
  const body = html`<h1>${title}</h1><p class="lead">${text(locale, 'mailbox.lead')}</p>!${list}`
  return page({ locale, title, path: '/', body })
}

const headerLines = ({ headerLines: lines }: ParsedMail): string =>
  lines.map(({ line }) => line.replace(/\r?\n\s+/g, ' ')).join('\n')

const htmlFrame = (locale: Locale, id: string): string =>
  html`<h2>${text(locale, 'mailbox.html')}</h2>
<iframe class="mail" sandbox="" src="${path}/${id}/html" title="${text(locale, 'mailbox.html')}"></iframe>`

/** One message: headers, plain text, and its HTML in a frame that may do nothing. */
export const mailPage = (locale: Locale, id: string, mail: ParsedMail): string => {
  const title = mail.subject || text(locale, 'mailbox.title')
  const body = html`<h1 dir="auto">${title}</h1>
<h2>${text(locale, 'mailbox.plain')}</h2>
<pre class="mail" dir="auto">${mail.text ?? ''}</pre>
!${typeof mail.html === 'string' ? htmlFrame(locale, id) : ''}
<h2>${text(locale, 'mailbox.headers')}</h2>
<pre class="mail" dir="ltr">${headerLines(mail)}</pre>
<p><a href="${path}/${id}.eml">${text(locale, 'mailbox.source')}</a></p>
<p><a href="${path}">${text(locale, 'mailbox.back')}</a></p>`
  return page({ locale, title, path: '/', body })
}
