import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  closeDay,
  fillYear,
  moveDay,
  openDay,
  readCalendar,
  readChanges,
} from '../../../staff/keep-calendar.ts'
import { actorOf } from './actor.ts'
import type { StaffApiDeps } from './routes.ts'
import { given, names, plain } from './shapes.ts'

const tags = ['staff']
const day = z.iso.date()

const dayRoutes = (plainApp: FastifyInstance, deps: StaffApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.put(
    '/calendar/:day',
    {
      schema: {
        tags,
        summary: 'Close the offices on a day; the legal dates of open rounds are counted anew',
        params: z.object({ day }),
        body: z.object({ names, movable: z.boolean().default(false) }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { names: called, movable } = request.body
      await closeDay(deps, actorOf(request), { day: request.params.day, names: given(called), movable })
      return reply.code(204).send()
    },
  )
  app.delete(
    '/calendar/:day',
    {
      schema: {
        tags,
        summary: 'Open the offices again on a day that was a holiday',
        params: z.object({ day }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      await openDay(deps, actorOf(request), request.params.day)
      return reply.code(204).send()
    },
  )
  app.post(
    '/calendar/:day/move',
    {
      schema: {
        tags,
        summary: 'Put a holiday on another day, as the moon was seen; the legal dates of open rounds follow',
        params: z.object({ day }),
        body: z.object({ to: day }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      await moveDay(deps, actorOf(request), { from: request.params.day, to: request.body.to })
      return reply.code(204).send()
    },
  )
}

/** The days on which offices are closed: moon-dependent ones are announced late, and every open round follows. */
export const calendarRoutes = (plainApp: FastifyInstance, deps: StaffApiDeps): void => {
  dayRoutes(plainApp, deps)
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/calendar',
    {
      schema: {
        tags,
        summary: 'Closed days of this year and the next',
        response: { 200: z.array(z.object({ day, names, movable: z.boolean() })) },
      },
    },
    async (request) => readCalendar(deps, actorOf(request)),
  )
  app.get(
    '/calendar/changes',
    {
      schema: {
        tags,
        summary: 'The last changes of the calendar, and how many open rounds each moved',
        response: {
          200: z.array(
            z.object({
              at: z.iso.datetime(),
              deed: z.enum(['closed', 'opened', 'moved', 'filled']),
              subject: z.string(),
              movedRounds: z.int(),
              countedAt: z.iso.datetime().nullable().describe('null: still being counted'),
            }),
          ),
        },
      },
    },
    async (request) => plain(await readChanges(deps, actorOf(request))),
  )
  app.post(
    '/calendar/fill',
    {
      schema: {
        tags,
        summary: "Put a year's national holidays into the calendar, as far as they can be known",
        body: z.object({ year: z.int() }),
        response: { 200: z.object({ days: z.int() }) },
      },
    },
    async (request) => ({ days: await fillYear(deps, actorOf(request), request.body.year) }),
  )
}
