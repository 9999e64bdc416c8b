import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FigureTable } from '../../src/core/figure-table.ts'
import type { Database } from '../../src/db/client.ts'
import { shareText } from '../../src/html/figure-words.ts'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { seedComplaints } from '../../src/seed/complaints.ts'
import { hiddenOf, protectTable } from '../../src/supervision/protect.ts'
import { readOpenRows, readPublicStatistics } from '../../src/supervision/public-statistics.ts'
import { refreshCells } from '../../src/supervision/refresh-cells.ts'
import { openTestDatabase, testSecrets } from '../support/acceptance.ts'
import { openDesk } from '../support/desk.ts'

let db: Database
let close: () => Promise<void>
let desk: Awaited<ReturnType<typeof openDesk>>
const zone = 'Africa/Casablanca'
/** The address in an attribute. */
const plain = (href = ''): string => href.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
const counting = () => ({ db, clock: systemClock, officeZone: zone, origins: ['file', 'seed'] as const })

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
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
  await refreshCells(counting())
  desk = await openDesk(db, createFileStore({ folder: '/tmp/wasl-no-objects' }), undefined, {}, undefined, {
    origins: ['file', 'seed'],
  })
})
afterAll(async () => {
  await desk.close()
  await close()
})

describe('small groups', () => {
  const table = (values: number[]): FigureTable => ({
    code: 'regions',
    columns: [{ code: 'received', unit: 'count' }],
    rows: values.map((value, nth) => ({ key: String(nth), values: [value] })),
  })
  const shown = (values: number[]) => protectTable(table(values)).rows.map(({ values: [value] }) => value)

  it.each([
    ['nothing to hide', [12, 0, 5], [12, 0, 5]],
    ['one small part takes the next one with it', [40, 3, 9], [40, 'few', 'few']],
    ['two small parts hide each other', [40, 3, 2], [40, 'few', 'few']],
    ['a small part alone with nothing beside it', [3, 0], ['few', 0]],
  ] as const)('%s', (_name, given, wanted) => expect(shown([...given])).toEqual(wanted))

  it('keeps back a share that gives its numerator away', () => {
    const judged: FigureTable = {
      code: 'bodies',
      columns: [
        { code: 'in_time', unit: 'share' },
        { code: 'due', unit: 'count' },
      ],
      rows: [
        { key: 'A', values: [0.98, 100] },
        { key: 'B', values: [0.7, 100] },
      ],
    }
    expect(protectTable(judged).rows.map(({ values }) => values)).toEqual([
      ['few', 100],
      [0.7, 100],
    ])
  })

  it('leave no sum over a grid with a single hidden part', () => {
    const cells = Array.from({ length: 200 }, (_, nth) => ({
      count: (nth * 7919) % 23,
      lines: [`row ${nth % 20}`, `column ${Math.floor(nth / 20)}`],
    }))
    const hidden = hiddenOf(cells)
    for (const cell of cells) if (cell.count > 0 && cell.count < 5) expect(hidden.has(cell)).toBe(true)
    for (const line of new Set(cells.flatMap(({ lines }) => lines))) {
      const parts = cells.filter(({ lines, count }) => lines.includes(line) && count > 0)
      const kept = parts.filter((cell) => hidden.has(cell)).length
      expect(kept === 1 && parts.length > 1, line).toBe(false)
    }
  })
})

describe('what the public sees', () => {
  it('has no small number, in any table or open row', async () => {
    const { tables = [], comparisons = [] } = (await readPublicStatistics(db.sql)) ?? {}
    expect(tables.length).toBeGreaterThan(8)
    const counts = [...tables, ...comparisons.map(({ table }) => table)].flatMap(({ columns, rows }) =>
      rows.flatMap(({ values }) => values.filter((_, nth) => columns[nth]?.unit === 'count')),
    )
    expect(counts.filter((value) => typeof value === 'number' && value > 0 && value < 5)).toEqual([])
    const rows = await readOpenRows(db.sql)
    expect(rows.length).toBeGreaterThan(100)
    expect(rows.filter(({ received }) => received !== '<5' && received < 5 && received > 0)).toEqual([])
  })
})

describe('the desk', () => {
  const behind = (page: string) => Number(/data-count="(\d+)"/.exec(page)?.[1])
  const links = (page: string) =>
    [...page.matchAll(/href="(\/console\/indicators\/(?:list|bodies)[^"]*)"[^>]*><bdi>([^<]+)</g)].map(
      ([, href = '', words = '']) => ({ href: plain(href), words }),
    )
  const measureIn = (href: string) => new URLSearchParams(href.split('?')[1]).get('measure') ?? ''
  const other = (href: string, measure: string) => href.replace(/measure=\w+/, `measure=${measure}`)
  /** What a share is a share of. */
  const AMONG: Readonly<Record<string, string>> = {
    due_answered: 'due',
    due_in_time: 'due',
    settled_renewed: 'settled',
  }

  /** Rows of the file behind a number: the complaints themselves, not a count of them. */
  const rowsBehind = async ({ get }: Awaited<ReturnType<typeof desk.enter>>, href: string) => {
    const file = await get(href.replace('/list?', '/list.csv?'))
    expect(file.statusCode, href).toBe(200)
    return file.body.trim().split('\r\n').slice(1)
  }

  /** The day that bounds an estimate: its number opens the answers it stands on, and is no count of them. */
  const isEstimate = (href: string) => measureIn(href) === 'answered' && href.includes('days=')

  const monthsAgo = (months: number): string =>
    Temporal.Now.plainDateISO('UTC').subtract({ months }).toString().slice(0, 7)

  const PAGES: readonly (readonly [Parameters<typeof desk.enter>, string])[] = [
    [['ministry-supervisor'], '?kind=all'],
    [['ministry-supervisor'], '?channel=sms&language=ar'],
    [['ministry-supervisor'], '?kind=all&body=SANTE'],
    [['triage'], `?from=${monthsAgo(4)}&until=${monthsAgo(2)}`],
    [['auditor'], '?kind=suggestion&channel=web'],
    [['manager', 'SANTE'], ''],
    [['manager', 'SANTE'], '?kind=all&language=fr'],
    [['agent', 'SANTE-FES'], '?kind=all'],
  ]

  it.each(PAGES)(
    'shows %j on %s no number that its list does not hold, to the unit (U29)',
    async (who, query) => {
      const person = await desk.enter(...who)
      const page = (await person.get(`/console/indicators${query}`)).body
      const found = [...new Map(links(page).map((link) => [link.href, link])).values()]
      expect(found.length).toBeGreaterThan(who[0] === 'agent' ? 5 : 20)
      // Some of them on each page, others on the next: all kinds of numbers are asked for, few of them twice.
      const nth = PAGES.findIndex(([one, asked]) => one === who && asked === query)
      for (const { href, words } of found.filter((_, at) => found.length < 60 || at % 5 === nth % 5)) {
        if (href.startsWith('/console/indicators/bodies')) continue
        const rows = await rowsBehind(person, href)
        expect(new Set(rows).size, href).toBe(rows.length)
        const among = AMONG[measureIn(href)]
        if (words.includes('%') && among && !isEstimate(href)) {
          const all = await rowsBehind(person, other(href, among))
          expect({ href, words: shareText('fr', rows.length / all.length) }).toEqual({ href, words })
        } else if (!isEstimate(href))
          expect({ href, count: rows.length }).toEqual({ href, count: Number(words.replace(/\D/g, '')) })
        if (who[1])
          expect(
            rows.every((row) => row.includes(`,${who[1]}`)),
            href,
          ).toBe(true)
      }
    },
  )

  it('opens each kind of number of each table, and a page at a time what is long', async () => {
    const chief = await desk.enter('ministry-supervisor')
    const page = (await chief.get('/console/indicators?kind=all')).body
    const sections = [...page.matchAll(/<section class="figure" aria-labelledby="(\w+)">(.*?)<\/section>/gs)]
    const closed = sections.flatMap(([, code = '', section = '']) =>
      links(section).length > 0 ? [] : [code],
    )
    expect(closed).toEqual([])
    const opened = new Set(links(page).map(({ href }) => href.replace(/=[^&]*/g, '')))
    expect(opened.size).toBeGreaterThan(4)
    const href = '/console/indicators/list?kind=all&measure=received'
    const all = await rowsBehind(chief, href)
    const first = (await chief.get(href)).body
    expect(behind(first)).toBe(all.length)
    const listed: string[] = []
    for (let n = 1; n <= Math.ceil(all.length / 50); n += 7) {
      const { body } = await chief.get(`${href}&page=${n}`)
      const references = [...body.matchAll(/complaints\/(\d{10})"/g)].map(([, one = '']) => one)
      expect(references).toEqual(all.slice((n - 1) * 50, n * 50).map((row) => row.slice(0, 10)))
      listed.push(...references)
    }
    expect(listed.length).toBeGreaterThan(200)
  })

  it('opens no list of what does not exist', async () => {
    const chief = await desk.enter('ministry-supervisor')
    for (const query of [
      'measure=anything',
      'measure=received&days=soon',
      'measure=received&dimension=name&value=x',
    ])
      expect((await chief.get(`/console/indicators/list?${query}`)).statusCode, query).toBe(404)
  })

  it('finds nobody of the demo refusing without a direction: its officials name who is competent', async () => {
    const chief = await desk.enter('ministry-supervisor')
    const page = (await chief.get('/console/indicators?from=2015-01&kind=all')).body
    expect(page).toContain('Signes à regarder de près')
    expect(page).not.toContain('incompétence, sans orientation')
    const refused = await db.sql`
      select count(*)::int as n from complaints where ground = 'other_authority' and origin = 'seed'`
    expect(refused[0]?.['n']).toBeGreaterThan(3)
  })

  it('gives each drawing a table with a caption, a sentence and a CSV that equals the screen', async () => {
    const chief = await desk.enter('ministry-supervisor')
    const page = (await chief.get('/console/indicators?kind=all')).body
    const sections = [...page.matchAll(/<section class="figure" aria-labelledby="(\w+)">(.*?)<\/section>/gs)]
    expect(sections.length).toBeGreaterThan(12)
    for (const [, code, section = ''] of sections) {
      expect(section, code).toMatch(/<p class="said-first">[^<]{10,}/)
      expect(section, code).toContain('<caption')
      const href = plain(/href="([^"]*tables\.csv[^"]*)"/.exec(section)?.[1])
      const csv = (await chief.get(href)).body.trim().split('\r\n').slice(1)
      expect(csv.length, code).toBe(section.match(/<th scope="row"/g)?.length)
    }
  })

  it('gives the comparison, and all tables in one file of one width, as CSV', async () => {
    const chief = await desk.enter('ministry-supervisor')
    const page = (await chief.get('/console/indicators?kind=all')).body
    const comparison = page
      .match(/<section class="figure"><h2>.*?<\/section>/gs)
      ?.find((section) => section.includes('tables.csv'))
    const linesOf = async (href: string) => (await chief.get(href)).body.trim().split('\r\n')
    const compared = await linesOf(plain(/href="([^"]*tables\.csv[^"]*)"/.exec(comparison ?? '')?.[1]))
    expect(compared.length - 1).toBe(comparison?.match(/<th scope="row"/g)?.length)
    const all = await linesOf('/console/indicators/tables.csv?kind=all')
    const widths = all.map((line) => line.replaceAll(/"[^"]*"/g, '').split(',').length)
    expect(new Set(widths)).toEqual(new Set([8]))
    for (const table of ['months', 'quality', 'bodies'])
      expect(
        all.some((line) => line.startsWith(`${table},`)),
        table,
      ).toBe(true)
  })

  it('shows a body its own numbers, and no others', async () => {
    const manager = await desk.enter('manager', 'SANTE')
    const own = await manager.get('/console/indicators')
    expect(own.statusCode).toBe(200)
    expect(own.body).not.toContain('ONEE')
    expect((await manager.get('/console/indicators?body=ONEE')).statusCode).toBe(404)
    expect((await manager.get('/console/indicators?body=SANTE-FES')).statusCode).toBe(200)
  })

  it('is closed to those who learn', async () => {
    expect((await (await desk.enter('trainee', 'SANTE')).get('/console/indicators')).statusCode).toBe(403)
  })
})
