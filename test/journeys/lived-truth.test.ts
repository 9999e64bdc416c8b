import { afterAll, beforeAll, expect, it } from 'vitest'
import { readDeadlineRules } from '../../src/deadlines/current-rules.ts'
import { closeSatisfied } from '../../src/handling/rate-answer.ts'
import { resubmitComplaint } from '../../src/handling/resubmit-complaint.ts'
import { withdrawComplaint } from '../../src/handling/withdraw-complaint.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { chanceOf } from '../../src/seed/random.ts'
import { refreshCells } from '../../src/supervision/refresh-cells.ts'
import { ALL_YES, startHandlingHouse } from '../support/handling-house.ts'
import { answeredWithin, dayOf, isRunning, type Lived, present, truthOf } from '../support/lived-filings.ts'

const CODES = ['SANTE', 'COMMUNE'] as const
const DAY_MS = 86_400_000
// Across the year's end; the State set its clock back by an hour in September, which not every PostgreSQL has heard of.
let now = new Date('2026-10-30T10:00:00Z')
let house: Awaited<ReturnType<typeof startHandlingHouse>>
let rules: Awaited<ReturnType<typeof readDeadlineRules>>
const all: Lived[] = []
const chance = chanceOf(90)

beforeAll(async () => {
  house = await startHandlingHouse(CODES, { now: () => now })
  rules = await readDeadlineRules(house.base)
})
afterAll(() => house.close())

/** Asked of the record once, for what the acts themselves do not say. */
const datesOf = async (id: string, round: number) => {
  const rows = await house.db.sql<{ kind: string; on: string }[]>`
    select kind, due_on::text as on from deadlines where complaint_id = ${id} and round = ${round}`
  const of = (kind: string) => rows.find((row) => row.kind === kind)?.on ?? ''
  return { reviewBy: of('review'), answerBy: of('answer') }
}

const file = async (): Promise<void> => {
  const facts = {
    kind: chance.pick(['complaint', 'complaint', 'suggestion'] as const),
    channel: chance.pick(['web', 'sms']),
  }
  const body = chance.pick(CODES)
  const { complaintId: id, reference } = await house.filed(body, { ...facts, receivedAt: now })
  const round = { opened: now, ...(await datesOf(id, 1)) }
  all.push({ id, reference, body, ...facts, transferred: false, rounds: [round] })
}

/** The body's people; who reviews a second round is somebody else. */
const atDesk = async (one: Lived, verb: string, said: object): Promise<boolean> => {
  const who = one.rounds.length === 1 ? 'agent' : 'manager'
  return (await house.act(`${one.body}.${who}`, one.reference, verb, said)).status === 204
}
const byCitizen = (
  work: (
    tx: Parameters<typeof withdrawComplaint>[0],
    act: { now: Date; newId: () => string; actor: string },
  ) => Promise<unknown>,
): Promise<boolean> =>
  house.db.orm
    .transaction((tx) => work(tx, { now, newId: newUuidV7, actor: 'citizen:web' }))
    .then(
      () => true,
      () => false,
    )

const isMergedInto = (one: Lived) => (other: Lived) => present(other).merged?.into === one

const ACTS: Readonly<Record<string, (one: Lived) => Promise<unknown>>> = {
  review: async (one) => {
    const [refused, undirected] = [chance.next() < 0.3, chance.next() < 0.5]
    const no = { checks: { ...ALL_YES, no_court: false }, ground: 'other_authority', reason: 'Non.' }
    const said = refused ? { ...no, ...(undirected ? {} : { direction: 'La cour' }) } : { checks: ALL_YES }
    if (!present(one).reviewed && (await atDesk(one, 'review', said)))
      Object.assign(present(one), { reviewed: now, refused, undirected })
  },
  answer: async (one) => {
    const outcome = chance.pick(['granted', 'explained'])
    // The same words once more are the same answer.
    if (isRunning(one) && (await atDesk(one, 'answer', { text: 'Voilà.', outcome })))
      Object.assign(present(one), { answered: now, outcome, reviewed: present(one).reviewed ?? now })
  },
  transfer: async (one) => {
    const administration = CODES.find((code) => code !== one.body) ?? ''
    // A third time would bring it before triage.
    if (one.transferred || !(await atDesk(one, 'transfer', { administration, reason: 'Pas nous.' }))) return
    await house.relay.drain()
    Object.assign(one, { transferred: true, body: administration })
  },
  merge: async (one) => {
    const into = all.find((other) => other !== one && other.body === one.body && isRunning(other))
    if (into && !all.some(isMergedInto(one)) && (await atDesk(one, 'merge', { into: into.reference })))
      present(one).merged = { into, at: now, intoRound: into.rounds.length }
  },
  withdraw: async (one) => {
    const round = present(one)
    if (round.withdrawn || round.refused || round.merged || round.satisfied !== undefined) return
    if (!(await byCitizen((tx, act) => withdrawComplaint(tx, act, one.id)))) return
    round.withdrawn = now
    // Who waited for its answer waits for an own one again.
    for (const other of all.filter(isMergedInto(one)))
      if (!one.rounds.slice((present(other).merged?.intoRound ?? 1) - 1).some(({ answered }) => answered))
        delete present(other).merged
  },
  satisfied: async (one) => {
    const round = present(one)
    if (round.answered && !round.withdrawn && (await byCitizen((tx, act) => closeSatisfied(tx, act, one.id))))
      round.satisfied = true
  },
  resubmit: async (one) => {
    const again = {
      complaintId: one.id,
      channel: 'web',
      language: 'fr',
      content: { text: 'Encore.', media: [] },
    } as const
    const dates = { deadlineRules: () => rules, officeZone: house.base.officeZone }
    if (!(await byCitizen((tx, act) => resubmitComplaint(tx, act, dates, again)))) return
    await house.relay.drain()
    present(one).satisfied = false
    one.rounds.push({ opened: now, ...(await datesOf(one.id, one.rounds.length + 1)) })
  },
}
const NAMES = ['review', 'review', 'answer', 'answer', ...Object.keys(ACTS)]

interface Shown {
  readonly tiles: readonly {
    readonly indicator: { readonly numerator: string; readonly denominator?: string }
    readonly numerator: number
    readonly denominator?: number
  }[]
  readonly tables: readonly {
    readonly code: string
    readonly rows: readonly { readonly key: string; readonly values: readonly (number | null)[] }[]
  }[]
}
/** What the indicators say, by the names of what is counted, and the shares answered within so many days. */
const shown = async (query: string) => {
  const { tiles, tables }: Shown = await house.get(
    'ministry-supervisor',
    `/api/v1/staff/indicators?from=2026-10&until=2027-12&${query}`,
  )
  const numbers = new Map<string, number | null | undefined>()
  for (const { code, rows } of tables)
    if (['review', 'outcomes', 'renewals', 'quality', 'satisfaction'].includes(code))
      for (const { key, values } of rows) numbers.set(key, values[0])
  for (const { indicator, numerator, denominator } of tiles) {
    numbers.set(indicator.numerator, numerator)
    if (indicator.denominator) numbers.set(indicator.denominator, denominator)
  }
  const within = (tables.find(({ code }) => code === 'time')?.rows ?? []).flatMap(
    ({ key, values: [share] }) => {
      const days = /^within_(\d+)$/.exec(key)?.[1]
      return days && typeof share === 'number' ? [[Number(days), share] as const] : []
    },
  )
  return { numbers, within }
}

it('counts what those who acted remember, to the unit and the day', async () => {
  for (let turn = 0; turn < 14; turn += 1) {
    for (let n = 0; n < 3; n += 1) await file()
    for (let n = 0; n < 9; n += 1) await ACTS[chance.pick(NAMES)]?.(chance.pick(all))
    now = new Date(now.getTime() + chance.whole(2, 9) * DAY_MS)
    // Within an hour of midnight, where a day by the wrong clock is another day.
    now.setUTCHours(chance.pick([10, 22, 23]), 30)
  }
  now = new Date(now.getTime() + 35 * DAY_MS)
  await refreshCells({ ...house.base, origins: ['file'] })
  const today = dayOf(now)
  const of = (test: (one: Lived) => boolean) => all.filter(test)
  for (const [query, lived] of [
    ['kind=all', all],
    ['kind=complaint&channel=sms', of(({ kind, channel }) => kind === 'complaint' && channel === 'sms')],
    ...CODES.map((code) => [`kind=all&body=${code}`, of(({ body }) => body === code)] as const),
  ] as const) {
    const { numbers, within } = await shown(query)
    const truth = truthOf(lived, today)
    expect({
      query,
      ...Object.fromEntries(Object.keys(truth).map((name) => [name, numbers.get(name)])),
    }).toEqual({ query, ...truth })
    for (const [days, share] of within)
      expect(share, `${query} ${days}`).toBeCloseTo(1 - answeredWithin(lived, today, days), 9)
  }
  for (const name of [
    'settled_renewed',
    'review_joined',
    'review_withdrawn',
    'refused_undirected',
    'satisfied',
  ])
    expect(truthOf(all, today)[name], name).toBeGreaterThan(0)
})
