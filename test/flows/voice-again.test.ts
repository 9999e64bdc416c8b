import { afterAll, beforeAll, expect, it } from 'vitest'
import type { VoiceParts } from '../../src/composition/voice.ts'
import { readDeadlineRules } from '../../src/deadlines/current-rules.ts'
import { closeSatisfied } from '../../src/handling/rate-answer.ts'
import { resubmitComplaint } from '../../src/handling/resubmit-complaint.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import {
  dial,
  type HotlineStage,
  newCallSid,
  post,
  settled,
  speaking,
  startHotline,
} from '../support/hotline.ts'
import { pollUntil } from '../support/poll-until.ts'

/** After an answer: heard, marked satisfied, or sent again by the same telephone. */
let stage: HotlineStage
const act = () => ({ now: systemClock.now(), newId: newUuidV7, actor: 'citizen:voice' })
let rules: Awaited<ReturnType<typeof readDeadlineRules>>
const openRound: VoiceParts['openRound'] = (tx, complaintId, { language, text, media }) =>
  resubmitComplaint(
    tx,
    act(),
    { deadlineRules: () => rules, officeZone: 'Africa/Casablanca' },
    { complaintId, channel: 'voice', language, content: { text, media } },
  )

beforeAll(async () => {
  stage = await startHotline({ openRound, closeSatisfied: (tx, id) => closeSatisfied(tx, act(), id) })
  rules = await readDeadlineRules({ db: stage.db, clock: systemClock })
})
afterAll(() => stage.close())

/** A complaint filed by this telephone, with an answer. */
const answered = async (from: string): Promise<string> => {
  const sid = newCallSid()
  const call = await speaking(stage, sid, from)
  await call.speak(20)
  await call.press('1')
  const { id } = await settled(stage, sid, 1)
  await stage.db.sql`update complaints set status = 'answered' where id = ${id}`
  await stage.db
    .sql`update rounds set answer = 'Le guichet rouvre <lundi> & mardi.', answered_at = now() where complaint_id = ${id}`
  return id
}

/** Calls again and is read the newest complaint, without a key for the language. */
const back = async (from: string) => {
  const callSid = newCallSid()
  const call = dial(stage, callSid, from)
  await call.answer()
  await call.press('2')
  return { call, callSid }
}

const stateOf = async (id: string) => {
  const [row] = await stage.db.sql`
    select c.status, c.round, c.closed_reason, r.satisfied from complaints c
    join rounds r on r.complaint_id = c.id and r.number = 1 where c.id = ${id}`
  return row
}

it('hears the answer, and says that it satisfies, once', async () => {
  const id = await answered('+212666660001')
  const { call } = await back('+212666660001')
  expect(await call.press('1')).toContain('Le guichet rouvre &lt;lundi&gt; &amp; mardi.')
  expect(await call.press('2')).toContain('vous satisfait')
  await call.again()
  expect(await stateOf(id)).toMatchObject({ status: 'closed', closed_reason: 'satisfied', satisfied: true })
})

it('sends it again with what was said, in a round of its own', async () => {
  const id = await answered('+212666660002')
  const { call, callSid } = await back('+212666660002')
  await call.press('3')
  await call.press('1')
  await call.speak(15, Buffer.from('RIFF not yet'))
  expect(await call.press('1')).toContain('Réponse avant le')
  const { url, fields } = call.last
  await Promise.all(Array.from({ length: 10 }, () => post(stage.app, url, fields)))
  await pollUntil(async () => {
    await stage.hurry()
    const rows = await stage.db.sql`select 1 from media_assets where complaint_id = ${id} and round = 2`
    return rows.length === 1
  }, 15_000)
  expect(await stateOf(id)).toMatchObject({ status: 'received', round: 2, satisfied: false })
  const ledger = await stage.db.sql`select outcome from ledger_entries where external_id = ${callSid}`
  expect(ledger).toEqual([{ outcome: 'appended' }])
})

it('sends it again by hanging up after speaking', async () => {
  const id = await answered('+212666660003')
  const { call } = await back('+212666660003')
  await call.press('3')
  await call.press('1')
  await call.speak(15)
  await call.hangUp()
  await pollUntil(async () => (await stateOf(id))?.['round'] === 2, 15_000)
})

it('files what was said as a complaint of its own when another has sent it again meanwhile', async () => {
  const id = await answered('+212666660004')
  const { call, callSid } = await back('+212666660004')
  await call.press('3')
  await call.press('1')
  await call.speak(15)
  await stage.db.sql`update complaints set status = 'in_progress' where id = ${id}`
  await call.press('1')
  const filed = await settled(stage, callSid, 1)
  expect(filed.id).not.toBe(id)
  expect(await stateOf(id)).toMatchObject({ round: 1 })
})
