import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { citizenState, type Status } from '../../src/core/complaint.ts'
import { officeDay } from '../../src/core/deadlines.ts'
import type { FigureTable } from '../../src/core/figure-table.ts'
import type { Database } from '../../src/db/client.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { seedComplaints } from '../../src/seed/complaints.ts'
import { chanceOf } from '../../src/seed/random.ts'
import { protectTable } from '../../src/supervision/protect.ts'
import { readState } from '../../src/supervision/read-counts.ts'
import { openReading } from '../../src/supervision/reading.ts'
import { refreshCells } from '../../src/supervision/refresh-cells.ts'
import { buildTables } from '../../src/supervision/tables.ts'
import { openTestDatabase, testSecrets } from '../support/acceptance.ts'
import { addBody, writeHistories } from '../support/histories.ts'
import { startWebServer } from '../support/web-server.ts'

let db: Database
let close: () => Promise<void>
let server: Awaited<ReturnType<typeof startWebServer>>
const zone = 'Africa/Casablanca'

beforeAll(async () => {
  const open = await openTestDatabase()
  ;({ db, close } = open)
  server = await startWebServer({ databaseUrl: open.url, folder: '/tmp/wasl-open-data' })
  const deps = {
    db,
    clock: systemClock,
    newId: newUuidV7,
    secrets: testSecrets,
    officeZone: zone,
    besideFilings: false,
  }
  await seedAdministrations(deps)
  await seedComplaints(deps)
  // One body gets most of it, so that there are groups large enough to be shown.
  await db.sql`update complaints set administration_id = (select id from administrations where code = 'SANTE'), service_id = null
    where administration_id is not null and get_byte(uuid_send(id), 15) < 190`
  await refreshCells({ db, clock: systemClock, officeZone: zone, origins: ['file', 'seed'] })
})
afterAll(async () => {
  await server.close()
  await close()
})

const get = async (path: string) => {
  const response = await fetch(`${server.url}${path}`)
  expect(response.status, path).toBe(200)
  // `text()` would take the mark of UTF-8 off.
  return { text: Buffer.from(await response.arrayBuffer()).toString('utf8'), headers: response.headers }
}

/** RFC 4180, read strictly: CRLF after each record, as many cells in each as in the first. */
const parse = (csv: string): Record<string, string>[] => {
  expect(csv.startsWith('\uFEFF')).toBe(true)
  expect(csv.endsWith('\r\n')).toBe(true)
  const lines = csv.slice(1, -2).split('\r\n')
  const cells = (line: string): string[] =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(
      ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
    )
  const [names = [], ...records] = lines.map(cells)
  return records.map((record) => {
    expect(record).toHaveLength(names.length)
    return Object.fromEntries(names.map((name, nth) => [name, record[nth] ?? '']))
  })
}

const years = async (): Promise<number[]> => JSON.parse((await get('/open-data/complaints.json')).text).years
const gridOf = async (year: number) => parse((await get(`/open-data/complaints.csv?year=${year}`)).text)
const DIMENSIONS = ['month', 'body', 'service', 'kind', 'channel', 'region', 'state'] as const
type Cell = Record<(typeof DIMENSIONS)[number], string> & { readonly count: number }
const keyOf = (row: Record<string, unknown>): string => DIMENSIONS.map((name) => row[name]).join(' | ')

/** What is true, counted by a query that knows nothing of the kept sums. */
const truth = async (): Promise<Map<string, Cell>> => {
  const filed = await db.sql<(Omit<Cell, 'state' | 'month'> & { status: Status; receivedAt: Date })[]>`
    select c.received_at as "receivedAt", a.code as body, coalesce(s.code, '') as service, c.kind,
           c.channel, coalesce(region_of(c.place), '') as region, c.status, 1 as count
    from complaints c join administrations a on a.id = c.administration_id left join services s on s.id = c.service_id`
  const monthOf = (at: Date): string => `${officeDay(at, zone).slice(0, 7)}-01`
  const rows = filed
    .map(({ receivedAt, ...row }) => ({ ...row, month: monthOf(receivedAt) }))
    .filter(({ month }) => month < monthOf(systemClock.now()))
  const cells = new Map<string, Cell>()
  for (const { status, ...row } of rows) {
    const cell = { ...row, state: citizenState(status) } as Cell
    cells.set(keyOf(cell), { ...cell, count: cell.count + (cells.get(keyOf(cell))?.count ?? 0) })
  }
  return cells
}

interface Unknown {
  low: number
  high: number
}

/** Sums that somebody outside knows: what stands on the left is what the unknowns of the right add up to. */
interface Equation {
  readonly sum: number
  readonly of: readonly string[]
}

/** Narrows every unknown by every sum until nothing moves. */
const solve = (
  names: Iterable<string>,
  equations: readonly Equation[],
  perhapsNone: ReadonlySet<string> = new Set(),
): Map<string, Unknown> => {
  const found = new Map(
    [...names].map((name) => [name, { low: perhapsNone.has(name) ? 0 : 1, high: 1_000_000 }]),
  )
  const at = (name: string): Unknown => found.get(name) ?? { low: 0, high: 0 }
  for (let moved = true; moved; ) {
    moved = false
    for (const { sum, of } of equations)
      for (const name of of) {
        const others = of.filter((other) => other !== name)
        const high = Math.min(at(name).high, sum - others.reduce((all, other) => all + at(other).low, 0))
        const low = Math.max(at(name).low, sum - others.reduce((all, other) => all + at(other).high, 0))
        if (high < at(name).high || low > at(name).low) moved = true
        found.set(name, { low, high })
      }
  }
  return found
}

describe('the open data', () => {
  it('have a row for each month, body, service, kind, channel, region and state, and every number in them is true', async () => {
    const known = await truth()
    const seen: Record<string, string>[] = []
    for (const year of await years()) seen.push(...(await gridOf(year)))
    expect(Object.keys(seen[0] ?? {})).toEqual([...DIMENSIONS, 'received'])
    const shown = seen.filter(({ received, state }) => received !== '<5' && state !== '*')
    expect(shown.length).toBeGreaterThan(5)
    for (const row of shown) expect(Number(row['received']), keyOf(row)).toBe(known.get(keyOf(row))?.count)
    expect(shown.filter(({ received }) => Number(received) < 5)).toEqual([])
    // Nobody is left out: what is not told apart is told together.
    const groups = (rows: Iterable<Record<string, unknown>>) =>
      new Set([...rows].map(({ month, body, kind }) => `${month} ${body} ${kind}`))
    const told = groups(seen)
    for (const group of groups(known.values() as Iterable<never>)) expect(told.has(group), group).toBe(true)
  })

  it('are the same as JSON, with the licence, every column in the dictionary and the addresses of all years', async () => {
    const [year = 0] = await years()
    const { licence, columns, rows, refreshedAt } = JSON.parse(
      (await get(`/open-data/complaints.json?year=${year}`)).text,
    )
    expect(licence.url).toMatch(/^https:/)
    expect(Date.parse(refreshedAt)).toBeGreaterThan(0)
    const csv = await gridOf(year)
    expect(
      rows.map((row: object) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, String(v)]))),
    ).toEqual(csv)
    for (const name of Object.keys(csv[0] ?? {})) expect(columns[name], name).toBeTruthy()
    const { headers } = await get('/open-data/complaints.csv')
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    const again = await fetch(`${server.url}/open-data/complaints.csv`, {
      headers: { 'if-none-match': headers.get('etag') ?? '' },
    })
    expect(again.status).toBe(304)
  })

  it('give no small number away to somebody who has all files and narrows every unknown by every sum', async () => {
    const bodies = parse((await get('/open-data/bodies.csv')).text)
    const grid = (await Promise.all((await years()).map(gridOf))).flat()
    const known = await truth()
    const margin = (row: Record<string, unknown>) => `${row['month']} ${row['body']} ${row['kind']}`
    const equations: Equation[] = []
    const secrets = new Map<string, number>()
    // Every sum over bodies, kinds or months, as if somebody inside had told them all.
    const truths = new Map<string, number>()
    for (const cell of known.values()) truths.set(margin(cell), (truths.get(margin(cell)) ?? 0) + cell.count)
    for (const [name, count] of truths) if (count < 5) secrets.set(name, count)
    const perhapsNone = new Set<string>()
    for (const line of [
      ['month', 'kind'],
      ['body', 'kind'],
      ['month', 'body'],
    ] as const) {
      const lines = Map.groupBy(bodies, (row) => line.map((name) => row[name]).join(' '))
      for (const rows of lines.values()) {
        const hidden = rows.filter(({ received }) => received === '<5').map(margin)
        const whole = rows.reduce((sum, row) => sum + (truths.get(margin(row)) ?? 0), 0)
        const sum = hidden.reduce((all, name) => all + (truths.get(name) ?? 0), 0)
        if (hidden.some((name) => !truths.has(name))) for (const name of hidden) perhapsNone.add(name)
        // A sum that is small is kept back wherever it stands.
        if (whole >= 5) equations.push({ sum, of: hidden })
      }
    }
    for (const [name, rows] of Map.groupBy(grid, margin)) {
      const row = bodies.find((one) => margin(one) === name)
      const hidden = rows.filter(({ received, state }) => received === '<5' && state !== '*')
      const shown = rows.reduce((sum, { received }) => sum + (received === '<5' ? 0 : Number(received)), 0)
      for (const one of hidden) {
        const count = known.get(keyOf(one))?.count ?? 0
        if (count < 5) secrets.set(keyOf(one), count)
      }
      if (row?.['received'] !== '<5')
        equations.push({ sum: Number(row?.['received']) - shown, of: hidden.map(keyOf) })
    }
    const found = solve([...new Set(equations.flatMap(({ of }) => of))], equations, perhapsNone)
    expect(secrets.size).toBeGreaterThan(100)
    const worked = [...secrets].filter(([name]) => {
      const { low, high } = found.get(name) ?? { low: 1, high: 4 }
      return low === high
    })
    expect(worked).toEqual([])
    // The same attack upon data in which small numbers alone were hidden finds them: it has teeth.
    const naive = [...Map.groupBy(known.values(), margin)].flatMap(([name, cells]): Equation[] => {
      const small = cells.filter(({ count }) => count < 5)
      return (truths.get(name) ?? 0) < 5
        ? []
        : [{ sum: small.reduce((sum, { count }) => sum + count, 0), of: small.map(keyOf) }]
    })
    const pinned = [
      ...solve(
        naive.flatMap(({ of }) => of),
        naive,
      ).values(),
    ].filter(({ low, high }) => low === high)
    expect(pinned.length).toBeGreaterThan(5)
  })

  it('define each number in words and in facts, so that anybody can count again', async () => {
    const { facts, measures, indicators, columns } = JSON.parse(
      (await get('/open-data/indicators.json')).text,
    )
    const named = Object.values<string>(measures).flatMap((sql) => [...sql.matchAll(/\bf\.(\w+)/g)])
    expect(named.filter(([, fact = '']) => !(fact in facts))).toEqual([])
    for (const { code, numerator, ...said } of indicators) {
      expect(measures).toHaveProperty(numerator)
      for (const what of ['name', 'question', 'cohort', 'exclusions'])
        for (const locale of ['ar', 'fr', 'en'])
          expect(said[what]?.[locale], `${code} ${what} ${locale}`).toMatch(/\p{L}{2}/u)
    }
    for (const file of ['statistics', 'bodies', 'complaints']) {
      const [row = {}] = parse((await get(`/open-data/${file}.csv`)).text)
      expect(Object.keys(row).filter((column) => !(column in columns))).toEqual([])
    }
  })

  it('hold in CSV all that JSON does, comparisons too, and nothing under the name of another year', async () => {
    const { tables, comparisons } = JSON.parse((await get('/open-data/statistics.json')).text)
    const all = [...tables, ...comparisons.map(({ table }: { table: object }) => table)]
    const lines = all.flatMap(({ rows, columns }) => rows.flatMap(() => columns))
    expect(parse((await get('/open-data/statistics.csv')).text)).toHaveLength(lines.length)
    for (const { group, table } of comparisons)
      for (const { key, values } of table.rows)
        expect({ key, isKept: values[2] === 'few' }).toEqual({ key, isKept: group === 'unranked' })
    for (const year of ['1999', 'abc', '', '2026&year=2026'])
      expect((await fetch(`${server.url}/open-data/complaints.csv?year=${year}`)).status, year).toBe(404)
  })

  it('tell nobody who subtracts one edition from the next where one person is, or how they wrote', async () => {
    const chance = chanceOf(23)
    const body = await addBody(db, 'WATCHED')
    const held = ['channels', 'languages', 'regions', 'causes']
    const edition = async () => {
      const { tables } = JSON.parse((await get('/open-data/statistics.json')).text) as {
        tables: FigureTable[]
      }
      return tables.filter(({ code }) => held.includes(code))
    }
    /** Every number of people that anyone reads, by the name of its cell. */
    const people = (tables: readonly FigureTable[]) =>
      new Map(
        tables.flatMap(({ code, columns, rows }) =>
          rows.flatMap(({ key, values }) =>
            columns.flatMap(({ unit, code: column }, nth) =>
              unit === 'count' && typeof values[nth] === 'number'
                ? [[`${code} ${key} ${column}`, values[nth]] as const]
                : [],
            ),
          ),
        ),
      )
    const differences = (before: Map<string, number>, after: Map<string, number>) =>
      [...after].map(([name, n]) => Math.abs(n - (before.get(name) ?? n))).filter((n) => n > 0)
    const fresh = async () => {
      const { asOf = '' } = (await readState(db.sql)) ?? {}
      const until = `${asOf.slice(0, 7)}-01`
      const from = Temporal.PlainDate.from(until).subtract({ months: 11 }).toString()
      const reading = openReading(db.sql, { from, until, bodies: 'everything' })
      return people(
        (await buildTables(reading, ['channels', 'languages', 'regions', 'causes'])).map(protectTable),
      )
    }
    let [before, naiveBefore] = [people(await edition()), await fresh()]
    const seen: number[] = []
    const naive: number[] = []
    for (let step = 0; step < 12; step += 1) {
      const today = new Date().toISOString().slice(0, 10)
      const some = Array.from({ length: chance.whole(1, 3) }, () => ({
        id: newUuidV7(),
        body,
        filed: today,
        kind: 'complaint' as const,
        channel: chance.pick(['web', 'voice']),
        language: chance.pick(['ar', 'fr'] as const),
        place: chance.pick(['Fès', 'Agadir']),
      }))
      await writeHistories(db, some)
      await refreshCells({ db, clock: systemClock, officeZone: zone, origins: ['file', 'seed'] })
      const [after, naiveAfter] = [people(await edition()), await fresh()]
      seen.push(...differences(before, after))
      naive.push(...differences(naiveBefore, naiveAfter))
      ;[before, naiveBefore] = [after, naiveAfter]
    }
    // What is counted at each moment would say of single people where they are; what is published never does, and still moves.
    expect(naive.filter((n) => n < 5).length).toBeGreaterThan(10)
    expect(seen.filter((n) => n < 5)).toEqual([])
    expect(seen.length).toBeGreaterThan(2)
  })

  it('say on a light page without a script how fresh they are and where each file is', async () => {
    for (const locale of ['ar', 'fr', 'en']) {
      const { text } = await get(`/${locale}/statistics`)
      expect(Buffer.byteLength(text)).toBeLessThan(100_000)
      expect(text).not.toMatch(/<script/)
      expect(text).toMatch(/href="\/open-data\/complaints\.csv"/)
      expect(text).toContain(String(new Date().getUTCFullYear()))
    }
  })
})
