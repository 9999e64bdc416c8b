import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { KINDS } from '../../../core/complaint.ts'
import { LIMITS } from '../../../core/limits.ts'
import { LOCALES } from '../../../core/locale.ts'
import { OPENING_REASONS } from '../../../core/opening.ts'
import { correctTranscript } from '../../../staff/correct-transcript.ts'
import { retryMedia, routeComplaint, suggestionsFor, transferComplaint } from '../../../staff/desk.ts'
import { handOver } from '../../../staff/handle-complaint.ts'
import { readersOf } from '../../../staff/inbox.ts'
import { openOriginal, openRawSubmission } from '../../../staff/open-evidence.ts'
import { openIdentity } from '../../../staff/open-identity.ts'
import { findComplaint, readComplaint } from '../../../staff/read-complaint.ts'
import { searchComplaints } from '../../../staff/search-complaints.ts'
import { suggestDuplicates } from '../../../staff/suggest-duplicates.ts'
import { sendEvidence } from '../../send-evidence.ts'
import { actorOf } from './actor.ts'
import { recordShape } from './record.ts'
import type { StaffApiDeps } from './routes.ts'
import { bytesOf, complaintPage, complaintRecord, given, plain } from './shapes.ts'

const reference = z.string().max(40).describe('Ten digits, as people write them')
const code = z.string().max(40)

const filters = z.object({
  q: z.string().max(200).optional().describe('A reference, or words of the text or place'),
  state: z.string().max(40).optional().describe('A citizen state or an internal status'),
  administration: code.optional(),
  channel: z.string().max(40).optional(),
  kind: z.enum(KINDS).optional(),
  language: z.enum(LOCALES).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
})

const tags = ['staff']
const openingReason = z.enum(OPENING_REASONS).describe('The person reads it')
const said = z.string().nullable()
const identity = z.object({ name: said, email: said, phone: said, preferred: said })

const readingRoutes = (plainApp: FastifyInstance, deps: StaffApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/complaints',
    {
      schema: {
        tags,
        summary: 'Complaints, newest first',
        querystring: filters,
        response: { 200: complaintPage },
      },
    },
    async (request) => plain(await searchComplaints(deps, actorOf(request), given(request.query))),
  )
  app.get(
    '/complaints/:reference',
    {
      schema: {
        tags,
        summary: 'One complaint with everything about it',
        params: z.object({ reference }),
        response: { 200: complaintRecord },
      },
    },
    async (request) => {
      const actor = actorOf(request)
      const record = await readComplaint(deps, actor, request.params.reference)
      const suggestions = await suggestionsFor(deps, record)
      const duplicates = await suggestDuplicates(deps, actor, record)
      return recordShape(record, { suggestions, duplicates }, { ...deps, actor, now: deps.clock.now() })
    },
  )
  app.get(
    '/complaints/:reference/presence',
    {
      schema: {
        tags,
        summary: 'Which colleagues have it open in the console now',
        params: z.object({ reference }),
        response: { 200: z.object({ readers: z.array(z.string()).describe('Their addresses') }) },
      },
    },
    async (request) => {
      const actor = actorOf(request)
      const { id } = await findComplaint(deps, actor, request.params.reference)
      return { readers: [...(await readersOf(deps, actor, id))] }
    },
  )
}

const evidenceRoutes = (plainApp: FastifyInstance, deps: StaffApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  const params = z.object({ reference, id: z.string().max(40) })
  const querystring = z.object({ reason: openingReason.optional() })
  app.get(
    '/complaints/:reference/raw/:id',
    {
      schema: {
        tags,
        summary: 'A message bit for bit as it came in; the opening is audited, a body says why',
        params,
        querystring,
        response: { 200: bytesOf('application/octet-stream') },
      },
    },
    async (request, reply) =>
      sendEvidence(
        reply,
        await openRawSubmission(deps, actorOf(request), { ...request.params, ...request.query }),
      ),
  )
  app.get(
    '/complaints/:reference/media/:id/original',
    {
      schema: {
        tags,
        summary: 'A file bit for bit as it came in; the opening is audited, a body says why',
        params,
        querystring,
        response: { 200: bytesOf('application/octet-stream') },
      },
    },
    async (request, reply) =>
      sendEvidence(
        reply,
        await openOriginal(deps, actorOf(request), { ...request.params, ...request.query }),
      ),
  )
  app.post(
    '/complaints/:reference/identity',
    {
      schema: {
        tags,
        summary: 'Who is behind a complaint; the opening is audited with its reason, and the person reads it',
        params: z.object({ reference }),
        body: z.object({ reason: openingReason }),
        response: { 200: identity },
      },
    },
    async (request, reply) =>
      reply
        .header('cache-control', 'no-store')
        .send(await openIdentity(deps, actorOf(request), { ...request.params, ...request.body })),
  )
}

const decisionRoutes = (plainApp: FastifyInstance, deps: StaffApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  const params = z.object({ reference })
  app.post(
    '/complaints/:reference/route',
    {
      schema: {
        tags,
        summary: 'Triage: refer a complaint to the body that answers for it',
        params,
        body: z.object({ administration: code }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      await routeComplaint(deps, actorOf(request), { ...request.params, ...request.body })
      return reply.code(204).send()
    },
  )
  app.post(
    '/complaints/:reference/transfer',
    {
      schema: {
        tags,
        summary: 'Move a complaint to another body; number, history and first filing date stay',
        params,
        body: z.object({ administration: code, reason: z.string().min(1).max(1000) }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const move = actor.administrationId === null ? transferComplaint : handOver
      await move(deps, actor, { ...request.params, ...request.body })
      return reply.code(204).send()
    },
  )
}

const mediaRoutes = (plainApp: FastifyInstance, deps: StaffApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  const params = z.object({ reference, id: z.string().max(40) })
  app.post(
    '/complaints/:reference/media/:id/retry',
    {
      schema: {
        tags,
        summary: 'Try a file again: the media pipeline, or the fetching of what a provider did not give',
        params,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { reference, id } = request.params
      await retryMedia(deps, actorOf(request), { reference, asset: id })
      return reply.code(204).send()
    },
  )
  app.put(
    '/complaints/:reference/media/:id/transcript',
    {
      schema: {
        tags,
        summary: 'Correct what a recording says, or confirm it as it stands: it is no machine’s any more',
        params,
        body: z.object({ text: z.string().trim().min(1).max(LIMITS.textCharacters) }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { reference, id } = request.params
      await correctTranscript(deps, actorOf(request), { reference, asset: id, text: request.body.text })
      return reply.code(204).send()
    },
  )
}

export const complaintRoutes = (app: FastifyInstance, deps: StaffApiDeps): void => {
  readingRoutes(app, deps)
  evidenceRoutes(app, deps)
  decisionRoutes(app, deps)
  mediaRoutes(app, deps)
}
