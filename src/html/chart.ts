import { scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import { html } from 'ghtml'
import { type FigureTable, type Unit, type Value, valueIn } from '../core/figure-table.ts'
import { directionOf, type Locale } from '../core/locale.ts'
import { monthText, rowText, shareText, valueText } from './figure-words.ts'

/**
 * A drawing of a table (ux 2.9): one colour and grey, direct labels, bars from zero, the target as a line with its value. It is
 * drawn in small units so that its letters stay legible on a narrow screen; time and bars run as people read.
 */
const WIDTHS = { screen: 360, paper: 540 } as const
const LETTER = 11.5
/** Where a bar stands in its row: under its words on a screen, which may be narrow; beside them on paper. */
const ROWS = {
  screen: { height: 34, from: 0, to: 360, top: 16, letters: 60 },
  paper: { height: 20, from: 250, to: 490, top: 2, letters: 45 },
} as const
const SHOWN_BARS = 12

/** On a page the classes are coloured by the style sheet; on paper there is none, so the drawing carries its own. */
export type Surface = 'screen' | 'paper'

const PAPER_STYLE =
  'text{font-family:"Noto Sans","Noto Sans Arabic";fill:#14213d}.soft{fill:#465069}.bar{fill:#0b5d3b}.track{fill:#eceeea}' +
  '.unsure{fill:#9fbfae}.line{fill:none;stroke:#0b5d3b;stroke-width:2}.second{fill:none;stroke:#465069;stroke-width:1.5;stroke-dasharray:4 3}' +
  '.dot{fill:#0b5d3b}.ring{fill:#fff;stroke:#0b5d3b;stroke-width:1.5}.axis{stroke:#c9cec6;stroke-width:1}.target{stroke:#7a4600;stroke-width:1.5;stroke-dasharray:2 2}.aim{fill:#7a4600}'

interface Pen {
  readonly locale: Locale
  readonly surface: Surface
  readonly width: number
  /** A place counted from where people begin to read. */
  readonly at: (x: number) => number
  readonly word: (
    x: number,
    y: number,
    words: string,
    side?: 'start' | 'end' | 'middle',
    kind?: string,
  ) => string
}

const penOf = (locale: Locale, surface: Surface): Pen => {
  const width = WIDTHS[surface]
  const mirrored = directionOf(locale) === 'rtl'
  const at = (x: number) => Math.round((mirrored ? width - x : x) * 10) / 10
  // Anchors are physical under `direction: ltr`, which every renderer of SVG agrees on.
  const anchors = mirrored ? { start: 'end', end: 'start', middle: 'middle' } : undefined
  return {
    locale,
    surface,
    width,
    at,
    word: (x, y, words, side = 'start', kind = '') =>
      html`<text x="${at(x)}" y="${y}" text-anchor="${anchors?.[side] ?? side}" class="${kind}">${words}</text>`,
  }
}

const frame = (surface: Surface, height: number, drawing: string, title: string): string =>
  html`<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${WIDTHS[surface]} ${height}" direction="ltr" font-size="${LETTER}" !${surface === 'paper' ? `width="${WIDTHS[surface]}" height="${height}"` : 'role="img"'}>
<title>${title}</title>!${surface === 'paper' ? `<style>${PAPER_STYLE}</style>` : ''}!${drawing}</svg>`

const numeric = (value: Value): number | undefined => (typeof value === 'number' ? value : undefined)

/** A rectangle to a place, from where bars begin. */
const bar = ({ at, surface }: Pen, y: number, to: number, kind: string): string => {
  const { from } = ROWS[surface]
  const x = Math.min(at(from), at(to))
  return html`<rect class="${kind}" x="${Math.round(x * 10) / 10}" y="${y}" width="${Math.round((to - from) * 10) / 10}" height="12"/>`
}

const targetMark = (pen: Pen, x: number, y: number): string =>
  html`<line class="target" x1="${pen.at(x)}" x2="${pen.at(x)}" y1="${y - 3}" y2="${y + 15}"/>`

/** Words that would run into the bar or the value end in an ellipsis: the table says them whole. */
const within = (words: string, letters: number): string =>
  words.length <= letters ? words : `${words.slice(0, letters - 1).trimEnd()}…`

/** A bar a row, with its words and its value. */
const bars = (
  pen: Pen,
  table: FigureTable,
  column: string,
  unit: Unit,
): { drawing: string; height: number } => {
  const rows = table.rows.filter((row) => numeric(valueIn(table, row, column)) !== undefined)
  const drawn =
    table.code === 'waiting' || table.code === 'time' || table.code === 'commitments'
      ? rows
      : rows
          .toSorted((a, b) => Number(valueIn(table, b, column)) - Number(valueIn(table, a, column)))
          .slice(0, SHOWN_BARS)
  const most = unit === 'share' ? 1 : Math.max(1, ...drawn.map((row) => Number(valueIn(table, row, column))))
  const { height, from, to, top, letters } = ROWS[pen.surface]
  const scale = scaleLinear([0, most], [from, to])
  const parts = drawn.map((row, nth) => {
    const value = Number(valueIn(table, row, column))
    const y = nth * height
    const aim = row.target && ('atLeast' in row.target ? row.target.atLeast : row.target.atMost)
    return html`!${pen.word(0, y + 11, within(rowText(pen.locale, table.code, row), letters))}!${pen.word(pen.width, y + 11, valueText(pen.locale, value, unit), 'end')}!${bar(pen, y + top, to, 'track')}!${bar(pen, y + top, scale(value), row.incomplete ? 'bar unsure' : 'bar')}!${aim === undefined || unit !== 'share' ? '' : targetMark(pen, scale(aim), y + top)}`
  })
  return { drawing: parts.join(''), height: Math.max(1, drawn.length) * height }
}

const TALL = 170
const TOP = 18
const FOOT = 26

/** Every how many months the axis is labelled. */
const stride = (months: number): number => Math.max(1, Math.ceil(months / 6))

/** Complaints month by month, with the months that are not decided yet as rings. */
const monthly = (pen: Pen, table: FigureTable): { drawing: string; height: number } => {
  const values = table.rows.map((row) => numeric(valueIn(table, row, 'received')))
  const before = table.rows.map((row) => numeric(valueIn(table, row, 'received', true)))
  const most = Math.max(1, ...values.map((v) => v ?? 0), ...before.map((v) => v ?? 0))
  const x = scaleLinear([0, Math.max(1, values.length - 1)], [14, pen.width - 14])
  const y = scaleLinear([0, most], [TALL - FOOT, TOP])
  const path = (series: readonly (number | undefined)[]) =>
    line<number | undefined>()
      .defined((value) => value !== undefined)
      .x((_, nth) => pen.at(x(nth)))
      .y((value) => Math.round(y(value ?? 0) * 10) / 10)(series) ?? ''
  const step = stride(values.length)
  const dots = table.rows.map((row, nth) => {
    const value = values[nth]
    if (value === undefined) return ''
    return html`<circle class="${row.incomplete ? 'ring' : 'dot'}" cx="${pen.at(x(nth))}" cy="${Math.round(y(value) * 10) / 10}" r="3"/>`
  })
  const labels = table.rows.map((row, nth) =>
    nth % step === 0
      ? pen.word(
          nth === 0 ? 0 : x(nth),
          TALL - 8,
          monthText(pen.locale, row.key, 'short'),
          nth === 0 ? 'start' : nth === values.length - 1 ? 'end' : 'middle',
          'soft',
        )
      : '',
  )
  const top = values.findIndex((value) => value === Math.max(...values.map((v) => v ?? 0)))
  const peak =
    top < 0
      ? ''
      : pen.word(
          x(top),
          y(values[top] ?? 0) - 7,
          valueText(pen.locale, values[top] ?? 0, 'count'),
          top === 0 ? 'start' : top === values.length - 1 ? 'end' : 'middle',
        )
  const drawing = html`<line class="axis" x1="0" x2="${pen.width}" y1="${TALL - FOOT}" y2="${TALL - FOOT}"/>!${before.some((v) => v !== undefined) ? html`<path class="second" d="${path(before)}"/>` : ''}<path class="line" d="${path(values)}"/>!${dots}!${peak}!${labels}`
  return { drawing, height: TALL }
}

/** The column a table is drawn by. */
const DRAWN: Readonly<Partial<Record<FigureTable['code'], string>>> = {
  commitments: 'share',
  time: 'answered_share',
  review: 'complaints',
  grounds: 'complaints',
  waiting: 'complaints',
  outcomes: 'complaints',
}

const NOT_DRAWN: readonly FigureTable['code'][] = ['renewals', 'satisfaction', 'quality', 'bodies']

/** The SVG of a table; empty where a drawing would say no more than the table, or nothing is to be drawn. `title` names it. */
export const chartOf = (
  locale: Locale,
  table: FigureTable,
  title: string,
  surface: Surface = 'screen',
): string => {
  const column = DRAWN[table.code] ?? 'received'
  const unit = table.columns.find(({ code }) => code === column)?.unit ?? 'count'
  const worth = table.rows.some((row) => (numeric(valueIn(table, row, column)) ?? 0) > 0)
  if (!worth || NOT_DRAWN.includes(table.code)) return ''
  const pen = penOf(locale, surface)
  const { drawing, height } = table.code === 'months' ? monthly(pen, table) : bars(pen, table, column, unit)
  return frame(surface, height, drawing, title)
}

/** What a target asks for, in words. */
export const targetText = (locale: Locale, target: { atLeast: number } | { atMost: number }) =>
  'atLeast' in target
    ? ({ key: 'figures.target.at_least', share: shareText(locale, target.atLeast) } as const)
    : ({ key: 'figures.target.at_most', share: shareText(locale, target.atMost) } as const)
