import { afterAll, beforeAll, expect, it } from 'vitest'
import { voiceScript } from '../../src/composition/voice.ts'
import { putClip } from '../../src/intake/calls/keep-clips.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import {
  dial,
  type HotlineStage,
  newCallSid,
  PUBLIC_URL,
  speaking,
  startHotline,
} from '../support/hotline.ts'

/** What an operator records takes the place of synthesis, piece by piece, on the hotline that runs (G31). */
let stage: HotlineStage
const logged: Record<string, unknown>[] = []
beforeAll(async () => {
  stage = await startHotline({
    logger: { warn: (line: Record<string, unknown>) => void logged.push(line) } as never,
  })
})
afterAll(() => stage.close())

const hours = { hours: { firstDay: 1, lastDay: 5, from: '08:30', to: '16:30' } }
const script = voiceScript('fr', hours)
const textOf = (key: string) => script.find((entry) => entry.key === key)?.text ?? ''
const put = (key: string, text = textOf(key)) =>
  putClip(
    { db: stage.db, store: stage.store, clock: systemClock, newId: newUuidV7 },
    {
      language: 'fr',
      key,
      text,
      type: 'audio/mpeg',
      durationMs: 900,
      source: 'human',
      bytes: Buffer.from(`ID3 ${key} ${text}`),
    },
  )
const menu = async () => {
  const call = dial(stage, newCallSid())
  const document = await call.answer()
  return document.includes('laisser une plainte') || document.includes('<Play>') ? document : call.press('3')
}

it('is synthesised while nothing is recorded, and each missing clip is logged once', async () => {
  expect(await menu()).toContain('<Say language="fr-FR">Pour laisser une plainte')
  await menu()
  const missing = logged.filter(
    ({ event, key, language }) => event === 'voice.clip_missing' && key === 'voice.menu' && language === 'fr',
  )
  expect(missing).toHaveLength(1)
})

it('is played within a minute of being put, from an address that never changes its sound', async () => {
  await put('voice.menu')
  await stage.hotline.sweeps.voice_clips()
  const document = await menu()
  const [, url = ''] = /<Play>([^<]+\.mp3)<\/Play>/.exec(document) ?? []
  expect(document).not.toContain('Pour laisser une plainte')
  const sound = await stage.app.inject(url.replace(PUBLIC_URL, ''))
  expect([sound.statusCode, sound.headers['content-type'], sound.body]).toEqual([
    200,
    'audio/mpeg',
    `ID3 voice.menu ${textOf('voice.menu')}`,
  ])
  expect(sound.headers['cache-control']).toContain('immutable')
})

it('that was recorded from other words is not played', async () => {
  await put('voice.menu', 'Pour une plainte, tapez 1.')
  await stage.hotline.sweeps.voice_clips()
  expect(await menu()).toContain('<Say language="fr-FR">Pour laisser une plainte')
  await put('voice.menu')
  await stage.hotline.sweeps.voice_clips()
  expect(await menu()).not.toContain('Pour laisser une plainte')
})

it('composes digits, days and months, so that a receipt holds no synthesis at all', async () => {
  for (const { key } of script) await put(key)
  await stage.hotline.sweeps.voice_clips()
  const call = await speaking(stage, newCallSid(), '+212688880001')
  await call.speak(20)
  const document = await call.press('1')
  expect(document).not.toContain('<Say')
  const played = [...document.matchAll(/clips\/([0-9a-f]{64})\.mp3/g)].map(([, sha256]) => sha256)
  const rows = await stage.db.sql<
    { sha256: string; key: string }[]
  >`select sha256, key from voice_clips where language = 'fr'`
  const keys = played.map((sha256) => rows.find((row) => row.sha256 === sha256)?.key ?? '')
  expect(keys.filter((key) => key.startsWith('digit.'))).toHaveLength(32)
  expect(keys.filter((key) => /^(day|month)\./.test(key))).toHaveLength(4)
})
