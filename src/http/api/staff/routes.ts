import type { FastifyInstance } from 'fastify'
import type { ConformanceDeps } from '../../../administrations/joining/conformance.ts'
import type { NewId } from '../../../core/clock.ts'
import type { Secrets } from '../../../core/secrets.ts'
import type { DeskDeps } from '../../../staff/desk.ts'
import type { PublishDeps } from '../../../supervision/publish-report.ts'
import { affiliationRoutes, approvalRoutes } from '../affiliations.ts'
import { requireBearer } from './actor.ts'
import { actRoutes } from './acts.ts'
import { bulkRoutes } from './bulk.ts'
import { calendarRoutes } from './calendar.ts'
import { complaintRoutes } from './complaints.ts'
import { type CounterApiDeps, counterRoutes } from './counter.ts'
import { inboxRoutes, memberRoutes } from './inbox.ts'
import { joiningRoutes } from './joining.ts'
import { operationRoutes } from './operations.ts'
import { policyRoutes } from './policies.ts'
import { reportRoutes } from './reports.ts'
import { templateRoutes } from './templates.ts'
import { voiceRoutes } from './voice.ts'

export interface StaffApiDeps extends DeskDeps {
  readonly newId: NewId
  readonly secrets: Secrets
  readonly publicUrl: string
  readonly officeZone: string
  /** Absent where nobody files for others. */
  readonly counter?: CounterApiDeps
  /** Absent where nothing is counted. */
  readonly reports?: Pick<PublishDeps, 'origins' | 'render'>
  /** Absent where no body joins by itself. */
  readonly joining?: Pick<ConformanceDeps, 'acceptPractice' | 'connectors'>
}

/** `/api/v1/staff/…`: what a person at the desk can do, for machines with a bearer token. */
export const staffApi = (app: FastifyInstance, deps: StaffApiDeps): void => {
  if (deps.joining) affiliationRoutes(app, deps)
  void app.register(
    async (staff) => {
      requireBearer(staff, deps)
      complaintRoutes(staff, deps)
      actRoutes(staff, deps)
      inboxRoutes(staff, deps)
      bulkRoutes(staff, deps)
      memberRoutes(staff, deps)
      operationRoutes(staff, deps)
      templateRoutes(staff, deps)
      calendarRoutes(staff, deps)
      policyRoutes(staff, deps)
      if (deps.counter) counterRoutes(staff, { ...deps, ...deps.counter })
      if (deps.joining) {
        approvalRoutes(staff, deps)
        joiningRoutes(staff, { ...deps, ...deps.joining })
      }
      if (deps.reports) reportRoutes(staff, { ...deps, ...deps.reports })
      await staff.register((scope) => voiceRoutes(scope, deps))
    },
    { prefix: '/api/v1/staff' },
  )
}
