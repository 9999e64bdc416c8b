import { html } from 'ghtml'
import type { Locale } from '../core/locale.ts'
import type { ReceiptFacts } from '../core/receipt.ts'
import { composeReference } from '../core/reference.ts'
import { fileInput, submit, textArea } from './form.ts'
import { page } from './layout.ts'
import { factList } from './receipt-page.ts'
import { receiptLines } from './receipt-words.ts'
import { longDay, ltr, type TextKey, text } from './text.ts'

/** What anyone may see of a receipt: when, what kind, which body, the digest; never how much or from where. */
const PUBLIC = new Set(['reference', 'received_at', 'kind', 'administration', 'round', 'hash'])
/** Right in its check digit, and nobody's: of a year to come. */
const EXAMPLE = composeReference(99, 1_234_567)

export interface Verdict {
  readonly key: TextKey
  readonly isGood: boolean
  /** What to do next, where there is something. */
  readonly next?: TextKey
}

export interface CheckedReceipt {
  readonly facts: ReceiptFacts
  readonly kid: string
}

/** A published report that was found, in the facts anyone may see. */
export interface FoundReport {
  /** After the language: `/reports/2026/SANTE/1`. */
  readonly path: string
  readonly title: string
  readonly version: string
  readonly publishedOn: string
  readonly file: string | null
  readonly contentSha256: string
  readonly kid: string
  /** Where the newest version is, when this one was corrected. */
  readonly newest: string | undefined
}

const reportFacts = (locale: Locale, report: FoundReport): string => {
  const fact = (id: string, label: TextKey, value: string) => ({ id, label: text(locale, label), value })
  const list = factList([
    fact('report', 'verify.report', report.title),
    fact('version', 'verify.report.version', report.version),
    fact('published', 'verify.report.published', longDay(locale, report.publishedOn)),
    ...(report.file === null ? [] : [fact('file', 'verify.report.file', ltr(report.file))]),
    fact('hash', 'report.proof', ltr(report.contentSha256)),
    fact(
      'signature',
      'verify.signature',
      text(locale, 'verify.signature.valid', { kid: ltr(report.kid.slice(0, 8)) }),
    ),
  ])
  const newest =
    report.newest === undefined
      ? ''
      : html`<p class="note clock">${text(locale, 'reports.superseded')} <a href="/${locale}${report.newest}">${text(locale, 'verify.report.newest')}</a></p>`
  return html`!${newest}!${list}<p><a href="/${locale}${report.path}">${text(locale, 'verify.report.open')}</a></p>`
}

/** A file says by itself what it is: its hash is compared, and it is not kept. */
const fileForm = (locale: Locale): string =>
  html`<h2>${text(locale, 'verify.file.title')}</h2><form action="/${locale}/verify" method="post" enctype="multipart/form-data">!${fileInput(
    {
      locale,
      name: 'file',
      label: text(locale, 'verify.file'),
      hint: text(locale, 'verify.file.hint'),
      attributes: { required: true, accept: '.pdf,.json,.csv,.html,.jws' },
    },
  )}!${submit(text(locale, 'verify.file.submit'))}</form>`

const verdictBox = (locale: Locale, { key, isGood, next }: Verdict): string =>
  html`<div class="verdict !${isGood ? 'good' : 'bad'}" role="status"><p><strong>${text(locale, key)}</strong></p>
!${next === undefined ? '' : html`<p>${text(locale, next, { example: ltr(EXAMPLE) })}</p>`}</div>`

const receiptFacts = (locale: Locale, { facts, kid }: CheckedReceipt): string =>
  factList([
    ...receiptLines(locale, facts).filter(({ id }) => PUBLIC.has(id)),
    {
      id: 'signature',
      label: text(locale, 'verify.signature'),
      value: text(locale, 'verify.signature.valid', { kid: ltr(kid.slice(0, 8)) }),
    },
  ])

/** The public check: forms that take a number, a link, a signature, a hash or a file, and what came of it. */
export const verifyPage = (
  locale: Locale,
  options: {
    readonly path: string
    readonly presented?: string
    readonly verdict?: Verdict
    readonly receipts?: readonly CheckedReceipt[]
    readonly report?: FoundReport
  },
): string => {
  const { verdict, receipts = [] } = options
  const field = textArea({
    locale,
    name: 'receipt',
    label: text(locale, 'verify.field'),
    hint: text(locale, 'verify.field.hint', { example: ltr(EXAMPLE) }),
    value: options.presented,
    attributes: { rows: 3, dir: 'ltr', required: true, autocomplete: 'off', spellcheck: 'false' },
  })
  const body = html`<h1>${text(locale, 'verify.title')}</h1>
<p class="lead">${text(locale, 'verify.lead')}</p>
!${verdict === undefined ? '' : verdictBox(locale, verdict)}
!${receipts.map((receipt) => receiptFacts(locale, receipt))}!${options.report === undefined ? '' : reportFacts(locale, options.report)}
<form action="/${locale}/verify" method="get">!${field}!${submit(text(locale, 'verify.submit'))}</form>
!${fileForm(locale)}
<p class="soft later"><a href="/.well-known/jwks.json">${text(locale, 'verify.keys')}</a> · <a href="/.well-known/audit.jws">${text(locale, 'verify.audit')}</a></p>`
  const hasErrors = verdict !== undefined && !verdict.isGood
  return page({ locale, title: text(locale, 'verify.title'), path: options.path, body, hasErrors })
}
