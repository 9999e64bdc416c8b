import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerRemark, writeCommentary, writeMeasure } from '../../../supervision/fill-report.ts'
import type { PublishDeps } from '../../../supervision/publish-report.ts'
import { actorOf } from './actor.ts'
import { measureWish } from './report-shapes.ts'

const tags = ['staff']
const words = z.string().max(4_000)
const id = z.string().max(40)
const seen = z
  .string()
  .max(40)
  .optional()
  .describe('`version` of it as it was read: refused with `conflict` when somebody wrote since')
const written = z.object({ id, version: z.string() })

/** What a body writes into its report while it is open: commentary, the register of measures, answers to remarks. */
export const reportWritingRoutes = (plainApp: FastifyInstance, deps: PublishDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.put(
    '/reports/:id/commentaries/:section',
    {
      schema: {
        tags,
        summary:
          'Write what is said beside the numbers of a section, in both languages; its remarks are settled by it',
        params: z.object({ id, section: id }),
        body: z.object({ ar: words, fr: words, seen }),
        response: { 200: z.object({ version: z.string() }) },
      },
    },
    async (request) => {
      const { id: report, section } = request.params
      return writeCommentary(deps, actorOf(request), report, { ...request.body, section })
    },
  )
  app.post(
    '/reports/:id/measures',
    {
      schema: {
        tags,
        summary: 'Promise a measure: it carries over to the next years until it is adopted or dropped',
        params: z.object({ id }),
        body: z.object(measureWish),
        response: { 201: written },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await writeMeasure(deps, actorOf(request), request.params.id, request.body)),
  )
  app.put(
    '/reports/:id/measures/:measure',
    {
      schema: {
        tags,
        summary: 'Say how a measure stands, or correct it',
        params: z.object({ id, measure: id }),
        body: z.object({ ...measureWish, seen }),
        response: { 200: written },
      },
    },
    async (request) => {
      const { id: report, measure } = request.params
      return writeMeasure(deps, actorOf(request), report, { ...request.body, id: measure })
    },
  )
  app.put(
    '/reports/:id/remarks/:remark/answer',
    {
      schema: {
        tags,
        summary: 'Answer a remark of the ministry, which settles it',
        params: z.object({ id, remark: id }),
        body: z.object({ text: z.string().trim().min(1).max(1_000) }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { id: report, remark } = request.params
      await answerRemark(deps, actorOf(request), report, { ...request.body, remark })
      return reply.code(204).send()
    },
  )
}
