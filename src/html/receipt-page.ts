import { html } from 'ghtml'
import type { Locale } from '../core/locale.ts'
import type { ReceiptFacts } from '../core/receipt.ts'
import { attributesOf } from './form.ts'
import { RECEIPT_ISLAND } from './islands.ts'
import { page } from './layout.ts'
import { qrSvg } from './qr.ts'
import { arrivingNote } from './receipt-arriving.ts'
import { type CopyForm, receiptActs, sendForm, sendProblems } from './receipt-keep.ts'
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
    { url: `${own}.pdf?lang=${locale}`, words: text(locale, 'receipt.pdf'), keeps: false },
    ...(withCode
      ? [{ url: `${own}.pdf?lang=${locale}&code=1`, words: text(locale, 'receipt.pdf.code'), keeps: true }]
      : []),
    { url: `${own}.json`, words: text(locale, 'receipt.signed'), keeps: false },
    { url: links.verify, words: text(locale, 'receipt.check'), keeps: false },
  ]
  return html`<section class="unprinted"><h2>${text(locale, 'receipt.keep')}</h2>
<ul>!${entries.map(({ url, words, keeps }) => html`<li><a href="${url}"!${attributesOf({ 'data-keeps': keeps })}>${words}</a></li>`)}</ul></section>`
}

export interface ReceiptView {
  readonly path: string
  /** There only while the browser that filed may see it. */
  readonly accessCode?: string
  /** Sending it on; only where the code is. */
  readonly copies?: CopyForm
  /** Scripts that send what has not arrived. */
  readonly islands?: readonly string[]
}

/** Number and code, large, with everything that keeps them. */
const numbersBlock = (locale: Locale, facts: ReceiptFacts, { accessCode }: ReceiptView): string => {
  const lines = receiptLines(locale, facts, accessCode).filter(({ id }) => LARGE.has(id))
  const kept = accessCode === undefined ? '' : codeCare(locale)
  const acts = accessCode === undefined ? '' : receiptActs(locale, facts, accessCode)
  return html`<div class="numbers">!${lines.map(largeNumber)}!${kept}</div>!${acts}`
}

/** The receipt's own page. The code is there only while the browser that filed may see it. */
export const receiptPage = (locale: Locale, facts: ReceiptFacts, view: ReceiptView): string => {
  const { accessCode, copies, path } = view
  const { verify } = facts.links
  // Whoever holds the receipt's link may read on by it; acting asks for the code there.
  const track = `/${locale}${path.replace('/receipts/', '/track/')}`
  const title = text(locale, 'receipt.lead', { kind: facts.claims.kind })
  const lines = receiptLines(locale, facts, accessCode).filter(({ id }) => !LARGE.has(id))
  const isUnsaved = accessCode !== undefined
  const body = html`!${sendProblems(locale, copies)}<article class="receipt" id="receipt"!${attributesOf({ 'data-unsaved': isUnsaved })}>
<h1>${title}</h1>
!${numbersBlock(locale, facts, view)}
!${arrivingNote(locale, facts)}!${factList(lines)}
<p class="hint">${ruleInWords(locale, facts)}</p>
<h2>${text(locale, 'receipt.next')}</h2>
<ul>!${waysInWords(locale, facts).map((way) => html`<li>${way}</li>`)}</ul>
<p class="unprinted"><a class="button" href="${track}">${text(locale, 'receipt.track')}</a></p>
!${isUnsaved && copies ? sendForm(locale, `/${locale}${path}/send`, copies) : ''}
!${keepLinks(locale, facts, isUnsaved)}
<footer class="proof">!${qrSvg(verify)}<p>${proofInWords(locale, facts)}</p></footer>
<p class="unprinted"><a href="/${locale}/">${text(locale, 'receipt.again')}</a></p>
</article>`
  const islands = [
    ...(isUnsaved ? [RECEIPT_ISLAND.url] : []),
    ...(facts.arriving === undefined ? [] : (view.islands ?? [])),
  ]
  const hasErrors = (copies?.problems.length ?? 0) > 0
  return page({ locale, title, path, body, hasErrors, islands })
}
