import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createPipeline } from '../../media/pipeline.ts'
import { processAsset } from '../../src/assets/process-asset.ts'
import { delivered } from '../../src/core/delivery.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { sampleVoice } from '../../src/simulator/phone/sample-voice.ts'
import { freePort } from '../support/gateway-process.ts'
import { type HotlineStage, PUBLIC_URL, settled, startHotline } from '../support/hotline.ts'
import { silent, temporaryFolder, toolsOf } from '../support/media.ts'
import {
  SIMULATED_ACCOUNT,
  type SimulatedProvider,
  startSimulatedProvider,
} from '../support/simulated-provider.ts'

/** A call from a simulated telephone to the playable recording: nothing between is ours to pretend. */
let stage: HotlineStage
let provider: SimulatedProvider
const disk = temporaryFolder()
const erased: string[] = []

beforeAll(async () => {
  const port = await freePort()
  provider = await startSimulatedProvider({
    publicUrl: PUBLIC_URL,
    deliverTo: `http://127.0.0.1:${port}`,
  })
  stage = await startHotline({
    authTokens: [SIMULATED_ACCOUNT.token],
    recordingHost: new URL(provider.apiUrl).host,
    erase: async (url) => {
      const sid = /Recordings\/(\w+)/.exec(url)?.[1] ?? ''
      provider.exchange.state.recordings.delete(sid)
      erased.push(sid)
      return delivered(sid)
    },
  })
  await stage.app.listen({ port, host: '127.0.0.1' })
})
afterAll(async () => {
  await stage.close()
  await provider.stop()
  disk.remove()
})

const take = (seconds: number) => ({ type: 'audio/x-wav', bytes: sampleVoice(seconds), seconds })

it('ends in a recording that plays, erased at the provider, however the provider misbehaves', async () => {
  const { calls, state } = provider.exchange
  Object.assign(state.misbehaviour, { duplicate: true, notFoundFirst: 2 })
  const call = await calls.dial('+212612345678')
  await calls.press(call, '3')
  await calls.press(call, '1')
  await calls.press(call, '1')
  // Silence after the guide brings the tone.
  await calls.press(call, '')
  await calls.speak(call, take(6), '#')
  await calls.press(call, '4')
  await calls.press(call, '')
  await calls.speak(call, take(4), 'hangup')
  const { files } = await settled(stage, call.sid, 2)
  const pipeline = createPipeline({
    tools: await toolsOf('debian'),
    workDir: path.join(disk.folder, 'work'),
    clock: systemClock,
    logger: silent,
  })
  const deps = { db: stage.db, store: stage.store, clock: systemClock, newId: newUuidV7, pipeline }
  const assets = await stage.db.sql<{ id: string }[]>`
    select id from media_assets where name like 'voice-%' order by position`
  for (const { id } of assets)
    await processAsset(deps, { assetId: id }, { signal: AbortSignal.timeout(60_000) })
  const ready = await stage.db.sql`
    select name, state, kind, duration_ms / 1000 as seconds from media_assets order by position`
  expect(ready).toMatchObject([
    { name: 'voice-1.wav', state: 'ready', kind: 'audio', seconds: 6 },
    { name: 'voice-2.wav', state: 'ready', kind: 'audio', seconds: 4 },
  ])
  expect(files).toHaveLength(2)
  expect(erased).toHaveLength(2)
})
