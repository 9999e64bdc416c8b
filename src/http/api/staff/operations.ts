import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { officeDay } from '../../../core/deadlines.ts'
import { readLedger } from '../../../intake/ledger.ts'
import { redriveDelivery } from '../../../staff/desk.ts'
import { DELIVERY_FILTERS, listDeliveries, listQuarantine } from '../../../staff/list-failures.ts'
import { openQuarantined } from '../../../staff/open-evidence.ts'
import { QUARANTINE_DEEDS, resolveQuarantined } from '../../../staff/resolve-quarantine.ts'
import { requireRight } from '../../../staff/rights.ts'
import { sendEvidence } from '../../send-evidence.ts'
import { actorOf } from './actor.ts'
import type { StaffApiDeps } from './routes.ts'
import { bytesOf, deliveryPage, ledgerLines, plain, quarantineList } from './shapes.ts'

const tags = ['staff']
const params = z.object({ id: z.string().max(40) })

const deliveryRoutes = (plainApp: FastifyInstance, deps: StaffApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  const querystring = z.object({
    state: z.enum(DELIVERY_FILTERS).default('failed'),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    cursor: z.string().max(200).optional(),
  })
  app.get(
    '/deliveries',
    {
      schema: {
        tags,
        summary: 'What is still owed, with the reason',
        querystring,
        response: { 200: deliveryPage },
      },
    },
    async (request) => {
      const { cursor, ...page } = request.query
      const wish = cursor === undefined ? page : { ...page, cursor }
      return plain(await listDeliveries(deps, actorOf(request), wish))
    },
  )
  app.post(
    '/deliveries/:id/redrive',
    { schema: { tags, summary: 'Try a delivery again, now', params, response: { 204: z.void() } } },
    async (request, reply) => {
      await redriveDelivery(deps, actorOf(request), request.params.id)
      return reply.code(204).send()
    },
  )
}

const quarantineRoutes = (plainApp: FastifyInstance, deps: StaffApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/quarantine',
    { schema: { tags, summary: 'What came in and could not be read', response: { 200: quarantineList } } },
    async (request) => {
      const events = await listQuarantine(deps, actorOf(request))
      return plain(
        events.map((event) => ({
          ...event,
          url: `${deps.publicUrl}/api/v1/staff/quarantine/${event.id}/raw`,
        })),
      )
    },
  )
  app.get(
    '/quarantine/:id/raw',
    {
      schema: {
        tags,
        summary: 'The bytes that could not be read; the opening is audited',
        params,
        response: { 200: bytesOf('application/octet-stream') },
      },
    },
    async (request, reply) =>
      sendEvidence(reply, await openQuarantined(deps, actorOf(request), request.params.id)),
  )
  app.post(
    '/quarantine/:id/:deed',
    {
      schema: {
        tags,
        summary: 'Give it to its judge again (release), or lay it aside (dismiss)',
        params: params.extend({ deed: z.enum(QUARANTINE_DEEDS) }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      await resolveQuarantined(deps, actorOf(request), request.params)
      return reply.code(204).send()
    },
  )
}

const ledgerRoute = (plainApp: FastifyInstance, deps: StaffApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/ledger',
    {
      schema: {
        tags,
        summary: 'Every event at every door on one office day, with the end it met',
        querystring: z.object({ date: z.iso.date().optional().describe('An office day; absent: today') }),
        response: { 200: ledgerLines },
      },
    },
    async (request) => {
      requireRight(actorOf(request), 'ledger.read')
      const day = request.query.date ?? officeDay(deps.clock.now(), deps.officeZone)
      const lines = await readLedger(
        { sql: deps.db.sql, officeZone: deps.officeZone },
        { from: day, to: day },
      )
      return [...lines]
    },
  )
}

export const operationRoutes = (app: FastifyInstance, deps: StaffApiDeps): void => {
  deliveryRoutes(app, deps)
  quarantineRoutes(app, deps)
  ledgerRoute(app, deps)
}
