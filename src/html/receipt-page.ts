import { html } from 'ghtml'
import type { Locale } from '../core/locale.ts'
import type { ReceiptFacts } from '../core/receipt.ts'
import { page } from './layout.ts'
import { qrSvg } from './qr.ts'
import { proofInWords, type ReceiptLine, receiptLines, ruleInWords, waysInWords } from './receipt-words.ts'
import { text } from './text.ts'

const LARGE = new Set(['reference', 'code'])

const shown = ({ value, form }: ReceiptLine): string =>
  form === undefined
    ? html`${value}`
    : html`<bdi dir="ltr" class="${form === 'digest' ? 'digest' : 'digits'}">${value}</bdi>`

/** Facts as a list of terms; the same on the receipt and on its public check. */
export const factList = (lines: readonly ReceiptLine[]): string =>
  html`<dl class="facts">!${lines.map((line) => html`<div><dt>${line.label}</dt><dd>!${shown(line)}</dd></div>`)}</dl>`

const largeNumber = (line: ReceiptLine): string =>
  html`<p class="large !${line.id}"><span>${line.label}</span> <strong>!${shown(line)}</strong></p>`

/** Without a script: the box decides by CSS alone whether the code is on the printed page. */
const codeCare = (locale: Locale): string => html`<p class="care">${text(locale, 'receipt.code.save')}</p>
<p class="unprinted"><label class="tick"><input type="checkbox" id="print-code"> ${text(locale, 'receipt.code.print')}</label></p>`

const keepLinks = (locale: Locale, { links }: ReceiptFacts, withCode: boolean): string => {
  const own = links.receipt
  const entries = [
    { url: `${own}.pdf?lang=${locale}`, words: text(locale, 'receipt.pdf') },
    ...(withCode
      ? [{ url: `${own}.pdf?lang=${locale}&code=1`, words: text(locale, 'receipt.pdf.code') }]
      : []),
    { url: `${own}.json`, words: text(locale, 'receipt.signed') },
    { url: links.verify, words: text(locale, 'receipt.check') },
  ]
  return html`<section class="unprinted"><h2>${text(locale, 'receipt.keep')}</h2>
<ul>!${entries.map(({ url, words }) => html`<li><a href="${url}">${words}</a></li>`)}</ul></section>`
}

/** The receipt's own page. The code is there only while the browser that filed may see it. */
export const receiptPage = (
  locale: Locale,
  facts: ReceiptFacts,
  options: { readonly path: string; readonly accessCode?: string },
): string => {
  const { accessCode } = options
  const lines = receiptLines(locale, facts, accessCode)
  const { verify, track } = facts.links
  const title = text(locale, 'receipt.lead', { kind: facts.claims.kind })
  const body = html`<article class="receipt">
<h1>${title}</h1>
<div class="numbers">!${lines.filter(({ id }) => LARGE.has(id)).map(largeNumber)}
!${accessCode === undefined ? '' : codeCare(locale)}</div>
!${factList(lines.filter(({ id }) => !LARGE.has(id)))}
<p class="hint">${ruleInWords(locale, facts)}</p>
<h2>${text(locale, 'receipt.next')}</h2>
<ul>!${waysInWords(locale, facts).map((way) => html`<li>${way}</li>`)}</ul>
<p class="unprinted"><a class="button" href="${track}">${text(locale, 'receipt.track')}</a></p>
!${keepLinks(locale, facts, accessCode !== undefined)}
<footer class="proof">!${qrSvg(verify)}<p>${proofInWords(locale, facts)}</p></footer>
<p class="unprinted"><a href="/${locale}/">${text(locale, 'receipt.again')}</a></p>
</article>`
  return page({ locale, title, path: options.path, body })
}
