import { type FigureRow, type FigureTable, type Value, valueIn } from '../core/figure-table.ts'
import { type Locale, nameIn } from '../core/locale.ts'
import { FORMAT_LOCALES, hasText, ltr, type TextKey, text } from './text.ts'

/** French sets a thin space between thousands; Moroccan French data of ICU a full stop, which reads as a decimal mark. */
const NUMBER_LOCALES: Readonly<Record<Locale, string>> = { ...FORMAT_LOCALES, fr: 'fr' } as const

export const countText = (locale: Locale, value: number): string =>
  new Intl.NumberFormat(NUMBER_LOCALES[locale]).format(value)

/** A share as people read it: one decimal where it says something. In Arabic its sign stands on one side wherever it is said. */
export const shareText = (locale: Locale, value: number): string => {
  // ICU puts marks of direction round the Arabic sign; they cut off the letters that follow on paper.
  const share = new Intl.NumberFormat(NUMBER_LOCALES[locale], { style: 'percent', maximumFractionDigits: 1 })
    .format(value)
    .replaceAll('\u200E', '')
  return locale === 'ar' ? ltr(share) : share
}

export const monthText = (locale: Locale, month: string, length: 'short' | 'long' = 'long'): string =>
  new Intl.DateTimeFormat(FORMAT_LOCALES[locale], {
    month: length,
    year: length === 'long' ? 'numeric' : '2-digit',
    timeZone: 'UTC',
  }).format(new Date(`${month}T00:00:00Z`))

/** One value in its unit. */
export const valueText = (locale: Locale, value: Value, unit: 'count' | 'share' | 'days'): string => {
  if (value === null) return '–'
  // One word for all that is kept back: what is under five and what would only give it away must look the same.
  if (value === 'few') return text(locale, 'figures.kept')
  return unit === 'share' ? shareText(locale, value) : countText(locale, value)
}

/** Where the words of a table's rows are, by the row's own key. */
const ROW_WORDS: Readonly<Partial<Record<FigureTable['code'], (key: string) => string>>> = {
  commitments: (key) => `indicator.${key}.name`,
  kinds: (key) => `kind.${key}`,
  channels: (key) => `console.channel.${key}`,
  languages: (key) => `figures.language.${key}`,
  causes: (key) => `cause.${key}`,
  grounds: (key) => `ground.${key}`,
  outcomes: (key) => `desk.outcome.${key}`,
}

const ownWords = (key: string): string => `figures.row.${key}`

/** What a row is about, in words. */
export const rowText = (locale: Locale, code: FigureTable['code'], { key, names }: FigureRow): string => {
  if (names !== undefined) return nameIn(names, locale)
  if (key === '') return text(locale, 'figures.row.unsaid')
  if (code === 'months') return monthText(locale, key)
  const within = /^within_(\d+)$/.exec(key)
  if (within) return text(locale, 'figures.row.within', { days: within[1] ?? '' })
  const own = (ROW_WORDS[code] ?? ownWords)(key)
  const words = hasText(own) ? text(locale, own) : key
  return words.charAt(0).toLocaleUpperCase(locale) + words.slice(1)
}

export const columnText = (locale: Locale, { code, before }: FigureTable['columns'][number]): string => {
  const column = text(locale, `figures.column.${code}` as TextKey)
  return before ? text(locale, 'figures.before', { column }) : column
}

const numberOf = (value: Value): number => (typeof value === 'number' ? value : 0)
/** A sum with a hidden part would say too little, or too much. */
const hides = (table: FigureTable, column: string): boolean =>
  table.rows.some((row) => valueIn(table, row, column) === 'few')
const total = (table: FigureTable, column: string): number =>
  table.rows.reduce((sum, row) => sum + numberOf(valueIn(table, row, column)), 0)

/** Rows that have no places, by their names as the reader sorts them. */
export const byName =
  (locale: Locale) =>
  (a: FigureRow, b: FigureRow): number =>
    nameIn(a.names ?? {}, locale).localeCompare(nameIn(b.names ?? {}, locale), locale)

/** The value of one row and column in words; unknown keys give a dash. */
const said = (locale: Locale, table: FigureTable, key: string, column: string): string => {
  const row = table.rows.find((one) => one.key === key)
  const unit = table.columns.find(({ code }) => code === column)?.unit ?? 'count'
  return row ? valueText(locale, valueIn(table, row, column), unit) : '–'
}

const topSentence = (locale: Locale, table: FigureTable): string => {
  const column = table.columns[0]?.code ?? ''
  const all = total(table, column)
  // What nobody said leads no list, however often: there is nothing to learn of it.
  const named = table.rows.filter(({ key }) => key !== '')
  const [first] = (named.length === 0 ? table.rows : named).toSorted(
    (a, b) => numberOf(valueIn(table, b, column)) - numberOf(valueIn(table, a, column)),
  )
  if (first === undefined || all === 0) return text(locale, 'figures.nothing')
  const top = rowText(locale, table.code, first)
  if (hides(table, column))
    return text(locale, 'figures.sentence.first', {
      top,
      count: valueText(locale, valueIn(table, first, column), 'count'),
    })
  const share = numberOf(valueIn(table, first, column)) / all
  return share === 1
    ? text(locale, 'figures.sentence.one', { top })
    : text(locale, 'figures.sentence.top', { top, share: shareText(locale, share) })
}

const monthsSentence = (locale: Locale, table: FigureTable): string => {
  const all = total(table, 'received')
  const [busiest] = table.rows.toSorted((a, b) => numberOf(b.values[0] ?? 0) - numberOf(a.values[0] ?? 0))
  if (busiest === undefined || all === 0) return text(locale, 'figures.nothing')
  const top = monthText(locale, busiest.key)
  const most = valueText(locale, busiest.values[0] ?? 0, 'count')
  if (hides(table, 'received')) return text(locale, 'figures.sentence.first', { top, count: most })
  return text(locale, 'figures.sentence.months', { count: countText(locale, all), top, most })
}

const timeSentence = (locale: Locale, table: FigureTable): string => {
  const median = said(locale, table, 'median', 'days')
  const share = said(locale, table, 'within_75', 'answered_share')
  if (total(table, 'answered_share') === 0) return text(locale, 'figures.nothing')
  return median === '–'
    ? text(locale, 'figures.sentence.time.open', { share })
    : text(locale, 'figures.sentence.time', { median, share })
}

const isMet = ({ target, values: [value] }: FigureRow): boolean =>
  target !== undefined &&
  typeof value === 'number' &&
  ('atLeast' in target ? value >= target.atLeast : value <= target.atMost)

const commitmentsSentence = (locale: Locale, table: FigureTable): string => {
  const judged = table.rows.filter(({ target }) => target !== undefined)
  return text(locale, 'figures.sentence.commitments', {
    met: judged.filter(isMet).length,
    all: judged.length,
  })
}

type Sentence = (locale: Locale, table: FigureTable) => string

const SENTENCES: Readonly<Partial<Record<FigureTable['code'], Sentence>>> = {
  commitments: commitmentsSentence,
  months: monthsSentence,
  time: timeSentence,
  kinds: (locale, table) => {
    if (hides(table, 'received')) return topSentence(locale, table)
    const n = (key: string) => said(locale, table, key, 'received')
    return text(locale, 'figures.sentence.kinds', {
      complaints: n('complaint'),
      observations: n('observation'),
      suggestions: n('suggestion'),
    })
  },
  review: (locale, table) =>
    text(locale, 'figures.sentence.review', {
      admissible: said(locale, table, 'admissible', 'complaints'),
      refused: said(locale, table, 'refused', 'complaints'),
    }),
  waiting: (locale, table) =>
    hides(table, 'complaints')
      ? topSentence(locale, table)
      : text(locale, 'figures.sentence.waiting', {
          count: countText(locale, total(table, 'complaints')),
          late: said(locale, table, 'beyond_75', 'complaints'),
        }),
  renewals: (locale, table) =>
    text(locale, 'figures.sentence.renewals', {
      renewed: said(locale, table, 'settled_renewed', 'complaints'),
      settled: said(locale, table, 'settled', 'complaints'),
    }),
  satisfaction: (locale, table) => {
    const satisfied = said(locale, table, 'satisfied', 'of_above')
    const isKept = satisfied === text(locale, 'figures.kept')
    return text(locale, isKept ? 'figures.sentence.satisfaction.kept' : 'figures.sentence.satisfaction', {
      rated: said(locale, table, 'rated', 'complaints'),
      answered: said(locale, table, 'answered', 'complaints'),
      satisfied,
    })
  },
  quality: (locale, table) => {
    const service = said(locale, table, 'without_service', 'of_received')
    const cause = said(locale, table, 'without_cause', 'of_received')
    return service === text(locale, 'figures.kept')
      ? text(locale, 'figures.sentence.quality.cause', { cause })
      : text(locale, 'figures.sentence.quality', { service, cause })
  },
  bodies: (locale) => text(locale, 'figures.sentence.bodies'),
}

/** Which line of a drawing is which, where there are two; empty where one needs no word. */
export const legendOf = (locale: Locale, table: FigureTable): string => {
  const year = Number(table.rows[0]?.key.slice(0, 4))
  const hasBefore = table.code === 'months' && table.columns.some(({ before }) => before)
  return hasBefore ? text(locale, 'figures.legend', { year, before: year - 1 }) : ''
}

/** What a table says, in one sentence. */
export const sentenceOf = (locale: Locale, table: FigureTable): string =>
  (SENTENCES[table.code] ?? topSentence)(locale, table)
