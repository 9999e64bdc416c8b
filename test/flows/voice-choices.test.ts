import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dial, type HotlineStage, newCallSid, settled, speaking, startHotline } from '../support/hotline.ts'
import { isWellFormed } from '../support/well-formed.ts'

/** A Wednesday in November: Casablanca is an hour ahead of UTC. */
const clock = { at: Date.parse('2026-11-25T09:00:00Z'), now: () => new Date(clock.at) }
const DESK = '+212537000001'

let stage: HotlineStage
beforeAll(async () => {
  const hours = { firstDay: 1, lastDay: 5, from: '08:30', to: '16:30' }
  stage = await startHotline({ clock, voice: { transfer: DESK, hours } })
})
afterAll(() => stage.close())

const inHours = () => {
  clock.at = Date.parse('2026-11-25T09:00:00Z')
}
const atNight = () => {
  clock.at = Date.parse('2026-11-25T19:00:00Z')
}
const onSunday = () => {
  clock.at = Date.parse('2026-11-29T09:00:00Z')
}

const asking = async (sid: string, from?: string) => {
  const call = dial(stage, sid, from)
  await call.answer()
  if (!call.document().includes('laisser une plainte')) await call.press('3')
  await call.press('0')
  return call
}

describe('a person (G34)', () => {
  it('is dialled in hours, with a time-out and a way on', async () => {
    inHours()
    const call = await asking(newCallSid())
    expect(isWellFormed(call.document())).toBe(true)
    expect(call.document()).toMatch(
      new RegExp(`<Dial timeout="30" action="[^"]+" method="POST"><Number>\\${DESK}</Number></Dial>`),
    )
    expect(await call.dialled('completed')).toContain('Pour revenir au menu, 9')
  })

  it.each(['no-answer', 'busy', 'failed', 'canceled'])(
    'who does not come (%s) leaves the caller to speak, and that is filed',
    async (end) => {
      inHours()
      const sid = newCallSid()
      const call = await asking(sid)
      const document = await call.dialled(end)
      expect(document).toContain('Tous nos agents sont occupés')
      expect(document).toMatch(/<Record[^>]*timeout="10"/)
      await call.speak(12)
      await call.hangUp()
      expect(await settled(stage, sid, 1)).toMatchObject({ receipt: 'sent' })
      const [row] = await stage.db.sql`select consent from calls where call_sid = ${sid}`
      expect(row?.['consent']).toMatchObject({ by: 'speaking' })
    },
  )

  it.each([
    ['at night', atNight],
    ['on a Sunday', onSunday],
  ])('is not dialled %s: the hours are said, then the voicemail', async (_, set) => {
    set()
    const call = await asking(newCallSid())
    expect(call.document()).not.toContain('<Dial')
    expect(call.document()).toContain('Aucun agent ne répond à cette heure')
    expect(call.document()).toContain('8 h 30')
    expect(call.document()).toContain('<Record')
  })

  it('comes after three wrong keys in hours', async () => {
    inHours()
    const call = dial(stage, newCallSid())
    await call.answer()
    if (!call.document().includes('laisser une plainte')) await call.press('3')
    await call.press('7')
    await call.press('8')
    expect(await call.press('#')).toContain('<Dial')
  })
})

describe('a link for pictures, from the hotline', () => {
  it('is offered with the receipt, sent once to the telephone on the line, and the call goes on', async () => {
    inHours()
    const sid = newCallSid()
    const call = await speaking(stage, sid, '+212677770001')
    await call.speak(20)
    expect(await call.press('1')).toContain('photos ou une vidéo, 3')
    expect(await call.press('3')).toContain('Un lien part par SMS')
    const { id } = await settled(stage, sid, 1)
    expect(stage.texts.filter(({ link }) => link === sid)).toEqual([
      { complaintId: id, to: '+212677770001', link: sid },
    ])
    expect(await call.press('9')).toContain('laisser une plainte')
  })

  it.each([
    ['a withheld number', '+266696687'],
    ['an anonymous caller', 'anonymous'],
    ['a landline', '+212537123456'],
  ])('is neither offered nor sent to %s', async (_, from) => {
    inHours()
    const call = await speaking(stage, newCallSid(), from)
    await call.speak(20)
    expect(await call.press('1')).not.toContain('photos')
    const before = stage.texts.length
    expect(await call.press('3')).toContain('Cette touche')
    expect(stage.texts).toHaveLength(before)
  })
})
