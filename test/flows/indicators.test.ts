import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../src/db/client.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { chanceOf } from '../../src/seed/random.ts'
import { idsBehind, monthsBehind } from '../../src/supervision/list-behind.ts'
import { MEASURE_NAMES, MEASURES, type Measure } from '../../src/supervision/measures.ts'
import {
  type Filters,
  readBreakdown,
  readCounts,
  readDays,
  readGroups,
  timeOf,
  within,
} from '../../src/supervision/read-counts.ts'
import { refreshCells } from '../../src/supervision/refresh-cells.ts'
import { openTestDatabase } from '../support/acceptance.ts'
import {
  ANSWER_DAYS,
  addBody,
  dayAfter,
  daysBetween,
  type History,
  writeHistories,
} from '../support/histories.ts'

let db: Database
let close: () => Promise<void>
let today = '2026-11-21'
const clock = { now: () => new Date(`${today}T10:00:00Z`) }
const deps = () => ({ db, clock, officeZone: 'UTC', origins: ['file'] as const })
const YEARS: Filters = { from: '2020-01-01', until: '2030-12-01', bodies: 'everything' }

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

/** Every measure from the facts themselves, which knows nothing of what is kept. */
const countOneByOne = async (filters: Filters): Promise<Record<string, number>> => {
  const sums = MEASURE_NAMES.map((name) => `(count(*) filter (where ${MEASURES[name]}))::int as ${name}`)
  const [row = {}] = await db.sql<Record<string, number>[]>`
    select ${db.sql.unsafe(sums.join(', '))} from complaint_facts('UTC', ${today}::date) f
    where f.origin = 'file' and ${within(db.sql, filters)}`
  return row
}

describe('a nation whose truth is known', () => {
  const BODY = { steady: '', stalling: '' }
  const MONTHS = { from: '2026-06-01', until: '2026-11-01' }

  /**
   * Every fifth day sixty people complain to each body. The steady one answers one of them on each of the days 1 to 60: half within 30.
   * The stalling one answers the easy third within ten days, and nothing else, ever.
   */
  beforeAll(async () => {
    today = '2026-11-21'
    BODY.steady = await addBody(db, 'STEADY')
    BODY.stalling = await addBody(db, 'STALLING')
    const all: History[] = []
    for (let filed = MONTHS.from; filed <= today; filed = dayAfter(filed, 5))
      for (let n = 1; n <= 60; n += 1) {
        const common = { filed, kind: 'complaint' as const, channel: 'web', language: 'ar' as const }
        const answer = (days: number) => {
          const day = dayAfter(filed, days)
          return day <= today ? { reviewed: dayAfter(filed, Math.min(days, 3)), answered: day } : {}
        }
        all.push({ id: newUuidV7(), body: BODY.steady, ...common, ...answer(n) })
        all.push({
          id: newUuidV7(),
          body: BODY.stalling,
          ...common,
          ...(n <= 20 ? answer((n % 10) + 1) : {}),
        })
      }
    await writeHistories(db, all)
    await refreshCells(deps())
  })

  it('finds the median that is true, where leaving out what is open does not', async () => {
    const filters = { ...MONTHS, bodies: [BODY.steady] }
    const { median, p90, within } = timeOf(await readDays(db.sql, filters))
    expect({ median, p90 }).toEqual({ median: 30, p90: 54 })
    expect(within.map(({ share }) => Math.round((share ?? -1) * 600) / 600)).toEqual(
      [5, 10, 15, 30, 60, 60].map((days) => days / 60),
    )
    // The newest month as others publish it: answered ones alone, which can only have been quick.
    const [naive] = await db.sql<{ median: number }[]>`
      select percentile_cont(0.5) within group (order by answered_at::date - opened_at::date) as median
      from rounds r join complaints c on c.id = r.complaint_id
      where c.administration_id = ${BODY.steady} and c.received_at >= '2026-11-01' and answered_at is not null`
    expect(naive?.median).toBeLessThan(10)
  })

  it('finds the same for everybody together, which is kept apart, and body by body', async () => {
    const together = timeOf(await readDays(db.sql, { ...MONTHS, bodies: 'everything' }))
    expect(together.complaints).toBeGreaterThan(4_000)
    expect(timeOf(await readDays(db.sql, { ...MONTHS, bodies: Object.values(BODY) }))).toEqual(together)
  })

  it('says that a median is not known yet rather than a pretty one', async () => {
    const stalling = timeOf(await readDays(db.sql, { ...MONTHS, bodies: [BODY.stalling] }))
    expect(stalling.median).toBeUndefined()
    expect(stalling.within.at(-1)?.share).toBeCloseTo(1 / 3, 10)
  })

  it('judges the response by what is due: a third, which the answered among the ended would call all', async () => {
    const counts = await readCounts(db.sql, { ...MONTHS, bodies: [BODY.stalling] })
    expect(counts.due_answered / counts.due).toBeCloseTo(1 / 3, 10)
    expect(counts.due_in_time / counts.due).toBeCloseTo(1 / 3, 10)
    expect(counts.answered / counts.ended).toBe(1)
    const steady = await readCounts(db.sql, { ...MONTHS, bodies: [BODY.steady] })
    expect(steady.due_answered / steady.due).toBe(1)
    // Answered of received, as it is often published, would blame it for those whose turn has not come.
    expect(steady.answered / steady.received).toBeLessThan(0.85)
  })

  it('leaves the newest months open instead of judging them', async () => {
    const months = await readGroups(db.sql, { ...MONTHS, bodies: [BODY.steady] }, 'month')
    expect(months.map(({ key, due, not_due }) => [key, due > 0, not_due > 0])).toEqual([
      ['2026-06-01', true, false],
      ['2026-07-01', true, false],
      ['2026-08-01', true, false],
      ['2026-09-01', true, true],
      ['2026-10-01', false, true],
      ['2026-11-01', false, true],
    ])
  })
})

describe('the time to an answer of ten complaints, against a table made by hand', () => {
  // Answered after 3, 5, 5, 12, 20 and 40 days; open since 5, 8 and 30; one taken back after 20. By hand, at risk and left over:
  // day 3: 10, 0.9 · day 5: 9, 0.7 · day 12: 5, 0.56 · day 20: 4, 0.42 · day 40: 1, 0.
  const FILED = '2026-08-01'
  const DAY = '2026-11-21'
  let filters: Filters

  beforeAll(async () => {
    today = DAY
    const body = await addBody(db, 'TEN')
    const one = (more: Partial<History>): History => ({
      id: newUuidV7(),
      filed: FILED,
      body,
      kind: 'complaint',
      channel: 'web',
      language: 'fr',
      ...more,
    })
    const former = await addBody(db, 'FORMER')
    await writeHistories(db, [
      ...[3, 5, 5, 12, 20, 40].map((days, nth) =>
        one({
          reviewed: FILED,
          answered: dayAfter(FILED, days),
          // What happened before and after is no part of the time to the first answer.
          ...(nth === 0 ? { renewed: dayAfter(FILED, 9) } : {}),
          ...(nth === 1 ? { transferredFrom: former } : {}),
        }),
      ),
      ...[5, 8, 30].map((age) => one({ filed: dayAfter(DAY, -age) })),
      one({ withdrawn: dayAfter(FILED, 20) }),
      // Neither of these is an owed answer: learned on, refused as a double.
      one({ origin: 'practice', answered: dayAfter(FILED, 1) }),
      one({ refused: dayAfter(FILED, 2), ground: 'duplicate' }),
    ])
    filters = { ...YEARS, bodies: [body] }
    await refreshCells(deps())
  })

  it('is what the table says, where the answered alone would have half of them in nine days', async () => {
    const { complaints, median, p90, within } = timeOf(await readDays(db.sql, filters))
    expect({ complaints, median, p90 }).toEqual({ complaints: 10, median: 20, p90: 40 })
    expect(within.map(({ days, share }) => [days, Math.round((share ?? -1) * 100)])).toEqual([
      [5, 30],
      [10, 30],
      [15, 44],
      [30, 58],
      [60, 100],
      [75, 100],
    ])
  })

  it('and every share counts whom it should: transfers once, renewals by their first answer, practice never', async () => {
    const {
      received,
      due,
      due_answered,
      due_in_time,
      renewed,
      renewed_soon,
      transferred,
      withdrawn,
      refused,
      not_due,
    } = await readCounts(db.sql, filters)
    expect({
      received,
      due,
      due_answered,
      due_in_time,
      renewed,
      renewed_soon,
      transferred,
      withdrawn,
      refused,
      not_due,
    }).toEqual({
      received: 11,
      due: 6,
      due_answered: 6,
      due_in_time: 6,
      renewed: 1,
      renewed_soon: 1,
      transferred: 1,
      withdrawn: 1,
      refused: 1,
      not_due: 3,
    })
  })
})

describe('the kept sums', () => {
  const chance = chanceOf(7)
  const bodies: (string | null)[] = [null]
  const histories = new Map<string, History>()
  const pick = <T>(list: readonly T[]): T => chance.pick(list)

  const begin = (): History => {
    const filed = dayAfter(today, -chance.whole(0, 150))
    const one: History = {
      id: newUuidV7(),
      filed,
      body: pick(bodies),
      kind: pick(['complaint', 'complaint', 'complaint', 'observation', 'suggestion']),
      channel: pick(['web', 'sms', 'voice']),
      language: pick(['ar', 'fr', 'en']),
      origin: pick(['file', 'file', 'file', 'file', 'practice']),
      place: pick(['Fès', 'centre de Casablanca', 'أكادير', 'ailleurs', '']),
    }
    return live(one)
  }

  /** Lets something happen between the filing and today. */
  const live = (one: History): History => {
    const age = daysBetween(one.filed, today)
    const some = () => dayAfter(one.filed, chance.whole(0, age))
    const fate = chance.whole(0, 9)
    if (fate === 0) return { ...one, refused: some() }
    if (fate === 1) return { ...one, withdrawn: some() }
    if (fate < 4) return one
    const answered = some()
    const again = chance.happens(0.3)
      ? dayAfter(answered, chance.whole(0, daysBetween(answered, today)))
      : undefined
    return {
      ...one,
      reviewed: one.filed,
      answered,
      outcome: pick(['granted', 'partly_granted', 'not_granted', 'explained']),
      ...(chance.happens(0.5) ? { satisfied: again === undefined } : {}),
      ...(again === undefined ? {} : { renewed: again }),
    }
  }

  /** Worked out here, from what happened and nothing else. */
  const truthOf = (one: History): Partial<Record<Measure, boolean>> => {
    const due = dayAfter(one.filed, ANSWER_DAYS)
    const owed = !one.refused && !one.withdrawn
    const ended = one.answered ?? one.refused
    const running = one.renewed
      ? dayAfter(one.renewed, 15)
      : one.answered || one.refused || one.withdrawn
        ? undefined
        : dayAfter(one.filed, one.reviewed ? ANSWER_DAYS : 15)
    return {
      received: true,
      open: running !== undefined,
      overdue: running !== undefined && running < today,
      answered: one.answered !== undefined,
      refused: one.refused !== undefined,
      withdrawn: one.withdrawn !== undefined,
      due: owed && due < today,
      due_answered: owed && due < today && one.answered !== undefined,
      due_in_time: owed && due < today && one.answered !== undefined && one.answered <= due,
      not_due: owed && due >= today,
      settled: ended !== undefined && daysBetween(ended, today) > 30,
      settled_renewed: ended !== undefined && daysBetween(ended, today) > 30 && one.renewed !== undefined,
      renewed: one.renewed !== undefined,
      ended_last_days: ended !== undefined && daysBetween(ended, due) >= 0 && daysBetween(ended, due) <= 2,
      rated: one.satisfied !== undefined,
      satisfied: one.satisfied === true,
    }
  }

  const truth = (
    filters: Partial<Pick<History, 'body' | 'kind' | 'channel'>>,
  ): Partial<Record<Measure, number>> => {
    const all = [...histories.values()].filter(
      (one) =>
        one.origin === 'file' &&
        Object.entries(filters).every(([key, value]) => one[key as keyof History] === value),
    )
    const names = Object.keys(
      truthOf({ id: '', filed: today, body: null, kind: 'complaint', channel: '', language: 'ar' }),
    )
    return Object.fromEntries(
      names.map((name) => [name, all.filter((one) => truthOf(one)[name as Measure]).length]),
    )
  }

  const add = async (count: number) => {
    const fresh = Array.from({ length: count }, begin)
    for (const one of fresh) histories.set(one.id, one)
    await writeHistories(db, fresh)
  }

  beforeAll(async () => {
    await db.sql`delete from complaints`
    bodies.push(await addBody(db, 'ONE'), await addBody(db, 'TWO'))
    await add(400)
  })

  const check = async () => {
    await refreshCells(deps())
    expect(await readCounts(db.sql, YEARS)).toMatchObject(truth({}))
    expect(await readCounts(db.sql, YEARS)).toEqual(await countOneByOne(YEARS))
    const [, one = ''] = bodies
    const narrow: Filters = { ...YEARS, bodies: [one ?? ''], kind: 'complaint', channel: 'sms' }
    expect(await readCounts(db.sql, narrow)).toMatchObject(
      truth({ body: one ?? '', kind: 'complaint', channel: 'sms' }),
    )
    expect(await readCounts(db.sql, narrow)).toEqual(await countOneByOne(narrow))
  }

  it('equal the truth, and the slow count of every measure', check)

  it('follow what happens: answers, transfers, re-submissions, erasures of practice', async () => {
    const changed = [...histories.values()].slice(0, 60)
    await db.sql`delete from complaints where id = any(${changed.map(({ id }) => id)}::uuid[])`
    for (const { id } of changed) histories.delete(id)
    const moved = [...histories.values()].slice(0, 40)
    const [, one, two] = bodies
    for (const history of moved) {
      const body = history.body === one ? two : one
      histories.set(history.id, { ...history, body: body ?? null })
      await db.sql`update complaints set administration_id = ${body ?? null} where id = ${history.id}`
    }
    const waiting = [...histories.values()]
      .filter((h) => !h.answered && !h.refused && !h.withdrawn)
      .slice(0, 30)
    for (const history of waiting) {
      histories.set(history.id, { ...history, answered: today })
      await db.sql`update rounds set answered_at = ${clock.now()} where complaint_id = ${history.id}`
      await db.sql`update complaints set status = 'answered' where id = ${history.id}`
    }
    await add(50)
    await check()
  })

  it('follow the days, though nothing happens', async () => {
    for (const days of [1, 14, 40, 90]) {
      today = dayAfter(today, days)
      await check()
    }
  })

  it('list behind each number exactly those complaints that the facts say', async () => {
    const counts = await readCounts(db.sql, YEARS)
    for (const measure of MEASURE_NAMES) {
      const behind = { filters: YEARS, selection: { measure }, asOf: today }
      const months = await monthsBehind(db.sql, behind)
      const ids = await idsBehind(db.sql, behind, months, { limit: 1_000, offset: 0 })
      const facts = await db.sql<{ id: string }[]>`
        select id from complaint_facts('UTC', ${today}::date) f
        where f.origin = 'file' and ${within(db.sql, YEARS)} and (${db.sql.unsafe(MEASURES[measure])})`
      expect(ids.toSorted(), measure).toEqual(facts.map(({ id }) => id).toSorted())
      expect(months.reduce((sum, { count }) => sum + count, 0)).toBe(counts[measure])
    }
  })

  it('know the region of a place as people write it', async () => {
    const rows = await readBreakdown(db.sql, YEARS, 'region')
    const sum = (places: string[]) =>
      [...histories.values()].filter(({ origin, place = '' }) => origin === 'file' && places.includes(place))
        .length
    expect(Object.fromEntries((rows ?? []).map(({ value, received }) => [value, received]))).toEqual({
      'MA-03': sum(['Fès']),
      'MA-06': sum(['centre de Casablanca']),
      'MA-09': sum(['أكادير']),
      '': sum(['ailleurs', '']),
    })
  })

  it('are counted once by two that sweep at the same moment', async () => {
    await add(20)
    await Promise.all([refreshCells(deps()), refreshCells(deps())])
    await check()
  })
})
