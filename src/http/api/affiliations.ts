import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { administrationCode } from '../../administrations/administration-form.ts'
import {
  approveAffiliation,
  refuseAffiliation,
  requestAffiliation,
} from '../../administrations/joining/affiliation.ts'
import { blockersOf, goLive } from '../../administrations/joining/checklist.ts'
import { type BodyOnItsWay, listBodies, STAGES, stageOf } from '../../administrations/joining/read-joining.ts'
import { CHECKLIST, CONNECTOR_CHOICES } from '../../core/joining.ts'
import { signInUrl } from '../../staff/members.ts'
import { limitJoining } from '../limit-joining.ts'
import { actorOf } from './staff/actor.ts'
import type { StaffApiDeps } from './staff/routes.ts'
import { given, names, plain } from './staff/shapes.ts'

const part = z.number().nullable()
const tick = z.enum(CHECKLIST)

/** What anybody who may see a body on its way is told of it. */
export const bodyShape = {
  code: z.string(),
  names,
  contact: z.object({ name: z.string(), email: z.string() }),
  state: z.enum(STAGES),
  requestedAt: z.iso.datetime(),
  refusal: z.string().nullable(),
  connector: z.enum(CONNECTOR_CHOICES).nullable(),
  ticks: z.record(tick, z.boolean()),
  missing: z.array(tick).describe('What still keeps it from going live'),
  score: z
    .object({ delivered: part, takenUp: part, inTime: part, total: part })
    .describe('Of the last thirty days, 0 to 100; null: nothing to judge yet'),
}

/** A body on its way as the API tells of it. */
export const toldBody = (body: BodyOnItsWay) => {
  const { code, names: called, contactName, contactEmail, requestedAt, refusal, connector } = body.affiliation
  return plain({
    code,
    names: called,
    contact: { name: contactName, email: contactEmail },
    state: stageOf(body),
    requestedAt,
    refusal,
    connector,
    ticks: body.ticks,
    missing: blockersOf(body.ticks),
    score: body.score,
  })
}

const line = z.string().trim().min(1).max(200)

/** `POST /api/v1/affiliations`: a body asks to join; open to everybody, a few times an hour. */
export const affiliationRoutes = (
  plainApp: FastifyInstance,
  deps: Pick<StaffApiDeps, 'db' | 'clock' | 'newId' | 'secrets'>,
): void => {
  plainApp.withTypeProvider<ZodTypeProvider>().post(
    '/api/v1/affiliations',
    {
      schema: {
        tags: ['Administrations'],
        summary: 'Ask to join as a body; the ministry approves or refuses',
        body: z.object({
          code: administrationCode,
          names: z.object({ ar: line, fr: line, en: line.optional() }),
          parent: administrationCode.optional().describe('Code of the body above'),
          contact: z.object({ name: line, email: z.email().max(254) }),
        }),
        response: { 202: z.object({ code: z.string(), state: z.enum(STAGES) }) },
      },
    },
    async (request, reply) => {
      await limitJoining(deps, request)
      const { code, names: called, parent, contact } = request.body
      await requestAffiliation(deps, {
        code,
        names: given(called),
        parent,
        contactName: contact.name,
        contactEmail: contact.email,
      })
      return reply.code(202).send({ code, state: 'requested' as const })
    },
  )
}

const tags = ['staff']
const params = z.object({ code: z.string().max(40) })

/** `/api/v1/staff/affiliations`: the ministry lets bodies in. */
export const approvalRoutes = (plainApp: FastifyInstance, deps: StaffApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/affiliations',
    {
      schema: {
        tags,
        summary: 'Bodies that ask, prepare or are live, with what each lacks and how it does',
        response: { 200: z.array(z.object(bodyShape)) },
      },
    },
    async (request) => (await listBodies(deps, actorOf(request))).map(toldBody),
  )
  app.post(
    '/affiliations/:code/approve',
    {
      schema: {
        tags,
        summary: 'Approve a request; the link for whoever asked is shown once',
        params,
        response: { 200: z.object({ email: z.string(), url: z.string() }) },
      },
    },
    async (request, reply) => {
      const { token, email } = await approveAffiliation(deps, actorOf(request), request.params.code)
      return reply.header('cache-control', 'no-store').send({ email, url: signInUrl(deps.publicUrl, token) })
    },
  )
  app.post(
    '/affiliations/:code/refuse',
    {
      schema: {
        tags,
        summary: 'Refuse a request, with the reason',
        params,
        body: z.object({ reason: z.string().trim().min(1).max(300) }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      await refuseAffiliation(deps, actorOf(request), { ...request.params, ...request.body })
      return reply.code(204).send()
    },
  )
  app.post(
    '/affiliations/:code/live',
    {
      schema: {
        tags,
        summary: 'Open a body and its units to complaints; refused while a tick is missing, naming each',
        params,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      await goLive(deps, actorOf(request), request.params.code)
      return reply.code(204).send()
    },
  )
}
