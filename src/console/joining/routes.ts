import type { FastifyInstance } from 'fastify'
import type { ConformanceDeps } from '../../administrations/joining/conformance.ts'
import type { ConsoleDeps } from '../routes.ts'
import { askRoutes } from './ask.ts'
import { bodyRoutes } from './bodies.ts'
import { ownRoutes } from './own.routes.ts'

/** What joining needs beside the console's own parts; src/composition/http.ts hands it in. */
export type JoiningParts = Pick<ConformanceDeps, 'acceptPractice' | 'connectors'>

export type JoiningDeps = ConsoleDeps & ConformanceDeps

/** How a body joins: the public request, the ministry's list, the body's own page. */
export const joiningRoutes = (app: FastifyInstance, console: ConsoleDeps, parts: JoiningParts): void => {
  const deps: JoiningDeps = { ...console, ...parts }
  askRoutes(app, deps)
  bodyRoutes(app, deps)
  ownRoutes(app, deps)
}
