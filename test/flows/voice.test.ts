import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { receiptContent } from '../../src/core/receipt.ts'
import { accessCodeOf } from '../../src/intake/access-code.ts'
import { testSecrets } from '../support/acceptance.ts'
import {
  dial,
  type HotlineStage,
  newCallSid,
  PUBLIC_URL,
  post,
  settled,
  speaking,
  startHotline,
  VOICE,
} from '../support/hotline.ts'
import { isWellFormed } from '../support/well-formed.ts'

let stage: HotlineStage
beforeAll(async () => {
  stage = await startHotline()
})
afterAll(() => stage.close())

describe('the happy path (U19)', () => {
  it('files by five keys, speaks the receipt, texts it, brings the recording home and erases it abroad', async () => {
    const sid = newCallSid()
    const call = await speaking(stage, sid, '+212611110001')
    const sound = Buffer.from('RIFF what the caller said')
    await call.speak(20, sound)
    const receipt = await call.press('1')
    const filed = await settled(stage, sid, 1)
    expect(filed).toMatchObject({
      kind: 'complaint',
      channel: 'voice',
      language: 'fr',
      phone: '+212611110001',
      receipt: 'sent',
      via: 'sms',
    })
    const spoken = [...receipt.matchAll(/<Say[^>]*>(\d)<\/Say>/g)].map(([, digit]) => digit).join('')
    const code = accessCodeOf(testSecrets, filed.id)
    expect(spoken.startsWith(`${filed.reference}${code}`)).toBe(true)
    expect(spoken.split(code)).toHaveLength(3)
    expect(filed.files[0]?.sha256).toBe(createHash('sha256').update(sound).digest('hex'))
    expect(await buffer((await stage.store.get(filed.files[0]!.object_key))!)).toEqual(sound)
    expect(stage.recordings.deleted).toContain(`RE${sid.slice(2)}1`)
    const [proof] = await stage.db.sql`
      select facts from complaint_events where complaint_id = ${filed.id} and event = 'media_erased_at_provider'`
    expect(proof?.['facts']).toMatchObject({ sha256: filed.files[0]?.sha256 })
  })

  it('vouches in the receipt for what was said', async () => {
    const sid = newCallSid()
    const call = await speaking(stage, sid)
    await call.speak(20, Buffer.from('first'))
    await call.press('4')
    await call.speak(20, Buffer.from('second'))
    await call.press('1')
    const filed = await settled(stage, sid, 2)
    expect(filed.files.map(({ name }) => name)).toEqual(['voice-1.wav', 'voice-2.wav'])
    const media = await stage.db.sql<{ name: string; bytes: number; sha256: string }[]>`
      select name, bytes::int, sha256 from media_assets where complaint_id = ${filed.id} order by position`
    const [receipt] = await stage.db.sql`select content_sha256 from receipts where complaint_id = ${filed.id}`
    const digest = createHash('sha256')
      .update(receiptContent({ text: '', media: [...media] }))
      .digest('hex')
    expect(receipt?.['content_sha256']).toBe(digest)
  })

  it('remembers the language of a number', async () => {
    const from = '+212611110002'
    const call = dial(stage, newCallSid(), from)
    expect(await call.answer()).toContain('For English')
    await call.press('4')
    expect(await dial(stage, newCallSid(), from).answer()).toContain('To leave a complaint')
  })

  it('keeps consent: how, in which version and language, when', async () => {
    const sid = newCallSid()
    await speaking(stage, sid)
    const [call] = await stage.db.sql`select consent from calls where call_sid = ${sid}`
    expect(call?.['consent']).toMatchObject({ by: 'key', language: 'fr', version: '2026-11' })
  })

  it('plays back what was said, and silence when it cannot be had', async () => {
    const call = await speaking(stage, newCallSid())
    await call.speak(20, Buffer.from('RIFF mine'))
    const url = /<Play>([^<]+)<\/Play>/.exec(await call.press('2'))?.[1] ?? ''
    const heard = await stage.app.inject(url.replace(PUBLIC_URL, ''))
    expect([heard.statusCode, heard.body]).toEqual([200, 'RIFF mine'])
    const other = await stage.app.inject('/voice/takes/forged.token')
    expect([other.statusCode, other.headers['content-type']]).toEqual([200, 'audio/wav'])
  })

  it('texts the receipt to another number', async () => {
    const call = await speaking(stage, newCallSid())
    await call.speak(20)
    await call.press('1')
    await call.press('2')
    expect(await call.press('123456')).toContain('n’existe pas')
    expect(await call.press('0612345678')).toContain('Le SMS est parti')
    expect(stage.texts.at(-1)).toMatchObject({ to: '0612345678' })
  })
})

describe('replays and strangers (U21)', () => {
  it('gives twenty copies of each request the answer of the first, and files once', async () => {
    const sid = newCallSid()
    const call = await speaking(stage, sid)
    await call.speak(20)
    const first = await call.press('1')
    const { url, fields } = call.last
    const copies = await Promise.all(Array.from({ length: 20 }, () => post(stage.app, url, fields)))
    expect(new Set(copies.map(({ body }) => body))).toEqual(new Set([first]))
    await settled(stage, sid, 1)
    const [count] = await stage.db.sql`
      select count(*)::int as n from submissions where external_id in (${sid}, ${`${sid}:2`})`
    expect(count?.['n']).toBe(1)
  })

  it('answers twenty simultaneous first copies alike', async () => {
    const sid = newCallSid()
    const call = await speaking(stage, sid)
    await call.speak(20)
    const fields = {
      CallSid: sid,
      AccountSid: 'AC1',
      From: '+212612345678',
      To: '+212530000100',
      Digits: '1',
    }
    const url = call.gatherAction()
    const copies = await Promise.all(Array.from({ length: 20 }, () => post(stage.app, url, fields)))
    expect(new Set(copies.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1)
    expect((await settled(stage, sid, 1)).reference).toMatch(/^\d{10}$/)
  })

  it('changes nothing by a replay after the call is over', async () => {
    const sid = newCallSid()
    const call = await speaking(stage, sid)
    await call.speak(20)
    await call.press('1')
    const before = await settled(stage, sid, 1)
    await call.hangUp()
    await call.again()
    await call.tellRecording(`RE${sid.slice(2)}1`, 20)
    await call.hangUp()
    expect(await settled(stage, sid, 1)).toEqual(before)
  })

  it.each(['', '/recording', '/status', '/fallback'])(
    'refuses an unsigned request at %s with nothing written',
    async (path) => {
      const sid = newCallSid()
      const fields = { CallSid: sid, From: '+212612345678', CallStatus: 'completed', Digits: '1' }
      expect((await post(stage.app, `${VOICE}${path}`, fields, 'another token')).statusCode).toBe(403)
      expect(await stage.db.sql`select 1 from calls where call_sid = ${sid}`).toEqual([])
      expect(await stage.db.sql`select 1 from inbound_events where sender = ${sid}`).toEqual([])
    },
  )

  it('writes nothing of the request into a document (P70)', async () => {
    const hostile = '"><Dial>+882000</Dial>'
    const answer = await post(stage.app, `${VOICE}?step=${encodeURIComponent(hostile)}`, {
      CallSid: newCallSid(),
      From: hostile,
      To: hostile,
      CallerName: hostile,
      Digits: hostile,
    })
    expect(answer.statusCode).toBe(200)
    expect(answer.body).not.toContain('Dial')
    expect(isWellFormed(answer.body)).toBe(true)
  })
})

describe('who cannot be texted (P29)', () => {
  it.each([
    ['a withheld number', '+266696687', null],
    ['an anonymous caller', 'anonymous', null],
    ['a SIP caller', 'sip:someone@example.org', null],
    ['a landline', '+212537123456', '+212537123456'],
  ])('%s files, hears the receipt, and the record says it was spoken', async (_, from, phone) => {
    const sid = newCallSid()
    const call = await speaking(stage, sid, from)
    const texts = stage.texts.length
    await call.speak(20)
    expect(await call.press('1')).not.toContain('aussi par SMS')
    expect(await settled(stage, sid, 1)).toMatchObject({ phone, receipt: 'sent', via: 'voice' })
    expect(stage.texts).toHaveLength(texts)
  })

  it('is told apart from a text that the provider refused later', async () => {
    const sid = newCallSid()
    const call = await speaking(stage, sid)
    await call.speak(20)
    await call.press('1')
    const { id } = await settled(stage, sid, 1)
    await stage.db
      .sql`update receipts set state = 'failed', failure = 'twilio_21614' where complaint_id = ${id}`
    await stage.hotline.sweeps.spoken_receipts()
    const [receipt] = await stage.db.sql`select state, via, failure from receipts where complaint_id = ${id}`
    expect(receipt).toMatchObject({ state: 'sent', via: 'voice', failure: 'twilio_21614' })
  })
})

describe('tracking by telephone', () => {
  it('reads the newest to the number that filed, and to nobody else without the code', async () => {
    const from = '+212633330001'
    const sid = newCallSid()
    const call = await speaking(stage, sid, from)
    await call.speak(20)
    await call.press('1')
    const { reference, id } = await settled(stage, sid, 1)
    const back = dial(stage, newCallSid(), from)
    await back.answer()
    const said = [...(await back.press('2')).matchAll(/<Say[^>]*>(\d)<\/Say>/g)]
      .map(([, digit]) => digit)
      .join('')
    expect(said).toContain(reference)

    const stranger = dial(stage, newCallSid(), '+212633330002')
    await stranger.answer()
    await stranger.press('3')
    expect(await stranger.press('2')).toContain('10 chiffres')
    await stranger.press(reference)
    expect(await stranger.press('000000')).toContain('ne vont pas ensemble')
    await stranger.press(reference)
    expect(await stranger.press(accessCodeOf(testSecrets, id))).toContain('Plainte numéro')
  })

  it('keeps no typed code', async () => {
    const rows = await stage.db.sql`
      select later.event from call_steps earlier
      join call_steps later on later.call_sid = earlier.call_sid and later.step = earlier.step + 1
      where earlier.state ->> 'node' = 'code' and later.event ? 'keys'`
    expect(rows).toEqual([])
  })
})

describe('the fallback', () => {
  it('is a voicemail in Arabic and French that needs nothing', async () => {
    const answer = await post(stage.app, `${VOICE}/fallback`, {
      CallSid: newCallSid(),
      From: '+212612345678',
    })
    expect(isWellFormed(answer.body)).toBe(true)
    expect(answer.body).toMatch(/arb[\s\S]*fr-FR[\s\S]*<Record[\s\S]*finishOnKey="#"/)
  })

  it('files what it recorded, of a call nobody had heard of', async () => {
    const sid = newCallSid()
    const take = `RE${sid.slice(2)}1`
    stage.recordings.sounds.set(take, Buffer.from('RIFF in the night'))
    const answer = await post(stage.app, `${VOICE}/fallback`, {
      CallSid: sid,
      From: '+212644440001',
      To: '+212530000100',
      RecordingSid: take,
      RecordingUrl: stage.recordings.urlOf(take),
      RecordingDuration: '14',
    })
    expect(answer.body).toContain('reçu partira par SMS')
    expect(await settled(stage, sid, 1)).toMatchObject({ phone: '+212644440001', receipt: 'sent' })
  })
})

it('U21: a call whose answer came too late, so that the fallback took it, is one complaint', async () => {
  const sid = newCallSid()
  const from = '+212644440003'
  const take = `RE${sid.slice(2)}1`
  stage.recordings.sounds.set(take, Buffer.from('RIFF after sixteen seconds'))
  // The provider gave up waiting and played the fallback's document; its first request arrives only now.
  await post(stage.app, `${VOICE}/fallback`, { CallSid: sid, From: from, To: '+212530000100' })
  const told = { RecordingSid: take, RecordingUrl: stage.recordings.urlOf(take), RecordingDuration: '14' }
  const call = dial(stage, sid, from)
  const recorded = { CallSid: sid, From: from, To: '+212530000100', ...told }
  await Promise.all([post(stage.app, `${VOICE}/fallback`, recorded), call.answer()])
  await call.tellRecording(take, 14)
  await call.hangUp()
  expect(await settled(stage, sid, 1)).toMatchObject({ phone: from, receipt: 'sent' })
  const filed = await stage.db.sql`select 1 from complainants where phone = ${from}`
  expect(filed).toHaveLength(1)
})

it('learns from the end of a call who had called while we were away', async () => {
  const sid = newCallSid()
  const call = dial(stage, sid, '+212644440002')
  const take = `RE${sid.slice(2)}1`
  stage.recordings.sounds.set(take, Buffer.from('RIFF in the night'))
  await call.tellRecording(take, 14)
  await call.hangUp()
  expect(await settled(stage, sid, 1)).toMatchObject({ phone: '+212644440002', receipt: 'sent', via: 'sms' })
})
