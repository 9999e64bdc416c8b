import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createSmpp } from '../../channels/sms/smpp/driver.ts'
import { twilioTexts } from '../../channels/sms/twilio/channel.ts'
import { createTwilioDriver } from '../../channels/sms/twilio/driver.ts'
import { createTwilioClient } from '../../channels/twilio-client.ts'
import type { InboundEvent } from '../../src/core/channel.ts'
import { systemClock } from '../../src/platform/system-clock.ts'
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
  const { driver, channel } = createSmpp({ config: smsc.config(), clock: systemClock, note: () => {} })
  const stopping = new AbortController()
  const watching = channel.watch?.(async (heard) => {
    events.push(...heard)
  }, stopping.signal)
  await smsc.bind()
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

describe('the link to a message centre', () => {
  const open = async (receive: (event: InboundEvent) => Promise<void>) => {
    const smsc = await startSmsc()
    const notes: string[] = []
    const { driver, channel } = createSmpp({
      config: smsc.config(),
      clock: systemClock,
      note: ({ event }) => notes.push(event),
    })
    const stopping = new AbortController()
    const watching = channel.watch?.(async ([event]) => receive(event!), stopping.signal)
    return {
      smsc,
      driver,
      notes,
      close: async () => {
        stopping.abort()
        await watching
        await smsc.close()
      },
    }
  }

  it('answers a message only once it is durable, and has it brought again when it is not', async () => {
    const durable = Promise.withResolvers<void>()
    const names: string[] = []
    let isAway = true
    const link = await open(async ({ externalId }) => {
      names.push(externalId)
      if (isAway) throw new Error('the database is away')
      await durable.promise
    })
    await link.smsc.bind()
    expect(await link.smsc.text('+212612345678', 'Le guichet est fermé')).toBe(0x08)
    isAway = false
    let answered = false
    const again = link.smsc.text('+212612345678', 'Le guichet est fermé').then((status) => {
      answered = true
      return status
    })
    await pollUntil(() => names.length === 2)
    expect(answered).toBe(false)
    durable.resolve()
    expect(await again).toBe(0)
    // The same message brought again is the same event; after a good answer its like is another.
    expect(names[0]).toBe(names[1])
    await link.smsc.text('+212612345678', 'Le guichet est fermé')
    expect(names[2]).not.toBe(names[1])
    expect(link.notes).toContain('smpp.not_recorded')
    await link.close()
  })

  it('binds again after a loss, and takes what the lost answer left open as the same event', async () => {
    const names: string[] = []
    const link = await open(async ({ externalId }) => {
      names.push(externalId)
    })
    await link.smsc.bind()
    await link.smsc.text('+212612345678', 'Le guichet est fermé')
    link.smsc.drop()
    await pollUntil(() => link.smsc.binds() === 2)
    await link.smsc.text('+212612345678', 'Le guichet est fermé')
    expect(names[0]).toBe(names[1])
    expect(
      await link.driver.send(
        { id: 'x', channel: 'sms', from: '3737', to: '+212612345678', text: 'Bonjour', encoding: 'gsm7' },
        AbortSignal.timeout(5_000),
      ),
    ).toMatchObject({ ok: true })
    await link.close()
  })

  it('says that there is no link instead of losing a message', async () => {
    const { driver } = createSmpp({
      config: { host: '127.0.0.1', port: 1, tls: false, systemId: 'x', password: 'y', from: '3737' },
      clock: systemClock,
      note: () => {},
    })
    const result = await driver.send(
      { id: 'x', channel: 'sms', from: '3737', to: '+212612345678', text: 'Bonjour', encoding: 'gsm7' },
      AbortSignal.timeout(1_000),
    )
    expect(result).toMatchObject({ ok: false, error: { code: 'smpp_unbound', retryable: true } })
  })

  it('asks for a receipt of the last part alone, and numbers the parts', async () => {
    const link = await open(async () => {})
    await link.smsc.bind()
    const text = 'ش'.repeat(150)
    await link.driver.send(
      { id: 'x', channel: 'sms', from: '3737', to: '+212612345678', text, encoding: 'ucs2' },
      AbortSignal.timeout(5_000),
    )
    expect(link.smsc.submitted.map(({ part }) => part?.slice(1))).toEqual([
      [3, 1],
      [3, 2],
      [3, 3],
    ])
    expect(link.smsc.submitted.map(({ registered }) => registered)).toEqual([0, 0, 1])
    expect(link.smsc.submitted.map(({ dataCoding }) => dataCoding)).toEqual([8, 8, 8])
    await link.close()
  })
})
