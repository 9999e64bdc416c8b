import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { LOCALES } from '../../../core/locale.ts'
import { TEMPLATE_ACTS, TEMPLATE_VARIABLES } from '../../../core/template.ts'
import {
  forgetTemplate,
  keepTemplate,
  listTemplates,
  templateVersions,
} from '../../../staff/answer-templates.ts'
import { actorOf } from './actor.ts'
import type { StaffApiDeps } from './routes.ts'
import { given, plain } from './shapes.ts'

const tags = ['staff']
const words = {
  act: z.enum(TEMPLATE_ACTS),
  language: z.enum(LOCALES),
  name: z.string().trim().min(1).max(80),
  text: z
    .string()
    .trim()
    .min(1)
    .max(4000)
    .describe(`May hold ${TEMPLATE_VARIABLES.map((name) => `{${name}}`).join(', ')}`),
}
const template = z.object({
  id: z.string(),
  administration: z.string().nullable().describe('null: of the ministry, for every body'),
  service: z.string().nullable(),
  ...words,
  version: z.int(),
  since: z.iso.datetime(),
})

/** Ready words for answers, questions, refusals and interim replies. */
export const templateRoutes = (plainApp: FastifyInstance, deps: StaffApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/templates',
    { schema: { tags, summary: 'Ready words that you may use', response: { 200: z.array(template) } } },
    async (request) => plain([...(await listTemplates(deps, actorOf(request)))]),
  )
  app.put(
    '/templates',
    {
      schema: {
        tags,
        summary: 'Keep ready words; the same name for the same act and language is a new version',
        body: z.object({ ...words, service: z.string().max(60).optional() }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      await keepTemplate(deps, actorOf(request), given(request.body))
      return reply.code(204).send()
    },
  )
  app.get(
    '/templates/:id/versions',
    {
      schema: {
        tags,
        summary: 'What ready words of your own body said before, the newest first',
        params: z.object({ id: z.uuid() }),
        response: { 200: z.array(template.pick({ version: true, since: true, text: true })) },
      },
    },
    async (request) => plain([...(await templateVersions(deps, actorOf(request), request.params.id))]),
  )
  app.delete(
    '/templates/:id',
    {
      schema: {
        tags,
        summary: 'Forget ready words of your own body',
        params: z.object({ id: z.uuid() }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      await forgetTemplate(deps, actorOf(request), request.params.id)
      return reply.code(204).send()
    },
  )
}
