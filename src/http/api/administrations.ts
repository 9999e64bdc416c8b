import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  administrationCode,
  administrationForm,
  savedAdministration,
} from '../../administrations/administration-form.ts'
import type { Directory } from '../../administrations/directory.ts'
import { type PutAdministrationDeps, putAdministration } from '../../administrations/put-administration.ts'
import { searchAdministrations } from '../../administrations/search-administrations.ts'
import { LOCALES, nameIn } from '../../core/locale.ts'
import { REFERRAL_STATES } from '../../core/referral.ts'
import { listReferrals } from '../../referrals/list-referrals.ts'
import { audit } from '../../staff/audit.ts'
import { requireRight } from '../../staff/rights.ts'
import { actorOf, requireBearer } from './staff/actor.ts'

export interface AdministrationApiDeps extends PutAdministrationDeps {
  readonly directory: Directory
}

const listedShape = z.array(
  z.object({
    code: z.string(),
    name: z.string(),
    parent: z.string().nullable(),
    outside: z.boolean().describe('True: complaints about it lie outside the law (National Defence)'),
    anonymousAllowed: z.boolean(),
    services: z.array(z.object({ code: z.string(), name: z.string() })),
  }),
)

const publicRoute = (plainApp: FastifyInstance, { directory }: AdministrationApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/api/v1/administrations',
    {
      schema: {
        tags: ['Administrations'],
        summary: 'Bodies that take complaints, by what a person types; all of them when nothing is typed',
        querystring: z.object({
          q: z.string().max(200).default(''),
          lang: z.enum(LOCALES).default('fr'),
        }),
        response: { 200: listedShape },
      },
    },
    async (request) => {
      const { q, lang } = request.query
      return searchAdministrations(q, await directory.index()).map((body) => ({
        code: body.code,
        name: nameIn(body.names, lang),
        parent: body.parent ?? null,
        outside: body.outside,
        anonymousAllowed: body.anonymousAllowed,
        services: body.services.map(({ code, names }) => ({ code, name: nameIn(names, lang) || code })),
      }))
    },
  )
}

const putRoute = (plainApp: FastifyInstance, deps: AdministrationApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.put(
    '/administrations/:code',
    {
      schema: {
        tags: ['staff'],
        summary: 'Create or change a body with its services and connectors. Secrets are shown once',
        params: z.object({ code: administrationCode }),
        body: administrationForm,
        response: { 200: savedAdministration, 201: savedAdministration },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      requireRight(actor, 'administration.write')
      const { code } = request.params
      const saved = await putAdministration(deps, code, request.body, actor.id)
      await audit(deps, actor, {
        action: 'administration.write',
        subject: code,
        facts: { created: saved.created, connectors: saved.connectors.map(({ type }) => type) },
      })
      return reply
        .code(saved.created ? 201 : 200)
        .header('cache-control', 'no-store')
        .send(saved)
    },
  )
}

const waitingRoute = (plainApp: FastifyInstance, deps: AdministrationApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  const item = z.object({
    id: z.string(),
    reference: z.string(),
    administration: z.object({ code: z.string(), names: z.record(z.string(), z.string().optional()) }),
    state: z.enum(REFERRAL_STATES),
    round: z.number(),
    createdAt: z.string(),
  })
  app.get(
    '/referrals',
    {
      schema: {
        tags: ['staff'],
        summary: 'Referrals by state; queued ones wait for a connector or for one that is broken',
        querystring: z.object({
          state: z.enum(REFERRAL_STATES).default('queued'),
          limit: z.coerce.number().int().min(1).max(200).default(50),
          cursor: z.string().max(200).optional(),
        }),
        response: { 200: z.object({ items: z.array(item), next: z.string().nullable() }) },
      },
    },
    async (request) => {
      requireRight(actorOf(request), 'delivery.read')
      const { items, next } = await listReferrals(deps, request.query)
      return {
        items: items.map((referral) => ({ ...referral, createdAt: referral.createdAt.toISOString() })),
        next,
      }
    },
  )
}

/** The public search, and the ministry's way of creating and changing bodies. */
export const administrationRoutes = async (
  app: FastifyInstance,
  deps: AdministrationApiDeps,
): Promise<void> => {
  publicRoute(app, deps)
  await app.register(
    async (scope) => {
      requireBearer(scope, deps)
      putRoute(scope, deps)
      waitingRoute(scope, deps)
    },
    { prefix: '/api/v1/staff' },
  )
}
