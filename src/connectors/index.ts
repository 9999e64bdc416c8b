import type { Connectors } from '../core/connector.ts'
import { createEmailConnector, type EmailOptions } from './email/connector.ts'
import { createOpen311Connector } from './open311/connector.ts'
import type { PostOptions } from './post-to-body.ts'
import { createWebhookConnector } from './webhook/connector.ts'

/** Every way of reaching a body. A new one is a folder and a line here. */
export const createConnectors = (options: PostOptions & EmailOptions): Connectors => ({
  webhook: createWebhookConnector(options),
  email: createEmailConnector(options),
  open311: createOpen311Connector(options),
})
