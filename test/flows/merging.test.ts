import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDeadlineRules } from '../../src/deadlines/current-rules.ts'
import { resubmitComplaint } from '../../src/handling/resubmit-complaint.ts'
import { readTrackedComplaint } from '../../src/handling/tracked-complaint.ts'
import { withdrawComplaint } from '../../src/handling/withdraw-complaint.ts'
import { createTextWriter } from '../../src/html/sms-text.ts'
import { readKnownComplaint } from '../../src/messages/known-complaint.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { ALL_YES, startHandlingHouse } from '../support/handling-house.ts'
import { bendPolicy } from '../support/policy.ts'

let house: Awaited<ReturnType<typeof startHandlingHouse>>
type Filed = Awaited<ReturnType<typeof house.filed>>

beforeAll(async () => {
  house = await startHandlingHouse(['SANTE', 'COMMUNE'])
})
afterAll(() => house.close())

const AGENT = 'SANTE.agent'
const ONE = '+212600000001'
const OTHER = '+212600000002'
const filed = (phone = ONE, facts = {}) =>
  house.filed('SANTE', { channel: 'sms', language: 'fr', contact: { phone }, ...facts })
const merge = (complaint: Filed, into: Filed, more = {}) =>
  house.act(AGENT, complaint.reference, 'merge', { into: into.reference, ...more })
/** Two complaints of two people, the second merged into the first. */
const merged = async () => {
  const original = await filed(ONE)
  const complaint = await filed(OTHER)
  expect((await merge(complaint, original)).status).toBe(204)
  return { original, complaint }
}
const tracked = async ({ complaintId }: Filed) => {
  const read = await readTrackedComplaint(house.base, complaintId)
  if (read === undefined) throw new Error('nothing to track')
  return read
}
const inAText = async ({ complaintId }: Filed, say: 'merged' | 'separated' | 'answer' | 'status') => {
  const reading = { now: house.base.clock.now(), officeZone: house.base.officeZone }
  const complaint = await readKnownComplaint(house.db.orm, reading, complaintId)
  return createTextWriter(undefined)('fr', say, complaint ? { complaint } : {})
}
const act = () => ({ now: house.base.clock.now(), newId: newUuidV7, actor: 'citizen:sms' })
const facts = async ({ complaintId }: Filed) =>
  (
    await house.db.sql`select ending, answered_in_time, satisfied, answer_outcome
      from complaint_facts('Africa/Casablanca', current_date) where id = ${complaintId}`
  )[0]

describe('a complaint that says what another says', () => {
  it('is closed as merged by a person; its complainant is told how to contest it, and no number of somebody else', async () => {
    const { original, complaint } = await merged()
    const read = await tracked(complaint)
    expect(read).toMatchObject({ state: 'closed', closedReason: 'merged', runs: 'none', late: false })
    expect(JSON.stringify(read)).not.toContain(original.reference)
    expect(await house.notices(complaint.complaintId)).toEqual(['merged'])
    expect(await inAText(complaint, 'merged')).toMatch(/jointe à une plainte semblable.*renvoyer, répondez 2/)
    expect(read.timeline.map(({ event }) => event)).toContain('merged')
    expect(await tracked(original)).toMatchObject({ state: 'received' })
    expect((await tracked(original)).timeline.map(({ event }) => event)).not.toContain('merged_here')
  })

  it('is told the number where the same telephone sent both', async () => {
    const original = await filed(OTHER)
    const complaint = await filed(OTHER)
    await merge(complaint, original)
    expect(await tracked(complaint)).toMatchObject({ mergedInto: original.reference })
    expect(await inAText(complaint, 'merged')).toContain(`jointe à ${original.reference}`)
  })

  it('stands in the history and the audit of both', async () => {
    const { original, complaint } = await merged()
    for (const [one, event, merging] of [
      [complaint, 'merged', { into: { reference: original.reference }, others: [] }],
      [original, 'merged_here', { into: null, others: [{ reference: complaint.reference }] }],
    ] as const) {
      const record = await house.read(AGENT, one.reference)
      expect(record).toMatchObject({ merging })
      expect(record.timeline.map((entry: { event: string }) => entry.event)).toContain(event)
      const entries = await house.db.sql`
        select 1 from audit_entries where action = 'complaint.merge' and subject = ${one.reference}`
      expect(entries).toHaveLength(1)
    }
  })

  it('is answered with the other, in words and by voice, and may be judged and sent again', async () => {
    const { original, complaint } = await merged()
    await house.send(
      AGENT,
      'PUT',
      `/api/v1/staff/complaints/${original.reference}/answer/voice`,
      Buffer.from('voix'),
      'audio/ogg',
    )
    expect(await facts(complaint)).toMatchObject({ ending: 'open' })
    expect((await tracked(complaint)).answer).toBeUndefined()
    await house.act(AGENT, original.reference, 'answer', { text: 'Lundi.', outcome: 'granted' })
    expect(await house.notices(complaint.complaintId)).toEqual(['merged', 'answered'])
    expect(await tracked(complaint)).toMatchObject({
      answer: 'Lundi.',
      answerVoice: { id: expect.any(String) },
      closedReason: 'merged',
      media: [],
    })
    expect(await inAText(complaint, 'answer')).toContain('Lundi.')
    expect(await inAText(complaint, 'status')).toContain('Pour lire la réponse, répondez 1')
    expect(await facts(complaint)).toMatchObject({
      ending: 'answered',
      answered_in_time: true,
      answer_outcome: 'granted',
    })
    const rules = await readDeadlineRules(house.base)
    await house.db.orm.transaction((tx) =>
      resubmitComplaint(
        tx,
        act(),
        { deadlineRules: () => rules, officeZone: house.base.officeZone },
        {
          complaintId: complaint.complaintId,
          channel: 'sms',
          language: 'fr',
          content: { text: 'Ce n’est pas la même chose.', media: [] },
        },
      ),
    )
    expect(await tracked(complaint)).toMatchObject({
      state: 'received',
      round: 2,
      earlierAnswers: [{ answer: 'Lundi.' }],
    })
    expect((await house.read(AGENT, complaint.reference)).merging.into).toBeNull()
  })

  it('reads at once what the other was answered before', async () => {
    const original = await filed()
    await house.act(AGENT, original.reference, 'answer', { text: 'Mardi.' })
    const complaint = await filed(OTHER)
    expect((await merge(complaint, original)).status).toBe(204)
    expect(await tracked(complaint)).toMatchObject({ answer: 'Mardi.' })
    expect(await house.notices(complaint.complaintId)).toEqual(['merged', 'answered'])
  })

  it('is answered by the body to which the other is transferred, which knows that others read it', async () => {
    const { original, complaint } = await merged()
    await house.act(AGENT, original.reference, 'transfer', { administration: 'COMMUNE', reason: 'r' })
    await house.relay.drain()
    expect((await house.read('COMMUNE.agent', original.reference)).merging.others).toMatchObject([
      { reference: null },
    ])
    await house.act('COMMUNE.agent', original.reference, 'answer', { text: 'Réparé.' })
    expect(await tracked(complaint)).toMatchObject({ answer: 'Réparé.' })
  })
})

describe('an answer in another language', () => {
  it('comes after a sentence in the language of whoever reads it, and its writer knows', async () => {
    const original = await filed(ONE, { language: 'ar' })
    const complaint = await filed(OTHER)
    await merge(complaint, original)
    expect((await house.read(AGENT, original.reference)).merging.others).toMatchObject([{ language: 'fr' }])
    await house.act(AGENT, original.reference, 'answer', { text: 'أصلحنا الشباك.' })
    expect(await tracked(complaint)).toMatchObject({ answer: 'أصلحنا الشباك.', answerIn: 'ar' })
    expect(await inAText(complaint, 'answer')).toMatch(
      /Cette réponse est écrite en arabe, pour une plainte semblable : أصلحنا الشباك\./,
    )
    expect(await tracked(original)).not.toHaveProperty('answerIn')
  })
})

describe('what waits in triage', () => {
  const waiting = async () => {
    const complaint = await house.file({ channel: 'sms', language: 'fr', contact: { phone: OTHER } })
    await house.relay.drain()
    expect(await house.complaint(complaint.complaintId)).toMatchObject({ status: 'triage' })
    return complaint
  }

  it('is merged by the ministry into what a body has, and taken apart into triage again', async () => {
    const complaint = await waiting()
    const original = await filed()
    expect(
      (await house.act('triage', complaint.reference, 'merge', { into: original.reference })).status,
    ).toBe(204)
    expect(await tracked(complaint)).toMatchObject({ state: 'closed', closedReason: 'merged', runs: 'none' })
    expect((await house.act(AGENT, complaint.reference, 'separate')).status).toBe(404)
    expect((await house.act('triage', complaint.reference, 'separate')).status).toBe(204)
    expect(await house.complaint(complaint.complaintId)).toMatchObject({ status: 'triage' })
    await house.act('triage', complaint.reference, 'merge', { into: original.reference })
    await house.act(AGENT, original.reference, 'answer', { text: 'Lundi.' })
    expect(await tracked(complaint)).toMatchObject({ answer: 'Lundi.' })
    expect(await facts(complaint)).toMatchObject({ ending: 'answered', answered_in_time: true })
  })

  it('is not taken apart by the ministry where a body merged it', async () => {
    const { complaint } = await merged()
    expect((await house.act('triage', complaint.reference, 'separate')).status).toBe(409)
  })
})

describe('taking a merged complaint apart', () => {
  const standing = async ({ complaintId, reference }: Filed) => {
    const { status, rounds, runs, dueAt, handling } = await house.read(AGENT, reference)
    const asked = await house.db.sql`
      select answer_on::text, stopped_days, ended_at from information_requests where complaint_id = ${complaintId}`
    const dates = await house.db.sql`
      select kind, due_on::text, met_at from deadlines where complaint_id = ${complaintId} order by kind`
    return { status, rounds, runs, dueAt, counting: handling.counting, asked: [...asked], dates: [...dates] }
  }

  it.each([
    ['in review', async () => {}],
    ['admissible', (one: Filed) => house.act(AGENT, one.reference, 'review', { checks: ALL_YES })],
    [
      'waiting for its complainant',
      (one: Filed) => house.act(AGENT, one.reference, 'ask', { question: 'Où ?' }),
    ],
    [
      'waiting, while its clock stands still',
      async (one: Filed) => {
        await bendPolicy(house.db, { informationClock: 'stops' })
        await house.act(AGENT, one.reference, 'ask', { question: 'Où ?' })
      },
    ],
  ])('restores one that was %s, with its clocks and its history', async (_, reach) => {
    const original = await filed()
    const complaint = await filed(OTHER)
    // Opened once: whoever acts has seen the dossier.
    await house.act(AGENT, complaint.reference, 'interim', { text: 'vu' })
    await reach(complaint)
    const before = await standing(complaint)
    await merge(complaint, original)
    expect(await standing(complaint)).toMatchObject({ status: 'closed', runs: 'none', dueAt: null })
    expect((await house.act(AGENT, complaint.reference, 'separate')).status).toBe(204)
    expect(await standing(complaint)).toEqual(before)
    const events = await house.events(complaint.complaintId)
    expect(events.slice(-2)).toEqual(['merged', 'separated'])
    expect((await house.notices(complaint.complaintId)).slice(-2)).toEqual(['merged', 'separated'])
    expect(await inAText(complaint, 'separated')).toMatch(/suit de nouveau son propre chemin/)
    await house.act(AGENT, original.reference, 'answer', { text: 'Lundi.' })
    expect((await tracked(complaint)).answer).toBeUndefined()
    expect((await house.act(AGENT, complaint.reference, 'separate')).status).toBe(409)
    expect((await merge(complaint, original)).status).toBe(204)
  })

  it.each([
    [
      'its complainant takes it back',
      (one: Filed) => house.db.orm.transaction((tx) => withdrawComplaint(tx, act(), one.complaintId)),
    ],
    [
      'it is refused',
      (one: Filed) =>
        house.act(AGENT, one.reference, 'review', {
          checks: { ...ALL_YES, no_court: false },
          ground: 'before_court',
          reason: 'r',
        }),
    ],
  ])('happens by itself when the other ends without an answer: %s', async (_, end) => {
    const { original, complaint } = await merged()
    await end(original)
    expect(await tracked(complaint)).toMatchObject({ state: 'being_checked' })
    expect(await house.notices(complaint.complaintId)).toEqual(['merged', 'separated'])
    expect(await facts(complaint)).toMatchObject({ ending: 'open' })
  })
})

describe('what is not merged', () => {
  it.each([
    ['with itself', (one: Filed) => merge(one, one), 400, 'validation'],
    [
      'with what is nobody’s',
      (one: Filed) => house.act(AGENT, one.reference, 'merge', { into: '1' }),
      400,
      'validation',
    ],
    [
      'with the complaint of another body',
      async (one: Filed) => merge(one, await house.filed('COMMUNE')),
      400,
      'validation',
    ],
    [
      'with one that was merged itself',
      async (one: Filed) => merge(one, (await merged()).complaint),
      409,
      'not_mergeable',
    ],
    [
      'one into which others were',
      async (one: Filed) => merge((await merged()).original, one),
      409,
      'not_mergeable',
    ],
    [
      'with one that was taken back',
      async (one: Filed) => {
        const original = await filed()
        await house.db.orm.transaction((tx) => withdrawComplaint(tx, act(), original.complaintId))
        return merge(one, original)
      },
      409,
      'not_mergeable',
    ],
    [
      'one that has its answer',
      async (one: Filed) => {
        await house.act(AGENT, one.reference, 'answer', { text: 'r' })
        return merge(one, await filed())
      },
      409,
      'not_mergeable',
    ],
    [
      'one that somebody changed meanwhile',
      async (one: Filed) => {
        const { handling } = await house.read(AGENT, one.reference)
        await house.act(AGENT, one.reference, 'ask', { question: 'q' })
        return merge(one, await filed(), { seen: handling.version })
      },
      409,
      'conflict',
    ],
    [
      'one that was handed on',
      async (one: Filed) => {
        await house.act(AGENT, one.reference, 'transfer', { administration: 'COMMUNE', reason: 'r' })
        return merge(one, await filed())
      },
      409,
      'conflict',
    ],
    [
      'by the ministry, while a body has it',
      async (one: Filed) => house.act('triage', one.reference, 'merge', { into: (await filed()).reference }),
      409,
      'conflict',
    ],
    [
      'with one that was handed on to another body',
      async (one: Filed) => {
        const original = await filed()
        await house.act(AGENT, original.reference, 'transfer', { administration: 'COMMUNE', reason: 'r' })
        return merge(one, original)
      },
      409,
      'not_mergeable',
    ],
    [
      'by another body',
      async (one: Filed) =>
        house.act('COMMUNE.agent', one.reference, 'merge', { into: (await filed()).reference }),
      404,
      'not_found',
    ],
  ])('%s', async (_, attempt, status, code) => {
    const answer = await attempt(await filed())
    expect([answer.status, answer.body?.code]).toEqual([status, code])
  })
})
