import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { field, readForm, requireTwilio } from '../../channels/twilio.ts'
import type { ChannelAdapter } from '../../src/core/channel.ts'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { createApp } from '../../src/http/app.ts'
import { mountChannel } from '../../src/http/mount-channel.ts'
import { sendProblem } from '../../src/http/problem.ts'
import { createReception } from '../../src/intake/receive-events.ts'
import { createDoor } from '../../src/intake/receive-or-spool.ts'
import { startSpoolReplay } from '../../src/intake/replay-spool.ts'
import { createSpool } from '../../src/intake/spool.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { signatureOf } from '../../src/simulator/phone/webhooks.ts'

export const DOOR = {
  publicUrl: 'https://wasl.example',
  path: '/webhooks/twilio/messages',
  token: 'a-door-token',
} as const

/** The smallest channel behind Twilio's signature: a message is an event, anything signed is heard. */
const messages: ChannelAdapter = {
  id: 'sms',
  routes: [
    {
      method: 'POST',
      path: DOOR.path,
      bodyLimit: 64 * 1024,
      authenticate: requireTwilio({ authTokens: [DOOR.token], publicUrl: DOOR.publicUrl }),
      receive: ({ body, receivedAt }) => {
        const fields = readForm(body)
        const [externalId, sender] = [field(fields, 'MessageSid'), field(fields, 'From')]
        const raw = { type: 'application/x-www-form-urlencoded', body }
        return { events: [{ channel: 'sms', externalId, sender, receivedAt, raw }], reply: { status: 200 } }
      },
    },
  ],
}

/** A telephone's door over a database, as the gateway opens it: signature, reception, spool, replay. */
export const openTelephoneDoor = async (databaseUrl: string) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-door-'))
  const db: Database = openDatabase({ url: databaseUrl, connections: 4 })
  const spool = createSpool({ folder: path.join(folder, 'spool'), newId: newUuidV7 })
  await spool.open()
  const receive = createReception({ sql: db.sql, newId: newUuidV7 })
  const logger = pino({ level: 'silent' })
  const app = await createApp({ logger, newId: newUuidV7, trustedProxies: [], errorPage: sendProblem })
  await mountChannel(app, messages, { clock: systemClock, logger, door: createDoor({ receive, spool }) })
  const stopReplay = startSpoolReplay({ db, clock: systemClock, newId: newUuidV7, spool, receive, logger })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    db,
    spooled: () => fs.readdirSync(path.join(folder, 'spool')).length,
    close: async () => {
      await app.close()
      await stopReplay()
      await db.close()
      fs.rmSync(folder, { recursive: true })
    },
  }
}

/** Knocks at the door, with a signature or with what is given instead. */
export const knocker = (url: () => string) => {
  const send = (body: string, headers: Record<string, string>) =>
    fetch(`${url()}${DOOR.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    })
  const signed = (body: string) => {
    const read = Object.entries(readForm(Buffer.from(body)))
    const fields = new Map(read.map(([name, value]) => [name, [...new Set([value].flat())].toSorted()]))
    return send(body, {
      'x-twilio-signature': signatureOf(DOOR.token, `${DOOR.publicUrl}${DOOR.path}`, fields),
    })
  }
  return { send, signed }
}
