import { createHash } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { createDirectory } from '../../src/administrations/directory.ts'
import { createConnectors } from '../../src/connectors/index.ts'
import type { Clock } from '../../src/core/clock.ts'
import { text } from '../../src/html/text.ts'
import { administrationRoutes } from '../../src/http/api/administrations.ts'
import { referralRoutes } from '../../src/http/api/referrals.ts'
import { createApp } from '../../src/http/app.ts'
import { mediaLinkRoutes } from '../../src/http/media-links.ts'
import { STATUS_OF } from '../../src/http/status-of.ts'
import { createRelay } from '../../src/outbox/relay.ts'
import { createOutboundGuard, type OutboundGuard } from '../../src/platform/outbound-guard.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { createCarryOutTransfer } from '../../src/referrals/carry-out-transfer.ts'
import { createForwardReferral } from '../../src/referrals/forward-referral.ts'
import { createRouteComplaint } from '../../src/referrals/route-complaint.ts'
import { createToken } from '../../src/staff/tokens.ts'
import { acceptanceOver, openTestDatabase, submissionOf, testSecrets } from './acceptance.ts'

export interface ReceivedWebhook {
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
}

/** A body's own server: answers with `status`, keeps what came. */
export const startBody = async () => {
  const received: ReceivedWebhook[] = []
  const behaviour = { status: 200, silent: false }
  const server = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece
    })
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers as Record<string, string>, body })
      if (!behaviour.silent) response.writeHead(behaviour.status).end()
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    behaviour,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** An object store in memory, for what a flow reads back. */
const memoryStore = () => {
  const objects = new Map<string, Buffer>()
  return {
    objects,
    put: async (key: string, body: Readable) => {
      const bytes = Buffer.concat(await body.toArray())
      objects.set(key, bytes)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      return { ok: true as const, object: { key, bytes: bytes.length, sha256 } }
    },
    delete: async (key: string) => void objects.delete(key),
    get: async (key: string, range?: { start: number; end: number }) => {
      const bytes = objects.get(key)
      if (bytes === undefined) return undefined
      return Readable.from([range ? bytes.subarray(range.start, range.end + 1) : bytes])
    },
    head: async (key: string) => {
      const bytes = objects.get(key)
      return bytes && { bytes: bytes.length }
    },
  }
}

/** Filing, routing, forwarding and the bodies' API over a real database; mail is kept, webhooks reach loopback only. */
export const startReferralHouse = async (
  { publicUrl, guard }: { publicUrl: string; guard: OutboundGuard } = {
    publicUrl: 'http://wasl.test',
    guard: createOutboundGuard({ allow: ['127.0.0.0/8'] }),
  },
  clock: Clock = systemClock,
) => {
  const open = await openTestDatabase()
  const { db } = open
  const { accept } = await acceptanceOver(db)
  const mails: { to: string; subject: string }[] = []
  const store = memoryStore()
  const base = {
    db,
    clock,
    newId: newUuidV7,
    secrets: testSecrets,
    publicUrl,
    store,
    officeZone: 'Africa/Casablanca',
  }
  const connectors = createConnectors({
    guard,
    timeout: 2_000,
    words: text,
    publicUrl: base.publicUrl,
    sendMail: async (mail) => {
      mails.push(mail)
      return { ok: true }
    },
  })
  const relay = createRelay({
    sql: db.sql,
    clock,
    worker: 'test',
    logger: pino({ level: 'silent' }),
    handlers: {
      'complaint.route': createRouteComplaint(base),
      'complaint.transfer': createCarryOutTransfer(base),
      'referral.forward': createForwardReferral({ ...base, connectors }),
    },
  })
  const app: FastifyInstance = await createApp({
    logger: pino({ level: 'silent' }),
    newId: newUuidV7,
    trustedProxies: [],
    errorPage: (_request, reply, error) => reply.code(STATUS_OF[error.code]).send(error.code),
  })
  await administrationRoutes(app, {
    ...base,
    connectors,
    directory: createDirectory(base),
  })
  await referralRoutes(app, base)
  await mediaLinkRoutes(app, { ...base, store: store as never })
  const { token: ministry } = await createToken(base, { role: 'ministry-supervisor' })

  const call = async (token: string, method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) => {
    const response = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${token}` },
      ...(payload === undefined ? {} : { payload }),
    })
    return { status: response.statusCode, body: response.body === '' ? undefined : response.json() }
  }
  return {
    db,
    url: open.url,
    app,
    relay,
    store,
    mails,
    base,
    ministry,
    call,
    put: async (code: string, form: object = {}) =>
      call(ministry, 'PUT', `/api/v1/staff/administrations/${code}`, { names: { fr: code }, ...form }),
    file: async (facts: Parameters<typeof submissionOf>[0] = {}) => accept(submissionOf(facts)),
    complaint: async (id: string) =>
      (
        await db.sql`select status, closed_reason, ground, round, a.code as administration from complaints c
        left join administrations a on a.id = c.administration_id where c.id = ${id}`
      )[0],
    referrals: async (id: string) =>
      db.sql`select r.id, a.code, r.state, r.delivered_at, r.external_reference, r.sequence from referrals r
        join administrations a on a.id = r.administration_id where complaint_id = ${id} order by r.created_at, r.id`,
    events: async (id: string): Promise<string[]> =>
      (await db.sql`select event from complaint_events where complaint_id = ${id} order by at, id`).map(
        ({ event }) => event,
      ),
    sha256: (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex'),
    close: async () => {
      await app.close()
      await guard.close()
      await open.close()
    },
  }
}
