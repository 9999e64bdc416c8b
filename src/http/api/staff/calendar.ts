import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { closeDay, fillYear, openDay, readCalendar } from '../../../staff/keep-calendar.ts'
import { actorOf } from './actor.ts'
import type { StaffApiDeps } from './routes.ts'
import { given, names } from './shapes.ts'

const tags = ['staff']
const day = z.iso.date()

/** The days on which offices are closed: moon-dependent ones are announced late, and every open round follows. */
export const calendarRoutes = (plainApp: FastifyInstance, deps: StaffApiDeps): void => {
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
