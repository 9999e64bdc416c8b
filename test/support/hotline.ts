import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import fastify, { type FastifyInstance } from 'fastify'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { fetchRemote } from '../../media/fetch-remote.ts'
import { createEraseRemote, type EraseRemoteDeps } from '../../src/assets/erase-remote.ts'
import { createFetchMedia } from '../../src/assets/fetch-media.ts'
import { composeVoice, type VoiceParts } from '../../src/composition/voice.ts'
import { delivered, failed } from '../../src/core/delivery.ts'
import type { TopicHandlers } from '../../src/core/topics.ts'
import { mountChannel } from '../../src/http/mount-channel.ts'
import { voiceSoundRoutes } from '../../src/http/voice-sounds.ts'
import { coverRecordings } from '../../src/intake/calls/cover-recordings.ts'
import { createJudgeEvent } from '../../src/intake/judge-event.ts'
import { mayTakeTexts } from '../../src/intake/normalise.ts'
import { createReception } from '../../src/intake/receive-events.ts'
import { createRelay } from '../../src/outbox/relay.ts'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { createOutboundGuard } from '../../src/platform/outbound-guard.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { acceptanceOver, openTestDatabase, testSecrets } from './acceptance.ts'
import { pollUntil } from './poll-until.ts'
import { SIMULATED_ACCOUNT } from './simulated-provider.ts'

export const PUBLIC_URL = 'https://wasl.example'
export const TOKEN = 'a token of the provider'
export const VOICE = '/webhooks/twilio/voice'

/** A provider that keeps recordings: not there for the first asking, gone once deleted. */
export const startRecordings = async () => {
  const sounds = new Map<string, Buffer>()
  const asked = new Map<string, number>()
  const deleted: string[] = []
  const server = http.createServer((request, reply) => {
    const sid = /Recordings\/(\w+)/.exec(request.url ?? '')?.[1] ?? ''
    const times = (asked.get(sid) ?? 0) + 1
    asked.set(sid, times)
    const sound = sounds.get(sid)
    if (sound === undefined || times === 1) return reply.writeHead(404).end()
    reply.writeHead(200, { 'content-type': 'audio/x-wav', 'content-length': sound.length }).end(sound)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    urlOf: (sid: string) => `http://127.0.0.1:${port}/2010-04-01/Accounts/AC1/Recordings/${sid}`,
    sounds,
    deleted,
    erase: async (url: string) => {
      const sid = /Recordings\/(\w+)/.exec(url)?.[1] ?? ''
      deleted.push(sid)
      sounds.delete(sid)
      return delivered(sid)
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

const silentLogger = { info: () => {}, warn: () => {}, error: () => {} } as never

/** The hotline on a database, a store and a provider of its own, with the relay that works for it. */
export const startHotline = async (
  change: Partial<VoiceParts> & {
    readonly recordingHost?: string
    readonly erase?: EraseRemoteDeps['erase']
  } = {},
) => {
  const open = await openTestDatabase()
  const { db } = open
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-voice-'))
  const store = createFileStore({ folder })
  const recordings = await startRecordings()
  const guard = createOutboundGuard({ allow: ['127.0.0.0/8'], within: [] })
  const { accept } = await acceptanceOver(db)
  const source = {
    hosts: [change.recordingHost ?? recordings.host],
    credentials: { user: SIMULATED_ACCOUNT.sid, password: SIMULATED_ACCOUNT.token },
  }
  const fetch: VoiceParts['fetch'] = (url, signal) =>
    fetchRemote({ guard, store, newId: newUuidV7, source }, url, {
      maxBytes: 10_000_000,
      signal,
    })
  const texts: { receiptId?: string; complaintId?: string; to?: string; link?: string }[] = []
  const hotline = await composeVoice({
    db,
    clock: systemClock,
    newId: newUuidV7,
    secrets: testSecrets,
    store,
    logger: silentLogger,
    publicUrl: PUBLIC_URL,
    officeZone: 'Africa/Casablanca',
    voice: { transfer: undefined, hours: { firstDay: 1, lastDay: 5, from: '08:30', to: '16:30' } },
    authTokens: [TOKEN],
    accept,
    fetch,
    isTextable: mayTakeTexts,
    openRound: async () => ({ round: 2 }),
    closeSatisfied: async () => {},
    textReceipt: async (complaintId, to) => {
      if (!/^0[67]/.test(to)) return 'invalid'
      texts.push({ complaintId, to })
      return 'sent'
    },
    textLink: async (complaintId, to, occasion) => {
      texts.push({ complaintId, to, link: occasion })
      return 'sent'
    },
    sendText: async ({ receiptId }) => {
      await db.sql`update receipts set state = 'sent', via = 'sms' where id = ${receiptId}`
      texts.push({ receiptId })
      return delivered()
    },
    ...change,
  })
  const receive = createReception({ sql: db.sql, newId: newUuidV7 })
  const app: FastifyInstance = fastify({ routerOptions: { maxParamLength: 300 } })
  await mountChannel(app, hotline.channel, {
    clock: systemClock,
    logger: silentLogger,
    door: async (events) => {
      await Promise.all(events.map(receive))
      return 'recorded'
    },
  })
  voiceSoundRoutes(app, hotline.sounds)
  const parts = { db, clock: systemClock, newId: newUuidV7, store }
  const handlers: TopicHandlers = {
    'inbound.judge': createJudgeEvent({ ...parts, judges: { voice: hotline.judge } }),
    'media.fetch': createFetchMedia({ ...parts, fetch, onJoined: coverRecordings }),
    'media.erase': createEraseRemote({ ...parts, erase: change.erase ?? recordings.erase }),
    'receipt.send': hotline.sendReceipt,
    'complaint.route': async () => delivered(),
    'media.process': async () => failed({ code: 'later', message: '', retryable: true, retryAfter: 3600 }),
  }
  const relay = createRelay({
    sql: db.sql,
    clock: systemClock,
    logger: silentLogger,
    handlers,
    worker: newUuidV7(),
  }).start()
  return {
    app,
    db,
    store,
    hotline,
    recordings,
    texts,
    /** Makes what waits for its next try due now. */
    hurry: () => db.sql`
      with hurried as (
        update outbox_messages set due_at = now() - interval '1 ms'
        where settled_at is null and dead_at is null and leased_until is null and due_at > now() and topic <> 'media.process'
        returning 1
      )
      select pg_notify('outbox', '') where exists (select from hurried)`,
    close: async () => {
      await relay.stop(1_000)
      await app.close()
      await guard.close()
      await recordings.close()
      await open.close()
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type HotlineStage = Awaited<ReturnType<typeof startHotline>>

/** Posts a form as the provider does: signed over the public address and every field. */
export const post = async (
  app: FastifyInstance,
  url: string,
  fields: Record<string, string>,
  token = TOKEN,
) => {
  const signature = getExpectedTwilioSignature(token, `${PUBLIC_URL}${url}`, fields)
  return app.inject({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signature,
      // Neither of these is where the signed address comes from (P61).
      host: 'elsewhere.example',
      'x-forwarded-host': 'elsewhere.example',
    },
    payload: new URLSearchParams(fields).toString(),
  })
}

/** One telephone call, driven by the documents it is given: it presses, speaks, is silent, hangs up. */
export const dial = (stage: HotlineStage, callSid: string, from = '+212612345678') => {
  const about = { CallSid: callSid, AccountSid: 'AC1', From: from, To: '+212530000100', Direction: 'inbound' }
  let document = ''
  let recordings = 0
  const actionOf = (element: string): string => {
    const found = new RegExp(`<${element}[^>]* action="([^"]+)"`).exec(document)?.[1]
    if (found === undefined) throw new Error(`no ${element} to answer in ${document}`)
    return found.replaceAll('&amp;', '&').replace(PUBLIC_URL, '')
  }
  const redirect = (): string => {
    const found = /<Redirect[^>]*>([^<]+)<\/Redirect><\/Response>/.exec(document)?.[1]
    if (found === undefined) throw new Error(`nowhere to go on from ${document}`)
    return found.replaceAll('&amp;', '&').replace(PUBLIC_URL, '')
  }
  const last: { url: string; fields: Record<string, string> } = { url: '', fields: {} }
  const ask = async (url: string, fields: Record<string, string> = {}): Promise<string> => {
    last.url = url
    last.fields = { ...about, CallStatus: 'in-progress', ...fields }
    const answer = await post(stage.app, url, last.fields)
    if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}`)
    document = answer.body
    return document
  }
  const call = {
    last,
    document: () => document,
    gatherAction: () => actionOf('Gather'),
    answer: () => ask(VOICE, { CallStatus: 'ringing' }),
    press: (keys: string) => ask(actionOf('Gather'), { Digits: keys }),
    silent: () => ask(redirect(), { Digits: '' }),
    /** How the transfer to the desk ended. */
    dialled: (DialCallStatus: string) => ask(actionOf('Dial'), { DialCallStatus }),
    /** Records something of so many seconds; `lost`: the line drops before the answer is asked for. */
    speak: async (seconds: number, sound = Buffer.from(`RIFF sound of ${seconds} s`)) => {
      recordings += 1
      const sid = `RE${callSid.slice(2)}${recordings}`
      stage.recordings.sounds.set(sid, sound)
      const told = {
        RecordingSid: sid,
        RecordingUrl: stage.recordings.urlOf(sid),
        RecordingDuration: String(seconds),
      }
      return { sid, told, sent: await ask(actionOf('Record'), { ...told, Digits: '#' }) }
    },
    /** The recording's own callback, which names neither party. */
    tellRecording: (sid: string, seconds: number) =>
      post(stage.app, `${VOICE}/recording`, {
        CallSid: callSid,
        AccountSid: 'AC1',
        RecordingSid: sid,
        RecordingUrl: stage.recordings.urlOf(sid),
        RecordingDuration: String(seconds),
        RecordingStatus: 'completed',
      }),
    hangUp: () =>
      post(stage.app, `${VOICE}/status`, { ...about, CallStatus: 'completed', CallDuration: '60' }),
    /** The same request once more. */
    again: async () => (await post(stage.app, last.url, last.fields)).body,
  }
  return call
}

export interface FiledByCall {
  id: string
  reference: string
  kind: string
  channel: string
  language: string
  phone: string | null
  receipt: string
  via: string
  files: { name: string; sha256: string; position: number; object_key: string }[]
}

export const filedBy = ({ db }: HotlineStage, callSid: string): Promise<FiledByCall[]> =>
  db.sql<FiledByCall[]>`
    select c.id, c.reference, c.kind, c.channel, c.language, p.phone, r.state as receipt, r.via,
           coalesce((select jsonb_agg(to_jsonb(m) order by m.position) from media_assets m where m.complaint_id = c.id), '[]') as files
    from calls join complaints c on c.id = calls.complaint_id
    left join complainants p on p.complaint_id = c.id
    join receipts r on r.complaint_id = c.id and r.round = 1
    where calls.call_sid = ${callSid}`

/** Waits until a call has filed its complaint with so many recordings in our store, and nothing is left to be done. */
export const settled = async (stage: HotlineStage, callSid: string, takes: number): Promise<FiledByCall> => {
  await pollUntil(async () => {
    await stage.hurry()
    const [filed] = await filedBy(stage, callSid)
    const open = await stage.db.sql`
      select 1 from outbox_messages where settled_at is null and dead_at is null and topic <> 'media.process'`
    return filed?.files.length === takes && open.length === 0
  }, 15_000)
  const [filed] = await filedBy(stage, callSid)
  if (filed === undefined) throw new Error('nothing was filed')
  return filed
}

let calls = 0
export const newCallSid = (): string => {
  calls += 1
  return `CA${String(calls).padStart(32, '0')}`
}

/** Speaks French up to the tone. */
export const speaking = async (stage: HotlineStage, callSid: string, from?: string) => {
  const call = dial(stage, callSid, from)
  await call.answer()
  if (!call.document().includes('laisser une plainte')) await call.press('3')
  await call.press('1')
  await call.press('1')
  return call
}
