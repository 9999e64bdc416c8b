import { html } from 'ghtml'
import type { Locale } from '../core/locale.ts'
import type { ReceiptFacts } from '../core/receipt.ts'
import { composeReference } from '../core/reference.ts'
import { submit, textArea } from './form.ts'
import { page } from './layout.ts'
import { factList } from './receipt-page.ts'
import { receiptLines } from './receipt-words.ts'
import { ltr, type TextKey, text } from './text.ts'

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

/** The public check: a form that takes a number, a link or a signed receipt, and what came of it. */
export const verifyPage = (
  locale: Locale,
  options: {
    readonly path: string
    readonly presented?: string
    readonly verdict?: Verdict
    readonly receipts?: readonly CheckedReceipt[]
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
!${receipts.map((receipt) => receiptFacts(locale, receipt))}
<form action="/${locale}/verify" method="get">!${field}!${submit(text(locale, 'verify.submit'))}</form>
<p class="soft later"><a href="/.well-known/jwks.json">${text(locale, 'verify.keys')}</a> · <a href="/.well-known/audit.jws">${text(locale, 'verify.audit')}</a></p>`
  const hasErrors = verdict !== undefined && !verdict.isGood
  return page({ locale, title: text(locale, 'verify.title'), path: options.path, body, hasErrors })
}
