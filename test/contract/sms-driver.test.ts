import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import { createSmpp } from '../../channels/sms/smpp/driver.ts'
import { twilioTexts } from '../../channels/sms/twilio/channel.ts'
import { createTwilioDriver } from '../../channels/sms/twilio/driver.ts'
import { createTwilioClient } from '../../channels/twilio-client.ts'
import type { InboundEvent } from '../../src/core/channel.ts'
import { systemClock } from '../../src/platform/system-clock.ts'
import { memoryOf } from '../support/door-memory.ts'
import { pollUntil } from '../support/poll-until.ts'
import { startSmsc } from '../support/smsc.ts'
import { type Arrived, type DriverStage, holdsDriverContract } from './sms-driver.contract.ts'

const TOKEN = 'the-secret-token'
const LINE = '+212530000100'

/** Twilio's REST API as far as a message goes, on loopback. */
const openTwilio = async (): Promise<DriverStage> => {
  const arrived: Arrived[] = []
  let how: string | undefined
  const server = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece
    })
    request.on('end', () => {
      const answer = (status: number, json: object) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
      const now = how
      how = undefined
      if (now === 'silent') return
      if (now === 'busy') return answer(429, { code: 20429, message: 'Too many requests', status: 429 })
      if (now === 'bad_number')
        return answer(400, {
          code: 21211,
          message: "The 'To' number +212612345678 is not valid",
          status: 400,
        })
      const form = new URLSearchParams(body)
      arrived.push({ from: form.get('From') ?? '', to: form.get('To') ?? '', text: form.get('Body') ?? '' })
      answer(201, { sid: `SM${arrived.length}`, status: 'queued' })
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
  const client = createTwilioClient({
    accountSid: `AC${'1'.repeat(32)}`,
    authTokens: [TOKEN],
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  })
  const publicUrl = 'https://wasl.example'
  const driver = createTwilioDriver({ client, publicUrl, smsFrom: LINE, whatsappFrom: undefined })
  const { routes = [] } = twilioTexts({ authTokens: [TOKEN], publicUrl })
  let count = 0
  const post = (url: string, form: Record<string, string>): InboundEvent => {
    const route = routes.find(({ path }) => url.startsWith(path))
    const body = Buffer.from(new URLSearchParams(form).toString())
    return route!.receive({ method: 'POST', url, headers: {}, body, receivedAt: new Date() }).events[0]!
  }
  return {
    driver,
    secret: TOKEN,
    arrived: () => arrived,
    next: (next) => {
      how = next
    },
    comesIn: async (From, Body) => {
      count += 1
      return post('/webhooks/twilio/messages', {
        MessageSid: `SMin${count}`,
        From,
        To: LINE,
        Body,
        NumMedia: '0',
      })
    },
    says: async (MessageSid, id, word) =>
      post(`/webhooks/twilio/status?message=${id}`, {
        MessageSid,
        MessageStatus: word === 'failed' ? 'undelivered' : word,
        ErrorCode: word === 'failed' ? '30005' : '',
      }),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const openSmpp = async (): Promise<DriverStage> => {
  const smsc = await startSmsc()
  const events: InboundEvent[] = []
  const notes: string[] = []
  // Between one misbehaviour and the next a minute passes: the pace has recovered.
  let ahead = 0
  const clock = { now: () => new Date(systemClock.now().getTime() + ahead) }
  const { driver, channel } = createSmpp({
    config: smsc.config(),
    clock,
    note: ({ event }) => notes.push(event),
  })
  const stopping = new AbortController()
  const watching = channel.watch?.(
    async (heard) => {
      events.push(...heard)
    },
    stopping.signal,
    memoryOf(events),
  )
  await pollUntil(() => notes.includes('smpp.bound'))
  /** Parts of one text put together again, as the person's phone does. */
  const arrived = (): Arrived[] => {
    const whole: Arrived[] = []
    for (const { from, to, text, part } of smsc.submitted) {
      const last = whole.at(-1)
      if (part && part[2] !== 1 && last) whole[whole.length - 1] = { ...last, text: last.text + text }
      else whole.push({ from, to, text })
    }
    return whole
  }
  return {
    driver,
    secret: 'secret',
    arrived,
    next: (how) => {
      ahead += 60_000
      smsc.behaviour.silent = how === 'silent'
      if (how === 'busy') smsc.refusals.push(0x58)
      if (how === 'bad_number') smsc.refusals.push(0x0b)
    },
    comesIn: async (from, text) => {
      expect(await smsc.text(from, text)).toBe(0)
      return events.at(-1)!
    },
    says: async (providerId, _id, word) => {
      smsc.behaviour.silent = false
      await smsc.receipt(providerId.toUpperCase().padStart(6, '0'), word === 'failed' ? 'UNDELIV' : 'DELIVRD')
      return events.at(-1)!
    },
    close: async () => {
      stopping.abort()
      await watching
      await smsc.close()
    },
  }
}

holdsDriverContract('twilio', openTwilio)
holdsDriverContract('smpp', openSmpp)
