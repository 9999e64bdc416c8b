import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { officeDay } from '../core/deadlines.ts'
import { AppError } from '../core/errors.ts'
import { sendEvidence } from '../http/send-evidence.ts'
import { readLedger } from '../intake/ledger.ts'
import { redriveDelivery } from '../staff/desk.ts'
import { listDeliveries, listFailedMedia, listQuarantine } from '../staff/list-failures.ts'
import { openQuarantined } from '../staff/open-evidence.ts'
import { resolveQuarantined } from '../staff/resolve-quarantine.ts'
import { requireRight } from '../staff/rights.ts'
import { failuresPage, ledgerPage } from './operations.page.ts'
import type { ConsoleDeps } from './routes.ts'
import { sessionOf, viewerOf } from './session.ts'

const SHOWN = 100
const DAY_MS = 86_400_000
const WEEK = 7

const day = z.iso.date().optional().catch(undefined)
const ledgerForm = z.object({ from: day, to: day })

/** Where a person goes on after a button; only our own complaint pages, never an address from elsewhere. */
const BACK = /^\/console\/complaints\/\d{10}$/

export const operationRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  app.get('/failures', async (request, reply) => {
    const { actor } = sessionOf(request)
    const [dead, failed, quarantine, media] = await Promise.all([
      listDeliveries(deps, actor, { state: 'dead', limit: SHOWN }),
      listDeliveries(deps, actor, { state: 'failed', limit: SHOWN }),
      listQuarantine(deps, actor),
      listFailedMedia(deps, actor),
    ])
    const failures = { dead: dead.items, failed: failed.items, quarantine, media }
    return reply.send(failuresPage(viewerOf(request), deps.officeZone, failures))
  })

  app.post<{ Params: { id: string }; Querystring: { back?: string } }>(
    '/deliveries/:id/redrive',
    async (request, reply) => {
      await redriveDelivery(deps, sessionOf(request).actor, request.params.id)
      const { back = '' } = request.query
      return reply.redirect(BACK.test(back) ? back : '/console/failures', 303)
    },
  )

  app.get<{ Params: { id: string } }>('/quarantine/:id/raw', async (request, reply) =>
    sendEvidence(reply, await openQuarantined(deps, sessionOf(request).actor, request.params.id)),
  )

  app.post<{ Params: { id: string; deed: string } }>('/quarantine/:id/:deed', async (request, reply) => {
    const { id, deed } = request.params
    if (deed !== 'release' && deed !== 'dismiss') throw new AppError('not_found')
    await resolveQuarantined(deps, sessionOf(request).actor, { id, deed })
    return reply.redirect('/console/failures', 303)
  })

  app.get('/ledger', async (request, reply) => {
    requireRight(sessionOf(request).actor, 'ledger.read')
    const { from, to } = ledgerForm.parse(request.query)
    const now = deps.clock.now()
    const weekAgo = new Date(now.getTime() - WEEK * DAY_MS)
    const days = {
      from: from ?? officeDay(weekAgo, deps.officeZone),
      to: to ?? officeDay(now, deps.officeZone),
    }
    const lines = await readLedger({ sql: deps.db.sql, officeZone: deps.officeZone }, days)
    return reply.send(ledgerPage(viewerOf(request), days, lines))
  })
}
