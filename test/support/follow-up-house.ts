import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import Fastify from 'fastify'
import { Webhook } from 'standardwebhooks'
import { expect } from 'vitest'
import { receiptRoutes } from '../../src/http/receipts.ts'
import { systemClock } from '../../src/platform/system-clock.ts'
import { testSecrets } from './acceptance.ts'
import { startBody, startReferralHouse } from './referrals.ts'
import { type WebPerson, webPerson } from './web-person.ts'
import { startWebServer } from './web-server.ts'

export const STORY = 'Le guichet de la commune est fermé depuis deux semaines.'
export const PAGE = '/fr/track/complaint'

export interface Filed {
  readonly complaintId: string
  readonly receiptId: string
  readonly reference: string
  readonly accessCode: string
}

interface Dossier {
  readonly reference: string
  readonly rounds: readonly {
    readonly number: number
    readonly text: string
    readonly answer: string | null
  }[]
}

/** A citizen's pages and a body with its webhook over one database: what is done after a complaint was filed. */
export const openFollowUpHouse = async () => {
  const house = await startReferralHouse()
  const body = await startBody()
  const server = await startWebServer({
    databaseUrl: house.url,
    folder: fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-follow-')),
    trustedProxies: ['127.0.0.1'],
  })
  const put = await house.put('SANTE', { connectors: [{ type: 'webhook', url: body.url }] })
  const webhook = new Webhook(put.body.connectors[0].secret)
  const receipts = Fastify()
  receiptRoutes(receipts, {
    sql: house.db.sql,
    orm: house.db.orm,
    clock: systemClock,
    secrets: testSecrets,
    publicUrl: 'http://wasl.test',
    officeZone: 'Africa/Casablanca',
    pdf: { render: async () => new Uint8Array(), close: async () => {} },
    accessCodeOf: () => '000000',
    localeOf: () => 'fr',
    limit: async () => {},
  })

  let nextHost = 1
  const somebody = () => webPerson(server.url, { 'x-forwarded-for': `203.0.113.${nextHost++}` })

  const enter = async (person: WebPerson, { reference, accessCode }: Filed) => {
    await person.post('/fr/track', { reference, code: accessCode })
    return person.get(PAGE)
  }

  /** A complaint that its body has, and the person who filed it before the tracking page. */
  const followed = async (contact: Record<string, string> = { contact: 'none' }) => {
    const person = somebody()
    await person.get('/fr/file/message?way=write')
    await person.post('/fr/file/message', { text: STORY, kind: 'complaint' })
    await person.post('/fr/file/office', { office: 'SANTE' })
    await person.post('/fr/file/contact', contact)
    await person.post('/fr/file/check', {})
    const filed: Filed = server.accepted.at(-1)!
    await house.relay.drain()
    await enter(person, filed)
    return { person, filed }
  }

  const bodyDoes = async ({ complaintId }: Filed, verb: string, said: object) => {
    const referral = (await house.referrals(complaintId)).at(-1)
    const done = await house.call(
      put.body.token,
      'POST',
      `/api/v1/referrals/${referral?.['id']}/${verb}`,
      said,
    )
    expect(done.status).toBeLessThan(300)
  }

  return {
    house,
    server,
    receipts,
    somebody,
    enter,
    followed,
    bodyDoes,
    answered: async (contact?: Record<string, string>) => {
      const { person, filed } = await followed(contact)
      await bodyDoes(filed, 'answer', { text: 'Le guichet rouvre lundi.\nVenez avec votre carte.' })
      return { person, filed, page: await person.get(PAGE) }
    },
    /** What the body's webhook heard of a complaint. */
    heardOf: ({ reference }: Filed) =>
      body.received
        .map(({ body: text, headers }) => webhook.verify(text, headers) as { type: string; data: Dossier })
        .filter(({ data }) => data.reference === reference),
    /** What was sent with and after the filing, but for the filing. */
    sentAfter: ({ complaintId }: Filed) =>
      house.db
        .sql`select round, text from submissions where complaint_id = ${complaintId} order by received_at offset 1`,
    close: async () => {
      await receipts.close()
      await server.close()
      await house.close()
      await body.close()
    },
  }
}
