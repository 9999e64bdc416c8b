import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type CounterDeps, fileAtCounter } from '../../../staff/file-at-counter.ts'
import { requireRight } from '../../../staff/rights.ts'
import {
  acceptedFiling,
  checkAdministration,
  checkLimits,
  type FilingDeps,
  filingBody,
  filingHeaders,
  filingOf,
  heldOf,
} from '../filing.ts'
import { actorOf } from './actor.ts'
import type { StaffApiDeps } from './routes.ts'

export type CounterApiDeps = FilingDeps & Pick<CounterDeps, 'textReceipt'>

const asked = filingBody.extend({
  consent: z.literal(true).describe('The person was read what becomes of what they say, and agrees'),
})
const filed = acceptedFiling.extend({
  receiptPdfUrl: z.string(),
  sentBy: z.array(z.enum(['sms', 'email'])).describe('Where the receipt goes by itself; empty: print it'),
})

/** Filing for somebody who stands before a clerk. */
export const counterRoutes = (plainApp: FastifyInstance, deps: StaffApiDeps & CounterApiDeps): void => {
  plainApp.withTypeProvider<ZodTypeProvider>().post(
    '/complaints',
    {
      schema: {
        tags: ['staff'],
        summary: 'File for somebody at the counter; who leaves neither name nor address is anonymous',
        headers: filingHeaders,
        body: asked,
        response: { 200: filed, 201: filed },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      requireRight(actor, 'complaint.file')
      const filing = filingOf(request.body, request)
      const { name, email, phone } = filing.contact
      const anonymous = !name && !email && !phone
      checkLimits(request.body)
      await checkAdministration(deps, { ...request.body, anonymous })
      // Two bodies may choose the same key.
      const key = `${actor.administrationId}:${request.headers['idempotency-key'] ?? deps.newId()}`
      const media = await deps.findUploads(request.body.uploads ?? [], {
        channel: 'counter',
        externalId: key,
      })
      const done = await fileAtCounter(deps, actor, { ...filing, anonymous, media, key })
      const held = heldOf(deps, done.accepted, { language: filing.language, media: done.media })
      const answer = { ...held, receiptPdfUrl: `${held.receiptUrl}.pdf`, sentBy: [...done.ways] }
      return reply.code(done.accepted.repeat ? 200 : 201).send(answer)
    },
  )
}
