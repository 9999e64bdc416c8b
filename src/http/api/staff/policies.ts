import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  addPolicy,
  foreseePolicy,
  listPolicies,
  POLICY_RULES,
  policyRules,
} from '../../../staff/keep-policy.ts'
import { actorOf } from './actor.ts'
import type { StaffApiDeps } from './routes.ts'
import { plain } from './shapes.ts'

const tags = ['staff']
const day = z.iso.date()
const changed = z.array(z.enum(POLICY_RULES as [string, ...string[]]))
const dates = z.object({ reviewBy: day, answerBy: day })

/** The policy of the legal dates: every version, and a new one that starts on a day to come. */
export const policyRoutes = (plainApp: FastifyInstance, deps: StaffApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/policies',
    {
      schema: {
        tags,
        summary: 'Every version of the policy of the legal dates, the newest first',
        response: {
          200: z.array(
            z.object({
              version: z.int(),
              from: day,
              state: z.enum(['past', 'now', 'coming']),
              rules: policyRules,
              changed,
            }),
          ),
        },
      },
    },
    async (request) => plain([...(await listPolicies(deps, actorOf(request)))]),
  )
  app.post(
    '/policies/foresee',
    {
      schema: {
        tags,
        summary: 'What rules would change, and the dates of a complaint filed now before and after',
        body: z.object({ rules: policyRules }),
        response: { 200: z.object({ changed, before: dates, after: dates }) },
      },
    },
    async (request) => plain(await foreseePolicy(deps, actorOf(request), request.body.rules)),
  )
  app.post(
    '/policies',
    {
      schema: {
        tags,
        summary: 'Add a version that starts on a day to come; what was filed before keeps its own',
        body: z.object({ from: day, rules: policyRules }),
        response: { 201: z.object({ version: z.int() }) },
      },
    },
    async (request, reply) => reply.code(201).send(await addPolicy(deps, actorOf(request), request.body)),
  )
}
