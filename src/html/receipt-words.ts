import { type Locale, nameIn } from '../core/locale.ts'
import type { ReceiptFacts } from '../core/receipt.ts'
import { byteSize, FORMAT_LOCALES, longDay, longInstant, ltr, text } from './text.ts'

/** One fact of a receipt in words. `ltr`: reads left to right even in Arabic; `digest`: long and meant for machines. */
export interface ReceiptLine {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly form?: 'ltr' | 'digest'
}

/** The office's distance from UTC at an instant: Morocco leaves UTC+1 during Ramadan. */
const zoneOffset = (at: Date, zone: string): string => {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(
    at,
  )
  return (parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC').replace('GMT', 'UTC')
}

/** Date and time of filing with its time zone. */
export const filingInstant = (locale: Locale, { receivedAt, officeZone }: ReceiptFacts): string =>
  text(locale, 'receipt.instant', {
    instant: longInstant(locale, receivedAt, officeZone),
    zone: ltr(zoneOffset(receivedAt, officeZone)),
  })

/** What was received with the filing, in numbers: neither words nor file names of the sender. */
export const receivedInWords = (locale: Locale, { characters, files }: ReceiptFacts): string => {
  const size = sizeOf(locale, files)
  const parts = [
    text(locale, 'receipt.content.characters', { count: characters }),
    text(locale, 'receipt.content.files', { count: files.length, size }),
  ]
  return new Intl.ListFormat(FORMAT_LOCALES[locale], { type: 'unit' }).format(parts)
}

/** What was named and has not come yet, in numbers; undefined when nothing is missing. */
export const arrivingInWords = (locale: Locale, { arriving, officeZone }: ReceiptFacts): string | undefined =>
  arriving &&
  text(locale, 'receipt.arriving.value', {
    count: arriving.files.length,
    until: longInstant(locale, arriving.until, officeZone),
  })

/** Days named one by one; a receipt on paper has one page. */
const LATER_DAYS = 3

/** Files that joined afterwards, by the day they did: no part of what the signature stands for. */
const laterInWords = (locale: Locale, { laterFiles, officeZone }: ReceiptFacts): readonly string[] => {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: officeZone })
  const days = [...Map.groupBy(laterFiles, ({ addedAt }) => day.format(addedAt))]
  const told = days.slice(0, LATER_DAYS).map(([date, files]) =>
    text(locale, 'receipt.later.day', {
      date: longDay(locale, date),
      files: text(locale, 'receipt.content.files', { count: files.length, size: sizeOf(locale, files) }),
    }),
  )
  const rest = days.slice(LATER_DAYS).flatMap(([, files]) => files)
  return rest.length === 0
    ? told
    : [...told, text(locale, 'receipt.content.files', { count: rest.length, size: sizeOf(locale, rest) })]
}

const sizeOf = (locale: Locale, files: readonly { readonly bytes: number }[]): string =>
  byteSize(
    locale,
    files.reduce((sum, { bytes }) => sum + bytes, 0),
  )

export const administrationInWords = (locale: Locale, facts: ReceiptFacts): string | undefined =>
  facts.administrationNames === undefined ? undefined : nameIn(facts.administrationNames, locale)

/** The rule both legal dates follow from, in one sentence. */
export const ruleInWords = (locale: Locale, { rules }: ReceiptFacts): string =>
  text(locale, 'receipt.rule', {
    review: rules.reviewDays,
    answer: rules.answerDays,
    days: rules.dayKind,
    filing: rules.countFilingDay ? 'counted' : 'left_out',
  })

/** A web address without its protocol, as it is read aloud and typed. */
const spoken = (url: string): string => ltr(url.replace(/^https?:\/\//, '').replace(/\?.*$/, ''))

/** The ways on: track, add, send again, and the ways that stay open beside ours. */
export const waysInWords = (locale: Locale, { links }: ReceiptFacts): readonly string[] => [
  text(locale, 'receipt.how.track', { address: spoken(links.track) }),
  text(locale, 'receipt.how.add'),
  text(locale, 'receipt.how.again'),
  text(locale, 'receipt.remedies'),
]

export const proofInWords = (locale: Locale, { claims, links }: ReceiptFacts): string =>
  text(locale, 'receipt.proof', { issuer: spoken(claims.issuer), address: spoken(links.verify) })

/**
 * The facts of a receipt in their order (ux 3.6), the same on page, paper and public check. The access code stands among
 * them only where it is given.
 */
export const receiptLines = (
  locale: Locale,
  facts: ReceiptFacts,
  accessCode?: string,
): readonly ReceiptLine[] => {
  const { claims } = facts
  const label = (key: Parameters<typeof text>[1]) => text(locale, key)
  const way = text(locale, 'receipt.way.value', {
    channel: claims.channel,
    language: text(locale, `language.${claims.language}`),
  })
  const office = administrationInWords(locale, facts) ?? label('receipt.administration.unknown')
  const arriving = arrivingInWords(locale, facts)
  return [
    { id: 'reference', label: label('receipt.reference'), value: claims.reference, form: 'ltr' },
    ...(accessCode === undefined
      ? []
      : [{ id: 'code', label: label('receipt.code'), value: accessCode, form: 'ltr' as const }]),
    { id: 'received_at', label: label('receipt.received_at'), value: filingInstant(locale, facts) },
    { id: 'kind', label: label('receipt.kind'), value: text(locale, `kind.${claims.kind}`) },
    { id: 'way', label: label('receipt.way'), value: way },
    { id: 'administration', label: label('receipt.administration'), value: office },
    ...(claims.round === 1
      ? []
      : [{ id: 'round', label: label('receipt.round'), value: String(claims.round) }]),
    { id: 'content', label: label('receipt.content'), value: receivedInWords(locale, facts) },
    ...(arriving === undefined
      ? []
      : [{ id: 'arriving', label: label('receipt.arriving'), value: arriving }]),
    { id: 'hash', label: label('receipt.hash'), value: claims.contentSha256, form: 'digest' },
    ...(facts.laterFiles.length === 0
      ? []
      : [{ id: 'later', label: label('receipt.later'), value: laterInWords(locale, facts).join(' · ') }]),
    { id: 'review', label: label('receipt.review'), value: longDay(locale, facts.reviewBy) },
    { id: 'answer', label: label('receipt.answer'), value: longDay(locale, facts.answerBy) },
  ]
}
