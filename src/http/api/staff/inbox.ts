import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { KINDS } from '../../../core/complaint.ts'
import { LOCALES } from '../../../core/locale.ts'
import { STAFF_ROLES } from '../../../core/staff-role.ts'
import { countInbox, INBOX_VIEWS, readInbox } from '../../../staff/inbox.ts'
import { inviteMember, listMembers, setDisabled, signInUrl } from '../../../staff/members.ts'
import { actorOf } from './actor.ts'
import type { StaffApiDeps } from './routes.ts'
import { complaintPage, given, member, plain } from './shapes.ts'

const tags = ['staff']
const word = z.string().max(40).optional()

const filters = z.object({
  view: z.enum(INBOX_VIEWS).default('open'),
  state: word.describe('A citizen state or an internal status that waits for something'),
  administration: word,
  channel: word,
  kind: z.enum(KINDS).optional(),
  language: z.enum(LOCALES).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
})
const n = z.int()

/** The list of what waits, the nearest legal date first. */
export const inboxRoutes = (plainApp: FastifyInstance, deps: StaffApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/inbox',
    {
      schema: {
        tags,
        summary: 'What waits, the nearest legal date first',
        querystring: filters,
        response: { 200: complaintPage },
      },
    },
    async (request) => plain(await readInbox(deps, actorOf(request), given(request.query))),
  )
  app.get(
    '/inbox/counts',
    {
      schema: {
        tags,
        summary: 'How much there is in each view; 1000 stands for more',
        response: {
          200: z.object({ late: n, today: n, week: n, mine: n, unassigned: n, unread: n }),
        },
      },
    },
    async (request) => countInbox(deps, actorOf(request)),
  )
}

const invitation = z.object({
  email: z.email(),
  role: z.enum(STAFF_ROLES),
  administration: word.describe('Code of the body, which a role of a body needs; absent: your own'),
})

/** Who works at the desk. */
export const memberRoutes = (plainApp: FastifyInstance, deps: StaffApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/members',
    { schema: { tags, summary: 'Who works at the desk', response: { 200: z.array(member) } } },
    async (request) => plain([...(await listMembers(deps, actorOf(request)))]),
  )
  app.post(
    '/members',
    {
      schema: {
        tags,
        summary: 'Invite by a one-time link, or change role and body; the link is shown once',
        body: invitation,
        response: { 201: z.object({ url: z.string() }) },
      },
    },
    async (request, reply) => {
      const { administration, ...wish } = request.body
      const { token } = await inviteMember(deps, actorOf(request), {
        ...wish,
        ...(administration === undefined ? {} : { administrationCode: administration }),
      })
      return reply.code(201).send({ url: signInUrl(deps.publicUrl, token) })
    },
  )
  for (const deed of ['disable', 'enable'] as const)
    app.post(
      `/members/:id/${deed}`,
      {
        schema: {
          tags,
          summary: deed === 'disable' ? 'Shut a member out, at once' : 'Let a member in again',
          params: z.object({ id: z.uuid() }),
          response: { 204: z.void() },
        },
      },
      async (request, reply) => {
        await setDisabled(deps, actorOf(request), { id: request.params.id, disabled: deed === 'disable' })
        return reply.code(204).send()
      },
    )
}
