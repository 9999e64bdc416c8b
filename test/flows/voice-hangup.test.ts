import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeReference } from '../../src/core/reference.ts'
import {
  dial,
  filedBy,
  type HotlineStage,
  newCallSid,
  settled,
  speaking,
  startHotline,
} from '../support/hotline.ts'
import { pollUntil } from '../support/poll-until.ts'
import { isWellFormed } from '../support/well-formed.ts'

let stage: HotlineStage
beforeAll(async () => {
  stage = await startHotline()
})
afterAll(() => stage.close())

const french = async (sid: string) => {
  const call = dial(stage, sid, '+212655550001')
  await call.answer()
  await call.press('3')
  return call
}

const toConsent = async (call: ReturnType<typeof dial>) => {
  await call.press('3')
  await call.press('1')
}
const toReview = async (call: ReturnType<typeof dial>) => {
  await toConsent(call)
  await call.press('1')
  await call.speak(12)
}

describe('hanging up (U20)', () => {
  it.each<[string, (call: ReturnType<typeof dial>) => Promise<unknown>, number]>([
    ['at the language', async () => {}, 0],
    ['at the menu', (call) => call.press('3'), 0],
    [
      'before the tone',
      async (call) => {
        await call.press('3')
        await call.press('1')
        await call.press('1')
      },
      0,
    ],
    [
      'at the review',
      async (call) => {
        await call.press('3')
        await call.press('1')
        await call.press('1')
        await call.speak(12)
      },
      1,
    ],
    [
      'while starting again',
      async (call) => {
        await call.press('3')
        await call.press('1')
        await call.press('1')
        await call.speak(12)
        await call.press('3')
      },
      1,
    ],
    [
      'while adding',
      async (call) => {
        await call.press('3')
        await call.press('1')
        await call.press('1')
        await call.speak(12)
        await call.press('4')
      },
      1,
    ],
    [
      'at the receipt',
      async (call) => {
        await call.press('3')
        await call.press('1')
        await call.press('1')
        await call.speak(12)
        await call.press('1')
      },
      1,
    ],
    [
      'in the voicemail',
      async (call) => {
        await call.press('3')
        await call.press('0')
        await call.speak(12)
      },
      1,
    ],
    ['at the consent', (call) => toConsent(call), 0],
    [
      'while hearing how data is protected',
      async (call) => {
        await toConsent(call)
        await call.press('2')
      },
      0,
    ],
    [
      'while typing another number',
      async (call) => {
        await toReview(call)
        await call.press('1')
        await call.press('2')
      },
      1,
    ],
    [
      'after the receipt',
      async (call) => {
        await toReview(call)
        await call.press('1')
        await call.silent()
      },
      1,
    ],
    [
      'while listening to what was said',
      async (call) => {
        await toReview(call)
        await call.press('2')
      },
      1,
    ],
    [
      'before the tone of a third take',
      async (call) => {
        await toReview(call)
        await call.press('4')
        await call.speak(9)
        await call.press('4')
      },
      2,
    ],
    [
      'while typing a reference',
      async (call) => {
        await call.press('3')
        await call.press('2')
      },
      0,
    ],
    [
      'while typing a code',
      async (call) => {
        await call.press('3')
        await call.press('2')
        await call.press(composeReference(2026, 1))
      },
      0,
    ],
    [
      'back at the menu with one filed',
      async (call) => {
        await toReview(call)
        await call.press('1')
        await call.silent()
        await call.press('9')
      },
      1,
    ],
  ])('%s loses nothing that was said', async (label, walk, takes) => {
    const sid = newCallSid()
    const call = dial(stage, sid, `+2126222${sid.slice(-5)}`)
    await call.answer()
    await walk(call)
    await call.hangUp()
    if (takes > 0) {
      const filed = await settled(stage, sid, takes)
      expect(filed, label).toMatchObject({ receipt: 'sent', via: 'sms' })
    } else {
      await pollUntil(async () => {
        const [entry] = await stage.db
          .sql`select outcome from ledger_entries where external_id = ${`${sid}:ended`}`
        return entry?.['outcome'] === 'ignored'
      }, 15_000)
      expect(await filedBy(stage, sid)).toEqual([])
    }
  })

  it('while speaking files what the recording callback tells of later', async () => {
    const sid = newCallSid()
    const call = await speaking(stage, sid)
    await call.hangUp()
    const take = `RE${sid.slice(2)}9`
    stage.recordings.sounds.set(take, Buffer.from('RIFF the line dropped'))
    await call.tellRecording(take, 9)
    expect((await settled(stage, sid, 1)).files[0]?.name).toBe('voice-1.wav')
  })

  it('joins a second take to what the hang-up had filed', async () => {
    const sid = newCallSid()
    const call = await speaking(stage, sid)
    await call.speak(12)
    await call.press('4')
    await call.hangUp()
    await settled(stage, sid, 1)
    const take = `RE${sid.slice(2)}9`
    stage.recordings.sounds.set(take, Buffer.from('RIFF and also'))
    await call.tellRecording(take, 9)
    expect((await settled(stage, sid, 2)).files.map(({ name }) => name)).toEqual([
      'voice-1.wav',
      'voice-2.wav',
    ])
  })

  it('is noticed by the sweep when the provider never tells of it', async () => {
    const sid = newCallSid()
    const call = await speaking(stage, sid)
    await call.speak(12)
    await stage.db.sql`update calls set started_at = now() - interval '25 minutes' where call_sid = ${sid}`
    await stage.hotline.sweeps.silent_calls()
    await settled(stage, sid, 1)
  })

  it('leaves less than 3 s unfiled and erases it', async () => {
    const sid = newCallSid()
    const call = await speaking(stage, sid)
    const { sid: take } = await call.speak(2)
    await call.hangUp()
    await pollUntil(async () => stage.recordings.deleted.includes(take), 15_000)
    expect(await filedBy(stage, sid)).toEqual([])
  })

  it('erases a take that was replaced', async () => {
    const sid = newCallSid()
    const call = await speaking(stage, sid)
    const { sid: replaced } = await call.speak(12)
    await call.press('3')
    await call.speak(15)
    await call.press('1')
    const filed = await settled(stage, sid, 1)
    await pollUntil(async () => stage.recordings.deleted.includes(replaced), 15_000)
    expect(filed.files).toHaveLength(1)
  })
})

describe('silence and wrong keys (U20)', () => {
  it('leads a silent caller to the voicemail and out, without a dead end', async () => {
    const call = dial(stage, newCallSid())
    let document = await call.answer()
    for (let n = 0; !document.includes('<Hangup'); n += 1) {
      expect(n).toBeLessThan(20)
      document = await call.silent()
      expect(isWellFormed(document)).toBe(true)
    }
  })

  it('leads three wrong keys to the voicemail out of hours, where speech is filed', async () => {
    const sid = newCallSid()
    const call = await french(sid)
    await call.press('7')
    await call.press('8')
    expect(await call.press('#')).toContain('<Record')
    await call.speak(8)
    await call.silent()
    await call.silent()
    expect(await settled(stage, sid, 1)).toMatchObject({ receipt: 'sent' })
  })
})
