const DAY_MS = 86_400_000

const compact = (instant: Date): string => instant.toISOString().slice(0, 10).replaceAll('-', '')

const days = (from: Date, count: number): string =>
  Array.from({ length: count }, (_, i) => `d${compact(new Date(from.getTime() - i * DAY_MS))}`).join(' | ')

const months = (from: Date, count: number): string =>
  Array.from({ length: count }, (_, i) => {
    const first = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() - i, 1))
    return `m${compact(first).slice(0, 6)}`
  }).join(' | ')

/**
 * Ever wider windows that end at an instant, as queries over the day and month words of `complaint_words`; the last,
 * undefined, is the whole history. A word found daily fills a page in the first window; one found once a year reaches the
 * last one, where it has few matches: no search reads much more than it shows. The first day is tomorrow's, for clocks that run ahead.
 */
export const searchWindows = (until: Date): readonly (string | undefined)[] => {
  const from = new Date(until.getTime() + DAY_MS)
  return [days(from, 2), days(from, 9), months(from, 3), undefined]
}
