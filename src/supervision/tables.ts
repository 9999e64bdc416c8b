import { Temporal } from 'temporal-polyfill'
import { KINDS } from '../core/complaint.ts'
import {
  type Column,
  type FigureRow,
  type FigureTable,
  shareOf,
  type TableCode,
  type Value,
} from '../core/figure-table.ts'
import type { Names } from '../core/locale.ts'
import { ANSWER_OUTCOMES } from '../core/referral.ts'
import type { Sql } from '../db/client.ts'
import { INDICATORS } from './indicators.ts'
import { type Dimension, JUDGING, type JudgingMeasure, type Measure } from './measures.ts'
import { type BreakdownRow, type CountedGroup, readGroups, timeOf } from './read-counts.ts'
import type { Reading } from './reading.ts'
import { WAITING_BANDS } from './time-to-answer.ts'

const count = (code: string): Column => ({ code, unit: 'count' })
const share = (code: string): Column => ({ code, unit: 'share' })

/** The columns in which any group of complaints is judged. */
const JUDGED: readonly Column[] = [count('received'), share('response'), share('in_time'), count('due')]

type Judging = Readonly<Record<JudgingMeasure, number>>

const judged = ({ received, due, due_answered, due_in_time }: Omit<Judging, 'not_due'>) => [
  received,
  shareOf(due_answered, due),
  shareOf(due_in_time, due),
  due,
]

type Build = (reading: Reading) => Promise<FigureTable | undefined>

const byKey = (groups: readonly CountedGroup<keyof Judging>[]) =>
  new Map(groups.map((group) => [group.key, group]))

const commitments: Build = async (reading) => {
  const counts = await reading.counts()
  const rows = INDICATORS.filter((one) => 'denominator' in one).map((one) => ({
    key: one.code,
    values: [
      shareOf(counts[one.numerator], counts[one.denominator]),
      counts[one.numerator],
      counts[one.denominator],
    ],
    ...('target' in one && one.target ? { target: one.target } : {}),
    ...('waitsFor' in one && one.waitsFor && counts[one.waitsFor] > 0 ? { incomplete: true as const } : {}),
  }))
  return { code: 'commitments', columns: [share('share'), count('numerator'), count('denominator')], rows }
}

/** The ways in, most first, told apart by one of the two things they are made of. */
const ways =
  (code: TableCode, part: 'channel' | 'language'): Build =>
  async (reading) => {
    const found = Map.groupBy(await reading.ways(), (way) => way[part])
    const sum = (of: readonly Judging[], name: keyof Judging) => of.reduce((all, one) => all + one[name], 0)
    const rows = [...found].map(([key, of]) => {
      const sums = Object.fromEntries(JUDGING.map((name) => [name, sum(of, name)])) as Judging
      return { key, values: judged(sums) }
    })
    const mostFirst = (a: FigureRow, b: FigureRow) =>
      Number(b.values[0]) - Number(a.values[0]) || a.key.localeCompare(b.key)
    return { code, columns: JUDGED, rows: rows.toSorted(mostFirst) }
  }

/** Every month of the period, those without a complaint too, in their order. */
const months: Build = async ({ sql, filters }) => {
  const found = byKey(await readGroups(sql, filters, 'month', JUDGING))
  const first = Temporal.PlainDate.from(filters.from)
  const length = first.until(filters.until, { largestUnit: 'months' }).months + 1
  const rows = Array.from({ length }, (_, nth): FigureRow => {
    const key = first.add({ months: nth }).toString()
    const group = found.get(key)
    if (group === undefined) return { key, values: [0, null, null, 0] }
    return { key, values: judged(group), ...(group.not_due > 0 ? { incomplete: true } : {}) }
  })
  return { code: 'months', columns: JUDGED, rows }
}

/** The three kinds whatever the filter says of them: they are counted apart everywhere, and side by side here. */
const kinds: Build = async ({ sql, filters: { kind: _, ...filters } }) => {
  const found = byKey(await readGroups(sql, filters, 'kind', JUDGING))
  const rows = KINDS.map((key) => {
    const group = found.get(key)
    return { key, values: group ? judged(group) : [0, null, null, 0] }
  })
  return { code: 'kinds', columns: JUDGED, rows }
}

type Naming = (sql: Sql, values: readonly string[]) => Promise<Map<string, Names>>

/** Services by their names, with the office's where two of the table are called the same. */
const namesOfServices: Naming = async (sql, values) => {
  const rows = await sql<{ id: string; names: Names }[]>`
    select s.id::text, case when count(*) over (partition by s.names) = 1 then s.names
      else (select jsonb_object_agg(key, concat_ws(' – ', value, a.names ->> key)) from jsonb_each_text(s.names)) end as names
    from services s join administrations a on a.id = s.administration_id where s.id::text = any(${values as string[]}::text[])`
  return new Map(rows.map(({ id, names }) => [id, names]))
}

const namesOfRegions: Naming = async (sql) => {
  const rows = await sql<{ code: string; names: Names }[]>`select code, names from regions`
  return new Map(rows.map(({ code, names }) => [code, names]))
}

const breakdown =
  (code: TableCode, dimension: Dimension, naming?: Naming): Build =>
  async (reading) => {
    const found = await reading.breakdown(dimension)
    if (found === undefined) return undefined
    const names = await naming?.(
      reading.sql,
      found.map(({ value }) => value),
    )
    const row = (one: BreakdownRow): FigureRow => {
      const called = names?.get(one.value)
      return { key: one.value, values: judged(one as never), ...(called ? { names: called } : {}) }
    }
    return { code, columns: JUDGED, rows: found.map(row) }
  }

/** What became of each filing at its formal review; a transfer is no end of one, and stands apart. */
const REVIEWED = [
  'admissible',
  'refused',
  'review_withdrawn',
  'review_joined',
  'review_pending',
  'transferred',
] as const satisfies Measure[]

const review: Build = async (reading) => {
  const c = await reading.counts()
  const part = (key: string, n: number): FigureRow => ({ key, values: [n, shareOf(n, c.received)] })
  const columns = [count('complaints'), share('of_received')]
  return { code: 'review', columns, rows: REVIEWED.map((key) => part(key, c[key])) }
}

const grounds: Build = async (reading) => {
  const found = await reading.breakdown('ground')
  if (found === undefined) return undefined
  const all = found.reduce((sum, { received }) => sum + received, 0)
  const rows = found.map(({ value, received }) => ({
    key: value,
    values: [received, shareOf(received, all)],
  }))
  return { code: 'grounds', columns: [count('complaints'), share('of_refused')], rows }
}

const waiting: Build = async (reading) => {
  const ages = await reading.days()
  const all = ages.reduce((sum, age) => sum + age.waiting, 0)
  const rows = WAITING_BANDS.map(({ key, from, to }) => {
    const n = ages.filter(({ day }) => day >= from && day <= to).reduce((sum, age) => sum + age.waiting, 0)
    return { key, values: [n, shareOf(n, all)] }
  })
  return { code: 'waiting', columns: [count('complaints'), share('of_waiting')], rows }
}

const time: Build = async (reading) => {
  const found = timeOf(await reading.days())
  const of = [found.complaints, found.complaints]
  const days = (value: number | undefined): Value => value ?? null
  const rows = [
    ...found.within.map(({ days: limit, share: value }) => ({
      key: `within_${limit}`,
      values: [value ?? null, null],
      of,
    })),
    { key: 'median', values: [null, days(found.median)], of },
    { key: 'p90', values: [null, days(found.p90)], of },
  ]
  return { code: 'time', columns: [share('answered_share'), { code: 'days', unit: 'days' }], rows }
}

const outcomes: Build = async (reading) => {
  const counts = await reading.counts()
  const all = ANSWER_OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0)
  const rows = ANSWER_OUTCOMES.map((key) => ({ key, values: [counts[key], shareOf(counts[key], all)] }))
  return { code: 'outcomes', columns: [count('complaints'), share('of_answered')], rows }
}

const renewals: Build = async (reading) => {
  const c = await reading.counts()
  const rows = [
    { key: 'settled', values: [c.settled, null] },
    { key: 'settled_renewed', values: [c.settled_renewed, shareOf(c.settled_renewed, c.settled)] },
    { key: 'renewed_soon', values: [c.renewed_soon, shareOf(c.renewed_soon, c.ended)] },
  ]
  return { code: 'renewals', columns: [count('complaints'), share('of_settled')], rows }
}

const satisfaction: Build = async (reading) => {
  const c = await reading.counts()
  const rows = [
    { key: 'answered', values: [c.answered, null] },
    { key: 'rated', values: [c.rated, shareOf(c.rated, c.answered)] },
    { key: 'satisfied', values: [c.satisfied, shareOf(c.satisfied, c.rated)] },
  ]
  return { code: 'satisfaction', columns: [count('complaints'), share('of_above')], rows }
}

/** What the other tables could not know, so that nobody reads more out of them than is in. */
const quality: Build = async (reading) => {
  const c = await reading.counts()
  const unsaid = async (dimension: Dimension): Promise<number> =>
    (await reading.breakdown(dimension))?.find(({ value }) => value === '')?.received ?? 0
  const [service, cause, region] = [await unsaid('service'), await unsaid('cause'), await unsaid('region')]
  const row = (key: string, n: number): FigureRow => ({ key, values: [n, shareOf(n, c.received)] })
  const rows = [
    row('without_service', service),
    row('without_cause', cause),
    row('without_region', region),
    row('receipt_failed', c.receipt_failed),
    row('refused_undirected', c.refused_undirected),
    row('not_due', c.not_due),
  ]
  return { code: 'quality', columns: [count('complaints'), share('of_received')], rows }
}

const BUILDS = {
  commitments,
  months,
  kinds,
  channels: ways('channels', 'channel'),
  languages: ways('languages', 'language'),
  services: breakdown('services', 'service', namesOfServices),
  causes: breakdown('causes', 'cause'),
  regions: breakdown('regions', 'region', namesOfRegions),
  review,
  grounds,
  waiting,
  time,
  outcomes,
  renewals,
  satisfaction,
  quality,
} as const satisfies Partial<Record<TableCode, Build>>

export type BuiltTable = keyof typeof BUILDS
export const BUILT_TABLES = Object.keys(BUILDS) as BuiltTable[]

/** The tables asked for, from the kept sums. One that the filters do not allow is left out. */
export const buildTables = async (
  reading: Reading,
  codes: readonly BuiltTable[] = BUILT_TABLES,
): Promise<FigureTable[]> => {
  const tables = await Promise.all(codes.map((code) => BUILDS[code](reading)))
  return tables.filter((table) => table !== undefined)
}

/** Puts the same a year earlier beside each count and share; rows meet by their key, months by their place. */
export const besideYearBefore = (table: FigureTable, before: FigureTable | undefined): FigureTable => {
  const rowBefore = (row: FigureRow, nth: number) =>
    table.code === 'months' ? before?.rows[nth] : before?.rows.find(({ key }) => key === row.key)
  return {
    ...table,
    columns: [...table.columns, ...table.columns.map((column): Column => ({ ...column, before: true }))],
    rows: table.rows.map((row, nth) => ({
      ...row,
      values: [
        ...row.values,
        ...(rowBefore(row, nth)?.values ??
          table.columns.map(({ unit }) => (unit === 'count' && before ? 0 : null))),
      ],
      ...(row.of ? { of: [...row.of, ...(rowBefore(row, nth)?.of ?? row.of.map(() => null))] } : {}),
    })),
  }
}
