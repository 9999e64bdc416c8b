import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { bulkAssign, MOST, undoAssign } from '../../../staff/bulk-assign.ts'
import { bulkTransfer, undoTransfer } from '../../../staff/bulk-transfer.ts'
import { actorOf } from './actor.ts'
import type { StaffApiDeps } from './routes.ts'
import { plain } from './shapes.ts'

const tags = ['staff']
const references = z.array(z.string().max(40)).min(1).max(MOST).describe('As the list gives them')
const done = z.object({
  done: z.int(),
  failed: z
    .array(z.string())
    .describe('References to which it was not done: not before you any more, or over'),
  undo: z.string().describe('Takes it back within ten seconds, from whoever did it'),
})
const undone = z.object({ undo: z.string().max(20_000) })

/** What is done to many complaints of the list at once, each by itself, and taken back. */
export const bulkRoutes = (plainApp: FastifyInstance, deps: StaffApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.post(
    '/inbox/assign',
    {
      schema: {
        tags,
        summary: 'Give many complaints to a person of the body, or back to the pool',
        body: z.object({ references, to: z.uuid().nullable() }),
        response: { 200: done },
      },
    },
    async (request) => plain(await bulkAssign(deps, actorOf(request), request.body)),
  )
  app.post(
    '/inbox/transfer',
    {
      schema: {
        tags,
        summary: 'Move many complaints to another body, ten seconds from now',
        body: z.object({
          references,
          administration: z.string().max(40),
          reason: z.string().trim().min(1).max(1000),
        }),
        response: { 200: done },
      },
    },
    async (request) => plain(await bulkTransfer(deps, actorOf(request), request.body)),
  )
  for (const [deed, undo] of [
    ['assign', undoAssign],
    ['transfer', undoTransfer],
  ] as const)
    app.post(
      `/inbox/${deed}/undo`,
      {
        schema: {
          tags,
          summary: deed === 'assign' ? 'Take back who was given what' : 'Take back a transfer of many',
          body: undone,
          response: { 204: z.void() },
        },
      },
      async (request, reply) => {
        await undo(deps, actorOf(request), request.body.undo)
        return reply.code(204).send()
      },
    )
}
