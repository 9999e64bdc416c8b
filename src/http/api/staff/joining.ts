import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ownAffiliation } from '../../../administrations/joining/affiliation.ts'
import {
  type ConformanceDeps,
  finishConformance,
  startConformance,
} from '../../../administrations/joining/conformance.ts'
import { importMembers } from '../../../administrations/joining/import-members.ts'
import { openExercise } from '../../../administrations/joining/practice.ts'
import { type Joining, readJoining } from '../../../administrations/joining/read-joining.ts'
import {
  addClosingDay,
  addService,
  addUnit,
  chooseConnector,
  confirmCalendar,
  declareNoUnits,
  dropClosingDay,
  readSetUp,
} from '../../../administrations/joining/set-up.ts'
import { AppError } from '../../../core/errors.ts'
import { CONFORMANCE_RULES, CONNECTOR_CHOICES } from '../../../core/joining.ts'
import { signInUrl } from '../../../staff/members.ts'
import type { Actor } from '../../../staff/rights.ts'
import { bodyShape, toldBody } from '../affiliations.ts'
import { actorOf } from './actor.ts'
import type { StaffApiDeps } from './routes.ts'
import { given, names } from './shapes.ts'

type Deps = StaffApiDeps & ConformanceDeps

const tags = ['staff']
const code = z.string().trim().toUpperCase().max(40)
const line = z.string().trim().min(1).max(300)
const named = z.object({ code: z.string(), names })
const day = z.iso.date()

const joining = z.object({
  ...bodyShape,
  units: z.array(named),
  services: z.array(named),
  closingDays: z.array(z.object({ day, name: z.string() })),
  practice: z.object({ done: z.int(), waiting: z.int() }),
  conformance: z
    .object({
      finished: z.boolean(),
      passed: z.boolean().nullable(),
      rules: z.array(
        z.object({
          rule: z.enum(CONFORMANCE_RULES),
          state: z.enum(['passed', 'failed', 'not_applicable', 'waiting', 'not_tried']),
          detail: z.string(),
        }),
      ),
      report: z.string().nullable().describe('Compact JWS under the key that signs receipts'),
    })
    .nullable(),
})

const told = ({ setUp, practice, test, ...body }: Joining): z.output<typeof joining> => ({
  ...toldBody(body),
  units: setUp.units.map(({ code: of, names: called }) => ({ code: of, names: called })),
  services: setUp.services.map(({ code: of, names: called }) => ({ code: of, names: called })),
  closingDays: setUp.closed.map(({ day: on, name }) => ({ day: on, name })),
  practice: { done: practice.done, waiting: practice.waiting },
  conformance: test
    ? {
        finished: test.finished,
        passed: test.passed,
        rules: test.results.map((result) => ({ ...result })),
        report: test.report,
      }
    : null,
})

const ofOwn = async (deps: Deps, actor: Actor): Promise<z.output<typeof joining>> => {
  const own = await readJoining(deps, actor)
  if (own === undefined) throw new AppError('not_found')
  return told(own)
}

/** A step on the way: what is said, and the use case. Each answers with the body as it is afterwards. */
const step = <B extends z.ZodType>(
  name: string,
  summary: string,
  body: B,
  run: (deps: Deps, actor: Actor, said: z.output<B>) => Promise<unknown>,
) => ({ name, summary, body, run: run as (deps: Deps, actor: Actor, said: unknown) => Promise<unknown> })

const nothing = z.unknown()

const STEPS = [
  step('units', 'Add a unit below the body', z.object({ code, names }), (deps, actor, said) =>
    addUnit(deps, actor, { code: said.code, names: given(said.names) }),
  ),
  step('no-units', 'Say that the body has no units', nothing, declareNoUnits),
  step(
    'services',
    'Add a service, or name it anew',
    z.object({ code, names, keywords: z.array(line).max(200).default([]) }),
    (deps, actor, said) => addService(deps, actor, { ...said, names: given(said.names) }),
  ),
  step('calendar', 'Say that the calendar of holidays was seen', nothing, confirmCalendar),
  step('closing-days', 'Add a day of your own', z.object({ day, name: line }), addClosingDay),
  step('exercise', 'Put ten practice complaints before your trainees', nothing, openExercise),
  step('conformance', 'Try the connector; then acknowledge, answer and hand on', nothing, startConformance),
  step('conformance/end', 'End the test and sign its report', nothing, finishConformance),
]

/** Asked before anything is done: a body that was always there has nothing to step through. */
const ownMustJoin =
  (deps: Deps) =>
  async (request: FastifyRequest): Promise<void> => {
    if ((await ownAffiliation(deps, actorOf(request))) === undefined) throw new AppError('not_found')
  }

const stepRoutes = (plainApp: FastifyInstance, deps: Deps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/joining',
    { schema: { tags, summary: 'How far your own body is', response: { 200: joining } } },
    (request) => ofOwn(deps, actorOf(request)),
  )
  for (const { name, summary, body, run } of STEPS)
    app.post(
      `/joining/${name}`,
      {
        schema: { tags, summary, ...(body === nothing ? {} : { body }), response: { 200: joining } },
        preHandler: ownMustJoin(deps),
      },
      async (request: FastifyRequest) => {
        await run(deps, actorOf(request), request.body)
        return ofOwn(deps, actorOf(request))
      },
    )
  app.delete(
    '/joining/closing-days/:day',
    {
      schema: {
        tags,
        summary: 'Forget a day of your own',
        params: z.object({ day }),
        response: { 200: joining },
      },
      preHandler: ownMustJoin(deps),
    },
    async (request) => {
      await dropClosingDay(deps, actorOf(request), request.params.day)
      return ofOwn(deps, actorOf(request))
    },
  )
}

const importedLine = z.object({
  line: z.int(),
  email: z.string(),
  role: z.string(),
  unit: z.string(),
  problem: z.enum(['email', 'role', 'unit', 'repeated', 'other']).nullable(),
  url: z.string().nullable().describe('The one-time link, shown once'),
})

const peopleRoute = (plainApp: FastifyInstance, deps: Deps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.post(
    '/joining/people',
    {
      schema: {
        tags,
        summary: 'Invite a list of officials. Dry unless said otherwise; one wrong line invites nobody',
        body: z.object({
          csv: z.string().max(60_000).describe('A line each: email, role, code of the unit or nothing'),
          dry: z.boolean().default(true),
        }),
        response: { 200: z.object({ invited: z.int(), lines: z.array(importedLine) }) },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const own = await ownAffiliation(deps, actor)
      if (own === undefined) throw new AppError('not_found')
      const units = (await readSetUp(deps, actor)).units.map((unit) => unit.code)
      const { csv: file, dry } = request.body
      const lines = await importMembers(deps, actor, { file, dry, own: own.code, units })
      return reply.header('cache-control', 'no-store').send({
        invited: lines.filter(({ token }) => token !== undefined).length,
        lines: lines.map(({ token, problem = null, ...line }) => ({
          ...line,
          problem,
          url: token === undefined ? null : signInUrl(deps.publicUrl, token),
        })),
      })
    },
  )
}

const connectorRoute = (plainApp: FastifyInstance, deps: Deps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.put(
    '/joining/connector',
    {
      schema: {
        tags,
        summary: 'Choose how complaints reach the body; secret and token are shown once',
        body: z.object({
          choice: z.enum(CONNECTOR_CHOICES),
          settings: z
            .record(z.string().max(40), z.string().max(2000))
            .default({})
            .describe('webhook: url · email: address · open311: url, key, service · console, pull: none'),
        }),
        response: { 200: z.object({ secret: z.string().nullable(), token: z.string().nullable() }) },
      },
    },
    async (request, reply) => {
      const { secret = null, token = null } = await chooseConnector(deps, actorOf(request), request.body)
      return reply.header('cache-control', 'no-store').send({ secret, token })
    },
  )
}

/** `/api/v1/staff/joining`: a body sets itself up, practises and proves its connector. Ready words are kept at `/templates`. */
export const joiningRoutes = (app: FastifyInstance, deps: Deps): void => {
  stepRoutes(app, deps)
  peopleRoute(app, deps)
  connectorRoute(app, deps)
}
