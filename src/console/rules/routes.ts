import type { FastifyInstance } from 'fastify'
import type { ConsoleDeps } from '../routes.ts'
import { calendarRoutes } from './calendar.ts'
import { policyRoutes } from './policy.ts'
import { templateRoutes } from './templates.ts'

/** What is kept for everybody's work: ready words, the calendar, the policy of the legal dates. */
export const ruleRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  templateRoutes(app, deps)
  calendarRoutes(app, deps)
  policyRoutes(app, deps)
}
