import { afterAll, beforeAll, expect, it } from 'vitest'
import { readDeadlineRules } from '../../src/deadlines/current-rules.ts'
import { createRecountOpen } from '../../src/deadlines/recount-open.ts'
import { resubmitComplaint } from '../../src/handling/resubmit-complaint.ts'
import { withdrawComplaint } from '../../src/handling/withdraw-complaint.ts'
import { erasePerson } from '../../src/personal-data/erase-person.ts'
import { findPerson } from '../../src/personal-data/find-person.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { chanceOf } from '../../src/seed/random.ts'
import { MEASURE_NAMES, MEASURES } from '../../src/supervision/measures.ts'
import { readBreakdown, readCounts } from '../../src/supervision/read-counts.ts'
import { refreshCells } from '../../src/supervision/refresh-cells.ts'
import { ALL_YES, startHandlingHouse } from '../support/handling-house.ts'

const ROUNDS = 2
const DAY_MS = 86_400_000
const CODES = ['SANTE', 'COMMUNE'] as const
const FILTERS = { from: '2027-01-01', until: '2027-12-01', bodies: 'everything' } as const

let now = new Date('2027-03-01T10:00:00Z')
let house: Awaited<ReturnType<typeof startHandlingHouse>>
let rules: Awaited<ReturnType<typeof readDeadlineRules>>
const filed: { complaintId: string; reference: string }[] = []
/** How many of each act the house let happen: a test that only meets refusals proves nothing. */
const happened = new Map<string, number>()

beforeAll(async () => {
  house = await startHandlingHouse(CODES, { now: () => now })
  rules = await readDeadlineRules(house.base)
})
afterAll(() => house.close())

const chance = chanceOf(2027)
const one = () => chance.pick(filed)
const by = () => ({ now, newId: newUuidV7, actor: 'citizen:web' })
/** The body that has it acts. */
const atDesk = async (reference: string, verb: string, said: object): Promise<boolean> => {
  const [holder] = await house.db.sql<{ code: string }[]>`
    select a.code from complaints c join administrations a on a.id = c.administration_id where c.reference = ${reference}`
  return (
    holder !== undefined && (await house.act(`${holder.code}.agent`, reference, verb, said)).status === 204
  )
}
const mayFail = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    (made) => made !== false,
    () => false,
  )
const recount = async () => {
  const work = createRecountOpen(house.base)
  const due = await house.db.sql<{ id: string; payload: never }[]>`
    delete from outbox_messages where topic = 'deadlines.recount' returning id, payload`
  for (const { id, payload } of due)
    await work(payload, { messageId: id, attempt: 1, signal: AbortSignal.timeout(10_000) })
}

const ACT: Readonly<Record<string, () => Promise<boolean>>> = {
  file: async () => {
    filed.push(
      await house.filed(chance.pick(CODES), { receivedAt: now, place: chance.pick(['Fès', 'Agadir', '']) }),
    )
    return true
  },
  review: () => atDesk(one().reference, 'review', { checks: ALL_YES }),
  transfer: async () => {
    const { reference } = one()
    const to = (administration: string) =>
      atDesk(reference, 'transfer', { administration, reason: 'Pas chez nous.' })
    return (await to(CODES[0])) || to(CODES[1])
  },
  answer: () =>
    atDesk(one().reference, 'answer', { text: 'Lundi.', outcome: chance.pick(['granted', 'explained']) }),
  // Any two would seldom do: both must be open, at one body.
  merge: async () => {
    const [two] = await house.db.sql<{ one: string; into: string }[]>`
      select c.reference as one, t.reference as into from complaints c
      join complaints t on t.administration_id = c.administration_id and t.reference <> c.reference
      where not c.status = any('{answered,closed}') and not t.status = any('{answered,closed}')
      order by c.id, t.id limit 1`
    return two !== undefined && atDesk(two.one, 'merge', { into: two.into })
  },
  withdraw: () => {
    const { complaintId } = one()
    return mayFail(house.db.orm.transaction((tx) => withdrawComplaint(tx, by(), complaintId)))
  },
  resubmit: () => {
    const content = { text: 'Toujours fermé.', media: [] }
    const again = { complaintId: one().complaintId, channel: 'web', language: 'fr', content } as const
    const dates = { deadlineRules: () => rules, officeZone: house.base.officeZone }
    return mayFail(house.db.orm.transaction((tx) => resubmitComplaint(tx, by(), dates, again)))
  },
  erase: async () => {
    const person = await findPerson(house.db.sql, { by: 'reference', value: one().reference })
    const deps = { ...house.base, store: house.store as never, discardFiles: async () => 0 }
    return (await erasePerson(deps, 'test', person)).outcome === 'erased'
  },
  holiday: async () => {
    const day = new Date(now.getTime() + chance.whole(1, 40) * DAY_MS).toISOString().slice(0, 10)
    const said = { names: { fr: 'Fête' }, movable: true }
    const { statusCode } = await house.send(
      'ministry-supervisor',
      'PUT',
      `/api/v1/staff/calendar/${day}`,
      said,
    )
    await recount()
    return statusCode === 204
  },
}

const NAMES = Object.keys(ACT)

const slow = (names: readonly (keyof typeof MEASURES)[]): string =>
  names.map((name) => `(count(*) filter (where ${MEASURES[name]}))::int as ${name}`).join(', ')
const countSlowly = (group: string) =>
  house.db.sql.unsafe(
    `select ${group} as key, ${slow(MEASURE_NAMES)} from complaint_facts('Africa/Casablanca', $1::date) f
     where f.origin = 'file' group by 1 order by 1`,
    [now.toISOString().slice(0, 10)],
  )

it('keeps sums that equal the slow count, whatever people do in whatever order', async () => {
  for (let n = 0; n < 6; n += 1) await ACT['file']?.()
  await refreshCells({ ...house.base, origins: ['file'] })
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = [...NAMES, ...NAMES].map((name) => ({ name, at: chance.next() }))
    for (const { name } of order.toSorted((a, b) => a.at - b.at))
      if (await ACT[name]?.()) happened.set(name, (happened.get(name) ?? 0) + 1)
    // On the same day: a new one has nearly everything counted anew, and would hide what an act did not tell.
    await refreshCells({ ...house.base, origins: ['file'] })
    const [all] = await countSlowly(`'all'`)
    expect({ key: 'all', ...(await readCounts(house.db.sql, FILTERS)) }).toEqual(all)
    const kept = await house.db.sql.unsafe(
      `select administration_id as key, ${MEASURE_NAMES.map((name) => `sum(${name})::int as ${name}`).join(', ')}
       from indicator_cells group by 1 order by 1`,
    )
    expect([...kept]).toEqual([...(await countSlowly('f.administration_id'))])
    const regions = (await readBreakdown(house.db.sql, FILTERS, 'region')) ?? []
    expect(regions.reduce((sum, { received }) => sum + received, 0)).toBe(all?.['received'])
    now = new Date(now.getTime() + chance.whole(3, 25) * DAY_MS)
    await refreshCells({ ...house.base, origins: ['file'] })
  }
  expect([...happened.keys()].toSorted()).toEqual(NAMES.toSorted())
})
