import { html } from 'ghtml'
import type { Locale } from '../core/locale.ts'
import type { ReceiptFacts } from '../core/receipt.ts'
import { byteSize, text } from './text.ts'

/** Words the script that sends the rest says; {percent} is filled in there. */
const texts = (locale: Locale): string =>
  JSON.stringify({
    sent: text(locale, 'receipt.arriving.sent', { percent: '{percent}' }),
    cut: text(locale, 'file.upload.cut'),
    done: text(locale, 'receipt.arriving.done'),
  })

/** What is still on its way: a script goes on sending it here; the link is for where it cannot (G18). */
export const arrivingNote = (locale: Locale, { arriving }: ReceiptFacts): string =>
  arriving === undefined
    ? ''
    : html`<section class="note clock unprinted"><h2>${text(locale, 'receipt.arriving.title')}</h2>
<ul>!${arriving.files.map(({ name, bytes }) => html`<li><bdi>${name}</bdi>${bytes === null ? '' : ` ${byteSize(locale, bytes)}`}</li>`)}</ul>
<p role="status" id="arriving" data-texts="${texts(locale)}">${text(locale, 'receipt.arriving.stay')}</p>
<p>${text(locale, 'receipt.arriving.link')} <a href="${arriving.link}"><bdi dir="ltr">${arriving.link.replace(/^https?:\/\//, '')}</bdi></a></p></section>`
